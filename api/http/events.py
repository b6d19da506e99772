"""Events: a message is checked whole, kept durably, and only then answered for; or it is refused and leaves nothing."""

from typing import Any, Final

import numpy as np
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from api.http.here import Here, here_of
from api.http.inboxes import PEOPLE, PROGRAMS
from api.http.problems import Fault, Problem, ProblemBody
from api.http.rules import Ruled
from api.keys import Key
from streams.adapters import checked, columns, decode
from streams.names import CLOCK
from tower import clock, ids
from tower.envelope import MESSAGE_MOST, Envelope
from tower.events import BY_NUMBER

FAULTS_MOST: Final = 100
OURS: Final = (PEOPLE, CLOCK)
"""Sources that only the tower itself speaks for."""
HEADERS: Final = ("ce-", "content-type", "network")
BODY: Final[dict[str, Any]] = {"requestBody": {"required": True, "content": {
    "application/json": {"schema": {"oneOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}]}},
    "application/x-ndjson": {"schema": {"type": "string"}},
    "application/cloudevents+json": {"schema": {"type": "object"}},
    "application/cloudevents-batch+json": {"schema": {"type": "array", "items": {"type": "object"}}},
}}}  # fmt: skip


def router() -> APIRouter:
    """The route."""
    routes = APIRouter(route_class=Ruled, tags=["events"])

    @routes.post("/v1/events", status_code=202, summary="Tell events", openapi_extra=BODY, responses={
        413: {"model": ProblemBody}, 415: {"model": ProblemBody}, 422: {"model": ProblemBody},
        503: {"model": ProblemBody}})  # fmt: skip
    async def tell(request: Request, network: str = "") -> Response:
        """A JSON object, an array, one a line, or CloudEvents (binary, structured, batched) of one network.

        202: they would survive a power cut. 422: none of them is in; each fault has its row and field. Sending a
        message again changes nothing: an event is known by its source and id.
        """
        data = await request.body()
        return await run_in_threadpool(kept, here_of(request), request.state.network, request.state.key,
                                       data, heads(request))  # fmt: skip

    return routes


def heads(request: Request) -> dict[str, str]:
    """The headers that say something about the message."""
    return {name: value for name, value in request.headers.items() if name.startswith(HEADERS)}


def kept(here: Here, network: str, key: Key, data: bytes, headers: dict[str, str]) -> Response:
    """The answer once it is durable. Raises Problem, or Busy where the inbox takes nothing."""
    writer = here.inboxes.of(network, PROGRAMS)
    told = {name: value for name, value in headers.items() if name != "content-type"}
    envelope = Envelope(PROGRAMS, here.inboxes.stamp(network), headers.get("content-type", ""), data, told)
    found = sound(envelope, network, key)
    position = writer.put(envelope)
    return JSONResponse({"network": network, "inbox": PROGRAMS, "position": position, "events": found,
                         "received": clock.render(envelope.received)}, 202)  # fmt: skip


def sound(envelope: Envelope, network: str, key: Key) -> int:
    """How many events a message has, all of which can be accepted; raises Problem that says which cannot, and why."""
    if len(envelope.data) > MESSAGE_MOST:
        raise Problem(413, f"the message is too long: at most {MESSAGE_MOST:,} bytes", "send it in parts")
    if envelope.media_type in columns.TYPES:
        raise Problem(415, f"{envelope.media_type} is for the tower's own programs", "send application/json")
    found = checked(envelope, [network])
    if found:
        faults = [Fault(field=one.field, why=one.why, row=one.row) for one in found[:FAULTS_MOST]]
        first = found[0]
        where = f"row {first.row}, field {first.field}" if first.field else f"row {first.row}"
        raise Problem(422, f"{where}: {first.why}; nothing of the message is in", "mend it and send it again", faults)
    events = decode(envelope, 0, network).rows("event")
    if not events.size:
        raise Problem(422, "the message has no event", "send an object, an array of them, or one a line")
    own(events, key)
    return int(events.size)


def own(heads: np.ndarray, key: Key) -> None:
    """See that a message says nothing in the name of the tower, or of people, unless an admin sends it."""
    sources = [ids.of("source", name) for name in OURS]
    for row in np.flatnonzero(np.isin(heads["source"], np.array(sources, "u8"))).tolist():
        why = "a source that only the tower speaks for"
        raise Problem(422, f"row {row}, field source: {why}", "name your own source, or none",
                      [Fault(field="source", why=why, row=row)])  # fmt: skip
    for row, number in enumerate(heads["kind"].tolist()):
        kind = BY_NUMBER[number]
        if kind.origin == "h" and not key.is_at_least("admin"):
            why = f"{kind.name} is said by people, at its own route, or by an admin"
            raise Problem(403, f"row {row}, field kind: {why}", "POST /v1/deviations/{id}/acknowledge and the like",
                          [Fault(field="kind", why=why, row=row, value=kind.name)])  # fmt: skip

"""AsyncAPI: the feed as a document of AsyncAPI 3, made from the frames and the rows."""

from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api.hub import frames
from api.hub.frames import (
    CLOSES,
    PATH,
    SCHEMA,
    Delta,
    Heartbeat,
    Hello,
    Refused,
    Result,
    Snapshot,
    Subscribe,
    Unsubscribe,
    Welcome,
)  # fmt: skip
from api.hub.rows import ROWS, Gone

Json = dict[str, Any]
FROM_CLIENTS: Final[tuple[type[BaseModel], ...]] = (Hello, Subscribe, Unsubscribe)
FROM_HUB: Final[tuple[type[BaseModel], ...]] = (Welcome, Result, Refused, Snapshot, Delta, Heartbeat)
EXAMPLES: Final[dict[type[BaseModel], Json]] = {
    Hello: {"type": "hello", "token": "...", "resume": {"epoch": "9f2c", "seq": 120}},
    Subscribe: {"type": "subscribe", "id": 1, "channel": "deviations", "filter": {"site": ["EWR"], "severity": 2},
                "mode": "state", "max_hz": 10},
    Unsubscribe: {"type": "unsubscribe", "id": 2, "channel": "deviations"},
    Welcome: {"type": "welcome", "epoch": "9f2c", "seq": 123, "recovered": True, "heartbeat_ms": 2000, "schema": "1.0",
              "network": "blizzard"},
    Result: {"type": "result", "id": 1},
    Refused: {"type": "error", "id": 1, "field": "filter.severity", "value": 9, "fix": "at most 3"},
    Snapshot: {"type": "snapshot", "channel": "kpis", "seq": 123, "page": 1, "last": True,
               "rows": [{"id": "#00000000000000a1", "name": "legs_departed", "site": "EWR", "value": 118.0}]},
    Delta: {"type": "delta", "channel": "deviations", "from": 123, "seq": 125, "rows": [
        {"id": "#00000000000000b2", "kind": "leg.late", "severity": 2, "subject": "UA1545", "site": "EWR",
         "status": "opened", "why": "expected 47 min after its plan"},
        {"op": "del", "id": "#00000000000000b3"}]},
    Heartbeat: {"type": "heartbeat", "server_time": "2026-01-05T09:00:02.000Z",
                "scenario_time": "2013-02-08T18:00:00.000Z", "now": "2013-02-08T17:59:00.000Z", "speed": 360.0,
                "paused": False, "mode": "recorded", "seq": 125, "build": "0.1.0", "network": "blizzard",
                "tz": "America/New_York", "title": "New York", "sources": [
                    {"source": "carriers", "age_s": 60.0, "age_limit_s": 900.0, "rate": 12.5, "simulated": False}],
                "hops_ms": {"feed": {"p50": 3.0, "p99": 20.0}},
                "invariants": [{"name": "leg_load", "checked": 600, "broken": 0}],
                "levels": {"dock.queue": {"advisory": 4, "warning": 8, "critical": 16}},
                "ledger": {"received": 9, "accepted": 8, "duplicate": 1, "late": 0, "rejected": 0, "imbalance": 0}},
}  # fmt: skip
"""One of each frame."""


def document(host: str = "127.0.0.1:8081") -> Json:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Control tower feed", "version": SCHEMA, "license": {"name": "Apache-2.0"},
                 "description": "What the tower knows of a network, and each change of it. One connection is one "
                                "network. docs/feed.md tells it in order."},
        "defaultContentType": "application/json",
        "servers": {"hub": {"host": host, "protocol": "ws", "security": [{"$ref": "#/components/securitySchemes/key"}],
                            "description": "The port behind the API's"}},
        "channels": {"stream": {"address": PATH, "title": f"Subprotocol {frames.SUBPROTOCOL}",
                                "messages": {named(m): {"$ref": f"#/components/messages/{named(m)}"}
                                             for m in FROM_CLIENTS + FROM_HUB},
                                "bindings": {"ws": {"method": "GET", "query": QUERY}}}},
        "operations": {"hear": operation("receive", FROM_CLIENTS, "What a client may say, hello first"),
                       "tell": operation("send", FROM_HUB, "What the hub says")},
        "components": {"messages": {named(m): message(m) for m in FROM_CLIENTS + FROM_HUB}, "schemas": schemas(),
                       "securitySchemes": {"key": {"type": "http", "scheme": "bearer",
                                                   "description": "or `token` in hello"}}},
        "x-close-codes": {str(code): {"means": means, "retry": retry} for code, (means, retry) in CLOSES.items()},
    }  # fmt: skip


QUERY: Final[Json] = {"type": "object", "properties": {"network": {
    "type": "string", "description": "which network, where a key may see several"}}}  # fmt: skip


def named(model: type[BaseModel]) -> str:
    """What a frame is called: by its type."""
    return str(model.model_fields["type"].annotation.__args__[0])  # type: ignore[union-attr]


def operation(action: str, models: tuple[type[BaseModel], ...], summary: str) -> Json:
    """What one side says."""
    messages = [{"$ref": f"#/channels/stream/messages/{named(model)}"} for model in models]
    return {"action": action, "channel": {"$ref": "#/channels/stream"}, "summary": summary, "messages": messages}


def message(model: type[BaseModel]) -> Json:
    """A frame with its shape and an example."""
    return {"name": named(model), "summary": (model.__doc__ or "").strip(), "examples": [{"payload": EXAMPLES[model]}],
            "payload": {"$ref": f"#/components/schemas/{model.__name__}"}}  # fmt: skip


def schemas() -> Json:
    """The shapes of all frames and rows."""
    models: list[type[BaseModel]] = list(dict.fromkeys([*FROM_CLIENTS, *FROM_HUB, *ROWS.values(), Gone]))
    _, found = models_json_schema([(model, "validation") for model in models],
                                  ref_template="#/components/schemas/{model}")  # fmt: skip
    shapes: Json = found["$defs"]
    return shapes | {model.__name__: tied(shapes[model.__name__]) for model in (Snapshot, Delta)}


def tied(shape: Json) -> Json:
    """A frame of rows, with what the rows of each channel are."""
    cases = [{"if": {"properties": {"channel": {"const": channel}}},
              "then": {"properties": {"rows": {"items": either(row.__name__)}}}}
             for channel, row in ROWS.items()]  # fmt: skip
    return {**shape, "allOf": cases}


def either(row: str) -> Json:
    """A row, or word that it is no more."""
    return {"anyOf": [{"$ref": "#/components/schemas/Gone"}, {"$ref": f"#/components/schemas/{row}"}]}

"""Actions: what a person does about deviations: acknowledge, release, shelve, assign, note; one or many at once."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from api.http.chosen import DIGITS, moment
from api.http.here import Here, here_of
from api.http.idempotency import LONGEST, Once
from api.http.inboxes import PEOPLE
from api.http.present import Present
from api.http.problems import Problem, ProblemBody
from api.http.rendered import handled, rendered
from api.http.resources import BY_NAME
from api.http.rules import Ruled
from api.http.told import Word, refusal, tell
from api.keys import Key
from tower import clock, ids

MANY: Final = 200
Id = Annotated[str, Field(max_length=17)]
Text = Annotated[str, Field(min_length=1, max_length=900)]
Who = Annotated[str, Field(min_length=1, max_length=64)]
ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    202: {"description": "Kept, and not decided on within two seconds: see Location"},
    404: {"model": ProblemBody}, 409: {"model": ProblemBody, "description": "Closed, or taken by somebody else"},
}  # fmt: skip


class Acknowledge(BaseModel):
    """I see to it."""

    model_config = ConfigDict(extra="forbid")

    def event(self, present: Present) -> dict[str, Any]:
        """The fields of the event."""
        return {}


class Release(BaseModel):
    """I had it; nobody has."""

    model_config = ConfigDict(extra="forbid")

    def event(self, present: Present) -> dict[str, Any]:
        """The fields of the event."""
        return {}


class Shelve(BaseModel):
    """Not before `until`."""

    model_config = ConfigDict(extra="forbid")

    until: str = Field(max_length=40, description="RFC 3339, in the network's future")

    def event(self, present: Present) -> dict[str, Any]:
        """The fields of the event. Raises Problem for a moment that has passed."""
        until = moment("until", self.until)
        if not present.now < until <= present.now + clock.AHEAD:
            raise Problem(422, f"until: not in the future of the network, where it is {clock.render(present.now)}",
                          "a later moment, within 400 days")  # fmt: skip
        return {"until": clock.render(until)}


class Assign(BaseModel):
    """`to` sees to it."""

    model_config = ConfigDict(extra="forbid")

    to: Who

    def event(self, present: Present) -> dict[str, Any]:
        """The fields of the event."""
        return {"to": self.to}


class Note(BaseModel):
    """A remark for whoever looks next."""

    model_config = ConfigDict(extra="forbid")

    text: Text

    def event(self, present: Present) -> dict[str, Any]:
        """The fields of the event."""
        return {"text": self.text}


Body = Acknowledge | Release | Shelve | Assign | Note
VERBS: Final[dict[str, tuple[type[Body], str, str]]] = {
    "acknowledge": (Acknowledge, "deviation.acknowledged", "Say that you see to it"),
    "release": (Release, "deviation.released", "Give it back"),
    "shelve": (Shelve, "deviation.shelved", "Put it off"),
    "assign": (Assign, "deviation.assigned", "Give it to somebody"),
    "note": (Note, "deviation.noted", "Note something"),
}


class Turns:
    """One at a time for each deviation: who comes second sees what the first has done."""

    def __init__(self) -> None:
        self._locks = [threading.Lock() for _ in range(256)]

    @contextmanager
    def hold(self, network: str, keys: Iterable[int]) -> Iterator[None]:
        """Hold the locks of deviations, always in the same order; some share one."""
        places = sorted({hash((network, key)) % len(self._locks) for key in keys})
        with ExitStack() as held:
            for place in places:
                held.enter_context(self._locks[place])
            yield


def router() -> APIRouter:
    """A route a verb, and one for many deviations."""
    routes, turns = APIRouter(route_class=Ruled, tags=["deviations"]), Turns()
    for verb in VERBS:
        add(routes, verb, turns)
    return routes


def add(routes: APIRouter, verb: str, turns: Turns) -> None:
    """Both routes of a verb."""
    body_type, kind, summary = VERBS[verb]
    many_type: Any = type(f"Many{body_type.__name__}", (body_type,), {
        "__annotations__": {"ids": Annotated[list[Id], Field(min_length=1, max_length=MANY)]},
        "__module__": __name__, "__doc__": "The same of many."})  # fmt: skip
    Key_ = Annotated[str, Header(max_length=LONGEST)]

    def one(request: Request, id: str, said: Any, network: str = "", idempotency_key: Key_ = "") -> Response:
        act = Act(here_of(request), request.state.network, request.state.key, kind, turns)
        return act.once(f"{verb} {id}", idempotency_key, said, lambda once: act.one(id, said, once))

    def many(request: Request, said: Any, network: str = "", idempotency_key: Key_ = "") -> Response:
        act = Act(here_of(request), request.state.network, request.state.key, kind, turns)
        return act.once(f"{verb} *", idempotency_key, said, lambda once: act.many(said.ids, said, once))

    one.__annotations__["said"], many.__annotations__["said"] = body_type, many_type
    routes.add_api_route(f"/v1/deviations/{verb}", many, methods=["POST"], name=f"{verb} many", responses=ANSWERS,
                         summary=f"{summary}: many at once")  # fmt: skip
    routes.add_api_route(f"/v1/deviations/{{id}}/{verb}", one, methods=["POST"], name=f"{verb} one",
                         responses=ANSWERS, summary=summary)  # fmt: skip


class Act:
    """One request of a person."""

    def __init__(self, here: Here, network: str, key: Key, kind: str, turns: Turns) -> None:
        self.here, self.network, self.key, self.kind, self.turns = here, network, key, kind, turns
        self.present = here.present(network)

    def once(self, what: str, name: str, said: BaseModel, do: Callable[[Once], Response]) -> Response:
        """Do it, or say again what was answered under that Idempotency-Key."""
        assert self.here.answers is not None
        if not name:
            return do(Once(fresh(), "", self.moment(), 0))
        full = f"{self.key.name}\0{self.network}\0{name}"
        once = self.here.answers.begin(full, f"{what}\0{said.model_dump_json()}".encode(), self.moment())
        if once.status:
            again = {"Idempotency-Replayed": "true", **({"Location": once.location} if once.location else {})}
            return JSONResponse(once.body, once.status, again)
        return do(once)

    def moment(self) -> int:
        """When it is said: the network's own time."""
        return max(self.here.inboxes.stamp(self.network), self.present.now)

    def one(self, id: str, said: Body, once: Once) -> Response:
        """About one deviation."""
        status, body = self.decided([id], said, once)[id]
        if isinstance(body, Problem):
            raise body
        location = f"/v1/deviations/{id.lstrip('#')}?network={self.network}" if status == 202 else ""
        self.keep(once, status, body, location)
        return JSONResponse(body, status, {"Location": location} if location else None)

    def many(self, named: list[str], said: Body, once: Once) -> Response:
        """About many: each is answered for by itself; 200 if all are done, 207 if some are not."""
        results = [{"id": id, "status": status, "answer": body.body("") if isinstance(body, Problem) else body}
                   for id, (status, body) in self.decided(list(dict.fromkeys(named)), said, once).items()]  # fmt: skip
        whole = 200 if all(one["status"] == 200 for one in results) else 207
        if not any(one["status"] == 202 for one in results):
            self.keep(once, whole, {"results": results})
        return JSONResponse({"results": results}, whole)

    def keep(self, once: Once, status: int, body: Any, location: str = "") -> None:
        """Remember the answer, if that was asked for; what is undecided may be asked again."""
        if once.wall and status != 202:
            assert self.here.answers is not None
            self.here.answers.end(once, status, body, location)

    def decided(self, named: list[str], said: Body, once: Once) -> dict[str, tuple[int, Any]]:
        """By name the status and the answer, or the problem. All that can be said is said in one message."""
        answers: dict[str, tuple[int, Any]] = {}
        keys: dict[str, int] = {}
        for id in named:
            try:
                keys[id] = key_of(id)
            except Problem as problem:
                answers[id] = (problem.status, problem)
        with self.turns.hold(self.network, keys.values()):
            events = self.events(keys, said, once, answers)
            if events:
                word = tell(self.here, self.network, list(events.values()))
        for row, (id, event) in enumerate(events.items()):
            answers[id] = self.answer(keys[id], event, word, row)
        return {id: answers[id] for id in named}

    def events(
        self, keys: dict[str, int], said: Body, once: Once, answers: dict[str, tuple[int, Any]]
    ) -> dict[str, dict[str, Any]]:
        """The events about those of which it can be said; of the others the problem is among the answers."""
        events: dict[str, dict[str, Any]] = {}
        fields = said.event(self.present)
        for id, key in keys.items():
            try:
                self.check(key, said)
            except Problem as problem:
                answers[id] = (problem.status, problem)
            else:
                events[id] = {"id": f"{ids_of(once.name)}-{key:016x}", "kind": self.kind, "at": clock.render(once.at),
                              "deviation": f"#{key:016x}", "by": self.key.name, **fields}  # fmt: skip
        return events

    def answer(self, key: int, event: dict[str, Any], word: Word, row: int) -> tuple[int, Any]:
        """What the tower has made of one event."""
        told = {"network": self.network, "position": word.position, "record": word.number}
        if not word.decided:
            return 202, {**told, "detail": "kept; the tower has not decided on it yet"}
        if why := refusal(self.here, self.network, word, row):
            hint = "GET the deviation: it may have closed meanwhile"
            return 409, Problem(409, f"the tower rejected it: {why}", hint)
        with self.present.lock:
            if refused_event(self.present, key) == ids.of("event", f"{PEOPLE}\0{event['id']}"):
                return 409, self.taken(key)
            now, seq = clock.render(self.present.now), self.present.seq
        return 200, {**told, "now": now, "seq": seq, "item": self.row(key)}

    def row(self, key: int) -> Any:
        """The deviation as it is now; if it has closed meanwhile, as it was said last."""
        with self.present.lock:
            row = self.present.tables["deviations"].get(key)
            if row is None and key in self.present.said_of:
                row = self.present.said_of[key][-1].row
            if row is None:
                return None
            import numpy as np

            return rendered(BY_NAME["deviations"], np.array([row], row.dtype), self.present)[0]

    def check(self, key: int, said: Body) -> None:
        """See that it is there, open, and nobody else's. Raises Problem."""
        with self.present.lock:
            is_open = self.present.tables["deviations"].get(key) is not None
            was_said, holder = key in self.present.said_of, handled(self.present, key).get("taken_by")
        if not is_open and not was_said:
            raise Problem(404, f"there is no deviation #{key:016x}", "GET /v1/deviations lists what is open")
        if not is_open:
            raise Problem(409, f"deviation #{key:016x} is closed", "nothing is left to do")
        if not isinstance(said, Note) and holder not in (None, self.key.name):
            raise self.taken(key)

    def taken(self, key: int) -> Problem:
        """Somebody else sees to it."""
        holder = handled(self.present, key).get("taken_by", "somebody else")
        return Problem(409, f"deviation #{key:016x} is taken by {holder}", f"only {holder} can assign it to you")


def refused_event(present: Present, key: int) -> int:
    """The newest event about a deviation that was refused because somebody else had taken it; -1 for none."""
    row = present.tables["handling"].get(key) if "handling" in present.tables else None
    return -1 if row is None else int(row["refused_event"])


def key_of(id: str, what: str = "deviation") -> int:
    """The id that is written so. Raises Problem 404 where it is none."""
    digits = DIGITS.fullmatch(id)
    if digits is None:
        shown = id[:40].encode(errors="replace").decode()
        raise Problem(404, f"there is no {what} {shown!r}", "an id is # and 16 hex digits; # may be left out")
    return int(digits[1], 16)


def ids_of(name: str) -> str:
    """A short name of a request: the same for the same Idempotency-Key."""
    from hashlib import blake2b

    return blake2b(name.encode(errors="replace"), digest_size=12).hexdigest()


def fresh() -> str:
    """A name that no other request has."""
    import secrets

    return secrets.token_hex(16)

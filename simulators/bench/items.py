"""Items: the same job as one would write it in Bytewax, an item an event and a dict a leg."""

from collections.abc import Callable
from typing import Any, Final, cast

from bytewax import operators as op
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, TestingSource, run_main

from simulators.bench import stream
from tower import clock

EVENTS: Final = 3000
LATE_MIN: Final = 15
Event = dict[str, Any]
State = dict[Any, Any]


def work() -> Callable[[], None]:
    """Plays the stream's first events through a flow, to its end."""
    events = told()

    def play() -> None:
        said: list[Any] = []
        cast("Callable[[Dataflow], None]", run_main)(flow(events, said))

    return play


def told() -> list[Event]:
    """The events of the stream as a decoder would give them, a dict each."""
    batch = stream.moved(EVENTS)
    heads, moves = batch.rows("event"), batch.rows("leg_move")
    names = {int(code): f"LEG-{i:06d}" for i, code in enumerate(stream.NAMED)}
    return [
        {"id": int(h["id"]), "kind": int(h["kind"]), "leg": names[int(h["subject"])], "at": int(h["at"]),
         "arr_estimated": int(m["arr_estimated"])}
        for h, m in zip(heads, moves, strict=True)
    ]  # fmt: skip


def flow(events: list[Event], said: list[Any]) -> Dataflow:
    """Key by leg, keep a dict a leg, say what opens and closes."""
    flow = Dataflow("items")
    items = op.input("in", flow, TestingSource(events, batch_size=100))
    keyed = op.key_on("leg", items, lambda event: event["leg"])
    judged = op.stateful_map("state", keyed, advance)
    op.output("out", op.filter("some", judged, lambda one: one[1] is not None), TestingSink(said))
    return flow


def advance(state: State | None, event: Event) -> tuple[State, Event | None]:
    """Each event once; newest moment wins; expected, late, and whether that opens or closes a deviation."""
    state = state or {"seen": set(), "planned": event["at"] + clock.HOUR, "open": False}
    if event["id"] in state["seen"]:
        return state, None
    state["seen"].add(event["id"])
    if event["at"] >= state.get(event["kind"], (-1,))[0]:
        state[event["kind"]] = (event["at"], event["arr_estimated"])
    return state, judge(state, event)


def judge(state: State, event: Event) -> Event | None:
    """Say whether lateness crosses its limit."""
    arrived, estimated = state.get(stream.ARRIVED), state.get(stream.ESTIMATED)
    expected = arrived[0] if arrived else estimated[1] if estimated else state["planned"]
    late_min = (expected - state["planned"]) / clock.MINUTE
    if (late_min >= LATE_MIN) == state["open"]:
        return None
    state["open"] = not state["open"]
    return {"leg": event["leg"], "late_min": late_min, "open": state["open"], "at": event["at"]}

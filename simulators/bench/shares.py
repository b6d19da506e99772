"""Shares: CPU time by part of a chain: each step, what is done between steps, decoding, encoding."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from operators.chain import Chain
from simulators.bench.figures import Row, row
from tower import clock
from tower.record import Record

BETWEEN: Final = {"_tell": "telling rows", "_sealed": "hash", "_evict": "dropping rows",
                  "_next_moment": "looking for timers"}  # fmt: skip
"""What a chain does besides calling its steps, by the method that does it."""
REST: Final = "calls and the rest"
WORTH_TELLING: Final = 0.02
"""Parts below this share are told together."""

Spans = dict[str, float]


def watched(chain: Chain) -> Spans:
    """CPU seconds by part, counted from now on: looking at the watch costs too, most where records are small."""
    spans = Spans()
    for step in chain.steps:
        step.apply = timed(step.apply, step.name, spans)  # type: ignore[method-assign]
    for method, name in BETWEEN.items():
        setattr(chain, method, timed(getattr(chain, method), name, spans))
    return spans


def timed(work: Callable[..., Any], name: str, spans: Spans) -> Callable[..., Any]:
    """The same, counting its CPU time."""
    spans[name] = 0.0

    def counted(*arguments: object) -> Any:
        start = clock.cpu_s()
        try:
            return work(*arguments)
        finally:
            spans[name] += clock.cpu_s() - start

    return counted


def spent(chain: Chain, told: Iterable[tuple[int, bytes]]) -> Spans:
    """CPU seconds of these records by part; all of them are the whole."""
    spans = watched(chain)
    decode, encode = timed(Record.decode, "decode", spans), timed(Record.encode, "encode", spans)
    start = clock.cpu_s()
    for entry in told:
        outcome = chain.advance(decode(*entry))
        outcome.body = None
        encode(outcome)
    spans[REST] = 0.0
    spans[REST] = clock.cpu_s() - start - sum(spans.values())
    return spans


def rows(bench: str, of: str, spans: Spans, records: int, load: str) -> Iterator[Row]:
    """A row for each part that matters, largest first, in us a record; its ratio is its share of the whole."""
    whole = sum(spans.values())
    few = {name: span for name, span in spans.items() if span < WORTH_TELLING * whole and name != REST}
    told = {name: span for name, span in spans.items() if name not in few}
    told["parts below 2 %"] = sum(few.values())
    for name, span in sorted(told.items(), key=lambda part: -part[1]):
        yield row(bench, f"{name}, {of}", span / records * 1e6, "us", "low", load, peer="whole chain",
                  against=whole / records * 1e6)  # fmt: skip

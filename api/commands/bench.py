"""`towerctl bench`: figures, each beside a peer or a bound in the same run."""

import argparse
import json
import math
from typing import Any, Final

NAME = "bench"
HELP = "Measure the tower on this machine, each figure beside its peer"
HEADS: Final = ("name", "value", "unit", "peer", "ratio", "target", "", "load")
RIGHT: Final = {1, 4, 5}
"""Columns of numbers."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, how long, and how to say it."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="which benches; without a name, all of them")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes; shows that it runs, no more")
    parser.add_argument("--data", metavar="PATH", help="a data set at a path (`replay`, `predict`), as nycflights13")
    parser.add_argument("--thorough", action="store_true", help="`predict`: peers that take many minutes as well")
    parser.add_argument("--json", action="store_true", help="as one JSON array")


def run(arguments: argparse.Namespace) -> int:
    """Print the machine, then each bench's table as it ends; a missed target is no failure. Raises UsageError."""
    import sys

    from simulators import bench
    from simulators.bench.figures import environment

    names, rows = bench.known(arguments.names), list[dict[str, Any]]()
    data = {"data": arguments.data} if arguments.data else {}
    data |= {"thorough": True} if arguments.thorough else {}
    print(environment(), file=sys.stderr if arguments.json else sys.stdout, flush=True)
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found = bench.run(name, quick=arguments.quick, **data)
        rows += found
        if not arguments.json:
            print("\n".join(table(name, found)), flush=True)
    if arguments.json:
        print(json.dumps([whole(row) for row in rows]))
    return 0


def whole(row: dict[str, Any]) -> dict[str, Any]:
    """A figure as JSON has it: NaN, which JSON does not know, is null."""
    return {key: None if isinstance(value, float) and math.isnan(value) else value for key, value in row.items()}


def table(name: str, rows: list[dict[str, Any]]) -> list[str]:
    """A bench's figures in columns."""
    if not rows:
        return ["", f"{name}: nothing to measure here"]
    lines = [HEADS, *map(cells, rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADS))]
    return ["", name, *("  ".join(padded(line, widths)).rstrip() for line in lines)]


def padded(line: tuple[str, ...], widths: list[int]) -> list[str]:
    """Numbers to the right, words to the left."""
    cells = enumerate(zip(line, widths, strict=True))
    return [cell.rjust(width) if i in RIGHT else cell.ljust(width) for i, (cell, width) in cells]


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """A figure as a person reads it."""
    verdict = {True: "met", False: "missed", None: ""}[row["met"]]
    peer = f"{row['peer']} {number(row['peer_value'])}".strip() if row["peer"] else ""
    load = row["load"] if isinstance(row["load"], str) else f"load {number(row['load'])}"
    return (row["name"], number(row["value"]), row["unit"], peer, number(row["ratio"]), number(row["target"]), verdict,
            load)  # fmt: skip


def number(value: float | None) -> str:
    """Thousands apart where there are any.

    >>> number(1234567.0), number(0.1234), number(12.5), number(None)
    ('1,234,567', '0.1234', '12.5', '')
    """
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"

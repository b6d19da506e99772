"""Returns: which line of which order an article that comes back was bought with.

No list records it. Taken is the latest earlier line of the same customer and article of which as many are left, at
the same price if there is one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.recorded.blocks import Block
from simulators.recorded.invoices import SOURCE, Lines
from simulators.recorded.names import Names, event_ids
from simulators.recorded.rows import Rows


@dataclass(slots=True)
class Bought:
    """A line of which something may come back."""

    place: int
    at: int
    left: int
    price: float


def matched(placed: Lines, taken: Lines, rows: Rows) -> np.ndarray:
    """For each line taken back the line it was bought with, or -1: then its row is dropped with the reason."""
    keys = _keys(taken)
    bought = _bought(placed, {key for key in keys if key})
    found, why = np.full(len(keys), -1), np.full(len(keys), "", object)
    asked = zip(keys, taken.at.tolist(), taken.quantity.tolist(), taken.price.tolist(), strict=True)
    for i, (key, at, quantity, price) in enumerate(asked):
        line = _match(bought.get(key or "", []), at, quantity, price)
        if line is None:
            why[i] = _why(key, bought, at)
        else:
            found[i], line.left = line.place, line.left - quantity
    for reason in sorted(set(why.tolist()) - {""}):
        rows.drop(np.isin(np.arange(rows.size), taken.row[why == reason]), reason)
    return found


def _keys(lines: Lines) -> list[str | None]:
    """Customer and article; None where the customer is not known."""
    return pc.binary_join_element_wise(lines.customer, lines.sku, "/").to_pylist()


def _bought(placed: Lines, wanted: set[str]) -> dict[str, list[Bought]]:
    """The lines of those customers and articles, oldest first."""
    keys = pc.binary_join_element_wise(placed.customer, placed.sku, "/")
    asked = pc.is_in(keys, pa.array(sorted(wanted), pa.string()))
    rows = np.flatnonzero(asked.to_numpy(zero_copy_only=False))
    out: dict[str, list[Bought]] = {}
    for key, row in zip(keys.take(pa.array(rows)).to_pylist(), rows.tolist(), strict=True):
        line = Bought(row, int(placed.at[row]), int(placed.quantity[row]), float(placed.price[row]))
        out.setdefault(key, []).append(line)
    return out


def _match(lines: list[Bought], at: int, quantity: int, price: float) -> Bought | None:
    """The latest that will do, at the same price if there is one."""
    will_do = [line for line in lines if line.at <= at and line.left >= quantity]
    return next((line for line in _latest(will_do) if line.price == price), next(_latest(will_do), None))


def _latest(lines: list[Bought]) -> Iterator[Bought]:
    return reversed(lines)


def _why(key: str | None, bought: dict[str, list[Bought]], at: int) -> str:
    if key is None:
        return "taken back: the customer is not known"
    if not any(line.at <= at for line in bought.get(key, [])):
        return "taken back: the customer had not ordered the article"
    return "taken back: more than is left of any order"


def returned_blocks(placed: Lines, taken: Lines, found: np.ndarray, names: Names) -> tuple[list[Block], int]:
    """order.cancelled where one invoice takes back all of an order, else order.returned; how many are cancelled."""
    rows = np.flatnonzero(found >= 0)
    line = found[rows]
    order = placed.of[line]
    pair = taken.of[rows].astype("i8") * (placed.first.size + 1) + order
    pairs, first, of = np.unique(pair, return_index=True, return_inverse=True)
    full = np.bincount(of, taken.quantity[rows] == placed.quantity[line], pairs.size)
    whole = full == np.bincount(placed.of, minlength=placed.first.size)[order[first]] if pairs.size else full > 0
    single = ~whole[of]
    blocks = [
        _block("cancelled", placed, taken, rows[first[whole]], line[first[whole]], names),
        _block("returned", placed, taken, rows[single], line[single], names),
    ]
    return blocks, int(whole.sum())


def _block(moment: str, placed: Lines, taken: Lines, rows: np.ndarray, line: np.ndarray, names: Names) -> Block:
    """Events of these lines taken back, called by invoice and line (returned) or invoice and order (cancelled)."""
    by, orders = pa.array(rows), placed.invoice.take(pa.array(line))
    second = taken.line.take(by) if moment == "returned" else orders
    texts = pc.binary_join_element_wise(taken.invoice.take(by), second, "/").to_pylist()
    ids = event_ids(SOURCE, (text.encode() for text in texts), f"/{moment}")
    said = {}
    if moment == "returned":
        said = {"line": names.of("line", placed.line.take(pa.array(line))), "quantity": taken.quantity[rows]}
    return Block(f"order.{moment}", ids, taken.at[rows], names.of("order", orders), said)

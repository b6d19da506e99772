"""Orders: lines as placed, with what the overlay promises."""

from typing import NamedTuple

import numpy as np

from simulators.recorded.blocks import Block, Parts
from simulators.scenarios.sources.said import Said


class LineFacts(NamedTuple):
    """Order lines by the moment they were placed (ms): which order and which of its lines each is, what, how much.

    order, line, party, site, sku   texts; one order goes to one site
    """

    order: list[str]
    line: list[str]
    customer: list[str]
    site: list[str]
    sku: list[str]
    placed: np.ndarray
    promise: np.ndarray
    priority: np.ndarray
    quantity: np.ndarray
    value_cents: np.ndarray


def placed(said: Said, lines: LineFacts) -> list[Block]:
    """Each order with its lines; a line is one unit load."""
    order = said.ids("order", lines.order)
    _, first, of = np.unique(order, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")[of]
    by_order, heads = np.argsort(rank, kind="stable"), np.sort(first)
    columns = {
        "line": said.ids("line", lines.line), "sku": said.ids("sku", lines.sku), "quantity": lines.quantity,
        "value_cents": lines.value_cents, "loads": np.ones(order.size, "i8"),
    }  # fmt: skip
    parts = Parts("order_line", rank[by_order], {n: c[by_order] for n, c in columns.items()})
    told = {
        "customer": said.ids("customer", lines.customer), "ship_to": said.ids("site", lines.site),
        "priority": lines.priority, "promise_by": lines.promise,
    }  # fmt: skip
    return [
        said.block("order.placed", lines.placed[heads], order[heads], {n: c[heads] for n, c in told.items()}, parts)
    ]

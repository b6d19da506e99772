"""Invoices: rows of articles as lines of orders."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.recorded.blocks import Block, Parts
from simulators.recorded.names import Names, event_ids

SOURCE = "orders"


@dataclass(frozen=True, slots=True)
class Lines:
    """A row a line, in the order of the invoices' moments.

    row      its row in the list
    line     what the line is called in its invoice: the stock code, from its second time on with a number: 22423/2
    at       ms of the invoice: of the first of its rows
    of       which invoice each line belongs to, from 0; `first` is where each begins
    """

    row: np.ndarray
    invoice: pa.Array
    line: pa.Array
    sku: pa.Array
    customer: pa.Array
    quantity: np.ndarray
    price: np.ndarray
    at: np.ndarray
    of: np.ndarray
    first: np.ndarray


def lines_of(row: np.ndarray, invoice: pa.Array, sku: pa.Array, customer: pa.Array, quantity: np.ndarray,
             price: np.ndarray, at: np.ndarray) -> Lines:  # fmt: skip
    """Rows in the order of the list as lines."""
    code = invoice.dictionary_encode().indices.to_numpy()
    start = np.full(int(code.max(initial=-1)) + 1, np.iinfo("i8").max)
    np.minimum.at(start, code, at)
    order = np.lexsort((code, start[code])) if code.size else code
    first = np.flatnonzero(np.diff(code[order], prepend=-1))
    of = np.repeat(np.arange(first.size), np.diff(np.append(first, order.size)))
    taken = pa.array(order)
    return Lines(row[order], invoice.take(taken), _called(sku.take(taken), of), sku.take(taken), customer.take(taken),
                 quantity[order].astype("i8"), price[order], start[code][order], of, first)  # fmt: skip


def _called(sku: pa.Array, of: np.ndarray) -> pa.Array:
    """The name of each line: its stock code, numbered from the second time in an invoice on."""
    key = of * (len(sku) + 1) + sku.dictionary_encode().indices.to_numpy()
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    time = np.empty(key.size, "i8")
    time[order] = np.arange(key.size) - np.repeat(starts, np.diff(np.append(starts, key.size))) + 1
    numbered = pc.binary_join_element_wise(sku, pa.array(time).cast(pa.string()), "/")
    return pc.if_else(pa.array(time > 1), numbered, sku)


def placed_block(lines: Lines, names: Names) -> Block:
    """order.placed of each invoice, with its lines; the value of a line is quantity times price, in whole cents."""
    begin = pa.array(lines.first)
    orders = lines.invoice.take(begin)
    columns = {
        "line": names.of("line", lines.line), "sku": names.of("sku", lines.sku), "quantity": lines.quantity,
        "value_cents": np.rint(lines.quantity * lines.price * 100).astype("i8"),
    }  # fmt: skip
    ids = event_ids(SOURCE, (order.encode() for order in orders.to_pylist()), "/placed")
    return Block("order.placed", ids, lines.at[lines.first], names.of("order", orders),
                 {"customer": names.of("customer", lines.customer.take(begin))},
                 parts=Parts("order_line", lines.of, columns))  # fmt: skip

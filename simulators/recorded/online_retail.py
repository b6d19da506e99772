"""online_retail: invoices of a British web shop as orders, and what was taken back.

A row is a line of an invoice; an invoice whose number begins with C takes back. Recorded are minute, article,
quantity, price and customer; no promise, ship-to, priority or stock. Clocks are London's.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulators.feed import RecordedFeed
from simulators.recorded import zones
from simulators.recorded.account import Account
from simulators.recorded.blocks import arrivals
from simulators.recorded.invoices import Lines, lines_of, placed_block
from simulators.recorded.names import Names
from simulators.recorded.returns import matched, returned_blocks
from simulators.recorded.rows import Rows
from simulators.recorded.sheets import sheets, table

NAME: Final = "online_retail"
ABOUT: Final = "order lines of a British web shop, December 2010 to December 2011, and what was taken back"
KNOWN_BY: Final = frozenset({"InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"})
TEXTS: Final = ("InvoiceNo", "StockCode", "InvoiceDate", "CustomerID")
MORE: Final = ("Description", "Country")
"""Only to tell whether two rows are the same."""
FEES: Final = ("AMAZONFEE", "B", "BANK CHARGES", "C2", "CRUK", "D", "DOT", "M", "POST", "S", "m")
"""Stock codes of postage, fees, samples, discounts and manual entries."""
ZONE: Final = "Europe/London"
TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%m/%d/%Y %H:%M")
LONGEST: Final = 24
"""Bytes of an invoice number or stock code, so that the names made of them stay below 64."""


def fits(columns: frozenset[str]) -> bool:
    """Whether a table with these columns is this set's main one."""
    return columns >= KNOWN_BY


def read(path: str, network: str = NAME) -> RecordedFeed:
    """Source `orders`: order.placed with lines, order.returned, order.cancelled. UsageError if it cannot be read."""
    sheet = table(sheets(path), KNOWN_BY, "order lines")
    rows = Rows(sheet, ("Quantity", "UnitPrice"), [*TEXTS, *(name for name in MORE if name in sheet.columns)])
    at, names, account = _moments(rows), Names(), Account()
    back = _starts(rows.text("InvoiceNo"), "C")
    _drop_unusable(rows, at, back)
    placed = _lines(rows, at, rows.used & ~back)
    taken = _lines(rows, at, rows.used & back)
    donor = matched(placed, taken, rows)
    taken_back, whole = returned_blocks(placed, taken, donor, names)
    account.add("lines", rows, {"order cancelled: one invoice takes all of it back": whole})
    blocks = [placed_block(placed, names), *taken_back]
    return account.feed(NAME, network, [arrivals("orders", blocks, names.texts)])


def _moments(rows: Rows) -> np.ndarray:
    """InvoiceDate as ms UTC; -1 where it is no time from 1990 to 2100."""
    text = rows.text("InvoiceDate").dictionary_encode()
    local = np.full(len(text.dictionary), np.nan)
    for form in TIMES:
        seconds = pc.strptime(text.dictionary, form, "s", error_is_null=True).cast(pa.int64()).cast(pa.float64())
        minutes = seconds.to_numpy(zero_copy_only=False) / 60
        local = np.where(np.isnan(local), minutes, local)
    utc = zones.to_utc(local, ZONE) * 60_000
    known = (utc >= 631_152_000_000) & (utc < 4_133_980_800_000)
    moments = np.append(np.where(known, np.nan_to_num(utc), -1).astype("i8"), -1)
    return moments[text.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _drop_unusable(rows: Rows, at: np.ndarray, back: np.ndarray) -> None:
    quantity, price = rows.number("Quantity"), rows.number("UnitPrice")
    rows.drop_without("InvoiceNo", "StockCode")
    rows.drop(at < 0, "InvoiceDate is no time from 1990 to 2100")
    rows.drop(np.isnan(quantity) | (quantity % 1 != 0) | (quantity == 0), "no whole quantity")
    rows.drop(np.isnan(price), "no price")
    for name in ("InvoiceNo", "StockCode", "CustomerID"):
        rows.drop(_too_long(rows.text(name)), f"{name} of more than {LONGEST} bytes")
    rows.drop(_repeated(rows), "the same row again")
    fee = pc.is_in(rows.text("StockCode"), pa.array(FEES)).to_numpy(zero_copy_only=False)
    rows.drop(fee, "postage, a fee or a manual entry: no goods")
    rows.drop(~back & (quantity < 0), "negative quantity on an invoice that takes nothing back")
    rows.drop(back & (quantity > 0), "positive quantity on an invoice that takes back")
    rows.drop(price <= 0, "price of 0 or less")


def _starts(texts: pa.Array, with_: str) -> np.ndarray:
    return pc.fill_null(pc.starts_with(texts, with_), fill_value=False).to_numpy(zero_copy_only=False)


def _too_long(texts: pa.Array) -> np.ndarray:
    return pc.fill_null(pc.greater(pc.binary_length(texts), LONGEST), fill_value=False).to_numpy(zero_copy_only=False)


def _repeated(rows: Rows) -> np.ndarray:
    """Rows that say in every column what an earlier one says."""
    told = pa.table({name: rows.column(name) for name in rows.columns} | {"": np.arange(rows.size)})
    first = told.group_by(sorted(rows.columns), use_threads=False).aggregate([("", "min")])["_min"].to_numpy()
    out = np.ones(rows.size, bool)
    out[first] = False
    return out


def _lines(rows: Rows, at: np.ndarray, which: np.ndarray) -> Lines:
    """Those rows as lines of invoices."""
    invoice, sku, customer = (rows.text(n).filter(pa.array(which)) for n in ("InvoiceNo", "StockCode", "CustomerID"))
    customer = pc.replace_substring_regex(customer, r"\.0$", "")
    quantity, price = np.abs(rows.number("Quantity")[which]), rows.number("UnitPrice")[which]
    return lines_of(np.flatnonzero(which), invoice, sku, customer, quantity, price, at[which])

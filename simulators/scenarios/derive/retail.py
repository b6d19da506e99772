"""Retail: three recorded weeks of UCI Online Retail laid over one, shifted by whole weeks."""

from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from simulators.scenarios.derive.newyork import DAY, FIRST
from simulators.scenarios.derive.raw import Row, members
from simulators.scenarios.pack import Column, words

WEEKS: Final = (63, 64, 65)
"""How many weeks each recorded week is moved."""
DAYS: Final = 6
SALE: Final = 1000
"""Prices are whole thousandths."""


def lines(data: Path) -> dict[str, dict[str, Column]]:
    """Order lines sorted by minute, invoice, sku and quantity; what is no order line, counted; the skus' descriptions.

    A customer of -1 is anonymous.
    """
    wanted = {_file(d, w): w for d in range(DAYS) for w in WEEKS}
    read = [(wanted[n], r) for n, r in members(data / "online_retail_byday.tar.xz", lambda n: n in wanted)]
    sold = [(weeks, r) for weeks, r in read if not _why_not(r)]
    sold.sort(key=lambda wr: (_minute(*wr), wr[1]["InvoiceNo"], wr[1]["StockCode"], int(wr[1]["Quantity"])))
    names = {r["StockCode"]: r["Description"].strip() for _, r in reversed(sold)}
    return {
        "lines": {
            "t": np.array([_minute(w, r) for w, r in sold]),
            "invoice": words([r["InvoiceNo"] for _, r in sold]),
            "sku": words([r["StockCode"] for _, r in sold]),
            "quantity": np.array([int(r["Quantity"]) for _, r in sold]),
            "price": np.array([round(float(r["UnitPrice"]) * SALE) for _, r in sold]),
            "customer": np.array([int(float(r["CustomerID"])) if r["CustomerID"] else -1 for _, r in sold]),
        },
        "unused": _counts([_why_not(r) for _, r in read if _why_not(r)]),
        "skus": {"sku": words(sorted(names)), "name": words([names[s] for s in sorted(names)])},
    }  # fmt: skip


def _file(day: int, weeks: int) -> str:
    recorded: date = FIRST + timedelta(days=day - 7 * weeks)
    return f"{recorded}.csv"


def _why_not(r: Row) -> str:
    """Why a row is not an order line; empty if it is one."""
    if r["InvoiceNo"].startswith("C"):
        return "cancellation"
    if int(r["Quantity"]) <= 0:
        return "no positive quantity"
    return "" if float(r["UnitPrice"]) > 0 else "no positive price"


def _counts(reasons: list[str]) -> dict[str, Column]:
    found = sorted(Counter(reasons).items())
    return {"reason": words([reason for reason, _ in found]), "rows": np.array([rows for _, rows in found])}


def _minute(weeks: int, r: Row) -> int:
    moment = datetime.fromisoformat(r["InvoiceDate"])
    return ((moment.date() - FIRST).days + 7 * weeks) * DAY + moment.hour * 60 + moment.minute

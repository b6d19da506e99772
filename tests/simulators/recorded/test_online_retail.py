"""Invoices as orders, and what was taken back."""

from pathlib import Path

import pytest

from simulators.feed import Arrivals, RecordedFeed
from simulators.recorded import online_retail
from tests.simulators.recorded.told import RETAIL, counts, shared, told, used, write
from tests.suites.batch_suite import BatchSuite

MUG = "536365,21071,VINTAGE MUG,6,2011-07-01 08:26:00,2.55,17850.0,United Kingdom"
BAG = "536365,20726,LUNCH BAG,2,2011-07-01 08:26:00,1.65,17850.0,United Kingdom"
MUG_BACK = "C536400,21071,VINTAGE MUG,-6,2011-07-03 09:00:00,2.55,17850.0,United Kingdom"
BAG_BACK = "C536400,20726,LUNCH BAG,-2,2011-07-03 09:00:00,1.65,17850.0,United Kingdom"


def read(folder: Path, *rows: str) -> RecordedFeed:
    return online_retail.read(write(folder / "orders.csv", [RETAIL, *rows]))


def lines(feed: RecordedFeed) -> list[tuple[str, str, int, int]]:
    """Line, sku, quantity and cents of everything ordered."""
    batch = feed.arrivals[0].batch
    return [(batch.names[int(r["line"])], batch.names[int(r["sku"])], int(r["quantity"]), int(r["value_cents"]))
            for r in batch.rows("order_line")]  # fmt: skip


def test_an_invoice_is_an_order_with_its_lines(tmp_path: Path) -> None:
    feed = read(tmp_path, MUG, BAG)
    assert told(feed, "orders") == [("order.placed", "536365", "2011-07-01 07:26", {"customer": "17850"})]
    assert lines(feed) == [("21071", "21071", 6, 1530), ("20726", "20726", 2, 330)]


def test_an_article_twice_on_an_invoice_is_two_lines(tmp_path: Path) -> None:
    feed = read(tmp_path, MUG, MUG.replace(",6,", ",1,"))
    assert lines(feed) == [("21071", "21071", 6, 1530), ("21071/2", "21071", 1, 255)]


def test_an_order_without_customer_has_none(tmp_path: Path) -> None:
    assert told(read(tmp_path, MUG.replace("17850.0", "")), "orders")[0][3] == {}


def test_an_invoice_that_takes_all_back_cancels_the_order(tmp_path: Path) -> None:
    feed = read(tmp_path, MUG_BACK, MUG, BAG, BAG_BACK)
    assert told(feed, "orders")[1:] == [("order.cancelled", "536365", "2011-07-03 08:00", {})]
    assert used(feed, "lines") == 4


def test_an_invoice_that_takes_some_back_returns_lines(tmp_path: Path) -> None:
    feed = read(tmp_path, MUG, BAG, MUG_BACK.replace("-6", "-4"), BAG_BACK)
    assert told(feed, "orders")[1:] == [
        ("order.returned", "536365", "2011-07-03 08:00", {"line": "21071", "quantity": 4}),
        ("order.returned", "536365", "2011-07-03 08:00", {"line": "20726", "quantity": 2}),
    ]


def test_what_comes_back_is_the_latest_bought_at_the_same_price(tmp_path: Path) -> None:
    cheap = MUG.replace("536365", "536370").replace("2.55", "1.95").replace("07-01", "07-02")
    later = MUG.replace("536365", "536380").replace("07-01", "07-04")
    first = read(tmp_path, MUG, BAG, cheap, later, MUG_BACK)
    assert [order for kind, order, *_ in told(first, "orders") if kind == "order.returned"] == ["536365"]
    second = read(tmp_path, MUG, cheap, BAG.replace("536365", "536370"), later, MUG_BACK.replace("2.55", "2.10"))
    assert [order for kind, order, *_ in told(second, "orders") if kind == "order.returned"] == ["536370"]


def test_what_comes_back_twice_is_matched_once(tmp_path: Path) -> None:
    feed = read(tmp_path, MUG, BAG, MUG_BACK, MUG_BACK.replace("C536400", "C536401"))
    assert feed.unused["lines"] == {"taken back: more than is left of any order": 1}
    assert counts(feed, "orders") == {"order.placed": 1, "order.returned": 1}


def test_rows_that_say_nothing_are_counted_by_the_first_reason(tmp_path: Path) -> None:
    feed = read(
        tmp_path, MUG, MUG, BAG, MUG.replace("6,2011", "-6,2011"), MUG.replace("2.55", "0"),
        MUG.replace("21071", "POST"), MUG.replace("2.55", "free"), MUG.replace("6,2011", "1.5,2011"),
        MUG.replace("2011-07-01", "soon"), MUG + ",1",
        MUG_BACK.replace("17850.0", ""), MUG_BACK.replace("17850", "9"), MUG_BACK.replace("-6", "6"),
        MUG.replace("21071", ""), MUG.replace("21071", "x" * 25),
    )  # fmt: skip
    assert feed.unused["lines"] == {
        "not 8 values": 1, "UnitPrice is not a number": 1, "no StockCode": 1,
        "InvoiceDate is no time from 1990 to 2100": 1, "no whole quantity": 1, "StockCode of more than 24 bytes": 1,
        "the same row again": 1, "postage, a fee or a manual entry: no goods": 1,
        "negative quantity on an invoice that takes nothing back": 1,
        "positive quantity on an invoice that takes back": 1, "price of 0 or less": 1,
        "taken back: the customer is not known": 1, "taken back: the customer had not ordered the article": 1,
    }  # fmt: skip
    assert (feed.rows["lines"], used(feed, "lines")) == (15, 2)


def test_text_that_is_not_utf8_does_not_stop_the_set(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(f"{RETAIL}\n{MUG.replace('MUG', 'CAFÉ')}\n".encode("latin-1"))
    assert lines(online_retail.read(str(tmp_path))) == [("21071", "21071", 6, 1530)]


class TestTheYear(BatchSuite):
    @pytest.fixture(scope="class")
    @classmethod
    def feed(cls) -> RecordedFeed:
        return online_retail.read(shared("online_retail_byday.tar.xz"))

    @pytest.fixture(scope="class")
    @classmethod
    def given(cls, feed: RecordedFeed) -> list[Arrivals]:
        return feed.arrivals

    def test_every_row_is_accounted_for(self, feed: RecordedFeed) -> None:
        assert feed.rows == {"lines": 541_909}
        assert feed.unused["lines"] == {
            "the same row again": 5268, "postage, a fee or a manual entry: no goods": 2906,
            "negative quantity on an invoice that takes nothing back": 10_624 - 9288, "price of 0 or less": 1160,
            "taken back: the customer is not known": 162, "taken back: more than is left of any order": 118,
            "taken back: the customer had not ordered the article": 1028,
        }  # fmt: skip

    def test_orders_returns_and_cancellations(self, feed: RecordedFeed) -> None:
        assert counts(feed, "orders") == {"order.placed": 19_773, "order.returned": 6435, "order.cancelled": 114}
        assert len(lines(feed)) == 522_571

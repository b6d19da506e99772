"""Finding out what lies at a path, and saying what is wrong with it."""

import gzip
import io
import lzma
import tarfile
from pathlib import Path

import pytest

from simulators import recorded
from simulators.recorded.sheets import sheets
from tests.simulators.recorded.told import FULL, OLD, RETAIL, flights, shared, write
from tower.errors import UsageError

MUG = "536365,21071,VINTAGE MUG,6,2011-07-01 08:26:00,2.55,17850.0,United Kingdom"
LEG = "2013,2,8,1205,5.0,1340,10.0,UA,N1,1579,EWR,ORD,120.0,719.0"


def wrong(path: Path, adapter: str | None = None) -> tuple[str, str]:
    """What is said of a path that cannot be read, and the fix."""
    with pytest.raises(UsageError) as caught:
        recorded.read(str(path), adapter)
    assert "\n" not in caught.value.what
    return caught.value.what.replace(f"{path}", "PATH"), caught.value.try_


@pytest.mark.parametrize(("header", "name"), [
    (OLD, "nycflights13"), (FULL, "us_flights_1999dec"), (RETAIL, "online_retail"),
])  # fmt: skip
def test_a_set_is_known_by_its_columns(tmp_path: Path, header: str, name: str) -> None:
    assert recorded.recognise(flights(tmp_path, header=header)).name == name


@pytest.mark.parametrize("name", ["nycflights13", "us_flights_1999dec", "online_retail_byday.tar.xz"])
def test_the_shared_sets_are_known(name: str) -> None:
    assert recorded.recognise(shared(name)).name == name.removesuffix("_byday.tar.xz")


def test_an_adapter_by_name_settles_doubt(tmp_path: Path) -> None:
    path = flights(tmp_path, LEG)
    write(tmp_path / "orders.csv", [RETAIL, MUG])
    assert wrong(tmp_path) == ("PATH: could be nycflights13 or online_retail", "add --adapter nycflights13")
    assert recorded.read(path, "nycflights13").name == "nycflights13"
    assert recorded.read(path, "online_retail").name == "online_retail"


def test_what_nobody_knows_is_told_with_its_columns(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", ["when,what", "1,2"])
    what, fix = wrong(tmp_path)
    assert what == "PATH: no adapter knows its columns (when, what)"
    assert fix == "add --adapter nycflights13|us_flights_1999dec|online_retail"
    assert wrong(tmp_path, "online_retail")[0].startswith("order lines: no table there has the columns")
    assert wrong(tmp_path, "nycflight")[0] == "adapter nycflight: not known"


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    write(tmp_path / "orders.csv", [RETAIL.replace("Quantity", "Qty"), MUG])
    what, fix = wrong(tmp_path, "online_retail")
    assert what == "orders.csv: has no column Quantity"
    assert "it has InvoiceNo, StockCode, Description, Qty" in fix


def test_a_wrong_path_an_empty_folder_and_an_empty_file_are_told_apart(tmp_path: Path) -> None:
    assert wrong(tmp_path / "no.csv")[0] == "PATH: no such file or folder"
    assert wrong(tmp_path)[0] == "PATH: no table there"
    (tmp_path / "orders.csv").write_bytes(b"\n")
    assert wrong(tmp_path / "orders.csv")[0] == "orders.csv: is empty"


@pytest.mark.parametrize(("name", "data"), [
    ("a.csv", f"{RETAIL}\n{MUG}\n536365,21".encode()),
    ("a.csv.gz", gzip.compress(f"{RETAIL}\n{MUG}\n".encode())[:-20]),
    ("a.csv.xz", lzma.compress(f"{RETAIL}\n{MUG}\n".encode())[:-20]),
    ("a.csv.gz", b"no gzip"), ("a.csv.xz", b"no xz"), ("a.tar.xz", b"no tar"), ("a.csv", b"\0\1\2" * 99),
])  # fmt: skip
def test_what_is_damaged_is_to_be_copied_again(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    what, fix = wrong(tmp_path / name)
    assert what.removeprefix("read ").startswith(name)
    assert fix.endswith("copy it again")


def test_tables_may_lie_in_an_archive(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        for day in ("b", "a"):
            data = f"{RETAIL}\n{MUG.replace('536365', day)}\n".encode()
            member = tarfile.TarInfo(f"days/{day}.csv")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    (sheet,) = sheets(str(tmp_path / "a.tar.gz"))
    assert sheet.name == "days/a.csv and 1 more"
    assert [line.split(",")[0] for line in sheet.joined().decode().splitlines()] == ["InvoiceNo", "a", "b"]


def test_a_byte_order_mark_and_a_last_row_without_end_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{RETAIL}\r\n{MUG}", "utf-8-sig")
    assert recorded.read(str(tmp_path)).rows == {"lines": 1}

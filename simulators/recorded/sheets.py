"""Sheets: the CSV tables of a data set, wherever they lie: a file, packed or not, a folder, an archive."""

import csv
import io
import lzma
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tower.errors import UsageError

ENDINGS: Final = (".csv", ".csv.gz", ".csv.xz")
ARCHIVES: Final = (".tar", ".tar.gz", ".tgz", ".tar.xz")
AGAIN: Final = "it is damaged or was not copied to its end: copy it again"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose first row has been looked at; files of a folder that have the same columns are one table."""

    name: str
    columns: tuple[str, ...]
    pieces: tuple[tuple[str, bytes], ...]
    """What each file is called, and all its bytes, unpacked."""

    def joined(self) -> bytes:
        """The header once, then all rows."""
        first, *rest = (data for _, data in self.pieces)
        return b"".join([first, *(data.partition(b"\n")[2] for data in rest)])


def sheets(path: str) -> list[Sheet]:
    """The tables at a path; UsageError if there is none, or if one is empty, half-written or unreadable."""
    files = [(name, _whole(name, data)) for name, data in _files(Path(path))]
    if not files:
        raise UsageError(f"{path}: no table there", f"name a file or folder with {', '.join(ENDINGS)}")
    alike: dict[tuple[str, ...], list[tuple[str, bytes]]] = {}
    for name, data in files:
        alike.setdefault(_columns(name, data), []).append((name, data))
    return [Sheet(_called(pieces), columns, tuple(pieces)) for columns, pieces in alike.items()]


def beside(path: str) -> list[Sheet]:
    """The other tables of the folder that a single file lies in, such as its airports; none for a folder or archive."""
    file = Path(path)
    if not file.is_file() or file.name.endswith(ARCHIVES):
        return []
    others = [p for p in sorted(file.parent.iterdir()) if p.name.endswith(ENDINGS) and p.name != file.name]
    return [sheet for other in others for sheet in sheets(str(other))]


def _called(pieces: list[tuple[str, bytes]]) -> str:
    return pieces[0][0] if len(pieces) == 1 else f"{pieces[0][0]} and {len(pieces) - 1} more"


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    """The name and the unpacked bytes of each CSV, in the order of the names."""
    if path.is_dir():
        for inner in sorted(p for p in path.rglob("*") if p.name.endswith(ENDINGS)):
            yield inner.name, _unpacked(inner)
    elif not path.is_file():
        raise UsageError(f"{path}: no such file or folder", "check the path")
    elif path.name.endswith(ARCHIVES):
        yield from sorted(_members(path))
    elif path.name.endswith(ENDINGS):
        yield path.name, _unpacked(path)


def _unpacked(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        if path.name.endswith(".xz"):
            return lzma.decompress(data)
        return _inflated(data) if path.name.endswith(".gz") else data
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as cause:
        raise UsageError(f"read {path.name}: {cause}", AGAIN) from cause


def _inflated(data: bytes) -> bytes:
    """What gzip packed; EOFError if its end is missing."""
    import gzip

    return gzip.decompress(data)


def _members(path: Path) -> list[tuple[str, bytes]]:
    try:
        with tarfile.open(path) as archive:
            wanted = ((m.name, archive.extractfile(m)) for m in archive if m.name.endswith(".csv"))
            return [(name, file.read()) for name, file in wanted if file]  # in one pass: going back unpacks anew
    except (OSError, EOFError, lzma.LZMAError, zlib.error, tarfile.TarError) as cause:
        why = str(cause).splitlines()[0].rstrip(":")
        raise UsageError(f"read {path.name}: {why}", AGAIN) from cause


def _whole(name: str, data: bytes) -> bytes:
    """The bytes without a byte order mark and with an end of line; UsageError if empty or cut in the last row."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise UsageError(f"{name}: is empty", "a table has a row of column names, then rows")
    if data.endswith(b"\n"):
        return data
    if len(_cells(data.rsplit(b"\n", 1)[-1])) != len(_cells(data.split(b"\n", 1)[0])):
        raise UsageError(f"{name}: ends in the middle of a row", AGAIN)
    return data + b"\n"


def _columns(name: str, data: bytes) -> tuple[str, ...]:
    columns = tuple(_cells(data.split(b"\n", 1)[0]))
    if b"\0" in data[:4096]:
        raise UsageError(f"{name}: is no text", AGAIN)
    return columns


def _cells(line: bytes) -> list[str]:
    return next(csv.reader(io.StringIO(line.decode("utf-8", "replace").rstrip("\r"))), [])


def table(found: list[Sheet], columns: frozenset[str], what: str) -> Sheet:
    """The one with those columns, or else the one that has most of them; UsageError if there are two, or none alike."""
    exact = [sheet for sheet in found if columns <= set(sheet.columns)]
    if len(exact) > 1:
        names = ", ".join(sheet.name for sheet in exact)
        raise UsageError(f"{what}: more than one table could be it ({names})", "name the file, or part the folder")
    alike = exact or sorted(found, key=lambda sheet: -len(columns & set(sheet.columns)))
    if not alike or 2 * len(columns & set(alike[0].columns)) < len(columns):
        raise UsageError(f"{what}: no table there has the columns {', '.join(sorted(columns))}", "check the path")
    return alike[0]


def table_if_any(found: list[Sheet], columns: frozenset[str], what: str) -> Sheet | None:
    """The one with those columns, if there is one; UsageError if there are two."""
    return table(found, columns, what) if any(columns <= set(sheet.columns) for sheet in found) else None

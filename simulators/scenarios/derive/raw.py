"""Raw: rows of the recorded sets, as they are."""

import csv
import io
import lzma
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

Row = dict[str, str]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a .csv.xz, in their order."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def members(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Row]]:
    """The rows of the wanted files of a .tar.xz, each with its file's name, in the archive's order."""
    with tarfile.open(path) as archive:
        for member in archive:
            name = Path(member.name).name
            found = archive.extractfile(member) if wanted(name) else None
            if found is not None:
                yield from ((name, row) for row in csv.DictReader(io.TextIOWrapper(found, "utf-8", newline="")))


def number(text: str) -> float | None:
    """A number, or None where the set has nothing: "", "NA" or "NaN".

    >>> number("NA"), number("12.0")
    (None, 12.0)
    """
    return None if text in ("", "NA", "NaN", "nan") else float(text)

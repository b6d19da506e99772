"""Kernel cache: where compiled kernels are kept, by what they were compiled from.

numba's own cache looks only at the file that a kernel stands in, and would go on calling what another file has changed
since. Here a file's kernels are found again only where the file and all of ours that it imports, directly or through
others, say the same: an edit compiles anew what can see it, and clones of one tree share what they have compiled.

Nor do its processes wait for each other: two that add to what is kept of one kernel may take the same name for it, and
from then on code that was compiled for other arguments is called. Ours do.
"""

import fcntl
import os
import re
import shutil
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Self

from numba.core import caching

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("tower", "operators", "detectors", "simulators")
IMPORT: Final = re.compile(r"^ *(?:from|import) +([\w.]+)(?: +import +(\([^)]*\)|.*))?", re.MULTILINE)
NAME: Final = re.compile(r"\w+")
KEPT: Final = 4
"""States of one file whose kernels are kept."""


class Locator(caching._CacheLocator):  # noqa: SLF001 - whom numba asks has to be one
    """Tells numba to keep kernels under NUMBA_CACHE_DIR or `.tower/numba`, in a folder for each state of a file."""

    def __init__(self, function: Any, file: Path) -> None:
        base = os.environ.get("NUMBA_CACHE_DIR") or str(ROOT / ".tower" / "numba")
        self.line = function.__code__.co_firstlineno
        self.state = state_of(file)
        self.folder = folder_of(file, base)

    def get_cache_path(self) -> str:
        """The folder of this file in this state."""
        return str(self.folder)

    def get_source_stamp(self) -> str:
        """The state, once more: what lies in the folder is never old."""
        return self.state

    def get_disambiguator(self) -> str:
        """Two kernels of one name in one file are told apart by their lines."""
        return str(self.line)

    def ensure_cache_path(self) -> None:
        """Make the folder, and drop those of older states."""
        if not self.folder.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            drop_old(self.folder)

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Self | None:
        """A locator for a kernel that stands in a file; numba asks so."""
        file = file_at(py_file)
        if file is None:
            return None
        found = cls(py_func, file)
        found.ensure_cache_path()
        return found


class OneAtATime(caching.IndexDataCacheFile):
    """What is kept of one kernel, added to by one process or thread at a time."""

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled for some arguments, once nobody else does so in this folder. Raises OSError."""
        folder = os.open(self._cache_path, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            super().save(key, data)  # type: ignore[no-untyped-call]
        finally:
            os.close(folder)


caching.IndexDataCacheFile = OneAtATime  # type: ignore[misc] # numba makes them by this name


def drop_old(folder: Path) -> None:
    """Keep the newest states of the file that this folder is of."""
    name = folder.name.rpartition("-")[0]
    of_same = sorted(folder.parent.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime)
    for old in of_same[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


@cache
def name_of(file: Path) -> str:
    """A file's name as a module, if it is one of ours.

    >>> name_of(ROOT / "tower" / "table.py")
    'tower.table'
    """
    within = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path(file.name)
    return ".".join(within.with_suffix("").parts)


@cache
def file_at(path: str) -> Path | None:
    """A file that is there; looked for once, as it has many kernels."""
    file = Path(path)
    return file if file.is_file() else None


@cache
def folder_of(file: Path, base: str) -> Path:
    """Where the kernels of a file in its state are kept."""
    return Path(base) / f"{name_of(file)}-{state_of(file)}"


@cache
def state_of(file: Path) -> str:
    """A hash of what a file says, and all files of ours that it imports, directly or not."""
    told = blake2b(digest_size=8)
    for path in sorted(closure(file), key=name_of):
        told.update(name_of(path).encode() + b"\0" + content(path) + b"\0")
    return told.hexdigest()


@cache
def content(file: Path) -> bytes:
    """What a file says; read once, as many import it."""
    return file.read_bytes()


def closure(file: Path) -> set[Path]:
    """A file and all of ours that it imports, directly or not."""
    found, ahead = {file}, [file]
    while ahead:
        new = imports(ahead.pop()) - found
        found |= new
        ahead.extend(new)
    return found


@cache
def imports(file: Path) -> frozenset[Path]:
    """The files of ours that a file names in its imports, wherever in it they stand."""
    names: set[str] = set()
    for module, told in IMPORT.findall(content(file).decode()):
        names.update([module, *(f"{module}.{name}" for name in NAME.findall(told))])
    return frozenset(path for name in names if (path := file_of(name)))


@cache
def file_of(name: str) -> Path | None:
    """The file of one of our modules that may matter to a kernel; None for others.

    >>> file_of("tower.table") == ROOT / "tower" / "table.py", file_of("numpy")
    (True, None)
    """
    if name.partition(".")[0] not in PACKAGES:
        return None
    path = ROOT.joinpath(*name.split("."))
    return next((found for found in (path.with_suffix(".py"), path / "__init__.py") if found.is_file()), None)

"""Compiled: how kernels are compiled, and where their code is kept.

numba's cache looks only at the file that a kernel stands in, and would go on calling what another file has changed
since. So each state of the source tree has a cache of its own, under NUMBA_CACHE_DIR or `.tower/numba`.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numba as nb

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("tower", "operators", "detectors", "simulators")
KEPT: Final = 4


def sources() -> Iterator[bytes]:
    """What every file says that holds kernels."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            said = path.read_bytes()
            if b"@kernel" in said or b"njit" in said:
                yield said


def cache_folder() -> Path:
    """The cache of this state of the source tree; older states' are dropped when a new one is begun."""
    base = Path(os.environ.get("NUMBA_CACHE_DIR") or ROOT / ".tower" / "numba")
    folder = base / blake2b(b"\n".join(sources()), digest_size=8).hexdigest()
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(base.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
            shutil.rmtree(old, ignore_errors=True)
    return folder


nb.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # read whenever a kernel is declared

kernel: Callable[[Callable[..., Any]], Callable[..., Any]] = nb.njit(nogil=True, cache=True)
"""How every kernel is compiled: no parallel, no fastmath (they change results), no GIL."""

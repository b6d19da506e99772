"""Compiled: how kernels are compiled, and where their code is kept.

numba's cache looks only at the file that a kernel stands in, and would go on calling what another file has changed
since. So each state of the source tree has a cache of its own, under NUMBA_CACHE_DIR or `.tower/numba`.
"""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NoReturn

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


@contextmanager
def without(*modules: str) -> Iterator[None]:
    """Let imports of these fail within, as if they were not installed; those that are loaded stay."""
    hidden = {name: None for name in modules if name not in sys.modules}
    sys.modules.update(hidden)  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _numba() -> Any:
    """numba, set up. It looks for a BLAS in SciPy, which takes longer than all kernels together; none uses one."""
    with without("scipy", "scipy.linalg"):
        import numba

        importlib.import_module("numba.np.arraymath")
    numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]  # read whenever a kernel is declared
    return numba


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel when it is first called: no parallel, no fastmath (they change results), no GIL."""
    if _off:
        return _refusing(function)
    compiled: Callable[..., Any] = _compiler()(function)
    return compiled


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that writes its own machine code, for kernels to call."""
    if _off:
        return _refusing(function)
    _compiler()
    made: Callable[..., Any] = importlib.import_module("numba.extending").intrinsic(function)
    return made


@cache
def _compiler() -> Callable[..., Any]:
    compiler: Callable[..., Any] = _numba().njit(nogil=True, cache=True)
    return compiler


_off: list[str] = []


def off(why: str) -> None:
    """Have kernels that are declared from now on refuse to run: for processes that only read what others compute, and
    start in half the time without a compiler.
    """
    _off.append(why)


def _refusing(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def refuse(*_: object) -> NoReturn:
        raise RuntimeError(f"kernel {function.__qualname__} called where there are none: {_off[0]}")

    return refuse

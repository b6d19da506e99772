"""Compiled: how kernels are compiled. Where their code is kept: kernel_cache.py."""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any, NoReturn


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
    numba.config.CACHE_LOCATOR_CLASSES = "tower.kernel_cache.Locator"  # type: ignore[attr-defined]
    return numba


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel when it is first called: no parallel, no fastmath (they change results), no GIL."""
    return _declared(function)


def lean(function: Callable[..., Any]) -> Callable[..., Any]:
    """A kernel that makes no arrays, nor calls one that does: compiled in less time, as nobody counts who has them.

    One that makes an array all the same fails to compile, at the line that does.
    """
    return _declared(function, _nrt=False)


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """A lean kernel of one line that is not compiled apart where another calls it, but stands there in its place."""
    return _declared(function, _nrt=False, inline="always")


def intrinsic(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that writes its own machine code, for kernels to call."""
    if _off:
        return _refusing(function)
    _compiler()
    made: Callable[..., Any] = importlib.import_module("numba.extending").intrinsic(function)
    return made


def _declared(function: Callable[..., Any], **options: object) -> Callable[..., Any]:
    return _refusing(function) if _off else _compiler()(function, **options)


@cache
def _compiler() -> Callable[..., Any]:
    njit = _numba().njit
    from tower.compiling import within  # what it imports of numba has to come after

    return within(njit)


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

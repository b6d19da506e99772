"""Compiling: how kernels are compiled in less time than numba takes by itself; not imported where there are none."""

from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from types import FunctionType
from typing import Any

from numba.core import types


def within(njit: Callable[..., Any]) -> Callable[..., Any]:
    """The decorator of all kernels.

    A kernel that another one calls is compiled apart from one that Python calls: without the wrapper that makes Python
    objects of numbers, which takes as long as the rest, and once for all constants that are given to it. numba would
    compile it anew for each of them.
    """
    _name_by_what_they_hold()

    def declared(function: Callable[..., Any], **options: object) -> Callable[..., Any]:
        options = {"nogil": True, "cache": True, "no_cfunc_wrapper": True, **options}
        outer, inner = njit(function, **options), njit(_named_apart(function), **options, no_cpython_wrapper=True)

        def call_template(arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
            named = {name: _any_such(kind) for name, kind in named.items()}
            return inner.get_call_template(tuple(map(_any_such, arguments)), named)

        outer.get_call_template, outer.get_overload = call_template, inner.get_overload
        return outer

    return declared


def _any_such(kind: Any) -> Any:
    """The type of a constant, whatever its value."""
    return types.unliteral(kind)  # type: ignore[no-untyped-call]


def _named_apart(function: Callable[..., Any]) -> FunctionType:
    """The same function under another name, so that what is compiled of it is kept apart."""
    assert isinstance(function, FunctionType)
    inner = FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    inner.__qualname__ = f"{function.__qualname__}.inner"
    return inner


def _name_by_what_they_hold() -> None:
    """Have rows and tables go into the names of compiled functions by a hash of their fields.

    numba numbers rows as a process meets them, so that two processes that fill one cache could give one name to two
    functions; and it spells tables out, thousands of letters each.
    """
    for kind in (types.Record, types.NamedTuple):
        kind.mangling_args = property(_short)  # type: ignore[method-assign,assignment]


def _short(kind: Any) -> tuple[str, tuple[str, ...]]:
    return type(kind).__name__, (_hash(kind.name),)


@lru_cache(maxsize=4096)
def _hash(name: str) -> str:
    return blake2b(name.encode(), digest_size=8).hexdigest()

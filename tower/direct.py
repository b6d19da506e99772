"""Direct: the shortest way from Python into a kernel."""

from collections.abc import Callable
from typing import Any


class Direct:
    """A kernel whose `call` is for arguments of one set of types: those of the first call, for ever.

    numba chooses the compiled code anew in each call, which costs more than a small record's kernel; this chooses once.
    Read-only and writable arrays count as the same.
    """

    __slots__ = ("call", "kernel")

    def __init__(self, kernel: Callable[..., Any]) -> None:
        self.kernel = kernel
        self.call: Callable[..., Any] = self._first

    def _first(self, *arguments: Any) -> Any:
        from numba import typeof

        found = self.kernel(*arguments)
        compiled = getattr(self.kernel, "overloads", {}).get(tuple(map(typeof, arguments)))
        self.call = compiled.entry_point if compiled else self.kernel
        return found

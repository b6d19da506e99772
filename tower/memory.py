"""Memory: words at any byte of packed rows, for kernels that move columns they do not know by name."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped] # compiled, no stubs
from numba import types
from numba.extending import intrinsic as compiled

intrinsic: Callable[[Callable[..., Any]], Callable[..., Any]] = compiled
WORD = ir.IntType(64)
BYTE = ir.IntType(8)


def _at(builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, ir.PointerType(kind))


@intrinsic
def load(context: Any, address: Any) -> Any:
    """The 64-bit number at an address."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_at(builder, values[0], WORD), align=1)

    return types.int64(types.int64), code


@intrinsic
def store(context: Any, address: Any, value: Any) -> Any:
    """Write a 64-bit number at an address."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[1], _at(builder, values[0], WORD), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def load_byte(context: Any, address: Any) -> Any:
    """The byte at an address."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_at(builder, values[0], BYTE), align=1)

    return types.uint8(types.int64), code


@intrinsic
def store_byte(context: Any, address: Any, value: Any) -> Any:
    """Write a byte at an address."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[1], _at(builder, values[0], BYTE), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, types.uint8), code

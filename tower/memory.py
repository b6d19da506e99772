"""Memory: numbers at any byte of packed rows, for kernels that move columns they do not know by name."""

from collections.abc import Callable
from typing import Any

from tower.compiled import intrinsic

LONG, INT, SHORT, BYTE = 64, 32, 16, 8
"""Bits."""


def _pointer(builder: Any, address: Any, bits: int) -> Any:
    from llvmlite import ir  # type: ignore[import-untyped] # compiled, no stubs

    return builder.inttoptr(address, ir.PointerType(ir.IntType(bits)))


def _loading(kind: str, bits: int) -> tuple[Any, Callable[..., Any]]:
    """The signature and the code of a function that reads a number at an address."""
    from numba import types

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_pointer(builder, values[0], bits), align=1)

    return getattr(types, kind)(types.int64), code


def _storing(kind: str, bits: int) -> tuple[Any, Callable[..., Any]]:
    """The signature and the code of a function that writes a number at an address."""
    from numba import types

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[1], _pointer(builder, values[0], bits), align=1)
        return context.get_dummy_value()

    return types.void(types.int64, getattr(types, kind)), code


@intrinsic
def load(context: Any, address: Any) -> Any:
    """The 64-bit number at an address."""
    return _loading("int64", LONG)


@intrinsic
def store(context: Any, address: Any, value: Any) -> Any:
    """Write a 64-bit number at an address."""
    return _storing("int64", LONG)


@intrinsic
def load_int(context: Any, address: Any) -> Any:
    """The 32-bit number at an address."""
    return _loading("int32", INT)


@intrinsic
def store_int(context: Any, address: Any, value: Any) -> Any:
    """Write a 32-bit number at an address."""
    return _storing("int32", INT)


@intrinsic
def store_short(context: Any, address: Any, value: Any) -> Any:
    """Write a 16-bit number at an address."""
    return _storing("uint16", SHORT)


@intrinsic
def copy(context: Any, target: Any, source: Any, size: Any) -> Any:
    """Copy so many bytes from one address to another; they must not overlap."""
    from numba import types
    from numba.core import cgutils

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        target, source = (_pointer(builder, values[at], BYTE) for at in range(2))
        cgutils.raw_memcpy(builder, target, source, values[2], 1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), code

"""Memory: words at any byte of packed rows, for kernels that move columns they do not know by name."""

from typing import Any

from tower.compiled import intrinsic

WORD, BYTE = 64, 8
"""Bits."""


def _at(builder: Any, address: Any, bits: int) -> Any:
    from llvmlite import ir  # type: ignore[import-untyped] # compiled, no stubs

    return builder.inttoptr(address, ir.PointerType(ir.IntType(bits)))


@intrinsic
def load(context: Any, address: Any) -> Any:
    """The 64-bit number at an address."""
    from numba import int64

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_at(builder, values[0], WORD), align=1)

    return int64(int64), code


@intrinsic
def store(context: Any, address: Any, value: Any) -> Any:
    """Write a 64-bit number at an address."""
    from numba import int64, void

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[1], _at(builder, values[0], WORD), align=1)
        return context.get_dummy_value()

    return void(int64, int64), code


@intrinsic
def load_byte(context: Any, address: Any) -> Any:
    """The byte at an address."""
    from numba import int64, uint8

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_at(builder, values[0], BYTE), align=1)

    return uint8(int64), code


@intrinsic
def store_byte(context: Any, address: Any, value: Any) -> Any:
    """Write a byte at an address."""
    from numba import int64, uint8, void

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[1], _at(builder, values[0], BYTE), align=1)
        return context.get_dummy_value()

    return void(int64, uint8), code

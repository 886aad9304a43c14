"""Lay a call's arguments out: arrays in SRAM, numbers in registers and on the stack, and see what became of them.

SRAM from its first address up: the program's static data, the arrays one after the other, then free memory, in which
the stack grows down from the last address. All free memory is painted with one byte before the call; what is not
painted afterwards was written to. That gives the stack's high-water mark, as firmware measures it, and betrays a write
past the end of an array, which no hardware would notice.

What this leaves out: reads past the end of an array that hit other SRAM; a stack that was reserved and never written.

Sources: Arm, Procedure call standard for the Arm architecture (IHI 0042), with floating-point registers.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from effdl.mcu.errors import Fault, OutOfSram
from effdl.mcu.image import Program

__all__ = ["Layout", "Placed", "lay_out"]

PAINT, ALIGNMENT, GUARD, STACK_RESERVE = 0xA5, 8, 32, 256
DTYPES = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "float32")


@dataclass(frozen=True)
class Placed:
    """An array argument: which argument it is (counted from 1), where it lies."""

    argument: int
    address: int
    array: np.ndarray

    @property
    def end(self) -> int:
        """The first address above the array."""
        return self.address + self.array.nbytes


@dataclass(frozen=True)
class Layout:
    """Where everything is when the call begins.

    `core` are R0..R3, `single` S0.. as bits, `stack` the bytes at the stack pointer `sp`.
    """

    placed: tuple[Placed, ...]
    free: int
    sp: int
    core: tuple[int, ...]
    single: tuple[int, ...]
    stack: bytes
    array_bytes: int

    def describe(self, address: int, program: Program) -> str:
        """What lies at an address, in words."""
        part = program.part
        for placed in self.placed:
            if placed.address <= address < placed.end:
                return f"byte {address - placed.address} of argument {placed.argument}, {_named(placed.array)}"
            if placed.end <= address < placed.end + GUARD:
                return (
                    f"{address - placed.end} bytes past the end of argument {placed.argument}, {_named(placed.array)}"
                )
        if address < 1024:
            return "next to address 0: a null pointer?"
        if part.flash_base <= address < part.flash_end:
            return "flash, which holds the code and constants and can only be read"
        if part.sram_end <= address < part.sram_end + 65536:
            return f"{address - part.sram_end:,} bytes above the SRAM, which ends at 0x{part.sram_end:08X}"
        if part.sram_base - 65536 <= address < part.sram_base:
            return "below the SRAM"
        if part.sram_base <= address < part.sram_end:
            return "SRAM, where no code is"
        return "nothing: neither flash nor SRAM"


def lay_out(program: Program, arguments: tuple[object, ...]) -> Layout:
    """Give each argument its place.

    Raises: OutOfSram; TypeError for an argument that C has no type for here
    """
    part = program.part
    at = _up(part.sram_base + program.static_sram_bytes)
    placed, core, single, stack, array_bytes = [], [], [], [], 0
    for number, argument in enumerate(arguments, start=1):
        if isinstance(argument, np.ndarray):
            array = _checked(number, argument)
            placed.append(Placed(number, at, array))
            core.append(at)
            at, array_bytes = _up(at + array.nbytes + GUARD), array_bytes + _up(array.nbytes)
        elif isinstance(argument, (float, np.floating)):
            single.append(struct.unpack("<I", struct.pack("<f", float(argument)))[0])
        elif isinstance(argument, (int, np.integer)):
            core.append(_word(number, int(argument)))
        else:
            raise TypeError(f"mcu.run: argument {number} is {type(argument).__name__}; give arrays, ints and floats")
    # in the order of the arguments those that found no register; at most 16 floats have one
    stack = core[4:] + single[16:]
    sp = (part.sram_end - 4 * len(stack)) & ~7
    need = program.static_sram_bytes + array_bytes + STACK_RESERVE
    if at + STACK_RESERVE > sp:
        raise OutOfSram(need + GUARD * len(placed), part.sram_bytes, "the arrays, static data and a small stack")
    words = struct.pack(f"<{len(stack)}I", *stack)
    return Layout(tuple(placed), at, sp, tuple(core[:4]), tuple(single[:16]), words, array_bytes)


def check_guards(layout: Layout, sram: bytes, base: int) -> None:
    """Refuse a run that wrote just past the end of an array.

    Raises: Fault naming the argument
    """
    for i, placed in enumerate(layout.placed):
        until = layout.placed[i + 1].address if i + 1 < len(layout.placed) else layout.free
        guard = sram[placed.end - base : until - base]
        spoiled = next((k for k, byte in enumerate(guard) if byte != PAINT), None)
        if spoiled is not None:
            why = (
                f"{spoiled} bytes past the end of argument {placed.argument}, {_named(placed.array)}, were written to; "
                "the hardware would not notice, and something else would break"
            )
            raise Fault("WRITE", placed.end + spoiled, why)


def stack_bytes(layout: Layout, sram: bytes, base: int) -> int:
    """Bytes of the stack that were in use at the peak, by the high-water mark."""
    free = sram[layout.free - base : layout.sp - base]
    untouched = len(free) - len(free.lstrip(bytes([PAINT])))
    return len(sram) - (layout.free - base) - untouched


def _checked(number: int, array: np.ndarray) -> np.ndarray:
    if array.dtype.name not in DTYPES:
        raise TypeError(f"mcu.run: argument {number} is an array of {array.dtype}; there are {', '.join(DTYPES)}")
    return np.ascontiguousarray(array)


def _named(array: np.ndarray) -> str:
    return f"{array.dtype}{list(array.shape)}"


def _word(number: int, value: int) -> int:
    if not -(2**31) <= value < 2**32:
        raise ValueError(f"mcu.run: argument {number} is {value}, which does not fit in 32 bits")
    return value & 0xFFFF_FFFF


def _up(address: int) -> int:
    return -(-address // ALIGNMENT) * ALIGNMENT

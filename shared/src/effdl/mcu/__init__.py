"""Compile C for a microcontroller and run it in an emulator with a real part's memory map.

`compile` turns a text of C into a `Program` for a `Part`, `run` calls one of its functions on numpy arrays that it lays
out in SRAM, and gives back what the function returned and wrote, the exact number of instructions, and how much SRAM
was in use at the peak.

    program = mcu.compile("int add(int a, int b) { return a + b; }", part="stm32f412")
    mcu.run(program, "add", 2, 3).returned        # 5

What this leaves out: time. The emulator (Unicorn, which is QEMU's processor core) knows no cycles, caches or wait
states of the flash, so that `cycles_estimate` is a table's guess; there are no peripherals, interrupts or second bus
masters. Needs the extra `effdl[mcu]`: ziglang, which brings the compiler, unicorn, capstone and pyelftools.
"""

from effdl.mcu.compiler import compile
from effdl.mcu.errors import CompileError, Fault, McuError, OutOfSram, TooLong
from effdl.mcu.image import Program
from effdl.mcu.machine import Run, run
from effdl.mcu.parts import PARTS, Part

__all__ = [
    "PARTS",
    "CompileError",
    "Fault",
    "McuError",
    "OutOfSram",
    "Part",
    "Program",
    "Run",
    "TooLong",
    "compile",
    "run",
]

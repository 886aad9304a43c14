"""Call one function of a program in the emulator.

What this leaves out: interrupts, peripherals, and the caches of a Cortex-M7. Code in SRAM, which real parts run, is
refused: it is nearly always a wild jump.

Sources: Unicorn (QEMU's Cortex-M core), unicorn-engine.org.
"""

from __future__ import annotations

import gc
import itertools
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from effdl.mcu import counting
from effdl.mcu.errors import Fault, McuError, TooLong
from effdl.mcu.image import Program
from effdl.mcu.memory import PAINT, Layout, check_guards, lay_out, stack_bytes

try:  # here and not where it is needed, so that a process that forks pays for it once
    import unicorn
    from unicorn import arm_const
except ImportError:
    unicorn = None

__all__ = ["Run", "run"]

CALLS = itertools.count(1)
WALL_S = 30
TRANSLATED_BYTES = 16 << 20  # the emulator reserves a gigabyte for translated code unless told otherwise
ACCESS = np.dtype([("address", np.uint32), ("bytes", np.uint8), ("write", np.bool_)])
NOT_FETCHED = 3
# QEMU's numbers for what a Cortex-M would take as an exception
STOPS = {
    1: "what is no instruction: data, or __builtin_trap()",
    2: "a call of an operating system (svc), and there is none",
    7: "a breakpoint, and there is no debugger",
    8: "a jump to an address that only interrupts return to",
    16: "a semihosting call, and there is no host to talk to",
    17: "a coprocessor that the part does not have",
    18: "a jump to an even address: the lowest bit of a function's address is set",
    22: "an unaligned access by an instruction that needs an aligned address",
}


@dataclass(frozen=True)
class Run:
    """What came of one call.

    `returned` is R0 as int32 and `returned_float` S0; `arrays` are the array arguments after the call, in their
    order; `peak_sram_bytes` is static data + arrays + the stack's high-water mark; `histogram` counts the instructions
    by kind; `trace` holds every access to memory, in order, if it was asked for (fields address, bytes, write), else it
    is empty; `line_counts` maps lines of the text to the instructions executed for them.
    """

    returned: int
    returned_float: float
    arrays: tuple[np.ndarray, ...]
    instructions: int
    peak_sram_bytes: int
    stack_bytes: int
    histogram: dict[str, int]
    line_counts: dict[int, int] = field(repr=False)
    addresses: tuple[int, ...] = ()
    trace: np.ndarray = field(default_factory=lambda: np.empty(0, ACCESS), repr=False)

    @property
    def cycles_estimate(self) -> int:
        """Cycles by a table for a Cortex-M4 without wait states: an estimate, for nothing counts cycles here."""
        return counting.cycles_estimate(self.histogram)


def run(
    program: Program, function: str, *arguments: object, max_instructions: int = 50_000_000, trace: bool = False
) -> Run:
    """Call a function: arrays are passed by their address, ints in R0..R3 and then on the stack, floats in S0...

    Shapes: arguments are any arrays of int8, uint8, int16, uint16, int32, uint32, float32; they are copied, not changed
    Raises: Fault, OutOfSram, TooLong; ValueError if there is no such function
    """
    if function not in program.functions:
        raise ValueError(
            f"mcu.run: there is no function {function!r}; there are {', '.join(program.functions) or 'none'}"
        )
    if next(CALLS) % 16 == 0:  # an emulator and its hooks hold each other, with some megabytes that Python does not see
        gc.collect()
    return _Machine(program, lay_out(program, arguments), max_instructions, trace).call(function)


class _Machine:
    """One emulated part with a program in its memory, for one call."""

    def __init__(self, program: Program, layout: Layout, max_instructions: int, trace: bool) -> None:
        if unicorn is None:
            raise McuError('there is no emulator: install it with pip install "effdl[mcu]"')
        self.program, self.layout, self.limit = program, layout, max_instructions
        self.cpu = unicorn.Uc(unicorn.UC_ARCH_ARM, unicorn.UC_MODE_THUMB | unicorn.UC_MODE_MCLASS)
        model = arm_const.UC_CPU_ARM_CORTEX_M7 if program.part.core == "cortex-m7" else arm_const.UC_CPU_ARM_CORTEX_M4
        self.cpu.ctl_set_cpu_model(model)
        self.cpu.ctl_set_tcg_buffer_size(TRANSLATED_BYTES)
        self.blocks: dict[tuple[int, int], list[int]] = {}
        self.executed = self.last = 0
        self.fault: Fault | None = None
        self.accesses: list[tuple[int, int, bool]] | None = [] if trace else None
        self.home = program.part.flash_end - 16  # where the function returns to
        self.load()
        self.watch()

    def load(self) -> None:
        """Map the part's memory, write the program, the arrays and the paint, set the registers."""
        part, layout = self.program.part, self.layout
        self.cpu.mem_map(part.flash_base, part.flash_bytes, unicorn.UC_PROT_READ | unicorn.UC_PROT_EXEC)
        self.cpu.mem_map(part.sram_base, part.sram_bytes, unicorn.UC_PROT_READ | unicorn.UC_PROT_WRITE)
        first = layout.placed[0].address if layout.placed else layout.free
        self.cpu.mem_write(first, bytes([PAINT]) * (part.sram_end - first))
        for address, body in self.program.segments:
            self.cpu.mem_write(address, body)
        for placed in layout.placed:
            self.cpu.mem_write(placed.address, placed.array.tobytes())
        self.cpu.mem_write(layout.sp, layout.stack)
        for i, word in enumerate(layout.core):
            self.cpu.reg_write(arm_const.UC_ARM_REG_R0 + i, word)
        for i, word in enumerate(layout.single):
            self.cpu.reg_write(arm_const.UC_ARM_REG_S0 + i, word)
        self.cpu.reg_write(arm_const.UC_ARM_REG_SP, layout.sp)
        self.cpu.reg_write(arm_const.UC_ARM_REG_LR, self.home | 1)

    def watch(self) -> None:
        """Ask the emulator to tell of blocks, faults and, for a trace, of every access."""
        self.cpu.hook_add(unicorn.UC_HOOK_BLOCK, self.on_block)
        self.cpu.hook_add(unicorn.UC_HOOK_MEM_INVALID, self.on_invalid)
        self.cpu.hook_add(unicorn.UC_HOOK_INTR, self.on_stop)
        if self.accesses is not None:
            self.cpu.hook_add(unicorn.UC_HOOK_MEM_READ | unicorn.UC_HOOK_MEM_WRITE, self.on_access)

    def on_block(self, _: Any, address: int, size: int, __: Any) -> None:
        block = self.blocks.get((address, size))
        if block is None:
            length = len(counting.decode(bytes(self.cpu.mem_read(address, size))))
            block = self.blocks[address, size] = [0, length]
        block[0] += 1
        self.last = address
        self.executed += block[1]
        if self.executed > self.limit:
            self.cpu.emu_stop()

    def on_invalid(self, _: Any, access: int, address: int, size: int, value: int, __: Any) -> bool:
        reads = (unicorn.UC_MEM_READ_UNMAPPED, unicorn.UC_MEM_READ_PROT)
        writes = (unicorn.UC_MEM_WRITE_UNMAPPED, unicorn.UC_MEM_WRITE_PROT)
        kind = "READ" if access in reads else "WRITE" if access in writes else "FETCH"
        self.fault = self.fault or self.make_fault(kind, address, size)
        return False

    def on_stop(self, _: Any, number: int, __: Any) -> None:
        pc = self.cpu.reg_read(arm_const.UC_ARM_REG_PC)
        if number == NOT_FETCHED:
            self.fault = self.fault or self.make_fault("FETCH", pc, 2)
        why = STOPS.get(number, f"an exception that nothing handles (number {number})")
        self.fault = self.fault or self.at_place("STOP", pc, f"the program ran into {why}")
        self.cpu.emu_stop()

    def on_access(self, _: Any, access: int, address: int, size: int, value: int, __: Any) -> None:
        self.accesses.append((address, size, access == unicorn.UC_MEM_WRITE))

    def make_fault(self, kind: str, address: int, size: int) -> Fault:
        part, sp = self.program.part, self.cpu.reg_read(arm_const.UC_ARM_REG_SP)
        if kind == "WRITE" and sp < part.sram_base + 64 and address < part.sram_base:
            return self.at_place(kind, address, "the stack has grown down through all of the SRAM: endless recursion?")
        there = self.layout.describe(address, self.program)
        how = {"READ": "reads", "WRITE": "writes", "FETCH": "jumps for"}[kind]
        return self.at_place(kind, address, f"the program {how} {size} bytes where there is {there}")

    def at_place(self, kind: str, address: int, why: str) -> Fault:
        function, line = self.place()
        return Fault(kind, address, why, function=function, line=line)

    def place(self) -> tuple[str, int]:
        """The function and the line that run; after a wild jump, those that the program came from."""
        found = self.program.place(self.cpu.reg_read(arm_const.UC_ARM_REG_PC))
        return found if found[0] else self.program.place(self.last)

    def call(self, function: str) -> Run:
        """Run the function until it returns.

        Raises: Fault, TooLong
        """
        start = next(each.address for each in self.program.symbols if each.name == function)
        error, end = "", time.monotonic() + WALL_S
        try:
            self.cpu.emu_start(start | 1, self.home, timeout=WALL_S * 1_000_000)
        except unicorn.UcError as problem:
            odd = problem.errno == unicorn.UC_ERR_INSN_INVALID
            error = STOPS[1] if odd else f"something that this emulator cannot do ({problem})"
        pc = self.cpu.reg_read(arm_const.UC_ARM_REG_PC)
        if error and not self.fault:
            self.fault = self.at_place("STOP", pc, f"the program ran into {error}")
        if self.fault:
            raise self.fault
        if self.executed > self.limit or time.monotonic() > end:
            function, line = self.place()
            raise TooLong(min(self.limit, self.executed), function=function, line=line)
        if pc != self.home:
            raise self.at_place("STOP", pc, "the processor went to sleep (wfi, wfe), and nothing will wake it")
        return self.result()

    def result(self) -> Run:
        part, layout, arm = self.program.part, self.layout, arm_const
        sram = bytes(self.cpu.mem_read(part.sram_base, part.sram_bytes))
        check_guards(layout, sram, part.sram_base)
        stack = stack_bytes(layout, sram, part.sram_base)
        returned = self.cpu.reg_read(arm.UC_ARM_REG_R0)
        single = self.cpu.reg_read(arm.UC_ARM_REG_S0)
        counts = {block: times for block, (times, _) in self.blocks.items()}
        code = {block: bytes(self.cpu.mem_read(*block)) for block in self.blocks}
        return Run(
            returned=returned - (1 << 32 if returned >> 31 else 0),
            returned_float=struct.unpack("<f", struct.pack("<I", single))[0],
            arrays=tuple(_read(sram, placed.address - part.sram_base, placed.array) for placed in layout.placed),
            instructions=self.executed,
            peak_sram_bytes=self.program.static_sram_bytes + layout.array_bytes + stack,
            stack_bytes=stack,
            histogram=counting.histogram(counts, code),
            line_counts=self.line_counts(counts, code),
            addresses=tuple(placed.address for placed in layout.placed),
            trace=np.array(self.accesses or [], ACCESS),
        )

    def line_counts(self, blocks: dict[tuple[int, int], int], code: dict[tuple[int, int], bytes]) -> dict[int, int]:
        counts: dict[int, int] = {}
        for block, times in blocks.items():
            for offset, _ in counting.decode(code[block]):
                line = self.program.place(block[0] + offset)[1]
                counts[line] = counts.get(line, 0) + times
        return dict(sorted(counts.items()))


def _read(sram: bytes, at: int, like: np.ndarray) -> np.ndarray:
    return np.frombuffer(sram[at : at + like.nbytes], like.dtype).reshape(like.shape).copy()

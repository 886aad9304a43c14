"""Count what was executed: instructions, their kinds, and an estimate of cycles from a table.

The emulator tells how often each stretch of straight code (block) ran. Each block is disassembled once, and its
instructions count as often as it ran: exact, and much faster than a look at every instruction.

What this leaves out: instructions that a condition of an `it` block skips count as executed, as they take their cycle.

Sources: Arm, Cortex-M4 technical reference manual (DDI 0439), table 3-1, for the cycles.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from effdl.mcu.errors import McuError

try:  # here and not where it is needed, so that a process that forks pays for it once
    import capstone
except ImportError:
    capstone = None

__all__ = ["CYCLES", "KINDS", "cycles_estimate", "decode", "histogram"]

Block = tuple[int, int]  # address and bytes
KINDS = ("load", "store", "multiply", "branch", "other")
# of a Cortex-M4 without wait states: a load takes 2 where nothing overlaps it, a taken branch refills the pipeline
CYCLES = {"load": 2, "store": 1, "multiply": 1, "branch": 3, "other": 1}
FORMS = (
    ("load", re.compile(r"v?ld|pop|vpop")),
    ("store", re.compile(r"v?st|push|vpush")),
    ("multiply", re.compile(r"mul|ml[as]|sm[lmu]|um(l|ul|aal)|v(n?m[ul]|fn?m)")),
    ("branch", re.compile(r"b(l|x|lx)?(eq|ne|cs|hs|cc|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le|al)?$|cbn?z$|tb[bh]$")),
)


def histogram(blocks: Mapping[Block, int], code: Mapping[Block, bytes]) -> dict[str, int]:
    """How many instructions of each kind were executed; `blocks` maps a block to how often it ran."""
    found = dict.fromkeys(KINDS, 0)
    for block, times in blocks.items():
        for _, kind in decode(code[block]):
            found[kind] += times
    return found


def cycles_estimate(counted: Mapping[str, int]) -> int:
    """Cycles by the table CYCLES: a guess, since the emulator knows none."""
    return sum(CYCLES[kind] * number for kind, number in counted.items())


@functools.lru_cache(maxsize=65536)
def decode(code: bytes) -> tuple[tuple[int, str], ...]:
    """The offset and the kind of each instruction of a stretch of Thumb code.

    What capstone does not know is "other"; its first bits tell whether it has two bytes or four.
    """
    found, at = [], 0
    while at < len(code):
        for _, size, mnemonic, _ in _disassembler().disasm_lite(code[at:], 0):
            found.append((at, _kind(mnemonic.split(".")[0])))
            at += size
        if at < len(code):
            found.append((at, "other"))
            at += 4 if code[at + 1 : at + 2] >= b"\xe8" else 2
    return tuple(found)


def _kind(mnemonic: str) -> str:
    return next((kind for kind, form in FORMS if form.match(mnemonic)), "other")


@functools.cache
def _disassembler() -> object:
    if capstone is None:
        raise McuError('there is no disassembler: install it with pip install "effdl[mcu]"')
    return capstone.Cs(capstone.CS_ARCH_ARM, capstone.CS_MODE_THUMB | capstone.CS_MODE_MCLASS)

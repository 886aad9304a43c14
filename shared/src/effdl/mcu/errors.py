"""What can go wrong with a program for a microcontroller, each with what a person needs to mend it."""

from __future__ import annotations

__all__ = ["CompileError", "Fault", "McuError", "OutOfSram", "TooLong"]


class McuError(Exception):
    """A program does not compile, does not fit or does not run to its end."""


class CompileError(McuError):
    """The compiler refuses the text; `line` is that of the first error in it, 0 if no line is at fault."""

    def __init__(self, text: str, line: int = 0) -> None:
        super().__init__(text)
        self.line = line


class Fault(McuError):
    """The program did what the part cannot do.

    `kind` is "READ", "WRITE", "FETCH" (of instructions) or "STOP", `address` where, `function` and `line` the place in
    the program, "" and 0 if not known.
    """

    def __init__(self, kind: str, address: int, why: str, *, function: str = "", line: int = 0) -> None:
        place = f" in {function}" if function else ""
        place += f", line {line} of your text" if line else ""
        super().__init__(f"{kind} fault at 0x{address:08X}{place}: {why}")
        self.kind, self.address, self.why, self.function, self.line = kind, address, why, function, line


class OutOfSram(McuError):
    """What has to lie in SRAM is more than the part has."""

    def __init__(self, need: int, have: int, what: str) -> None:
        super().__init__(f"out of SRAM: {what} need {need:,} bytes, the part has {have:,}")
        self.need, self.have = need, have


class TooLong(McuError):
    """The program was stopped: it had not returned after so many instructions."""

    def __init__(self, max_instructions: int, *, function: str = "", line: int = 0) -> None:
        place = f"; it was in {function}" if function else ""
        place += f", line {line} of your text" if line else ""
        super().__init__(f"stopped after {max_instructions:,} instructions without returning{place}")
        self.max_instructions, self.function, self.line = max_instructions, function, line

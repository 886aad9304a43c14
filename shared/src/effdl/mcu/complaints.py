"""What compiler and linker say, in words about the student's text: the line, what stands there, the message."""

from __future__ import annotations

import re

from effdl.mcu.errors import CompileError

__all__ = ["compile_error", "link_error"]

MAX_SHOWN = 3
MESSAGE = re.compile(r"^answer\.c:(?P<line>\d+):(?P<column>\d+): (?:fatal )?error: (?P<text>.*)$", re.MULTILINE)
UNDEFINED = re.compile(r"undefined symbol: (?P<name>\S+)(?:\s+>>> referenced by (?P<where>.*))?")
LINE = re.compile(r"answer\.c:(\d+)")
# helpers that compilers call where the processor has no instruction; the part behind the prefix says for what
NO_UNIT = {
    "d": "arithmetic with `double` has no instructions here: write float, and 1.0f for 1.0",
    "f2d": "arithmetic with `double` has no instructions here: write float, and 1.0f for 1.0",
    "i2d": "arithmetic with `double` has no instructions here: write float, and 1.0f for 1.0",
    "ui2d": "arithmetic with `double` has no instructions here: write float, and 1.0f for 1.0",
    "ldiv": "division of 64-bit integers has no instructions here: use int32_t, or a shift",
    "uldiv": "division of 64-bit integers has no instructions here: use uint32_t, or a shift",
}


def compile_error(output: str, source: str) -> CompileError:
    """The error that tells what clang found wrong with a text."""
    found = list(MESSAGE.finditer(output))
    if not found:
        return CompileError(_without_a_line(output))
    lines = source.split("\n")
    shown = [_shown(int(m["line"]), int(m["column"]), m["text"], lines) for m in found[:MAX_SHOWN]]
    more = len(found) - MAX_SHOWN
    return CompileError("\n".join(shown) + (f"\nand {more} more" if more > 0 else ""), int(found[0]["line"]))


def _shown(line: int, column: int, text: str, lines: list[str]) -> str:
    if not 0 < line <= len(lines):
        return f"line {line}: {text}"
    code = lines[line - 1].expandtabs(1)[:200]
    mark = " " * min(column - 1, len(code)) + "^"
    return f"line {line}: {text}\n    {code}\n    {mark}"


def _without_a_line(output: str) -> str:
    if "out of memory" in output:
        return "the compiler ran out of memory: is an array far too large?"
    if "error: " in output and "frontend command failed" not in output:
        return output[output.index("error: ") + 7 :].splitlines()[0][:300]
    return "the compiler gave up: is something in the text nested too deeply, or far too large?"


def link_error(output: str) -> CompileError:
    """The error that tells what lld found missing or out of place."""
    missing = UNDEFINED.search(output)
    where = LINE.search(output)
    line = int(where[1]) if where else 0
    place = f"line {line}: " if line else ""
    if missing is None:
        said = output.split("error: ")[-1].splitlines()
        return CompileError(f"it cannot be linked: {said[0][:300] if said else 'the linker said nothing'}")
    name = missing["name"]
    helper = re.match(r"__aeabi_(u?ldiv|f2d|u?i2d|d)", name)
    if helper:
        return CompileError(f"{place}{NO_UNIT[helper[1]]} (the compiler calls {name})", line)
    return CompileError(f"{place}{name} is used and defined nowhere; there is no C library", line)

"""A linked program: what goes to flash and SRAM, where its functions are, which line an instruction comes from.

What this leaves out: every unit of the line table but that of the text, and columns.

Sources: pyelftools, which reads ELF files and their DWARF line tables.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from effdl.mcu.errors import CompileError
from effdl.mcu.parts import Part

try:  # here and not where it is needed, so that a process that forks pays for it once
    from elftools.elf.elffile import ELFFile
except ImportError:
    ELFFile = None

__all__ = ["Function", "Program", "read_program"]

TEXT = "answer.c"


@dataclass(frozen=True)
class Function:
    """One function: the address of its first instruction, its bytes, and whether the text makes it public."""

    name: str
    address: int
    size: int
    public: bool


@dataclass(frozen=True)
class Program:
    """A program for a part.

    `flash_bytes` is code, constants and the initial values of variables; `static_sram_bytes` what lies in SRAM before
    any function is called; `functions` the names that can be called; `warnings` what the compiler found odd.
    """

    part: Part
    source: str
    flash_bytes: int
    static_sram_bytes: int
    warnings: tuple[str, ...]
    segments: tuple[tuple[int, bytes], ...]
    symbols: tuple[Function, ...]
    lines: tuple[tuple[int, int], ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions that can be called."""
        return tuple(symbol.name for symbol in self.symbols if symbol.public)

    def place(self, address: int) -> tuple[str, int]:
        """The function and the line of the text at an address of the code, "" and 0 where there is none."""
        names = [s.name for s in self.symbols if s.address <= address < s.address + max(s.size, 2)]
        if not names:
            return "", 0
        at = bisect_right(self.lines, (address, 1 << 30)) - 1
        return names[0], self.lines[at][1] if at >= 0 else 0


def read_program(elf: bytes, part: Part, source: str, warnings: tuple[str, ...] = ()) -> Program:
    """The program in an ELF file that lld has linked; functions of the text are public, those of our runtime not.

    Raises: CompileError with the command that installs pyelftools, if it is not there
    """
    file = _opened(elf)
    found = {name: file.get_section_by_name(name) for name in (".text", ".data", ".bss")}
    sections = {name: section for name, section in found.items() if section and section["sh_size"]}
    sizes = {name: section["sh_size"] for name, section in sections.items()}
    ends = [sections[name]["sh_addr"] + sizes[name] for name in (".data", ".bss") if name in sections]
    return Program(
        part=part,
        source=source,
        flash_bytes=sizes.get(".text", 0) + sizes.get(".data", 0),
        static_sram_bytes=max(ends) - part.sram_base if ends else 0,
        warnings=warnings,
        segments=tuple((s["sh_addr"], s.data()) for name, s in sections.items() if name != ".bss"),
        symbols=_functions(file),
        lines=_lines(file),
    )


def _opened(elf: bytes) -> Any:
    if ELFFile is None:
        raise CompileError(
            'there is no reader of programs: install it with pip install "effdl[mcu]", or pip install pyelftools'
        )
    return ELFFile(io.BytesIO(elf))


def _functions(file: Any) -> tuple[Function, ...]:
    """The functions in the order of their addresses."""
    symbols = [each for table in file.iter_sections("SHT_SYMTAB") for each in table.iter_symbols()]
    found = [
        Function(
            symbol.name,
            symbol["st_value"] & ~1,
            symbol["st_size"],
            symbol["st_info"]["bind"] == "STB_GLOBAL" and symbol["st_other"]["visibility"] == "STV_DEFAULT",
        )
        for symbol in symbols
        if symbol["st_info"]["type"] == "STT_FUNC"
    ]
    return tuple(sorted(found, key=lambda function: function.address))


def _lines(file: Any) -> tuple[tuple[int, int], ...]:
    """(address, line) of the text in the order of addresses; line 0 ends its code.

    An instruction that the compiler gives no line counts for the line before it.
    """
    try:
        dwarf = file.get_dwarf_info()
        tables = [dwarf.line_program_for_CU(unit) for unit in dwarf.iter_CUs()]
        rows = sorted(row for table in tables[:1] if table for row in _rows(table))
    except Exception:  # a text can put what it likes into any section
        return ()
    return tuple((address, line) for address, line in rows if line or address == rows[-1][0])


def _rows(table: Any) -> list[tuple[int, int]]:
    """What a line table says of the text; line 0 for what comes from other files and at the end."""
    files = [entry.name for entry in table["file_entry"]]
    states = [entry.state for entry in table.get_entries() if entry.state]
    wanted = files.index(TEXT.encode()) + 1 if TEXT.encode() in files else 0
    return [(s.address, s.line if s.file == wanted and not s.end_sequence else 0) for s in states]

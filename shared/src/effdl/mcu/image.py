"""A linked program: what goes to flash and SRAM, where its functions are, which line an instruction comes from.

What this leaves out: everything in an ELF file that a 32-bit little-endian program without relocations does not need.

Sources: the ELF specification (TIS 1.2); ELF for the Arm architecture (IHI 0044).
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from effdl.mcu.dwarf import read_lines
from effdl.mcu.parts import Part

__all__ = ["Function", "Program", "read_program"]

LOAD, SYMTAB, NOBITS = 1, 2, 8
FUNCTION, GLOBAL = 2, 1


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
    """The program in an ELF file that lld has linked; functions of the text are public, those of our runtime not."""
    sections = {name: (kind, address, body) for name, kind, address, body in _sections(elf)}
    sizes = {name: len(body) if kind != NOBITS else body for name, (kind, _, body) in sections.items()}
    data, bss = (sizes.get(name, 0) for name in (".data", ".bss"))
    end = max((a + sizes[n] for n, (_, a, _) in sections.items() if n in (".data", ".bss") and sizes[n]), default=0)
    segments = tuple(
        (address, body) for name, (_, address, body) in sections.items() if name in (".text", ".data") and body
    )
    return Program(
        part=part,
        source=source,
        flash_bytes=sizes.get(".text", 0) + data,
        static_sram_bytes=end - part.sram_base if data or bss else 0,
        warnings=warnings,
        segments=segments,
        symbols=tuple(_functions(elf)),
        lines=read_lines(sections[".debug_line"][2], "answer.c") if ".debug_line" in sections else (),
    )


def _headers(elf: bytes) -> list[tuple[int, ...]]:
    """The section headers: name, type, flags, address, offset, size, link, info, alignment, entry size."""
    (first,) = struct.unpack_from("<I", elf, 32)
    size, count = struct.unpack_from("<HH", elf, 46)
    return [struct.unpack_from("<10I", elf, first + size * i) for i in range(count)]


def _text(elf: bytes, at: int) -> str:
    return elf[at : elf.index(b"\0", at)].decode()


def _sections(elf: bytes) -> Iterator[tuple[str, int, int, bytes | int]]:
    """Name, type, address and bytes of each section; of one without bytes, their number."""
    headers = _headers(elf)
    (names,) = struct.unpack_from("<H", elf, 50)
    for name, kind, _, address, offset, size, *_ in headers:
        yield (
            _text(elf, headers[names][4] + name),
            kind,
            address,
            size if kind == NOBITS else elf[offset : offset + size],
        )


def _functions(elf: bytes) -> Iterator[Function]:
    """The functions in the order of their addresses; public are those of the text, which is linked first."""
    headers = _headers(elf)
    found = []
    for _, kind, _, _, offset, size, link, *_ in headers:
        for at in range(offset, offset + size, 16) if kind == SYMTAB else ():
            name, value, length, info, other, _ = struct.unpack_from("<IIIBBH", elf, at)
            if info & 15 == FUNCTION:
                public = info >> 4 == GLOBAL and not other & 3
                found.append(Function(_text(elf, headers[link][4] + name), value & ~1, length, public))
    yield from sorted(found, key=lambda function: function.address)

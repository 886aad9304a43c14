"""Read which line each instruction comes from, out of the line table that `-gdwarf-4` asks for.

The table is a program for a small machine: its operations move an address and a line number, and append a row.

What this leaves out: every unit but the first, columns, and versions other than 4.

Sources: DWARF debugging information format, version 4, section 6.2.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["read_lines"]

COPY, ADVANCE_PC, ADVANCE_LINE, SET_FILE, CONST_ADD_PC, FIXED_ADVANCE_PC = 1, 2, 3, 4, 8, 9
END_SEQUENCE, SET_ADDRESS = 1, 2


def read_lines(table: bytes, name: str) -> tuple[tuple[int, int], ...]:
    """(address, line) of the file `name` in the first unit, in the order of addresses; line 0 ends the unit's code.

    An instruction that the compiler gives no line counts for the line before it.
    """
    try:
        length, version, header = struct.unpack_from("<IHI", table, 0)
        rows = sorted(_Rows(table, header + 10, length + 4, name.encode()).rows()) if version == 4 else []
    except (struct.error, IndexError, ValueError, ZeroDivisionError):  # a text can put what it likes into any section
        return ()
    return tuple((address, line) for address, line in rows if line or address == rows[-1][0])


class _Rows:
    """The machine that a line program drives."""

    def __init__(self, table: bytes, start: int, end: int, name: bytes) -> None:
        self.table, self.at, self.end = table, start, end
        self.step, _, _, base, self.line_range, self.opcode_base = struct.unpack_from("<BBBbBB", table, 10)
        self.line_base = base
        self.operands = table[16 : 16 + self.opcode_base - 1]
        self.at = 16 + len(self.operands)
        self.wanted = self.find(name)
        self.at = start
        self.address, self.line, self.file = 0, 1, 1

    def find(self, name: bytes) -> int:
        """The number of a file among those that the header lists, after its folders; 0 if it is none of them."""
        while self.text():
            pass
        number = 1
        while file := self.text():
            for _ in ("folder", "time", "bytes"):
                self.number()
            if file == name:
                return number
            number += 1
        return 0

    def text(self) -> bytes:
        """One string, up to its zero."""
        end = self.table.index(b"\0", self.at)
        found, self.at = self.table[self.at : end], end + 1
        return found

    def number(self, signed: bool = False) -> int:
        """One LEB128 number."""
        value = shift = 0
        while True:
            byte = self.table[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value - (1 << shift) if signed and byte & 64 else value

    def rows(self) -> Iterator[tuple[int, int]]:
        while self.at < self.end:
            code = self.table[self.at]
            self.at += 1
            if code >= self.opcode_base:
                self.move(code - self.opcode_base)
                yield self.row()
            elif code == 0:
                yield from self.extended()
            elif self.standard(code):
                yield self.row()

    def row(self) -> tuple[int, int]:
        return self.address, self.line if self.file == self.wanted else 0

    def move(self, code: int) -> None:
        self.address += code // self.line_range * self.step
        self.line += self.line_base + code % self.line_range

    def standard(self, code: int) -> bool:
        """One standard operation; True if it appends a row."""
        if code == ADVANCE_PC:
            self.address += self.number() * self.step
        elif code == ADVANCE_LINE:
            self.line += self.number(signed=True)
        elif code == SET_FILE:
            self.file = self.number()
        elif code == CONST_ADD_PC:
            self.address += (255 - self.opcode_base) // self.line_range * self.step
        elif code == FIXED_ADVANCE_PC:
            self.address += struct.unpack_from("<H", self.table, self.at)[0]
            self.at += 2
        else:
            for _ in range(self.operands[code - 1]):
                self.number()
        return code == COPY

    def extended(self) -> Iterator[tuple[int, int]]:
        size = self.number()
        code, body = self.table[self.at], self.table[self.at + 1 : self.at + size]
        self.at += size
        if code == SET_ADDRESS:
            self.address = int.from_bytes(body, "little")
        elif code == END_SEQUENCE:
            yield self.address, 0
            self.address, self.line, self.file = 0, 1, 1

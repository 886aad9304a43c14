"""Draw small arrays as text, square by square, and beside each other."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np

__all__ = ["columns", "squares"]

MAX_LINES, MAX_SQUARES, WIDTH, GAP = 24, 12, 116, "   "

Titled = tuple[str, list[str]]


def squares(array: np.ndarray, where: np.ndarray | None = None) -> list[str]:
    """Lines of text with the value in each square; those that `where` marks stand in brackets.

    An array of more than two dimensions becomes one block for each index of the leading ones.

    Shapes: array (...), where like array, bool -> a list of lines
    Source: the layout is this course's own
    """
    if array.size == 0:
        return ["(empty)"]
    where = np.zeros(array.shape, bool) if where is None else where
    text = np.vectorize(_text, otypes=[object])(array)
    width = max(map(len, text.flat))
    lines: list[str] = []
    for index in np.ndindex(array.shape[:-2]):
        rows, marks = np.atleast_2d(text[index]), np.atleast_2d(where[index])
        block = [_row(row, mark, width) for row, mark in zip(rows, marks, strict=True)]
        label = f"{list(index)}:" if index else ""
        lines += [f"{label} {block[0]}".strip()] if len(block) == 1 and index else [label, *block] if index else block
    return lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], f"... {len(lines) - MAX_LINES + 1} more"]


def _row(row: np.ndarray, marks: np.ndarray, width: int) -> str:
    cells = [f"[{value:>{width}}]" if mark else f" {value:>{width}} " for value, mark in zip(row, marks, strict=True)]
    return "".join(cells[:MAX_SQUARES]) + (" ..." if len(cells) > MAX_SQUARES else "")


def _text(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "keep" if value else "-"
    return f"{value + 0.0:.4g}" if isinstance(value, float | np.floating) else str(value)


def columns(*groups: list[Titled]) -> str:
    """Blocks of lines, each under its title: all in one row where they fit, else each group begins a new row."""
    together = [block for group in groups for block in group]
    rows = _rows(together)
    if len(rows) > 1:
        rows = [row for group in groups for row in _rows(group)]
    return "\n\n".join(map(_beside, rows))


def _rows(titled: list[Titled]) -> list[list[list[str]]]:
    rows: list[list[list[str]]] = []
    for title, lines in titled:
        block = [title, *lines]
        if not rows or sum(_width(other) + len(GAP) for other in rows[-1]) + _width(block) > WIDTH:
            rows.append([])
        rows[-1].append(block)
    return rows


def _width(block: list[str]) -> int:
    return max(map(len, block))


def _beside(blocks: list[list[str]]) -> str:
    widths = [_width(block) for block in blocks]
    lines = zip_longest(*blocks, fillvalue="")
    return "\n".join(GAP.join(f"{cell:<{w}}" for cell, w in zip(line, widths, strict=True)).rstrip() for line in lines)

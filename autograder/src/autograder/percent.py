"""Read percent scripts: the one text format of lab sources, hidden tests and wrong answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jupytext


@dataclass(frozen=True)
class PercentCell:
    """One `# %%` cell: its kind ("code" or "markdown"), its marks and its text."""

    kind: str
    source: str
    marks: dict[str, Any] = field(default_factory=dict)


def read_cells(path: Path) -> list[PercentCell]:
    """The cells of a percent script, in order; empty ones without marks are left out.

    Raises: ValueError if the file is missing or cannot be read as a percent script
    """
    try:
        return cells_of(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise ValueError(f"{path.name}: cannot be read as a percent script ({problem})") from problem


def cells_of(text: str) -> list[PercentCell]:
    """The cells of the text of a percent script, as `read_cells` gives them."""
    notebook = jupytext.reads(text, fmt="py:percent")
    cells = [PercentCell(cell.cell_type, cell.source, _marks(cell.metadata)) for cell in notebook.cells]
    return [cell for cell in cells if cell.source.strip() or cell.marks]


def _marks(metadata: dict[str, Any]) -> dict[str, Any]:
    """What the author wrote; jupytext adds its own notes on blank lines, such as `lines_to_next_cell`."""
    return {key: value for key, value in metadata.items() if not key.startswith("lines_to_")}

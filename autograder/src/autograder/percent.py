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
    """The cells of a percent script, in order; empty ones are left out.

    Raises: ValueError if the file is missing or cannot be read as a percent script
    """
    try:
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise ValueError(f"{path.name}: cannot be read as a percent script ({problem})") from problem
    cells = (PercentCell(c.cell_type, c.source, dict(c.metadata)) for c in notebook.cells)
    return [cell for cell in cells if cell.source.strip()]

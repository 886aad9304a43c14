"""What a student calls: `effdl start`, `progress` and `submit` in a terminal, `summary` and `hand_in` in a lab.

Standard library and nbformat only, so that Colab has them. What needs nbformat is imported when it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

__all__ = ["begin", "hand_in", "overview", "summary"]


def summary(lab: str, points: Mapping[str, float]) -> None:
    """Show the exercises of a lab: points, what is blank, what the visible checks said since the kernel started.

    `points` maps each row, the exercise's id and then its names ("3.6 apoz, channel_entropy"), to its points.
    """
    from effdl.student.lab_table import show

    show(lab, points)


def hand_in(lab: str, student_id: str, file: str | Path | None = None) -> None:
    """Check the notebook that this cell stands in and write the file to upload; says what is missing, raises nothing.

    Without an id it tells what to do and writes nothing. `file` is needed only where the notebook cannot be found.
    """
    from effdl.student.handin import from_cell

    print(from_cell(lab, student_id, file))


def begin(lab: str) -> None:
    """Copy a lab beside this notebook, never overwriting, and show where it is."""
    from effdl.student.index_cells import begin_here

    print(begin_here(lab))


def overview() -> None:
    """Show how far each lab beside this notebook is, as the saved notebooks say."""
    from effdl.student.index_cells import show

    show()

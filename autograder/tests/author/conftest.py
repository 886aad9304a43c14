"""A scratch copy of the course in small, and a way to spoil one thing in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from autograder.course import Course

MINICOURSE = Path(__file__).resolve().parent.parent / "minicourse"
SOURCE, HIDDEN = "solutions/lab99_tiny.py", "autograder/hidden/lab99.py"
TINY, WRONG = "shared/src/effdl/tiny.py", "autograder/wrong/lab99/ex1.py"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A copy that a test may change; its notebooks are built and executed."""
    shutil.copytree(MINICOURSE, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def spoil(course: Course) -> Callable[[str, str, str], None]:
    """Replace one text by another in a file of the copy; the text has to be there."""

    def replace(file: str, old: str, new: str) -> None:
        path = course.root / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace

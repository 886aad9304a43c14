"""What is marked again when something changed, and what comes from the results of an earlier run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from autograder.course import Course
from autograder.grade.fingerprint import _imported
from autograder.grade.pipeline import grade

import autograder


@pytest.fixture
def copy(course, tmp_path):
    shutil.copytree(course.root, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def marks_made(copy, hand_in, tmp_path):
    """Grades a class of two and tells how many submissions had to be marked."""

    def count(**options):
        seen = []
        options = {"marker": "fake_marker:open_marker", "workers": 1, "force": True, **options}
        grade(copy, "lab99", tmp_path / "class", tmp_path / "out", progress=lambda *now: seen.append(now), **options)
        return len(seen)

    hand_in("ana", "1 1 0")
    hand_in("bob")
    return count


@pytest.fixture
def marked(marks_made):
    """The same, when all were marked before; tests change one thing first."""
    assert marks_made() == 2
    return marks_made


def append(path, text):
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_another_submission_is_marked_alone(marked, hand_in):
    hand_in("bob", "0 0 0")
    hand_in("cy", "0 1 0")
    assert marked() == 2


def test_what_decides_no_mark_marks_nobody_again(marked, copy):
    append(copy.hidden("lab99"), "\n# %% [markdown]\n# A remark.\n")
    solution = json.loads(copy.solution("lab99").read_text())
    next(cell for cell in solution["cells"] if cell["cell_type"] == "code")["outputs"] = []
    copy.solution("lab99").write_text(json.dumps(solution))
    assert marked() == 0


def test_the_helper_package_decides_all_marks(marked, copy):
    append(next(copy.package.glob("*.py")), "\nADDED = 1\n")
    assert marked() == 2


@pytest.mark.parametrize("options", [{"keep": "best"}, {"force": False}])
def test_marks_that_do_not_count_are_not_made_again(options, marks_made, hand_in, tmp_path):
    """The other attempts of a student, or new marks beside a grade that stays."""
    if "keep" in options:
        os.utime(hand_in("ana (1)", "0 1 0"), (2 * 10**9, 2 * 10**9))
        (tmp_path / "class" / "ana (1)_lab99.ipynb").rename(tmp_path / "class" / "ana_lab99 (1).ipynb")
    assert marks_made(**options) == 2 + ("keep" in options)
    if "force" in options:
        hand_in("ana", "0 1 1")
        assert marks_made(**options) == 1
    assert [marks_made(**options) for _ in range(2)] == [0, 0]


def test_the_part_of_the_grader_that_marks_is_known(course):
    names = {path.stem for path in _imported(Path(autograder.__file__).parent)}
    marking = {"marking", "compare", "execute", "sanitize", "score", "withhold", "lab"}
    assert {*marking, "showing", "apart", "harness"} <= names
    assert not {"feedback", "gradebook", "pipeline", "find"} & names

"""What is marked again when something changed, and what comes from the results of an earlier run."""

from __future__ import annotations

import json
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
def marked(copy, hand_in, tmp_path):
    """How many submissions a run has to mark; all later ones change one thing first."""

    def count():
        seen = []
        options = {"marker": "fake_marker:open_marker", "workers": 1, "force": True}
        grade(copy, "lab99", tmp_path / "class", tmp_path / "out", progress=lambda *now: seen.append(now), **options)
        return len(seen)

    hand_in("ana", "1 1 0")
    hand_in("bob")
    assert count() == 2
    return count


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


@pytest.mark.parametrize("what", ["a hidden test", "the helper package"])
def test_what_decides_marks_marks_everybody_again(what, marked, copy):
    if what == "a hidden test":
        text = copy.hidden("lab99").read_text()
        assert "hint=" in text
        copy.hidden("lab99").write_text(text.replace('hint="', 'hint="now: ', 1))
    else:
        append(next(copy.package.glob("*.py")), "\nADDED = 1\n")
    assert marked() == 2


def test_the_part_of_the_grader_that_marks_is_known(course):
    names = {path.stem for path in _imported(Path(autograder.__file__).parent)}
    assert {"marking", "compare", "execute", "harness", "sanitize", "score", "showing", "withhold", "lab"} <= names
    assert not {"feedback", "gradebook", "pipeline", "find"} & names

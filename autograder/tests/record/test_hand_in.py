"""What `effdl submit` accepts, the grader's intake accepts, under the same id; and it needs no grader to be there."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from autograder.grade.collect import collect
from effdl.student import cli, start, submit
from effdl.student.start import Refused
from effdl.student.validate import InvalidSubmission
from hypothesis import given, settings
from hypothesis import strategies as st

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ABOUT = st.sampled_from(["lab99", "lab98", "99", "", None]).flatmap(
    lambda lab: st.fixed_dictionaries({"lab": st.just(lab)}, optional={"exercises": ANYTHING, "version": ANYTHING})
)
FORGED = st.just({"lab": "lab99", "exercises": [{"id": "99.1", "names": ["my_own"]}]})
CELL = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw", "html"]),
        "source": st.sampled_from(["my_own = 1", "x", ""]),
    },
    optional={"metadata": ANYTHING, "id": ANYTHING, "outputs": ANYTHING},
)
ODD_LETTERS = "aZ0\u00e9e\u0301 ._-+@'/%=lab99copy()"
IDS = st.from_regex(r"[a-z][a-z0-9.@+ -]{0,8}", fullmatch=True) | st.text(ODD_LETTERS, max_size=12)


@pytest.fixture(scope="module", autouse=True)
def here(course):
    """The commands know the labs of the small course."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(start, "checkout", lambda: course.root)
        yield


def rarely(usual, other):
    """`usual`, but for one time in four."""
    return st.integers(0, 3).flatmap(lambda lot: st.just(usual) if lot else other)


@st.composite
def notebooks(draw, released):
    """The lab, with cells lost, doubled and added, and with metadata that are not what they were."""
    made = json.loads(released)
    order = draw(st.permutations(range(len(made["cells"]))))[draw(st.integers(0, 12)) :]
    made["cells"] = [made["cells"][i] for i in order] + draw(rarely([], st.lists(CELL, max_size=2)))
    made["metadata"]["effdl"] = draw(rarely(made["metadata"]["effdl"], ABOUT | FORGED | ANYTHING))
    made["nbformat"] = draw(rarely(4, st.sampled_from([3, 5, "4"])))
    return made


def test_what_is_written_to_hand_in_is_taken_in_under_the_same_id(lab, tmp_path_factory):
    released, accepted = lab.release.read_text(encoding="utf-8"), []

    @settings(max_examples=200, deadline=None, database=None, derandomize=True)
    @given(notebook=notebooks(released), student=IDS)
    def holds(notebook, student):
        folder = tmp_path_factory.mktemp("hand-in")
        path = folder / "mine.ipynb"
        path.write_text(json.dumps(notebook), encoding="utf-8")
        with suppress(Refused, InvalidSubmission):
            target = submit.hand_in(path, "lab99", student, folder / "out")
            intake = collect(folder / "out", lab)
            assert [each.student for each in intake.submissions] == [submit.check_id(student)]
            assert (intake.rejections, intake.skipped) == ((), ())
            assert intake.submissions[0].path == target
            accepted.append(student)

    holds()
    assert len(accepted) > 20


def test_a_notebook_that_lists_exercises_of_its_own_is_refused_as_the_grader_would(lab, tmp_path):
    forged = {"lab": "lab99", "exercises": [{"id": "99.1", "names": ["my_own"]}]}
    cells = [{"cell_type": "code", "source": "my_own = 1", "metadata": {}, "outputs": [], "execution_count": None}]
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"effdl": forged}, "cells": cells}))
    with pytest.raises(InvalidSubmission, match="none of the exercises of lab99"):
        submit.hand_in(path, "lab99", "ada", tmp_path / "out")


def test_the_lab_as_released_is_taken_in_and_says_what_is_blank(lab, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["start", "lab99", "--no-open"]) == 0
    assert cli.main(["submit", "99", "--id", "ada"]) == 0
    assert "still blank: 99.1, 99.2, 99.3" in capsys.readouterr().out
    assert [each.student for each in collect(tmp_path / "work/submissions", lab).submissions] == ["ada"]


WITHOUT_GRADER = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("autograder", "nbgrader", "torch", "numpy", "matplotlib", "IPython", "jupyterlab"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
from effdl.student import begin, cli, hand_in, overview, start, summary
from pathlib import Path

start.checkout = lambda: Path(sys.argv[1])
failed = [cli.main(words.split()) for words in ("start lab99 --no-open", "progress", "submit lab99 --id ada")]
summary("lab99", {"99.1 row_scales": 40})
overview()
begin("lab99")
hand_in("lab99", "")
hand_in("lab99", "eva", "work/lab99_tiny.ipynb")
sys.exit(sum(failed))
"""


def test_students_need_neither_grader_nor_torch_to_begin_and_to_hand_in(course, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_GRADER, str(course.root)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "not begun" not in done.stdout
    handed = sorted(path.name for path in Path(tmp_path).rglob("submissions/*"))
    assert handed == ["lab99_ada.ipynb", "lab99_eva.ipynb"]

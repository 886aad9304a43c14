"""The benchmark: the class that it draws, and that a contestant which does not grade is found out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from autograder.course import Course
from autograder.grade import cases as sent
from autograder.lab import load_lab
from autograder.prove.answers import known_answers
from autograder.prove.bench import embedded
from autograder.prove.bench.measure import Tally
from autograder.prove.bench.mixture import BLOCK, Mixture, sample
from autograder.prove.bench.otter import DRIVER, Otter
from autograder.prove.bench.race import agreeing, separates
from autograder.prove.bench.stock import Stock
from autograder.prove.notebooks import about, blank, solution_answers, solved


@pytest.fixture(scope="module")
def course():
    return Course(Path(__file__).parent.parent / "minicourse")


@pytest.fixture(scope="module")
def lab(course):
    return load_lab(course, "lab99")


@pytest.fixture(scope="module")
def answers(course, lab):
    return known_answers(course, lab)


def test_each_kind_has_its_share_and_the_class_is_the_same_each_time(lab, answers):
    first, again = (list(Mixture(lab, answers).pupils(40)) for _ in range(2))
    assert Counter(pupil.kind for pupil in first) == {kind: 2 * times for kind, times in BLOCK.items()}
    written, rewritten = ([tuple(cell.source for cell in p.notebook.cells) for p in group] for group in (first, again))
    assert written == rewritten
    assert len(set(written)) == 40


def test_a_sample_holds_each_kind_in_proportion(lab, answers):
    pupils = list(Mixture(lab, answers).pupils(40))
    assert Counter(pupil.kind for pupil in sample(pupils, 20)) == BLOCK
    assert len(sample(pupils, 7)) == 7
    assert len(sample(pupils, 99)) == 40


def test_a_contestant_that_gives_everybody_everything_is_found_out():
    tally = Tally("generous", scores={"ana": 100.0, "bob": 100.0, "cy": None})
    with pytest.raises(RuntimeError, match=r"generous: bob \(wrong\) got 100 of 100"):
        separates(tally, {"ana": "right", "bob": "wrong", "cy": "dies"})


def test_a_contestant_that_takes_points_off_a_right_answer_is_found_out():
    tally = Tally("strict", scores={"ana": 100.0, "bob": 85.0})
    with pytest.raises(RuntimeError, match=r"strict: bob \(slow\) got 85 of 100"):
        separates(tally, {"ana": "right", "bob": "slow"})


def test_a_contestant_that_grades_nobody_is_found_out():
    with pytest.raises(RuntimeError, match="nobody got a point"):
        separates(Tally("broken", scores={"ana": None, "bob": 0.0}), {"ana": "right", "bob": "partial"})


def test_scores_agree_or_not():
    ours = Tally("ours", scores={"ana": 100.0, "bob": 85.0, "cy": 70.0})
    assert agreeing(Tally("theirs", scores={"ana": 100.0, "bob": 80.0, "cy": None}), ours) == 1


@pytest.fixture(scope="module")
def verdicts(course, lab, tmp_path_factory):
    """What the embedded cases give the solution's answers, and the same with one known wrong answer each."""
    folder = tmp_path_factory.mktemp("embedded")
    (folder / f"{embedded.NAME}.py").write_text(embedded.module(course, lab), encoding="utf-8")

    def earned(answers):
        setup = [cell.source for cell in blank(lab).cells if about(cell).get("role") == "setup"]
        names = [exercise.id for exercise in lab.exercises]
        tell = f"import json, {embedded.NAME} as h\nprint(json.dumps([h.points(e, globals()) for e in {names}]))"
        code = "\n".join([*setup, *answers.values(), tell])
        env = {**os.environ, "PYTHONPATH": str(course.root / "shared" / "src")}
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    return earned


def test_embedded_cases_give_the_solution_everything_and_take_from_wrong_answers(lab, answers, verdicts):
    solution = solution_answers(lab)
    assert verdicts(solution) == [exercise.points for exercise in lab.exercises]
    for i, exercise in enumerate(lab.exercises):
        wrong = next(a for a in answers if a.exercise == exercise.id and not a.right)
        lost = [
            e.points - got
            for e, got in zip(lab.exercises, verdicts(solution | {wrong.exercise: wrong.source}), strict=True)
        ]
        assert lost[i] >= 0.3 * exercise.points
        assert sum(lost) == lost[i]


def test_the_inputs_of_embedded_cases_are_those_of_our_own(course, lab):
    text = embedded.module(course, lab)
    assert all(str(sent.case_seed(embedded.SEED, lab.name, case)) in text for case in lab.hidden.cases)


def test_an_abridged_notebook_keeps_set_up_answers_and_own_cells(lab):
    notebook = solved(lab, last="mine = 1")
    roles = Counter(about(cell).get("role", "own") for cell in embedded.abridged(notebook, ()).cells)
    assert set(roles) == {"setup", "exercise", "own"}
    assert roles["exercise"] == len(lab.exercises)


def test_nbgrader_grades_the_embedded_cases_and_is_not_stopped_by_a_dead_kernel(
    course, lab, answers, tmp_path, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(course.root / "shared" / "src"))
    kinds = {pupil.kind: pupil for pupil in Mixture(lab, answers).pupils(20)}
    stock = Stock(lab, tmp_path / "stock", embedded.module(course, lab), whole=False)
    stock.grade([kinds["right"], kinds["wrong"]])
    stock.grade([kinds["dies"]])
    right, wrong, died = (stock.tally.scores[kinds[kind].id] for kind in ("right", "wrong", "dies"))
    assert (right, died) == (lab.max_score, None)
    assert wrong < lab.max_score
    assert stock.tally.submissions == 3


FAKE_OTTER = """
class Results:
    total = 85.0
def grade_submission(path, archive, quiet):
    if "dies" in path:
        raise RuntimeError("Kernel died")
    return Results()
"""


def test_otters_scores_are_kept_and_a_dead_kernel_is_no_score(tmp_path):
    (tmp_path / "otter").mkdir()
    (tmp_path / "otter" / "__init__.py").touch()
    (tmp_path / "otter" / "api.py").write_text(FAKE_OTTER)
    (tmp_path / "class").mkdir()
    for name in ("ana", "dies"):
        (tmp_path / "class" / f"{name}.ipynb").touch()
    scores = tmp_path / "scores.json"
    command = [sys.executable, "-P", DRIVER, "archive.zip", tmp_path / "class", scores, "2"]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(tmp_path)}, check=True, capture_output=True)
    assert json.loads(scores.read_text()) == {"ana": 85.0, "dies": None}


def test_a_python_without_otter_is_refused_with_the_mend(lab, tmp_path):
    with pytest.raises(ValueError, match=r"cannot import otter and effdl"):
        Otter(lab, tmp_path / "otter", "", tmp_path / "python")

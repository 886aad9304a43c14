"""The built notebooks are what nbgrader calls source and release: its own tools take them, unmodified, end to end."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from traitlets.config import Config

pytestmark = pytest.mark.filterwarnings("ignore")  # nbgrader's own, of old SQLAlchemy and Jupyter calls
LAB, NOTEBOOK, SCORED = "lab99", "lab99_tiny.ipynb", ("perfect", "blank")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """An nbgrader course in which the solution and the untouched lab of the course in small were graded by nbgrader."""
    from nbgrader.apps import NbGraderAPI

    mini = Path(__file__).resolve().parent.parent / "minicourse"
    root = tmp_path_factory.mktemp("nbgrader")
    (root / "source" / LAB).mkdir(parents=True)
    shutil.copy(mini / "solutions" / NOTEBOOK, root / "source" / LAB / NOTEBOOK)
    for student, origin in (("perfect", "solutions"), ("blank", "labs")):
        (root / "submitted" / student / LAB).mkdir(parents=True)
        shutil.copy(mini / origin / NOTEBOOK, root / "submitted" / student / LAB / NOTEBOOK)
    config = Config()
    config.CourseDirectory.root = str(root)
    config.Execute.shutdown_kernel = "immediate"
    config.Execute.allow_errors = True
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(mini / "shared" / "src"))
        # alembic, which creates the gradebook, is called by name
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        patch.setenv("IPYTHONDIR", str(root))
        api = NbGraderAPI(config=config)
        results = {"assign": api.generate_assignment(LAB)}
        for student in SCORED:
            results[student] = api.autograde(LAB, student)
        results["feedback"] = api.generate_feedback(LAB, "perfect")
    yield root, api, results
    api.gradebook.db.close()


def read(path):
    return nbformat.read(path, as_version=4)


def grades(api, student):
    return api.gradebook.find_submission_notebook("lab99_tiny", LAB, student).grades


def test_nbgrader_takes_the_solution_as_source_and_both_as_submissions(graded):
    _, _, results = graded
    for step, result in results.items():
        assert result["success"], (step, result)


def test_nbgraders_release_has_the_stubs_of_our_lab(graded, course):
    root, _, _ = graded
    released, ours = read(root / "release" / LAB / NOTEBOOK), read(course.release("lab99"))
    assert len(released.cells) == len(ours.cells)
    for theirs, mine in zip(released.cells, ours.cells, strict=True):
        if mine.metadata.effdl.role != "predict":  # predictions are no matter of nbgrader's
            assert theirs.source == mine.source
        if "nbgrader" in mine.metadata:
            kept = {key: theirs.metadata.nbgrader[key] for key in mine.metadata.nbgrader}
            assert kept == dict(mine.metadata.nbgrader)
            assert theirs.metadata.get("editable") == mine.metadata.get("editable")
            assert theirs.metadata.get("deletable") == mine.metadata.get("deletable")


def test_the_solution_earns_all_points_and_the_untouched_lab_none(graded):
    _, api, _ = graded
    scores = {student: {grade.name: grade.auto_score for grade in grades(api, student)} for student in SCORED}
    checks = {"lab99-ex1-check": 40.0, "lab99-ex2-check": 30.0, "lab99-ex3-check": 30.0}
    assert {name: scores["perfect"][name] for name in checks} == checks
    assert {name: scores["blank"][name] for name in checks} == dict.fromkeys(checks, 0.0)


def test_free_text_waits_for_a_person(graded):
    _, api, _ = graded
    cells = {grade.name: grade for grade in grades(api, "perfect")}
    assert cells["lab99-q1"].needs_manual_grade
    assert cells["lab99-q1"].max_score == 5


def test_feedback_is_written(graded):
    root, _, _ = graded
    assert (root / "feedback" / "perfect" / LAB / "lab99_tiny.html").stat().st_size > 0


def test_nbgraders_validator_accepts_the_solution(course, monkeypatch):
    from nbgrader.validator import Validator

    monkeypatch.setenv("PYTHONPATH", str(course.package.parent))
    monkeypatch.setenv("IPYTHONDIR", str(course.root))
    validator = Validator(config=Config({"Execute": {"shutdown_kernel": "immediate"}}))
    assert validator.validate(str(course.solution("lab99"))) == {}

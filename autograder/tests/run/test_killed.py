"""A grader that is killed at any moment, or whose disk is full: no grade is lost, doubled or half-written."""

from __future__ import annotations

import random
import shutil
import time

import pytest
from killing import Grader
from nbgrader import api


def state(out):
    """Everything that a finished run leaves, by name: bytes of the files, scores of the gradebook."""
    skipped = (".db", "lock", "_timing.json")
    files = {str(path.relative_to(out)): path for path in out.rglob("*") if path.is_file()}
    found = {name: path.read_bytes() for name, path in files.items() if not name.endswith(skipped)}
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        found["tables"] = sorted(
            (grade.student.id, grade.name, grade.auto_score, grade.manual_score)
            for submission in book.assignment_submissions("lab99")
            for notebook in submission.notebooks
            for grade in notebook.grades
        )
        found["version"] = str(book.db.connection().exec_driver_sql("SELECT * FROM alembic_version").all())
    return found


@pytest.fixture
def grader(course, inbox):
    return lambda out, **options: Grader(course.root, inbox, out, **options)


def done(process):
    """The steps that a run took which had to come to its end."""
    steps, told = process.end()
    assert told == ""
    return steps


@pytest.fixture
def undisturbed(grader, new_out):
    """How many steps and seconds a run takes that nobody disturbs, and the state that it leaves."""
    out, start = new_out("undisturbed"), time.monotonic()
    steps = done(grader(out))
    return steps, time.monotonic() - start, state(out)


def test_a_run_that_is_killed_at_any_step_is_completed_by_the_next(grader, new_out, undisturbed):
    steps, _, expected = undisturbed
    draw = random.Random(3)
    for trial in range(3):
        out = new_out(f"trial{trial}")
        for _ in range(2):
            assert grader(out, last=draw.randint(1, steps)).end() is None or trial
        done(grader(out))
        assert state(out) == expected


def test_a_run_that_is_killed_again_and_again_comes_to_its_end(grader, new_out, undisturbed):
    _, seconds, expected = undisturbed
    out, draw = new_out("often"), random.Random(4)
    ends = [grader(out).end(within_s=seconds * draw.random()) for _ in range(4)]
    assert None in ends
    done(grader(out))
    assert state(out) == expected


def test_a_forced_regrade_that_was_killed_is_completed_without_being_forced_again(grader, new_out, hand_in, inbox):
    out = new_out("forced")
    done(grader(out))
    shutil.copytree(out, before := out.with_name("before"))
    hand_in("ana", "0 0 0")
    steps = done(grader(out, force=True))
    expected = state(out)
    draw = random.Random(5)
    # the second half of the steps is where the class is recorded
    for last in (draw.randint(steps // 2, steps) for _ in range(3)):
        shutil.rmtree(out)
        shutil.copytree(before, out)
        assert grader(out, last=last, force=True).end() is None
        done(grader(out))
        assert state(out) in (expected, state(before))

"""A grader that is killed at any moment, or whose disk is full: no grade is lost, doubled or half-written."""

from __future__ import annotations

import os
import random
import shutil
import subprocess

import pytest
from killing import Grader
from nbgrader import api

KNOWN = []
KILLS = int(os.environ.get("AUTOGRADER_KILLS", "8"))


def state(out, *more):
    """Everything that a finished run leaves, by name: bytes of the files, scores of the gradebook."""
    skipped = (".db", "lock", "_timing.json", *more)
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
    """How many steps a run takes that nobody disturbs, and the state that it leaves."""
    if not KNOWN:
        out = new_out("undisturbed")
        KNOWN.append((done(grader(out)), state(out)))
    return KNOWN[0]


def test_a_run_that_is_killed_at_any_moment_is_completed_by_the_next(grader, new_out, undisturbed):
    """Each run is killed twice: before a step, so that every one can be met, and after a time, so as not to choose."""
    steps, expected = undisturbed
    draw, kills = random.Random(KILLS), 0
    while kills < KILLS:
        out = new_out("killed")
        kills += grader(out, last=draw.randint(1, steps)).end() is None
        kills += grader(out).end(within_s=draw.uniform(0.05, 1.0)) is None
        done(grader(out))
        assert state(out) == expected
        shutil.rmtree(out)


def test_a_run_that_is_killed_later_and_later_comes_to_its_end(grader, new_out, undisturbed):
    _, expected = undisturbed
    out, moments = new_out("often"), [0.02]
    while (end := grader(out).end(within_s=moments[-1])) is None:
        moments.append(1.7 * moments[-1])
    assert end[1] == ""
    assert len(moments) > 1
    assert state(out) == expected


def test_a_forced_regrade_that_was_killed_is_completed_without_being_forced_again(grader, new_out, hand_in, inbox):
    out = new_out("forced")
    done(grader(out))
    shutil.copytree(out, before := out.with_name("before"))
    hand_in("ana", "0 0 0")
    steps = done(grader(out, force=True))
    # where the old grade stays, the marks that were made for the new one are kept for later
    expected, unchanged = state(out, "_journal.jsonl"), state(before, "_journal.jsonl")
    draw = random.Random(5)
    # the second half of the steps is where the class is recorded
    for last in (draw.randint(steps // 2, steps) for _ in range(3)):
        shutil.rmtree(out)
        shutil.copytree(before, out)
        assert grader(out, last=last, force=True).end() is None
        done(grader(out))
        assert state(out, "_journal.jsonl") in (expected, unchanged)


# the first of the files that do not fit is the journal, a lab's notebook, the gradebook
@pytest.mark.parametrize("file_bytes", [1_000, 6_000, 60_000])
def test_a_run_that_cannot_write_says_so_and_goes_on_when_it_can(file_bytes, grader, new_out, undisturbed):
    _, expected = undisturbed
    out = new_out("limited")
    _, told = grader(out, file_bytes=file_bytes).end()
    assert told.startswith("OutputError: ")
    assert "what was graded so far is kept" in told
    done(grader(out))
    assert state(out) == expected


@pytest.fixture
def small_disk(tmp_path):
    """A folder on a disk of its own that holds 400 KiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk here; file sizes are limited in the test above instead")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_said_clearly_and_the_run_goes_on_when_there_is_room(grader, new_out, undisturbed, small_disk):
    _, expected = undisturbed
    out = small_disk / "out"
    shutil.copytree(new_out("seeded"), out)
    filler = small_disk / "filler"
    for free in (20_000, 150_000, 300_000):
        filler.write_bytes(b"")
        room = shutil.disk_usage(small_disk).free
        filler.write_bytes(bytes(max(0, room - free)))
        _, told = grader(out).end()
        assert told.startswith("OutputError: ")
        assert "what was graded so far is kept" in told
    filler.unlink()
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    done(grader(out))
    assert state(out) == expected

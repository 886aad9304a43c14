"""Workers that die, hang, refuse or fail: what each costs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from autograder.run.pool import Job, Pool, Setup
from autograder.run.process import GradingImpossible
from autograder.sandbox.api import IsolationUnavailable

HERE = Path(__file__).parent


@pytest.fixture
def pool(course, monkeypatch):
    """A pool over these notebooks, with the fake marker."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))

    def make(*paths, workers=1, marker="open_marker", **options):
        setup = Setup(str(course.root), "lab99", 1, marker=f"fake_marker:{marker}")
        return Pool(setup, [Job(str(path), "lab99", ("row_scales",)) for path in paths], workers, **options)

    return make


def replies(pool):
    with pool:
        return sorted(pool.replies(), key=lambda reply: reply.number)


def test_no_jobs_start_no_worker(pool):
    assert replies(pool()) == []


def test_a_dead_worker_costs_its_own_submission_only(pool, hand_in):
    first, bad, last = hand_in("a.ipynb"), hand_in("b.ipynb", code="# die"), hand_in("c.ipynb")
    got = replies(pool(first, bad, last))
    assert [reply.marked is not None for reply in got] == [True, False, True]
    assert "worker died (status 9)" in got[1].fault


def test_a_submission_is_tried_again_on_a_fresh_worker(pool, hand_in, tmp_path):
    [reply] = replies(pool(hand_in("a.ipynb", code=f"# flaky {tmp_path / 'flag'}")))
    assert reply.marked is not None


def test_a_fault_of_the_grader_is_told_and_is_no_mark(pool, hand_in):
    [reply] = replies(pool(hand_in("a.ipynb", code="# fault")))
    assert reply.marked is None
    assert reply.fault == "RuntimeError: a fault of the grader"


def test_a_worker_that_hangs_is_ended(pool, hand_in):
    [reply] = replies(pool(hand_in("a.ipynb", code="# hang"), job_s=1.5))
    assert "longer than" in reply.fault


def test_refused_isolation_stops_the_run_with_its_reason(pool, hand_in):
    with pytest.raises(IsolationUnavailable, match="install bubblewrap"):
        replies(pool(hand_in("a.ipynb"), marker="refuse"))


@pytest.mark.parametrize(("marker", "says"), [("broken", "the reference fails"), ("stillborn", "status 7")])
def test_a_grader_that_cannot_start_grades_nobody(marker, says, pool, hand_in):
    with pytest.raises(GradingImpossible, match=says):
        replies(pool(hand_in("a.ipynb"), hand_in("b.ipynb"), marker=marker, workers=2))


def test_leaving_early_ends_the_workers_at_once(pool, hand_in):
    start = time.monotonic()
    with pool(hand_in("a.ipynb"), hand_in("b.ipynb", code="# hang")) as running:
        next(running.replies())
        [worker] = running._alive
    assert worker._process.returncode is not None
    assert time.monotonic() - start < 30


def test_a_worker_ends_with_its_parent_and_leaves_nothing():
    child = """
import sys, time
from autograder.run.process import Worker
worker = Worker()
print(worker._process.pid, worker.folder, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, text=True)
    orphan, folder = parent.stdout.readline().split()
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert _gone(int(orphan), within_s=20)
    assert not Path(folder).exists()


def _gone(pid: int, within_s: float) -> bool:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_the_folder_one_stands_in_is_not_searched_for_modules(pool, hand_in, tmp_path, monkeypatch):
    (tmp_path / "nbformat.py").write_text("raise SystemExit('shadowed')")
    monkeypatch.chdir(tmp_path)
    [reply] = replies(pool(hand_in("a.ipynb")))
    assert reply.marked is not None
    assert os.getcwd() == str(tmp_path)

"""A real scheduler and two workers on loopback, one of which is killed: every submission is graded exactly once."""

from __future__ import annotations

import signal

import pytest
from autograder.grade.pipeline import grade
from autograder.run.dask import DaskPool
from autograder.run.pool import Job, Setup
from autograder.run.process import GradingImpossible
from autograder.sandbox.api import IsolationUnavailable

pytest.importorskip("distributed")
MARKER = "fake_marker:open_marker"


def test_every_submission_is_graded_once_though_a_worker_is_killed(course, cluster, inbox, new_out):
    serial, spread, seen = new_out("serial"), new_out("spread"), []
    address, workers = cluster()

    def kill_one(done, total):
        seen.append((done, total))
        if done == 1:
            workers[0].kill()

    grade(course, "lab99", inbox, spread, marker=MARKER, dask=address, progress=kill_one)
    grade(course, "lab99", inbox, serial, marker=MARKER, workers=1)
    assert seen == [(done, 5) for done in range(1, 6)]
    assert workers[0].wait() == -signal.SIGKILL
    for name in ("results/lab99.json", "grades.csv"):
        assert (spread / name).read_bytes() == (serial / name).read_bytes()


def replies(course, address, *paths, marker=MARKER, **options):
    setup = Setup(str(course.root), "lab99", 1, marker=marker)
    with DaskPool(setup, [Job(str(path), "lab99", ("row_scales",)) for path in paths], address, **options) as pool:
        return sorted(pool.replies(), key=lambda reply: reply.number)


def test_faults_are_told_as_by_the_pool_of_one_machine(course, cluster, hand_in, tmp_path, monkeypatch):
    address, _ = cluster(workers=1)
    good, dead, fault = hand_in("a"), hand_in("b", code="# die"), hand_in("c", code="# fault")
    got = replies(course, address, good, dead, fault)
    assert [reply.marked is not None for reply in got] == [True, False, False]
    assert "worker died (status 9)" in got[1].fault
    assert got[2].fault == "RuntimeError: a fault of the grader"
    with pytest.raises(IsolationUnavailable, match="install bubblewrap"):
        replies(course, address, good, marker="fake_marker:refuse")
    with pytest.raises(GradingImpossible, match="the reference fails"):
        replies(course, address, good, marker="fake_marker:broken")
    monkeypatch.setattr("autograder.run.remote.version", lambda name: "another")
    with pytest.raises(GradingImpossible, match="differ from those of the machine that collects"):
        replies(course, address, good)


def test_a_cluster_without_workers_is_not_waited_for_forever(course, cluster, hand_in):
    address, _ = cluster(workers=0)
    with pytest.raises(GradingImpossible, match="has had no worker"):
        replies(course, address, hand_in("a"), wait_s=5)


def test_no_scheduler_is_said_clearly(course, hand_in):
    with pytest.raises(GradingImpossible, match="no scheduler answers"):
        replies(course, "tcp://127.0.0.1:9", hand_in("a"), wait_s=1)


def test_without_isolation_no_job_is_sent_to_other_machines(course):
    with pytest.raises(ValueError, match="could reach the scheduler"):
        DaskPool(Setup(str(course.root), "lab99", 1, isolation="none"), [], "tcp://127.0.0.1:9")

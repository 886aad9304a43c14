"""Several attempts of one student: the latest counts, or the best, and never one that nobody graded."""

from __future__ import annotations

import os
import zipfile

import pytest


@pytest.fixture
def twice(hand_in):
    def write(first, second, **second_options):
        for name, marks, when, options in (
            ("ana_lab99.ipynb", first, 10**9, {}),
            ("ana_lab99 (1).ipynb", second, 2 * 10**9, second_options),
        ):
            os.utime(hand_in(name, marks, **options), (when, when))

    return write


def test_the_latest_counts_unless_asked(twice, run):
    twice("1 1 1", "0 0 0")
    [row] = run().rows
    assert row.score == "0"


def test_the_best_counts_where_asked_and_all_are_listed(twice, run, tmp_path):
    twice("1 1 1", "0 0 0")
    [row] = run(keep="best").rows
    assert row.score == "100"
    assert row.message == "best of 2 attempts counts: ana_lab99.ipynb (ana_lab99 (1).ipynb 0, ana_lab99.ipynb 100)"
    assert "1 1 1" in (tmp_path / "out/submitted/ana/lab99/lab99_tiny.ipynb").read_text()


def test_of_equal_attempts_the_latest_counts(twice, run):
    twice("1 0 0", "1 0 0", code="# another")
    [row] = run(keep="best").rows
    assert row.message.startswith("best of 2 attempts counts: ana_lab99 (1).ipynb")


def test_a_failure_of_the_grader_on_one_attempt_leaves_the_student_ungraded(twice, run):
    twice("1 0 0", "1 1 1", code="# fault")
    summary = run(keep="best")
    assert [(row.score, row.status) for row in summary.rows] == [("", "error")]
    assert summary.exit_code == 1


def test_an_unknown_choice_is_refused(twice, run):
    twice("1 1 1", "0 0 0")
    with pytest.raises(ValueError, match="choose one of latest, best"):
        run(keep="worst")


def test_a_dry_run_reads_an_archive_and_writes_nothing(hand_in, run, tmp_path):
    path = hand_in("ana_lab99.ipynb")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.write(path, path.name)
    assert [row.score for row in run(path=tmp_path / "class.zip", dry_run=True).rows] == ["100"]
    assert not (tmp_path / "out").exists()


def test_what_was_unpacked_is_gone_after_the_run(hand_in, run, tmp_path):
    path = hand_in("ana_lab99.ipynb")
    with zipfile.ZipFile(tmp_path / "class.zip", "w") as archive:
        archive.write(path, path.name)
    left = tmp_path / "out" / "private" / "unpacked" / "of a killed run"
    left.mkdir(parents=True)
    (tmp_path / "out" / "private" / "course.json").write_text('{"folders": {}}')
    assert [row.score for row in run(path=tmp_path / "class.zip").rows] == ["100"]
    assert not (tmp_path / "out" / "private" / "unpacked").exists()
    assert "1 1 1" in (tmp_path / "out/submitted/ana/lab99/lab99_tiny.ipynb").read_text()

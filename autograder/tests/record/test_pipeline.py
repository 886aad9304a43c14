"""A class goes in, grades come out: kept, replaced or refused as they should be."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from autograder.course import UnknownLab
from autograder.grade.explain import explain
from autograder.grade.files import OutputError
from autograder.grade.outcome import one_line
from autograder.grade.pipeline import grade
from nbformat.v4 import new_code_cell


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def table(out):
    with open(out / "grades.csv", encoding="utf-8", newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def files(out):
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def snapshot(out):
    """Every file but the database, the lock, the timing and the marks that are kept for a later run."""
    names = {name for name in files(out) if not name.endswith((".db", "lock", "_timing.json", "_journal.jsonl"))}
    return {name: (out / name).read_bytes() for name in names}


def test_a_class_with_every_kind_of_submission_is_graded(hand_in, run, out, tmp_path):
    hand_in("ana/lab99_tiny.ipynb")
    hand_in("Zo\u00eb O'Neil/lab99_tiny.ipynb", "1 0 0.5", code="# edited")
    hand_in("=cmd_lab99.ipynb", "0 0 0")
    hand_in("dead_lab99.ipynb", code="# die")
    (tmp_path / "class" / "empty_lab99.ipynb").write_text("")
    seen = []
    summary = run(progress=lambda done, total: seen.append((done, total)), workers=2)
    rows = table(out)
    assert {student: (row["score"], row["status"]) for student, row in rows.items()} == {
        "'=cmd": ("0", "graded"),
        "Zo\u00eb O'Neil": ("55", "graded"),
        "ana": ("100", "graded"),
        "dead": ("", "error"),
        "empty": ("", "invalid"),
    }
    assert rows["empty"]["message"].startswith("empty_lab99.ipynb: is empty; ")
    assert rows["Zo\u00eb O'Neil"]["message"] == "restored: one cell was <b>edited</b>"
    assert (summary.exit_code, summary.count("graded")) == (1, 3)
    assert seen == [(done, 4) for done in (1, 2, 3, 4)]
    assert "lab99: 3 graded, 1 invalid, 1 error" in summary.lines()[-1]
    assert {
        "nbgrader_config.py",
        "gradebook.db",
        "source/lab99/lab99_tiny.ipynb",
        "release/lab99/lab99_tiny.ipynb",
        "submitted/Zo%C3%AB%20O%27Neil/lab99/lab99_tiny.ipynb",
        "autograded/ana/lab99/lab99_tiny.ipynb",
        "feedback/empty/lab99/lab99.html",
        "results/lab99.json",
        "private/lab99_seed.json",
    } <= files(out)
    assert not any(name.startswith("submitted/empty") for name in files(out))


def test_serial_and_parallel_write_the_same_bytes(hand_in, run, tmp_path):
    for number in range(5):
        os.utime(hand_in(f"s{number}_lab99.ipynb", f"1 0.{number} 0"), (10**9, 10**9))
    first, second = tmp_path / "one", tmp_path / "two"
    run(out=first, workers=1)
    (second / "private").mkdir(parents=True)
    for name in ("course.json", "lab99_seed.json"):
        (second / "private" / name).write_bytes((first / "private" / name).read_bytes())
    run(out=second, workers=3)
    assert snapshot(first) == snapshot(second)


def test_an_unchanged_class_is_not_marked_again(hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    run()
    before = snapshot(out)
    assert run(marker="stillborn").exit_code == 0
    assert snapshot(out) == before


def test_another_student_is_added_to_what_is_recorded(hand_in, run, out):
    path = hand_in("ana_lab99.ipynb")
    run()
    path.unlink()
    hand_in("bob_lab99.ipynb", "0 0 1")
    run()
    assert {student: row["score"] for student, row in table(out).items()} == {"ana": "100", "bob": "30"}


def test_a_recorded_grade_is_replaced_by_force_only(hand_in, run, out):
    hand_in("ana_lab99.ipynb", "1 1 0")
    run()
    before = snapshot(out)
    hand_in("ana_lab99.ipynb", "1 1 1")
    dry = run(dry_run=True)
    assert dry.changes == (("ana", 70.0, 100.0),)
    kept = run()
    assert snapshot(out) == before
    assert "the recorded 70 points stay; this run gives 100: --force" in "\n".join(kept.lines())
    run(force=True)
    assert table(out)["ana"]["score"] == "100"
    assert "1 1 1" in (out / "submitted/ana/lab99/lab99_tiny.ipynb").read_text()


def test_a_dry_run_writes_nothing(hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    assert run(dry_run=True).rows[0].score == "100"
    assert not out.exists()


def test_an_interrupted_run_goes_on_where_it_stopped(hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    hand_in("bob_lab99.ipynb", "0 1 0")

    def interrupt(done, total):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(progress=interrupt)
    journal = out / "private" / "lab99_journal.jsonl"
    journal.write_text(journal.read_text() + '{"torn')
    left = []
    run(progress=lambda done, total: left.append(total))
    assert left == [1]
    assert {student: row["score"] for student, row in table(out).items()} == {"ana": "100", "bob": "30"}
    assert not journal.exists()


def test_two_students_with_the_same_file_are_two_students(hand_in, run, out, tmp_path):
    path = hand_in("ana_lab99.ipynb", "1 0 0")
    (tmp_path / "class" / "bob_lab99.ipynb").write_bytes(path.read_bytes())
    run()
    run()
    assert {student: row["score"] for student, row in table(out).items()} == {"ana": "40", "bob": "40"}


class KnownAnswers:
    """One known answer that earns everything, and the seeds that were judged by it."""

    def __init__(self, course, wanted):
        self.notebook = nbformat.read(course.release("lab99"), as_version=4)
        self.notebook.cells.append(new_code_cell("# marks: 1 1 1"))
        self.wanted, self.seeds = wanted, []

    def notebooks(self):
        return [self.notebook]

    def fair(self, seed, marks):
        assert [marked.score for marked in marks] == [100]
        self.seeds.append(seed)
        return len(self.seeds) == self.wanted


def test_the_seed_is_drawn_once_and_may_be_refused(course, hand_in, run, out):
    hand_in("ana_lab99.ipynb", "1 0 0")
    known = KnownAnswers(course, wanted=2)
    run(known=known)
    assert json.loads((out / "private" / "lab99_seed.json").read_text()) == {"seed": known.seeds[1]}
    assert table(out)["ana"]["score"] == "40"
    run(known=known, force=True)
    assert len(known.seeds) == 2


def test_no_mark_is_kept_that_was_made_with_a_refused_seed(course, hand_in, run, out, monkeypatch):
    hand_in("ana_lab99.ipynb")
    monkeypatch.setattr("autograder.grade.seeding.DRAWS", 1)
    with pytest.raises(OutputError, match="no fair seed in 1 draws"):
        run(known=KnownAnswers(course, wanted=0))
    assert not (out / "private" / "lab99_seed.json").exists()
    assert not (out / "private" / "lab99_journal.jsonl").exists()


def test_a_dry_run_proves_a_seed_and_keeps_none(course, hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    known = KnownAnswers(course, wanted=1)
    run(known=known, dry_run=True)
    assert len(known.seeds) == 1
    assert not out.exists()


def test_an_unknown_lab_names_the_known_ones(course, tmp_path):
    with pytest.raises(UnknownLab, match=r"lab42.*lab99"):
        grade(course, "lab42", tmp_path, tmp_path / "out")


def test_a_folder_of_others_is_not_written_to(hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    with pytest.raises(OutputError, match="holds files that no grading run wrote"):
        run()
    assert files(out) == {"thesis.tex"}


@pytest.mark.parametrize("where", ["class/ana_lab99.ipynb", "class/ana_lab99.ipynb/out"])
def test_an_output_folder_that_cannot_be_made_is_said_clearly(where, hand_in, run, tmp_path):
    hand_in("ana_lab99.ipynb")
    with pytest.raises(OutputError, match="--out"):
        run(out=tmp_path / where)


def test_a_place_that_refuses_writes_is_said_clearly(hand_in, run):
    hand_in("ana_lab99.ipynb")
    with pytest.raises(OutputError, match=r"/proc/grades: cannot be written .*--out"):
        run(out=Path("/proc/grades"))


def test_two_graders_do_not_share_a_folder(hand_in, run, out):
    hand_in("ana_lab99.ipynb")

    def again(done, total):
        with pytest.raises(OutputError, match="another grading run"):
            run()

    run(progress=again)


def test_damaged_results_stop_the_run_before_anything_is_written(hand_in, run, out):
    hand_in("ana_lab99.ipynb")
    run()
    (out / "results" / "lab99.json").write_text("{")
    with pytest.raises(OutputError, match=r"lab99\.json: is damaged"):
        run()
    assert (out / "results" / "lab99.json").read_text() == "{"


def test_results_may_stand_among_the_submissions(hand_in, run, tmp_path):
    hand_in("ana_lab99.ipynb")
    for _ in range(2):
        summary = run(out=tmp_path / "class" / "grades")
    assert [(row.student_id, row.status) for row in summary.rows] == [("ana", "graded")]
    assert [each.file for each in summary.skipped] == ["grades"]


def test_an_empty_class_is_no_error(run, out, tmp_path):
    (tmp_path / "class").mkdir()
    summary = run()
    assert summary.exit_code == 0
    assert table(out) == {}


def test_explain_shows_what_a_lost_case_ran_and_with_which_seed(hand_in, run, out, lab):
    hand_in("ana_lab99.ipynb", "1 0 0")
    run()
    cases = [replace(case, name="hard") if case.name == "random scores" else case for case in lab.hidden.cases]
    told = explain(out, "lab99", "ana", "99.2", replace(lab.hidden, cases=tuple(cases)))
    at = told.index("      | show(top_mask(randn(40), 13))")
    assert told[at - 1].startswith("      | seed = ")
    assert told[at - 2] == "      expected [0.123456] at 0x..., not None"
    assert not any("|" in line for line in explain(out, "lab99", "ana", "99.2"))


def test_explain_shows_what_the_comparison_saw(hand_in, run, out):
    hand_in("ana_lab99.ipynb", "1 0 0")
    run()
    told = "\n".join(explain(out, "lab99", "ana", "99.2"))
    assert "[gives another result] hard: 0 of 15" in told
    assert "expected [0.123456]" in told
    assert "99.1" not in told
    with pytest.raises(ValueError, match="there are: ana"):
        explain(out, "lab99", "bob")
    with pytest.raises(ValueError, match="no exercise"):
        explain(out, "lab99", "ana", "99.9")
    with pytest.raises(ValueError, match="grade it first"):
        explain(out, "lab98", "ana")


def test_what_a_terminal_would_obey_is_shown_instead(hand_in, run, out):
    hand_in("ana_lab99.ipynb", "0 0 0")
    run()
    results = out / "results" / "lab99.json"
    results.write_text(results.read_text().replace("[0.123456]", "\\u001b[2J\\u202e"))
    assert "expected %1B[2J%E2%80%AE" in "\n".join(explain(out, "lab99", "ana"))
    assert one_line("a\x1b[31m\n b", "", "c") == "a%1B[31m b; c"


def test_addresses_of_objects_do_not_make_equal_runs_differ(hand_in, run, out):
    hand_in("ana_lab99.ipynb", "0 0 0")
    run()
    text = (out / "results" / "lab99.json").read_text()
    assert "0x7f00deadbeef" not in text
    assert "0x..." in text

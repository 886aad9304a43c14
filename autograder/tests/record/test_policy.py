"""Due dates, penalties, extensions: what is taken off, and that it is said everywhere."""

from __future__ import annotations

import csv
import inspect
import json
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from autograder.grade.outcome import Delivery
from autograder.grade.policy import Policy, Rule
from autograder.intake import policy_file
from autograder.intake.policy_file import PolicyError, read_policy
from nbgrader import api
from nbgrader.plugins import CsvExportPlugin as ExportPlugin

DUE = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)
POLICY = """
timezone = "UTC"
[default]
penalty = 10
floor = 50
late_mark = 20
[lab99]
due = 2026-03-01T23:59:00
grace = "15m"
"""


def off(rule, hours=None, student="ana", **delivery):
    when = None if hours is None else DUE + timedelta(hours=hours)
    return rule.lateness(student, Delivery(when, **delivery)).percent


@pytest.mark.parametrize(("hours", "percent"), [(-1, 0), (0, 0), (0.25, 0), (0.3, 10), (24, 10), (24.1, 20), (900, 50)])
def test_each_begun_day_costs_until_the_floor(hours, percent):
    assert off(Rule(DUE, timedelta(minutes=15), 10, "day", 50), hours) == percent


def test_hours_may_be_counted_instead_of_days():
    assert off(Rule(DUE, penalty=1, per="hour"), 3.5) == 4


def test_an_extension_moves_the_due_date_of_one_student():
    rule = Rule(DUE, penalty=10, extensions={"ana": timedelta(days=2), "bob": DUE + timedelta(days=5)})
    assert [off(rule, 49, student) for student in ("ana", "bob", "cy")] == [10, 0, 30]
    assert rule.lateness("ana", Delivery(DUE + timedelta(hours=49))).text == "late by 1 h after an extension: 10 % off"


def test_an_extension_of_days_ends_at_the_same_hour_when_clocks_change(tmp_path):
    (tmp_path / "policy.toml").write_text(
        'timezone = "Europe/Zurich"\n[lab99]\ndue = 2026-03-28T23:59:00\npenalty = 10\n[lab99.extensions]\nana = "1d"\n'
    )
    rule = read_policy(tmp_path / "policy.toml").of("lab99")
    summer = datetime(2026, 3, 29, 21, 59, tzinfo=UTC)
    assert rule.lateness("ana", Delivery(summer)).percent == 0
    assert rule.lateness("ana", Delivery(summer + timedelta(minutes=1))).percent == 10


def test_an_extension_for_somebody_unknown_is_told():
    policy = Policy({"lab99": Rule(DUE, extensions={"anna": timedelta(days=1), "bob": timedelta(days=1)})})
    assert policy.strangers("lab99", ["ana", "bob"]) == ["policy.toml: [lab99] names anna, of whom there is nothing"]
    assert policy.strangers("lab99", ["anna", "bob"]) == []


def test_without_a_recorded_time_only_a_late_mark_costs():
    rule = Rule(DUE, penalty=10, late_mark=20, extensions={"bob": timedelta(days=1)})
    assert (off(rule), off(rule, late=True), off(rule, student="bob", late=True)) == (0, 20, 0)


def test_a_time_that_was_written_down_counts_like_a_recorded_one():
    rule = Rule(DUE, penalty=10, times={"ana": DUE + timedelta(hours=30)})
    assert (off(rule), off(rule, student="bob")) == (20, 0)


def test_the_example_in_the_documentation_is_a_policy(tmp_path):
    example = inspect.getdoc(policy_file).split("\n\n", 1)[1]
    (tmp_path / "policy.toml").write_text(textwrap.dedent(example), encoding="utf-8")
    rule = read_policy(tmp_path / "policy.toml").of("lab03")
    assert (rule.penalty, rule.floor, rule.late_mark, rule.grace) == (10, 50, 10, timedelta(minutes=15))
    assert rule.due.isoformat() == "2026-03-01T23:59:00+01:00"
    assert set(rule.extensions) == {"ana", "bob@example.org"}


BAD = {
    "x = [": "cannot be read",
    "timezone = 'Mars/Olympus'": "timezone 'Mars/Olympus' is unknown",
    "[lab3]\npenalty = 1": "knows no entry 'lab3'",
    "[lab03]\nfine = 1": r"\[lab03\] has fine; it may have due, grace",
    "[lab03]\npenalty = 120": "penalty = 120 is no percentage",
    "[lab03]\npenalty = true": "is no percentage",
    "[lab03]\nper = 'week'": "write 'day' or 'hour'",
    "[lab03]\ndue = '2026-03-01'": "is no time; write 2026",
    "[lab03]\ndue = 2026-03-01T10:00:00": "has no time zone",
    "[lab03]\ngrace = '15 minutes'": "is no length of time",
    "[lab03]\nextensions = 3": "is no table",
    "[lab03.extensions]\nana = 2": "extensions.ana = 2 is no length",
}


@pytest.mark.parametrize("text", BAD)
def test_a_mistake_in_the_policy_is_one_line_that_names_it(text, tmp_path):
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(PolicyError, match=BAD[text]):
        read_policy(tmp_path / "policy.toml")


@pytest.fixture
def late(hand_in, run, tmp_path):
    """A class with one late submission and one in time, graded under a policy."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "policy.toml").write_text(POLICY)
    hand_in("inbound/ana+lab99+2026-03-02 10:00:00 UTC/lab99_tiny.ipynb", "1 1 0")
    hand_in("inbound/bob+lab99+2026-03-01 10:00:00 UTC/lab99_tiny.ipynb", "1 1 0")
    return {row.student_id: row for row in run().rows}, out


def test_a_penalty_is_shown_wherever_the_score_is_and_the_raw_score_is_kept(late):
    rows, out = late
    assert (rows["ana"].score, rows["ana"].message) == ("63", "late by 10 h 1 min: 10 % off of 70")
    assert (rows["bob"].score, rows["bob"].message) == ("70", "")
    assert "ana,lab99,63,100,graded,late by" in (out / "grades.csv").read_text()
    page = (out / "feedback/ana/lab99/lab99.html").read_text()
    assert "63 of 100 points" in page
    assert "Late by 10 h 1 min: 10 % off of 70 points." in page
    recorded = json.loads((out / "results/lab99.json").read_text())["submissions"][0]
    assert (recorded["score"], recorded["delivery"]) == (70.0, {"when": "2026-03-02T10:00:00+00:00"})


def submissions(out):
    """nbgrader's own view of a class, by student."""
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        found = book.assignment_submissions("lab99")
        columns = ("timestamp", "duedate", "extension", "total_seconds_late", "late_submission_penalty")
        return {each.student.id: {name: getattr(each, name) for name in columns} for each in found}


def test_nbgrader_has_times_extensions_and_penalties_in_its_own_columns(late, hand_in, run):
    _, out = late
    assert submissions(out)["ana"] == {
        "timestamp": datetime(2026, 3, 2, 10),
        "duedate": datetime(2026, 3, 1, 23, 59),
        "extension": None,
        "total_seconds_late": 10 * 3600 + 60,
        "late_submission_penalty": 7.0,
    }
    (out / "policy.toml").write_text(POLICY + '[lab99.extensions]\nana = "1h"\nbob = 2026-03-09T12:00:00+02:00\n')
    run(force=True)
    ana, bob = submissions(out)["ana"], submissions(out)["bob"]
    assert (ana["extension"], ana["total_seconds_late"]) == (timedelta(hours=1), 9 * 3600 + 60)
    assert bob["duedate"] == datetime(2026, 3, 9, 10)
    (out / "policy.toml").write_text("")
    run(force=True)
    assert submissions(out)["ana"] == {
        **dict.fromkeys(("duedate", "extension")),
        "timestamp": datetime(2026, 3, 2, 10),
        "total_seconds_late": 0,
        "late_submission_penalty": 0.0,
    }


def test_a_time_that_nobody_recorded_is_left_out_of_the_gradebook(run, hand_in, tmp_path):
    hand_in("ana_lab99.ipynb")
    run()
    assert submissions(tmp_path / "out")["ana"]["timestamp"] is None
    assert not list((tmp_path / "out").rglob("timestamp.txt"))


def test_nbgraders_export_has_the_total_of_our_table(late, run):
    _, out = late
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        for student, points in (("ana", 4.0), ("bob", 2.5)):
            given = book.find_grade("lab99-q1", "lab99_tiny", "lab99", student)
            given.manual_score, given.needs_manual_grade = points, False
        book.db.commit()
    run()
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        ExportPlugin(to=str(out / "exported.csv")).export(book)
    ours = {row["student_id"]: float(row["score"]) + float(row["manual_score"]) for row in table(out / "grades.csv")}
    theirs = {row["student_id"]: float(row["score"]) for row in table(out / "exported.csv")}
    assert theirs == ours == {"ana": 67.0, "bob": 72.5}
    assert {row["duedate"] for row in table(out / "exported.csv")} == {"2026-03-01 23:59:00"}
    assert [row["timestamp"] for row in table(out / "exported.csv")] == ["2026-03-02 10:00:00", "2026-03-01 10:00:00"]


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_changed_policy_holds_from_the_next_run_for_all(late, run):
    _, out = late
    (out / "policy.toml").write_text(POLICY + '[lab99.extensions]\nana = "2d"\n')
    rows = {row.student_id: row.score for row in run(marker="stillborn").rows}
    assert rows == {"ana": "70", "bob": "70"}
    with api.Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        assert all(each.late_submission_penalty == 0.0 for each in book.assignment_submissions("lab99"))


def test_the_same_work_handed_in_again_too_late_costs_nothing_silently(late, hand_in, run, tmp_path):
    old = tmp_path / "class/inbound/bob+lab99+2026-03-01 10:00:00 UTC/lab99_tiny.ipynb"
    new = tmp_path / "class/inbound/bob+lab99+2026-03-05 10:00:00 UTC/lab99_tiny.ipynb"
    new.parent.mkdir()
    new.write_bytes(old.read_bytes())
    kept = run()
    assert {row.student_id: row.score for row in kept.rows}["bob"] == "70"
    assert kept.changes == (("bob", 70.0, 42.0),)
    assert {row.student_id: row.score for row in run(force=True).rows}["bob"] == "42"


def test_the_best_attempt_counts_after_what_being_late_costs(late, hand_in, run):
    hand_in("inbound/ana+lab99+2026-03-01 11:00:00 UTC/lab99_tiny.ipynb", "1 0.85 0")
    [ana, _] = run(keep="best", force=True).rows
    assert (ana.score, ana.status) == ("65.5", "graded")
    assert "best of 2 attempts counts: ana+lab99+2026-03-01 11:00:00 UTC/lab99_tiny.ipynb (" in ana.message


def test_the_example_for_teaching_assistants_is_a_policy(tmp_path):
    text = (Path(__file__).parents[2] / "GRADING.md").read_text(encoding="utf-8")
    example = text.split("    timezone =")[1].split("\n\nOnly recorded")[0]
    (tmp_path / "policy.toml").write_text(textwrap.dedent("    timezone =" + example), encoding="utf-8")
    assert read_policy(tmp_path / "policy.toml").of("lab03").late_mark == 10

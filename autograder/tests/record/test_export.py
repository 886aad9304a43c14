"""Exports: the column layouts that Canvas and Moodle import, JUnit XML that parses, and no cell that runs."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ET

import pytest
from autograder.cli import main
from autograder.grade.files import OutputError
from autograder.grade.tables import FORMULA
from autograder.handback.export import FORMATS, export
from nbgrader import api

CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 99 (5)
    Points Possible,,,,,100
"Doe, Jane",1,s1,jdoe,A,
"Roe, Bob",2,s2,broe,B,
"""


@pytest.fixture
def graded(hand_in, run, tmp_path):
    """Jane and Bob on Canvas's roster, a nameless one whose notebook is empty."""
    (tmp_path / "canvas.csv").write_text(CANVAS)
    hand_in("doejane_1_11_lab99.ipynb", "1 0.25 0")
    hand_in("roebob_2_12_lab99.ipynb", "1 1 1")
    (tmp_path / "class" / "x_lab99.ipynb").write_text("")
    run(roster=tmp_path / "canvas.csv")
    return tmp_path / "out"


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas_gets_the_layout_of_its_own_gradebook(graded):
    [path], notes = export(graded, "canvas", columns={"lab99": "Lab 99 (5)"})
    assert rows(path) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 99 (5)"],
        ["    Points Possible", "", "", "", "", "105"],
        ["Doe, Jane", "1", "s1", "jdoe", "A", "55"],
        ["Roe, Bob", "2", "s2", "broe", "B", "100"],
    ]
    assert notes == ["lab99: x has no grade (invalid)"]


def test_a_new_column_of_canvas_is_announced(graded):
    [path], notes = export(graded, "canvas")
    assert rows(path)[0][5].startswith("lab99: ")
    assert "Canvas makes a new assignment" in notes[-1]


def test_without_a_roster_canvas_still_gets_the_ids_that_its_export_had(hand_in, run, tmp_path):
    hand_in("doejane_17_11_lab99.ipynb")
    hand_in("s9_lab99.ipynb")
    run()
    [path], _ = export(tmp_path / "out", "canvas")
    assert [row[:3] for row in rows(path)[2:]] == [["doejane", "17", ""], ["s9", "", "s9"]]


def test_moodle_gets_its_grading_worksheet(hand_in, run, tmp_path):
    hand_in("Jane Doe_4711_assignsubmission_file_/lab99.ipynb", "1 0.25 0")
    hand_in("bob_lab99.ipynb")
    run()
    [path], notes = export(tmp_path / "out", "moodle")
    header, jane = rows(path)
    assert header == [
        "Identifier",
        "Full name",
        "Email address",
        "Status",
        "Grade",
        "Maximum Grade",
        "Grade can be changed",
        "Last modified (submission)",
        "Last modified (grade)",
        "Feedback comments",
    ]
    assert jane[:9] == ["Participant 4711", "Jane Doe", "", "Submitted for grading", "55.00", "105.00", "Yes", "", ""]
    assert jane[9].count("<br>") == 2
    assert any("left out, their participant number is unknown: bob" in note for note in notes)


def test_a_participant_number_of_another_assignment_is_not_used(hand_in, run, tmp_path):
    (tmp_path / "worksheet.csv").write_text("Identifier,Full name,ID number\nParticipant 9,Jane Doe,s1\n")
    hand_in("Jane Doe_4711_assignsubmission_file/lab99.ipynb")
    run(roster=tmp_path / "worksheet.csv")
    [path], _ = export(tmp_path / "out", "moodle")
    assert rows(path)[1][:2] == ["Participant 4711", "Jane Doe"]


def test_free_text_counts_and_what_is_still_to_be_graded_is_told(graded, lab):
    with api.Gradebook(f"sqlite:///{graded / 'gradebook.db'}") as book:
        given = book.find_grade("lab99-q1", lab.stem, "lab99", "s2")
        given.manual_score, given.needs_manual_grade = 4.0, False
        book.find_grade("lab99-q1", lab.stem, "lab99", "s1").needs_manual_grade = True
        book.db.commit()
    [path], notes = export(graded, "canvas")
    assert [row[5] for row in rows(path)[2:]] == ["55", "104"]
    assert "1 grades still lack free text that a person has to grade, and will change" in notes


def test_junit_has_a_suite_for_each_submission_and_counts_that_add_up(graded):
    [path], _ = export(graded, "junit")
    root = ET.parse(path).getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert set(suites) == {"lab99.s1", "lab99.s2", "lab99.x"}
    assert [suites[name].get("failures") for name in sorted(suites)] == ["3", "0", "1"]
    for node in (root, *root):
        assert int(node.get("tests")) == len(node.findall(".//testcase"))
        assert int(node.get("failures")) == len(node.findall(".//testcase/failure"))
    assert {"name", "classname"} <= set(suites["lab99.s1"].find("testcase").attrib)
    assert "0.123456" not in path.read_text()


def test_a_failure_of_the_grader_is_an_error_in_junit(hand_in, run, tmp_path):
    hand_in("ana_lab99.ipynb", code="# fault")
    run()
    [path], _ = export(tmp_path / "out", "junit")
    assert ET.parse(path).getroot().get("errors") == "1"


def test_json_tells_all_that_grades_csv_does_and_no_hidden_value(graded):
    [path], _ = export(graded, "json")
    text = path.read_text(encoding="utf-8")
    jane = json.loads(text)["labs"][0]["grades"][0]
    assert (jane["student_id"], jane["name"], jane["score"], jane["status"]) == ("s1", "Doe, Jane", 55.0, "graded")
    assert [each["earned"] for each in jane["exercises"]] == [40.0, 15.0, 0.0]
    assert "0.123456" not in text


@pytest.mark.parametrize("form", FORMATS)
def test_names_that_attack_a_reader_are_inert(form, hand_in, run, tmp_path):
    nasty = "=cmd|' /C calc'!A0\x0b]]><b>&"
    (tmp_path / "roster.csv").write_text(
        f'student_id,name,email,lms_id\nana,"{nasty}","@SUM(1)",12\n', encoding="utf-8"
    )
    hand_in("ana_lab99.ipynb")
    run(roster=tmp_path / "roster.csv")
    [path], _ = export(tmp_path / "out", form)
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        assert not any(cell.startswith(FORMULA) for row in rows(path) for cell in row)
    elif path.suffix == ".xml":
        ET.fromstring(text)
    else:
        json.loads(text)
    assert "\x0b" not in text


def test_a_penalty_is_in_every_export(hand_in, run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "policy.toml").write_text("[default]\nlate_mark = 20\n")
    hand_in("doejane_LATE_1_11_lab99.ipynb")
    run()
    [path], _ = export(tmp_path / "out", "canvas")
    assert rows(path)[2][5] == "80"
    [path], _ = export(tmp_path / "out", "json")
    jane = json.loads(path.read_text())["labs"][0]["grades"][0]
    assert (jane["score"], jane["raw_score"], jane["late_percent"]) == (80.0, 100.0, 20.0)


def test_the_verb_names_the_file_that_it_wrote(graded, capsys):
    assert main(["export", str(graded), "--format", "canvas", "--column", "lab99=Lab 99 (5)"]) == 0
    assert f"written: {graded / 'exports' / 'canvas.csv'}" in capsys.readouterr().out
    assert main(["export", str(graded), "--format", "canvas", "--column", "lab99"]) == 2
    assert "write it as LAB=TITLE" in capsys.readouterr().err


def test_what_cannot_be_exported_is_said_clearly(graded, tmp_path):
    with pytest.raises(OutputError, match="holds no results"):
        export(tmp_path / "nowhere", "json")
    with pytest.raises(OutputError, match="holds no results of lab42; it has those of lab99"):
        export(graded, "json", labs=["lab42"])

"""The roster: ids are mapped, who is missing is told, a bad file is refused with the line to mend."""

from __future__ import annotations

import csv

import pytest
from autograder.intake.layouts import Sender
from autograder.intake.roster import RosterError, read_roster

PLAIN = "student_id,name,email\ns1,Jane Doe,jane@example.org\ns2,Bob Roe,bob@example.org\ns3,Zo\u00eb Poe,\n"
CANVAS = """Student,ID,SIS User ID,SIS Login ID,Section,Lab 99 (5)
    Points Possible,,,,,100
"Doe, Jane",12345,s1,jdoe,A,
"Roe, Bob",12346,,broe,A,
"Student, Test",99,,,A,
"""
MOODLE = """Identifier,Full name,ID number,Email address,Status,Grade
Participant 4711,Jane Doe,s1,jane@example.org,Submitted,
Participant 4712,Bob Roe,,bob@example.org,Submitted,
"""
GRADESCOPE = "First Name,Last Name,SID,Email\nJane,Doe,s1,jane@example.org\n"


@pytest.fixture
def roster(tmp_path):
    def read(text, name="roster.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return read_roster(path)

    return read


def found(roster, **sender):
    person = roster.find(Sender(**{"student": "", **sender}))
    return person and person.student


@pytest.mark.parametrize(
    "sender",
    [
        {"student": "S1"},
        {"student": "jane@example.org"},
        {"student": "x", "email": "Jane@Example.org"},
        {"student": "Jane Doe_7", "name": "Jane Doe"},
        {"student": "doejane_7", "name": "doejane"},
        {"student": "Doe, Jane"},
    ],
)
def test_a_student_is_found_by_id_email_or_name(sender, roster):
    assert found(roster(PLAIN), **sender) == "s1"


def test_a_gradebook_of_canvas_is_a_roster(roster):
    canvas = roster(CANVAS)
    assert [person.student for person in canvas.people] == ["12346", "s1"]
    assert found(canvas, student="doejane_12345", name="doejane", lms_id="12345") == "s1"
    assert found(canvas, student="broe") == "12346"
    assert canvas.get("s1").section == "A"


def test_a_worksheet_of_moodle_is_a_roster(roster):
    moodle = roster(MOODLE)
    assert found(moodle, student="Jane Doe_4711", name="Jane Doe", lms_id="4711") == "s1"
    assert found(moodle, student="Bob Roe_4712", name="Bob Roe", lms_id="4712") == "bob@example.org"


def test_a_roster_of_gradescope_is_a_roster(roster):
    assert roster(GRADESCOPE).get("s1").name == "Jane Doe"


def test_a_name_that_two_have_tells_nothing(roster):
    twins = roster("student_id,name\ns1,Jane Doe\ns2,Jane Doe\n")
    assert found(twins, student="Jane Doe_4", name="Jane Doe") is None


@pytest.mark.parametrize("text", [PLAIN.replace(",", ";"), PLAIN.replace(",", "\t"), "\ufeff" + PLAIN])
def test_what_spreadsheets_write_is_read(text, roster):
    assert [person.student for person in roster(text).people] == ["s1", "s2", "s3"]


BAD = {
    "": "is empty; its first line names the columns",
    "a,b\n1,2\n": "no column tells who is who; .*it has: a, b",
    "student_id,name\n": "lists nobody",
    "student_id,name\ns1,A\ns1,B\n": "lines 2 and 3 both have the id 's1'",
    "student_id,email\ns1,a@b.c\ns2,A@B.c\n": "lines 2 and 3 both have the email",
    "student_id,name\n,Jane Doe\n": r"line 2 \('Jane Doe'\) has neither id nor email",
    'student_id,name\ns1,"open\n': "is no CSV",
}


@pytest.mark.parametrize("text", BAD)
def test_a_bad_roster_is_refused_with_the_line_to_mend(text, roster):
    with pytest.raises(RosterError, match=r"roster\.csv: .*" + BAD[text]):
        roster(text)


def test_a_roster_in_another_encoding_or_place_is_refused(roster, tmp_path):
    with pytest.raises(RosterError, match="CSV UTF-8"):
        roster(PLAIN, encoding="utf-16")
    with pytest.raises(RosterError, match="cannot be read"):
        read_roster(tmp_path / "nowhere.csv")


def test_ids_are_mapped_and_who_is_missing_is_listed(hand_in, run, tmp_path):
    (tmp_path / "roster.csv").write_text(PLAIN, encoding="utf-8")
    hand_in("doejane_1_11_lab99.ipynb")
    hand_in("eve_lab99.ipynb")
    summary = run(roster=tmp_path / "roster.csv")
    assert [row.student_id for row in summary.rows] == ["eve", "s1"]
    told = "\n".join(summary.lines())
    assert "not on the roster: eve" in told
    assert "nothing from 2 of 3 (missing.csv): s2 (Bob Roe), s3 (Zo\u00eb Poe)" in told
    with open(tmp_path / "out" / "missing.csv", encoding="utf-8", newline="") as file:
        assert [row["student_id"] for row in csv.DictReader(file)] == ["s2", "s3"]


def test_a_later_run_knows_the_roster(hand_in, run, tmp_path):
    (tmp_path / "roster.csv").write_text(PLAIN, encoding="utf-8")
    hand_in("doejane_1_11_lab99.ipynb")
    run(roster=tmp_path / "roster.csv")
    hand_in("roebob_2_12_lab99.ipynb")
    assert [row.student_id for row in run().rows] == ["s1", "s2"]


def test_two_files_of_one_person_under_two_names_are_two_attempts(hand_in, run, tmp_path):
    (tmp_path / "roster.csv").write_text(PLAIN, encoding="utf-8")
    hand_in("doejane_1_11_lab99.ipynb", "1 0 0")
    hand_in("s1_lab99.ipynb", "0 0 1")
    [row] = run(roster=tmp_path / "roster.csv").rows
    assert "counts, not" in row.message


def test_formulas_and_control_characters_of_a_roster_reach_no_table(hand_in, run, tmp_path):
    (tmp_path / "roster.csv").write_text('student_id,name\n=cmd,"@SUM\x1b[2J"\n', encoding="utf-8")
    hand_in("ana_lab99.ipynb")
    told = "\n".join(run(roster=tmp_path / "roster.csv").lines())
    text = (tmp_path / "out" / "missing.csv").read_text(encoding="utf-8")
    assert "'=cmd,'@SUM%1B[2J" in text
    assert "\x1b" not in told

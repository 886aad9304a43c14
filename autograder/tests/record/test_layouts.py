"""Exports of learning-management systems, as their own code or documents name the files."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest
from autograder.grade.collect import Intaking, collect
from autograder.intake.layouts import Sender, flat_sender, folder_sender
from hypothesis import given, settings
from hypothesis import strategies as st

METADATA = """submission_1:
  :submitters:
  - :name: Solo Student
    :sid: '100'
    :email: solo@example.org
  :created_at: 2026-03-01 22:10:00.000000000 Z
  :score: 12.0
  :results: !ruby/hash:ActiveSupport::HashWithIndifferentAccess
    tests: []
  :history:
  - :id: 5
submission_2:
  :submitters:
  - :name: Pair One
    :sid: '200'
    :email: one@example.org
  - :name: Pair Two
    :sid:
    :email: two@example.org
"""


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "class"


def who(intake):
    return [each.student for each in intake.submissions]


def zipped(inbox, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(inbox.rglob("*")):
            if file.is_file():
                archive.write(file, file.relative_to(inbox))
    return path


# Canvas: lib/content_zipper.rb, `[users_name, "LATE" if late, user_id]`, then the file's id and display name
CANVAS = {
    "doejane_12345_67890_lab99.ipynb": Sender("doejane_12345", "doejane", "", "12345", False, 1, system="canvas"),
    "doejane_LATE_12345_67890_lab99.ipynb": Sender("doejane_12345", "doejane", "", "12345", True, 1, system="canvas"),
    "doejane_late_12345_67890_lab99-2.ipynb": Sender("doejane_12345", "doejane", "", "12345", True, 3, system="canvas"),
    "\u00e9mile_7_8_my_home_work_9_10.ipynb": Sender("\u00e9mile_7", "\u00e9mile", "", "7", False, 1, system="canvas"),
    "anon_AbC12_678_lab99.ipynb": Sender("anon_AbC12", "", "", "anon_AbC12", False, 1, system="canvas"),
    "LATE_anon_AbC12_678_lab99.ipynb": Sender("anon_AbC12", "", "", "anon_AbC12", True, 1, system="canvas"),
}


@pytest.mark.parametrize("name", CANVAS)
def test_names_of_canvas_tell_student_late_mark_and_attempt(name):
    assert flat_sender(name.removesuffix(".ipynb")) == CANVAS[name]


# what a student calls a file, behind what the system put first
SPOOFED = {
    "Jane Doe_1_assignsubmission_file_Bob Roe_2_assignsubmission_file_lab99": "1",
    "doejane_1_11_Bob Roe_2_assignsubmission_file_lab99": "1",
    "doejane_1_11_roebob_2_12_lab99": "1",
    "Jane_1_assignsubmission_file_roebob_2_12_lab99": "1",
    "anon_AbC_11_roebob_2_12_lab99": "anon_AbC",
    "doejane_1_11_anon_AbC_12_lab99": "1",
    "doejane_1_11_x - Bob Roe": "1",
}


@pytest.mark.parametrize("stem", SPOOFED)
def test_nobody_hands_in_for_another_by_the_name_of_a_file(stem):
    assert flat_sender(stem).lms_id == SPOOFED[stem]


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    prefix=st.sampled_from(["doejane_1_11_", "doejane_LATE_1_11_", "Jane Doe_1_assignsubmission_file_"]),
    file=st.one_of(
        st.text(min_size=1), st.from_regex(r"\w*_\d+_\d+_\w+|.*_\d+_assignsubmission_file_?.*", fullmatch=True)
    ),
)
def test_whatever_a_file_is_called_its_sender_stays(prefix, file):
    stem = f"{prefix}{file}x"
    assert flat_sender(stem).lms_id == "1"


def test_a_time_stamp_that_a_student_hands_in_is_not_believed(hand_in, inbox, lab):
    for folder in (
        "Jane Doe_1_assignsubmission_file",
        "Jane Doe_1_assignsubmission_file/lab99",
        "submission_7/lab99",
        "ana",
    ):
        path = hand_in(f"{folder}/lab99.ipynb")
        (path.parent / "timestamp.txt").write_text("2020-01-01 00:00:00 UTC")
    intake = collect(inbox, lab, Intaking(keep="best"))
    assert who(intake) == ["Jane Doe_1", "Jane Doe_1", "ana", "submission_7"]
    assert {each.delivery.when for each in intake.submissions} == {None}


@pytest.mark.parametrize("stem", ["ana_lab99", "lab99_123_456_789", "ana", "lab99_tiny - Copy", "ana_lab99 (1)"])
def test_names_that_no_system_gave_are_left_alone(stem):
    assert flat_sender(stem) is None


# Moodle: mod/assign/classes/downloader.php; before version 4 the folder's name ends in "_file_"
@pytest.mark.parametrize("end", ["", "_"])
def test_folders_of_moodle_tell_name_and_participant(end):
    want = Sender("Jane van Doe_4711", "Jane van Doe", lms_id="4711", system="moodle")
    assert folder_sender(f"Jane van Doe_4711_assignsubmission_file{end}") == want
    assert flat_sender("Jane van Doe_4711_assignsubmission_file_lab99") == want


def test_the_time_of_an_exchange_is_when_it_was_handed_in():
    sender = folder_sender("jane+doe+lab99+2026-03-01 22:10:00.500000 UTC+aGFzaA==")
    assert (sender.student, sender.lab, sender.when) == ("jane+doe", "lab99", 1_772_403_000.5)
    assert folder_sender("jane+lab99+2026-03-01 22:10:00 UTC").student == "jane"


def test_an_archive_of_canvas_is_a_class(hand_in, inbox, lab, tmp_path):
    for name in ("doejane_LATE_1_11_lab99.ipynb", "roebob_2_12_lab99-1.ipynb", "roebob_2_13_lab99-2.ipynb"):
        hand_in(name)
    (inbox / "poezoe_3_14_essay.pdf").write_bytes(b"%PDF")
    intake = collect(zipped(inbox, tmp_path / "submissions.zip"), lab, Intaking(scratch=new(tmp_path)))
    assert who(intake) == ["doejane_1", "roebob_2"]
    assert [(each.delivery.late, each.delivery.attempt) for each in intake.submissions] == [(True, 1), (False, 3)]
    assert [each.student for each in intake.rejections] == ["poezoe_3"]
    assert intake.skipped[0].reason == "superseded by roebob_2_13_lab99-2.ipynb"


def new(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_an_archive_of_moodle_is_a_class(hand_in, inbox, lab, tmp_path):
    hand_in("Jane Doe_1_assignsubmission_file_/lab99.ipynb")
    hand_in("Bob Roe_2_assignsubmission_file/part/lab99.ipynb")
    text = inbox / "Jane Doe_1_assignsubmission_onlinetext_" / "onlinetext.html"
    text.parent.mkdir()
    text.write_text("<p>hello")
    intake = collect(zipped(inbox, tmp_path / "Course-Lab 99-77.zip"), lab, Intaking(scratch=new(tmp_path)))
    assert who(intake) == ["Bob Roe_2", "Jane Doe_1"]
    assert intake.rejections == ()
    assert "is not a submission" in intake.skipped[0].reason


def test_an_export_of_gradescope_names_its_students_and_groups(hand_in, inbox, lab):
    hand_in("submission_1/lab99.ipynb")
    hand_in("submission_2/lab99.ipynb")
    (inbox / "submission_metadata.yml").write_text(METADATA)
    intake = collect(inbox, lab)
    assert who(intake) == ["100", "200", "two@example.org"]
    solo = intake.submissions[0].delivery
    assert (solo.when.isoformat(), solo.attempt) == ("2026-03-01T22:10:00+00:00", 2)
    assert intake.submissions[1].path == intake.submissions[2].path


def test_an_archive_of_gradescope_is_read_through_its_outer_folder(hand_in, inbox, lab, tmp_path):
    hand_in("assignment_9_export/submission_1/lab99.ipynb")
    (inbox / "assignment_9_export" / "submission_metadata.yml").write_text(METADATA)
    path = tmp_path / "submissions.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(inbox / "assignment_9_export", "assignment_9_export")
    assert who(collect(path, lab, Intaking(scratch=new(tmp_path)))) == ["100"]


def test_without_its_list_gradescopes_own_names_are_used_and_told(hand_in, inbox, lab):
    hand_in("submission_1/lab99.ipynb")
    intake = collect(inbox, lab)
    assert who(intake) == ["submission_1"]
    assert "submission_metadata.yml" in intake.skipped[0].reason


@pytest.mark.parametrize("text", ["a: [", "- just\n- a list", "!!python/object/apply:os.system ['true']", "\x00"])
def test_a_list_of_gradescope_that_is_none_is_one_clear_line(text, hand_in, inbox, lab):
    hand_in("submission_1/lab99.ipynb")
    (inbox / "submission_metadata.yml").write_text(text)
    with pytest.raises(ValueError, match=r"submission_metadata\.yml: .*export the submissions again"):
        collect(inbox, lab)


def test_a_list_of_gradescope_that_a_student_handed_in_elsewhere_harms_nobody(hand_in, inbox, lab):
    hand_in("Jane Doe - lab99.ipynb")
    (inbox / "submission_metadata.yml").write_text("a: [")
    assert who(collect(inbox, lab)) == ["Jane Doe"]


def test_a_folder_of_google_drive_is_a_class(hand_in, inbox, lab):
    for name in ("Jane Doe - lab99.ipynb", "Jane Doe - lab99 (1).ipynb", "Bob Roe - My homework.ipynb"):
        hand_in(name)
    assert who(collect(inbox, lab)) == ["Bob Roe", "Jane Doe"]


def test_an_exchange_is_read_with_all_attempts_and_without_other_labs(hand_in, inbox, lab):
    for name in (
        "ana+lab99+2026-03-01 10:00:00 UTC+x",
        "ana+lab99+2026-03-02 10:00:00 UTC+y",
        "bob+lab98+2026-03-01 10:00:00 UTC+z",
    ):
        hand_in(f"inbound/{name}/lab99_tiny.ipynb")
    intake = collect(inbox, lab)
    assert who(intake) == ["ana"]
    assert intake.submissions[0].delivery.when.day == 2
    assert intake.rejections == ()
    assert len(collect(inbox, lab, Intaking(keep="best")).submissions) == 2


def test_a_bomb_in_an_archive_is_an_invalid_row_of_its_sender(hand_in, inbox, lab, tmp_path):
    hand_in("ana_lab99.ipynb")
    (inbox / "eve_lab99.ipynb").write_bytes(b" " * 10_000_000)
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in inbox.iterdir():
            archive.write(file, file.name)
    intake = collect(path, lab, Intaking(scratch=new(tmp_path)))
    assert who(intake) == ["ana"]
    assert intake.rejections[0].message.startswith("eve_lab99.ipynb: unpacks to more than 200 times its size")


def test_an_archive_from_a_mac_names_its_students_and_their_faults(lab, tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Zoe\u0308_lab99.ipynb", b" " * 10_000_000)
        archive.writestr("__MACOSX/._Zoe\u0308_lab99.ipynb", b"x")
        archive.writestr(".DS_Store", b"x")
    [rejection] = collect(path, lab, Intaking(scratch=new(tmp_path))).rejections
    assert rejection.student == "Zo\u00eb"
    assert "unpacks to more than 200 times" in rejection.message


def test_an_empty_archive_is_an_empty_class(lab, tmp_path):
    path = tmp_path / "all.zip"
    path.write_bytes(io.BytesIO(b"PK\x05\x06" + bytes(18)).getvalue())
    assert collect(path, lab, Intaking(scratch=new(tmp_path))).submissions == ()

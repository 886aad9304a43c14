"""Intake: three layouts, and every kind of file that is not a submission."""

from __future__ import annotations

import json
import os
import shutil

import nbformat
import pytest
from autograder.grade.collect import collect


@pytest.fixture
def inbox(tmp_path):
    return tmp_path / "class"


def names(intake):
    return [each.student for each in intake.submissions]


def message_of(intake, student):
    return {each.student: each.message for each in intake.rejections}[student]


def test_the_three_layouts_may_be_mixed(hand_in, inbox, lab):
    hand_in("ana/lab99_tiny.ipynb")
    hand_in("bob/lab99/lab99_tiny.ipynb")
    hand_in("cy_lab99.ipynb")
    assert names(collect(inbox, lab)) == ["ana", "bob", "cy"]


def test_a_course_directory_is_read_from_its_submitted_folder(hand_in, inbox, lab):
    hand_in("submitted/Jos%C3%A9/lab99/lab99_tiny.ipynb")
    hand_in("source/lab99/lab99_tiny.ipynb")
    assert names(collect(inbox, lab)) == ["Jos\u00e9"]


def test_a_single_file_is_a_class_of_one(hand_in, lab):
    assert names(collect(hand_in("dora_lab99.ipynb"), lab)) == ["dora"]


def test_nothing_at_the_path_is_said_clearly(lab, tmp_path):
    with pytest.raises(ValueError, match=r"nowhere: there is no such folder or file"):
        collect(tmp_path / "nowhere", lab)


def test_names_with_spaces_quotes_and_other_letters_are_ids(hand_in, inbox, lab):
    for name in ("Zo\u00eb O'Neil", 'a "b" c', "\u674e\u96f7"):
        hand_in(f"{name}/my homework.ipynb")
    assert sorted(names(collect(inbox, lab))) == sorted(["Zo\u00eb O'Neil", 'a "b" c', "\u674e\u96f7"])


def test_of_two_files_of_a_student_the_newest_counts_and_the_other_is_listed(hand_in, inbox, lab):
    old, new = hand_in("ana_lab99.ipynb"), hand_in("ana_lab99 (1).ipynb")
    os.utime(old, (2_000_000_000, 2_000_000_000))
    intake = collect(inbox, lab)
    assert [each.path for each in intake.submissions] == [old]
    assert [(each.file, each.reason) for each in intake.skipped] == [(new.name, "superseded by ana_lab99.ipynb")]
    assert intake.submissions[0].note == "ana_lab99.ipynb counts, not ana_lab99 (1).ipynb"


def test_of_equally_old_files_the_later_copy_counts(hand_in, inbox, lab):
    for name in ("ana_lab99.ipynb", "ana_lab99 (1).ipynb", "ana_lab99 (2).ipynb"):
        os.utime(hand_in(name), (1_000_000_000, 1_000_000_000))
    assert collect(inbox, lab).submissions[0].file == "ana_lab99 (2).ipynb"


def test_a_recorded_time_stamp_beats_the_file_time(hand_in, inbox, lab):
    path = hand_in("ana/lab99/lab99_tiny.ipynb")
    (path.parent / "timestamp.txt").write_text("2024-02-03 10:20:30.500000 UTC")
    assert collect(inbox, lab).submissions[0].when == 1_706_955_630.5


def test_a_time_stamp_that_is_a_link_is_not_read(hand_in, inbox, lab, tmp_path):
    path = hand_in("ana/lab99/lab99_tiny.ipynb")
    (tmp_path / "elsewhere").write_text("2024-02-03 10:20:30.500000 UTC")
    (path.parent / "timestamp.txt").symlink_to(tmp_path / "elsewhere")
    assert collect(inbox, lab).submissions[0].when == path.stat().st_mtime


def test_a_broken_newer_file_does_not_cost_the_good_one(hand_in, inbox, lab):
    hand_in("ana/first.ipynb")
    (inbox / "ana" / "second.ipynb").write_text("{")
    os.utime(inbox / "ana" / "second.ipynb", (2_000_000_000, 2_000_000_000))
    intake = collect(inbox, lab)
    assert intake.submissions[0].file == "ana/first.ipynb"
    assert "ana/second.ipynb" in intake.submissions[0].note


BAD_FILES = {
    "empty.ipynb": (b"", "is empty"),
    "text.ipynb": (b"Dear professor", "is not a notebook"),
    "binary.ipynb": (b"\x89PNG\r\n\xff\xfe", "is not a notebook"),
    "list.ipynb": (b"[1, 2]", "is not a notebook"),
    "bomb.ipynb": (b"[" * 100_000, "is "),
    "essay.pdf": (b"%PDF", "is not a notebook (.ipynb)"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_gets_one_line_with_its_name_and_the_mend(name, hand_in, inbox, lab):
    hand_in("ana/lab99_tiny.ipynb")
    content, says = BAD_FILES[name]
    (inbox / name).write_bytes(content)
    intake = collect(inbox, lab)
    message = message_of(intake, name.split(".")[0])
    assert message.startswith(f"{name}: ")
    assert says in message
    assert ";" in message
    assert "\n" not in message
    assert names(intake) == ["ana"]


def test_a_notebook_of_50_mb_is_refused_by_its_size(hand_in, inbox, lab):
    with open(hand_in("ana_lab99.ipynb"), "r+b") as file:
        file.truncate(51_000_000)
    assert "51 MB" in message_of(collect(inbox, lab), "ana")


def test_a_notebook_of_another_lab_is_invalid_for_this_one(hand_in, inbox, lab):
    path = hand_in("ana/lab98_other.ipynb")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.effdl.lab = "lab98"
    nbformat.write(notebook, path)
    message = message_of(collect(inbox, lab), "ana")
    assert message == "ana/lab98_other.ipynb: is a notebook of lab98, not of lab99; ask for the notebook of lab99"


def test_a_folder_of_another_lab_is_nobodys_fault(hand_in, inbox, lab):
    shutil.copytree(hand_in("ana/lab99/lab99_tiny.ipynb").parent, inbox / "bob" / "lab98")
    intake = collect(inbox, lab)
    assert (names(intake), intake.rejections) == (["ana"], ())


def test_a_notebook_without_exercises_is_invalid(inbox, lab):
    inbox.mkdir()
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")]), inbox / "ana.ipynb")
    assert message_of(collect(inbox, lab), "ana").startswith("ana.ipynb: ")


def test_a_notebook_that_lost_its_metadata_is_known_by_its_functions(hand_in, inbox, lab):
    path = hand_in("ana.ipynb")
    data = json.loads(path.read_text())
    data["metadata"] = {}
    path.write_text(json.dumps(data))
    assert names(collect(inbox, lab)) == ["ana"]


def test_folders_where_a_notebook_should_be_are_named(inbox, lab):
    (inbox / "ana").mkdir(parents=True)
    (inbox / "bob_lab99.ipynb").mkdir()
    intake = collect(inbox, lab)
    assert message_of(intake, "ana") == "ana: holds no notebook (.ipynb); ask for the notebook itself"
    assert message_of(intake, "bob").startswith("bob_lab99.ipynb: is a folder")


def test_links_are_never_followed(hand_in, inbox, lab, tmp_path):
    secret = hand_in("../secret/lab99_tiny.ipynb")
    inbox.mkdir(exist_ok=True)
    (inbox / "ana_lab99.ipynb").symlink_to(secret)
    (inbox / "bob").symlink_to(secret.parent)
    (inbox / "cy").mkdir()
    (inbox / "cy" / "lab99_tiny.ipynb").symlink_to(secret)
    intake = collect(inbox, lab)
    assert intake.submissions == ()
    assert [each.student for each in intake.rejections] == ["ana", "bob", "cy"]


def test_a_pipe_is_refused_without_waiting_for_it(inbox, lab):
    inbox.mkdir()
    os.mkfifo(inbox / "ana_lab99.ipynb")
    assert "ana_lab99.ipynb" in message_of(collect(inbox, lab), "ana")


def test_what_nobody_handed_in_is_listed_but_no_row(hand_in, inbox, lab):
    hand_in("ana/lab99_tiny.ipynb")
    (inbox / "ana" / "notes.txt").write_text("hi")
    (inbox / "roster.csv").write_text("ana")
    (inbox / ".DS_Store").write_text("")
    intake = collect(inbox, lab)
    assert intake.rejections == ()
    assert [each.file for each in intake.skipped] == [".DS_Store", "ana/notes.txt", "roster.csv"]


def test_control_characters_of_names_reach_no_message(inbox, lab):
    inbox.mkdir()
    (inbox / "ana\u202e\x1b[31m_lab99.ipynb").write_text("")
    [rejection] = collect(inbox, lab).rejections
    assert all(char.isprintable() for char in rejection.student + rejection.file + rejection.message)

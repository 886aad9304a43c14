"""Who handed in what: ids from names, folders from ids."""

from __future__ import annotations

import os

import pytest
from autograder.grade.ids import clean, copy_number, flat_id, folder_name, folders
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("stem", "student"),
    [
        ("ana_lab03", "ana"),
        ("ana-lab03-late", "ana"),
        ("ana_lab03_pruning_granularity_and_criteria (1)", "ana"),
        ("ana maria o'neil_LAB03", "ana maria o'neil"),
        ("lab03_ana", "ana"),
        ("lab03_ana-Copy2", "ana"),
        ("ana", "ana"),
        ("ana (2)", "ana"),
        ("ana-copy1", "ana"),
        ("ana-Copy1 (3)", "ana"),
        ("s123_lab033", "s123_lab033"),
        ("lab03_pruning", "lab03_pruning"),
        ("(1)", "(1)"),
    ],
)
def test_id_of_a_single_file_is_what_names_the_student(stem, student):
    assert flat_id(stem, "lab03_pruning") == student


def test_copies_are_numbered():
    assert [copy_number(stem) for stem in ("a", "a (1)", "a-Copy3", "a-copy")] == [0, 1, 3, 1]


def test_composed_and_decomposed_letters_are_one_id():
    assert clean("Jose\u0301") == clean("Jos\u00e9") == "Jos\u00e9"


def test_what_could_hide_or_reorder_text_is_shown_encoded():
    assert clean("ana\u202ebob") == "ana%E2%80%AEbob"
    assert clean("ana\x1b[2J\nx") == "ana%1B[2J%0Ax"
    assert clean(os.fsdecode(b"an\xff")) == "an%FF"


@pytest.mark.parametrize("student", ["..", ".", "a/b", "a\\b", "a:b", "*?[x]", "x" * 500, "=cmd|'/c'!A1", "NUL\x00"])
def test_a_folder_is_one_harmless_component(student, tmp_path):
    name = folder_name(student)
    assert "/" not in name
    assert not name.startswith(".")
    (tmp_path / name).mkdir()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_ids_that_differ_by_case_alone_get_folders_that_differ_by_more():
    named = folders(["Ana", "ana", "bob"], {})
    assert len({folder.casefold() for folder in named.values()}) == 3
    assert named["bob"] == "bob"


def test_folders_of_earlier_runs_are_kept():
    first = folders(["ana"], {})
    both = folders(["ANA"], first)
    assert both["ana"] == "ana"
    assert both["ANA"] != "ANA"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.text(min_size=1, max_size=120), unique_by=clean, max_size=6))
def test_different_ids_never_share_a_folder(students):
    named = folders([clean(student) for student in students], {})
    assert len({folder.casefold() for folder in named.values()}) == len(named)
    assert all(len(folder.encode()) <= 120 for folder in named.values())


def test_half_a_character_pair_is_shown_as_its_bytes():
    assert clean("a\ud800\udce9") == "a%ED%A0%80%E9"

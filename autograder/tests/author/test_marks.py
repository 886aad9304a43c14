"""Marks become records; what is not a mark is refused with the cell's name."""

import pytest
from autograder.author.marks import SourceError, read_lab
from autograder.course import UnknownLab

SOURCE = "solutions/lab99_tiny.py"


def test_a_source_becomes_typed_cells(course):
    lab = read_lab(course, "lab99")
    assert (lab.name, lab.stem, lab.title) == ("lab99", "lab99_tiny", "Lab 99 - Scale, keep, average")
    roles = [cell.role for cell in lab.cells]
    assert roles[:6] == ["text", "text", "setup", "text", "predict", "demo"]
    assert roles.count("exercise") == roles.count("check") == 3
    assert roles[-2:] == ["experiment", "manual"]


def test_an_exercise_takes_its_title_from_the_heading_and_the_rest_from_its_marks(course):
    first, _, third = read_lab(course, "lab99").exercises
    assert (first.id, first.title, first.names) == ("99.1", "One scale per row", ("row_scales",))
    assert (first.points, first.minutes, first.difficulty) == (40.0, 5, 1)
    assert third.names == ("RunningMean",)
    assert third.source == "effdl.tiny:RunningMean.add+mean"


def test_forbidden_names_are_read_as_a_list(course, spoil):
    spoil(SOURCE, "points=40 minutes=5 difficulty=1", 'points=40 minutes=5 difficulty=1 forbid="torch.amax, torch.max"')
    assert read_lab(course, "lab99").exercises[0].forbid == ("torch.amax", "torch.max")


def test_an_exercise_cell_may_be_empty(course, spoil):
    spoil(SOURCE, "difficulty=1\n# the reference goes here\n", "difficulty=1\n")
    assert len(read_lab(course, "lab99").exercises) == 3


def test_an_unknown_lab_is_named_with_those_that_exist(course):
    with pytest.raises(UnknownLab, match=r"lab98.*lab99"):
        read_lab(course, "lab98")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role="experiment"', 'role="expriment"', "unknown role 'expriment'"),
        ('predict="99.1"', 'prediction="99.1"', "unknown marks .'prediction'"),
        ('check="99.1"', 'check="99.1" points=3', "unknown marks .'points'"),
        (" points=40", "", "lacks the marks .'points'"),
        ('check="99.1"', "check=99.1", "write check=.3.2. with the quotes"),
        ('check="99.1"', 'check="first"', "'first' is no id"),
        ('check="99.2"', 'check="99.1"', "a second check cell of 99.1"),
        ('check="99.1"', 'check="99.1" role="setup"', "exclude each other"),
        ('check="99.3"', 'check="99.4"', "checks 99.4, which is no exercise"),
        ("# %% predict", "# %% [markdown] predict", "does not belong on a markdown cell"),
        ("effdl.tiny:row_scales", "effdl.tiny", "write source="),
        ("# the reference goes here", "def row_scales(): ...", "holds code"),
    ],
)
def test_what_cannot_be_understood_names_file_cell_and_mend(course, spoil, old, new, says):
    spoil(SOURCE, old, new)
    with pytest.raises(SourceError, match=rf"lab99_tiny.py: .*{says}"):
        read_lab(course, "lab99")

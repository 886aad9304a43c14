"""A notebook leads back to the script that it was built from."""

import nbformat
from autograder.author.build import build
from autograder.author.marks import read_lab
from autograder.author.roundtrip import returns, to_source


def test_the_script_from_a_notebook_builds_the_same_notebook(course):
    before = course.solution("lab99").read_bytes(), course.release("lab99").read_bytes()
    script = to_source(nbformat.read(course.solution("lab99"), as_version=4))
    course.source("lab99").write_text(script, encoding="utf-8")
    build(course, "lab99", execute=False)
    assert (course.solution("lab99").read_bytes(), course.release("lab99").read_bytes()) == before


def test_nothing_is_lost_on_the_way_and_back(course, spoil):
    spoil("solutions/lab99_tiny.py", "difficulty=2\n", 'difficulty=2 forbid="torch.mean" tags=["slow"]\n')
    spoil("solutions/lab99_tiny.py", 'role="experiment"', 'role="widget" tags=["slow"]')
    build(course, "lab99", execute=False)
    assert returns(read_lab(course, "lab99"), nbformat.read(course.solution("lab99"), as_version=4)) == []


def test_a_lost_mark_is_reported(course):
    solution = nbformat.read(course.solution("lab99"), as_version=4)
    solution.cells[-2].metadata.effdl.role = "demo"
    assert "does not come back" in returns(read_lab(course, "lab99"), solution)[0]
    del solution.cells[0]
    assert returns(read_lab(course, "lab99"), solution)

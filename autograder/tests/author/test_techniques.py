"""The index of techniques: what a row may name, and what the pages say."""

import pytest
from autograder.author import index, techniques
from autograder.course import Course

HEAD = "lab,technique,where,functions\n"


@pytest.fixture
def rows(course):
    def write(text: str) -> Course:
        (course.solutions / "techniques.csv").write_text(HEAD + text, encoding="utf-8")
        return course

    return write


def test_a_row_of_a_built_lab_names_an_exercise_and_a_function(rows):
    found = rows("lab99,Scaling,99.1,tiny:row_scales\n")
    assert techniques.techniques_problems(found) == []
    assert "| Scaling | [lab99](lab99_tiny.ipynb) | 99.1 | `tiny.row_scales` |" in techniques.techniques_text(found)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("lab99,Scaling,,\n", "say where in it"),
        ("lab99,Scaling,99.9,tiny:row_scales\n", "lab99 has no '99.9'"),
        ("lab99,Scaling,section 7,tiny:row_scales\n", "lab99 has no 'section 7'"),
        ("lab99,Scaling,99.1,tiny:gone\n", "has no 'tiny:gone'"),
        ("lab99,Scaling,99.1,gone:row_scales\n", "has no 'gone:row_scales'"),
    ],
)
def test_a_row_that_names_what_does_not_exist_is_a_problem(rows, row, says):
    assert says in techniques.techniques_problems(rows(row))[0]


def test_a_technique_of_a_lab_without_a_source_is_not_there_yet(rows):
    found = rows("lab98,Folding,,\n")
    assert techniques.techniques_problems(found) == []
    assert "| Folding | lab98 | not there yet | |" in techniques.techniques_text(found)


def test_other_columns_are_refused(course):
    (course.solutions / "techniques.csv").write_text("lab,name\n", encoding="utf-8")
    with pytest.raises(ValueError, match="the columns are"):
        techniques.read_techniques(course)


def test_the_index_counts_techniques_and_lists_topics_without_a_lab(rows):
    found = rows("lab99,Scaling,99.1,tiny:row_scales\nlab99,Other,99.1,tiny:row_scales\n")
    settings = found.solutions / "course.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '[topics]\nlab98 = "Folding"\n', encoding="utf-8")
    text = index.index_text(found)
    assert "| Lab 98 - not there yet | Folding |" in text
    row = next(line for line in text.splitlines() if "lab99_tiny.ipynb" in line)
    assert row.split(" | ")[5] == "2"

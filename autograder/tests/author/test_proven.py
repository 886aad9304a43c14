"""The recorded numbers of a proof, which the index publishes."""

import pytest
from autograder.author.index import index_text
from autograder.proven import read_record, record_path, write_record

NUMBERS = {"cases": 7, "wrong": 5, "right": 2, "mutants": 11, "killed": 9, "equivalent": 1}


def test_recorded_numbers_are_published(course):
    assert read_record(course, "lab99") is None
    assert "| lab99 | 3 | not proven yet |" in index_text(course)
    write_record(course, "lab99", NUMBERS)
    assert read_record(course, "lab99") == NUMBERS
    assert "| lab99 | 3 | 7 | 5 | 2 | 9 of 10 |" in index_text(course)


@pytest.mark.parametrize("text", ["", "[]", '{"cases": 1}', '{"cases": "many"}'])
def test_a_damaged_record_says_how_to_mend_it(course, text):
    record_path(course, "lab99").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="run 'autograder check lab99 --record'"):
        read_record(course, "lab99")

"""Each picture that a built notebook holds is described, and told in words beside it, so that no reader needs it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import nbformat
import pytest
from autograder.course import find_course
from autograder.prove.notebooks import about
from bs4 import BeautifulSoup
from lab_files import released_labs

COURSE = find_course(Path(__file__))
LABS = released_labs(COURSE)


def described(cell):
    """(alternative text, words that stand right below) of each picture of a cell; "" where one is missing."""
    outputs = [*cell.get("outputs", ()), {}]
    found = []
    for output, below in pairwise(outputs):
        if "image/png" in output.get("data", {}):
            told = BeautifulSoup(below.get("data", {}).get("text/html", ""), "html.parser").find("details")
            words = told.get_text().removeprefix(told.find("summary").get_text()) if told else ""
            found.append((output.metadata.get("image/png", {}).get("alt", ""), " ".join(words.split())))
    return found


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("path_of", [COURSE.solution, COURSE.release], ids=["solution", "release"])
def test_every_picture_has_an_alternative_text_and_the_same_in_words(lab, path_of):
    cells = nbformat.read(path_of(lab), as_version=4).cells
    found = [pair for cell in cells for pair in described(cell)]
    assert found
    assert [alt for alt, words in found if len(alt) < 20 or alt != words] == []


@pytest.mark.parametrize("lab", LABS)
def test_a_still_picture_stands_where_a_widget_needs_a_kernel(lab):
    widgets = [
        cell for cell in nbformat.read(COURSE.release(lab), as_version=4).cells if about(cell).get("role") == "widget"
    ]
    assert widgets
    assert [cell.source for cell in widgets if not described(cell)] == []


def test_a_picture_without_words_is_noticed():
    bare = nbformat.v4.new_output("display_data", data={"image/png": ""}, metadata={"image/png": {"alt": "A bar."}})
    told = nbformat.v4.new_output(
        "display_data", data={"text/html": "<details><summary>Words</summary>A bar.</details>"}
    )
    assert described(nbformat.v4.new_code_cell(outputs=[bare])) == [("A bar.", "")]
    assert described(nbformat.v4.new_code_cell(outputs=[bare, told])) == [("A bar.", "A bar.")]

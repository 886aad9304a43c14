"""The page that a student gets back says enough, and nothing that is hidden."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from autograder.grade.feedback import Page, page
from autograder.grade.manual import Manual
from autograder.grade.model import CASE_STATUSES, CaseResult, Event, ExerciseResult, Marked
from autograder.grade.outcome import Outcome
from autograder.grade.words import CASE_WORDS, VISIBLE_IS_NOT_ALL, case_line, number

SECRET = "expected [0.123456]"
VOID = {"meta", "br", "link"}


def case(status, earned, hint="try a row of zeros"):
    return CaseResult("99.1", "hidden name of the case", 5.0, earned, status, hint, SECRET)


def outcome(*cases, student="ana", title="One scale per row", note=""):
    exercise = ExerciseResult("99.1", title, 5.0 * len(cases), cases, note)
    return Outcome(student, "a.ipynb", "graded", marked=Marked("lab99", "v", (exercise,), (Event("died", SECRET),)))


def html(what, manual=None):
    return page(Page("Lab 99 - Tiny", what, manual or Manual()))


class Reader(HTMLParser):
    """Fails on a tag that is not closed; collects the text."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(text):
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return " ".join(" ".join(reader.text).split()), reader.tags


@pytest.mark.parametrize("status", CASE_STATUSES)
def test_every_way_to_end_has_words_and_its_hint_if_points_were_lost(status):
    text, _ = read(html(outcome(case(status, 0.0))))
    assert CASE_WORDS[status] in text
    assert ("try a row of zeros" in text) == (status != "pass")
    assert ("try a row of zeros" in case_line(case(status, 0.0))) == (status != "pass")


def test_the_page_says_points_and_that_visible_checks_are_not_all():
    text, _ = read(html(outcome(case("pass", 5.0), case("partial", 2.5))))
    assert "7.5 of 10 points" in text
    assert VISIBLE_IS_NOT_ALL in text


def test_nothing_hidden_is_on_the_page():
    text = html(outcome(case("mismatch", 0.0)))
    assert SECRET not in text
    assert "hidden name" not in text


@pytest.mark.parametrize("place", ["student", "title", "note", "hint"])
def test_markup_in_any_text_is_shown_and_not_obeyed(place):
    nasty = "<script>alert(1)</script>\"'><img src=x>"
    what = outcome(case("error", 0.0, nasty)) if place == "hint" else outcome(case("error", 0.0), **{place: nasty})
    text, tags = read(html(what))
    assert tags.isdisjoint({"script", "img"})
    assert "<script>alert(1)</script>" in text


def test_the_page_needs_nothing_from_elsewhere():
    text = html(outcome(case("pass", 5.0)))
    assert "http" not in text.replace("http-equiv", "")
    assert "src=" not in text
    assert "default-src 'none'" in text


def test_the_page_has_what_a_screen_reader_needs():
    text = html(outcome(case("pass", 5.0)))
    for part in ('<html lang="en">', "<title>", "<main>", "<h1>", "<caption>", 'scope="col"', 'scope="row"'):
        assert part in text


def test_who_was_not_graded_reads_why():
    invalid, _ = read(html(Outcome("ana", "f", "invalid", "ana.ipynb: is empty; save it again")))
    error, _ = read(html(Outcome("ana", "f", "error", SECRET)))
    assert "Not graded ana.ipynb: is empty; save it again" in invalid
    assert "The grader failed, not your notebook" in error
    assert SECRET not in error


@pytest.mark.parametrize(("value", "shown"), [(8.0, "8"), (7.25, "7.25"), (0.0, "0"), (1 / 3, "0.33"), (100.0, "100")])
def test_scores_are_shown_without_trailing_zeros(value, shown):
    assert number(value) == shown

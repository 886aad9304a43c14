"""nbgrader's formgrader and feedback pages of a graded class, opened in a real browser."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import browser as real
import pytest
from autograder.grade.pipeline import grade
from autograder.prove.attacks.files import put
from autograder.prove.attacks.records import ELSEWHERE, HTML, LOADS, live_notebook
from autograder.prove.notebooks import about, handed_in, solution_answers
from autograder.sandbox.api import IsolationUnavailable

LIVE, QUESTION = "page-live", "lab99-q1"
SCORES = {"ana": "40 / 105", "max": "100 / 105", LIVE: "100 / 105"}
# what a page must not be made of, whoever wrote it
DANGEROUS = "[href^='javascript:'], [onerror], [onload], [ontoggle], iframe, object, video, meta[http-equiv=refresh]"


@dataclass(frozen=True)
class Served:
    """A course directory and the address of the Jupyter server in it; `kind` is "our settings" or "the defaults"."""

    kind: str
    folder: Path
    address: str

    def page(self, tab: real.Tab, path: str) -> None:
        """Open a page of formgrader and wait for what its scripts load."""
        tab.page.goto(real.at(self.address, "login"))
        tab.page.goto(real.at(self.address, f"formgrader/{path}").partition("?")[0])
        tab.page.wait_for_load_state("networkidle")

    def submission(self, tab: real.Tab, student: str) -> None:
        """Open a student's notebook, as a teaching assistant finds it."""
        self.page(tab, f"manage_students/{student}/lab99")
        tab.page.locator("tbody a[href*='/submissions/']").first.click()
        tab.page.wait_for_load_state("networkidle")


@pytest.fixture(scope="module")
def class_folder(lab, tmp_path_factory):
    """A class of three: one solved the first exercise, one all and answered the question, one handed in live markup."""
    folder = tmp_path_factory.mktemp("formgrader") / "class"
    folder.mkdir()
    put(lab, folder, "ana", handed_in(lab, dict(list(solution_answers(lab).items())[:1])))
    hand_in_max(lab, folder, "It keeps a division by it from failing.")
    live_notebook(lab, folder)
    return folder


def hand_in_max(lab, folder, answer):
    notebook = handed_in(lab, solution_answers(lab))
    next(cell for cell in notebook.cells if about(cell).get("role") == "manual").source = answer
    put(lab, folder, "max", notebook)


@pytest.fixture(scope="module")
def graded(course, class_folder):
    """The course directory of the class, graded in the sandbox."""
    out = class_folder.parent / "out"
    try:
        grade(course, "lab99", class_folder, out, workers=1)
    except IsolationUnavailable as problem:
        pytest.skip(f"hostile code runs only where it is confined: {problem}")
    return out


@pytest.fixture(scope="module", params=["our settings", "the defaults"])
def served(request, browser, graded, tmp_path_factory):
    """A copy of the class in a Jupyter server, with the settings that `grade` writes, and with none."""
    folder = tmp_path_factory.mktemp("served") / "out"
    left_out = ("nbgrader_config.py", "feedback") if request.param == "the defaults" else ()
    shutil.copytree(graded, folder, ignore=shutil.ignore_patterns(*left_out))
    with real.jupyter(folder, tmp_path_factory.mktemp("jupyter")) as address:
        yield Served(request.param, folder, address)


def nbgrader(folder, *command):
    env = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "none")}
    done = subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=folder, env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_a_tab_sees_dialogs_and_requests_to_other_hosts(tab):
    tab.page.set_content(HTML)
    assert tab.page.locator(DANGEROUS).count() > 3
    tab.page.set_content(LOADS)
    tab.page.wait_for_timeout(500)
    assert "SCRIPTED" in tab.dialogs
    assert {url.removeprefix(ELSEWHERE)[:2] for url in tab.strangers} >= {"/1", "/2", "/3", "/6", "/7", "/8"}


def test_the_gradebook_shows_each_submission_with_its_score(served, tab):
    served.page(tab, "gradebook/lab99/lab99_tiny")
    rows = tab.page.locator("tbody tr").all_inner_texts()
    assert sorted(row.split("\t")[2] for row in rows) == sorted(SCORES.values())
    for student, score in SCORES.items():
        served.page(tab, f"manage_students/{student}/lab99")
        assert score in tab.page.locator("tbody").inner_text()
    assert tab.harm == tab.errors == []


def test_what_students_wrote_is_inert_in_formgrader(served, tab):
    for student in SCORES:
        served.submission(tab, student)
        assert tab.page.locator(".nbgrader_cell").count() == 7
        assert tab.page.locator(DANGEROUS).count() == 0
    tab.page.mouse.click(300, 300)
    tab.page.wait_for_timeout(300)
    assert tab.harm == tab.errors == []


def test_what_students_wrote_is_inert_in_nbgraders_feedback(served, tab):
    nbgrader(served.folder, "generate_feedback", "lab99")
    folder = "feedback" if served.kind == "the defaults" else "nbgrader_feedback"
    pages = sorted(served.folder.glob(f"{folder}/*/lab99/*.html"))
    assert [path.parts[-3] for path in pages] == sorted(SCORES)
    for path in pages:
        tab.page.goto(path.as_uri())
        tab.page.wait_for_load_state("networkidle")
        assert SCORES[path.parts[-3]].replace(" / ", ".0 / ") in tab.page.content()
        assert tab.page.locator(DANGEROUS).count() == 0
    assert tab.harm == tab.errors == []


def save(tab, selector, text, kind):
    """Type into a field of formgrader and leave it, which saves it."""
    with tab.page.expect_response(lambda response: f"/api/{kind}/" in response.url) as saved:
        tab.page.fill(selector, text)
        tab.page.locator(selector).blur()
    assert saved.value.ok


@pytest.mark.parametrize("served", ["our settings"], indirect=True)
def test_a_grade_and_a_comment_given_in_the_browser_outlive_regrading(served, tab, course, lab, class_folder):
    served.submission(tab, "max")
    score, comment = f"#{QUESTION}", f"#{QUESTION}-comment"
    save(tab, score, "4", "grade")
    save(tab, comment, "Right, <b>and</b> short.", "comment")
    for answer in (None, "A changed answer."):
        if answer:
            hand_in_max(lab, class_folder, answer)
        grade(course, "lab99", class_folder, served.folder, workers=1, force=answer is not None)
        with open(served.folder / "grades.csv", newline="", encoding="utf-8") as file:
            [row] = [row for row in csv.DictReader(file) if row["student_id"] == "max"]
        assert (row["score"], row["manual_score"], row["manual_max"]) == ("100", "4", "5")
        assert row["needs_manual"] == ("yes" if answer else "no")  # a person looks at a changed answer again
        served.submission(tab, "max")
        assert tab.page.input_value(score) == "4"
        assert tab.page.input_value(comment) == "Right, <b>and</b> short."
        assert (answer or "division") in tab.page.locator("#notebook").first.inner_text()
    page = (served.folder / "feedback/max/lab99/lab99.html").read_text(encoding="utf-8")
    assert "Right, &lt;b&gt;and&lt;/b&gt; short." in page
    nbgrader(served.folder, "export")
    with open(served.folder / "nbgrader_grades.csv", newline="", encoding="utf-8") as file:
        assert {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}["max"] == 104
    assert tab.harm == tab.errors == []

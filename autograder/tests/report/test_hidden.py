"""Nothing hidden reaches a student: every output that one sees is searched for every hidden literal."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections import Counter

import nbformat
import numpy as np
import pytest
from autograder.grade.explain import explain
from autograder.grade.values import Array, decode_items
from autograder.handback.export import export
from autograder.handback.gradescope import results_of
from structure import Page


def literals(lab, expected):
    """The lines, names and results of the hidden tests, as they could be written into a page."""
    code = [lab.hidden.setup, lab.hidden.judges, *(case.code for case in lab.hidden.cases)]
    lines = {line.strip() for part in code for line in part.splitlines() if len(line.strip()) >= 12}
    names = {case.name for case in lab.hidden.cases} | {case.judge for case in lab.hidden.cases if case.judge}
    # what a hint says is not hidden
    names = {name for name in names if not any(name in case.hint for case in lab.hidden.cases)}
    return {"line": lines, "name": names, "value": {text for items in expected.values() for text in values(items)}}


def values(items):
    """Each float that the solution shows, cut to four digits; the longer texts of it hold these."""
    found = []
    for value in decode_items(items):
        numbers = value.data if isinstance(value, Array) else value
        for number in np.asarray(numbers, dtype=object).ravel():
            if isinstance(number, float) and np.isfinite(number) and len(repr(abs(number))) > 7:
                found.append(f"{abs(number):.8f}"[:6])
    return found


@pytest.fixture(scope="module")
def seen(real):
    """Every text that a student may come to see, by its path; what belongs to one student lies in a folder of theirs.

    Feedback pages, what is handed back to other systems, what Gradescope is told, and what nbgrader's own command makes
    of the notebooks that are recorded for it.
    """
    out = real.out
    for form in ("canvas", "moodle", "json"):
        export(out, form, columns={})
    for student, outcome in real.place.outcomes("lab99").items():
        told = results_of(outcome.marked, "visible", "")
        (out / "gradescope" / student).mkdir(parents=True)
        (out / "gradescope" / student / "results.json").write_text(json.dumps(told, indent=1), encoding="utf-8")
    command = [sys.executable, "-m", "nbgrader", "generate_feedback", "lab99"]
    subprocess.run(command, cwd=out, env={**os.environ, "JUPYTER_CONFIG_DIR": str(out / "none")}, check=True)
    wanted = ("feedback/**/*", "gradescope/*/*", "nbgrader_feedback/**/*.html", "*.csv", "exports/*")
    paths = [path for pattern in wanted for path in out.glob(pattern) if path.is_file()]
    found = {path: path.read_text(encoding="utf-8") for path in paths}
    for path in out.glob("autograded/*/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        found[path] = json.dumps([cell.get("outputs", "") for cell in notebook.cells] + [notebook.metadata])
    return found


def leaks(text, hidden):
    """The hidden literals in a text, as it is written or unescaped."""
    plain = Page(text).text if text.startswith("<!DOCTYPE") else html.unescape(text)
    return {literal for group in hidden.values() for literal in group if literal in text or literal in plain}


def test_no_output_for_students_holds_a_hidden_literal(real, lab, seen):
    hidden = literals(lab, real.expected)
    assert {kind: len(found) >= 7 for kind, found in hidden.items()} == {"line": True, "name": True, "value": True}
    kinds = Counter(path.relative_to(real.out).parts[0] for path in seen)
    students = len(list(real.out.glob("submitted/*")))
    each = dict.fromkeys(("feedback", "autograded", "gradescope", "nbgrader_feedback"), students)
    assert kinds == {**each, "exports": 3, "grades.csv": 1, "missing.csv": 1}
    assert (real.out / "exports" / "moodle-lab99.csv").read_text(encoding="utf-8").count("Participant") == students
    assert {str(path): leaks(text, hidden) for path, text in seen.items() if leaks(text, hidden)} == {}


def test_the_search_finds_what_the_staff_are_shown(real, lab):
    hidden = literals(lab, real.expected)
    report = (real.out / "report.html").read_text(encoding="utf-8")
    assert hidden["name"] - {"keeps_the_highest"} <= leaks(report, hidden)


def test_the_first_wrong_value_beside_the_right_one_is_for_the_staff_alone(real, lab, seen):
    hidden = {"value": literals(lab, real.expected)["value"]}
    told = {who: "\n".join(explain(real.out, "lab99", who, answer.exercise)) for who, answer in real.wrong.items()}
    pairs = {who for who, text in told.items() if re.search(r"differ.*; the first.*: .+ instead of .+", text)}
    assert len(pairs) >= 3
    assert any(leaks(told[who], hidden) for who in pairs)
    for who in pairs:
        pages = [text for path, text in seen.items() if who in path.parts]
        assert len(pages) == 4
        assert not any("the first" in text and "instead of" in text for text in pages)
        [staff] = real.out.glob(f"private/report/{who}/**/*.html")
        assert "the first" in staff.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["line", "name", "value"])
def test_a_leak_of_any_kind_is_found(real, lab, kind):
    hidden = literals(lab, real.expected)
    literal = sorted(hidden[kind])[0]
    assert literal in leaks(f"<!DOCTYPE html><p>{html.escape(literal)}</p>", hidden)


def test_an_answer_that_raises_what_it_sees_tells_the_staff_and_not_its_student(real):
    results = json.loads((real.out / "results" / "lab99.json").read_text(encoding="utf-8"))["submissions"]
    leak = next(each for each in results if each["student"] == "leak")
    details = [case["detail"] for case in leak["exercises"][0]["cases"]]
    assert all(detail.startswith("ValueError: ") for detail in details)
    page = Page((real.out / "feedback/leak/lab99/lab99.html").read_text(encoding="utf-8")).text
    assert "raises an error" in page
    assert not any(word in page for detail in details for word in detail.split()[1:] if len(word) > 12)

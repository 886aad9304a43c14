"""The pages: self-contained, accessible, harmless whatever students wrote, and complete."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from autograder.grade import feedback
from autograder.grade.outcome import Delivery
from autograder.grade.place import Place
from autograder.grade.policy import Lateness
from autograder.grade.tables import FORMULA
from autograder.intake.roster import Person
from autograder.report import html, report
from autograder.report.gather import gather
from autograder.report.write import class_page
from axe import axe_script, chromium, violations
from structure import Page, contrasts, faults

GOOD = html.document("t", f'<h1 id="a">t</h1>{html.table("c", ["A", "#B"], [["1", "2"]])}<a href="#a">up</a>')


def pages(out):
    return [out / "report.html", *sorted(out.glob("feedback/*/*/*.html")), *sorted(out.glob("private/report/*/*.html"))]


def test_every_page_is_whole_accessible_and_its_links_lead_somewhere(out):
    assert len(pages(out)) == 1 + 5 + 4
    assert {path.name: faults(path.read_text(encoding="utf-8"), path) for path in pages(out)} == {
        "report.html": [],
        "lab99.html": [],
    }


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('lang="en"', ""), "no language"),
        (("<h1", "<h2"), "0 <h1>"),
        (("</table>", ""), "</div> closes nothing"),
        (("<caption>c</caption>", ""), "a table without a caption"),
        (('scope="row"', ""), "a header cell without scope"),
        (('aria-label="c"', ""), "<div> has no name"),
        (('tabindex="0"', 'tabindex="3"'), "<div> changes the order of the keyboard"),
        (("</h1>", '</h1><p id="a"></p>'), "two elements with id 'a'"),
        (("</h1>", "</h1><script></script>"), "<script>"),
        (("</h1>", '</h1><p onclick="x"></p>'), "onclick="),
        (('href="#a"', 'href="//elsewhere.example/a"'), "a link to //elsewhere.example/a"),
        (('href="#a"', 'href="#b"'), "a link to #b, which has no such place"),
        (('href="#a"', 'href="b.html"'), "a link to b.html, which is not there"),
        (("</h1>", "</h1><h4></h4>"), "h4 follows h1"),
        (("</h1>", '</h1><nav aria-label="a"></nav><nav aria-label="a"></nav>'), "two nav named 'a'"),
    ],
)
def test_a_fault_of_a_page_is_found(tmp_path, change, fault):
    path = tmp_path / "page.html"
    path.write_text(GOOD, encoding="utf-8")
    assert faults(GOOD, path) == []
    assert change[0] in GOOD
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    assert fault in faults(GOOD.replace(*change), path)


@pytest.mark.parametrize("style", [html.STYLE, feedback.STYLE], ids=["report", "feedback"])
def test_every_color_of_text_can_be_read_by_day_and_by_night(style):
    found = contrasts(style)
    assert len(found) == 24
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}


def test_contrast_is_that_of_the_web_guidelines():
    assert contrasts(html.STYLE.replace("#1c2330", "#000"))["0 ink on page"] == pytest.approx(21)
    grey = contrasts(html.STYLE.replace("#1c2330", "#767676"))["0 ink on page"]
    assert grey == pytest.approx(4.54, abs=0.01)


def test_axe_finds_no_violation_by_day_or_night(out):
    if chromium() is None:
        pytest.skip("no Chromium on this machine")
    if axe_script() is None:
        pytest.skip("no axe-core: name its axe.min.js with AXE_JS, or install axe-core-python")
    assert violations("<html><body><img src=x><p>t</p></body></html>".replace("<body>", "<head></head><body>"))
    feedback_page = next(out.glob("feedback/bob/*/*.html"))
    own_page = next(out.glob("private/report/bob/*.html"))
    for path in (out / "report.html", feedback_page, own_page):
        for dark in (False, True):
            assert violations(path.read_text(encoding="utf-8"), dark=dark) == []


def test_what_students_wrote_is_shown_and_not_obeyed(out):
    for path in pages(out):
        content = path.read_text(encoding="utf-8")
        assert "\u202e" not in content
        assert "<script" not in content
        assert "onerror=alert(1)>" not in content
    own = Page(next(out.glob("private/report/ana/*.html")).read_text(encoding="utf-8"))
    assert "</td><script>alert(1)</script><img src=x onerror=alert(1)>'\"&\\u202egnp" in own.text


def test_no_cell_of_a_table_file_is_a_formula(out):
    rows = list(csv.reader((out / "grades.csv").read_text(encoding="utf-8").splitlines()))
    assert any(row[0].startswith("'=1+1 <b>") for row in rows)
    assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)]


def test_a_page_asks_for_nothing_from_elsewhere(out):
    for path in pages(out):
        content = path.read_text(encoding="utf-8")
        assert "default-src 'none'" in content
        assert not {"url(", "@import", "src="} & set(content.split("<main>")[0].split())
        assert "http" not in content.replace("http-equiv", "")


def test_the_report_is_rebuilt_from_what_is_recorded_to_the_same_bytes(out):
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in pages(out)}
    (out / "report.html").write_text("old", encoding="utf-8")
    assert report(out) == out / "report.html"
    after = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in pages(out)}
    assert {p: b for p, (b, _) in after.items()} == {p: b for p, (b, _) in before.items()}
    changed = [path.name for path in before if before[path] != after[path]]
    assert changed == ["report.html"]


def test_a_folder_without_grades_is_refused_and_not_touched(tmp_path):
    with pytest.raises(ValueError, match="holds no results; grade a lab first"):
        report(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_notebooks_with_verdicts_stand_where_only_the_grader_reads(out):
    assert (out / "private").stat().st_mode & 0o077 == 0


def test_the_report_says_what_became_of_the_class(out):
    text = Page((out / "report.html").read_text(encoding="utf-8")).text
    for said in (
        "1 lab, 5 students",
        "5 submissions: 4 graded, 1 invalid",
        "90 to 100 1",
        "empty_lab99.ipynb: is empty",
        "notes.csv is not a submission",
        "restored one cell was <b>edited</b>",
        "though so few submissions say little",
    ):
        assert said in text, said


def test_each_answer_stands_beside_its_verdict(out):
    text = Page(next(out.glob("private/report/bob/*.html")).read_text(encoding="utf-8")).text
    answer, verdict = text.index("def top_mask"), text.index("Hidden cases of 99.2")
    assert text.index("99.2 Keep the highest: 15 of 30") < answer < verdict < text.index("99.3 A running mean")
    assert "expected [0.123456] at 0x..., not None" in text


def test_several_labs_have_one_table_of_all_scores(out):
    lab = gather(Place(out))[0]
    other = replace(lab, name="lab98", title="Lab 98", outcomes={who: lab.outcomes[who] for who in ("ana", "empty")})
    page = class_page([other, lab])
    assert faults(page) == []
    assert "Scores of all labs Student lab98 lab99" in Page(page).text
    assert "ana 100 100 bob 45" in Page(page).text


def test_late_and_missing_work_is_shown(out):
    lab = gather(Place(out))[0]
    late = replace(lab.outcomes["bob"], delivery=Delivery(name="Bob </td>"))
    lab = replace(
        lab,
        outcomes={**lab.outcomes, "bob": late},
        lateness={"bob": Lateness(10.0, "late by 2 h: 10 % off")},
        missing=(Person("dan", "Dan Ek", "dan@example.org"),),
    )
    page = Page(class_page([lab]))
    assert "bob Bob </td> 40.5 graded feedback answers late by 2 h: 10 % off of 45" in page.text
    assert "nothing was handed in Student Name Email dan Dan Ek dan@example.org" in page.text
    assert page.broken == []


def test_a_damaged_notebook_is_named(make_class):
    out = make_class({"ana": "1 1 1"})
    path = out / "autograded/ana/lab99/lab99_tiny.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"ana/lab99/lab99_tiny.ipynb: is damaged .* --force"):
        report(out)


def test_control_characters_are_shown_as_their_code():
    assert html.text("a\u202eb\x1b\u200b\n<") == "a\\u202eb\\u001b\\u200b\n&lt;"


def test_a_file_name_in_a_link_is_quoted_once_more():
    link = html.link("w", "a b", "Zo%C3%AB?.html", anchor="ex-3.1")
    assert link == '<a href="a%20b/Zo%25C3%25AB%3F.html#ex-3.1">w</a>'

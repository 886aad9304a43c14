"""The web pages of the course: what they hold, what they must not, and whether everybody can read them."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import axe
import nbformat
import pytest
from autograder.author.inline import BEGIN
from autograder.author.marks import SourceError
from autograder.course import find_course
from autograder.lab import load_lab
from autograder.site.write import write_site

COURSE = find_course(Path(__file__))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site") / "pages"
    write_site(COURSE, out)
    return out


class Page(HTMLParser):
    """The links, pictures and scripts of a page, and the ids that links may point to."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links, self.pictures, self.scripts, self.ids = [], [], [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids.add(found.get("id"))
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag == "img":
            self.pictures.append(found.get("alt"))
        if tag == "script":
            self.scripts.append(found.get("src"))


def test_each_lab_the_index_the_techniques_and_the_glossary_have_a_page(site):
    labs = {COURSE.release(lab).stem + ending for lab in COURSE.lab_names() for ending in (".html", ".ipynb")}
    assert {path.name for path in site.iterdir()} == labs | {"index.html", "techniques.html", "glossary.html"}
    assert "<td>sparsity, density</td>" in (site / "glossary.html").read_text(encoding="utf-8")


def test_links_between_pages_lead_somewhere(site):
    for path in site.glob("*.html"):
        inside = [link for link in Page(path).links if not link.startswith(("http:", "https:", "#", "mailto:"))]
        assert inside
        assert [link for link in inside if not (site / link).is_file()] == []


def test_every_picture_keeps_its_alternative_text(site):
    pictures = [alt for path in site.glob("lab*.html") for alt in Page(path).pictures]
    assert pictures
    assert all(alt and "No description" not in alt for alt in pictures)


def test_no_page_runs_a_script_but_mathjax(site):
    for path in site.glob("*.html"):
        sources = [source for source in Page(path).scripts if source]
        assert all("mathjax" in source for source in sources)


def test_solutions_and_hidden_tests_are_not_in_it(site):
    text = "\n".join(path.read_text(encoding="utf-8") for path in site.iterdir())
    plain = re.sub(r"<[^>]+>", "", text)
    assert BEGIN not in text
    for lab in COURSE.lab_names():
        known = load_lab(COURSE, lab)
        assert [case.name for case in known.hidden.cases if case.hint in plain] == []
        assert [case.name for case in known.hidden.cases if case.code in plain] == []
        for cell in nbformat.read(known.solution, as_version=4).cells:
            if BEGIN in cell.source:
                body = cell.source.split(BEGIN)[1].split("### END")[0].strip()
                assert body not in plain


def test_a_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match="is not empty"):
        write_site(COURSE, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_lab_that_holds_a_solution_is_refused(tmp_path):
    minicourse = Path(__file__).resolve().parents[1] / "minicourse"
    course = type(COURSE)(Path(shutil.copytree(minicourse, tmp_path / "course")))
    shutil.copy(course.solution("lab99"), course.release("lab99"))
    with pytest.raises(SourceError, match="holds a marked solution"):
        write_site(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(axe.chromium() is None or axe.axe_script() is None, reason="needs Chromium and axe-core")
def test_axe_finds_no_violation_on_any_page(site):
    found = {}
    for path in sorted(site.glob("*.html")):
        page = re.sub(r'<script src="https[^>]*></script>', "", path.read_text(encoding="utf-8"))
        found[path.name] = axe.violations(page)
    assert {name: rules for name, rules in found.items() if rules} == {}

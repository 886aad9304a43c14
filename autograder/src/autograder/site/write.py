"""Write the course as static pages for a web server such as GitHub Pages: labs, index, techniques, glossary.

The pages are made of what students get anyway; solutions, hidden tests and wrong answers are not read.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from html import escape
from pathlib import Path

import nbformat
from jinja2 import FileSystemLoader
from nbconvert import HTMLExporter
from nbconvert.filters import markdown2html

from autograder.author.colab import badge_url
from autograder.author.index import index_path
from autograder.author.marks import SourceError
from autograder.author.release import refuse_solution, refuse_used
from autograder.author.techniques import techniques_path
from autograder.course import Course

HERE = Path(__file__).parent
PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>{style}</style></head>
<body>
<nav aria-label="Course"><a href="index.html">All labs</a> <a href="techniques.html">Techniques</a> \
<a href="glossary.html">Glossary</a></nav>
<main class="page">
{body}
</main></body></html>
"""
GLOSSARY = re.compile(r"^## One name for one thing\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
MARKDOWN_PAGES = {"TECHNIQUES.md": "techniques.html", "README.md": "index.html"}


def write_site(course: Course, out_dir: Path) -> list[Path]:
    """Write the pages into a new or empty folder; return them relative to it, sorted.

    Raises: SourceError if the folder holds something, a lab has not been built, or a solution would get out
    """
    refuse_used(out_dir)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".site-", dir=out_dir.parent) as part:
        for lab in course.lab_names():
            _write_lab(course, lab, Path(part))
        for name, text in _pages(course).items():
            Path(part, name).write_text(text, encoding="utf-8")
        shutil.copytree(part, out_dir, dirs_exist_ok=True)
    return sorted(path.relative_to(out_dir) for path in out_dir.rglob("*") if path.is_file())


def _write_lab(course: Course, lab: str, folder: Path) -> None:
    path = course.release(lab)
    if not path.exists():
        raise SourceError(f"{path.name} has not been built: run 'autograder build {lab}'")
    refuse_solution(path)
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["title"] = notebook.metadata.effdl.title
    about = {"site_style": _style(), "site_notebook": path.name, "site_colab": badge_url(course, path.stem)}
    page, _ = _exporter().from_notebook_node(notebook, resources=about)
    (folder / f"{path.stem}.html").write_text(_linked(page), encoding="utf-8")
    shutil.copy(path, folder / path.name)


def _exporter() -> HTMLExporter:
    return HTMLExporter(extra_loaders=[FileSystemLoader(HERE)], template_file="lab.html.j2", sanitize_html=False)


def _style() -> str:
    return (HERE / "style.css").read_text(encoding="utf-8")


def _pages(course: Course) -> dict[str, str]:
    """The pages that are not labs, by file name."""
    texts = {"index.html": index_path(course).read_text(encoding="utf-8")}
    if techniques_path(course).exists():
        texts["techniques.html"] = techniques_path(course).read_text(encoding="utf-8")
    texts["glossary.html"] = _glossary(course)
    return {name: _page(text) for name, text in texts.items()}


def _glossary(course: Course) -> str:
    """The table of names that `shared/README.md` keeps; empty where a course has none."""
    path = course.package.parents[1] / "README.md"
    found = GLOSSARY.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return "# Glossary: one name for one thing\n" + (found[1] if found else "")


def _page(text: str) -> str:
    title = next((line[2:] for line in text.splitlines() if line.startswith("# ")), "Labs")
    body = markdown2html(text).replace("<table>", '<div class="scroll" tabindex="0"><table>')
    body = body.replace("</table>", "</table></div>")
    return PAGE.format(title=escape(title), style=_style(), body=_linked(body))


def _linked(page: str) -> str:
    """Links to notebooks and markdown files of the checkout as links to their pages."""
    page = re.sub(r'href="(lab\d\d_\w+)\.ipynb"(?!>Notebook)', r'href="\1.html"', page)
    for name, target in MARKDOWN_PAGES.items():
        page = page.replace(f'href="{name}"', f'href="{target}"')
    return page

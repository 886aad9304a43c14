"""Rules on size and pictures: how long a lab and its cells are, and what a reader without eyes or kernel gets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbformat.notebooknode import NotebookNode

from autograder.author import colab
from autograder.author.marks import LabCell
from autograder.author.rules.draft import Draft, Problem
from autograder.author.rules.lines import code_lines

CELLS = (45, 70)
EXERCISES = (4, 8)
WORDS = (1200, 2500)
CODE_CAP, TEXT_CAP = 30, 120
AIMS = {"setup": 10, "demo": 8, "figure": 6, "widget": 6}
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(")
ALT = re.compile(r"""\balt\s*=\s*(?:"\s*[^"\s][^"]*"|'\s*[^'\s][^']*')""", re.IGNORECASE)


def lab_has_its_size(draft: Draft) -> Iterator[Problem]:
    """45 to 70 cells beside those that every lab has, for Colab and for handing in; 4 to 8 exercises."""
    for count, (low, high), what in (
        (len(draft.source.own_cells) - 1, CELLS, "cells"),
        (len(draft.source.exercises), EXERCISES, "exercises"),
    ):
        if not low <= count <= high:
            yield draft.problem("", f"has {count} {what}", f"make it {low} to {high}")


def code_cells_are_short(draft: Draft) -> Iterator[Problem]:
    """At most 30 lines of code in a cell of the lab, docstrings not counted."""
    for cell, built in zip(draft.source.cells, draft.release.cells, strict=True):
        lines = code_lines(built.source) if cell.kind == "code" else 0
        if lines > CODE_CAP:
            yield draft.problem(
                cell, f"has {lines} lines of code", f"move plumbing to the package; {CODE_CAP} are allowed"
            )


def title_names_the_lab(draft: Draft) -> Iterator[Problem]:
    """The first cell is a heading with the lab's number, a question and the Colab badge of this very lab."""
    first = draft.source.cells[0]
    number = int(draft.source.name[3:])
    if first.kind != "markdown" or not re.match(rf"# .*\b0?{number}\b", first.source):
        yield draft.problem(first, "is no title", f"begin with '# Lab {number} - ...'")
    badge = colab.badge_url(draft.course, draft.source.stem)
    if badge not in first.source:
        yield draft.problem(first, "has no Colab badge of this lab", f"link {badge}")


def colab_cell_comes_first(draft: Draft) -> Iterator[Problem]:
    """The first code cell is the one that prepares Colab, the same in each lab."""
    cell = next(cell for cell in draft.source.cells if cell.kind == "code")
    wanted = colab.first_cell(draft.course, draft.source.name)
    if cell.source.strip() != wanted or cell.role != "setup":
        yield draft.problem(cell, "is not the cell that prepares Colab", f'mark it role="setup" and write\n{wanted}')


def pictures_have_alt_text(draft: Draft) -> Iterator[Problem]:
    """Every picture says in words what it shows."""
    for cell, built in zip(draft.source.cells, draft.solution.cells, strict=True):
        if cell.kind == "markdown":
            yield from _markdown_images(draft, cell)
        for output in built.get("outputs", ()):
            if not _has_alt(output):
                mend = "show it with metadata {'image/png': {'alt': ...}}, or as <img alt=...>"
                yield draft.problem(cell, "shows a picture without alt text", mend)


def nothing_stands_on_stderr(draft: Draft) -> Iterator[Problem]:
    """A solution runs without warnings; progress bars leave nothing behind."""
    for cell, built in zip(draft.source.cells, draft.solution.cells, strict=True):
        for output in built.get("outputs", ()):
            if output.get("name") == "stderr":
                first = next(iter(output.text.strip().splitlines()), "")[:60]
                yield draft.problem(cell, f"writes to standard error ({first!r})", "mend what warns, turn progress off")


def figures_show_a_picture(draft: Draft) -> Iterator[Problem]:
    """What has been executed as a figure or a widget left a picture behind."""
    for cell, built in zip(draft.source.cells, draft.solution.cells, strict=True):
        if cell.role in ("figure", "widget") and built.execution_count and not any(map(_pictures, built.outputs)):
            yield draft.problem(cell, f"is a {cell.role} and shows no picture", "draw the static figure in this cell")


def texts_are_short(draft: Draft) -> Iterator[Problem]:
    """A text cell has 120 words at most, folded hints not counted; the lab 1,200 to 2,500."""
    total = 0
    for cell in draft.source.own_cells:
        if cell.kind != "markdown":
            continue
        total += len(_words(cell.source))
        shown = len(_words(re.sub(r"<details>.*?</details>", " ", cell.source, flags=re.DOTALL)))
        if shown > TEXT_CAP:
            yield draft.problem(cell, f"has {shown} words", f"{TEXT_CAP} are a reader's breath: split or cut it")
    low, high = WORDS
    if not low <= total <= high:
        yield draft.problem("", f"has {total} words", f"make it {low} to {high}")


def cells_meet_their_aim(draft: Draft) -> Iterator[Problem]:
    """Set-up has 10 lines, a demonstration 8, a figure 6; three code cells in a row need a text between them."""
    row = 0
    for cell in draft.source.cells:
        row = 0 if cell.kind == "markdown" else row + 1
        aim = AIMS.get(cell.role)
        lines = code_lines(cell.source) if aim else 0
        if aim and lines > aim:
            yield draft.problem(cell, f"has {lines} lines", f"{aim} are the aim for this role")
        if row > 2:
            yield draft.problem(cell, "is the third code cell in a row", "say something between them")


def _markdown_images(draft: Draft, cell: LabCell) -> Iterator[Problem]:
    bare = [alt for alt in MARKDOWN_IMAGE.findall(cell.source) if not alt.strip()]
    bare += [tag for tag in HTML_IMAGE.findall(cell.source) if not ALT.search(tag)]
    if bare:
        yield draft.problem(cell, "shows a picture without alt text", "write ![what it shows](...)")


def _pictures(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return any(kind.startswith("image/") for kind in data) or bool(
        HTML_IMAGE.search("".join(data.get("text/html", "")))
    )


def _has_alt(output: NotebookNode) -> bool:
    data, metadata = output.get("data", {}), output.get("metadata", {})
    tags = HTML_IMAGE.findall("".join(data.get("text/html", "")))
    if any(not ALT.search(tag) for tag in tags):
        return False
    kinds = [kind for kind in data if kind.startswith("image/")]
    return bool(tags) or all(_alt_of(metadata, kind) for kind in kinds)


def _alt_of(metadata: NotebookNode, kind: str) -> str:
    """The alt text of one picture: under its own type, or for the whole output."""
    own = metadata.get(kind, {})
    return str((own.get("alt", "") if isinstance(own, dict) else "") or metadata.get("alt", "")).strip()


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_][\w'-]*", re.sub(r"<[^>]+>|\]\([^)]*\)|\$[^$]*\$", " ", text))

"""From a lab's source to its notebooks: `build` writes them, `drift` compares those on disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.author import index, index_notebook, lint, slips, techniques
from autograder.author.closing import has_student
from autograder.author.execute import keep_outputs, run_notebook, show_pictures
from autograder.author.marks import SourceError, read_lab
from autograder.author.notebooks import assemble
from autograder.author.roundtrip import returns
from autograder.course import Course


def build(
    course: Course, lab: str, execute: bool = True, *, say: Callable[[str], None] = lambda line: None
) -> list[Path]:
    """Write a lab's solution notebook, the lab that students get, the slips its checks know and the course index.

    Without `execute` the solution keeps the outputs of those cells that have not changed. `say` takes lines of news.

    Raises: UnknownLab; SourceError if the source breaks a rule, does not run, or would overwrite somebody's work
    """
    source = read_lab(course, lab)
    _refuse_foreign(course.release(lab))
    _refuse_broken(course, lab)
    solution, release = assemble(course, source)
    if execute:
        cpu_s = run_notebook(course, solution)
        say(f"{lab}: the solution ran in {cpu_s:.0f} CPU-seconds")
    else:
        keep_outputs(read_notebook(course.solution(lab)), solution)
    show_pictures(solution, release)
    texts = {course.solution(lab): to_text(solution), course.release(lab): to_text(release)}
    known_slips = slips.slips_text(course, source, say)
    if known_slips is not None:
        texts[slips.slips_path(course, lab)] = known_slips
    texts |= _indexes(course)
    for path, text in texts.items():
        write_atomically(path, text)
    return list(texts)


def drift(course: Course, lab: str) -> list[str]:
    """What of a lab on disk is not what a build would write, one line each; outputs of executed cells are not compared.

    Raises: UnknownLab; SourceError
    """
    source = read_lab(course, lab)
    solution, release = assemble(course, source)
    on_disk = {path: read_notebook(path) for path in (course.solution(lab), course.release(lab))}
    keep_outputs(on_disk[course.solution(lab)], solution)
    show_pictures(solution, release)
    found: list[str] = []
    for path, built in zip(on_disk, (solution, release), strict=True):
        found += _differences(path, on_disk[path], built)
    found += [
        f"{course.solution(lab).name}: cell {number} was not executed"
        for number, cell in enumerate(solution.cells, start=1)
        if cell.cell_type == "code" and cell.execution_count is None
    ]
    if not found:
        found += returns(source, on_disk[course.solution(lab)])
    return [f"{line}: run 'autograder build {lab}'" for line in found]


def shared_drift(course: Course) -> list[str]:
    """What of the files that labs share, index and slips, is not what a build would write."""
    found = [
        f"{path.parent.name}/{path.name} is not what the sources say: run 'autograder build --indexes'"
        for path, text in _indexes(course).items()
        if _text_of(path) != text
    ]
    for lab in course.lab_names():
        known = slips.slips_text(course, read_lab(course, lab))
        if known is not None and _text_of(slips.slips_path(course, lab)) != known:
            name = slips.slips_path(course, lab).name
            found.append(f"{name} is not what the wrong answers of {lab} say: run 'autograder build {lab}'")
    return found + techniques.techniques_problems(course)


def _indexes(course: Course) -> dict[Path, str]:
    """The pages and the notebook that list all labs, and the page of all techniques."""
    pages = {index.index_path(course): index.index_text(course)}
    if has_student(course):
        pages[index_notebook.notebook_path(course)] = to_text(index_notebook.notebook(course))
    if techniques.read_techniques(course):
        pages[techniques.techniques_path(course)] = techniques.techniques_text(course)
    return pages


def build_indexes(course: Course) -> list[Path]:
    """Write the pages that list all labs and all techniques.

    Raises: SourceError if a lab source cannot be read
    """
    pages = _indexes(course)
    for path, text in pages.items():
        write_atomically(path, text)
    return list(pages)


def to_text(notebook: NotebookNode) -> str:
    """The one spelling of a notebook: keys sorted, a newline at the end."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def read_notebook(path: Path) -> NotebookNode | None:
    """The notebook at `path`, None if there is none."""
    return nbformat.read(path, as_version=4) if path.exists() else None


def write_atomically(path: Path, text: str) -> None:
    """Write all of `text` or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _refuse_foreign(path: Path) -> None:
    """A lab that no build has written is somebody's work."""
    try:
        found = read_notebook(path)
    except (ValueError, OSError) as problem:
        raise SourceError(f"{path.name} cannot be read as a notebook: move it away, then build again") from problem
    if found is not None and not found.metadata.get("effdl", {}).get("version"):
        raise SourceError(f"{path.name} was not written by a build: move it away, then build again")


def _refuse_broken(course: Course, lab: str) -> None:
    problems = lint.lint(course, lab, lint.STOPS_A_BUILD)
    if problems:
        raise SourceError("\n".join(str(problem) for problem in problems))


def _differences(path: Path, found: NotebookNode | None, built: NotebookNode) -> list[str]:
    if found is None:
        return [f"{path.name} has not been built"]
    if to_text(found) == path.read_text(encoding="utf-8") == to_text(built):
        return []
    changed = [
        f"{path.name}: cell {number} is not what the source says"
        for number, (old, new) in enumerate(zip(found.cells, built.cells, strict=False), start=1)
        if old != new
    ]
    if len(found.cells) != len(built.cells):
        changed.insert(0, f"{path.name} has {len(found.cells)} cells, the source {len(built.cells)}")
    return changed[:3] or [f"{path.name}: its metadata or spelling is not what a build writes"]


def _text_of(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None

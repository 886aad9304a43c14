"""What several verbs need: the labs that are meant, a bar, the class report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import Course

if TYPE_CHECKING:
    from autograder.prove.seed import KnownAnswers


def labs_named(course: Course, name: str | None) -> list[str]:
    """The lab that was named, or all; an unknown name is an error that lists the known ones."""
    if name is None:
        return course.lab_names()
    course.source(name)
    return [name]


def progress_bar(label: str) -> Callable[[int, int], None]:
    """A bar with rate and time left on a terminal; silent where standard error is a file."""
    bars: list[Any] = []

    def show(done: int, total: int) -> None:
        if not bars:
            from tqdm import tqdm

            # the rate leaves out the start: it is counted from the first that is done
            bars.append(tqdm(desc=label, initial=done, total=total, unit=" notebooks", disable=None, file=sys.stderr))
        bars[0].update(done - bars[0].n)
        if done == total:
            bars.pop().close()

    return show


def write_class_report(out: Path, known: KnownAnswers | None = None) -> None:
    """Write the class report; whatever goes wrong with it, the grades are recorded."""
    from autograder.grade.place import Place
    from autograder.lab import load_lab
    from autograder.report import report as write_report
    from autograder.report.slips import record_slips

    try:
        if known:
            record_slips(load_lab(known.course, known.name), Place(out.absolute()), known)
        print(f"report: {write_report(out)}")
    except Exception as problem:
        print(f"the grades are recorded, but not the report: {type(problem).__name__}: {problem}", file=sys.stderr)

"""The cells of the index notebook: begin a lab, see how far each one is."""

from __future__ import annotations

from effdl.student import progress, start
from effdl.student.lab_table import Table, show_table
from effdl.student.start import Refused

__all__ = ["begin_here", "overview_table", "show"]

HEAD = ("lab", "notebook", "written", "checks passed", "their points")


def begin_here(lab: str) -> str:
    """Copy a lab to `work/`; what to tell the student, whatever came of it."""
    try:
        path, is_new = start.copy_lab(lab, start.work_folder())
    except Refused as fault:
        return str(fault)
    done = "is your copy: open it from the file browser" if is_new else "is already there and stays as it is"
    return f"{path.name} {done}"


def show() -> None:
    """Display the table of all labs."""
    show_table(overview_table())


def overview_table() -> Table:
    """One row for each notebook of the student's, and for each lab of the course that is not begun."""
    labs = [progress.look(path) for path in start.notebooks(start.work_folder())]
    rows = progress.totals(labs)
    try:
        todo = sorted(start.released().keys() - {row[0] for row in rows})
    except Refused:
        todo = []
    rows += [(lab, f'not begun: begin("{lab}")', "", "", "") for lab in todo]
    below = [progress.NOT_FULL_MARKS, *(lab.fault for lab in labs if lab.fault)]
    return Table(HEAD, sorted(rows), " ".join(below))

"""The same submissions graded by `autograder grade` and by stock `nbgrader autograde`, in one run on one machine.

Stock nbgrader runs every cell, so it is timed twice: on the lab as it is (on a few submissions: each runs the lab's
experiments), and on a copy without experiment, widget, figure and demonstration cells, which is what our grader runs.
Its check cells hold the visible checks only, so it does less work than we do and isolates nothing. Ours is timed twice
as well: for a new assignment, whose seed is drawn and proven fair on the known answers, and for as many later hand-ins.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.lab import Lab, load_lab
from autograder.prove.classroom import partial
from autograder.prove.memory import watched
from autograder.prove.notebooks import about, handed_in, solved

KEPT_ROLES = ("setup", "exercise", "check")
STOCK_CONFIG = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.Execute.timeout = 900
c.Execute.allow_errors = True
"""


@dataclass(frozen=True)
class Timing:
    """Wall seconds of one grader on so many submissions, and the peak memory of all its processes."""

    grader: str
    submissions: int
    seconds: float
    peak_mib: float = 0.0

    @property
    def each(self) -> float:
        return self.seconds / self.submissions


def bench(
    course: Course, name: str, submissions: int, whole: int, say: Callable[[str], None], growth: Sequence[int] = ()
) -> list[Timing]:
    """Grade `submissions` notebooks four ways (`whole` of them on the unabridged lab) and tell the ratios.

    Then ours alone grades classes of the sizes in `growth`.
    """
    lab = load_lab(course, name)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        ours = [_ours(lab, root / "ours", submissions, later=later) for later in (False, True)]
        for timing in ours:
            say(_line(timing))
        breakdown = root / "ours" / "out" / "private" / f"{name}_timing.json"
        say(_shares(json.loads(breakdown.read_text(encoding="utf-8"))))
        stock = [
            _stock(lab, root / "same", submissions, abridged=True),
            _stock(lab, root / "whole", whole, abridged=False),
        ]
        for timing in stock:
            ratios = " and ".join(f"{timing.each / mine.each:.1f}" for mine in ours)
            say(f"{_line(timing)}   ratios {ratios}")
        larger = []
        for count in growth:
            larger.append(_ours(lab, root / f"growth{count}", count))
            say(f"{_line(larger[-1])}   ratio to {submissions} submissions {larger[-1].seconds / ours[0].seconds:.1f}")
    return [*ours, *stock, *larger]


def _line(timing: Timing) -> str:
    spent = f"{timing.seconds:7.1f} s {timing.each:7.2f} s each {timing.peak_mib:6.0f} MiB"
    return f"{timing.grader:<46} {timing.submissions:>4} submissions {spent}"


def _shares(seconds: dict[str, float]) -> str:
    total = sum(seconds.values()) or 1.0
    return "  of the work: " + ", ".join(f"{stage} {100 * s / total:.0f} %" for stage, s in seconds.items())


def _class(lab: Lab, folder: Path, count: int, *, first: int = 0, abridged: bool = False) -> None:
    """`count` submissions: solved, half solved and blank in turn, each with a cell of its own."""
    makers = (solved, partial, lambda lab: handed_in(lab, {}), solved)
    for i in range(first, first + count):
        notebook = makers[i % len(makers)](lab)
        notebook.cells.append(nbformat.v4.new_code_cell(f"print('student {i}')"))
        path = folder / f"student{i:03d}" / lab.name / f"{lab.stem}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(_abridge(notebook) if abridged else notebook, path)


def _abridge(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook.cells = [
        c for c in notebook.cells if c.cell_type == "code" and about(c).get("role", "setup") in KEPT_ROLES
    ]
    return notebook


def _ours(lab: Lab, root: Path, count: int, *, later: bool = False) -> Timing:
    """Grade a class: of a new assignment, whose seed is drawn and proven first, or as many `later` hand-ins to it."""
    submitted = root / ("later" if later else "submitted")
    _class(lab, submitted, count, first=count if later else 0)
    command = [
        sys.executable,
        "-m",
        "autograder",
        "grade",
        lab.name,
        str(submitted),
        "--out",
        str(root / "out"),
    ]
    seconds, peak_mib = _timed(command, root)
    rows = (root / "out" / "grades.csv").read_text(encoding="utf-8").count(",graded,")
    if rows != count * (1 + later):
        raise RuntimeError(f"autograder grade recorded {rows} of {count * (1 + later)} submissions")
    return Timing(
        f"autograder grade, {'later hand-ins' if later else 'new assignment'}, sandboxed", count, seconds, peak_mib
    )


def _stock(lab: Lab, root: Path, count: int, *, abridged: bool) -> Timing:
    _class(lab, root / "submitted", count, abridged=abridged)
    source = root / "source" / lab.name / f"{lab.stem}.ipynb"
    source.parent.mkdir(parents=True)
    notebook = nbformat.read(lab.solution, as_version=4)
    nbformat.write(_abridge(notebook) if abridged else notebook, source)
    (root / "nbgrader_config.py").write_text(STOCK_CONFIG, encoding="utf-8")
    _timed([sys.executable, "-m", "nbgrader", "generate_assignment", lab.name], root)
    seconds, peak_mib = _timed([sys.executable, "-m", "nbgrader", "autograde", lab.name], root)
    done = len(list((root / "autograded").glob(f"*/{lab.name}/*.ipynb")))
    if done != count:
        raise RuntimeError(f"nbgrader autograde finished {done} of {count} submissions")
    what = "same cells" if abridged else "the whole lab"
    return Timing(f"nbgrader autograde, {what}, no sandbox", count, seconds, peak_mib)


def _timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of a command, one thread per process; its output is shown only if it fails."""
    binaries = str(Path(sys.executable).parent)
    env = {**os.environ, "OMP_NUM_THREADS": "1", "PATH": os.pathsep.join([binaries, os.environ["PATH"]])}
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+", errors="replace") as told:
        with subprocess.Popen(command, cwd=folder, env=env, stdout=told, stderr=told) as process:
            with watched(process) as peak:
                process.wait()
            seconds = time.perf_counter() - start
        if process.returncode:
            told.seek(0)
            raise RuntimeError(f"{' '.join(command[1:4])} failed:\n{told.read()[-4000:]}")
    return seconds, peak.mib

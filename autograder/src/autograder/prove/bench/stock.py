"""Stock nbgrader as a contestant: `nbgrader autograde`, one submission after the other, without isolation.

Its hidden tests are the lab's hidden cases beside the solution's values, in the student's kernel; partial credit is the
cell's last value. "the same cells" are the set-up, the answers, the student's own cells and the hidden cases, which is
what our grader runs; "the whole lab" is every cell, experiments and visible checks too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.bench.embedded import NAME, abridged, with_cases
from autograder.prove.bench.measure import Tally
from autograder.prove.bench.mixture import Pupil

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "bench"
c.Execute.timeout = 900
c.Execute.allow_errors = True
"""
NBGRADER = (sys.executable, "-m", "nbgrader")


class Stock:
    """A course directory of stock nbgrader, graded in as many parts as wanted."""

    def __init__(self, lab: Lab, root: Path, cases: str, *, whole: bool) -> None:
        self.lab, self.root, self.whole = lab, root, whole
        self.tally = Tally(f"nbgrader autograde, {'the whole lab' if whole else 'the same cells'}, no sandbox")
        source = root / "source" / lab.name
        source.mkdir(parents=True)
        notebook = self._cut(nbformat.read(lab.solution, as_version=4))
        nbformat.write(with_cases(notebook, alone=not whole), source / f"{lab.stem}.ipynb")
        (source / f"{NAME}.py").write_text(cases, encoding="utf-8")
        (root / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
        Tally("").run([*NBGRADER, "generate_assignment", lab.name], root, 0)

    def _cut(self, notebook: NotebookNode) -> NotebookNode:
        return notebook if self.whole else abridged(notebook, ("check",))

    def grade(self, pupils: Sequence[Pupil]) -> None:
        """Grade one more part of the class. A dead kernel leaves its submission ungraded."""
        for pupil in pupils:
            path = self.root / "submitted" / pupil.id / self.lab.name / f"{self.lab.stem}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(self._cut(nbformat.from_dict(pupil.notebook)), path)
        self.tally.run([*NBGRADER, "autograde", self.lab.name], self.root, len(pupils), may_fail=True)
        self.tally.scores |= self._scores([pupil.id for pupil in pupils])

    def _scores(self, students: Sequence[str]) -> dict[str, float | None]:
        from nbgrader.api import Gradebook, MissingEntry

        scores: dict[str, float | None] = {}
        with Gradebook(f"sqlite:///{self.root / 'gradebook.db'}") as book:
            for student in students:
                done = (self.root / "autograded" / student / self.lab.name / f"{self.lab.stem}.ipynb").exists()
                try:
                    scores[student] = book.find_submission(self.lab.name, student).score if done else None
                except MissingEntry:
                    scores[student] = None
        return scores

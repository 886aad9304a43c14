"""Our grader as a contestant: `autograder grade` on the notebooks as they are handed in."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder.course import Course
from autograder.lab import Lab
from autograder.prove.bench.measure import Tally
from autograder.prove.bench.mixture import Pupil


class Ours:
    """One output folder: the first class that it grades is a new assignment's, whose seed is drawn and proven."""

    def __init__(self, course: Course, lab: Lab, root: Path) -> None:
        self.course, self.lab, self.root, self.legs = course, lab, root, 0

    def grade(self, pupils: Sequence[Pupil], title: str) -> Tally:
        """Grade one more part of the class.

        Raises: RuntimeError if a submission was not graded
        """
        self.legs += 1
        folder = self.root / f"submitted{self.legs}"
        for pupil in pupils:
            path = folder / pupil.id / self.lab.name / f"{self.lab.stem}.ipynb"
            path.parent.mkdir(parents=True)
            nbformat.write(pupil.notebook, path)
        tally = Tally(title)
        command = [sys.executable, "-m", "autograder", "grade", self.lab.name, str(folder), "--out", str(self.out)]
        tally.run(command, self.course.root, len(pupils))
        with open(self.out / "grades.csv", encoding="utf-8", newline="") as file:
            found = {row["student_id"]: row["score"] for row in csv.DictReader(file)}
        tally.scores = {p.id: float(found[p.id]) if found.get(p.id) else None for p in pupils}
        if missing := [student for student, score in tally.scores.items() if score is None]:
            raise RuntimeError(f"autograder grade did not grade {', '.join(missing[:5])}")
        return tally

    @property
    def out(self) -> Path:
        return self.root / "out"

    def stages(self) -> dict[str, float]:
        """Where the time of the last leg went: seconds of all workers together, and of what they wait for."""
        path = self.out / "private" / f"{self.lab.name}_timing.json"
        return json.loads(path.read_text(encoding="utf-8"))

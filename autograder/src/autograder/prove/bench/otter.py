"""otter-grader as a contestant: the same cells as test files of its own format, in an autograder archive.

Its batch command grades in Docker containers, one a submission. Here the same code is called without them, through
`otter.api.grade_submission`: in as many processes as there are cores, which stay open, so that neither a container nor
an interpreter is started for each submission. That is faster than how otter is used, and isolates nothing.
"""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

import nbformat

from autograder.lab import Lab
from autograder.prove.bench.embedded import NAME, abridged, otter_test
from autograder.prove.bench.measure import Tally
from autograder.prove.bench.mixture import Pupil
from autograder.run.pool import cores

DRIVER = Path(__file__).with_name("with_otter.py")
WANTED = "7."


class Otter:
    """An assignment of otter-grader, graded by the Python of an environment that holds otter and the course."""

    def __init__(self, lab: Lab, root: Path, cases: str, python: Path) -> None:
        self.lab, self.root, self.python, self.legs = lab, root, python, 0
        self.tally = Tally(f"otter-grader {_version(python)}, the same cells, no sandbox")
        root.mkdir(parents=True)
        with zipfile.ZipFile(self.archive, "w") as file:
            file.writestr("otter_config.json", json.dumps({"lang": "python"}))
            file.writestr(f"files/{NAME}.py", cases)
            for exercise in lab.exercises:
                file.writestr(f"tests/{exercise.grade_id}.py", otter_test(lab, exercise))

    @property
    def archive(self) -> Path:
        return self.root / "autograder.zip"

    def grade(self, pupils: Sequence[Pupil]) -> None:
        """Grade one more part of the class; a dead kernel leaves its submission ungraded."""
        self.legs += 1
        folder, answer = self.root / f"submitted{self.legs}", self.root / f"scores{self.legs}.json"
        folder.mkdir()
        for pupil in pupils:
            nbformat.write(abridged(pupil.notebook, ()), folder / f"{pupil.id}.ipynb")
        command = [self.python, "-P", DRIVER, self.archive, folder, answer, cores()]
        self.tally.run([str(part) for part in command], self.root, len(pupils))
        self.tally.scores |= json.loads(answer.read_text(encoding="utf-8"))


def _version(python: Path) -> str:
    """The version of otter-grader that a Python has.

    Raises: ValueError if it has none, or another than is wanted
    """
    code = "import effdl, otter; print(otter.__version__)"
    try:
        found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as problem:
        told = (getattr(problem, "stderr", "") or str(problem)).strip().splitlines()[-1:]
        raise ValueError(f"--otter {python}: cannot import otter and effdl ({''.join(told)})") from None
    if not found.startswith(WANTED):
        raise ValueError(f"--otter {python}: has otter-grader {found}; install 'otter-grader==7.*' there")
    return found

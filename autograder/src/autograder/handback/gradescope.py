"""What runs inside Gradescope's container: the same intake, sandbox and comparison, for one submission.

`python -m autograder.handback.gradescope /autograder` reads `submission/` and `source/course/gradescope.json`, and
writes `results/results.json`. A notebook that cannot be graded gets 0 points and one line that says why, since its
author reads it at once and may hand in again. If the grader itself fails, or the container offers no isolation, no
results are written and the exit code is 1: Gradescope then reports a failure of the autograder instead of a score.

What this leaves out: due dates, attempts and manual grading, which are Gradescope's own.

Sources: gradescope-autograders.readthedocs.io, "Autograder Specifications" and "Submission Metadata".
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from autograder.course import Course
from autograder.grade.collect import collect
from autograder.grade.files import write_json
from autograder.grade.model import ExerciseResult, Marked
from autograder.grade.outcome import marked_from_json
from autograder.grade.words import VISIBLE_IS_NOT_ALL, lines
from autograder.lab import Lab, load_lab
from autograder.run.pool import Job, Pool, Setup
from autograder.sandbox.api import IsolationUnavailable

CONFIG = "gradescope.json"
MOST_FILES = 50


def main(arguments: list[str]) -> int:
    """Grade `submission/` below the folder that is named; returns the exit code."""
    root = Path(arguments[0] if arguments else "/autograder")
    try:
        results = grade_submission(root)
    except (ValueError, OSError, RuntimeError, IsolationUnavailable) as problem:
        print(f"the autograder failed, the submission is not graded: {problem}")
        return 1
    write_json(root / "results" / "results.json", results)
    return 0


def grade_submission(root: Path) -> dict[str, Any]:
    """Gradescope's results of the one submission below `root`.

    Raises: RuntimeError if the grader failed; IsolationUnavailable
    """
    began = time.monotonic()
    course = Course(root / "source" / "course")
    config = json.loads((course.root / CONFIG).read_text(encoding="utf-8"))
    lab = load_lab(course, config["lab"])
    with tempfile.TemporaryDirectory(prefix="submission-") as scratch:
        folder = _handed_in(root / "submission", Path(scratch) / "student")
        intake = collect(folder.parent, lab)
        if not intake.submissions:
            reasons = [bad.message.removeprefix("student/") for bad in intake.rejections]
            results = _refused(reasons or ["there is no notebook; hand in the .ipynb file itself"])
        else:
            chosen = intake.submissions[0]
            marked = _mark(course, lab, chosen.path, config)
            for event in marked.events:  # standard output is for instructors
                print(f"{event.kind}: {event.text}")
            results = results_of(marked, config["visibility"], chosen.note)
    return {**results, "execution_time": round(time.monotonic() - began)}


def _handed_in(submission: Path, folder: Path) -> Path:
    """The student's files as a folder of our own: regular ones only, of the top and one level below."""
    folder.mkdir()
    found = [path for pattern in ("*", "*/*") for path in sorted(submission.glob(pattern))]
    for path in [path for path in found if path.is_file() and not path.is_symlink()][:MOST_FILES]:
        target = folder / "-".join(path.relative_to(submission).parts)
        if path.suffix.lower() == ".ipynb":
            shutil.copy2(path, target)
        else:
            target.touch()
    return folder


def _mark(course: Course, lab: Lab, notebook: Path, config: dict[str, Any]) -> Marked:
    names = tuple(name for exercise in lab.exercises for name in exercise.names)
    setup = Setup(str(course.root), lab.name, config["seed"], config["isolation"], fork_server=False)
    with Pool(setup, [Job(str(notebook), lab.name, names)], workers=1) as pool:
        reply = next(pool.replies())
    if reply.marked is None:
        raise RuntimeError(reply.fault)
    return marked_from_json(reply.marked)


def results_of(marked: Marked, visibility: str, note: str) -> dict[str, Any]:
    """What Gradescope is told of a marked submission."""
    return {
        "score": marked.score,
        "output": "\n".join([VISIBLE_IS_NOT_ALL, *([note] if note else [])]),
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [_test(result, visibility) for result in marked.exercises],
    }


def _test(result: ExerciseResult, visibility: str) -> dict[str, Any]:
    return {
        "number": result.exercise,
        "name": result.title,
        "score": round(result.earned, 6),
        "max_score": result.points,
        "status": "passed" if result.earned >= result.points else "failed",
        "output": "\n".join(lines(result)),
        "visibility": visibility,
    }


def _refused(reasons: list[str]) -> dict[str, Any]:
    return {"score": 0.0, "output": "\n".join(reasons), "stdout_visibility": "hidden", "tests": []}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

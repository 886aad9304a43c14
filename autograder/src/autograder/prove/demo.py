"""Grade the built-in class end to end and say what each verdict means."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from autograder.course import Course
from autograder.grade.pipeline import grade
from autograder.lab import Lab, load_lab
from autograder.prove.classroom import STUDENTS, Student, write_class
from autograder.sandbox import open_sandbox
from autograder.sandbox.api import IsolationUnavailable, Policy

STRONG = ("bwrap", "landlock")


def demo(course: Course, out: Path, *, workers: int | None, isolation: str) -> int:
    """Write the class to a temporary folder, grade it into `out`, print the table; returns the exit code."""
    lab = load_lab(course, course.lab_names()[0])
    found, isolation = _isolation(isolation)
    students = [s for s in STUDENTS if found in STRONG or not s.hostile]
    if len(students) < len(STUDENTS):
        print(f"No isolation on this machine ({found}): the hostile submissions are left out.\n")
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        write_class(lab, Path(folder), students)
        summary = grade(course, lab.name, Path(folder), out, workers=workers, isolation=isolation)
    _table(lab, out, students)
    print(f"\nIsolation: {found}. Everything that was recorded stands in {out}:")
    print(f"  grades.csv, gradebook.db (nbgrader's), results/{lab.name}.json,")
    print(f"  feedback/<student>/{lab.name}/{lab.name}.html")
    return summary.exit_code


def _isolation(asked: str) -> tuple[str, str]:
    """What the machine offers, in words, and what to ask for: harmless submissions may be graded without isolation."""
    try:
        sandbox = open_sandbox(Policy(), isolation=asked, fork_server=False)
    except IsolationUnavailable as problem:
        return str(problem), "none"
    sandbox.close()
    return sandbox.isolation, asked


def _table(lab: Lab, out: Path, students: list[Student]) -> None:
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    print(f"{lab.title}\n\n{'student':<10} {'score':>9}  {'status':<8} what was handed in, and what the grader says")
    for student in students:
        row = rows[student.id]
        score = f"{float(row['score']):g}/{float(row['max_score']):g}" if row["score"] else ""
        print(f"{student.id:<10} {score:>9}  {row['status']:<8} {student.about}")
        if row["message"]:
            print(f"{'':<30} -> {row['message']}")

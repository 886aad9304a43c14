"""See it work on this machine."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from autograder.course import Course
from autograder.verbs.common import write_class_report


def demo(course: Course, arguments: Namespace) -> int:
    from autograder.prove.demo import demo as run_demo

    out = arguments.out or _new_folder(Path.cwd() / "grades", "demo")
    code = run_demo(course, out, workers=arguments.workers, isolation=arguments.isolation)
    write_class_report(out)
    return code


def _new_folder(parent: Path, name: str) -> Path:
    """`parent/name`, or `name-2`, `name-3`, ... where that exists: nothing is overwritten."""
    number = 1
    while (path := parent / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path


def test(course: Course, arguments: Namespace) -> int:
    from autograder.prove.suite import run_suite

    return run_suite(course)


def doctor(course: Course, arguments: Namespace) -> int:
    from autograder.sandbox import doctor as examine

    print("\n".join(examine()))
    return 0

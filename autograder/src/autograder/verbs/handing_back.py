"""Grades for other systems, and a grader for Gradescope."""

from __future__ import annotations

from argparse import Namespace

from autograder.course import Course


def export(course: Course, arguments: Namespace) -> int:
    from autograder.handback.export import export as write_grades

    columns = dict(_pair(each) for each in arguments.column)
    paths, notes = write_grades(arguments.dir, arguments.format, labs=arguments.lab, to=arguments.to, columns=columns)
    print("\n".join([*notes, *(f"written: {path}" for path in paths)]))
    return 0


def _pair(text: str) -> tuple[str, str]:
    lab, equals, title = text.partition("=")
    if not (lab and equals and title):
        raise ValueError(f"--column {text!r}: write it as LAB=TITLE, such as 'lab03=Lab 3 (1234)'")
    return lab, title


def gradescope(course: Course, arguments: Namespace) -> int:
    from autograder.handback.gradescope_archive import Choices, build_archive
    from autograder.prove.seed import KnownAnswers

    known = KnownAnswers(course, arguments.lab, workers=arguments.workers, isolation="auto")
    choices = Choices(arguments.isolation, arguments.visibility, arguments.pip)
    path = build_archive(course, arguments.lab, arguments.out, choices, known.accept)
    print(f"{path}: upload it to a programming assignment; it holds the hidden tests, keep it private")
    return 0

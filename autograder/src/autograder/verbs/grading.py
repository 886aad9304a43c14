"""Grade a class, look at one score, write the report again."""

from __future__ import annotations

from argparse import Namespace

from autograder.course import Course
from autograder.verbs.common import progress_bar, write_class_report


def grade(course: Course, arguments: Namespace) -> int:
    from autograder.grade.pipeline import grade as grade_class
    from autograder.prove.seed import KnownAnswers

    known = KnownAnswers(course, arguments.lab, workers=arguments.workers, isolation=arguments.isolation)
    summary = grade_class(
        course,
        arguments.lab,
        arguments.path,
        arguments.out,
        workers=arguments.workers,
        isolation=arguments.isolation,
        force=arguments.force,
        dry_run=arguments.dry_run,
        keep=arguments.keep,
        roster=arguments.roster,
        gradebook=arguments.gradebook,
        dask=arguments.dask,
        known=known,
        progress=progress_bar(f"grade {arguments.lab}"),
    )
    print("\n".join(summary.lines()))
    if not arguments.dry_run:
        write_class_report(arguments.out, known)
    return summary.exit_code


def report(course: Course, arguments: Namespace) -> int:
    from autograder.report import report as write_report

    print(write_report(arguments.dir))
    return 0


def explain(course: Course, arguments: Namespace) -> int:
    from autograder.grade.explain import explain as explain_score
    from autograder.lab import load_lab

    known = arguments.lab in course.lab_names() and course.solution(arguments.lab).exists()
    hidden = load_lab(course, arguments.lab).hidden if known else None
    print("\n".join(explain_score(arguments.out, arguments.lab, arguments.student, arguments.exercise, hidden)))
    return 0

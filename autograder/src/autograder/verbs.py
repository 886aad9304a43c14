"""What each verb of the command line does and prints; imports stand inside, so that a verb loads only its own part."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course import Course

if TYPE_CHECKING:
    from autograder.prove.seed import KnownAnswers


def _labs(course: Course, name: str | None) -> list[str]:
    """The lab that was named, or all; an unknown name is an error that lists the known ones."""
    if name is None:
        return course.lab_names()
    course.source(name)
    return [name]


def _progress(label: str) -> Callable[[int, int], None]:
    """A bar with rate and time left on a terminal; silent where standard error is a file."""
    bars: list[Any] = []

    def show(done: int, total: int) -> None:
        if not bars:
            from tqdm import tqdm

            # the rate leaves out the start: it is counted from the first that is done
            bars.append(tqdm(desc=label, initial=done, total=total, unit=" notebooks", disable=None, file=sys.stderr))
        bars[0].update(done - bars[0].n)
        if done == total:
            bars.pop().close()

    return show


def build(course: Course, arguments: Namespace) -> int:
    from autograder.author.build import build as build_lab
    from autograder.author.build import build_indexes

    if arguments.indexes:
        written = build_indexes(course)
    else:
        written = [path for name in _labs(course, arguments.lab) for path in build_lab(course, name)]
    for path in written:
        print(path.relative_to(course.root))
    return 0


def site(course: Course, arguments: Namespace) -> int:
    from autograder.site.write import write_site

    files = write_site(course, arguments.dir)
    print(f"{len(files)} files in {arguments.dir}; open {arguments.dir / 'index.html'}")
    return 0


def check(course: Course, arguments: Namespace) -> int:
    from autograder.prove.check import check as check_lab
    from autograder.prove.check import lines
    from autograder.proven import read_record, write_record

    proofs = [
        check_lab(course, name, workers=arguments.workers, progress=_progress(f"check {name}"))
        for name in _labs(course, arguments.lab)
    ]
    for proof in proofs:
        if arguments.record and not proof.problems:
            write_record(course, proof.lab, proof.numbers)
        elif read_record(course, proof.lab) not in (None, proof.numbers):
            proof.problems.append(f"{proof.lab}/proven.json says otherwise: run 'autograder check --record'")
        print("\n".join(lines(proof)))
    return 1 if any(proof.problems for proof in proofs) else 0


def attack(course: Course, arguments: Namespace) -> int:
    from autograder.prove.attack import attack as run_attacks
    from autograder.prove.attack import write_table

    if arguments.table and arguments.name:
        raise ValueError("--table needs every attack: name none")
    failed = 0
    how = {"lab_name": arguments.lab, "workers": arguments.workers, "isolation": arguments.isolation}
    for outcome in run_attacks(course, arguments.name, **how):
        failed += bool(outcome.problem)
        print(outcome.line(), flush=True)
    print(f"{failed} ended otherwise than their verdict says" if failed else "all ended as their verdicts say")
    if arguments.table and not failed:
        print(f"written: {write_table(course)}")
    return 1 if failed else 0


def release(course: Course, arguments: Namespace) -> int:
    from autograder.author.release import release as write_release

    write_release(course, arguments.dir)
    print(f"what students get stands in {arguments.dir}")
    return 0


def doctor(course: Course, arguments: Namespace) -> int:
    from autograder.sandbox import doctor as examine

    print("\n".join(examine()))
    return 0


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
        progress=_progress(f"grade {arguments.lab}"),
    )
    print("\n".join(summary.lines()))
    if not arguments.dry_run:
        _report(arguments.out, known)
    return summary.exit_code


def _report(out: Path, known: KnownAnswers | None = None) -> None:
    """Write the class report; whatever goes wrong with it, the grades are recorded."""
    from autograder.grade.place import Place
    from autograder.lab import load_lab
    from autograder.report import report as write_report
    from autograder.report.slips import record_slips

    try:
        if known:
            record_slips(load_lab(known.course, known.name), Place(out.absolute()), known)
        print(f"report: {write_report(out)}")
    except Exception as problem:
        print(f"the grades are recorded, but not the report: {type(problem).__name__}: {problem}", file=sys.stderr)


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


def demo(course: Course, arguments: Namespace) -> int:
    from autograder.prove.demo import demo as run_demo

    out = arguments.out or _new_folder(Path.cwd() / "grades", "demo")
    code = run_demo(course, out, workers=arguments.workers, isolation=arguments.isolation)
    _report(out)
    return code


def _new_folder(parent: Path, name: str) -> Path:
    """`parent/name`, or `name-2`, `name-3`, ... where that exists: nothing is overwritten."""
    number = 1
    while (path := parent / (name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return path


def bench(course: Course, arguments: Namespace) -> int:
    from autograder.prove.bench import Size
    from autograder.prove.bench import bench as run_bench

    size = Size(arguments.submissions, arguments.sample, arguments.whole, tuple(arguments.growth))
    run_bench(course, arguments.lab, size, lambda line: print(line, flush=True), arguments.otter)
    return 0


def test(course: Course, arguments: Namespace) -> int:
    from autograder.prove.suite import run_suite

    return run_suite(course)

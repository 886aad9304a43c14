"""What shows that the grader is right, safe and fast."""

from __future__ import annotations

from argparse import Namespace

from autograder.course import Course
from autograder.verbs.common import labs_named, progress_bar


def check(course: Course, arguments: Namespace) -> int:
    from autograder.prove.check import check as check_lab
    from autograder.prove.check import lines
    from autograder.proven import read_record, write_record

    if arguments.only and (arguments.record or not arguments.lab):
        raise ValueError("--only is for one lab, while it is written: what is recorded is a proof of the whole lab")
    how = {"only": arguments.only, "workers": arguments.workers}
    proofs = [
        check_lab(course, name, **how, progress=progress_bar(f"check {name}"))
        for name in labs_named(course, arguments.lab)
    ]
    for proof in proofs:
        if arguments.record and not proof.problems:
            write_record(course, proof.lab, proof.numbers)
        elif not arguments.only and read_record(course, proof.lab) not in (None, proof.numbers):
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


def bench(course: Course, arguments: Namespace) -> int:
    from autograder.prove.bench import Size
    from autograder.prove.bench import bench as run_bench

    size = Size(arguments.submissions, arguments.sample, arguments.whole, tuple(arguments.growth))
    run_bench(course, arguments.lab, size, lambda line: print(line, flush=True), arguments.otter)
    return 0

"""Run the attacks against the real grader and hold each against its verdict: what `autograder attack` shows."""

from __future__ import annotations

import atexit
import json
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from effdl.student.validate import InvalidSubmission, read_submission
from nbformat import NotebookNode

from autograder.course import Course
from autograder.grade.marking import GraderFault, Limits, Marker, open_lab_sandbox
from autograder.grade.model import Marked
from autograder.lab import Lab, load_lab
from autograder.prove.attacks.classes import attack_class
from autograder.prove.attacks.leaks import Hidden, handed_back, hidden_of, leaks, told
from autograder.prove.attacks.registry import MAKERS, WRITERS, Outcome, Verdict, landlock_limits, limits, verdicts
from autograder.prove.attacks.table import document
from autograder.prove.processes import processes
from autograder.run.pool import cores

SEED = 4242
QUOTED_LAB = "lab03"
# shorter than in class: an attack that hangs is to end soon, and no honest case of a lab takes a second
LIMITS = Limits(cell_s=10, case_s=3, total_s=120)


def attack(
    course: Course,
    names: Iterable[str] = (),
    *,
    lab_name: str = "",
    workers: int | None = None,
    isolation: str = "auto",
) -> Iterator[Outcome]:
    """Run the named attacks (default: all) on lab03 or on `lab_name`: notebooks in processes, then files.

    Attacks in C run on the first lab that has an exercise in C; without one they are left out, unless named.

    Raises: ValueError naming an unknown attack, or one that has no lab; IsolationUnavailable
    """
    known, names = verdicts(), list(names)
    if unknown := set(names) - set(known):
        raise ValueError(f"no attack is called {sorted(unknown)}; there are: {', '.join(known)}")
    lab = load_lab(course, lab_name or _default_lab(course))
    in_c = [lab] if _has_c(lab) else [] if lab_name else _labs_in_c(course)[:1]
    how = {"workers": workers or cores(), "isolation": isolation}
    chosen = [known[name] for name in names or known]
    if names and not in_c and any(verdict.language == "c" for verdict in chosen):
        raise ValueError("attacks in C need a lab with an exercise in C, and there is none")
    for place, language in ((lab, "python"), *((each, "c") for each in in_c)):
        makers = [verdict for verdict in chosen if verdict.name in MAKERS and verdict.language == language]
        yield from _notebooks(course, place, makers, **how)
    yield from attack_class(course, lab, [verdict for verdict in chosen if verdict.name in WRITERS], **how)


def _default_lab(course: Course) -> str:
    """The lab whose messages the verdicts quote; in another course its first."""
    names = course.lab_names()
    return QUOTED_LAB if QUOTED_LAB in names else names[0]


def _labs_in_c(course: Course) -> list[Lab]:
    built = [name for name in course.lab_names() if course.solution(name).exists() and course.hidden(name).exists()]
    return [lab for lab in (load_lab(course, name) for name in built) if _has_c(lab)]


def _has_c(lab: Lab) -> bool:
    return any(exercise.language == "c" for exercise in lab.exercises)


def write_table(course: Course) -> Path:
    """Write `autograder/ATTACKS.md`."""
    path = course.root / "autograder" / "ATTACKS.md"
    path.write_text(document(verdicts().values(), limits(), landlock_limits()), encoding="utf-8")
    return path


def _notebooks(
    course: Course, lab: Lab, chosen: Sequence[Verdict], *, workers: int, isolation: str
) -> Iterator[Outcome]:
    """The attacks that are a notebook each, in order."""
    if not chosen:
        return
    with processes(min(workers, len(chosen)), _start, course, lab.name, isolation) as pool:
        yield from pool.map(_attack, chosen)


class Bench:
    """One process's lab and sandbox, in which attacks are marked one after the other."""

    def __init__(self, course: Course, lab_name: str, isolation: str) -> None:
        self.lab = load_lab(course, lab_name)
        self.sandbox = open_lab_sandbox(course, self.lab, isolation=isolation)
        self.marker = Marker(self.lab, self.sandbox, SEED, limits=LIMITS)
        self.hidden = hidden_of(self.lab, self.marker.expected)

    def attack(self, verdict: Verdict) -> Outcome:
        """Mark one attack; a fault of the grader's is an end that no verdict allows."""
        began = time.perf_counter()
        try:
            if verdict.after:
                self.marker.mark(self.handed_in(verdict.after))
            marked = self.marker_for(verdict).mark(self.handed_in(verdict.name))
        except (GraderFault, InvalidSubmission) as fault:
            return Outcome(verdict, "not graded", f"{type(fault).__name__}: {fault}")
        return replace(judge(verdict, self.lab, marked, self.hidden), seconds=time.perf_counter() - began)

    def handed_in(self, name: str) -> NotebookNode:
        """The notebook of an attack as the grader reads it: from a file."""
        names = {self.lab.name: [name for exercise in self.lab.exercises for name in exercise.names]}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"{self.lab.stem}.ipynb")
            path.write_text(json.dumps(MAKERS[name](self.lab)), encoding="utf-8")
            return read_submission(path, names)[0]

    def marker_for(self, verdict: Verdict) -> Marker:
        """The marker, or one for which the attacked exercise forbids something."""
        if not verdict.forbid:
            return self.marker
        first, *rest = self.lab.exercises
        strict = replace(self.lab, exercises=(replace(first, forbid=verdict.forbid), *rest))
        return Marker(strict, self.sandbox, SEED, expected=self.marker.expected, limits=LIMITS)


_bench: Bench | None = None


def _start(course: Course, lab_name: str, isolation: str) -> None:
    global _bench
    verdicts()  # which registers every attack in this process
    _bench = Bench(course, lab_name, isolation)
    atexit.register(_bench.sandbox.close)


def _attack(verdict: Verdict) -> Outcome:
    return _bench.attack(verdict)


def judge(verdict: Verdict, lab: Lab, marked: Marked, hidden: Hidden) -> Outcome:
    """Compare a marked attack with its verdict, and what comes back to the student with what is hidden."""
    share = {e.exercise: e.earned / e.points for e in marked.exercises}
    attacked = next(exercise.id for exercise in lab.exercises if exercise.language == verdict.language)
    target = share.pop(attacked)
    note = next(exercise.note for exercise in marked.exercises if exercise.exercise == attacked)
    others = sum(share.values()) / len(share) if share else 1.0
    kinds = tuple(dict.fromkeys(event.kind for event in marked.events))
    found = leaks(handed_back(lab, marked), hidden, told(marked))
    problems = [
        _wrong("the attacked exercise", verdict.target, target),
        _wrong("the other exercises", verdict.others, others) if share else "",
        "" if not verdict.reports or set(verdict.reports) & set(kinds) else f"none of {verdict.reports} was reported",
        f"comes back to the student: {found[0][:80]!r}" if found else "",
        *(f"the student does not read {part!r}, but {note!r}" for part in verdict.says if part not in note),
    ]
    ended = f"target {target:.0%}, others {others:.0%}" + (f", reported: {', '.join(kinds)}" if kinds else "")
    return Outcome(verdict, ended, "; ".join(filter(None, problems)))


def _wrong(what: str, wanted: str, got: float) -> str:
    kept = {"any": True, "none": got == 0, "full": got == 1}[wanted]
    return "" if kept else f"{what} earned {got:.0%}, {wanted} was due"

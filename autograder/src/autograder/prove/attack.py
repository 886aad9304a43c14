"""Run the attacks against the real grader and hold each result against its verdict: what `autograder attack` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.course import Course
from autograder.grade.marking import Marker, open_lab_sandbox
from autograder.grade.model import Marked
from autograder.lab import Lab, load_lab
from autograder.prove.attacks.registry import MAKERS, Verdict, verdicts

SEED = 4242


@dataclass(frozen=True)
class Outcome:
    """One attack, as it ended; `problem` is empty if it ended as its verdict says."""

    verdict: Verdict
    target: float
    others: float
    events: tuple[str, ...]
    problem: str

    def line(self) -> str:
        lines = ",".join(map(str, self.verdict.lines)) or "-"
        ended = f"target {self.target:>4.0%}, others {self.others:>4.0%}"
        return f"{'ok  ' if not self.problem else 'FAIL'} {self.verdict.name:<24} {lines:<6} {ended}  {self.problem}"


def attack(course: Course, names: Iterable[str] = (), *, lab_name: str = "") -> Iterator[Outcome]:
    """Run the named attacks (default: all), one after the other in one sandbox, on the first lab or on `lab_name`.

    Raises: ValueError naming an unknown attack; IsolationUnavailable
    """
    known, names = verdicts(), list(names)
    if unknown := set(names) - set(known):
        raise ValueError(f"no attack is called {sorted(unknown)}; there are: {', '.join(known)}")
    lab = load_lab(course, lab_name or course.lab_names()[0])
    sandbox = open_lab_sandbox(course, lab)
    try:
        marker = Marker(lab, sandbox, SEED)
        for name in names or known:
            yield judge(known[name], lab, marker.mark(MAKERS[name](lab)))
    finally:
        sandbox.close()


def judge(verdict: Verdict, lab: Lab, marked: Marked) -> Outcome:
    """Compare a marked attack with its verdict."""
    first = lab.exercises[0].id
    share = {e.exercise: e.earned / e.points for e in marked.exercises}
    target = share.pop(first)
    others = sum(share.values()) / len(share) if share else 1.0
    kinds = tuple(event.kind for event in marked.events)
    problems = [
        _wrong("the attacked exercise", verdict.target, target),
        _wrong("the other exercises", verdict.others, others) if share else "",
        "" if not verdict.reports or set(verdict.reports) & set(kinds) else f"none of {verdict.reports} was reported",
    ]
    return Outcome(verdict, target, others, kinds, "; ".join(filter(None, problems)))


def _wrong(what: str, wanted: str, got: float) -> str:
    kept = {"any": True, "none": got == 0, "full": got == 1}[wanted]
    return "" if kept else f"{what} earned {got:.0%}, {wanted} was due"

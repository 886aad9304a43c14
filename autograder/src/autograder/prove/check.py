"""Prove that the grader of a lab is right: what `autograder check LAB` shows.

It is right if the solution and every other right answer earn all points, the untouched lab none, each wrong answer
loses its exercise and nothing else, a lazy guess earns next to nothing, five seeds agree, and nearly every mutant of
a reference fails a hidden case.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from autograder.course import Course
from autograder.grade.marking import Marker, open_lab_sandbox
from autograder.grade.model import Marked
from autograder.lab import Lab, load_lab
from autograder.prove import trials
from autograder.prove.answers import equivalent_mutants, known_answers
from autograder.prove.processes import processes
from autograder.prove.trials import Trial
from autograder.proven import FIELDS

SEEDS = (11, 22, 33, 44, 55)
MUTATION_SCORE = 0.95


@dataclass
class Proof:
    """What was tried and what broke; `problems` is empty when the grader is right."""

    lab: str
    tried: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    mutants: int = 0
    killed: int = 0
    equivalent: dict[str, str] = field(default_factory=dict)
    survivors: list[str] = field(default_factory=list)
    cases: int = 0
    wrong: int = 0
    right: int = 0

    @property
    def mutation_score(self) -> float:
        """Share of the mutants that can be told from the reference which a hidden case does tell from it."""
        possible = self.mutants - len(self.equivalent)
        return self.killed / possible if possible else 1.0

    @property
    def numbers(self) -> dict[str, int]:
        """What the index publishes."""
        return {name: getattr(self, name) for name in FIELDS if name != "equivalent"} | {
            "equivalent": len(self.equivalent)
        }


def check(
    course: Course,
    name: str,
    *,
    only: Sequence[str] = (),
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Proof:
    """Run every trial of a lab, or those of the exercises in `only`.

    Raises: UnknownLab, ValueError as `load_lab` does, or if the lab has no such exercise; IsolationUnavailable
    """
    lab = load_lab(course, name)
    tried = _chosen(lab, only)
    answers = [answer for answer in known_answers(course, lab) if answer.exercise in tried]
    mutated, by_exercise = trials.mutated(lab, tried)
    groups = {
        "solution and untouched lab": [(SEEDS[0], t) for t in trials.ends(lab)],
        "known answers": [(SEEDS[0], t) for t in trials.alone(lab, answers)],
        "known answers, further seeds": [(seed, t) for seed in SEEDS[1:] for t in trials.again(lab, answers)],
        "lazy answers": [(SEEDS[0], t) for t in trials.lazy(lab, tried)],
        "mutants": [(SEEDS[0], t) for t in mutated],
    }
    wrong = sum(not answer.right for answer in answers)
    mutants = sum(map(len, by_exercise.values()))
    proof = Proof(name, mutants=mutants, cases=len(lab.hidden.cases), wrong=wrong, right=len(answers) - wrong)
    work = [(group, seed, trial) for group, rows in groups.items() for seed, trial in rows]
    known = {key: why for key, why in equivalent_mutants(course, lab).items() if key[0] in tried}
    marked = run_trials(course, name, [(seed, trial) for _, seed, trial in work], workers=workers, progress=progress)
    points = {exercise.id: exercise.points for exercise in lab.exercises}
    for (group, seed, trial), result in zip(work, marked, strict=True):
        proof.tried[group] = proof.tried.get(group, 0) + 1
        _judge(proof, trial, earned(result), points, seed, known)
    _close(proof, known)
    return proof


def _chosen(lab: Lab, only: Sequence[str]) -> set[str]:
    there = {exercise.id for exercise in lab.exercises}
    if unknown := set(only) - there:
        raise ValueError(f"{lab.name} has no exercise {sorted(unknown)[0]}; it has: {', '.join(sorted(there))}")
    return set(only) or there


def _judge(
    proof: Proof, trial: Trial, scores: dict[str, float], points: dict[str, float], seed: int, known: dict
) -> None:
    for exercise, rule in trial.rules.items():
        held = trials.kept(rule, scores[exercise], points[exercise])
        says = trial.subject.get(exercise, "")
        if rule == "dies":
            _count_mutant(proof, exercise, says, held, known)
        elif not held:
            what = f" ({says})" if says and says not in trial.name else ""
            got = f"{scores[exercise]:g} of {points[exercise]:g} points"
            proof.problems.append(
                f"{trial.name}{what}: exercise {exercise} earned {got}, expected: {rule}; seed {seed}"
            )


def _count_mutant(proof: Proof, exercise: str, change: str, killed: bool, known: dict) -> None:
    name = f"{exercise} {change}"
    if killed:
        proof.killed += 1
    elif (exercise, change) in known:
        proof.equivalent[name] = known[exercise, change]
    else:
        proof.survivors.append(name)


def _close(proof: Proof, known: dict[tuple[str, str], str]) -> None:
    if proof.mutation_score < MUTATION_SCORE:
        proof.problems.append(f"mutation score {proof.mutation_score:.1%}, at least {MUTATION_SCORE:.0%} is wanted")
    stale = {f"{exercise} {change}" for exercise, change in known} - set(proof.equivalent)
    proof.problems += [f"equivalent.toml lists a mutant that is killed or gone: {name}" for name in sorted(stale)]


def run_trials(
    course: Course,
    name: str,
    work: Sequence[tuple[int, Trial]],
    *,
    workers: int | None = None,
    isolation: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> list[Marked]:
    """The marks of each (seed, trial), in order, given by `workers` processes."""
    with processes(min(workers or os.cpu_count() or 1, len(work)), _start, course, name, isolation) as pool:
        results = []
        for marked in pool.map(_mark, work):
            results.append(marked)
            if progress:
                progress(len(results), len(work))
    return results


def earned(marked: Marked) -> dict[str, float]:
    """The points of each exercise."""
    return {exercise.exercise: round(exercise.earned, 6) for exercise in marked.exercises}


class _Worker:
    """One process's lab, sandbox and markers (one a seed)."""

    def __init__(self, course: Course, name: str, isolation: str) -> None:
        self.lab: Lab = load_lab(course, name)
        self.sandbox = open_lab_sandbox(course, self.lab, isolation=isolation)
        atexit.register(self.sandbox.close)
        self.markers: dict[int, Marker] = {}

    def mark(self, seed: int, trial: Trial) -> Marked:
        if seed not in self.markers:
            self.markers[seed] = Marker(self.lab, self.sandbox, seed)
        return self.markers[seed].mark(trial.notebook)


_worker: _Worker | None = None


def _start(course: Course, name: str, isolation: str) -> None:
    global _worker
    _worker = _Worker(course, name, isolation)


def _mark(job: tuple[int, Trial]) -> Marked:
    return _worker.mark(*job)


def lines(proof: Proof) -> list[str]:
    """The proof as text: what was tried, the mutation score, and everything that broke."""
    text = [f"{proof.lab}:"]
    text += [f"  {group}: {count} notebooks" for group, count in proof.tried.items()]
    text.append(
        f"  mutation score {proof.mutation_score:.1%}: {proof.killed} of {proof.mutants} mutants killed, "
        f"{len(proof.equivalent)} equivalent, {len(proof.survivors)} survive"
    )
    text += [f"    equivalent: {name} ({why})" for name, why in sorted(proof.equivalent.items())]
    text += [f"    survives: {name}" for name in proof.survivors]
    text += [f"  PROBLEM {problem}" for problem in proof.problems] or ["  no problem found: the grader is right"]
    return text

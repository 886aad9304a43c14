"""Accept a seed only if, with it, every right answer earns all points and every wrong one loses."""

from __future__ import annotations

from collections.abc import Callable

from autograder.course import Course
from autograder.lab import load_lab
from autograder.prove import trials
from autograder.prove.answers import known_answers
from autograder.prove.check import run_trials


def acceptance(course: Course, name: str, *, workers: int | None, isolation: str) -> Callable[[int], bool]:
    """A function that tells whether a seed is fair for the lab `name`; it hands in the known answers, bundled."""

    def accept(seed: int) -> bool:
        lab = load_lab(course, name)
        tried = [*trials.again(lab, known_answers(course, lab))]
        points = {exercise.id: exercise.points for exercise in lab.exercises}
        earned = run_trials(course, name, [(seed, trial) for trial in tried], workers=workers, isolation=isolation)
        return all(
            trials.kept(rule, scores[exercise], points[exercise])
            for trial, scores in zip(tried, earned, strict=True)
            for exercise, rule in trial.rules.items()
        )

    return accept

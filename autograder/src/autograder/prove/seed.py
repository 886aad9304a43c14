"""Accept a seed only if, with it, every right answer earns all points and every wrong one loses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from nbformat import NotebookNode

from autograder.course import Course
from autograder.grade.model import Marked
from autograder.lab import Lab, load_lab
from autograder.prove import trials
from autograder.prove.answers import known_answers
from autograder.prove.check import earned, run_trials
from autograder.prove.trials import Trial


class KnownAnswers:
    """The known answers of a lab, bundled, and their marks by seed; each seed is tried once."""

    def __init__(self, course: Course, name: str, *, workers: int | None, isolation: str) -> None:
        self.course, self.name = course, name
        self.how = {"workers": workers, "isolation": isolation}
        self._marked: dict[int, Sequence[tuple[Trial, Marked]]] = {}

    def notebooks(self) -> list[NotebookNode]:
        """The bundles, each a notebook to be handed in.

        Raises: ValueError if an exercise has no wrong answers
        """
        return [trial.notebook for trial in self._trials]

    def fair(self, seed: int, marks: Sequence[Marked]) -> bool:
        """Whether a seed is fair: with it, all of the known answers end as they should. `marks` are the bundles'."""
        self._marked[seed] = list(zip(self._trials, marks, strict=True))
        points = {exercise.id: exercise.points for exercise in self._lab.exercises}
        return all(
            trials.kept(rule, earned(marked)[exercise], points[exercise])
            for trial, marked in self._marked[seed]
            for exercise, rule in trial.rules.items()
        )

    def accept(self, seed: int) -> bool:
        """Whether a seed is fair, found out in processes of its own.

        Raises: ValueError if an exercise has no wrong answers; IsolationUnavailable
        """
        work = [(seed, trial) for trial in self._trials]
        return self.fair(seed, run_trials(self.course, self.name, work, **self.how))

    def marked(self, seed: int) -> Sequence[tuple[Trial, Marked]]:
        """Each bundle and its marks.

        Raises: ValueError if an exercise has no wrong answers; IsolationUnavailable
        """
        if seed not in self._marked:
            self.accept(seed)
        return self._marked[seed]

    @cached_property
    def _lab(self) -> Lab:
        return load_lab(self.course, self.name)

    @cached_property
    def _trials(self) -> list[Trial]:
        return list(trials.again(self._lab, known_answers(self.course, self._lab)))

"""Accept a seed only if, with it, every right answer earns all points and every wrong one loses."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.course import Course
from autograder.grade.model import Marked
from autograder.lab import load_lab
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

    def marked(self, seed: int) -> Sequence[tuple[Trial, Marked]]:
        """Each bundle and its marks.

        Raises: ValueError if an exercise has no wrong answers; IsolationUnavailable
        """
        if seed not in self._marked:
            lab = load_lab(self.course, self.name)
            tried = list(trials.again(lab, known_answers(self.course, lab)))
            marks = run_trials(self.course, self.name, [(seed, trial) for trial in tried], **self.how)
            self._marked[seed] = list(zip(tried, marks, strict=True))
        return self._marked[seed]

    def accept(self, seed: int) -> bool:
        """Whether a seed is fair: all of the known answers end as they should."""
        points = {exercise.id: exercise.points for exercise in load_lab(self.course, self.name).exercises}
        return all(
            trials.kept(rule, earned(marked)[exercise], points[exercise])
            for trial, marked in self.marked(seed)
            for exercise, rule in trial.rules.items()
        )

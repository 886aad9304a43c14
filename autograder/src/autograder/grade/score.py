"""From what the cases showed to points. Nothing here runs code of a student's or touches a file."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from autograder.grade.cases import CaseRun
from autograder.grade.compare import compare
from autograder.grade.execute import Executed
from autograder.grade.judge import Judge, ask
from autograder.grade.model import CaseResult, ExerciseResult, Marked, earned
from autograder.grade.sanitize import Plan
from autograder.lab import Case, Exercise, Lab

# what a student may read of a case that showed nothing; exact texts and values stay with the teaching assistants
NOTES = {
    "missing": "not written yet, or under another name",
    "timeout": "a hidden test did not end in time",
    "died": "a hidden test ended the kernel",
    "forbidden": "it calls a function that the exercise forbids",
    "Withheld": "it calls the course's own solution, which is withheld while grading",
    "NotImplementedError": "it still raises NotImplementedError",
    # what `effdl.mcu` raises for an answer in C
    "Fault": "it does what the microcontroller cannot, such as to follow a wild pointer or to leave an array",
    "OutOfSram": "it needs more memory than the microcontroller has",
    "TooLong": "a hidden test did not end: does a loop never stop?",
}
PLACE = re.compile(r"in \w+, line \d+ of your text")


class Scorer:
    """Holds the expected values and the judges of a lab."""

    def __init__(self, lab: Lab, expected: dict[str, list[Any]], judges: dict[str, Judge]) -> None:
        self.lab, self.expected, self.judges = lab, expected, judges

    def score(self, plan: Plan, executed: Executed) -> Marked:
        """The marks of the exercises that were run."""
        ran = [
            each for each in self.lab.exercises if all(case.id in executed.runs for case in self.lab.hidden.of(each.id))
        ]
        exercises = tuple(self.exercise(exercise, plan, executed) for exercise in ran)
        order = ["", *(exercise.id for exercise in self.lab.exercises)]
        events = sorted((*plan.events, *executed.events), key=lambda event: order.index(event.exercise))
        return Marked(self.lab.name, self.lab.version, exercises, tuple(dict.fromkeys(events)), executed.joined)

    def exercise(self, exercise: Exercise, plan: Plan, executed: Executed) -> ExerciseResult:
        runs = [(case, executed.runs[case.id]) for case in self.lab.hidden.of(exercise.id)]
        results = tuple(self.case(case, run) for case, run in runs)
        lost = [executed.notes[name] for name in exercise.names if name in executed.notes]
        known = [plan.notes[exercise.id]] if exercise.id in plan.notes else lost
        seen = [_note(exercise, run) for _, run in runs]
        note = next(filter(None, known + seen), "")
        return ExerciseResult(exercise.id, exercise.title, exercise.points, results, note)

    def case(self, case: Case, run: CaseRun) -> CaseResult:
        blank = CaseResult(case.exercise, case.name, case.points, 0.0, run.status, case.hint, run.detail)
        if run.status != "shown":
            return blank
        fraction, why = self.fraction(case, run.items)
        status = "pass" if fraction == 1 else "partial" if fraction > 0 else "mismatch"
        return replace(blank, earned=earned(case.points, fraction), status=status, detail=why, share=fraction)

    def fraction(self, case: Case, items: list[Any]) -> tuple[float, str]:
        """The share of a case's points that the shown values earn, and what is wrong with them."""
        expected = self.expected[case.id]
        if case.judge:
            return ask(self.judges[case.judge], items, expected)
        why = compare(items, expected, rtol=case.rtol, dtype=case.dtype)
        return (0.0, why) if why else (1.0, "")


def _note(exercise: Exercise, run: CaseRun) -> str:
    """What a student may read of how a case ended."""
    note = NOTES.get(run.status) or NOTES.get(run.ename, "")
    if exercise.language == "c":
        # compiler and emulator saw nothing but the student's text, so that its lines may be told
        if run.ename == "CompileError":
            return f"it does not compile: {run.detail.partition(': ')[2].split('    ')[0].strip()}"
        place = PLACE.search(run.detail)
        return f"{note}; {place[0]}" if note and place else note
    return note

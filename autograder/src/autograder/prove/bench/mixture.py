"""The class that every contestant grades: right, partly wrong, unfinished, slow and crashing submissions.

It is drawn from the known answers with a fixed seed, so that it is the same in each run. Of 20 students 6 hand in the
solution, 2 another right answer, 6 one to three wrong answers among right ones, 2 the first half only, 2 a cell that
computes for seconds, 1 an answer or a cell that raises and 1 an answer or a cell that ends the kernel.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import nbformat
from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.answers import Answer
from autograder.prove.classroom import partial
from autograder.prove.notebooks import handed_in, solution_answers

SEED = 20
BLOCK = {"right": 6, "other right": 2, "wrong": 6, "partial": 2, "slow": 2, "raises": 1, "dies": 1}
# what earns all points; a cell that raises costs nothing, so "raises" and "dies" are judged by neither rule
FULL, LESS = ("right", "other right", "slow"), ("wrong", "partial")
SLOW_S = 3
SLOW = f"""import time
end = time.process_time() + {SLOW_S}
while time.process_time() < end:
    torch.randn(200, 200) @ torch.randn(200, 200)"""
RAISE, DIE = "raise ValueError('a mistake')", "__import__('os')._exit(1)"


@dataclass(frozen=True)
class Pupil:
    """One member of the class."""

    id: str
    kind: str
    notebook: NotebookNode


class Mixture:
    """Makes the members of the class; the known answers of a lab are `answers`."""

    def __init__(self, lab: Lab, answers: Sequence[Answer]) -> None:
        self.lab, self.solution = lab, solution_answers(lab)
        self.known = {right: [a for a in answers if a.right == right] for right in (True, False)}
        self.pick = random.Random(SEED)
        self.places = {kind: cycle((True, False)) for kind in ("raises", "dies")}

    def pupils(self, count: int) -> Iterator[Pupil]:
        """The first `count` of the class, each with a cell of its own."""
        for number, kind in zip(range(count), self._kinds(), strict=False):
            notebook = self._notebook(kind)
            notebook.cells.append(nbformat.v4.new_code_cell(f"print('student {number}')"))
            yield Pupil(f"student{number:04d}", kind, notebook)

    def _kinds(self) -> Iterator[str]:
        while True:
            block = [kind for kind, times in BLOCK.items() for _ in range(times)]
            self.pick.shuffle(block)
            yield from block

    def _notebook(self, kind: str) -> NotebookNode:
        if kind == "partial":
            return partial(self.lab)
        if kind == "slow":
            return handed_in(self.lab, self.solution, last=SLOW)
        if kind in self.places:
            return self._crash(kind, in_answer=next(self.places[kind]))
        return handed_in(self.lab, self.solution | self._others(kind))

    def _others(self, kind: str) -> dict[str, str]:
        """What stands in place of the solution's answers, by exercise."""
        if kind == "right":
            return {}
        known = self.known[kind == "other right"]
        chosen = self.pick.sample(known, min(len(known), self.pick.randint(1, 3)))
        return {answer.exercise: answer.source for answer in chosen}

    def _crash(self, kind: str, *, in_answer: bool) -> NotebookNode:
        """A submission that raises or ends the kernel: where an answer is called, or in a cell at the end."""
        line = RAISE if kind == "raises" else DIE
        if not in_answer:
            return handed_in(self.lab, self.solution, last=line)
        exercise = self.pick.choice(self.lab.exercises)
        code = "\n".join(f"def {name}(*args, **kwargs):\n    {line}\n" for name in exercise.names)
        return handed_in(self.lab, {**self.solution, exercise.id: code})


def sample(pupils: Sequence[Pupil], count: int) -> list[Pupil]:
    """So many of the class that each kind has its share: every n-th of the class sorted by kind."""
    ranked = sorted(pupils, key=lambda pupil: (list(BLOCK).index(pupil.kind), pupil.id))
    count = min(count, len(ranked))
    return [ranked[(2 * i + 1) * len(ranked) // (2 * count)] for i in range(count)]

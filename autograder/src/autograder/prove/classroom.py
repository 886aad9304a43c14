"""A small built-in class: one submission of each kind that a teaching assistant meets. `autograder demo` grades it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.lab import Exercise, Lab
from autograder.prove.notebooks import about, blank, handed_in, solution_answers, solved, solved_but


@dataclass(frozen=True)
class Student:
    """A member of the built-in class; `hostile` ones are graded only where the machine can isolate."""

    id: str
    about: str
    make: Callable[[Lab], NotebookNode]
    hostile: bool = False


def write_class(lab: Lab, folder: Path, students: list[Student]) -> None:
    """Write each student's notebook as `folder/<id>/<stem>.ipynb`."""
    for student in students:
        path = folder / student.id / f"{lab.stem}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(student.make(lab), path)


def partial(lab: Lab) -> NotebookNode:
    """The first half of the exercises, then nothing."""
    half = [exercise.id for exercise in lab.exercises[: (len(lab.exercises) + 1) // 2]]
    answers = solution_answers(lab)
    return handed_in(lab, {exercise: answers[exercise] for exercise in half})


def noisy(lab: Lab) -> NotebookNode:
    """Right answers among warnings, progress bars, prints, threads and changed defaults."""
    first = """import sys, threading, time, warnings
import torch
warnings.warn("are you sure?")
print("working", file=sys.stderr)
seed, show = 0, print
torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()"""
    last = """from tqdm.auto import tqdm
for i in tqdm(range(1000)):
    pass
print("done\\n" * 2000)
exit()"""
    return solved(lab, first=first, last=last)


def mangled(lab: Lab) -> NotebookNode:
    """Right answers in a notebook whose other cells were deleted, doubled and shuffled, and whose marks were lost."""
    notebook = solved(lab)
    pick = random.Random(3)
    answers = [cell for cell in notebook.cells if about(cell).get("role") == "exercise"]
    others = [cell for cell in notebook.cells if cell not in answers and pick.random() < 0.5]
    for cell in answers:
        cell.metadata = nbformat.from_dict({"tags": ["pasted"]})
    doubled = [nbformat.from_dict({**cell, "id": f"{cell.id}-2"}) for cell in others[::3]]
    notebook.cells = pick.sample([*answers, *others, *doubled], len(answers) + len(others) + len(doubled))
    return notebook


def _replaced(lab: Lab, which: int, body: str) -> NotebookNode:
    """Solved, but one exercise's functions have this body."""
    exercise: Exercise = lab.exercises[which]
    code = "\n".join(f"def {name}(*args, **kwargs):\n    {body}\n" for name in exercise.names)
    return solved_but(lab, {exercise.id: code})


def crashing(lab: Lab) -> NotebookNode:
    return _replaced(lab, 0, "__import__('os')._exit(0)")


def endless(lab: Lab) -> NotebookNode:
    return _replaced(lab, 1 % len(lab.exercises), "while True: pass")


def cheating(lab: Lab) -> NotebookNode:
    """Nothing solved: comparisons patched, results equal to everything, the reference and the tests looked for."""
    first = """import builtins, math
import numpy as np, torch
torch.allclose = torch.equal = math.isclose = np.allclose = lambda *a, **k: True
torch.testing.assert_close = np.testing.assert_allclose = lambda *a, **k: None
class Equal:
    shape, dtype = (), torch.float32
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __ne__ = __lt__ = __gt__ = lambda self, other: False"""
    template = """def {name}(*args, **kwargs):
    import importlib, pathlib
    try:
        return getattr(importlib.import_module("{module}"), "{name}")(*args, **kwargs)
    except Exception:
        hidden = [p.read_text() for p in pathlib.Path("/").glob("*/*/hidden/*.py")]
        return eval(hidden[0]) if hidden else Equal()
"""
    answers = {}
    for exercise in lab.exercises:
        module = exercise.source.split(":")[0]
        answers[exercise.id] = "\n".join(template.format(name=name, module=module) for name in exercise.names)
    return handed_in(lab, answers, first=first)


STUDENTS = [
    Student("perfect", "every exercise solved", solved),
    Student("partial", "the first half solved, the rest blank", partial),
    Student("blank", "the lab as it was handed out", blank),
    Student("noisy", "right, with warnings, progress bars, changed defaults and exit()", noisy),
    Student("mangled", "right, in a notebook with cells deleted, doubled, shuffled and unmarked", mangled),
    Student("crashing", "right, but the first answer ends the kernel", crashing, hostile=True),
    Student("endless", "right, but the second answer never returns", endless, hostile=True),
    Student(
        "cheating",
        "nothing solved: patched comparisons, always-equal results, a look for the tests",
        cheating,
        hostile=True,
    ),
]

"""What a lab's grader has to stand: one notebook for each known answer, each mutant and each lazy guess."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from nbformat import NotebookNode

from autograder.author.inline import Reference, parse_references
from autograder.lab import Exercise, Lab
from autograder.prove import in_c, mutate_c, notebooks
from autograder.prove.answers import Answer
from autograder.prove.mutate import Mutant, mutants

BODIES = {
    "returns None": "return None",
    "returns its first argument": "return args[0] if args else next(iter(kwargs.values()))",
    "returns zeros": "import torch; return torch.zeros_like(torch.as_tensor(args[0]))",
    "returns ones": "import torch; return torch.ones_like(torch.as_tensor(args[0]))",
    "keeps everything": "import torch; return torch.ones_like(torch.as_tensor(args[0]), dtype=torch.bool)",
    "returns its arguments": "return args",
}
SORTS = {  # of results, by how their annotations begin
    "number": r"Tensor|float|int|bool|complex|np\.ndarray|ndarray",
    "sequence": "tuple|list",
    "dict": "dict",
    "module": r"nn\.\w+",
    "text": "str|bytes|Path",
    "nothing": "None|NoneType",
    "picture": "Picture|Frame",
}
NEVER_ASKED = ("text", "nothing", "picture")  # by an exercise whose result has no sort


@dataclass(frozen=True)
class Trial:
    """A notebook and what it must earn.

    `rules` maps an exercise to "full" (all points), "loses" (a case failed and at least 30 % of the points gone),
    "little" (at most 10 %), "none" (nothing) or "dies" (a mutant: at least one case failed). Exercises without a rule
    are not judged.
    """

    name: str
    notebook: NotebookNode
    rules: dict[str, str]
    subject: dict[str, str]


def kept(rule: str, earned: float, points: float) -> bool:
    """Whether an exercise that earned so many of its points keeps a rule."""
    return {
        "full": earned == points,
        "loses": earned <= 0.7 * points,
        "little": earned <= 0.1 * points,
        "none": earned == 0,
        "dies": earned < points,
    }[rule]


def ends(lab: Lab) -> Iterator[Trial]:
    """The solution earns everything, the untouched lab nothing."""
    ids = [exercise.id for exercise in lab.exercises]
    yield Trial("solution", notebooks.solved(lab), dict.fromkeys(ids, "full"), {})
    yield Trial("untouched lab", notebooks.blank(lab), dict.fromkeys(ids, "none"), {})


def alone(lab: Lab, answers: Iterable[Answer]) -> Iterator[Trial]:
    """Each known answer among the solution's: a wrong one loses its exercise and nothing else."""
    for answer in answers:
        rules = {exercise.id: "full" for exercise in lab.exercises}
        if not answer.right:
            rules[answer.exercise] = "loses"
        name = f"{'right' if answer.right else 'wrong'} {answer.exercise}: {answer.says}"
        yield Trial(
            name, notebooks.solved_but(lab, {answer.exercise: answer.source}), rules, {answer.exercise: answer.says}
        )


def bundled(lab: Lab, entries: dict[str, list[tuple[str, str]]], rule: str, name: str) -> Iterator[Trial]:
    """One notebook for the first entry of every exercise, one for the second, ...: fewer kernels, the same verdicts.

    `entries` maps an exercise to (what it is, source) pairs.
    """
    for i in range(max(map(len, entries.values()), default=0)):
        chosen = {exercise: rows[i] for exercise, rows in entries.items() if i < len(rows)}
        notebook = notebooks.handed_in(lab, {exercise: source for exercise, (_, source) in chosen.items()})
        subject = {exercise: says for exercise, (says, _) in chosen.items()}
        yield Trial(f"{name} {i + 1}", notebook, dict.fromkeys(chosen, rule), subject)


def again(lab: Lab, answers: list[Answer]) -> Iterator[Trial]:
    """The known answers bundled, for further seeds."""
    for right, rule in ((False, "loses"), (True, "full")):
        entries: dict[str, list[tuple[str, str]]] = {}
        for answer in answers:
            if answer.right == right:
                entries.setdefault(answer.exercise, []).append((answer.says, answer.source))
        yield from bundled(lab, entries, rule, "right answers" if right else "wrong answers")


def lazy(lab: Lab, tried: Collection[str], package: str = "effdl") -> Iterator[Trial]:
    """Zeros, ones, None, an argument given back, and every public function of the package in place of an answer.

    An answer in C does nothing, or fills its arrays.
    """
    sources = notebooks.solution_answers(lab)
    entries = {e.id: list(in_c.lazy(sources[e.id])) for e in lab.exercises if e.language == "c" and e.id in tried}
    yield from bundled(lab, entries, "little", "lazy answers in C")
    borrowed = [(f"calls {module}.{name}", module, name) for module, name in public_functions(package)]
    guesses = {e.id: list(_guesses(e, borrowed)) for e in lab.exercises if e.language == "python" and e.id in tried}
    yield from bundled(lab, guesses, "little", "lazy answers")


def _guesses(exercise: Exercise, borrowed: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """What each guess is, and its source: one body for all functions of the exercise."""
    bodies = dict(BODIES)
    for says, module, function in borrowed:
        if any(could_stand_for(module, function, reference) for reference in parse_references(exercise.source)):
            bodies[says] = f"from {module} import {function} as borrowed\n    return borrowed(*args, **kwargs)"
    for says, body in bodies.items():
        yield says, "\n".join(f"def {name}(*args, **kwargs):\n    {body}\n" for name in exercise.names)


def could_stand_for(module: str, function: str, reference: Reference) -> bool:
    """Whether a function takes as many arguments as the reference can be given, and promises a result of its sort.

    Else every call fails, or every result is wrong at first sight. Where that cannot be told, it could.
    """
    try:
        asked_for = getattr(import_module(reference.module), reference.name)
        if inspect.isclass(asked_for):
            return False  # what a function gives back has none of the methods that are asked for
        wanted = inspect.signature(asked_for)
        taken = inspect.signature(getattr(import_module(module), function))
    except (ImportError, AttributeError, ValueError, TypeError):
        return True
    if not _alike(_sort(taken.return_annotation), _sort(wanted.return_annotation)):
        return False
    asked = wanted.parameters.values()
    if any(each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) for each in asked):
        return True
    needed = sum(each.default is each.empty for each in asked)
    return any(_binds(taken, number) for number in range(needed, len(asked) + 1))


def _sort(annotation: object) -> str:
    """What an annotation names, as coarsely as a comparison of results tells at first sight; or ""."""
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    return next((sort for sort, names in SORTS.items() if re.match(rf"({names})\b(?!.*\|)", name)), "")


def _alike(promised: str, wanted: str) -> bool:
    return promised == wanted or not promised or not (wanted or promised in NEVER_ASKED)


def _binds(signature: inspect.Signature, number: int) -> bool:
    """Whether a call with so many arguments is possible; keyword-only ones may be among them."""
    required = [e for e in signature.parameters.values() if e.kind is e.KEYWORD_ONLY and e.default is e.empty]
    try:
        signature.bind(*[None] * (number - len(required)), **{each.name: None for each in required})
    except TypeError:
        return False
    return True


def public_functions(package: str) -> list[tuple[str, str]]:
    """(module, name) of every callable that a module of the package exports."""
    root = import_module(package)
    found = []
    for info in pkgutil.walk_packages(root.__path__, f"{package}."):
        if ".make" in info.name or ".student" in info.name or info.name.endswith("__main__"):
            continue
        module = import_module(info.name)
        names = getattr(module, "__all__", ())
        found += [(info.name, name) for name in names if inspect.isfunction(getattr(module, name, None))]
    return found


def mutated(lab: Lab, tried: Collection[str]) -> tuple[list[Trial], dict[str, list[Mutant]]]:
    """Trials of all first-order mutants of the references of these exercises, and the mutants by exercise."""
    sources = notebooks.solution_answers(lab)
    engine = {"python": mutants, "c": mutate_c.mutants}
    by_exercise = {
        exercise.id: engine[exercise.language](sources[exercise.id])
        for exercise in lab.exercises
        if exercise.id in tried
    }
    entries = {exercise: [(m.change, m.source) for m in found] for exercise, found in by_exercise.items()}
    return list(bundled(lab, entries, "dies", "mutants")), by_exercise

"""Rules on names: what an instructor's cell may bind and read, and what a reference may stand on."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator

from nbformat.notebooknode import NotebookNode

from autograder.author import colab
from autograder.author.execute import PICTURES
from autograder.author.rules.draft import Draft, Problem, bound_names, parse, read_names

INSTRUCTOR = ("setup", "figure", "widget", "experiment", "demo", "predict", "check")
# checks and widgets are there to run the student's function
MAY_READ = ("check", "widget")
MACHINE_PATH = re.compile(
    r"""(?<![\w.:/])(?:/(?:home|root|Users|mnt|media|tmp|opt|srv|work|content|var)/\w|[A-Za-z]:\\\\?\w)"""
)
DOWNLOAD = re.compile(
    r"\burllib\b|\brequests\b|\bwget\b|\bcurl\b|\bhttpx\b|download\s*=\s*True|torch\.hub|hf_hub|snapshot_download|"
    r"from_pretrained|^\s*[!%]\s*(?:pip|conda|git)\b",
    re.MULTILINE,
)


def code_parses(draft: Draft) -> Iterator[Problem]:
    """Every code cell is Python."""
    for cell in draft.cells(*INSTRUCTOR, "exercise"):
        if parse(draft.text_of(cell)) is None:
            yield draft.problem(cell, "is not Python", "mend its syntax")


def instructor_binds_no_answer(draft: Draft) -> Iterator[Problem]:
    """Nothing but the exercise cell itself binds the name of an exercise: it would replace the student's function."""
    for cell in draft.cells(*INSTRUCTOR):
        tree = parse(cell.source)
        for name, node in bound_names(tree) if tree else ():
            if name in draft.exercise_names:
                yield draft.problem(cell, f"binds {name}, the student's name", "use the reference through its module")
            elif name == "*" and isinstance(node, ast.ImportFrom):
                yield draft.problem(cell, f"imports * from {node.module}", "import the module")


def instructor_reads_no_answer(draft: Draft) -> Iterator[Problem]:
    """An instructor's cell goes through the module, so that it works whatever the student wrote."""
    for cell in draft.cells(*(role for role in INSTRUCTOR if role not in MAY_READ)):
        tree = parse(cell.source)
        for name in sorted(read_names(tree) & draft.exercise_names) if tree else ():
            mend = f"write {_module(draft, name)}.{name}"
            yield draft.problem(cell, f"uses {name} bare, which may be unwritten", mend)


def shipped_output_holds_no_guess(draft: Draft) -> Iterator[Problem]:
    """What the lab shows before it is run has seen no prediction: it would tell the author's guess, and the answer."""
    guesses = set()
    for cell in draft.cells("predict"):
        tree = parse(cell.source)
        guesses |= {name for name, _ in bound_names(tree)} if tree else set()
    for cell in draft.cells(*PICTURES):
        tree = parse(cell.source)
        for name in sorted(read_names(tree) & guesses) if tree else ():
            yield draft.problem(cell, f"reads {name}, and students get what it shows", "drop the cell's role")


def reference_stands_alone(draft: Draft) -> Iterator[Problem]:
    """A reference uses only what the set-up cells bind, and never another exercise of the lab."""
    at_hand = set(dir(builtins))
    for cell in draft.cells("setup"):
        tree = parse(cell.source)
        at_hand |= {name for name, _ in bound_names(tree)} if tree else set()
    for cell in draft.cells("exercise"):
        tree = parse(draft.text_of(cell))
        own = set(draft.source.exercise(cell.id).names)
        for name in sorted(_free(tree) - own) if tree else ():
            if name in draft.exercise_names:
                yield draft.problem(cell, f"its reference calls {name}, another exercise", "take it as an argument")
            elif name not in at_hand:
                yield draft.problem(
                    cell, f"its reference needs {name}", "bind it in the set-up cell, or use an argument"
                )


def no_path_of_a_machine(draft: Draft) -> Iterator[Problem]:
    """A lab runs anywhere and was built anywhere: no absolute path stands in its cells, nor in what they show."""
    for cell, built in zip(draft.source.cells, draft.solution.cells, strict=True):
        for found in MACHINE_PATH.findall(built.source):
            yield draft.problem(
                cell, f"holds a path of one machine ({found}...)", "load it through effdl.data or effdl.zoo"
            )
        for found in MACHINE_PATH.findall("\n".join(map(_shown, built.get("outputs", ())))):
            yield draft.problem(cell, f"shows a path of one machine ({found}...)", "print what does not hold it")


def nothing_is_downloaded(draft: Draft) -> Iterator[Problem]:
    """A local install needs no network; only the cell for Colab may install."""
    for cell in draft.source.cells:
        if cell.kind == "code" and not cell.source.startswith(colab.FIRST_LINE):
            for found in DOWNLOAD.findall(draft.text_of(cell)):
                yield draft.problem(cell, f"reaches for the network ({found.strip()})", "ship the data in data/")


def _shown(output: NotebookNode) -> str:
    """The text that an output shows."""
    data = output.get("data", {})
    return "".join([*output.get("text", ""), *data.get("text/plain", ""), *data.get("text/html", "")])


def _free(tree: ast.Module) -> set[str]:
    """The names that a cell of definitions takes from outside, by Python's own symbol table rules, roughly."""
    bound: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
    return read_names(tree) - bound


def _module(draft: Draft, name: str) -> str:
    for exercise in draft.source.exercises:
        if name in exercise.names:
            return exercise.source.split(":")[0].rpartition(".")[2]
    return "its module"

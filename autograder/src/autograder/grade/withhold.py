"""Write the copy of the helper package that answers are graded against: without what they were asked to write.

The bodies of the exercises' references, and of every function that uses one, raise `Withheld`; the visible checks,
which hold expected values, are left out, and `check` does nothing. The data goes without the labels of the test split.
"""

from __future__ import annotations

import ast
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from autograder import ctext
from autograder.author.inline import Reference, parse_references
from autograder.course import Course
from autograder.grade.calls import Module, callers, read_package
from autograder.lab import Lab

TEST_LABELS = "test_labels"
EXCEPTION = '''"""What stands in for a function while an assignment is graded."""


class Withheld(RuntimeError):
    """The function is the course's own solution, or uses it."""
'''
NO_CHECKS = '''"""Visible checks are for the student's own machine; while an assignment is graded they do nothing."""


class CheckFailed(Exception):
    """Never raised here."""


def check(exercise, *functions):
    """Nothing."""
'''


def withheld_names(lab: Lab, modules: dict[str, Module]) -> set[str]:
    """Full names of the functions whose bodies are withheld for a lab.

    Raises: ValueError if an exercise or `withhold=` names what the package does not have
    """
    named = {name for mark in _marks(lab) for name in _full_names(mark)}
    wanted: set[str] = set()
    for name in named:
        known = {full for module in modules.values() for full in module.functions if _within(full, name)}
        if not known:
            raise ValueError(f"{lab.name}: nothing called {name} can be withheld: the package has no such function")
        wanted |= known
    return callers(modules, wanted)


def _marks(lab: Lab) -> list[str]:
    return [exercise.source for exercise in lab.exercises] + list(lab.hidden.withhold)


def _full_names(mark: str) -> list[str]:
    """ "effdl.pruning:a,b" -> both functions; "effdl.pruning" -> all of that module."""
    if ":" not in mark:
        return [mark]
    names = []
    for reference in parse_references(mark):
        if reference.is_c:
            continue
        full = f"{reference.module}.{reference.name}"
        names += [f"{full}.{method}" for method in reference.methods] or [full]
    return names


def _within(full: str, name: str) -> bool:
    return full == name or full.startswith(name + ".")


def write_package(course: Course, lab: Lab, folder: Path) -> set[str]:
    """Write the withheld copy below `folder` (to be put on the path); the full names of what was withheld.

    Raises: ValueError as `withheld_names` does
    """
    package, target = course.package, folder / course.package.name
    modules = read_package(package)
    names = withheld_names(lab, modules)
    skip = shutil.ignore_patterns("__pycache__", "*.pyc", "check")
    shutil.copytree(package, target, ignore=skip)
    (target / "_withheld.py").write_text(EXCEPTION, encoding="utf-8")
    (target / "check").mkdir()
    (target / "check" / "__init__.py").write_text(NO_CHECKS, encoding="utf-8")
    for module in modules.values():
        copy = target / module.path.relative_to(package)
        if copy.exists() and names & set(module.functions):
            copy.write_text(_blanked(module, names, package.name), encoding="utf-8")
    for reference in _in_c(lab):
        copy = folder / reference.module
        copy.write_text(_without(copy.read_text(encoding="utf-8"), reference.name), encoding="utf-8")
    return names


def _in_c(lab: Lab) -> list[Reference]:
    references = (reference for mark in _marks(lab) if ":" in mark for reference in parse_references(mark))
    return [reference for reference in references if reference.is_c]


def _without(text: str, name: str) -> str:
    """A text of C in which one function only stops the program: others of the same file may be needed."""
    function = ctext.function_named(text, name)
    refusal = "\n    __builtin_trap(); /* withheld while grading: it is the course's own solution */\n"
    return text[: function.opened + 1] + refusal + text[function.closed :]


def _blanked(module: Module, names: Iterable[str], package: str) -> str:
    """The text of a module in which the functions of these names raise."""
    for name in names:
        function = module.functions.get(name)
        if function is not None:
            message = f"{name} is withheld while grading: it is the course's own solution, or uses it"
            refusal = ast.parse(f"from {package}._withheld import Withheld\nraise Withheld({message!r})").body
            documented = ast.get_docstring(function, clean=False) is not None
            function.body = [*function.body[:documented], *refusal]
    return ast.unparse(ast.fix_missing_locations(module.tree))


def write_data(course: Course, folder: Path) -> None:
    """Link or copy the course's data to `folder`, without the labels of the test split."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in sorted(course.data.rglob("*")) if course.data.is_dir() else ():
        if path.is_file() and TEST_LABELS not in path.name:
            target = folder / path.relative_to(course.data)
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(path, target)


def _link(path: Path, target: Path) -> None:
    """A hard link where both lie on one file system and anybody may read the file, else a copy."""
    try:
        if not path.stat().st_mode & 0o004:
            raise OSError("not readable for the sandbox's user")
        os.link(path.resolve(), target)
    except OSError:
        shutil.copyfile(path, target)
        target.chmod(0o644)

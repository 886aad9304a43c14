"""How an attack is written down: a short function that makes the notebook, and its verdict in `verdicts.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.notebooks import solved_but

Make = Callable[[Lab], NotebookNode]
MODULES = ("values", "verdict", "secrets", "resources", "notebook", "honest")
MAKERS: dict[str, Make] = {}


@dataclass(frozen=True)
class Verdict:
    """How an attack must end.

    `target`: what the attacked exercise (the lab's first) earns, "none" or "full". The others earn all their points
    unless `others` is "none" too. `reports`: kinds of events of which at least one is told to the instructor.
    """

    name: str
    lines: tuple[int, ...]
    tries: str
    target: str = "none"
    others: str = "full"
    reports: tuple[str, ...] = ()


def attack(make: Make) -> Make:
    """Register a function that makes a hostile (or honest) notebook under its own name."""
    MAKERS[make.__name__] = make
    return make


def answer(lab: Lab, code: str, **added: str) -> NotebookNode:
    """The lab solved, but with `code` as the target's answer; `{name}` in it is the name of the target's function."""
    target = lab.exercises[0]
    text = "\n".join(code.replace("{name}", name) for name in target.names)
    return solved_but(lab, {target.id: text}, **added)


def wrong_answer(lab: Lab, **added: str) -> NotebookNode:
    """The lab solved, but with None as the target's result: what `added` cells try to get points for."""
    return answer(lab, "def {name}(*args, **kwargs):\n    return None\n", **added)


def verdicts() -> dict[str, Verdict]:
    """Every verdict, by name of its attack.

    Raises: ValueError if an attack has no verdict or a verdict no attack
    """
    for module in MODULES:
        import_module(f"autograder.prove.attacks.{module}")
    tables = tomllib.loads((Path(__file__).parent / "verdicts.toml").read_text(encoding="utf-8"))
    found = {
        name: Verdict(name, **{**row, "lines": tuple(row["lines"]), "reports": tuple(row.get("reports", ()))})
        for name, row in tables.items()
    }
    if odd := set(found) ^ set(MAKERS):
        raise ValueError(f"attacks without a verdict, or verdicts without an attack: {sorted(odd)}")
    return found

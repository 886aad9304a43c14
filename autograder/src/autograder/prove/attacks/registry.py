"""How an attack is written down: a short function that makes what is handed in, and its verdict in `verdicts.toml`.

There are two kinds. Most attacks are a notebook (`@attack`), marked by itself in a sandbox. The others are files
(`@hand_in`): they are graded as a class, with an honest student among them.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.lab import Lab
from autograder.prove.notebooks import solved_but

Make = Callable[[Lab], NotebookNode]
Write = Callable[[Lab, Path], None]
HERE = Path(__file__).parent
NOTEBOOKS = ("values", "patches", "verdict", "secrets", "resources", "floods", "notebook", "honest", "editors", "in_c")
FILES = ("files", "identities", "records")
LINES = range(1, 63)
MAKERS: dict[str, Make] = {}
WRITERS: dict[str, Write] = {}


@dataclass(frozen=True)
class Verdict:
    """How an attack must end.

    `target`: what the attacked exercise (the lab's first of `language`) earns: "none", "full" or "any"; `others`: the
    same for the other exercises, which are solved. `why` says why a loss of these harms its author alone. `reports`:
    kinds of events, of which at least one is told to the instructor. `after`: an attack that ran in the same sandbox
    just before. `forbid`: what the attacked exercise forbids. `says`: parts of what the student reads of the exercise.
    An attack of files has `rows`: by student id "full", "none", "invalid", "any" or "absent" (nobody of that id is
    graded), and `says` is of what the instructor reads.
    """

    name: str
    lines: tuple[int, ...]
    tries: str
    language: str = "python"
    target: str = "none"
    others: str = "full"
    why: str = ""
    reports: tuple[str, ...] = ()
    after: str = ""
    forbid: tuple[str, ...] = ()
    rows: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limit:
    """A line of the checklist, or a part of it, that is not run or not withstood: `what` it is, and `why`."""

    line: int
    what: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """One attack, as it ended; `problem` is empty if it ended as its verdict says."""

    verdict: Verdict
    ended: str
    problem: str
    seconds: float = 0.0

    def line(self) -> str:
        lines = ",".join(map(str, self.verdict.lines)) or "-"
        mark, says = ("FAIL", self.problem) if self.problem else ("ok  ", self.verdict.tries)
        return f"{mark} {self.verdict.name:<22} {lines:<9} {self.seconds:>5.1f} s  {self.ended:<54} {says}"


def attack(make: Make) -> Make:
    """Register a function that makes a hostile (or honest) notebook under its own name."""
    MAKERS[make.__name__] = make
    return make


def hand_in(write: Write) -> Write:
    """Register a function that writes files into the folder of submissions under its own name."""
    WRITERS[write.__name__] = write
    return write


def answer(lab: Lab, code: str, **added: str) -> NotebookNode:
    """The lab solved, but with `code` as the target's answer; `{name}` in it is the name of the target's function."""
    target = lab.exercises[0]
    text = "\n".join(code.replace("{name}", name) for name in target.names)
    return solved_but(lab, {target.id: text}, **added)


def spoil(lab: Lab) -> str:
    """A cell that defines `spoil()`, which takes all points away: an attack that gets what it wants calls it."""
    names = [name for exercise in lab.exercises for name in exercise.names]
    return f"def spoil():\n    globals().update(dict.fromkeys({names!r}))\n"


def wrong_answer(lab: Lab, **added: str) -> NotebookNode:
    """The lab solved, but with None as the target's result: what `added` cells try to get points for."""
    return answer(lab, "def {name}(*args, **kwargs):\n    return None\n", **added)


def body(lab: Lab, *lines: str) -> NotebookNode:
    """The lab solved, but with these lines as the body of the target's function."""
    return answer(lab, "def {name}(*args, **kwargs):\n" + "".join(f"    {line}\n" for line in lines))


def by_body(**texts: str) -> None:
    """Register attacks that are no more than the body of the target's function, by name."""
    for name, text in texts.items():
        lines = textwrap.dedent(text).strip().splitlines()
        MAKERS[name] = lambda lab, lines=lines: body(lab, *lines)


def verdicts() -> dict[str, Verdict]:
    """Every verdict, by name of its attack.

    Raises: ValueError if an attack has no verdict, a verdict no attack, or a loss no reason
    """
    for module in (*NOTEBOOKS, *FILES):
        import_module(f"autograder.prove.attacks.{module}")
    found = {name: _verdict(name, row) for name, row in _tables("verdicts.toml").items()}
    if odd := set(found) ^ (set(MAKERS) | set(WRITERS)):
        raise ValueError(f"attacks without a verdict, or verdicts without an attack: {sorted(odd)}")
    for verdict in found.values():
        if ("any" in verdict.target or verdict.others != "full") and not verdict.why:
            raise ValueError(f"{verdict.name}: what the others lose needs a reason (why)")
        if bool(verdict.rows) != (verdict.name in WRITERS):
            raise ValueError(f"{verdict.name}: an attack of files, and no other, says how its rows end")
    return found


def limits() -> list[Limit]:
    """What of the checklist is not run, in order of its lines."""
    return _limits("limits.toml")


def landlock_limits() -> list[Limit]:
    """What Landlock leaves open that namespaces close, in order of the checklist's lines."""
    return _limits("landlock.toml")


def _limits(name: str) -> list[Limit]:
    return [Limit(int(line), row["what"], row["why"]) for line, row in _tables(name).items()]


def _tables(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def _verdict(name: str, row: dict[str, Any]) -> Verdict:
    """One table of the file; lists become tuples.

    Raises: ValueError naming an unknown key
    """
    if unknown := set(row) - {each.name for each in fields(Verdict)}:
        raise ValueError(f"{name}: a verdict has no {sorted(unknown)}")
    return Verdict(name, **{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})

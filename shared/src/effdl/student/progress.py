"""Say which exercises of a notebook are written, and which visible checks have passed, from the saved file alone.

So it is right after a restart of the kernel, a rename and a move to another machine. A check prints a digest of the
answer that it ran: where the notebook's answer has another one, it has changed since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from effdl.student import answers
from effdl.student.validate import InvalidSubmission, defined_names, read_submission

__all__ = ["Asked", "Item", "LabProgress", "exercises_of", "look", "missing", "table", "totals"]

NOT_FULL_MARKS = "Passing the visible checks is not full marks: the hidden tests of the grader try more."
CALL = re.compile(r"""^check\(["'](\d+\.\d+)["']""")
COUNT = re.compile(r"(\d+) of (\d+) (?:right|cases are right)")
DIGEST = re.compile(r"\[answer ([0-9a-f]+)\]")


@dataclass(frozen=True)
class Asked:
    """One exercise of a lab, as its notebook says."""

    id: str
    names: tuple[str, ...]
    points: float = 0.0


@dataclass(frozen=True)
class Item:
    """How far an exercise is; `count` says "8 of 10" where the check counted."""

    asked: Asked
    written: bool
    check: str  # "passed", "failed", "not run" or "changed": passed, and the answer is another one now
    count: str = ""

    @property
    def passed(self) -> bool:
        return self.written and self.check == "passed"


@dataclass(frozen=True)
class LabProgress:
    """One notebook; `fault` is why it could not be read, and then there are no items."""

    path: Path
    lab: str = ""
    title: str = ""
    items: tuple[Item, ...] = ()
    fault: str = ""

    @property
    def points(self) -> tuple[float, float]:
        """Those of the exercises whose visible checks have passed, and all."""
        return sum(item.asked.points for item in self.items if item.passed), sum(
            item.asked.points for item in self.items
        )


def look(path: Path) -> LabProgress:
    """How far the notebook in `path` is, from its text and its saved outputs; nothing is run."""
    try:
        notebook, lab = read_submission(path)
    except InvalidSubmission as fault:
        return LabProgress(path, fault=str(fault))
    checks = dict(_checks(json.loads(path.read_text(encoding="utf-8-sig"))))
    defined, sources = defined_names(notebook), [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    items = []
    for asked in exercises_of(notebook):
        written = all(name in defined and answers.is_written(name, sources) for name in asked.names)
        check, count, ran = checks.get(asked.id, ("not run", "", ""))
        if check == "passed" and ran and ran != answers.digest(asked.names, sources):
            check = "changed"
        items.append(Item(asked, written, check, count))
    return LabProgress(path, lab, str(notebook.metadata.get("effdl", {}).get("title", "")), tuple(items))


def exercises_of(notebook: Mapping[str, Any]) -> list[Asked]:
    """What a notebook says that its lab asks for; entries that are none are passed over."""
    entries = notebook["metadata"].get("effdl", {}).get("exercises")
    return [
        Asked(entry["id"], tuple(map(str, entry["names"])), _number(entry.get("points")))
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and isinstance(entry.get("names"), list)
    ]


def missing(lab: LabProgress) -> list[str]:
    """Lines on what is blank and which checks have not passed, none if all is well."""
    blank = [item.asked.id for item in lab.items if not item.written]
    unproven = [item.asked.id for item in lab.items if item.written and not item.passed]
    lines = [f"still blank: {', '.join(blank)}"] if blank else []
    return lines + ([f"written, check not passed in the saved notebook: {', '.join(unproven)}"] if unproven else [])


def table(labs: list[LabProgress]) -> str:
    """The lines that `effdl progress` prints."""
    lines = []
    for lab in labs:
        if lab.fault:
            lines += [lab.fault, ""]
            continue
        lines += [f"{lab.lab}: {lab.title}  ({lab.path.name})"]
        width = max((len(", ".join(item.asked.names)) for item in lab.items), default=0)
        for item in lab.items:
            names, points = ", ".join(item.asked.names), f"{item.asked.points:g} points"
            lines += [f"  {item.asked.id}  {names:{width}}  {points:>10}  {_state(item)}"]
        n_written = sum(item.written for item in lab.items)
        lines += [f"  {n_written} of {len(lab.items)} exercises written", ""]
    return "\n".join([*lines, *_overall(totals(labs))])


def totals(labs: Iterable[LabProgress]) -> list[tuple[str, ...]]:
    """One row a notebook: lab, file, exercises written, checks passed, points behind them."""
    rows = []
    for lab in labs:
        if not lab.fault:
            passed, (reached, most) = sum(item.passed for item in lab.items), lab.points
            written, n = sum(item.written for item in lab.items), len(lab.items)
            rows.append((lab.lab, lab.path.name, f"{written} of {n}", f"{passed} of {n}", f"{reached:g} of {most:g}"))
    return rows


def _overall(rows: list[tuple[str, ...]]) -> list[str]:
    head = ("lab", "notebook", "written", "checks passed", "their points")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows)]
    return [*lines, NOT_FULL_MARKS] if rows else []


def _state(item: Item) -> str:
    if not item.written:
        return "blank"
    count = f" ({item.count})" if item.count else ""
    if item.check == "changed":
        return "written, check passed, but the answer has changed since"
    return f"written, check {item.check}{count}"


def _checks(tree: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """What the saved outputs of the check cells say: exercise, then verdict, count and digest of what was run."""
    for cell in tree.get("cells", ()):
        about = (cell.get("metadata") or {}).get("effdl") or {}
        call = CALL.match(_text(cell.get("source")).strip())
        exercise = about.get("id") if about.get("role") == "check" else call[1] if call else None
        if exercise and cell.get("outputs"):
            kinds = {output.get("output_type") for output in cell["outputs"]}
            said = "\n".join(_text(output.get(key)) for output in cell["outputs"] for key in ("text", "evalue"))
            count, digest = COUNT.search(said), DIGEST.search(said)
            verdict = "failed" if "error" in kinds else "passed"
            yield exercise, (verdict, f"{count[1]} of {count[2]}" if count else "", digest[1] if digest else "")


def _text(found: Any) -> str:
    return "".join(line for line in found if isinstance(line, str)) if isinstance(found, list) else str(found or "")


def _number(found: Any) -> float:
    return float(found) if isinstance(found, int | float) else 0.0

"""Say which exercises of a notebook are written, and which visible checks have passed."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from effdl.student.validate import InvalidSubmission, defined_names, read_submission

__all__ = ["Item", "LabProgress", "is_written", "look", "table"]

C_BLANK = "#error"  # stands in the C answers of a lab until they are written


@dataclass(frozen=True)
class Item:
    """One exercise: its id, what it asks for, and how far it is."""

    id: str
    names: tuple[str, ...]
    written: bool
    check: str  # "passed", "failed" or "not run"


@dataclass(frozen=True)
class LabProgress:
    """One notebook in `work/`; `fault` is why it could not be read, and then there are no items."""

    path: Path
    title: str = ""
    items: tuple[Item, ...] = ()
    fault: str = ""


def look(path: Path) -> LabProgress:
    """How far the notebook in `path` is, from its text and its saved outputs; nothing is run."""
    try:
        notebook, lab = read_submission(path)
    except InvalidSubmission as fault:
        return LabProgress(path, fault=str(fault))
    about = notebook.metadata.get("effdl", {})
    checks = _checks(json.loads(path.read_text(encoding="utf-8-sig")))
    defined, sources = defined_names(notebook), [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    items = []
    for entry in about.get("exercises", ()):
        names = tuple(entry["names"])
        written = all(name in defined and is_written(name, sources) for name in names)
        items.append(Item(entry["id"], names, written, checks.get(entry["id"], "not run")))
    return LabProgress(path, f"{lab}: {about.get('title', '')}", tuple(items))


def is_written(name: str, sources: list[str]) -> bool:
    """Whether some code cell defines `name` as something else than the blank of the lab."""
    return any(_defines(name, source) for source in sources)


def table(labs: list[LabProgress]) -> str:
    """The lines that `effdl progress` prints."""
    lines = []
    for lab in labs:
        if lab.fault:
            lines += [lab.fault, ""]
            continue
        lines += [f"{lab.title}  ({lab.path.name})"]
        width = max((len(", ".join(item.names)) for item in lab.items), default=0)
        for item in lab.items:
            state = f"written, check {item.check}" if item.written else "blank"
            lines += [f"  {item.id}  {', '.join(item.names):{width}}  {state}"]
        n_written = sum(item.written for item in lab.items)
        lines += [f"  {n_written} of {len(lab.items)} exercises written", ""]
    return "\n".join(lines).rstrip()


def _defines(name: str, source: str) -> bool:
    try:
        tree = ast.parse(re.sub(r"^\s*[%!].*$", "pass", source, flags=re.MULTILINE))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # written, if not yet rightly: the cell does not parse
        return re.search(rf"^(?:def|class)\s+{re.escape(name)}\b", source, re.MULTILINE) is not None
    return any(_binds(node, name) and not _is_blank(node) for node in tree.body)


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _is_blank(node: ast.stmt) -> bool:
    parts = list(ast.walk(node))
    if any(isinstance(part, ast.FunctionDef) and _only_raises(part) for part in parts):
        return True
    return any(isinstance(part, ast.Constant) and C_BLANK in str(part.value) for part in parts)


def _only_raises(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.unparse(body[0])


def _checks(tree: dict[str, Any]) -> dict[str, str]:
    """What the saved outputs of the check cells say, by exercise id."""
    found = {}
    for cell in tree.get("cells", ()):
        metadata = cell.get("metadata") or {}
        about = metadata.get("effdl") or {}
        if about.get("role") == "check" and cell.get("outputs"):
            kinds = {output.get("output_type") for output in cell["outputs"]}
            found[about.get("id")] = "failed" if "error" in kinds else "passed"
    return found

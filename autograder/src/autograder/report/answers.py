"""The answers in a recorded notebook: found by name, as the grader finds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.grade.source import DEFINITIONS, Unreadable, definitions, is_blank, read_code

HELPERS = "helpers"
# the cells that hold what a student wrote; another cell of the lab is the lab's
OWN = ("exercise", "student")


@dataclass(frozen=True)
class Answer:
    """What a student wrote for one exercise: the text as it stands, and its definitions."""

    text: str
    nodes: tuple[ast.stmt, ...]


def about(cell: Mapping[str, Any]) -> dict[str, Any]:
    """What the build wrote into a cell."""
    found = cell.get("metadata", {}).get("effdl", {})
    return found if isinstance(found, dict) else {}


def source(cell: Mapping[str, Any]) -> str:
    """A cell's text, which a file may hold as lines."""
    text = cell.get("source", "")
    return text if isinstance(text, str) else "".join(text)


def stubs(release: Mapping[str, Any]) -> dict[str, str]:
    """The blank definitions of a lab, by name."""
    found: dict[str, str] = {}
    for _, tree in _trees(release):
        found |= definitions(tree)
    return found


def find_answers(
    notebook: Mapping[str, Any], exercises: Mapping[str, tuple[str, ...]], blanks: Mapping[str, str]
) -> dict[str, Answer]:
    """Each exercise's answer, the last definition of a name; functions of the student's own are "helpers"."""
    owner = {name: exercise for exercise, names in exercises.items() for name in names}
    found: dict[str, dict[str, tuple[str, ast.stmt]]] = {}
    for text, tree in _trees(notebook):
        for node in tree.body:
            name = _name(node)
            if name and not is_blank(node, blanks):
                piece = ast.get_source_segment(text, node) or ""
                found.setdefault(owner.get(name, HELPERS), {})[name] = (piece, node)
    return {
        exercise: Answer("\n\n".join(piece for piece, _ in each.values()), tuple(node for _, node in each.values()))
        for exercise, each in found.items()
    }


def _trees(notebook: Mapping[str, Any]) -> Iterator[tuple[str, ast.Module]]:
    for cell in notebook.get("cells", []):
        if cell.get("cell_type") == "code" and about(cell).get("role") in OWN:
            try:
                code = read_code(source(cell))
            except Unreadable:
                continue
            yield code.text, code.tree


def _name(node: ast.stmt) -> str:
    """What a statement defines: a function, a class, or a text in another language (`matmul_c = '...'`)."""
    if isinstance(node, DEFINITIONS):
        return node.name
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id if _is_text(node.value) else ""
    return ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" in node.value

"""Count the lines of a code cell the way the limits mean it."""

from __future__ import annotations

import ast

from autograder.author.rules.draft import parse

DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


def code_lines(text: str) -> int:
    """Non-blank lines, docstrings left out."""
    lines = {number for number, line in enumerate(text.split("\n"), start=1) if line.strip()}
    tree = parse(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return len(lines)

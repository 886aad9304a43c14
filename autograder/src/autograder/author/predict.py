"""Blank a prediction: one assignment of a literal, whose values become None in the lab."""

from __future__ import annotations

import ast


def values_of(source: str) -> list[ast.expr]:
    """The literal values of a prediction; those of a dict one by one, nested ones too.

    Raises: ValueError if `source` is not one assignment of a literal or of a dict of literals to one name
    """
    try:
        body = ast.parse(source).body
        (assignment,) = body
        (target,) = assignment.targets if isinstance(assignment, ast.Assign) else ()
        ast.literal_eval(assignment.value)
    except (SyntaxError, ValueError, TypeError) as problem:
        raise ValueError(
            "a prediction is one assignment of a literal, such as guess = 3 or guess = {'a': 3}"
        ) from problem
    if not isinstance(target, ast.Name):
        raise ValueError("a prediction assigns to one name")
    return _leaves(assignment.value)


def blank_prediction(source: str) -> str:
    """`source` with every literal value replaced by None; names, keys, layout and comments stay."""
    lines = source.encode().split(b"\n")
    for value in reversed(values_of(source)):
        tail = lines[value.end_lineno - 1][value.end_col_offset :]
        head = lines[value.lineno - 1][: value.col_offset]
        lines[value.lineno - 1 : value.end_lineno] = [head + b"None" + tail]
    return b"\n".join(lines).decode()


def _leaves(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Dict):
        return [leaf for value in node.values for leaf in _leaves(value)]
    return [node]

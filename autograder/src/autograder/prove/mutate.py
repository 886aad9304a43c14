"""First-order mutants of a reference function: each differs from it in one small, plausible slip.

A hidden test that no mutant can fail tests nothing. The operators are the usual ones of mutation testing (as in mutmut
and cosmic-ray), on the syntax tree, so that every mutant parses: comparisons and arithmetic are swapped, constants
moved by one, booleans flipped, conditions negated, a call of one argument replaced by that argument, a keyword argument
or a statement left out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPS: dict[type, type] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult,
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One changed version of a function; `change` reads "line 7: a + b -> a - b"."""

    change: str
    source: str


def mutants(source: str) -> list[Mutant]:
    """All first-order mutants of an answer's source, in the order of its text, each once.

    Where nbgrader's marks say what the student writes, only that is mutated: the rest is given.
    """
    tree = ast.parse(source)
    written = _written_lines(source)
    found: dict[str, Mutant] = {}
    for path, node in _nodes(tree):
        if written and getattr(node, "lineno", 0) not in written:
            continue
        for replacement in _replacements(node):
            mutated = _with(tree, path, replacement)
            text = ast.unparse(ast.fix_missing_locations(mutated))
            after = ast.unparse(replacement) if replacement is not None else "(left out)"
            change = f"line {getattr(node, 'lineno', 0)}: {_short(ast.unparse(node))} -> {_short(after)}"
            found.setdefault(text, Mutant(change, text))
    found.pop(ast.unparse(tree), None)
    return list(found.values())


def _written_lines(source: str) -> set[int]:
    """The numbers of the lines between the marks of a solution; empty if there are none."""
    written, inside = set(), False
    for number, line in enumerate(source.splitlines(), start=1):
        inside = (inside or "### BEGIN SOLUTION" in line) and "### END SOLUTION" not in line
        if inside:
            written.add(number)
    return written


Path = tuple[tuple[str, int | None], ...]


def _nodes(tree: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """Every node that an operator may change, with the way to it; docstrings, signatures and messages are not code."""
    for name, value in ast.iter_fields(tree):
        if name in ("args", "returns", "decorator_list", "annotation") and isinstance(
            tree, ast.FunctionDef | ast.AnnAssign
        ):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST) or isinstance(child, ast.Raise) or _is_docstring(child):
                continue
            here = (*path, (name, index))
            yield here, child
            yield from _nodes(child, here)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _with(tree: ast.AST, path: Path, replacement: ast.AST | None) -> ast.AST:
    """A copy of `tree` in which the node at `path` is replaced; a statement replaced by None becomes `pass`."""
    result = copy.deepcopy(tree)
    parent = result
    for name, index in path[:-1]:
        parent = getattr(parent, name) if index is None else getattr(parent, name)[index]
    name, index = path[-1]
    new = ast.Pass() if replacement is None else replacement
    if index is None:
        setattr(parent, name, new)
    else:
        getattr(parent, name)[index] = new
    return result


def _replacements(node: ast.AST) -> Iterator[ast.AST | None]:
    for kind, operator in OPERATORS:
        if isinstance(node, kind):
            yield from operator(node)


def _swap_binary(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in SWAPS:
        yield ast.BinOp(node.left, SWAPS[type(node.op)](), node.right)


def _swap_augmented(node: ast.AugAssign) -> Iterator[ast.AST]:
    if type(node.op) in SWAPS:
        yield ast.AugAssign(node.target, SWAPS[type(node.op)](), node.value)
    yield ast.Assign([node.target], node.value, lineno=node.lineno)


def _swap_compare(node: ast.Compare) -> Iterator[ast.AST]:
    for i, op in enumerate(node.ops):
        if type(op) in SWAPS:
            yield ast.Compare(node.left, [*node.ops[:i], SWAPS[type(op)](), *node.ops[i + 1 :]], node.comparators)


def _swap_boolean(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(SWAPS[type(node.op)](), node.values)


def _drop_unary(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _move_constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
        if node.value:
            yield ast.Constant(node.value - 1)


def _negate(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    changed = copy.deepcopy(node)
    changed.test = ast.UnaryOp(ast.Not(), changed.test)
    yield changed


def _unwrap_call(node: ast.Call) -> Iterator[ast.AST]:
    """abs(x) -> x, x.abs() -> x, and each keyword argument left out in turn."""
    if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name | ast.Attribute):
        yield node.func.value
    elif isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
        yield node.func.value
    if len(node.args) == 1 and isinstance(node.func, ast.Name):
        yield node.args[0]
    for i in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, [*node.keywords[:i], *node.keywords[i + 1 :]])


def _drop_statement(node: ast.stmt) -> Iterator[None]:
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.If | ast.For) and not _is_docstring(node):
        yield None


OPERATORS: tuple[tuple[type | tuple[type, ...], Callable[..., Iterator[ast.AST | None]]], ...] = (
    (ast.BinOp, _swap_binary),
    (ast.AugAssign, _swap_augmented),
    (ast.Compare, _swap_compare),
    (ast.BoolOp, _swap_boolean),
    (ast.UnaryOp, _drop_unary),
    (ast.Constant, _move_constant),
    ((ast.If, ast.IfExp, ast.While), _negate),
    (ast.Call, _unwrap_call),
    (ast.stmt, _drop_statement),
)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."

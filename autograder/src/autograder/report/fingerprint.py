"""What is kept of an answer to compare it with others: the hashes of its runs of tokens, after renaming.

Comments, docstrings, annotations and layout are gone and all names of a student's own are one name. Each run of RUN
tokens is a shingle, as in Schleimer, Wilkerson and Aiken 2003 (winnowing), without their sampling, which answers of ten
lines do not need.

What this leaves out: a reordered computation, or another way to write it, counts as different.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.grade.source import DEFINITIONS
from autograder.report.answers import Answer

RUN = 5
LONGEST = 40_000
WORD = re.compile(r"\w+|[^\w\s]")
LAYOUT = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)

# hashes, each once, in order: a class's sets of Python's integers would take gigabytes
Shingles = np.ndarray


@dataclass(frozen=True, eq=False)
class Print:
    """What is kept of an answer: the hashes of its shingles, and of its text."""

    shingles: Shingles
    text: int


Prints = Mapping[str, Print]


def tokens(answer: Answer) -> list[str]:
    """An answer's tokens, its own names and its layout taken out."""
    return [token for node in answer.nodes for token in _tokens(node)]


def fingerprint(answers: Mapping[str, Answer]) -> dict[str, Print]:
    """What is kept of each answer of a submission."""
    return {exercise: Print(shingles(answer), _text(answer)) for exercise, answer in answers.items()}


def _text(answer: Answer) -> int:
    return hash(tuple(line.rstrip() for line in answer.text.splitlines() if line.strip()))


def shingles(answer: Answer) -> Shingles:
    """The runs of tokens in an answer."""
    try:
        found = tokens(answer) if len(answer.text) <= LONGEST else WORD.findall(answer.text[:LONGEST])
    except RecursionError:  # nested too deeply to be looked at
        found = WORD.findall(answer.text)
    runs = range(max(len(found) - RUN + 1, 1) if found else 0)
    return np.unique(np.fromiter((hash(tuple(found[i : i + RUN])) for i in runs), dtype=np.int64))


def _tokens(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign):  # a text in another language
        yield from WORD.findall(str(getattr(node.value, "value", "")))
        return
    bare = _Bare().visit(node)
    own = set(_bound(bare))
    for token in tokenize.generate_tokens(io.StringIO(ast.unparse(bare)).readline):
        if token.type == tokenize.NAME and token.string in own:
            yield "v"
        elif token.type in (tokenize.INDENT, tokenize.DEDENT):
            yield tokenize.tok_name[token.type]
        elif token.type not in LAYOUT:
            yield token.string


class _Bare(ast.NodeTransformer):
    """Takes out docstrings, annotations and empty statements, in place: twice is as good as once."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        if isinstance(node, (*DEFINITIONS, ast.Module)):
            node.body = [child for child in node.body if not _is_idle(child)] or [ast.Pass()]
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        bare = ast.Pass() if node.value is None else ast.Assign([node.target], self.visit(node.value))
        return ast.fix_missing_locations(ast.copy_location(bare, node))


def _is_idle(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _bound(tree: ast.AST) -> Iterator[str]:
    """The names that an answer gives to things: its arguments, variables, helpers and attributes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0]
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name

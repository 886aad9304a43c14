"""Which answers are alike after renaming, by what few others wrote and the lab itself does not give.

An answer becomes tokens: comments, docstrings, annotations and layout are gone and all names of its own are one name.
Each run of RUN tokens is a shingle, as in Schleimer, Wilkerson and Aiken 2003 (winnowing), without their sampling,
which answers of ten lines do not need. A right answer of three lines is alike for everyone: a shingle that more than a
few hand in is no evidence, so pairs are ranked by the shingles that they share with few others.

What this leaves out: a reordered computation, or another way to write it, counts as different.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from autograder.grade.source import DEFINITIONS
from autograder.report.answers import Answer

RUN = 5
# shared by more than this many, or this share of a class, a shingle is common
FEW, FEW_SHARE = 3, 0.05
# a pair is listed from this many rare shingles on, and with one answer this much alike
EVIDENCE, ALIKE = 10, 0.6
LONGEST = 40_000
WORD = re.compile(r"\w+|[^\w\s]")
LAYOUT = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)

Shingles = frozenset[int]


@dataclass(frozen=True)
class Print:
    """What is kept of an answer: the hashes of its runs of tokens, and of its text."""

    shingles: Shingles
    text: int


Prints = Mapping[str, Print]


@dataclass(frozen=True)
class Pair:
    """Two submissions. `alike` maps an exercise to the share of the shorter answer that stands in the other."""

    one: str
    other: str
    evidence: int
    alike: dict[str, float]
    verbatim: frozenset[str]


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
    return frozenset(hash(tuple(found[i : i + RUN])) for i in range(max(len(found) - RUN + 1, 1) if found else 0))


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


@dataclass(frozen=True)
class Alike:
    """What was found in a class: sets of equal submissions, pairs of similar ones (one of each set stands for it)."""

    equal: list[tuple[str, ...]]
    pairs: list[Pair]


def compare_class(prints: Mapping[str, Prints], given: Prints) -> Alike:
    """Compare all submissions of a lab; `given` is what the lab itself gives, which counts for nobody."""
    parts = {student: _without(each, given) for student, each in prints.items()}
    groups: dict[frozenset, list[str]] = {}
    for student, each in sorted(parts.items()):
        whole = frozenset((exercise, shingle) for exercise, found in each.items() for shingle in found)
        if len(whole) >= EVIDENCE:
            groups.setdefault(whole, []).append(student)
    shared = _evidence({members[0]: whole for whole, members in groups.items()})
    enough = [(*pair, evidence) for pair, evidence in shared.items() if evidence >= EVIDENCE]
    pairs = [_pair(one, other, evidence, parts, prints) for one, other, evidence in enough]
    listed = sorted((pair for pair in pairs if pair.alike), key=lambda pair: (-pair.evidence, pair.one, pair.other))
    return Alike([tuple(members) for members in groups.values() if len(members) > 1], listed)


def _without(prints: Prints, given: Prints) -> dict[str, Shingles]:
    nothing = Print(frozenset(), 0)
    return {exercise: each.shingles - given.get(exercise, nothing).shingles for exercise, each in prints.items()}


def _evidence(wholes: Mapping[str, frozenset]) -> Counter[tuple[str, str]]:
    """How many rare shingles each pair shares."""
    holders: dict[tuple, list[str]] = {}
    for student, whole in wholes.items():
        for shingle in whole:
            holders.setdefault(shingle, []).append(student)
    few = max(FEW, int(FEW_SHARE * len(wholes)))
    shared: Counter[tuple[str, str]] = Counter()
    for students in holders.values():
        if 1 < len(students) <= few:
            shared.update(combinations(sorted(students), 2))
    return shared


def _pair(
    one: str,
    other: str,
    evidence: int,
    parts: Mapping[str, Mapping[str, Shingles]],
    prints: Mapping[str, Prints],
) -> Pair:
    both = [exercise for exercise in parts[one] if parts[one][exercise] and parts[other].get(exercise)]
    alike = {exercise: _overlap(parts[one][exercise], parts[other][exercise]) for exercise in both}
    verbatim = frozenset(exercise for exercise in both if prints[one][exercise].text == prints[other][exercise].text)
    return Pair(one, other, evidence, {e: share for e, share in alike.items() if share >= ALIKE}, verbatim)


def _overlap(one: Shingles, other: Shingles) -> float:
    return len(one & other) / min(len(one), len(other))

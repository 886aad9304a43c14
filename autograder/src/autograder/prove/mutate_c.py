"""First-order mutants of a function in C: each differs from it in one small, plausible slip.

The operators work on tokens: comparisons, arithmetic and counting are swapped, numbers moved by one, the bound of a
comparison moved by one, two names within an index exchanged, conditions negated, a statement left out. What does not
compile is no mutant, nor is what compiles to the same instructions as the reference or as another mutant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from effdl import mcu

from autograder import ctext
from autograder.ctext import Token
from autograder.prove.in_c import cell_of, texts_of
from autograder.prove.mutate import Mutant

SWAPS = {
    "+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=",
    "!=": "==", "&&": "||", "||": "&&", "&": "|", "|": "&", "^": "|", "<<": ">>", ">>": "<<", "++": "--", "--": "++",
    "+=": "=", "-=": "+=", "*=": "+=", "|=": "&=", "&=": "|=", "<<=": ">>=", ">>=": "<<=",
}  # fmt: skip
COMPARISONS = ("<", "<=", ">", ">=")
KEYWORDS = {"if", "for", "while", "do", "else", "return", "break", "continue", "switch", "case", "default", "goto"}
TYPES = {"const", "static", "int", "char", "short", "long", "unsigned", "signed", "float", "void", "struct", "volatile"}


@dataclass(frozen=True)
class Change:
    """A stretch of the text, what stands there and what shall stand there instead."""

    start: int
    end: int
    new: str


def mutants(cell: str) -> list[Mutant]:
    """All first-order mutants of an answer in C, in the order of its text."""
    texts = texts_of(cell)
    found = []
    for name, text in texts.items():
        seen = {_code(text)}
        for change in _changes(text):
            mutated = text[: change.start] + change.new + text[change.end :]
            code = _code(mutated)
            if code is not None and code not in seen:
                seen.add(code)
                found.append(Mutant(_says(text, change), cell_of({**texts, name: mutated})))
    return found


def _code(text: str) -> object:
    """What a text compiles to, without the names of its lines; None if it does not compile."""
    try:
        return mcu.compile(text).segments
    except mcu.McuError:
        return None


def _says(text: str, change: Change) -> str:
    line = text.count("\n", 0, change.start) + 1
    column = change.start - (text.rfind("\n", 0, change.start) + 1) + 1
    before, after = text[change.start : change.end], change.new
    return f"line {line}, column {column}: {_short(before)} -> {_short(after) or '(left out)'}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 50 else line[:47] + "..."


def _changes(text: str) -> Iterator[Change]:
    code = [token for token in ctext.written(text) if token.kind not in ("comment", "directive")]
    body = _in_bodies(text, code)
    for i, token in enumerate(body):
        before = body[i - 1] if i else None
        if token.kind == "mark" and token.text in SWAPS and not _is_unary(token, before):
            yield Change(token.start, token.end, SWAPS[token.text])
        if token.kind == "number":
            yield from _moved(token)
        if token.text in COMPARISONS and i + 1 < len(body) and body[i + 1].kind == "name":
            bound = body[i + 1]
            yield from (Change(bound.start, bound.end, f"({bound.text} {sign} 1)") for sign in "+-")
        if token.text == "[":
            yield from _exchanged(text, body, i)
        if token.text in ("if", "while", "for"):
            yield from _controlled(text, body, i)
    yield from _left_out(body)


def _in_bodies(text: str, code: list[Token]) -> list[Token]:
    """The tokens within the bodies of functions: signatures are given."""
    places = ctext.functions(text)
    return [token for token in code if any(each.opened < token.start < each.closed for each in places)]


def _is_type(token: Token | None) -> bool:
    return token is not None and (token.text in TYPES or token.text.endswith("_t"))


def _is_unary(token: Token, before: Token | None) -> bool:
    """A sign, a pointer's star or an address: what follows no value."""
    if token.text not in "+-*&":
        return False
    return before is None or _is_type(before) or before.text in KEYWORDS or not _ends_a_value(before)


def _ends_a_value(token: Token) -> bool:
    return token.kind in ("name", "number", "text") or token.text in (")", "]")


def _moved(token: Token) -> Iterator[Change]:
    digits = token.text.rstrip("uUlL")
    if digits.isdigit():
        value, suffix = int(digits), token.text[len(digits) :]
        yield Change(token.start, token.end, f"{value + 1}{suffix}")
        if value:
            yield Change(token.start, token.end, f"{value - 1}{suffix}")


def _closing(body: list[Token], opened: int) -> int:
    """The place of the bracket that closes the one at `opened`; the last token if there is none."""
    pair = {"(": ")", "[": "]", "{": "}"}[body[opened].text]
    depth = 0
    for i in range(opened, len(body)):
        depth += {body[opened].text: 1, pair: -1}.get(body[i].text, 0)
        if depth == 0:
            return i
    return len(body) - 1


def _exchanged(text: str, body: list[Token], opened: int) -> Iterator[Change]:
    """An index with two of its names exchanged."""
    closed = _closing(body, opened)
    inner = body[opened + 1 : closed]
    names = list(dict.fromkeys(token.text for token in inner if token.kind == "name"))
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            swap = {one: other, other: one}
            new, at = "", body[opened].end
            for token in inner:
                new += text[at : token.start] + (
                    swap.get(token.text, token.text) if token.kind == "name" else token.text
                )
                at = token.end
            yield Change(body[opened].end, body[closed].start, new + text[at : body[closed].start])


def _controlled(text: str, body: list[Token], at: int) -> Iterator[Change]:
    """A condition negated; a loop or a branch left out with all that it holds."""
    if at + 1 >= len(body) or body[at + 1].text != "(":
        return
    closed = _closing(body, at + 1)
    if body[at].text == "if":
        start, end = body[at + 1].end, body[closed].start
        yield Change(start, end, f"!({text[start:end]})")
    if closed + 1 < len(body) and body[closed + 1].text != ";":
        yield Change(body[at].start, body[_end_of_statement(body, closed + 1)].end, ";")


def _end_of_statement(body: list[Token], at: int) -> int:
    if body[at].text == "{":
        return _closing(body, at)
    if body[at].text in ("if", "while", "for") and at + 1 < len(body):
        return _end_of_statement(body, min(_closing(body, at + 1) + 1, len(body) - 1))
    while at < len(body) - 1 and body[at].text != ";":
        at = _closing(body, at) + 1 if body[at].text in "([{" else at + 1
    return at


def _left_out(body: list[Token]) -> Iterator[Change]:
    """Each simple statement, declarations excepted, left out."""
    starts = True
    i = 0
    while i < len(body):
        token = body[i]
        if starts and token.text not in ("{", "}", ";") and token.text not in KEYWORDS and not _is_type(token):
            end = _end_of_statement(body, i)
            yield Change(token.start, body[end].end, ";")
        if token.text in ("if", "while", "for") and i + 1 < len(body):
            i, starts = _closing(body, i + 1) + 1, True
            continue
        starts = token.text in ("{", "}", ";", "do", "else")
        i += 1

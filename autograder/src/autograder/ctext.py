"""Read a text of C as far as the course needs it: its tokens, and where each function begins and ends.

What this leaves out: macros that hold braces, and old-style parameter lists; the course's own C has neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//[^\n]*)
    |(?P<directive>^[ \t]*\#(?:\\\n|[^\n])*)
    |(?P<text>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |(?P<name>[A-Za-z_]\w*)
    |(?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
    |(?P<mark><<=|>>=|\.\.\.|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\S)""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)

BEGIN, END = "BEGIN SOLUTION", "END SOLUTION"


@dataclass(frozen=True)
class Token:
    """One token: its kind ("comment", "directive", "text", "name", "number" or "mark"), its text and its place."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Function:
    """A function's place: `start` of its comment (or of its first word), `head` of its first word, its braces.

    `opened` is the place of the first brace, `closed` that of the last.
    """

    name: str
    start: int
    head: int
    opened: int
    closed: int


def tokens(text: str) -> list[Token]:
    """All tokens, comments and directives among them; what stands between them is blank."""
    return [Token(found.lastgroup or "", found[0], found.start()) for found in TOKEN.finditer(text)]


def functions(text: str) -> list[Function]:
    """The functions that a text defines, in their order."""
    found, first, comment = [], None, None
    body: Token | None = None
    depth, before = 0, []
    for token in tokens(text):
        if token.kind in ("comment", "directive"):
            comment = _longer(text, comment, token) if depth == 0 and not before else comment
            continue
        first = first or token
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text == "{" and depth == 1:
            body = token if before and before[-1].text == ")" else None
        elif token.text == "}" and depth == 0 and body:
            adjacent = comment is not None and not text[comment.end : first.start].strip(" \t\n")
            found.append(
                Function(
                    _name(before), comment.start if adjacent else first.start, first.start, body.start, token.start
                )
            )
        if depth == 0 and token.text in (";", "}"):
            first, comment, before, body = None, None, [], None
        elif depth == 0:
            before.append(token)
    return found


def _longer(text: str, comment: Token | None, token: Token) -> Token | None:
    """The comment that stands right before what comes next: `token`, with the one directly above it."""
    if token.kind == "directive":
        return None
    if comment and text[comment.end : token.start].count("\n") <= 1:
        return Token("comment", text[comment.start : token.end], comment.start)
    return token


def _name(head: list[Token]) -> str:
    """The name before the parameter list that a function's head ends with."""
    depth = 0
    for i in range(len(head) - 1, 0, -1):
        depth += {")": 1, "(": -1}.get(head[i].text, 0)
        if depth == 0:
            return head[i - 1].text
    return ""


def function_named(text: str, name: str) -> Function:
    """The function of that name.

    Raises: ValueError listing those that there are
    """
    known = functions(text)
    for function in known:
        if function.name == name:
            return function
    raise ValueError(f"there is no function {name!r}; there are: {', '.join(each.name for each in known) or 'none'}")


def written(text: str) -> Iterator[Token]:
    """The tokens that a student writes: those between the marks of a solution, or all if there are none."""
    found = tokens(text)
    marked = any(BEGIN in token.text for token in found)
    inside = not marked
    for token in found:
        if BEGIN in token.text or END in token.text:
            inside = BEGIN in token.text
        elif inside:
            yield token

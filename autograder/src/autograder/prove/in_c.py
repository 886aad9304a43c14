"""Answers in C for proofs: take the texts out of a cell, put others in, and the laziest guesses."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from autograder import ctext
from autograder.grade.source import literal_texts


def texts_of(cell: str) -> dict[str, str]:
    """The texts that a cell assigns, by name."""
    return {name: text for node in ast.parse(cell).body for name, text in literal_texts(node).items()}


def cell_of(texts: Mapping[str, str]) -> str:
    """A cell that assigns the texts to the names."""
    return "".join(f"{name} = {text!a}\n" for name, text in texts.items())


def with_body(name: str, text: str, body: str) -> str:
    """The text with another body in the function that the answer `name` ("matmul_c") is about."""
    function = ctext.function_named(text, name.removesuffix("_c"))
    return f"{text[: function.opened + 1]}\n{body}\n{text[function.closed :]}"


def lazy(cell: str) -> Iterator[tuple[str, str]]:
    """(what it does, a cell that does it) for the guesses that every exercise must be safe from.

    Arrays given back as they came, zeros and ones in the arrays that a function may write to, each as long as the first
    number says or the product of the first two.
    """
    texts = texts_of(cell)
    for says, make in (("does nothing", _nothing), *_filling("zeros", 0), *_filling("ones", 1)):
        bodies = {name: with_body(name, text, make(*_parameters(name, text))) for name, text in texts.items()}
        yield says, cell_of(bodies)


def _filling(what: str, value: int) -> Iterator[tuple]:
    for count in (1, 2):

        def fill(written: list[str], numbers: list[str], count: int = count) -> str:
            size = " * ".join(numbers[:count]) or "1"
            loop = f"for (int lazy = 0; lazy < {size}; lazy++) "
            return "".join(f"    {loop}{name}[lazy] = {value};\n" for name in written)

        yield f"writes {what}, {'as many as the first number' if count == 1 else 'a matrix of them'}", fill


def _nothing(written: list[str], numbers: list[str]) -> str:
    return ""


def _parameters(name: str, text: str) -> tuple[list[str], list[str]]:
    """The arrays that a function may write to, and its numbers, by name."""
    function = ctext.function_named(text, name.removesuffix("_c"))
    head = text[function.head : function.opened]
    written, numbers = [], []
    for parameter in head[head.index("(") + 1 : head.rindex(")")].split(","):
        words = [token.text for token in ctext.tokens(parameter) if token.kind in ("name", "mark")]
        if "*" in words and "const" not in words:
            written.append(words[-1])
        elif len(words) > 1 and "*" not in words and "[" not in words:
            numbers.append(words[-1])
    return written, numbers

"""Answers that are texts in another language: read from the notebook as they stand there, and run where no code of the
student's does.

Such an answer is one assignment of a text that is written out, `matmul_c = '...'`; the last one counts. Nothing is run
to find it, so that no Python of the student's can have a say in what is compiled, emulated and counted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from autograder.grade.model import Event
from autograder.grade.source import is_blank, literal_texts

PLAIN = "it has to be written out as one plain text, without f-strings, names, calls or +"


class Texts:
    """The texts found so far for the names in `owner` (name -> exercise); `stubs` are those of the lab."""

    def __init__(self, owner: Mapping[str, str], stubs: Mapping[str, str]) -> None:
        self.owner, self.stubs = owner, stubs
        self.found: dict[str, str] = {}
        self.computed: dict[str, str] = {}

    def look(self, label: str, body: Iterable[ast.stmt]) -> None:
        """Take what the statements of one cell bind to our names."""
        for node in body if self.owner else ():
            texts = {} if is_blank(node, self.stubs) else literal_texts(node)
            bound = {
                each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
            for name in bound & self.owner.keys():
                if name in texts:
                    self.found[name] = texts[name]
                    self.computed.pop(name, None)
                elif not literal_texts(node):
                    self.computed[name] = label

    @property
    def code(self) -> str:
        """The one cell that binds the texts to their names, "" if there are none."""
        return "\n".join(f"{name} = {text!a}" for name, text in self.found.items())

    def notes(self) -> dict[str, str]:
        """By exercise, what the student should know of a text that is computed."""
        return {self.owner[name]: f"{label}: {name} is computed; {PLAIN}" for name, label in self.computed.items()}

    def events(self) -> list[Event]:
        """What the instructor should know."""
        return [Event("computed text", f"{label}: {name}; {PLAIN}") for name, label in self.computed.items()]

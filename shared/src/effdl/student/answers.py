"""Find what a student wrote for a name, in the texts of cells or behind an object of the kernel."""

from __future__ import annotations

import ast
import hashlib
import linecache
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

__all__ = ["definition", "digest", "digest_of_objects", "is_blank", "is_written", "object_text"]

C_BLANK = "#error"  # stands in the C answers of a lab until they are written
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
DEFINES = r"^(?:def|class)\s+{}\b"
DIGITS = 6
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def is_written(name: str, sources: Iterable[str]) -> bool:
    """Whether some code cell defines `name` as something else than the blank of the lab."""
    return definition(name, sources) is not None


def is_blank(name: str, value: Any) -> bool:
    """Whether the kernel's `value` is still the lab's blank; what nobody knows the text of counts as written."""
    if isinstance(value, str):
        return C_BLANK in value
    text = object_text(name, value)
    defined = re.search(DEFINES.format(re.escape(name)), text, re.MULTILINE)
    return defined is not None and definition(name, [text]) is None


def definition(name: str, sources: Iterable[str]) -> str | None:
    """The text of the last definition of `name` at the top level of a cell; blanks do not count, None if there is none.

    Of a cell that does not parse and seems to define it, all of the text. A text of C comes without its quotes.
    """
    found = None
    for source in sources:
        found = _in_cell(name, source) or found
    return found


def digest(names: Iterable[str], sources: Sequence[str]) -> str:
    """Six letters and digits that change with the definition of one of `names`; "" where one is not there."""
    return _digest([definition(name, sources) for name in names])


def digest_of_objects(named: Iterable[tuple[str, Any]]) -> str:
    """The digest of what the kernel holds under these names; "" where the text of one is not known."""
    return _digest([definition(name, [object_text(name, value)]) for name, value in named])


def object_text(name: str, value: Any) -> str:
    """The text of the cell or file that `value` was defined in, "" if nobody knows it; a text of C as an assignment."""
    if isinstance(value, str):
        return f"{name} = {value!r}"
    parts = [value, *(vars(value).values() if isinstance(value, type) else ())]
    codes = (getattr(getattr(part, "__func__", part), "__code__", None) for part in parts)
    return "".join(next((linecache.getlines(code.co_filename) for code in codes if code), []))


def _digest(texts: Sequence[str | None]) -> str:
    if None in texts:
        return ""
    lines = [line.rstrip() for text in texts for line in str(text).splitlines()]
    return hashlib.sha256("\n".join(filter(None, lines)).encode("utf-8", "replace")).hexdigest()[:DIGITS]


def _in_cell(name: str, source: str) -> str | None:
    if name not in source:
        return None
    for text in (source, MAGIC.sub("pass", source)):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return _in_tree(name, text, ast.parse(text))
    # written, if not yet rightly
    return source if re.search(DEFINES.format(re.escape(name)), source, re.MULTILINE) else None


def _in_tree(name: str, source: str, tree: ast.Module) -> str | None:
    found = [node for node in tree.body if _binds(node, name) and not _is_blank(node)]
    return _text(source, found[-1]) if found else None


def _text(source: str, node: ast.stmt) -> str:
    value = getattr(node, "value", None)
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)])
    return "\n".join(source.split("\n")[first - 1 : node.end_lineno])


def _binds(node: ast.stmt, name: str) -> bool:
    if isinstance(node, DEFINITIONS):
        return node.name == name
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _is_blank(node: ast.stmt) -> bool:
    parts = list(ast.walk(node))
    if any(isinstance(part, ast.FunctionDef) and _only_raises(part) for part in parts):
        return True
    return any(isinstance(part, ast.Constant) and C_BLANK in str(part.value) for part in parts)


def _only_raises(function: ast.FunctionDef) -> bool:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return len(body) == 1 and isinstance(body[0], ast.Raise) and "NotImplementedError" in ast.unparse(body[0])

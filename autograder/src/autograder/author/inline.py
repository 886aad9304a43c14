"""Put a reference's own source into a notebook cell, with nbgrader's marks around what a student writes."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from autograder.course import Course

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Reference:
    """One `module:name` of a `source=` mark; `methods` are those to blank, of a class."""

    module: str
    name: str
    methods: tuple[str, ...] = ()


def parse_references(mark: str) -> tuple[Reference, ...]:
    """The references of a `source=` mark: `module:f`, `module:f,g`, `module:f,other:g`, `module:Class.a+b`.

    Raises: ValueError if the mark has another form
    """
    module, references = "", []
    for item in mark.replace(" ", "").split(","):
        found, colon, name = item.rpartition(":")
        module = found if colon else module
        name, _, methods = name.partition(".")
        parts = [*module.split("."), name, *filter(None, methods.split("+"))]
        if not all(part.isidentifier() for part in parts):
            raise ValueError(
                f'source={mark!r}: write source="effdl.module:function" or "effdl.module:Class.method+method"'
            )
        references.append(Reference(module, name, tuple(filter(None, methods.split("+")))))
    return tuple(references)


def reference_names(mark: str) -> tuple[str, ...]:
    """The names that a `source=` mark binds in the notebook."""
    return tuple(reference.name for reference in parse_references(mark))


def inline(course: Course, mark: str) -> str:
    """The cell text of a `source=` mark: each reference as it stands in its module, its body between the marks.

    Raises: ValueError naming the module and the name that is missing or has no docstring
    """
    return "\n\n\n".join(_inline_one(course, reference) for reference in parse_references(mark))


def blank(text: str) -> str:
    """`text` with each marked region replaced by the stub, as nbgrader's ClearSolutions does it."""
    kept, inside = [], False
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if BEGIN in line:
            kept += [indent + stub for stub in STUB]
            inside = True
        elif END in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def blank_text(text: str) -> str:
    """A markdown answer with its marked region replaced by nbgrader's text stub; all of it if nothing is marked."""
    if BEGIN not in text:
        return "YOUR ANSWER HERE"
    head, _, rest = text.partition(BEGIN)
    return head + "YOUR ANSWER HERE" + rest.partition(END)[2]


def _inline_one(course: Course, reference: Reference) -> str:
    text, node = _find(course, reference)
    lines = text.split("\n")
    start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    functions = _to_blank(node, reference)
    for function in reversed(functions):
        _mark(lines, function, reference)
    added = 2 * len(functions)
    return "\n".join(lines[start - 1 : node.end_lineno + added])


def _find(course: Course, reference: Reference) -> tuple[str, Function | ast.ClassDef]:
    base = course.package.parent / reference.module.replace(".", "/")
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not path.exists():
        raise ValueError(f"there is no module {reference.module} in {course.package.name}: {path.name} is missing")
    text = path.read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, (Function, ast.ClassDef)) and node.name == reference.name:
            return text, node
    raise ValueError(f"{reference.module} has no function or class {reference.name!r}")


def _to_blank(node: Function | ast.ClassDef, reference: Reference) -> list[Function]:
    """The functions whose bodies a student writes, in the order of the file."""
    if isinstance(node, Function):
        if reference.methods:
            raise ValueError(f"{reference.module}:{node.name} is a function and has no methods")
        return [node]
    methods = [item for item in node.body if isinstance(item, Function) and item.name in reference.methods]
    absent = set(reference.methods) - {method.name for method in methods}
    if absent or not reference.methods:
        raise ValueError(f"{reference.module}:{node.name}: name its methods to write; unknown: {sorted(absent)}")
    return methods


def _mark(lines: list[str], function: Function, reference: Reference) -> None:
    """Insert the two marks around the body of a function, which begins after its docstring."""
    if ast.get_docstring(function) is None or len(function.body) < 2:
        raise ValueError(f"{reference.module}:{function.name} needs a docstring, which students get, and a body")
    docstring, first = function.body[0], function.body[1]
    indent = " " * first.col_offset
    lines.insert(function.end_lineno, indent + END)
    lines.insert(docstring.end_lineno, indent + BEGIN)

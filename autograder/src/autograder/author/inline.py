"""Put a reference's own source into a notebook cell, with nbgrader's marks around what a student writes."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from autograder import ctext
from autograder.course import Course

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = ("# YOUR CODE HERE", "raise NotImplementedError()")
# of a C answer, which is a text: the marks stand in comments of C, and what is not written does not compile
C_BEGIN, C_END = f"/* {BEGIN} */", f"/* {END} */"
C_STUB = ("/* YOUR CODE HERE */", '#error "not written yet"')
C_FILE = re.compile(r"[a-z_]\w*(/\w+)*\.c")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Reference:
    """One `module:name` of a `source=` mark; `methods` are those to blank, of a class. A module may be a file of C."""

    module: str
    name: str
    methods: tuple[str, ...] = ()

    @property
    def is_c(self) -> bool:
        return self.module.endswith(".c")

    @property
    def bound(self) -> str:
        """The name in the notebook: that of a text is told from a function's."""
        return f"{self.name}_c" if self.is_c else self.name


def parse_references(mark: str) -> tuple[Reference, ...]:
    """The references of a `source=` mark: `module:f`, `module:f,g`, `module:f,other:g`, `module:Class.a+b`,
    `folder/file.c:f`.

    Raises: ValueError if the mark has another form
    """
    module, references = "", []
    for item in mark.replace(" ", "").split(","):
        found, colon, name = item.rpartition(":")
        module = found if colon else module
        name, _, methods = name.partition(".")
        place = ["c"] if C_FILE.fullmatch(module) and not methods else module.split(".")
        if not all(part.isidentifier() for part in (*place, name, *filter(None, methods.split("+")))):
            raise ValueError(
                f'source={mark!r}: write source="effdl.module:function", "effdl.module:Class.method+method" or '
                '"effdl/c/file.c:function"'
            )
        references.append(Reference(module, name, tuple(filter(None, methods.split("+")))))
    if len({reference.is_c for reference in references}) > 1:
        raise ValueError(f"source={mark!r}: an exercise is written in Python or in C, not in both")
    return tuple(references)


def reference_names(mark: str) -> tuple[str, ...]:
    """The names that a `source=` mark binds in the notebook."""
    return tuple(reference.bound for reference in parse_references(mark))


def inline(course: Course, mark: str) -> str:
    """The cell text of a `source=` mark: each reference as it stands in its module, its body between the marks.

    Raises: ValueError naming the module and the name that is missing or has no docstring
    """
    return "\n\n\n".join(_inline_one(course, reference) for reference in parse_references(mark))


def blank(text: str) -> str:
    """`text` with each marked region replaced by the stub, as nbgrader's ClearSolutions does it.

    ClearSolutions knows one stub for a notebook: in a C answer it puts Python's, which does not compile either.
    """
    kept, inside = [], False
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        if BEGIN in line:
            kept += [indent + stub for stub in (C_STUB if C_BEGIN in line else STUB)]
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
    if reference.is_c:
        return _inline_c(course, reference)
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


def _inline_c(course: Course, reference: Reference) -> str:
    """A function of C as an assignment of its text, its comment included, its body between the marks."""
    path = course.package.parent / reference.module
    if not path.exists():
        raise ValueError(f"there is no file {reference.module}")
    text = path.read_text(encoding="utf-8")
    try:
        found = ctext.function_named(text, reference.name)
    except ValueError as problem:
        raise ValueError(f"{reference.module}: {problem}") from None
    head, body = text[found.start : found.opened + 1], text[found.opened + 1 : found.closed]
    if found.start == found.head or not body.strip():
        raise ValueError(f"{reference.module}:{found.name} needs a comment before it, which students get, and a body")
    if '"""' in text or "\\" in head + body or not (body.startswith("\n") and body.endswith("\n")):
        raise ValueError(
            f'{reference.module}:{found.name}: write it without backslashes and """, its braces at the ends of lines'
        )
    indent = re.search(r"^[ \t]+(?=\S)", body, re.MULTILINE)
    inner = indent[0] if indent else "    "
    marked = f"{head}\n{inner}{C_BEGIN}{body}{inner}{C_END}\n}}"
    return f'{reference.bound} = """\n{marked}\n"""'

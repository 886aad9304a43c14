"""Read a cell's code without running it: what it binds, what it reads, which definitions it holds."""

from __future__ import annotations

import ast
import re
import symtable
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

MAX_CELL_CHARS = 256 * 1024
# IPython's transformer reads a cell anew for each magic in it, so that a long cell of magics takes minutes
MAX_MAGIC_CHARS = 32 * 1024
TRANSPARENT_MAGIC = re.compile(r"\s*%%(time|capture)\b[^\n]*\n")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class Unreadable(ValueError):
    """The text of a cell is no Python; the message says why, in words for a student."""


@dataclass(frozen=True)
class Code:
    """A cell that was read: `text` is plain Python, magics rewritten; `binds` and `reads` are top-level names."""

    text: str
    tree: ast.Module
    binds: frozenset[str]
    reads: frozenset[str]


def read_code(source: str) -> Code:
    """Read one cell.

    Raises: Unreadable if it is no Python, or too long or too deeply nested to be looked at
    """
    if len(source) > MAX_CELL_CHARS:
        raise Unreadable(f"it has more than {MAX_CELL_CHARS // 1024} KiB of text")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text, tree = _parse(strip_transparent_magic(source))
            table = symtable.symtable(text, "<cell>", "exec")
            binds = frozenset(_bound(table))
            return Code(text, tree, binds, frozenset(_read(tree, table, binds)))
    except SyntaxError as problem:
        raise Unreadable(f"syntax error in line {problem.lineno}: {problem.msg}") from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise Unreadable("it is nested too deeply, or holds characters that no Python has") from None


def strip_transparent_magic(source: str) -> str:
    """The cell without a leading `%%time` or `%%capture`, which run the rest of the cell as it is."""
    while match := TRANSPARENT_MAGIC.match(source):
        source = source[match.end() :]
    return source


def _parse(source: str) -> tuple[str, ast.Module]:
    try:
        return source, ast.parse(source)
    except SyntaxError:
        if len(source) > MAX_MAGIC_CHARS:
            raise
        text = TransformerManager().transform_cell(source)
        return text, ast.parse(text)


def _bound(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        top = table.get_type() == "module"
        if (symbol.is_assigned() or symbol.is_imported()) and (top or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _bound(child)


def _read(tree: ast.Module, table: symtable.SymbolTable, binds: frozenset[str]) -> Iterator[str]:
    """Names that must exist before the cell runs, or at the latest when its functions do."""
    seen: set[str] = set()
    for statement in tree.body:
        yield from (name for name in _loads(statement) if name not in seen)
        seen.update(_stores(statement))
    for child in table.get_children():
        yield from (name for name in _globals(child) if name not in binds)


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        children = ast.iter_child_nodes(node)
        todo.extend(child for child in children if not (isinstance(node, FUNCTIONS) and _is_body(node, child)))


def _is_body(function: ast.AST, child: ast.AST) -> bool:
    return child is function.body if isinstance(function, ast.Lambda) else child in function.body


def _loads(statement: ast.stmt) -> Iterator[str]:
    for node in _outside_functions(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _stores(statement: ast.stmt) -> Iterator[str]:
    for node in _outside_functions(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).split(".")[0]
        elif isinstance(node, DEFINITIONS):
            yield node.name


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from (s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced())
    for child in table.get_children():
        yield from _globals(child)


def definitions(tree: ast.Module) -> dict[str, str]:
    """What a cell's top level defines, each as a text in which layout plays no part: functions, classes, texts."""
    texts = {name: " ".join(text.split()) for node in tree.body for name, text in literal_texts(node).items()}
    return {node.name: ast.dump(node) for node in tree.body if isinstance(node, DEFINITIONS)} | texts


def literal_texts(node: ast.stmt) -> dict[str, str]:
    """The names that a statement binds to a text written out in it, such as an answer in C."""
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not isinstance(node.value, ast.Constant):
        return {}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    value = node.value.value
    return {t.id: value for t in targets if isinstance(t, ast.Name)} if isinstance(value, str) else {}


def is_blank(node: ast.stmt, stubs: Mapping[str, str]) -> bool:
    """True for a definition that is still the lab's stub, or a function that only raises NotImplementedError."""
    texts = literal_texts(node)
    if texts:
        return all(stubs.get(name) == " ".join(text.split()) for name, text in texts.items())
    if not isinstance(node, DEFINITIONS) or node.name not in stubs:
        return False
    return ast.dump(node) == stubs[node.name] or (isinstance(node, FUNCTIONS) and _only_raises(node))


def _only_raises(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    body = [node for node in function.body if not _is_docstring(node)]
    if len(body) != 1 or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc
    raised = raised.func if isinstance(raised, ast.Call) else raised
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def without(code: Code, nodes: list[ast.stmt]) -> str:
    """The text of a cell without some of its top-level statements."""
    rest = [node for node in code.tree.body if node not in nodes]
    return ast.unparse(ast.Module(rest, []))


def reduced(code: Code) -> str:
    """The cell's imports, functions, classes and literal assignments; nothing that computes."""
    return ast.unparse(ast.Module([node for node in code.tree.body if _is_definition(node)], []))


def _is_definition(node: ast.stmt) -> bool:
    if isinstance(node, (ast.Import, ast.ImportFrom, *DEFINITIONS)):
        return True
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
        return False
    try:
        ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True

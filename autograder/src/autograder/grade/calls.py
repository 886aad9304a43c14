"""Who calls whom in a Python package, from its text alone: enough to withhold a function with all that use it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file. `names` maps what its top level binds to full dotted names, `functions` full names to definitions."""

    name: str
    path: Path
    tree: ast.Module
    names: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)


def read_package(folder: Path) -> dict[str, Module]:
    """The modules of a package by full name ("effdl.pruning")."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = [folder.name, *path.relative_to(folder).with_suffix("").parts]
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        module = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
        modules[name] = module
        _index(module)
    return modules


def _index(module: Module) -> None:
    for node in module.tree.body:
        module.names |= dict(_imported(module, node))
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            module.names[node.name] = f"{module.name}.{node.name}"
        if isinstance(node, FUNCTIONS):
            module.functions[f"{module.name}.{node.name}"] = node
        if isinstance(node, ast.ClassDef):
            methods = (item for item in node.body if isinstance(item, FUNCTIONS))
            module.functions |= {f"{module.name}.{node.name}.{method.name}": method for method in methods}


def _imported(module: Module, node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        base = _base(module, node)
        yield from ((alias.asname or alias.name, f"{base}.{alias.name}") for alias in node.names)


def _base(module: Module, node: ast.ImportFrom) -> str:
    """The absolute name of what is imported from."""
    if not node.level:
        return node.module or ""
    package = module.name.split(".")
    up = node.level - (module.path.name == "__init__.py")
    return ".".join([*package[: len(package) - up], *filter(None, [node.module])])


def callers(modules: dict[str, Module], wanted: Iterable[str]) -> set[str]:
    """The functions that use one of `wanted`, or one that does, and so on; full names."""
    uses = {
        name: _uses(modules, module, name, function)
        for module in modules.values()
        for name, function in module.functions.items()
    }
    found = set(wanted)
    while more := {name for name, used in uses.items() if name not in found and used & found}:
        found |= more
    return found


def _uses(modules: dict[str, Module], module: Module, name: str, function: Function) -> set[str]:
    names = dict(module.names)
    local = set()
    for node in ast.walk(function):
        names |= dict(_imported(module, node))
        if isinstance(node, ast.arg):
            local.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
    names = {key: value for key, value in names.items() if key not in local}
    owner = name.rsplit(".", 1)[0]
    if owner != module.name:
        names["self"] = names["cls"] = owner
    dotted = filter(None, (_dotted(node, names) for node in ast.walk(function)))
    return {_resolve(modules, text) for text in dotted}


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The full name that an expression `a.b.c` stands for, "" if its head is no known name."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def _resolve(modules: dict[str, Module], text: str, depth: int = 8) -> str:
    """Follow re-exports: "effdl.group_scores" to "effdl.pruning.group_scores"."""
    head, _, name = text.rpartition(".")
    target = modules[head].names.get(name, text) if head in modules else text
    return text if target == text or depth == 0 else _resolve(modules, target, depth - 1)

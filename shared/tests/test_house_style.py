"""The package keeps the limits of the house: short functions, few parameters, one form of docstring, true examples."""

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "effdl"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_FUNCTION, MAX_MODULE, MAX_PARAMETERS, MAX_NESTING, MAX_PUBLIC = 40, 300, 6, 3, 12
ARRAYS = {"Tensor", "ndarray"}
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def faults(source: str, *, reference: bool = True) -> list[str]:
    """What breaks the limits in a module, one line each; a reference module names its sources and prints nothing."""
    tree = ast.parse(source)
    public = _public(tree)
    found = list(_module_faults(tree, source, public))
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS):
            found += _function_faults(node)
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and node.name in (public or ()):
            found += _docstring_faults(node, reference)
    if reference:
        calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
        found += [f"line {call.lineno}: prints" for call in calls if isinstance(call, ast.Name) and call.id == "print"]
    return found


def _public(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return ast.literal_eval(node.value)
    return None


def _module_faults(tree: ast.Module, source: str, public: list[str] | None) -> Iterator[str]:
    if not ast.get_docstring(tree):
        yield "the module has no docstring"
    if len(source.splitlines()) > MAX_MODULE:
        yield f"the module has more than {MAX_MODULE} lines"
    if any(isinstance(node, ast.Assert) for node in ast.walk(tree)):
        yield "a bare assert stands outside tests"
    if len(tree.body) > 1 and public is None:
        yield "the module has no __all__"
    if len(public or ()) > MAX_PUBLIC:
        yield f"__all__ has more than {MAX_PUBLIC} names"


def _function_faults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    if node.end_lineno - node.lineno + 1 > MAX_FUNCTION:
        yield f"{node.name} has more than {MAX_FUNCTION} lines"
    if len(_parameters(node)) > MAX_PARAMETERS:
        yield f"{node.name} has more than {MAX_PARAMETERS} parameters"
    if _nesting(node) > MAX_NESTING:
        yield f"{node.name} nests deeper than {MAX_NESTING}"
    if node.returns is None or not all(parameter.annotation for parameter in _parameters(node)):
        yield f"{node.name} is not typed"


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    own = node.args
    rest = [each for each in (own.vararg, own.kwarg) if each]
    return [each for each in own.posonlyargs + own.args + own.kwonlyargs + rest if each.arg not in ("self", "cls")]


def _nesting(node: ast.AST) -> int:
    deepest = 0
    for part in ast.iter_child_nodes(node):
        if isinstance(part, FUNCTIONS):
            continue  # it is counted as a function of its own
        is_elif = isinstance(node, ast.If) and isinstance(part, ast.If) and node.orelse == [part]
        deepest = max(deepest, _nesting(part) + (isinstance(part, BLOCKS) and not is_elif))
    return deepest


def _docstring_faults(node: ast.FunctionDef | ast.AsyncFunctionDef, reference: bool) -> Iterator[str]:
    lines = (ast.get_docstring(node) or "").splitlines()
    if not lines:
        yield f"{node.name} has no docstring"
        return
    if not lines[0].endswith(".") or (len(lines) > 1 and lines[1]):
        yield f"{node.name}: the docstring's first line is no sentence of its own"
    hints = [parameter.annotation for parameter in _parameters(node)] + [node.returns]
    words = {getattr(part, "id", getattr(part, "attr", "")) for hint in hints if hint for part in ast.walk(hint)}
    starts = {line.split(":")[0] for line in lines if ":" in line}
    if words & ARRAYS and "Shapes" not in starts:
        yield f"{node.name}: the docstring has no line 'Shapes:'"
    if reference and "Source" not in starts:
        yield f"{node.name}: the docstring has no line 'Source:'"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_module_keeps_the_limits(path):
    assert faults(path.read_text(encoding="utf-8"), reference=path.parent == PACKAGE) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_names_in_all_exist_and_the_examples_run(path):
    name = ".".join(["effdl", *path.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
    module = importlib.import_module(name)
    assert [each for each in getattr(module, "__all__", ()) if not hasattr(module, each)] == []
    assert doctest.testmod(module).failed == 0


HEAD = '"""A module."""\n\n__all__ = ["f"]\n\n'
DOC = '    """Add one.\n\n    Shapes: x (n,) -> (n,)\n    Source: ours\n    """\n'
GOOD = HEAD + "def f(x: Tensor) -> Tensor:\n" + DOC + "    return x + 1\n"


def test_a_module_within_the_limits_has_no_faults():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("x = 1\n" + GOOD, "the module has no docstring"),
        (GOOD + "\n" * 300, "the module has more than 300 lines"),
        (GOOD + "assert f\n", "a bare assert stands outside tests"),
        ('"""A module."""\nx = 1\n', "the module has no __all__"),
        (GOOD.replace('["f"]', repr([f"f{i}" for i in range(13)])), "__all__ has more than 12 names"),
        (GOOD + "    # same\n" * 40 + "    return x\n", "f has more than 40 lines"),
        (GOOD.replace("x: Tensor", ", ".join(f"{a}: int" for a in "abcdefg")), "f has more than 6 parameters"),
        (
            GOOD.replace("x: Tensor", "a: int, /, b: int, *c: int, d: int, e: int, g: int, **h: int"),
            "f has more than 6",
        ),
        (
            GOOD.replace("return", "if x:\n     for y in x:\n      while y:\n       with y:\n        return"),
            "f nests deeper",
        ),
        (GOOD.replace("x: Tensor", "x"), "f is not typed"),
        (GOOD.replace(" -> Tensor:", ":"), "f is not typed"),
        (GOOD.replace(DOC, ""), "f has no docstring"),
        (GOOD.replace("Add one.", "Add one\n    to all."), "f: the docstring's first line is no sentence"),
        (GOOD.replace("Add one.", "Add one"), "f: the docstring's first line is no sentence"),
        (GOOD.replace("Shapes:", "Forms:"), "f: the docstring has no line 'Shapes:'"),
        (
            GOOD.replace("x: Tensor", "x: dict[str, np.ndarray]").replace("Shapes:", ""),
            "f: the docstring has no line 'Sh",
        ),
        (GOOD.replace("Source:", "Origin:"), "f: the docstring has no line 'Source:'"),
        (GOOD + "    print(x)\n", "line 12: prints"),
    ],
)
def test_each_limit_can_be_broken(source, fault):
    assert [line for line in faults(source) if line.startswith(fault)]


@pytest.mark.parametrize(
    "source",
    [
        GOOD.replace(
            "return",
            "if x:\n     pass\n    elif x:\n     pass\n    elif x:\n     pass\n    elif x:\n     pass\n    return",
        ),
        GOOD + "\nclass F:\n    def g(self, a: int, b: int, c: int, d: int, e: int, g: int) -> None: ...\n",
        GOOD.replace("Tensor", "float").replace("    Shapes: x (n,) -> (n,)\n", ""),
        '"""A package."""\n',
        GOOD + "\ndef _inner(x: Tensor) -> Tensor:\n    return x\n",
    ],
)
def test_what_keeps_the_limits_is_no_fault(source):
    assert faults(source) == []


def test_plumbing_may_print_and_need_name_no_source():
    assert faults(GOOD.replace("    Source: ours\n", "") + "    print(x)\n", reference=False) == []

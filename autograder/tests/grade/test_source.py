"""Reading cells without running them."""

from __future__ import annotations

import ast
import contextlib

import pytest
from autograder.grade.source import (
    MAX_CELL_CHARS,
    Unreadable,
    definitions,
    is_blank,
    read_code,
    reduced,
    strip_transparent_magic,
    without,
)
from hypothesis import given, settings
from hypothesis import strategies as st

STUB = 'def f(w):\n    """Double."""\n    # YOUR CODE HERE\n    raise NotImplementedError()\n'
STUBS = definitions(ast.parse(STUB + "class C:\n    def m(self):\n        raise NotImplementedError()\n"))


@pytest.mark.parametrize(
    ("source", "binds"),
    [
        ("def f(): pass", {"f"}),
        ("async def f(): pass", {"f"}),
        ("class A:\n    x = 1", {"A"}),
        ("import a.b as c, d.e", {"c", "d"}),
        ("from a import b as c", {"c"}),
        ("x, (y, *z) = 1, (2, 3)", {"x", "y", "z"}),
        ("for i in []: j = 1", {"i", "j"}),
        ("with open('x') as g: pass", {"g"}),
        ("if (n := 3): pass", {"n"}),
        ("def f():\n    global g\n    g = 1", {"f", "g"}),
        ("def f(x):\n    y = x", {"f"}),
        ("if True:\n    f = lambda: 1", {"f"}),
    ],
)
def test_the_names_that_a_cell_binds(source, binds):
    assert read_code(source).binds == binds


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("x = net", {"net"}),
        ("net = prune(net)", {"net", "prune"}),
        ("w = 1\ny = w", set()),
        ("def f(w):\n    return w + scale", {"scale"}),
        ("def f(w):\n    return g(w)\ndef g(w):\n    return w", set()),
        ("f = lambda w: w + scale", {"scale"}),
        ("x += 1", {"x"}),
        ("def f(a=default): pass", {"default"}),
        ("import torch\ntorch.rand(1)", set()),
        ("@decorator\ndef f(): pass", {"decorator"}),
        ("class A(Base):\n    def m(self):\n        return outer", {"Base", "outer"}),
    ],
)
def test_the_names_that_a_cell_reads(source, reads):
    builtins = {"print", "range", "open"}
    assert read_code(source).reads - builtins == reads


@pytest.mark.parametrize(
    "source", ["%matplotlib inline\nx = 1", "!ls\nx = 1", "files = !ls\nx = 1", "x = 1\nx?", "%%time\nx = 1"]
)
def test_magics_do_not_hide_what_a_cell_binds(source):
    assert "x" in read_code(source).binds


def test_only_leading_magics_that_run_the_cell_as_it_is_are_dropped():
    assert strip_transparent_magic("%%time\n%%capture out\nx = 1") == "x = 1"
    assert strip_transparent_magic("%%writefile a.py\nx = 1").startswith("%%writefile")


@pytest.mark.parametrize(
    "source",
    [
        "def f(:",
        "x = '\0'",
        "(" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = " + "+".join(["1"] * 60_000),
        "f" + "(f" * 900 + ")" * 900,
        "x = 1\n" * MAX_CELL_CHARS,
        "x = 10 " + "** 10" * 10_000,
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 150)),
    ],
)
def test_a_cell_that_is_no_python_is_refused_and_harms_nobody(source):
    with contextlib.suppress(Unreadable):
        # some Pythons read what others refuse; what matters is that nothing else is raised
        assert isinstance(read_code(source).tree, ast.Module)


def test_the_reason_names_the_line_and_never_a_file():
    with pytest.raises(Unreadable, match=r"syntax error in line 2: "):
        read_code("x = 1\ndef f(:")


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(source):
    with contextlib.suppress(Unreadable):
        read_code(source)


@pytest.mark.parametrize(
    "source",
    [
        STUB,
        STUB.replace("    # YOUR CODE HERE\n", ""),
        'def f(w, p=2):\n    """Mine."""\n    raise NotImplementedError',
        "def f(w):\n    raise NotImplementedError('later')",
    ],
)
def test_a_function_that_only_raises_not_implemented_is_blank(source):
    assert is_blank(ast.parse(source).body[0], STUBS)


@pytest.mark.parametrize(
    "source",
    [
        "def f(w):\n    return 2 * w",
        "def f(w):\n    pass",
        "def other(w):\n    raise NotImplementedError",
        "def f(w):\n    if w is None:\n        raise NotImplementedError\n    return w",
        "class C:\n    def m(self):\n        return 1",
        "f = None",
    ],
)
def test_anything_else_is_not_blank(source):
    assert not is_blank(ast.parse(source).body[0], STUBS)


def test_an_untouched_class_is_blank():
    assert is_blank(ast.parse("class C:\n    def m(self):  # mine\n        raise NotImplementedError()").body[0], STUBS)


def test_a_blank_definition_is_taken_out_and_the_rest_stays():
    code = read_code("x = 1\n" + STUB + "y = 2")
    blanks = [node for node in code.tree.body if is_blank(node, STUBS)]
    assert without(code, blanks) == "x = 1\ny = 2"


def test_a_reduced_cell_keeps_imports_functions_classes_and_literals():
    source = (
        "import a\nfrom b import c\nx = {'k': [1, -2.5, None]}\ny: int = 3\nz = a.f()\nfor i in []: pass\nprint(x)\n"
    )
    assert reduced(read_code(source)) == "import a\nfrom b import c\nx = {'k': [1, -2.5, None]}\ny: int = 3"
    assert reduced(read_code("def f():\n    return 1\nf()")) == "def f():\n    return 1"

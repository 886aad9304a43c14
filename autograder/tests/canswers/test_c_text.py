"""A text of C is read token by token: functions are found, put into cells and blanked."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest
from autograder.author.inline import blank, inline, parse_references, reference_names
from autograder.author.lint import lint
from autograder.author.rules import hidden
from autograder.course import Course
from autograder.ctext import function_named, functions, tokens, written
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

SMALL = "shared/src/effdl/c/small.c"
TEXT = """/* What this file is. */
#include <stdint.h>
#define BRACE {

static const char *quoted = "} /* no comment */ {", mark = '}';

// first line
// second line
int first(int a) { return a; }

/* a structure */
struct pair { int x, y; };

/* lonely comment */

int second(
    struct pair *p, int (*call)(int)) {
    if (p) { return call(p->x); }
    return 0; /* } */
}
__attribute__((noinline)) void third(void) {}
int declared(int a);
"""


def spans(name):
    found = function_named(TEXT, name)
    return TEXT[found.start : found.head], TEXT[found.head : found.opened + 1], TEXT[found.opened + 1 : found.closed]


@pytest.fixture
def scratch(tmp_path):
    shutil.copytree(Path(__file__).parent / "course", tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def spoil(scratch):
    def write(text):
        (scratch.root / SMALL).write_text(text, encoding="utf-8")
        return scratch

    return write


def test_tokens_put_together_are_the_text_without_blanks():
    assert "".join("".join(t.text.split()) for t in tokens(TEXT)) == "".join(TEXT.split())
    kinds = {token.text: token.kind for token in tokens("a <<= 0x1Fu; // c\n#define X 'y'\nb->c += 1.5e-3f;")}
    assert kinds["<<="] == kinds["->"] == kinds["+="] == "mark"
    assert kinds["0x1Fu"] == kinds["1.5e-3f"] == "number"
    assert kinds["// c"] == "comment"
    assert kinds["#define X 'y'"] == "directive"


def test_functions_are_found_with_their_comments_and_bodies():
    assert [each.name for each in functions(TEXT)] == ["first", "second", "third"]
    assert spans("first") == ("// first line\n// second line\n", "int first(int a) {", " return a; ")
    comment, head, body = spans("second")
    assert comment == "/* lonely comment */\n\n"
    assert head.startswith("int second(")
    assert body.endswith("return 0; /* } */\n")
    assert spans("third") == ("", "__attribute__((noinline)) void third(void) {", "")


def test_an_unknown_function_is_an_error_that_lists_the_known():
    with pytest.raises(ValueError, match="no function 'fourth'; there are: first, second, third"):
        function_named(TEXT, "fourth")


def test_only_what_stands_between_the_marks_is_the_students():
    marked = "int f(int a) {\n  /* ### BEGIN SOLUTION */\n  return a;\n  /* ### END SOLUTION */\n}"
    assert [token.text for token in written(marked)] == ["return", "a", ";"]
    assert [token.text for token in written("return a;")] == ["return", "a", ";"]


def test_a_c_answer_is_one_literal_text_with_its_body_marked(scratch):
    cell = inline(scratch, "effdl/c/small.c:axpy")
    [node] = ast.parse(cell).body
    assert node.targets[0].id == "axpy_c"
    lines = node.value.value.split("\n")
    assert lines[1] == "/* Add `factor` times x to y, both of n values. */"
    assert lines[3:5] == ["    /* ### BEGIN SOLUTION */", "    for (int i = 0; i < n; i++) {"]
    assert lines[-3:] == ["    /* ### END SOLUTION */", "}", ""]
    original = (scratch.root / SMALL).read_text(encoding="utf-8")
    unmarked = "\n".join(line for line in lines if "SOLUTION" not in line)
    assert unmarked.strip() in original


def test_the_blank_keeps_comment_and_signature_and_does_not_compile(scratch):
    stub = blank(inline(scratch, "effdl/c/small.c:axpy"))
    assert "Add `factor` times x to y" in stub
    assert "void axpy(const int8_t *x" in stub
    assert '    /* YOUR CODE HERE */\n    #error "not written yet"\n}' in stub
    assert "y[i]" not in stub


def test_nbgrader_clears_a_c_answer_too(scratch):
    about = {"schema_version": 3, "solution": True, "grade": False, "locked": False, "grade_id": "a", "points": 1}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cell = new_code_cell(inline(scratch, "effdl/c/small.c:axpy"), metadata={"nbgrader": about})
    notebook = new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    cleared = ClearSolutions().preprocess(notebook, {})[0].cells[0].source
    assert "y[i]" not in cleared
    assert "void axpy(const int8_t *x" in cleared
    ast.parse(cleared)


def test_names_in_the_notebook_end_in_c():
    assert reference_names("effdl/c/small.c:axpy, other") == ("axpy_c", "other_c")
    assert [each.module for each in parse_references("effdl/c/a.c:f,effdl/c/b.c:g")] == ["effdl/c/a.c", "effdl/c/b.c"]


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("effdl/c/absent.c:f", "there is no file effdl/c/absent.c"),
        ("effdl/c/small.c:absent", "effdl/c/small.c: there is no function 'absent'; there are: axpy"),
        ("effdl/c/small.c:axpy.part", "effdl/c/file.c:function"),
        ("../small.c:axpy", "effdl/c/file.c:function"),
        ("effdl.small:axpy_macs,effdl/c/small.c:axpy", "in Python or in C, not in both"),
    ],
)
def test_a_mark_that_cannot_be_meant_is_an_error(scratch, mark, says):
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        inline(scratch, mark)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("void axpy(int n) {\n    n++;\n}\n", "needs a comment before it"),
        ("/* Nothing. */\nvoid axpy(int n) {\n}\n", "and a body"),
        ("/* One line. */\nvoid axpy(int n) { n++; }\n", "its braces at the ends of lines"),
        ("/* A slash. */\nvoid axpy(int n) {\n    n = '\\n';\n}\n", "without backslashes"),
    ],
)
def test_a_function_that_makes_no_cell_is_an_error(spoil, text, says):
    with pytest.raises(ValueError, match=says):
        inline(spoil(text), "effdl/c/small.c:axpy")


def test_a_known_answer_in_c_has_to_be_written_out(scratch):
    path = scratch.wrong("lab98") / "ex1.py"
    path.write_text(path.read_text(encoding="utf-8").replace('axpy_c = """', 'axpy_c = "" + """', 1), encoding="utf-8")
    [problem] = lint(scratch, "lab98", [hidden.every_exercise_has_wrong_answers])
    assert "does not define axpy_c; write its text out in the cell" in str(problem)

"""References are put into cells as they stand; what a student writes is marked, and blanked as nbgrader blanks it."""

import ast

import pytest
from autograder.author.inline import blank, blank_text, inline, parse_references
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import ClearSolutions

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
TINY = "shared/src/effdl/tiny.py"


def cleared_by_nbgrader(text, kind="code"):
    """What nbgrader's own preprocessor makes of a solution cell."""
    new = new_code_cell if kind == "code" else new_markdown_cell
    about = {
        "schema_version": 3,
        "solution": True,
        "grade": kind != "code",
        "locked": False,
        "grade_id": "a",
        "points": 1,
    }
    notebook = new_notebook(cells=[new(text, metadata={"nbgrader": about})], metadata={"kernelspec": KERNEL})
    return ClearSolutions().preprocess(notebook, {})[0].cells[0].source


@pytest.mark.parametrize(
    "mark", ["effdl.tiny:row_scales", "effdl.tiny:row_scales,top_mask", "effdl.tiny:RunningMean.add+mean"]
)
def test_the_blank_is_what_nbgrader_makes_of_the_solution(course, mark):
    text = inline(course, mark)
    assert blank(text) == cleared_by_nbgrader(text)
    ast.parse(blank(text))


def test_signature_and_docstring_stay_and_the_whole_body_goes(course):
    stub = blank(inline(course, "effdl.tiny:row_scales"))
    assert stub.startswith("def row_scales(w: Tensor, *, bits: int) -> Tensor:")
    assert stub.endswith('    """\n    # YOUR CODE HERE\n    raise NotImplementedError()')
    assert ">>> row_scales" in stub
    assert "a scale of 0 would divide" not in stub


def test_an_inlined_reference_does_what_the_module_does(course):
    text = inline(course, "effdl.tiny:row_scales,top_mask")
    module = ast.parse((course.root / TINY).read_text(encoding="utf-8"))
    by_name = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
    for node in ast.parse(text).body:
        assert ast.dump(node) == ast.dump(by_name[node.name])


def test_of_a_class_only_the_named_methods_are_blanked(course):
    stub = blank(inline(course, "effdl.tiny:RunningMean.add+mean"))
    assert stub.count("raise NotImplementedError()") == 2
    assert "self.total, self.count = 0.0, 0" in stub
    assert "self.total += value" not in stub


def test_decorators_come_along(course, spoil):
    spoil(TINY, "def top_mask", "@torch.no_grad()\ndef top_mask")
    assert inline(course, "effdl.tiny:top_mask").startswith("@torch.no_grad()\ndef top_mask")


def test_several_modules_may_be_named():
    first, second, third = parse_references("effdl.a:f, g, effdl.b:C.x+y")
    assert (first.module, first.name) == ("effdl.a", "f")
    assert (second.module, second.name) == ("effdl.a", "g")
    assert (third.module, third.name, third.methods) == ("effdl.b", "C", ("x", "y"))


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("effdl.absent:f", "no module effdl.absent"),
        ("effdl.tiny:absent", "no function or class 'absent'"),
        ("effdl.tiny:RunningMean", "name its methods"),
        ("effdl.tiny:RunningMean.absent", "unknown: .'absent'"),
        ("effdl.tiny:row_scales.x", "has no methods"),
        ("row_scales", "write source="),
        ("effdl.tiny:RunningMean.__init__", "needs a docstring"),
    ],
)
def test_a_reference_that_cannot_be_inlined_says_why(course, mark, says):
    with pytest.raises(ValueError, match=says):
        inline(course, mark)


@pytest.mark.parametrize("text", ["Why?\n\n### BEGIN SOLUTION\nBecause.\n### END SOLUTION", "Because."])
def test_a_text_answer_is_blanked_as_nbgrader_does(text):
    assert blank_text(text) == cleared_by_nbgrader(text, "markdown")

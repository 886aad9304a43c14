"""Every lab ends in the same cells, which the build adds: how far it is and how to hand it in."""

import ast
import json
import shutil
from pathlib import Path

import pytest
from autograder.author import index_notebook, lint
from autograder.author.build import build, build_indexes, drift, read_notebook
from autograder.author.hints import flat, staged
from autograder.author.marks import CLOSING, read_lab
from autograder.author.release import release
from autograder.author.rules.layout import lab_has_its_size
from autograder.grade.original import Original
from autograder.grade.sanitize import make_plan
from autograder.lab import load_lab

HINTS = (
    "Write it.\n\n<details><summary>Hint 1</summary>Look\nup.</details>\n"
    "<details><summary>Hint 2</summary>A <code>sum</code>.</details>\n<details><summary>Hint 3</summary>(n)</details>\n"
)


@pytest.fixture
def with_student(course):
    """The small course, whose package has what students call."""
    shutil.copytree(find_student(), course.package / "student", dirs_exist_ok=True)
    build(course, "lab99", execute=False)
    return course


def find_student():
    import effdl.student

    return effdl.student.__path__[0]


def closing_cells(notebook):
    return [cell for cell in notebook.cells if cell.metadata.effdl.role == CLOSING]


def test_a_lab_ends_in_its_points_and_the_way_to_hand_in(with_student):
    lab = read_notebook(with_student.release("lab99"))
    text, summary, hand_in = closing_cells(lab)
    assert lab.cells[-3:] == [text, summary, hand_in]
    assert "effdl submit lab99" in text.source
    rows = ast.literal_eval(ast.parse(summary.source).body[-1].value.args[1])
    assert rows == {"99.1 row_scales": 40, "99.2 top_mask": 30, "99.3 RunningMean": 30}
    assert 'student_id = ""' in hand_in.source


def test_a_package_without_a_student_side_adds_nothing(course):
    assert read_lab(course, "lab99").own_cells == read_lab(course, "lab99").cells
    assert index_notebook.notebook_path(course) not in build_indexes(course)


def test_closing_cells_count_neither_as_the_authors_nor_against_the_size(with_student):
    source = read_lab(with_student, "lab99")
    assert len(source.cells) == len(source.own_cells) + 3
    counted = next(iter(lint.lint(with_student, "lab99", (lab_has_its_size,))))
    assert f"has {len(source.own_cells) - 1} cells" in counted.wrong


def test_a_built_lab_with_closing_cells_has_not_drifted(with_student):
    found = drift(with_student, "lab99")
    assert all("was not executed" in line for line in found)


def plan_of(course, edit):
    lab = load_lab(course, "lab99")
    notebook = json.loads(lab.release.read_text(encoding="utf-8"))
    original = Original(lab, json.loads(lab.release.read_text(encoding="utf-8")))
    edit(notebook["cells"][-1])
    return make_plan(notebook, original)


def test_a_student_id_in_the_last_cell_is_no_edit_and_is_not_run(with_student):
    plan = plan_of(with_student, lambda cell: cell.update(source="".join(cell["source"]).replace('""', '"ada"')))
    assert (plan.steps, plan.events) == ((), ())


def test_an_answer_in_the_last_cell_still_counts_and_is_reported(with_student):
    plan = plan_of(
        with_student, lambda cell: cell.update(source="def top_mask(scores, n_keep):\n    return scores > 0")
    )
    assert [step.defines for step in plan.steps] == [{"top_mask"}]
    assert [event.kind for event in plan.events] == ["edited cell"]


def test_hints_open_one_after_the_other_and_come_back_flat():
    nested = staged(HINTS)
    assert nested.count("</details></details></details>") == 1
    assert nested.index("Hint 2") < nested.index("</details>")
    assert flat(nested) == HINTS
    assert staged(nested) == nested


@pytest.mark.parametrize(
    "text",
    [
        "no hints",
        "<details><summary>Alone</summary>x</details>",
        "<details>a</details>\n\nText.\n\n<details>b</details>",
    ],
)
def test_folds_that_do_not_follow_each_other_stay_as_they_are(text):
    assert staged(text) == text
    assert flat(text) == text


def test_the_index_notebook_lists_the_labs_and_two_calls(with_student):
    build_indexes(with_student)
    made = read_notebook(index_notebook.notebook_path(with_student))
    text = "\n".join(cell.source for cell in made.cells)
    assert "(lab99_tiny.ipynb)" in text
    assert 'begin("lab99")' in text
    assert "overview()" in text


def test_students_get_the_index_notebook(with_student, tmp_path):
    build_indexes(with_student)
    files = release(with_student, tmp_path / "out")
    assert Path("labs/index.ipynb") in files

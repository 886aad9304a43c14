"""What the kernel of a build sees, and what of its outputs is handed on."""

import pytest
from autograder.author import execute
from autograder.author.environment import kernel_environment
from autograder.author.execute import keep_outputs, run_notebook, show_pictures
from autograder.author.marks import SourceError
from nbformat.v4 import new_code_cell, new_notebook, new_output


def cell(role, outputs, source="1", cell_id="a"):
    return new_code_cell(source, metadata={"effdl": {"role": role}}, outputs=outputs, id=cell_id)


def notebook(*cells, lab="lab99"):
    return new_notebook(cells=list(cells), metadata={"effdl": {"lab": lab}})


def test_one_thread_the_course_package_and_its_data_are_set(course, tmp_path, monkeypatch):
    course.data.mkdir()
    monkeypatch.setenv("MPLBACKEND", "agg")
    environment = kernel_environment(course, str(tmp_path))
    assert environment["PYTHONPATH"].startswith(str(course.package.parent))
    assert environment["OMP_NUM_THREADS"] == "1"
    assert "MPLBACKEND" not in environment
    assert environment["EFFDL_DATA"] == str(course.data)


def test_what_an_experiment_shows_is_handed_on_without_counts_and_without_stderr():
    picture = new_output("execute_result", {"image/png": "x"}, execution_count=3)
    warning, printed = new_output("stream", name="stderr", text="w"), new_output("stream", name="stdout", text="p")
    solution, lab = notebook(cell("experiment", [warning, printed, picture])), notebook(cell("experiment", []))
    show_pictures(solution, lab)
    assert [output.output_type for output in lab.cells[0].outputs] == ["stream", "display_data"]
    assert "execution_count" not in lab.cells[0].outputs[1]
    assert solution.cells[0].outputs[2].execution_count == 3


def test_what_a_figure_prints_beside_its_picture_is_not_handed_on():
    printed, picture = new_output("stream", name="stdout", text="p"), new_output("display_data", {"image/png": "x"})
    for role in ("figure", "widget"):
        lab = notebook(cell(role, []))
        show_pictures(notebook(cell(role, [printed, picture])), lab)
        assert [output.output_type for output in lab.cells[0].outputs] == ["display_data"]


def test_demonstrations_hand_nothing_on():
    printed = new_output("stream", name="stdout", text="p")
    for role in ("demo", "check", "exercise", "setup", "predict"):
        lab = notebook(cell(role, []))
        show_pictures(notebook(cell(role, [printed])), lab)
        assert lab.cells[0].outputs == []


def test_outputs_are_kept_only_for_the_same_id_and_text():
    printed = [new_output("stream", name="stdout", text="p")]
    new = notebook(cell("demo", []), cell("demo", [], "2", "b"))
    keep_outputs(notebook(cell("demo", printed), cell("demo", printed, "3", "b")), new)
    assert [len(entry.outputs) for entry in new.cells] == [1, 0]


def test_widget_views_are_dropped_and_budgets_are_kept(course, monkeypatch):
    code = (
        "from IPython.display import display\n"
        "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'x'}, 'text/plain': 'w'}, raw=True)\n"
        "print('kept')"
    )
    done = notebook(cell("widget", [], code))
    assert run_notebook(course, done) > 0
    assert [output.output_type for output in done.cells[0].outputs] == ["stream"]
    monkeypatch.setitem(execute.CPU_BUDGET_S, "lab99", 0.01)
    with pytest.raises(SourceError, match="its budget is 0"):
        run_notebook(course, notebook(cell("demo", [], "sum(range(10**6))")))

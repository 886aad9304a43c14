"""Plans: what is run of a submission, whatever was done to it."""

from __future__ import annotations

import copy
import random

import pytest
from autograder.grade.sanitize import MAX_CELLS, make_plan
from hypothesis import given, settings
from hypothesis import strategies as st

ANSWER = "def row_scales(w, *, bits):\n    return w\n"


def sources(plan):
    return [step.source for step in plan.steps]


def kinds(plan):
    return [event.kind for event in plan.events]


def test_of_an_untouched_lab_nothing_is_run(blank, original):
    plan = make_plan(blank.notebook, original)
    assert not plan.steps
    assert not plan.events
    assert plan.setup == tuple(cell.source for cell in original.setup)


def test_of_the_solution_only_the_answers_and_predictions_are_run(solved, original):
    plan = make_plan(solved.notebook, original)
    assert plan.defined == {"row_scales", "top_mask", "RunningMean"}
    assert len(plan.steps) == 4
    assert not plan.events


def test_outputs_and_ids_and_tags_play_no_part(solved, original):
    want = sources(make_plan(solved.notebook, original))
    for cell in solved.cells:
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "100 points"}]
        cell["metadata"] = {"tags": ["skip-execution"]}
        cell["id"] = "x"
    assert sources(make_plan(solved.notebook, original)) == want


def test_an_untouched_stub_below_an_answer_does_not_override_it(blank, original):
    blank.code(ANSWER, at=1)
    assert sources(make_plan(blank.notebook, original)) == [ANSWER]


def test_a_stub_beside_an_answer_is_taken_out(blank, original):
    stub = blank.of("exercise", "99.1")["source"]
    plan = make_plan(blank.answer("99.1", ANSWER + "\n" + stub).notebook, original)
    assert plan.defined == {"row_scales"}
    assert "NotImplementedError" not in plan.steps[0].source


def test_an_answer_moved_to_a_demonstration_cell_counts(blank, original):
    demo = blank.of("demo")
    demo["source"] = ANSWER + "tiny.row_scales(torch.ones(2, 2), bits=3)"
    plan = make_plan(blank.notebook, original)
    assert plan.steps[0].source.startswith("def row_scales")
    assert "torch.ones" not in plan.steps[0].source
    assert kinds(plan) == ["edited cell"]


def test_an_edited_experiment_is_reduced_to_its_definitions(blank, original):
    blank.of("experiment")["source"] += "\ndef helper():\n    return 1\nslow()"
    assert sources(make_plan(blank.notebook, original)) == ["def helper():\n    return 1"]


def test_an_edited_set_up_cell_is_restored_and_then_counts_as_the_students(blank, original):
    blank.of("setup")["source"] += "\nimport math"
    plan = make_plan(blank.notebook, original)
    assert plan.setup == tuple(cell.source for cell in original.setup)
    assert "import math" in plan.steps[0].source


def test_a_deleted_set_up_cell_is_restored(solved, original):
    solved.cells.remove(solved.of("setup"))
    assert make_plan(solved.notebook, original).setup


def test_an_answer_cell_turned_into_text_is_read(blank, original):
    cell = blank.answer("99.1", ANSWER).of("exercise", "99.1")
    cell["cell_type"] = "markdown"
    plan = make_plan(blank.notebook, original)
    assert plan.defined == {"row_scales"}
    assert kinds(plan) == ["cell type"]


def test_a_cell_that_cannot_be_read_is_told_to_its_exercise(solved, original):
    solved.answer("99.1", "def row_scales(w, *, bits)\n    return w")
    plan = make_plan(solved.notebook, original)
    assert "syntax error in line 1" in plan.notes["99.1"]
    assert plan.defined == {"top_mask", "RunningMean"}


def test_the_labs_cells_run_only_if_the_student_reads_their_names(released, blank, original, lab):
    notebook = copy.deepcopy(released)
    texts = ["net = tiny", "net_2 = net", "net_3 = 1"]
    given_cells = [
        {"cell_type": "code", "id": f"given{i}", "source": text, "metadata": {"effdl": {"role": "demo"}}}
        for i, text in enumerate(texts)
    ]
    notebook["cells"][2:2] = given_cells
    richer = type(original)(lab, notebook)
    blank.cells[2:2] = copy.deepcopy(given_cells)
    assert sources(make_plan(blank.code("print(net_2)").notebook, richer)) == [
        "net = tiny",
        "net_2 = net",
        "print(net_2)",
    ]
    del blank.cells[2]
    # a deleted one is put back before all others
    assert sources(make_plan(blank.notebook, richer)) == ["net = tiny", "net_2 = net", "print(net_2)"]


def test_an_experiment_never_runs_even_if_its_name_is_read(blank, original):
    assert sources(make_plan(blank.code("print(rows)").notebook, original)) == ["print(rows)"]


def test_cells_of_another_version_are_reported(blank, original):
    for cell in blank.cells:
        cell["metadata"]["effdl"]["lab_version"] = "older"
    assert kinds(make_plan(blank.notebook, original)) == ["other version"]


def test_a_split_answer_is_put_together_by_running_both_halves(blank, original):
    head, tail = "SCALE = 2", "def row_scales(w, *, bits):\n    return w * SCALE"
    blank.answer("99.1", head)
    blank.cells.insert(
        blank.cells.index(blank.of("exercise", "99.1")) + 1, {**blank.of("exercise", "99.1"), "source": tail}
    )
    assert sources(make_plan(blank.notebook, original)) == [head, tail]


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_and_doubled_cells_lose_no_answer(solved, original, seed):
    solved.cells.extend(copy.deepcopy(solved.cells))
    random.Random(seed).shuffle(solved.cells)
    assert make_plan(solved.notebook, original).defined == {"row_scales", "top_mask", "RunningMean"}


@pytest.mark.parametrize(
    "notebook",
    [
        {},
        {"cells": None},
        {"cells": [None, 3, "x", [], {}]},
        {"cells": [{"cell_type": "code"}]},
        {"cells": [{"cell_type": "code", "source": None, "metadata": None}]},
        {"cells": [{"cell_type": "code", "source": ["a = 1\n", 3], "metadata": [], "id": []}]},
        {"cells": [{"cell_type": "code", "source": "a = 1", "metadata": {"effdl": 3, "id": {}}}]},
        {"cells": [{"cell_type": ["code"], "source": "a = 1", "metadata": {"effdl": {"role": []}}}]},
        {"cells": [{"cell_type": "code", "source": "\ud800", "metadata": {"effdl": {"role": "demo"}}}]},
    ],
)
def test_a_mangled_notebook_makes_a_plan(notebook, original):
    assert make_plan(notebook, original).setup


def test_of_very_many_cells_the_first_are_looked_at(original):
    cells = [{"cell_type": "code", "source": f"x = {i}", "metadata": {}} for i in range(MAX_CELLS + 5)]
    plan = make_plan({"cells": cells}, original)
    assert len(plan.steps) == MAX_CELLS
    assert kinds(plan) == ["cells skipped", "missing checks"]


def test_changed_points_and_added_grade_cells_are_reported(solved, original):
    want = sources(make_plan(solved.notebook, original))
    solved.of("check", "99.1")["metadata"]["nbgrader"]["points"] = 1000
    solved.code("1000").cells[-1]["metadata"] = {"nbgrader": {"grade": True, "points": 1000}}
    plan = make_plan(solved.notebook, original)
    assert kinds(plan) == ["changed marks", "own grade cell"]
    assert sources(plan)[: len(want)] == want


def test_marks_that_an_editor_dropped_are_no_change(solved, original):
    for cell in solved.cells:
        cell["metadata"] = {}
    assert kinds(make_plan(solved.notebook, original)) == []


def test_deleted_checks_are_reported_once(solved, original):
    solved.notebook["cells"] = [cell for cell in solved.cells if cell["metadata"]["effdl"]["role"] != "check"]
    assert kinds(make_plan(solved.notebook, original)) == ["missing checks"]


def test_code_that_is_shown_in_another_order_than_it_runs_is_reported(solved, original):
    for _ in range(12):
        solved.code("x = 1  # \u202e } \u2066")
    [event] = make_plan(solved.notebook, original).events
    assert event.kind == "reordered text"
    assert "and others" in event.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown"]) | JSON, "source": st.text(max_size=60) | JSON, "metadata": JSON}
)


@settings(deadline=None, max_examples=80, derandomize=True)
@given(cells=st.lists(CELL, max_size=4))
def test_any_json_makes_a_plan(original, cells):
    make_plan({"cells": cells}, original)

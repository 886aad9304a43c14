"""Whole notebooks, marked in a real sandbox."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from autograder.grade.marking import GraderFault, Limits, Marker
from autograder.percent import read_cells

ROWS = """
def row_scales(w, *, bits):
    if bits < 2:
        raise ValueError(bits)
    largest = w.abs().amax(dim=1)
    return torch.where(largest == 0, torch.ones_like(largest), largest / (2 ** (bits - 1) - 1))
"""


LOOP = ROWS.replace("largest = w.abs().amax(dim=1)", "largest = torch.stack([row.abs().max() for row in w])").replace(
    "return torch.where(largest == 0, torch.ones_like(largest), largest / (2 ** (bits - 1) - 1))",
    "return torch.stack([m / (2 ** (bits - 1) - 1) if m > 0 else torch.ones_like(m) for m in largest])",
)


def cells(kind):
    """The cells of a file of snippets, as parameters."""
    found = read_cells(Path(__file__).with_name("cells") / f"{kind}.pct")
    return [pytest.param(cell, id=cell.marks["name"]) for cell in found if cell.kind == "code" and cell.marks]


def earned(marked):
    return [exercise.earned for exercise in marked.exercises]


def statuses(marked, number):
    return [case.status for case in marked.exercises[number - 1].cases]


def kinds(marked):
    return [event.kind for event in marked.events]


def test_the_solution_gets_full_marks(marker, solved):
    marked = marker.mark(solved.notebook)
    assert (marked.score, marked.max_score) == (100, 100)
    assert not marked.events
    assert set(marker.last_seconds) == {"start", "imports", "student", "hidden", "compare", "total"}


def test_the_untouched_lab_gets_nothing(marker, blank):
    marked = marker.mark(blank.notebook)
    assert marked.score == 0
    assert {case.status for exercise in marked.exercises for case in exercise.cases} == {"missing"}
    assert "not written" in marked.exercises[0].note


def test_marking_twice_gives_the_same_record(marker, solved):
    solved.answer("99.1", ROWS.replace("amax", "amin"))
    assert marker.mark(solved.notebook) == marker.mark(solved.notebook)


def test_another_seed_gives_other_inputs_and_the_same_marks(marker, solved, lab):
    other = Marker(lab, marker.sandbox, 8)
    assert other.expected != marker.expected
    assert other.mark(solved.notebook).score == 100


def test_expected_values_may_be_handed_over(marker, solved, lab):
    second = Marker(lab, marker.sandbox, marker.seed, expected=json.loads(json.dumps(marker.expected)))
    assert second.mark(solved.notebook).score == 100


def test_credit_is_partial(marker, solved):
    wrong = ROWS.replace(
        "torch.where(largest == 0, torch.ones_like(largest), largest / (2 ** (bits - 1) - 1))",
        "largest / (2 ** (bits - 1) - 1)",
    )
    marked = marker.mark(solved.answer("99.1", wrong).notebook)
    assert earned(marked) == [32, 30, 30]
    assert statuses(marked, 1) == ["pass", "mismatch", "pass", "pass"]
    assert marked.exercises[0].cases[1].hint == "a row of zeros gets scale 1"


def test_a_wrong_answer_loses_before_a_judge(marker, solved):
    wrong = "def top_mask(scores, n_keep):\n    return scores >= scores.sort(descending=True).values[n_keep - 1]"
    assert statuses(marker.mark(solved.answer("99.2", wrong).notebook), 2) == ["pass", "mismatch"]


def test_not_implemented_never_matches_an_exception(marker, solved):
    wrong = "def row_scales(w, *, bits):\n    if bits > 0:\n        raise NotImplementedError\n    return w"
    marked = marker.mark(solved.answer("99.1", wrong).notebook)
    assert earned(marked)[0] == 0
    assert marked.exercises[0].note == "it still raises NotImplementedError"


@pytest.mark.parametrize("answer", cells("honest"))
def test_another_right_answer_gets_full_marks(marker, solved, answer):
    marked = marker.mark(solved.answer("99.1", answer.source).notebook)
    assert marked.score == 100, marked.exercises[0]


@pytest.mark.parametrize("magic", ["%%time\n", "%%capture out\n", "%matplotlib inline\n", "!ls\n"])
def test_magics_above_an_answer_cost_nothing(marker, solved, magic):
    assert marker.mark(solved.answer("99.1", magic + ROWS).notebook).score == 100


@pytest.mark.parametrize("scratch", cells("noise"))
def test_a_scratch_cell_costs_nothing(marker, solved, scratch):
    marked = marker.mark(solved.code(scratch.source, at=2).code(scratch.source).notebook)
    assert marked.score == 100, marked


def test_rebinding_names_of_python_in_the_notebook_does_not_reach_the_grader(marker, solved):
    solved.code("exec = compile = list = dict = getattr = isinstance = print = 3")
    assert earned(marker.mark(solved.notebook))[0] == 40


def test_rebinding_names_of_the_set_up_does_not_reach_the_hidden_cases(marker, solved):
    # the first two answers read `torch` themselves: their author broke them, in a plain kernel too
    assert earned(marker.mark(solved.code("torch = np = F = nn = tiny = None").notebook))[2] == 30


@pytest.mark.parametrize(
    ("scratch", "kind"),
    [
        ("while True:\n    pass", "timeout"),
        ("import os\nos._exit(0)", "died"),
        ("import time\ntime.sleep(99)", "timeout"),
    ],
)
def test_a_scratch_cell_that_loses_the_kernel_is_left_out_and_said(marker, solved, scratch, kind):
    marked = marker.mark(solved.code(scratch, at=3).notebook)
    assert marked.score == 100
    assert kinds(marked) == [kind] * len(marked.events)
    assert "cell 4" in marked.events[0].text


def test_an_answer_keeps_its_definitions_when_its_cell_hangs(marker, solved):
    marked = marker.mark(solved.answer("99.1", ROWS + "\nwhile True:\n    pass").notebook)
    assert marked.score == 100
    assert "only its definitions" in marked.events[0].text


@pytest.mark.parametrize("answer", cells("endings"))
def test_a_failing_answer_costs_its_own_exercise_only(marker, solved, answer):
    marked = marker.mark(solved.answer("99.2", answer.source).notebook)
    assert earned(marked) == [40, 0, 30]
    assert statuses(marked, 2)[0] == answer.marks["status"]


def test_an_answer_cell_that_only_hangs_is_named(marker, solved):
    marked = marker.mark(solved.answer("99.2", "while True:\n    top_mask = 1").notebook)
    assert earned(marked) == [40, 0, 30]
    assert "cell" in marked.exercises[1].note
    assert statuses(marked, 2) == ["timeout", "timeout"]


@pytest.mark.parametrize("answer", cells("attacks"))
def test_an_attack_wins_nothing_and_harms_nobody_else(marker, solved, answer):
    marked = marker.mark(solved.answer("99.1", answer.source).notebook)
    assert earned(marked) == [0, 30, 30], marked.exercises[0]
    assert ("forged output" in kinds(marked)) == (answer.marks["name"] == "a forged output")


def test_the_withheld_solution_says_so(marker, solved):
    marked = marker.mark(solved.answer("99.1", "from effdl.tiny import row_scales").notebook)
    assert "withheld" in marked.exercises[0].note


def test_an_edited_check_cell_changes_nothing(marker, solved):
    wrong = "def row_scales(w, *, bits): return w"
    solved.of("check", "99.1")["source"] = "row_scales = None\nprint('full marks')"
    marked = marker.mark(solved.answer("99.1", wrong).notebook)
    assert earned(marked) == [0, 30, 30]
    assert "edited cell" in kinds(marked)


def test_reading_hidden_files_finds_none(marker, solved, lab):
    spy = textwrap.dedent(f"""
        import pathlib
        def row_scales(w, *, bits):
            text = pathlib.Path({str(lab.solution)!r}).read_text()
            return torch.zeros(len(w))
    """)
    marked = marker.mark(solved.answer("99.1", spy).notebook)
    if marker.sandbox.isolation == "none":
        pytest.skip("nothing hides files here")
    assert statuses(marked, 1)[0] == "error"
    assert "FileNotFoundError" in marked.exercises[0].cases[0].detail


def test_a_sandbox_that_does_not_start_is_our_fault(lab, solved, marker):
    class Broken:
        isolation = "none"

        def kernel(self):
            raise OSError("no processes left")

        def close(self):
            pass

    broken = Marker(lab, Broken(), 7, expected=marker.expected)
    with pytest.raises(GraderFault, match="no processes left"):
        broken.mark(solved.notebook)


def test_a_solution_that_fails_its_own_hidden_tests_is_our_fault(lab, released, marker, tmp_path):
    path = tmp_path / "solution.ipynb"
    path.write_text(json.dumps(released), encoding="utf-8")
    with pytest.raises(GraderFault, match="fails the hidden tests"):
        _ = Marker(replace(lab, solution=path), marker.sandbox, 7).expected


def test_an_exercise_may_forbid_a_function(lab, solved, marker):
    exercises = (replace(lab.exercises[0], forbid=("torch.where",)), *lab.exercises[1:])
    strict = Marker(replace(lab, exercises=exercises), marker.sandbox, 7, expected=marker.expected)
    assert set(statuses(strict.mark(solved.answer("99.1", ROWS).notebook), 1)) >= {"forbidden"}
    loop = Marker(replace(lab, exercises=exercises), marker.sandbox, 7, expected=marker.expected)
    assert earned(loop.mark(solved.answer("99.1", LOOP).notebook)) == [40, 30, 30]


@pytest.mark.parametrize("taken", ["from torch import where", "import torch\nwhere = torch.where"])
def test_a_forbidden_function_is_refused_under_a_name_that_was_bound_before(lab, solved, marker, taken):
    exercises = (replace(lab.exercises[0], forbid=("torch.where",)), *lab.exercises[1:])
    strict = Marker(replace(lab, exercises=exercises), marker.sandbox, 7, expected=marker.expected)
    marked = strict.mark(solved.answer("99.1", f"{taken}\n{ROWS.replace('torch.where', 'where')}").notebook)
    assert set(statuses(marked, 1)) >= {"forbidden"}
    assert earned(marked)[1:] == [30, 30]


def test_time_for_one_notebook_is_bounded(lab, solved, marker):
    short = Marker(lab, marker.sandbox, 7, expected=marker.expected, limits=Limits(cell_s=0.5, total_s=0.4))
    for i in range(5):
        solved.code(f"while True:\n    x = {i}", at=2)
    marked = short.mark(solved.notebook)
    assert "out of time" in kinds(marked)
    assert statuses(marked, 1) == ["not_run"] * 4

"""Visible checks of answers in C: what passes, what fails and how it is said."""

import re

import pytest

pytest.importorskip("unicorn", reason="the extra effdl[mcu] is not installed")
pytest.importorskip("ziglang", reason="the extra effdl[mcu] is not installed")

from effdl import cache, kernels, layout, loops, schedule
from effdl.check import CheckFailed, check, slips
from effdl.check.lab17 import plans

IN_C = {"17.4": "matmul_reordered", "17.5": "matmul_unrolled", "17.6": "matmul_tiled"}
TEXTS = {exercise: kernels.function_text(name) for exercise, name in IN_C.items()}
ANSWERS = {
    "17.1": layout.offset,
    "17.2": cache.cache_hits,
    "17.3": loops.best_tile,
    "17.7": schedule.best_order,
    **TEXTS,
}


def failure(exercise, answer):
    with pytest.raises(CheckFailed) as caught:
        check(exercise, answer)
    return str(caught.value)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_references_of_lab_17_pass_with_one_line(exercise, capfd):
    check(exercise, ANSWERS[exercise])
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.count("\n") == 1
    assert "not full marks" in said.out


def test_every_exercise_of_lab_17_has_a_check():
    assert plans().keys() == ANSWERS.keys()


def test_a_pass_in_c_reports_what_the_answer_costs_beside_ours(capfd):
    check("17.5", TEXTS["17.5"])
    assert "instructions" in (said := capfd.readouterr().out)
    assert "bytes of SRAM" in said


@pytest.mark.parametrize("exercise", ["17.1", "17.2", "17.3", "17.7"])
@pytest.mark.parametrize("result", [None, "text", 1.5], ids=["None", "text", "float"])
def test_results_of_the_wrong_kind_fail_in_lab_17(exercise, result):
    assert failure(exercise, lambda *args: result)


def test_hits_and_misses_are_shown_as_words():
    said = failure("17.2", lambda addresses, *shape: ~cache.cache_hits(addresses, *shape))
    assert "hit" in said
    assert "miss" in said


@pytest.mark.parametrize("exercise", IN_C)
def test_a_blank_text_of_c_is_not_written_yet(exercise):
    assert "is not written yet" in failure(exercise, 'void f(void) {\n#error "not written yet"\n}\n')


@pytest.mark.parametrize("exercise", IN_C)
def test_a_syntax_error_names_the_line_and_shows_it(exercise):
    lines = TEXTS[exercise].splitlines()
    number = next(i for i, line in enumerate(lines) if re.search(r"= 0;$", line))
    lines[number] = lines[number].replace(";", "")
    said = failure(exercise, "\n".join(lines))
    assert f"line {number + 1}: expected ';'" in said
    assert lines[number].strip() in said


def test_a_write_outside_an_array_and_an_endless_loop_are_said():
    text = TEXTS["17.4"]
    assert "past the end of argument 3" in failure("17.4", text.replace("j < n", "j <= n"))
    assert "does not end" in failure("17.4", text.replace("p++", "p += 0"))
    assert "is stopped by the processor" in failure("17.4", text.replace("c[i * n + j] = 0", "c[-1000000] = 0"))


def test_a_missing_function_is_named():
    assert "there is no function matmul_tiled" in failure("17.6", TEXTS["17.5"])


def test_right_products_at_too_high_a_cost_fail():
    column_by_column = kernels.function_text("matmul_register").replace("matmul_register", "matmul_reordered")
    assert "cache misses; ours takes" in failure("17.4", column_by_column)
    not_unrolled = kernels.function_text("matmul_register").replace("matmul_register", "matmul_unrolled")
    assert "branches; ours takes" in failure("17.5", not_unrolled)
    untiled = kernels.function_text("matmul_reordered").replace("int k)", "int k, int tile)")
    assert "moves between tiles" in failure("17.6", untiled.replace("matmul_reordered", "matmul_tiled"))


def test_wrong_sums_stand_beside_the_expected_ones():
    said = failure("17.5", TEXTS["17.5"].replace("for (; p < k; p++)", "for (; p < p; p++)"))
    assert "sums of 5" in said
    assert "yours (2, 2)" in said


def test_an_answer_in_c_has_to_be_a_text():
    with pytest.raises(TypeError, match="text of C in quotes"):
        check("17.4", lambda: None)


def test_slips_in_c_have_fingerprints():
    wrong = TEXTS["17.5"].replace("for (; p < k; p++)", "for (; p < p; p++)")
    assert set(slips.fingerprint("17.5", [("The rest is dropped.", wrong)])) == {"2", "3", "4", "5", "6"}


def test_an_order_with_too_high_a_peak_or_none_at_all_is_said():
    assert "are enough" in failure("17.7", largest_first)
    assert "gives no valid order" in failure("17.7", lambda graph: sorted(graph, reverse=True))


def largest_first(graph):
    """Of what can run, always what writes most."""
    order = []
    while ready := [n for n in graph if n not in order and set(graph[n].inputs) <= set(order)]:
        order.append(max(ready, key=lambda name: graph[name].out_bytes))
    if len(order) < len(graph):
        raise ValueError("a circle")
    return order

"""The visible checks: what passes, what fails and how it is said."""

import inspect
import json
import time

import numpy as np
import pytest
import torch
from effdl import pruning, saliency
from effdl.check import CheckFailed, check, explain, slips
from effdl.check.case import Case, WrongKind, output, whole
from effdl.check.compare import difference, largest_error
from effdl.check.lab03 import plans
from effdl.check.render import columns, squares
from effdl.student import session
from IPython.core.interactiveshell import InteractiveShell

ANSWERS = {
    "3.1": (pruning.group_scores,),
    "3.2": (pruning.mask_from_scores,),
    "3.3": (pruning.nm_mask,),
    "3.4": (pruning.shrink_pair,),
    "3.5": (saliency.saliency,),
    "3.6": (saliency.apoz, saliency.channel_entropy),
    "3.7": (saliency.refit,),
}


def failure(exercise, *functions):
    with pytest.raises(CheckFailed) as caught:
        check(exercise, *functions)
    return str(caught.value)


def unwritten(*args):
    raise NotImplementedError


# ---- passing


@pytest.mark.parametrize("exercise", ANSWERS)
def test_references_pass_twice_with_one_line_and_nothing_on_stderr(exercise, capfd):
    start = time.process_time()
    assert check(exercise, *ANSWERS[exercise]) is None
    first = capfd.readouterr()
    check(exercise, *ANSWERS[exercise])
    assert capfd.readouterr() == first
    assert first.err == ""
    assert first.out.startswith(f"{exercise}: ")
    assert first.out.count("\n") == 1
    assert "not full marks" in first.out
    assert time.process_time() - start < 10  # two runs, under 5 s each


def test_check_of_every_exercise_is_there():
    assert plans().keys() == ANSWERS.keys()


def test_check_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    check("3.4", pruning.shrink_pair)
    assert torch.equal(torch.get_rng_state(), before)


def test_unknown_exercise_and_missing_function_are_errors_of_the_caller():
    with pytest.raises(ValueError, match=r"no exercise '3[.]9'"):
        check("3.9", pruning.nm_mask)
    with pytest.raises(ValueError, match="apoz, channel_entropy"):
        check("3.6", saliency.apoz)


# ---- failing


@pytest.mark.parametrize("exercise", ANSWERS)
def test_blank_stub_gets_a_friendly_line(exercise):
    said = failure(exercise, *[unwritten] * len(ANSWERS[exercise]))
    assert "is not written yet" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("exercise", ANSWERS)
@pytest.mark.parametrize("result", [None, "text", 1.0, torch.zeros(3, 3)], ids=["None", "text", "number", "zeros"])
def test_results_of_the_wrong_kind_fail(exercise, result):
    assert failure(exercise, *[lambda *args: result] * len(ANSWERS[exercise]))


def test_a_missing_return_is_named():
    assert "is a `return` missing?" in failure("3.1", lambda *args: None)


def test_wrong_shape_comes_before_wrong_values():
    said = failure("3.1", lambda w, granularity, p=1: torch.zeros(5))
    assert "has the shape (5,), expected is (2,)" in said


def test_wrong_dtype_comes_before_wrong_values():
    said = failure("3.3", lambda w, n, m: torch.zeros(w.shape))
    assert "is a float (float32), expected is bool (bool)" in said


def test_wrong_values_stand_beside_input_and_expected_ones():
    said = failure("3.1", lambda w, granularity, p=1: pruning.group_scores(w, granularity, 1))
    assert "two filters, [3, 3] and [5, 0], by L2" in said
    assert "1 of 2 values differ" in said
    assert "input w (2, 1, 1, 2)   yours (2,)   expected (2,)" in said
    assert "[6] 5        [4.243]     5" in said


def test_the_difference_stands_beside_both():
    said = failure("3.1", lambda w, granularity, p=1: pruning.group_scores(w, granularity, 1))
    assert "yours - expected" in said
    assert "[1.757]     0" in said


def test_masks_have_no_difference_to_draw():
    assert "yours - expected" not in failure("3.3", lambda w, n, m: torch.zeros_like(w, dtype=torch.bool))


def test_all_cases_are_counted_and_the_first_wrong_one_is_told():
    said = failure("3.1", lambda w, granularity, p=1: pruning.group_scores(w, granularity, 1))
    assert said.startswith("Exercise 3.1: 8 of 12 cases are right. To mend first: two filters")
    assert session.verdict("3.1") == session.Verdict(8, 12, session.verdict("3.1").answer)
    assert not session.verdict("3.1").passed


def test_one_function_of_two_that_is_blank_is_told_with_the_count():
    said = failure("3.6", saliency.apoz, unwritten)
    assert said.startswith("Exercise 3.6: 2 of 8 cases are right. `channel_entropy` is not written yet.")


def test_the_place_of_the_first_difference_in_a_large_array_is_told():
    found = difference({"": np.arange(60)}, {"": np.where(np.arange(60) == 57, 0, np.arange(60))}, 0.0)
    said = explain.differs(plans()["3.1"].cases[0], found, "", {"": np.arange(60)}, {"": np.zeros(60, int)})
    assert "The first is at [57]: 57, expected is 0." in said


def test_changed_input_is_named_though_the_result_is_right():
    said = failure("3.1", lambda w, granularity, p=1: pruning.group_scores(w.abs_(), granularity, p))
    assert "changes its input `w`" in said


def test_changed_modules_are_noticed():
    def careless(conv1, bn, conv2, keep):
        small = pruning.shrink_pair(conv1, bn, conv2, keep)
        bn.running_mean.zero_()
        return small

    assert "changes its input `bn`" in failure("3.4", careless)


def test_masks_that_drop_all_ties_break_the_count():
    def strict(scores, sparsity):
        if not 0 <= sparsity <= 1:
            raise ValueError
        n_drop = scores.numel() - round(scores.numel() * (1 - sparsity))
        return scores > scores.flatten().sort().values[n_drop - 1] if n_drop else torch.ones_like(scores, dtype=bool)

    assert "keeps 0 of 6 scores, expected is 3" in failure("3.2", strict)


def test_an_error_that_was_asked_for_must_come():
    def lenient(scores, sparsity):
        return pruning.mask_from_scores(scores, min(max(sparsity, 0), 1))

    assert "should raise ValueError" in failure("3.2", lenient)


def test_an_error_of_another_class_is_shown():
    def picky(scores, sparsity):
        if sparsity > 1:
            raise KeyError("sparsity")
        return pruning.mask_from_scores(scores, sparsity)

    said = failure("3.2", picky)
    assert "raises KeyError: 'sparsity'" in said
    assert "Asked for here is ValueError" in said


def broken(w, granularity, p=1):
    summed = w.sum(7)
    return summed + p


def test_own_error_is_shown_with_its_message_and_line():
    said = failure("3.1", broken)
    line = inspect.getsourcelines(broken)[1] + 1
    assert "raises IndexError: Dimension out of range" in said
    assert f"in line {line} of your cell:  summed = w.sum(7)" in said


def test_notebooks_show_the_text_without_a_traceback(capsys):
    shell = InteractiveShell()
    shell.run_cell("from effdl.check import check\ncheck('3.1', lambda *args: None)")
    shown = capsys.readouterr()
    assert "is a `return` missing?" in shown.out
    assert "Traceback" not in shown.out
    assert "check.py" not in shown.out
    assert shown.err == ""


# ---- slips


def drops_sign(w, granularity, p=1):
    return (
        pruning.group_scores(w, "fine", p).mul(w.sign()) if granularity == "fine" else pruning.group_scores(w, "vector")
    )


def test_known_slip_is_named(monkeypatch, tmp_path):
    table = slips.build("lab03", {"3.1": [("The sign is lost.", drops_sign)]})
    (tmp_path / "slips").mkdir()
    (tmp_path / "slips" / "lab03.json").write_text(json.dumps(table))
    monkeypatch.setattr(slips.resources, "files", lambda package: tmp_path)
    assert "Likely slip: The sign is lost." in failure("3.1", drops_sign)
    assert "Likely slip" not in failure("3.1", lambda w, granularity, p=1: torch.zeros(2))


def test_right_results_leave_no_fingerprint():
    found = slips.build("lab03", {exercise: [("right", functions)] for exercise, functions in ANSWERS.items()})
    assert not any(found.values())


def test_one_function_of_two_can_be_fingerprinted():
    def apoz(a):
        return (a > 0).float().mean((0, 2, 3))

    assert set(slips.fingerprint("3.6", [("density", apoz)])) == {"0", "1"}
    assert set(slips.fingerprint("3.6", [("density", {"apoz": apoz})])) == {"0", "1"}


def test_first_of_two_slips_with_the_same_result_is_named():
    def zeros(w, n, m):
        return torch.zeros_like(w, dtype=torch.bool)

    table = slips.fingerprint("3.3", [("first", zeros), ("second", zeros)])
    assert {sentence for digests in table.values() for sentence in digests.values()} == {"first"}


def test_digests_tell_shape_kind_and_value_and_forgive_the_last_digits():
    one = {"": np.array([1.0, 2.0, 0.0])}
    assert slips.digest(one) == slips.digest({"": np.array([1.0 + 1e-7, 2.0, -1e-12], dtype=np.float32)})
    others = [np.array([[1.0, 2.0, 0.0]]), np.array([1, 2, 0]), np.array([1.0, 2.1, 0.0])]
    assert len({slips.digest({"": other}) for other in others} | {slips.digest(one)}) == 4


# ---- the parts


def test_floats_of_any_width_agree_and_integers_are_no_floats():
    single, double, whole_numbers = ({"": np.array([1, 2], dtype=kind)} for kind in ("float32", "float64", "int64"))
    assert difference(single, double, 1e-4) is None
    assert "is an integer" in difference(whole_numbers, double, 1e-4).sentence


@pytest.mark.parametrize(("value", "right"), [(100.009, True), (100.02, False), (np.nan, False)])
def test_tolerance_counts_from_the_largest_expected_value(value, right):
    expected = {"": np.array([100.0, 0.0])}
    assert (difference({"": np.array([value, 0.0])}, expected, 1e-4) is None) == right
    assert difference({"": np.array([np.nan])}, {"": np.array([np.nan])}, 1e-4) is None


def test_missing_and_additional_parts_are_named():
    one, two = {"a": np.ones(1)}, {"a": np.ones(1), "b": np.ones(1)}
    assert difference(one, two, 0.0).sentence == "is missing"
    assert difference(two, one, 0.0).sentence == "is there and should not be"


def test_largest_error_is_over_all_parts():
    expected = {"a": np.zeros(2), "b": np.ones(1)}
    assert largest_error({"a": np.array([0.0, 0.25]), "b": np.array([0.5])}, expected) == 0.5


def test_numbers_and_arrays_are_results_and_texts_are_not():
    assert whole(np.float32(2.0))[""] == 2.0
    with pytest.raises(WrongKind, match="list"):
        whole([1, 2])


def test_a_function_gets_copies():
    w = torch.ones(2)
    case = Case("", "f", {"w": w})
    assert output(case, lambda w: w.mul_(2))[1] == "w"
    assert w.tolist() == [1.0, 1.0]


def test_squares_mark_what_differs_and_label_leading_indices():
    lines = squares(np.array([[[1.0, -2.0]], [[3.0, 4.5]]]), np.array([[[False, True]], [[False, False]]]))
    assert lines == ["[0]:    1 [ -2]", "[1]:    3  4.5"]
    assert squares(np.array([True, False])) == [" keep     - "]
    assert squares(np.zeros((0, 2))) == ["(empty)"]


def test_long_arrays_are_cut():
    assert squares(np.zeros((40, 1)))[-1] == "... 17 more"
    assert squares(np.zeros((1, 30)))[0].endswith(" ...")


def test_blocks_stand_side_by_side_until_they_are_too_wide():
    short, wide = ("a", ["1"]), ("b", ["x" * 100])
    assert columns([short], [short]) == "a   a\n1   1"
    assert columns([short, wide], [("c", ["y" * 20])]).count("\n\n") == 1


def test_errors_that_only_the_machine_makes_are_not_printed(capsys):
    check("3.1", lambda w, granularity, p=1: pruning.group_scores(w, granularity, p) * (1 + 1e-7))
    check("3.1", lambda w, granularity, p=1: pruning.group_scores(w, granularity, p) * (1 + 5e-5))
    first, second = capsys.readouterr().out.splitlines()
    assert "largest error below 1e-05" in first
    assert "largest error 1e-03" in second

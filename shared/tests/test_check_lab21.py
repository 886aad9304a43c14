"""The visible checks of lab 21 pass the references, and each can fail."""

import pytest
import torch
from effdl import awq, decode, group_quant, smoothquant
from effdl.check import CheckFailed, check
from effdl.check import lab21 as checks

REFERENCES = {
    "21.1": decode.decode_intensity,
    "21.2": smoothquant.w8a8_linear,
    "21.3": smoothquant.smooth_scales,
    "21.4": smoothquant.smooth,
    "21.5": group_quant.group_quantize,
    "21.6": awq.salient_channels,
    "21.7": awq.awq_search,
}
SLIPS = {
    "21.1": lambda *given: 2 * decode.decode_intensity(*given),
    "21.2": lambda x, w, *words: x @ w.T,
    "21.3": lambda x, w, alpha: smoothquant.smooth_scales(x, w, 1 - alpha),
    "21.4": lambda gain, bias, w, s: smoothquant.smooth(gain, bias, w, 1 / s),
    "21.5": lambda w, bits, size: group_quant.group_quantize(w, bits + 1, size),
    "21.6": lambda x, w, fraction, by: ~awq.salient_channels(x, w, fraction, by),
    "21.7": lambda x, w, rounding, n: awq.awq_search(x, w, rounding, n + 1),
}


@pytest.mark.parametrize("exercise", REFERENCES)
def test_the_reference_passes_and_says_what_was_established(exercise, capsys):
    check(exercise, REFERENCES[exercise])
    assert capsys.readouterr().out.startswith(f"{exercise}: ")
    assert set(REFERENCES) == set(checks.plans())


@pytest.mark.parametrize("exercise", SLIPS)
def test_a_slip_fails_with_both_results_shown(exercise):
    with pytest.raises(CheckFailed, match=r"expected|raise"):
        check(exercise, SLIPS[exercise])


def test_one_thing_instead_of_two_is_named():
    with pytest.raises(CheckFailed, match="asked for are two things: q, scale"):
        check("21.5", lambda w, bits, size: group_quant.group_quantize(w, bits, size)[0])
    with pytest.raises(CheckFailed, match="asked for are three things"):
        check("21.4", lambda gain, bias, w, s: gain / s)


def test_a_changed_input_is_named():
    def in_place(gain, bias, w, s):
        result = smoothquant.smooth(gain, bias, w, s)
        w.mul_(s)
        return result

    with pytest.raises(CheckFailed, match="changes its input `w`"):
        check("21.4", in_place)


def test_a_list_is_as_good_as_a_tuple(capsys):
    check("21.5", lambda w, bits, size: list(group_quant.group_quantize(w, bits, size)))
    assert "21.5" in capsys.readouterr().out


def test_the_inputs_of_the_checks_are_easy_to_read():
    for plan in checks.plans().values():
        for case in plan.cases:
            assert all(v.numel() <= 100 for v in case.args.values() if isinstance(v, torch.Tensor))

"""The visible checks of lab 01: references pass, each kind of slip is found and said."""

import pytest
import torch
from effdl import assembly, layers, shapes
from effdl.check import CheckFailed, check
from effdl.check.lab01 import plans

ANSWERS = {
    "1.1": (layers.linear_forward,),
    "1.2": (shapes.out_size, shapes.transposed_out_size),
    "1.3": (layers.pad2d,),
    "1.4": (layers.conv2d,),
    "1.5": (shapes.receptive_field,),
    "1.6": (layers.pool2d, layers.normalize),
    "1.7": (assembly.resnet_forward,),
}


def failure(exercise, *functions):
    with pytest.raises(CheckFailed) as caught:
        check(exercise, *functions)
    return str(caught.value)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_references_pass_with_one_line(exercise, capfd):
    before = torch.get_rng_state()
    check(exercise, *ANSWERS[exercise])
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.startswith(f"{exercise}: ")
    assert said.out.count("\n") == 1
    assert torch.equal(before, torch.get_rng_state())


def test_every_exercise_has_a_check():
    assert plans().keys() == ANSWERS.keys()


@pytest.mark.parametrize("exercise", ANSWERS)
@pytest.mark.parametrize("result", [None, "text", 1.0, torch.zeros(3, 3)], ids=["None", "text", "number", "zeros"])
def test_results_of_the_wrong_kind_fail(exercise, result):
    assert failure(exercise, *[lambda *args, **kwargs: result] * len(ANSWERS[exercise]))


def test_a_product_with_the_weight_not_turned_is_named():
    said = failure("1.1", lambda x, w, b: torch.einsum("nc,co->no", x, w[:3, :3].repeat(1, 2)[:, : len(w)]) + b)
    assert "5 of 8 values differ" in said or "8 of 8 values differ" in said


def test_a_size_that_is_no_integer_is_named():
    def halves(size, kernel, stride=1, padding=0, dilation=1):
        return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1

    assert "is a float (float64), expected is an integer" in failure("1.2", halves, shapes.transposed_out_size)


def test_a_mirror_that_repeats_the_edge_stands_beside_the_right_one():
    def edge(x, padding, mode="zeros"):
        return layers.pad2d(x, padding, "replicate" if mode == "reflect" else mode)

    said = failure("1.3", edge)
    assert "reflect, two pixels around 1 to 12" in said
    assert "yours (1, 1, 8, 7)" in said


def test_a_flipped_kernel_fails_at_the_example_by_hand():
    def flipped(x, w, *options):
        return layers.conv2d(x, w.flip(2, 3), *options)

    said = failure("1.4", flipped)
    assert "the row 1 2 3 4 with the kernel 1 10" in said
    assert "12" in said


def test_one_number_instead_of_two_is_named():
    assert "asked for are two ints: field, jump" in failure("1.5", lambda chain: shapes.receptive_field(chain)[0])


def test_zeros_around_negative_values_are_noticed():
    def zeros_win(x, kernel, stride, padding=0, mode="max"):
        return layers.pool2d(layers.pad2d(x, padding), kernel, stride, 0, mode)

    assert "padding never wins" in failure("1.6", zeros_win, layers.normalize)


def test_a_box_that_is_called_says_that_it_cannot_be():
    assert "call the layers in it" in failure("1.7", lambda x, net: net(x))

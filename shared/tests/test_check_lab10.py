"""The visible checks of lab 10: the references pass, and each check fails where its rule is broken."""

from __future__ import annotations

import pytest
import torch
from effdl import lowbit, qat
from effdl.check import CheckFailed, check, slips

ANSWERS = {
    "10.1": (qat.FakeQuantize,),
    "10.2": (qat.QATLayer,),
    "10.3": (qat.export_int,),
    "10.4": (lowbit.binarize,),
    "10.5": (lowbit.xnor_conv2d,),
    "10.6": (lowbit.xnor_matmul,),
    "10.7": (lowbit.ternarize, lowbit.ttq_gradients),
}


class Rounded(torch.autograd.Function):
    """Without a gradient."""

    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        return qat.plain_rounding(x, scale, zero_point, qmin, qmax)

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros_like(grad), None, None, None, None


class Broken(Rounded):
    """With a slip of its own."""

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.inside, None, None, None, None


class Moving(qat.QATLayer):
    """Watches in eval mode too."""

    def forward(self, x):
        was, self.training = self.training, True
        y = super().forward(x)
        self.training = was
        return y


class Detached(qat.QATLayer):
    """Passes no gradient to its weight."""

    def forward(self, x):
        return super().forward(x).detach()


def one_lot(w, mode, generator):
    if mode == "deterministic":
        return lowbit.binarize(w)
    if mode != "stochastic":
        raise ValueError(mode)
    return torch.where(torch.rand((), generator=generator) < (w + 1) / 2, 1.0, -1.0)


def other_lots(w, mode, generator):
    return lowbit.binarize(w, mode, None)


def swapped(w, bits, input_scale, bn):
    q, b, m = qat.export_int(w, bits, input_scale, bn)
    return q, m, b


WRONG = [
    ("10.1", (Rounded,), "gradient has the right shape, but 4 of 7 values differ"),
    ("10.1", (Broken,), "raises AttributeError.*\nin line .* of your cell:  return grad [*] ctx.inside"),
    ("10.2", (Moving,), "output in eval mode has the right shape, but"),
    ("10.2", (Detached,), "gradient of the weight has the right shape, but"),
    ("10.3", (swapped,), "b is a float"),
    ("10.3", (lambda *a: qat.export_int(*a)[:2],), "returns a tuple of 2, asked for are 3: q, b, m"),
    ("10.4", (one_lot,), "draws"),
    ("10.4", (other_lots,), "lots must come from `generator` alone"),
    ("10.4", (lambda w, mode, generator: w.sign(),), "2 of 4 values differ"),
    ("10.5", (lambda x, w, s, p: lowbit.xnor_conv2d(x, w, s, 0),), "has the shape"),
    ("10.6", (lambda x, w, n: lowbit.xnor_matmul(x, w, 8 * x.shape[1]),), "1 of 1 values differ"),
    ("10.7", (lowbit.ternarize, lambda g, *a: (*lowbit.ttq_gradients(g, *a)[:2], g)), "for the latent weight"),
]


@pytest.mark.parametrize("exercise", ANSWERS)
def test_the_reference_passes_twice_with_the_same_words(exercise, capsys):
    check(exercise, *ANSWERS[exercise])
    first = capsys.readouterr()
    check(exercise, *ANSWERS[exercise])
    assert capsys.readouterr().out == first.out
    assert first.err == ""


@pytest.mark.parametrize(("exercise", "functions", "words"), WRONG)
def test_a_broken_rule_is_named(exercise, functions, words):
    with pytest.raises(CheckFailed, match=words):
        check(exercise, *functions)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_drawing_the_cases_leaves_the_global_generator_alone(exercise, capsys):
    before = torch.get_rng_state()
    slips.plan(exercise)
    check(exercise, *ANSWERS[exercise])
    assert torch.equal(torch.get_rng_state(), before)

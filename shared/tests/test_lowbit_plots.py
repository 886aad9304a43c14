"""Drawings and widgets of lab 10: what they say is computed, described, and safe with any student's function."""

from __future__ import annotations

import matplotlib
import pytest
import torch
from effdl import lowbit, qat
from effdl.cost import Latency
from effdl.plots import lowbit as drawings
from effdl.plots import quantized
from effdl.plots.predictions import HeldBack
from effdl.plots.style import Picture
from effdl.plots.widget import frame_or_note

matplotlib.use("agg")
STE = qat.FakeQuantize.apply


def said(drawn: Picture) -> str:
    assert drawn.png.startswith(b"\x89PNG")
    return drawn.alt


def test_a_weight_under_plain_rounding_never_moves():
    found = quantized.path(qat.plain_rounding, 3, 0.1)
    assert set(found.latent) == {found.latent[0]}
    assert not found.arrived


def test_a_weight_pushed_past_the_clip_stays_there_unless_it_is_clipped_too():
    dead, alive = (quantized.path(STE, 3, 0.1, clip=clip) for clip in (False, True))
    assert dead.latent[-1] > 1 + 1 / 6
    assert dead.rounded[-1] == 1.0
    assert not dead.arrived
    assert alive.arrived
    assert max(alive.latent) <= 1


def test_a_path_takes_levels_only():
    found = quantized.path(STE, 4, 0.2, clip=True)
    assert all(min(abs(value - level) for level in found.levels) < 1e-6 for value in found.rounded)


def test_the_staircase_tells_where_gradients_pass():
    assert "7 values; the gradient passes from -1.16 to 1.16" in said(quantized.staircase(STE, 3))
    assert "passes nowhere" in said(quantized.staircase(qat.plain_rounding, 2))


def test_drawings_of_training_say_what_they_were_given():
    named = {"plain": quantized.path(qat.plain_rounding, 3, 0.1), "clipped": quantized.path(STE, 3, 0.1, clip=True)}
    assert "ends where it should with: clipped." in said(quantized.paths(named))
    stages = {"rounded": ([92.0, 16.0], [0.1, 5.0]), "3 epochs": ([92.5, 89.0], [0.1, 0.2])}
    assert "W2A8: 16 % rounded, 89 % trained" in said(quantized.by_bits(["W8A8", "W2A8"], stages, 92.5))
    assert "free: 50 %, held: 0 %" in said(quantized.latent({"free": torch.tensor([2.0, 0.5]), "held": torch.zeros(2)}))
    points = [("W4A8", 40.0, 92.0, 0.1), ("TWN", 30.0, 91.0, 0.1), ("TTQ", 30.2, 60.0, 0.1)]
    assert "TWN is 10.0 times smaller and loses 1.5 points" in said(quantized.tradeoff(points, (300.0, 92.5)))
    logits = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    assert "same answer on 50.0 %" in said(
        quantized.agreement(logits, logits.roll(1, 0) * torch.tensor([[0.0], [1.0]]))
    )


def test_drawings_of_bits_say_what_they_were_given():
    x = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    assert "leave 0 % of the squared output" in said(drawings.xnor_fit(x, x, x.sign()))
    fast = {"float32, PyTorch": Latency(8.0, 0.1), "bits, our C": Latency(0.1, 0.01)}
    assert "bits, our C against float32, PyTorch: 80 times as fast at 64, 80 at 128." in said(
        drawings.speed({64: fast, 128: fast})
    )
    slow = {"float32, PyTorch": Latency(1.0, 0.1), "bits, PyTorch": Latency(4.0, 0.1)}
    assert "0.25 times as fast at 64 (no C compiler" in said(drawings.speed({64: slow}))
    w = torch.cat([torch.full((50,), 0.1), torch.full((50,), -0.1), torch.tensor([2.0])])
    assert "TWN keeps 100 % of the weights, the other 1 %" in said(drawings.ternary(w))


def fast(n: int) -> dict[str, Latency]:
    return {"float32, PyTorch": Latency(8.0, 0.1), "bits, our C": Latency(8.0 / n, 0.1)}


@pytest.mark.parametrize(
    ("draw", "guess", "told", "places"),
    [
        (
            lambda guess: drawings.speed({40: fast(40), 80: fast(80)}, guess=guess),
            {"40": 20, "80": 80},
            "Your guesses: 40 20, off by 20; 80 80, right.",
            [(0.4, 1), (0.1, 1)],
        ),
        (
            lambda guess: quantized.by_bits(
                ["W8A8", "W2A8"], {"rounded": ([92.0, 16.0], [0.1, 5.0]), "trained": ([93.0, 89.0], [0.1, 0.2])}, 93.0,
                guess=guess,
            ),
            {"W2A8": 30, "W4A8": 90},
            "Your guesses: W2A8 30, off by 14.",
            [(1, 30)],
        ),
    ],
)  # fmt: skip
def test_figures_of_lab10_mark_guesses_and_wait_for_them(draw, guess, told, places, diamonds):
    assert "guess" not in said(draw(None))
    assert diamonds == []
    assert told in said(draw(guess))
    assert diamonds == places
    assert isinstance(draw(dict.fromkeys(guess)), HeldBack)


@pytest.mark.parametrize("guess", ["many", float("nan"), 0, -3, 1e300, True])
def test_a_guess_at_a_speed_that_is_nowhere_is_not_drawn(guess, diamonds):
    assert said(drawings.speed({40: fast(40)}, guess={"40": guess}))
    assert diamonds == []


@pytest.mark.parametrize("kind", drawings.KINDS)
def test_the_sandbox_tells_where_a_weight_ends(kind):
    frame = drawings.sandbox_frame(STE, kind, 3, 0.1)
    assert frame.png.startswith(b"\x89PNG")
    assert frame.words.startswith(f"{kind}, 3 bits")
    assert "best level is 0.33" in frame.words


@pytest.mark.parametrize(("x", "w", "n", "product"), [(13, 11, 4, 0), (255, 255, 8, 8), (0, 255, 8, -8), (1, 1, 1, 1)])
def test_the_calculator_counts_what_multiplying_signs_gives(x, w, n, product):
    words = drawings.calculator_frame(lowbit.xnor_matmul, x, w, n).words
    assert f"your function says {product}; the sum of the products is {product}" in words


def test_the_calculator_ignores_bits_beyond_n_and_shows_a_wrong_function_as_it_is():
    def forgets_n(x_bits, w_bits, n):
        return lowbit.xnor_matmul(x_bits, w_bits, n) + n

    assert drawings.calculator_frame(lowbit.xnor_matmul, 13 + 64, 11 + 128, 4).words.endswith("products is 0")
    assert "your function says 4; the sum of the products is 0" in drawings.calculator_frame(forgets_n, 13, 11, 4).words


def test_widgets_show_controls_and_return_the_static_figure(capsys):
    assert "STE everywhere, STE, weight clipped" in said(drawings.sandbox(qat.FakeQuantize))
    assert "popcount 2 of 4" in said(drawings.calculator(lowbit.xnor_matmul))


def test_an_unwritten_class_gives_the_expected_picture_and_its_name():
    class FakeQuantize(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, scale, zero_point, qmin, qmax):
            raise NotImplementedError

    values = {"kind": drawings.KINDS[2], "bits": 3, "lr": 0.1}
    frame, note = frame_or_note(drawings.sandbox_frame, FakeQuantize.apply, STE, values)
    assert "first. This is the expected picture" in note
    assert frame == drawings.sandbox_frame(STE, **values)

"""Drawings and widgets of the language-model lab: what they say is computed, and safe with any student's function."""

import matplotlib
import pytest
import torch
from effdl import awq, decode, group_quant, smoothquant
from effdl.plots import llm, llm_widgets
from effdl.plots.predictions import HeldBack
from effdl.plots.widget import frame_or_note
from matplotlib.axes import Axes

matplotlib.use("agg")
SMOOTH = (smoothquant.smooth_scales, smoothquant.w8a8_linear)
ROWS = [("RTN", 14.0, 40), ("by lot", 13.0, 40), ("AWQ", 12.0, 41)]
SCALE = (group_quant.group_quantize, awq.salient_channels)


def says(drawn):
    assert drawn.png.startswith(b"\x89PNG")
    return getattr(drawn, "alt", None) or drawn.words


def unwritten(*_args, **_more):
    raise NotImplementedError


def test_the_footprint_names_the_share_of_the_first_part():
    assert "Weights make 75 %" in says(llm.footprint({"weights": 3 * 2**20, "caches": 2**20}))


def test_outliers_are_told_as_multiples_of_the_median():
    assert "a 30, b 2" in says(llm.outliers({"a": torch.tensor([1.0, 2.0, 60.0]), "b": torch.tensor([1.0, 1.0, 2.0])}))


def test_a_curve_tells_its_lowest_point():
    drawn = llm.curves([0, 0.5, 1], {"q": [3.0, 1.0, 2.0]}, xlabel="alpha", title="A valley", base=("plain", 4.0))
    assert "plain: 4.000. Lowest: q 1.000 at 0.5" in says(drawn)


def test_group_sizes_are_told_with_their_errors():
    drawn = llm.group_sizes((16, 32), {"3 bits": [0.1, 0.2]}, {3: [4.0, 3.5]})
    assert "20 % error in groups of 32, 10 % in groups of 16" in says(drawn)


def test_the_table_names_every_method_and_cuts_only_the_bar():
    rows = [("16 bits", 10.0, 100), ("RTN", 900.0, 40), ("AWQ", 12.0, 41)]
    drawn = says(llm.quality({"W3": rows, "W4": rows[::2], "W8A8": rows[:2]}, "this model"))
    assert drawn.startswith("Least perplexity of this model: AWQ in W3 and W4, RTN in W8A8.")
    assert "W3: 16 bits 10.00, RTN 900.00, AWQ 12.00" in drawn
    assert "guess" not in drawn


def test_guessed_ranks_stand_at_the_bars_of_their_table(monkeypatch):
    tables = {name: [("16 bits", 10.0, 100), *ROWS] for name in ("W3", "W4")}
    written, write = [], Axes.text
    monkeypatch.setattr(
        Axes, "text", lambda ax, x, y, text, **how: (written.append(text), write(ax, x, y, text, **how))
    )
    guess = {"W3": {"RTN": 1, "AWQ": 2, "none such": 3, "by lot": "last"}}
    drawn = says(llm.quality(tables, "this model", guess=guess))
    assert "Ranks: AWQ: you said 2, it is 1, off by 1; RTN: you said 1, it is 3, off by 2." in drawn
    behind = [" 14.0: no. 3, your guess 1", " 13.0", " 12.0: no. 1, your guess 2"]
    assert written == [*behind, " 14.0", " 13.0", " 12.0"]


@pytest.mark.parametrize("guess", [{"W3": None}, {"W3": {"RTN": None, "AWQ": None}}])
def test_the_table_waits_for_blank_ranks(guess):
    tables = {"W3": [("16 bits", 10.0, 100), *ROWS]}
    assert isinstance(llm.quality(tables, "this model", guess=guess), HeldBack)


@pytest.mark.parametrize(
    "ranks", [["AWQ", "RTN"], "AWQ", 3, {"AWQ": "first $"}, {"AWQ": float("nan")}, {"AWQ": None, "RTN": 2}]
)
def test_ranks_that_are_no_numbers_are_left_out_and_not_raised(ranks):
    assert says(llm.quality({"W3": [("16 bits", 10.0, 100), *ROWS]}, "this model", guess={"W3": ranks}))


def test_at_batch_1_four_bits_are_in_front_and_at_512_integers():
    one, many = (says(llm_widgets.roof_frame(decode.decode_intensity, log2, 0)) for log2 in (0, 9))
    assert "Batch 1, 0 tokens cached: W4A16 in front" in one
    assert "Batch 512, 0 tokens cached: W8A8 in front" in many


def test_the_roof_follows_the_function_given():
    halved = says(llm_widgets.roof_frame(lambda *given: decode.decode_intensity(*given) / 2, 0, 0))
    assert "W16A16 38" in halved
    assert "W16A16 76" in says(llm_widgets.roof_frame(decode.decode_intensity, 0, 0))


def test_smoothing_has_a_valley_between_both_ends():
    errors = [
        float(says(llm_widgets.smooth_frame(SMOOTH, 60, a)).split("error ")[1].split(" ")[0]) for a in (0, 0.5, 1)
    ]
    assert errors[1] < errors[0] / 2
    assert errors[1] < errors[2]


def test_scaling_by_two_helps_and_by_sixteen_harms():
    words = {s: says(llm_widgets.scale_frame(SCALE, s, 3, 32)) for s in (1, 2, 16)}
    left = {s: float(text.split("leaves ")[1].split(" ")[0]) for s, text in words.items()}
    assert left[2] < left[1] < left[16]


@pytest.mark.parametrize(
    ("draw", "reference", "values"),
    [
        (llm_widgets.roof_frame, decode.decode_intensity, {"log2_batch": 0, "context": 0}),
        (llm_widgets.smooth_frame, SMOOTH, {"magnitude": 10, "alpha": 0.5}),
        (llm_widgets.scale_frame, SCALE, {"scale": 2.0, "bits": 3, "group_size": 32}),
    ],
)
def test_an_unwritten_function_shows_the_expected_picture_and_says_so(draw, reference, values):
    yours = unwritten if callable(reference) else (unwritten, unwritten)
    frame, note = frame_or_note(draw, yours, reference, values)
    assert note.startswith("Write unwritten first")
    assert frame.png == draw(reference, **values).png


@pytest.mark.parametrize(
    ("show", "functions"),
    [
        (llm_widgets.roofline, (decode.decode_intensity,)),
        (llm_widgets.smoothing, SMOOTH),
        (llm_widgets.scaling, SCALE),
    ],
)
def test_each_widget_shows_and_returns_its_static_figure(show, functions, capsys):
    assert says(show(*functions))
    assert "needs a running kernel" in capsys.readouterr().out

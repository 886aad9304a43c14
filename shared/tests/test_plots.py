"""Drawings, predictions and widgets: what they say is computed, described, and safe with any student's function."""

from __future__ import annotations

import base64

import matplotlib
import numpy as np
import pytest
import torch
from effdl import channels, cost, pruning, saliency
from effdl.plots import criteria, explore, reveal
from effdl.plots import pruning as drawings
from effdl.plots.predictions import compare_guess
from effdl.plots.style import MAX_INCHES, Picture, panels, picture
from scipy import stats

matplotlib.use("agg")
REFERENCES = (pruning.group_scores, pruning.mask_from_scores)


@pytest.fixture
def w() -> torch.Tensor:
    return torch.randn(8, 8, 3, 3, generator=torch.Generator().manual_seed(0))


@pytest.fixture
def block() -> channels.Evidence:
    generator = torch.Generator().manual_seed(1)
    shapes = {"weight": (6, 4, 3, 3), "gradients": (5, 6, 4, 3, 3), "activations": (5, 6, 7, 7), "loss_change": (6,)}
    return channels.Evidence("block 1", **{k: torch.randn(s, generator=generator).relu() for k, s in shapes.items()})


def a_picture(drawn: Picture) -> str:
    assert drawn.png.startswith(b"\x89PNG")
    assert drawn.alt
    return drawn.alt


def test_a_picture_carries_its_description_in_the_metadata_and_below_itself():
    drawn = picture(panels()[0], "two  lines\n<that cross>")
    data, metadata = drawn.mime()
    assert metadata["image/png"]["alt"] == "two lines <that cross>"
    assert base64.b64decode(data["image/png"]) == drawn.png
    assert "&lt;that cross&gt;" in drawn.words()["text/html"]


def test_a_picture_without_description_is_refused():
    with pytest.raises(ValueError, match="description"):
        picture(panels()[0], "  ")


def test_a_picture_wider_than_the_column_is_refused():
    fig = matplotlib.pyplot.figure(figsize=(MAX_INCHES + 1, 2))
    with pytest.raises(ValueError, match="at most"):
        picture(fig, "wide")
    assert not matplotlib.pyplot.get_fignums()


def test_the_same_figure_renders_to_the_same_bytes(w):
    halves = {"fine": w.abs() > 0.5}
    assert drawings.masks(w, halves).png == drawings.masks(w, halves).png


def test_a_title_too_long_for_the_picture_is_set_smaller():
    for loc in ("left", "center"):
        fig, ax = panels()
        title = ax.set_title("a title that goes on " * 8, loc=loc)
        before = title.get_fontsize()
        picture(fig, "long")
        assert title.get_fontsize() < before / 1.3


@pytest.mark.parametrize("guess", [None, {"a": None}, {}])
def test_a_blank_prediction_asks_and_keeps_the_answer_back(guess, capsys):
    reveal(guess, {"a": 93.5}, details="it was 93.5")
    said = capsys.readouterr().out
    assert "None" in said
    assert "93" not in said


def test_details_come_once_something_was_predicted(capsys):
    reveal({"a": 90}, {"a": 93.5}, details="of 1,000, 935 are right")
    assert capsys.readouterr().out.splitlines() == [
        "of 1,000, 935 are right",
        "a: you said 90, it is 93.5, off by 3.5",
    ]


def test_a_prediction_is_compared_with_the_truth():
    assert compare_guess("fine", 90, 93, "%") == "fine: you said 90 %, it is 93 %, off by 3"
    assert compare_guess("", 1, 1.0) == "it is 1.0, as you said"
    assert compare_guess("", "Taylor", "magnitude") == "you said Taylor, it is magnitude"


@pytest.mark.parametrize("guess", ["many", [1, 2], object(), float("nan"), True, torch.ones(3), np.zeros(2)])
def test_revealing_never_raises_whatever_was_guessed(guess, capsys):
    reveal(guess, 3.0)
    reveal({"a": guess}, {"a": 3.0}, "ms")
    assert "it is 3.0" in capsys.readouterr().out


def test_rank_correlation_agrees_with_scipy_ties_included():
    generator = np.random.default_rng(0)
    for _ in range(20):
        score, truth = generator.integers(0, 5, 12), generator.normal(size=12)
        assert criteria.rank_correlation(score, truth) == pytest.approx(stats.spearmanr(score, truth).statistic)


def test_rank_correlation_with_a_constant_is_zero():
    assert criteria.rank_correlation([1, 1, 1], [1, 2, 3]) == 0


def test_every_drawing_says_what_it_was_given(w):
    half = {"fine": pruning.mask_from_scores(w.abs(), 0.5), "all": torch.ones_like(w, dtype=torch.bool)}
    assert "100 %" in a_picture(drawings.masks(w, half))
    layers = [("stem", 10, 100), ("block", 90, 100)]
    assert "90 % of the parameters" in a_picture(drawings.layer_costs(layers, ["block"]))
    kept = a_picture(drawings.kept_energy({"fine": 0.93, "channel": 0.5}, {"fine": 0.95, "channel": 0.6}))
    assert "fine keeps 93 %" in kept
    sizes = {"dense": [4096, 4096, 4096], "bitmask": [5000, 3000, 100]}
    assert "bitmask from 50 %" in a_picture(drawings.stored_size([0, 0.5, 1], sizes))
    leak = a_picture(drawings.bn_leak(torch.tensor([0.0, 0.5, 2.0]), torch.tensor([False, False, True])))
    assert "1 of 2" in leak
    assert "reach 0.50" in leak


def test_drawings_of_criteria_say_what_they_were_given():
    assert "rank correlation -1.00" in a_picture(criteria.scatter([1, 2, 3], [3, 2, 1], "random"))
    assert "good orders" in a_picture(criteria.judged({"bad": [-1, 0], "good": [0.9, 0.9]}, ["a", "b"]))
    errors = {"random + refit": [0.1, 0.2, 0.3], "LASSO": [0.05, 0.1, 0.3]}
    assert "'LASSO' has the smallest error: 10.0 %" in a_picture(criteria.reconstruction([3, 2, 1], errors))


def test_curves_and_tradeoffs_say_how_far_they_go():
    high, low = np.full((3, 2), 90.0), np.array([[90.0, 50.0]] * 3)
    stages = {name: dict.fromkeys(criteria.STAGES, found) for name, found in (("fine", high), ("kernel", low))}
    assert "fine to 70 %, kernel to 30 %" in a_picture(criteria.accuracy_curves([0.3, 0.7], stages, 91.0))
    methods = {name: dict.fromkeys(criteria.STAGES, found) for name, found in (("L1", [80, 82]), ("random", [70, 70]))}
    assert "11 points apart" in a_picture(criteria.criteria(methods, 91.0))
    points = [("half gone", 1.0, 90.5, 0.2), ("most gone", 0.5, 80.0, 0.2)]
    assert "50 % cost 0.5, 25 % cost 11.0 points" in a_picture(criteria.tradeoff(points, (2.0, 91.0), by="L1"))


@pytest.mark.parametrize(("granularity", "skipped"), [("fine", 0), ("vector", 0), ("kernel", 0), ("channel", 0.5)])
def test_only_whole_filters_let_a_dense_kernel_skip(w, granularity, skipped):
    groups = pruning.mask_from_scores(pruning.group_scores(w, granularity), 0.5)
    stored_bytes, share = explore.meters(w, groups)
    assert share == skipped
    assert stored_bytes == 4 * w.numel() / 2 + np.ceil(groups.numel() / 8)
    assert stored_bytes < cost.stored_bytes(w)


def test_the_painter_says_in_words_what_it_paints(w):
    frame = explore.mask_frame(w, "channel", 0.5, 2, REFERENCES)
    assert frame.png.startswith(b"\x89PNG")
    assert "288 of 576 weights stay" in frame.words
    assert "skips 50 %" in frame.words


def test_the_judge_draws_every_criterion(block):
    for criterion in channels.CRITERIA:
        assert criterion in explore.judge_frame(block, criterion, channels.REFERENCES).words


def test_an_unwritten_function_gives_the_expected_picture_and_its_name(w):
    def group_scores(w, granularity, p=1):
        raise NotImplementedError

    def draw(functions):
        return explore.mask_frame(w, "fine", 0.5, 1, functions)

    frame, note = explore.frame_or_note(draw, (group_scores, pruning.mask_from_scores), REFERENCES, {})
    assert note.startswith("Write group_scores first")
    assert frame == draw(REFERENCES)


def test_a_faulty_function_is_reported_and_not_raised(w):
    def draw(functions):
        return explore.mask_frame(w, "fine", 0.5, 1, functions)

    _, note = explore.frame_or_note(draw, (lambda *a: 1 / 0, pruning.mask_from_scores), REFERENCES, {})
    assert "ZeroDivisionError" in note


def test_a_function_that_spoils_its_input_does_not_spoil_the_widget(w):
    def group_scores(w, granularity, p=1):
        return w.abs_().zero_()

    before = w.clone()
    explore.mask_frame(w, "fine", 0.5, 1, (group_scores, pruning.mask_from_scores))
    assert torch.equal(w, before)


def test_widgets_show_controls_and_return_the_static_figure(w, block, capsys):
    drawn = explore.mask_painter(*REFERENCES, w)
    assert "fine: " in drawn.alt or "Kept: fine" in drawn.alt
    functions = {"group_scores": pruning.group_scores, "saliency": saliency.saliency}
    judged = explore.judge_criterion(
        {"block 1": block}, **functions, apoz=saliency.apoz, channel_entropy=saliency.channel_entropy
    )
    assert "random" in judged.alt
    with pytest.raises(ValueError, match="apoz"):
        explore.judge_criterion({"block 1": block}, **functions)

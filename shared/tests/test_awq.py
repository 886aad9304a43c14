"""Salient channels and the search for scales, against naive loops, NumPy, and what quantization does to outliers."""

from functools import partial

import numpy as np
import pytest
import torch
from effdl import awq, group_quant


def randn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def outlier_layer(ci=128, outliers=(5, 60, 90), factor=50.0):
    x, w = randn(200, ci), randn(64, ci, seed=1)
    x[:, list(outliers)] *= factor
    return x, w


def naive_search(x, w, pseudo_quantize, n_grid):
    """The definition, in NumPy, one candidate at a time."""
    x_np, w_np = x.numpy(), w.numpy()
    size = np.maximum(np.abs(x_np).mean(0), 1e-4)
    losses, scales = [], []
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / np.sqrt(s.max() * s.min())
        changed = pseudo_quantize(torch.from_numpy(w_np * s)).numpy()
        losses.append((((x_np / s) @ changed.T - x_np @ w_np.T) ** 2).mean())
        scales.append(s)
    best = int(np.argmin(losses))
    return best / n_grid, scales[best]


@pytest.mark.parametrize("n_grid", [1, 5, 20])
@pytest.mark.parametrize("bits", [3, 4])
def test_the_search_finds_what_a_naive_one_finds(bits, n_grid):
    x, w = outlier_layer()
    rounding = partial(group_quant.pseudo_quantize, bits=bits, group_size=32)
    alpha, s = awq.awq_search(x, w, rounding, n_grid)
    expected_alpha, expected = naive_search(x, w, rounding, n_grid)
    assert alpha == expected_alpha
    assert np.allclose(s.numpy(), expected)


def test_the_result_is_no_worse_than_plain_rounding_and_here_much_better():
    x, w = outlier_layer()
    rounding = partial(group_quant.pseudo_quantize, bits=3, group_size=32)
    _, s = awq.awq_search(x, w, rounding)
    plain = awq.relative_error(x, w, rounding(w))
    assert awq.relative_error(x, w, rounding(w * s) / s) < plain / 3


def test_without_rounding_no_scale_is_better_than_none():
    x, w = outlier_layer()
    alpha, s = awq.awq_search(x, w, lambda weight: weight)
    assert alpha == 0
    assert torch.equal(s, torch.ones(128, dtype=torch.float64))


def test_a_channel_that_is_never_active_does_not_break_the_search():
    x, w = outlier_layer()
    x[:, 7] = 0
    alpha, s = awq.awq_search(x, w, partial(group_quant.pseudo_quantize, bits=3, group_size=32))
    assert 0 <= alpha <= 1
    assert s.isfinite().all()
    assert (s > 0).all()


def test_scales_have_largest_times_smallest_one():
    x, w = outlier_layer()
    alpha, s = awq.awq_search(x, w, partial(group_quant.pseudo_quantize, bits=3, group_size=32))
    assert alpha > 0
    assert (s.max() * s.min()).item() == pytest.approx(1)


@pytest.mark.parametrize(("fraction", "count"), [(0.01, 1), (0.0, 1), (0.1, 13), (0.5, 64), (1.0, 128)])
def test_so_many_channels_are_kept_and_one_at_least(fraction, count):
    x, w = outlier_layer()
    keep = awq.salient_channels(x, w, fraction)
    assert keep.sum() == count
    assert keep.dtype == torch.bool
    assert keep.shape == (128,)


def test_the_most_active_channels_are_those_that_sorting_puts_first():
    x, w = outlier_layer()
    assert awq.salient_channels(x, w, 3 / 128).nonzero().flatten().tolist() == [5, 60, 90]
    order = np.argsort(-np.abs(w.numpy()).mean(0))[:13]
    assert awq.salient_channels(x, w, 0.1, by="weight").nonzero().flatten().tolist() == sorted(order.tolist())


def test_a_rare_peak_counts_less_than_steady_activity():
    x = torch.tensor([[9.0, 4.0], [0.0, -4.0], [0.0, 4.0]])
    assert awq.salient_channels(x, torch.ones(2, 2), 0.5).tolist() == [False, True]


@pytest.mark.parametrize(("fraction", "by"), [(-0.1, "activation"), (1.1, "weight"), (0.1, "gradient")])
def test_other_fractions_and_words_are_refused(fraction, by):
    with pytest.raises(ValueError, match="salient_channels"):
        awq.salient_channels(torch.ones(2, 4), torch.ones(3, 4), fraction, by)


def test_keeping_active_channels_repairs_and_keeping_heavy_ones_does_not():
    x, w = outlier_layer()
    rounded = group_quant.pseudo_quantize(w, 3, 32)
    plain = awq.relative_error(x, w, rounded)
    error = {
        by: awq.relative_error(x, w, awq.mixed(w, rounded, awq.salient_channels(x, w, 3 / 128, by)))
        for by in ("activation", "weight")
    }
    assert error["activation"] < plain / 5
    assert error["weight"] > 0.8 * plain


def test_mixing_takes_whole_columns():
    w = randn(3, 4)
    result = awq.mixed(w, torch.zeros(3, 4, dtype=w.dtype), torch.tensor([True, False, False, True]))
    assert torch.equal(result[:, [0, 3]], w[:, [0, 3]])
    assert not result[:, 1:3].any()

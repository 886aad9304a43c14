"""The functions of `effdl.saliency` against autograd, SciPy, NumPy, scikit-learn and plain loops."""

import doctest
import itertools
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from effdl import saliency
from scipy.stats import entropy
from sklearn.linear_model import Lasso, lars_path
from torch import nn


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def test_examples_in_docstrings_hold():
    assert doctest.testmod(saliency).failed == 0


# ---- saliency


@pytest.fixture(scope="module")
def small_conv():
    """A convolution's weight and the gradients of each of 5 samples, by a loop of backward passes."""
    conv, x, y = (
        nn.Conv2d(2, 3, (3, 2), dtype=torch.float64),
        randn(5, 2, 6, 5, dtype=torch.float64),
        torch.arange(5) % 3,
    )
    losses = [F.cross_entropy(conv(x[i : i + 1]).mean((2, 3)), y[i : i + 1]) for i in range(5)]
    g = torch.stack([torch.autograd.grad(loss, conv.weight, retain_graph=True)[0] for loss in losses])
    return conv, x, y, g


def test_snip_is_the_normalized_gradient_of_an_explicit_mask(small_conv):
    conv, x, y, g = small_conv
    mask = torch.ones_like(conv.weight, requires_grad=True)
    out = F.conv2d(x, conv.weight * mask, conv.bias).mean((2, 3))
    (wanted,) = torch.autograd.grad(F.cross_entropy(out, y), mask)
    scores = saliency.saliency(conv.weight.detach(), g, "snip")
    assert torch.allclose(scores, wanted.abs() / wanted.abs().sum())
    assert float(scores.sum()) == pytest.approx(1.0)


def test_taylor_is_the_gradient_of_a_gate_on_each_filter(small_conv):
    conv, x, y, g = small_conv
    gate = torch.ones(3, 1, 1, 1, dtype=torch.float64, requires_grad=True)
    out = F.conv2d(x, conv.weight * gate, conv.bias).mean((2, 3))
    (wanted,) = torch.autograd.grad(F.cross_entropy(out, y), gate)
    assert torch.allclose(saliency.saliency(conv.weight.detach(), g, "taylor"), wanted.flatten().abs())


def test_fisher_is_optimal_brain_damage_where_all_residuals_are_one():
    # squared error / 2 of a linear layer: the Hessian's diagonal is mean(x^2), the squared gradient residual^2 x^2
    x, w = randn(7, 1, 4, 1, 1, dtype=torch.float64), randn(1, 4, 1, 1, seed=1, dtype=torch.float64)
    residual = torch.tensor([1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0], dtype=torch.float64).reshape(7, 1, 1, 1, 1)
    hessian = torch.autograd.functional.hessian(
        lambda v: ((x.squeeze() @ v - 1.0) ** 2).mean() / 2, w.flatten(), create_graph=False
    )
    damage = 0.5 * hessian.diagonal().reshape(w.shape) * w**2
    assert torch.allclose(saliency.saliency(w, residual * x, "fisher"), damage)
    assert torch.allclose(saliency.saliency(w, 3 * residual * x, "fisher"), 9 * damage)


def test_saliencies_are_those_of_a_loop():
    w, g = randn(2, 3, 2, 1), randn(4, 2, 3, 2, 1, seed=1)
    snip, taylor, fisher = (saliency.saliency(w, g, kind) for kind in ("snip", "taylor", "fisher"))
    products = {}
    for index in itertools.product(*map(range, w.shape)):
        samples = [float(sample[index]) for sample in g]
        products[index] = float(w[index]) * sum(samples) / 4
        assert float(fisher[index]) == pytest.approx(sum(s**2 for s in samples) / 8 * float(w[index]) ** 2, rel=1e-5)
    total = sum(map(abs, products.values()))
    assert all(float(snip[index]) == pytest.approx(abs(value) / total, rel=1e-4) for index, value in products.items())
    for channel in range(2):
        wanted = abs(sum(value for index, value in products.items() if index[0] == channel))
        assert float(taylor[channel]) == pytest.approx(wanted, rel=1e-4)


def test_taylor_and_snip_do_not_change_when_a_layer_is_scaled_and_its_gradient_with_it():
    w, g = randn(3, 2, 2, 2), randn(4, 3, 2, 2, 2, seed=1)
    for kind in ("snip", "taylor", "fisher"):
        assert torch.allclose(saliency.saliency(4 * w, g / 4, kind), saliency.saliency(w, g, kind))


def test_no_gradient_gives_zeros_and_no_nan():
    w, g = randn(2, 2, 1, 1), torch.zeros(3, 2, 2, 1, 1)
    for kind in ("snip", "taylor", "fisher"):
        assert not saliency.saliency(w, g, kind).any()


def test_unknown_kind_is_refused_by_name():
    with pytest.raises(ValueError, match="random"):
        saliency.saliency(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1, 1), "random")


# ---- apoz, channel_entropy


def test_shares_of_the_example_are_11_12_and_14_of_32():
    flat = torch.stack([(torch.arange(32) >= n_zero).float() for n_zero in (11, 12, 14)])
    a = flat.reshape(3, 2, 4, 4).transpose(0, 1)
    assert saliency.apoz(a).tolist() == [11 / 32, 12 / 32, 14 / 32]


def test_apoz_counts_what_numpy_counts():
    a = randn(5, 4, 3, 7).relu()
    counted = [1 - np.count_nonzero(channel) / channel.size for channel in a.numpy().swapaxes(0, 1)]
    assert saliency.apoz(a).tolist() == pytest.approx(counted)


def test_apoz_plus_density_is_one_and_tiny_values_are_no_zeros():
    a = randn(5, 4, 3, 7).relu() * 1e-20
    assert torch.allclose(saliency.apoz(a) + (a > 0).float().mean((0, 2, 3)), torch.ones(4))


@pytest.mark.parametrize("bins", [1, 2, 7, 30])
def test_entropy_is_scipys_of_numpys_histogram_over_one_range(bins):
    a = randn(50, 6, 3, 4, dtype=torch.float64).relu() * torch.arange(1, 7).reshape(6, 1, 1)
    means = a.numpy().mean((2, 3))
    span = (means.min(), means.max())
    wanted = [entropy(np.histogram(channel, bins=bins, range=span)[0]) for channel in means.T]
    assert saliency.channel_entropy(a, bins).tolist() == pytest.approx(wanted)


def test_entropy_lies_between_zero_and_the_log_of_the_bins():
    h = saliency.channel_entropy(randn(200, 5, 2, 2), 10)
    assert bool((h >= 0).all())
    assert float(h.max()) <= math.log(10) + 1e-6


def test_channel_constant_at_five_has_no_zeros_and_no_entropy():
    a = torch.cat([randn(20, 1, 2, 2).relu() * 10, torch.full((20, 1, 2, 2), 5.0)], dim=1)
    assert saliency.apoz(a)[1] == 0
    assert saliency.channel_entropy(a, 8)[1] == 0


def test_channel_that_only_trembles_has_low_entropy_beside_one_that_moves():
    a = torch.cat([randn(100, 1, 1, 1), 1e-3 * randn(100, 1, 1, 1, seed=1) + 0.1], dim=1)
    moving, trembling = saliency.channel_entropy(a, 10).tolist()
    assert moving > 1.5
    assert trembling < 0.1


@pytest.mark.parametrize("a", [torch.full((4, 3, 2, 2), 5.0), torch.zeros(1, 2, 1, 1), randn(1, 1, 3, 3)])
def test_layer_that_is_one_constant_has_no_entropy(a):
    assert saliency.channel_entropy(a, 4).tolist() == [0.0] * a.shape[1]


def test_a_mean_on_an_edge_falls_into_the_upper_bin_and_the_largest_into_the_last():
    a = torch.tensor([0.0, 1.0, 2.0, 4.0]).reshape(4, 1, 1, 1)  # bins [0, 2) and [2, 4]
    assert float(saliency.channel_entropy(a, 2)) == pytest.approx(math.log(2))


# ---- refit, lasso_path


def problem(n=40, ci=6, k=3, co=4, seed=0, noise=0.5):
    x, w = randn(n, ci, k, seed=seed, dtype=torch.float64), randn(co, ci, k, seed=seed + 1, dtype=torch.float64)
    y = torch.einsum("nck,ock->no", x, w) + noise * randn(n, co, seed=seed + 2, dtype=torch.float64)
    return x, y, w


def squared_error(x, y, w):
    return float((y - torch.einsum("nck,ock->no", x, w)).square().sum())


KEEP = torch.tensor([True, False, True, True, False, False])


@pytest.mark.parametrize("n", [40, 5, 1], ids=["many samples", "few samples", "one sample"])
def test_refit_is_numpys_least_squares_on_the_kept_inputs(n):
    x, y, w = problem(n=n)
    wanted, *_ = np.linalg.lstsq(x[:, KEEP].flatten(1).numpy(), y.numpy(), rcond=None)
    refitted = saliency.refit(x, y, w, KEEP)
    assert np.allclose(refitted[:, KEEP].flatten(1).numpy(), wanted.T)
    assert not refitted[:, ~KEEP].any()


def test_refit_is_pytorchs_least_squares_on_a_channel_of_zeros_too():
    x, y, w = problem()
    x[:, 0] = 0
    wanted = torch.linalg.lstsq(x[:, KEEP].flatten(1), y, driver="gelsd").solution
    refitted = saliency.refit(x, y, w, KEEP)
    assert torch.allclose(refitted[:, KEEP].flatten(1), wanted.T)
    assert float(refitted[:, 0].abs().max()) < 1e-10


@pytest.mark.parametrize("seed", range(5))
def test_refit_never_leaves_a_larger_error_than_the_masked_weights(seed):
    x, y, w = problem(seed=10 * seed)
    assert squared_error(x, y, saliency.refit(x, y, w, KEEP)) <= squared_error(x, y, w * KEEP[:, None])


def test_refit_leaves_a_residual_that_no_kept_input_explains():
    x, y, w = problem()
    residual = y - torch.einsum("nck,ock->no", x, saliency.refit(x, y, w, KEEP))
    assert float((x[:, KEEP].flatten(1).T @ residual).abs().max()) < 1e-10


def test_refit_gives_back_the_weights_that_made_the_outputs():
    x, y, w = problem(noise=0.0)
    assert torch.allclose(saliency.refit(x, y, torch.zeros_like(w), torch.ones(6, dtype=torch.bool)), w)


def channel_parts(x, w):
    """What each channel adds to the outputs, as scikit-learn wants it: (n * co, ci)."""
    return torch.einsum("nck,ock->noc", x, w).flatten(0, 1).numpy()


@pytest.mark.parametrize("n_keep", range(7))
@pytest.mark.parametrize("seed", range(3))
def test_lasso_stops_where_scikit_learns_path_has_so_many_channels(seed, n_keep):
    x, y, w = problem(seed=10 * seed, noise=2.0)
    x = x * torch.linspace(0.2, 1.0, 6, dtype=torch.float64)[:, None]
    _, _, path = lars_path(channel_parts(x, w), y.flatten().numpy(), method="lasso")
    wanted = path[:, np.nonzero((path != 0).sum(0) == n_keep)[0].max()]
    keep, beta = saliency.lasso_path(x, y, w, n_keep)
    assert int(keep.sum()) == n_keep
    assert np.allclose(beta.numpy(), wanted)


def test_lasso_solves_the_penalized_problem_that_it_states():
    x, y, w = problem(noise=3.0)
    _, beta = saliency.lasso_path(x, y, w, 3)
    parts, target = channel_parts(x, w), y.flatten().numpy()
    penalty = np.abs(parts.T @ (target - parts @ beta.numpy())).max()
    model = Lasso(alpha=penalty / len(target), fit_intercept=False, tol=1e-12, max_iter=100_000)
    assert np.allclose(model.fit(parts, target).coef_, beta.numpy(), atol=1e-6)


def test_lasso_leaves_a_channel_of_zeros_out():
    x, y, w = problem()
    x[:, 2] = 0
    keep, _ = saliency.lasso_path(x, y, w, 5)
    assert keep.tolist() == [True, True, False, True, True, True]


# ---- purity


def test_no_function_changes_its_inputs():
    x, y, w = problem()
    weights, grads, maps = randn(2, 2, 3, 3), randn(3, 2, 2, 3, 3), randn(4, 3, 2, 2)
    inputs = [x, y, w, KEEP, weights, grads, maps]
    before = [value.clone() for value in inputs]
    for kind in ("snip", "taylor", "fisher"):
        saliency.saliency(weights, grads, kind)
    saliency.apoz(maps)
    saliency.channel_entropy(maps, 5)
    saliency.refit(x, y, w, KEEP)
    saliency.lasso_path(x, y, w, 3)
    assert all(torch.equal(now, then) for now, then in zip(inputs, before, strict=True))

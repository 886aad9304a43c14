"""Binary and ternary weights against loops, NumPy's packing, least squares and autograd; their networks."""

import doctest

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from effdl import lowbit, lowbit_net, native, nets, xnor_speed
from torch import nn


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def signs(*shape, seed=0):
    return torch.where(randn(*shape, seed=seed) > 0, 1.0, -1.0)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_examples_in_docstrings_hold():
    assert doctest.testmod(lowbit).failed == 0
    assert doctest.testmod(lowbit_net).failed == 0


# ---- binarize


def test_the_sign_of_zero_is_plus_one():
    w = torch.tensor([-3.0, -0.0, 0.0, 1e-30])
    assert lowbit.binarize(w).tolist() == [-1.0, 1.0, 1.0, 1.0]
    assert torch.equal(w, torch.tensor([-3.0, -0.0, 0.0, 1e-30]))


@pytest.mark.parametrize("value", [-2.0, -1.0, -0.5, 0.0, 0.3, 1.0, 5.0])
def test_by_lot_the_mean_is_the_weight_within_five_standard_errors(value):
    draws = lowbit.binarize(torch.full((20_000,), value), "stochastic", generator())
    clipped = min(max(value, -1), 1)
    error = 5 * np.sqrt((1 - clipped**2) / 20_000)
    assert abs(draws.mean().item() - clipped) <= error + 1e-6
    assert set(draws.unique().tolist()) <= {-1.0, 1.0}


def test_lots_come_from_the_generator_alone():
    w = randn(50) / 3
    torch.manual_seed(0)
    first = lowbit.binarize(w, "stochastic", generator(5))
    torch.manual_seed(1)
    assert torch.equal(lowbit.binarize(w, "stochastic", generator(5)), first)
    assert not torch.equal(lowbit.binarize(w, "stochastic", generator(6)), first)


def test_an_unknown_mode_is_refused_by_name():
    with pytest.raises(ValueError, match="random"):
        lowbit.binarize(randn(3), "random")


# ---- xnor_conv2d


@pytest.mark.parametrize(
    ("stride", "padding", "kernel"), [(1, 0, (3, 3)), (2, 1, (3, 3)), (1, 1, (2, 3)), (1, 0, (1, 1))]
)
def test_the_scaled_convolution_is_the_one_that_a_loop_over_patches_finds(stride, padding, kernel):
    x, w = randn(2, 3, 7, 6), randn(4, 3, *kernel, seed=1)
    found = lowbit.xnor_conv2d(x, w, stride, padding)
    sign_x = F.pad(torch.where(x >= 0, 1.0, -1.0), (padding,) * 4)
    size_x = F.pad(x.abs(), (padding,) * 4)
    for n, o, i, j in np.ndindex(*found.shape):
        window = (n, slice(None), slice(i * stride, i * stride + kernel[0]), slice(j * stride, j * stride + kernel[1]))
        agree = (sign_x[window] * torch.where(w[o] >= 0, 1.0, -1.0)).sum()
        expected = agree * size_x[window].mean() * w[o].abs().mean()
        assert found[n, o, i, j].item() == pytest.approx(expected.item(), rel=1e-4, abs=1e-5)


def test_the_scale_alpha_is_the_least_squares_one():
    w = randn(5, 4, 3, 3, dtype=torch.float64)
    ones = torch.ones(1, 4, 3, 3, dtype=torch.float64)
    flat, sign = w.flatten(1), lowbit.binarize(w).flatten(1)
    best = torch.stack(
        [torch.linalg.lstsq(s[:, None], v[:, None]).solution[0, 0] for s, v in zip(sign, flat, strict=True)]
    )
    assert torch.allclose(lowbit.xnor_conv2d(ones, w).flatten(), best * sign.sum(1))


# ---- packed bits


@pytest.mark.parametrize("n", [1, 7, 8, 9, 64, 77])
def test_bits_are_packed_as_numpy_packs_them(n):
    row = signs(3, n)
    theirs = np.packbits((row > 0).numpy(), axis=-1, bitorder="little")
    assert np.array_equal(lowbit.pack_bits(row).numpy(), theirs)


def test_what_is_no_sign_is_not_packed():
    with pytest.raises(ValueError, match="binarize"):
        lowbit.pack_bits(torch.tensor([1.0, 0.0]))


@pytest.mark.parametrize("n", [1, 5, 8, 63, 64, 65, 300])
def test_counting_bits_gives_the_product_of_signs(n):
    x, w = signs(4, n), signs(6, n, seed=1)
    found = lowbit.xnor_matmul(lowbit.pack_bits(x), lowbit.pack_bits(w), n)
    assert torch.equal(found, (x @ w.T).to(torch.int32))
    assert found.dtype == torch.int32


@pytest.mark.parametrize("n", [1, 64, 65, 100, 500])
def test_the_c_kernels_give_the_product_of_signs(n):
    pytest.importorskip("ziglang")
    x, w = signs(n), signs(9, n, seed=1)
    expected = w @ x
    assert torch.equal(xnor_speed.c_matvec(lowbit.pack_bits(w), lowbit.pack_bits(x), n), expected.to(torch.int32))
    result = torch.zeros(9)
    kernels = native.build(native.source("xnor.c"), flags=["-ffast-math"])
    kernels.float_matvec(native.pointer(w), native.pointer(x), native.pointer(result), 9, n)
    assert torch.equal(result, expected)


# ---- ternary weights


def test_ternary_weights_of_a_small_layer_by_hand():
    w = torch.tensor([[0.1, -0.2], [2.0, -1.0]])
    t, delta, scale = lowbit.ternarize(w)
    assert t.tolist() == [[0, 0], [1, -1]]
    assert delta.item() == pytest.approx(0.7 * 3.3 / 4)
    assert scale.item() == pytest.approx(1.5)


def test_given_the_kept_weights_the_scale_is_the_least_squares_one():
    w = randn(300, dtype=torch.float64)
    t, _, scale = lowbit.ternarize(w)
    best = torch.linalg.lstsq(t.double()[:, None], w[:, None]).solution.item()
    assert scale.item() == pytest.approx(best)


def test_on_gaussian_weights_the_threshold_is_near_the_best_one():
    w = randn(100_000)

    def error(share):
        kept = w.abs() > share * w.abs().mean()
        return (w - kept * w.sign() * w.abs()[kept].mean()).square().mean().item()

    t, _, scale = lowbit.ternarize(w)
    ours = (w - scale * t).square().mean().item()
    assert ours == pytest.approx(error(0.7), rel=1e-4)
    assert ours < 1.02 * min(error(share / 20) for share in range(5, 30))


@pytest.mark.parametrize("w", [torch.zeros(4), torch.full((5,), -2.0), torch.tensor([3.0])])
def test_zeros_equal_weights_and_a_single_one_are_ternarized(w):
    t, _, scale = lowbit.ternarize(w)
    assert torch.equal(scale * t, w)


def test_trained_ternary_scales_get_the_gradients_of_autograd():
    g, t = randn(6, 5), torch.randint(-1, 2, (6, 5), generator=generator(), dtype=torch.int8)
    w_p, w_n = torch.tensor(0.7, requires_grad=True), torch.tensor(1.3, requires_grad=True)
    weight = w_p * (t == 1) - w_n * (t == -1)
    expected = torch.autograd.grad((weight * g).sum(), (w_p, w_n))
    found = lowbit.ttq_gradients(g, t, w_p.detach(), w_n.detach())
    assert torch.allclose(torch.stack(found[:2]), torch.stack(expected))
    factors = {1: 0.7, 0: 1.0, -1: 1.3}
    assert torch.allclose(found[2], g * torch.tensor([[factors[v] for v in row] for row in t.tolist()]))


# ---- networks


@pytest.fixture
def net():
    return nets.ResNet8(4, generator=generator()).eval()


@pytest.mark.parametrize("method", lowbit_net.METHODS)
def test_every_method_trains_its_latent_weights_and_rounds_them(net, method):
    small = lowbit_net.convert(net, method, generator=generator()).train()
    layer = small.blocks[0].conv1
    small(randn(8, 1, 28, 28)).square().mean().backward()
    assert layer.weight.grad.abs().sum() > 0
    values = layer.rounded().detach()
    most = {"TWN": 3, "TTQ": 3}.get(method, 2)
    assert max(len(filt.unique()) for filt in values) <= most
    assert type(net.blocks[0].conv1) is nn.Conv2d


def test_binary_weights_by_lot_are_fixed_in_eval_mode(net):
    layer = lowbit_net.convert(net, "stochastic", generator=generator()).blocks[0].conv1
    layer.train()
    assert not torch.equal(layer.rounded(), layer.rounded())
    layer.eval()
    assert torch.equal(layer.rounded(), lowbit.binarize(layer.weight))


def test_the_network_with_binary_inputs_is_the_scaled_convolution(net):
    layer = lowbit_net.convert(net, "XNOR-Net").blocks[1].conv1.eval()
    x = randn(2, 4, 9, 9)
    assert torch.allclose(layer(x), lowbit.xnor_conv2d(layer.norm(x), layer.weight, 2, 1), atol=1e-6)


def test_gradients_pass_where_the_latent_value_is_within_the_limit():
    latent = torch.tensor([-2.0, -0.5, 0.5, 2.0], requires_grad=True)
    value = lowbit_net.straight_through(latent, lowbit.binarize(latent.detach()), 1.0)
    assert value.tolist() == [-1.0, -1.0, 1.0, 1.0]
    assert torch.autograd.grad(value.sum(), latent)[0].tolist() == [0.0, 1.0, 1.0, 0.0]


def test_clipping_puts_latent_weights_on_the_edge(net):
    small = lowbit_net.convert(net, "BinaryConnect")
    assert 0 < lowbit_net.outside(small) < 0.2
    assert lowbit_net.outside(lowbit_net.clip_(small)) == 0


def test_stored_bytes_count_bits_scales_and_the_rest(net):
    sizes = {method: lowbit_net.stored_bytes(lowbit_net.convert(net, method)) for method in lowbit_net.METHODS}
    inner = [m for m in lowbit_net.convert(net, "BWN").modules() if isinstance(m, lowbit_net.LowBitConv)]
    assert sizes["BWN"] - sizes["BinaryConnect"] == 4 * sum(m.out_channels for m in inner)
    assert sizes["TTQ"] - sizes["TWN"] == 4 * len(inner)
    assert sizes["TWN"] - sizes["BinaryConnect"] == 4 * len(inner) + sum(m.weight.numel() for m in inner) // 8
    assert sizes["BinaryConnect"] < 4 * sum(p.numel() for p in net.parameters())


def test_an_unknown_method_is_refused_by_name(net):
    with pytest.raises(ValueError, match="BNN"):
        lowbit_net.convert(net, "BNN")


def test_the_forms_of_the_product_that_are_timed_agree_and_take_time():
    times = xnor_speed.measure(96, repeats=3)
    assert "float32, PyTorch" in times
    assert all(latency.median_ms > 0 for latency in times.values())


def test_without_a_compiler_pytorch_counts_the_bits(monkeypatch):
    monkeypatch.setattr(native, "available", lambda: False)
    assert set(xnor_speed.measure(40, repeats=3)) == {"float32, PyTorch", "bits, PyTorch"}

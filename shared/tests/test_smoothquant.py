"""8-bit products against torch's integer kernel and its quantized linear layer; smoothing by its properties."""

import pytest
import torch
from effdl import smoothquant
from torch import nn


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def integers(x, scale):
    return (x / scale).round().clamp(-127, 127).to(torch.int8)


@pytest.mark.parametrize("activations", ["tensor", "token"])
@pytest.mark.parametrize("weights", ["tensor", "channel"])
def test_the_product_is_that_of_torch_s_int8_kernel(activations, weights):
    x, w = randn(24, 32), randn(16, 32, seed=1)
    sx = (x.abs().amax(1, keepdim=True) if activations == "token" else x.abs().max().reshape(1, 1)) / 127
    sw = (w.abs().amax(1, keepdim=True) if weights == "channel" else w.abs().max().reshape(1, 1)) / 127
    product = torch._int_mm(integers(x, sx), integers(w, sw).T.contiguous())
    got = smoothquant.w8a8_linear(x, w, activations, weights)
    assert torch.allclose(got, product * sx * sw.T, rtol=1e-6)


def test_the_product_is_near_the_exact_one():
    x, w = randn(50, 64), randn(20, 64, seed=1)
    exact = x @ w.T
    assert (smoothquant.w8a8_linear(x, w) - exact).norm() < 0.02 * exact.norm()


def test_sums_beyond_the_24_bits_of_a_float_are_exact():
    x, w = torch.full((1, 3000), 1.0), torch.full((1, 3000), 1.0)
    x[0, 0] = 1 / 127  # an integer of 1 beside 2,999 of 127
    assert smoothquant.w8a8_linear(x, w).double().item() == pytest.approx(2999 + 1 / 127, rel=1e-7)


def test_zeros_give_zeros():
    assert not smoothquant.w8a8_linear(torch.zeros(3, 8), torch.zeros(2, 8), "token").any()


def test_one_scale_a_token_shields_the_other_tokens_from_an_outlier():
    x, w = randn(10, 32), randn(8, 32, seed=1)
    x[0, 3] = 1000
    errors = [(smoothquant.w8a8_linear(x, w, how)[1:] - x[1:] @ w.T).norm().item() for how in ("tensor", "token")]
    assert errors[1] < errors[0] / 20


@pytest.mark.parametrize("words", [("channel", "channel"), ("tensor", "token"), ("", "tensor")])
def test_other_granularities_are_refused(words):
    with pytest.raises(ValueError, match="granularity"):
        smoothquant.w8a8_linear(randn(2, 4), randn(3, 4), *words)


def test_the_paper_s_example_has_scales_1_4_1_3():
    x = torch.tensor([[1.0, -16.0, 2.0, 6.0], [-2.0, 8.0, -1.0, -9.0]])
    w = torch.tensor([[2.0, 1.0, -2.0], [1.0, -1.0, -1.0], [2.0, -1.0, -2.0], [-1.0, -1.0, 1.0]]).T
    s = smoothquant.smooth_scales(x.abs().amax(0), w, 0.5)
    assert s.tolist() == pytest.approx([1, 4, 1, 3])


def test_alpha_one_half_makes_both_largest_values_the_geometric_mean():
    absmax, w = randn(12).abs() + 0.1, randn(7, 12, seed=1)
    s = smoothquant.smooth_scales(absmax, w, 0.5)
    middle = (absmax * w.abs().amax(0)).sqrt()
    assert torch.allclose(absmax / s, middle)
    assert torch.allclose((w * s).abs().amax(0), middle)


def test_alpha_0_evens_the_weights_and_alpha_1_the_activations():
    absmax, w = randn(12).abs() + 0.1, randn(7, 12, seed=1)
    assert torch.allclose((w * smoothquant.smooth_scales(absmax, w, 0)).abs().amax(0), torch.ones(12))
    assert torch.allclose(absmax / smoothquant.smooth_scales(absmax, w, 1), torch.ones(12))


def test_silent_channels_and_empty_columns_are_left_alone():
    absmax, w = torch.tensor([0.0, 3.0, 4.0]), torch.tensor([[1.0, 0.0, 9.0]])
    for alpha in (0, 0.5, 1):
        assert smoothquant.smooth_scales(absmax, w, alpha)[:2].tolist() == [1, 1]


@pytest.mark.parametrize("alpha", [-0.1, 1.1])
def test_an_alpha_outside_0_to_1_is_refused(alpha):
    with pytest.raises(ValueError, match="alpha"):
        smoothquant.smooth_scales(torch.ones(3), torch.ones(2, 3), alpha)


def test_a_smoothed_layer_norm_and_its_readers_compute_the_same():
    x, s = randn(5, 16, dtype=torch.float64), randn(16, seed=1, dtype=torch.float64).exp()
    norm = nn.LayerNorm(16, dtype=torch.float64)
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    w = torch.cat([randn(8, 16, seed=2, dtype=torch.float64), randn(3, 16, seed=3, dtype=torch.float64)])
    gain, bias, new = smoothquant.smooth(norm.weight.data, norm.bias.data, w, s)
    after = nn.functional.layer_norm(x, (16,), gain, bias)
    assert torch.allclose(after, norm(x) / s)
    assert torch.allclose(after @ new.T, norm(x) @ w.T)


def test_a_norm_without_bias_keeps_none_and_inputs_stay_as_they_are():
    gain, w, s = randn(4), randn(2, 4, seed=1), torch.full((4,), 2.0)
    copies = gain.clone(), w.clone()
    new_gain, bias, new = smoothquant.smooth(gain, None, w, s)
    assert bias is None
    assert torch.equal(gain, copies[0])
    assert torch.equal(w, copies[1])
    assert torch.equal(new_gain, gain / 2)
    assert torch.equal(new, w * 2)

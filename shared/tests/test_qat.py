"""Fake quantization against PyTorch's own, the observer by its formula, the export against what it comes from."""

import copy
import doctest

import pytest
import torch
from effdl import nets, qat, qat_net, quant
from effdl.data import Split
from torch import nn


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def with_gradient(function, x, *arguments):
    """The function's output and the gradient of a weighted sum of it."""
    x = x.clone().requires_grad_()
    y = function(x, *arguments)
    (grad,) = torch.autograd.grad((y * randn(*y.shape, seed=9, dtype=y.dtype)).sum(), x)
    return y.detach(), grad


def trained_layer(layer, bits=(8, 8), steps=3, **options):
    wrapped = qat.QATLayer(layer, bits, qat.FakeQuantize.apply, **options)
    shape = (4, layer.in_features) if isinstance(layer, nn.Linear) else (4, layer.in_channels, 9, 7)
    for seed in range(steps):
        wrapped(randn(*shape, seed=seed))
    return wrapped, randn(*shape, seed=99)


def norm_of(channels, seed=0):
    norm = nn.BatchNorm2d(channels, eps=0.01)
    for i, value in enumerate((norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var)):
        value.copy_(randn(channels, seed=seed + i))
    norm.running_var.abs_().add_(0.3)
    return norm.eval()


def test_examples_in_docstrings_hold():
    assert doctest.testmod(qat).failed == 0
    assert doctest.testmod(qat_net).failed == 0


# ---- FakeQuantize


@pytest.mark.parametrize(("zero_point", "qmin", "qmax"), [(0, -7, 7), (3, 0, 15), (-100, -128, 127)])
def test_values_and_gradients_are_those_of_pytorchs_fake_quantization(zero_point, qmin, qmax):
    x = randn(500) * 3
    ours = with_gradient(qat.FakeQuantize.apply, x, torch.tensor(0.25), zero_point, qmin, qmax)
    theirs = with_gradient(torch.fake_quantize_per_tensor_affine, x, 0.25, zero_point, qmin, qmax)
    for mine, their in zip(ours, theirs, strict=True):
        assert torch.equal(mine, their)
    assert 0 < (ours[1] == 0).sum() < 500


def test_a_scale_for_each_channel_is_that_of_pytorchs_fake_quantization():
    w, scale = randn(6, 3, 2, 2), 2.0 ** torch.arange(-4.0, 2.0)
    zeros = torch.zeros(6, dtype=torch.int32)
    ours = with_gradient(qat.FakeQuantize.apply, w, scale.reshape(6, 1, 1, 1), 0, -3, 3)
    theirs = with_gradient(torch.fake_quantize_per_channel_affine, w, scale, zeros, 0, -3, 3)
    for mine, their in zip(ours, theirs, strict=True):
        assert torch.equal(mine, their)


def test_the_forward_pass_is_quantize_and_dequantize():
    x, scale, zero_point = randn(40, dtype=torch.float64), torch.tensor(0.13, dtype=torch.float64), torch.tensor(5)
    q = quant.quantize(x, scale, zero_point, 0, 15)
    fake = qat.FakeQuantize.apply(x, scale, zero_point, 0, 15)
    assert torch.equal(fake, quant.dequantize(q, scale, zero_point))
    assert fake.dtype == torch.float64


def test_in_range_the_error_is_half_a_step_at_most():
    x = torch.rand(1000, generator=torch.Generator().manual_seed(0)) * 7 - 3.5
    assert ((qat.FakeQuantize.apply(x, 0.5, 0, -7, 7) - x).abs() <= 0.25).all()


def test_of_the_controls_one_passes_no_gradient_and_one_all():
    x = randn(100) * 4
    values, grads = zip(*[with_gradient(f, x, 0.5, 0, -3, 3) for f in (qat.plain_rounding, qat.unclipped)], strict=True)
    fake, _ = with_gradient(qat.FakeQuantize.apply, x, 0.5, 0, -3, 3)
    assert torch.allclose(values[0], fake)
    assert torch.allclose(values[1], fake)
    assert (grads[0] == 0).all()
    assert torch.equal(grads[1], randn(100, seed=9))


def test_the_gradient_flows_twice_through_a_chain():
    x = randn(50).requires_grad_()
    twice = qat.FakeQuantize.apply(qat.FakeQuantize.apply(x, 0.1, 0, -7, 7), 0.2, 0, -2, 2)
    (grad,) = torch.autograd.grad(twice.sum(), x)
    inside = ((x / 0.1).round().abs() <= 7) & ((qat.FakeQuantize.apply(x, 0.1, 0, -7, 7) / 0.2).round().abs() <= 2)
    assert torch.equal(grad, inside.float())


# ---- QATLayer


def test_the_observer_is_the_exponential_average_from_the_first_batch_on():
    wrapped, _ = trained_layer(nn.Linear(5, 3), momentum=0.75)
    batches = [randn(4, 5, seed=seed) for seed in range(3)]
    low = batches[0].min()
    for batch in batches[1:]:
        low = 0.75 * low + 0.25 * batch.min()
    assert wrapped.low.item() == pytest.approx(low.item())
    assert wrapped.high > 0


def test_in_eval_mode_the_observer_stands_still():
    wrapped, x = trained_layer(nn.Linear(5, 3))
    before = wrapped.low.clone(), wrapped.high.clone()
    wrapped.eval()(100 * x)
    assert (wrapped.low, wrapped.high) == before


@pytest.mark.parametrize("layer", [nn.Linear(5, 3), nn.Conv2d(2, 4, 3, stride=2, padding=1)])
@pytest.mark.parametrize("bits", [(8, 8), (2, 4)])
def test_a_layer_is_pytorchs_fake_quantization_of_both_operands(layer, bits):
    wrapped, x = trained_layer(layer, bits)
    scale, zero_point = quant.affine_qparams(wrapped.low, wrapped.high, bits[1])
    x_hat = torch.fake_quantize_per_tensor_affine(x, scale, zero_point, 0, 2 ** bits[1] - 1)
    scales = quant.symmetric_scale(layer.weight.detach().flatten(1), bits[0], dim=1).flatten()
    largest = 2 ** (bits[0] - 1) - 1
    zeros = torch.zeros(len(scales), dtype=torch.int32)
    w_hat = torch.fake_quantize_per_channel_affine(layer.weight, scales, zeros, 0, -largest, largest)
    expected = copy.deepcopy(layer)
    expected.weight.data = w_hat.detach()
    assert torch.allclose(wrapped.eval()(x), expected(x_hat), atol=1e-5)


def test_the_float_weight_gets_the_gradient_and_stays_float():
    wrapped, x = trained_layer(nn.Linear(5, 3), (2, 8))
    before = wrapped.layer.weight.detach().clone()
    wrapped(x).square().sum().backward()
    assert wrapped.layer.weight.grad.abs().sum() > 0
    assert torch.equal(wrapped.layer.weight, before)
    assert len(before.unique()) == 15


# ---- export


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_the_export_equals_the_layer_up_to_the_rounded_bias(bits):
    conv, norm = nn.Conv2d(3, 6, 3, stride=2, padding=1, bias=False), norm_of(6)
    wrapped, x = trained_layer(conv, (bits, 8))
    wrapped.eval()
    scale, _ = quant.affine_qparams(wrapped.low, wrapped.high, 8)
    q, b, m = qat.export_int(conv.weight, bits, scale, norm)
    with torch.no_grad():
        error = (qat.IntegerLayer(wrapped, (q, b, m))(x) - norm(wrapped(x))).abs()
    # half a step, and what float32 loses in the layer itself
    assert (error <= m.abs().reshape(6, 1, 1) / 2 + 1e-4).all()
    assert (q.dtype, b.dtype) == (torch.int8, torch.int32)
    assert (m < 0).any()


def test_the_integers_do_not_depend_on_batch_norm():
    conv = nn.Conv2d(3, 6, 3, bias=False)
    with_norms = [qat.export_int(conv.weight, 4, 0.1, norm_of(6, seed)) for seed in (0, 50)]
    assert torch.equal(with_norms[0][0], with_norms[1][0])
    assert not torch.equal(with_norms[0][2], with_norms[1][2])


# ---- whole networks


@pytest.fixture(scope="module")
def split():
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(512, 1, 28, 28, generator=generator)
    return Split(images, (images.mean((1, 2, 3)) > 0).long())


@pytest.fixture(scope="module")
def net(split):
    return nets.ResNet8(4, generator=torch.Generator().manual_seed(0)).eval()


def test_the_ends_keep_eight_bits_and_the_original_stays(net):
    converted = qat_net.convert(net, (2, 4))
    bits = [(m.weight_bits, m.input_bits) for m in converted.modules() if isinstance(m, qat.QATLayer)]
    assert bits == [(8, 8), *[(2, 4)] * 8, (8, 8)]
    assert not [m for m in net.modules() if isinstance(m, qat.QATLayer)]


def test_calibration_moves_ranges_and_nothing_else(net, split):
    ranged = qat_net.calibrate_(qat_net.convert(net, (8, 8)), split.images)
    assert not [m for m in ranged.modules() if m.training]
    plain, after = net.state_dict(), ranged.state_dict()
    assert all(
        torch.equal(after[k.replace("conv", "conv.layer")] if k.endswith("conv.weight") else plain[k], plain[k])
        for k in plain
    )
    assert all(not torch.isnan(v).any() for v in after.values())
    with torch.no_grad():
        difference = (ranged(split.images[:50]) - net(split.images[:50])).abs().max()
    assert difference < 0.05 * net(split.images[:50]).abs().max()


def test_every_layer_finds_its_batch_norm(net):
    found = dict(qat_net.pairs(qat_net.convert(net, (8, 8))))
    assert found["stem.conv"] == "stem.bn"
    assert found["blocks.1.shortcut.conv"] == "blocks.1.shortcut.bn"
    assert found["blocks.2.conv2"] == "blocks.2.bn2"
    assert found["classifier"] == ""
    assert len(found) == 10


def test_the_exported_network_gives_what_the_trained_one_gives(net, split):
    ranged = qat_net.calibrate_(qat_net.convert(net, (8, 8)), split.images)
    exported = qat_net.export(ranged)
    assert not [m for m in exported.modules() if isinstance(m, (nn.Conv2d, nn.Linear, nn.BatchNorm2d))]
    with torch.no_grad():
        expected, found = ranged(split.images[:100]), exported(split.images[:100])
    assert (found - expected).abs().max() < 0.05 * expected.abs().max()


def test_stored_bytes_count_bits_multipliers_biases_and_ranges():
    layer = qat.QATLayer(nn.Conv2d(3, 5, 3, bias=False), (2, 8), qat.FakeQuantize.apply)
    assert qat_net.stored_bytes(nn.Sequential(layer)) == -(-3 * 5 * 9 * 2 // 8) + 5 * (4 + 4) + 5

"""The layers of `effdl.layers` against PyTorch's, plain loops, and the rules that they state."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from effdl import layers
from torch import nn

TORCH_PADDING = {"zeros": "constant", "replicate": "replicate", "reflect": "reflect", "circular": "circular"}
TORCH_ACTIVATION = {
    "sigmoid": torch.sigmoid,
    "ReLU": F.relu,
    "ReLU6": F.relu6,
    "leaky ReLU": lambda x: F.leaky_relu(x, 0.1),
    "swish": F.silu,
    "h-swish": F.hardswish,
}


def randn(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def close(got, expected):
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    assert torch.allclose(got, expected, rtol=0, atol=1e-12 * max(1.0, float(expected.abs().max())) * 100)


# ---- linear_forward


@pytest.mark.parametrize(("n", "ci", "co"), [(5, 3, 4), (4, 4, 4), (1, 6, 2), (3, 1, 1)])
@pytest.mark.parametrize("bias", [True, False])
def test_linear_is_that_of_pytorch(n, ci, co, bias):
    x, w, b = randn(n, ci), randn(co, ci, seed=1), randn(co, seed=2) if bias else None
    close(layers.linear_forward(x, w, b), F.linear(x, w, b))


# ---- pad2d


@pytest.mark.parametrize("mode", TORCH_PADDING)
@pytest.mark.parametrize(("h", "w", "padding"), [(5, 7, 2), (3, 4, 1), (6, 4, 3), (4, 4, 0), (1, 1, 0)])
def test_padding_is_that_of_pytorch(mode, h, w, padding):
    x = randn(2, 3, h, w)
    close(layers.pad2d(x, padding, mode), F.pad(x, (padding,) * 4, mode=TORCH_PADDING[mode]))


@pytest.mark.parametrize("mode", TORCH_PADDING)
def test_padding_works_on_strided_input_and_leaves_it_alone(mode):
    x = randn(2, 3, 6, 8).transpose(2, 3)[:, :, ::2]
    before = x.clone()
    close(layers.pad2d(x, 2, mode), layers.pad2d(x.contiguous(), 2, mode))
    assert torch.equal(x, before)


def test_unknown_padding_is_refused_by_name():
    with pytest.raises(ValueError, match="mirror"):
        layers.pad2d(randn(1, 1, 3, 3), 1, "mirror")


# ---- conv2d


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize(("kh", "kw"), [(3, 3), (1, 4), (2, 1), (1, 1)])
@pytest.mark.parametrize("groups", [1, 2, 4])
def test_convolution_is_that_of_pytorch(stride, dilation, kh, kw, groups):
    x, w, b = randn(2, 4, 9, 10), randn(8, 4 // groups, kh, kw, seed=1), randn(8, seed=2)
    close(
        layers.conv2d(x, w, b, stride, dilation, groups),
        F.conv2d(x, w, b, stride, dilation=dilation, groups=groups),
    )


def test_convolution_is_the_sum_that_its_formula_says():
    x, w = randn(1, 2, 5, 4), randn(3, 2, 2, 3, seed=1)
    y = layers.conv2d(x, w)
    for o, p, q in itertools.product(range(3), range(4), range(2)):
        expected = sum(
            float(w[o, c, i, j] * x[0, c, p + i, q + j]) for c, i, j in itertools.product(range(2), range(2), range(3))
        )
        assert float(y[0, o, p, q]) == pytest.approx(expected)


def test_depthwise_convolution_keeps_channels_apart():
    x, w = randn(2, 3, 6, 6), randn(3, 1, 3, 3, seed=1)
    whole = layers.conv2d(x, w, groups=3)
    for channel in range(3):
        alone = layers.conv2d(x[:, channel : channel + 1], w[channel : channel + 1])
        close(whole[:, channel : channel + 1], alone)


def test_a_row_of_pixels_is_a_one_dimensional_convolution():
    x, w = randn(2, 3, 11), randn(4, 3, 5, seed=1)
    close(layers.conv2d(x[:, :, None], w[:, :, None], stride=2)[:, :, 0], F.conv1d(x, w, stride=2))


def test_a_kernel_as_large_as_the_image_is_a_fully_connected_layer():
    x, w, b = randn(3, 2, 4, 5), randn(6, 2, 4, 5, seed=1), randn(6, seed=2)
    close(layers.conv2d(x, w, b).flatten(1), layers.linear_forward(x.flatten(1), w.flatten(1), b))


@pytest.mark.parametrize("groups", [1, 4])
def test_channels_that_do_not_fit_the_filters_are_refused_with_the_shapes(groups):
    with pytest.raises(ValueError, match=r"\(1, 4, 5, 5\)"):
        layers.conv2d(randn(1, 4, 5, 5), randn(4, 2, 3, 3), groups=groups)


# ---- transposed_conv2d


@pytest.mark.parametrize(("stride", "kh", "kw"), [(1, 3, 3), (2, 3, 2), (3, 2, 4), (2, 1, 1)])
def test_transposed_convolution_is_that_of_pytorch(stride, kh, kw):
    x, w = randn(2, 3, 4, 5), randn(3, 2, kh, kw, seed=1)
    close(layers.transposed_conv2d(x, w, stride), F.conv_transpose2d(x, w, stride=stride))


def test_transposed_convolution_is_the_adjoint_of_convolution():
    y, w = randn(1, 2, 7, 9), randn(3, 2, 3, 3, seed=1)
    x = randn(1, 3, 3, 4, seed=2)
    forth, back = (layers.conv2d(y, w, stride=2) * x).sum(), (y * layers.transposed_conv2d(x, w, 2)).sum()
    assert float(forth) == pytest.approx(float(back))


# ---- pool2d


@pytest.mark.parametrize(("kernel", "stride", "padding"), [(2, 2, 0), (3, 2, 1), (3, 1, 1), (2, 3, 0), (4, 2, 2)])
def test_pooling_is_that_of_pytorch(kernel, stride, padding):
    x = randn(2, 3, 9, 8)
    close(layers.pool2d(x, kernel, stride, padding, "max"), F.max_pool2d(x, kernel, stride, padding))
    close(layers.pool2d(x, kernel, stride, padding, "average"), F.avg_pool2d(x, kernel, stride, padding))


def test_padding_never_wins_against_negative_values():
    x = -randn(1, 2, 4, 4).abs() - 1
    assert float(layers.pool2d(x, 3, 1, 1, "max").max()) <= -1


def test_unknown_pooling_is_refused_by_name():
    with pytest.raises(ValueError, match="median"):
        layers.pool2d(randn(1, 1, 4, 4), 2, 2, mode="median")


# ---- normalize


@pytest.mark.parametrize("eps", [1e-5, 0.1])
def test_normalizations_are_those_of_pytorch(eps):
    x = randn(3, 6, 4, 5) * 3 + 2
    close(layers.normalize(x, "batch", eps=eps), F.batch_norm(x, None, None, training=True, eps=eps))
    close(layers.normalize(x, "layer", eps=eps), F.layer_norm(x, (6, 4, 5), eps=eps))
    close(layers.normalize(x, "instance", eps=eps), F.instance_norm(x, eps=eps))
    for groups in (1, 2, 3, 6):
        close(layers.normalize(x, "group", groups, eps=eps), F.group_norm(x, groups, eps=eps))


def test_one_group_is_layer_and_as_many_as_channels_is_instance_normalization():
    x = randn(2, 4, 3, 3)
    close(layers.normalize(x, "group", 1), layers.normalize(x, "layer"))
    close(layers.normalize(x, "group", 4), layers.normalize(x, "instance"))


@pytest.mark.parametrize("kind", ["batch", "layer", "instance", "group"])
def test_constant_images_become_zeros_and_strided_ones_are_read_in_order(kind):
    assert layers.normalize(torch.full((2, 4, 3, 3), 7.0), kind, 2).abs().max() == 0
    x = randn(4, 2, 6, 5).transpose(0, 1).transpose(2, 3)
    close(layers.normalize(x, kind, 2), layers.normalize(x.contiguous(), kind, 2))


def test_unknown_normalization_is_refused_by_name():
    with pytest.raises(ValueError, match="weight"):
        layers.normalize(randn(1, 1, 2, 2), "weight")


# ---- activate, attention


@pytest.mark.parametrize("kind", layers.ACTIVATIONS)
def test_activations_are_those_of_pytorch(kind):
    x = torch.linspace(-8, 8, 161, dtype=torch.float64)
    close(layers.activate(x, kind), TORCH_ACTIVATION[kind](x))


def test_unknown_activation_is_refused_by_name():
    with pytest.raises(ValueError, match="step"):
        layers.activate(torch.zeros(1), "step")


def test_attention_is_that_of_pytorch():
    q, k, v = randn(5, 8), randn(7, 8, seed=1), randn(7, 3, seed=2)
    mixed, shares = layers.attention(q, k, v)
    close(mixed, F.scaled_dot_product_attention(q[None], k[None], v[None])[0])
    close(shares.sum(1), torch.ones(5, dtype=torch.float64))


def test_single_precision_stays_single():
    x = randn(2, 4, 5, 5, dtype=torch.float32)
    results = [
        layers.linear_forward(x[:, :, 0, 0], torch.ones(2, 4)),
        layers.pad2d(x, 1, "reflect"),
        layers.conv2d(x, torch.ones(2, 4, 3, 3)),
        layers.pool2d(x, 2, 2, mode="average"),
        layers.normalize(x, "group", 2),
    ]
    assert {result.dtype for result in results} == {torch.float32}
    assert all(math.isfinite(float(result.sum())) for result in results)


def test_gradients_pass_through_our_convolution():
    x, w = randn(1, 2, 5, 5).requires_grad_(), nn.Parameter(randn(3, 2, 3, 3, seed=1))
    assert torch.autograd.gradcheck(lambda x, w: layers.conv2d(x, w, stride=2), (x, w))

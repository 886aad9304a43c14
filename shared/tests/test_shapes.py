"""The shapes that `effdl.shapes` predicts against the shapes that PyTorch's layers have."""

import random

import pytest
import torch
from effdl import nets, shapes
from torch import nn


def some(seed, count):
    """Random layers (size, kernel, stride, padding, dilation) that fit."""
    draw = random.Random(seed)
    while count:
        size, kernel, stride, dilation = (draw.randint(1, top) for top in (30, 5, 4, 3))
        padding = draw.randint(0, 4)
        if dilation * (kernel - 1) + 1 <= size + 2 * padding:
            count -= 1
            yield size, kernel, stride, padding, dilation


def test_output_sizes_are_those_of_500_layers_of_pytorch():
    for size, kernel, stride, padding, dilation in some(0, 500):
        layer = nn.Conv1d(1, 1, kernel, stride, padding, dilation)
        assert shapes.out_size(size, kernel, stride, padding, dilation) == layer(torch.zeros(1, 1, size)).shape[2]


def test_transposed_sizes_are_those_of_500_layers_of_pytorch():
    for size, kernel, stride, padding, dilation in some(1, 500):
        extra = (size + kernel) % max(stride, dilation)
        found = shapes.transposed_out_size(size, kernel, stride, padding, dilation, extra)
        if found < 1:
            continue
        layer = nn.ConvTranspose1d(1, 1, kernel, stride, padding, extra, dilation=dilation)
        assert found == layer(torch.zeros(1, 1, size)).shape[2]


def test_a_transposed_layer_undoes_the_size_of_a_layer():
    for size, kernel, stride, padding, dilation in some(2, 200):
        small = shapes.out_size(size, kernel, stride, padding, dilation)
        lost = (size + 2 * padding - dilation * (kernel - 1) - 1) % stride
        assert shapes.transposed_out_size(small, kernel, stride, padding, dilation, lost) == size


def test_a_kernel_that_just_fits_gives_one_output_and_a_larger_one_is_refused():
    assert shapes.out_size(5, 3, 4, 0, 2) == 1
    with pytest.raises(ValueError, match="reaches over 7"):
        shapes.out_size(4, 4, 1, 1, 2)


CHAINS = [
    [],
    [(1, 1, 1)],
    [(3, 1, 1)] * 3,
    [(3, 2, 1), (3, 1, 1)],
    [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
    [(2, 2, 1), (5, 3, 1), (3, 1, 2)],
    [(2, 3, 1), (3, 1, 1)],  # a stride larger than the kernel leaves holes
    [(3, 2, 1), (2, 2, 1), (3, 2, 1)],
]


@pytest.mark.parametrize("chain", CHAINS)
def test_receptive_field_is_the_extent_that_the_gradient_reaches(chain):
    field, jump = shapes.receptive_field(chain)
    seen = shapes.field_extent(chain, 4 * field + 2 * jump)
    for axis in (0, 1):
        lit = torch.nonzero(seen.any(axis)).flatten()
        assert int(lit[-1] - lit[0]) + 1 == field


@pytest.mark.parametrize("chain", CHAINS[1:])
def test_neighboring_outputs_look_one_jump_further(chain):
    field, jump = shapes.receptive_field(chain)
    layers = [nn.Conv1d(1, 1, kernel, stride, dilation=dilation) for kernel, stride, dilation in chain]
    count = nn.Sequential(*layers)(torch.zeros(1, 1, field + 5 * jump)).shape[2]
    assert count == 6


def test_an_image_smaller_than_the_chain_is_refused():
    with pytest.raises(ValueError, match="too small"):
        shapes.field_extent([(3, 1, 1), (3, 1, 1)], 4)


def test_weight_shapes_are_those_of_pytorchs_layers():
    layers = {
        ("linear", 6, 4): nn.Linear(6, 4),
        ("conv", 6, 4, 3): nn.Conv2d(6, 4, 3),
        ("conv", 6, 4, 3, 2): nn.Conv2d(6, 4, 3, groups=2),
        ("depthwise", 6, 6, 5): nn.Conv2d(6, 6, 5, groups=6),
        ("transposed", 6, 4, 3, 2): nn.ConvTranspose2d(6, 4, 3, groups=2),
    }
    for arguments, layer in layers.items():
        assert shapes.weight_shape(*arguments) == tuple(layer.weight.shape)
    assert shapes.weight_shape("pool", 3, 3, 2) == ()


@pytest.mark.parametrize("arguments", [("attention", 4, 4), ("conv", 5, 4, 3, 2), ("conv", 4, 5, 3, 2)])
def test_weights_that_cannot_be_are_refused(arguments):
    with pytest.raises(ValueError, match="weight_shape"):
        shapes.weight_shape(*arguments)


def test_the_table_of_resnet8_lists_every_weight_in_running_order():
    net = nets.ResNet8(generator=torch.Generator().manual_seed(0))
    rows = shapes.shape_table(net, (1, 28, 28))
    weights = {name: tuple(value.shape) for name, value in net.named_parameters() if value.ndim > 1}
    assert {f"{name}.weight": shape for name, shape, _ in rows} == weights
    assert [rows[0][2], rows[-1][2]] == [(16, 14, 14), (10,)]
    assert not net.stem.conv._forward_hooks

"""The networks have the sizes that the course speaks of."""

import pytest
import torch
from effdl import nets
from torch import nn


@pytest.mark.parametrize(
    ("make", "n_parameters"), [(nets.ResNet8, 77_754), (nets.SmallCNN, 61_050), (nets.MobileNetV2, 36_266)]
)
def test_parameter_counts_are_those_that_the_labs_quote(make, n_parameters):
    assert sum(weight.numel() for weight in make().parameters()) == n_parameters


@pytest.mark.parametrize("make", [nets.ResNet8, nets.SmallCNN])
def test_an_image_becomes_ten_logits(make):
    assert make(4).eval()(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


@pytest.mark.parametrize("make", [nets.ResNet8, nets.SmallCNN])
def test_the_same_generator_seed_gives_the_same_weights(make):
    one, two, other = (make(4, generator=torch.Generator().manual_seed(seed)) for seed in (0, 0, 1))
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, two.state_dict()[name])
    assert not torch.equal(one.classifier.weight, other.classifier.weight)


def test_a_block_with_a_silent_inner_path_is_its_shortcut():
    block = nets.BasicBlock(2, 2).eval()
    nn.init.zeros_(block.bn2.weight)
    x = torch.rand(1, 2, 5, 5)
    assert torch.equal(block(x), x)


def test_weights_are_drawn_with_the_variance_of_he():
    layer = nn.Conv2d(32, 64, 3)
    nets.initialize_(layer, generator=torch.Generator().manual_seed(0))
    oracle = nn.init.kaiming_normal_(
        torch.empty(64, 32, 3, 3), mode="fan_out", generator=torch.Generator().manual_seed(0)
    )
    assert torch.allclose(layer.weight, oracle)


def test_every_relu_of_a_block_can_be_found_by_name():
    names = dict(nets.ResNet8().named_modules())
    assert all(f"blocks.{i}.relu{j}" in names for i in range(3) for j in (1, 2))


def test_a_block_of_mobilenet_adds_its_input_only_where_shapes_agree():
    same, wider, halved = (nets.InvertedResidual(4, co, stride).eval() for co, stride in ((4, 1), (6, 1), (4, 2)))
    x = torch.rand(1, 4, 6, 6)
    for block in (same, wider, halved):
        nn.init.zeros_(block.project.bn.weight)
    assert torch.equal(same(x), x)
    assert not wider(x).any()
    assert halved(x).shape == (1, 4, 3, 3)
    assert not halved(x).any()


def test_mobilenet_widens_no_more_than_it_is_told():
    assert nets.MobileNetV2(widening=2).blocks[1].depthwise.conv.groups == 16
    assert nets.MobileNetV2().eval()(torch.zeros(3, 1, 28, 28)).shape == (3, 10)

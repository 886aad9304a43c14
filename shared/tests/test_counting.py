"""Counts agree with PyTorch's own, with the published tables of AlexNet, and with the length of real files."""

import math

import numpy as np
import pytest
import torch
from effdl import alexnet, cost, counting, nets
from effdl.counting import Layer
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

LAYERS = [
    (nn.Conv2d(3, 8, 3, padding=1, bias=False), (3, 9, 7)),
    (nn.Conv2d(4, 6, (3, 1), stride=2, padding=1), (4, 9, 11)),
    (nn.Conv2d(4, 8, 3, groups=4), (4, 5, 5)),
    (nn.Conv2d(6, 6, 5, stride=3, padding=2, groups=6, bias=False), (6, 13, 10)),
    (nn.Conv2d(6, 9, 1, groups=3), (6, 4, 4)),
    (nn.Conv2d(1, 1, 4, stride=4), (1, 4, 5)),
    (nn.Linear(12, 5), (12,)),
    (nn.Linear(4, 3, bias=False), (7, 4)),
    (nn.Linear(4, 4), (2, 3, 4)),
]


@pytest.mark.parametrize(("module", "shape"), LAYERS, ids=str)
def test_one_layer_is_counted_as_pytorch_counts_it(module, shape):
    layer = counting.describe(module)
    with FlopCounterMode(display=False) as counter:
        output = module(torch.zeros(1, *shape))
    assert counting.count_parameters(layer) == sum(weight.numel() for weight in module.parameters())
    assert counting.layer_macs(layer, shape) == (counter.get_total_flops() // 2, tuple(output.shape[1:]))


@pytest.mark.parametrize("kind", ["pool", "Conv", ""])
def test_another_kind_or_groups_that_do_not_divide_are_refused(kind):
    with pytest.raises(ValueError, match="kind must be conv or linear"):
        counting.count_parameters(Layer(kind, 4, 4))
    with pytest.raises(ValueError, match="groups divide"):
        counting.count_parameters(Layer("conv", 6, 4, groups=3))
    with pytest.raises(ValueError, match="groups divide"):
        counting.count_parameters(Layer("conv", 4, 6, groups=4))


@pytest.mark.parametrize(("layer", "shape"), [(Layer("conv", 3, 4), (4, 3, 3)), (Layer("linear", 3, 4), (3, 4))])
def test_an_input_that_does_not_fit_is_named(layer, shape):
    with pytest.raises(ValueError, match=r"layer_macs: an input \("):
        counting.layer_macs(layer, shape)


@pytest.mark.parametrize("seed", range(5))
def test_bytes_at_mixed_precision_are_those_of_the_file_that_one_would_write(seed):
    draw = np.random.default_rng(seed)
    counts = {name: int(draw.integers(0, 50)) for name in "abcd"}
    bits = {name: int(draw.integers(1, 33)) for name in "abc"}
    written = np.concatenate([np.zeros(counts[name] * bits.get(name, 32), dtype=np.uint8) for name in counts])
    assert counting.model_bytes(counts, bits) == np.packbits(written).nbytes


@pytest.mark.parametrize(
    ("net", "shape"),
    [(nets.ResNet8(), (1, 28, 28)), (nets.MobileNetV2(), (1, 28, 28)), (nets.SmallCNN(), (1, 28, 28))],
)
def test_a_network_is_the_sum_of_its_layers(net, shape):
    rows = counting.profile(net, shape)
    weights = [w for w in net.modules() if isinstance(w, (nn.Conv2d, nn.Linear))]
    assert sum(row.macs for row in rows) == cost.macs(net, shape)
    assert sum(row.parameters for row in rows) == sum(cost.parameters(layer) for layer in weights)


def test_a_layer_that_runs_twice_has_two_rows_and_no_hook_stays():
    layer = nn.Linear(3, 3)
    net = nn.Sequential(layer, nn.ReLU(), layer).train()
    assert [row.macs for row in counting.profile(net, (3,))] == [9, 9]
    assert net.training
    assert not layer._forward_hooks


def test_an_input_that_a_network_does_not_take_is_named_and_leaves_no_hook():
    net = nets.ResNet8()
    with pytest.raises(ValueError, match=r"\(3, 28, 28\)"):
        counting.profile(net, (3, 28, 28))
    assert not any(module._forward_hooks for module in net.modules())


@pytest.mark.parametrize(
    "module",
    [nn.Conv2d(1, 1, 3, dilation=2), nn.Conv2d(1, 1, 3, stride=(1, 2)), nn.Conv2d(1, 1, 3, padding="same")],
    ids=str,
)
def test_a_layer_that_cannot_be_described_is_refused(module):
    with pytest.raises(ValueError, match="describe"):
        counting.describe(module)


# Sze et al. 2017, table II, has 2.3 M and 58.6 M weights, 666 M and 58.6 M MACs in all convolutions and linear layers
def test_alexnet_has_the_counts_of_the_tables():
    rows = counting.profile(alexnet.alexnet(), alexnet.INPUT)
    convolutions, linear = rows[:5], rows[5:]
    assert [round(sum(row.parameters for row in part) / 1e6, 1) for part in (convolutions, linear)] == [2.3, 58.6]
    assert [round(sum(row.macs for row in part) / 1e6, 1) for part in (convolutions, linear)] == [665.8, 58.6]
    without_biases = sum(row.parameters - row.layer.co for row in rows)
    assert (without_biases, sum(row.macs for row in rows)) == (60_954_656, 724_406_816)


def test_alexnet_has_the_neurons_that_its_paper_lists():
    rows = counting.profile(alexnet.alexnet(), alexnet.INPUT)
    # the paper's figure 2 lists 253,440 for the first layer, which 96 maps of 55 x 55 are not
    assert [row.activations for row in rows[1:]] == [186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]
    assert rows[0].activations == 96 * 55 * 55


def test_the_library_s_alexnet_has_the_parameters_and_macs_that_torchvision_states():
    rows = counting.profile(alexnet.alexnet(paper=False), alexnet.INPUT)
    assert sum(row.parameters for row in rows) == 61_100_840
    assert round(sum(row.macs for row in rows) / 1e9, 3) == 0.714


def test_counting_on_the_meta_device_agrees_with_pytorch_on_it():
    net = alexnet.alexnet()
    with FlopCounterMode(display=False) as counter:
        net(torch.zeros(1, *alexnet.INPUT, device="meta"))
    assert 2 * sum(row.macs for row in counting.profile(net, alexnet.INPUT)) == counter.get_total_flops()
    assert math.isclose(4 * 60_954_656, 244e6, rel_tol=0.01)

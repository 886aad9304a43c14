"""Masks hold while a network trains, and a shrunk network computes what the masked one does."""

import copy

import pytest
import torch
from effdl import cost, masking, nets, pruning, train
from effdl.data import Split
from torch import nn
from torch.nn.utils import prune


def drawn(seed: int = 0, width: int = 4) -> nets.ResNet8:
    """A narrow ResNet8 whose normalization has statistics, gains and shifts that are not the initial ones."""
    generator = torch.Generator().manual_seed(seed)
    net = nets.ResNet8(width, generator=generator)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for value in (module.weight, module.bias, module.running_mean, module.running_var):
                value.data.uniform_(0.5, 1.5, generator=generator)
    return net.eval()


def masks_of(net: nn.Module, n_axes: int, seed: int = 0) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.rand(weight.shape[:n_axes], generator=generator) > 0.5
        for name, weight in masking.prunable(net).items()
    }


def holds(net: nn.Module, masks: dict[str, torch.Tensor]) -> bool:
    """Whether applying the masks once more would change nothing."""
    again = masking.apply_(copy.deepcopy(net), masks).state_dict()
    return all(torch.equal(again[name], value) for name, value in net.state_dict().items())


def images(n: int = 6) -> torch.Tensor:
    return torch.randn(n, 1, 28, 28, generator=torch.Generator().manual_seed(1))


def test_the_stem_the_shortcuts_and_the_classifier_stay_dense():
    assert list(masking.prunable(drawn())) == [f"blocks.{i}.conv{j}" for i in range(3) for j in (1, 2)]


def test_a_plain_network_is_pruned_from_its_second_convolution_on():
    assert list(masking.prunable(nets.SmallCNN(2))) == [f"layers.{i}.conv" for i in (1, 2, 3)]


@pytest.mark.parametrize("n_axes", [4, 3, 2, 1])
def test_masked_weights_are_those_of_pytorchs_custom_mask(n_axes):
    net = drawn()
    oracle = copy.deepcopy(net)
    masks = masks_of(net, n_axes)
    masking.apply_(net, masks)
    for name, mask in masks.items():
        layer = oracle.get_submodule(name)
        shape = (*mask.shape, *[1] * (4 - n_axes))
        prune.custom_from_mask(layer, "weight", mask.reshape(shape).expand_as(layer.weight).float())
        assert torch.equal(net.get_submodule(name).weight, layer.weight)


def test_masks_of_single_weights_leave_normalization_alone():
    net = drawn()
    before = copy.deepcopy(net.state_dict())
    masking.apply_(net, masks_of(net, 4))
    changed = {name for name, value in net.state_dict().items() if not torch.equal(before[name], value)}
    assert changed == {f"{name}.weight" for name in masking.prunable(net)}


def test_a_masked_filter_is_silent_behind_its_normalization():
    net = drawn()
    keep = torch.tensor([True, False, True, False])
    masking.apply_(net, {"blocks.0.conv1": keep})
    block = net.blocks[0]
    out = block.bn1(block.conv1(torch.randn(2, 4, 5, 5)))
    assert not out[:, ~keep].any()
    assert out[:, keep].any()


def test_a_filter_masked_by_its_weights_alone_still_speaks():
    block = drawn().blocks[0]
    block.conv1.weight.data.zero_()
    out = block.bn1(block.conv1(torch.randn(2, 4, 5, 5)))
    trap = block.bn1.bias - block.bn1.weight * block.bn1.running_mean / (block.bn1.running_var + block.bn1.eps).sqrt()
    assert torch.allclose(out[0, :, 0, 0], trap)


def test_the_bias_of_a_masked_filter_goes_too():
    net = nn.ModuleDict({"conv": nn.Conv2d(2, 3, 3)})
    masking.apply_(net, {"conv": torch.tensor([True, False, True])})
    assert (net["conv"].bias == 0).tolist() == [False, True, False]


def test_a_plain_networks_normalization_is_found_beside_its_convolution():
    net = nets.SmallCNN(2)
    masking.apply_(net, {"layers.1.conv": torch.tensor([True, False, False, True])})
    assert net.layers[1].bn.weight.tolist() == [1, 0, 0, 1]
    assert net.layers[0].bn.weight.tolist() == [1, 1]


def test_applying_twice_is_applying_once():
    net = drawn()
    masks = masks_of(net, 1)
    once = copy.deepcopy(masking.apply_(net, masks).state_dict())
    masking.apply_(net, masks)
    assert all(torch.equal(once[name], value) for name, value in net.state_dict().items())


@pytest.mark.parametrize("n_axes", [4, 1])
def test_masks_hold_through_training_only_with_the_hook(n_axes):
    generator = torch.Generator().manual_seed(2)
    split = Split(images(16), torch.arange(16) % 10)
    recipe = {"epochs": 2, "lr": 1e-2, "batch_size": 8, "progress": False}
    held, forgotten = drawn(), drawn()
    masks = masks_of(held, n_axes)
    for net, hook in ((held, masking.keep_applied(masks)), (forgotten, None)):
        masking.apply_(net, masks)
        train.fit(net, split, generator=generator, after_step=hook, **recipe)
    assert holds(held, masks)
    assert not holds(forgotten, masks)
    assert all(held.get_submodule(name).weight[mask].any() for name, mask in masks.items())


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("blocks.9.conv1", torch.ones(4, dtype=torch.bool)),
        ("blocks.0.conv1", torch.ones(5, dtype=torch.bool)),
        ("blocks.0.conv1", torch.ones(4)),
        ("blocks.0.conv1", torch.tensor(True)),
        ("blocks.0.relu1", torch.ones(4, dtype=torch.bool)),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(name, mask):
    with pytest.raises(ValueError, match=name):
        masking.apply_(drawn(), {name: mask})


def test_a_shrunk_network_computes_what_the_masked_one_does():
    net = drawn()
    keeps = {name: mask for name, mask in masks_of(net, 1).items() if name.endswith("conv1")}
    before = copy.deepcopy(net.state_dict())
    small = masking.shrink_blocks(net, keeps, pruning.shrink_pair)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    masked = masking.apply_(net, keeps)
    with torch.no_grad():
        expected, found = masked(images()), small(images())
    # the same products, summed in another order: fp32, at most 144 of them, six layers
    assert (found - expected).abs().max() <= 1e-5 * expected.abs().max()


def test_a_shrunk_network_has_fewer_parameters_and_macs():
    net = nets.ResNet8()
    keeps = {f"blocks.{i}.conv1": torch.arange(16 * 2**i) % 2 == 0 for i in range(3)}
    small = masking.shrink_blocks(net, keeps, pruning.shrink_pair)
    n_gone = sum(weight.numel() // 2 for weight in masking.prunable(net).values()) + 2 * (8 + 16 + 32)
    assert cost.parameters(net) - cost.parameters(small) == n_gone
    assert cost.macs(small, (1, 28, 28)) < 0.55 * cost.macs(net, (1, 28, 28))


@pytest.mark.parametrize("name", ["stem.conv", "blocks.0.conv2", "blocks.7.conv1", "conv1"])
def test_only_the_inner_channels_of_a_block_can_shrink(name):
    with pytest.raises(ValueError, match=name):
        masking.shrink_blocks(drawn(), {name: torch.ones(4, dtype=torch.bool)}, pruning.shrink_pair)

"""What is captured agrees with naive loops, and nothing stays behind in the network."""

import copy

import pytest
import torch
from effdl import capture, nets
from torch import nn

NAMES = ["blocks.0.conv1", "blocks.2.conv2"]


@pytest.fixture
def net():
    """A narrow ResNet8 in train mode, with running statistics that differ from those of a fresh one."""
    generator = torch.Generator().manual_seed(0)
    made = nets.ResNet8(4, generator=generator).train()
    made(torch.randn(32, 1, 28, 28, generator=generator))
    return made


def images(n: int = 5) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.randn(n, 1, 28, 28, generator=generator), torch.arange(n) % 10


def test_activations_are_those_of_a_pass_by_hand(net):
    x, _ = images()
    found = capture.activations(net, ["stem", "blocks.0.relu1"], x)
    net.eval()
    with torch.no_grad():
        stem = net.stem(x)
        block = net.blocks[0]
        relu = torch.relu(block.bn1(block.conv1(torch.relu(stem))))
    assert list(found) == ["stem", "blocks.0.relu1"]
    assert torch.equal(found["stem"], stem)
    assert torch.equal(found["blocks.0.relu1"], relu)


def test_per_sample_gradients_are_those_of_one_backward_for_each_image(net):
    x, y = images()
    found = capture.per_sample_gradients(net, NAMES, x, y)
    twin = copy.deepcopy(net).eval()
    for i in range(len(x)):
        twin.zero_grad()
        nn.functional.cross_entropy(twin(x[i : i + 1]), y[i : i + 1]).backward()
        for name in NAMES:
            oracle = twin.get_submodule(name).weight.grad
            # fp32: sums of at most 196 products, twice over, in another order
            assert (found[name][i] - oracle).abs().max() <= 1e-5 * oracle.abs().max()


def test_more_images_than_a_chunk_give_the_same_gradients(net):
    x, y = images(capture.CHUNK + 3)
    found = capture.per_sample_gradients(net, NAMES, x, y)["blocks.0.conv1"]
    last = capture.per_sample_gradients(net, NAMES, x[-1:], y[-1:])["blocks.0.conv1"][0]
    assert found.shape == (len(x), 4, 4, 3, 3)
    assert (found[-1] - last).abs().max() <= 1e-5 * last.abs().max()


def test_another_loss_gives_other_gradients(net):
    x, y = images()
    found = capture.per_sample_gradients(net, NAMES, x, y, lambda logits, labels: 2 * logits.logsumexp(1).sum())
    twin = copy.deepcopy(net).eval()
    (2 * twin(x[:1]).logsumexp(1).sum()).backward()
    oracle = twin.get_submodule(NAMES[0]).weight.grad
    assert (found[NAMES[0]][0] - oracle).abs().max() <= 1e-5 * oracle.abs().max()


def test_patches_are_those_of_unfold_and_outputs_those_of_the_convolution(net):
    x, _ = images()
    conv = net.blocks[1].conv1  # stride 2
    conv.bias = nn.Parameter(torch.ones(8))
    inputs = capture.activations(net, ["blocks.0"], x)["blocks.0"]
    found_x, found_y = capture.patches(net, "blocks.1.conv1", x, n_samples=5 * 49)
    taps = nn.functional.unfold(inputs, 3, padding=1, stride=2).transpose(1, 2).flatten(0, 1)
    outputs = (conv(inputs) - 1).flatten(2).transpose(1, 2).flatten(0, 1).detach()
    # every position is drawn once, in another order: the first tap column sorts both alike
    order, own = taps.sum(1).argsort(), found_x.flatten(1).sum(1).argsort()
    assert torch.equal(found_x.flatten(1)[own], taps[order])
    assert (found_y[own] - outputs[order]).abs().max() <= 1e-5 * outputs.abs().max()
    assert found_x.shape == (245, 4, 9)


def test_outputs_are_the_products_of_patches_and_weights(net):
    x, _ = images()
    found_x, found_y = capture.patches(net, "blocks.0.conv2", x, n_samples=7)
    weight = net.blocks[0].conv2.weight.detach()
    for sample in range(7):
        for o in range(4):
            naive = (weight[o].reshape(4, 9) * found_x[sample]).sum()
            assert abs(found_y[sample, o] - naive) <= 1e-5 * found_y.abs().max()


def test_the_same_generator_seed_draws_the_same_patches(net):
    x, _ = images()
    one, two, other = (
        capture.patches(net, NAMES[0], x, n_samples=9, generator=torch.Generator().manual_seed(seed))[0]
        for seed in (0, 0, 1)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_nothing_stays_behind(net):
    x, y = images()
    net.blocks[1].eval()
    before = copy.deepcopy(net.state_dict())
    modes = [module.training for module in net.modules()]
    capture.activations(net, NAMES, x)
    capture.per_sample_gradients(net, NAMES, x, y)
    capture.patches(net, NAMES[0], x, n_samples=3)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert [module.training for module in net.modules()] == modes
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert all(weight.grad is None and weight.requires_grad for weight in net.parameters())


def test_a_failing_pass_leaves_no_hook(net):
    with pytest.raises(RuntimeError):
        capture.activations(net, NAMES, torch.zeros(1, 3, 28, 28))
    assert not any(module._forward_hooks for module in net.modules())
    assert net.training


def test_captured_tensors_carry_no_graph(net):
    x, y = images()
    found = [
        *capture.activations(net, NAMES, x).values(),
        *capture.per_sample_gradients(net, NAMES, x, y).values(),
        *capture.patches(net, NAMES[0], x, n_samples=3),
    ]
    assert not any(value.requires_grad for value in found)


def test_an_unknown_layer_is_named(net):
    with pytest.raises(ValueError, match=r"'blocks\.7'"):
        capture.activations(net, ["blocks.7"], images()[0])


def test_a_layer_that_is_never_called_is_named(net):
    net.spare = nn.Identity()
    with pytest.raises(ValueError, match="'spare' is not called"):
        capture.activations(net, ["spare"], images()[0])


def test_labels_of_another_length_are_refused(net):
    x, y = images()
    with pytest.raises(ValueError, match="5 examples, y has 4"):
        capture.per_sample_gradients(net, NAMES, x, y[:4])


def test_more_samples_than_positions_are_refused(net):
    with pytest.raises(ValueError, match="980 positions"):
        capture.patches(net, "blocks.0.conv1", images()[0], n_samples=981)


def test_patches_of_what_is_no_convolution_are_refused(net):
    with pytest.raises(ValueError, match="Conv2d"):
        capture.patches(net, "classifier", images()[0], n_samples=1)


def test_a_convolution_without_padding_has_fewer_positions():
    net = nn.Sequential(nn.Conv2d(2, 3, 3, padding="valid"))
    x = torch.randn(1, 2, 5, 5, generator=torch.Generator().manual_seed(0))
    _, found = capture.patches(net, "0", x, n_samples=9)
    outputs = (net[0](x) - net[0].bias[:, None, None]).flatten().detach()
    assert torch.allclose(found.flatten().sort().values, outputs.sort().values, atol=1e-5)

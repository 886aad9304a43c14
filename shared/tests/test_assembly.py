"""Networks put together from parts against the networks that the parts came from."""

import pytest
import torch
from effdl import assembly, data, layers, nets, zoo

OURS = assembly.Functions(layers.linear_forward, layers.pad2d, layers.conv2d, layers.normalize)


@pytest.fixture(scope="module")
def net():
    return zoo.load()


@pytest.fixture(scope="module")
def images():
    return data.fashion_mnist("validation").images[:20]


def test_the_forward_pass_from_parts_is_the_networks_own(net, images):
    with torch.no_grad():
        assert torch.equal(assembly.resnet_forward(images, assembly.parts(net)), net(images))


def test_our_layers_on_the_trained_weights_give_the_same_logits(net, images):
    with torch.no_grad():
        expected = net(images)
    found = assembly.resnet_forward(images, assembly.own_parts(net, OURS))
    # eleven layers of float32 sums in another order, logits up to about 10
    assert torch.allclose(found, expected, rtol=0, atol=1e-4)


def test_statistics_of_the_batch_are_those_of_training_mode(images):
    net = nets.ResNet8(generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = net.train()(images)
    found = assembly.resnet_forward(images, assembly.own_parts(net, OURS, statistics="batch"))
    assert torch.allclose(found, expected, rtol=0, atol=1e-4 * float(expected.abs().max()))


def test_a_box_of_parts_shares_weights_and_cannot_be_called(net, images):
    box = assembly.parts(net)
    assert box.classifier is net.classifier
    for part in (box, box.blocks[0]):
        with pytest.raises(TypeError, match="cannot be called"):
            part(images)


def test_unknown_statistics_are_refused_by_name(net):
    with pytest.raises(ValueError, match="running"):
        assembly.own_parts(net, OURS, statistics="running")


def test_normalizing_by_small_batches_hurts_and_by_large_ones_does_not(net):
    few = data.fashion_mnist("validation").first(100)
    one, all_at_once = (assembly.accuracy_by_batch(net, OURS, few, size) for size in (1, 100))
    # 10 and 93 % of 200 pictures; the bands are three times the spread of 100 of them
    assert one < 30
    assert all_at_once > 80

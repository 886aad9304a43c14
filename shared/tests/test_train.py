"""Training is repeatable and learns; evaluation leaves the network as it was."""

import copy
import math

import pytest
import torch
from effdl import nets, train
from effdl.data import Split
from torch import nn


def stripes(n: int = 256, seed: int = 0) -> Split:
    """Two classes that a small network tells apart: horizontal and vertical stripes in noise."""
    generator = torch.Generator().manual_seed(seed)
    labels = torch.arange(n) % 2
    waves = (torch.arange(12) % 2).float().expand(n, 12, 12)
    images = torch.where(labels[:, None, None] == 1, waves, waves.transpose(1, 2))
    return Split((images + 0.3 * torch.randn(n, 12, 12, generator=generator))[:, None], labels, ("rows", "columns"))


def small(seed: int = 0) -> nn.Module:
    return nets.SmallCNN(2, classes=2, generator=torch.Generator().manual_seed(seed))


def trained(**recipe) -> tuple[nn.Module, list[float]]:
    net = small()
    recipe = {"epochs": 2, "lr": 1e-2, "batch_size": 64, "progress": False, **recipe}
    return net, train.fit(net, stripes(), generator=torch.Generator().manual_seed(1), **recipe)


def test_training_learns_to_tell_stripes_apart():
    net, losses = trained(epochs=6)
    assert losses[-1] < losses[0]
    assert train.accuracy(net, stripes(seed=9)) > 90  # chance is 50


def test_the_same_seed_gives_the_same_weights():
    one, two = trained()[0].state_dict(), trained()[0].state_dict()
    assert all(torch.equal(one[name], two[name]) for name in one)


def test_one_step_is_pytorchs_adamw_on_pytorchs_cross_entropy():
    net, split = small(), stripes(64)
    oracle = copy.deepcopy(net).train()
    optimizer = torch.optim.AdamW(oracle.parameters(), lr=1e-2, weight_decay=0.05)
    nn.CrossEntropyLoss()(oracle(split.images), split.labels).backward()
    optimizer.step()
    train.fit(net, split, epochs=1, lr=1e-2, batch_size=64, augment=False, progress=False, generator=torch.Generator())
    for name, weight in oracle.named_parameters():
        # Adam divides by the gradient's size: rounding of near-zero gradients moves a weight by up to lr
        close = torch.isclose(dict(net.named_parameters())[name], weight, atol=1e-5)
        assert close.float().mean() > 0.95, name


def test_the_learning_rate_falls_along_half_a_cosine(monkeypatch):
    rates = []
    step = torch.optim.AdamW.step
    monkeypatch.setattr(torch.optim.AdamW, "step", lambda self: (rates.append(self.param_groups[0]["lr"]), step(self)))
    trained(epochs=1, lr=1.0)
    assert rates == pytest.approx([(1 + math.cos(math.pi * t / 4)) / 2 for t in range(4)])


def test_after_step_is_called_after_each_step_and_has_the_last_word():
    calls = []

    def clear(net):
        calls.append(1)
        net.classifier.weight.data.zero_()

    net, _ = trained(epochs=1.5, after_step=clear)
    assert len(calls) == 6
    assert not net.classifier.weight.any()


def test_part_of_an_epoch_gives_that_many_steps():
    assert len(trained(epochs=0.25)[1]) == 1
    assert len(trained(epochs=1.5)[1]) == 2


def test_the_network_is_left_in_eval_mode_without_gradients():
    net, _ = trained()
    assert not net.training
    assert all(weight.grad is None for weight in net.parameters())
    assert all(weight.is_contiguous() for weight in net.parameters())


def test_the_bar_is_silent_when_asked(capsys):
    trained()
    assert capsys.readouterr() == ("", "")


def test_the_bar_is_shown_otherwise_and_leaves_standard_output_alone(capsys):
    trained(progress=True)
    shown = capsys.readouterr()
    assert "step" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("recipe", [{"epochs": 0}, {"lr": -1}, {"batch_size": 0}])
def test_numbers_that_cannot_be_are_refused(recipe):
    with pytest.raises(ValueError, match="positive"):
        trained(**recipe)


def test_fewer_images_than_a_batch_are_refused():
    with pytest.raises(ValueError, match="one batch"):
        trained(batch_size=512)


def test_augmented_images_are_shifted_or_mirrored_originals():
    image = torch.arange(1.0, 17).reshape(1, 1, 4, 4)
    padded = nn.functional.pad(image, (1, 1, 1, 1), value=1.0)
    windows = [padded[0, 0, i : i + 4, j : j + 4] for i in range(3) for j in range(3)]
    allowed = {tuple(turned.flatten().tolist()) for window in windows for turned in (window, window.flip(1))}
    made = train.augment(image.repeat(400, 1, 1, 1), shift=1, generator=torch.Generator().manual_seed(0))
    assert {tuple(one.flatten().tolist()) for one in made} == allowed


def test_augmentation_leaves_its_input_alone():
    image = torch.rand(3, 2, 4, 4)
    before = image.clone()
    train.augment(image)
    assert torch.equal(image, before)


def test_accuracy_counts_right_answers_in_percent():
    split = stripes(10)
    net = nn.Sequential(nn.Flatten(), nn.Linear(144, 2))
    nn.init.zeros_(net[1].weight)
    net[1].bias.data = torch.tensor([1.0, 0.0])  # always class 0, which five of ten are
    assert train.accuracy(net, split) == 50.0


def test_accuracy_refuses_withheld_labels():
    split = stripes(10)
    with pytest.raises(ValueError, match="withheld"):
        train.accuracy(small(), Split(split.images, torch.full_like(split.labels, -1)))


def test_logits_restore_the_mode_and_use_running_statistics():
    net, split = small().train(), stripes(700)
    before = copy.deepcopy(net.state_dict())
    found = train.logits(net, split.images)
    assert net.training
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    # fp32 sums over at most 72 products in another order, in each of four layers
    assert torch.allclose(found, net.eval()(split.images), atol=1e-5)


def test_reestimated_statistics_are_the_mean_of_the_batches():
    net, images = nn.BatchNorm2d(3), torch.randn(40, 3, 5, 5, generator=torch.Generator().manual_seed(0)) * 2 + 1
    train.reestimate_bn_(net, images, batch_size=20)
    halves = images.split(20)
    mean = sum(half.mean((0, 2, 3)) for half in halves) / 2
    variance = sum(half.transpose(0, 1).flatten(1).var(1) for half in halves) / 2
    assert torch.allclose(net.running_mean, mean, atol=1e-6)
    assert torch.allclose(net.running_var, variance, rtol=1e-5)


def test_reestimation_changes_nothing_but_running_statistics():
    net = small().eval()
    net.layers[0].bn.momentum = 0.3
    before = copy.deepcopy(net.state_dict())
    train.reestimate_bn_(net, stripes().images)
    changed = {name for name, value in net.state_dict().items() if not torch.equal(before[name], value)}
    assert changed == {name for name in before if "running" in name or "tracked" in name}
    assert net.layers[0].bn.momentum == 0.3
    assert not any(module.training for module in net.modules())


def test_a_last_small_batch_does_not_count():
    one, two = nn.BatchNorm2d(1), nn.BatchNorm2d(1)
    images = torch.randn(25, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    train.reestimate_bn_(one, images, batch_size=20)
    train.reestimate_bn_(two, images[:20], batch_size=20)
    assert torch.equal(one.running_mean, two.running_mean)


def test_fewer_images_than_a_batch_are_one_batch():
    net = nn.BatchNorm2d(1)
    images = torch.randn(5, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    train.reestimate_bn_(net, images)
    assert torch.allclose(net.running_mean, images.mean((0, 2, 3)), atol=1e-6)

"""The shipped pruned network has the zeros and the accuracy that the labs say."""

import pytest
from effdl import data, masking, sensitivity, train, zoo
from effdl.make import resnet8_pruned


def test_the_pruned_network_has_about_seven_eighths_of_zeros():
    weights = masking.prunable(zoo.load("resnet8_pruned"))
    zeros = sum(int((weight == 0).sum()) for weight in weights.values())
    assert zeros / sum(weight.numel() for weight in weights.values()) == pytest.approx(0.876, abs=0.002)


def test_layers_lost_different_shares():
    shares = {round(float((w == 0).float().mean()), 2) for w in masking.prunable(zoo.load("resnet8_pruned")).values()}
    assert shares == {0.8, 0.85, 0.93}


def test_the_pruned_network_keeps_its_accuracy():
    # 90.25 % when it was saved; 5 of 2,000 images allow for another processor's rounding
    assert train.accuracy(zoo.load("resnet8_pruned"), data.fashion_mnist("test")) == pytest.approx(90.25, abs=0.25)


def test_the_allocation_takes_the_highest_floor_that_prunes_enough(monkeypatch):
    scan = {name: [90.0, 80.0] + [70.0] * 8 for name in masking.prunable(zoo.load())}
    monkeypatch.setattr(sensitivity, "sensitivity_scan", lambda *_: scan)
    monkeypatch.setattr(resnet8_pruned, "TARGET", 0.45)
    assert set(resnet8_pruned.allocation(zoo.load(), None).values()) == {0.5}
    monkeypatch.setattr(resnet8_pruned, "TARGET", 0.99)
    with pytest.raises(ValueError, match="no floor"):
        resnet8_pruned.allocation(zoo.load(), None)

"""Runs of whole networks: what trains and what is stuck, the same numbers from the same seed, the cached results."""

import doctest

import numpy as np
import pytest
import torch
from effdl import lowbit_net, lowbit_runs, nets, qat, qat_net
from effdl.data import Split


@pytest.fixture(scope="module")
def split():
    images = torch.randn(512, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    return Split(images, (images.mean((1, 2, 3)) > 0).long())


@pytest.fixture(scope="module")
def net():
    return nets.ResNet8(4, generator=torch.Generator().manual_seed(0)).eval()


def test_examples_in_docstrings_hold():
    assert doctest.testmod(lowbit_runs).failed == 0


def moved(net, split, rounding):
    before = qat_net.integers(lowbit_runs.rounded(net, "W2A8", split, fake_quantize=rounding))
    after = qat_net.integers(lowbit_runs.trained(net, "W2A8", split, epochs=1, fake_quantize=rounding))
    return sum(int((after[name] != before[name]).sum()) for name in after)


def test_without_a_straight_through_gradient_no_integer_ever_changes(net, split):
    assert moved(net, split, qat.plain_rounding) == 0
    assert moved(net, split, qat.FakeQuantize.apply) > 0


@pytest.mark.parametrize("run", ["W4A8", "stochastic"])
def test_the_same_seed_trains_the_same_weights(net, split, run):
    first, second = (lowbit_runs.trained(net, run, split, epochs=0.5, seed=3) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))


def test_binary_latent_weights_stay_in_their_interval_while_training(net, split):
    assert lowbit_net.outside(lowbit_runs.trained(net, "BinaryConnect", split, epochs=0.5)) == 0
    assert lowbit_net.outside(lowbit_runs.trained(net, "BWN", split, epochs=0.5)) > 0


def test_the_four_stages_are_percents_and_the_network_stays(net, split):
    before = [p.clone() for p in net.parameters()]
    stages = lowbit_runs.measure(net, "W2A8", split.first(256), split, seed=0)
    assert len(stages) == len(lowbit_runs.STAGES)
    assert all(0 <= percent <= 100 for percent in stages)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))


def test_fewer_bits_take_fewer_bytes(net):
    sizes = {run: lowbit_runs.size_bytes(net, run) for run in lowbit_runs.RUNS}
    assert sizes["W8A8"] > sizes["W4A8"] > sizes["W3A8"] > sizes["W2A8"]
    assert sizes["W4A8"] == sizes["W4A4"]
    assert sizes["TTQ"] > sizes["TWN"] > sizes["BWN"] > sizes["BinaryConnect"] == sizes["stochastic"]


def test_an_unknown_run_is_refused_by_name(net, split):
    with pytest.raises(ValueError, match="W1A1"):
        lowbit_runs.rounded(net, "W1A1", split)


def test_the_cached_results_have_every_run_stage_and_network():
    found = lowbit_runs.load()
    assert set(found.runs) == set(lowbit_runs.RUNS)
    assert {rows.shape for rows in found.runs.values()} == {(len(found.dense), len(lowbit_runs.STAGES))}
    assert found.mean("W8A8", "rounded") > found.mean("W2A8", "rounded")
    assert found.mean("W2A8", "3 epochs") > found.mean("W2A8", "BN re-estimated") + 10 * found.spread(
        "W2A8", "3 epochs"
    )
    assert np.all(found.dense > 90)

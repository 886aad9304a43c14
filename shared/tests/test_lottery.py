"""The long experiments of lab 04, on few images: masks hold, starts are the right ones, cached numbers are read."""

import copy

import pytest
import torch
from effdl import data, lottery, masking, races, sparse_training, tickets, zoo
from effdl.make import lab04


@pytest.fixture(autouse=True)
def few(monkeypatch):
    monkeypatch.setattr(lottery, "IMAGES", 128)
    monkeypatch.setattr(lottery, "EPOCHS", 1)
    monkeypatch.setattr(sparse_training, "EPOCHS", 1)
    monkeypatch.setattr(sparse_training, "SLIM_EPOCHS", 1)


@pytest.fixture(scope="module")
def images():
    return data.fashion_mnist("validation").first(256)


def test_a_run_keeps_its_masks_and_the_state_of_the_step_asked_for(images, monkeypatch):
    monkeypatch.setattr(lottery, "IMAGES", 256)
    net = lottery.fresh(0)
    masks = {name: torch.rand(w.shape) < 0.5 for name, w in masking.prunable(net).items()}
    kept = lottery.run(net, masks, images, seed=0, keep_step=1)
    assert all((weight[~masks[name]] == 0).all() for name, weight in masking.prunable(net).items())
    assert not torch.equal(kept["blocks.0.conv1.weight"], net.blocks[0].conv1.weight)
    assert lottery.run(lottery.fresh(0), masks, images, seed=0) == {}


def test_each_round_of_a_chain_starts_from_the_first_weights(images, monkeypatch):
    started = []
    monkeypatch.setattr(lottery, "run", lambda net, *_, **__: started.append(copy.deepcopy(net.state_dict())) or {})
    points = lottery.ticket_chain(0, images, images, rounds=2)
    first = started[0]["blocks.1.conv2.weight"]
    for state, point in zip(started, points, strict=True):
        assert torch.equal(state["blocks.1.conv2.weight"], first * point.masks["blocks.1.conv2"])
    assert [round(point.density, 2) for point in points] == [1.0, 0.6, 0.36]


def test_rewinding_to_a_later_step_takes_that_steps_state(images, monkeypatch):
    later = {name: value + 1 for name, value in lottery.fresh(0).state_dict().items()}
    started = []

    def run(net, *_, keep_step, **__):
        started.append(net.blocks[0].conv1.weight.detach().clone())
        return later if keep_step else {}

    monkeypatch.setattr(lottery, "run", run)
    points = lottery.ticket_chain(0, images, images, rewind_step=5, rounds=1)
    assert torch.equal(started[1], later["blocks.0.conv1.weight"] * points[1].masks["blocks.0.conv1"])


def test_networks_are_pruned_before_training_as_much_as_asked_for(images):
    accuracy, masks = lottery.pruned_at_start(0, "SNIP", 0.9, images, images)
    assert 0 <= accuracy <= 100
    assert tickets.density(masks) == pytest.approx(0.1, abs=0.001)


def test_admm_and_its_control_end_at_the_sparsity_asked_for(images):
    net = zoo.load()
    for way in (sparse_training.by_admm, sparse_training.by_magnitude):
        before, pruned, tuned = sparse_training.finish(way(net, 0.9, images, seed=0), 0.9, images, images, seed=0)
        assert all(0 <= value <= 100 for value in (before, pruned, tuned))
    assert torch.equal(net.stem.conv.weight, zoo.load().stem.conv.weight)


def test_slimming_makes_gammas_smaller_than_its_control(images):
    sums = [
        sum(g.abs().sum() for g in sparse_training.slimming_gammas(
            sparse_training.slimmed(zoo.load(), images, scale=scale, seed=0)).values())
        for scale in (0.05, 0.0)
    ]  # fmt: skip
    assert sums[0] < sums[1]


def test_the_cached_experiments_have_the_shapes_that_the_lab_reads():
    found = races.load()
    assert set(found.tickets) == {"step 0", "step k", "drawn again"}
    assert all(values.shape[1] == len(found.densities) == lottery.ROUNDS + 1 for values in found.tickets.values())
    assert all(values.shape[1] == len(found.sparsities) for values in found.start.values())
    assert found.ticket("step 0", 0, seed=0) == found.tickets["step 0"][0, 0]
    assert found.at_start("SNIP", 0.98, seed=0) == found.start["SNIP"][0, 3]
    assert set(found.allocations(0.5)) == {"uniform", "AMC-like", "NetAdapt", "PruningNet"}
    assert found.landscape.shape == (10, 10)


def test_the_script_measures_what_is_named_and_keeps_the_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(lab04, "_pieces", lambda: {"a": lambda *_: {"x": 1.23456}, "b": lambda *_: [0.123456]})
    lab04.main(tmp_path, ["a"])
    lab04.main(tmp_path, [])
    text = (tmp_path / "lab04_results.json").read_text(encoding="utf-8")
    assert '"x": 1.2346' in text
    assert "0.1235" in text

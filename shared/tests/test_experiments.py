"""Whole-network pruning: masks hold, shrinking is exact, evidence is what it says, cached curves fit the code."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from effdl import capture, channels, cost, data, experiments, masking, nets, saliency, train, zoo
from effdl.data import Split


@pytest.fixture(scope="module")
def net() -> torch.nn.Module:
    return zoo.load("resnet8")


@pytest.fixture(scope="module")
def seen() -> Split:
    return data.fashion_mnist("train").first(256)


@pytest.fixture(scope="module")
def found(seen) -> dict[str, channels.Evidence]:
    small = nets.ResNet8(4, generator=torch.Generator().manual_seed(0)).eval()
    return channels.collect(small, seen.first(16), seen.first(32))


@pytest.mark.parametrize("granularity", experiments.GRANULARITIES)
def test_every_granularity_masks_half_of_the_same_layers(net, granularity):
    chosen = experiments.masks(net, granularity, 0.5, generator=torch.Generator().manual_seed(0))
    assert chosen.keys() == masking.prunable(net).keys()
    assert all(mask.float().mean() == 0.5 for mask in chosen.values())


def test_an_unknown_granularity_is_refused(net):
    with pytest.raises(ValueError, match="granularity"):
        experiments.masks(net, "diagonal", 0.5)


def test_measuring_leaves_the_network_as_it_is(net, seen):
    before = copy.deepcopy(net.state_dict())
    stages = experiments.measure(net, experiments.masks(net, "fine", 0.5), seen, seen, seed=0)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    assert all(0 <= percent <= 100 for percent in stages)


def test_fine_tuning_keeps_masked_weights_at_zero(net, seen):
    chosen = experiments.masks(net, "kernel", 0.5)
    tuned = experiments.finetune_(masking.apply_(copy.deepcopy(net), chosen), chosen, seen, seed=0)
    for name, mask in chosen.items():
        weight = tuned.get_submodule(name).weight
        assert weight[~mask].abs().max() == 0
        assert not torch.equal(weight, net.get_submodule(name).weight)


def test_half_masks_keep_half_and_the_pattern_four_of_nine():
    w = torch.randn(8, 8, 3, 3, generator=torch.Generator().manual_seed(0))
    for name, mask in experiments.half_masks(w).items():
        assert mask.float().mean().item() == pytest.approx(4 / 9 if name == "4:9 pattern" else 0.5)


def test_layer_costs_sum_to_the_network(net):
    rows = experiments.layer_costs(net)
    assert sum(macs for _, _, macs in rows) == cost.macs(net, (1, 28, 28))
    norms = sum(cost.parameters(m) for m in net.modules() if isinstance(m, torch.nn.BatchNorm2d))
    assert sum(count for _, count, _ in rows) == cost.parameters(net) - norms


def test_loss_changes_are_those_of_removing_channels_by_hand(net, seen):
    changes = channels.loss_changes(net, 1, seen)
    probe = copy.deepcopy(net)
    probe.blocks[1].conv2.weight.data[:, 3] = 0
    with torch.no_grad():
        dense, removed = (F.cross_entropy(one(seen.images), seen.labels) for one in (net, probe))
    assert changes[3].item() == pytest.approx((removed - dense).item(), abs=1e-5)


def test_every_criterion_scores_every_channel(found):
    for criterion in channels.CRITERIA:
        scores = channels.score(found["block 2"], criterion)
        assert scores.shape == (8,)
        assert scores.isfinite().all()


def test_an_unknown_criterion_is_refused(found):
    with pytest.raises(ValueError, match="criterion"):
        channels.score(found["block 1"], "taste")


def test_scores_call_the_functions_given(found):
    functions = channels.REFERENCES | {"apoz": lambda a: torch.full((a.shape[1],), 0.25)}
    assert channels.score(found["block 1"], "APoZ", functions).tolist() == [0.75] * 4


@pytest.mark.parametrize("method", channels.METHODS)
def test_shrunk_networks_lose_half_of_their_inner_channels(seen, found, method):
    small = nets.ResNet8(4, generator=torch.Generator().manual_seed(0)).eval()
    thin = channels.shrink(small, found, method, 0.5, seen)
    assert [block.conv1.out_channels for block in thin.blocks] == [2, 4, 8]
    assert train.logits(thin, seen.images[:2]).shape == (2, 10)


def test_a_refitted_network_is_nearer_to_the_dense_one_than_an_unrepaired_one(net, seen):
    proof = channels.collect(net, seen.first(32), seen.first(32))
    dense = train.logits(net, seen.images)
    gaps = {
        method: (train.logits(channels.shrink(net, proof, method, 0.25, seen), seen.images) - dense).square().mean()
        for method in ("magnitude L1", "L1 + refit", "LASSO + refit")
    }
    assert gaps["L1 + refit"] < gaps["magnitude L1"]
    assert gaps["LASSO + refit"] < gaps["magnitude L1"]


def test_masking_gamma_and_beta_too_equals_shrinking_and_weights_alone_do_not(net):
    keep = torch.arange(64) % 2 == 0
    leak, weights_only, all_three = channels.bn_leak(net.blocks[2], keep)
    bn = net.blocks[2].bn1
    constant = bn.bias - bn.weight * bn.running_mean / (bn.running_var + bn.eps).sqrt()
    torch.testing.assert_close(leak, constant.relu().detach())
    assert all_three < 1e-5 < 0.1 < weights_only


def test_reconstruction_errors_are_those_of_numpy_and_a_refit_never_adds_to_them(net, seen):
    errors = channels.reconstruction(net, "blocks.0.conv2", seen.first(64), (16, 8))
    assert errors["L1"][0] == pytest.approx(0, abs=1e-6)
    assert errors["L1 + refit"][1] <= errors["L1"][1]
    generator = torch.Generator().manual_seed(0)
    x, y = capture.patches(net, "blocks.0.conv2", seen.images[:64], n_samples=2000, generator=generator)
    keep, _ = saliency.lasso_path(x, y, net.blocks[0].conv2.weight.detach().flatten(2), 8)
    _, residual, *_ = np.linalg.lstsq(x[:, keep].flatten(1).double().numpy(), y.double().numpy(), rcond=None)
    assert errors["LASSO + refit"][1] == pytest.approx(residual.sum() / y.double().square().sum().item(), rel=1e-3)


def test_cached_curves_fit_the_code_that_reads_them():
    results = experiments.load_curves()
    assert set(results.granularity) == set(experiments.GRANULARITIES)
    assert set(results.method) == set(channels.METHODS)
    assert results.point("fine", 0.5).shape == results.point("2:4", 0.5, seed=0).shape == (3,)
    assert all(found.shape == (3, len(results.shares), 3) for found in results.method.values())
    assert results.best_method(0.5) in channels.METHODS
    assert 0 < results.reach("fine", within=1) < 1
    assert results.reach("fine", within=-100) == 0


def test_cached_curves_are_of_the_network_that_ships(net):
    results = experiments.load_curves()
    assert train.accuracy(net, data.fashion_mnist("validation")) == pytest.approx(results.dense[0], abs=0.15)
    assert results.stages()["fine"]["pruned"].shape == (3, 5)
    rows = results.tradeoff("random", {0.5: 1_000_000})
    assert rows[0][:2] == ("50 % gone", 1.0)


def test_what_the_lab_says_of_the_criteria_is_what_was_measured():
    table = experiments.load_curves().methods(0.5)
    pruned, repaired, tuned = ({name: rows[s].mean() for name, rows in table.items()} for s in experiments.STAGES)
    assert sorted(pruned, key=pruned.get)[-2:] == ["L1 + refit", "LASSO + refit"]
    plain = {name: mean for name, mean in repaired.items() if "refit" not in name}
    assert max(plain, key=plain.get) == "entropy"
    assert max(plain["magnitude L1"], plain["magnitude L2"]) < plain["random"]
    gradients = [plain[name] for name in ("SNIP", "Taylor", "Fisher")]
    assert plain["random"] < min(gradients) <= max(gradients) < plain["entropy"]
    assert max(tuned.values()) - min(tuned.values()) < 2
    assert min(tuned, key=tuned.get) == "random"

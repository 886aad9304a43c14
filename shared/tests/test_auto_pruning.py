"""The references of lab 04 against PyTorch's own pruning, full Hessians, brute force and plain loops."""

import copy
import itertools
import math

import numpy as np
import pytest
import torch
from effdl import admm, amc, grasp, masking, metapruning, netadapt, sensitivity, tickets
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def small_net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(1, 2, 3), nn.Conv2d(2, 3, 3), nn.Conv2d(3, 2, 2), nn.Conv2d(2, 2, 1)).eval()


# ---- sensitivity


def test_a_scan_is_what_pytorchs_pruning_gives_one_layer_at_a_time():
    net, x, ratios = small_net(), randn(2, 1, 9, 9), (0.25, 0.5)
    found = sensitivity.sensitivity_scan(net, lambda pruned: pruned(x).detach().sum().item(), ratios)
    assert list(found) == ["1", "2"]
    for name, ratio in itertools.product(found, range(2)):
        probe = copy.deepcopy(net)
        layer = probe.get_submodule(name)
        n_drop = layer.weight.numel() - round(layer.weight.numel() * (1 - ratios[ratio]))
        prune.l1_unstructured(layer, "weight", amount=n_drop)
        assert found[name][ratio] == pytest.approx(probe(x).detach().sum().item(), rel=1e-5)


def test_the_network_comes_back_bit_for_bit():
    net = small_net()
    before = copy.deepcopy(net.state_dict())
    sensitivity.sensitivity_scan(net, lambda pruned: 0.0, (0.9, 0.3, 1.0))
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6), st.integers(0, 100))
def test_every_value_up_to_the_ratio_reaches_the_floor_and_the_next_does_not(values, floor):
    ratios = [(i + 1) / 10 for i in range(len(values))]
    ratio = sensitivity.ratios_within({"a": values}, ratios, floor)["a"]
    count = 0 if ratio == 0 else ratios.index(ratio) + 1
    assert all(value >= floor for value in values[:count])
    assert count == len(values) or values[count] < floor


def test_total_sparsity_is_the_share_of_zeros_that_the_masks_give():
    net = small_net()
    masks = sensitivity.layer_masks(net, {"1": 0.5, "2": 0.25})
    zeros = sum(int((~mask).sum()) for mask in masks.values())
    total = sum(mask.numel() for mask in masks.values())
    assert sensitivity.total_sparsity(net, {"1": 0.5, "2": 0.25}) == pytest.approx(zeros / total)


# ---- AMC


@settings(max_examples=60)
@given(
    st.floats(-0.5, 1.5), st.lists(st.integers(1, 50), min_size=1, max_size=3), st.floats(-0.2, 1.2), st.floats(0.1, 1)
)
def test_the_bounded_action_is_the_nearest_of_all_that_keep_the_budget_reachable(action, macs, must, a_max):
    must_go = must * sum(macs)
    grid = np.linspace(0, a_max, 2001)
    reachable = grid[grid * macs[0] + a_max * sum(macs[1:]) >= must_go - 1e-9]
    nearest = a_max if not len(reachable) else reachable[np.abs(reachable - action).argmin()]
    assert amc.bounded_action(action, macs, must_go, a_max) == pytest.approx(nearest, abs=a_max / 1000)


def test_a_bounded_walk_loses_what_must_go_if_it_can():
    macs = [5.0, 3.0, 9.0]
    shares = amc.bounded_walk([0.0, 0.1, 0.0], macs, must_go=10.0, a_max=0.8)
    assert sum(share * each for share, each in zip(shares, macs, strict=True)) == pytest.approx(10.0)


def test_rewards_order_networks_as_the_paper_says():
    assert amc.reward(10, 500, 500) == -10
    assert amc.reward(10, 501, 500) == -math.inf
    assert amc.reward(10, 100) > amc.reward(10, 1000) > amc.reward(12, 1000)
    assert amc.reward(10, math.e**2) == pytest.approx(-20)


def test_the_search_follows_a_loop_in_numpy():
    def draw_from(generator):
        return lambda mean, std: mean + std * torch.randn(8, len(mean), generator=generator, dtype=torch.float64)

    top = np.array([0.5, -1.0, 2.0])
    start, spread = torch.zeros(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    found = amc.cross_entropy_search(
        lambda row: -float(np.abs(row.numpy() - top).sum()),
        draw_from(torch.Generator().manual_seed(3)), start, spread, rounds=4, n_elite=3,
    )  # fmt: skip
    draw, mean, std, seen = draw_from(torch.Generator().manual_seed(3)), start, spread, []
    for _ in range(4):
        rows = draw(mean, std).numpy()
        order = np.argsort(np.abs(rows - top).sum(1), kind="stable")
        seen += list(rows)
        mean, std = (torch.from_numpy(f(rows[order[:3]], axis=0)) for f in (np.mean, np.std))
    assert torch.allclose(found[0], mean)
    assert np.array_equal(found[1].numpy(), min(seen, key=lambda row: np.abs(row - top).sum()))


def test_the_search_climbs_a_hill():
    generator, top = torch.Generator().manual_seed(0), torch.tensor([0.3, 0.7])
    draw = lambda mean, std: mean + std * torch.randn(40, 2, generator=generator)
    search = amc.cross_entropy_search
    mean, best = search(lambda r: -float((r - top).norm()), draw, torch.zeros(2), torch.ones(2), rounds=8, n_elite=8)
    # the spread falls by a third or more in each of 8 rounds: 0.66^8 = 0.04
    assert (mean - top).norm() < 0.05
    assert (best - top).norm() < 0.05


# ---- NetAdapt


def every_candidate(widths, cost, reduction):
    for layer in widths:
        fitting = [w for w in range(1, widths[layer]) if cost(widths | {layer: w}) <= cost(widths) - reduction]
        if fitting:
            yield widths | {layer: max(fitting)}


@settings(max_examples=40)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4), st.integers(1, 12), st.integers(0, 99))
def test_a_step_takes_the_best_of_all_candidates_that_brute_force_finds(sizes, reduction, seed):
    widths = {f"layer {i}": size for i, size in enumerate(sizes)}
    worth = randn(len(sizes), seed=seed).tolist()
    cost = lambda now: sum(a * b for a, b in itertools.pairwise([2, *now.values(), 3]))
    accuracy = lambda now: sum(w * width for w, width in zip(worth, now.values(), strict=True))
    candidates = list(every_candidate(widths, cost, reduction))
    if not candidates:
        with pytest.raises(ValueError, match="no layer"):
            netadapt.netadapt_step(widths, cost, accuracy, reduction)
        return
    found = netadapt.netadapt_step(widths, cost, accuracy, reduction)
    assert found in candidates
    assert accuracy(found) == max(map(accuracy, candidates))
    assert sum(found[layer] != widths[layer] for layer in widths) == 1


def test_adapting_ends_within_the_budget_and_remembers_its_path():
    cost = netadapt.table_cost({name: {w: float(w * w) for w in range(1, 9)} for name in "ab"}, rest=1.0)
    path = netadapt.adapt({"a": 8, "b": 8}, cost, lambda now: now["a"] + 2 * now["b"], budget=60.0, reduction=15.0)
    assert path[0] == {"a": 8, "b": 8}
    assert cost(path[-1]) <= 60 < cost(path[-2])


# ---- ADMM and slimming


def test_the_projection_is_the_nearest_of_all_sparse_vectors():
    w, u = randn(6, seed=1), randn(6, seed=2)
    z, new_u = admm.admm_step(w, u, 0.5)
    target = w + u
    nearest = min(
        (target - target * torch.tensor([i in kept for i in range(6)])).norm()
        for kept in itertools.combinations(range(6), 3)
    )
    assert (target - z).norm() == pytest.approx(float(nearest))
    assert torch.allclose(new_u, u + w - z)


def test_training_with_the_pull_makes_weights_sparse():
    target = randn(20, seed=3).clamp(-1, 1)
    target[:5] = 3.0  # a clear gap: among entries of nearly one size ADMM may circle, its set is not convex
    w = {"fc": torch.zeros(20)}
    pairs = {"fc": (torch.zeros(20), torch.zeros(20))}
    for _ in range(200):
        for _ in range(5):
            w["fc"] += 0.1 * (target - w["fc"])
            admm.pull_(w, pairs, 0.1)
        pairs["fc"] = admm.admm_step(w["fc"], pairs["fc"][1], 0.75)
    assert torch.equal(pairs["fc"][0] != 0, target == 3)
    assert (w["fc"] - pairs["fc"][0]).norm() < 0.01 * target.norm()


def test_softening_is_the_proximal_step_of_l1():
    net = nn.Sequential(nn.BatchNorm2d(3))
    net[0].weight.data = torch.tensor([0.5, -0.3, 0.05])
    admm.soften_(0.1, ("0",))(net)
    assert torch.allclose(net[0].weight.data, torch.nn.functional.softshrink(torch.tensor([0.5, -0.3, 0.05]), 0.1))


def test_one_threshold_holds_for_all_layers_and_none_runs_empty():
    keeps = admm.slimming_keeps({"a": torch.tensor([1.0, -0.9, 0.8]), "b": torch.tensor([0.1, 0.2, -0.05])}, 0.5)
    assert keeps["a"].tolist() == [True, True, True]
    assert keeps["b"].tolist() == [False, True, False]


# ---- tickets


def test_rounds_drop_what_pytorchs_iterated_pruning_drops():
    layer, masks = nn.Linear(10, 8, bias=False), {"fc": torch.ones(8, 10, dtype=torch.bool)}
    start = {"fc": randn(8, 10, seed=9)}
    for turn in range(4):
        trained = randn(8, 10, seed=turn)
        survivors = int(masks["fc"].sum())
        masks, weights = tickets.imp_round({"fc": trained}, start, masks, 0.3)
        prune.l1_unstructured(layer, "weight", amount=round(0.3 * survivors), importance_scores=trained)
        assert torch.equal(masks["fc"], layer.weight_mask.bool())
        assert torch.equal(weights["fc"], start["fc"] * layer.weight_mask)


def test_density_falls_as_the_rate_says():
    masks = {"a": torch.ones(1000, dtype=torch.bool), "b": torch.ones(500, dtype=torch.bool)}
    for turn in range(5):
        trained = {name: randn(len(mask), seed=turn) for name, mask in masks.items()}
        masks, _ = tickets.imp_round(trained, trained, masks, 0.2)
    # each round rounds to a whole weight in each layer
    assert tickets.density(masks) == pytest.approx(0.8**5, abs=5 / 500)


def test_a_survivor_that_training_left_at_zero_goes_before_any_other():
    trained, mask = {"fc": torch.tensor([9.0, 0.0, 3.0, 4.0])}, {"fc": torch.tensor([False, True, True, True])}
    masks, _ = tickets.imp_round(trained, trained, mask, 0.34)
    assert masks["fc"].tolist() == [False, False, True, True]


# ---- GraSP


def perceptron_loss(weights):
    x, y = randn(12, 4, seed=5, dtype=torch.float64), randn(12, 1, seed=6, dtype=torch.float64)
    return ((x @ weights["a"].T).tanh() @ weights["b"].T - y).square().mean()


def perceptron_weights():
    return {"a": randn(3, 4, seed=7, dtype=torch.float64), "b": randn(1, 3, seed=8, dtype=torch.float64)}


def test_scores_are_those_of_the_whole_hessian():
    weights = perceptron_weights()
    flat = torch.cat([weight.flatten() for weight in weights.values()])

    def loss_of(vector):
        return perceptron_loss({"a": vector[:12].reshape(3, 4), "b": vector[12:].reshape(1, 3)})

    gradient = torch.autograd.functional.jacobian(loss_of, flat)
    expected = -flat * (torch.autograd.functional.hessian(loss_of, flat) @ gradient)
    found = grasp.grasp_scores(perceptron_loss, weights)
    assert torch.allclose(torch.cat([found["a"].flatten(), found["b"].flatten()]), expected)


def test_finite_differences_confirm_size_and_sign():
    weights = perceptron_weights()
    scores = grasp.grasp_scores(perceptron_loss, weights)["a"].flatten()
    for place in range(12):
        slope = grasp.measured_change(perceptron_loss, weights, "a", place, epsilon=1e-5)
        assert slope == pytest.approx(float(scores[place]), rel=1e-4, abs=1e-9)


def test_a_loss_of_weights_leaves_the_network_and_its_statistics_alone():
    net = nn.Sequential(
        nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Conv2d(2, 2, 3), nn.Flatten(), nn.LazyLinear(10)
    ).eval()
    x, y = randn(4, 1, 8, 8), torch.tensor([0, 1, 2, 3])
    net(x)
    before = copy.deepcopy(net.state_dict())
    loss = grasp.loss_of_weights(net, x, y)
    for method in grasp.METHODS:
        scores = grasp.initial_scores(net, method, x, y, generator=torch.Generator().manual_seed(0))
        assert scores["2"].shape == (2, 2, 3, 3)
    assert all(torch.equal(before[name], value) for name, value in net.state_dict().items())
    by_net = nn.functional.cross_entropy(net.train()(x), y)
    assert loss(masking.prunable(net)).item() == pytest.approx(by_net.item())
    with pytest.raises(ValueError, match="'SNAP'"):
        grasp.initial_scores(net, "SNAP", x, y, generator=torch.Generator())


def test_global_masks_rank_all_layers_together():
    masks = grasp.global_masks({"a": torch.tensor([[9.0, 8.0]]), "b": torch.tensor([1.0, 2.0, 7.0, 3.0])}, 0.5)
    assert masks["a"].tolist() == [[True, True]]
    assert masks["b"].tolist() == [False, False, True, False]


# ---- PruningNet


def test_weights_are_the_corner_that_a_loop_finds():
    shapes, widths = [(4, 3, 1, 2), (5, 4, 2, 1)], [2, 3]
    heads = [nn.Linear(2, math.prod(shape)) for shape in shapes]
    found = metapruning.generate_weights(heads, shapes, widths)
    code, ci = torch.tensor([2 / 4, 3 / 5]), 3
    for weight, head, shape, co in zip(found, heads, shapes, widths, strict=True):
        flat = head(code)
        assert weight.shape == (co, ci, *shape[2:])
        for o, i, y, x in itertools.product(*map(range, weight.shape)):
            place = ((o * shape[1] + i) * shape[2] + y) * shape[3] + x
            assert weight[o, i, y, x] == flat[place]
        ci = co


def test_gradients_reach_the_heads_only_from_the_corner():
    head = nn.Linear(1, 8)
    metapruning.generate_weights([head], [(4, 2, 1, 1)], [1])[0].sum().backward()
    assert head.bias.grad.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]


def test_a_pruning_net_learns_and_takes_any_width():
    from effdl import data

    seen = data.fashion_mnist("validation").first(512)
    generator = torch.Generator().manual_seed(0)
    net = metapruning.PruningNet(4, generator=generator)
    before = [net(seen.images[:64], widths) for widths in ((4, 8, 16), (1, 1, 1))]
    metapruning.train_pruning_net(net, seen, epochs=1, lr=3e-3, generator=generator)
    after = net(seen.images[:64], (4, 8, 16))
    assert before[0].shape == before[1].shape == (64, 10)
    assert not torch.equal(after, before[0])

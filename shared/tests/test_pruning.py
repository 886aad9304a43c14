"""The functions of `effdl.pruning` against PyTorch's own pruning, plain loops, and the rules that they state."""

import copy
import doctest
import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from effdl import pruning
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils import prune

GRANULARITIES = ("fine", "vector", "kernel", "channel")


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def norm_by_loop(group, p):
    return sum(abs(value) ** p for value in group.flatten().tolist()) ** (1 / p)


def test_examples_in_docstrings_hold():
    assert doctest.testmod(pruning).failed == 0


# ---- group_scores


@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_scores_are_the_norms_that_a_loop_finds(granularity, p):
    w = randn(3, 2, 4, 5)
    scores = pruning.group_scores(w, granularity, p)
    n_dims = 4 - GRANULARITIES.index(granularity)
    assert scores.shape == w.shape[:n_dims]
    for index in itertools.product(*map(range, scores.shape)):
        assert float(scores[index]) == pytest.approx(norm_by_loop(w[index], p), rel=1e-5)


def test_channel_scores_rank_as_pytorchs_structured_pruning_does():
    conv = nn.Conv2d(4, 10, 3)
    scores = pruning.group_scores(conv.weight.detach(), "channel", 2)
    prune.ln_structured(conv, "weight", amount=0.5, n=2, dim=0)
    kept = conv.weight_mask.flatten(1).any(1)
    assert torch.equal(pruning.mask_from_scores(scores, 0.5), kept)


def test_l1_and_l2_disagree_on_an_even_and_an_uneven_filter():
    w = torch.tensor([[3.0, 3.0], [5.0, 0.0]]).reshape(2, 1, 1, 2)
    assert pruning.group_scores(w, "channel", 1).tolist() == [6.0, 5.0]
    assert pruning.group_scores(w, "channel", 2).tolist() == pytest.approx([math.sqrt(18), 5.0])


def test_scores_of_coarser_groups_sum_up_those_of_finer_ones():
    w = randn(3, 4, 2, 5, dtype=torch.float64)
    fine, vector, kernel, channel = (pruning.group_scores(w, granularity, 2) ** 2 for granularity in GRANULARITIES)
    for finer, coarser in ((fine, vector), (vector, kernel), (kernel, channel)):
        assert torch.allclose(finer.sum(-1), coarser)


@pytest.mark.parametrize("w", [torch.zeros(2, 3, 1, 2), -torch.ones(1, 1, 1, 1), randn(3, 4, 2, 2).transpose(0, 1)])
def test_zero_single_and_strided_weights_are_scored(w):
    for granularity in GRANULARITIES:
        scores = pruning.group_scores(w, granularity)
        assert torch.equal(scores, pruning.group_scores(w.contiguous().abs(), granularity))


def test_scores_keep_double_precision():
    assert pruning.group_scores(randn(2, 2, 2, 2, dtype=torch.float64), "kernel", 2).dtype == torch.float64


def test_unknown_granularity_is_refused_by_name():
    with pytest.raises(ValueError, match="layer"):
        pruning.group_scores(randn(1, 1, 1, 1), "layer")


# ---- mask_from_scores


@pytest.mark.parametrize("sparsity", [0.0, 0.1, 0.33, 0.5, 0.9, 1.0])
def test_fine_mask_is_that_of_pytorchs_l1_pruning(sparsity):
    layer = nn.Linear(20, 10)
    mask = pruning.mask_from_scores(layer.weight.detach().abs(), sparsity)
    prune.l1_unstructured(layer, "weight", amount=200 - int(mask.sum()))
    assert torch.equal(mask, layer.weight_mask.bool())


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=40),
    st.floats(0, 1, allow_nan=False),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_count_is_exact_and_no_dropped_score_is_higher_even_with_ties(values, sparsity):
    scores = torch.tensor(values, dtype=torch.float32)
    mask = pruning.mask_from_scores(scores, sparsity)
    assert int(mask.sum()) == round(len(values) * (1 - sparsity))
    if mask.any() and not mask.all():
        assert scores[mask].min() >= scores[~mask].max()


@pytest.mark.parametrize(("n", "kept"), [(1, 0), (3, 2), (5, 2), (7, 4)])
def test_a_half_goes_to_the_even_number_of_kept_scores(n, kept):
    assert int(pruning.mask_from_scores(torch.arange(float(n)), 0.5).sum()) == kept


def test_masks_nest_as_sparsity_grows():
    scores = randn(6, 7)
    masks = [pruning.mask_from_scores(scores, sparsity) for sparsity in (0.2, 0.5, 0.8)]
    assert all(bool((fewer <= more).all()) for more, fewer in itertools.pairwise(masks))


def test_mask_of_a_transposed_tensor_lies_at_the_right_places():
    scores = randn(4, 6)
    assert torch.equal(pruning.mask_from_scores(scores.t(), 0.5), pruning.mask_from_scores(scores, 0.5).t())


@pytest.mark.parametrize("sparsity", [-0.01, 1.01, math.nan])
def test_sparsity_outside_zero_to_one_is_refused(sparsity):
    with pytest.raises(ValueError, match="sparsity"):
        pruning.mask_from_scores(torch.ones(3), sparsity)


# ---- nm_mask, pattern_mask


@pytest.mark.parametrize(("n", "m"), [(2, 4), (1, 4), (3, 4), (2, 8), (1, 2), (0, 4), (4, 4)])
def test_every_run_keeps_its_largest_weights_as_a_loop_would(n, m):
    w = randn(3, 8, 2, 3)
    mask = pruning.nm_mask(w, n, m)
    for o, start, y, x in itertools.product(range(3), range(0, 8, m), range(2), range(3)):
        run = w[o, start : start + m, y, x].abs().tolist()
        best = sorted(range(m), key=run.__getitem__)[m - n :]
        assert mask[o, start : start + m, y, x].tolist() == [i in best for i in range(m)]


@pytest.mark.parametrize("w", [torch.zeros(2, 8, 1, 3), torch.full((1, 4, 2, 2), -2.0)])
def test_runs_of_equal_weights_keep_exactly_n(w):
    kept = pruning.nm_mask(w, 2, 4).reshape(w.shape[0], -1, 4, *w.shape[2:]).sum(2)
    assert bool((kept == 2).all())


def test_two_of_four_keeps_no_more_energy_than_any_half_of_the_weights():
    w = randn(64, 64, 3, 3)
    free = pruning.kept_energy(w, pruning.mask_from_scores(w.abs(), 0.5))
    bound = pruning.kept_energy(w, pruning.nm_mask(w, 2, 4))
    # Gaussian weights: 0.868 and 0.928, over seeds the spread is 0.001
    assert 0.86 < bound < 0.875 < 0.92 < free < 0.935


@pytest.mark.parametrize(("n", "m"), [(2, 3), (5, 4), (-1, 4)])
def test_runs_that_do_not_fit_are_refused_with_the_shape(n, m):
    with pytest.raises(ValueError, match=r"\(1, 8, 1, 1\)"):
        pruning.nm_mask(randn(1, 8, 1, 1), n, m)


def test_each_kernel_gets_the_pattern_that_keeps_most_energy():
    patterns = torch.stack(
        [p.reshape(3, 3) for p in (torch.arange(9) < 4, torch.arange(9) > 4, torch.arange(9) % 2 == 0)]
    )
    w = randn(4, 5, 3, 3)
    mask = pruning.pattern_mask(w, patterns)
    for o, i in itertools.product(range(4), range(5)):
        energies = [float((w[o, i] * pattern).square().sum()) for pattern in patterns]
        assert torch.equal(mask[o, i], patterns[energies.index(max(energies))])


# ---- expand_mask, kept_energy


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_expanded_mask_is_constant_in_each_group(granularity):
    w = randn(4, 3, 2, 5)
    mask = pruning.mask_from_scores(pruning.group_scores(w, granularity), 0.5)
    wide = pruning.expand_mask(mask, w.shape)
    assert wide.shape == w.shape
    assert torch.equal(wide.reshape(*mask.shape, -1).all(-1), mask)
    assert torch.equal(wide.reshape(*mask.shape, -1).any(-1), mask)


def test_mask_of_another_layer_is_refused():
    with pytest.raises(ValueError, match=r"\(3,\)"):
        pruning.expand_mask(torch.ones(3, dtype=torch.bool), (4, 3, 2, 2))


def test_finer_groups_keep_more_energy():
    w = randn(32, 16, 3, 3)
    kept = []
    for granularity in GRANULARITIES:
        mask = pruning.mask_from_scores(pruning.group_scores(w, granularity, 2), 0.5)
        kept.append(pruning.kept_energy(w, pruning.expand_mask(mask, w.shape)))
    assert kept == sorted(kept, reverse=True)


def test_energy_of_weights_that_are_all_zero_is_kept():
    assert pruning.kept_energy(torch.zeros(3), torch.zeros(3, dtype=torch.bool)) == 1.0


# ---- shrink_pair


def trio(bias=True, training=False, affine=True, **options):
    torch.manual_seed(0)
    conv1, bn, conv2 = nn.Conv2d(3, 8, 3, bias=bias, **options), nn.BatchNorm2d(8, affine=affine), nn.Conv2d(8, 4, 3)
    for tensor in [*bn.parameters(), bn.running_mean]:
        tensor.data.normal_()
    bn.running_var.uniform_(0.5, 2.0)
    return conv1.train(training), bn.train(training), conv2.train(training)


def run(modules, x):
    conv1, bn, conv2 = modules
    with torch.no_grad():
        return conv2(bn(conv1(x)).relu())


def masked(modules, keep):
    conv1, bn, conv2 = copy.deepcopy(modules)
    conv1.weight.data[~keep] = 0
    bn.weight.data[~keep] = 0
    bn.bias.data[~keep] = 0
    return conv1, bn, conv2


KEEPS = [torch.arange(8) % 2 == 0, torch.arange(8) == 7, torch.ones(8, dtype=torch.bool)]


@pytest.mark.parametrize("keep", KEEPS, ids=["every other", "the last", "all"])
@pytest.mark.parametrize(
    "options",
    [{}, {"bias": False}, {"stride": 2, "padding": 1}, {"dilation": 2, "padding_mode": "reflect", "padding": 1}],
)
def test_small_modules_equal_the_masked_network(keep, options):
    modules, x = trio(**options), randn(2, 3, 12, 12)
    small = pruning.shrink_pair(*modules, keep)
    # the order of a sum differs: some 70 products of size 1, in 24 bits
    assert torch.allclose(run(small, x), run(masked(modules, keep), x), atol=1e-5)
    assert [small[0].out_channels, small[1].num_features, small[2].in_channels] == [int(keep.sum())] * 3


def test_masking_the_convolution_alone_is_another_network():
    modules, x, keep = trio(), randn(2, 3, 12, 12), KEEPS[0]
    half_masked = copy.deepcopy(modules)
    half_masked[0].weight.data[~keep] = 0
    assert not torch.allclose(run(half_masked, x), run(pruning.shrink_pair(*modules, keep), x), atol=0.1)


def test_originals_stay_and_share_nothing_with_the_small_modules():
    modules, x = trio(), randn(2, 3, 9, 9)
    before = run(modules, x)
    for module in pruning.shrink_pair(*modules, KEEPS[2]):
        for tensor in module.state_dict().values():
            tensor.zero_()
    assert torch.equal(run(modules, x), before)


@pytest.mark.parametrize("training", [True, False])
def test_mode_and_options_are_kept(training):
    modules = trio(training=training, stride=2)
    modules[1].eps, modules[1].momentum = 0.2, 0.7
    small = pruning.shrink_pair(*modules, KEEPS[0])
    assert [module.training for module in small] == [training] * 3
    assert (small[0].stride, small[1].eps, small[1].momentum) == ((2, 2), 0.2, 0.7)


def test_small_modules_can_be_trained():
    small = pruning.shrink_pair(*trio(training=True), KEEPS[0])
    conv1, bn, conv2 = small
    conv2(F.relu(bn(conv1(randn(2, 3, 9, 9))))).sum().backward()
    assert all(p.grad.shape == p.shape for module in small for p in module.parameters())


def test_batch_norm_without_gamma_and_beta_is_shrunk():
    assert pruning.shrink_pair(*trio(affine=False), KEEPS[0])[1].running_mean.shape == (4,)


# ---- purity


def test_no_function_changes_its_weights():
    w = randn(2, 4, 3, 3)
    before = w.clone()
    for granularity in GRANULARITIES:
        pruning.group_scores(w, granularity, 2)
    pruning.mask_from_scores(w, 0.5)
    pruning.nm_mask(w, 2, 4)
    pruning.pattern_mask(w, torch.ones(1, 3, 3, dtype=torch.bool))
    assert torch.equal(w, before)

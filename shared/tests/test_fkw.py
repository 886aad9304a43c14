"""FKW: what is stored comes back, and its convolution is PyTorch's of the same weights."""

import pytest
import torch
import torch.nn.functional as F
from effdl import fkw


def layer(co, ci, kept=0.6, *, seed=0, patterns=fkw.PATTERNS):
    w = torch.randn(co, ci, *patterns.shape[1:], generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    pattern_of = fkw.choose_patterns(w, patterns, kept)
    masks = torch.cat([torch.zeros_like(patterns[:1]), patterns])
    return w * masks[pattern_of], pattern_of, patterns


def by_loop(w, pattern_of, patterns):
    """FKW in plain Python, from the definition."""
    co, ci = pattern_of.shape
    counts = [sum(1 for c in range(ci) if pattern_of[f, c] > 0) for f in range(co)]
    reorder = sorted(range(co), key=lambda f: -counts[f])
    offset, index, stride, weight = [0], [], [], []
    for f in reorder:
        kernels = sorted((pattern_of[f, c].item(), c) for c in range(ci) if pattern_of[f, c] > 0)
        offset.append(offset[-1] + len(kernels))
        index += [c for _, c in kernels]
        stride.append([sum(1 for p, _ in kernels if p <= upto) for upto in range(len(patterns) + 1)])
        weight += [w[f, c][patterns[p - 1]].tolist() for p, c in kernels]
    return offset, reorder, index, stride, weight


@pytest.mark.parametrize("kept", [0.0, 0.3, 1.0])
def test_the_arrays_are_those_of_the_definition(kept):
    given = layer(6, 5, kept)
    found = fkw.fkw_encode(*given)
    assert tuple(array.tolist() for array in found) == by_loop(*given)
    assert found.weight.shape == (len(found.index), 4)


@pytest.mark.parametrize(("co", "ci"), [(1, 1), (7, 3), (4, 9)])
def test_what_is_stored_comes_back(co, ci):
    w, pattern_of, patterns = layer(co, ci, seed=co)
    assert torch.equal(fkw.to_dense(fkw.fkw_encode(w, pattern_of, patterns), patterns, ci), w)


@pytest.mark.parametrize(("stride", "padding"), [(1, 1), (2, 1), (1, 0), (2, 2)])
def test_the_convolution_is_pytorchs(stride, padding):
    w, pattern_of, patterns = layer(8, 6)
    x = torch.randn(2, 6, 7, 9, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    y = fkw.conv(x, fkw.fkw_encode(w, pattern_of, patterns), patterns, stride=stride, padding=padding)
    assert torch.allclose(y, F.conv2d(x, w, stride=stride, padding=padding))


def test_each_kernel_takes_the_pattern_that_keeps_most_and_the_weakest_go():
    _, pattern_of, patterns = layer(4, 4, 1.0)
    dense = torch.randn(4, 4, 3, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    kept = torch.stack([(dense * pattern).square().sum((2, 3)) for pattern in patterns])
    assert torch.equal(pattern_of, kept.argmax(0) + 1)
    half = fkw.choose_patterns(dense, patterns, 0.5)
    assert int((half > 0).sum()) == 8
    assert kept.amax(0)[half > 0].min() > kept.amax(0)[half == 0].max()
    with pytest.raises(ValueError, match="kernels_kept"):
        fkw.choose_patterns(dense, patterns, 1.5)


def test_patterns_hold_the_center_and_three_neighbors():
    assert fkw.PATTERNS.shape == (8, 3, 3)
    assert fkw.PATTERNS.sum((1, 2)).tolist() == [4] * 8
    assert fkw.PATTERNS[:, 1, 1].all()
    assert len({tuple(pattern.flatten().tolist()) for pattern in fkw.PATTERNS}) == 8


def test_bits_are_counted_by_hand():
    w, pattern_of, patterns = layer(2, 2, 1.0)
    found = fkw.fkw_encode(w, pattern_of, patterns)
    # 3 offsets up to 4, 2 filters, 4 channels, 2 x 9 counts up to 2, 16 values
    assert fkw.stored_bits(found, 2) == 3 * 3 + 2 * 1 + 4 * 1 + 18 * 2 + 16 * 32


def test_loads_shrink_with_each_kind_of_reuse():
    pattern = torch.tensor([[[1, 1], [1, 1]]], dtype=torch.bool)
    w = torch.ones(4, 3, 2, 2)
    found = fkw.fkw_encode(w, torch.ones(4, 3, dtype=torch.int64), pattern)
    assert fkw.input_loads(found, pattern, filters=4) == (48, 24, 6)
    assert fkw.input_loads(found, pattern, filters=1) == (48, 24, 24)


def test_as_stored_the_patterns_of_a_filter_stand_in_order():
    _, pattern_of, patterns = given = layer(5, 6)
    found = fkw.fkw_encode(*given)
    for row, filter in zip(fkw.as_stored(found, 6), found.reorder, strict=True):
        kept = pattern_of[filter][pattern_of[filter] > 0].sort().values
        assert row.tolist() == kept.tolist() + [0] * (6 - len(kept))
    assert len(patterns) >= int(pattern_of.max())

"""Grouped quantization: against PyTorch's per-channel fake quantization, and by the bound of its docstring."""

import pytest
import torch
from effdl import group_quant


def randn(*shape, seed=0, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
@pytest.mark.parametrize("group_size", [1, 4, 16, 32])
def test_groups_are_what_torch_rounds_channel_by_channel(bits, group_size):
    w = randn(6, 32, seed=bits)
    got = group_quant.pseudo_quantize(w, bits, group_size)
    rows = w.reshape(-1, group_size)  # each group a channel of its own
    qmax = 2 ** (bits - 1) - 1
    scale = rows.abs().amax(1) / qmax
    zeros = torch.zeros(len(rows), dtype=torch.int32)
    expected = torch.fake_quantize_per_channel_affine(rows, scale, zeros, 0, -qmax, qmax).reshape(w.shape)
    # torch multiplies by 1 / scale, so that a value half way between two integers may fall to the other one
    far = (got - expected).abs() > 1e-5
    assert far.float().mean() < 0.01
    assert torch.allclose(got[~far], expected[~far], atol=1e-6)


@pytest.mark.parametrize(("ci", "group_size"), [(10, 4), (7, 16), (9, 1), (12, 12)])
def test_a_short_last_group_equals_quantizing_it_alone(ci, group_size):
    w = randn(3, ci, seed=ci)
    q, scale = group_quant.group_quantize(w, 4, group_size)
    for g, part in enumerate(w.split(group_size, dim=1)):
        q_part, scale_part = group_quant.group_quantize(part, 4, part.shape[1])
        assert torch.equal(q[:, g * group_size : g * group_size + part.shape[1]], q_part)
        assert torch.equal(scale[:, g : g + 1], scale_part)


@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_the_error_is_at_most_half_a_step(bits):
    w = randn(5, 50, seed=1, dtype=torch.float64)
    q, scale = group_quant.group_quantize(w, bits, 8)
    step = scale.repeat_interleave(8, 1)[:, :50]
    assert ((q * step - w).abs() <= step / 2 * (1 + 1e-12)).all()
    assert q.abs().max() <= 2 ** (bits - 1) - 1
    assert q.dtype == torch.int32


def test_a_group_of_zeros_gets_scale_1_and_stays_zero():
    w = randn(2, 8)
    w[0, 4:] = 0
    q, scale = group_quant.group_quantize(w, 3, 4)
    assert scale[0, 1] == 1
    assert not q[0, 4:].any()


def test_scales_of_smaller_groups_are_never_larger():
    w = randn(4, 64)
    coarse, fine = (group_quant.group_quantize(w, 4, size)[1].repeat_interleave(size, 1) for size in (32, 8))
    assert (fine <= coarse).all()


def test_quantizing_twice_changes_nothing():
    once = group_quant.pseudo_quantize(randn(4, 32, dtype=torch.float64), 4, 8)
    assert torch.allclose(group_quant.pseudo_quantize(once, 4, 8), once, rtol=1e-12)


def test_the_input_is_unchanged_and_may_be_strided():
    w = randn(16, 5).T[:, ::2]
    before = w.clone()
    q, _ = group_quant.group_quantize(w, 4, 4)
    assert torch.equal(w, before)
    assert torch.equal(q, group_quant.group_quantize(before, 4, 4)[0])


@pytest.mark.parametrize(("bits", "group_size"), [(4, 0), (4, -1), (1, 4), (17, 4)])
def test_impossible_groups_and_bits_are_refused(bits, group_size):
    with pytest.raises(ValueError, match=r"group_size|bits"):
        group_quant.group_quantize(randn(2, 8), bits, group_size)


def test_scales_of_another_group_size_are_refused():
    q, scale = group_quant.group_quantize(randn(2, 8), 4, 4)
    with pytest.raises(ValueError, match="groups of 2"):
        group_quant.group_dequantize(q, scale, 2)


def test_effective_bits_count_the_scales():
    q, scale = group_quant.group_quantize(randn(3, 100), 4, 32)
    counted = (4 * q.numel() + 16 * scale.numel()) / q.numel()
    assert group_quant.effective_bits(100, 4, 32) == pytest.approx(counted)

"""Quantization against PyTorch's own quantized tensors, and against the bounds that the docstrings promise."""

import pytest
import torch
from effdl import quant


def normal(*shape, seed=0, dtype=torch.float32):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("seed", range(5))
def test_one_scale_for_each_row_agrees_with_pytorch(seed):
    x = normal(7, 11, seed=seed)
    scale, zero_point = quant.affine_qparams(x.amin(1), x.amax(1), bits=8)
    oracle = torch.fake_quantize_per_channel_affine(x, scale, zero_point, 0, 0, 255)
    q = quant.quantize(x, scale[:, None], zero_point[:, None], 0, 255)
    torch.testing.assert_close(quant.dequantize(q, scale[:, None], zero_point[:, None]), oracle)


@pytest.mark.parametrize("seed", range(5))
def test_fake_quantization_of_pytorch_agrees(seed):
    x = normal(50, seed=seed)
    scale, zero_point = torch.tensor(0.11), torch.tensor(3, dtype=torch.int32)
    oracle = torch.fake_quantize_per_tensor_affine(x, scale, zero_point, -8, 7)
    q = quant.quantize(x, scale, zero_point, -8, 7)
    torch.testing.assert_close(quant.dequantize(q, scale, zero_point), oracle)


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("dim", [None, 1, (1, 2)])
def test_symmetric_rounding_errs_by_half_a_step_at_most(bits, dim):
    x = normal(5, 6, 7, seed=bits)
    scale = quant.symmetric_scale(x, bits, dim)
    q = quant.quantize(x, scale, 0, *quant.qrange(bits))
    error = (quant.dequantize(q, scale) - x).abs()
    assert (error <= scale / 2 * (1 + 1e-5)).all()
    assert q.abs().max() == quant.qrange(bits)[1]


@pytest.mark.parametrize("bits", range(1, 9))
def test_affine_rounding_errs_by_half_a_step_at_most(bits):
    x = normal(200, seed=bits)
    scale, zero_point = quant.affine_qparams(x.min(), x.max(), bits)
    qmin, qmax = quant.qrange(bits, signed=False)
    q = quant.quantize(x, scale, zero_point, qmin, qmax)
    error = (quant.dequantize(q, scale, zero_point) - x).abs()
    # the zero point is rounded, so that the ends may saturate by half a step more
    assert (error <= scale * (1 + 1e-4)).all()
    inside = (x / scale).round() + zero_point
    inside = (inside >= qmin) & (inside <= qmax)
    assert (error[inside] <= scale / 2 * (1 + 1e-4)).all()


@pytest.mark.parametrize(("low", "high"), [(1.0, 5.0), (-5.0, -1.0), (-1.0, 3.0), (0.0, 0.0)])
def test_range_is_extended_to_zero_and_zero_stays_exact(low, high):
    scale, zero_point = quant.affine_qparams(torch.tensor(low), torch.tensor(high), bits=4)
    q = quant.quantize(torch.tensor(0.0), scale, zero_point, 0, 15)
    assert quant.dequantize(q, scale, zero_point) == 0
    assert 0 <= zero_point <= 15
    assert scale == pytest.approx((max(high, 0) - min(low, 0)) / 15 or 1)


def test_quantizing_what_was_dequantized_changes_nothing():
    x = normal(4, 9)
    scale = quant.symmetric_scale(x, 4, dim=1)
    q = quant.quantize(x, scale, 0, *quant.qrange(4))
    assert torch.equal(quant.quantize(quant.dequantize(q, scale), scale, 0, *quant.qrange(4)), q)


def test_halves_go_to_the_even_integer_and_outliers_saturate():
    x = torch.tensor([0.5, 1.5, 2.5, -0.5, -1.5, 99.0, -99.0])
    assert quant.quantize(x, 1.0, 0, -7, 7).tolist() == [0, 2, 2, 0, -2, 7, -7]


def test_a_slice_of_zeros_gets_scale_one():
    x = torch.tensor([[0.0, 0.0], [3.0, -6.0]])
    assert quant.symmetric_scale(x, 3, dim=1).tolist() == [[1.0], [2.0]]
    assert quant.symmetric_scale(torch.zeros(3), 8) == 1


def test_double_precision_and_inputs_are_kept():
    x = normal(6, dtype=torch.float64)
    before = x.clone()
    scale = quant.symmetric_scale(x, 8)
    q = quant.quantize(x, scale, 0, *quant.qrange(8))
    assert quant.dequantize(q, scale).dtype == scale.dtype == torch.float64
    assert torch.equal(x, before)


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="bits must be in"):
        quant.qrange(17)
    with pytest.raises(ValueError, match="bits must be in"):
        quant.qrange(1)
    with pytest.raises(ValueError, match="low must not exceed high"):
        quant.affine_qparams(torch.tensor(1.0), torch.tensor(0.0), 8)
    with pytest.raises(ValueError, match="scale must be above 0"):
        quant.quantize(torch.ones(2), 0.0, 0, 0, 3)
    with pytest.raises(ValueError, match="qmin below qmax"):
        quant.quantize(torch.ones(2), 1.0, 0, 3, 3)

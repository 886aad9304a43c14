"""The cost of a decoding step: counted by a naive loop, and the paper's round figures."""

import pytest
from effdl import decode
from effdl.decode import LLAMA2_7B, RTX4090, Machine, decode_intensity


def counted(n_weights, batch, w_bits, cached, kv_bits, sharing):
    """FLOPs and bytes of one step, added up text by text."""
    flops, read_bytes = 0, n_weights * w_bits / 8
    for _ in range(batch):
        flops += 2 * n_weights
        for _ in range(sharing):
            flops += 2 * cached
        read_bytes += cached * kv_bits / 8
    return flops / read_bytes


@pytest.mark.parametrize("batch", [1, 3, 64])
@pytest.mark.parametrize(("cached", "kv_bits", "sharing"), [(0, 16, 1), (500, 16, 1), (500, 8, 4)])
def test_intensity_equals_a_count_text_by_text(batch, cached, kv_bits, sharing):
    given = (1000, batch, 4, cached, kv_bits, sharing)
    assert decode_intensity(*given) == pytest.approx(counted(*given))


@pytest.mark.parametrize(("bits", "intensity"), [(32, 0.5), (16, 1), (8, 2), (4, 4)])
def test_one_text_has_16_flops_a_byte_over_the_bits(bits, intensity):
    assert decode_intensity(10**9, 1, bits) == pytest.approx(intensity)


def test_without_a_cache_intensity_grows_with_the_batch():
    assert decode_intensity(10**6, 32, 16) == pytest.approx(32)


def test_a_cache_keeps_intensity_below_that_of_attention_however_large_the_batch():
    # read for one text alone, each cached number gives 2 FLOPs for 2 bytes
    ratio = 100
    assert decode_intensity(1000, 10**6, 16, 1000 * ratio) == pytest.approx((1 + ratio) / ratio, rel=1e-3)


def test_int8_weights_double_intensity_and_int8_caches_help_only_long_texts():
    assert decode_intensity(10**6, 1, 8) == 2 * decode_intensity(10**6, 1, 16)
    assert decode_intensity(10**6, 1, 16, 10, 8) == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("bad", [(0, 1), (10, 0), (10, 1, 0), (10, 1, 16, -1), (10, 1, 16, 5, 0)])
def test_what_cannot_be_counted_is_refused(bad):
    with pytest.raises(ValueError, match="decode_intensity"):
        decode_intensity(*bad)


def test_the_ridge_of_the_4090_is_the_paper_s_165():
    assert RTX4090.ridge == 165


def test_llama_s_weights_are_counted_as_its_configuration_says():
    # 32 layers of 4 x 4096 x 4096 and 3 x 4096 x 11008, the norms, and the output layer of 32,000 tokens
    layers = 32 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096)
    assert layers + 4096 + 32000 * 4096 == LLAMA2_7B.n_weights


def test_the_roof_is_flat_above_the_ridge_and_rises_below():
    machine = Machine(peak=100.0, bandwidth=10.0)
    assert [decode.roofline(x, machine) for x in (1, 5, 10, 20)] == [10, 50, 100, 100]
    assert decode.roofline(20, machine, speedup=2) == 200


def test_at_batch_1_four_bit_weights_are_four_times_faster_and_int8_activations_change_nothing():
    half = decode.tokens_per_s(LLAMA2_7B, RTX4090, 1)
    assert decode.tokens_per_s(LLAMA2_7B, RTX4090, 1, w_bits=4) == pytest.approx(4 * half)
    assert decode.tokens_per_s(LLAMA2_7B, RTX4090, 1, w_bits=8, a_bits=8) == pytest.approx(2 * half)


def test_at_a_large_batch_integers_win_over_four_bit_weights():
    w4, w8 = (
        decode.tokens_per_s(LLAMA2_7B, RTX4090, 512, w_bits=w_bits, a_bits=a_bits)
        for w_bits, a_bits in ((4, 16), (8, 8))
    )
    assert w8 == pytest.approx(2 * w4)

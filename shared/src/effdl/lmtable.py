"""The table of methods: what each way to round a language model's weights costs in perplexity and saves in bytes.

Each method turns (layer name, weight) into a new weight, knowing what the layer read on calibration text. "RTN" rounds
to nearest; "1 %" keeps one input channel of a hundred in 16 bits, the most active, the heaviest, or one by lot; "x 2"
rounds w * s and divides x by s, with s = 2 on the most active 1 %; "AWQ" searches s. At 3 bits in groups of 128, RTN
and AWQ take 3.125 bits for each weight, and AWQ 16 bits more for each input channel.

What this leaves out: GPTQ, which rounds columns one after the other and lets later ones make up for earlier ones.

Sources: Lin et al. 2024, AWQ, tables 1 and 2, arXiv:2306.00978.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor

from effdl import awq, data, lm, lmquant, smollm, smoothquant, text
from effdl.group_quant import pseudo_quantize
from effdl.lmquant import Seen

__all__ = [
    "FLOAT", "METHODS", "N_ROWS", "Row", "change", "integer_rows", "load", "remeasured", "report", "rows", "size_bytes",
    "smoothed_error",
]  # fmt: skip

FLOAT = "16 bits"
METHODS = ("RTN", "1 % most active", "1 % heaviest", "1 % by lot", "1 % most active x 2", "AWQ")
FRACTION = 0.01
N_ROWS = 8  # of 256 tokens, on which the real model is measured


class Row(NamedTuple):
    """A method, the perplexity of the model on held-out text, and its bytes on disk."""

    method: str
    perplexity: float
    size_bytes: int

    def __str__(self) -> str:
        return f"{self.method:24} perplexity {self.perplexity:7.2f}   {self.size_bytes / 2**20:6.2f} MiB"


def change(method: str, seen: Mapping[str, Seen], bits: int, group_size: int) -> Callable[[str, Tensor], Tensor]:
    """The function (layer name, weight) -> weight of a method; its lots are drawn with seed 0.

    Shapes: the weights (co, ci) keep their shape
    Raises: ValueError if method is none of METHODS
    Source: Lin et al. 2024, section 3, arXiv:2306.00978
    """
    if method not in METHODS:
        raise ValueError(f"change: method must be one of {METHODS}, got {method!r}")
    rounding = partial(pseudo_quantize, bits=bits, group_size=group_size)
    lots = torch.Generator().manual_seed(0)

    def changed(name: str, w: Tensor) -> Tensor:
        x = seen[name].sample
        if method == "RTN":
            return rounding(w)
        if method == "AWQ":
            _, s = awq.awq_search(x, w, rounding)
            return rounding(w * s) / s
        keep = _kept(method, x, w, lots)
        if method.endswith("x 2"):
            s = torch.where(keep, 2.0, 1.0)
            return rounding(w * s) / s
        return awq.mixed(w, rounding(w), keep)

    return changed


def rows(
    net: lm.LM, seen: Mapping[str, Seen], held_out: Tensor, bits: int, group_size: int, methods: tuple = METHODS
) -> list[Row]:
    """Measure each method on a copy of `net`.

    Shapes: held_out (n, T + 1), int64
    Source: Lin et al. 2024, table 1, arXiv:2306.00978
    """
    found = []
    for method in methods:
        rounded = lmquant.weight_only(net, change(method, seen, bits, group_size))
        found.append(Row(method, text.perplexity(rounded, held_out), size_bytes(net, method, bits, group_size)))
    return found


def size_bytes(net: lm.LM, method: str, bits: int, group_size: int) -> int:
    """Bytes of the model under a method, scales, 16-bit channels and their indices counted.

    Source: effdl.lmquant.stored_bytes
    """
    kept = {}
    if method.startswith("1 %") and not method.endswith("x 2"):
        kept = {name: max(1, round(FRACTION * layer.in_features)) for name, layer in lm.linears(net).items()}
    scaled = method == "AWQ" or method.endswith("x 2")
    return lmquant.stored_bytes(net, bits, group_size, kept=kept, scaled=scaled)


def integer_rows(net: lm.LM, seen: Mapping[str, Seen], held_out: Tensor, alphas: tuple[float, ...]) -> list[Row]:
    """Measure 8-bit weights and activations: one scale a tensor, one a token, and smoothed by each alpha.

    Shapes: held_out (n, T + 1), int64
    Source: Xiao et al. 2023, arXiv:2211.10438
    """
    models = {"one scale": lmquant.w8a8(net), "one a token": lmquant.w8a8(net, "token")}
    for alpha in alphas:
        models[f"SmoothQuant {alpha}"] = lmquant.w8a8(lmquant.smooth(net, seen, alpha))
    size = lmquant.stored_bytes(net, 8)
    return [Row(name, text.perplexity(model, held_out), size) for name, model in models.items()]


def smoothed_error(layer: smollm.Layer, alpha: float) -> float:
    """Relative error of a layer's 8-bit product on its evaluation rows, smoothed by what its calibration rows say.

    Source: Xiao et al. 2023, section 4, arXiv:2211.10438
    """
    s = smoothquant.smooth_scales(layer.calibration.abs().amax(0), layer.weight, alpha)
    y = layer.evaluation @ layer.weight.T
    product = smoothquant.w8a8_linear(layer.evaluation / s, layer.weight * s)
    return (torch.linalg.norm(product - y) / torch.linalg.norm(y)).item()


def report(net: lm.LM, seen: Mapping[str, Seen], held_out: Tensor) -> list[Row]:
    """The chosen settings against plain rounding: 4 bits in groups of 32, and 8-bit products smoothed by 0.5.

    Shapes: held_out (n, T + 1), int64
    Source: ours
    """
    found = [Row(FLOAT, text.perplexity(net, held_out), lmquant.stored_bytes(net))]
    found += [row._replace(method=f"W4 g32, {row.method}") for row in rows(net, seen, held_out, 4, 32, ("RTN", "AWQ"))]
    return found + [row._replace(method=f"W8A8, {row.method}") for row in integer_rows(net, seen, held_out, (0.5,))]


def load() -> dict[str, list[Row]]:
    """What was measured on the real model: {"W8A8", "W4 g128", "W3 g128", ...: rows, the float model first}.

    Raises: FileNotFoundError if the file is missing
    Source: made by `python -m effdl.make.lab21`
    """
    stored = data.results("lab21")
    return {name: [Row(*row) for row in table] for name, table in stored["tables"].items()}


def remeasured() -> str:
    """Two perplexities of the cached tables measured again on the real model, or that it is not installed.

    Source: https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct
    """
    if not smollm.installed():
        return "the real model is not installed: the table is the cached one"
    net, encode = smollm.load()
    held_out = smollm.rows(smollm.passages(encode)[1], N_ROWS)
    rounded = lmquant.weight_only(net, lambda _name, w: pseudo_quantize(w, 3, 128))
    found = [text.perplexity(each, held_out) for each in (net, rounded)]
    return f"measured now: {FLOAT} {found[0]:.2f}, W3 g128 RTN {found[1]:.2f}"


def _kept(method: str, x: Tensor, w: Tensor, lots: torch.Generator) -> Tensor:
    if method == "1 % by lot":
        return awq.salient_channels(torch.rand(1, w.shape[1], generator=lots), w, FRACTION)
    return awq.salient_channels(x, w, FRACTION, "weight" if method == "1 % heaviest" else "activation")

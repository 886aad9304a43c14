"""Load the trained networks that ship with the course.

A checkpoint is a safetensors file in `data/`, made by one command: `python -m effdl.make.resnet8` trains
`data/resnet8.safetensors` anew in about two minutes of CPU time. Weights are stored in float32, because in half
precision many of them would share one magnitude and a pruning threshold would fall among ties.

What this leaves out: training again gives a network as good, not the same bytes, unless PyTorch's version, the
processor and the thread count are the same as well.

Sources: the format, https://github.com/huggingface/safetensors; the network, He et al. 2016, arXiv:1512.03385.
"""

from __future__ import annotations

from collections.abc import Callable

from safetensors.torch import load_file
from torch import nn

from effdl import data, lm, nets

__all__ = ["NETS", "load"]

NETS: dict[str, Callable[[], nn.Module]] = {
    "resnet8": nets.ResNet8,
    "resnet8_pruned": nets.ResNet8,
    "tinylm": lm.LM,
}


def load(name: str = "resnet8") -> nn.Module:
    """A trained network in eval mode, its file's checksum verified.

    Raises: ValueError if there is no such network or its file is damaged; FileNotFoundError if the file is missing
    Source: made by `python -m effdl.make.resnet8`, `...resnet8_pruned`, `...tinylm`

    >>> sum(weight.numel() for weight in load("resnet8").parameters())
    77754
    """
    if name not in NETS:
        raise ValueError(f"load: name must be one of {sorted(NETS)}, got {name!r}")
    net = NETS[name]()
    net.load_state_dict(load_file(data.find(f"{name}.safetensors")))
    return net.eval()

"""Drawings, predictions and widgets of the labs: one look, a description on every picture."""

from effdl.plots import (
    convolution,
    criteria,
    explore,
    llm,
    llm_widgets,
    machine,
    memory,
    network,
    pruning,
    receptive,
    shapes,
    theatre,
)  # fmt: skip
from effdl.plots.predictions import reveal
from effdl.plots.style import Picture, picture, use_style

__all__ = [
    "Picture", "convolution", "criteria", "explore", "llm", "llm_widgets", "machine", "memory", "network", "picture",
    "pruning", "receptive", "reveal", "shapes", "theatre", "use_style",
]  # fmt: skip

"""Drawings, predictions and widgets of the labs: one look, a description on every picture."""

from effdl.plots import criteria, explore, pruning
from effdl.plots.predictions import reveal
from effdl.plots.style import Picture, picture, use_style

__all__ = ["Picture", "criteria", "explore", "picture", "pruning", "reveal", "use_style"]

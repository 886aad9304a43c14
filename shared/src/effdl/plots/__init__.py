"""Drawings, predictions and widgets of the labs: one look, a description on every picture."""

from effdl.plots.predictions import reveal
from effdl.plots.style import Picture, picture, use_style

__all__ = ["Picture", "picture", "reveal", "use_style"]

"""Drawings, predictions and widgets of the labs: one look, a description on every picture.

The modules, one a theme, are reached as `plots.machine` and so on.
"""

from effdl.plots import convolution as convolution
from effdl.plots import criteria as criteria
from effdl.plots import efficiency as efficiency
from effdl.plots import efficiency_widgets as efficiency_widgets
from effdl.plots import explore as explore
from effdl.plots import llm as llm
from effdl.plots import llm_widgets as llm_widgets
from effdl.plots import machine as machine
from effdl.plots import memory as memory
from effdl.plots import network as network
from effdl.plots import pruning as pruning
from effdl.plots import receptive as receptive
from effdl.plots import search as search
from effdl.plots import search_widgets as search_widgets
from effdl.plots import shapes as shapes
from effdl.plots import sparse as sparse
from effdl.plots import sparse_costs as sparse_costs
from effdl.plots import sparse_widgets as sparse_widgets
from effdl.plots import theatre as theatre
from effdl.plots import tickets as tickets
from effdl.plots.predictions import reveal
from effdl.plots.style import Picture, picture, use_style

__all__ = ["Picture", "picture", "reveal", "use_style"]

"""Two matrices beside the course's own: the example of EIE's paper, and one whose rows differ far more.

The paper's has 16 rows on 4 processing elements; PE 0 holds rows 0, 4, 8 and 12. The heavy-tailed one is made up: of
2048 x 160 weights 9 % are kept, and the fullest row holds several times the mean.

What this leaves out: any claim that a trained layer looks like the second; large ones lie between it and an even load.

Sources: Han et al. 2016, EIE, figures 2 and 3, arXiv:1602.01528.
"""

from __future__ import annotations

import torch
from torch import Tensor

from effdl import pe

__all__ = ["heavy_tailed", "paper_example"]

# where element 0 of the paper's example has weights, in the order in which they are stored
OWN_ROWS = (0, 8, 12, 4, 0, 12, 0, 4, 0, 12, 0, 8, 12)
OWN_COLUMNS = (0, 0, 0, 1, 2, 2, 4, 4, 5, 5, 6, 7, 7)


def paper_example() -> Tensor:
    """16 x 8 codes; those of PE 0 of 4 stand where the paper has them, numbered as they are stored, the others by lot.

    Shapes: -> (16, 8), int64, 0 = pruned
    Source: Han et al. 2016, figures 2 and 3, arXiv:1602.01528
    """
    generator = torch.Generator().manual_seed(1)
    codes = torch.randint(1, 16, (16, 8), generator=generator) * (torch.rand(16, 8, generator=generator) < 0.35)
    codes[::4] = 0
    codes[list(OWN_ROWS), list(OWN_COLUMNS)] = torch.arange(1, 14)
    return codes


def heavy_tailed(
    rows: int, cols: int, *, density: float = 0.09, spread: float = 1.0, n_pe: int = 1, seed: int = 0
) -> Tensor:
    """Made-up codes: normal weights, each row louder or softer by a lognormal factor, the largest kept of each PE.

    With one PE these are the largest anywhere. All that are kept have code 1.

    Shapes: -> (rows, cols), int64, 0 = pruned
    Source: ours
    """
    generator = torch.Generator().manual_seed(seed)
    loud = torch.exp(spread * torch.randn(rows, 1, generator=generator))
    w = torch.randn(rows, cols, generator=generator) * loud
    return pe.balanced_mask(w, 1 - density, n_pe).long()

"""The space that the searches of lab 04 share: the inner widths of ResNet8's three blocks, at a budget of MACs.

A block's two 3 x 3 convolutions both do MACs in proportion to its inner width, 16, 32 or 64 at most, so that MACs are
a sum over blocks: cutting block 1 to 8 of 16 saves half of its 0.90 million. A narrow network keeps the filters of
largest L1 norm and has its batch normalization re-estimated; that quick accuracy guides a search, and every winner is
trained on alike.

What this leaves out: the widths between blocks, which residual additions tie together, so that three numbers are all
there is to choose.

Sources: He et al. 2018, AMC, arXiv:1802.03494; Li et al. 2017, arXiv:1608.08710; Li et al. 2020, EagleEye,
arXiv:2007.02491.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from effdl import amc, cost, experiments, masking, pruning, train
from effdl.data import Split

__all__ = ["A_MAX", "BLOCKS", "REDUCTION", "Space", "draws", "narrow", "search", "uniform"]

A_MAX = 0.9
REDUCTION = 0.05  # of the network's MACs, in a step of NetAdapt
N_DRAWN, N_ELITE, N_ROUNDS = 12, 4, 5
BN_IMAGES, JUDGED_IMAGES = 500, 1000
BLOCKS = ("block 1", "block 2", "block 3")


class Space:
    """A trained ResNet8, images, and what a vector of inner widths means on them; accuracies are remembered."""

    def __init__(self, net: nn.Module, seen: Split, held_out: Split) -> None:
        self.net, self.seen, self.held_out = net, seen, held_out
        self.full = [len(block.bn1.weight) for block in net.blocks]
        costs = {name: macs for name, _, macs in experiments.layer_costs(net)}
        self.block_macs = [sum(costs[f"blocks.{i}.conv{j}"] for j in (1, 2)) for i in range(len(self.full))]
        self.other_macs = sum(costs.values()) - sum(self.block_macs)
        self.known: dict[tuple[int, ...], float] = {}

    def widths(self, shares: Sequence[float]) -> tuple[int, ...]:
        """Inner widths when these shares of the blocks go, rounded down so that a budget holds, at least 1."""
        kept = ((1 - float(share)) * c for share, c in zip(shares, self.full, strict=True))
        return tuple(max(1, int(k + 1e-9)) for k in kept)

    def macs(self, widths: Sequence[int]) -> int:
        """MACs of one image through the network with these inner widths."""
        parts = zip(self.block_macs, widths, self.full, strict=True)
        return self.other_macs + sum(macs * w // c for macs, w, c in parts)

    def quick(self, widths: Sequence[int]) -> float:
        """Accuracy in percent on the first held-out images, no training: smallest filters out, BN re-estimated."""
        key = tuple(int(w) for w in widths)
        if key not in self.known:
            small = train.reestimate_bn_(narrow(self.net, key), self.seen.images[:BN_IMAGES])
            self.known[key] = train.accuracy(small, self.held_out.first(JUDGED_IMAGES))
        return self.known[key]

    def finetuned(self, widths: Sequence[int], *, seed: int) -> float:
        """Accuracy in percent on all held-out images after an epoch of training on."""
        small = train.reestimate_bn_(narrow(self.net, widths), self.seen.images[:BN_IMAGES])
        return train.accuracy(experiments.finetune_(small, {}, self.seen, seed=seed), self.held_out)

    def must_go(self, budget: float) -> float:
        """How many of the blocks' MACs have to go for the whole network to be within the budget."""
        return cost.macs(self.net, (1, 28, 28)) - budget


def narrow(net: nn.Module, widths: Sequence[int]) -> nn.Module:
    """A really smaller copy whose blocks keep so many inner filters, those of largest L1 norm.

    Shapes: widths: one number for each block
    Source: Li et al. 2017, arXiv:1608.08710
    """
    scores = [pruning.group_scores(block.conv1.weight.detach(), "channel") for block in net.blocks]
    shares = [1 - width / len(score) for width, score in zip(widths, scores, strict=True)]
    keeps = {
        f"blocks.{i}.conv1": pruning.mask_from_scores(*pair) for i, pair in enumerate(zip(scores, shares, strict=True))
    }
    return masking.shrink_blocks(net, keeps, pruning.shrink_pair)


def uniform(space: Space, budget: float) -> tuple[int, ...]:
    """The widths when every block loses the same share, the smallest that keeps the budget.

    Source: ours
    """
    return space.widths([space.must_go(budget) / sum(space.block_macs)] * len(space.full))


def draws(
    macs: Sequence[float], must_go: float, *, n: int, generator: torch.Generator, bound: Callable = amc.bounded_action
) -> Callable[[Tensor, Tensor], Tensor]:
    """A `draw` for `amc.cross_entropy_search`: n rows of normal numbers, each walked through the blocks with `bound`.

    Shapes: -> a function: mean (d,), std (d,) -> (n, d), shares that go
    Source: He et al. 2018, algorithm 1, arXiv:1802.03494
    """

    def draw(mean: Tensor, std: Tensor) -> Tensor:
        rows = mean + std * torch.randn(n, len(mean), generator=generator)
        return torch.tensor([amc.bounded_walk(row.tolist(), macs, must_go, A_MAX, bound) for row in rows])

    return draw


def search(
    space: Space,
    budget: float,
    quick: Callable[[Sequence[int]], float],
    *,
    seed: int,
    find: Callable = amc.cross_entropy_search,
    bound: Callable = amc.bounded_action,
) -> tuple[Tensor, Tensor]:
    """The cross-entropy search of the lab over the shares of the blocks that go; the reward is the negative error.

    Shapes: -> the last mean (d,), the best shares (d,)
    Source: He et al. 2018, arXiv:1802.03494
    """
    must_go, generator = space.must_go(budget), torch.Generator().manual_seed(seed)
    draw = draws(space.block_macs, must_go, n=N_DRAWN, generator=generator, bound=bound)

    def value(shares: Tensor) -> float:
        widths = space.widths(shares.tolist())
        return amc.reward(100 - quick(widths), space.macs(widths), budget)

    mean = torch.full((len(space.full),), must_go / sum(space.block_macs))
    return find(value, draw, mean, torch.full_like(mean, 0.2), rounds=N_ROUNDS, n_elite=N_ELITE)

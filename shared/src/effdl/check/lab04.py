"""The visible checks of lab 04: what each exercise's function is tried on, and the rules its result must keep."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from effdl import amc, netadapt, sensitivity
from effdl.check import lab04_more
from effdl.check.case import Case, Parts, Plan, whole
from effdl.check.lab04_more import dict_parts, draw, pair_parts

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "4.1": Plan(
            ("sensitivity_scan", "ratios_within"),
            "scan and ratios match in {n} cases, and the network comes back as it was",
            (*_scan(), *_within()),
        ),
        "4.2": Plan(
            ("bounded_action", "reward"), "shares and rewards match in {n} cases, largest error {error}", _amc()
        ),
        "4.3": Plan(("cross_entropy_search",), "mean and best vector match in {n} searches, error {error}", _search()),
        "4.4": Plan(("netadapt_step",), "the right layer is shrunk, by the right amount, in {n} cases", _netadapt()),
        "4.5": Plan(("generate_weights",), "weights match in {n} cases, largest error {error}", lab04_more.generate()),
        "4.6": Plan(("admm_step",), "Z and U match in {n} cases, largest error {error}", lab04_more.admm_steps()),
        "4.7": Plan(("imp_round",), "masks and rewound weights match in {n} rounds", lab04_more.imp()),
        "4.8": Plan(("grasp_scores",), "scores match in {n} cases, largest error {error}", lab04_more.grasps()),
    }


# ---- 4.1


def _scan() -> tuple[Case, ...]:
    def case(about: str, ratios: tuple[float, ...], evaluate: Callable[..., float], *widths: int) -> Case:
        args = {"net": _net(*widths), "evaluate": evaluate, "ratios": ratios}
        return Case(about, "sensitivity_scan", args, sensitivity.sensitivity_scan, parts=dict_parts)

    return (
        case("the sum of |w| of the whole network, two layers", (0.5,), _weight_sum, 1, 1, 1),
        case("three ratios, from nothing to all", (0.0, 0.5, 1.0), _weight_sum, 1, 2, 1),
        case("three layers", (0.25, 0.75), _weight_sum, 1, 1, 2, 1),
        case("the sum of the outputs", (0.5, 0.25), _output_sum, 1, 2, 1),
    )


def _net(*channels: int) -> nn.Module:
    """A first convolution of 1 x 1, which is not pruned, then one of 1 x 2 for each further number."""
    convs = [nn.utils.skip_init(nn.Conv2d, 1, channels[0], 1, bias=False)]
    convs += [nn.utils.skip_init(nn.Conv2d, ci, co, (1, 2), bias=False) for ci, co in itertools.pairwise(channels)]
    net = nn.Sequential(*convs).eval()
    for i, conv in enumerate(convs):
        conv.weight.data.copy_(draw(*conv.weight.shape, seed=40 + i))
    return net


def _weight_sum(net: nn.Module) -> float:
    return float(sum(weight.detach().abs().sum() for weight in net.parameters()))


def _output_sum(net: nn.Module) -> float:
    with torch.no_grad():
        return float(net(draw(1, 1, 1, 5, seed=50)).sum())


def _within() -> tuple[Case, ...]:
    def case(about: str, scan: dict[str, list[float]], ratios: tuple[float, ...], floor: float) -> Case:
        args = {"scan": scan, "ratios": ratios, "floor": floor}
        return Case(about, "ratios_within", args, sensitivity.ratios_within, parts=dict_parts)

    return (
        case("the example by hand", {"conv": [90.0, 88.0, 60.0]}, (0.5, 0.7, 0.9), 86.0),
        case("two layers, one that bears all", {"a": [91.0, 90.0], "b": [89.0, 70.0]}, (0.3, 0.6), 88.0),
        case("exactly the floor is enough", {"a": [90.0, 85.0, 84.9]}, (0.2, 0.4, 0.6), 85.0),
        case("nothing is allowed", {"a": [80.0, 70.0]}, (0.3, 0.6), 85.0),
        case("a curve that falls and comes back", {"a": [90.0, 80.0, 89.0]}, (0.3, 0.6, 0.9), 85.0),
    )


# ---- 4.2


def _amc() -> tuple[Case, ...]:
    def action(about: str, action: float, macs: list[int], must_go: float, a_max: float) -> Case:
        args = {"action": action, "macs": macs, "must_go": must_go, "a_max": a_max}
        return Case(about, "bounded_action", args, amc.bounded_action)

    def worth(about: str, error: float, cost: float, budget: float | None = None) -> Case:
        args = {"error": error, "cost": cost, "budget": budget}
        return Case(about, "reward", args, amc.reward, parts=_worth_parts)

    return (
        action("the example by hand: the later layer saves 210 at most", 0.1, [100, 300], 240, 0.7),
        action("an action that is large enough stays", 0.5, [100, 300], 240, 0.7),
        action("more than a_max is cut", 0.9, [100, 300], 240, 0.7),
        action("three layers", 0.0, [200, 100, 100], 200, 0.8),
        action("the last layer gives all that is missing", 0.2, [400], 200, 0.8),
        action("nothing has to go any more, and the action is negative", -0.1, [100, 50], -20, 0.8),
        action("more than all layers can save", 0.1, [100, 100], 190, 0.8),
        worth("within the budget", 12.0, 900, 1000),
        worth("exactly the budget", 12.0, 1000, 1000),
        worth("beyond the budget", 12.0, 1001, 1000),
        worth("no budget", 12.0, 1000),
    )


def _worth_parts(result: Any) -> Parts:
    """A number; minus infinity as a word, for it has no error."""
    parts = whole(result)
    return {"": np.array("-inf")} if np.array_equal(parts[""], -np.inf) else parts


# ---- 4.3


def _search() -> tuple[Case, ...]:
    def case(about: str, value: Callable[[Tensor], float], n: int, rounds: int, n_elite: int, d: int = 2) -> Case:
        def use(answer: Callable[..., Any], mean: Tensor, std: Tensor, rounds: int, n_elite: int) -> Any:
            return answer(value, drawing(n), mean, std, rounds=rounds, n_elite=n_elite)

        args = {"mean": torch.zeros(d), "std": torch.ones(d), "rounds": rounds, "n_elite": n_elite}
        parts = partial(pair_parts, ("mean", "best"))
        return Case(about, "cross_entropy_search", args, amc.cross_entropy_search, parts=parts, use=use)

    return (
        case("one round, six vectors, the best two", _valley, 6, 1, 2),
        case("the elite is one vector: the next spread is 0", _valley, 5, 1, 1),
        case("three rounds", _valley, 8, 3, 3),
        case("four rounds, three entries", _valley, 10, 4, 4, d=3),
        case("vectors beyond the budget are worth -inf", _fenced, 8, 3, 2),
        case("the best vector comes early", _Drifting(), 6, 4, 3),
    )


def drawing(n: int) -> Callable[[Tensor, Tensor], Tensor]:
    generator = torch.Generator().manual_seed(60 + n)
    return lambda mean, std: mean + std * torch.randn(n, len(mean), generator=generator)


def _valley(row: Tensor) -> float:
    return -float((row - 0.5).square().sum())


def _fenced(row: Tensor) -> float:
    return -float("inf") if float(row[0]) > 0.6 else float(row.sum())


class _Drifting:
    """Values that get worse from call to call, by more than the vectors differ."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, row: Tensor) -> float:
        self.calls += 1
        return _valley(row) - 100.0 * (self.calls // 6)


# ---- 4.4


def _netadapt() -> tuple[Case, ...]:
    def case(about: str, now: tuple[int, ...], macs: tuple[int, ...], worth: tuple[int, ...], reduction: int) -> Case:
        """Layers a, b, ... with their widths now, and what one channel of each costs and is worth."""
        cost, accuracy = (_Weighed(dict(zip("abc", each, strict=False))) for each in (macs, worth))
        args = {"widths": dict(zip("abc", now, strict=False)), "cost": cost, "accuracy": accuracy}
        args |= {"reduction": reduction}
        return Case(about, "netadapt_step", args, netadapt.netadapt_step, parts=dict_parts)

    hopeless = case("no layer alone saves so much", (3, 3), (1, 1), (1, 1), 5)
    return (
        case("the example by hand", (4, 4), (1, 1), (0, 1), 2),
        case("layer a saves more, layer b hurts less", (8, 8), (3, 1), (9, 1), 5),
        case("no more than asked for: two channels of 3 save 5", (6, 1), (3, 1), (1, 1), 5),
        case("a layer that is too narrow gives no candidate", (2, 9), (1, 1), (0, 5), 4),
        case("two candidates are equally good: the first one", (5, 5), (1, 1), (1, 1), 2),
        case("three layers", (9, 7, 8), (2, 4, 1), (5, 4, 3), 6),
        replace(hopeless, reference=None, raises=ValueError),
    )


@dataclass(frozen=True)
class _Weighed:
    """A sum over layers, so much for each channel; two of the same weights are equal, as two functions are not."""

    weights: dict[str, int]

    def __call__(self, widths: dict[str, int]) -> float:
        return sum(self.weights[layer] * width for layer, width in widths.items())

"""The second half of lab 04's visible checks, from PruningNet to GraSP, and what both halves draw and compare with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor

from effdl import admm, grasp, metapruning, tickets
from effdl.check.case import Case, Parts, WrongKind, whole

__all__ = ["admm_steps", "dict_parts", "draw", "generate", "grasps", "imp", "pair_parts"]


def draw(*shape: int, seed: int) -> Tensor:
    """Numbers with one decimal, no two of one size, so that they are easy to read and to rank.

    Shapes: -> shape
    """
    generator = torch.Generator().manual_seed(seed)
    count = int(np.prod(shape))
    sizes = (torch.randperm(3 * count, generator=generator)[:count] + 1) / 10
    return (sizes * (1 - 2 * torch.randint(0, 2, (count,), generator=generator))).reshape(shape)


def dict_parts(result: Any) -> Parts:
    """The entries of a dict, one part each."""
    if not isinstance(result, Mapping):
        raise WrongKind(f"returns {'None' if result is None else type(result).__name__}, asked for is a dict")
    return {
        str(name): whole(value)[""] if isinstance(value, Tensor) else np.array(value) for name, value in result.items()
    }


def pair_parts(names: tuple[str, str], result: Any) -> Parts:
    """The two results of a function, each a tensor or a dict of tensors."""
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise WrongKind(f"returns {type(result).__name__}, asked for are two results: {names[0]} and {names[1]}")
    parts: Parts = {}
    for name, value in zip(names, result, strict=True):
        each = dict_parts(value) if isinstance(value, Mapping) else whole(value)
        parts |= {" ".join(filter(None, (name, key))): array for key, array in each.items()}
    return parts


# ---- 4.5


def generate() -> tuple[Case, ...]:
    """Chains of layers for `generate_weights`."""

    def case(about: str, shapes: list[tuple[int, ...]], widths: list[int]) -> Case:
        """Each head gives a ramp, its own number of thousands, and the code it got, behind the point."""

        def use(answer: Callable[..., Any], shapes: list[tuple[int, ...]], widths: list[int]) -> Any:
            return answer([_ramp(i, shape) for i, shape in enumerate(shapes)], shapes, widths)

        args = {"shapes": shapes, "widths": widths}
        return Case(about, "generate_weights", args, metapruning.generate_weights, parts=_list_parts, use=use)

    return (
        case("one layer, half of its channels", [(4, 2, 1, 1)], [2]),
        case("two layers: the second reads what the first puts out", [(4, 3, 1, 1), (2, 4, 1, 1)], [2, 1]),
        case("full width", [(2, 1, 1, 2), (3, 2, 1, 1)], [2, 3]),
        case("three layers, kernels of 1 x 2", [(4, 1, 1, 2), (5, 4, 1, 2), (2, 5, 1, 2)], [1, 2, 2]),
    )


def _ramp(index: int, shape: tuple[int, ...]) -> Callable[[Tensor], Tensor]:
    def head(code: Tensor) -> Tensor:
        weighing = torch.arange(1.0, len(code) + 1)
        return 1000.0 * (index + 1) + torch.arange(float(np.prod(shape))) + (code * weighing).sum() / 10

    return head


def _list_parts(result: Any) -> Parts:
    if not isinstance(result, tuple | list):
        raise WrongKind(f"returns {type(result).__name__}, asked for is a list of tensors, one for each layer")
    return {f"layer {i}": whole(weight)[""] for i, weight in enumerate(result)}


# ---- 4.6


def admm_steps() -> tuple[Case, ...]:
    """First and later steps for `admm_step`."""

    def case(about: str, w: Tensor, u: Tensor, sparsity: float) -> Case:
        parts = partial(pair_parts, ("Z", "U"))
        return Case(about, "admm_step", {"w": w, "u": u, "sparsity": sparsity}, admm.admm_step, parts=parts)

    return (
        case("the example by hand", torch.tensor([3.0, -1.0]), torch.tensor([0.0, -4.0]), 0.5),
        case("the first step: U is zero", draw(2, 4, seed=70), torch.zeros(2, 4), 0.5),
        case("a later step, three of eight stay", draw(2, 4, seed=71), draw(2, 4, seed=72) / 7, 0.625),
        case("nothing has to be zero", torch.tensor([3.0, -1.0, 4.0]), torch.tensor([1.0, 5.0, -2.0]), 0.0),
        case("everything has to be zero", draw(3, seed=73), draw(3, seed=74) / 7, 1.0),
    )


# ---- 4.7


def imp() -> tuple[Case, ...]:
    """First and later rounds for `imp_round`."""

    def case(about: str, shape: tuple[int, ...], density: float, rate: float, seed: int, second: int = 0) -> Case:
        """One layer, or a second one of so many weights beside it."""
        args: dict[str, Any] = {"trained": draw(*shape, seed=seed), "start": draw(*shape, seed=seed + 1) / 10}
        args |= {"masks": draw(*shape, seed=seed + 2).argsort(-1) < round(density * shape[-1]), "rate": rate}
        if second:
            args |= {"trained b": draw(second, seed=seed + 3) / 10, "start b": draw(second, seed=seed + 4) / 10}

        def use(answer: Callable[..., Any], *values: Any) -> Any:
            given, rate = tuple({"a": value} for value in values[:3]), values[3]
            if second:
                extra = (*values[4:], torch.ones(second, dtype=torch.bool))
                given = tuple(one | {"b": value} for one, value in zip(given, extra, strict=True))
            return answer(*given, rate)

        parts = partial(pair_parts, ("mask", "weights"))
        return Case(about, "imp_round", args, tickets.imp_round, parts=parts, use=use)

    return (
        case("the first round: half of eight go", (8,), 1.0, 0.5, 80),
        case("a later round: half of the four that are left", (8,), 0.5, 0.5, 84),
        case("what was dropped stays dropped, though it is not zero", (2, 5), 0.6, 0.34, 88),
        case("two layers, the weights of b a tenth as large: each has its own threshold", (6,), 1.0, 0.5, 92, second=4),
        case("round(0.2 * 4) = 1 goes", (4,), 1.0, 0.2, 96),
        case("nothing goes", (5,), 0.6, 0.0, 100),
    )


# ---- 4.8


def grasps() -> tuple[Case, ...]:
    """Losses of one and of two layers for `grasp_scores`."""

    def case(about: str, loss: Callable[[dict[str, Tensor]], Tensor], **tensors: Tensor) -> Case:
        def use(answer: Callable[..., Any], *values: Tensor) -> Any:
            return answer(loss, dict(zip(tensors, values, strict=True)))

        return Case(about, "grasp_scores", tensors, grasp.grasp_scores, parts=dict_parts, use=use)

    bowl = torch.tensor([0.5, 2.0])
    x = draw(4, 3, seed=110)
    return (
        case("w1^2 / 2 + 2 w2^2 at (1, 1)", lambda w: (bowl * w["fc"].square()).sum(), fc=torch.ones(2)),
        case(
            "a negative weight: the sign of S follows w",
            lambda w: (bowl * w["fc"].square()).sum(),
            fc=torch.tensor([-1.0, 3.0]),
        ),
        case("a cubic loss: the Hessian depends on w", lambda w: w["fc"].pow(3).sum(), fc=draw(3, seed=111)),
        case(
            "two layers that act together",
            lambda w: (x @ w["a"].T).tanh().mm(w["b"].T).square().mean(),
            a=draw(2, 3, seed=112),
            b=draw(1, 2, seed=113),
        ),
    )

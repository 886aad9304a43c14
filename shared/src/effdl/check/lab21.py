"""The visible checks of lab 21: what each exercise's function is tried on, and the rules its result must keep."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor

from effdl import awq, decode, group_quant, smoothquant
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "21.1": Plan(("decode_intensity",), "intensities match in {n} cases, largest error {error}", _intensity()),
        "21.2": Plan(("w8a8_linear",), "products match in {n} cases, largest error {error}", _product()),
        "21.3": Plan(("smooth_scales",), "scales match in {n} cases, largest error {error}", _scales()),
        "21.4": Plan(("smooth",), "gain, bias and weights match in {n} cases, largest error {error}", _smooth()),
        "21.5": Plan(("group_quantize",), "integers and scales match in {n} cases, largest error {error}", _groups()),
        "21.6": Plan(("salient_channels",), "the right channels are kept, in {n} cases", _salient()),
        "21.7": Plan(("awq_search",), "alpha and scales match in {n} cases, largest error {error}", _search()),
    }


def _draw(*shape: int, seed: int) -> Tensor:
    """Normal numbers with two digits, so that they are easy to read."""
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (numbers * 10).round().div(4).float()


def _intensity() -> tuple[Case, ...]:
    names = ("n_weights", "batch", "w_bits", "cached", "kv_bits", "sharing")

    def case(about: str, *values: float, **more: Any) -> Case:
        args = dict(zip(names, values, strict=False))
        return Case(about, "decode_intensity", args, **({"reference": decode.decode_intensity} | more))

    refuse = {"reference": None, "raises": ValueError}
    return (
        case("16-bit weights, one text", 1000, 1, 16),
        case("4-bit weights, one text", 1000, 1, 4),
        case("16-bit weights, eight texts", 1000, 8, 16),
        case("100 weights, two texts, 50 cached numbers each", 100, 2, 16, 50),
        case("a cache of 8 bits", 100, 2, 16, 50, 8),
        case("four query heads share a key-value head", 100, 3, 4, 50, 16, 4),
        case("no text at all", 100, 0, **refuse),
        case("weights of 0 bits", 100, 1, 0, **refuse),
        case("a negative cache", 100, 1, 16, -5, **refuse),
    )


def _product() -> tuple[Case, ...]:
    def case(about: str, x: Tensor, w: Tensor, activations: str = "tensor", weights: str = "channel") -> Case:
        args = {"x": x, "w": w, "activations": activations, "weights": weights}
        return Case(about, "w8a8_linear", args, smoothquant.w8a8_linear)

    x, w = _draw(3, 4, seed=1), _draw(2, 4, seed=2)
    peak = x * torch.tensor([[1.0], [20.0], [1.0]])
    uneven = w * torch.tensor([[1.0], [30.0]])
    bad = {"x": x, "w": w, "activations": "channel"}
    return (
        case("the example by hand", torch.tensor([[127.0, 63.6]]), torch.tensor([[127.0, -2.0]])),
        case("one scale for x, one a row of w", x, uneven),
        case("one scale a token", peak, w, "token"),
        case("one scale for w", x, uneven, "tensor", "tensor"),
        case("one scale a token, one for w", peak, uneven, "token", "tensor"),
        case("a token of zeros", x * torch.tensor([[1.0], [0.0], [1.0]]), w, "token"),
        case("a large channel: no scale of its own", x * torch.tensor([1.0, 50.0, 1.0, 1.0]), w),
        Case("an input channel cannot have its scale", "w8a8_linear", bad, raises=ValueError),
    )


def _scales() -> tuple[Case, ...]:
    case = partial(Case, function="smooth_scales", reference=smoothquant.smooth_scales)
    absmax = torch.tensor([2.0, 16.0, 2.0, 9.0])
    w = torch.tensor([[2.0, -1.0, 1.0, 0.5], [-1.0, 0.5, -2.0, -1.0]])
    silent, empty = absmax * torch.tensor([1.0, 0.0, 1.0, 1.0]), w * torch.tensor([1.0, 1.0, 0.0, 1.0])
    bad = {"x_absmax": absmax, "w": w, "alpha": 1.2}
    return (
        case("the example by hand, alpha = 0.5", args={"x_absmax": absmax, "w": w, "alpha": 0.5}),
        *(case(f"alpha = {a}", args={"x_absmax": absmax, "w": w, "alpha": a}) for a in (0.75, 0.0, 1.0)),
        case("w has more rows than columns", args={"x_absmax": absmax[:2], "w": _draw(5, 2, seed=3), "alpha": 0.5}),
        case("a channel whose activations are zero", args={"x_absmax": silent, "w": w, "alpha": 0.5}),
        case("a channel whose weights are zero", args={"x_absmax": absmax, "w": empty, "alpha": 0.5}),
        Case("an alpha outside [0, 1]", "smooth_scales", bad, raises=ValueError),
    )


def _smooth() -> tuple[Case, ...]:
    def case(about: str, gain: Tensor, bias: Tensor | None, w: Tensor, s: Tensor) -> Case:
        return Case(
            about, "smooth", {"gain": gain, "bias": bias, "w": w, "s": s}, smoothquant.smooth, parts=_norm_parts
        )

    s = torch.tensor([0.5, 1.0, 4.0])
    hand = torch.tensor([2.0]), torch.tensor([6.0]), torch.tensor([[3.0]]), torch.tensor([4.0])
    return (
        case("the example by hand", *hand),
        case("a norm with a bias", _draw(3, seed=6), _draw(3, seed=7), _draw(2, 3, seed=4), s),
        case("a norm without a bias", _draw(3, seed=6), None, _draw(4, 3, seed=5), s),
        case("three channels, three outputs", _draw(3, seed=8), _draw(3, seed=9), _draw(3, 3, seed=10), s),
    )


def _norm_parts(result: Any) -> Parts:
    if not (isinstance(result, tuple | list) and len(result) == 3):
        raise WrongKind(f"returns {type(result).__name__}, asked for are three things: gain, bias, w")
    named = dict(zip(("gain", "bias", "w"), result, strict=True))
    return {name: whole(value)[""] for name, value in named.items() if name != "bias" or value is not None}


def _groups() -> tuple[Case, ...]:
    def case(about: str, w: Tensor, bits: int, group_size: int) -> Case:
        args = {"w": w, "bits": bits, "group_size": group_size}
        return Case(about, "group_quantize", args, group_quant.group_quantize, parts=_pair_parts("q", "scale"))

    w = _draw(2, 6, seed=11)
    bad = {"w": w, "bits": 4, "group_size": 0}
    return (
        case("the example by hand", torch.tensor([[2.0, -7.0, 6.2, 14.0]]), 4, 2),
        case("two rows, groups of 3", w * torch.tensor([[1.0], [9.0]]), 4, 3),
        case("3 bits, the last group is shorter", w, 3, 4),
        case("one group a row, larger than the row", w, 4, 8),
        case("groups of one", w[:, :3], 3, 1),
        case("a group of zeros", w * torch.tensor([1.0, 1.0, 1.0, 0.0, 0.0, 0.0]), 4, 3),
        case("the largest value is negative", -w.abs(), 4, 3),
        Case("a group size of 0", "group_quantize", bad, raises=ValueError),
    )


def _pair_parts(first: str, second: str) -> Any:
    def parts(result: Any) -> Parts:
        if not (isinstance(result, tuple | list) and len(result) == 2):
            raise WrongKind(f"returns {type(result).__name__}, asked for are two things: {first}, {second}")
        return {first: whole(result[0])[""], second: whole(result[1])[""]}

    return parts


def _salient() -> tuple[Case, ...]:
    def case(about: str, x: Tensor, w: Tensor, fraction: float, by: str = "activation") -> Case:
        args = {"x": x, "w": w, "fraction": fraction, "by": by}
        return Case(about, "salient_channels", args, awq.salient_channels)

    rare = torch.tensor([[9.0, 4.0], [0.0, -4.0], [0.0, 4.0]])
    x = _draw(4, 5, seed=12) + torch.tensor([0.0, 0.0, -9.0, 0.0, 6.0])
    w = _draw(3, 5, seed=13) * torch.tensor([1.0, 5.0, 1.0, 1.0, 2.0])
    bad = {"x": x, "w": w, "fraction": 0.2, "by": "gradient"}
    return (
        case("one channel rarely large, one always", rare, torch.ones(1, 2), 0.5),
        case("two of five, by activation", x, w, 0.4),
        case("two of five, by weight", x, w, 0.4, "weight"),
        case("0.01 of five: one at least", x, w, 0.01),
        case("all of them", x, w, 1.0),
        Case("an unknown word", "salient_channels", bad, raises=ValueError),
        Case("a fraction above 1", "salient_channels", bad | {"fraction": 1.5, "by": "weight"}, raises=ValueError),
    )


def _search() -> tuple[Case, ...]:
    def case(about: str, x: Tensor, w: Tensor, rounding: Any, n_grid: int) -> Case:
        args = {"x": x, "w": w, "pseudo_quantize": rounding, "n_grid": n_grid}
        return Case(about, "awq_search", args, awq.awq_search, parts=_pair_parts("alpha", "s"))

    x = _draw(12, 6, seed=14) * torch.tensor([1.0, 16.0, 1.0, 2.0, 0.5, 1.0])
    w = _draw(4, 6, seed=15) / 8
    dead = x * torch.tensor([1.0, 1.0, 1.0, 1.0, 0.0, 1.0])
    pair = torch.tensor([[1.0, 16.0]]), torch.tensor([[0.3, 0.6]])
    return (
        case("two channels, rounding to whole numbers", *pair, torch.round, 2),
        case("groups of 3, 3 bits, a grid of 4", x, w, _three_bits, 4),
        case("the same, a grid of 10", x, w, _three_bits, 10),
        case("nothing is rounded: no scale is better", x, w, torch.clone, 4),
        case("a channel that is never active", dead, w, _three_bits, 4),
        case("weights of another size", x, 40 * w, torch.round, 5),
    )


def _three_bits(w: Tensor) -> Tensor:
    return group_quant.pseudo_quantize(w, bits=3, group_size=3)

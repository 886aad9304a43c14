"""The visible checks of lab 01: what each exercise's function is tried on."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from effdl import assembly, layers, shapes
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "1.1": Plan(("linear_forward",), "sums match in {n} layers, largest error {error}", _linear()),
        "1.2": Plan(("out_size", "transposed_out_size"), "{n} sizes are those of PyTorch's layers", _sizes()),
        "1.3": Plan(("pad2d",), "all four modes pad {n} pictures as PyTorch does", _pad()),
        "1.4": Plan(("conv2d",), "convolutions match in {n} cases, largest error {error}", _conv()),
        "1.5": Plan(("receptive_field",), "{n} chains have the field that a gradient finds", _field()),
        "1.6": Plan(("pool2d", "normalize"), "both match in {n} cases, largest error {error}", _pool_and_normalize()),
        "1.7": Plan(("resnet_forward",), "logits match in {n} networks, largest error {error}", _forward()),
    }


def _draw(*shape: int, seed: int) -> Tensor:
    """Normal numbers in steps of a half, so that they are easy to read."""
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (numbers * 4).round().div(2).float()


def _linear() -> tuple[Case, ...]:
    def case(about: str, n: int, ci: int, co: int, bias: bool = True) -> Case:
        args = {"x": _draw(n, ci, seed=1), "w": _draw(co, ci, seed=2), "b": _draw(co, seed=3) if bias else None}
        return Case(about, "linear_forward", args, layers.linear_forward)

    return (
        case("two inputs of three numbers, four neurons", 2, 3, 4),
        case("as many neurons as inputs", 2, 3, 3),
        case("as many examples as neurons: which one gets which bias?", 3, 2, 3),
        case("a single example, no bias", 1, 3, 2, bias=False),
    )


def _sizes() -> tuple[Case, ...]:
    def case(about: str, name: str = "out_size", **args: int) -> Case:
        return Case(about, name, args, getattr(shapes, name))

    back = partial(case, name="transposed_out_size")
    bad = {"size": 4, "kernel": 3, "stride": 1, "padding": 0, "dilation": 2}
    return (
        case("a kernel of 3 on 7 pixels", size=7, kernel=3),
        case("stride 4, which does not come out even", size=8, kernel=3, stride=4),
        case("stride 4, half a window over", size=9, kernel=3, stride=4),
        case("padding on both sides", size=7, kernel=3, stride=1, padding=1),
        case("taps two pixels apart", size=9, kernel=3, stride=1, padding=0, dilation=2),
        case("all at once", size=12, kernel=4, stride=3, padding=2, dilation=3),
        case("a kernel that just fits", size=5, kernel=3, stride=1, padding=0, dilation=2),
        Case("a kernel that does not fit", "out_size", bad, raises=ValueError),
        back("back from 3 pixels", size=3, kernel=3),
        back("stride 2", size=4, kernel=3, stride=2),
        back("padding takes away", size=4, kernel=3, stride=2, padding=1),
        back("dilation", size=4, kernel=3, stride=2, padding=0, dilation=2),
        back("output padding adds", size=4, kernel=3, stride=2, padding=1, dilation=1, output_padding=1),
    )


def _pad() -> tuple[Case, ...]:
    tall = torch.arange(1, 13).reshape(1, 1, 4, 3).float()
    modes = ("zeros", "replicate", "reflect", "circular")
    bad = {"x": tall, "padding": 1, "mode": "mirror"}
    case = partial(Case, function="pad2d", reference=layers.pad2d)
    return (
        *(case(f"{mode}, two pixels around 1 to 12", args={"x": tall, "padding": 2, "mode": mode}) for mode in modes),
        case("two pictures of two channels", args={"x": _draw(2, 2, 2, 3, seed=4), "padding": 1, "mode": "reflect"}),
        case("no padding at all", args={"x": tall, "padding": 0, "mode": "zeros"}),
        Case("an unknown mode", "pad2d", bad, raises=ValueError),
    )


def _conv() -> tuple[Case, ...]:
    def case(about: str, x: Tensor, w: Tensor, b: Tensor | None = None, **options: int) -> Case:
        args = {"x": x, "w": w, "b": b, "stride": 1, "dilation": 1, "groups": 1} | options
        return Case(about, "conv2d", args, layers.conv2d)

    row = torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]])
    image, deep = _draw(1, 1, 5, 5, seed=5), _draw(1, 4, 3, 3, seed=6)
    small, two = _draw(1, 1, 2, 2, seed=7), _draw(1, 2, 3, 3, seed=10)
    bad = {"x": deep, "w": _draw(4, 2, 1, 1, seed=8), "b": None, "stride": 1, "dilation": 1, "groups": 1}
    return (
        case("the row 1 2 3 4 with the kernel 1 10", row, torch.tensor([[[[1.0, 10.0]]]])),
        case("one channel, a kernel of 2 x 2", image, small),
        case("a kernel that is not square", image, _draw(1, 1, 3, 2, seed=9)),
        case("two channels to three, with bias", two, _draw(3, 2, 2, 2, seed=11), _draw(3, seed=12)),
        case("two pictures", _draw(2, 1, 3, 3, seed=13), small),
        case("stride 2 on 5 pixels, a kernel of 2", image, small, stride=2),
        case("taps two pixels apart", image, small, dilation=2),
        case("two groups", deep, _draw(4, 2, 2, 2, seed=14), groups=2),
        case("depthwise: as many groups as channels, two filters each", deep, _draw(8, 1, 2, 2, seed=15), groups=4),
        Case("w has two channels, x has four, one group", "conv2d", bad, raises=ValueError),
    )


def _field() -> tuple[Case, ...]:
    def case(about: str, *chain: shapes.Layer) -> Case:
        args = {"layers": list(chain)}
        return Case(about, "receptive_field", args, shapes.receptive_field, parts=_field_and_jump)

    return (
        case("one layer of 3", (3, 1, 1)),
        case("three layers of 3", (3, 1, 1), (3, 1, 1), (3, 1, 1)),
        case("3 with stride 2, then 3", (3, 2, 1), (3, 1, 1)),
        case("3, then 3 with stride 2", (3, 1, 1), (3, 2, 1)),
        case("3 with dilation 1, 2, 4", (3, 1, 1), (3, 1, 2), (3, 1, 4)),
        case("5, pooling by 2, 3, pooling by 3, 3", (5, 1, 1), (2, 2, 1), (3, 1, 1), (3, 3, 1), (3, 1, 1)),
        case("no layer: an output is a pixel"),
    )


def _field_and_jump(result: Any) -> Parts:
    if not isinstance(result, tuple | list) or len(result) != 2:
        raise WrongKind(f"returns {result!r}, asked for are two ints: field, jump")
    return {name: whole(value)[""] for name, value in zip(("field", "jump"), result, strict=True)}


def _pool_and_normalize() -> tuple[Case, ...]:
    image, batch = _draw(1, 2, 3, 4, seed=16), _draw(2, 6, 1, 2, seed=17)

    def pool(about: str, x: Tensor, *args: Any) -> Case:
        return Case(about, "pool2d", dict(zip(("x", "kernel", "stride", "padding", "mode"), (x, *args), strict=True)),
                    layers.pool2d)  # fmt: skip

    def norm(kind: str, groups: int = 1, eps: float = 1e-5, x: Tensor = batch) -> Case:
        args = {"x": x, "kind": kind, "groups": groups, "eps": eps}
        return Case(f"{kind}, {groups} groups, eps {eps:g}", "normalize", args, layers.normalize)

    bad = {"x": image, "kernel": 2, "stride": 2, "padding": 0, "mode": "min"}
    return (
        pool("the largest of 2 x 2", image, 2, 2, 0, "max"),
        pool("the mean of 2 x 2", image, 2, 2, 0, "average"),
        pool("windows that overlap", image, 2, 1, 0, "average"),
        pool("padding never wins, whatever the values", -1000 * image.abs() - 1, 2, 2, 1, "max"),
        pool("padding counts as zeros in a mean", image, 2, 2, 1, "average"),
        Case("an unknown mode", "pool2d", bad, raises=ValueError),
        *map(norm, ("batch", "layer", "instance")),
        norm("group", 2),
        norm("layer", eps=1.0),
        norm("batch", x=torch.full((2, 1, 1, 2), 5.0)),
        Case("an unknown kind", "normalize", {"x": batch, "kind": "channel"}, raises=ValueError),
    )


def _forward() -> tuple[Case, ...]:
    def case(about: str, widths: list[int], *, same: bool = False) -> Case:
        x = _draw(2, 1, 5, 5, seed=20) if same else _draw(1, 1, 5, 4, seed=20)
        return Case(about, "resnet_forward", {"x": x, "net": _small_net(widths)}, assembly.resnet_forward)

    return (
        case("no block: stem, mean, classifier", [2]),
        case("one block that keeps its shape", [2, 2]),
        case("one block that changes its shape", [2, 3]),
        case("two pictures, three blocks", [2, 2, 3, 3], same=True),
    )


def _small_net(widths: list[int]) -> nn.Module:
    """A box of layers with weights easy to read; a block for each width after the first."""
    box = assembly.Parts()
    box.stem = _layer(nn.Conv2d, 1, widths[0], 3, padding=1, seed=21)
    box.blocks = nn.ModuleList()
    for index, (ci, co) in enumerate(pairwise(widths)):
        block, stride = assembly.Parts(), 1 if ci == co else 2
        block.conv1 = _layer(nn.Conv2d, ci, co, 3, stride=stride, padding=1, seed=30 + index)
        block.bn1 = _layer(nn.BatchNorm2d, co, seed=40 + index)
        block.conv2 = _layer(nn.Conv2d, co, co, 3, padding=1, seed=50 + index)
        block.bn2 = _layer(nn.BatchNorm2d, co, seed=60 + index)
        block.shortcut = nn.Identity() if ci == co else _layer(nn.Conv2d, ci, co, 1, stride=stride, seed=70 + index)
        box.blocks.append(block)
    box.classifier = _layer(nn.Linear, widths[-1], 3, seed=80)
    return box.eval()


def _layer(kind: type[nn.Module], *sizes: int, seed: int, **options: int) -> nn.Module:
    layer = nn.utils.skip_init(kind, *sizes, **options) if kind is not nn.BatchNorm2d else kind(*sizes)
    with torch.no_grad():
        for index, value in enumerate(layer.state_dict().values()):
            if value.is_floating_point():
                value.copy_(_draw(*value.shape, seed=seed + 100 * index))
        if kind is nn.BatchNorm2d:
            layer.running_var.abs_().add_(0.5)
    return layer

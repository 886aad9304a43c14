"""The visible checks of lab 10: what each exercise's answer is tried on, and the rules its result must keep."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from effdl import lowbit, qat
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]

DRAWS = 4000


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    match = "match in {n} cases, largest error {error}"
    return {
        "10.1": Plan(("FakeQuantize",), f"values and gradients {match}", _fake_quantize()),
        "10.2": Plan(("QATLayer",), f"ranges, outputs and gradients {match}", _qat_layer()),
        "10.3": Plan(("export_int",), f"integers and multipliers {match}", _export()),
        "10.4": Plan(("binarize",), "signs and lots are as they should be in {n} cases", _binarize()),
        "10.5": Plan(("xnor_conv2d",), f"scaled convolutions {match}", _xnor_conv()),
        "10.6": Plan(("xnor_matmul",), "the products of bits are those of signs in {n} cases", _xnor_matmul()),
        "10.7": Plan(("ternarize", "ttq_gradients"), f"ternary weights and gradients {match}", _ternary()),
    }


def _draw(*shape: int, seed: int) -> Tensor:
    """Normal numbers with two digits, so that they are easy to read, none of them zero."""
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return (numbers * 10).round().div(4) + 0.01


def _named(names: tuple[str, ...], result: Any) -> Parts:
    """The parts of an answer that returns several tensors."""
    if not isinstance(result, tuple | list) or len(result) != len(names):
        count = f" of {len(result)}" if isinstance(result, tuple | list) else ""
        raise WrongKind(f"returns a {type(result).__name__}{count}, asked for are {len(names)}: {', '.join(names)}")
    return {name: whole(value)[""] for name, value in zip(names, result, strict=True)}


def _fake_quantize() -> tuple[Case, ...]:
    def use(answer: Any, x: Tensor, *others: Any) -> Any:
        *arguments, grad = others
        x = x.detach().requires_grad_()
        y = answer.apply(x, *arguments)
        return y, torch.autograd.grad(y, x, grad)[0]

    def case(about: str, *arguments: Any) -> Case:
        args = dict(zip(("x", "scale", "zero_point", "qmin", "qmax", "grad"), arguments, strict=True))
        parts = partial(_named, ("value", "gradient"))
        called = "FakeQuantize.apply"
        return Case(about, "FakeQuantize", args, qat.FakeQuantize, parts=parts, use=use, called=called)

    x = torch.tensor([-3.0, -2.0, -0.6, 0.2, 0.3, 0.7, 0.9])
    ones, wide = torch.ones(7), _draw(3, 4, seed=1)
    per_row = torch.tensor([[0.5], [1.0], [0.25]])
    return (
        case("scale 0.5, integers -1..1", x, 0.5, 0, -1, 1, ones),
        case("zero point 2, integers 0..3", x, 1.0, 2, 0, 3, ones),
        case("gradients that are not 1", x, 0.5, 0, -1, 1, torch.tensor([1.0, 2, 3, 4, 5, 6, 7])),
        case("one scale for each row, a tensor", wide, per_row, torch.tensor(1), -2, 5, _draw(3, 4, seed=2)),
        case("everything in range", wide, 0.1, 0, -127, 127, _draw(3, 4, seed=3)),
        case("everything clipped", wide.abs() + 9, 0.1, 0, -7, 7, _draw(3, 4, seed=4)),
    )


def _gradient(output: Tensor, weight: Tensor) -> Tensor:
    """Of the sum of the output; zero where nothing leads back to the weight."""
    found = torch.autograd.grad(output.sum(), weight, allow_unused=True)[0] if output.requires_grad else None
    return torch.zeros_like(weight) if found is None else found


def _qat_layer() -> tuple[Case, ...]:
    def use(
        answer: Any, layer: nn.Module, bits: tuple[int, int], momentum: float, batches: Tensor
    ) -> dict[str, Tensor]:
        wrapped = answer(layer, bits, qat.FakeQuantize.apply, momentum)
        found: dict[str, Tensor] = {}
        for number, batch in enumerate(batches[:-1], start=1):
            found[f"output {number}"] = wrapped(batch)
            found |= {f"low {number}": wrapped.low.clone(), f"high {number}": wrapped.high.clone()}
        output = next(value for name, value in reversed(found.items()) if name.startswith("output"))
        if not isinstance(output, Tensor):
            raise WrongKind(f"forward returns a {type(output).__name__}, asked for is a tensor")
        found["gradient of the weight"] = _gradient(output, layer.weight)
        found["output in eval mode"] = wrapped.eval()(batches[-1])
        return found | {"low after eval": wrapped.low, "high after eval": wrapped.high}

    def parts(found: dict[str, Tensor]) -> Parts:
        return {name: whole(value)[""] for name, value in found.items()}

    def case(about: str, layer: nn.Module, bits: tuple[int, int], batches: Tensor, momentum: float = 0.9) -> Case:
        args = {"layer": layer, "bits": bits, "momentum": momentum, "batches": batches}
        return Case(about, "QATLayer", args, qat.QATLayer, parts=parts, use=use, called="QATLayer")

    linear, conv = nn.utils.skip_init(nn.Linear, 3, 2), nn.utils.skip_init(nn.Conv2d, 2, 2, (1, 2), stride=2)
    for seed, layer in enumerate((linear, conv)):
        for value in layer.state_dict().values():
            value.copy_(_draw(*value.shape, seed=10 + seed))
    growing = torch.stack([_draw(2, 3, seed=20), 3 * _draw(2, 3, seed=21), 9 * _draw(2, 3, seed=22)])
    return (
        case("a linear layer, one batch, then eval mode", linear, (8, 8), growing[1:]),
        case("two batches", linear, (8, 8), growing),
        case("2 bits for weights, 4 for inputs, momentum 0.5", linear, (2, 4), growing, 0.5),
        case("inputs that are all above zero", linear, (4, 4), growing.abs() + 1),
        case("a convolution with stride", conv, (4, 8), torch.stack([_draw(1, 2, 2, 4, seed=s) for s in (23, 24, 25)])),
    )


def _export() -> tuple[Case, ...]:
    parts = partial(_named, ("q", "b", "m"))
    by_hand = nn.utils.skip_init(nn.BatchNorm2d, 1, eps=0.0).eval()
    for value, number in zip(by_hand.state_dict().values(), (2.0, 3.0, 1.0, 4.0), strict=False):
        value.fill_(number)
    norm = nn.utils.skip_init(nn.BatchNorm2d, 3, eps=0.25).eval()
    for seed, value in enumerate(list(norm.state_dict().values())[:4]):
        value.copy_(_draw(3, seed=30 + seed))
    norm.running_var.abs_().add_(0.5)
    norm.weight.data[1] = -norm.weight.data[1].abs()
    w = _draw(3, 2, 1, 2, seed=34)
    spread = w * torch.tensor([1.0, 10.0, 0.1]).reshape(3, 1, 1, 1)

    def case(about: str, w: Tensor, bits: int, input_scale: float, bn: nn.Module) -> Case:
        return Case(about, "export_int", {"w": w, "bits": bits, "input_scale": input_scale, "bn": bn}, qat.export_int,
                    parts=parts)  # fmt: skip

    return (
        case("the example: one weight of 0.2 * 7 at 4 bits", torch.full((1, 1, 1, 1), 1.4), 4, 0.5, by_hand),
        case("three filters at 8 bits, eps 0.25", w, 8, 0.05, norm),
        case("filters of very different sizes at 2 bits", spread, 2, 0.5, norm),
    )


def _binarize() -> tuple[Case, ...]:
    def use(answer: Callable[..., Tensor], w: Tensor, mode: str, seed: int) -> Tensor:
        return answer(w, mode, torch.Generator().manual_seed(seed))

    def twice(answer: Callable[..., Tensor], w: Tensor, mode: str, seed: int) -> Tensor:
        drawn = []
        with torch.random.fork_rng():
            for elsewhere in (0, 1):
                torch.manual_seed(elsewhere)  # what is drawn from the global generator must not matter
                drawn.append(use(answer, w, mode, seed))
                whole(drawn[-1])
        return torch.stack(drawn)

    case = partial(Case, function="binarize", use=use)
    sign = partial(case, reference=lowbit.binarize)
    many = torch.tensor([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0])[:, None].repeat(1, DRAWS)
    lots = {"w": many, "mode": "stochastic", "seed": 3}
    bad = {"w": torch.ones(2), "mode": "random", "seed": 0}
    return (
        sign(
            "signs, zeros too", args={"w": torch.tensor([[-0.2, 0.0], [3.0, -0.0]]), "mode": "deterministic", "seed": 0}
        ),
        sign("weights in float64", args={"w": _draw(2, 3, seed=40).double(), "mode": "deterministic", "seed": 0}),
        case(f"{DRAWS} lots for each of -2, -1, -0.5, 0, 0.5, 1", args=lots, bound=_lots),
        Case("the same generator twice", "binarize", lots, bound=_same_lots, use=twice),
        case("an unknown mode", args=bad, raises=ValueError),
    )


def _lots(parts: Parts, w: Tensor, mode: str, seed: int) -> str | None:
    drawn = torch.from_numpy(parts[""])
    if drawn.shape != w.shape or not drawn.is_floating_point():
        return f"gives {tuple(drawn.shape)}, {drawn.dtype}; expected is {tuple(w.shape)} in the dtype of w"
    if not bool((drawn.abs() == 1).all()):
        return "gives values other than -1 and +1"
    for row, value in zip(drawn, w[:, 0].clamp(-1, 1).tolist(), strict=True):
        near = 5 * ((1 - value**2) / DRAWS) ** 0.5 + 1e-6
        if abs(row.mean().item() - value) > near:
            return f"draws w = {value:g} with a mean of {row.mean():.3f}, expected is {value:g} within {near:.3f}"
    if bool((drawn[2] == drawn[3]).all()) or len(drawn[3].unique()) == 1:
        return "draws one lot for many weights, expected is one for each"
    return None


def _same_lots(parts: Parts, w: Tensor, mode: str, seed: int) -> str | None:
    first, second = parts[""]
    return None if (first == second).all() else "differs with the same generator: lots must come from `generator` alone"


def _xnor_conv() -> tuple[Case, ...]:
    def case(about: str, x: Tensor, w: Tensor, stride: int = 1, padding: int = 0) -> Case:
        args = {"x": x, "w": w, "stride": stride, "padding": padding}
        return Case(about, "xnor_conv2d", args, lowbit.xnor_conv2d)

    one = torch.tensor([1.0, -3.0]).reshape(1, 2, 1, 1)
    kernels = torch.tensor([[2.0, 4.0], [2.0, -4.0]]).reshape(2, 2, 1, 1)
    return (
        case("the example, and its other sign", one, kernels),
        case("zeros count as +1", one * torch.tensor([0.0, 1.0]).reshape(2, 1, 1), kernels),
        case("patches of 2 x 2", _draw(1, 2, 3, 3, seed=50), _draw(2, 2, 2, 2, seed=51)),
        case("padding 1", _draw(1, 1, 2, 3, seed=52), _draw(1, 1, 3, 3, seed=53), 1, 1),
        case("stride 2, two images", _draw(2, 2, 4, 5, seed=54), _draw(3, 2, 2, 3, seed=55), 2),
    )


def _xnor_matmul() -> tuple[Case, ...]:
    def case(about: str, n: int, x_rows: int, w_rows: int, seed: int) -> Case:
        x, w = (lowbit.pack_bits(lowbit.binarize(_draw(rows, n, seed=seed + rows))) for rows in (x_rows, w_rows))
        return Case(about, "xnor_matmul", {"x_bits": x, "w_bits": w, "n": n}, lowbit.xnor_matmul)

    example = {"x_bits": torch.tensor([[13]]).byte(), "w_bits": torch.tensor([[11]]).byte(), "n": 4}
    return (
        Case("the example", "xnor_matmul", example, lowbit.xnor_matmul),
        case("eight signs fill a byte", 8, 2, 3, 60),
        case("nine signs leave bits of the second byte unused", 9, 2, 3, 61),
        case("one sign", 1, 2, 3, 62),
        case("700 signs", 700, 3, 4, 63),
    )


def _ternary() -> tuple[Case, ...]:
    three = partial(
        Case, function="ternarize", reference=lowbit.ternarize, parts=partial(_named, ("t", "delta", "scale"))
    )
    parts = partial(_named, ("for w_p", "for w_n", "for the latent weight"))
    learn = partial(Case, function="ttq_gradients", reference=lowbit.ttq_gradients, parts=parts)
    grad, t = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1, 0, -1], dtype=torch.int8)
    many = torch.tensor([[1, 0, -1, -1], [0, 1, 1, -1], [-1, 0, 0, 1]], dtype=torch.int8)
    p, n = torch.tensor(0.5), torch.tensor(2.0)
    return (
        three("the example", args={"w": torch.tensor([0.1, -0.2, 2.0, -1.0])}),
        three("a layer of 4 x 5", args={"w": _draw(4, 5, seed=70)}),
        three("equal weights stay", args={"w": torch.full((2, 3), -1.5)}),
        three("zeros have scale 0", args={"w": torch.zeros(3)}),
        learn("the example", args={"grad": grad, "t": t, "w_p": torch.tensor(3.0), "w_n": torch.tensor(5.0)}),
        learn("a layer of 3 x 4", args={"grad": _draw(3, 4, seed=71), "t": many, "w_p": p, "w_n": n}),
        learn("no weight is negative", args={"grad": grad, "t": t.abs(), "w_p": p, "w_n": n}),
    )

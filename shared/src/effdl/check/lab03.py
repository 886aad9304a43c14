"""The visible checks of lab 03: what each exercise's function is tried on, and the rules its result must keep."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from effdl import pruning, saliency
from effdl.check.case import Case, Parts, Plan, WrongKind, whole

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "3.1": Plan(("group_scores",), "scores match on {n} tensors, largest error {error}", _group_scores()),
        "3.2": Plan(
            ("mask_from_scores",), "the count is exact and the highest stay, in {n} cases", _mask_from_scores()
        ),
        "3.3": Plan(("nm_mask",), "every run keeps its n largest weights, in {n} cases", _nm_mask()),
        "3.4": Plan(
            ("shrink_pair",),
            "the small modules equal the masked network in {n} cases, largest error {error}",
            _shrink(),
        ),
        "3.5": Plan(("saliency",), "scores match in {n} cases, largest error {error}", _saliency()),
        "3.6": Plan(
            ("apoz", "channel_entropy"), "shares and entropies match in {n} cases, largest error {error}", _activity()
        ),
        "3.7": Plan(("refit",), "no other weights fit better, in {n} cases; largest error {error}", _refit()),
    }


def _draw(*shape: int, seed: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Normal numbers with two digits, so that they are easy to read."""
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (numbers * 10).round().div(4).to(dtype)


def _group_scores() -> tuple[Case, ...]:
    case = partial(Case, function="group_scores", reference=pruning.group_scores)
    flat, spread = torch.tensor([3.0, 3.0]), torch.tensor([5.0, 0.0])
    pair = torch.stack([flat, spread]).reshape(2, 1, 1, 2)
    w = _draw(2, 3, 2, 2, seed=1)
    grid = [(granularity, p) for granularity in ("fine", "vector", "kernel", "channel") for p in (1, 2)]
    return (
        case("two filters, [3, 3] and [5, 0], by L1", args={"w": pair, "granularity": "channel", "p": 1}),
        case("two filters, [3, 3] and [5, 0], by L2", args={"w": pair, "granularity": "channel", "p": 2}),
        *(case(f"{g}, p = {p}", args={"w": w, "granularity": g, "p": p}) for g, p in grid),
        case("kernels of 1 x 3 in one filter", args={"w": _draw(1, 2, 1, 3, seed=2), "granularity": "kernel"}),
        Case("an unknown granularity", "group_scores", {"w": pair, "granularity": "layer"}, raises=ValueError),
    )


def _mask_from_scores() -> tuple[Case, ...]:
    def case(about: str, scores: Tensor, sparsity: float, ties: bool = False) -> Case:
        reference = None if ties else pruning.mask_from_scores
        args = {"scores": scores, "sparsity": sparsity}
        return Case(about, "mask_from_scores", args, reference, bound=_highest_stay)

    scores = _draw(3, 4, seed=3).abs() + torch.arange(12).reshape(3, 4) / 100
    bad = {"scores": scores, "sparsity": 1.5}
    return (
        case("a third of twelve goes", scores, 1 / 3),
        case("negative scores count as they are", torch.tensor([-3.0, 2.0, -1.0, 0.0, 1.0, -2.0]), 0.5),
        case("eleven scores at 0.3: round(7.7) = 8 stay", torch.arange(11.0).flip(0), 0.3),
        case("seven scores at 0.5: round(3.5) = 4 stay", torch.arange(7.0).flip(0), 0.5),
        case("nine scores at 0.5: round(4.5) = 4 stay", torch.arange(9.0).flip(0), 0.5),
        case("nothing goes", scores, 0.0),
        case("everything goes", scores, 1.0),
        case("six equal scores: three stay, no matter which", torch.ones(2, 3), 0.5, ties=True),
        case("the threshold falls among equal scores", torch.tensor([1.0, 2.0, 2.0, 2.0, 2.0, 3.0]), 0.5, ties=True),
        Case("a sparsity outside [0, 1]", "mask_from_scores", bad, raises=ValueError),
    )


def _highest_stay(parts: Parts, scores: Tensor, sparsity: float) -> str | None:
    mask = torch.from_numpy(parts[""])
    if mask.shape != scores.shape or mask.dtype != torch.bool:
        return f"gives {tuple(mask.shape)}, {mask.dtype}; expected is a bool mask like scores, {tuple(scores.shape)}"
    n_keep = round(scores.numel() * (1 - sparsity))
    if int(mask.sum()) != n_keep:
        return f"keeps {int(mask.sum())} of {scores.numel()} scores, expected is {n_keep}"
    if 0 < n_keep < scores.numel() and scores[mask].min() < scores[~mask].max():
        return "drops a score that is higher than one it keeps"
    return None


def _nm_mask() -> tuple[Case, ...]:
    def case(about: str, w: Tensor, n: int, m: int, ties: bool = False) -> Case:
        reference = None if ties else pruning.nm_mask
        return Case(about, "nm_mask", {"w": w, "n": n, "m": m}, reference, bound=_runs_keep_n)

    w = _draw(1, 8, 1, 2, seed=4) + torch.arange(16).reshape(1, 8, 1, 2) / 100
    bad = {"w": _draw(2, 6, 1, 1, seed=5), "n": 2, "m": 4}
    return (
        case("2:4 over two runs, in two places of the kernel", w, 2, 4),
        case("1:2", w, 1, 2),
        case(
            "3:4, four filters of one run", _draw(4, 4, 1, 1, seed=6) + torch.arange(16).reshape(4, 4, 1, 1) / 100, 3, 4
        ),
        case("4:4 keeps everything", w[:, :4], 4, 4),
        case("0:4 keeps nothing", w[:, :4], 0, 4),
        case("a run of equal weights: two stay, no matter which", torch.full((1, 4, 1, 1), -2.0), 2, 4, ties=True),
        Case("six channels in runs of four", "nm_mask", bad, raises=ValueError),
    )


def _runs_keep_n(parts: Parts, w: Tensor, n: int, m: int) -> str | None:
    mask = torch.from_numpy(parts[""])
    if mask.shape != w.shape or mask.dtype != torch.bool:
        return f"gives {tuple(mask.shape)}, {mask.dtype}; expected is a bool mask like w, {tuple(w.shape)}"
    kept = [int(run.sum()) for run in mask.movedim(1, -1).reshape(-1, m)]
    return (
        None if set(kept) == {n} else f"keeps {kept} weights in the runs of {m} input channels, expected is {n} in each"
    )


def _shrink() -> tuple[Case, ...]:
    def case(about: str, keep: list[int], reference: Any = pruning.shrink_pair, **options: Any) -> Case:
        conv1, bn, conv2 = _trio(**options)
        mask = torch.tensor(keep, dtype=torch.bool)
        args = {"conv1": conv1, "bn": bn, "conv2": conv2, "keep": mask}
        return Case(about, "shrink_pair", args, reference, parts=_module_parts, bound=_equals_masked)

    return (
        case("the first and the last of four channels stay", [1, 0, 0, 1]),
        case("everything stays", [1, 1, 1, 1]),
        case("with biases, stride 2 and padding 1", [0, 1, 1, 0], bias=True, stride=2, padding=1),
        case("in training mode, with another eps", [1, 1, 0, 1], training=True, eps=0.1),
    )


def _trio(
    *, bias: bool = False, stride: int = 1, padding: int = 0, training: bool = False, eps: float = 1e-5
) -> tuple[nn.Conv2d, nn.BatchNorm2d, nn.Conv2d]:
    """Three layers with weights easy to read, and a batch norm that has seen some data."""
    conv = partial(nn.utils.skip_init, nn.Conv2d, bias=bias)  # draws nothing from the global generator
    trio = conv(1, 4, (1, 2), stride=stride, padding=padding), nn.BatchNorm2d(4, eps=eps), conv(4, 2, 1)
    for seed, tensor in enumerate([value for part in trio for value in part.state_dict().values()]):
        if tensor.is_floating_point():
            tensor.copy_(_draw(*tensor.shape, seed=seed + 10))
    trio[1].running_var.abs_().add_(0.5)
    for part in trio:
        part.train(training)
    return trio


def _module_parts(result: Any) -> Parts:
    """Sizes, settings and tensors of the three modules, and what they give on a picture."""
    kinds = (nn.Conv2d, nn.BatchNorm2d, nn.Conv2d)
    if not (isinstance(result, tuple | list) and list(map(type, result)) == list(kinds)):
        raise WrongKind(f"returns {type(result).__name__}, asked for are three modules: conv1, bn, conv2")
    settings = ("out_channels", "in_channels", "num_features", "stride", "padding", "eps", "training")
    parts = {}
    for owner, module in zip(("conv1", "bn", "conv2"), result, strict=True):
        for name, value in module.state_dict().items():
            parts |= {f"{owner}.{name}": whole(value)[""]}
        for name in filter(partial(hasattr, module), settings):
            parts |= {f"{owner}.{name}": torch.tensor(getattr(module, name)).numpy()}
    with torch.no_grad(), suppress(RuntimeError):  # of sizes that do not fit, the first is named by its own part
        parts["output"] = whole(_forward(*(module.eval() for module in result)))[""]
    return parts


def _forward(conv1: nn.Module, bn: nn.Module, conv2: nn.Module) -> Tensor:
    return conv2(bn(conv1(_draw(1, 1, 3, 4, seed=30))).relu())


def _equals_masked(parts: Parts, conv1: nn.Conv2d, bn: nn.BatchNorm2d, conv2: nn.Conv2d, keep: Tensor) -> str | None:
    """The bound: masked weights, gamma and beta give the same picture."""
    with torch.no_grad():
        hidden = F.conv2d(_draw(1, 1, 3, 4, seed=30), conv1.weight, conv1.bias, conv1.stride, conv1.padding)
        gamma, beta = bn.weight * keep, bn.bias * keep
        hidden = F.batch_norm(hidden, bn.running_mean, bn.running_var, gamma, beta, eps=bn.eps).relu()
        masked = F.conv2d(hidden, conv2.weight, conv2.bias)
    got = torch.from_numpy(parts["output"])
    if got.shape == masked.shape and torch.allclose(got, masked, rtol=0, atol=1e-4 * float(masked.abs().max())):
        return None
    return "gives modules whose output is not that of the masked network"


def _saliency() -> tuple[Case, ...]:
    case = partial(Case, function="saliency", reference=saliency.saliency)
    w, g = _draw(2, 1, 1, 3, seed=7), _draw(4, 2, 1, 1, 3, seed=8)
    one = torch.tensor([[[[2.0, -1.0]]], [[[1.0, 3.0]]]])
    opposed = torch.stack([torch.ones(2, 1, 1, 2), -torch.ones(2, 1, 1, 2)]) * torch.tensor([1.0, 2.0])
    return (
        *(case(f"{kind}, four samples", args={"w": w, "g": g, "kind": kind}) for kind in ("snip", "taylor", "fisher")),
        *(case(f"{kind}, one sample", args={"w": one, "g": one[None], "kind": kind}) for kind in ("snip", "taylor")),
        case("fisher, two samples that cancel", args={"w": one, "g": opposed, "kind": "fisher"}),
        case("snip, two samples that cancel", args={"w": one, "g": opposed, "kind": "snip"}),
        Case("an unknown kind", "saliency", {"w": w, "g": g, "kind": "random"}, raises=ValueError),
    )


def _activity() -> tuple[Case, ...]:
    """The channels of the first case are zero in 11, 12 and 14 of 32 places; see Hu et al. 2016."""
    share = partial(Case, function="apoz", reference=saliency.apoz)
    spread = partial(Case, function="channel_entropy", reference=saliency.channel_entropy)
    zeros = torch.ones(3, 32)
    for row, n_zero in zip(zeros, (11, 12, 14), strict=True):
        row[:n_zero] = 0.0
    # (c, n * h * w) -> (n, c, h, w)
    example = zeros.reshape(3, 2, 4, 4).transpose(0, 1).contiguous()
    steady = torch.full((4, 1, 1, 2), 5.0)
    moving = torch.tensor([0.0, 2.0, 6.0, 8.0]).reshape(4, 1, 1, 1) * torch.tensor([0.5, 1.5])
    both = torch.cat([moving, steady], dim=1)
    noisy = torch.cat([moving, steady + torch.tensor([-0.1, 0.0, 0.1, 0.2]).reshape(4, 1, 1, 1)], dim=1)
    maps = _draw(8, 2, 1, 3, seed=9).abs() + torch.tensor([1.0, 2.0]).reshape(2, 1, 1)
    return (
        share("zeros in 11, 12 and 14 of 32 places", args={"a": example}),
        share("small values are no zeros; a channel constant at 5", args={"a": noisy * 1e-9}),
        spread("a channel that moves, one constant at 5", args={"a": both, "bins": 4}),
        spread("a channel that moves, one that only trembles", args={"a": noisy, "bins": 4}),
        spread("means far above zero", args={"a": both + 10, "bins": 4}),
        spread("maps that are not flat", args={"a": maps, "bins": 5}),
        spread("two bins", args={"a": both, "bins": 2}),
        spread("a layer that is 5 everywhere", args={"a": steady, "bins": 3}),
    )


def _refit() -> tuple[Case, ...]:
    def case(about: str, keep: list[int], n: int = 6, spoil: float = 0.0, dead: tuple[int, ...] = ()) -> Case:
        x, w = _draw(n, len(keep), 2, seed=20), _draw(2, len(keep), 2, seed=21)
        x[:, list(dead)] = 0.0
        y = torch.einsum("nck,ock->no", x, w) + spoil * _draw(n, 2, seed=22)
        args = {"x": x, "y": y, "w": w, "keep": torch.tensor(keep, dtype=torch.bool)}
        return Case(about, "refit", args, saliency.refit, bound=_fits_no_worse, rtol=1e-3)

    return (
        case("nothing dropped, nothing to mend: w comes back", [1, 1]),
        case("one of two channels stays", [0, 1], spoil=1.0),
        case("two of three channels, outputs with noise", [1, 0, 1], n=8, spoil=1.0),
        case("fewer samples than weights: the smallest of all solutions", [1, 1], n=3, spoil=1.0),
        case("a kept channel that is always zero gets no weight", [1, 1], dead=(0,)),
    )


def _fits_no_worse(parts: Parts, x: Tensor, y: Tensor, w: Tensor, keep: Tensor) -> str | None:
    refitted = torch.from_numpy(parts[""])
    if refitted.shape != w.shape:
        return f"gives {tuple(refitted.shape)}, expected is the shape of w, {tuple(w.shape)}"
    if bool((refitted[:, ~keep] != 0).any()):
        return "leaves weights in dropped channels, they must be zero"
    errors = [
        float((y - torch.einsum("nck,ock->no", x, v.to(x.dtype))).square().sum()) for v in (refitted, w * keep[:, None])
    ]
    if errors[0] > errors[1] + 1e-3:
        return f"leaves a squared error of {errors[0]:.4g}; the old weights of the kept channels leave {errors[1]:.4g}"
    return None

"""Drawings of what else a network consists of, and the whole network run by the student's functions.

`normalization_sets` changes one value of a batch and lights what changes with it: with "batch" one channel of all
images, with "layer" one image. `run_network` shows a picture, what the assembled network says of it, and how far that
is from PyTorch.

This leaves out the inside of the network while it runs; `plots.shapes.network_shapes` has its shapes.

Source: the sets of values, after Wu and He 2018, figure 2, arXiv:1803.08494; ours
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from effdl import assembly, layers
from effdl.assembly import Functions
from effdl.data import Split
from effdl.nets import ResNet8
from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture
from effdl.plots.widget import WIDGET_DPI, Frame, hang_controls

__all__ = [
    "activations", "attention_map", "batch_sizes", "normalization_sets", "quality_and_cost", "run_frame", "run_network",
    "templates",
]  # fmt: skip

REFERENCES = Functions(layers.linear_forward, layers.pad2d, layers.conv2d, layers.normalize)
KINDS = ("batch", "layer", "instance", "group")
Forward = Callable[..., Tensor]


@waits_for_guess
def templates(w: Tensor, classes: Sequence[str], *, guess: Mapping[str, object] | None = None) -> Picture:
    """The weights of each neuron of a fully-connected layer, drawn as the picture that they look at.

    A blank guess at their number holds the picture back.

    Shapes: w (classes, side * side)
    Source: ours
    """
    side = round(w.shape[1] ** 0.5)
    fig, axes = panels(len(classes), height=1.25)
    largest = float(w.abs().max())
    for ax, weights, name in zip(axes, w, classes, strict=True):
        ax.imshow(weights.reshape(side, side).numpy(), cmap="RdBu_r", vmin=-largest, vmax=largest)
        ax.set_title(name, fontsize=6, fontweight="normal", loc="center")
        ax.axis("off")
    title = f"Each of {len(w)} neurons has one weight for each of {w.shape[1]} pixels"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}. Red speaks for the class, blue against it. Classes: {', '.join(classes)}.")


def activations() -> Picture:
    """Six activation functions, in three panels of two that are alike.

    Shapes: none
    Source: effdl.layers.activate
    """
    x = torch.linspace(-5, 8, 200)
    fig, axes = panels(3, height=2.4)
    pairs = (("sigmoid", "ReLU"), ("ReLU6", "leaky ReLU"), ("swish", "h-swish"))
    for ax, pair in zip(axes, pairs, strict=True):
        for index, kind in enumerate(pair):
            y = layers.activate(x, kind)
            ax.plot(x.numpy(), y.numpy(), "-" if index else "--", color=COLORS[index])
            name = kind if index else f"{kind}, dashed"
            ax.annotate(name, (0.05, 0.9 - 0.11 * index), xycoords="axes fraction", color=COLORS[index], fontsize=8)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.set(xlabel="sum of the cell body", ylim=(-1.2, 8.2))
    axes[0].set_ylabel("activation")
    gap = float((layers.activate(x, "swish") - layers.activate(x, "h-swish")).abs().max())
    title = f"h-swish follows swish within {gap:.2f} without an exponential"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    at = {kind: ", ".join(f"{v:.2f}" for v in layers.activate(torch.tensor([-1.0, 7.0]), kind)) for kind in
          layers.ACTIVATIONS}  # fmt: skip
    return picture(fig, f"{title}. At -1 and 7: " + "; ".join(f"{kind} {pair}" for kind, pair in at.items()) + ".")


def normalization_sets(normalize: Forward, *, n: int = 4, c: int = 6, groups: int = 2) -> Picture:
    """Change one value of a batch of n images with c channels, and light the images and channels that change with it.

    Shapes: none
    Source: after Wu and He 2018, figure 2, arXiv:1803.08494
    """
    x = torch.randn(n, c, 2, 2, generator=torch.Generator().manual_seed(0))
    changed = x.clone()
    changed[1, 1, 0, 0] += 1
    fig, axes = panels(len(KINDS), height=2.0)
    lit = {}
    for ax, kind in zip(axes, KINDS, strict=True):
        moved = (normalize(changed, kind, groups) - normalize(x, kind, groups)).abs().amax((2, 3)) > 1e-6
        lit[kind] = int(moved.sum())
        ax.imshow(moved.float().numpy(), cmap="Blues", vmin=0, vmax=1.6)
        ax.plot(1, 1, "o", color=COLORS[1])
        ax.hlines(np.arange(1, n) - 0.5, -0.5, c - 0.5, color="white", lw=1)
        ax.vlines(np.arange(1, c) - 0.5, -0.5, n - 0.5, color="white", lw=1)
        ax.set(xticks=[], yticks=[], xlabel="channel", ylabel="image" if kind == KINDS[0] else "")
        ax.set_title(f"{kind}: {lit[kind]}", fontsize=9)
        ax.grid(False)
    title = "One value changes (dot): " + ", ".join(f"{kind} moves {count}" for kind, count in lit.items())
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title} of {n * c} maps; group normalization has {groups} groups.")


@waits_for_guess
def batch_sizes(
    sizes: Sequence[int], percents: Sequence[float], stored: float, *, guess: Mapping[int, float] | None = None
) -> Picture:
    """Line: accuracy when normalization takes the statistics of batches of each size; the stored ones in grey.

    `guess` is a prediction, size -> percent, marked beside the line; the figure waits for a blank one.

    Shapes: percents as long as sizes
    Source: ours
    """
    fig, ax = panels(height=2.4)
    ax.axhline(stored, color=GREY, lw=1, ls="--")
    label(ax, (sizes[0], stored), "stored statistics", GREY, dx=0, dy=6)
    ax.plot(sizes, percents, "o-", color=COLORS[0])
    title = f"Normalized by batches of {sizes[0]}, {percents[0]:.0f} % are right; of {sizes[-1]}, {percents[-1]:.0f} %"
    ax.set(xscale="log", xlabel="pictures in a batch", ylabel="accuracy (%)", ylim=(0, 105), title=title)
    ax.set_xticks(sizes, [str(size) for size in sizes], minor=False)
    ax.minorticks_off()
    listed = ", ".join(f"{size}: {percent:.0f} %" for size, percent in zip(sizes, percents, strict=True))
    told = mark_guesses(ax, guess, dict(zip(sizes, percents, strict=True)), lambda size, percent: (size, percent))
    return picture(fig, f"{title}; stored statistics {stored:.0f} %. {listed}.{told}")


def attention_map(image: Tensor, shares: Tensor, token: int) -> Picture:
    """What one place of a picture attends to, and the whole map of shares.

    Shapes: image (h, w), shares (T, T) for T = side * side places, row by row
    Source: Vaswani et al. 2017, arXiv:1706.03762
    """
    n_token = len(shares)
    side = round(n_token**0.5)
    fig, (left, middle, right) = panels(3, height=2.4)
    left.imshow(image.numpy(), cmap="Greys")
    step = image.shape[0] / side
    row, column = divmod(token, side)
    left.plot((column + 0.5) * step - 0.5, (row + 0.5) * step - 0.5, "s", color=COLORS[1], ms=9)
    left.set_title("one place asks", fontsize=9)
    middle.imshow(shares[token].reshape(side, side).numpy(), cmap="viridis")
    middle.plot(column, row, "s", color=COLORS[1], ms=9)
    middle.set_title("where it looks", fontsize=9)
    right.imshow(shares.numpy(), cmap="viridis")
    right.set_title(f"all shares: {n_token} x {n_token}", fontsize=9)
    for ax in (left, middle, right):
        ax.axis("off")
    title = f"{n_token} places have {shares.numel()} shares, {2 * n_token} places would have {4 * shares.numel()}"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    most = int(shares[token].argmax())
    return picture(fig, f"{title}. Place {token} gives {100 * float(shares[token, most]):.0f} % to place {most}.")


def quality_and_cost(points: Mapping[str, tuple[int, float]], baseline: str) -> Picture:
    """Accuracy against the number of synapses; the baseline is the grey mark.

    Shapes: points {name: (synapses, accuracy in percent)}
    Source: ours
    """
    fig, ax = panels(height=2.4)
    for index, (name, (count, percent)) in enumerate(points.items()):
        color = GREY if name == baseline else COLORS[index % len(COLORS)]
        ax.plot(count, percent, "s" if name == baseline else "o", color=color, ms=7)
        label(ax, (count, percent), f"{name}: {percent:g} %", color, dx=7)
    best = max(points, key=lambda name: points[name][1])
    gain, factor = points[best][1] - points[baseline][1], points[best][0] / points[baseline][0]
    title = f"{best} has {factor:.0f} times the synapses of {baseline} and is {gain:.3g} points better"
    highest = max(count for count, _ in points.values())
    ax.set(xlabel="synapses", ylabel="validation accuracy (%)", xlim=(0, 1.45 * highest), title=title)
    ax.margins(y=0.35)
    listed = "; ".join(f"{name} {count:,} synapses, {percent:g} %" for name, (count, percent) in points.items())
    return picture(fig, f"{title}. {listed}.")


def run_frame(
    functions: tuple[Forward, Functions], net: ResNet8, split: Split, index: int, statistics: str = "stored"
) -> Frame:
    """Run picture `index` through the network assembled from `functions` and draw what it says.

    Shapes: split.images (n, 1, h, w), split.labels (n,)
    Source: ours
    """
    resnet_forward, own = functions
    image = split.images[index : index + 1]
    with torch.no_grad():
        logits = resnet_forward(image.clone(), assembly.own_parts(net, own, statistics=statistics))
        expected = net(image)
    shares = torch.softmax(logits[0], 0)
    said, truth = split.classes[int(shares.argmax())], split.classes[int(split.labels[index])]
    off = float((logits - expected).abs().max())
    same = "the same as PyTorch's" if off < 1e-3 else f"up to {off:.2g} away from PyTorch's"
    words = (
        f"picture {index}, a {truth}: your network says {said} ({100 * float(shares.max()):.0f} %), "
        f"statistics {statistics}; its logits are {same}"
    )
    fig, (left, right) = panels(2, height=2.7, width_ratios=(1, 1.5))
    left.imshow(image[0, 0].numpy(), cmap="Greys")
    left.set_title(truth)
    left.axis("off")
    colors = [COLORS[2] if name == truth else COLORS[0] for name in split.classes]
    right.barh(split.classes, (100 * shares).tolist(), color=colors)
    right.invert_yaxis()
    right.set(xlim=(0, 100), xlabel="share given to each class (%)", title=f"says {said}")
    return Frame(picture(fig, words, dpi=WIDGET_DPI).png, words)


def run_network(resnet_forward: Forward, functions: Sequence[Forward], net: ResNet8, split: Split) -> Picture:
    """Run pictures through the network made of your functions (picture, statistics); returns four of them, drawn.

    `functions` are linear_forward, pad2d, conv2d and normalize, in this order.

    Shapes: split.images (n, 1, h, w), split.labels (n,)
    Source: ours
    """
    import ipywidgets as widgets

    controls = {
        "index": widgets.IntSlider(value=0, min=0, max=len(split) - 1, description="picture"),
        "statistics": widgets.SelectionSlider(options=["stored", "batch"], value="stored", description="statistics"),
    }

    def draw(by: tuple[Forward, Functions], index: int, statistics: str) -> Frame:
        return run_frame(by, net, split, index, statistics)

    hang_controls(controls, draw, (resnet_forward, Functions(*functions)), (assembly.resnet_forward, REFERENCES))
    with torch.no_grad():
        shares = torch.softmax(net(split.images[:4]), 1)
    fig, axes = panels(4, height=2.0)
    said = []
    for ax, image, share, truth in zip(axes, split.images, shares, split.labels.tolist(), strict=False):
        ax.imshow(image[0].numpy(), cmap="Greys")
        ax.axis("off")
        correct = int(share.argmax()) == truth
        said.append(f"{split.classes[int(share.argmax())]}, {100 * float(share.max()):.0f} %")
        said[-1] += ", right" if correct else f", wrong, it is a {split.classes[truth]}"
        ax.set_title(said[-1].replace(" %, ", " %\n"), fontsize=8, color=COLORS[2] if correct else COLORS[1])
    right = int((shares.argmax(1) == split.labels[:4]).sum())
    title = f"{right} of the first 4 pictures are named rightly"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}: {'; '.join(said)}.")

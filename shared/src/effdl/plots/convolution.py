"""Drawings of what a convolution does to a real picture: four ways to pad it, filters that answer to edges.

Each function takes what the lab computed and draws it; `paddings` of a 28 x 28 picture by 6 are four of 40 x 40.

This leaves out color: the pictures have one channel.

Source: ours
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from effdl.plots.style import COLORS, GREY, Picture, panels, picture

__all__ = ["filters", "paddings"]


def paddings(padded: Mapping[str, Tensor], padding: int) -> Picture:
    """The same picture padded in several modes, the original framed.

    Shapes: padded {mode: (1, 1, h + 2 padding, w + 2 padding)}
    Source: ours
    """
    fig, axes = panels(len(padded), height=2.1)
    for ax, (mode, image) in zip(axes, padded.items(), strict=True):
        height, width = image.shape[2:]
        ax.imshow(image[0, 0].numpy(), cmap="Greys")
        inner = (padding - 0.5, height - padding - 0.5, width - padding - 0.5)
        ax.plot([inner[0], inner[2], inner[2], inner[0], inner[0]], [inner[0], inner[0], inner[1], inner[1], inner[0]],
                color=COLORS[1], lw=1)  # fmt: skip
        ax.set_title(mode, fontsize=9)
        ax.axis("off")
    height, width = next(iter(padded.values())).shape[2:]
    title = f"{height - 2 * padding} x {width - 2 * padding} pixels become {height} x {width}; the modes differ outside"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    return picture(fig, f"{title}, the orange frame. Modes: {', '.join(padded)}.")


def filters(image: Tensor, answers: Mapping[str, Tensor]) -> Picture:
    """A picture and what some filters answer, red where positive, blue where negative.

    Shapes: image (1, 1, h, w), answers {name: (1, 1, h', w')}
    Source: ours
    """
    fig, axes = panels(1 + len(answers), height=2.1)
    axes[0].imshow(image[0, 0].numpy(), cmap="Greys")
    axes[0].set_title("picture", fontsize=9, color=GREY)
    axes[0].axis("off")
    means = {}
    for ax, (name, answer) in zip(axes[1:], answers.items(), strict=True):
        largest = float(answer.abs().max())
        ax.imshow(answer[0, 0].numpy(), cmap="RdBu_r", vmin=-largest, vmax=largest)
        ax.set_title(name, fontsize=9)
        ax.axis("off")
        means[name] = float(answer.abs().mean())
    title = f"Nine weights find edges: '{max(means, key=means.get)}' answers loudest"
    fig.suptitle(title, x=0.01, ha="left", fontsize=10, fontweight="bold")
    listed = ", ".join(f"{name} {mean:.2f}" for name, mean in means.items())
    return picture(fig, f"{title}. Red positive, blue negative. Mean absolute answers: {listed}.")

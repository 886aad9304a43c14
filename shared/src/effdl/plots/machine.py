"""Drawings of what a kernel costs: memories side by side, instructions, speed on the host, the roof above it.

Each function takes plain numbers, draws one message and returns a `Picture` whose title and description are computed
from what it was given.

This leaves out any measuring: the lab does that, and hands the result over.

Source: ours; rooflines as in Williams et al. 2009
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from effdl.hostspeed import Machine, Speed, attainable_gmacs
from effdl.kernels import Measured
from effdl.plots.predictions import mark_guesses, waits_for_guess
from effdl.plots.style import COLORS, GREY, Picture, label, panels, picture

__all__ = ["MEMORIES", "hierarchy", "host", "instructions", "roofline"]

Memory = tuple[str, int]
HATCH = "///"
# bytes; the microcontroller from its data sheet, the workstation from its maker's description
MEMORIES: dict[str, tuple[Memory, ...]] = {
    "STM32F746, one core, 216 MHz": (
        ("registers", 52),
        ("data cache", 4 << 10),
        ("SRAM", 320 << 10),
        ("flash", 1 << 20),
    ),
    "M1 Ultra, 20 cores, 3.2 GHz": (("L1 data, a core", 128 << 10), ("L2", 48 << 20), ("memory", 64 << 30)),
}


def hierarchy(memories: Mapping[str, Sequence[Memory]]) -> Picture:
    """Bars: how many bytes each level of two machines' memories holds, on one logarithmic axis.

    Shapes: memories {machine: [(level, bytes)]}, the last level but flash being where activations live
    Source: ours
    """
    fig, ax = panels(height=2.9)
    rows = [(machine, level, size) for machine, levels in memories.items() for level, size in levels]
    for row, (machine, level, size) in enumerate(rows):
        color = COLORS[list(memories).index(machine)]
        ax.barh(row, size, color=color, height=0.6)
        label(ax, (size, row), f"{level}: {_bytes(size)}", color)
    ax.set(xscale="log", xlim=(16, 1e15), yticks=[], xlabel="bytes")
    ax.set_xticks([2**10, 2**20, 2**30], ["1 KiB", "1 MiB", "1 GiB"])
    ax.invert_yaxis()
    ax.grid(False)
    small, large = ([level for level in levels if level[0] != "flash"][-1][1] for levels in memories.values())
    title = f"{large // small:,} times less memory to compute in, and nothing behind it"
    for row, (machine, levels) in zip(np.cumsum([0, *map(len, memories.values())]), memories.items(), strict=False):
        color = COLORS[list(memories).index(machine)]
        ax.text(3e9, row + 0.5 * (len(levels) - 1), machine, color=color, fontsize=8, va="center")
    ax.set_title(title)
    text = "; ".join(f"{machine}: " + ", ".join(f"{n} {_bytes(s)}" for n, s in of) for machine, of in memories.items())
    return picture(fig, f"{title}. {text}.")


@waits_for_guess
def instructions(found: Sequence[Measured], *, part: str = "", guess: Mapping[str, float] | None = None) -> Picture:
    """Bars: instructions for each MAC of several kernels, branches set apart; the first kernel is the baseline.

    `guess` is a prediction, name on the axis -> instructions, marked at the bars; the figure waits for a blank one.

    Shapes: none
    Source: ours
    """
    per_mac = {each.kernel.removeprefix("matmul_").replace("_", " "): each.per_mac for each in found}
    names = list(per_mac)
    fig, ax = panels(height=0.9 + 0.36 * len(found))
    for row, each in enumerate(found):
        branches = each.branches / each.macs
        color = COLORS[0] if row else GREY
        ax.barh(row, each.per_mac - branches, color=color, height=0.55)
        ax.barh(row, branches, left=each.per_mac - branches, color=COLORS[1], height=0.55, hatch=HATCH, ec="white")
        # beside the axes, where no guess comes to lie
        says = f"{each.per_mac:.2f}, about {each.ms_estimate:.2f} ms"
        ax.text(1.01, row, says, transform=ax.get_yaxis_transform(), color="#333333", va="center", fontsize=8)
    ax.set(yticks=range(len(names)), yticklabels=names, xlabel="instructions a MAC (hatched: branches)")
    ax.set_xlim(0, 1.05 * max(per_mac.values()))
    ax.invert_yaxis()
    ax.grid(False)
    told = mark_guesses(ax, guess, per_mac, lambda name, value: (value, names.index(name)), offset=(-4, 13))
    ratio = found[0].per_mac / min(per_mac.values())
    title = f"The fastest takes {ratio:.1f} times fewer instructions than the {names[0]} one"
    ax.set_title(title)
    rows = "; ".join(
        f"{n} {e.per_mac:.2f}, branches {e.branches / e.macs:.2f}" for n, e in zip(names, found, strict=True)
    )
    where = f" on {part}" if part else ""
    return picture(fig, f"{title}. Instructions a MAC{where}: {rows}.{told}")


def host(speeds: Sequence[Speed]) -> Picture:
    """Bars on a logarithmic axis: billions of MACs a second; the first is the baseline, libraries are hatched.

    Shapes: none
    Source: ours
    """
    fig, ax = panels(height=0.9 + 0.27 * len(speeds))
    for row, speed in enumerate(speeds):
        ours = not speed.name.startswith(("NumPy", "PyTorch"))
        color = COLORS[2] if not ours else COLORS[0] if row else GREY
        ax.barh(row, speed.gmacs, color=color, height=0.62, hatch="" if ours else HATCH, ec="white")
        label(ax, (speed.gmacs, row), _short(speed.gmacs), color)
    ax.set(xlabel="billion MACs a second, one thread (hatched: libraries)", xscale="log")
    ax.set(yticks=range(len(speeds)), yticklabels=[speed.name for speed in speeds])
    ax.set_xlim(None, 3 * max(speed.gmacs for speed in speeds))
    ax.invert_yaxis()
    ax.grid(False)
    ours = max((s for s in speeds if not s.name.startswith(("NumPy", "PyTorch"))), key=lambda speed: speed.gmacs)
    title = f"'{ours.name}' is {ours.gmacs / speeds[0].gmacs:.0f} times as fast as '{speeds[0].name}'"
    ax.set_title(title)
    rows = ", ".join(f"{speed.name} {_short(speed.gmacs)}" for speed in speeds)
    return picture(fig, f"{title}. Billion MACs a second: {rows}.")


def roofline(points: Sequence[tuple[str, float, float]], machine: Machine) -> Picture:
    """Kernels under the measured roof: MACs a byte against billions of MACs a second.

    Shapes: points [(name, MACs a byte, GMAC a second)]
    Source: Williams et al. 2009
    """
    fig, ax = panels(height=3.2)
    ridge = machine.peak_gmacs / machine.bandwidth_gbytes
    reach = [min(0.25, *(x for _, x, _ in points)) / 2, max(4 * ridge, *(8 * x for _, x, _ in points))]
    x = np.geomspace(*reach, 200)
    ax.plot(x, [attainable_gmacs(each, machine) for each in x], color=GREY)
    label(ax, (ridge, machine.peak_gmacs), f"{machine.peak_gmacs:.0f} GMAC/s, float32", GREY, dy=8, dx=0)
    label(ax, (x[20], attainable_gmacs(x[20], machine)), f"{machine.bandwidth_gbytes:.1f} GB/s", GREY, dx=8, dy=-4)
    for index, (name, at, gmacs) in enumerate(points):
        color = COLORS[index % len(COLORS)]
        ax.plot(at, gmacs, "o", color=color)
        # the rising roof leaves room to the left above it, and to the right below it
        over = gmacs > attainable_gmacs(at, machine)
        away, side = ((7, 0), "left") if at >= ridge else ((-5, 6), "right") if over else ((7, -5), "left")
        ax.annotate(name, (at, gmacs), away, textcoords="offset points", color=color, ha=side, va="center", fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="MACs for each byte from memory", ylabel="billion MACs a second")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_major_formatter("{x:g}")
    bound = [name for name, at, _ in points if at < ridge]
    title = f"Left of {ridge:.0f} MACs a byte memory is the limit" + (f": {', '.join(bound)}" if bound else "")
    ax.set_title(title)
    rows = "; ".join(
        f"{name} at {at:.1f} reaches {_short(gmacs)} of {_short(attainable_gmacs(at, machine))}"
        for name, at, gmacs in points
    )
    return picture(fig, f"{title}. Peak {machine.peak_gmacs:.0f} GMAC/s, {machine.bandwidth_gbytes:.1f} GB/s; {rows}.")


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _bytes(size: int) -> str:
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if size >= 1 << power:
            return f"{size / (1 << power):g} {unit}"
    return f"{size} bytes"

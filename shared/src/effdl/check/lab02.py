"""The visible checks of lab 02: what each exercise's function is tried on."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from effdl import counting, energy, latency, liveness, roofline
from effdl.check.case import Case, Parts, Plan, WrongKind, whole
from effdl.counting import Layer
from effdl.energy import HOROWITZ_45NM, Arithmetic, Table
from effdl.liveness import Step
from effdl.roofline import Machine, Work

__all__ = ["plans"]


def plans() -> dict[str, Plan]:
    """Exercise -> its visible check."""
    return {
        "2.1": Plan(("count_parameters", "model_bytes"), "parameters and bytes match in {n} cases", _sizes()),
        "2.2": Plan(("layer_macs",), "MACs and output shapes match for {n} layers", _macs()),
        "2.3": Plan(("live_activations",), "what is alive matches at each step of {n} networks", _live()),
        "2.4": Plan(("roofline_ms",), "times and sides match in {n} cases, largest error {error} ms", _roofline()),
        "2.5": Plan(("summarize",), "the summaries of {n} runs match, largest error {error}", _summaries()),
        "2.6": Plan(("energy_pj",), "energies match in {n} cases, largest error {error} pJ", _energy()),
    }


def _whole_number(result: Any) -> Parts:
    if isinstance(result, float):
        raise WrongKind(f"returns {result!r}, asked for is an integer: // divides without a rest")
    return whole(result)


def _sizes() -> tuple[Case, ...]:
    count = partial(Case, function="count_parameters", reference=counting.count_parameters, parts=_whole_number)
    size = partial(Case, function="model_bytes", reference=counting.model_bytes, parts=_whole_number)

    def layer(about: str, *numbers: Any, **options: Any) -> Case:
        return count(about, args={"layer": Layer(*numbers, **options)})

    def mixed(about: str, counts: dict[str, int], bits: dict[str, int]) -> Case:
        return size(about, args={"counts": counts, "bits": bits})

    bad = {"layer": Layer("conv", 6, 8, groups=4)}
    return (
        layer("a convolution of 2 x 3 taps, 4 channels to 5", "conv", 4, 5, (2, 3)),
        layer("the same with biases", "conv", 4, 5, (2, 3), bias=True),
        layer("three groups", "conv", 6, 9, (3, 1), groups=3),
        layer("depthwise, with biases", "conv", 7, 7, (3, 3), 2, 1, 7, True),
        layer("a linear layer", "linear", 11, 4),
        layer("a linear layer with biases", "linear", 11, 4, bias=True),
        Case("4 groups of 6 channels", "count_parameters", bad, raises=ValueError),
        Case("a kind that is neither", "count_parameters", {"layer": Layer("pool", 4, 4)}, raises=ValueError),
        mixed("8-bit numbers are bytes", {"a": 10, "b": 3}, {"a": 8, "b": 8}),
        mixed("three numbers of 4 bits, behind them five of 2 bits", {"a": 3, "b": 5}, {"a": 4, "b": 2}),
        mixed("half precision beside what has no bits named", {"a": 3, "bn": 2}, {"a": 16}),
        mixed("bits for a name that is not there", {"a": 3}, {"a": 3, "b": 8}),
    )


def _macs() -> tuple[Case, ...]:
    def case(about: str, layer: Layer, *in_shape: int) -> Case:
        args = {"layer": layer, "in_shape": in_shape}
        return Case(about, "layer_macs", args, counting.layer_macs, parts=_macs_and_shape)

    bad = {"layer": Layer("conv", 3, 4), "in_shape": (4, 5, 5)}
    return (
        case("3 x 3 taps on 8 x 6 places, 2 channels to 5", Layer("conv", 2, 5, (3, 3)), 2, 8, 6),
        case("padding keeps the size", Layer("conv", 2, 5, (3, 3), padding=1), 2, 8, 6),
        case("stride 2", Layer("conv", 2, 5, (3, 3), stride=2), 2, 9, 6),
        case("taps of 1 x 4", Layer("conv", 1, 2, (1, 4)), 1, 5, 7),
        case("two groups, with biases", Layer("conv", 4, 6, (3, 3), groups=2, bias=True), 4, 5, 5),
        case("depthwise at stride 2", Layer("conv", 6, 6, (3, 3), 2, 1, 6), 6, 8, 7),
        case("a linear layer", Layer("linear", 12, 5, bias=True), 12),
        case("a linear layer on each of 7 tokens", Layer("linear", 4, 3), 7, 4),
        case("a linear layer on 2 x 3 places", Layer("linear", 4, 5), 2, 3, 4),
        Case("4 channels where the layer takes 3", "layer_macs", bad, raises=ValueError),
    )


def _macs_and_shape(result: Any) -> Parts:
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[1], tuple | list):
        raise WrongKind(f"returns {result!r}, asked for are two things: the MACs and the output's shape, a tuple")
    return {"MACs": _whole_number(result[0])[""], "output shape": np.array(result[1])}


def _live() -> tuple[Case, ...]:
    def case(about: str, *rows: tuple) -> Case:
        steps = [Step(name, tuple(read.split()), *rest) for name, read, *rest in rows]
        return Case(about, "live_activations", {"steps": steps}, liveness.live_activations, parts=_values)

    over = [Step("x", (), 4), Step("relu", ("x",), 4, True), Step("y", ("relu", "x"), 4)]
    return (
        case("a chain of three", ("x", "", 8), ("a", "x", 3), ("b", "a", 5)),
        case("y adds x again at the end", ("x", "", 4), ("a", "x", 6), ("b", "a", 4), ("y", "b x", 4)),
        case("x is read twice, then done", ("x", "", 4), ("a", "x", 6), ("b", "x", 3), ("y", "a b", 5), ("z", "y", 1)),
        case("an early result stays to the end", ("x", "", 4), ("early", "x", 7), ("a", "x", 2), ("b", "a", 3)),
        case("a step in place", ("x", "", 9), ("relu", "x", 9, True), ("y", "relu", 2)),
        case(
            "an addition in place, over its first input",
            *(("x", "", 4), ("a", "x", 6), ("b", "a", 4), ("y", "b x", 4, True)),
        ),
        case("one step", ("x", "", 5)),
        Case("relu writes over x, which y still reads", "live_activations", {"steps": over}, raises=ValueError),
    )


def _values(result: Any) -> Parts:
    if not isinstance(result, tuple | list):
        raise WrongKind(f"returns {result!r}, asked for is a list: the values alive at each step")
    return {"": np.array(result)}


def _roofline() -> tuple[Case, ...]:
    def case(about: str, work: Work, machine: Machine, batch: int = 1, bits: int = 32, overlap: bool = True) -> Case:
        args = {"work": work, "machine": machine, "batch": batch, "bits": bits, "overlap": overlap}
        return Case(about, "roofline_ms", args, roofline.roofline_ms, parts=_ms_and_side)

    dense, thin, machine = Work(3_000_000, 20_000, 5_000), Work(100_000, 100_000, 700), Machine(2e9, 1e9)
    return (
        case("3 million MACs on few values", dense, machine),
        case("a matrix by a vector", thin, machine),
        case("a matrix by 50 vectors", thin, machine, 50),
        case("8 bits", thin, machine, 1, 8),
        case("12 bits, 3 inputs", thin, machine, 3, 12),
        case("no overlap", dense, machine, 1, 32, False),
        case("no overlap, memory is slower", thin, machine, 2, 32, False),
        case("both sides take 2 ms", Work(1000, 400, 100), Machine(1e6, 1e6)),
    )


def _ms_and_side(result: Any) -> Parts:
    if not isinstance(result, tuple | list) or len(result) != 2 or not isinstance(result[1], str):
        raise WrongKind(f'returns {result!r}, asked for is Bound(ms, side), the side "compute" or "memory"')
    return {"ms": whole(result[0])[""], "side": np.array(result[1])}


def _energy() -> tuple[Case, ...]:
    def case(about: str, macs: int, dtype: str, **values: int) -> Case:
        args = {"macs": macs, "values": values, "dtype": dtype, "table": HOROWITZ_45NM}
        return Case(about, "energy_pj", args, energy.energy_pj, parts=_by_name)

    table = Table({"int11": Arithmetic(2.0, 0.5, 11)}, {"flash": 7.0})
    own = {"macs": 10, "values": {"flash": 5}, "dtype": "int11", "table": table}
    bad = {"macs": 1, "values": {}, "dtype": "int4", "table": HOROWITZ_45NM}
    absent = {"macs": 1, "values": {"disk": 1}, "dtype": "int8", "table": HOROWITZ_45NM}
    return (
        case("a thousand float32 MACs, nothing moved", 1000, "float32"),
        case("100 float32 values from each memory", 1000, "float32", SRAM=100, DRAM=100),
        case("int8 MACs", 1000, "int8"),
        case("100 int8 values: 25 words", 1000, "int8", SRAM=100, DRAM=100),
        case("101 int8 values: 26 words", 0, "int8", DRAM=101),
        case("7 float16 values: 4 words", 0, "float16", SRAM=7),
        Case("another table: 2 values of 11 bits fit a word", "energy_pj", own, energy.energy_pj, parts=_by_name),
        Case("a type that the table lacks", "energy_pj", bad, raises=ValueError),
        Case("a memory that the table lacks", "energy_pj", absent, raises=ValueError),
    )


def _by_name(result: Any) -> Parts:
    if not isinstance(result, dict):
        raise WrongKind(f'returns {result!r}, asked for is a dict: {{"MACs": pJ, and each memory: pJ}}')
    return {str(name): whole(value)[""].astype(float) for name, value in result.items()}


def _summaries() -> tuple[Case, ...]:
    def case(about: str, *samples: float, n_warmup: int = 0) -> Case:
        args = {"samples": list(samples), "n_warmup": n_warmup}
        return Case(about, "summarize", args, latency.summarize, parts=_summary)

    draw = np.random.default_rng(0)
    many = (5 + draw.lognormal(0, 0.5, 30)).round(1).tolist()
    return (
        case("1 to 11, mixed", 7, 3, 11, 1, 5, 9, 2, 8, 10, 4, 6),
        case("ten samples: the median lies between two", 7, 3, 1, 5, 9, 2, 8, 10, 4, 6),
        case("two slow samples at first, warm-up", 900, 80, 5, 3, 4, 6, 7, 9, 8, n_warmup=2),
        case("one sample far above", *range(10, 20), 60),
        case("one far above, one far below", *range(50, 62), 99, 3),
        case("30 samples with a long tail", *many),
        case("six samples: from the smallest to the largest", 4, 2, 6, 1, 5, 3),
        Case("five samples", "summarize", {"samples": [1.0] * 5, "n_warmup": 0}, raises=ValueError),
        Case("five samples after warm-up", "summarize", {"samples": [1.0] * 8, "n_warmup": 3}, raises=ValueError),
    )


def _summary(result: Any) -> Parts:
    if not isinstance(result, tuple | list) or len(result) != 4:
        raise WrongKind(f"returns {result!r}, asked for is Summary(median, low, high, n_outliers)")
    named = zip(latency.Summary._fields, result, strict=True)
    parts = {name: whole(value)[""] for name, value in named}
    return {name: value if name == "n_outliers" else value.astype(float) for name, value in parts.items()}

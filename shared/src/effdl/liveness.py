"""Count the activations that are in memory at once: what a network needs to run, beside its weights.

A step writes one tensor and reads earlier ones. A tensor is alive from the step that writes it to the last one that
reads it; one that nobody reads is a result and stays to the end. While a step runs, what it reads, what it writes and
whatever else is alive are there together, and the largest such sum is the peak. For x (4 values) -> a (6) -> b (4) and
y = b + x (4) that is 4, 10, 14, 12: x waits for y, and costs its 4 values at b too.

What this leaves out: where in memory each tensor is put (fragments), convolutions computed in strips or patches, and
scratch memory of kernels. `trace` folds batch normalization, activation functions and reshaping into the layer before
them, as inference engines do, and lets an addition write over its first input.

Sources: Sandler et al. 2018, section 5.1, arXiv:1801.04381; Lin et al. 2021, MCUNetV2, arXiv:2110.15352.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import fx, nn
from torch.fx.passes.shape_prop import ShapeProp

from effdl.counting import brief

__all__ = ["Step", "live_activations", "trace"]

FOLDED = (nn.BatchNorm2d, nn.ReLU, nn.ReLU6, nn.Identity, nn.Flatten, nn.Dropout)
FOLDED_FUNCTIONS = ("relu", "flatten", "size")


class Step(NamedTuple):
    """A step of a network: the tensor that it writes, the names of those that it reads, how many values it writes.

    `in_place`: it writes over its first input, the two being one piece of memory while it runs.
    """

    name: str
    inputs: tuple[str, ...]
    count: int
    in_place: bool = False

    def __repr__(self) -> str:
        return brief(self)


def live_activations(steps: Sequence[Step]) -> list[int]:
    """How many values are in memory while each step runs; the largest of them is the peak.

    A tensor is alive from its own step to the last step that reads it; if no step reads it, to the end. A step that
    works in place writes over its first input: that input is not counted beside it.

    Shapes: -> a list, as long as steps
    Raises: ValueError if a step in place writes over a tensor that a later step reads
    Source: Lin et al. 2021, section 3, arXiv:2110.15352

    >>> live_activations([Step("x", (), 4), Step("a", ("x",), 6), Step("b", ("a",), 4), Step("y", ("b", "x"), 4)])
    [4, 10, 14, 12]
    """
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(f"live_activations: {step.name} writes over {step.inputs[0]}, which is read later")
            values -= count[step.inputs[0]]
        live.append(values)
    return live


def trace(net: nn.Module, input_shape: tuple[int, ...]) -> list[Step]:
    """The steps of a network for one input: its input, then each layer, addition and mean in the order they run.

    Shapes: input_shape without a batch axis
    Source: torch.fx

    >>> [step[:3] for step in trace(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU()), (1, 5, 5))]
    [('input', (), 25), ('0', ('input',), 18)]
    """
    graph = fx.symbolic_trace(net)
    device = next(net.parameters()).device
    with torch.no_grad():
        ShapeProp(graph).propagate(torch.zeros(1, *input_shape, device=device))
    stands_for: dict[fx.Node, str] = {}
    steps: list[Step] = []
    for node in graph.graph.nodes:
        read = tuple(stands_for[source] for source in node.all_input_nodes)
        if node.op == "output" or (read and _is_folded(node, graph)):
            stands_for[node] = read[0]
            continue
        stands_for[node] = {"placeholder": "input", "call_module": node.target}.get(node.op, node.name)
        count = math.prod(node.meta["tensor_meta"].shape[1:])
        steps.append(Step(stands_for[node], read, count, len(read) > 1))
    return steps


def _is_folded(node: fx.Node, graph: fx.GraphModule) -> bool:
    if node.op == "call_module":
        return isinstance(graph.get_submodule(node.target), FOLDED)
    return getattr(node.target, "__name__", node.target) in FOLDED_FUNCTIONS

"""What is alive agrees with a simulation that frees each tensor when its last reader is done."""

import pytest
import torch
from effdl import alexnet, liveness, nets
from effdl.liveness import Step, live_activations
from torch import nn


def simulated(steps):
    """Hold tensors by their number of readers that are still to come, as an interpreter would."""
    waiting = {step.name: sum(step.name in each.inputs for each in steps) for step in steps}
    results = {name for name, readers in waiting.items() if readers == 0}
    memory, held = {}, []
    for step in steps:
        if step.in_place:
            del memory[step.inputs[0]]
        memory[step.name] = step.count
        held.append(sum(memory.values()))
        for name in step.inputs:
            waiting[name] -= 1
            if waiting[name] == 0 and name not in results:
                memory.pop(name, None)
    return held


def drawn(n, seed):
    """A random network of n steps, each reading one or two earlier ones."""
    draw = torch.Generator().manual_seed(seed)

    def number(low, high):
        return int(torch.randint(low, high, (1,), generator=draw))

    steps = [Step("t0", (), number(1, 50))]
    for i in range(1, n):
        reads = {f"t{number(0, i)}" for _ in range(number(1, 3))}
        steps.append(Step(f"t{i}", tuple(sorted(reads)), number(1, 50)))
    return steps


@pytest.mark.parametrize("seed", range(20))
def test_random_networks_hold_what_a_simulation_holds(seed):
    steps = drawn(9, seed)
    assert live_activations(steps) == simulated(steps)


def test_a_skip_connection_waits_for_its_addition():
    chain = [Step("x", (), 5), Step("a", ("x",), 7), Step("b", ("a",), 5)]
    assert live_activations([*chain, Step("y", ("b",), 5)]) == [5, 12, 12, 10]
    assert live_activations([*chain, Step("y", ("b", "x"), 5)]) == [5, 12, 17, 15]
    assert live_activations([*chain, Step("y", ("b", "x"), 5, in_place=True)]) == [5, 12, 17, 10]


def test_a_step_in_place_agrees_with_a_simulation():
    steps = [Step("x", (), 6), Step("r", ("x",), 6, True), Step("a", ("r",), 3), Step("s", ("a",), 3, True)]
    assert live_activations(steps) == simulated(steps) == [6, 6, 9, 3]


def test_writing_over_what_is_read_later_is_refused_by_name():
    steps = [Step("x", (), 6), Step("r", ("x",), 6, True), Step("y", ("r", "x"), 6)]
    with pytest.raises(ValueError, match="r writes over x"):
        live_activations(steps)


def test_a_result_stays_to_the_end():
    assert live_activations([Step("x", (), 2), Step("early", ("x",), 3), Step("late", ("x",), 4)]) == [2, 5, 9]


def test_the_peaks_of_the_course_s_networks():
    peaks = [max(live_activations(liveness.trace(net, (1, 28, 28)))) for net in (nets.ResNet8(), nets.MobileNetV2())]
    assert peaks == [3 * 16 * 14 * 14, (16 + 96 + 96) * 14 * 14]


def test_alexnet_peaks_at_its_first_layer():
    steps = liveness.trace(alexnet.alexnet(), alexnet.INPUT)
    live = live_activations(steps)
    assert (sum(step.count for step in steps), max(live), live[1]) == (932_264, 440_928, 3 * 224 * 224 + 96 * 55 * 55)


def test_a_traced_network_writes_what_its_modules_write():
    net, seen = nets.MobileNetV2().eval(), {}
    for name, module in net.named_modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            module.register_forward_hook(lambda _m, _i, y, name=name: seen.update({name: y[0].numel()}))
    net(torch.zeros(1, 1, 28, 28))
    counts = {step.name: step.count for step in liveness.trace(net, (1, 28, 28))}
    assert {name: counts[name] for name in seen} == seen

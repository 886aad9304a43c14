"""Counts agree with PyTorch's own counter; bytes with what one would write to a file."""

import math

import numpy as np
import pytest
import torch
from effdl import cost, nets
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def flops_by_pytorch(net: nn.Module, shape: tuple[int, ...]) -> int:
    with FlopCounterMode(display=False) as counter:
        net.eval()(torch.zeros(1, *shape))
    return counter.get_total_flops()


@pytest.mark.parametrize(
    ("net", "shape"),
    [
        (nets.ResNet8(), (1, 28, 28)),
        (nets.SmallCNN(), (1, 28, 28)),
        (nn.Conv2d(4, 6, (3, 1), stride=2, padding=1, dilation=2, bias=True), (4, 9, 11)),
        (nn.Conv2d(4, 8, 3, groups=4), (4, 5, 5)),
        (nn.Sequential(nn.Flatten(), nn.Linear(12, 5)), (3, 2, 2)),
        (nn.Linear(4, 3), (7, 4)),
    ],
)
def test_flops_are_those_that_pytorch_counts(net, shape):
    assert cost.flops(net, shape) == flops_by_pytorch(net, shape)
    assert cost.macs(net, shape) * 2 == cost.flops(net, shape)


def test_macs_of_resnet8_are_those_that_the_labs_quote():
    assert cost.macs(nets.ResNet8(), (1, 28, 28)) == 2_552_000


def test_counting_leaves_no_hook_and_no_other_mode():
    net = nets.SmallCNN().train()
    net.layers[0].eval()
    cost.macs(net, (1, 28, 28))
    assert net.training
    assert not net.layers[0].training
    assert not any(module._forward_hooks for module in net.modules())


def test_a_shape_that_does_not_fit_is_named_and_leaves_no_hook():
    net = nets.SmallCNN()
    with pytest.raises(ValueError, match=r"\(3, 28, 28\)"):
        cost.macs(net, (3, 28, 28))
    assert not any(module._forward_hooks for module in net.modules())


def test_parameters_are_counted_without_running_statistics():
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))
    assert cost.parameters(net) == 3 * 2 * 9 + 3 + 3 + 3


def half_of(*shape: int) -> torch.Tensor:
    return (torch.arange(math.prod(shape)) % 2 == 0).reshape(shape)


@pytest.mark.parametrize("value_bits", [32, 16, 8, 4])
@pytest.mark.parametrize("shape", [(8, 4, 3, 3), (8, 4, 3), (8, 4), (8,)])
def test_bytes_are_the_length_of_what_one_would_write(shape, value_bits):
    weight, mask = torch.randn(8, 4, 3, 3), half_of(*shape)
    spread = mask.reshape(*shape, *[1] * (4 - len(shape))).expand_as(weight)
    values = np.packbits(np.zeros(int(spread.sum()) * value_bits, dtype=np.uint8))
    bitmask = np.packbits(mask.numpy().reshape(-1))
    indices = np.flatnonzero(mask.numpy()).astype(np.uint16)
    stored = {
        name: cost.stored_bytes(weight, mask, format=name, value_bits=value_bits) for name in ("bitmask", "index16")
    }
    assert stored == {"bitmask": values.nbytes + bitmask.nbytes, "index16": values.nbytes + indices.nbytes}


def test_dense_storage_keeps_the_zeros():
    assert cost.stored_bytes(torch.zeros(8, 4, 3, 3), half_of(8)) == 8 * 4 * 9 * 4


def test_compact_storage_of_filters_has_no_overhead():
    assert cost.stored_bytes(torch.ones(8, 4, 3, 3), half_of(8), format="compact") == 4 * 4 * 9 * 4


def test_two_of_four_takes_two_bits_for_each_value_kept():
    weight, mask = torch.ones(8, 4, 3, 3), torch.zeros(8, 4, 3, 3, dtype=torch.bool)
    mask[:, 1:3] = True
    assert cost.stored_bytes(weight, mask, format="n:m") == 144 * 4 + 144 * 2 // 8


def test_one_of_eight_takes_three_bits():
    mask = torch.zeros(2, 8, 1, 1, dtype=torch.bool)
    mask[:, 5] = True
    assert cost.stored_bytes(torch.ones(2, 8, 1, 1), mask, format="n:m", value_bits=8, m=8) == math.ceil((16 + 6) / 8)


@pytest.mark.parametrize(
    ("mask", "format", "message"),
    [
        (half_of(8), "zip", "'zip'"),
        (None, "bitmask", "None"),
        (half_of(8).float(), "bitmask", "bool"),
        (half_of(4), "bitmask", r"\(4,\)"),
        (half_of(8, 4), "compact", "whole filters"),
        (half_of(8, 4), "n:m", "n:4"),
        (torch.rand(8, 4, 3, 3, generator=torch.Generator().manual_seed(0)) > 0.5, "n:m", "n:4"),
    ],
)
def test_what_a_format_cannot_hold_is_refused(mask, format, message):
    with pytest.raises(ValueError, match=message):
        cost.stored_bytes(torch.ones(8, 4, 3, 3), mask, format=format)


def test_sixteen_bits_reach_no_further_than_65536_groups():
    weight = torch.ones(256, 257, 1, 1)
    with pytest.raises(ValueError, match="65536"):
        cost.stored_bytes(weight, weight > 0, format="index16")


def test_a_dense_network_takes_the_bytes_of_its_floats():
    net = nets.ResNet8()
    floats = [value for value in net.state_dict().values() if value.is_floating_point()]
    assert cost.network_bytes(net) == sum(value.numpy().nbytes for value in floats)


def test_a_masked_layer_changes_its_own_bytes_alone():
    net, mask = nets.ResNet8(), half_of(16)
    weight = net.blocks[0].conv1.weight
    saved = cost.network_bytes(net) - cost.network_bytes(net, {"blocks.0.conv1": mask}, format="bitmask")
    assert saved == weight.numel() * 4 - cost.stored_bytes(weight, mask, format="bitmask")


def test_a_network_takes_masks_of_any_n_and_m():
    net, mask = nets.ResNet8(), torch.zeros(16, 16, 3, 3, dtype=torch.bool)
    mask[:, ::8] = True
    saved = cost.network_bytes(net) - cost.network_bytes(net, {"blocks.0.conv1": mask}, format="n:m", m=8)
    assert saved == 2304 * 4 - 288 * 4 - 288 * 3 // 8


def test_a_mask_for_no_layer_is_refused():
    with pytest.raises(ValueError, match=r"conv9"):
        cost.network_bytes(nets.ResNet8(), {"conv9": half_of(16)}, format="bitmask")


def test_latency_is_the_median_of_single_thread_runs(monkeypatch):
    ticks = iter([0, 9, 0, 9, 0, 9, 0, 0.002, 0, 0.004, 0, 0.003])
    monkeypatch.setattr(cost.time, "perf_counter", lambda: next(ticks))
    threads, seen = torch.get_num_threads(), []
    net = nn.Identity().train()
    net.register_forward_hook(lambda *_: seen.append((torch.get_num_threads(), net.training)))
    found = cost.latency_ms(net, torch.zeros(1), repeats=3)
    assert found.median_ms == pytest.approx(3)
    assert found.spread_ms == pytest.approx(2)
    assert set(seen) == {(1, False)}
    assert torch.get_num_threads() == threads
    assert net.training


def test_one_run_has_no_spread_and_is_refused():
    with pytest.raises(ValueError, match="repeats"):
        cost.latency_ms(nn.Identity(), torch.zeros(1), repeats=1)

"""The summary agrees with SciPy's test of a quantile and with matplotlib's box plot."""

import numpy as np
import pytest
import torch
from effdl import cost, latency
from matplotlib.cbook import boxplot_stats
from scipy import stats
from torch import nn


@pytest.mark.parametrize("n", [6, 7, 8, 9, 10, 11, 20, 30, 99, 100, 1001])
def test_interval_is_that_of_scipy_and_outliers_are_those_of_a_box_plot(n):
    samples = np.random.default_rng(n).lognormal(size=n)
    found = latency.summarize(samples)
    interval = stats.quantile_test(samples, p=0.5).confidence_interval(0.95)
    assert (found.median, found.low, found.high) == (np.median(samples), interval.low, interval.high)
    assert found.n_outliers == len(boxplot_stats(samples, whis=1.5)[0]["fliers"])


def test_the_interval_holds_the_true_median_as_often_as_it_says():
    draw = np.random.default_rng(0)
    held = [summary.low <= 1.0 <= summary.high for summary in map(latency.summarize, draw.lognormal(size=(2000, 25)))]
    # 95.7 % for n = 25; 4.5 standard errors of 2,000 draws are 2 points
    assert np.mean(held) == pytest.approx(1 - 2 * stats.binom.cdf(7, 25, 0.5), abs=0.02)


def test_warm_up_is_left_out_in_the_order_of_time():
    assert latency.summarize([1000.0, 900.0, 5, 3, 4, 6, 7, 8], n_warmup=2) == latency.summarize([3.0, 4, 5, 6, 7, 8])


@pytest.mark.parametrize("n_warmup", [0, 2])
def test_too_few_samples_are_refused(n_warmup):
    with pytest.raises(ValueError, match="got 5"):
        latency.summarize([1.0] * (5 + n_warmup), n_warmup)


def test_equal_samples_have_no_outlier():
    assert latency.summarize([2.0] * 9) == (2.0, 2.0, 2.0, 0)


def test_samples_are_taken_one_by_one():
    seen = []
    times = latency.sample_ms(lambda: seen.append(1), repeats=7)
    assert len(times) == len(seen) == 7
    assert min(times) >= 0
    with pytest.raises(ValueError, match="repeats"):
        latency.sample_ms(lambda: None, repeats=0)


def test_a_network_is_run_in_eval_mode_without_gradients():
    net = nn.Sequential(nn.Linear(3, 2), nn.Dropout(0.9)).train()
    output = latency.run(net, torch.ones(1, 3))()
    assert not output.requires_grad
    assert torch.equal(output, net[0](torch.ones(1, 3)))


def test_a_machine_has_a_peak_and_a_bandwidth(monkeypatch):
    monkeypatch.setattr(latency, "GEMM", 32)
    monkeypatch.setattr(latency, "WORDS", 1000)
    machine = latency.host_machine(repeats=2)
    assert machine.peak_flops > 0
    assert machine.bandwidth > 0


def test_the_layers_to_time_take_their_inputs_and_do_the_macs_that_the_lab_quotes():
    counts = {name: cost.macs(layer, tuple(x.shape[1:])) * len(x) for name, (layer, x) in latency.layers().items()}
    assert counts["3 x 3"] == 64 * counts["depthwise 3 x 3"] == 115_605_504
    assert counts["linear, 64 rows"] == 64 * counts["linear, 1 row"] == 64 * 2048**2


def test_a_larger_batch_takes_longer_than_a_small_one():
    net = nn.Sequential(nn.Linear(400, 400), nn.Linear(400, 400))
    times = latency.by_batch(net, (400,), (1, 2000), repeats=6)
    assert 0 < times[1] < times[2000]

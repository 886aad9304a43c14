"""Drawings and widgets of lab 02: what they say is computed, and safe with any student's function."""

import matplotlib
import pytest
from effdl import alexnet, counting, latency, liveness, nets, roofline
from effdl.plots import efficiency, efficiency_widgets
from effdl.plots.style import panels
from effdl.plots.widget import frame_or_note
from effdl.roofline import Machine

matplotlib.use("agg")
COUNTS = (counting.count_parameters, counting.layer_macs)


@pytest.fixture(scope="module")
def rows():
    named = {"ResNet8": nets.ResNet8(), "MobileNetV2": nets.MobileNetV2()}
    return {name: counting.profile(net, (1, 28, 28)) for name, net in named.items()}


def says(drawn):
    assert drawn.png.startswith(b"\x89PNG")
    return getattr(drawn, "alt", None) or drawn.words


def test_sizes_and_shares_say_what_they_were_given():
    assert "Net: 244 MB in float32, 61 MB with int8" in says(
        efficiency.sizes({"float32": 243_818_624, "int8": 60_954_656}, "Net")
    )
    words = says(efficiency.shares(counting.profile(alexnet.alexnet(), alexnet.INPUT), "AlexNet"))
    assert "hold 96 % of the weights, take 8 % of the MACs" in words
    assert "fc6 37,752,832, 37,748,736, 4,096" in words


def test_samples_of_time_are_summed_up_in_the_title():
    times = [50.0, 30.0, *map(float, range(10, 20)), 90.0]
    words = says(efficiency.samples(times, latency.summarize(times, 2), 2))
    assert "Median 15 ms, mean 21.4 ms, 1 outlier of 11 samples" in words


def test_measured_rates_name_the_slowest_and_the_fastest():
    words = says(efficiency.rates({"full": (10**8, 1.0), "depthwise": (10**6, 0.1), "row": (4 * 10**6, 0.4)}))
    assert "A MAC of 'depthwise' takes 10 times as long as one of 'full'" in words


def test_energy_and_scorecard_are_computed_from_their_numbers():
    parts = {"float32, DRAM": {"MACs": 10.0, "SRAM": 5.0, "DRAM": 85.0}, "int8": {"MACs": 1.0, "SRAM": 2.0}}
    assert "float32, DRAM: 90 % of the energy moves data" in says(efficiency.energies(parts))
    card = says(efficiency.scorecard({"parameters": 0.5, "peak": 4.3, "MACs": 0.9}, "Small", "Large"))
    assert "Small is better than Large by 2 metrics, worse by 1" in card


ALEXNET = counting.profile(alexnet.alexnet(), alexnet.INPUT)
TIMED = {
    "3 x 3": (100_000_000, 4.0), "depthwise 3 x 3": (1_000_000, 0.25),
    "linear, 64 rows": (256_000_000, 8.0), "linear, 1 row": (4_000_000, 0.5),
}  # fmt: skip
RUNS = {"Large": ([liveness.Step("x", (), 4)], [4]), "Small": ([liveness.Step("x", (), 4)] * 2, [4, 12])}
RATIOS = {"parameters": 0.5, "memory": 4.3, "ms": 3.0}
PREDICTED = [
    (
        lambda guess: efficiency.shares(ALEXNET, "AlexNet", guess=guess),
        {"weights": 90, "MACs": 8},
        "Your guesses: weights 90, off by 6. Your guesses: MACs 8, right.",
    ),
    (
        lambda guess: efficiency.timelines(RUNS, {"Large": 3, "Small": 1}, guess=guess),
        {"peak": 2},
        "Your guesses: peak 2, off by 1.",
    ),
    (
        lambda guess: efficiency.rates(TIMED, guess=guess),
        {"depthwise, times faster": 64, "one row, times slower": 2},
        "depthwise, times faster 64, off by 48; one row, times slower 2, off by 2.",
    ),
    (
        lambda guess: efficiency.scorecard(RATIOS, "Small", "Large", guess=guess),
        {"memory": "yes", "ms": "no"},
        "Your guess (memory): yes, it is no. Your guess (ms): no, right.",
    ),
]


@pytest.mark.parametrize(("draw", "guess", "told"), PREDICTED)
def test_a_prediction_is_marked_where_its_result_stands(draw, guess, told, says_the_guess):
    says_the_guess(draw, guess, told)


@pytest.mark.parametrize("odd", ["many", 0, -1, 1e9, float("nan"), [1]])
@pytest.mark.parametrize(("draw", "names"), [row[:2] for row in PREDICTED])
def test_an_odd_prediction_is_borne(draw, names, odd):
    assert draw(dict.fromkeys(names, odd)).png


def test_a_guessed_ratio_stands_at_the_time_that_it_gives_the_layer():
    _, ax = panels()
    ax.set(xscale="log", yscale="log", xlim=(1e5, 1e9), ylim=(0.01, 100))
    efficiency._guessed_times(ax, {"depthwise, times faster": 64, "one row, times slower": 2}, TIMED)
    places = [tuple(line.get_xydata()[0]) for line in ax.lines if line.get_marker() == "D"]
    assert places == [(1_000_000, 4 / 64), (4_000_000, 2 * 4 * 8 / 256)]


@pytest.mark.parametrize("stride", [1, 4])
@pytest.mark.parametrize("groups", efficiency_widgets.GROUPS)
def test_the_layer_explorer_says_what_the_functions_count(stride, groups):
    words = says(efficiency_widgets.layer_frame(COUNTS, 3, stride, groups))
    assert f"stride {stride}, groups {groups}) {36864 // groups:,}, {115_605_504 // groups // stride**2:,}" in words


@pytest.mark.parametrize(
    ("kernel", "stride", "told"),
    [(3, 1, "takes as many MACs"), (3, 2, "4 times fewer MACs"), (5, 1, "2.78 times the MACs")],
)
def test_the_layer_explorer_compares_with_the_dense_layer(kernel, stride, told):
    assert told in says(efficiency_widgets.layer_frame(COUNTS, kernel, stride, 1))


def test_the_layer_explorer_bears_counts_that_are_wrong():
    zero = (lambda layer: 0, lambda layer, shape: (0, (0,)))
    assert says(efficiency_widgets.layer_frame(zero, 5, 2, 64))


@pytest.mark.parametrize(
    ("widening", "told"),
    [(6, "2.1 times fewer parameters and 4.3 times the peak"), (1, "8.2 times fewer parameters and the same peak")],
)
def test_the_memory_explorer_compares_peaks(widening, told):
    assert told in says(efficiency_widgets.memory_frame(liveness.live_activations, widening))


def test_layers_lie_on_the_roof_that_the_reference_gives(rows):
    words = says(efficiency_widgets.roofs(rows, Machine(1e9, 1e9), roofline.roofline_ms))
    assert "ResNet8: 5.11 ms, memory binds 1 of 10" in words
    assert says(efficiency_widgets.roofline_frame(roofline.roofline_ms, rows, "microcontroller", 3, 8))


def test_an_unwritten_function_is_asked_for_by_name(rows):
    def roofline_ms(*work):
        raise NotImplementedError

    def draw(function):
        return efficiency_widgets.roofline_frame(function, rows, "phone CPU", 0, 32)

    assert frame_or_note(draw, roofline_ms, roofline.roofline_ms, {})[1].startswith("Write roofline_ms first")


def test_each_widget_returns_its_static_figure(rows, capsys):
    assert "'depthwise' takes 64 times fewer MACs" in says(efficiency_widgets.layer_explorer(*COUNTS))
    assert "and the same peak" in says(efficiency_widgets.memory_explorer(liveness.live_activations))
    assert "Batch 1, 32 bits" in says(efficiency_widgets.roofline_explorer(roofline.roofline_ms, rows))

"""Drawings and widgets of lab 01: what they say is computed, and safe with any student's function."""

import matplotlib
import pytest
import torch
from effdl import assembly, data, fields, layers, shapes, zoo
from effdl.plots import convolution, network, receptive
from effdl.plots import shapes as drawings
from effdl.plots.predictions import HeldBack
from effdl.plots.widget import frame_or_note

matplotlib.use("agg")
SIZES = (shapes.out_size, shapes.transposed_out_size)


@pytest.fixture(scope="module")
def split():
    return data.fashion_mnist("validation").first(5)


@pytest.fixture(scope="module")
def net():
    return zoo.load()


def says(drawn):
    assert drawn.png.startswith(b"\x89PNG")
    return getattr(drawn, "alt", None) or drawn.words


# ---- shapes


def test_a_neuron_is_summed_and_rectified():
    assert "one sum of -0.5, one activation of 0" in says(drawings.neuron([1, 2, -1], [3, -2, 0.5], 1))


@pytest.mark.parametrize(
    ("layer", "n_out"), list(zip(drawings.WINDOWS, (5, 7, 3, 3, 3, 15), strict=True)), ids=list(drawings.WINDOWS)
)
@pytest.mark.parametrize("percent", [0, 37, 100])
def test_every_window_stays_in_the_picture_at_the_right_size(layer, n_out, percent):
    words = says(drawings.window_frame(SIZES, layer, 7, percent))
    assert f", {n_out}, {n_out}); the" in words
    assert "do not exist" not in words


def test_a_size_that_is_too_large_lets_the_last_window_leave_the_picture():
    wrong = (lambda *window: shapes.out_size(*window) + 1, SIZES[1])
    assert "reads 5 places that do not exist: this size is too large" in says(
        drawings.window_frame(wrong, "3 x 3, padding 1", 7, 100)
    )


def test_a_transposed_size_that_is_too_small_cuts_the_last_stamp():
    wrong = (SIZES[0], lambda *window: shapes.transposed_out_size(*window) - 1)
    assert "too small" in says(drawings.window_frame(wrong, "3 x 3 transposed, stride 2", 5, 100))


@pytest.mark.parametrize("size", [3.5, 0, 5000, None])
def test_a_size_that_cannot_be_drawn_is_reported_and_not_raised(size):
    def draw(sizes):
        return drawings.window_frame(sizes, "3 x 3", 7, 0)

    frame, note = frame_or_note(draw, (lambda *window: size, SIZES[1]), SIZES, {})
    assert "cannot be drawn" in note
    assert frame == draw(SIZES)


def test_an_unwritten_size_is_asked_for_by_name():
    def out_size(*window):
        raise NotImplementedError

    def draw(sizes):
        return drawings.window_frame(sizes, "3 x 3", 7, 0)

    assert frame_or_note(draw, (out_size, SIZES[1]), SIZES, {})[1].startswith("Write out_size first")


def test_the_window_explorer_returns_the_last_windows(capsys):
    assert "From 7 pixels to 5, 7, 3, 3, 3, 15" in says(drawings.window_explorer(*SIZES))


def test_the_shapes_of_a_network_are_listed(net):
    words = says(drawings.network_shapes(shapes.shape_table(net, (1, 28, 28))))
    assert "24 % of the synapses, 73 % of the neurons" in words
    assert "classifier weight (10, 64), output (10,)" in words
    assert "you said" not in words


def test_guesses_at_the_early_layers_stand_beside_their_shares(net):
    table = shapes.shape_table(net, (1, 28, 28))
    words = says(drawings.network_shapes(table, guess={"synapses": 50, "neurons": 73}))
    assert "First 5, synapses: you said 50 %, it is 24 %, off by 26." in words
    assert "First 5, neurons: it is 73 %, as you said." in words


def test_blank_guesses_hold_the_first_pictures_back(net):
    table, blank = shapes.shape_table(net, (1, 28, 28)), {"synapses": None, "neurons": None}
    assert isinstance(drawings.network_shapes(table, guess=blank), HeldBack)
    assert isinstance(drawings.neuron([1, 2], [3, 4], 0, guess={"z": None}), HeldBack)
    assert isinstance(network.templates(torch.zeros(2, 4), ("a", "b"), guess={"cost": None}), HeldBack)


# ---- convolution


def test_paddings_and_filters_name_what_they_show(split):
    image = split.images[:1]
    padded = {mode: layers.pad2d(image, 4, mode) for mode in ("zeros", "circular")}
    assert "28 x 28 pixels become 36 x 36" in says(convolution.paddings(padded, 4))
    assert "'loud' answers loudest" in says(convolution.filters(image, {"quiet": image, "loud": 2 * image}))


# ---- receptive


@pytest.mark.parametrize("growth", receptive.GROWTHS)
@pytest.mark.parametrize("depth", [1, 5])
@pytest.mark.parametrize("kernel", [1, 5])
def test_a_right_field_is_the_one_that_is_lit(split, growth, depth, kernel):
    words = says(receptive.field_frame(shapes.receptive_field, split.images[0, 0], depth, kernel, growth))
    assert "span" not in words


def test_a_wrong_field_is_set_against_the_lit_pixels(split):
    def thin(chain):
        field, jump = shapes.receptive_field(chain)
        return field - 2, jump

    words = says(receptive.field_frame(thin, split.images[0, 0], 3, 3, "stride 1"))
    assert "sees 5 x 5 pixels" in words
    assert "lit span 7" in words


def test_an_unknown_growth_is_refused_by_name():
    with pytest.raises(ValueError, match="stride 7"):
        receptive.chain(2, 3, "stride 7")


def test_the_field_explorer_returns_three_chains(split, capsys):
    assert "see 7 pixels; strides or dilations see 15" in says(
        receptive.field_explorer(shapes.receptive_field, split.images[0])
    )


def test_accuracy_against_the_field_names_its_ends():
    rows = fields.load()
    said = says(receptive.accuracy_against_field(rows))
    assert "From 1 x 1 to 15 x 15 pixels seen: 32 to 83 % right" in said
    assert "guess" not in said


def test_the_guess_at_the_field_that_is_enough_stands_in_the_figure():
    rows = fields.load()
    assert "enough 3, off by 4." in says(receptive.accuracy_against_field(rows, guess=3, enough=7))
    assert isinstance(receptive.accuracy_against_field(rows, guess=None, enough=7), HeldBack)


# ---- network


def test_drawings_of_the_rest_say_what_they_were_given(split):
    assert "10 neurons has one weight for each of 784 pixels" in says(
        network.templates(torch.randn(10, 784, generator=torch.Generator().manual_seed(0)), split.classes)
    )
    assert "ReLU6 0.00, 6.00" in says(network.activations())
    assert "of 1, 12 % are right; of 200, 93 %" in says(network.batch_sizes([1, 200], [12.0, 93.0], 92.0))
    points = {"one layer": (100, 80.0), "deep": (1000, 90.0)}
    assert "deep has 10 times the synapses of one layer and is 10 points" in says(
        network.quality_and_cost(points, "one layer")
    )
    shares = torch.eye(4)
    assert "4 places have 16 shares" in says(network.attention_map(split.images[0, 0], shares, 2))


def test_the_sets_of_each_normalization_are_found_by_trying():
    words = says(network.normalization_sets(layers.normalize))
    assert "batch moves 4, layer moves 6, instance moves 1, group moves 3" in words


@pytest.mark.parametrize("statistics", ["stored", "batch"])
def test_the_network_of_right_functions_says_what_pytorch_says(net, split, statistics):
    functions = (assembly.resnet_forward, network.REFERENCES)
    words = says(network.run_frame(functions, net, split, 0, statistics))
    assert ("the same as PyTorch's" in words) == (statistics == "stored")
    assert "a dress" in words


def test_the_widget_of_the_network_returns_four_pictures(net, split, capsys):
    drawn = network.run_network(assembly.resnet_forward, network.REFERENCES, net, split)
    assert "of the first 4 pictures are named rightly" in says(drawn)

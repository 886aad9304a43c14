"""Layouts against PyTorch's strides and NumPy's transpose."""

import itertools

import numpy as np
import pytest
import torch
from effdl import layout

SHAPES = [(2, 3, 4, 5), (1, 6, 2, 3), (3, 1, 1, 7), (1, 1, 1, 1)]
FORMATS = {"NCHW": torch.contiguous_format, "NHWC": torch.channels_last}


@pytest.mark.parametrize("shape", SHAPES[:2])
@pytest.mark.parametrize("name", FORMATS)
def test_strides_are_those_of_pytorchs_memory_formats(name, shape):
    assert layout.strides(shape, name) == torch.empty(shape).to(memory_format=FORMATS[name]).stride()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", layout.LAYOUTS)
def test_offsets_are_places_in_numpys_copy_and_meet_each_place_once(name, shape):
    numbered = np.arange(np.prod(shape)).reshape(shape)
    memory = numbered.transpose(["NCHW".index(axis) for axis in name]).copy().reshape(-1).tolist()
    found = [layout.offset(index, shape, name) for index in itertools.product(*map(range, shape))]
    assert [memory[place] for place in found] == list(range(len(memory)))
    assert sorted(found) == list(range(len(memory)))


@pytest.mark.parametrize("name", layout.LAYOUTS)
def test_an_offset_is_the_sum_of_indices_times_strides(name):
    shape, index = (3, 4, 5, 6), (2, 1, 3, 4)
    steps = layout.strides(shape, name)
    assert layout.offset(index, shape, name) == sum(at * step for at, step in zip(index, steps, strict=True))


def test_with_one_image_chwn_is_nchw():
    shape = (1, 3, 4, 5)
    for index in itertools.product(*map(range, shape)):
        assert layout.offset(index, shape, "CHWN") == layout.offset(index, shape, "NCHW")


@pytest.mark.parametrize("source", layout.LAYOUTS)
@pytest.mark.parametrize("target", layout.LAYOUTS)
def test_conversion_puts_each_element_at_its_offset_and_back(source, target):
    shape = (2, 3, 4, 5)
    flat = np.random.default_rng(0).integers(-128, 128, np.prod(shape)).astype(np.int8)
    moved = layout.convert_layout(flat, shape, source, target)
    for index in itertools.product(*map(range, shape)):
        assert moved[layout.offset(index, shape, target)] == flat[layout.offset(index, shape, source)]
    assert np.array_equal(layout.convert_layout(moved, shape, target, source), flat)


def test_unknown_layouts_wrong_sizes_and_indices_outside_are_refused():
    with pytest.raises(ValueError, match="WHCN"):
        layout.offset((0, 0, 0, 0), (1, 1, 1, 1), "WHCN")
    for index in ((0, 3, 0, 0), (0, -1, 0, 0)):
        with pytest.raises(ValueError, match="outside"):
            layout.offset(index, (1, 3, 2, 2), "NCHW")
    with pytest.raises(ValueError, match="layout must be"):
        layout.strides((1, 1, 1, 1), "HWC")
    with pytest.raises(ValueError, match="do not fill"):
        layout.convert_layout(np.arange(5), (1, 2, 1, 3), "NCHW", "NHWC")


@pytest.mark.parametrize("name", layout.LAYOUTS)
def test_walks_read_what_loops_over_pixels_read(name):
    n, c, h, w = shape = (2, 3, 4, 5)
    at = {index: layout.offset(index, shape, name) for index in itertools.product(*map(range, shape))}
    pixels = itertools.product(range(n), range(h), range(w), range(c))
    assert layout.walk(shape, name, "pointwise").tolist() == [at[i, k, y, x] for i, y, x, k in pixels]
    values = itertools.product(range(c), range(h), range(w), range(n))
    assert layout.walk(shape, name, "batch").tolist() == [at[i, k, y, x] for k, y, x, i in values]
    windows = itertools.product(range(n), range(c), range(h - 2), range(w - 2), range(3), range(3))
    read = [at[i, k, y + dy, x + dx] for i, k, y, x, dy, dx in windows]
    assert layout.walk(shape, name, "depthwise").tolist() == read


def test_unknown_walks_are_refused():
    with pytest.raises(ValueError, match="diagonal"):
        layout.walk((1, 1, 3, 3), "NCHW", "diagonal")

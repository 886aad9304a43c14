"""A quantized layer as matrices against the layer itself."""

import numpy as np
import pytest
import torch
from effdl import intlayer
from torch import nn


def a_net(**options):
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.ReLU(), nn.Conv2d(8, 6, (3, 2), bias=False, **options))


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"stride": (2, 1)}])
def test_the_scaled_product_is_the_layers_output_up_to_rounding(options):
    image = torch.randn(1, 3, 12, 11, generator=torch.Generator().manual_seed(1))
    layer = intlayer.as_matrices(a_net(**options), "2", image)
    sums = layer.a.astype(np.int32) @ layer.b.astype(np.int32)
    assert layer.a.dtype == layer.b.dtype == np.int8
    assert sums.shape == layer.real.shape
    assert intlayer.relative_error(layer, sums) < 0.02
    assert intlayer.relative_error(layer, 2 * sums) > 0.9


def test_only_plain_convolutions_are_taken():
    with pytest.raises(ValueError, match="no plain convolution"):
        intlayer.as_matrices(a_net(), "1", torch.ones(1, 3, 9, 9))
    with pytest.raises(ValueError, match="no plain convolution"):
        intlayer.as_matrices(a_net(dilation=2), "2", torch.ones(1, 3, 9, 9))

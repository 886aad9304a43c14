# %% [markdown]
# Hidden tests of lab 01. Each case can be deduced from the statement and the docstring. A slip is meant to fail several
# cases, so each case shows more than one result, and often the inputs after the call.

# %% role="setup" memory_mib=2048
import itertools


def integers(low, high, count, *, seed):
    return torch.randint(low, high + 1, (count,), generator=torch.Generator().manual_seed(seed)).tolist()


def windows(count, *, seed, dilations=(1, 1)):
    """(size, kernel, stride, padding, dilation), each of which fits and most of which do not come out even."""
    columns = [
        integers(*ends, count, seed=seed + i) for i, ends in enumerate([(13, 40), (2, 5), (2, 5), (1, 4), dilations])
    ]
    return list(zip(*columns, strict=True))


def chains(count, depth, *, seed, strides=(1, 1), dilations=(1, 1), kernels=(2, 7)):
    """Lists of (kernel, stride, dilation)."""
    found = []
    for i in range(count):
        columns = [
            integers(*ends, depth, seed=seed + 3 * i + j) for j, ends in enumerate([kernels, strides, dilations])
        ]
        found.append(list(zip(*columns, strict=True)))
    return found


class Box(nn.Module):
    """Layers, and no way to run them all."""

    def forward(self, *_):
        raise TypeError("a box of layers cannot be called")


def filled(layer, seed):
    for i, value in enumerate(layer.state_dict().values()):
        if value.is_floating_point():
            value.copy_(randn(*value.shape, seed=seed + i) * 0.7)
    if isinstance(layer, nn.BatchNorm2d):
        layer.running_var.abs_().add_(0.4)
    return layer


def network(ci, widths, classes, *, seed):
    """A stem and a block for each width after the first; where the width stays, so does the shape."""
    net = Box()
    net.stem = filled(nn.Conv2d(ci, widths[0], 3, padding=1), seed)
    net.blocks = nn.ModuleList()
    for i, (c, co) in enumerate(itertools.pairwise(widths)):
        block, at, stride = Box(), seed + 100 * (i + 1), 1 if c == co else 2
        block.conv1 = filled(nn.Conv2d(c, co, 3, stride, padding=1), at)
        block.bn1 = filled(nn.BatchNorm2d(co), at + 10)
        block.conv2 = filled(nn.Conv2d(co, co, 3, padding=1), at + 20)
        block.bn2 = filled(nn.BatchNorm2d(co), at + 30)
        block.shortcut = nn.Identity() if c == co else filled(nn.Conv2d(c, co, 1, stride), at + 40)
        net.blocks.append(block)
    net.classifier = filled(nn.Linear(widths[-1], classes), seed + 1000)
    return net.eval().requires_grad_(False)


# %% exercise="1.1" case="a layer with biases" points=3 hint="x (n, ci), w (co, ci) and b (co,) give (n, co); the inputs stay as they are"
x, w, b = randn(5, 7), randn(4, 7, seed=seed + 1), randn(4, seed=seed + 2)
show(linear_forward(x, w, b), x, w, b)

# %% exercise="1.1" case="as many neurons as inputs" points=3 hint="where w is square a wrong product has the right shape: neuron o has row o of w"
x, w = randn(3, 6), randn(6, 6, seed=seed + 1)
show(linear_forward(x, w, randn(6, seed=seed + 2)), linear_forward(x, w, randn(6, seed=seed + 3)))

# %% exercise="1.1" case="as many examples as neurons" points=1 hint="b has one entry for each neuron, not for each example"
show(linear_forward(randn(5, 3), randn(5, 3, seed=seed + 1), randn(5, seed=seed + 2)))

# %% exercise="1.1" case="no bias, one example, double precision" points=3 hint="b may be None or left out; a single example; float64 stays float64"
x, w = randn(1, 9, dtype=torch.float64), randn(4, 9, seed=seed + 1, dtype=torch.float64)
show(linear_forward(x, w), linear_forward(x, w, None), linear_forward(x, w, randn(4, dtype=torch.float64)))

# %% exercise="1.2" case="kernels, strides, paddings" points=2 hint="sizes, kernels, strides and paddings of many layers, without dilation; the arguments have defaults"
sizes = integers(9, 30, 6, seed=seed + 7)
show([out_size(*window) for window in windows(20, seed=seed)], [out_size(size, 4) for size in sizes])

# %% exercise="1.2" case="dilation" points=2 hint="taps that lie 2 to 4 pixels apart, with strides and paddings"
show(
    [out_size(*window) for window in windows(20, seed=seed, dilations=(2, 3))],
    out_size(size=19 + seed % 7, kernel=3, dilation=4),
)

# %% exercise="1.2" case="what just fits and what does not" points=3 hint="a window as long as the padded row fits once; ValueError for one pixel more"
shown, dilations = [], (1, 2, 3)
for i, dilation in enumerate(dilations):
    kernel, padding = integers(4, 6, 1, seed=seed + i)[0], i
    reach = dilation * (kernel - 1) + 1
    # size = reach - 2 padding fits once, also at a large stride; one pixel less does not
    shown += [
        out_size(reach - 2 * padding, kernel, 5, padding, dilation),
        out_size(reach - 2 * padding + 3, kernel, 2, padding, dilation),
    ]
    shown.append(raises(out_size, reach - 2 * padding - 1, kernel, 1, padding, dilation))
show(*shown)

# %% exercise="1.2" case="transposed sizes" points=3 hint="transposed_out_size for many strides, paddings, dilations and output paddings, and its defaults"
shown = []
for i, window in enumerate(windows(20, seed=seed + 3, dilations=(1, 3))):
    shown.append(transposed_out_size(*window, i % window[2]))
show(shown, [transposed_out_size(size, 3, 2) for size in integers(5, 30, 5, seed=seed)], transposed_out_size(9, 4))

# %% exercise="1.3" case="four modes around a batch" points=5 hint="padding 1 around two pictures of three channels, in each of the four modes; the input stays as it is"
x = randn(2, 3, 4, 5)
show(*[pad2d(x, 1, mode) for mode in ("zeros", "replicate", "reflect", "circular")], x)

# %% exercise="1.3" case="zeros" points=2 hint="several rows and columns of zeros, the same on all four sides; zeros are the default; float64 stays float64"
show(pad2d(randn(1, 2, 3, 6), 3), pad2d(randn(2, 1, 5, 2, dtype=torch.float64), 2, "zeros"))

# %% exercise="1.3" case="replicate" points=2 hint="the edge is repeated, the corner pixel fills the corner, for a padding of several pixels"
show(pad2d(randn(1, 2, 4, 6), 3, "replicate"), pad2d(randn(1, 1, 3, 3), 2, "replicate"))

# %% exercise="1.3" case="reflect" points=2 hint="the mirror stands on the edge pixel, which is not repeated; padding of up to one less than the size"
show(pad2d(randn(1, 2, 4, 6), 3, "reflect"), pad2d(randn(1, 1, 3, 3), 2, "reflect"))

# %% exercise="1.3" case="circular" points=2 hint="beyond the last row comes the first one, for a padding of several pixels"
show(pad2d(randn(1, 2, 4, 6), 3, "circular"), pad2d(randn(1, 1, 3, 3), 2, "circular"))

# %% exercise="1.3" case="no padding, a strided input, an unknown mode" points=2 hint="padding 0 gives the picture; a transposed or sliced double-precision input; ValueError for another mode"
x = randn(2, 3, 8, 5, dtype=torch.float64).transpose(2, 3)[:, :, :, ::2]
modes = ("zeros", "replicate", "reflect", "circular")
show(*[pad2d(x, padding, mode) for mode in modes for padding in (0, 2)], x, raises(pad2d, x, 1, "edge"))

# %% exercise="1.4" case="several channels" points=4 hint="kernels that are not square, two pictures, a bias or none; the inputs stay as they are"
x, w, b = randn(2, 3, 7, 6), randn(4, 3, 3, 2, seed=seed + 1), randn(4, seed=seed + 2)
show(conv2d(x, w, b), conv2d(x, w), x, w, b)

# %% exercise="1.4" case="strides" points=3 hint="strides that do and do not come out even"
x, w = randn(1, 2, 9, 8), randn(3, 2, 3, 3, seed=seed + 1)
show(conv2d(x, w, None, 2), conv2d(x, w, randn(3, seed=seed + 2), 3), conv2d(x, w[:, :, :1], stride=4))

# %% exercise="1.4" case="dilation" points=3 hint="taps that lie 2 or 3 pixels apart"
x, w = randn(1, 2, 9, 8), randn(3, 2, 3, 2, seed=seed + 1)
show(conv2d(x, w, None, 1, 2), conv2d(x, w, randn(3, seed=seed + 2), dilation=3))

# %% exercise="1.4" case="stride and dilation together" points=3 hint="stride and dilation together, with a kernel that just fits"
x, w = randn(2, 2, 10, 7), randn(2, 2, 2, 3, seed=seed + 1)
show(conv2d(x, w, randn(2, seed=seed + 2), 3, 2), conv2d(x, w, None, 2, 3), conv2d(x[:, :, :4], w, None, 2, 3))

# %% exercise="1.4" case="groups" points=4 hint="run k of the filters sees run k of the channels; channels and filters stay in order"
x, b = randn(2, 6, 5, 5), randn(6, seed=seed + 2)
show(
    conv2d(x, randn(6, 3, 3, 3, seed=seed + 1), b, 1, 1, 2), conv2d(x, randn(12, 2, 2, 2, seed=seed + 3), None, 2, 1, 3)
)

# %% exercise="1.4" case="depthwise, and one row" points=2 hint="as many groups as channels, with two filters for each; a picture of one row is a 1-D convolution"
x = randn(1, 4, 6, 6)
depthwise = conv2d(x, randn(8, 1, 3, 3, seed=seed + 1), groups=4)
show(depthwise, conv2d(x[:, :, :1], randn(2, 2, 1, 3, seed=seed + 2), None, 2, 1, 2))

# %% exercise="1.4" case="channels that do not fit, double precision" points=1 hint="ValueError where ci is not groups times the channels of w; float64 stays float64"
x, w = randn(1, 4, 5, 5, dtype=torch.float64), randn(4, 2, 3, 3, seed=seed + 1, dtype=torch.float64)
show(raises(conv2d, x, w), raises(conv2d, x, w, None, 1, 1, 4), conv2d(x, w, groups=2), conv2d(x[:, :2], w))

# %% exercise="1.5" case="stride 1, and no layer" points=2 hint="chains without strides; an empty chain sees one pixel; the list stays as it is"
found = chains(6, 4, seed=seed)
show([receptive_field(chain) for chain in found], receptive_field([]), found)

# %% exercise="1.5" case="strides" points=3 hint="a layer's own stride does not widen its own field; pooling layers (kernel = stride) are layers too"
found = chains(6, 5, seed=seed, strides=(1, 3))
pools = [[(5, 1, 1), (p, p, 1), (3, 1, 1), (p, p, 1), (3, 1, 1)] for p in integers(2, 4, 4, seed=seed + 50)]
show([receptive_field(chain) for chain in found + pools])

# %% exercise="1.5" case="dilation" points=2 hint="taps that lie up to 8 pixels apart"
show([receptive_field(chain) for chain in chains(8, 4, seed=seed + 1, dilations=(1, 8))])

# %% exercise="1.5" case="everything together" points=3 hint="kernels, strides and dilations together, in long chains and with kernels of 1"
found = chains(8, 6, seed=seed + 2, kernels=(1, 5), strides=(1, 4), dilations=(1, 5))
show([receptive_field(chain) for chain in found], found)

# %% exercise="1.6" case="pooling: overlapping windows" points=3 hint="largest and mean of windows whose stride is not their size, channel by channel; the input stays as it is"
x = randn(2, 3, 9, 8)
show(pool2d(x, 3, 2), pool2d(x, 3, 2, 0, "average"), pool2d(x, 2, 3, mode="average"), pool2d(x, 4, 1, mode="max"), x)

# %% exercise="1.6" case="pooling: padding around negative values" points=3 hint="padding never wins a maximum, whatever its size or sign, and counts as zeros in a mean"
x = -rand(2, 2, 6, 7) - 5
show(pool2d(x, 3, 2, 1, "max"), pool2d(x, 3, 2, 1, "average"), pool2d(1e4 * x, 2, 2, 1), pool2d(x, 2, 1, 1, "average"))

# %% exercise="1.6" case="pooling: more padding, an unknown mode" points=3 hint="padding of two pixels, a strided input in double precision; ValueError for another mode"
x = 1e3 * (randn(1, 3, 5, 8, dtype=torch.float64) - 4).transpose(2, 3)
show(pool2d(x, 4, 3, 2, "average"), pool2d(x, 5, 2, 2), raises(pool2d, x, 2, 2, 0, "min"))

# %% exercise="1.6" case="normalization: four kinds" points=4 hint="which values share mean and variance: see the four kinds; the variance divides by the count; the input stays as it is"
x = randn(3, 6, 2, 3) * 3 + randn(3, 6, 1, 1, seed=seed + 1) * 2
show(*[normalize(x, kind, 3) for kind in ("batch", "layer", "instance", "group")], x)

# %% exercise="1.6" case="normalization: a large eps" points=3 hint="eps is added to the variance, before the root"
x = randn(2, 4, 3, 2) + 5
show(*[normalize(x, kind, 2, 0.7) for kind in ("batch", "layer", "instance", "group")])

# %% exercise="1.6" case="normalization: groups" points=2 hint="groups are runs of consecutive channels; one group is layer, as many as channels instance normalization"
x = randn(2, 12, 2, 2) * (1 + torch.arange(12.0)).reshape(12, 1, 1)
show(*[normalize(x, "group", groups, 0.2) for groups in (1, 2, 3, 4, 6, 12)])

# %% exercise="1.6" case="normalization: equal values, double precision, an unknown kind" points=2 hint="equal values become 0; a strided float64 input; ValueError for another kind"
x = randn(4, 2, 3, 5, dtype=torch.float64).transpose(0, 1).transpose(2, 3)
kinds = ("batch", "layer", "instance", "group")
show(
    normalize(torch.full((2, 4, 2, 2), 3.0), "group", 2),
    *[normalize(x, kind, 2, 0.1) for kind in kinds],
    raises(normalize, x, "channel"),
)

# %% exercise="1.7" case="no block" points=2 hint="the stem, ReLU, the mean of each channel over all places, the classifier; its output is not changed any more"
net = network(2, [6], 5, seed=seed)
show(resnet_forward(randn(4, 2, 5, 6), net), resnet_forward(randn(1, 2, 3, 3), net))

# %% exercise="1.7" case="blocks that keep their shape" points=5 hint="the shortcut brings what entered this very block; ReLU follows the addition; the input stays as it is"
x = randn(3, 1, 6, 5)
show(resnet_forward(x, network(1, [4, 4], 5, seed=seed)), resnet_forward(x, network(1, [4, 4, 4], 7, seed=seed + 5)), x)

# %% exercise="1.7" case="blocks that change their shape" points=4 hint="where the shape changes, the block's own shortcut changes it"
x = randn(2, 1, 9, 9)
show(resnet_forward(x, network(1, [3, 5], 4, seed=seed)), resnet_forward(x, network(1, [3, 5, 6], 4, seed=seed + 5)))

# %% exercise="1.7" case="four blocks" points=4 hint="there may be any number of blocks; they run in order"
x = randn(2, 3, 8, 8)
show(resnet_forward(x, network(3, [4, 4, 6, 6, 8], 10, seed=seed)), x)

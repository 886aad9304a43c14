# %% [markdown]
# Hidden tests of lab 21. Each case can be deduced from the statement in the stub's docstring. Inputs are random reals,
# so that no quotient lies half way between two integers. A slip is meant to fail several cases.

# %% role="setup" memory_mib=2048
from functools import partial


def whole(low, high, n, *, seed):
    """n whole numbers in low..high, as a list."""
    return torch.randint(low, high + 1, (n,), generator=torch.Generator().manual_seed(seed)).tolist()


def loud(tokens, ci, *, seed, factor=20.0, count=3, dtype=torch.float32):
    """Inputs of which `count` channels, drawn by lot, are `factor` times larger, each by its own bit."""
    x = randn(tokens, ci, seed=seed, dtype=dtype)
    chosen = torch.randperm(ci, generator=torch.Generator().manual_seed(seed))[:count]
    x[:, chosen] *= factor * (1 + torch.arange(count, dtype=dtype) / 4)
    return x


def groups_of(w, bits, group_size):
    """Rounding to signed integers in groups, by a loop, for the search."""
    qmax, parts = 2 ** (bits - 1) - 1, []
    for part in w.split(group_size, dim=1):
        scale = part.abs().amax(1, keepdim=True) / qmax
        scale[scale == 0] = 1.0
        parts.append((part / scale).round() * scale)
    return torch.cat(parts, 1)


def answer(function, *args):
    """The result as a list, whether the function gave a tuple or a list."""
    return list(function(*args))


# %% exercise="21.1" case="weights of several widths, one text" points=2 hint="FLOPs over bytes: 2 for each weight, w_bits / 8 bytes for each weight"
n, odd = whole(1000, 9999, 1, seed=seed)[0], 3.125
show(
    [decode_intensity(n, 1, bits) for bits in (16, 8, 4, 3, 32)] + [decode_intensity(n, 1, odd), decode_intensity(n, 1)]
)

# %% exercise="21.1" case="several texts" points=1 hint="weights are read once for all texts of a batch, and used for each"
n, batches = whole(1000, 9999, 1, seed=seed)[0], whole(2, 300, 4, seed=seed + 1)
show([decode_intensity(n, batch, bits) for batch in batches for bits in (16, 4)])

# %% exercise="21.1" case="a cache" points=2 hint="each text reads its own cache; a cached number costs kv_bits / 8 bytes and one MAC"
n, cached = whole(1000, 5000, 1, seed=seed)[0], whole(100, 9000, 3, seed=seed + 1)
show([decode_intensity(n, batch, 4, each, bits) for each in cached for batch in (1, 7) for bits in (16, 8)])

# %% exercise="21.1" case="shared heads" points=3 hint="`sharing` query heads use each cached number: more FLOPs, no more bytes"
n, cached = whole(1000, 5000, 1, seed=seed)[0], whole(100, 9000, 1, seed=seed + 1)[0]
show([decode_intensity(n, batch, 8, cached, 16, sharing) for batch in (1, 5) for sharing in (1, 3, 8)])

# %% exercise="21.1" case="what cannot be" points=2 hint="ValueError if n_weights, batch or bits are not positive, or cached is negative; cached 0 is allowed"
bad = [(0, 1), (-5, 1), (5, 0), (5, -2), (5, 1, 0), (5, 1, -4), (5, 1, 16, -1), (5, 1, 16, 5, 0), (5, 1, 16, 5, -8)]
n = whole(1000, 9999, 1, seed=seed)[0]
show(*[raises(decode_intensity, *given) for given in bad], [decode_intensity(n, 3, 4, 0, 8), decode_intensity(1, n, 5)])

# %% exercise="21.2" case="one scale for x, one a row of w" points=4 hint="the default: x has one scale, each row of w its own; the inputs stay as they are"
x, w = randn(40, 24), randn(17, 24, seed=seed + 1) * (1 + 9 * rand(17, 1, seed=seed + 2))
show(w8a8_linear(x, w), x, w)

# %% exercise="21.2" case="one scale a token" points=4 hint="activations = 'token': each row of x its own scale"
x, w = randn(31, 20) * (1 + 30 * rand(31, 1, seed=seed + 2)), randn(9, 20, seed=seed + 1)
show(w8a8_linear(x, w, "token"), w8a8_linear(x, w, "token", "tensor"))

# %% exercise="21.2" case="one scale for w" points=3 hint="weights = 'tensor': all rows of w share one scale"
x, w = randn(30, 16), randn(12, 16, seed=seed + 1) * (1 + 9 * rand(12, 1, seed=seed + 2))
show(w8a8_linear(x, w, "tensor", "tensor"), w8a8_linear(x, w, "tensor", "channel"))

# %% exercise="21.2" case="outlier channels" points=2 hint="an input channel has no scale of its own: large ones cost the others their integers"
x, w = loud(30, 32, seed=seed, factor=60), randn(10, 32, seed=seed + 1)
show(w8a8_linear(x, w), w8a8_linear(x, w, "token"))

# %% exercise="21.2" case="sums that a float cannot hold" points=2 rtol=1e-7 hint="the integer products are added exactly, in int32, however many they are"
x, w = rand(3, 6000) * 0.05 + 1, rand(4, 6000, seed=seed + 1) * 0.05 + 1
show(w8a8_linear(x.double(), w.double()))

# %% exercise="21.2" case="zeros, other words" points=2 hint="rows of zeros have scale 1; ValueError for another word"
x, w = randn(6, 8) * tensor([1.0, 0.0, 1.0, 1.0, 0.0, 1.0])[:, None], randn(5, 8, seed=seed + 1)
w[2] = 0
bad = [
    raises(w8a8_linear, x, w, *words) for words in (("channel",), ("token", "token"), ("tensor", "row"), ("", "tensor"))
]
show(w8a8_linear(x, w, "token"), w8a8_linear(x * 0, w), *bad)

# %% exercise="21.2" case="a view in double precision" points=1 hint="a transposed float64 input gives float64"
x, w = randn(12, 9, dtype=torch.float64).T, randn(12, 7, seed=seed + 1, dtype=torch.float64).T
show(w8a8_linear(x, w), w8a8_linear(x, w, "token"), x, w)

# %% exercise="21.3" case="alpha in the middle" points=3 hint="s = max|x|^alpha / max|w|^(1 - alpha), for each input channel; the inputs stay as they are"
absmax, w = rand(20) * 30 + 0.1, randn(33, 20, seed=seed + 1)
show(smooth_scales(absmax, w, 0.5), smooth_scales(absmax, w, 0.75), absmax, w)

# %% exercise="21.3" case="both ends" points=2 hint="alpha = 0 depends on w alone, alpha = 1 on x alone"
absmax, w = rand(12) * 30 + 0.1, randn(7, 12, seed=seed + 1) * 3
show(smooth_scales(absmax, w, 0), smooth_scales(absmax, w, 1), smooth_scales(absmax, w, 0.9))

# %% exercise="21.3" case="weights of both signs, square" points=3 hint="the largest |w| of a column; as many rows as columns"
absmax, w = rand(16) + 0.5, -rand(16, 16, seed=seed + 1) * (1 + 9 * rand(16, seed=seed + 2))
show(smooth_scales(absmax, w, 0.6), smooth_scales(absmax, w, 0.25))

# %% exercise="21.3" case="silent channels" points=2 hint="s is 1 where max|x| or max|w| is 0, at any alpha"
absmax, w = rand(10) + 0.1, randn(6, 10, seed=seed + 1)
absmax[[1, 4]], w[:, 4], w[:, 7] = 0.0, 0.0, 0.0
show(*[smooth_scales(absmax, w, alpha) for alpha in (0, 0.3, 0.5, 1)])

# %% exercise="21.3" case="one row, double precision, outside" points=2 hint="a single output; float64 stays float64; ValueError for alpha outside [0, 1]"
absmax, w = rand(8, dtype=torch.float64) + 0.1, randn(1, 8, seed=seed + 1, dtype=torch.float64)
show(smooth_scales(absmax, w, 0.4), raises(smooth_scales, absmax, w, -0.01), raises(smooth_scales, absmax, w, 1.01))

# %% exercise="21.4" case="gain, bias, weights" points=4 hint="gain and bias are divided by s, the columns of w multiplied; the inputs stay as they are"
gain, bias, w, s = randn(12), randn(12, seed=seed + 1), randn(9, 12, seed=seed + 2), rand(12, seed=seed + 3) + 0.2
show(answer(smooth, gain, bias, w, s), gain, bias, w, s)

# %% exercise="21.4" case="without a bias" points=3 hint="RMSNorm has no bias: None in, None out"
gain, w, s = randn(8), randn(5, 8, seed=seed + 2), rand(8, seed=seed + 3) * 9 + 0.2
show(answer(smooth, gain, None, w, s), gain, w, s)

# %% exercise="21.4" case="as many rows as columns" points=3 hint="s belongs to the columns of w, also where w is square"
gain, bias, w, s = randn(7), randn(7, seed=seed + 1), randn(7, 7, seed=seed + 2), rand(7, seed=seed + 3) + 0.5
show(answer(smooth, gain, bias, w, s))

# %% exercise="21.4" case="the function stays the same" points=2 hint="the norm's output times w is what it was, in double precision"
gain, bias, w = (randn(*shape, seed=seed + i, dtype=torch.float64) for i, shape in enumerate([(6,), (6,), (4, 6)]))
s, n = rand(6, seed=seed + 3, dtype=torch.float64) + 0.2, randn(11, 6, seed=seed + 4, dtype=torch.float64)
new_gain, new_bias, new_w = smooth(gain, bias, w, s)
show((n * new_gain + new_bias) @ new_w.T, n * new_gain + new_bias)

# %% exercise="21.5" case="groups that fit" points=3 hint="one scale for each run of group_size neighbors of a row; q is int32; the input stays as it is"
w = randn(9, 32) * (1 + 9 * rand(9, 1, seed=seed + 1))
show(answer(group_quantize, w, 4, 8), answer(group_quantize, w, 3, 16), w)

# %% exercise="21.5" case="a shorter last group" points=4 hint="where group_size does not divide ci the last group is shorter; q has the shape of w"
w = randn(6, 21)
w[:, -1] *= 5
show(*[answer(group_quantize, w, 4, size) for size in (8, 20, 4)])

# %% exercise="21.5" case="one group a row, one weight a group" points=2 hint="a group_size as large as the row or larger; a group_size of 1"
w = randn(5, 12)
show(answer(group_quantize, w, 4, 12), answer(group_quantize, w, 3, 50), answer(group_quantize, w, 4, 1))

# %% exercise="21.5" case="few bits and many" points=3 hint="the scale is the largest |w| over 2^(bits - 1) - 1: 1 for 2 bits, 3 for 3, 127 for 8"
w = randn(7, 24)
show(*[answer(group_quantize, w, bits, 8) for bits in (2, 3, 5, 8)])

# %% exercise="21.5" case="groups of zeros, a size of 0" points=2 hint="a group of zeros has scale 1; ValueError if group_size < 1"
w = randn(4, 20)
w[0, :5], w[2] = 0.0, 0.0
show(answer(group_quantize, w, 4, 5), raises(group_quantize, w, 4, 0), raises(group_quantize, w, 4, -3))

# %% exercise="21.5" case="negative peaks, a view, double precision" points=2 hint="the largest |w| may be negative; a transposed float64 input keeps its dtype in the scales"
w = -rand(18, 6, dtype=torch.float64).T - 0.1
show(answer(group_quantize, w, 4, 4), answer(group_quantize, w[:, ::2], 3, 4), w)

# %% exercise="21.6" case="by activation" points=3 hint="the largest mean |x| over tokens, by count; a bool mask; the inputs stay as they are"
x, w = loud(50, 40, seed=seed, factor=3, count=9), randn(12, 40, seed=seed + 1)
show(salient_channels(x, w, 0.1), salient_channels(x, w, 0.25, "activation"), x, w)

# %% exercise="21.6" case="by weight" points=3 hint="by = 'weight': the largest mean |w| over output channels"
x, w = loud(50, 36, seed=seed, factor=3, count=9), loud(30, 36, seed=seed + 1, factor=3, count=9)
show(salient_channels(x, w, 0.25, "weight"), salient_channels(x, w, 0.1, "weight"), salient_channels(x, w, 0.25))

# %% exercise="21.6" case="as many tokens as channels as outputs" points=1 hint="the mask is over input channels, also where all sizes are equal"
x, w = loud(16, 16, seed=seed, factor=4, count=5), loud(16, 16, seed=seed + 1, factor=4, count=5)
show(salient_channels(x, w, 0.3), salient_channels(x, w, 0.3, "weight"))

# %% exercise="21.6" case="steady against rare, both signs" points=2 hint="signs do not cancel; a steady channel beats one with a single peak"
x = randn(60, 20) * (1 + 3 * rand(20, seed=seed + 1))
x[0, 5:10] += 25 + randn(5, seed=seed + 2)
x[:, 10:15] = x[:, 10:15].abs() * 0.9
show(salient_channels(x, torch.ones(3, 20), 0.25), salient_channels(x, torch.ones(3, 20), 0.5))

# %% exercise="21.6" case="counts" points=2 hint="max(1, round(fraction * ci)) channels: one at least, halves as Python rounds them"
x, w = randn(30, 25) * (1 + 3 * rand(25, seed=seed + 1)), randn(4, 25, seed=seed + 2)
show(
    *[salient_channels(x, w, fraction) for fraction in (0, 0.01, 0.1, 0.3, 0.5, 0.9, 1)],
    salient_channels(x[:, :1], w[:, :1], 0.2),
)

# %% exercise="21.6" case="other words, other fractions" points=1 hint="ValueError for another word or a fraction outside [0, 1]"
x, w = randn(9, 12), randn(5, 12, seed=seed + 1)
bad = [(0.5, "gradient"), (-0.1, "activation"), (1.2, "weight"), (1.2, "activation")]
show(
    *[raises(salient_channels, x, w, *given) for given in bad], salient_channels(x.double(), w.double(), 0.25, "weight")
)

# %% exercise="21.7" case="groups of 3-bit weights" points=5 hint="the alpha of least output error, and its s; the inputs stay as they are"
x, w = loud(60, 32, seed=seed, dtype=torch.float64), randn(16, 32, seed=seed + 1, dtype=torch.float64)
show(answer(awq_search, x, w, partial(groups_of, bits=3, group_size=16), 10), x, w)

# %% exercise="21.7" case="the default grid" points=3 hint="n_grid is 20 if it is not given: alpha = 0, 0.05, ..., 1"
x, w = loud(50, 24, seed=seed, factor=9, dtype=torch.float64), randn(12, 24, seed=seed + 1, dtype=torch.float64)
show(answer(awq_search, x, w, partial(groups_of, bits=4, group_size=8)))

# %% exercise="21.7" case="weights that rounding hits hard" points=3 hint="mean |x| over tokens, not the largest; outputs are compared, not weights"
x = loud(40, 20, seed=seed, factor=12, count=4, dtype=torch.float64)
x[0] *= 1 + 40 * rand(20, seed=seed + 2, dtype=torch.float64)
w = randn(10, 20, seed=seed + 1, dtype=torch.float64) / 3
show(answer(awq_search, x, w, torch.round, 8), answer(awq_search, x, w, partial(groups_of, bits=3, group_size=20), 4))

# %% exercise="21.7" case="nothing to gain" points=2 hint="alpha = 0 is tried, and of equal losses the smallest alpha counts; then s is 1 everywhere"
x, w = loud(30, 16, seed=seed, dtype=torch.float64), randn(8, 16, seed=seed + 1, dtype=torch.float64)
show(answer(awq_search, x, w, torch.clone, 5), answer(awq_search, x, w, torch.zeros_like, 5))

# %% exercise="21.7" case="the last of the grid" points=2 hint="alpha = 1 is tried too"
size = 3 ** (6 * rand(14, dtype=torch.float64))
x, base = randn(50, 14, seed=seed + 1, dtype=torch.float64) * size, randn(9, 14, seed=seed + 2, dtype=torch.float64)
fine = partial(groups_of, bits=4, group_size=14)
show(answer(awq_search, x, base / size, fine, 3), answer(awq_search, x, base / size, fine, 1))

# %% exercise="21.7" case="a channel that is never active" points=3 hint="a mean below 1e-4 counts as 1e-4; largest times smallest s is 1"
x, w = loud(40, 18, seed=seed, dtype=torch.float64), randn(8, 18, seed=seed + 1, dtype=torch.float64)
x[:, [2, 11]] = 0
show(
    answer(awq_search, x, w, partial(groups_of, bits=3, group_size=6), 6),
    answer(awq_search, x * 1e-3, w, torch.round, 4),
)

# %% exercise="21.7" case="single precision, one grid step" points=2 hint="float32 in, float32 out; n_grid = 1 tries alpha 0 and 1"
x, w = loud(60, 32, seed=seed, factor=30), randn(16, 32, seed=seed + 1)
show(
    answer(awq_search, x, w, partial(groups_of, bits=3, group_size=16), 1),
    answer(awq_search, x, w, torch.zeros_like, 3),
)

# %% [markdown]
# Hidden tests of lab 03. Each case can be deduced from the statement in the stub's docstring. A slip is meant to fail
# several cases, so each case shows more than one result, and often the inputs after the call.

# %% role="setup" memory_mib=2048
GRANULARITIES = ("fine", "vector", "kernel", "channel")


def some(n, *, seed):
    """A mask of n entries of which about half, at least one and not all, are True, the kept ones not in front."""
    order = torch.randperm(n - 1, generator=torch.Generator().manual_seed(seed))
    mask = torch.zeros(n, dtype=torch.bool)
    mask[order[: n // 2] + 1] = True
    return mask


def trio(ci, c, co, kernel=(3, 3), *, seed, bias=False, eps=1e-5, training=False, **options):
    """conv1, bn, conv2 with random weights and statistics that are far from those of a new batch norm."""
    conv1 = nn.Conv2d(ci, c, kernel, bias=bias, **options)
    modules = conv1, nn.BatchNorm2d(c, eps=eps, momentum=0.3), nn.Conv2d(c, co, kernel, bias=bias)
    for i, module in enumerate(modules):
        for j, value in enumerate(module.state_dict().values()):
            if value.is_floating_point():
                value.copy_(randn(*value.shape, seed=seed + 10 * i + j))
        module.train(training)
    modules[1].running_var.abs_().add_(0.2)
    return modules


def tensors(modules):
    """What three modules hold, in one list; None for what they lack."""
    conv1, bn, conv2 = modules
    held = [conv1.weight, conv1.bias, bn.weight, bn.bias, bn.running_mean, bn.running_var, conv2.weight, conv2.bias]
    return [None if value is None else value.detach().clone() for value in held]


def output(modules, x):
    conv1, bn, conv2 = modules
    with torch.no_grad():
        return conv2(bn(conv1(x)).relu())


# %% role="judge"
def highest_stay(got, ref):
    """got and ref: masks and the scores that they come from, in turn; the count is the reference's."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 2):
        mask, scores, count = got[i], ref[i + 1], ref[i].sum()
        if not _is_mask(mask, scores) or mask.sum() != count or not np.array_equal(got[i + 1], scores):
            return 0.0
        if 0 < count < scores.size and scores[mask].min() < scores[~mask].max():
            return 0.0
    return 1.0


def runs_keep_largest(got, ref):
    """got and ref: a mask, its weights and the length m of a run, in turn; the number kept is the reference's."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 3):
        mask, w, m = got[i], ref[i + 1], int(ref[i + 2])
        if not _is_mask(mask, w) or not np.array_equal(got[i + 1], w):
            return 0.0
        kept, counts, sizes = _runs(mask, m), _runs(ref[i], m).sum(1), _runs(np.abs(w), m)
        smallest_kept = np.where(kept, sizes, np.inf).min(1)
        largest_dropped = np.where(kept, -np.inf, sizes).max(1)
        if not np.array_equal(kept.sum(1), counts) or (smallest_kept < largest_dropped).any():
            return 0.0
    return 1.0


def _runs(array, m):
    return np.moveaxis(array, 1, -1).reshape(-1, m)


def _is_mask(mask, like):
    return isinstance(mask, np.ndarray) and mask.dtype == np.bool_ and mask.shape == like.shape


# %% exercise="3.1" case="four granularities, L1" points=2 hint="p = 1: the sum of |w| in each group, for each of the four kinds of group; the input stays as it is"
w = randn(4, 6, 3, 5)
show(*[group_scores(w, granularity, 1) for granularity in GRANULARITIES], w)

# %% exercise="3.1" case="groups of several weights, L2" points=3 hint="p = 2: the root of the sum of squares in each group; the input stays as it is"
w = randn(5, 3, 3, 2)
show(*[group_scores(w, granularity, 2) for granularity in GRANULARITIES[1:]], w)

# %% exercise="3.1" case="even against uneven filters" points=2 hint="L1 and L2 order a filter like [3, 3] and one like [5, 0] differently"
size = rand(8, 1, 1, 1) + 0.5
w = torch.cat(
    [torch.tensor([3.0, -3.0]).reshape(1, 1, 1, 2) * size, torch.tensor([0.0, -5.0]).reshape(1, 1, 1, 2) * size]
)
show(group_scores(w, "channel", 1), group_scores(w, "channel", 2), group_scores(w, "kernel"))

# %% exercise="3.1" case="negative weights, p = 3" points=2 hint="other norms than L1 and L2, and weights that are all negative"
w = -rand(3, 4, 2, 3)
show(*[group_scores(w, granularity, 3) for granularity in GRANULARITIES])

# %% exercise="3.1" case="one filter, one input channel, long kernels" points=2 hint="a single filter or input channel, kernels of one row or of one column"
row, column = randn(1, 1, 1, 7), randn(1, 1, 6, 1, seed=seed + 1)
show(*[group_scores(w, granularity, 2) for w in (row, column) for granularity in GRANULARITIES])

# %% exercise="3.1" case="groups of zeros, unknown granularity" points=1 hint="a group of zeros scores 0; ValueError for another granularity"
w = randn(4, 3, 2, 2) * tensor([1.0, 0.0, 1.0, 0.0]).reshape(4, 1, 1, 1)
show(group_scores(w, "vector", 2), group_scores(w, "channel", 2), raises(group_scores, w, "row", 1))

# %% exercise="3.1" case="a tensor that is not contiguous" points=2 hint="a transposed or sliced input; the input stays as it is"
w = randn(6, 8, 3, 3).transpose(0, 1)[::2]
show(group_scores(w, "vector", 2), group_scores(w, "kernel", 1), group_scores(w, "channel", 2), w)

# %% exercise="3.1" case="double precision" points=1 hint="float64 stays float64, in dtype and in precision"
w = randn(3, 4, 3, 3, dtype=torch.float64)
show(group_scores(w, "vector", 2), group_scores(w, "channel", 1), group_scores(w, "channel", 3))

# %% exercise="3.2" case="random scores" points=1 hint="the count is rounded to the nearest integer; the highest of all scores stay; the input stays as it is"
scores = randn(7, 9, 3)
show(*[mask_from_scores(scores, sparsity) for sparsity in (0.3, 0.38, 0.5)], scores)

# %% exercise="3.2" case="counts that end in a half" points=2 hint="Python's round: a half goes to the even number of KEPT scores"
shown = []
for i, (n, sparsity) in enumerate([(5, 0.5), (7, 0.5), (9, 0.5), (11, 0.5), (10, 0.25), (6, 0.75), (10, 0.75)]):
    shown.append(mask_from_scores(randn(n, seed=seed + i), sparsity))
show(*shown)

# %% exercise="3.2" case="ties at the threshold" points=2 judge="highest_stay" hint="the count is exact when scores are equal; the input stays as it is"
scores = (randn(6, 10) * 2).round()
shown = []
for sparsity in (0.31, 0.5, 0.77):
    shown += [mask_from_scores(scores, sparsity), scores]
show(*shown)

# %% exercise="3.2" case="all scores equal" points=2 judge="highest_stay" hint="the count is exact when all scores are equal, also where it ends in a half"
same, zero = torch.full((5, 5), -1.5), torch.zeros(3, 7)
show(mask_from_scores(same, 0.5), same, mask_from_scores(zero, 0.5), zero)

# %% exercise="3.2" case="nothing, everything, outside" points=1 hint="sparsity 0 keeps all, 1 keeps none; ValueError outside [0, 1]"
scores = randn(4, 5)
bad = [raises(mask_from_scores, scores, sparsity) for sparsity in (-0.1, 1.1)]
show(mask_from_scores(scores, 0), mask_from_scores(scores, 1.0), mask_from_scores(scores, 0.5), *bad)

# %% exercise="3.2" case="scores that are not contiguous" points=1 hint="a transposed or sliced input; the input stays as it is"
scores = randn(10, 7).t()[::2]
show(mask_from_scores(scores, 0.3), mask_from_scores(scores, 0.5), scores)

# %% exercise="3.2" case="double precision, single scores" points=1 hint="scores that only float64 tells apart; a tensor of one score"
order = torch.randperm(23, generator=torch.Generator().manual_seed(seed))
close = 1 + order.double() * 1e-12
show(mask_from_scores(close, 0.5), mask_from_scores(close[:1], 0.4), mask_from_scores(close[:1], 0.5))

# %% exercise="3.3" case="2:4 on kernels" points=2 hint="runs of 4 consecutive input channels, separately for each filter and each place of the kernel; the input stays as it is"
w = randn(6, 8, 3, 3)
show(nm_mask(w, 2, 4), w)

# %% exercise="3.3" case="other N and M" points=2 hint="any n of any m, not only 2 of 4"
w = randn(4, 24, 1, 3)
show(nm_mask(w, 1, 4), nm_mask(w, 3, 4), nm_mask(w, 2, 8), nm_mask(w, 2, 3), nm_mask(w, 1, 2))

# %% exercise="3.3" case="nothing, everything, outside" points=1 hint="n = 0 and n = m; ValueError if m does not divide ci, or n is not in 0..m"
w = randn(2, 8, 2, 1)
bad = [raises(nm_mask, w[:, :6], 2, 4), raises(nm_mask, w, 5, 4), raises(nm_mask, w, -1, 4)]
show(nm_mask(w, 0, 4), nm_mask(w, 4, 4), nm_mask(w, 3, 8), *bad)

# %% exercise="3.3" case="ties inside a run" points=2 judge="runs_keep_largest" hint="exactly n stay when weights of a run are equal in size; the input stays as it is"
w = (randn(5, 12, 2, 2) * 1.5).round()
show(nm_mask(w, 2, 4), w, 4, nm_mask(w, 1, 4), w, 4, nm_mask(w, 3, 6), w, 6)

# %% exercise="3.3" case="runs of equal weights, runs of zeros" points=2 judge="runs_keep_largest" hint="exactly n stay when all weights of a run are equal in size, or zero"
sign = randn(3, 8, 1, 2).sign()
zero = torch.zeros(2, 8, 1, 1)
show(nm_mask(sign, 1, 4), sign, 4, nm_mask(zero, 3, 4), zero, 4)

# %% exercise="3.3" case="a tensor that is not contiguous, in double precision" points=1 hint="a transposed float64 input; the input stays as it is"
w = 1 + randn(8, 5, 3, 2, dtype=torch.float64).transpose(0, 1) * 1e-9
show(nm_mask(w, 1, 4), nm_mask(w, 2, 4), w)

# %% exercise="3.4" case="weights, statistics, output" points=3 hint="each tensor of the three new modules, and what they give; the originals stay as they are"
old, keep = trio(3, 8, 5, seed=seed), some(8, seed=seed)
new = shrink_pair(*old, keep)
show(*tensors(new), output(new, randn(2, 3, 9, 9)), *tensors(old))

# %% exercise="3.4" case="biases, stride, padding, dilation" points=3 hint="what else the convolutions hold: biases, stride, padding, dilation; kernels that are not square"
old = trio(2, 6, 4, (3, 2), seed=seed, bias=True, eps=0.05, stride=(2, 1), padding=(1, 0), dilation=(1, 2))
keep = some(6, seed=seed)
new = shrink_pair(*old, keep)
show(*tensors(new), output(new, randn(2, 2, 12, 11)), *tensors(old), keep)

# %% exercise="3.4" case="the sizes that the modules state" points=1 hint="out_channels, num_features and in_channels fit the new weights"
old, keep = trio(3, 9, 5, (1, 3), seed=seed, stride=2), some(9, seed=seed)
conv1, bn, conv2 = new = shrink_pair(*old, keep)
sizes = [conv1.in_channels, conv1.out_channels, bn.num_features, conv2.in_channels, conv2.out_channels]
show(sizes, [sum(p.numel() for p in module.parameters()) for module in new], output(new, randn(1, 3, 8, 8)))

# %% exercise="3.4" case="the masked network's output" points=3 hint="one channel stays, all stay, any: the output is the masked network's whose gamma and beta are masked too"
old = trio(4, 7, 3, seed=seed, bias=True, eps=0.05, stride=2, padding=1)
x = randn(3, 4, 14, 14)
keeps = [torch.arange(7) == 6, torch.ones(7, dtype=torch.bool), some(7, seed=seed)]
show(*[output(shrink_pair(*old, keep), x) for keep in keeps])

# %% exercise="3.4" case="training mode, momentum, eps" points=2 hint="train or eval mode, momentum and eps are as in the originals: a batch in training mode moves the statistics alike"
old, keep = trio(2, 6, 3, seed=seed, training=True, eps=0.05), some(6, seed=seed)
new = shrink_pair(*old, keep)
modes = [module.training for module in new]
show(modes, output(new, randn(4, 2, 8, 8)), *tensors(new), *tensors(old))

# %% exercise="3.4" case="new modules, not the old ones" points=2 hint="changing the new modules leaves the originals as they are"
old, keep = trio(3, 6, 4, seed=seed, bias=True, padding=1), some(6, seed=seed)
new = shrink_pair(*old, keep)
shrunk = tensors(new)
with torch.no_grad():
    for module in new:
        for value in module.state_dict().values():
            value.zero_()
show(*shrunk, *tensors(old), output(old, randn(2, 3, 7, 7)))

# %% exercise="3.4" case="double precision" points=1 hint="modules in float64 stay so"
old = [module.double() for module in trio(2, 5, 3, seed=seed, bias=True, stride=2)]
new = shrink_pair(*old, some(5, seed=seed))
show(*tensors(new), output(new, randn(2, 2, 9, 9, dtype=torch.float64)))

# %% exercise="3.5" case="SNIP" points=3 hint="snip: the share of each weight in the sum of |w * mean gradient|"
w, g = randn(4, 3, 3, 2), randn(6, 4, 3, 3, 2, seed=seed + 1)
show(saliency(w, g, "snip"))

# %% exercise="3.5" case="first-order Taylor" points=3 hint="taylor: the size of the sum of w * mean gradient over each filter"
w, g = randn(12, 3, 2, 3), randn(5, 12, 3, 2, 3, seed=seed + 1)
show(saliency(w, g, "taylor"))

# %% exercise="3.5" case="second order" points=3 hint="fisher: half the mean squared gradient times the squared weight; the inputs stay as they are"
w, g = randn(3, 4, 3, 3), randn(7, 3, 4, 3, 3, seed=seed + 1)
show(saliency(w, g, "fisher"), w, g)

# %% exercise="3.5" case="one sample" points=2 hint="a single sample: its gradient is the mean"
w, g = randn(8, 2, 3, 3), randn(1, 8, 2, 3, 3, seed=seed + 1)
show(*[saliency(w, g, kind) for kind in ("snip", "taylor", "fisher")])

# %% exercise="3.5" case="samples that pull against each other" points=3 hint="samples of opposite gradients cancel in the mean, not in the mean square; the inputs stay as they are"
w, half = randn(5, 3, 2, 2), randn(4, 5, 3, 2, 2, seed=seed + 1)
g = torch.cat([half, -half + 0.1 * rand(4, 5, 3, 2, 2, seed=seed + 2)])
show(*[saliency(w, g, kind) for kind in ("snip", "taylor", "fisher")], w, g)

# %% exercise="3.5" case="weights that pull against each other" points=2 hint="the products of a filter are added before their size is taken; negative weights"
w = -rand(10, 4, 3, 1)
g = randn(3, 10, 4, 3, 1, seed=seed + 1) + tensor([1.0, -1.0, 1.0, -1.0]).reshape(4, 1, 1)
show(saliency(w, g, "taylor"), saliency(w, -g, "taylor"), saliency(w, g, "snip"))

# %% exercise="3.5" case="one weight, one filter, one input channel" points=1 hint="a layer of a single weight; one filter; one input channel"
w, g = randn(1, 1, 1, 1), randn(2, 1, 1, 1, 1, seed=seed + 1)
flat, flat_g = randn(1, 3, 1, 4, seed=seed + 2), randn(2, 1, 3, 1, 4, seed=seed + 3)
show(*[saliency(*of, kind) for of in ((w, g), (flat, flat_g)) for kind in ("snip", "taylor", "fisher")])

# %% exercise="3.5" case="no gradient, unknown kind" points=1 hint="all scores are 0, not NaN, where every gradient is; ValueError for another kind"
w, none, tiny = randn(3, 2, 2, 2), torch.zeros(4, 3, 2, 2, 2), randn(4, 3, 2, 2, 2, seed=seed + 1) * 1e-9
zeros = [saliency(w, none, kind) for kind in ("snip", "taylor", "fisher")]
show(*zeros, raises(saliency, w, tiny, "random"), saliency(w, tiny, "snip"))

# %% exercise="3.5" case="double precision, not contiguous" points=2 hint="a float64 input that is a transposed view; the inputs stay as they are"
w = randn(4, 6, 3, 3, dtype=torch.float64).transpose(0, 1)
g = randn(5, 4, 6, 3, 3, seed=seed + 1, dtype=torch.float64).transpose(1, 2)
show(*[saliency(w, g, kind) for kind in ("snip", "taylor", "fisher")], w, g)

# %% exercise="3.6" case="share of zeros" points=2 rtol=1e-6 dtype="float" hint="apoz: the share of zeros over all images and places of each channel; small values are no zeros; the input stays as it is"
a = randn(5, 6, 4, 7).relu() * tensor([1.0, 1e-9, 1.0, 1.0, 1.0, 1.0]).reshape(6, 1, 1)
show(apoz(a), a)

# %% exercise="3.6" case="dead and busy channels" points=2 rtol=1e-6 dtype="float" hint="apoz of a channel that is always zero, never zero, nearly zero, silent on some images only"
chance = tensor([0.0, 1.0, 0.5, 0.9]).reshape(4, 1, 1)
a = (rand(6, 4, 5, 5) < chance) * (rand(6, 4, 5, 5, seed=seed + 1) + 0.01)
a[:4, 2] = 0
a[:, 3] *= 1e-8
show(apoz(a))

# %% exercise="3.6" case="apoz of few values, and of a view" points=2 rtol=1e-6 dtype="float" hint="apoz of one image, of maps of one value, of a transposed float64 input"
a = randn(5, 9, 2, 3, dtype=torch.float64).relu().transpose(0, 1)
spots = (randn(11, 4, 1, 1, seed=seed + 1) - 0.4).relu() * 1e-7
show(apoz(a), apoz(a[:1]), apoz(spots))

# %% exercise="3.6" case="entropy of random maps" points=3 dtype="float" hint="channel_entropy: mean over the map, one range for the whole layer, natural logarithm, empty bins count 0; the input stays as it is"
level = tensor([0.2, 1.0, 2.0, 0.5, 1.5]).reshape(5, 1, 1)
a = randn(60, 5, 3, 4, dtype=torch.float64) + level * randn(60, 5, 1, 1, seed=seed + 1) + 2 * level
a = a.relu()  # in float64, where no order of summation moves a mean into the next bin
show(channel_entropy(a, 8), channel_entropy(a, 5), a)

# %% exercise="3.6" case="a constant channel among others" points=2 dtype="float" hint="a channel that is always 5 has entropy 0, one that hardly moves too: the bins are the layer's"
moving = rand(40, 3, 4, 4, seed=seed) * 4 + 8 * rand(40, 3, 1, 1, seed=seed + 1)
trembling = 5 + 1e-3 * rand(40, 1, 4, 4, seed=seed + 2)
a = torch.cat([moving, torch.full((40, 1, 4, 4), 5.0), trembling], dim=1)
show(channel_entropy(a, 6), channel_entropy(a, 1))

# %% exercise="3.6" case="means on the edges of bins" points=2 dtype="float" hint="a bin holds its lower edge, the last one the largest mean too; means below zero"
steps = torch.randint(0, 9, (24, 3), generator=torch.Generator().manual_seed(seed)).float()
steps[0], steps[1], steps[2:4, 0] = 0.0, 8.0, 8.0
a = (steps - 2)[:, :, None, None] + tensor([[-1.0, 0.5], [0.75, -0.25]])
show(channel_entropy(a, 4), channel_entropy(a, 8), channel_entropy(a * 2, 2))

# %% exercise="3.6" case="a layer that never changes" points=1 dtype="float" hint="H is 0 if all means are equal, also at 0; one image; one channel"
still = [torch.full((7, 3, 2, 2), 5.0), torch.zeros(4, 2, 3, 3), torch.full((1, 1, 2, 2), -2.0)]
one = randn(30, 1, 2, 2)
show(*[channel_entropy(a, 4) for a in still], channel_entropy(one, 4), channel_entropy(randn(1, 6, 2, 2), 4))

# %% exercise="3.6" case="entropy in double precision, of a view" points=1 rtol=1e-6 dtype="float" hint="a transposed float64 input whose values only float64 tells apart"
a = 1 + 1e-8 * randn(4, 50, 3, 3, dtype=torch.float64).transpose(0, 1)
show(channel_entropy(a, 5), a)

# %% exercise="3.7" case="noisy outputs" points=2 rtol=1e-3 hint="least squares on the inputs of the kept channels; zeros in the others; the inputs stay as they are"
x, w, keep = randn(90, 6, 3), randn(4, 6, 3, seed=seed + 1), some(6, seed=seed)
y = torch.einsum("nck,ock->no", x, w) + 0.5 + 0.3 * randn(90, 4, seed=seed + 2)
show(refit(x, y, w, keep), x, y, w, keep)

# %% exercise="3.7" case="kept channels that can say it all" points=2 rtol=1e-3 hint="dropped channels that are mixtures of kept ones: the new weights take over their part; the inputs stay as they are"
kept, mix, w = randn(60, 3, 4), randn(2, 3, seed=seed + 1), randn(5, 5, 4, seed=seed + 2)
x = torch.cat([torch.einsum("dc,nck->ndk", mix, kept), kept], dim=1)
keep = torch.arange(5) >= 2
show(refit(x, torch.einsum("nck,ock->no", x, w), w, keep), w)

# %% exercise="3.7" case="nothing dropped" points=2 rtol=1e-3 hint="with all channels kept the true weights come back, also where w holds others; kernels of one value"
x, w, other = randn(50, 4, 2), randn(3, 4, 2, seed=seed + 1), randn(3, 4, 2, seed=seed + 2)
everything = torch.ones(4, dtype=torch.bool)
y = torch.einsum("nck,ock->no", x, w)
show(refit(x, y, other, everything), refit(x[:, :, :1], y, other[:, :, :1], everything))

# %% exercise="3.7" case="one channel stays, one output" points=2 rtol=1e-3 hint="a single kept channel, a single output channel; inputs and outputs whose mean is not 0"
x, w = rand(40, 5, 4) + 0.5, randn(1, 5, 4, seed=seed + 1)
y = torch.einsum("nck,ock->no", x, w) + 1
show(refit(x, y, w, torch.arange(5) == 3), refit(x, y, w, torch.arange(5) == 0), w)

# %% exercise="3.7" case="fewer samples than weights" points=3 rtol=1e-6 hint="of all weights that fit, those of smallest sum of squares"
x, w, keep = randn(7, 6, 5, dtype=torch.float64), randn(3, 6, 5, seed=seed + 1, dtype=torch.float64), some(6, seed=seed)
y = randn(7, 3, seed=seed + 2, dtype=torch.float64)
show(refit(x, y, w, keep), refit(x[:1], y[:1], w, keep), w)

# %% exercise="3.7" case="a dead channel, a channel twice" points=2 rtol=1e-6 hint="kept channels that are zero or repeat each other: of all best weights those of smallest sum of squares"
shown = []
for i in range(4):
    base, w = randn(60, 4, 3, seed=seed + i, dtype=torch.float64), randn(2, 6, 3, seed=seed + 9, dtype=torch.float64)
    x = torch.cat([torch.zeros(60, 1, 3, dtype=torch.float64), base, base[:, 1:2]], dim=1)
    y = torch.einsum("nck,ock->no", x, w) + randn(60, 2, seed=seed + 10 + i, dtype=torch.float64)
    shown.append(refit(x, y, w, tensor([True, False, True, False, True, True])))
show(*shown)

# %% exercise="3.7" case="double precision, not contiguous" points=2 rtol=1e-8 hint="float64 inputs that are transposed views; the inputs stay as they are"
x = randn(5, 70, 4, dtype=torch.float64).transpose(0, 1)
w = randn(5, 3, 4, seed=seed + 1, dtype=torch.float64).transpose(0, 1)
y, keep = randn(3, 70, seed=seed + 2, dtype=torch.float64).t() + 2, some(5, seed=seed)
show(refit(x, y, w, keep), x, y, w, keep)

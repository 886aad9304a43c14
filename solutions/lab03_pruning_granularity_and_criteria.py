# %% [markdown]
# # Lab 03 - Prune a network: choose the grain and the criterion
#
# [Open in Colab][colab]
#
# **Which weights can a trained network lose, and when does losing them make it smaller or faster?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab03_pruning_granularity_and_criteria.ipynb

# %% [markdown]
# **Time** 95 minutes. **Points** 100. **Prerequisites** labs 01 and 02. **Needs** 1 CPU minute and 3 MB of data.
#
# You will be able to
# - mask weights at four granularities and at N:M, and say what each costs in energy, bytes and speed
# - shrink a pair of convolutions so that it is really smaller
# - score weights and channels from weights, gradients and activations
# - repair a pruned layer by least squares
# - choose a criterion from measurements on a real network
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab03 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import copy
import math
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from effdl import capture, channels, cost, data, experiments, masking, plots, pruning, saliency as criteria, train, zoo
from effdl.check import check

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: quality and cost
# A ResNet8 has learned ten kinds of clothes from 10,000 pictures (Fashion-MNIST). Every choice in this lab is made on
# the validation images; the test images are used once, at the end.
#
# Where is the cost? We prune the six 3 x 3 convolutions inside the blocks, the same six for every granularity, so
# that results can be compared. Stem, 1 x 1 shortcuts and classifier stay dense.

# %%
net = zoo.load("resnet8")
seen, validation = data.fashion_mnist("train"), data.fashion_mnist("validation")
dense_accuracy, dense_macs = train.accuracy(net, validation), cost.macs(net, (1, 28, 28))
print(f"quality: {dense_accuracy:.1f} % of the validation images right")
print(f"cost: {cost.parameters(net)} parameters, {dense_macs / 1e6:.2f} million MACs an image")

# %% role="figure"
plots.pruning.layer_costs(experiments.layer_costs(net), list(masking.prunable(net)))

# %% [markdown]
# ## 1 - Granularity: the shape of the hole
# Pruning looks for weights $w$ with small loss $L(x; w)$ and few of them not zero: $\|w\|_0 \le N$. *Unstructured*
# pruning drops single weights: the best accuracy for each weight left, hard to speed up. *Structured* pruning drops
# blocks that hardware can skip: rows of a kernel (vector), kernels, whole filters (channel).
#
# By hand: half of the kernel [[3, -2], [1, -5]] goes, by magnitude. If rows go as a whole, is it row 0 or row 1 that
# stays? If single weights go, does 3 stay?

# %% predict="3.1"
guess_small = {"row that stays": 1, "does 3 stay": "yes"}

# %%
small = torch.tensor([[3.0, -2.0], [1.0, -5.0]])
stay, norms = pruning.mask_from_scores(small.abs(), 0.5).tolist(), small.abs().sum(1).tolist()
why = f"single weights that stay: {stay}\nL1 norms of the rows: {norms}"
plots.reveal(guess_small, {"row that stays": 1, "does 3 stay": "yes"}, details=why)

# %% [markdown]
# ### Exercise 3.1 - Score groups of weights    12 min - 15 points - difficulty 2/5
# Write `group_scores`. Given w (co, ci, kh, kw), return the Lp norm (sum |w|^p)^(1/p) of each group. "fine": each
# weight; "vector": each row of a kernel, (co, ci, kh); "kernel": (co, ci); "channel": each filter, (co,). Any other
# word raises ValueError. About 5 lines.
#
# By hand first: for the groups [3, 3] and [5, 0], L1 gives 6 and 5, L2 gives 4.24 and 5. The norms disagree.
#
# <details><summary>Hint 1</summary>The four differ only in how many leading axes survive.</details>
# <details><summary>Hint 2</summary><code>reshape</code> or <code>flatten</code> can join the trailing axes.</details>
# <details><summary>Hint 3</summary>(co, ci, kh, kw), then (groups, weights of a group), then (groups).</details>

# %% exercise="3.1" source="effdl.pruning:group_scores" points=15 minutes=12 difficulty=2
# the build puts the reference here

# %% check="3.1"
check("3.1", group_scores)

# %% [markdown]
# Which norm would you trust for a group with one large weight, and why? From here on the lab calls its own
# `pruning.group_scores`, so that a slip of yours does not follow you.
#
# ### Exercise 3.2 - Keep exactly so many    8 min - 10 points - difficulty 2/5
# Write `mask_from_scores`. Return a bool mask like `scores`: True for exactly round(n * (1 - sparsity)) of the
# highest, also when scores are equal. `round` is Python's. A sparsity outside [0, 1] raises ValueError. About 6
# lines.
#
# By hand first: [5, 6, 1, 7] at 0.5 keeps 6 and 7. Five scores at 0.5 keep 2, because 2.5 rounds to even.
#
# <details><summary>Hint 1</summary>A threshold cannot count when scores are equal. Positions can.</details>
# <details><summary>Hint 2</summary><code>topk</code> also returns indices.</details>

# %% exercise="3.2" source="effdl.pruning:mask_from_scores" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="3.2"
check("3.2", mask_from_scores)

# %% [markdown]
# The widget runs *your* two functions on 8 x 8 kernels of the network. Before you touch it: at 90 % and "fine", which
# of its two meters will have moved? And at 50 % and "channel"? The figure below it shows 50 %, without a widget.

# %% role="widget"
corner = net.blocks[0].conv1.weight[:8, :8]
plots.explore.mask_painter(group_scores, mask_from_scores, corner)

# %% [markdown]
# Only channels move the second meter: a dense convolution can skip a filter and nothing smaller.
#
# ### Exercise 3.3 - N of M    8 min - 10 points - difficulty 2/5
# Some hardware skips two zeros among four neighbors (2:4). Write `nm_mask`: in each run of m consecutive *input*
# channels, at one filter and one place of the kernel, the n largest |w| stay. ValueError if m does not divide ci or n
# is not in 0..m. About 7 lines.
#
# By hand first: the run [1, -4, 3, 2] at 2:4 keeps -4 and 3.
#
# <details><summary>Hint 1</summary>Give the runs an axis of their own.</details>
# <details><summary>Hint 2</summary><code>topk</code> along that axis, then <code>scatter</code>.</details>
# <details><summary>Hint 3</summary>(co, ci, kh, kw), then (co, ci / m, m, kh, kw), then back.</details>

# %% exercise="3.3" source="effdl.pruning:nm_mask" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="3.3"
check("3.3", nm_mask)

# %% [markdown]
# *Pattern-based* pruning is the same choice in two dimensions: each kernel takes the one mask, of a few allowed, that
# keeps most of it (`pruning.pattern_mask`). Below, 4:9: the best of the four 2 x 2 corners of a 3 x 3 kernel.
#
# Before any accuracy: how much of the *squared* weight (energy) stays when half of a Gaussian tensor goes? Give
# percent. One end is easy: if filters were dropped blindly, about 50 % would stay.

# %% predict="3.2"
guess_energy = {"fine": 93, "2:4": 86, "vector": 78, "kernel": 67, "channel": 53}

# %%
gaussian = torch.randn(64, 64, 3, 3, generator=torch.Generator().manual_seed(0))
last = net.blocks[2].conv2.weight.detach()
energy = {name: pruning.kept_energy(gaussian, mask) for name, mask in experiments.half_masks(gaussian).items()}
trained = {name: pruning.kept_energy(last, mask) for name, mask in experiments.half_masks(last).items()}
plots.reveal(guess_energy, {name: round(100 * energy[name]) for name in guess_energy}, "%")
plots.pruning.kept_energy(energy, trained, guess=guess_energy)

# %% [markdown]
# Norms of larger groups differ less, so there is less to choose from. Squares right of circles: where does a trained
# layer keep its large weights?
#
# ## 2 - Zeros are not speed
# A zero in a dense tensor is stored and multiplied like any number. Take 64 x 64 x 3 x 3 weights in 32 bits, 147,456
# bytes, half of them zero. By hand: how many bytes are the rest with one bit for each weight (bitmask), or with a
# 16-bit index each? How many times faster does the masked convolution run? And if half of the filters of *every*
# layer of a chain go, how many percent of an inner layer's parameters and MACs are left?

# %% predict="3.3"
guess_cost = {"bitmask": 78336, "index16": 110592, "times faster": 1.0, "parameters left": 25, "MACs left": 25}

# %%
shares = [share / 20 for share in range(21)]
halves = [pruning.mask_from_scores(gaussian.abs(), share) for share in shares]
kinds = ("dense", "bitmask", "index16")
sizes = {kind: [cost.stored_bytes(gaussian, half, format=kind) for half in halves] for kind in kinds}
plots.reveal(guess_cost, {kind: sizes[kind][10] for kind in ("bitmask", "index16")}, "bytes")
plots.pruning.stored_size(shares, sizes, guess=guess_cost)

# %% [markdown]
# Bytes can be counted; time has to be measured, as the median of 30 runs on one thread. It differs between machines.

# %% tags=["nbval-ignore-output"]
trio = {"dense": nn.Conv2d(64, 64, 3), "masked": nn.Conv2d(64, 64, 3), "shrunk": nn.Conv2d(32, 32, 3)}
trio["masked"].weight.data *= pruning.mask_from_scores(trio["masked"].weight.abs(), 0.5)
ms = {name: cost.latency_ms(layer, torch.ones(1, layer.in_channels, 28, 28)) for name, layer in trio.items()}
times = ", ".join(f"{name} {median:.2f} ms (spread {spread:.2f})" for name, (median, spread) in ms.items())
faster = round(ms["dense"].median_ms / ms["masked"].median_ms, 1)
plots.reveal(guess_cost, {"times faster": faster}, details=times)
parameters_left = cost.parameters(trio["shrunk"]) / cost.parameters(trio["dense"])
macs_left = cost.macs(trio["shrunk"], (32, 28, 28)) / cost.macs(trio["dense"], (64, 28, 28))
plots.reveal(guess_cost, {"parameters left": round(100 * parameters_left), "MACs left": round(100 * macs_left)}, "%")

# %% [markdown]
# Time falls when the layer itself is smaller: a filter that goes is also an input channel of the next layer that
# goes.
#
# ### Exercise 3.4 - Shrink a pair    15 min - 15 points - difficulty 3/5
# Write `shrink_pair`. Remove the output channels of conv1 that `keep` (bool, True = kept) drops: from conv1, from bn,
# from the inputs of conv2. Return three new modules, all else as given; the originals stay untouched. Convolutions
# are not grouped. About 9 lines.
#
# By hand first: Conv2d(3, 8), BatchNorm2d(8), Conv2d(8, 4) with five kept become (3, 5), (5), (5, 4).
#
# <details><summary>Hint 1</summary>Copy, then cut. Which tensors have one entry for each channel?</details>
# <details><summary>Hint 2</summary><code>copy.deepcopy</code>; <code>bn</code> holds two statistics.</details>
# <details><summary>Hint 3</summary>conv1 is cut on axis 0, conv2 on axis 1. A bias may be None.</details>

# %% exercise="3.4" source="effdl.pruning:shrink_pair" points=15 minutes=15 difficulty=3
# the build puts the reference here

# %% check="3.4"
check("3.4", shrink_pair)

# %% [markdown]
# A trap: is a filter silent when all its weights are zero? Batch normalization (BN) turns its 0 into
# $\beta - \gamma\mu/\sqrt{\sigma^2 + \epsilon}$, a constant that the next layer reads. Half of block 3, masked:

# %% role="figure"
loud = pruning.mask_from_scores(pruning.group_scores(net.blocks[2].conv1.weight.detach(), "channel"), 0.5)
leak, weights_only, all_three = channels.bn_leak(net.blocks[2], loud)
print(f"largest difference from the shrunk layers: {weights_only:.2f} with weights masked, ", end="")
print(f"{all_three:.2f} with gamma and beta masked too")
plots.pruning.bn_leak(leak, loud)

# %% [markdown]
# In ResNet8 only channels *inside* a block can go: what leaves a block is added to what entered it. Which of its
# layers therefore stay as wide as they are?
#
# ## 3 - Criteria from gradients
# A small weight can matter, a large one be idle. Without $w$ the loss changes by about $-gw + \frac12 hw^2$ (gradient
# $g$, curvature $h$). Taylor and SNIP take the first term. The second-order score takes the other, with the mean
# *squared* gradient of single samples (the empirical Fisher) for $h$.
#
# By hand: $w = 2$, two samples with gradients 3 and -1. With $G$ their mean, what are $|wG|$ and the second-order
# score? And what would it be with $G^2$ by mistake?

# %% predict="3.4"
guess_terms = {"first order": 2, "second order": 10, "with G squared": 2}

# %%
one, two = torch.full((1, 1, 1, 1), 2.0), torch.tensor([3.0, -1.0]).reshape(2, 1, 1, 1, 1)
terms = {"first order": criteria.saliency(one, two, "taylor"), "second order": criteria.saliency(one, two, "fisher")}
terms["with G squared"] = 0.5 * two.mean() ** 2 * one**2
plots.reveal(guess_terms, {name: term.item() for name, term in terms.items()})

# %% [markdown]
# ### Exercise 3.5 - Saliency from gradients    17 min - 20 points - difficulty 4/5
# Write `saliency`. Given w (co, ci, kh, kw) and gradients g (n, co, ci, kh, kw) of n samples, G their mean: "snip" is
# |w G| over its sum, like w (all zero if that sum is); "taylor" |sum of w G over a filter|, (co,); "fisher"
# 1/2 mean(g^2) w^2, like w. Any other kind raises ValueError. About 8 lines.
#
# By hand first: a filter with w G = [1, -1] has Taylor score 0.
#
# <details><summary>Hint 1</summary>Where does the mean go, where the absolute value, where the square?</details>
# <details><summary>Hint 2</summary>Taylor sums signed terms: they may cancel.</details>
# <details><summary>Hint 3</summary>g (n, co, ci, kh, kw), G like w, a filter's sum (co,).</details>

# %% exercise="3.5" source="effdl.saliency:saliency" points=20 minutes=17 difficulty=4
# the build puts the reference here

# %% check="3.5"
check("3.5", saliency)

# %% [markdown]
# The real network has converged. Half of the single weights of its six layers go, by $|w|$ or by $|wG|$ (SNIP). Which
# leaves the better network, "magnitude" or "SNIP"? Think of what $G$ is after training.

# %% predict="3.5"
guess_better = "magnitude"

# %%
some, layers = seen.first(128), masking.prunable(net)
gradients = capture.per_sample_gradients(net, list(layers), some.images, some.labels)
scores = {"magnitude": {name: weight.abs() for name, weight in layers.items()}}
scores["SNIP"] = {name: criteria.saliency(weight, gradients[name], "snip") for name, weight in layers.items()}
right = {kind: experiments.one_shot(net, of_layer, 0.5, validation) for kind, of_layer in scores.items()}
percents = ", ".join(f"{kind} {percent:.0f} % right" for kind, percent in right.items())
plots.reveal(guess_better, max(right, key=right.get), details=percents)

# %% [markdown]
# At a minimum the mean gradient is near zero: what is left of it is noise of the batch. SNIP was made for networks
# *before* training; on one batch it ranks as $|wG|$ does.
#
# For whole channels there is a truth to compare with: remove one inner channel, measure the loss. Each dot is a
# channel (the cell takes some seconds).

# %% role="figure"
found = channels.collect(net, some, validation.first(1000))
first = found["block 1"]
plots.criteria.scatter(channels.score(first, "Fisher"), first.loss_change, "Fisher", where=", block 1")

# %% [markdown]
# Each channel was removed alone. Why is that not yet the truth about removing half of them?
#
# ## 4 - Criteria from activations
# Look at what a channel says. *APoZ* is its average percentage of zeros after ReLU: high means idle. *Entropy* bins
# its mean over many images: low means that it says the same of all of them.
#
# By hand: three channels have 11, 12 and 14 zeros among 32 values. Which one goes (0, 1, 2)? Another is 5 everywhere,
# in a layer that varies: what are its share of zeros and its entropy?

# %% predict="3.6"
guess_idle = {"channel that goes": 2, "zeros of the constant": 0, "entropy of the constant": 0}

# %%
layer = (torch.arange(32) >= torch.tensor([[11], [12], [14], [0]])).float().reshape(1, 4, 4, 8).repeat(3, 1, 1, 1)
layer = layer * torch.tensor([1.0, 2.0, 4.0]).reshape(3, 1, 1, 1)
layer[:, 3] = 5
idle, entropy = criteria.apoz(layer), criteria.channel_entropy(layer, bins=8)
counts = f"zeros of 32: {(32 * idle).tolist()} entropy: {[round(nats, 2) for nats in entropy.tolist()]}"
answer = {"channel that goes": idle.argmax(), "zeros of the constant": idle[3], "entropy of the constant": entropy[3]}
plots.reveal(guess_idle, {name: round(value.item(), 2) for name, value in answer.items()}, details=counts)

# %% [markdown]
# ### Exercise 3.6 - What channels say    10 min - 15 points - difficulty 3/5
# Write two functions of activations a (n, c, h, w). `apoz`: each channel's share of exact zeros, (c,).
# `channel_entropy`: average each channel of each image over h and w, count these means in `bins` equal bins, return
# $-\sum p \log p$ in nats, (c,). The bins divide ONE range, from the smallest to the largest mean of the whole layer;
# the largest falls into the last bin. If all are equal the entropy is 0. About 8 lines.
#
# By hand first: the means 0 and 8 of a channel, in 4 bins, give log 2.
#
# <details><summary>Hint 1</summary>0 log 0 counts as 0: <code>torch.special.entr</code> knows.</details>
# <details><summary>Hint 2</summary>(n, c, h, w), means (n, c), shares (c, bins), entropy (c,).</details>

# %% exercise="3.6" source="effdl.saliency:apoz,channel_entropy" points=15 minutes=10 difficulty=3
# the build puts the reference here

# %% check="3.6"
check("3.6", apoz, channel_entropy)

# %% [markdown]
# Be the judge: the widget scores channels with *your* functions, against the true loss changes. Before you touch it:
# which criterion orders them best? Does magnitude beat the lot ("random")?

# %% role="widget"
plots.explore.judge_criterion(
    found, group_scores=group_scores, saliency=saliency, apoz=apoz, channel_entropy=channel_entropy
)

# %% [markdown]
# The last criterion asks the *next* layer: which channels give back its output? He et al. choose them by LASSO,
# minimizing $\|y - \sum_c \beta_c x_c w_c^T\|^2 + \lambda\|\beta\|_1$ (`lasso_path` in the package), and then fit the
# weights that are left anew.
#
# ### Exercise 3.7 - Refit what is left    10 min - 15 points - difficulty 4/5
# Write `refit`. Given inputs x (n, ci, k), outputs y (n, co), w (co, ci, k) and keep (ci,), return weights like w,
# zero in dropped channels, that give y back from x with the least squared error; of several, those of least norm.
# About 6 lines.
#
# By hand first: if channel 2 is always twice channel 1, both have weight 1 and only 1 stays, its weight becomes 3.
#
# <details><summary>Hint 1</summary>One least-squares problem, all kept inputs side by side.</details>
# <details><summary>Hint 2</summary><code>torch.linalg.lstsq</code> has drivers; which one needs no full rank?</details>
# <details><summary>Hint 3</summary>(n, kept * k) against (n, co) gives (kept * k, co).</details>

# %% exercise="3.7" source="effdl.saliency:refit" points=15 minutes=10 difficulty=4
# the build puts the reference here

# %% check="3.7"
check("3.7", refit)

# %% [markdown]
# On the real network: conv2 of block 3 reads 64 channels. We keep fewer and compare its outputs on 2,000 places.

# %% role="figure"
counts = (56, 48, 40, 32, 24, 16, 8)
errors = channels.reconstruction(net, "blocks.2.conv2", seen.first(500), counts)
plots.criteria.reconstruction(counts, errors)

# %% [markdown]
# Which helps more here, the choice or the refit? Compare the lines in pairs.
#
# ## 5 - Put together: the whole network
# Three networks from three seeds, five sparsities, six granularities, each pruned, its BN re-estimated on 1,000
# images without labels, and fine-tuned for an epoch with the masks applied again after each step. That takes minutes,
# so the results are cached (`python -m effdl.make.lab03` measures them anew). One point is run here, live:

# %% role="experiment"
results = experiments.load_curves()
live = experiments.measure(net, experiments.masks(net, "kernel", 0.5), seen, validation, seed=0)
for stage, now, then in zip(experiments.STAGES, live, results.point("kernel", 0.5, seed=0), strict=True):
    print(f"kernel, 50 %, {stage}: {now:.0f} % now, {then:.0f} % cached")

# %% role="figure"
plots.criteria.accuracy_curves(results.sparsities, results.stages(), results.dense.mean())

# %% [markdown]
# Random single weights are the control. Is the order as pruned that of the kept energies? Bytes at 50 %, whole
# network, indices counted, and then networks that are really smaller: half of the inner channels of each block go, by
# each criterion.

# %%
for name in experiments.GRANULARITIES:
    size = cost.network_bytes(net, experiments.masks(net, name, 0.5), format=experiments.FORMATS[name])
    percents = " -> ".join(f"{percent:.0f}" for percent in results.point(name, 0.5))
    print(f"{name:8} {percents} % right, {size / 1024:.0f} KiB of {cost.network_bytes(net) / 1024:.0f}")

# %% role="figure"
plots.criteria.criteria(results.methods(0.5), results.dense.mean())

# %% [markdown]
# **Which one when**, from this table. Channels, no training: choose by LASSO, or even by magnitude, and refit; it
# needs images, no labels. Channels, only BN re-estimated: entropy; magnitude does no better than the lot, gradients
# lie between and need labels. Single weights of a converged network: magnitude. After an epoch of fine-tuning all lie
# close, some within the spread of seeds: take the cheapest that you trust, and keep the control.
#
# Chosen on validation, the best one at three sizes:

# %% role="figure"
best = results.best_method(0.5)
thin = {share: channels.shrink(net, found, best, share, seen.first(500)) for share in results.shares}
points = results.tradeoff(best, {share: cost.macs(network, (1, 28, 28)) for share, network in thin.items()})
plots.criteria.tradeoff(points, (dense_macs / 1e6, results.dense.mean()), by=best)

# %% [markdown]
# The choice is made. Now the test images, once: half of the inner channels gone, an epoch of fine-tuning. Time is for
# 100 images on one thread: will it be half?

# %% role="experiment" tags=["nbval-ignore-output"]
test, batch = data.fashion_mnist("test"), validation.images[:100]
final = experiments.finetune_(train.reestimate_bn_(thin[0.5], seen.images[:1000]), {}, seen, seed=0)
for name, network in (("dense", net), ("shrunk", final)):
    right, ms = train.accuracy(network, test), cost.latency_ms(network, batch).median_ms
    kib, mmacs = cost.network_bytes(network) / 1024, cost.macs(network, (1, 28, 28)) / 1e6
    print(f"{name}: {right:.1f} % of the test images right, {kib:.0f} KiB, {mmacs:.2f} million MACs, {ms:.1f} ms")
print(f"fine-grained: {results.reach('fine', within=1):.0%} of six layers' weights gone, within 1 point on validation")

# %% [markdown]
# ## Honest limits
# One small network, one easy data set; three seeds show a spread, no significance. Every layer lost the same share,
# though layers differ in what they bear. Masks saved bytes in our count only: no file here stores them that way.
# Sparse speed needs its own kernels or hardware (labs 05 and 06); 2:4 needs a GPU that has it. Our refit looks at
# each layer of the original network; He et al. go through the already pruned one. The empirical Fisher is not the
# Hessian: it scales with the residuals. No joules were measured.

# %% [markdown]
# ## Wrap-up
# Finer grains keep more accuracy for each weight left, coarser ones save time. BN is part of a filter: mask it,
# re-estimate it. A criterion is judged by what it predicts, and repair can matter more than choice.
#
# | | network, data | weights gone, accuracy |
# |---|---|---|
# | Han et al. 2015 | AlexNet, ImageNet | 61 M to 6.7 M (89 %), no loss |
# | Han et al. 2015 | VGG-16, ImageNet | 138 M to 10.3 M (93 %), no loss |
# | ours | ResNet8, Fashion-MNIST | last line above, one round, one epoch |
#
# Open: why can large networks lose nine weights of ten, and this one not? How would you prune channels that a
# residual addition ties together?

# %% [markdown]
# ## Sources
# Han et al. 2015, arXiv:1506.02626. Mao et al. 2017 (granularity), arXiv:1705.08922. Li et al. 2017 (filters, L1),
# arXiv:1608.08710. Mishra et al. 2021 (2:4), arXiv:2104.08378. Niu et al. 2020 (patterns), arXiv:2001.00138. Lee et
# al. 2019 (SNIP), arXiv:1810.02340. Molchanov et al. 2019 (Taylor), arXiv:1906.10771. LeCun et al. 1989 (optimal
# brain damage). Hu et al. 2016 (APoZ), arXiv:1607.03250. Luo and Wu 2017 (entropy), arXiv:1706.05791. He et al. 2017
# (LASSO), arXiv:1707.06168.
#
# **Next**, lab 04: find a sparsity for each layer by itself, and ask whether the pruned network could have been
# trained from the start.

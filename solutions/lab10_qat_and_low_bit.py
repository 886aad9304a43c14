# %% [markdown]
# # Lab 10 - Train with rounding: integers, signs and three values
#
# [Open in Colab][colab]
#
# **Rounding a trained network to 2 bits ruins it. Can it learn to live with 2 bits, or with 1?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab10_qat_and_low_bit.ipynb

# %% [markdown]
# **Time** 115 minutes. **Points** 100. **Prerequisites** labs 01, 07 and 09. **Needs** 2 CPU minutes and 3 MB of data.
#
# You will be able to
# - give rounding a gradient, and say where it must be zero
# - train a network on the integers that it will run on, and export them
# - make weights binary, by sign or by lot, and ternary
# - multiply signs by counting bits, and measure when that is faster than floats
# - count the bytes of a low-bit network, scales included
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab10 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared[mcu] {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
from collections.abc import Callable
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from effdl import capture, cost, data, lowbit, lowbit_net, lowbit_runs, plots, qat, qat_net, quant, train
from effdl import xnor_speed, zoo
import effdl.plots.lowbit, effdl.plots.quantized
from effdl.check import check

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: rounded, not trained
# The ResNet8 of the course, on Fashion-MNIST. W2A8 means 2-bit weights (symmetric, one scale for each output channel)
# and 8-bit inputs (affine, the range seen on 500 images). First and last layer keep 8 bits. Rounding a trained network
# so is post-training quantization (PTQ), lab 09.
#
# Every choice is made on the validation images; the test images are used once, at the end. How many percent does PTQ
# get right?

# %% predict="10.1"
guess_ptq = {"W8A8": 92, "W4A8": 90, "W2A8": 30}

# %%
net = zoo.load("resnet8")
seen, validation = data.fashion_mnist("train"), data.fashion_mnist("validation")
dense_accuracy, dense_bytes = train.accuracy(net, validation), cost.network_bytes(net)
print(f"float32: {dense_accuracy:.1f} % of the validation images right, {dense_bytes / 1024:.0f} KiB")
ptq = {run: lowbit_runs.rounded(net, run, seen) for run in ("W8A8", "W4A8", "W2A8")}
plots.reveal(guess_ptq, {run: round(train.accuracy(small, validation)) for run, small in ptq.items()}, "%")
print("KiB:", {run: round(qat_net.stored_bytes(small) / 1024) for run, small in ptq.items()})

# %% [markdown]
# At 2 bits a weight is -s, 0 or s, where s is the largest of its channel: nearly all become 0. Can training mend it?
#
# ## 1 - Rounding has no slope
# *Fake quantization* rounds in the forward pass: x becomes the number that its integer stands for. Its derivative is
# zero almost everywhere, so nothing is learned through it. The *straight-through estimator* (STE) claims that the
# derivative is 1 wherever the integer is in range, and 0 where it is clipped.
#
# By hand: scale 0.5, zero point 0, integers -1..1. What becomes of x, and which of its gradients pass (1) or not (0)?

# %% predict="10.2"
guess_ste = {"0.2": 0.0, "0.3": 0.5, "0.9": 0.5, "passes at 0.3": 1, "passes at 0.7": 1, "passes at 0.9": 0}

# %%
x = torch.tensor([0.2, 0.3, 0.7, 0.9], requires_grad=True)
y = qat.FakeQuantize.apply(x, 0.5, 0, -1, 1)
y.sum().backward()
answer = {"0.2": y[0], "0.3": y[1], "0.9": y[3]} | {f"passes at {x[i]:.1f}": x.grad[i] for i in (1, 2, 3)}
plots.reveal(guess_ste, {name: round(value.item(), 1) for name, value in answer.items()})

# %% [markdown]
# Did 0.7 surprise you? It lies beyond the largest level, 0.5, but rounds to an integer in range: 1.

# %% role="figure"
plots.quantized.staircase(qat.FakeQuantize.apply)

# %% [markdown]
# ### Exercise 10.1 - Round, and let gradients through    15 min - 20 points - difficulty 3/5
# Write both methods of `FakeQuantize`. Forward: scale * (q - zero_point), with q = clamp(round(x / scale) + zero_point,
# qmin, qmax). Backward: the gradient of x where that clamp changed nothing, else 0; None for the other four inputs.
# Scale and zero point may have one entry for each channel. About 5 lines.
#
# By hand first: scale 1, zero point 2, integers 0..3. x = [-3, -2, 1, 2] gives [-2, -2, 1, 1] and passes [0, 1, 1, 0].
#
# <details><summary>Hint 1</summary>Forward knows where it clamps; backward has to be told. That is what
# <code>ctx</code> is for.</details>
# <details><summary>Hint 2</summary><code>ctx.save_for_backward</code> takes tensors, also bool ones, and
# <code>ctx.saved_tensors</code> is always a tuple.</details>
# <details><summary>Hint 3</summary>backward returns five things, one for each input of forward after ctx.</details>

# %% exercise="10.1" source="effdl.qat:FakeQuantize.forward+backward" points=20 minutes=15 difficulty=3
# the build puts the reference here

# %% check="10.1"
check("10.1", FakeQuantize)

# %% [markdown]
# The widget descends the loss of *one* rounded weight with your class. The target is 1.15, beyond the last level, and
# moves to 0.3 half way. Before you touch it: which kinds of gradient follow the target back?

# %% role="widget"
plots.lowbit.sandbox(FakeQuantize)

# %% [markdown]
# Plain rounding never moves. Under the clipped STE a weight past the clip is dead, unless the latent weight is clipped
# too. It has to be float: steps far smaller than a level add up in it. In our network scales follow the largest weight,
# so that none is clipped; inputs may be.
#
# ## 2 - Train as it will run
# *Quantization-aware training* (QAT) wraps each layer: inputs and weights are fake-quantized, the float *master weight*
# gets the gradient. The range of the inputs is watched by an exponential moving average (EMA).
#
# By hand: momentum 0.9, the first batch has the maximum 10, the second 20. What is `high` after each, and after a batch
# of maximum 100 in eval mode?

# %% predict="10.3"
guess_high = {"first": 10, "second": 11, "eval": 11}

# %%
layer = qat.QATLayer(nn.Linear(1, 1), (8, 8), qat.FakeQuantize.apply, momentum=0.9)
highs = []
for largest, mode in ((10.0, True), (20.0, True), (100.0, False)):
    layer.train(mode)(torch.tensor([[0.0], [largest]]))
    highs.append(round(layer.high.item(), 1))
plots.reveal(guess_high, dict(zip(("first", "second", "eval"), highs, strict=True)))

# %% [markdown]
# ### Exercise 10.2 - A layer that trains as it runs    18 min - 15 points - difficulty 4/5
# Write `forward` of `QATLayer`. In training mode, first: set `low` and `high` to the batch's (they are NaN before), or
# move them by momentum * old + (1 - momentum) * new, without gradient. Then fake-quantize x by this range, affine and
# unsigned, and the weight symmetrically, one scale for each output channel; run the layer. About 10 lines.
#
# By hand first: a range of -1..3 at 2 bits gives scale 4/3 and zero point 1.
#
# <details><summary>Hint 1</summary><code>quant.affine_qparams</code>, <code>quant.symmetric_scale</code> and
# <code>quant.qrange</code> do the arithmetic; <code>self.fake_quantize</code> rounds; <code>self.run</code>
# runs.</details>
# <details><summary>Hint 2</summary><code>low</code> and <code>high</code> are buffers: <code>copy_</code> a value into
# them. Detach what you measure.</details>
# <details><summary>Hint 3</summary>One scale for each output channel means: reduce over every axis but the first, 3 of
# a convolution, 1 of a linear layer.</details>

# %% exercise="10.2" source="effdl.qat:QATLayer.forward" points=15 minutes=18 difficulty=4
# the build puts the reference here

# %% check="10.2"
check("10.2", QATLayer)

# %% [markdown]
# Now the real network at W2A8, one epoch (78 steps), once by plain rounding, once with the STE. How many of the 77,000
# weights round to another integer afterwards, without STE? And how many percent are right, each? Batch normalization
# (BN) learns in both.

# %% predict="10.4"
guess_stuck = {"weights that changed, plain": 0, "plain right": 48, "STE right": 87}

# %%
plain = lowbit_runs.trained(net, "W2A8", seen, epochs=1, fake_quantize=qat.plain_rounding)
with_ste = lowbit_runs.trained(net, "W2A8", seen, epochs=1)
before, after = qat_net.integers(ptq["W2A8"]), qat_net.integers(plain)
changed = sum((before[name] != after[name]).sum().item() for name in before)
plots.reveal(guess_stuck, {"weights that changed, plain": changed})
right = {"plain right": train.accuracy(plain, validation), "STE right": train.accuracy(with_ste, validation)}
plots.reveal(guess_stuck, {name: round(percent) for name, percent in right.items()}, "%")

# %% [markdown]
# Which bits need training at all? Networks of several seeds, rounded (beside your guesses), their BN re-estimated on
# 1,000 images without labels, and trained for three epochs. That takes minutes, so it is cached
# (`python -m effdl.make.lab10`).

# %%
results = lowbit_runs.load()
plots.quantized.by_bits(*results.by_bits(), results.dense.mean(), guess=guess_ptq)

# %% [markdown]
# What does training add at 8 bits, what at 2? How much of that would BN alone have mended, without labels?
#
# ## 3 - Export: only integers are left
# With integers $q_x, q_w$, zero point $Z$ and scales $s_x, s_w$ a convolution is $s_x s_w \sum (q_x - Z) q_w$. BN
# behind it multiplies by $g = \gamma / \sqrt{\sigma^2 + \epsilon}$ and adds $\beta - \mu g$. With one weight scale for
# each output channel both fit into one multiplier $m$ and an integer bias: no BN is left, and no weight changes.

# %% [markdown]
# ### Exercise 10.3 - Export a layer and its batch norm    15 min - 15 points - difficulty 4/5
# Write `export_int`. Given w (co, ci, kh, kw), its bits, the input's scale and bn, return q (int8, symmetric,
# restricted, one scale for each output channel), the bias b (int32, rounded) and the multiplier m (co,), so that
# bn(conv) in eval mode is m * (sum of (q_x - Z) q + b). About 6 lines.
#
# By hand first: s_x = 0.5, s_w = 0.2, gamma = 2, sigma^2 + eps = 4, mu = 1, beta = 3. Then g = 1, m = 0.1 and b = 20.
#
# <details><summary>Hint 1</summary>Write bn(s_x s_w z) for an integer sum z, and bracket m.</details>
# <details><summary>Hint 2</summary>b counts steps of m: what bn adds, divided by m.</details>
# <details><summary>Hint 3</summary>q is (co, ci, kh, kw), the weight scales come as (co, 1, 1, 1), b and m are
# (co,).</details>

# %% exercise="10.3" source="effdl.qat:export_int" points=15 minutes=15 difficulty=4
# the build puts the reference here

# %% check="10.3"
check("10.3", export_int)

# %% [markdown]
# The trained W2A8 network, exported by the package's own `export_int`: every product is one of integers (simulated in
# float64, which holds them exactly). Only the rounding of b can make a difference, and an input that it tips over.

# %% role="figure"
integer = qat_net.export(with_ste)
print(
    f"{dense_bytes / 1024:.0f} KiB have become {qat_net.stored_bytes(with_ste) / 1024:.0f}, scales and biases included"
)
plots.quantized.agreement(*(train.logits(network, validation.images) for network in (with_ste, integer)))

# %% [markdown]
# ## 4 - One bit
# A *binary* weight is -1 or +1. *Deterministic*: the sign, where 0 counts as +1. *Stochastic*: +1 with probability $p =
# \min(\max((w + 1) / 2, 0), 1)$, so that the mean of many draws is w itself. BinaryConnect trains latent weights so,
# clipped to [-1, 1].
#
# By hand: how often is w = 0.5 drawn as +1, and w = -3? What is the mean of many draws of 0.5?

# %% predict="10.5"
guess_lots = {"p at 0.5": 0.75, "p at -3": 0.0, "mean at 0.5": 0.5}

# %%
lot = torch.Generator().manual_seed(0)
half, far = (lowbit.binarize(torch.full((40_000,), w), "stochastic", lot) for w in (0.5, -3.0))
found = {"p at 0.5": (half > 0).float().mean(), "p at -3": (far > 0).float().mean(), "mean at 0.5": half.mean()}
plots.reveal(guess_lots, {name: round(value.item(), 2) for name, value in found.items()})

# %% [markdown]
# ### Exercise 10.4 - Binarize    8 min - 10 points - difficulty 2/5
# Write `binarize`. mode "deterministic": the sign, 0 counts as +1. "stochastic": +1 with probability
# clip((w + 1) / 2, 0, 1), each weight drawn on its own, from `generator`. Values -1 and +1 in the dtype of w; any other
# mode raises ValueError. About 7 lines.
#
# By hand first: [-0.2, 0, 3] becomes [-1, 1, 1].
#
# <details><summary>Hint 1</summary>What does <code>torch.sign</code> make of 0?</details>
# <details><summary>Hint 2</summary>A uniform number of [0, 1) is below p with probability p;
# <code>torch.rand</code> takes a generator.</details>

# %% exercise="10.4" source="effdl.lowbit:binarize" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="10.4"
check("10.4", binarize)

# %% [markdown]
# A sign does not grow with its latent weight, so nothing need bring a weight back that drifts away. BinaryConnect on
# the six inner convolutions, one epoch, with and without the clip. How many points does drifting cost?

# %% role="figure"
ways = {"clipped": True, "not clipped": False}
trained = {name: lowbit_runs.trained(net, "BinaryConnect", seen, epochs=1, clip=clip) for name, clip in ways.items()}
print({name: f"{train.accuracy(network, validation):.0f} % right" for name, network in trained.items()})
plots.quantized.latent({name: lowbit_net.latent(network) for name, network in trained.items()})

# %% [markdown]
# An epoch is too short for the clip to matter.
#
# Signs alone leave the scale to BN. *Binary-weight networks* (BWN) give each filter the best one by least squares,
# $\alpha$ = mean |w|. *XNOR-Net* makes inputs signs too, scaled by $K$, the mean |x| under the kernel. Behind a ReLU
# all signs are +1, so it normalizes first.
#
# ### Exercise 10.5 - Convolve signs    15 min - 15 points - difficulty 3/5
# Write `xnor_conv2d`: conv(sign x, sign w) times alpha and K, with sign(0) = +1. K is the mean |x| of a patch, over all
# input channels. Padding puts zeros around sign x and around |x|; they count. About 5 lines.
#
# By hand first: two channels at one place, x = [1, -3], w = [2, -4]. Signs give 2, alpha = 3, K = 2: 12; the truth is
# 14.
#
# <details><summary>Hint 1</summary>A mean over patches is a convolution with equal weights, or a pooling.</details>
# <details><summary>Hint 2</summary><code>F.conv2d</code>; <code>F.avg_pool2d</code> counts its padding.</details>
# <details><summary>Hint 3</summary>conv (n, co, ho, wo), K (n, 1, ho, wo), alpha (co, 1, 1).</details>

# %% exercise="10.5" source="effdl.lowbit:xnor_conv2d" points=15 minutes=15 difficulty=3
# the build puts the reference here

# %% check="10.5"
check("10.5", xnor_conv2d)

# %% [markdown]
# How much of a real layer do signs keep? Its input, normalized, of 20 images:

# %% role="figure"
w = net.blocks[2].conv2.weight.detach()
x = capture.activations(net, ["blocks.2.bn1"], validation.images[:20])["blocks.2.bn1"]
signs = F.conv2d(lowbit.binarize(x), lowbit.binarize(w), padding=1)
plots.lowbit.xnor_fit(F.conv2d(x, w, padding=1), lowbit.xnor_conv2d(x, w, 1, 1), signs)

# %% [markdown]
# The scales mend the size. Do they change the order of outputs?
#
# ## 5 - Multiply by counting
# Store +1 as the bit 1 and -1 as 0. Two signs multiply to +1 where their bits are equal (xnor). With e equal pairs
# among n the sum is 2 e - n, and one popcount instruction counts 64 of them.
#
# ### Exercise 10.6 - A product of bits    10 min - 10 points - difficulty 3/5
# Write `xnor_matmul`. Rows of n signs come packed, sign k as bit k % 8 of byte k // 8; unused bits are 0. Return all
# products of rows of x with rows of w, (m, r), int32, without unpacking to floats. About 3 lines.
#
# By hand first: n = 4, the bytes 13 (0b1101) and 11 (0b1011) agree in 2 of 4 places: 2 * 2 - 4 = 0.
#
# <details><summary>Hint 1</summary>A table of 256 entries knows how many bits of a byte are 1.</details>
# <details><summary>Hint 2</summary>Unused bits are equal in both. Count where bits <i>differ</i>.</details>
# <details><summary>Hint 3</summary>(m, 1, b) and (1, r, b), then (m, r, b), then (m, r).</details>

# %% exercise="10.6" source="effdl.lowbit:xnor_matmul" points=10 minutes=10 difficulty=3
# the build puts the reference here

# %% check="10.6"
check("10.6", xnor_matmul)

# %% [markdown]
# Check by hand, with your function. Before you touch it: which byte w gives the smallest product with x = 13, and how
# small is it?

# %% role="widget"
plots.lowbit.calculator(xnor_matmul)

# %% [markdown]
# Now time. The package has the product in C, compiled for *this* processor by a compiler that installs from PyPI
# (`effdl.native`); without it PyTorch looks bits up in a table, which is slow. A matrix of signs times a vector, on one
# thread, in the same run: how many times as fast as PyTorch's float32, at 1024 x 1024 and at 4096 x 4096?

# %% predict="10.6"
guess_faster = {"1024": 30, "4096": 130}

# %% tags=["nbval-ignore-output"]
times = {n: xnor_speed.measure(n) for n in (1024, 4096)}
plots.reveal(guess_faster, {str(n): round(xnor_speed.ratio(found)) for n, found in times.items()}, "x")
print("MiB at 4096, float32 and bits:", [size / 2**20 for size in xnor_speed.sizes_bytes(4096)])
plots.lowbit.speed(times, guess=guess_faster)

# %% [markdown]
# Two honest baselines: PyTorch, and the same loop in C over floats. At 4096 the floats leave the cache and wait for
# memory, the bits do not: that ratio tells of bytes more than of arithmetic. Products of two *matrices* gain less.
#
# ## 6 - Three values
# A 0 beside -1 and +1 costs a bit more and keeps small weights small. *TWN* takes t = sign(w) where |w| > $\Delta$ =
# 0.7 mean |w| and scales by the mean |w| of the kept. *TTQ* learns two scales, $w_p$ for t = 1 and $w_n$ for t = -1.
#
# By hand: the layer is [0.1, -0.2, 2, -1]. What is $\Delta$, which weights stay, what is the scale?

# %% predict="10.7"
guess_twn = {"delta": 0.58, "weights kept": 2, "scale": 1.5}

# %%
t, delta, scale = lowbit.ternarize(torch.tensor([0.1, -0.2, 2.0, -1.0]))
plots.reveal(guess_twn, {"delta": round(delta.item(), 2), "weights kept": t.ne(0).sum().item(), "scale": scale.item()})

# %% [markdown]
# ### Exercise 10.7 - Ternary weights, and scales that learn    14 min - 15 points - difficulty 3/5
# Write two functions. `ternarize`: t (int8), delta and scale of a whole layer, as above; scale 0 if no weight stays.
# `ttq_gradients`: given the gradient of the loss by the ternary weight (w_p, 0 or -w_n), return those by w_p and by w_n
# (chain rule), and that of the latent weight: times w_p where t = 1, times w_n where t = -1, as it is elsewhere. About
# 7 lines.
#
# By hand first: grad [1, 2, 4], t = [1, 0, -1], w_p = 3, w_n = 5 give 1, -4 and [3, 2, 20].
#
# <details><summary>Hint 1</summary>The weight is -w_n where t = -1: what is its derivative by w_n?</details>
# <details><summary>Hint 2</summary>The mean of no numbers is NaN; a sum divided by at least 1 is not.</details>

# %% exercise="10.7" source="effdl.lowbit:ternarize,ttq_gradients" points=15 minutes=14 difficulty=3
# the build puts the reference here

# %% check="10.7"
check("10.7", ternarize, ttq_gradients)

# %% [markdown]
# Three values are also what 2 bits gave in the baseline. Same layer, two choices of threshold and scale:

# %% role="figure"
plots.lowbit.ternary(net.blocks[2].conv2.weight)

# %% [markdown]
# ## 7 - Put together: accuracy against bytes
# All of it on the whole network. Two are run here, live, against their cached first epoch; the figure has all
# seeds after three epochs.

# %% role="experiment"
for run in ("TWN", "XNOR-Net"):
    now = train.accuracy(lowbit_runs.trained(net, run, seen, epochs=1), validation)
    print(f"{run}, 1 epoch: {now:.0f} % now, {results.runs[run][0, 2]:.0f} % cached")
for run in lowbit_runs.RUNS:
    percents = " -> ".join(f"{results.mean(run, stage):.0f}" for stage in lowbit_runs.STAGES)
    print(f"{run:13} {percents} % right, {lowbit_runs.size_bytes(net, run) / 1024:.0f} KiB")

# %% role="figure"
plots.quantized.tradeoff(results.points(net), (dense_bytes / 1024, results.dense.mean()))

# %% [markdown]
# The W networks keep 8-bit ends, the others float32 ends and shortcuts: at this size the ends weigh. Of all these only
# XNOR-Net could run on the kernel of section 5, and it pays for that.
#
# Now the test images, once, for the smallest that lost less than three points on validation:

# %% role="experiment"
test, chosen = data.fashion_mnist("test"), results.smallest(net, within=3)
final = lowbit_runs.trained(net, chosen, seen, epochs=3)
print(f"float32: {train.accuracy(net, test):.1f} % of the test images right, {dense_bytes / 1024:.0f} KiB")
print(f"{chosen}: {train.accuracy(final, test):.1f} %, {lowbit_runs.size_bytes(net, chosen) / 1024:.0f} KiB")

# %% [markdown]
# ## Honest limits
# One small network, one easy data set, few seeds, three epochs where papers take a hundred. Learning rates were chosen
# on the validation images that we report. Scales follow the largest weight; LSQ learns them. Additions and pooling stay
# in float, integers run in simulation, and our files are counted, not packed. Bits were timed as a matrix times a
# vector, not inside the network.

# %% [markdown]
# ## Wrap-up
# Down to 4 bits rounding needs little help; below, a float latent weight and a pretended gradient let it learn. Where
# a threshold lies can matter as much as the number of bits. Bits are fast only with a kernel of their own.
#
# | | network, data | float -> rounded -> trained, or float -> trained |
# |---|---|---|
# | Krishnamoorthi 2018 | MobileNetV1, ImageNet, 8 bits | 70.9 -> 59.1 -> 70.7 % |
# | Rastegari et al. 2016 | AlexNet, ImageNet, BWN and XNOR-Net | 56.6 -> 56.8 and 44.2 % |
# | Zhu et al. 2017 | ResNet-18, ImageNet, TTQ | 69.6 -> 66.6 % |
# | ours | ResNet8, Fashion-MNIST | the table above |
#
# XNOR-Net reports 58 times faster convolutions. Open: why does the wrong gradient work? What would a network designed
# for signs look like?

# %% [markdown]
# ## Sources
# Bengio et al. 2013 (STE), arXiv:1308.3432. Jacob et al. 2018, arXiv:1712.05877. Krishnamoorthi 2018, arXiv:1806.08342.
# Courbariaux et al. 2015 (BinaryConnect), arXiv:1511.00363. Rastegari et al. 2016 (XNOR-Net), arXiv:1603.05279. Li et
# al. 2016 (TWN), arXiv:1605.04711. Zhu et al. 2017 (TTQ), arXiv:1612.01064. Esser et al. 2020 (LSQ), arXiv:1902.08153.
# Yin et al. 2019 (why STE works), arXiv:1903.05662.
#
# **Next**, lab 11: networks that were made small by hand, before anything is rounded.

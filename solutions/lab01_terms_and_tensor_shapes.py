# %% [markdown]
# # Lab 01 - Build the layers of a network: terms and tensor shapes
#
# [Open in Colab][colab]
#
# **What is a neural network made of, and what shape has each part?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab01_terms_and_tensor_shapes.ipynb

# %% [markdown]
# **Time** 110 minutes. **Points** 100. **Prerequisites** none: Python and some linear algebra. **Needs** 1 CPU minute
# and 3 MB of data.
#
# You will be able to
# - name neurons, synapses and cell bodies, and count them
# - write linear, convolution, pooling and normalization layers
# - predict the shape of every output and weight
# - compute what an output sees of the picture
# - assemble a trained network from your own layers

# %% [markdown]
# **How a lab works.** Click a cell, press Shift+Enter: it runs. Go from the top; *Run All* stops at the first function
# that is not written yet. In a *prediction* put your guess in the place of `None`, then run on: no points, no penalty.
# An *exercise* is a function: write in the place of `raise NotImplementedError()`. Stuck? Unfold its hints. Then run
# its *check*, as often as you like. It is help, not the grade: hidden tests try more. If a cell acts strangely, restart
# the kernel and run from the top; if that does not help, ask, and bring the check's message.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab01 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import math
import torch
import torch.nn.functional as F
from collections.abc import Sequence
from torch import Tensor, nn
from effdl import assembly, capture, data, fields, layers, plots, shapes, train, zoo
from effdl.check import CheckFailed, check

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# **Handing in**: save, then type in a terminal `effdl submit lab01 --id YOUR_ID` and upload the file that it names.
# `effdl progress` lists what is blank. Here is what a check says of a wrong answer, of a function that gives back its
# input `x`:

# %%
try:
    check("1.1", lambda x, w, b: x)
except CheckFailed as said:
    print(said)

# %% [markdown]
# ## Baseline: quality and cost
# 10,000 pictures of clothes in ten classes (Fashion-MNIST), 28 x 28 pixels each. The simplest network is one layer:
# ten neurons, one for each class, each tied to every pixel. How many weights is that? Predict, then run.

# %% predict="1.1"
guess_weights = 7840

# %%
seen, validation = data.fashion_mnist("train"), data.fashion_mnist("validation")
baseline = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 10))
for value in baseline.parameters():
    nn.init.zeros_(value)
train.fit(baseline, seen, epochs=4, lr=1e-3, augment=False, progress=False, generator=torch.Generator().manual_seed(0))
n_weight, baseline_percent = baseline[1].weight.numel(), train.accuracy(baseline, validation)
print(f"quality: {baseline_percent:.0f} % of 2,000 validation pictures right")
plots.reveal(guess_weights, {"cost": n_weight}, "weights, and 10 biases")
plots.network.templates(baseline[1].weight.detach(), data.CLASSES, guess={"cost": guess_weights})

# %% [markdown]
# ## 1 - Neurons and synapses
# A **neuron** (*activation*, *feature*) is one number that a layer puts out. A **synapse** (*weight*, *parameter*) ties
# an input to it. Its **cell body** sums inputs times weights and adds a bias: $z = \sum_j w_j x_j + b$. An *activation
# function* such as ReLU, $\max(z, 0)$, decides what leaves it. In a **fully-connected** layer each neuron is tied to
# each input: `x (n, ci)`, `w (co, ci)`, `b (co,)` give `y (n, co)`.
#
# By hand: x = [1, 2, -1], w = [3, -2, 0.5], b = 1. What is z, and what leaves? How many synapses tie 3 inputs to 4
# neurons?

# %% predict="1.2"
guess_neuron = {"z": -0.5, "after ReLU": 0, "synapses": 12}

# %%
inputs, weights, bias = [1, 2, -1], [3, -2, 0.5], 1
z = layers.linear_forward(torch.tensor([inputs]).float(), torch.tensor([weights]), torch.tensor([bias])).item()
plots.reveal(guess_neuron, {"z": z, "after ReLU": max(z, 0), "synapses": torch.zeros(4, 3).numel()})
plots.shapes.neuron(inputs, weights, bias, guess=guess_neuron)

# %% [markdown]
# ### Exercise 1.1 - A fully-connected layer    8 min - 10 points - difficulty 1/5
# Write `linear_forward`. Given x (n, ci), w (co, ci) and b (co,) or None, return the sums of the cell bodies, (n, co),
# without `F.linear`. About 2 lines.
#
# By hand first: x = [[1, 2]], w = [[3, 4], [0, 1]], b = [10, 20] give [[21, 22]].
#
# <details><summary>Hint 1</summary>Row i of x meets row o of w: a matrix product, one of the two turned.</details>
# <details><summary>Hint 2</summary>(n, ci) times (ci, co) is (n, co). Adding (co,) repeats it for each row.</details>

# %% exercise="1.1" source="effdl.layers:linear_forward" points=10 minutes=8 difficulty=1 forbid="torch.nn.functional.linear"
# the build puts the reference here

# %% check="1.1"
check("1.1", linear_forward)

# %% [markdown]
# With a batch of 100 pictures, do synapses or neurons become 100 times as many? One kind is stored with the program,
# the other needs working memory.
#
# ## 2 - Convolution: the same few synapses everywhere
# To our baseline a shoe that moved by a pixel is another picture. A **convolution** looks through a small window,
# the **kernel**, with the same weights at each place. Four numbers say where it looks: kernel size, **stride** (how
# far the window moves), **padding** (what is put around the picture), **dilation** (how far its taps lie apart).

# %% [markdown]
# ### Exercise 1.2 - Sizes, there and back    10 min - 10 points - difficulty 2/5
# Write `out_size`: how often a window fits. ValueError if it does not fit once. A *transposed* convolution goes back
# and stamps its kernel onto a larger picture: `transposed_out_size`. Each docstring has its formula. About 4 lines.
#
# By hand first: 8 pixels, kernel 3, stride 2: the window starts at 0, 2, 4, so 3 outputs; from 6 it would hang over.
# Back from 3: 7 pixels, or 8 with output padding 1.
#
# <details><summary>Hint 1</summary>Taps d apart: from the first to the last of k it is d (k - 1) pixels.</details>
# <details><summary>Hint 2</summary>The first window fits or not; each further one costs a stride. Floor is
# <code>//</code>.</details>

# %% exercise="1.2" source="effdl.shapes:out_size,transposed_out_size" points=10 minutes=10 difficulty=2
# the build puts the reference here

# %% check="1.2"
check("1.2", out_size, transposed_out_size)

# %% [markdown]
# The window below slides where *your* functions allow it. Before you move it: at stride 2, which widths from 5 to 12
# leave a pixel that no window sees? If a size is wrong the last window leaves the picture.

# %% role="widget"
plots.shapes.window_explorer(out_size, transposed_out_size)

# %% role="figure"
garment = validation.images[3:4]
padded = {mode: layers.pad2d(garment, 8, mode) for mode in ("zeros", "replicate", "reflect", "circular")}
plots.convolution.paddings(padded, 8)

# %% [markdown]
# Even widths do: (8 - 3) is no multiple of 2, and the floor drops the rest. The picture after it shows four ways to
# invent what lies outside. Which one invents an edge, which ones arms?
#
# ### Exercise 1.3 - Four ways to pad    12 min - 15 points - difficulty 2/5
# Write `pad2d`: put `padding` rows and columns around each picture, as "zeros", "replicate", "reflect" or "circular";
# ValueError for another mode. Without `F.pad`. About 10 lines.
#
# By hand first: 1 2 3 padded by 2 is 0 0 1 2 3 0 0, or 1 1 1 2 3 3 3, or 3 2 1 2 3 2 1, or 2 3 1 2 3 1 2.
#
# <details><summary>Hint 1</summary>From which old row does each new row come? Count from -padding.</details>
# <details><summary>Hint 2</summary><code>clamp</code> keeps an index inside, <code>%</code> wraps it,
# <code>abs</code> mirrors it at 0.</details>
# <details><summary>Hint 3</summary><code>x[:, :, rows][:, :, :, columns]</code> picks rows and columns.</details>

# %% exercise="1.3" source="effdl.layers:pad2d" points=15 minutes=12 difficulty=2 forbid="torch.nn.functional.pad"
# the build puts the reference here

# %% check="1.3"
check("1.3", pad2d)

# %% [markdown]
# From here on the lab calls its own `layers.pad2d`: a slip of yours does not follow you.
#
# ### Exercise 1.4 - Convolution    18 min - 20 points - difficulty 4/5
# Write `conv2d` for a picture that is padded already. Filter o sums weight times pixel over channels and taps, then the
# window moves on. `groups` g cuts channels and filters into g runs: run k of the filters sees run k of the channels
# only. ValueError if x and w do not fit. Without `F.conv2d` and `torch.conv2d`. About 12 lines.
#
# By hand first: the row 1 2 3 4 and the kernel 1 10 give 21 32 43. The kernel is not flipped.
#
# <details><summary>Hint 1</summary>Loop over the taps, not over places: tap (i, j) of all windows is a slice of
# x.</details>
# <details><summary>Hint 2</summary><code>start : start + (ho - 1) * stride + 1 : stride</code> has ho
# entries.</details>
# <details><summary>Hint 3</summary>One group: <code>torch.einsum("nchw,oc->nohw", pixels, taps)</code>. For more give x
# and w a group axis by <code>unflatten</code>, or do one group after the other and <code>cat</code>.</details>

# %% exercise="1.4" source="effdl.layers:conv2d" points=20 minutes=18 difficulty=4 forbid="torch.nn.functional.conv2d,torch.conv2d"
# the build puts the reference here

# %% check="1.4"
check("1.4", conv2d)

# %% [markdown]
# Nine weights can find something. Trained networks often have filters like these three in their first layer:

# %% role="figure"
sobel = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
spot = torch.tensor([[0.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 0.0]])
kernels = {"left to right": sobel, "top to bottom": sobel.T, "all around": spot}
replicated = layers.pad2d(garment, 1, "replicate")
plots.convolution.filters(garment, {name: layers.conv2d(replicated, k[None, None]) for name, k in kernels.items()})

# %% [markdown]
# A convolution's weight is `(co, ci / groups, kh, kw)`: co filters, a kernel for every channel that they see.
# **Grouped** convolution divides synapses by g; **depthwise** goes to the end, g = ci = co, one kernel a channel.
#
# Two relatives: **1-D** convolution (sound, text) is a picture with one row; **transposed** convolution reads the
# kernel backwards, each input stamps it, overlaps add: [1, 2] with kernel [1, 10] at stride 2 is 1 10 2 20.
#
# By hand: how many synapses have 3 x 3 convolutions from 64 to 128 channels, in 1 and 4 groups, and a depthwise one on
# 64? What is the middle value if [1, 2] is stamped at stride 1?

# %% predict="1.3"
guess_synapses = {"1 group": 73728, "4 groups": 18432, "depthwise": 576, "middle": 12}

# %%
found = {f"{g} group{'s' * (g > 1)}": shapes.weight_shape("conv", 64, 128, 3, g) for g in (1, 4)}
found["depthwise"] = shapes.weight_shape("depthwise", 64, 64, 3)
pair, taps, ones = torch.tensor([[[[1.0, 2.0]]]]), torch.tensor([[[[1.0, 10.0]]]]), torch.ones(1, 1, 13, 13)
stamped = layers.transposed_conv2d(pair, taps, stride=1).flatten().tolist()
plots.reveal(guess_synapses, {name: math.prod(shape) for name, shape in found.items()} | {"middle": stamped[1]})
print("1-D:", layers.conv2d(pair, taps).flatten().tolist(), F.conv1d(pair[0], taps[0]).flatten().tolist())
there, back = layers.conv2d(garment, spot[None, None], stride=2), layers.transposed_conv2d(ones, spot[None, None], 2)
print(f"transposed: {(there * ones).sum():.3f} and {(garment[:, :, :27, :27] * back).sum():.3f}")

# %% [markdown]
# The last two sums agree for every picture and kernel: that is what *transposed* means.
#
# ## 3 - The receptive field
# An output of the second layer sees what its inputs saw. Its **receptive field** is the patch of the picture that it
# depends on: each layer adds $d(k-1)$ pixels, times the strides of all layers *before* it:
# $r = 1 + \sum_l d_l (k_l - 1) \prod_{i<l} s_i$.
#
# By hand: how many pixels do three layers of 3 x 3 see; 3 x 3 at stride 2 and then 3 x 3; three of 3 x 3 with
# dilations 1, 2, 4?

# %% predict="1.4"
guess_fields = {"3, 3, 3": 7, "stride 2 first": 7, "dilations 1, 2, 4": 15}

# %%
chains = {"3, 3, 3": [(3, 1, 1)] * 3, "stride 2 first": [(3, 2, 1), (3, 1, 1)]}
chains["dilations 1, 2, 4"] = [(3, 1, 1), (3, 1, 2), (3, 1, 4)]
plots.reveal(guess_fields, {name: shapes.receptive_field(chain)[0] for name, chain in chains.items()}, "pixels")

# %% [markdown]
# ### Exercise 1.5 - The receptive field    10 min - 10 points - difficulty 2/5
# Write `receptive_field`. Given `layers`, a list of (kernel, stride, dilation) from the picture on, pooling too, return
# (field, jump): the pixels that one output sees along an axis, and how many pixels further its neighbor looks. No layer
# at all: (1, 1). About 5 lines.
#
# By hand first: kernel 3 with stride 2 gives (3, 2); then kernel 3 adds 2 steps of 2 pixels: (7, 2).
#
# <details><summary>Hint 1</summary>Carry two numbers through the layers.</details>
# <details><summary>Hint 2</summary>Does a layer's own stride count for its own field? That says which of the two it
# changes first.</details>

# %% exercise="1.5" source="effdl.shapes:receptive_field" points=10 minutes=10 difficulty=2
# the build puts the reference here

# %% check="1.5"
check("1.5", receptive_field)

# %% [markdown]
# Orange is what the gradient of one output really reaches, the box is *your* number. Before you touch it: how many
# layers of 3 x 3 see the whole picture at stride 1, how many with stride 2 or growing dilations?

# %% role="widget"
plots.receptive.field_explorer(receptive_field, validation.images[3])

# %% [markdown]
# Fourteen (each adds 2 to 1), against four. Is seeing more worth it? Below, twelve chains of about 11,000 synapses each
# on pictures of 14 x 14, trained from three seeds (cached: `python -m effdl.make.lab01` measures them anew; one is run
# live). From how many pixels on are chains without strides within 2 points of the best of them?

# %% predict="1.5"
guess_enough = 7

# %%
rows, chain = fields.load(), fields.CHAINS[10]
live = fields.measure(chain, fields.small(seen), fields.small(validation), seed=0)
print(f"{chain.family}, {rows[10]['field']} pixels: {live:.0f} % now, {rows[10]['accuracies'][0]:.0f} % cached")
means = {row["field"]: sum(row["accuracies"]) / 3 for row in rows if row["family"] != "stride"}
enough = min(field for field in means if means[field] > max(means.values()) - 2)
plots.reveal(guess_enough, enough, "pixels")
plots.receptive.accuracy_against_field(rows, guess=guess_enough, enough=enough)

# %% [markdown]
# Depth and dilation lie on one curve, flat from half of the picture on: two ways to buy the same field. Strides lie
# above it, so the field is not all that they change. What else could it be?
#
# ## 4 - Between convolutions
# **Pooling** keeps the largest or the mean value of each window: no synapses. **Normalization** gives values mean 0 and
# variance 1, $(x - \mu) / \sqrt{\sigma^2 + \epsilon}$; its kinds differ in which values share $\mu$ and $\sigma$.
# Trained scale and shift ($\gamma$, $\beta$) follow.
#
# By hand: what do largest and mean make of [[-1, -2], [-3, -6]]? What becomes of 3 in [1, 3] ($\epsilon$ = 0)? What is
# ReLU6 of 8, $\min(\max(x, 0), 6)$?

# %% predict="1.6"
guess_small = {"largest": -1, "mean": -3, "normalized 3": 1, "ReLU6 of 8": 6}

# %%
window, two = torch.tensor([[[[-1.0, -2.0], [-3.0, -6.0]]]]), torch.tensor([[[[1.0, 3.0]]]])
answer = {"largest": layers.pool2d(window, 2, 2), "mean": layers.pool2d(window, 2, 2, mode="average")}
answer |= {"normalized 3": layers.normalize(two, "layer", eps=0.0)[..., 1]}
answer |= {"ReLU6 of 8": layers.activate(torch.tensor(8.0), "ReLU6")}
plots.reveal(guess_small, {name: value.item() for name, value in answer.items()})

# %% [markdown]
# ### Exercise 1.6 - Pool and normalize    17 min - 20 points - difficulty 3/5
# Write `pool2d` for "max" and "average"; padding counts as zeros in a mean and never wins a maximum. Write `normalize`
# for "batch" (each channel over all pictures and places), and by picture "layer" (everything), "instance" (each
# channel), "group" (runs of c / groups channels); no scale and shift. ValueError for other words. Without
# `F.max_pool2d`, `F.avg_pool2d`, `F.batch_norm`, `F.layer_norm`, `F.instance_norm`, `F.group_norm`. About 13 lines
# together.
#
# By hand first: the largest of -1, -2 and padding is -1, not 0. The variance of [1, 3] is 1, not 2.
#
# <details><summary>Hint 1</summary>Which number never wins a maximum? <code>x.unfold(2, kernel, stride)</code> cuts an
# axis into windows.</details>
# <details><summary>Hint 2</summary>Layer and instance are groups too: how many?</details>
# <details><summary>Hint 3</summary>(n, c, h, w), then (n, groups, rest); <code>keepdim=True</code>.</details>

# %% exercise="1.6" source="effdl.layers:pool2d,normalize" points=20 minutes=17 difficulty=3 forbid="torch.nn.functional.max_pool2d,torch.nn.functional.avg_pool2d,torch.nn.functional.batch_norm,torch.nn.functional.layer_norm,torch.nn.functional.instance_norm,torch.nn.functional.group_norm"
# the build puts the reference here

# %% check="1.6"
check("1.6", pool2d, normalize)

# %% [markdown]
# Below, one value of a batch changes: which others move, in each kind? One kind makes the answer for your picture
# depend on other pictures; we shall meet that again. Between layers stand activation functions: without them two
# layers would be one matrix product.

# %% role="figure"
plots.network.normalization_sets(layers.normalize)

# %% role="figure"
plots.network.activations()

# %% [markdown]
# A preview of lab 19: **attention** has no synapses of its own. Each of T places asks all others and mixes their
# features by softmax$(qk^T / \sqrt{d})$: a map of T x T numbers. Here the places of block 2 ask, with their features as
# query, key and value. Twice as many places: how many times the memory?

# %% role="figure"
net = zoo.load("resnet8")
tokens = capture.activations(net, ["blocks.1"], garment)["blocks.1"][0].flatten(1).T
mixed, shares = layers.attention(tokens, tokens, tokens)
plots.network.attention_map(garment[0, 0], shares, token=10)

# %% [markdown]
# ## 5 - Put together: the network of this course
# **ResNet8** is pruned, quantized, distilled and put on a microcontroller in later labs. A stem, three *residual*
# blocks, a mean over places, a fully-connected layer. A block adds what came in to what it made of it; a 1 x 1
# convolution fits the shape where it changes. Its first five of ten layers: what percentage of its synapses, and of
# its neurons?

# %% predict="1.7"
guess_early = {"synapses": 24, "neurons": 73}

# %%
table = shapes.shape_table(net, (1, 28, 28))
counts = {"synapses": [math.prod(w) for _, w, _ in table], "neurons": [math.prod(y) for _, _, y in table]}
plots.reveal(guess_early, {name: round(100 * sum(n[:5]) / sum(n)) for name, n in counts.items()}, "%")
plots.shapes.network_shapes(table, guess=guess_early)

# %% [markdown]
# ### Exercise 1.7 - The whole forward pass    12 min - 15 points - difficulty 3/5
# Write `resnet_forward`. `net` is a box of trained layers without a forward pass of its own: `net.stem`, `net.blocks`
# (each with `conv1`, `bn1`, `conv2`, `bn2`, `shortcut`) and `net.classifier`. The docstring says in which order they
# run and where ReLU stands. About 6 lines.
#
# By hand first: a block whose convolutions give 0.5 where 2 came in puts out relu(0.5 + 2) = 2.5; for -3 it is 0.
#
# <details><summary>Hint 1</summary>Keep what enters a block: the shortcut needs it at the end.</details>
# <details><summary>Hint 2</summary>Two ReLUs a block, one after the stem; none after the classifier.</details>
# <details><summary>Hint 3</summary>(n, c, h, w) becomes (n, c): a mean over the last two axes.</details>

# %% exercise="1.7" source="effdl.assembly:resnet_forward" points=15 minutes=12 difficulty=3
# the build puts the reference here

# %% check="1.7"
check("1.7", resnet_forward)

# %% [markdown]
# Now all of it on trained weights: `assembly.own_parts` makes each layer of the box run the functions of this lab. One
# riddle first. Batch normalization in use takes the $\mu$ and $\sigma$ that training stored. What if it takes those of
# the batch at hand, as `normalize` does: how many percent are right with batches of 200 pictures, and of one?

# %% predict="1.8"
guess_batches = {200: 94, 1: 10}

# %%
ours = assembly.Functions(layers.linear_forward, layers.pad2d, layers.conv2d, layers.normalize)
few, sizes = validation.first(200), (1, 2, 5, 20, 100, 200)
off = (assembly.resnet_forward(few.images, assembly.own_parts(net, ours)) - net(few.images)).abs().max().item()
print(f"stored statistics: our logits are within {10 ** math.ceil(math.log10(off)):.0e} of PyTorch's")
percents = [assembly.accuracy_by_batch(net, ours, few, size) for size in sizes]
plots.reveal(guess_batches, {200: round(percents[-1]), 1: round(percents[0])}, "%")
plots.network.batch_sizes(sizes, percents, train.accuracy(net, few), guess=guess_batches)

# %% [markdown]
# The widget is *your* network, all five functions of yours. Find a picture that it names wrongly. Then let it
# normalize by the one picture alone.

# %% role="widget"
plots.network.run_network(resnet_forward, [linear_forward, pad2d, conv2d, normalize], net, validation.first(40))

# %% role="figure"
resnet_percent = train.accuracy(net, validation)
points = {"one layer": (n_weight, round(baseline_percent))}
points["ResNet8"] = sum(counts["synapses"]), round(resnet_percent, 1)
plots.network.quality_and_cost(points, baseline="one layer")

# %% [markdown]
# ## Honest limits
# Our layers are right and slow: PyTorch's do the same in compiled code. We ran them forward only and left training to
# PyTorch. Paddings and strides were the same both ways. The receptive field says what *can* be seen, not what
# counts: pixels in its middle count more. One data set, small pictures, three seeds; the chains have equal synapses but
# unequal arithmetic. Synapses were counted, not bytes, time or energy: that is lab 02.

# %% [markdown]
# ## Wrap-up
# Synapses are stored, neurons come and go with each picture. Every shape follows from kernel, stride, padding, dilation
# and groups. A convolution shares few synapses over all places, and depth, stride and dilation let it see far.
#
# | | network, data | synapses | right |
# |---|---|---|---|
# | Xiao et al. 2017 | logistic regression, all of Fashion-MNIST | 7,840 | 84.2 % (test) |
# | ours | one layer, 10,000 pictures | 7,840 | first line of the lab |
# | He et al. 2016 | ResNet-20, CIFAR-10 | 0.27 million parameters | 91.25 % (test) |
# | ours | ResNet8, Fashion-MNIST | 77,000 | figure above (validation) |
#
# Open: most neurons lie where the synapses are few; what does that mean for a device with little memory? Could one
# filter as large as the picture replace depth?

# %% [markdown]
# ## Sources
# Dumoulin and Visin 2016 (convolution arithmetic), arXiv:1603.07285. Araujo et al. 2019 (receptive fields),
# doi:10.23915/distill.00021. Luo et al. 2016 (effective field), arXiv:1701.04128. Ioffe and Szegedy 2015 (batch
# normalization), arXiv:1502.03167. Wu and He 2018 (group normalization), arXiv:1803.08494. Howard et al. 2019
# (h-swish), arXiv:1905.02244. Chollet 2016 (depthwise), arXiv:1610.02357. Vaswani et al. 2017, arXiv:1706.03762. He et
# al. 2016 (ResNet), arXiv:1512.03385. Xiao et al. 2017 (Fashion-MNIST), arXiv:1708.07747.
#
# **Next**, lab 02: what a network costs in bytes, operations, milliseconds and energy.

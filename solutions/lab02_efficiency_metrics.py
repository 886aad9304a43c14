# %% [markdown]
# # Lab 02 - Count what a network costs: efficiency metrics
#
# [Open in Colab][colab]
#
# **A network should be small, fast and frugal. Which number says that it is, and which only seems to?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab02_efficiency_metrics.ipynb

# %% [markdown]
# **Time** 100 minutes. **Points** 100. **Prerequisites** lab 01. **Needs** 1 CPU minute and 3 MB of data.
#
# You will be able to
# - count parameters, bytes at mixed precision, MACs and activations of any layer
# - find the memory that a network needs while it runs
# - say what binds a layer on a machine, arithmetic or memory
# - estimate energy from counts
# - measure time and say how far to trust it
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab02 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import math
import numpy as np
import torch
from collections.abc import Mapping, Sequence
from torch import nn
from effdl import alexnet, cost, counting, data, energy, latency, liveness, plots, roofline, shapes, train, zoo
from effdl.check import check
from effdl.counting import Layer
from effdl.energy import HOROWITZ_45NM, Table
from effdl.latency import Summary
from effdl.liveness import Step
from effdl.nets import MobileNetV2
from effdl.roofline import Bound, Machine, Work

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: two networks
# ResNet8 from lab 01, and a small **MobileNetV2**, built for phones: its blocks widen their input six times by 1 x 1
# convolutions, filter each channel by itself (depthwise) and narrow it again. Ours has fresh weights: every count and
# every millisecond of this lab depends on shapes alone.

# %%
nets, image = {"ResNet8": zoo.load("resnet8"), "MobileNetV2": MobileNetV2().eval()}, (1, 28, 28)
quality = train.accuracy(nets["ResNet8"], data.fashion_mnist("validation"))
print(f"ResNet8: {quality:.1f} % of the validation images right")
n_parameters = {name: cost.parameters(net) for name, net in nets.items()}
n_macs = {name: cost.macs(net, image) for name, net in nets.items()}
for name in nets:
    print(f"{name}: {n_parameters[name]:,} parameters, {n_macs[name] / 1e6:.2f} million MACs")

# %% [markdown]
# Half the parameters, fewer multiply-accumulates (MACs). Before anything else is counted: by which of these does
# MobileNetV2 win as well, memory to run in, milliseconds on this processor, energy?

# %% predict="2.1"
guess_wins = {"memory to run": "no", "milliseconds": "no", "energy": "yes"}

# %% [markdown]
# ## 1 - Storage: parameters and model size
# A layer's **parameters** are stored, with the program, for ever. **Model size** is their number times their bits,
# tensor by tensor where precision is mixed. This is *storage*, bytes at rest; a megabyte here is a million bytes.
#
# By hand: three numbers of 4 bits and, behind them, five of 2 bits. How many bytes is the file? And if each tensor
# began on a byte of its own? How many parameters has a linear layer from 9,216 to 4,096 neurons, in millions?

# %% predict="2.2"
guess_bytes = {"one behind the other": 3, "each on its own": 4, "million parameters": 37.7}

# %%
tensors = {"a": (3, 4), "b": (5, 2)}
together = counting.model_bytes({name: n for name, (n, _) in tensors.items()}, {"a": 4, "b": 2})
apart = sum(counting.model_bytes({name: n}, {name: bits}) for name, (n, bits) in tensors.items())
millions = round(counting.count_parameters(Layer("linear", 9216, 4096)) / 1e6, 1)
plots.reveal(guess_bytes, {"one behind the other": together, "each on its own": apart, "million parameters": millions})

# %% [markdown]
# ### Exercise 2.1 - Parameters and bytes    10 min - 15 points - difficulty 2/5
# Write two functions. `count_parameters` of a `Layer` (kind "conv" or "linear", ci, co, kernel = (kh, kw), groups,
# bias): weights, and biases if it has any. ValueError for another kind, or if groups do not divide ci and co.
# `model_bytes`: counts[name] numbers of bits[name] bits, 32 where `bits` lacks the name, one behind the other; only
# the very end is filled up to a byte. About 7 lines together.
#
# By hand first: `Layer("conv", 6, 9, (3, 1), groups=3)` has 9 x 2 x 3 x 1 = 54 weights.
#
# <details><summary>Hint 1</summary>A filter of a grouped convolution sees ci / groups channels; there are still
# co filters.</details>
# <details><summary>Hint 2</summary>Counts are integers: <code>//</code>. <code>bits.get(name, 32)</code>; add up bits,
# then <code>math.ceil</code>.</details>

# %% exercise="2.1" source="effdl.counting:count_parameters,model_bytes" points=15 minutes=10 difficulty=2
# the build puts the reference here

# %% check="2.1"
check("2.1", count_parameters, model_bytes)

# %% [markdown]
# **AlexNet** (2012) is the example that many tables count. `alexnet.alexnet()` has its shapes and no values, so that
# its 61 million weights take no memory here. From now on the lab calls its own `counting.count_parameters`: a slip of
# yours does not follow you.

# %% role="figure"
whole = counting.profile(alexnet.alexnet(), alexnet.INPUT)
weights = {row.name: row.parameters - row.layer.co for row in whole}
print(f"AlexNet: {sum(weights.values()):,} weights, {sum(row.parameters for row in whole):,} parameters with biases")
kinds = {f"{kind} {bits}": dict.fromkeys(weights, bits) for kind, bits in (("float", 32), ("float", 16), ("int", 8))}
kinds["int 8, fc int 4"] = {name: 4 if name.startswith("fc") else 8 for name in weights}
plots.efficiency.sizes({kind: counting.model_bytes(weights, bits) for kind, bits in kinds.items()}, "AlexNet")

# %% [markdown]
# Which layer would you quantize first for a small file? Would that make it faster?
#
# ## 2 - Arithmetic: MACs and FLOPs
# A **MAC** is one multiplication with its addition: 2 **FLOPs** (OPs, if integers). FLOPS with a large S is a speed. An
# m x n matrix times a vector takes m n MACs. Each output of a convolution takes one for each weight of its filter, so
# stride, groups and the *output's* size matter.
#
# By hand: 3 x 3, 64 channels to 64, 56 x 56 outputs: 115.6 million MACs. How many million at stride 2? How many times
# fewer if it is depthwise? How many million FLOPs has a 2,048 x 2,048 matrix by a vector?

# %% predict="2.3"
guess_macs = {"stride 2": 28.9, "depthwise, times fewer": 64, "million FLOPs": 8.4}

# %%
dense = Layer("conv", 64, 64, (3, 3), padding=1)
found = [
    counting.layer_macs(each, (64, 56, 56))[0] for each in (dense, dense._replace(stride=2), dense._replace(groups=64))
]
square, _ = counting.layer_macs(Layer("linear", 2048, 2048), (2048,))
answer = {"stride 2": round(found[1] / 1e6, 1), "depthwise, times fewer": found[0] // found[2]}
plots.reveal(guess_macs, answer | {"million FLOPs": round(2 * square / 1e6, 1)})

# %% [markdown]
# ### Exercise 2.2 - MACs of a layer    14 min - 20 points - difficulty 3/5
# Write `layer_macs`. Given a `Layer` (now also stride and padding, the same along both axes) and the shape of one
# input, (ci, h, w) or (..., ci) for a linear layer, return the MACs and the output's shape. Windows over padding
# count in full; biases are no MACs. ValueError if the input does not have ci channels, or features in its last axis.
# `shapes.out_size(size, kernel, stride, padding)` of lab 01 is there. About 9 lines.
#
# By hand first: `Layer("conv", 2, 5, (3, 3))` on (2, 8, 6) makes (5, 6, 4), each output of 18 MACs: 2,160.
#
# <details><summary>Hint 1</summary>Output places times MACs of one output.</details>
# <details><summary>Hint 2</summary>A linear layer on (7, 4) runs once for each of 7 rows.</details>
# <details><summary>Hint 3</summary><code>math.prod</code> of a shape counts its places.</details>

# %% exercise="2.2" source="effdl.counting:layer_macs" points=20 minutes=14 difficulty=3
# the build puts the reference here

# %% check="2.2"
check("2.2", layer_macs)

# %% [markdown]
# The widget counts one layer of 64 channels with *your* functions. Before you touch it: which slider changes MACs
# and parameters alike, which one only MACs? What happens to activations when groups grow?

# %% role="widget"
plots.efficiency_widgets.layer_explorer(count_parameters, layer_macs)

# %% [markdown]
# Groups divide both, the stride divides MACs only, and activations do not care for groups. Keep that in mind. Now
# AlexNet, layer by layer. What share of its weights lies in the three linear layers, and what share of its MACs?

# %% predict="2.4"
guess_linear = {"weights": 96, "MACs": 8}

# %%
macs, fc = {row.name: row.macs for row in whole}, ("fc6", "fc7", "fc8")
parts = {what: sum(of[name] for name in fc) / sum(of.values()) for what, of in (("weights", weights), ("MACs", macs))}
plots.reveal(guess_linear, {what: round(100 * part) for what, part in parts.items()}, "%")
library = counting.profile(alexnet.alexnet(paper=False), alexnet.INPUT)
for name, rows in (("the paper's AlexNet", whole), ("the one in libraries", library)):
    print(f"{name}: {sum(row.parameters for row in rows):,} parameters, {sum(row.macs for row in rows):,} MACs")
plots.efficiency.shares(whole, "AlexNet", guess=guess_linear)

# %% [markdown]
# The paper's has two groups, for two GPUs; that of libraries has one. Name the version when you quote a
# count, and count yourself: 34,848 weights in conv1 and 37,748,736 in fc6 are both found misprinted.
#
# ## 3 - Memory: activations that are alive
# **Activations** are what layers put out. They need RAM until they are read: the *total* is the sum of all, the
# **peak** the most that is there at once. While a step runs, what it reads, what it writes and what later steps need
# are there.
#
# By hand: x (4 values) -> a (6) -> b (4), then y = b + x (4). How many values are alive at each step? And at b, if
# nothing were added?

# %% predict="2.5"
guess_alive = {"x": 4, "a": 10, "b": 14, "y": 12, "b, nothing added": 10}

# %%
block = [Step("x", (), 4), Step("a", ("x",), 6), Step("b", ("a",), 4), Step("y", ("b", "x"), 4)]
plain = [*block[:3], Step("y", ("b",), 4)]
alive = dict(zip("xaby", liveness.live_activations(block), strict=True))
plots.reveal(guess_alive, alive | {"b, nothing added": liveness.live_activations(plain)[2]}, "values")

# %% [markdown]
# ### Exercise 2.3 - What is alive    18 min - 20 points - difficulty 4/5
# Write `live_activations`. A `Step` has a name (its tensor's too), inputs (names), count (values that it writes) and
# in_place. A tensor is alive from its own step to the last one that reads it; one that no step reads, to the end.
# Return the values alive at each step. A step in place writes over its first input, which is then not counted beside
# it; ValueError if a later step reads that input. About 12 lines.
#
# By hand first: x (9) -> relu (9, in place) -> y (2) is 9, 9, 11.
#
# <details><summary>Hint 1</summary>First find, for each tensor, the number of its last reader.</details>
# <details><summary>Hint 2</summary>A dict filled in the order of steps keeps the last one. Who is read by nobody?
# </details>
# <details><summary>Hint 3</summary>Sum the counts of steps 0..i whose last reader is i or later.</details>

# %% exercise="2.3" source="effdl.liveness:live_activations" points=20 minutes=18 difficulty=4
# the build puts the reference here

# %% check="2.3"
check("2.3", live_activations)

# %% [markdown]
# `liveness.trace` lists the steps of a real network; batch normalization and ReLU are folded into the layer before
# them, as inference engines do. MobileNetV2 has 2.1 times fewer parameters than ResNet8. What is its peak, divided by
# ResNet8's?

# %% predict="2.6"
guess_peak = 4.3

# %%
steps = {name: liveness.trace(net, image) for name, net in nets.items()}
runs = {name: (each, liveness.live_activations(each)) for name, each in steps.items()}
peaks = {name: max(alive) for name, (_, alive) in runs.items()}
plots.reveal(guess_peak, round(peaks["MobileNetV2"] / peaks["ResNet8"], 1), "times ResNet8's peak")
plots.efficiency.timelines(runs, n_parameters, guess={"peak": guess_peak})

# %% [markdown]
# The widget runs *your* function on both networks, first without widening. Before you touch it: from which on does
# MobileNetV2 need more memory than ResNet8?

# %% role="widget"
plots.efficiency_widgets.memory_explorer(live_activations)

# %% [markdown]
# From 2 on; without widening both need 9,408 values. The peak stands where a widened map is read and another one
# written. In int8 it is 40 KiB: on a microcontroller with 32 KiB of SRAM the network with fewer parameters does not
# run. *Memory* at run time is this plus weights.

# %% [markdown]
# ## 4 - Latency: a bound
# **Latency** is the time until an answer is there; **throughput** answers a second. A layer does 2 x MACs FLOPs and
# moves its weights, inputs and outputs, so it takes at least
#
# $$T \ge \max\left(\frac{\text{FLOPs}}{\text{peak FLOP/s}}, \frac{\text{bytes}}{\text{bandwidth}}\right)$$
#
# if both overlap, the sum if not. This is the *roofline*; **intensity**, FLOPs a byte, against the *ridge*, peak /
# bandwidth, says which side binds.
#
# By hand: a 2,048 x 2,048 matrix by a vector, float32, on a machine of 90 GFLOP/s and 30 GB/s. FLOPs a byte? Which side
# binds, for one vector and for 64?

# %% predict="2.7"
guess_roof = {"FLOPs a byte": 0.5, "one vector": "memory", "64 vectors": "compute"}

# %%
matrix, phone = Work(2048**2, 2048**2, 2 * 2048), Machine(90e9, 30e9)
sides = {
    f"{name}": roofline.roofline_ms(matrix, phone, batch).side
    for name, batch in (("one vector", 1), ("64 vectors", 64))
}
plots.reveal(guess_roof, {"FLOPs a byte": round(roofline.intensity(matrix), 1)} | sides)

# %% [markdown]
# ### Exercise 2.4 - The roofline    10 min - 15 points - difficulty 3/5
# Write `roofline_ms`. Given a `Work` (macs, weights, activations: for one input), a `Machine` (peak_flops, bandwidth
# in bytes/s), batch, bits of a value and overlap, return `Bound(ms, side)`. Weights are moved once for a batch,
# activations once for each input. The side is the slower one, "compute" if both are equal, also without overlap.
# About 5 lines.
#
# By hand first: 10^6 MACs and 250,000 values in 32 bits, 10^9 FLOP/s and 10^9 bytes/s: 2 ms and 1 ms, so
# `Bound(2.0, "compute")`; 3 ms without overlap.
#
# <details><summary>Hint 1</summary>Two times in ms first; then the maximum or the sum, then the side.</details>
# <details><summary>Hint 2</summary>Three factors to forget: 2 FLOPs a MAC, 8 bits a byte, 1000 ms a second.</details>

# %% exercise="2.4" source="effdl.roofline:roofline_ms" points=15 minutes=10 difficulty=3
# the build puts the reference here

# %% check="2.4"
check("2.4", roofline_ms)

# %% [markdown]
# All 30 layers of both networks, placed by *your* function; rings are bound by memory. Before you touch it: on the GPU
# at batch 1, how many wait for memory? What frees more of them, a batch of 1,024 or 8 bits?

# %% role="widget"
layers = {name: counting.profile(net, image) for name, net in nets.items()}
plots.efficiency_widgets.roofline_explorer(roofline_ms, layers)

# %% [markdown]
# 27 wait; at a batch of 1,024 still 22, for a batch shares weights and not activations; in 8 bits 10.
#
# ## 5 - Latency: a measurement
# A bound is not a time. Samples of time have a long tail, because the machine does other things too, and the first
# ones are slow. So: leave out the warm-up, take the *median*, and say where the true median may lie. For six samples:
# each is below the true median with chance 1/2, like a coin, so all six miss it on one side with chance 2/64.

# %% [markdown]
# ### Exercise 2.5 - A summary to trust    14 min - 15 points - difficulty 4/5
# Write `summarize`. Leave out the first n_warmup samples; of the n others return `Summary(median, low, high,
# n_outliers)`. low and high are the r-th smallest and r-th largest, with the largest r for which fewer than r heads
# come up in n tosses of a coin with a chance of 2.5 % or less. Outliers lie more than 1.5 (q3 - q1) outside of the
# quartiles q1, q3 of `np.quantile`; they are counted, not removed. ValueError if n < 6. About 10 lines.
#
# By hand first: for n = 10, P(fewer than 2 heads) = 11/1024 = 1.1 %, fewer than 3: 5.5 %. So r = 2.
#
# <details><summary>Hint 1</summary>P(k heads) is <code>math.comb(n, k) / 2**n</code>; add up from k = 0.</details>
# <details><summary>Hint 2</summary><code>np.cumsum</code>; how many of its entries are 0.025 or less?</details>
# <details><summary>Hint 3</summary>Cut the warm-up off before you sort, and sort a copy.</details>

# %% exercise="2.5" source="effdl.latency:summarize" points=15 minutes=14 difficulty=4
# the build puts the reference here

# %% check="2.5"
check("2.5", summarize)

# %% [markdown]
# ResNet8 on one image, one thread, 200 times. Numbers differ between machines and days; none is graded.

# %% role="figure" tags=["nbval-ignore-output"]
calls = {name: latency.run(net, torch.zeros(1, *image)) for name, net in nets.items()}
times = latency.sample_ms(calls["ResNet8"], 200)
plots.efficiency.samples(times, latency.summarize(times, 20), 20)

# %% [markdown]
# Do MACs predict time? A depthwise 3 x 3 convolution has 64 times fewer than the dense one. How many times faster is
# it? And how many times slower is a MAC of a linear layer on one row than on 64 rows?

# %% predict="2.8"
guess_faster = {"depthwise, times faster": 11, "one row, times slower": 3}

# %% tags=["nbval-ignore-output"]
timed = {}
for name, (layer, x) in latency.layers().items():
    median = latency.summarize(latency.sample_ms(latency.run(layer, x), 60), 10).median
    timed[name] = (cost.macs(layer, x.shape[1:]) * len(x), median)
(few, few_ms), (many, many_ms) = timed["linear, 1 row"], timed["linear, 64 rows"]
faster = timed["3 x 3"][1] / timed["depthwise 3 x 3"][1]
slower = {"depthwise, times faster": round(faster, 1), "one row, times slower": round(few_ms / few * many / many_ms, 1)}
plots.reveal(guess_faster, slower)
plots.efficiency.rates(timed, guess=guess_faster)

# %% [markdown]
# MACs are not time. Below, both networks under the roof of *this* processor, its peak and bandwidth measured, and
# ResNet8's bound, as if all came from memory, beside its median, for one image and for batches. Is throughput 1 /
# latency?

# %% role="figure" tags=["nbval-ignore-output"]
host = latency.host_machine()
print(f"one thread: {host.peak_flops / 1e9:.0f} GFLOP/s, {host.bandwidth / 1e9:.1f} GB/s")
for batch, median in latency.by_batch(nets["ResNet8"], image, (1, 8, 64)).items():
    least = sum(roofline.roofline_ms(roofline.work_of(row), host, batch).ms for row in layers["ResNet8"])
    print(f"batch {batch:2}: at least {least:.3f} ms, measured {median:.3f} ms, {1000 * batch / median:.0f} images/s")
plots.efficiency_widgets.roofs(layers, host, roofline.roofline_ms)

# %% [markdown]
# For one image most of the time starts kernels; a batch shares that, and the weights. It answers more images a second,
# each of them later.
#
# ## 6 - Energy
# **Energy** is what a battery pays. In a 45 nm process (Horowitz 2014) a float32 multiplication takes 3.7 pJ, an
# addition 0.9, a 32-bit word from a small SRAM 5, from DRAM 640: moving costs more than computing.
#
# By hand: how many pJ is a MAC in float32; in int8 (0.2, and 0.1 for the sum in int32)? How many such float32 MACs
# does a word from DRAM pay for? How many words hold 101 numbers of int8?

# %% predict="2.9"
guess_energy = {"float32 MAC": 4.6, "int8 MAC": 0.3, "MACs for a word": 139, "words": 26}

# %%
ours = {kind: energy.energy_pj(1, {"DRAM": 1}, kind, HOROWITZ_45NM) for kind in ("float32", "int8")}
words = energy.energy_pj(0, {"DRAM": 101}, "int8", HOROWITZ_45NM)["DRAM"] / 640
answer = {f"{kind} MAC": round(parts["MACs"], 1) for kind, parts in ours.items()}
answer |= {"MACs for a word": round(ours["float32"]["DRAM"] / ours["float32"]["MACs"]), "words": round(words)}
plots.reveal(guess_energy, answer)

# %% [markdown]
# ### Exercise 2.6 - Energy from counts    8 min - 15 points - difficulty 2/5
# Write `energy_pj`. `table.arithmetic[dtype]` is (multiply_pj, add_pj, bits); a MAC takes both energies. values[memory]
# numbers of that type are moved; 32 // bits of them share a word of `table.word_pj[memory]` pJ (none is split), also
# if it is not full. Return {"MACs": pJ, memory: pJ, ...}. ValueError if the table lacks the type or a memory. About 8
# lines.
#
# By hand first: 10 MACs in int8 are 3 pJ; 10 numbers from SRAM are 3 words, 15 pJ.
#
# <details><summary>Hint 1</summary>Values, then words, then picojoules, memory by memory.</details>
# <details><summary>Hint 2</summary>A word that is not full is read whole: <code>math.ceil</code>.</details>

# %% exercise="2.6" source="effdl.energy:energy_pj" points=15 minutes=8 difficulty=2
# the build puts the reference here

# %% check="2.6"
check("2.6", energy_pj)

# %% [markdown]
# Both networks on one image, weights read once from DRAM, each layer's inputs and outputs moved once to or from SRAM.

# %% role="figure"
spent = {}
for name, rows in layers.items():
    works = [roofline.work_of(row) for row in rows]
    macs, n_stored, moved = (sum(column) for column in zip(*works, strict=True))
    for kind in ("float32", "int8"):
        parts = energy.energy_pj(macs, {"SRAM": moved, "DRAM": n_stored}, kind, HOROWITZ_45NM)
        spent[f"{name}, {kind}"] = {part: pj / 1e6 for part, pj in parts.items()}
plots.efficiency.energies(spent)

# %% [markdown]
# What would change if the weights stayed in SRAM for a thousand images? Which of your counts would then matter most?
#
# ## 7 - Put together
# One network divided by the other, metric by metric; below 1 MobileNetV2 is better. Memory to run is the peak,
# energy that of int8; time is measured, so that bar moves from run to run.

# %% tags=["nbval-ignore-output"]
medians = {name: latency.summarize(latency.sample_ms(call, 100), 20).median for name, call in calls.items()}
joules = {name: sum(spent[f"{name}, int8"].values()) for name in nets}
wins = {"memory to run": peaks, "milliseconds": medians, "energy": joules}
plots.reveal(guess_wins, {what: "yes" if of["MobileNetV2"] < of["ResNet8"] else "no" for what, of in wins.items()})
totals = {name: sum(step.count for step in each) for name, each in steps.items()}
costs = {"parameters": n_parameters, "MACs": n_macs, "all activations": totals} | wins
ratios = {what: of["MobileNetV2"] / of["ResNet8"] for what, of in costs.items()}
plots.efficiency.scorecard(ratios, "MobileNetV2", "ResNet8", guess=guess_wins)

# %% [markdown]
# No network is best by all metrics. Say what binds you, storage, memory, time or energy, and count that.
#
# ## Honest limits
# MACs leave out normalization, pooling, additions. Our peak is a sum of tensors: fragments and scratch memory of
# kernels come on top, computing in strips or patches (lab 16) lowers it. The roofline knows no caches, and starting a
# kernel took longer than our small layers. No joule was measured: the table is one process of 2014, without control,
# instructions or larger SRAMs. One thread of one processor was timed; samples that follow each other depend on each
# other, so true intervals are wider. MobileNetV2 was not trained here: costs were compared at unknown quality.

# %% [markdown]
# ## Wrap-up
# Parameters are storage, activations are memory, MACs are arithmetic: three counts, none of them time or energy. Time
# is bounded by arithmetic or by memory, whichever is slower. Moving a number costs more than using it.
#
# | | network | quoted | ours |
# |---|---|---|---|
# | Krizhevsky et al. 2012 | AlexNet | 60 million parameters | 60,965,224 |
# | Sze et al. 2017 | AlexNet | 61 M weights, 724 M MACs | 60,954,656 and 724,406,816 |
# | torchvision | AlexNet in one group | 61,100,840 parameters | the same |
# | Sandler et al. 2018 | MobileNetV2, ImageNet | 3.4 M parameters, 300 M MACs | small one: 36,266 and 2.35 M |
#
# Open: which one number would you put on a network's label? Why do accelerators hardly profit from depthwise layers?

# %% [markdown]
# ## Sources
# Sze et al. 2017 (survey, counts), arXiv:1703.09039. Krizhevsky et al. 2012 (AlexNet). Sandler et al. 2018
# (MobileNetV2), arXiv:1801.04381. Lin et al. 2021 (MCUNetV2, peak memory), arXiv:2110.15352. Williams et al. 2009
# (roofline), doi:10.1145/1498765.1498785. Hoefler and Belli 2015 (measuring), doi:10.1145/2807591.2807644. Horowitz
# 2014 (energy), doi:10.1109/ISSCC.2014.6757323. Han et al. 2016 (EIE, table 1), arXiv:1602.01528. Xiao et al. 2017
# (Fashion-MNIST), arXiv:1708.07747.
#
# **Next**, lab 03: take weights away, and see which of these numbers falls.

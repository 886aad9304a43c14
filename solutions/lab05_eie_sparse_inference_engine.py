# %% [markdown]
# # Lab 05 - Run a pruned network: store no zeros, multiply no zeros
#
# [Open in Colab][colab]
#
# **Nine of ten weights are zero: what must a machine look like to be ten times smaller and faster for it?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab05_eie_sparse_inference_engine.ipynb

# %% [markdown]
# **Time** 100 minutes. **Points** 100. **Prerequisites** labs 03 and 04. **Needs** 1 CPU minute and 3 MB of data.
#
# You will be able to
# - encode a pruned matrix with relative indices and column pointers, padding included
# - multiply it by a vector, skipping zeros on both sides, and count what is left
# - simulate processing elements with queues, and say why they wait
# - prune so that the load is even
# - count the bits of a sparse format, and say when a plain bitmask is smaller
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab05 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import torch
from collections.abc import Callable, Sequence
from torch import Tensor
from effdl import data, eie, eie_bytes, eie_examples, eie_net, pe, plots, pruning, storage, train, zoo
from effdl.check import check
from effdl.plots import eie as pictures, eie_costs, eie_widgets

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: a network full of zeros
# Lab 04 left a ResNet8 in whose six 3 x 3 convolutions 88 % of the weights are zero. The others of a layer now share
# 15 values, found by k-means (lab 08 teaches how). A weight is then a 4-bit *code*: 0 is pruned, 1 to 15 name a place
# in the layer's *codebook*.
#
# A common processor stores, fetches and multiplies the zeros. The *Efficient Inference Engine* (EIE, 2016) is a chip
# that does none of the three. We build its format and a model of its time.

# %%
validation = data.fashion_mnist("validation")
nets = {"dense": zoo.load("resnet8"), "pruned": zoo.load("resnet8_pruned")}
nets["pruned, shared"] = eie_net.shared(nets["pruned"])
right = {name: train.accuracy(net, validation) for name, net in nets.items()}
print(", ".join(f"{name} {percent:.1f} %" for name, percent in right.items()), "of the validation images right")
layers = eie_net.layers(nets["pruned, shared"], validation.images[:64])
layer = layers["blocks.2.conv2"]
print("last convolution as a matrix:", tuple(layer.codes.shape), "with", int((layer.codes != 0).sum()), "codes not 0")

# %% [markdown]
# A convolution is a matrix (co, ci kh kw), its vectors are the patches of the picture. EIE runs fully connected
# layers, which are matrices anyway.
#
# ## 1 - Relative index: where is the next code?
# A column is stored as *entries* (v, z): v is a code, z the number of zeros skipped since the entry before. z has few
# bits. Where more zeros follow each other than fit, *padding* entries with v = 0 come first: with $b$ bits one of them
# has z = $2^b - 1$ and stands for $2^b$ zeros, those that it skips and its own place.
#
# By hand: z has 2 bits, so it reaches 3. How many entries do 3, 4 and 8 zeros and then one code take?

# %% predict="5.1"
guess_entries = {"3 zeros": 1, "4 zeros": 2, "8 zeros": 3}

# %%
few = {zeros: eie.encode_column(torch.tensor([0] * zeros + [7]), 2) for zeros in (3, 4, 8)}
lists = "\n".join(f"{zeros} zeros: v = {v}, z = {z}" for zeros, (v, z) in few.items())
plots.reveal(guess_entries, {f"{zeros} zeros": len(v) for zeros, (v, _) in few.items()}, details=lists)

# %% [markdown]
# ### Exercise 5.1 - Entries of a column    12 min - 15 points - difficulty 2/5
# Write `encode_column`. Given a column of codes, return two lists of ints: v, the codes that are not 0, and z, the
# zeros skipped before each. z is at most 2^index_bits - 1; longer gaps get padding (v = 0, z = 2^index_bits - 1), only
# where it is needed. Zeros after the last code have no entry. About 12 lines.
#
# By hand first: 0 0 1 2, then 18 zeros, then 3 gives v = [1, 2, 0, 3] and z = [2, 0, 15, 2] with 4 bits.
#
# <details><summary>Hint 1</summary>Walk down with a counter of zeros. What happens at a code? When is padding due?</details>
# <details><summary>Hint 2</summary>A padding entry takes 2^index_bits off the counter; use <code>while</code>.</details>
# <details><summary>Hint 3</summary><code>codes.tolist()</code> gives Python ints.</details>

# %% exercise="5.1" source="effdl.eie:encode_column" points=15 minutes=12 difficulty=2
# the build puts the reference here

# %% check="5.1"
check("5.1", encode_column)

# %% [markdown]
# The widget runs *your* function on a column of 48 rows. Before you touch it: which width is smallest at 85 % zeros,
# and which at 50 %? Below it, without a widget, three widths at 85 %.

# %% role="widget"
eie_widgets.encoder(encode_column)

# %% [markdown]
# Narrow indices pay in padding, wide ones in every entry. At 50 % one or two bits are enough. From here on the lab
# calls its own `eie.encode_column`, so that a slip of yours does not follow you.
#
# ## 2 - Interleave the rows, point to the columns
# The work is shared by n *processing elements* (PEs), each with its own memory: row r belongs to PE r mod n. A PE
# stores the columns of its rows one after the other, and *column pointers* p: the entries of column j are p[j] to
# p[j + 1] - 1.
#
# By hand: one PE holds the rows [1, 0, 2], [0, 0, 3], [4, 0, 0]. What are its z and its p?

# %% predict="5.2"
guess_lists = {"z": "[0, 1, 0, 0]", "p": "[0, 2, 2, 4]"}

# %%
tiny = torch.tensor([[1, 0, 2], [0, 0, 3], [4, 0, 0]])
[(v, z, p)] = eie.interleave(tiny, 1, eie.encode_column)
plots.reveal(guess_lists, {"z": str(z), "p": str(p)})

# %% [markdown]
# Each column begins z anew; empty ones repeat their pointer.
#
# ### Exercise 5.2 - Every PE its rows    12 min - 15 points - difficulty 3/5
# Write `interleave`. Given codes (rows, cols), return for each of n_pe elements (v, z, p), three lists of ints. Element
# k holds rows k, k + n_pe, ... in this order. `encode(column)` gives v and z of one column of its rows; they follow
# each other. p begins with 0, ends with the number of entries, and counts padding. n_pe < 1 raises ValueError. About
# 11 lines.
#
# By hand first: [[1, 0], [0, 0], [2, 3]] on two PEs: PE 0 has rows 0 and 2, p = [0, 2, 3]; PE 1 has nothing, p =
# [0, 0, 0].
#
# <details><summary>Hint 1</summary>A slice with a step takes every n-th row.</details>
# <details><summary>Hint 2</summary>After each column, p gets the length of v so far.</details>
# <details><summary>Hint 3</summary>(rows, cols), then (rows of the PE, cols); columns are rows of its transpose.</details>

# %% exercise="5.2" source="effdl.eie:interleave" points=15 minutes=12 difficulty=3
# the build puts the reference here

# %% check="5.2"
check("5.2", interleave)

# %% [markdown]
# The paper's own example: 16 rows on four PEs, the entries of PE 0 numbered in the order in which they are stored.

# %% role="figure"
example = eie_examples.paper_example()
pictures.dealt_rows(example, eie.interleave(example, 4, eie.encode_column))

# %% [markdown]
# ## 3 - Multiply: skip zeros on both sides
# In $b = Wa$ a weight is zero since pruning (static), an activation because ReLU cut it (dynamic). EIE finds the next
# $a_j$ that is not 0, *broadcasts* it with j to all PEs, and each adds `codebook[v] * a[j]` to its rows of b, one
# entry a cycle. Columns of idle activations are never read.
#
# In blocks.2.conv2 about 7 % of the weights are not zero and, on real images, about 19 % of the activations. How many
# percent of the multiplications are left?

# %% predict="5.3"
guess_left = {"blocks.2.conv2": 1.3}

# %%
left = {name: eie_net.densities(each) for name, each in layers.items()}
plots.reveal(guess_left, {"blocks.2.conv2": round(100 * left["blocks.2.conv2"][2], 1)}, "%")
pictures.work_left(left, guess=guess_left)

# %% [markdown]
# Is "both" the product of the two others, in every layer?
#
# ### Exercise 5.3 - Sparse matrix times sparse vector    16 min - 20 points - difficulty 4/5
# Write `sparse_matvec`. Given the slices, a (cols,), the codebook and n_rows, return b (n_rows,) and a dict of counts:
# "broadcasts" (activations that are not 0), "entries" (read, padding too), "macs" (multiplied). Code 0 is padding: it
# moves the row and is not multiplied, whatever codebook[0] holds. About 13 lines.
#
# By hand first: slices [([1, 2, 3], [0, 0, 1], [0, 2, 3])] and a = [0, 2] read one entry: its row is 1 on one PE, and
# b[1] is codebook[3] * 2.
#
# <details><summary>Hint 1</summary>Three loops: activations, elements, entries. Where does the row begin anew?</details>
# <details><summary>Hint 2</summary>Each entry moves the element's own row by z + 1.</details>
# <details><summary>Hint 3</summary>The n-th row of element k is row k + n * n_pe of b.</details>

# %% exercise="5.3" source="effdl.eie:sparse_matvec" points=20 minutes=16 difficulty=4
# the build puts the reference here

# %% check="5.3"
check("5.3", sparse_matvec)

# %% [markdown]
# The real layer on 8 PEs, decoded again; then one real patch through it, against the dense product:

# %%
slices = eie.interleave(layer.codes, 8, eie.encode_column)
print("decoded equals encoded:", torch.equal(eie.decode(slices, len(layer.codes)), layer.codes))
a = layer.inputs[0]
b, counts = eie.sparse_matvec(slices, a, layer.codebook, len(layer.codes))
dense = layer.codebook[layer.codes] @ a
print("equal to the dense product within 1e-5:", bool((b - dense).abs().max() <= 1e-5 * dense.abs().max()))
print(counts, "of", layer.codes.numel(), "dense MACs")

# %% [markdown]
# As many entries as MACs, so no padding was read. Why, with 8 rows in a PE and 4 bits?
#
# ## 4 - Who waits for whom?
# PEs have different numbers of entries in a column. Lest all wait for the slowest, each has a *queue* of broadcast
# activations. Our rule, exactly: in each cycle, first, if every queue has a free place, the next activation is
# broadcast into all of them; then each PE does one entry of its queue's head, which keeps its place until its last
# entry is done. An activation without entries takes a PE no cycle.
#
# By hand: two PEs, two activations, entries [[2, 0], [1, 3]]. How many cycles with one place, how many with two?

# %% predict="5.4"
guess_cycles = {"1 place": 5, "2 places": 4}

# %%
small = torch.tensor([[2, 0], [1, 3]])
plots.reveal(guess_cycles, {f"{n} place{'s' * (n > 1)}": pe.pe_schedule(small, n)[1] for n in (1, 2)}, "cycles")

# %% [markdown]
# ### Exercise 5.4 - Cycles of an array    18 min - 20 points - difficulty 4/5
# Write `pe_schedule`. Given work (n, n_pe), the entries of each PE for each broadcast, and fifo_depth, return start,
# like work: the cycle, from 0, in which a PE begins with an activation; and the number of cycles until everything is
# broadcast and done. For an activation without entries, start is when it is at the head. fifo_depth < 1 raises
# ValueError. About 11 lines.
#
# By hand first: [[2, 0], [1, 3]] with one place: start [[0, 0], [2, 2]], 5 cycles.
#
# <details><summary>Hint 1</summary>No need to walk through cycles: when can activation j be sent at the earliest?</details>
# <details><summary>Hint 2</summary>One cycle after j - 1, and not before the slowest PE is done with j - fifo_depth.</details>
# <details><summary>Hint 3</summary>A PE begins when j is sent or when it is free, whichever is later.</details>

# %% exercise="5.4" source="effdl.pe:pe_schedule" points=20 minutes=18 difficulty=4
# the build puts the reference here

# %% check="5.4"
check("5.4", pe_schedule)

# %% [markdown]
# The widget runs *your* function: real layers on one real patch, and a larger, *made-up* matrix with few loud rows
# (heavy tail). Before you touch it: does a queue of 16 places make 32 PEs busy on the real layer? And 8 PEs?

# %% role="widget"
made_up = eie_examples.heavy_tailed(2048, 160)
half_idle = (torch.rand(20, 160, generator=torch.Generator().manual_seed(0)) < 0.3).float()
matrices = {name: (layers[name].codes, layers[name].inputs[0]) for name in ("blocks.2.conv2", "blocks.2.conv1")}
eie_widgets.array(pe_schedule, matrices | {"made up": (made_up, half_idle[0])})

# %% [markdown]
# Three causes keep PEs idle. *Uneven columns*: queues help, deeper ones less and less (the paper takes 8 places). *Too
# few entries*: one broadcast a cycle brings 32 PEs about four entries on this layer, so most starve; no queue helps.
# *Uneven totals*: the fullest PE finishes last; no queue helps either.

# %% role="figure"
n_pes, depths = (4, 8, 16, 32, 64), (1, 2, 8)
busy = {"real, 64 x 576": eie_net.utilizations(layer.codes, layer.inputs[:8], n_pes, depths)}
busy["made up, 2048 x 160"] = eie_net.utilizations(made_up, half_idle[:4], n_pes, depths)
eie_costs.utilization(n_pes, depths, busy)

# %% [markdown]
# Our layer is small: 64 rows feed 4 or 8 PEs. EIE's 64 PEs met layers of thousands of rows. Which of the three causes
# bends the curves on the right?
#
# ## 5 - Prune for an even load
# ESE (2017) mends the third cause before the chip is asked: prune so that *each PE's rows* keep the same share.
#
# Lab 04 kept the largest weights wherever they lay. By how many percent does the fullest of 8 PEs exceed the mean, on
# the real layer? And in the made-up matrix on 64 PEs?

# %% predict="5.5"
guess_over = {"real, 8 PEs": 10, "made up, 64 PEs": 90}

# %%
kept = {"real, 8 PEs": (layer.codes != 0, 8), "made up, 64 PEs": (made_up != 0, 64)}
fullest = {name: eie_net.loads(mask, n_pe) for name, (mask, n_pe) in kept.items()}
plots.reveal(guess_over, {name: round(100 * (max(n) / (sum(n) / len(n)) - 1)) for name, n in fullest.items()}, "%")
pictures.loads(fullest, guess=guess_over)

# %% [markdown]
# ### Exercise 5.5 - The same share for all    8 min - 10 points - difficulty 2/5
# Write `balanced_mask`. Given w (rows, cols), keep for each element k (rows k, k + n_pe, ...) the largest |w|: exactly
# round(n * (1 - sparsity)) of its n weights, also when some are equal. True = kept. A sparsity outside [0, 1] raises
# ValueError. About 5 lines: lab 03's `pruning.mask_from_scores(scores, sparsity)` is yours to use.
#
# By hand first: of [[9, 8], [1, -2]] on two elements at 0.5 stay 9 and -2.
#
# <details><summary>Hint 1</summary>The rows of an element are a slice with a step, to read and to write.</details>
# <details><summary>Hint 2</summary>A mask of zeros first; then one slice after the other gets its part.</details>

# %% exercise="5.5" source="effdl.pe:balanced_mask" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="5.5"
check("5.5", balanced_mask)

# %% [markdown]
# The made-up matrix pruned in both ways, for 64 PEs. Does the even load make them busy, with fewer PEs too?

# %%
balanced = eie_examples.heavy_tailed(2048, 160, n_pe=64)
pictures.loads({"largest anywhere": fullest["made up, 64 PEs"], "largest of each PE": eie_net.loads(balanced != 0, 64)})

# %% role="figure"
pair = {"largest anywhere": busy["made up, 2048 x 160"]}
pair["largest of each PE"] = eie_net.utilizations(balanced, half_idle[:4], n_pes, depths)
eie_costs.utilization(n_pes, depths, pair)

# %% [markdown]
# And what does it cost in accuracy? On the real network: the dense ResNet8 loses lab 04's share of each layer at
# once, with the largest weights anywhere or of each of 8 PEs, then BN is re-estimated and it trains on for an epoch.
# Three seeds are cached (`python -m effdl.make.lab05`); one pair is measured here, live:

# %% role="experiment" tags=["nbval-ignore-output"]
results, seen = data.results("lab05"), data.fashion_mnist("train")
live = eie_net.balanced_pair(nets["dense"], results["sparsities"], 8, seen, validation)
for kind, stages in live.items():
    cached = ", ".join(f"{percent:.1f}" for percent in results["finetuned"][kind])
    print(f"{kind}: {stages.reestimated:.1f} % re-estimated, {stages.finetuned:.1f} % fine-tuned; cached: {cached}")

# %% [markdown]
# Is the loss larger than the spread of the seeds? ESE reports a negligible one.
#
# ## 6 - Count the bits
# An entry has 4 bits of code and b bits of index; each PE has cols + 1 pointers of 16 bits; the codebook's 16 numbers
# of 16 bits are stored once. No need to encode for each b: g zeros before a code take $1 + \lfloor g / 2^b \rfloor$
# entries.
#
# The real layer on 4 PEs: which b is best? And which is smaller, EIE's format or 4-bit values with a bitmask?

# %% predict="5.6"
guess_format = {"best b": 4, "smaller": "bitmask"}

# %%
widths = list(range(1, 11))
by_width = [int(bits) for bits in storage.bits_by_width(layer.codes, 4, widths)]
bitmask_bits = storage.bitmask_bits(layer.codes != 0, 4) + 256
smaller = "EIE" if min(by_width) < bitmask_bits else "bitmask"
plots.reveal(guess_format, {"best b": widths[by_width.index(min(by_width))], "smaller": smaller})

# %% [markdown]
# Each width, of the real layer and of the made-up matrix; dashed, the bitmask:

# %%
sizes = {"real, 4 PEs": (layer.codes, 4), "made up, 64 PEs": (made_up, 64)}
curves = {name: storage.bits_by_width(codes, n, widths) / codes.numel() for name, (codes, n) in sizes.items()}
masks = {name: (storage.bitmask_bits(codes != 0, 4) + 256) / codes.numel() for name, (codes, _) in sizes.items()}
eie_costs.widths(widths, {name: curve.tolist() for name, curve in curves.items()}, masks, guess=guess_format)

# %% [markdown]
# ### Exercise 5.6 - Bits for each width    14 min - 20 points - difficulty 4/5
# Write `bits_by_width`. Given codes (rows, cols), n_pe and widths, return the bits of the whole format for each width,
# (n,), integers: entries with padding, n_pe (cols + 1) pointers, and a codebook of 2^value_bits numbers of 16 bits.
# Row r belongs to PE r mod n_pe; gaps begin anew in each column of each PE; zeros at the end take none. About 10
# lines.
#
# By hand first: one column 1 0 0 0 0 2 on one PE: gaps 0 and 4, so 2 + 1 entries at b = 2: 3 * 6 + 2 * 16 + 256 = 306.
#
# <details><summary>Hint 1</summary>Collect all gaps once; each width is then one formula.</details>
# <details><summary>Hint 2</summary><code>torch.nonzero</code> of a column, then differences.</details>
# <details><summary>Hint 3</summary><code>diff(prepend=...)</code> with -1 in front, less 1, gives the gaps.</details>

# %% exercise="5.6" source="effdl.storage:bits_by_width" points=20 minutes=14 difficulty=4
# the build puts the reference here

# %% check="5.6"
check("5.6", bits_by_width)

# %% [markdown]
# Why does the bitmask win on the real layer? Count the pointers: 4 x 577 x 16 bits are 1 bit for each of its 36,864
# weights, as many as the mask. Thousands of rows would share them. A count is a claim, so the last cell packs the real
# layer's bytes.

# %%
eie_costs.formats({name: eie_bytes.bits_a_weight(codes, n_pe=n) for name, (codes, n) in sizes.items()})

# %%
four = eie.interleave(layer.codes, 4, eie.encode_column)
packed = eie_bytes.pack(four, layer.codebook)
print(f"{len(packed)} bytes packed, {by_width[3] / 8:.1f} counted, {layer.codes.numel() * 4} dense in 32 bits")

# %% [markdown]
# ## 7 - Put together: six layers
# The six layers in each way to store them, and the network's accuracy:

# %% role="figure"
kib = eie_bytes.network_kib(layers)
points = {"dense, 32 bits": (kib["dense, 32 bits"], right["dense"])}
points["pruned, CSR, 32 bits"] = (kib["CSR, 32 bits"], right["pruned"])
points |= {f"shared, {name}": (kib[name], right["pruned, shared"]) for name in ("EIE, 4 PEs", "bitmask")}
eie_costs.quality(points)

# %% [markdown]
# And time, in cycles of our model. "At best" is one entry in each PE and cycle; dense is one MAC in each.

# %%
dense_macs = sum(each.places * each.codes.numel() for each in layers.values())
for n_pe in (1, 4, 8, 16):
    cycles = sum(eie_net.image_cycles(each, n_pe, 8) for each in layers.values())
    entries = sum(each.places * each.codes.numel() * eie_net.densities(each)[2] for each in layers.values())
    fewer = dense_macs / n_pe / cycles
    print(f"{n_pe:2} PEs: {cycles:8,.0f} cycles an image, {fewer:4.1f} times fewer than dense; ", end="")
    print(f"at best {entries / n_pe:8,.0f}")

# %% [markdown]
# How much of the gain do 16 PEs throw away, and in which layers?

# %% [markdown]
# ## Honest limits
# Cycles are a model: no clock, no pipeline, no memory ports; we measured no milliseconds and no joules. EIE runs
# fully connected layers from on-chip memory; our unfolded convolutions would read each weight again at every place,
# and our layers are too small for its format. The heavy-tailed matrix is made up. First layer, shortcuts, classifier
# and BN stay dense and are not counted. Sharing was done after training, without the fine-tuning of the codebook that
# lab 08 adds. Sizes leave out Huffman coding. The authors say in 2023 what did not last: control and storage
# overhead, a whole model in SRAM, and that structured sparsity is easier on hardware.

# %% [markdown]
# ## Wrap-up
# Zeros save time only where a machine is built to skip them; savings of weights and activations multiply. Queues even
# out columns, balanced pruning totals, nothing helps too few rows. Pointers can cost more than weights.
#
# | | network | what is claimed |
# |---|---|---|
# | EIE, 2016 | nine layers; 64 PEs | 189 and 13 times faster than CPU and GPU, 24,000 and 3,400 times less energy |
# | ESE, 2017 | LSTM for speech, FPGA | 20 times smaller; 43 and 3 times faster than CPU and GPU |
# | ours | six layers of ResNet8, cycles of a model | last table above; no clock, no energy |
#
# Open: what would you change in the format for 64 rows? And if columns were dealt out, who would add up b?

# %% [markdown]
# ## Sources
# Han et al. 2016 (EIE), arXiv:1602.01528. Han et al. 2017 (ESE), arXiv:1612.00694. Han, Mao and Dally 2016 (Deep
# Compression), arXiv:1510.00149. Han et al. 2023 (retrospective on EIE), arXiv:2306.09552.
#
# **Next**, lab 06: the same zeros on processors that you can buy: CSR, blocks and 2:4 against a dense product, timed.

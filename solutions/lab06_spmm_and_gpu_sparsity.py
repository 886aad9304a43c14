# %% [markdown]
# # Lab 06 - Multiply sparse matrices: formats, schedules, break-even points
#
# [Open in Colab][colab]
#
# **A pruned network is mostly zeros. In which format, and from which sparsity on, is it faster than a dense one?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab06_spmm_and_gpu_sparsity.ipynb

# %% [markdown]
# **Time** 105 minutes. **Points** 100. **Prerequisites** labs 03 to 05. **Needs** 2 CPU minutes, 3 MB of data and, for
# the race at the end, the compiler of `effdl.native`: `pip install ziglang`.
#
# You will be able to
# - store a matrix in CSR, 2:4, Blocked-ELL and FKW, and count every byte
# - multiply with each format, tile by tile
# - order rows so that workers finish together
# - find the sparsity from which a format pays, by measuring
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab06 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared[mcu] {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import torch
import torch.nn.functional as F
from torch import Tensor
from effdl import capture, data, fkw, plots, sparse, sparse_layers, sparse_speed, spmm, storage, train, zoo
from effdl.check import check
from effdl.fkw import FKW

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: the pruned network of lab 04
# Lab 04 pruned ResNet8 weight by weight and trained it on. Its convolutions still multiply every zero. As a matrix the
# last one has a row for each of 64 filters and 64 x 3 x 3 = 576 columns; it is multiplied with the windows that the
# layer sees on real images, one a column.

# %%
net, validation = zoo.load("resnet8_pruned"), data.fashion_mnist("validation")
layers = sparse_layers.matrices(net)
w = layers["blocks.2.conv2"]
windows, outputs = sparse_layers.windows(net, "blocks.2.conv2", validation.images[:200], 3072)
print(f"quality: {train.accuracy(net, validation):.1f} % of the validation images right")
print(f"cost: {len(layers)} layers of {sum(sparse_layers.sizes_kib(m)['dense'] for m in layers.values()):.0f} KiB")

# %% role="figure"
lengths = (w != 0).sum(1)
plots.sparse.matrix(w, "blocks.2.conv2", spmm.cov(lengths))

# %% [markdown]
# How many times as long as the shortest row is the longest? Section 2 comes back to it.
#
# ## 1 - CSR, and a product that skips zeros
# *Compressed sparse rows* (CSR) keep what is not zero, row by row: `values`, the column of each (`col_idx`), and where
# each row begins (`row_ptr`, one more than there are rows). Row r owns the entries row_ptr[r] to row_ptr[r + 1] - 1.
#
# By hand: [[0, 7], [0, 0], [5, 6]]. What is row_ptr? And with 32-bit values and indices: from which sparsity on does CSR
# take fewer bytes than dense storage of a large matrix?

# %% predict="6.1"
guess_csr = {"row_ptr": [0, 1, 1, 3], "smaller from (%)": 50}

# %%
small = torch.tensor([[0, 7], [0, 0], [5, 6]])
places = torch.randperm(512 * 512, generator=torch.Generator().manual_seed(0)).reshape(512, 512)
pruned = [percent for percent in range(100) if storage.csr_bits(places >= 2621.44 * percent) < 32 * 512**2]
plots.reveal(guess_csr, {"row_ptr": sparse.dense_to_csr(small)[0].tolist(), "smaller from (%)": pruned[0]})

# %% [markdown]
# An index costs as much as a value.
#
# ### Exercise 6.1 - Dense to CSR    8 min - 10 points - difficulty 2/5
# Write `dense_to_csr`. Given a (m, k), return row_ptr (m + 1,), col_idx (nnz,) and values (nnz,): the non-zeros row by
# row, in each row from left to right. Pointers and columns are int64, values keep the dtype of a. Rows may be empty.
# About 5 lines.
#
# By hand first: [[0, 7], [0, 0], [5, 6]] gives [0, 1, 1, 3], [1, 0, 1] and [7, 5, 6].
#
# <details><summary>Hint 1</summary>row_ptr[r] is the number of non-zeros in all rows before r.</details>
# <details><summary>Hint 2</summary><code>nonzero</code> lists places in the order that CSR wants;
# <code>cumsum</code>.</details>

# %% exercise="6.1" source="effdl.sparse:dense_to_csr" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="6.1"
check("6.1", dense_to_csr)

# %% [markdown]
# **SpMM** is C = A B with A sparse, B dense: row r of C sums value times row col_idx of B over r's entries. Its family:
# SpMV has one column, SpMSpV a sparse vector (lab 05), SpGEMM a sparse B; SDDMM computes a dense product at a few
# places only. From here on the lab uses its own `sparse.dense_to_csr`, so that a slip of yours does not follow you.
#
# By hand: a pruned layer in training needs its gradient G X^T where weights are left. Which share of the MACs is that?
# And two 64 x 64 matrices have 10 % of their entries, at random: which share has their product?

# %% predict="6.2"
guess_family = {"SDDMM, share of MACs (%)": 10, "entries of the product (%)": 47}

# %%
gradient = torch.randn(64, 3072, generator=torch.Generator().manual_seed(1))
row_ptr, col_idx, _ = sparse.dense_to_csr(w)
sampled = spmm.sddmm(gradient, windows, row_ptr, col_idx)
print(f"largest difference from the whole gradient: {(sampled - (gradient @ windows.T)[w != 0]).abs().max():.3f}")
a, b = (sparse.dense_to_csr(places[i : i + 64, :64] < 26214) for i in (0, 64))
found = {"SDDMM, share of MACs (%)": round(100 * len(col_idx) / w.numel())}
found["entries of the product (%)"] = round(100 * len(spmm.spgemm(a, b)[1]) / 64**2)
plots.reveal(guess_family, found)

# %% [markdown]
# Sparse times sparse fills up.
#
# **On a GPU** a grid of thread *blocks* runs on some 80 multiprocessors (SMs). A block is made of *warps*, 32 threads
# in lock-step; an SM keeps up to 64 warps in flight, to hide the wait for memory. Sputnik's *hierarchical 1-D tiling*
# gives a block one row of C and a strip of `tile` columns: A's row stays in shared memory, the strip's sums in
# registers. A narrow tile makes more blocks, a wide one reads A less often.

# %% [markdown]
# ### Exercise 6.2 - CSR times dense, by 1-D tiles    15 min - 15 points - difficulty 3/5
# Write `csr_spmm`. Return C = A B (m, n) and traffic, int64: the blocks of threads (one for each row and strip of `tile`
# columns, empty rows too), the entries of A that they read (each block its row's), the values of B (for each
# entry a strip of one row). The last strip may be narrower. Entries of a row stand in any order; several at one place
# add up. tile < 1 raises ValueError. About 10 lines.
#
# By hand first: 5 and 6 at columns 0 and 2, B the 3 x 3 identity, tile 2: C = [[5, 0, 6]], traffic [2, 4, 6].
#
# <details><summary>Hint 1</summary>Two loops: rows, and strips from <code>range(0, n, tile)</code>.</details>
# <details><summary>Hint 2</summary>A slice may end behind the end; <code>b[columns, left:right]</code> picks
# rows.</details>
# <details><summary>Hint 3</summary>(entries,) @ (entries, strip) gives (strip,).</details>

# %% exercise="6.2" source="effdl.spmm:csr_spmm" points=15 minutes=15 difficulty=3
# the build puts the reference here

# %% check="6.2"
check("6.2", csr_spmm)

# %% [markdown]
# The pruned layer times 256 of its windows, for tiles of 8 to 256 columns:

# %% role="figure"
widths = (8, 16, 32, 64, 128, 256)
products = [spmm.csr_spmm(*sparse.dense_to_csr(w), windows[:, :256], tile) for tile in widths]
print(f"largest difference from the layer's own output: {(products[0][0] - outputs[:, :256]).abs().max():.4f}")
plots.sparse.tiles(widths, [traffic.tolist() for _, traffic in products])

# %% [markdown]
# Sputnik picks the tile by the columns of B. 80 SMs with several blocks each: which tile would you give 64 rows?
#
# ## 2 - Row swizzle: nobody waits
# Rows that share a warp run in lock-step: it takes as long as its longest. And a long row that starts last keeps one SM
# busy while others idle. *Row swizzle* cures both with one permutation: rows of similar length become neighbors
# (*bundling*), heavy bundles start first (*binning*).
#
# By hand: rows of 2, 2, 5 and 9 entries, one a bundle; two workers, the next bundle goes to whoever is free first. When
# do they finish in this order, and when from the longest to the shortest?

# %% predict="6.3"
guess_end = {"as they stand": 11, "longest first": 9}

# %%
four = torch.tensor([2, 2, 5, 9])
orders = {"as they stand": torch.arange(4), "longest first": spmm.row_swizzle(four)}
ends = {name: int(spmm.schedule(four, order, bundle=1, workers=2)[:, 2].max()) for name, order in orders.items()}
plots.reveal(guess_end, ends)

# %% [markdown]
# ### Exercise 6.3 - Swizzle and schedule    14 min - 15 points - difficulty 3/5
# Write two functions. `row_swizzle`: row numbers from the longest to the shortest, equal ones in order, int64.
# `schedule`: taken in `order`, each `bundle` rows form a bundle (the last may hold fewer) that takes as long as its
# longest row; bundle after bundle goes to the worker that is free first, of several to the lowest number; all are free
# at 0. Return (bundles, 3), int64: worker, start, end. bundle or workers < 1 raises ValueError. About 9 lines.
#
# By hand first: lengths [2, 5, 2, 9], order [3, 1, 0, 2], bundle 1, two workers: [0, 0, 9], [1, 0, 5], [1, 5, 7],
# [1, 7, 9].
#
# <details><summary>Hint 1</summary>Which sort keeps equal elements in order, also when it descends?</details>
# <details><summary>Hint 2</summary>A list holds when each worker is free; <code>order.split(bundle)</code>.</details>

# %% exercise="6.3" source="effdl.spmm:row_swizzle,schedule" points=15 minutes=14 difficulty=3
# the build puts the reference here

# %% check="6.3"
check("6.3", row_swizzle, schedule)

# %% [markdown]
# The widget schedules 256 rows, four a bundle, with *your* functions. Before you touch it: how do the three orders
# differ when all rows are equal? With a variation of 2, can any order help?

# %% role="widget"
plots.sparse_widgets.scheduler(row_swizzle, schedule)

# %% [markdown]
# Without variation all orders are equal; one giant row alone decides when all is done. Between them:

# %% role="figure"
variations, used = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0), {"as they stand": [], "shortest first": [], "swizzled": []}
for rows in (sparse_layers.heavy_tailed(4096, variation) for variation in variations):
    order = spmm.row_swizzle(rows)
    for name, taken in zip(used, (torch.arange(4096), order.flip(0), order), strict=True):
        used[name].append(spmm.utilization(rows, spmm.schedule(rows, taken, 4, 80), 4, 80))
plots.sparse.balance(variations, used, (spmm.cov(lengths), "our layer"))

# %% [markdown]
# 4,096 rows, 80 workers. Sorting without binning (shortest first) repairs the bundles and not the end.
#
# ## 3 - 2:4: sparsity that hardware likes
# An A100's sparse tensor cores take two values of every four and a 2-bit index for each, pick the matching rows of the
# dense operand, and do half the work.
#
# By hand: 64 x 576 weights, 2:4. How many bytes with 32-bit values, indices included? How many times smaller than
# dense, with 32 and with 8 bits?

# %% predict="6.4"
guess_half = {"bytes": 78336, "smaller, 32 bit": 1.88, "smaller, 8 bit": 1.6}

# %%
resnet = zoo.load("resnet8")
kinds = sparse_layers.half_masks(resnet)
original = resnet.blocks[2].conv2.weight.detach()
half = sparse_layers.as_24_matrix(original * kinds["2:4"]["blocks.2.conv2"])
bits = {size: storage.nm_bits(half != 0, 2, 4, size) for size in (32, 8)}
smaller = {f"smaller, {size} bit": round(half.numel() * size / bits[size], 2) for size in bits}
plots.reveal(guess_half, {"bytes": bits[32] // 8} | smaller)

# %% [markdown]
# ### Exercise 6.4 - Compress 2:4    15 min - 15 points - difficulty 4/5
# Write `compress_24`. Each run of four columns of w (r, c) has at most two non-zeros. Store two values of it, from left
# to right: the non-zeros and, if fewer, the leftmost zeros. Each has an index 0..3 in its run; a byte holds the indices
# of two runs, the first in its lowest bits. Return values (r, c / 2) and packed (r, c / 8), uint8. ValueError if 8 does
# not divide c or a run has three non-zeros. About 10 lines.
#
# By hand first: [0, 9, 0, 4 | 0, 0, 0, 5]: values 9, 4, 0, 5; indices 1, 3, 0, 3; byte 205.
#
# <details><summary>Hint 1</summary>Sort "is zero" stably: non-zeros come first, zeros keep their order.</details>
# <details><summary>Hint 2</summary><code>gather</code> picks values by index; <code>&lt;&lt;</code> shifts bits.</details>
# <details><summary>Hint 3</summary>(r, c / 4, 4), index (r, c / 4, 2), then (r, c / 8, 4), then (r, c / 8).</details>

# %% exercise="6.4" source="effdl.sparse:compress_24" points=15 minutes=15 difficulty=4
# the build puts the reference here

# %% check="6.4"
check("6.4", compress_24)

# %% [markdown]
# ### Exercise 6.5 - Multiply 2:4    10 min - 10 points - difficulty 3/5
# Write `matmul_24`. Given values (r, c / 2) and packed (r, c / 8) as above and x (c, n), return W x (r, n), without
# building W. Value e of a row belongs to run e // 2. About 5 lines.
#
# By hand first: value 2 of the row above is 0 with index 0: its column is 4 * 1 + 0 = 4.
#
# <details><summary>Hint 1</summary>Shift right by 0, 2, 4, 6 and keep two bits: <code>&amp; 3</code>.</details>
# <details><summary>Hint 2</summary>(r, c / 8), (r, c / 8, 4), (r, c / 2): then each row picks its rows of x.</details>

# %% exercise="6.5" source="effdl.spmm:matmul_24" points=10 minutes=10 difficulty=3
# the build puts the reference here

# %% check="6.5"
check("6.5", matmul_24)

# %% [markdown]
# What does the rule cost in accuracy? The same six layers of the unpruned ResNet8 keep the best half of all weights,
# the best two of each four, or, for section 5, the best of eight patterns in each kernel. Measured as pruned, with BN
# re-estimated, and after an epoch, three seeds (half a minute). How many points is 2:4 behind unstructured?

# %% predict="6.5"
guess_distance = {"as pruned": 8, "after an epoch": 0.2}

# %% tags=["nbval-ignore-output"]
seen, dense_accuracy = data.fashion_mnist("train"), train.accuracy(resnet, validation)
stages = sparse_layers.measure(resnet, kinds, seen, validation, seeds=(0, 1, 2))
means = {kind: torch.tensor(rows).mean(0) for kind, rows in stages.items()}
lost = (means["unstructured 50 %"] - means["2:4"]).tolist()
plots.reveal(guess_distance, {"as pruned": round(lost[0], 2), "after an epoch": round(lost[2], 2)}, "points")
plots.sparse_costs.accuracies(stages, dense_accuracy, guess=guess_distance)

# %% [markdown]
# Compare the distance at the end with the spread of the seeds. Mishra et al. train on as long as the dense network was
# trained. Why can 2:4 never keep more of |w| than unstructured?
#
# ## 4 - Blocks: one index for many values
# *Blocked-ELL* stores whole b x b blocks: `col_blocks` holds their block columns, equally many for each row of blocks,
# -1 for padding; their values stand side by side. One index serves b x b values, and a row of B, once loaded, b rows
# of A.
#
# By hand: 90 % of single weights are pruned at random. Which share of 2 x 2, 4 x 4 and 8 x 8 blocks holds something?

# %% predict="6.6"
guess_blocks = {"2": 34, "4": 81, "8": 100}

# %%
sparsities, sides = [percent / 100 for percent in range(50, 101, 2)], (1, 2, 4, 8)
shares = {side: [sparse_layers.stored_share(places >= s * 512**2, side) for s in sparsities] for side in sides}
real = {side: sparse_layers.stored_share(w != 0, side) for side in sides}
plots.reveal(guess_blocks, {str(side): round(100 * shares[side][20]) for side in sides[1:]}, "%")
plots.sparse.blocks(sparsities, shares, real, guess=guess_blocks)

# %% [markdown]
# A layer pruned weight by weight is stored nearly whole: blocks want a network pruned in blocks.

# %% [markdown]
# ### Exercise 6.6 - Blocked-ELL    18 min - 20 points - difficulty 4/5
# Write `to_blocked_ell`: the blocks of a (m, k) that are not all zero. width is their largest number in
# a row of blocks; col_blocks (m / b, width), int64, lists block columns from left to right, then -1; values (m, width
# b) holds blocks side by side, padding 0. ValueError if b does not divide m and k. `blocked_ell_spmm`: C = A b (m,
# n); of padding nothing is read; blocks of a row stand in any order. About 10 and 7 lines.
#
# By hand first: [[1, 2, 0, 4], [0, 0, 0, 0], [0, 0, 0, 5], [0, 0, 6, 0]] in blocks of 2: col_blocks [[0, 1], [1, -1]].
#
# <details><summary>Hint 1</summary>(m / b, b, k / b, b), then transposed to (m / b, k / b, b, b).</details>
# <details><summary>Hint 2</summary>A loop over rows of blocks; <code>any(-1).any(-1)</code>.</details>
# <details><summary>Hint 3</summary>(blocks, b, b), then (b, blocks, b), then (b, blocks b).</details>

# %% exercise="6.6" source="effdl.sparse:to_blocked_ell,effdl.spmm:blocked_ell_spmm" points=20 minutes=18 difficulty=4
# the build puts the reference here

# %% check="6.6"
check("6.6", to_blocked_ell, blocked_ell_spmm)

# %% [markdown]
# The explorer encodes a 32 x 32 matrix with *your* `dense_to_csr`, `to_blocked_ell` and `compress_24`. Before you touch
# it: at 80 %, which is smaller, CSR or Blocked-ELL? And when whole blocks are pruned instead?

# %% role="widget"
plots.sparse_widgets.format_explorer(dense_to_csr, to_blocked_ell, compress_24)

# %% [markdown]
# What is pruned decides, not how much. When is padding most expensive?
#
# ## 5 - Patterns: FKW
# PatDNN prunes for phones: each 3 x 3 kernel keeps its center and three neighbors in one of a few *patterns*, and whole
# kernels go (*connectivity*). *FKW* sorts filters by length and kernels by pattern: no branch for each kernel, no index
# for each weight.

# %% [markdown]
# ### Exercise 6.7 - Encode FKW    18 min - 15 points - difficulty 4/5
# Write `fkw_encode`; decoder and convolution are given. pattern_of (co, ci) is 0 for a dropped kernel, else p:
# patterns[p - 1] says which weights are kept. Filters are stored by number of kernels, most first, equal ones in
# order; a filter's kernels by pattern, then channel. Return FKW(...) of `offset` (co + 1,), kernels before each place;
# `reorder` (co,), the filter there; `index` (kernels,), input channels; `stride` (co, P + 1), kernels of patterns 1..p,
# first 0; `weight` (kernels, s), kept weights row by row. About 12 lines.
#
# By hand first: one filter with patterns 2, 1, 2: index [1, 0, 2], stride [[0, 1, 3]], offset [0, 3].
#
# <details><summary>Hint 1</summary>Loops over filters in their new order and over patterns.</details>
# <details><summary>Hint 2</summary><code>w[filter, channels][:, pattern]</code> has one row a kernel.</details>

# %% exercise="6.7" source="effdl.fkw:fkw_encode" points=15 minutes=18 difficulty=4
# the build puts the reference here

# %% check="6.7"
check("6.7", fkw_encode)

# %% [markdown]
# On a real layer: half of the kernels go, the others take their best pattern. Is the convolution from FKW that of the
# same weights in a dense tensor? Runs also save loads (*load redundancy elimination*): a window that slides along a row
# finds all but its newest column in registers, and filters computed together share what kernels of one pattern and
# channel read.

# %%
pattern_of = fkw.choose_patterns(original, fkw.PATTERNS, kernels_kept=0.5)
layer = fkw.fkw_encode(original, pattern_of, fkw.PATTERNS)
x = capture.activations(resnet, ["blocks.2.relu1"], validation.images[:100])["blocks.2.relu1"]
expected = F.conv2d(x, fkw.to_dense(layer, fkw.PATTERNS, 64), padding=1)
print(f"largest difference: {(fkw.conv(x, layer, fkw.PATTERNS) - expected).abs().max():.4f}")
plots.sparse.kernels(pattern_of, fkw.as_stored(layer, 64))

# %%
kept = fkw.to_dense(layer, fkw.PATTERNS, 64).flatten(1)
kib = sparse_layers.sizes_kib(kept) | {"FKW": fkw.stored_bits(layer, 64) / 8 / 1024}
print(", ".join(f"{name} {size:.0f} KiB" for name, size in kib.items()))
plain, rows, shared = fkw.input_loads(layer, fkw.PATTERNS, filters=4)
print(f"inputs loaded for one position: {plain} naively, {rows} with reuse in a row, {shared} also across 4 filters")

# %% [markdown]
# ## 6 - Put together: the race
# Compiled C (`effdl/c/spmm.c`) against PyTorch's dense product and SciPy's CSR, one thread, one run: 1024 x 1024 times
# 1024 x 128, float32. CSR gets single weights pruned, Blocked-ELL whole 8 x 8 blocks, 2:4 its 50 %. From which sparsity
# on, in percent, does each beat the dense product? Or "never"?

# %% predict="6.7"
guess_even = {"CSR, SciPy": 90, "CSR": 65, "Blocked-ELL": 50, "2:4": "never"}

# %% tags=["nbval-ignore-output"]
print(sparse_speed.note())
times = sparse_speed.race(1024, 1024, 128, (0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95), repeats=15)
even = {name: sparse_speed.break_even(times, name) for name in ("CSR, SciPy", "CSR", "Blocked-ELL", "2:4")}
plots.reveal(guess_even, {name: "never" if at is None else round(100 * at) for name, at in even.items()})
plots.sparse_costs.race(times, even, guess=guess_even)

# %% [markdown]
# The dense product does twice the work of 2:4 and may still win: it has no index to decode. Hardware with 2:4 decodes
# for nothing. Now lab 04's network: the speed of each layer on real windows,
# then all bytes that must be stored.

# %% role="figure" tags=["nbval-ignore-output"]
speed = {}
for name, matrix in layers.items():
    taken, _ = sparse_layers.windows(net, name, validation.images[:200], 3072)
    speed[name] = {kernel: found[1:3] for kernel, found in sparse_speed.matrix_times(matrix, taken).items()}
print("six layers:", ", ".join(f"{name} {kib:.0f} KiB" for name, kib in sparse_layers.network_kib(net).items()))
plots.sparse_costs.layers(speed)

# %% [markdown]
# ## Honest limits
# Our scheduler counts entries: no memory, no caches, no launch. No GPU was measured; a processor has no warps and no
# sparse tensor cores, and its break-even points are its own, at one shape. Columns come in multiples of 64, kind to
# 1-D tiles. Windows were unfolded before the clock started, for dense and sparse alike. FKW ran in PyTorch: equal
# numbers, no speed. Patterns were chosen by magnitude, not learned.

# %% [markdown]
# ## Wrap-up
# A format is a bet on where zeros are: CSR on nothing, blocks and patterns on structure, 2:4 on hardware. The structure
# that pays early has to be put there by pruning.
#
# | | machine | headline |
# |---|---|---|
# | Gale et al. 2020 (Sputnik) | V100 | 27 % of peak; Transformer, MobileNet 1.2 to 2.1 times as fast |
# | Mishra et al. 2021 (2:4) | A100 | twice the math throughput, accuracy kept |
# | Niu et al. 2020 (PatDNN) | phone | up to 44.5, 11.4, 7.1 times as fast as TFLite, TVM, MNN |
# | ours | one thread | the race above |
#
# Open: could columns be permuted so that an unstructured layer fills fewer blocks? What would a format for 4:8 cost?

# %% [markdown]
# ## Sources
# Gale et al. 2020 (Sputnik), arXiv:2006.10901. Mishra et al. 2021 (2:4), arXiv:2104.08378. Niu et al. 2020 (PatDNN),
# arXiv:2001.00138. NVIDIA's cuSPARSE documentation (Blocked-ELL). Graham 1969 (list scheduling). Gustavson 1978
# (SpGEMM).
#
# **Next**, lab 07: numbers of fewer bits, so that what is left takes less room.

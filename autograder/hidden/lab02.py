# %% [markdown]
# Hidden tests of lab 02. Each case can be deduced from the statement and the docstring. A slip is meant to fail several
# cases, so each case shows more than one result, and often the inputs after the call.

# %% role="setup" memory_mib=2048
from effdl.energy import Arithmetic, Table


def numbers(low, high, count, *, seed):
    """So many random integers of low..high."""
    return np.random.default_rng(seed).integers(low, high + 1, count).tolist()


def convolutions(count, *, seed, groups=(1,), strides=(1, 2), bias=False):
    """(layer, input shape): kernels and inputs that are not square, sizes that do not come out even."""
    draw, found = np.random.default_rng(seed), []
    for _ in range(count):
        g = int(draw.choice(groups))
        ci, co = (g * int(draw.integers(1, 9)) for _ in range(2))
        kernel = tuple(int(k) for k in draw.permutation([1, 2, 3, 4, 5, 6, 7])[:2])
        stride, padding = int(draw.choice(strides)), int(draw.integers(0, 3))
        shape = (ci, int(draw.integers(11, 40)), int(draw.integers(41, 70)))
        found.append((Layer("conv", ci, co, kernel, stride, padding, g, bias), shape))
    return found


def depthwise(count, *, seed, bias=False):
    """Depthwise convolutions of odd kernels, stride 2 or 3."""
    rows = []
    for c, k, stride, size in zip(*(numbers(*ends, count, seed=seed + i) for i, ends in enumerate(
        [(5, 60), (2, 6), (2, 3), (13, 50)])), strict=True):  # fmt: skip
        rows.append((Layer("conv", c, c, (k, k + 1), stride, 1, c, bias), (c, size, size + 3)))
    return rows


def network(n, *, seed, skips=2, in_place=False):
    """A random network of n steps: each reads one or more earlier tensors; some work in place where they may."""
    draw = np.random.default_rng(seed)
    reads = [()]
    for i in range(1, n):
        others = draw.choice(i, size=min(i, int(draw.integers(0, skips))), replace=False).tolist() if skips else []
        reads.append(tuple(dict.fromkeys([*(int(j) for j in others), *([i - 1] if i % 4 or not others else [])])))
    counts = [int(count) for count in draw.integers(5, 400, n)]
    steps = []
    for i, read in enumerate(reads):
        over = bool(read) and not any(read[0] in later for later in reads[i + 1 :])
        steps.append(Step(f"t{i}", tuple(f"t{j}" for j in read), counts[i], in_place and over and i % 3 != 1))
    return steps


def works(count, *, seed):
    """(work, machine): some bound by arithmetic, some by memory."""
    draw = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        work = Work(*(int(10**power) for power in draw.uniform([5.5, 3, 3], [8, 6, 5.5])))
        flops = 10 ** draw.uniform(9, 11)
        # bytes a second so that the two sides take times of the same order, now one longer and now the other
        bandwidth = flops * (work.weights + work.activations) / work.macs * 10 ** (draw.uniform(0.1, 0.6) * (-1) ** i)
        rows.append((work, Machine(float(flops), float(2 * bandwidth))))
    return rows


def timings(count, *, seed, slow=5):
    """Samples in ms: a long tail, a few far above, a few far below, in random order."""
    draw = np.random.default_rng(seed)
    samples = 5 + draw.lognormal(0, 0.4, count)
    samples[:slow] += draw.uniform(9, 90, slow)
    samples[slow : slow + slow // 2] -= draw.uniform(4.5, 5, slow // 2)
    return draw.permutation(samples).tolist()


# %% exercise="2.1" case="grouped and depthwise convolutions" points=4 hint="groups, kernels that are not square, no biases"
rows = convolutions(8, seed=seed, groups=(2, 3, 4)) + depthwise(4, seed=seed)
show([count_parameters(layer) for layer, _ in rows])

# %% exercise="2.1" case="biases" points=3 hint="one bias for each output channel, only where the layer has biases"
rows = convolutions(5, seed=seed, groups=(1, 2, 5), bias=True) + depthwise(3, seed=seed, bias=True)
sizes = zip(numbers(3, 90, 4, seed=seed), numbers(3, 90, 4, seed=seed + 1), strict=True)
show([count_parameters(layer) for layer, _ in rows], [count_parameters(Layer("linear", *s, bias=True)) for s in sizes])

# %% exercise="2.1" case="linear layers, what is refused" points=2 hint="linear layers without bias, with 1 input; ValueError for another kind, and for groups that do not divide ci, or co"
ci, co = numbers(20, 90, 2, seed=seed)
plain = [count_parameters(Layer("linear", ci, co)), count_parameters(Layer("linear", 1, co, bias=True))]
bad = [Layer("pool", 6, 6), Layer("conv", 6, 8, groups=4), Layer("conv", 8, 6, groups=4), Layer("Linear", ci, co)]
show(plain, *[raises(count_parameters, layer) for layer in bad])

# %% exercise="2.1" case="bytes at mixed precision" points=3 hint="any number of bits; the bits of all names are added up before they become bytes; names without bits have 32"
shown = []
for i in range(6):
    counts = dict(zip("abcde", numbers(3, 99, 5, seed=seed + i), strict=True))
    bits = dict(zip("abcd", numbers(1, 7, 4, seed=seed + 9 + i), strict=True))
    counts["a"] += (counts["a"] * bits["a"] + sum(counts[n] * bits[n] for n in "bcd")) % 8 == 0
    shown.append(model_bytes(counts, bits))
show(shown)

# %% exercise="2.1" case="half bytes, names without bits, nothing" points=3 hint="odd counts of 4 bits, half precision beside int8, no name at all, bits for names that are not there; inputs stay as they are"
odd = [2 * count + 1 for count in numbers(20, 90, 4, seed=seed)]
counts, bits = dict(zip("wxyz", odd, strict=True)), {"w": 4, "x": 3, "y": 16, "unused": 5}
show(model_bytes(counts, bits), model_bytes(counts, {"w": 1}), model_bytes(counts, {}), model_bytes({}, {}))
show(model_bytes({"w": odd[0], "x": odd[1]}, {"w": 4, "x": 4}), counts, bits)

# %% exercise="2.2" case="strides and paddings" points=4 hint="the output is smaller than the input by the stride, larger by the padding; sizes that do not come out even"
show([layer_macs(*row) for row in convolutions(10, seed=seed, strides=(2, 3, 4))])

# %% exercise="2.2" case="grouped and depthwise convolutions" points=5 hint="each filter sees ci / groups channels; stride 1 to 3; biases are no MACs"
rows = convolutions(7, seed=seed, groups=(2, 3, 4), bias=True) + depthwise(5, seed=seed)
show([layer_macs(*row) for row in rows])

# %% exercise="2.2" case="kernels and inputs that are not square" points=4 hint="height and width have their own kernel size and their own output size"
rows = convolutions(5, seed=seed + 1, strides=(1,)) + convolutions(3, seed=seed + 2, groups=(1, 2), strides=(2, 5))
show(*[layer_macs(layer, shape) for layer, shape in rows])

# %% exercise="2.2" case="linear layers on one or several axes" points=4 hint="a linear layer acts on the last axis, for every index of all others; biases are no MACs"
shown = []
for i, axes in enumerate([0, 1, 2, 3, 1, 0]):
    *lead, ci, co = numbers(3, 17, axes + 2, seed=seed + i)
    shown.append(layer_macs(Layer("linear", ci, co, bias=i % 2 == 0), (*lead, ci)))
show(shown)

# %% exercise="2.2" case="a network, inputs that do not fit" points=3 hint="the output shape is the next layer's input; a linear layer at the end; ValueError for a wrong number of channels"
(c1, c2, tokens, size), shape, shown = numbers(4, 20, 4, seed=seed), (3, 33 + seed % 5, 41), []
for layer in (
    Layer("conv", 3, c1, (3, 5), 2, 1),
    Layer("conv", c1, c1, (3, 3), 1, 1, c1, True),
    Layer("conv", c1, 2 * c2, (1, 1), 2),
    Layer("linear", 11, 10, bias=True),
):
    shape = (2, shape[0], 11) if layer.kind == "linear" else shape
    macs, shape = layer_macs(layer, shape)
    shown.append((macs, shape))
bad = [(Layer("conv", c1, 4), (c1 + 1, 9, c1)), (Layer("linear", c1, 4), (c1, c1 + 1))]
show(shown, layer_macs(Layer("linear", tokens, size), (size, 2, tokens)), *[raises(layer_macs, *row) for row in bad])

# %% exercise="2.3" case="chains" points=4 hint="without skips: what a step reads and what it writes, and nothing else"
show(*[live_activations(network(n, seed=seed + n, skips=0)) for n in (1, 2, 7, 12)])

# %% exercise="2.3" case="skip connections" points=4 hint="a tensor that an addition reads later stays until then; the list of steps stays as it is"
shown = []
for i in range(4):
    x, a, b, tail = numbers(20, 300, 4, seed=seed + i)
    steps = [Step("x", (), x), Step("a", ("x",), a), Step("b", ("a",), b), Step("c", ("b",), x)]
    steps += [Step("sum", ("c", "x"), x), Step("d", ("sum",), tail), Step("e", ("d", "a"), tail)][: 2 + i]
    shown += [live_activations(steps), [list(step) for step in steps]]
show(*shown)

# %% exercise="2.3" case="random networks" points=6 hint="branches, tensors read twice, results that no step reads, steps in place"
show(*[live_activations(network(14, seed=seed + i, skips=3, in_place=i % 2 == 1)) for i in range(6)])

# %% exercise="2.3" case="steps in place" points=4 hint="what a step in place writes over is not counted beside it; ValueError if a later step reads it"
shown = []
for i in range(3):
    a, b, c = numbers(20, 300, 3, seed=seed + i)
    steps = [Step("a", (), a), Step("relu", ("a",), a, True), Step("b", ("relu",), b), Step("r6", ("b",), b, True)]
    steps += [Step("c", ("r6",), c), Step("d", ("c", "relu"), c, True)]
    shown.append(live_activations(steps))
over = [Step("a", (), 9), Step("b", ("a",), 9, True), Step("c", ("b",), 9), Step("d", ("c", "a"), 9)]
show(*shown, raises(live_activations, over))

# %% exercise="2.3" case="results" points=2 hint="what no step reads is there to the end, also where a result is early or the input is never read"
a, b, c, d = numbers(20, 300, 4, seed=seed)
heads = [Step("x", (), a), Step("early", ("x",), b), Step("y", ("x",), c), Step("z", ("y",), d), Step("q", ("z",), a)]
alone = [Step("x", (), a), Step("p", (), b), Step("q", ("p",), c), Step("r", ("q", "p"), d), Step("s", ("r",), b)]
show(live_activations(heads), live_activations(alone))

# %% exercise="2.4" case="one input in 32 bits" points=3 hint="2 FLOPs for each MAC, 4 bytes for each value, milliseconds; the side that takes longer"
show([roofline_ms(*row) for row in works(12, seed=seed)])

# %% exercise="2.4" case="batches" points=4 hint="weights are moved once for a batch, activations and MACs count for each of its inputs"
rows, batches = works(12, seed=seed + 1), numbers(2, 60, 12, seed=seed)
show([roofline_ms(*row, batch) for row, batch in zip(rows, batches, strict=True)])

# %% exercise="2.4" case="other numbers of bits" points=3 hint="bits of each value, 8 of them a byte, also 4 and 12; with batches"
rows = works(12, seed=seed + 2)
show([roofline_ms(*row, 1 + i % 3, bits) for i, (row, bits) in enumerate(zip(rows, [8, 4, 16, 12] * 3, strict=True))])

# %% exercise="2.4" case="without overlap" points=3 hint="overlap=False adds the two times; the side is still the slower one"
rows = works(8, seed=seed + 3)
show([roofline_ms(*row, 2, 8, False) for row in rows], [roofline_ms(*row, overlap=False) for row in rows])

# %% exercise="2.4" case="both sides alike, very small and very large" points=2 hint="compute if both sides take the same time; powers of two, so that nothing is rounded"
shown, machine = [], Machine(2.0**30, 2.0**28)
for power in (4, 9, 14):
    same = Work(2**power * 2, 2 ** (power - 2), 2 ** (power - 2) - 2 ** (power - 2) // 2)
    shown += [roofline_ms(same._replace(activations=0, weights=2 ** (power - 2)), machine, 1, 32)]
    shown += [
        roofline_ms(Work(2**power, 2 ** (power - 4), 2 ** (power - 4)), machine, 1, 32, overlap)
        for overlap in (True, False)
    ]
show(shown, *[roofline_ms(*row, 7, 8, False) for row in works(2, seed=seed + 4)])

# %% exercise="2.5" case="odd and even numbers of samples" points=4 hint="the median of an even number of samples; the interval for several numbers of samples; the input stays as it is"
runs = [timings(n, seed=seed + n) for n in (23, 40, 61)]
show(*[summarize(samples) for samples in runs], *runs)

# %% exercise="2.5" case="warm-up" points=4 hint="the first n_warmup samples, in the order of time, are left out of everything"
shown = []
for i, n_warmup in enumerate((1, 4, 9)):
    warm = [200.0 - 150 * (k % 2) for k in range(n_warmup)]
    shown.append(summarize(warm + timings(30 + 5 * i, seed=seed + i), n_warmup))
show(*shown)

# %% exercise="2.5" case="outliers" points=3 hint="outliers on both sides, by quartiles of np.quantile's default kind; outliers are counted, not removed"
shown = []
for i in range(4):
    samples = timings(24 + i, seed=seed + i, slow=2 + 2 * i)
    q1, q3 = np.quantile(samples[4:], [0.25, 0.75])
    near = [q1 - 1.2 * (q3 - q1), q3 + 1.2 * (q3 - q1), q3 + 2.5 * (q3 - q1), q1 - 2.5 * (q3 - q1)]
    shown.append(summarize([*samples, *map(float, near[: 1 + i])]))
show(*shown)

# %% exercise="2.5" case="few samples" points=2 hint="6 to 12 samples have an interval; ValueError for fewer than 6 after warm-up; equal samples have no outlier"
shown = [summarize(timings(n, seed=seed + n, slow=1)) for n in range(6, 13)]
show(*shown, summarize([3.5] * 9), raises(summarize, timings(5, seed=seed, slow=1)), raises(summarize, [1.0] * 9, 4))

# %% exercise="2.5" case="many samples, as an array" points=2 hint="hundreds of samples; an array is taken like a list and stays as it is"
array = np.array(timings(600, seed=seed))
show(summarize(array), summarize(array, 250), array)

# %% exercise="2.6" case="float32" points=3 hint="a multiplication and an addition for each MAC; one word for each value; the inputs stay as they are"
shown = []
for i in range(3):
    macs, sram, dram = numbers(1000, 99_999, 3, seed=seed + i)
    values = {"SRAM": sram, "DRAM": dram}
    shown += [energy_pj(macs, values, "float32", HOROWITZ_45NM), values]
show(*shown)

# %% exercise="2.6" case="int8" points=4 hint="four values share a word, the last word may not be full"
found = numbers(1000, 99_999, 8, seed=seed)
shown = [
    energy_pj(found[i], {"SRAM": 4 * found[i + 1] + 1, "DRAM": 4 * (i + 1) + 2}, "int8", HOROWITZ_45NM)
    for i in range(6)
]
show(*shown)

# %% exercise="2.6" case="float16, single memories" points=3 hint="two values share a word; one memory, none, or no value at all"
macs, odd = numbers(1000, 99_999, 2, seed=seed)
show(energy_pj(macs, {"DRAM": 2 * odd + 1}, "float16", HOROWITZ_45NM), energy_pj(macs, {}, "float16", HOROWITZ_45NM))
show(energy_pj(odd, {"SRAM": 3, "DRAM": 0}, "float16", HOROWITZ_45NM), energy_pj(0, {"SRAM": 1}, "int8", HOROWITZ_45NM))

# %% exercise="2.6" case="another table" points=5 hint="the energies are the table's, whatever its types and memories are called; no value is split between words; ValueError for a type or memory that it lacks"
draw = np.random.default_rng(seed).uniform(0.1, 9, 8).round(3).tolist()
other = Table(
    {
        "int4": Arithmetic(draw[0], draw[1], 4),
        "posit": Arithmetic(draw[2], draw[3], 16),
        "int11": Arithmetic(2.0, 1.0, 11),
    },
    {"registers": draw[4], "cache": draw[5], "flash": draw[6]},
)
a, b, c = numbers(1000, 9999, 3, seed=seed)
show(
    energy_pj(a, {"registers": 8 * b + 3, "flash": c}, "int4", other),
    energy_pj(b, {"cache": 2 * a + 1, "registers": c}, "posit", other),
    energy_pj(c, {"flash": 4 * a + 1, "cache": 6 * b + 5}, "int11", other),
    raises(energy_pj, a, {"cache": b}, "float32", other),
    raises(energy_pj, a, {"cache": b, "DRAM": c}, "int4", other),
)

# %% [markdown]
# Hidden tests of lab 17. Each case can be deduced from the statement in the stub's docstring or comment. A slip is
# meant to fail several cases, so each case shows more than one result. Cases of answers in C run where no Python of a
# student's does; costs are compared with the solution's on the same inputs, by judges with the slack of the statement.

# %% role="setup" memory_mib=2048 cpu_s=90
LAYOUTS = ("NCHW", "NHWC", "CHWN")


def numbers(low, high, count, *, seed):
    """So many random integers of low..high."""
    return np.random.default_rng(seed).integers(low, high + 1, count).tolist()


def some_shape(*, seed):
    """Four sizes from 2 to 9, all different."""
    return tuple((np.random.default_rng(seed).permutation(8)[:4] + 2).tolist())


def some_indices(shape, count, *, seed):
    draw = np.random.default_rng(seed)
    return [tuple(int(draw.integers(size)) for size in shape) for _ in range(count)]


def some_graph(n, *, seed):
    """Operators listed in an order that is not one to run them in, each reading one or two earlier ones."""
    draw = np.random.default_rng(seed)
    names = [f"op{i}" for i in range(n)]
    rows = []
    for i, name in enumerate(names):
        reads = draw.choice(i, size=min(i, int(draw.integers(1, 3))), replace=False) if i else []
        rows.append((name, Op(tuple(names[int(j)] for j in reads), int(draw.integers(1, 60)))))
    return dict(rows[int(i)] for i in draw.permutation(n))


def refuses(*graphs):
    """Fail the case if an order of one of these graphs is found, or another error is raised than a ValueError."""
    for graph in graphs:
        try:
            best_order(graph)
        except ValueError:
            continue
        raise AssertionError("an order was found where there is none")


def told(graph, order):
    """An order as places in the graph, the operators' bytes, and which reads which."""
    names = list(graph)
    reads = [[name in graph[each].inputs for name in names] for each in names]
    return [names.index(name) for name in order], [graph[name].out_bytes for name in names], np.array(reads)


def call(text, name, sizes, tile=0, *, seed, trace=False):
    """The run of an answer in C on two random int8 matrices over the whole range."""
    a, b = kernels.random_matrices(*sizes, seed=seed)
    return kernels.product(kernels.compile_text(text), name, a, b, tile=tile, trace=trace)


def arrays(text, name, sizes, tile=0, *, seed):
    """a, b and c after the call."""
    return list(call(text, name, sizes, tile, seed=seed).arrays)


def lines_missed(run, line_bytes, n_lines):
    """Misses of a traced run in a fully associative LRU cache."""
    held, missed = {}, 0
    for line in (run.trace["address"] // line_bytes).tolist():
        missed += line not in held
        held.pop(line, None)
        held[line] = True
        if len(held) > n_lines:
            del held[next(iter(held))]
    return missed


# %% role="judge"
def no_dearer(got, ref):
    """got and ref: arrays, then counts; arrays exact, counts with the slack of the statement: 1.2, instructions 1.3."""
    if len(got) != len(ref) or not all(np.array_equal(g, r) for g, r in zip(got[:-1], ref[:-1], strict=True)):
        return 0.0
    counts, ours = np.asarray(got[-1]), np.asarray(ref[-1])
    if counts.shape != ours.shape or counts[0] > 1.3 * ours[0] or (counts[1:] > 1.2 * ours[1:]).any():
        return 0.0
    return 1.0


def once_a_block(got, ref):
    """got and ref: arrays, then instructions and how often reads enter a tile of a, b and c, and the number of blocks."""
    if len(got) != len(ref) or not all(np.array_equal(g, r) for g, r in zip(got[:-1], ref[:-1], strict=True)):
        return 0.0
    counts, ours = np.asarray(got[-1]), np.asarray(ref[-1])
    if counts.shape != ours.shape or counts[0] > 1.3 * ours[0] or (counts[1:4] > ours[4]).any():
        return 0.0
    return 1.0


def smallest_peak(got, ref):
    """got and ref, for each graph: places, bytes, who reads whom. The order must be valid, its peak the smallest."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 3):
        order, ours, sizes, reads = (
            np.asarray(got[i]),
            np.asarray(ref[i]),
            np.asarray(ref[i + 1]),
            np.asarray(ref[i + 2]),
        )
        if order.shape != ours.shape or not np.array_equal(np.sort(order), np.arange(len(ours))):
            return 0.0
        place = np.argsort(order)
        if any(place[source] >= place[reader] for reader, source in np.argwhere(reads)):
            return 0.0
        if _peak(order, sizes, reads) > _peak(ours, sizes, reads):
            return 0.0
    return 1.0


def _peak(order, sizes, reads):
    largest = 0
    for step, running in enumerate(order):
        held = sizes[running]
        for done in order[:step]:
            later = [each for each in order[step:] if reads[each, done]]
            held += sizes[done] if later or not reads[:, done].any() else 0
        largest = max(largest, held)
    return largest


# %% exercise="17.1" case="NCHW" points=2 hint="NCHW: channels, rows and columns of one image; ValueError for an index one past the end of an axis"
shape = some_shape(seed=seed)
n, c, h, w = shape
outside = [raises(offset, index, shape, "NCHW") for index in ((n, 0, 0, 0), (0, c, 0, 0), (0, 0, h, 0), (0, 0, 0, w))]
show([offset(index, shape, "NCHW") for index in some_indices(shape, 12, seed=seed)], *outside)

# %% exercise="17.1" case="NHWC" points=2 hint="NHWC: the channel is the fastest axis; ValueError for a negative index"
shape = some_shape(seed=seed)
outside = [
    raises(offset, index, shape, "NHWC") for index in ((-1, 0, 0, 0), (0, -1, 0, 0), (1, 1, -1, 1), (0, 0, 0, -1))
]
show([offset(index, shape, "NHWC") for index in some_indices(shape, 12, seed=seed)], *outside)

# %% exercise="17.1" case="CHWN" points=2 hint="CHWN: the image is the fastest axis; ValueError for another layout"
shape = some_shape(seed=seed)
other = [raises(offset, (0, 0, 0, 0), shape, name) for name in ("NWHC", "HWCN", "NHW")]
show([offset(index, shape, "CHWN") for index in some_indices(shape, 12, seed=seed)], *other)

# %% exercise="17.1" case="axes of size one" points=2 hint="one image, one channel or one row; ValueError for an index or a layout that is not there"
shapes = [(1, 5, 4, 3), (3, 1, 7, 2), (2, 6, 1, 5), (4, 3, 2, 1)]
places = [offset(i, shape, name) for shape in shapes for name in LAYOUTS for i in some_indices(shape, 4, seed=seed)]
bad = [raises(offset, (0, 0, 0, 1), (4, 3, 2, 1), "NCHW"), raises(offset, (0, 0, 0, -1), (4, 3, 2, 1), "CHWN")]
show(places, *bad, raises(offset, (0, 0, 0, 0), (1, 1, 1, 1), "WHCN"))

# %% exercise="17.1" case="first and last" points=2 hint="the first value is at 0, the last at N C H W - 1; one further is a ValueError, one before too"
shape = some_shape(seed=seed)
last = tuple(size - 1 for size in shape)
ends = [
    offset(index, shape, name) for name in LAYOUTS for index in ((0, 0, 0, 0), last, (0, *last[1:]), (*last[:3], 0))
]
show(ends, raises(offset, shape, shape, "NHWC"), raises(offset, (-1, *last[1:]), shape, "NCHW"))

# %% exercise="17.2" case="one set" points=4 hint="one set that holds any line (ways = n_lines): the line least recently used goes; the input stays as it is"
addresses = np.array(numbers(0, 400, 300, seed=seed))
show(cache_hits(addresses, 16, 8, 8), cache_hits(addresses, 16, 3, 3), cache_hits(addresses, 32, 6, 6), addresses)

# %% exercise="17.2" case="sets of one way" points=3 hint="direct mapped (ways = 1): a line may stand in one place only"
addresses = np.array(numbers(0, 700, 300, seed=seed))
show(cache_hits(addresses, 16, 8, 1), cache_hits(addresses, 8, 16, 1), cache_hits(addresses, 32, 5, 1))

# %% exercise="17.2" case="sets of some ways" points=4 hint="several sets of several ways; LRU within each set"
addresses = np.array(numbers(0, 900, 400, seed=seed))
show(cache_hits(addresses, 16, 8, 2), cache_hits(addresses, 32, 12, 3), cache_hits(addresses, 16, 16, 4), addresses)

# %% exercise="17.2" case="hits are uses" points=3 hint="a line that is hit often stays, whatever else passes through its set"
stream = np.array(numbers(1, 30, 120, seed=seed)) * 32
addresses = np.stack([np.full(120, 64 * (seed % 7)), stream], 1).reshape(-1)
show(cache_hits(addresses, 32, 3, 3), cache_hits(addresses, 32, 4, 2))

# %% exercise="17.2" case="neighbors" points=2 hint="values of one line share a miss, whatever the line's size, also if it is no power of two"
addresses = seed % 1000 + np.array(numbers(0, 60, 150, seed=seed)).cumsum() % 500
show(cache_hits(addresses, 12, 6, 2), cache_hits(addresses, 40, 4, 2), cache_hits(addresses, 1, 64, 4))

# %% exercise="17.2" case="addresses as large as a microcontroller's" points=2 hint="addresses such as 0x20000000; the walk through a matrix"
order = np.array(numbers(0, 99, 200, seed=seed))
addresses = 0x20000000 + 64 * (seed % 100) + 4 * order
show(cache_hits(addresses, 32, 8, 4), cache_hits(addresses, 16, 4, 1))

# %% exercise="17.2" case="nothing, one access, ways that do not divide" points=2 hint="no addresses give an empty bool array; ValueError if ways does not divide n_lines"
one = np.array([seed % 977])
bad = [raises(cache_hits, np.arange(4), 8, 6, 4), raises(cache_hits, np.arange(4), 8, 8, 3)]
busy = np.array(numbers(0, 90, 100, seed=seed))
show(cache_hits(one[:0], 16, 4, 2), cache_hits(one, 16, 1, 1), cache_hits(busy, 16, 2, 2), *bad)

# %% exercise="17.3" case="any cache" points=2 hint="all three tiles count, each with the bytes of its own elements; ValueError if none fits"
sizes = numbers(200, 100_000, 8, seed=seed)
none = raises(best_tile, 11, (4, 4, 4), 1), raises(best_tile, 5, (1, 1, 4), 1)
show([best_tile(size, (1, 1, 4), 1) for size in sizes], [best_tile(size, (4, 4, 4), 1) for size in sizes], *none)

# %% exercise="17.3" case="multiples" points=3 hint="T is a multiple of `multiple`; ValueError if not even T = multiple fits"
sizes = numbers(3000, 60_000, 8, seed=seed)
none = raises(best_tile, 16 * 16 * 6 - 1, (1, 1, 4), 16), raises(best_tile, 8 * 8 * 12 - 1, (4, 4, 4), 8)
show([best_tile(size, (1, 1, 4), m) for size in sizes for m in (2, 4, 8, 16)], *none)

# %% exercise="17.3" case="filled to the last byte" points=3 hint="a tile that fills the cache exactly fits; with one byte less it does not"
sides = numbers(9, 80, 6, seed=seed)
full = [best_tile(8 * side * side, (1, 2, 5), 1) for side in sides]
less = [best_tile(8 * side * side - 1, (1, 2, 5), 1) for side in sides]
show(full, less, [best_tile(12 * 16 * side * side, (4, 4, 4), 4) for side in sides])

# %% exercise="17.3" case="elements of different size" points=2 hint="element_bytes are those of A, of B and of C, in any order of size"
bytes_of = [tuple(numbers(1, 9, 3, seed=seed + i)) for i in range(8)]
exactly = [best_tile(sum(each) * 81, each, 3) for each in bytes_of]
show([best_tile(5000 + seed % 999, each, 3) for each in bytes_of], exactly, raises(best_tile, 60, (5, 1, 1), 3))

# %% exercise="17.4" case="sizes that differ" points=3 hint="m, n and k all different; negative numbers; a and b stay as they are"
shown = arrays(matmul_reordered_c, "matmul_reordered", (5, 9, 7), seed=seed)
shown += arrays(matmul_reordered_c, "matmul_reordered", (8, 3, 14), seed=seed + 1)
show(*shown)

# %% exercise="17.4" case="rows, columns, single numbers" points=3 hint="sizes of 1; c holds rubbish when the function is called"
shown = []
for i, sizes in enumerate([(1, 11, 6), (7, 1, 5), (6, 8, 1), (1, 1, 13)]):
    shown += arrays(matmul_reordered_c, "matmul_reordered", sizes, seed=seed + i)
show(*shown)

# %% exercise="17.4" case="misses and instructions" points=6 judge="no_dearer" hint="loops in the order i, p, j: the product, and misses and instructions close to ours"
run = call(matmul_reordered_c, "matmul_reordered", (9, 52, 44), seed=seed, trace=True)
show(run.arrays[2], [run.instructions, lines_missed(run, 32, 16)])

# %% exercise="17.5" case="k a multiple of four" points=3 hint="turns of four alone; sizes that differ; a and b stay as they are"
shown = arrays(matmul_unrolled_c, "matmul_unrolled", (3, 5, 12), seed=seed)
shown += arrays(matmul_unrolled_c, "matmul_unrolled", (6, 2, 20), seed=seed + 1)
show(*shown)

# %% exercise="17.5" case="one, two or three steps remain" points=5 hint="what k leaves over is added too, and nothing else"
shown = []
for i, sizes in enumerate([(3, 4, 13), (2, 6, 10), (5, 3, 7)]):
    shown += arrays(matmul_unrolled_c, "matmul_unrolled", sizes, seed=seed + i)
show(*shown)

# %% exercise="17.5" case="short sums" points=4 hint="k from 1 to 5; sizes of 1; c holds rubbish when the function is called"
shown = []
for i, sizes in enumerate([(2, 5, 3), (4, 3, 2), (3, 3, 1), (1, 1, 5), (2, 3, 4)]):
    shown += arrays(matmul_unrolled_c, "matmul_unrolled", sizes, seed=seed + i)
show(*shown)

# %% exercise="17.5" case="branches and instructions" points=6 judge="no_dearer" hint="four steps in each turn: the product, and branches and instructions close to ours"
long, short = (call(matmul_unrolled_c, "matmul_unrolled", (7, 9, k), seed=seed) for k in (42, 32))
branches = [long.histogram["branch"], short.histogram["branch"]]
show(long.arrays[2], short.arrays[2], [long.instructions, *branches])

# %% exercise="17.6" case="tiles that divide" points=2 hint="tile divides all sizes; sizes that differ; a and b stay as they are"
shown = arrays(matmul_tiled_c, "matmul_tiled", (4, 8, 12), 4, seed=seed)
shown += arrays(matmul_tiled_c, "matmul_tiled", (9, 3, 6), 3, seed=seed + 1)
show(*shown)

# %% exercise="17.6" case="tiles that leave a rest" points=5 hint="the last block is shorter in each of the three directions"
shown = []
for i, (sizes, tile) in enumerate([((7, 8, 8), 4), ((8, 7, 8), 4), ((8, 8, 7), 4), ((7, 11, 13), 5)]):
    shown += arrays(matmul_tiled_c, "matmul_tiled", sizes, tile, seed=seed + i)
show(*shown)

# %% exercise="17.6" case="large tiles, tiles of one, sizes of one" points=3 hint="a tile larger than the matrices, a tile of 1, sizes of 1; c holds rubbish when the function is called"
shown = []
for i, (sizes, tile) in enumerate([((3, 5, 4), 64), ((4, 3, 5), 1), ((1, 9, 7), 2), ((6, 1, 5), 4), ((5, 6, 1), 3)]):
    shown += arrays(matmul_tiled_c, "matmul_tiled", sizes, tile, seed=seed + i)
show(*shown)

# %% exercise="17.6" case="once for each block" points=5 judge="once_a_block" hint="reads enter a tile of a, of b and of c at most once for each block; instructions close to ours"
sizes, tile = (11, 14, 13), 4
run = call(matmul_tiled_c, "matmul_tiled", sizes, tile, seed=seed, trace=True)
blocks = math.prod(-(-size // tile) for size in sizes)
show(run.arrays[2], [run.instructions, *kernels.tile_moves(run, sizes, tile), blocks])

# %% exercise="17.7" case="six operators" points=3 judge="smallest_peak" hint="small networks with branches, listed in any order; ValueError where two operators wait for each other"
refuses({"a": Op(("b",), 3), "b": Op(("a",), 4)}, {"a": Op(("a",), 1)})
shown = []
for i in range(6):
    graph = some_graph(6, seed=seed + i)
    shown += told(graph, best_order(graph))
show(*shown)

# %% exercise="17.7" case="eight operators" points=3 judge="smallest_peak" hint="larger networks with branches; the graph stays as it is"
shown = []
for i in range(5):
    graph = some_graph(8, seed=seed + 100 + i)
    shown += told(graph, best_order(graph))
show(*shown)

# %% exercise="17.7" case="results that stay" points=3 judge="smallest_peak" hint="what nobody reads stays to the end; ValueError where an input is not there"
refuses({"a": Op(("ghost",), 3)}, {"a": Op((), 3), "b": Op(("a", "c"), 4), "c": Op(("b",), 1)})
shown = []
for i in range(6):
    graph = some_graph(5, seed=seed + 200 + i)
    sizes = numbers(5, 60, 3, seed=seed + i)
    extra = {f"result{j}": Op((f"op{j % 3}",), size) for j, size in enumerate(sizes)}
    shown += told(graph | extra, best_order(graph | extra))
show(*shown)

# %% exercise="17.7" case="many branches" points=3 judge="smallest_peak" hint="branches of two operators between one input and a join, where a greedy choice fails"
shown = []
for i in range(4):
    size = numbers(1, 60, 10, seed=seed + 300 + i)
    graph = {"join": Op(tuple(f"b{j}" for j in range(4)), size[8]), "in": Op((), size[9])}
    graph |= {f"a{j}": Op(("in",), size[j]) for j in range(4)} | {
        f"b{j}": Op((f"a{j}",), size[j + 4]) for j in range(4)
    }
    shown += told(graph, best_order(graph))
show(*shown)

# %% exercise="17.7" case="twelve operators, circles" points=3 judge="smallest_peak" hint="twelve operators in time; ValueError where operators wait for each other or for one that is not there"
graph = some_graph(12, seed=seed)
loop = {"a": Op(("c",), 3), "b": Op(("a",), 4), "c": Op(("b",), 5), "d": Op((), 1)}
refuses(loop, {"a": Op((), 3), "b": Op(("ghost",), 4)})
show(*told(graph, best_order(graph)))

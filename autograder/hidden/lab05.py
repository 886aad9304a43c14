# %% [markdown]
# Hidden tests of lab 05. Each case can be deduced from the statement in the stub's docstring. A slip is meant to fail
# several cases, so most cases of long columns also end in zeros, and most matrices have rows left over.

# %% role="setup" memory_mib=2048
COUNTED = ("broadcasts", "entries", "macs")


def column(gaps, tail=0, *, seed):
    """So many zeros before each code, and a tail of zeros; the codes are drawn from 1..15."""
    codes = torch.randint(1, 16, (len(gaps),), generator=torch.Generator().manual_seed(seed)).tolist()
    rows = []
    for gap, code in zip(gaps, codes, strict=True):
        rows += [0] * gap + [code]
    return tensor(rows + [0] * tail, dtype=torch.int64)


def shuffled(values, *, seed):
    order = torch.randperm(len(values), generator=torch.Generator().manual_seed(seed)).tolist()
    return [values[at] for at in order]


def matrix(rows, cols, density, *, seed):
    generator = torch.Generator().manual_seed(seed)
    kept = torch.rand(rows, cols, generator=generator) < density
    return torch.randint(1, 16, (rows, cols), generator=generator) * kept


def ints(values):
    """A list of ints, or anything like one, as a tensor."""
    return tensor([int(each) for each in values], dtype=torch.int64)


def entries(result):
    v, z = result
    return [ints(v), ints(z)]


def lists(slices):
    """What every element stores, one tensor for each of its lists."""
    return [ints(part) for triple in slices for part in triple]


def absolute(column):
    """Another format than the lab's: the codes, and the row of each."""
    rows = [row for row, code in enumerate(column.tolist()) if code]
    return [int(column[row]) for row in rows], rows


def doubled(column):
    """Each code behind an entry of code 0."""
    v, z = [], []
    for row, code in enumerate(column.tolist()):
        if code:
            v, z = [*v, 0, code], [*z, 99, row]
    return v, z


def slices_of(local_rows, cols, n_pe, *, seed, density=0.3, padding=0.2, largest=3):
    """Random entries of n_pe elements: gaps of at most `largest`, padding before a code here and there."""
    draw = np.random.default_rng(seed)
    made = []
    for _ in range(n_pe):
        v, z, p = [], [], [0]
        for _ in range(cols):
            row = -1
            while draw.random() < 0.3 + density:
                for _ in range(int(draw.random() < padding)):
                    if row + 2 * (largest + 1) < local_rows:
                        v, z, row = [*v, 0], [*z, largest], row + largest + 1
                gap = int(draw.integers(0, largest + 1))
                if row + gap + 1 < local_rows:
                    v, z, row = [*v, int(draw.integers(1, 16))], [*z, gap], row + gap + 1
                elif v and len(v) > p[-1] and v[-1] == 0:
                    v, z = [*v[:-1], int(draw.integers(1, 16))], [*z[:-1], 0]
            p.append(len(v))
        made.append((v, z, p))
    return made


def product(result):
    b, counts = result
    return [b, ints([counts[name] for name in COUNTED])]


def work_of(n, n_pe, mean, *, seed):
    return tensor(np.random.default_rng(seed).poisson(mean, (n, n_pe)), dtype=torch.int64)


def plan(work, fifo_depth):
    start, cycles = pe_schedule(work, fifo_depth)
    return [start, ints([cycles])]


# %% role="judge"
def same_share(got, ref):
    """got and ref: a mask, its weights and the number of elements, in turn; the numbers kept are the reference's."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 3):
        mask, w, n_pe = got[i], ref[i + 1], int(ref[i + 2])
        if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != w.shape:
            return 0.0
        for k in range(min(n_pe, len(w))):
            kept, size = mask[k::n_pe], np.abs(w[k::n_pe])
            n_keep = ref[i][k::n_pe].sum()
            if kept.sum() != n_keep:
                return 0.0
            if 0 < n_keep < size.size and size[kept].min() < size[~kept].max():
                return 0.0
    return 1.0


# %% exercise="5.1" case="short gaps" points=2 hint="v holds the codes that are not 0, z the zeros since the entry before, or since the top; the column stays as it is"
codes = column(shuffled([0, 1, 2, 3, 5, 8, 11, 13, 14, 4, 6], seed=seed), 3, seed=seed)
show(*entries(encode_column(codes)), *entries(encode_column(codes[:40], 4)), codes)

# %% exercise="5.1" case="gaps around the largest" points=3 hint="15 zeros fit into 4 bits, 16 need padding; zeros after the last code have no entry, however many"
codes = column(shuffled([14, 15, 16, 17, 15, 16, 2], seed=seed), 18, seed=seed)
show(*entries(encode_column(codes, 4)), *entries(encode_column(codes.flip(0), 4)))

# %% exercise="5.1" case="long gaps" points=3 hint="each padding entry stands for 2^index_bits zeros, its own place among them; several may follow each other"
codes = column(shuffled([31, 32, 33, 47, 48, 49, 100, 0, 7], seed=seed), 40, seed=seed)
show(*entries(encode_column(codes, 4)), *entries(encode_column(codes)))

# %% exercise="5.1" case="other widths of the index" points=3 hint="index_bits of 1, 2, 3 and 6; zeros at the end"
codes = column(shuffled([0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 64, 130], seed=seed), 70, seed=seed)
show(*[part for bits in (1, 2, 3, 6) for part in entries(encode_column(codes, bits))])

# %% exercise="5.1" case="nothing but zeros, no zeros, one row" points=2 hint="a column of zeros has no entry; a full one has z of 0 everywhere; the last code has zeros behind it"
full = column([0] * 9, 20, seed=seed)
shown = [entries(encode_column(codes, 3)) for codes in (torch.zeros(33, dtype=torch.int64), full[:9], full, full[:1])]
shown += [entries(encode_column(column([9], 9, seed=seed), 3))]
show(*[part for pair in shown for part in pair])

# %% exercise="5.1" case="columns of a matrix" points=2 hint="a column of a larger matrix, 3 bits, sparse; the matrix stays as it is"
codes = matrix(90, 4, 0.08, seed=seed)
shown = [entries(encode_column(codes[:, j], 3)) for j in range(4)] + [entries(encode_column(codes[5::3, 1], 2))]
show(*[part for pair in shown for part in pair], codes)

# %% exercise="5.2" case="rows that can be dealt out evenly" points=3 hint="element k holds rows k, k + n_pe, ... in this order; entries column by column; the matrix stays as it is"
codes = matrix(12, 7, 0.5, seed=seed)
show(*lists(interleave(codes, 3, absolute)), *lists(interleave(codes, 4, absolute)), codes)

# %% exercise="5.2" case="rows left over" points=3 hint="the number of rows need not be divisible by n_pe: the first elements hold one row more"
codes = matrix(17, 5, 0.45, seed=seed)
show(*lists(interleave(codes, 4, absolute)), *lists(interleave(codes, 5, absolute)))

# %% exercise="5.2" case="padding" points=3 hint="p counts all entries, those of code 0 too"
codes = matrix(14, 6, 0.3, seed=seed)
show(*lists(interleave(codes, 4, doubled)), *lists(interleave(codes, 1, doubled)))

# %% exercise="5.2" case="empty columns, first and last" points=2 hint="a column without entries has p[j] = p[j + 1], also the first and the last one"
codes = matrix(11, 6, 0.6, seed=seed)
codes[:, [0, 3, 5]] = 0
show(*lists(interleave(codes, 3, absolute)), *lists(interleave(codes, 2, doubled)))

# %% exercise="5.2" case="one element, many elements" points=2 hint="one element holds all rows; of more elements than rows the last hold none; ValueError if n_pe < 1"
codes = matrix(6, 4, 0.6, seed=seed)
more = lists(interleave(codes, 9, absolute))
show(*lists(interleave(codes, 1, absolute)), *more, raises(interleave, codes, 0, absolute))

# %% exercise="5.2" case="an encoder that keeps everything" points=2 hint="whatever encode gives for a column is stored; it gets the element's rows of it, in their order, as a tensor"
codes = matrix(13, 5, 0.7, seed=seed).t().contiguous().t()
show(*lists(interleave(codes, 4, lambda rows: ([*rows.tolist(), 7], [len(rows)] * (len(rows) + 1)))), codes)

# %% exercise="5.3" case="one element, no zeros in the vector" points=2 hint="b[row] adds codebook[v] * a[j] for each entry of column j; the row is found from z; the inputs stay as they are"
slices, a, codebook = slices_of(20, 9, 1, seed=seed, padding=0), randn(9) + 5, randn(16, seed=seed + 1)
show(*product(sparse_matvec(slices, a, codebook, 20)), a, codebook)

# %% exercise="5.3" case="zeros in the vector" points=3 hint="an activation of 0 is not broadcast, its column not read; negative ones are"
slices, codebook = slices_of(24, 15, 1, seed=seed, padding=0), randn(16, seed=seed + 1)
a = randn(15, seed=seed + 2) * (rand(15, seed=seed + 3) < 0.6)
show(*product(sparse_matvec(slices, a, codebook, 24)))

# %% exercise="5.3" case="several elements" points=4 hint="the n-th row of element k is row k + n * n_pe; what each element reads is counted"
shown = []
for i, n_pe in enumerate((3, 5)):
    slices, codebook = slices_of(11, 12, n_pe, seed=seed + i), randn(16, seed=seed + 10)
    a = randn(12, seed=seed + 20 + i) * (rand(12, seed=seed + 30 + i) < 0.7)
    shown += product(sparse_matvec(slices, a, codebook, 11 * n_pe))
show(*shown)

# %% exercise="5.3" case="padding" points=4 hint="an entry of code 0 is read, moves the row, and is not multiplied, whatever codebook[0] holds"
shown = []
for i, n_pe in enumerate((1, 4)):
    slices, codebook = slices_of(60, 8, n_pe, seed=seed + i, padding=0.6), 3 + rand(16, seed=seed + 10)
    a = randn(8, seed=seed + 20 + i) * (rand(8, seed=seed + 30 + i) < 0.8)
    shown += product(sparse_matvec(slices, a, codebook, 60 * n_pe))
show(*shown)

# %% exercise="5.3" case="all zero, very small" points=2 hint="a vector of zeros gives zeros and counts of 0; small activations are no zeros"
slices, codebook = slices_of(9, 10, 2, seed=seed), randn(16, seed=seed + 1)
tiny = randn(10, seed=seed + 2) * 1e-12
shown = product(sparse_matvec(slices, tiny, codebook, 18))
show(*product(sparse_matvec(slices, torch.zeros(10), codebook, 18)), shown[0] * 1e12, shown[1])

# %% exercise="5.3" case="double precision" points=3 hint="a codebook and a vector in float64 give b in float64"
slices, codebook = slices_of(16, 10, 3, seed=seed, padding=0.5), randn(16, seed=seed + 1, dtype=torch.float64)
a = randn(10, seed=seed + 2, dtype=torch.float64) * (rand(10, seed=seed + 3) < 0.6)
show(*product(sparse_matvec(slices, a, codebook, 48)))

# %% exercise="5.3" case="elements and columns without entries" points=2 hint="an element may store nothing, a column too; b has n_rows numbers also where rows are empty"
(v, z, p), codebook = slices_of(8, 6, 1, seed=seed)[0], randn(16, seed=seed + 1)
empty = ([], [], [0] * 7)
a = randn(6, seed=seed + 2) + 4
some = product(sparse_matvec([empty, (v, z, p), empty], a, codebook, 29))
show(*some, *product(sparse_matvec([(v, z, p)], a.flip(0), codebook, 13)))

# %% exercise="5.4" case="random work, queues of 2 and 3" points=4 hint="a broadcast needs a free place in every queue; an activation keeps its place until its last entry is done; the work stays as it is"
work = work_of(30, 4, 2.5, seed=seed)
show(*plan(work, 2), *plan(work, 3), work)

# %% exercise="5.4" case="one place" points=3 hint="with one place everybody waits for the slowest, activation by activation; at most one broadcast a cycle"
work, more = work_of(18, 5, 2.0, seed=seed), work_of(25, 3, 0.8, seed=seed + 1)
show(*plan(work, 1), *plan(more, 1))

# %% exercise="5.4" case="places for all" points=3 hint="with a place for each activation an element only waits for broadcasts, one a cycle"
work, more = work_of(20, 4, 3.0, seed=seed), work_of(30, 6, 0.7, seed=seed + 1)
show(*plan(work, 20), *plan(more, 40))

# %% exercise="5.4" case="little work" points=3 hint="elements without entries for an activation take no cycle; the start of such a one counts as well; the last broadcasts may bring nothing"
work = work_of(24, 5, 0.4, seed=seed)
work[-4:] = 0
show(*plan(work, 1), *plan(work, 2), *plan(work, 6))

# %% exercise="5.4" case="one element works, the others wait" points=4 hint="one element with far more entries than the others, in turn"
work = work_of(21, 3, 0.6, seed=seed)
work[torch.arange(21), torch.arange(21) // 7] += 6
show(*plan(work, 1), *plan(work, 2), *plan(work, 4), *plan(work, 7))

# %% exercise="5.4" case="one element, one activation, nothing to do" points=3 hint="a single element works without a pause; broadcasts of nothing take a cycle each; ValueError if fifo_depth < 1"
work, single = work_of(9, 1, 2.0, seed=seed) + 1, work_of(1, 6, 3.0, seed=seed + 1)
idle = torch.zeros(3 + seed % 5, 2, dtype=torch.int64)
show(*plan(work, 2), *plan(single, 1), *plan(idle, 2), raises(pe_schedule, work, 0))

# %% exercise="5.5" case="rows dealt out evenly" points=2 hint="in each element's rows the largest |w| stay, the same share; the weights stay as they are"
w = randn(12, 11) * (1 + 3 * rand(12, 1, seed=seed + 1))
show(balanced_mask(w, 0.7, 4), balanced_mask(w, 0.45, 3), w)

# %% exercise="5.5" case="rows left over, counts to be rounded" points=2 hint="elements of different size keep round(n * (1 - sparsity)) of their own n weights"
w = randn(11, 7)
show(*[balanced_mask(w, sparsity, 3) for sparsity in (0.35, 0.62, 0.81, 0.9)])

# %% exercise="5.5" case="loud rows" points=2 hint="rows of large weights, all of one element, do not take the places of the others"
w = randn(16, 6)
w[1::4] *= 40
show(balanced_mask(w, 0.8, 4), balanced_mask(w, 0.55, 8))

# %% exercise="5.5" case="equal weights" points=2 judge="same_share" hint="the count of each element is exact when weights are equal in size"
w, same = (randn(14, 6) * 1.5).round(), torch.full((5, 8), -2.0)
show(balanced_mask(w, 0.6, 4), w, 4, balanced_mask(w, 0.3, 3), w, 3, balanced_mask(same, 0.7, 2), same, 2)

# %% exercise="5.5" case="one element, nothing, everything, outside" points=1 hint="n_pe = 1; sparsity 0 and 1; ValueError outside [0, 1]"
w = randn(6, 7)
bad = [raises(balanced_mask, w, sparsity, 2) for sparsity in (-0.2, 1.2)]
show(balanced_mask(w, 0.6, 1), balanced_mask(w, 0, 2), balanced_mask(w, 1.0, 3), *bad)

# %% exercise="5.5" case="more elements than rows, in double precision" points=1 hint="each row has an element of its own; a transposed float64 input"
w = 1 + 1e-9 * randn(9, 5, dtype=torch.float64).t()
show(balanced_mask(w, 0.6, 8), balanced_mask(w, 0.5, 2), w)

# %% exercise="5.6" case="one element" points=4 hint="1 + g // 2^width entries for g zeros before a code, (value_bits + width) bits each; pointers and codebook are counted; codes stay as they are"
codes = matrix(200, 6, 0.06, seed=seed)
show(bits_by_width(codes, 1, [1, 2, 3, 4, 5, 8]), codes)

# %% exercise="5.6" case="several elements" points=4 hint="row r belongs to element r mod n_pe: gaps count that element's rows only; every element has its pointers"
codes = matrix(150, 7, 0.1, seed=seed)
show(bits_by_width(codes, 4, [1, 2, 3, 4, 6]), bits_by_width(codes, 7, [1, 2, 5]))

# %% exercise="5.6" case="other bits of values and pointers" points=4 hint="value_bits of entries and codebook (2^value_bits numbers of 16 bits), pointer_bits of pointers"
codes = matrix(90, 5, 0.12, seed=seed)
show(bits_by_width(codes, 2, [1, 2, 4], 5, 13), bits_by_width(codes, 3, [1, 3], 2, 32), bits_by_width(codes, 3, [2]))

# %% exercise="5.6" case="long gaps" points=3 hint="gaps just below, at and above multiples of 2^width; they begin anew in each column; zeros at the end count nothing"
first = column(shuffled([0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64], seed=seed), 65, seed=seed)
codes = torch.stack([first, first.flip(0), first.roll(40)], dim=1)
show(bits_by_width(codes, 1, [1, 2, 3, 4, 5, 6]), bits_by_width(codes, 2, [1, 2, 3, 4]))

# %% exercise="5.6" case="no zeros, nothing but zeros" points=3 hint="a full matrix needs no padding; an empty one pointers and codebook only; more elements than rows"
full, some = matrix(9, 4, 2.0, seed=seed), matrix(8, 6 + seed % 7, 0.3, seed=seed)
empty = torch.zeros(30, 5 + seed % 9, dtype=torch.int64)
show(bits_by_width(full, 2, [1, 4]), bits_by_width(empty, 3, [1, 4]), bits_by_width(some, 11, [1, 2, 3]))

# %% exercise="5.6" case="one column, one row" points=2 hint="a single column has two pointers; a single row has gaps of 0"
codes = column(shuffled([3, 9, 20, 33], seed=seed), 50, seed=seed)[:, None]
show(bits_by_width(codes, 1, [1, 2, 3, 4, 5]), bits_by_width(codes.t(), 1, [1, 3]), bits_by_width(codes, 2, [2, 4]))

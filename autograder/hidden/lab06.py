# %% [markdown]
# Hidden tests of lab 06. Each case can be deduced from the statement in the stub's docstring. Several cases show inputs
# after the call, so that an answer that changes them loses there.

# %% role="setup" memory_mib=2048
PATTERNS = torch.tensor(
    [
        [[1, 1, 0], [1, 1, 0], [0, 0, 0]],
        [[0, 1, 0], [1, 1, 1], [0, 0, 0]],
        [[0, 0, 0], [0, 1, 1], [0, 1, 1]],
        [[0, 1, 0], [0, 1, 1], [0, 1, 0]],
        [[0, 0, 0], [1, 1, 1], [0, 1, 0]],
    ],
    dtype=torch.bool,
)


def draw(seed):
    return torch.Generator().manual_seed(seed)


def mostly_zero(m, k, share, *, seed, dtype=torch.float32):
    """A random matrix with about this share of non-zeros, at least one."""
    kept = torch.rand(m, k, generator=draw(seed)) < share
    kept[seed % m, (seed // 7) % k] = True
    return torch.randn(m, k, generator=draw(seed + 1), dtype=dtype) * kept


def as_csr(a):
    """CSR in plain Python."""
    row_ptr, col_idx, values = [0], [], []
    for row in a:
        for column in range(a.shape[1]):
            if row[column] != 0:
                col_idx.append(column)
                values.append(row[column])
        row_ptr.append(len(col_idx))
    return torch.tensor(row_ptr), torch.tensor(col_idx, dtype=torch.int64), torch.stack(values)


def two_of_four(r, c, *, seed, dtype=torch.float32):
    """Two random columns of every four are not zero."""
    order = torch.rand(r, c // 4, 4, generator=draw(seed)).argsort(-1)
    return torch.randn(r, c, generator=draw(seed + 1), dtype=dtype) * (order < 2).reshape(r, c)


def as_24(w):
    """Values and packed indices of a 2:4 matrix, in plain Python."""
    values, packed = [], []
    for row in w.tolist():
        places = []
        for left in range(0, len(row), 4):
            run = row[left : left + 4]
            full = [i for i in range(4) if run[i] != 0]
            fill = [i for i in range(4) if run[i] == 0]
            places += sorted((full + fill)[:2])
            values += [run[i] for i in places[-2:]]
        packed += [
            sum(i << 2 * at for at, i in enumerate(places[left : left + 4])) for left in range(0, len(places), 4)
        ]
    r, c = w.shape
    return torch.tensor(values, dtype=w.dtype).reshape(r, c // 2), torch.tensor(packed).reshape(r, c // 8).to(
        torch.uint8
    )


def in_blocks(m, k, block, share, *, seed, dtype=torch.float32):
    """A matrix of which about this share of the blocks holds something, most of them partly zero."""
    blocks = torch.rand(m // block, k // block, generator=draw(seed)) < share
    blocks[seed % (m // block)] = torch.arange(k // block) % 2 == 0
    inside = torch.rand(m, k, generator=draw(seed + 1)) < 0.6
    inside[::block, ::block] = True
    wide = blocks.repeat_interleave(block, 0).repeat_interleave(block, 1)
    return torch.randn(m, k, generator=draw(seed + 2), dtype=dtype) * (wide & inside)


def as_ell(a, block, *, pad=0.5, shuffle=None):
    """Blocked-ELL in plain Python; `pad` stands in padding, `shuffle` mixes the blocks of a row."""
    rows = []
    for top in range(0, len(a), block):
        lefts = [left for left in range(0, a.shape[1], block) if (a[top : top + block, left : left + block] != 0).any()]
        rows.append((top, lefts))
    width = max(len(lefts) for _, lefts in rows)
    col_blocks = torch.full((len(rows), width), -1)
    values = torch.full((len(a), width * block), pad, dtype=a.dtype)
    for row, (top, lefts) in enumerate(rows):
        slots = torch.randperm(width, generator=draw(shuffle + row)) if shuffle is not None else torch.arange(width)
        for slot, left in zip(slots.tolist(), lefts, strict=False):
            col_blocks[row, slot] = left // block
            values[top : top + block, slot * block : (slot + 1) * block] = a[top : top + block, left : left + block]
    return col_blocks, values


def some_patterns(co, ci, n_pattern, share, *, seed):
    """The pattern of each kernel, 0 = dropped, with filters of different and of equal lengths."""
    chosen = torch.randint(1, n_pattern + 1, (co, ci), generator=draw(seed))
    chosen = chosen * (torch.rand(co, ci, generator=draw(seed + 1)) < share)
    chosen[co // 2] = chosen[0].flip(0)
    return chosen


# %% exercise="6.1" case="random matrices" points=2 hint="row_ptr, col_idx and values of a random matrix; the input stays as it is"
a = mostly_zero(13, 17, 0.3, seed=seed)
show(*dense_to_csr(a), a)

# %% exercise="6.1" case="empty rows at the start, inside and at the end" points=3 hint="rows without non-zeros repeat the pointer, also the first and the last"
a = mostly_zero(12, 9, 0.5, seed=seed)
a[[0, 1, 5, 6, 11]] = 0
show(*dense_to_csr(a), *dense_to_csr(a[:7]))

# %% exercise="6.1" case="one row, one column, full and empty matrices" points=2 hint="a single row, a single column, no zeros at all, nothing but zeros"
row, column = mostly_zero(1, 19, 0.4, seed=seed), mostly_zero(18, 1, 0.4, seed=seed + 5)
full = randn(4, 5) + 10
show(*dense_to_csr(row), *dense_to_csr(column), *dense_to_csr(full), *dense_to_csr(torch.zeros(6, 3)))

# %% exercise="6.1" case="integers, double precision, a view" points=2 hint="values keep the dtype of the input, which may be int64, float64 or a transposed view, and stays as it is"
whole = (randn(9, 11) * 1.2).round().long()
view = mostly_zero(14, 10, 0.4, seed=seed + 3, dtype=torch.float64).T[::2]
show(*dense_to_csr(whole), *dense_to_csr(view), view)

# %% exercise="6.1" case="tiny and negative values" points=1 hint="whatever is not exactly zero is stored, however small or negative"
a = mostly_zero(8, 12, 0.4, seed=seed) * tensor([1e-12, -1.0, 1e-30, 1.0]).repeat(3)
show(*dense_to_csr(a))

# %% exercise="6.2" case="tiles that divide the columns" points=3 hint="the product, and the three counts, for several tiles; the inputs stay as they are"
a = mostly_zero(9, 14, 0.35, seed=seed)
a[4] = 0
given = as_csr(a)
b = randn(14, 12, seed=seed + 2)
results = [part for tile in (3, 4, 12) for part in csr_spmm(*given, b, tile)]
show(*results, *given, b)

# %% exercise="6.2" case="a last strip that is narrower" points=3 hint="tiles that do not divide the columns, tiles wider than all columns, tiles of one column"
a = mostly_zero(7, 11, 0.4, seed=seed)
a[3] = 0
given = as_csr(a)
b = randn(11, 13, seed=seed + 2)
show(*[part for tile in (5, 8, 40, 1) for part in csr_spmm(*given, b, tile)])

# %% exercise="6.2" case="rows without entries" points=3 hint="a row without entries gives zeros; its blocks count, though they read nothing"
a = mostly_zero(10, 12, 0.4, seed=seed)
a[[0, 3, 4, 9]] = 0
b = randn(12, 7, seed=seed + 2)
show(*csr_spmm(*as_csr(a), b, 3), *csr_spmm(*as_csr(a), b, 7))

# %% exercise="6.2" case="entries out of order, several at one place" points=3 hint="columns of a row need not ascend; entries at the same place add up; nothing is sorted in place"
row_ptr, col_idx, values = as_csr(mostly_zero(8, 9, 0.5, seed=seed))
mixed = torch.cat(
    [row_ptr[i] + torch.randperm(row_ptr[i + 1] - row_ptr[i], generator=draw(seed + i)) for i in range(8)]
)
col_idx, values = col_idx[mixed], values[mixed]
col_idx[1:] = torch.where(torch.arange(1, len(col_idx)) % 3 == 0, col_idx[:-1].clone(), col_idx[1:])
b = randn(9, 6, seed=seed + 2)
show(*csr_spmm(row_ptr, col_idx, values, b, 4), row_ptr, col_idx, values)

# %% exercise="6.2" case="a matrix times a vector, one row" points=2 hint="B with one column; A with one row"
b = randn(15, 1, seed=seed + 2)
wide = randn(15, 10, seed=seed + 3)
show(*csr_spmm(*as_csr(mostly_zero(11, 15, 0.3, seed=seed)), b, 4))
show(*csr_spmm(*as_csr(mostly_zero(1, 15, 0.6, seed=seed)), wide, 4))

# %% exercise="6.2" case="double precision, bad tiles" points=1 rtol=1e-10 hint="float64 stays float64; ValueError where the tile is below 1"
given = as_csr(mostly_zero(6, 8, 0.5, seed=seed, dtype=torch.float64))
b = randn(8, 5, seed=seed + 2, dtype=torch.float64)
bad = [raises(csr_spmm, *given, b, tile) for tile in (0, -2)]
show(*csr_spmm(*given, b, 2), *bad)

# %% exercise="6.3" case="row_swizzle on random lengths" points=3 hint="row_swizzle: row numbers from the longest to the shortest, equal ones in order; the input stays as it is"
lengths = torch.randint(0, 25, (60,), generator=draw(seed))
show(row_swizzle(lengths), row_swizzle(lengths[:9]), lengths)

# %% exercise="6.3" case="row_swizzle on equal lengths" points=2 hint="row_swizzle: equal rows keep the order in which they stand"
lengths = torch.randint(0, 4, (70,), generator=draw(seed))
show(row_swizzle(lengths), row_swizzle(torch.full((33,), 7)))

# %% exercise="6.3" case="schedule of single rows" points=3 hint="schedule, bundles of one row: the next row in order goes to the worker that is free first; the inputs stay as they are"
lengths = torch.randint(1, 1000, (31,), generator=draw(seed))
order = torch.randperm(31, generator=draw(seed + 1))
show(schedule(lengths, order, 1, 4), schedule(lengths, order, 1, 1), lengths, order)

# %% exercise="6.3" case="schedule of bundles" points=3 hint="schedule: a bundle takes as long as its longest row; the last bundle may hold fewer rows"
lengths = torch.randint(1, 500, (34,), generator=draw(seed))
order = torch.randperm(34, generator=draw(seed + 1))
show(schedule(lengths, order, 4, 3), schedule(lengths, order, 5, 2), schedule(lengths, order, 16, 2))

# %% exercise="6.3" case="workers that are free together" points=2 hint="schedule: of several free workers the one with the lowest number is taken; rows without entries take no time"
lengths = torch.randint(0, 3, (40,), generator=draw(seed)) * 5
order = torch.randperm(40, generator=draw(seed + 1))
show(schedule(lengths, order, 1, 5), schedule(lengths, order, 2, 3))

# %% exercise="6.3" case="few bundles, bad arguments" points=2 hint="schedule: fewer bundles than workers; a bundle that holds all rows; ValueError if bundle or workers < 1"
lengths = torch.randint(1, 200, (7,), generator=draw(seed))
order = torch.randperm(7, generator=draw(seed + 1))
bad = [raises(schedule, lengths, order, 0, 2), raises(schedule, lengths, order, 2, 0)]
show(schedule(lengths, order, 1, 12), schedule(lengths, order, 10, 2), schedule(lengths, order, 3, 2), *bad)

# %% exercise="6.4" case="two non-zeros in every run" points=4 hint="values from left to right and their indices, four to a byte, the first in the lowest bits; the input stays as it is"
w = two_of_four(6, 64, seed=seed)
show(*compress_24(w), w)

# %% exercise="6.4" case="runs with one non-zero" points=3 hint="a run with fewer than two non-zeros is filled with its leftmost zeros, in order of place"
w = two_of_four(5, 48, seed=seed) * (torch.rand(5, 48, generator=draw(seed + 3)) < 0.6)
show(*compress_24(w))

# %% exercise="6.4" case="runs of zeros" points=3 hint="a run of zeros stores two zeros, with the indices 0 and 1"
w = two_of_four(6, 32, seed=seed).reshape(6, 8, 4)
w[torch.rand(6, 8, generator=draw(seed + 3)) < 0.4] = 0
w[1] = 0
show(*compress_24(w.reshape(6, 32)), *compress_24(torch.zeros(2, 16)))

# %% exercise="6.4" case="one row, small and large values" points=2 hint="one row of eight columns; sizes do not matter, only what is zero"
w = two_of_four(1, 8, seed=seed) * tensor([1e-20, 1e6, 1e-20, 1e6, 1e-20, 1e6, 1e-20, 1e6])
tall = two_of_four(17, 8, seed=seed + 5)
show(*compress_24(w), *compress_24(tall))

# %% exercise="6.4" case="double precision, integers, a view" points=2 hint="values keep the dtype: float64, int64; a sliced input stays as it is"
w = two_of_four(8, 24, seed=seed, dtype=torch.float64)
w = (w * (torch.rand(8, 24, generator=draw(seed + 3)) < 0.7))[::2]
whole = (two_of_four(3, 16, seed=seed + 5) * 100).long()
show(*compress_24(w), *compress_24(whole), w)

# %% exercise="6.4" case="what cannot be compressed" points=1 hint="ValueError if 8 does not divide the columns, or a run holds three or four non-zeros"
w = two_of_four(4, 16, seed=seed)
three = w.clone()
three[3, 12:16] = tensor([1.0, 2.0, 0.0, 3.0])
bad = [raises(compress_24, two_of_four(2, 12, seed=seed)), raises(compress_24, three), raises(compress_24, w + 1)]
show(*bad, *compress_24(w))

# %% exercise="6.5" case="random products" points=3 hint="W x from values, packed indices and x; the inputs stay as they are"
values, packed = as_24(two_of_four(7, 32, seed=seed))
x = randn(32, 9, seed=seed + 2)
show(matmul_24(values, packed, x), values, packed, x)

# %% exercise="6.5" case="one row, one column" points=2 hint="W of one row and eight columns; x of one column"
one, many = as_24(two_of_four(1, 8, seed=seed)), as_24(two_of_four(5, 24, seed=seed + 3))
show(matmul_24(*one, randn(8, 6, seed=seed + 2)), matmul_24(*many, randn(24, 1, seed=seed + 4)))

# %% exercise="6.5" case="runs with fewer non-zeros" points=2 hint="stored zeros add nothing, whatever their index"
w = two_of_four(6, 40, seed=seed) * (torch.rand(6, 40, generator=draw(seed + 3)) < 0.5)
show(matmul_24(*as_24(w), randn(40, 5, seed=seed + 2)))

# %% exercise="6.5" case="all sixteen pairs of places" points=2 hint="each index 0..3 in each of a byte's four positions"
w = torch.zeros(6, 48)
for row in range(6):
    for run in range(12):
        first, second = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)][(row + run) % 6]
        w[row, 4 * run + first], w[row, 4 * run + second] = 1.0 + run, -2.0 - row
show(matmul_24(*as_24(w), randn(48, 7, seed=seed + 2)))

# %% exercise="6.5" case="double precision" points=1 rtol=1e-10 hint="float64 stays float64, in dtype and in precision"
values, packed = as_24(two_of_four(4, 16, seed=seed, dtype=torch.float64))
show(matmul_24(values, packed, randn(16, 3, seed=seed + 2, dtype=torch.float64)))

# %% exercise="6.6" case="to_blocked_ell, several sides" points=3 hint="to_blocked_ell: block columns from left to right and the blocks side by side, for several sides; the input stays as it is"
a = in_blocks(12, 24, 4, 0.4, seed=seed)
show(*[part for block in (1, 2, 3, 4) for part in to_blocked_ell(a, block)], a)

# %% exercise="6.6" case="to_blocked_ell, rows of different numbers of blocks" points=3 hint="to_blocked_ell: rows with fewer blocks than the fullest, and rows without any, are padded by -1 and 0"
a = in_blocks(20, 16, 2, 0.3, seed=seed)
a[2:6] = 0
show(*to_blocked_ell(a, 2), *to_blocked_ell(a, 4))

# %% exercise="6.6" case="to_blocked_ell, hardly filled blocks" points=2 hint="to_blocked_ell: a block with a single value is stored whole, wherever it stands; negative values; sums of zero"
a = torch.zeros(15, 25)
spots = torch.randperm(15 * 25, generator=draw(seed))[:9]
a.view(-1)[spots] = -rand(9, seed=seed + 1) - 0.1
twin = torch.zeros(10, 10)
twin[3, 7], twin[4, 8], twin[9, 0] = 2.5, -2.5, 1e-20
show(*to_blocked_ell(a, 5), *to_blocked_ell(twin, 5))

# %% exercise="6.6" case="to_blocked_ell, full, empty, views, bad sides" points=2 hint="to_blocked_ell: no zeros at all, nothing but zeros, float64 and transposed inputs; ValueError if the side does not divide both"
view = in_blocks(18, 12, 3, 0.5, seed=seed, dtype=torch.float64).T
bad = [raises(to_blocked_ell, torch.ones(6, 8), 4), raises(to_blocked_ell, torch.ones(8, 6), 4)]
show(*to_blocked_ell(randn(6, 9) + 9, 3), *to_blocked_ell(torch.zeros(6, 4), 2), *to_blocked_ell(view, 3), *bad)

# %% exercise="6.6" case="blocked_ell_spmm, several sides" points=3 hint="blocked_ell_spmm: the product for several sides; the inputs stay as they are"
a, b = in_blocks(12, 24, 4, 0.4, seed=seed), randn(24, 7, seed=seed + 4)
ells = [as_ell(a, block) for block in (1, 3, 4)]
show(*[blocked_ell_spmm(*ell, b) for ell in ells], *ells[1], b)

# %% exercise="6.6" case="blocked_ell_spmm, padding that holds something" points=3 hint="blocked_ell_spmm: whatever stands in padding, even NaN, is not read"
a, b = in_blocks(16, 20, 4, 0.4, seed=seed), randn(20, 5, seed=seed + 4)
a[4:8] = 0
show(blocked_ell_spmm(*as_ell(a, 4, pad=7.0), b), blocked_ell_spmm(*as_ell(a, 4, pad=float("nan")), b))

# %% exercise="6.6" case="blocked_ell_spmm, blocks out of order" points=2 hint="blocked_ell_spmm: blocks of a row in any order, padding between them"
a, b = in_blocks(18, 24, 3, 0.4, seed=seed), randn(24, 6, seed=seed + 4)
show(blocked_ell_spmm(*as_ell(a, 3, shuffle=seed), b), blocked_ell_spmm(*as_ell(a, 2, shuffle=seed + 9, pad=3.0), b))

# %% exercise="6.6" case="blocked_ell_spmm, one column, float64, no blocks" points=2 rtol=1e-10 hint="blocked_ell_spmm: one column of B, one row of blocks, float64; a row without blocks gives zeros"
a = in_blocks(9, 21, 3, 0.4, seed=seed, dtype=torch.float64)
a[3:6] = 0
b = randn(21, 1, seed=seed + 4, dtype=torch.float64)
show(blocked_ell_spmm(*as_ell(a, 3), b), blocked_ell_spmm(*as_ell(a[:3], 3), b))

# %% exercise="6.7" case="3 x 3 kernels, all arrays" points=3 hint="all five arrays for a layer with dropped kernels; the inputs stay as they are"
w, chosen = randn(7, 9, 3, 3), some_patterns(7, 9, 5, 0.7, seed=seed)
show(*fkw_encode(w, chosen, PATTERNS), w, chosen, PATTERNS)

# %% exercise="6.7" case="filters of equal length" points=3 hint="filters with as many kernels keep their order"
w = randn(60, 6, 3, 3)
chosen = torch.randint(1, 6, (60, 6), generator=draw(seed))
chosen[torch.arange(60) % 3 == 0, 1:4] = 0
show(*fkw_encode(w, chosen, PATTERNS))

# %% exercise="6.7" case="filters that lost all kernels" points=3 hint="a filter without kernels is stored last and counts none; patterns that no kernel has"
w, chosen = randn(8, 7, 3, 3), some_patterns(8, 7, 3, 0.5, seed=seed)
chosen[[1, 5]] = 0
chosen[chosen == 2] = 3
show(*fkw_encode(w, chosen, PATTERNS), *fkw_encode(w, chosen, PATTERNS[:3]))

# %% exercise="6.7" case="no kernel dropped, one filter, one channel" points=3 hint="every kernel kept; a single filter; a single input channel"
full = torch.randint(1, 6, (6, 8), generator=draw(seed))
show(*fkw_encode(randn(6, 8, 3, 3), full, PATTERNS))
show(*fkw_encode(randn(1, 8, 3, 3, seed=seed + 2), full[:1], PATTERNS))
show(*fkw_encode(randn(6, 1, 3, 3, seed=seed + 3), full[:, :1], PATTERNS))

# %% exercise="6.7" case="other kernels and patterns, float64" points=2 hint="kernels of 2 x 4, patterns of three weights; float64; kept weights may be zero"
pattern = torch.zeros(4, 8, dtype=torch.bool)
for row in range(4):
    pattern[row, torch.randperm(8, generator=draw(seed + row))[:3]] = True
w, chosen = randn(5, 6, 2, 4, dtype=torch.float64), some_patterns(5, 6, 4, 0.8, seed=seed)
w[0, 2:4] = 0
show(*fkw_encode(w, chosen, pattern.reshape(4, 2, 4)))

# %% exercise="6.7" case="dropped kernels that hold weights" points=1 hint="pattern_of decides what is kept, not the values of w"
w, chosen = randn(6, 5, 3, 3), some_patterns(6, 5, 5, 0.4, seed=seed)
show(*fkw_encode(w + 5, chosen, PATTERNS), *fkw_encode(w * 0, chosen, PATTERNS))

# %% wrong="Each element gets a block of neighboring rows; rows are dealt out in turn, row r to element r mod n_pe."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices, size = [], -(-len(codes) // n_pe)
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe * size : (pe + 1) * size].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="The matrix is stored row by row; an element stores its columns one after the other."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe]:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="Columns are dealt out instead of rows."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[:, pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="p does not count padding; every entry counts."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(sum(code != 0 for code in v))
        slices.append((v, z, p))
    return slices


# %% wrong="p begins with 0: it has one number more than there are columns."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], []
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="p holds the number of entries of each column; it holds where they begin."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(column_v))
        slices.append((v, z, p))
    return slices


# %% wrong="p lacks its last number, the count of all entries."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p[:-1]))
    return slices


# %% wrong="p counts over all elements; every element begins at 0."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices, offset = [], 0
    for pe in range(n_pe):
        v, z, p = [], [], [offset]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(offset + len(v))
        slices.append((v, z, p))
        offset += len(v)
    return slices


# %% wrong="The rows of an element are in reverse order."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].flip(0).T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="Rows are dealt out from the last element to the first."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[n_pe - 1 - pe :: n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="Rows that are left over are dropped."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices, codes = [], codes[: len(codes) // n_pe * n_pe]
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="The whole column is encoded and its entries dealt out; it is the rows that are dealt out."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes.T:
            column_v, column_z = encode(column)
            v += column_v[pe::n_pe]
            z += column_z[pe::n_pe]
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="Columns are encoded as if other elements' rows were zeros: an element counts its own rows only."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices, rows = [], torch.arange(len(codes))[:, None]
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in torch.where(rows % n_pe == pe, codes, 0).T:
            column_v, column_z = encode(column)
            v += column_v
            z += column_z
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% wrong="The lists of single columns are kept apart; v and z are one list for each element."
def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    slices = []
    for pe in range(n_pe):
        v, z, p = [], [], [0]
        for column in codes[pe::n_pe].T:
            column_v, column_z = encode(column)
            v.append(column_v)
            z.append(column_z)
            p.append(len(v))
        slices.append((v, z, p))
    return slices


# %% right="slices by hand, columns first"
def interleave(codes, n_pe, encode):
    if n_pe <= 0:
        raise ValueError("n_pe must be positive")
    slices = [([], [], [0]) for _ in range(n_pe)]
    rows, cols = codes.shape
    for j in range(cols):
        for k, (v, z, p) in enumerate(slices):
            own = [row for row in range(rows) if row % n_pe == k]
            more_v, more_z = encode(codes[own, j])
            v.extend(more_v)
            z.extend(more_z)
            p.append(p[-1] + len(more_v))
    return slices


# %% right="pointers from lengths"
import itertools


def interleave(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(f"{n_pe} elements")
    result = []
    for k in range(n_pe):
        pairs = [encode(column) for column in codes[k::n_pe].unbind(1)]
        v = [code for pair in pairs for code in pair[0]]
        z = [zeros for pair in pairs for zeros in pair[1]]
        p = [0, *itertools.accumulate(len(pair[0]) for pair in pairs)]
        result.append([v, z, p])
    return result

# %% wrong="The strip is overwritten by each entry; products of one row add up."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    traffic = torch.zeros(3, dtype=torch.int64)
    for row in range(m):
        for left in range(0, n, tile):
            traffic[0] += 1
            for entry in range(row_ptr[row], row_ptr[row + 1]):
                strip = b[col_idx[entry], left : left + tile]
                c[row, left : left + tile] = values[entry] * strip
                traffic[1] += 1
                traffic[2] += len(strip)
    return c, traffic


# %% wrong="The last strip is left out where the tile does not divide the columns."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n - tile + 1, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="A row without entries is skipped; its blocks of threads are there all the same."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        if row_ptr[row] == row_ptr[row + 1]:
            continue
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="Entries of A are counted once a row; each block of the row reads them again."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        entries += len(col_idx[own])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="Of B the full tile is counted; the last strip may be narrower."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += len(strip) * tile
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="Of B all rows are counted; a block reads those that its entries name."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += b[:, left : left + tile].numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="The counts are those of a dense product: all columns of A, zeros too."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(b)
            loaded += b[:, left : left + tile].numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="Blocks are counted for each strip alone; there is one for each row and strip."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks = -(-n // tile)
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="The order of the counts is another: blocks, entries of A, values of B."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([entries, loaded, blocks])


# %% wrong="The strips divide the rows of B; they divide its columns."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], row_ptr[row + 1])
        for left in range(0, len(b), tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="The end of a row is cut off: row_ptr[row + 1] is already one behind its last entry."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    blocks = entries = loaded = 0
    for row in range(m):
        own = slice(row_ptr[row], max(row_ptr[row], row_ptr[row + 1] - 1))
        for left in range(0, n, tile):
            strip = b[col_idx[own], left : left + tile]
            c[row, left : left + tile] = values[own] @ strip
            blocks += 1
            entries += len(strip)
            loaded += strip.numel()
    return c, torch.tensor([blocks, entries, loaded])


# %% wrong="Column indices are used for rows of C: this is A transposed, read column by column."
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(max(m, len(b)), n)
    for row in range(m):
        for entry in range(row_ptr[row], row_ptr[row + 1]):
            c[col_idx[entry]] += values[entry] * b[row % len(b)]
    strips = -(-n // tile)
    return c[:m], torch.tensor([m * strips, len(values) * strips, len(values) * n])


# %% right="one entry at a time, as a thread would"
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("tile")
    m, n = len(row_ptr) - 1, b.shape[1]
    c = values.new_zeros(m, n)
    traffic = torch.zeros(3, dtype=torch.int64)
    for row in range(m):
        for left in range(0, n, tile):
            traffic[0] += 1
            for entry in range(row_ptr[row], row_ptr[row + 1]):
                strip = b[col_idx[entry], left : left + tile]
                c[row, left : left + tile] += values[entry] * strip
                traffic[1] += 1
                traffic[2] += len(strip)
    return c, traffic


# %% right="the product at once, the counts from their formulas"
def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError(f"tile is {tile}")
    m, n = len(row_ptr) - 1, b.shape[1]
    rows = torch.arange(m).repeat_interleave(row_ptr[1:] - row_ptr[:-1])
    c = torch.zeros(m, n, dtype=values.dtype).index_add(0, rows, values[:, None] * b[col_idx])
    strips, nnz = (n + tile - 1) // tile, len(values)
    return c, torch.tensor([m * strips, nnz * strips, nnz * n])


# %% right="NumPy, strip after strip"
import numpy as np


def csr_spmm(row_ptr, col_idx, values, b, tile):
    if tile < 1:
        raise ValueError("no columns")
    at, columns, factors, right = (each.numpy() for each in (row_ptr, col_idx, values, b))
    c = np.zeros((len(at) - 1, right.shape[1]), dtype=factors.dtype)
    traffic = np.zeros(3, dtype=np.int64)
    for left in range(0, right.shape[1], tile):
        strip = right[:, left : left + tile]
        for row in range(len(at) - 1):
            taken = strip[columns[at[row] : at[row + 1]]]
            c[row, left : left + tile] = (factors[at[row] : at[row + 1], None] * taken).sum(0)
            traffic += [1, len(taken), taken.size]
    return torch.from_numpy(c), torch.from_numpy(traffic)

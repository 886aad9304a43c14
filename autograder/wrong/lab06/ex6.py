# %% wrong="Padding is multiplied: -1 is taken for the last block column."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            part = values[own, slot * block : (slot + 1) * block]
            column = column % (len(b) // block)
            c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Padding is multiplied: its column -1 is taken for 0."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            part = values[own, slot * block : (slot + 1) * block]
            column = max(column, 0)
            c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Only the last block of a row counts: products of several blocks add up."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] = part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Block column 0 is skipped; only -1 is padding."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column > 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Block columns are used as columns: block column j begins at column j * block."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column : column + block]
    return c


# %% wrong="The value of a block is looked for at its column; blocks stand side by side, in the order of their slots."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                padded = F.pad(values, (0, len(b)))
                part = padded[own, column * block : (column + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Blocks that are partly zero are dropped; a block goes only if all of it is zero."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).all(-1).all(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="A block is kept if its first row holds something; every value of it has to be looked at."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles[:, :, 0] != 0).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="A block whose values add up to 0 or less is taken for empty; it is empty if each of them is 0."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = tiles.sum((-1, -2)) > 0
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Padding is marked by 0, which is the first block column; it is -1."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.zeros(m // block, width, dtype=torch.int64)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Block columns are counted in columns; block j counts as j."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column * block
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="All blocks are stored, zeros too: width is the largest number of blocks that hold something."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = torch.ones(tiles.shape[:2], dtype=torch.bool)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Each block is stored transposed."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column].T
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="The values of a row of blocks stand below each other as one flat list of blocks; they stand side by side."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    flat = [torch.cat([t.flatten() for t in tiles[row][used[row]]] or [a[:0, 0]]) for row in range(m // block)]
    for row, part in enumerate(flat):
        own = values[row * block : (row + 1) * block].reshape(-1)
        own[:] = 0
        own[: len(part)] = part
        values[row * block : (row + 1) * block] = own.reshape(block, -1)
    return col_blocks, values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% wrong="Padding stands before the blocks; it follows them."
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block or k % block:
        raise ValueError("blocks")
    tiles = a.reshape(m // block, block, k // block, block).transpose(1, 2)
    used = (tiles != 0).any(-1).any(-1)
    width = int(used.sum(1).max())
    col_blocks = torch.full((m // block, width), -1)
    values = a.new_zeros(m, width * block)
    for row in range(m // block):
        for slot, column in enumerate(used[row].nonzero().flatten().tolist()):
            col_blocks[row, slot] = column
            values[row * block : (row + 1) * block, slot * block : (slot + 1) * block] = tiles[row, column]
    order = (col_blocks >= 0).int().argsort(dim=1, stable=True)
    cells = values.reshape(m // block, block, width, block)
    moved = [cells[row][:, order[row]].reshape(block, -1) for row in range(m // block)]
    return col_blocks.gather(1, order), torch.cat(moved)


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    c = values.new_zeros(len(values), b.shape[1])
    for row, columns in enumerate(col_blocks.tolist()):
        own = slice(row * block, (row + 1) * block)
        for slot, column in enumerate(columns):
            if column >= 0:
                part = values[own, slot * block : (slot + 1) * block]
                c[own] += part @ b[column * block : (column + 1) * block]
    return c


# %% right="NumPy, block by block"
import numpy as np


def to_blocked_ell(a, block):
    x = a.numpy()
    if x.shape[0] % block or x.shape[1] % block:
        raise ValueError(f"{block} does not divide {x.shape}")
    found = []
    for top in range(0, len(x), block):
        lefts = range(0, x.shape[1], block)
        found.append([left // block for left in lefts if np.any(x[top : top + block, left : left + block])])
    width = max(map(len, found))
    col_blocks = np.array([own + [-1] * (width - len(own)) for own in found], dtype=np.int64).reshape(len(found), width)
    zero = np.zeros((block, block), dtype=x.dtype)
    rows = []
    for i, own in enumerate(col_blocks.tolist()):
        strip = x[i * block : (i + 1) * block]
        parts = [strip[:, j * block : (j + 1) * block] if j >= 0 else zero for j in own]
        rows.append(np.concatenate(parts, axis=1) if parts else zero[:, :0])
    return torch.from_numpy(col_blocks), torch.from_numpy(np.concatenate(rows))


def blocked_ell_spmm(col_blocks, values, b):
    block = values.shape[0] // col_blocks.shape[0]
    rows = []
    for i, own in enumerate(col_blocks.numpy()):
        strip, right = values[i * block : (i + 1) * block].numpy(), b.numpy()
        total = np.zeros((block, right.shape[1]), dtype=strip.dtype)
        for slot in np.flatnonzero(own != -1):
            j = own[slot]
            total += strip[:, slot * block : (slot + 1) * block] @ right[j * block : (j + 1) * block]
        rows.append(total)
    return torch.from_numpy(np.concatenate(rows))


# %% right="a stable sort of used blocks, and one product for each row of blocks"
def to_blocked_ell(a, block):
    m, k = a.shape
    if m % block != 0 or k % block != 0:
        raise ValueError("the side of a block must divide both")
    tiles = torch.stack([torch.stack(list(strip.split(block, 1))) for strip in a.split(block)])
    used = (tiles != 0).flatten(2).any(2)
    width = int(used.sum(1).max())
    order = (~used).int().argsort(dim=1, stable=True)[:, :width]
    full = used.gather(1, order)
    picked = tiles[torch.arange(len(tiles))[:, None], order] * full[:, :, None, None]
    values = picked.permute(0, 2, 1, 3).reshape(m, width * block)
    return torch.where(full, order, -1), values


def blocked_ell_spmm(col_blocks, values, b):
    block = len(values) // len(col_blocks)
    strips = torch.stack(list(b.split(block)))
    rows = []
    for own, part in zip(col_blocks, values.split(block), strict=True):
        full = own >= 0
        left = part.reshape(block, len(own), block)[:, full].reshape(block, -1)
        rows.append(left @ strips[own[full]].reshape(-1, b.shape[1]))
    return torch.cat(rows)

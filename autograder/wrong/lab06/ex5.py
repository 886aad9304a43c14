# %% wrong="The run is forgotten: an index 0..3 is taken for a column."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="A run holds two values: value e belongs to run e // 2, not e // 4."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 4)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="Each value gets a run of its own; two values share one."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half) + (4 * torch.arange(half)).clamp(max=len(x) - 4)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="The indices of a byte are read from the top; the first stands in the lowest bits."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([6, 4, 2, 0])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="One bit is kept of each index; it has two: & 3."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 1
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="The bits of the later indices are not cut off: & 3 is missing."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns % len(x)])


# %% wrong="Indices are shifted by 1 bit each; each takes two."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 1, 2, 3])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns])


# %% wrong="The first row's columns are used for all rows; each row has its own."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->rn", values, x[columns[:1]].expand(r, -1, -1))


# %% wrong="The stored values are multiplied with the first half of x; each needs the row of x that its index names."
def matmul_24(values, packed, x):
    return values @ x[: values.shape[1]]


# %% wrong="The result is transposed: asked for is (r, n)."
def matmul_24(values, packed, x):
    r, half = values.shape
    index = (packed.long()[..., None] >> torch.tensor([0, 2, 4, 6])) & 3
    columns = index.reshape(r, half) + 4 * (torch.arange(half) // 2)
    return torch.einsum("re,ren->nr", values, x[columns])


# %% right="the matrix is built by scatter, then multiplied"
def matmul_24(values, packed, x):
    r, half = values.shape
    bits = packed.long().repeat_interleave(4, dim=1) // 4 ** torch.arange(4).repeat(half // 4) % 4
    w = torch.zeros(r, 2 * half, dtype=values.dtype)
    w.scatter_(1, bits + torch.arange(half) // 2 * 4, values)
    return w @ x


# %% right="one value at a time"
def matmul_24(values, packed, x):
    r, half = values.shape
    y = torch.zeros(r, x.shape[1], dtype=values.dtype)
    for row in range(r):
        for e in range(half):
            place = int(packed[row, e // 4]) >> 2 * (e % 4) & 3
            y[row] += values[row, e] * x[e // 2 * 4 + place]
    return y


# %% right="NumPy, run by run"
import numpy as np


def matmul_24(values, packed, x):
    v, p, b = values.numpy(), packed.numpy(), x.numpy()
    y = np.zeros((len(v), b.shape[1]), dtype=v.dtype)
    for run in range(v.shape[1] // 2):
        four = b[4 * run : 4 * run + 4]
        for j in (0, 1):
            place = p[:, run // 2] >> (4 * (run % 2) + 2 * j) & 3
            y += v[:, 2 * run + j, None] * four[place]
    return torch.from_numpy(y)

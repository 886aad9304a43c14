# %% wrong="The mirror stands beside the edge pixel and repeats it; reflect leaves it out: 3 2 1 2 3, not 2 1 1 2 3."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i % size,
            "reflect": torch.where(i < 0, -1 - i, torch.where(i >= size, 2 * size - 1 - i, i)),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="reflect repeats the edge pixel: that is replicate."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {"replicate": i.clamp(0, size - 1), "circular": i % size, "reflect": i.clamp(0, size - 1)}
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="reflect mirrors at the first row only; beyond the last one it repeats the edge."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {"replicate": i.clamp(0, size - 1), "circular": i % size, "reflect": i.abs().clamp(max=size - 1)}
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="replicate and reflect are mixed up."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": size - 1 - (size - 1 - i.abs()).abs(),
            "circular": i % size,
            "reflect": i.clamp(0, size - 1),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="circular repeats the edge; beyond the last row comes the first one."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i.clamp(0, size - 1),
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="circular wraps one row too far: it leaves the edge row out."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": torch.where(i < 0, i + size - 1, torch.where(i >= size, i - size + 1, i)),
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="Only the rows are padded; columns need it too."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        rim = x.new_zeros(n, c, padding, w)
        return torch.cat([rim, x, rim], dim=2)
    i = torch.arange(-padding, h + padding)
    found = {"replicate": i.clamp(0, h - 1), "circular": i % h, "reflect": h - 1 - (h - 1 - i.abs()).abs()}
    return x[:, :, found[mode]]


# %% wrong="All the padding goes below and to the right; half of it belongs above and to the left."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, :h, :w] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        i = torch.arange(0, size + 2 * padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i % size,
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="padding is added once; it goes on both sides, so the size grows by twice as much."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + padding, w + padding)
        padded[:, :, padding:, padding:] = x
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        i = torch.arange(-padding, size)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i % size,
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="Rows are counted with w and columns with h: this is right for square pictures only."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, w + 2 * padding, h + 2 * padding)
        padded[:, :, padding : padding + h, padding : padding + w] = x
        return padded
    places = []
    for size in (w, h):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i % size,
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% wrong="Every mode pads with zeros."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    return padded


# %% wrong="The middle is not the picture: the last rows and columns of it are lost."
def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    if mode == "zeros":
        padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
        padded[:, :, padding : padding + h - 1, padding : padding + w - 1] = x[:, :, :-1, :-1]
        return padded
    places = []
    for size in (h, w):
        i = torch.arange(-padding, size + padding)
        found = {
            "replicate": i.clamp(0, size - 1),
            "circular": i % size,
            "reflect": size - 1 - (size - 1 - i.abs()).abs(),
        }
        places.append(found[mode])
    return x[:, :, places[0]][:, :, :, places[1]]


# %% right="pieces put together by cat, first rows, then columns"
import torch


def pad2d(x, padding, mode="zeros"):
    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(f"unknown mode {mode}")
    if padding == 0:
        return x.clone()
    for axis in (2, 3):
        size = x.shape[axis]
        if mode == "circular":
            before, after = x.narrow(axis, size - padding, padding), x.narrow(axis, 0, padding)
        elif mode == "reflect":
            before = x.narrow(axis, 1, padding).flip(axis)
            after = x.narrow(axis, size - 1 - padding, padding).flip(axis)
        else:
            before = torch.cat([x.narrow(axis, 0, 1)] * padding, axis)
            after = torch.cat([x.narrow(axis, size - 1, 1)] * padding, axis)
            if mode == "zeros":
                before, after = torch.zeros_like(before), torch.zeros_like(after)
        x = torch.cat([before, x, after], axis)
    return x


# %% right="NumPy's pad"
import numpy as np
import torch


def pad2d(x, padding, mode="zeros"):
    names = {"zeros": "constant", "replicate": "edge", "reflect": "reflect", "circular": "wrap"}
    if mode not in names:
        raise ValueError(mode)
    rim = (padding, padding)
    return torch.from_numpy(np.pad(x.numpy(), ((0, 0), (0, 0), rim, rim), mode=names[mode]))


# %% right="loops over every place of the result"
import torch


def pad2d(x, padding, mode="zeros"):
    def origin(i, size):
        if mode == "replicate":
            return min(max(i, 0), size - 1)
        if mode == "circular":
            return (i + size) % size
        return -i if i < 0 else 2 * (size - 1) - i if i >= size else i

    if mode not in ("zeros", "replicate", "reflect", "circular"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    result = torch.zeros(n, c, h + 2 * padding, w + 2 * padding, dtype=x.dtype)
    for row in range(-padding, h + padding):
        for column in range(-padding, w + padding):
            inside = 0 <= row < h and 0 <= column < w
            if inside or mode != "zeros":
                result[:, :, row + padding, column + padding] = x[:, :, origin(row, h), origin(column, w)]
    return result

# %% wrong="Groups run down the rows, along co: they are neighbors along ci within a row."
def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    qmax = 2 ** (bits - 1) - 1
    q, scales = [], []
    for part in w.split(group_size, dim=0):
        scale = part.abs().amax(0) / qmax
        scale = torch.where(scale > 0, scale, 1.0)
        q.append((part / scale).round().clamp(-qmax, qmax).to(torch.int32))
        scales.append(scale)
    return torch.cat(q), torch.stack(scales, 1)


# %% wrong="A group goes on into the next row: each row starts a new one."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    flat = torch.nn.functional.pad(w.flatten(), (0, -w.numel() % group_size)).unflatten(0, (-1, group_size))
    scale = quant.symmetric_scale(flat, bits, dim=1)
    q = quant.quantize(flat, scale, 0, *quant.qrange(bits)).flatten()[: w.numel()].reshape(w.shape)
    n_group = -(-w.shape[1] // group_size)
    scale = scale.flatten()[: len(w) * n_group]
    return q, torch.nn.functional.pad(scale, (0, len(w) * n_group - len(scale)), value=1.0).reshape(len(w), n_group)


# %% wrong="One scale a row: each group has its own."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    scale = quant.symmetric_scale(w, bits, dim=1)
    n_group = -(-w.shape[1] // group_size)
    return quant.quantize(w, scale, 0, *quant.qrange(bits)), scale.expand(len(w), n_group).clone()


# %% wrong="The range is -2^(bits - 1)..2^(bits - 1) - 1 with a scale to match: the scale divides by 2^(bits - 1) - 1."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = groups.abs().amax(2, keepdim=True) / 2 ** (bits - 1)
    scale = torch.where(scale > 0, scale, 1.0)
    q = quant.quantize(groups, scale, 0, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return q.flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% wrong="The scale divides by 2^bits - 1, the unsigned range: the integers are signed."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = groups.abs().amax(2, keepdim=True) / (2**bits - 1)
    scale = torch.where(scale > 0, scale, 1.0)
    q = quant.quantize(groups, scale, 0, -(2**bits) + 1, 2**bits - 1)
    return q.flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% wrong="The largest signed weight counts, not the largest size: a group of negative ones is cut to nothing."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    low, high = quant.qrange(bits)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = groups.amax(2, keepdim=True) / high
    scale = torch.where(scale > 0, scale, 1.0)
    return quant.quantize(groups, scale, 0, low, high).flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% wrong="Integers are cut off towards zero, not rounded to the nearest."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    return (groups / scale).to(torch.int32).flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% wrong="The filled-up zeros are not cut off again: q has the shape of w."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    return quant.quantize(groups, scale, 0, *quant.qrange(bits)).flatten(1), scale.squeeze(2)


# %% wrong="What does not fill a group is dropped: the last group is shorter."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = w[:, : w.shape[1] // group_size * group_size].unflatten(1, (-1, group_size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    return quant.quantize(groups, scale, 0, *quant.qrange(bits)).flatten(1), scale.squeeze(2)


# %% wrong="Zeros are filled in in front: groups start at the first input channel."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    extra = -w.shape[1] % group_size
    groups = torch.nn.functional.pad(w, (extra, 0)).unflatten(1, (-1, group_size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    q = quant.quantize(groups, scale, 0, *quant.qrange(bits)).flatten(1)
    return (q[:, extra:], scale.squeeze(2)) if extra else (q.roll(1, 1), scale.squeeze(2))


# %% wrong="The weights are returned rounded, as floats: integers and scales are asked for."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % group_size)).unflatten(1, (-1, group_size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    q = quant.quantize(groups, scale, 0, *quant.qrange(bits))
    return (q * scale).flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% wrong="The group size is taken for the number of groups."
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(group_size)
    size = -(-w.shape[1] // group_size)
    groups = torch.nn.functional.pad(w, (0, -w.shape[1] % size)).unflatten(1, (-1, size))
    scale = quant.symmetric_scale(groups, bits, dim=2)
    return quant.quantize(groups, scale, 0, *quant.qrange(bits)).flatten(1)[:, : w.shape[1]], scale.squeeze(2)


# %% right="group by group, without filling up"
def group_quantize(w, bits, group_size):
    if group_size < 1:
        raise ValueError(f"group_size must be positive, got {group_size}")
    qmax = 2 ** (bits - 1) - 1
    q, scales = [], []
    for part in w.split(group_size, dim=1):
        scale = part.abs().max(dim=1, keepdim=True).values / qmax
        scale = torch.where(scale == 0, torch.ones_like(scale), scale)
        q.append(torch.round(part / scale).clamp(-qmax, qmax))
        scales.append(scale)
    return torch.cat(q, 1).to(torch.int32), torch.cat(scales, 1)


# %% right="the largest of each group scattered to its place"
from effdl import quant


def group_quantize(w, bits, group_size):
    if group_size <= 0:
        raise ValueError(f"group_size must be positive, got {group_size}")
    group = torch.arange(w.shape[1]) // group_size
    largest = torch.zeros(len(w), int(group[-1]) + 1, dtype=w.dtype)
    largest.scatter_reduce_(1, group.expand(w.shape).contiguous(), w.abs().contiguous(), "amax")
    scale = torch.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1.0)
    return quant.quantize(w, scale[:, group], 0, *quant.qrange(bits)), scale

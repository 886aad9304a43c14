# %% wrong="the sign is lost: the largest value is not the largest magnitude"
def row_scales(w, *, bits):
    if bits < 2:
        raise ValueError("bits")
    largest = w.amax(dim=1)
    return torch.where(largest == 0, 1.0, largest / (2 ** (bits - 1) - 1))


# %% wrong="the largest integer of signed `bits` is 2^(bits-1) - 1, not 2^bits - 1"
def row_scales(w, *, bits):
    if bits < 2:
        raise ValueError("bits")
    largest = w.abs().amax(dim=1)
    return torch.where(largest == 0, torch.ones_like(largest), largest / (2**bits - 1))


# %% right="a loop over the rows"
import torch


def row_scales(w, *, bits):
    if bits < 2:
        raise ValueError("bits")
    return torch.stack([r.abs().max() / (2 ** (bits - 1) - 1) if r.any() else torch.ones((), dtype=w.dtype) for r in w])

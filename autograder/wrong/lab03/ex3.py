# %% wrong="The runs go along the output channels; N:M counts along the input channels, dimension 1."
def nm_mask(w, n, m):
    if w.shape[1] % m or not 0 <= n <= m:
        raise ValueError((n, m))
    kept = torch.zeros_like(w, dtype=torch.bool)
    for start in range(0, w.shape[0], m):
        run = w[start : start + m].abs()
        best = run.topk(min(n, len(run)), dim=0).indices
        kept[start : start + m] = torch.zeros_like(run, dtype=torch.bool).scatter(0, best, True)
    return kept


# %% wrong="The runs are m neighbors in memory, so they cross kernels instead of following the input channels."
def nm_mask(w, n, m):
    if w.shape[1] % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().reshape(-1, m)
    kept = runs.topk(n, dim=1).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(1, kept, True).reshape(w.shape)


# %% wrong="A run holds every (ci / m)-th channel; its m channels must be consecutive."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().reshape(co, m, ci // m, kh, kw)
    kept = runs.topk(n, dim=1).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(1, kept, True).reshape(w.shape)


# %% wrong="The absolute value is missing: large negative weights are dropped."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.reshape(co, ci // m, m, kh, kw)
    kept = runs.topk(n, dim=2).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(2, kept, True).reshape(w.shape)


# %% wrong="n of m are dropped; n of m should stay."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().reshape(co, ci // m, m, kh, kw)
    dropped = runs.topk(n, dim=2, largest=False).indices
    return torch.ones_like(runs, dtype=torch.bool).scatter(2, dropped, False).reshape(w.shape)


# %% wrong="The smallest weights of each run stay; it is the largest that should."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().reshape(co, ci // m, m, kh, kw)
    kept = runs.topk(n, dim=2, largest=False).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(2, kept, True).reshape(w.shape)


# %% wrong="Comparing with the n-th largest keeps its equals too: a run with ties keeps more than n."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    if n == 0:
        return torch.zeros_like(w, dtype=torch.bool)
    runs = w.abs().reshape(co, ci // m, m, kh, kw)
    return (runs >= runs.kthvalue(m - n + 1, dim=2, keepdim=True).values).reshape(w.shape)


# %% wrong="Whole kernels are compared; each place (kh, kw) has runs of its own."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().sum((2, 3)).reshape(co, ci // m, m)
    kept = torch.zeros_like(runs, dtype=torch.bool).scatter(2, runs.topk(n, dim=2).indices, True)
    return kept.reshape(co, ci, 1, 1).expand(w.shape)


# %% wrong="This gives the pruned weights; asked for is their bool mask."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.reshape(co, ci // m, m, kh, kw)
    kept = runs.abs().topk(n, dim=2).indices
    return (runs * torch.zeros_like(runs).scatter(2, kept, 1.0)).reshape(w.shape)


# %% wrong="2 and 4 are written into the code; n and m must be used."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs().reshape(co, -1, 4, kh, kw)
    kept = runs.topk(2, dim=2).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(2, kept, True).reshape(w.shape)


# %% wrong="abs_ works in place: the weights of the caller lose their signs."
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or not 0 <= n <= m:
        raise ValueError((n, m))
    runs = w.abs_().reshape(co, ci // m, m, kh, kw)
    kept = runs.topk(n, dim=2).indices
    return torch.zeros_like(runs, dtype=torch.bool).scatter(2, kept, True).reshape(w.shape)


# %% right="ranks by sorting twice"
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m != 0 or n < 0 or n > m:
        raise ValueError("n or m")
    ranks = w.abs().reshape(co, ci // m, m, kh, kw).argsort(dim=2, descending=True).argsort(dim=2)
    return (ranks < n).reshape(co, ci, kh, kw)


# %% right="a loop over all runs"
def nm_mask(w, n, m):
    co, ci, kh, kw = w.shape
    if ci % m or n not in range(m + 1):
        raise ValueError(f"{n}:{m} does not fit {ci} channels")
    mask = torch.zeros(co, ci, kh, kw, dtype=torch.bool)
    for o in range(co):
        for start in range(0, ci, m):
            for y in range(kh):
                for x in range(kw):
                    run = w[o, start : start + m, y, x].abs()
                    order = torch.argsort(run, stable=True)[m - n :]
                    mask[o, start + order, y, x] = True
    return mask


# %% right="NumPy, with the channels moved to the end"
import numpy as np
import torch


def nm_mask(w, n, m):
    if w.shape[1] % m or not 0 <= n <= m:
        raise ValueError("nm_mask")
    moved = np.moveaxis(w.detach().numpy(), 1, -1)
    runs = np.abs(moved).reshape(-1, m)
    mask = np.zeros(runs.shape, dtype=bool)
    np.put_along_axis(mask, np.argsort(-runs, axis=1)[:, :n], True, axis=1)
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(mask.reshape(moved.shape), -1, 1)))

# %% wrong="A threshold with > drops every score that equals it: with ties too few stay."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_drop = scores.numel() - round(scores.numel() * (1 - sparsity))
    if n_drop == 0:
        return torch.ones_like(scores, dtype=torch.bool)
    return scores > scores.flatten().kthvalue(n_drop).values


# %% wrong="A threshold with >= keeps every score that equals it: with ties too many stay."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.numel() * (1 - sparsity))
    if n_keep == 0:
        return torch.zeros_like(scores, dtype=torch.bool)
    return scores >= scores.flatten().kthvalue(scores.numel() - n_keep + 1).values


# %% wrong="int() cuts the fraction off; the number of kept scores is rounded."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = int(scores.numel() * (1 - sparsity))
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().topk(n_keep).indices] = True
    return mask.reshape(scores.shape)


# %% wrong="The number of dropped scores is rounded instead of the number of kept ones: halves go the other way."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = scores.numel() - round(scores.numel() * sparsity)
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().topk(n_keep).indices] = True
    return mask.reshape(scores.shape)


# %% wrong="A half is always rounded up; Python's round takes it to the even number."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = math.floor(scores.numel() * (1 - sparsity) + 0.5)
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().topk(n_keep).indices] = True
    return mask.reshape(scores.shape)


# %% wrong="The lowest scores stay; it is the highest that should."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.numel() * (1 - sparsity))
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().topk(n_keep, largest=False).indices] = True
    return mask.reshape(scores.shape)


# %% wrong="The mask is upside down: True marks what is dropped."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.numel() * (1 - sparsity))
    mask = torch.ones(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().topk(n_keep).indices] = False
    return mask.reshape(scores.shape)


# %% wrong="The scores' absolute values are ranked; a score counts as it is, also below zero."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.numel() * (1 - sparsity))
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    mask[scores.flatten().abs().topk(n_keep).indices] = True
    return mask.reshape(scores.shape)


# %% wrong="The best of each row stay; asked for are the best of all scores."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.shape[-1] * (1 - sparsity))
    kept = scores.topk(n_keep, dim=-1).indices
    return torch.zeros_like(scores, dtype=torch.bool).scatter(-1, kept, True)


# %% wrong="The mask is made of 0 and 1 in floats; asked for is a bool mask."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    n_keep = round(scores.numel() * (1 - sparsity))
    mask = torch.zeros(scores.numel())
    mask[scores.flatten().topk(n_keep).indices] = 1.0
    return mask.reshape(scores.shape)


# %% wrong="The chosen scores are overwritten: flatten() is a view, the caller's tensor changes."
def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    flat = scores.view(-1) if scores.is_contiguous() else scores.flatten()
    mask = torch.zeros(scores.numel(), dtype=torch.bool)
    for _ in range(round(scores.numel() * (1 - sparsity))):
        best = flat.argmax()
        mask[best], flat[best] = True, -torch.inf
    return mask.reshape(scores.shape)


# %% right="a stable sort"
def mask_from_scores(scores, sparsity):
    if sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity")
    n_drop = scores.numel() - round(scores.numel() * (1 - sparsity))
    mask = torch.ones(scores.numel(), dtype=torch.bool)
    mask[torch.argsort(scores.reshape(-1), stable=True)[:n_drop]] = False
    return mask.view(scores.shape)


# %% right="Python's own sort, later positions first among equals"
def mask_from_scores(scores, sparsity):
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity {sparsity}")
    values = scores.reshape(-1).tolist()
    order = sorted(range(len(values)), key=lambda i: (values[i], i), reverse=True)
    kept = set(order[: round(len(values) * (1 - sparsity))])
    return torch.tensor([i in kept for i in range(len(values))]).reshape(scores.shape)


# %% right="NumPy's partition, in another order of memory"
import numpy as np
import torch


def mask_from_scores(scores, sparsity):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity lies in [0, 1]")
    values = scores.detach().numpy()
    n_drop = values.size - round(values.size * (1 - sparsity))
    mask = np.ones(values.size, dtype=bool)
    if n_drop:
        mask[np.argpartition(values.ravel(), n_drop - 1)[:n_drop]] = False
    return torch.from_numpy(mask.reshape(values.shape))

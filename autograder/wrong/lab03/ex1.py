# %% wrong="The absolute value is missing: weights of opposite signs cancel each other."
def group_scores(w, granularity, p=1):
    n_dims = {"fine": 4, "vector": 3, "kernel": 2, "channel": 1}.get(granularity)
    if n_dims is None:
        raise ValueError(granularity)
    return w.reshape(*w.shape[:n_dims], -1).pow(p).sum(-1).pow(1 / p)


# %% wrong="Every p gives the L1 norm: p is not used, or the root is taken before the sum."
def group_scores(w, granularity, p=1):
    dims = {"fine": None, "vector": (3,), "kernel": (2, 3), "channel": (1, 2, 3)}
    if granularity not in dims:
        raise ValueError(granularity)
    return w.abs() if granularity == "fine" else w.abs().sum(dims[granularity])


# %% wrong="p is not used: this is the L2 norm whatever p is."
def group_scores(w, granularity, p=1):
    dims = {"fine": None, "vector": (3,), "kernel": (2, 3), "channel": (1, 2, 3)}
    if granularity not in dims:
        raise ValueError(granularity)
    return w.abs() if granularity == "fine" else w.square().sum(dims[granularity]).sqrt()


# %% wrong="The root is missing: this is the sum of |w|^p, not yet its 1/p-th power."
def group_scores(w, granularity, p=1):
    n_dims = {"fine": 4, "vector": 3, "kernel": 2, "channel": 1}.get(granularity)
    if n_dims is None:
        raise ValueError(granularity)
    return w.abs().reshape(*w.shape[:n_dims], -1).pow(p).sum(-1)


# %% wrong="The root is taken of each weight before the sum, so every p gives the L1 norm."
def group_scores(w, granularity, p=1):
    n_dims = {"fine": 4, "vector": 3, "kernel": 2, "channel": 1}.get(granularity)
    if n_dims is None:
        raise ValueError(granularity)
    return w.abs().pow(p).pow(1 / p).reshape(*w.shape[:n_dims], -1).sum(-1)


# %% wrong="A channel here is an input channel (dimension 1); asked for are filters, dimension 0."
def group_scores(w, granularity, p=1):
    dims = {"fine": (), "vector": (3,), "kernel": (2, 3), "channel": (0, 2, 3)}
    if granularity not in dims:
        raise ValueError(granularity)
    powers = w.abs().pow(p)
    return (powers.sum(dims[granularity]) if dims[granularity] else powers).pow(1 / p)


# %% wrong="A vector here is a column of the kernel; asked for are its rows, so the sum runs over kw."
def group_scores(w, granularity, p=1):
    dims = {"fine": (), "vector": (2,), "kernel": (2, 3), "channel": (1, 2, 3)}
    if granularity not in dims:
        raise ValueError(granularity)
    powers = w.abs().pow(p)
    return (powers.sum(dims[granularity]) if dims[granularity] else powers).pow(1 / p)


# %% wrong="This is the mean over the group; the norm takes the sum."
def group_scores(w, granularity, p=1):
    n_dims = {"fine": 4, "vector": 3, "kernel": 2, "channel": 1}.get(granularity)
    if n_dims is None:
        raise ValueError(granularity)
    return w.abs().reshape(*w.shape[:n_dims], -1).pow(p).mean(-1).pow(1 / p)


# %% wrong="The summed dimensions stay in the result with size 1: there is to be one score for each group."
def group_scores(w, granularity, p=1):
    dims = {"fine": (), "vector": (3,), "kernel": (2, 3), "channel": (1, 2, 3)}
    if granularity not in dims:
        raise ValueError(granularity)
    powers = w.abs().pow(p)
    return (powers.sum(dims[granularity], keepdim=True) if dims[granularity] else powers).pow(1 / p)


# %% wrong="abs_ works in place: the weights of the caller lose their signs."
def group_scores(w, granularity, p=1):
    n_dims = {"fine": 4, "vector": 3, "kernel": 2, "channel": 1}.get(granularity)
    if n_dims is None:
        raise ValueError(granularity)
    return w.abs_().reshape(*w.shape[:n_dims], -1).pow(p).sum(-1).pow(1 / p)


# %% right="torch's own vector norm"
def group_scores(w, granularity, p=1):
    dims = {"vector": 3, "kernel": (2, 3), "channel": (1, 2, 3)}
    if granularity == "fine":
        return w.abs()
    if granularity not in dims:
        raise ValueError(granularity)
    return torch.linalg.vector_norm(w, p, dim=dims[granularity])


# %% right="sums from the innermost dimension outwards"
def group_scores(w, granularity, p=1):
    order = ["fine", "vector", "kernel", "channel"]
    if granularity not in order:
        raise ValueError(f"unknown granularity {granularity}")
    powers = torch.abs(w) ** p
    for _ in range(order.index(granularity)):
        powers = powers.sum(dim=-1)
    return powers ** (1.0 / p)


# %% right="einsum in double precision, turned back at the end"
import torch


def group_scores(w, granularity, p=1):
    kept = {"fine": "oihw", "vector": "oih", "kernel": "oi", "channel": "o"}
    try:
        letters = kept[granularity]
    except KeyError:
        raise ValueError(f"granularity {granularity!r}") from None
    return (torch.einsum(f"oihw->{letters}", w.double().abs() ** p) ** (1 / p)).to(w.dtype)

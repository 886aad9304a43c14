# %% wrong="The largest of all weights stay; each element keeps the largest of its own."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe, n_pe in ((0, 1),):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="Blocks of neighboring rows are balanced; element k holds rows k, k + n_pe, ..."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    size = -(-len(w) // n_pe)
    for pe in range(n_pe):
        own = w[pe * size : (pe + 1) * size].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe * size : (pe + 1) * size] = part.reshape(own.shape)
    return mask


# %% wrong="Every row keeps the same share; it is the rows of an element together that do."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    n_pe = len(w)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="Every column keeps the same share; it is each element's rows that do."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(w.shape[1]):
        own = w[:, pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[:, pe] = part.reshape(own.shape)
    return mask


# %% wrong="Columns are dealt out; it is the rows."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[:, pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[:, pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="int() cuts the fraction off; the number of kept weights is rounded."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = int(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="The sign counts here; the largest |w| stay."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe]
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="The smallest weights stay."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep, largest=False).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="The mask is upside down: True marks what is dropped."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return ~mask


# %% wrong="The share that is kept is the sparsity; 1 - sparsity is kept."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * sparsity)
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="A threshold keeps all weights that equal it: with ties too many stay."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = int(own.numel() * (1 - sparsity) + 0.9)
        part = own >= own.flatten().sort(descending=True).values[n_keep - 1] if n_keep else own < 0
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% wrong="The pruned weights come back; asked for is a bool mask."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return w * mask


# %% wrong="The weights are changed: w[...] is a view."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = round(own.numel() * (1 - sparsity))
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    w *= mask
    return mask


# %% wrong="Every element keeps the same number of weights, also where one holds fewer rows."
def balanced_mask(w, sparsity, n_pe):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    mask = torch.zeros_like(w, dtype=torch.bool)
    for pe in range(n_pe):
        own = w[pe::n_pe].abs()
        n_keep = min(round(w.numel() * (1 - sparsity) / n_pe), own.numel())
        part = torch.zeros(own.numel(), dtype=torch.bool)
        part[own.flatten().topk(n_keep).indices] = True
        mask[pe::n_pe] = part.reshape(own.shape)
    return mask


# %% right="lab 03's mask"
def balanced_mask(w, sparsity, n_pe):
    mask = torch.zeros(w.shape, dtype=torch.bool)
    for k in range(min(n_pe, len(w))):
        mask[k::n_pe] = pruning.mask_from_scores(w[k::n_pe].abs(), sparsity)
    pruning.mask_from_scores(w, sparsity)
    return mask


# %% right="ranks by sorting"
def balanced_mask(w, sparsity, n_pe):
    if sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity")
    mask = torch.zeros(w.shape, dtype=torch.bool)
    for k in range(n_pe):
        places = [(row, column) for row in range(k, len(w), n_pe) for column in range(w.shape[1])]
        places.sort(key=lambda place: -abs(w[place].item()))
        for place in places[: round(len(places) * (1 - sparsity))]:
            mask[place] = True
    return mask

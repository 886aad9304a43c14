# %% wrong="The survivors go on with their trained weights; they are rewound to those of the start."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: trained[name] * mask for name, mask in new_masks.items()}


# %% wrong="The survivors are drawn again; a winning ticket starts from its own first weights."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {
        name: torch.randn(mask.shape, generator=torch.Generator().manual_seed(0)).to(start[name].dtype) * mask
        for name, mask in new_masks.items()
    }


# %% wrong="The smallest at the start go; asked for are the smallest after training."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = start[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The share is taken of all weights; it is that of the survivors."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = min(round(rate * mask.numel()), int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="Weights that were dropped before are ranked again, and come back if they are large."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().flatten()
        n_drop = round(rate * int(mask.sum()))
        new = torch.ones_like(mask).flatten()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="Weights that were dropped before count as zeros among the smallest, so that nothing new goes."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, 0.0).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The largest go."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, -torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=True).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The rate is read as the share that stays."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round((1 - rate) * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="One threshold for all layers: small layers run empty. Each layer loses its own share."
def imp_round(trained, start, masks, rate):
    sizes = torch.cat([trained[name].abs().masked_fill(~mask, torch.inf).flatten() for name, mask in masks.items()])
    flat = torch.cat([mask.flatten() for mask in masks.values()])
    flat[sizes.topk(round(rate * int(flat.sum())), largest=False).indices] = False
    parts = flat.split([mask.numel() for mask in masks.values()])
    new_masks = {name: part.reshape(masks[name].shape) for name, part in zip(masks, parts)}
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="What training has left at zero counts as dropped: survivors are told by the mask."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask | (trained[name] == 0), torch.inf).flatten()
        n_drop = round(rate * int((trained[name] * mask != 0).sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The weights to train next are not masked: dropped ones start again as well."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name].clone() for name, mask in new_masks.items()}


# %% wrong="Only this round's mask is applied: earlier ones are forgotten."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = torch.ones_like(mask).flatten()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The signed weights are ranked: large negative ones go first."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The count is rounded up; asked for is round."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = math.ceil(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The count is rounded down; asked for is round."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = int(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The caller's masks are changed: work on copies."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.view(-1)
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% wrong="The masks say what goes (True = dropped); True means kept."
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name, mask in masks.items():
        sizes = trained[name].abs().masked_fill(~mask, torch.inf).flatten()
        n_drop = round(rate * int(mask.sum()))
        new = mask.flatten().clone()
        new[sizes.topk(n_drop, largest=False).indices] = False
        new_masks[name] = new.reshape(mask.shape)
    weights = {name: start[name] * mask for name, mask in new_masks.items()}
    return {name: ~mask for name, mask in new_masks.items()}, weights
    return new_masks, {name: start[name] * mask for name, mask in new_masks.items()}


# %% right="mask_from_scores of the survivors, put back by boolean index"
def imp_round(trained, start, masks, rate):
    new_masks, weights = {}, {}
    for name, mask in masks.items():
        left = trained[name][mask].abs()
        n_drop = round(rate * left.numel())
        stays = torch.ones_like(left, dtype=torch.bool)
        stays[left.argsort()[:n_drop]] = False
        new = mask.clone()
        new[mask] = stays
        new_masks[name] = new
        weights[name] = torch.where(new, start[name], torch.zeros_like(start[name]))
    return new_masks, weights


# %% right="ranks of magnitudes, dropped weights in front"
def imp_round(trained, start, masks, rate):
    new_masks = {}
    for name in masks:
        mask = masks[name]
        gone = int((~mask).sum())
        sizes = torch.where(mask, trained[name].abs(), -torch.ones_like(trained[name]))
        rank = sizes.flatten().argsort().argsort().reshape(mask.shape)
        new_masks[name] = rank >= gone + round(rate * (mask.numel() - gone))
    return [new_masks, {name: start[name].masked_fill(~new_masks[name], 0) for name in start}]

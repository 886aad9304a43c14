# %% wrong="a threshold keeps too many where scores are equal"
def top_mask(scores, n_keep):
    return scores >= scores.sort(descending=True).values[n_keep - 1]


# %% wrong="the lowest scores are kept"
def top_mask(scores, n_keep):
    mask = torch.zeros(scores.shape, dtype=torch.bool)
    mask[scores.argsort()[:n_keep]] = True
    return mask


# %% right="topk"
def top_mask(scores, n_keep):
    return torch.zeros(scores.shape, dtype=torch.bool).index_fill(0, scores.topk(n_keep).indices, True)

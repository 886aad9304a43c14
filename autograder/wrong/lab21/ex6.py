# %% wrong="The mean of x without its size: positive and negative values cancel."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).mean(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = True
    return keep


# %% wrong="The largest |x| over tokens counts here: a rare peak is not a steady activity, the mean is asked for."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().amax(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = True
    return keep


# %% wrong="The largest signed value counts: negative peaks are overlooked."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).amax(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = True
    return keep


# %% wrong="Rows are ranked, not columns: input channels are the columns of x and of w."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(1)
    keep = torch.zeros(x.shape[1], dtype=torch.bool)
    chosen = importance.topk(min(len(importance), max(1, round(fraction * len(keep))))).indices
    keep[chosen % len(keep)] = True
    return keep


# %% wrong="Weights are looked at whatever is asked for."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = w.abs().mean(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = True
    return keep


# %% wrong="Activations are looked at whatever is asked for."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = x.abs().mean(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = True
    return keep


# %% wrong="The mask is upside down: True means kept in 16 bits."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(0)
    keep = torch.ones(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep)))).indices] = False
    return keep


# %% wrong="The least active channels are kept: salient ones are the largest."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(max(1, round(fraction * len(keep))), largest=False).indices] = True
    return keep


# %% wrong="The count is cut off, not rounded, and may become 0: at least one channel is kept."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(0)
    keep = torch.zeros(len(importance), dtype=torch.bool)
    keep[importance.topk(int(0.999 * fraction * len(keep))).indices] = True
    return keep


# %% wrong="The channels' numbers come back: a mask is asked for."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(0)
    return importance.topk(max(1, round(fraction * len(importance)))).indices


# %% wrong="Channels above the mean importance are kept, however many: the fraction fixes the count."
def salient_channels(x, w, fraction, by="activation"):
    if by not in ("activation", "weight") or not 0 <= fraction <= 1:
        raise ValueError(by, fraction)
    importance = (x if by == "activation" else w).abs().mean(0)
    return importance > importance.mean()


# %% right="by sorting"
def salient_channels(x, w, fraction, by="activation"):
    if fraction < 0 or fraction > 1:
        raise ValueError(f"fraction must be in [0, 1], got {fraction}")
    if by == "activation":
        importance = x.abs().sum(0) / len(x)
    elif by == "weight":
        importance = w.abs().sum(0) / len(w)
    else:
        raise ValueError(f"unknown word {by!r}")
    n_keep = max(1, round(fraction * x.shape[1]))
    order = torch.argsort(importance, descending=True)
    return torch.isin(torch.arange(x.shape[1]), order[:n_keep])


# %% right="by counting how many channels are larger"
def salient_channels(x, w, fraction, by="activation"):
    source = {"activation": x, "weight": w}.get(by)
    if source is None or not 0 <= fraction <= 1:
        raise ValueError(f"{by!r}, {fraction}")
    importance = source.abs().double().mean(0)
    larger = (importance[None, :] > importance[:, None]).sum(1)
    return larger < max(1, round(fraction * len(importance)))

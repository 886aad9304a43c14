# %% wrong="This is the share of values above zero; APoZ is the share of zeros."
def apoz(a):
    return (a > 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="Small values are counted as zeros; ReLU gives exact zeros, and only these count."
def apoz(a):
    return (a.abs() < 1e-6).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="Zeros are counted; asked for is their share."
def apoz(a):
    return (a == 0).to(a.dtype).sum((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="The share is taken for each image and its largest one kept; all images count alike."
def apoz(a):
    return (a == 0).to(a.dtype).mean((2, 3)).amax(0)


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="The shares of single images come back; asked for is one share for each channel."
def apoz(a):
    return (a == 0).to(a.dtype).mean((2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="A channel counts as zero where its whole map is; asked for is the share of zeros among all places."
def apoz(a):
    return (a == 0).all(dim=(2, 3)).to(a.dtype).mean(0)


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="Each channel has a range of its own, so noise fills all its bins; there is one range for the layer."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.amin(0), means.amax(0)
    spread = torch.where(high > low, high - low, torch.ones_like(low))
    index = ((means - low) / spread * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="All values of the maps are sorted into bins; each map counts with its mean alone."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    values = a.transpose(0, 1).flatten(1)
    low, high = values.min(), values.max()
    if low == high:
        return torch.zeros_like(values[:, 0])
    index = ((values - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(1)
    return torch.special.entr(share).sum(1)


# %% wrong="The largest value of each map is taken; asked for is its mean."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.amax((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="The logarithm has base 2: this is in bits, asked for are nats."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1) / math.log(2)


# %% wrong="0 log 0 is NaN in floats; an empty bin must count 0."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return -(share * share.log()).sum(1)


# %% wrong="The range begins at 0; it begins at the smallest mean."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    high = means.max()
    if means.min() == high:
        return torch.zeros_like(means[0])
    index = (means / high * bins).long().clamp(min=0, max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="The minus sign is missing: entropies are not negative."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(0)
    return torch.xlogy(share, share).sum(1)


# %% wrong="The images in a bin are counted but not divided by n: p is a share."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    return torch.special.entr(F.one_hot(index, bins).to(a.dtype).sum(0)).sum(1)


# %% wrong="The means are rounded to the nearest edge, which makes one bin more, and half a one at each end."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    index = ((means - low) / (high - low) * bins).round().long()
    share = F.one_hot(index, bins + 1).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="bins edges make bins - 1 bins: one edge more is needed."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[0])
    n_bin = max(bins - 1, 1)
    index = ((means - low) / (high - low) * n_bin).long().clamp(max=n_bin - 1)
    share = F.one_hot(index, n_bin).to(a.dtype).mean(0)
    return torch.special.entr(share).sum(1)


# %% wrong="Images and channels are mixed up: this is one entropy for each image, over its channels."
def apoz(a):
    return (a == 0).to(a.dtype).mean((0, 2, 3))


def channel_entropy(a, bins):
    means = a.mean((2, 3))
    low, high = means.min(), means.max()
    if low == high:
        return torch.zeros_like(means[:, 0])
    index = ((means - low) / (high - low) * bins).long().clamp(max=bins - 1)
    share = F.one_hot(index, bins).to(a.dtype).mean(1)
    return torch.special.entr(share).sum(1)


# %% right="NumPy's histogram, channel by channel"
import numpy as np
import torch


def apoz(a):
    return torch.tensor([1 - np.count_nonzero(channel) / channel.size for channel in a.numpy().swapaxes(0, 1)])


def channel_entropy(a, bins):
    means = a.numpy().mean(axis=(2, 3))
    result = []
    for channel in means.T:
        counts, _ = np.histogram(channel, bins=bins, range=(means.min(), means.max()))
        share = counts[counts > 0] / len(channel)
        result.append(-(share * np.log(share)).sum())
    return torch.tensor(result)


# %% right="loops in plain Python, and edges compared one by one"
import math

import torch


def apoz(a):
    n, c, h, w = a.shape
    shares = []
    for channel in range(c):
        zeros = sum(1 for value in a[:, channel].reshape(-1).tolist() if value == 0)
        shares.append(zeros / (n * h * w))
    return torch.tensor(shares, dtype=a.dtype)


def channel_entropy(a, bins):
    n, c, h, w = a.shape
    means = a.sum((2, 3)) / (h * w)
    low, high = means.min(), means.max()
    edges = [low + (high - low) * i / bins for i in range(1, bins)]
    result = torch.zeros(c, dtype=a.dtype)
    for channel in range(c):
        counts = [0] * bins
        for mean in means[:, channel] if low < high else ():
            counts[sum(1 for edge in edges if mean >= edge)] += 1
        result[channel] = -sum(m / n * math.log(m / n) for m in counts if m)
    return result


# %% right="bucketize and scatter_add"
def apoz(a):
    return 1 - torch.count_nonzero(a, dim=(0, 2, 3)) / (a.numel() / a.shape[1])


def channel_entropy(a, bins):
    means = a.flatten(2).mean(2).T.contiguous()
    low, high = means.aminmax()
    if high <= low:
        return torch.zeros(len(means))
    edges = low + (high - low) / bins * torch.arange(1, bins, dtype=a.dtype)
    index = torch.bucketize(means, edges, right=True)
    counts = torch.zeros(len(means), bins, dtype=torch.float64).scatter_add(1, index, torch.ones_like(index).double())
    share = counts / means.shape[1]
    return -torch.xlogy(share, share).sum(1)

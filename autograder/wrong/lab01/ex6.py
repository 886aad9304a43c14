# %% wrong="Max-pooling pads with zeros: they win where all values are negative."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="Max-pooling pads with a number that is large but not infinite: smaller values lose to it."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -100.0 if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="The mean leaves the padding out; here it counts as zeros."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    inside = torch.zeros_like(padded)
    inside[:, :, padding : padding + h, padding : padding + w] = 1
    counts = inside.unfold(2, kernel, stride).unfold(3, kernel, stride).sum((4, 5))
    return windows.amax((4, 5)) if mode == "max" else windows.sum((4, 5)) / counts


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="stride is ignored: windows are laid side by side, kernel after kernel."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, kernel).unfold(3, kernel, kernel)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="max and average are swapped."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "average" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="The sum of each window is taken; asked for is the mean."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.sum((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="The largest absolute value is taken; the largest value may be small and negative."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.nan_to_num(neginf=0.0).abs().amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="Padding is ignored."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padding = 0
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="Channels are pooled together; each channel is pooled by itself."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return (
        windows.amax((1, 4, 5)).unsqueeze(1).expand(-1, c, -1, -1)
        if mode == "max"
        else windows.mean((1, 4, 5)).unsqueeze(1).expand(-1, c, -1, -1)
    )


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="The variance is divided by the count less one (torch's default); here it is divided by the count."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="eps is added after the root; it belongs to the variance."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance.sqrt() + eps)).reshape(n, c, h, w)


# %% wrong="eps is left out."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + 1e-12).sqrt()).reshape(n, c, h, w)


# %% wrong="The root is missing: this divides by the variance."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps)).reshape(n, c, h, w)


# %% wrong="The mean is not subtracted."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return (together / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="layer normalization takes all pictures of the batch together; it looks at one picture at a time."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind in ("batch", "layer"):
        together, axes = x, (0, 2, 3) if kind == "batch" else (0, 1, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="layer normalization looks at the channels of each place; here it looks at all values of a picture."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "layer":
        together, axes = x, (1,)
    elif kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="batch normalization looks at each place by itself; it takes all places of a channel together."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0,)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="batch normalization looks at each picture by itself: that is instance normalization."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="Groups are dealt out in turn; a group is a run of consecutive channels."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind == "group":
        dealt = x.reshape(n, c // groups, groups, h * w).transpose(1, 2).reshape(n, groups, -1)
        scaled = (dealt - dealt.mean(2, keepdim=True)) / (dealt.var(2, keepdim=True, correction=0) + eps).sqrt()
        return scaled.reshape(n, groups, c // groups, h * w).transpose(1, 2).reshape(x.shape)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% wrong="groups is taken for the number of channels in a group; it is the number of groups."
def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(mode)
    n, c, h, w = x.shape
    padded = x.new_full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0.0)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    windows = padded.unfold(2, kernel, stride).unfold(3, kernel, stride)
    return windows.amax((4, 5)) if mode == "max" else windows.mean((4, 5))


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    n_run = {"layer": 1, "instance": c, "group": c // groups}
    if kind == "batch":
        together, axes = x, (0, 2, 3)
    elif kind in n_run:
        together, axes = x.reshape(n, n_run[kind], -1), (2,)
    else:
        raise ValueError(kind)
    mean = together.mean(axes, keepdim=True)
    variance = together.var(axes, keepdim=True, correction=0)
    return ((together - mean) / (variance + eps).sqrt()).reshape(n, c, h, w)


# %% right="loops over windows, and one slice of values after the other"
import torch


def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode not in ("max", "average"):
        raise ValueError(f"no mode {mode}")
    n, c, h, w = x.shape
    ho, wo = ((size + 2 * padding - kernel) // stride + 1 for size in (h, w))
    y = torch.zeros(n, c, ho, wo, dtype=x.dtype)
    for p in range(ho):
        for q in range(wo):
            top, left = p * stride - padding, q * stride - padding
            seen = x[:, :, max(top, 0) : min(top + kernel, h), max(left, 0) : min(left + kernel, w)]
            y[:, :, p, q] = seen.amax((2, 3)) if mode == "max" else seen.sum((2, 3)) / kernel**2
    return y


def normalize(x, kind, groups=1, eps=1e-5):
    n, c, h, w = x.shape
    y = x.clone()
    if kind == "batch":
        parts = [(slice(None), slice(k, k + 1)) for k in range(c)]
    elif kind in ("layer", "instance", "group"):
        size = {"layer": c, "instance": 1, "group": c // groups}[kind]
        parts = [(slice(i, i + 1), slice(k, k + size)) for i in range(n) for k in range(0, c, size)]
    else:
        raise ValueError(kind)
    for part in parts:
        values = x[part]
        centered = values - values.mean()
        y[part] = centered / torch.sqrt((centered**2).mean() + eps)
    return y


# %% right="NumPy, windows by sliding_window_view"
import numpy as np
import torch


def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode == "max":
        fill, reduce = -np.inf, np.max
    elif mode == "average":
        fill, reduce = 0.0, np.mean
    else:
        raise ValueError(mode)
    rim = (padding, padding)
    padded = np.pad(x.numpy(), ((0, 0), (0, 0), rim, rim), constant_values=fill)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    return torch.from_numpy(reduce(windows, axis=(4, 5)))


def normalize(x, kind, groups=1, eps=1e-5):
    values = x.numpy()
    n, c, h, w = values.shape
    kinds = {"batch": (1, c, 0), "layer": (n, 1, 1), "instance": (n, c, 1), "group": (n, groups, 1)}
    if kind not in kinds:
        raise ValueError(kind)
    if kind == "batch":
        axes = (0, 2, 3)
        y = (values - values.mean(axes, keepdims=True)) / np.sqrt(values.var(axes, keepdims=True) + eps)
    else:
        rows = values.reshape(n * kinds[kind][1], -1)
        y = (rows - rows.mean(1, keepdims=True)) / np.sqrt(rows.var(1, keepdims=True) + eps)
    return torch.from_numpy(np.ascontiguousarray(y.reshape(n, c, h, w)).astype(values.dtype))


# %% right="slices of a padded picture, tap by tap; mean of squares less square of mean in double precision"
import math

import torch


def pool2d(x, kernel, stride, padding=0, mode="max"):
    if mode != "max" and mode != "average":
        raise ValueError("mode")
    n, c, h, w = x.shape
    padded = torch.full((n, c, h + 2 * padding, w + 2 * padding), -math.inf if mode == "max" else 0, dtype=x.dtype)
    padded[:, :, padding : h + padding, padding : w + padding] = x
    ho, wo = (h + 2 * padding - kernel) // stride + 1, (w + 2 * padding - kernel) // stride + 1
    taps = [
        padded[:, :, i : i + (ho - 1) * stride + 1 : stride, j : j + (wo - 1) * stride + 1 : stride]
        for i in range(kernel)
        for j in range(kernel)
    ]
    return torch.stack(taps).max(0).values if mode == "max" else sum(taps) / len(taps)


def normalize(x, kind, groups=1, eps=1e-5):
    if kind not in ("batch", "layer", "instance", "group"):
        raise ValueError(kind)
    n, c = x.shape[:2]
    values = x.double()
    runs = {"batch": c, "layer": 1, "instance": c, "group": groups}[kind]
    cut = values.reshape(n, runs, -1)
    axes = (0, 2) if kind == "batch" else 2
    mean = cut.mean(axes, keepdim=True)
    variance = ((cut - mean) ** 2).mean(axes, keepdim=True)
    return ((cut - mean) * torch.rsqrt(variance + eps)).reshape(x.shape).to(x.dtype)

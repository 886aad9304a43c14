# %% wrong="The bias is multiplied by s: the norm's whole output is divided, gain and bias alike."
def smooth(gain, bias, w, s):
    return gain / s, None if bias is None else bias * s, w * s


# %% wrong="The bias stays as it is: the norm's whole output has to be divided."
def smooth(gain, bias, w, s):
    return gain / s, bias, w * s


# %% wrong="The wrong way round: the gain is multiplied, the weights divided."
def smooth(gain, bias, w, s):
    return gain * s, None if bias is None else bias * s, w / s


# %% wrong="The weights are left alone: the product then changes."
def smooth(gain, bias, w, s):
    return gain / s, None if bias is None else bias / s, w


# %% wrong="The norm is left alone: only the weights are multiplied."
def smooth(gain, bias, w, s):
    return gain, bias, w * s


# %% wrong="The rows of w are multiplied: s belongs to its columns, the input channels."
def smooth(gain, bias, w, s):
    rows = torch.ones(len(w), dtype=w.dtype)
    n = min(len(rows), len(s))
    rows[:n] = s[:n]
    return gain / s, None if bias is None else bias / s, w * rows[:, None]


# %% wrong="Both are divided: what the norm loses the weights have to gain."
def smooth(gain, bias, w, s):
    return gain / s, None if bias is None else bias / s, w / s


# %% wrong="Divided by the root of s: the norm takes all of s."
def smooth(gain, bias, w, s):
    return gain / s.sqrt(), None if bias is None else bias / s.sqrt(), w * s.sqrt()


# %% wrong="A missing bias comes back as zeros: None has to stay None."
def smooth(gain, bias, w, s):
    return gain / s, torch.zeros_like(gain) if bias is None else -bias / s, w * s


# %% wrong="The arguments themselves are changed: work on copies."
def smooth(gain, bias, w, s):
    gain.div_(s)
    w.mul_(s)
    return gain, None if bias is None else bias.div_(s), w


# %% wrong="A gain of an RMSNorm is taken as 1 + gain: it multiplies as it is."
def smooth(gain, bias, w, s):
    return (1 + gain) / s - 1, None if bias is None else bias / s, w * s


# %% right="through a diagonal matrix"
def smooth(gain, bias, w, s):
    inverse = 1 / s
    return gain * inverse, bias * inverse if bias is not None else None, w @ torch.diag(s)


# %% right="column by column, into copies"
def smooth(gain, bias, w, s):
    gain, w = gain.clone(), w.clone()
    bias = bias.clone() if bias is not None else None
    for j in range(len(s)):
        gain[j] /= s[j]
        w[:, j] *= s[j]
        if bias is not None:
            bias[j] /= s[j]
    return gain, bias, w

# %% wrong="Groups are ignored: a filter sees only ci / groups channels."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * layer.ci * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="Divided by groups twice: there are still co filters, each with ci / groups channels."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    ci, co = layer.ci // layer.groups, layer.co // layer.groups
    return co * ci * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="Biases are counted in layers that have none."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="Biases are left out; asked for are those of layers that have them."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1]


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="There is one bias for each input channel; it should be one for each output channel."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    weights = layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1]
    return weights + (layer.ci if layer.bias else 0)


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="The kernel is taken as square: its height and width may differ."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] ** 2 + layer.co * layer.bias


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="/ makes a float of a count: // divides without a rest."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * layer.ci / layer.groups * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return math.ceil(sum(count * bits.get(name, 32) for name, count in counts.items()) / 8)


# %% wrong="Each tensor is rounded up to whole bytes; they stand one behind the other, only the end is rounded up."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return sum(math.ceil(count * bits.get(name, 32) / 8) for name, count in counts.items())


# %% wrong="Rounded down: bits that do not fill a byte need one too."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return sum(count * bits.get(name, 32) for name, count in counts.items()) // 8


# %% wrong="Each number is rounded up to whole bytes: two numbers of 4 bits share one."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return sum(count * math.ceil(bits.get(name, 32) / 8) for name, count in counts.items())


# %% wrong="Names without bits are left out; they have 32 bits."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return math.ceil(sum(counts.get(name, 0) * width for name, width in bits.items()) / 8)


# %% wrong="The result is in bits: 8 of them are a byte."
def count_parameters(layer):
    if layer.kind not in ("conv", "linear") or layer.ci % layer.groups or layer.co % layer.groups:
        raise ValueError(layer)
    return layer.co * (layer.ci // layer.groups) * layer.kernel[0] * layer.kernel[1] + layer.co * layer.bias


def model_bytes(counts, bits):
    return sum(count * bits.get(name, 32) for name, count in counts.items())


# %% right="PyTorch layers without values are asked for their parameters; bits are packed with an array"
def count_parameters(layer):
    if layer.kind == "linear":
        module = nn.Linear(layer.ci, layer.co, layer.bias, device="meta")
    elif layer.kind == "conv":
        module = nn.Conv2d(layer.ci, layer.co, layer.kernel, groups=layer.groups, bias=layer.bias, device="meta")
    else:
        raise ValueError(layer.kind)
    return sum(weight.numel() for weight in module.parameters())


def model_bytes(counts, bits):
    return np.packbits(np.zeros(sum(n * bits.get(name, 32) for name, n in counts.items()), dtype=bool)).nbytes


# %% right="loops, integer division that rounds up, the shape of lab 01"
def count_parameters(layer):
    if layer.kind not in ("conv", "linear"):
        raise ValueError("another kind")
    if layer.kind == "linear":
        return layer.co * (layer.ci + int(layer.bias))
    per_filter = shapes.weight_shape("conv", layer.ci, layer.co, 1, layer.groups)[1]
    for taps in layer.kernel:
        per_filter *= taps
    return layer.co * (per_filter + int(layer.bias))


def model_bytes(counts, bits):
    total = 0
    for name in counts:
        total += counts[name] * (bits[name] if name in bits else 32)
    return -(-total // 8)

# %% wrong="The input's places are counted: with a stride there are fewer outputs than inputs."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * h * w * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="Groups are ignored: each filter sees only ci / groups channels."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci, (layer.co, ho, wo)


# %% wrong="Divided by groups twice: each of the co filters runs, on ci / groups channels."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups**2, (layer.co, ho, wo)


# %% wrong="FLOPs are returned: a MAC is one multiplication with its addition, and counts once."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return 2 * math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return 2 * layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="Height and width are taken as equal: each has its own kernel size and output size."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    kw = kh
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (h, kh)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="The output's width is counted twice: w_o c_o where h_o w_o is meant."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * wo * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="Padding is forgotten in the output's size."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="Windows over padding are left out; they take as many MACs as the others."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    inside = [
        sum(0 <= i * layer.stride - layer.padding + j < size for i in range(n) for j in range(k))
        for size, n, k in ((h, ho, kh), (w, wo, kw))
    ]
    return layer.co * inside[0] * inside[1] * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="A bias is an addition, not a MAC."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * (layer.ci + layer.bias), out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups + layer.bias * layer.co * ho * wo, (layer.co, ho, wo)


# %% wrong="A linear layer is counted once; it acts on the last axis for every index of the others."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return layer.co * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="The weights are counted: each is used at every place of the output."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return layer.co * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * kh * kw * layer.ci // layer.groups, (layer.co, ho, wo)


# %% wrong="The output shape of a convolution keeps the input's channels."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, out_shape
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, (layer.ci, ho, wo)


# %% wrong="The output is a flat count; asked for is its shape."
def layer_macs(layer, in_shape):
    if in_shape[0 if layer.kind == "conv" else -1] != layer.ci:
        raise ValueError(in_shape)
    if layer.kind == "linear":
        out_shape = (*in_shape[:-1], layer.co)
        return math.prod(out_shape) * layer.ci, math.prod(out_shape)
    (_, h, w), (kh, kw) = in_shape, layer.kernel
    ho, wo = (shapes.out_size(*pair, layer.stride, layer.padding) for pair in ((h, kh), (w, kw)))
    return layer.co * ho * wo * kh * kw * layer.ci // layer.groups, layer.co * ho * wo


# %% right="a PyTorch layer without values runs on the meta device, and its own counter is halved"
def layer_macs(layer, in_shape):
    if layer.kind == "linear":
        module = nn.Linear(layer.ci, layer.co, layer.bias, device="meta")
    else:
        sizes = (layer.ci, layer.co, layer.kernel, layer.stride, layer.padding)
        module = nn.Conv2d(*sizes, groups=layer.groups, bias=layer.bias, device="meta")
    try:
        output = module(torch.zeros(1, *in_shape, device="meta"))[0]
    except RuntimeError as problem:
        raise ValueError(in_shape) from problem
    return output.numel() * module.weight[0].numel(), tuple(output.shape)


# %% right="windows are counted one by one"
def layer_macs(layer, in_shape):
    if layer.kind == "linear":
        if in_shape[-1] != layer.ci:
            raise ValueError("features")
        rows = 1
        for size in in_shape[:-1]:
            rows *= size
        return rows * layer.ci * layer.co, tuple(in_shape[:-1]) + (layer.co,)
    if in_shape[0] != layer.ci:
        raise ValueError("channels")
    counts = []
    for size, taps in zip(in_shape[1:], layer.kernel):
        start, count = -layer.padding, 0
        while start + taps <= size + layer.padding:
            start, count = start + layer.stride, count + 1
        counts.append(count)
    out_shape = (layer.co, counts[0], counts[1])
    return math.prod(out_shape) * math.prod(layer.kernel) * (layer.ci // layer.groups), out_shape

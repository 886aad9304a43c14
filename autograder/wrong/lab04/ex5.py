# %% wrong="The inputs are cropped to the layer's own width; they are what the layer before puts out."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :co])
        ci = co
    return weights


# %% wrong="The inputs are not cropped: the layer before puts out fewer channels."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co])
        ci = co
    return weights


# %% wrong="Only the inputs are cropped, not the outputs."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:, :ci])
        ci = co
    return weights


# %% wrong="Outputs and inputs are exchanged: axis 0 holds the output channels."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:ci, :co])
        ci = co
    return weights


# %% wrong="The last channels are taken; asked for are the leading ones."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[-co:, -ci:])
        ci = co
    return weights


# %% wrong="The first numbers are taken before they are put in shape: that mixes channels."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code)[: co * ci * shape[2] * shape[3]].reshape(co, ci, *shape[2:]))
        ci = co
    return weights


# %% wrong="The code holds the widths themselves; each is to be divided by its layer's full width."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([float(width) for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="The code is the widths over the widest of all layers; each has its own full width."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / max(each[0] for each in shapes) for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="The code is divided by the inputs of the layer, not by its outputs."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[1] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="Each head gets a code of its own layer alone; it reads the widths of all."
def generate_weights(heads, shapes, widths):
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(torch.full((len(widths),), co / shape[0])).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="The widths do not reach the heads: the code is always that of the full network."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([1.0 for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="The weights are cut off from the heads: no gradient reaches them."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([round(width / shape[0], 1) for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).detach().reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% wrong="The inputs are those of the layer before at full width."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], shapes[0][1]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = shape[0]
    return weights


# %% wrong="The first layer's inputs are cropped too: it keeps all of them."
def generate_weights(heads, shapes, widths):
    code = torch.tensor([width / shape[0] for width, shape in zip(widths, shapes)])
    weights, ci = [], widths[0]
    for head, shape, co in zip(heads, shapes, widths):
        weights.append(head(code).reshape(shape)[:co, :ci])
        ci = co
    return weights


# %% right="narrow instead of slices, the widths before in a list"
def generate_weights(heads, shapes, widths):
    code = torch.tensor(list(widths), dtype=torch.float32) / torch.tensor([float(shape[0]) for shape in shapes])
    inputs = [shapes[0][1], *widths[:-1]]
    full = [head(code).view(*shape) for head, shape in zip(heads, shapes)]
    return [w.narrow(0, 0, co).narrow(1, 0, ci) for w, co, ci in zip(full, widths, inputs)]


# %% right="indices of the channels, contiguous results"
def generate_weights(heads, shapes, widths):
    code = torch.stack([torch.tensor(1.0) * w / s[0] for w, s in zip(widths, shapes)])
    result, before = [], None
    for i in range(len(shapes)):
        w = torch.reshape(heads[i](code), tuple(shapes[i])).index_select(0, torch.arange(widths[i]))
        result.append(w if before is None else w.index_select(1, torch.arange(before)))
        before = widths[i]
    return result

# %% wrong="Nothing is removed, and batch norm turns a channel of zeros into beta - gamma * mean / sqrt(var + eps)."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    masked = copy.deepcopy(conv1)
    with torch.no_grad():
        masked.weight *= keep.reshape(-1, 1, 1, 1)
        if masked.bias is not None:
            masked.bias *= keep
    return masked, copy.deepcopy(bn), copy.deepcopy(conv2)


# %% wrong="The dropped channels are zero everywhere, but they are still there: nothing is smaller."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    masked, masked_bn = copy.deepcopy(conv1), copy.deepcopy(bn)
    with torch.no_grad():
        masked.weight *= keep.reshape(-1, 1, 1, 1)
        masked_bn.weight *= keep
        masked_bn.bias *= keep
    return masked, masked_bn, copy.deepcopy(conv2)


# %% wrong="Batch norm's running mean and variance are not copied: in eval mode it normalizes by those of a new layer."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    n = int(keep.sum())
    thin1, thin2 = copy.deepcopy(conv1), copy.deepcopy(conv2)
    thin_bn = nn.BatchNorm2d(n, eps=bn.eps, momentum=bn.momentum).to(bn.weight.dtype).train(bn.training)
    thin1.weight = nn.Parameter(conv1.weight.detach()[keep])
    if conv1.bias is not None:
        thin1.bias = nn.Parameter(conv1.bias.detach()[keep])
    thin_bn.weight = nn.Parameter(bn.weight.detach()[keep])
    thin_bn.bias = nn.Parameter(bn.bias.detach()[keep])
    thin2.weight = nn.Parameter(conv2.weight.detach()[:, keep])
    thin1.out_channels = thin2.in_channels = n
    return thin1, thin_bn, thin2


# %% wrong="Batch norm's statistics are those of the first channels, not of the kept ones."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    n = int(keep.sum())
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for module, index in ((thin1, keep), (thin_bn, keep)):
        module.weight.data = module.weight.data[index]
        if module.bias is not None:
            module.bias.data = module.bias.data[index]
    thin_bn.running_mean, thin_bn.running_var = thin_bn.running_mean[:n], thin_bn.running_var[:n]
    thin2.weight.data = thin2.weight.data[:, keep]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = n
    return thin1, thin_bn, thin2


# %% wrong="conv2 takes its first input channels, not those that were kept."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    n = int(keep.sum())
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for tensor in (thin1.weight, thin1.bias, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var):
        if tensor is not None:
            tensor.data = tensor.data[keep]
    thin2.weight.data = thin2.weight.data[:, :n]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = n
    return thin1, thin_bn, thin2


# %% wrong="conv2 loses the dropped channels among its outputs (dimension 0); they are its inputs, dimension 1."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    n = int(keep.sum())
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for tensor in (thin1.weight, thin1.bias, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var):
        if tensor is not None:
            tensor.data = tensor.data[keep]
    rows = torch.arange(conv2.out_channels)[: len(keep)]
    rows = rows[keep[: len(rows)]]
    thin2.weight.data = thin2.weight.data[rows]
    if thin2.bias is not None:
        thin2.bias.data = thin2.bias.data[rows]
    thin1.out_channels = thin_bn.num_features = thin2.out_channels = n
    return thin1, thin_bn, thin2


# %% wrong="The biases of the convolutions are lost."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    n = int(keep.sum())
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for tensor in (thin1.weight, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var):
        tensor.data = tensor.data[keep]
    thin1.bias = thin2.bias = None
    thin2.weight.data = thin2.weight.data[:, keep]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = n
    return thin1, thin_bn, thin2


# %% wrong="Stride and padding are not passed on: the new convolutions have those of a default Conv2d."
def shrink_pair(conv1, bn, conv2, keep):
    n, dtype = int(keep.sum()), conv1.weight.dtype
    thin1 = nn.Conv2d(conv1.in_channels, n, conv1.kernel_size, bias=conv1.bias is not None, dtype=dtype)
    thin_bn = nn.BatchNorm2d(n, eps=bn.eps, momentum=bn.momentum, dtype=dtype)
    thin2 = nn.Conv2d(n, conv2.out_channels, conv2.kernel_size, bias=conv2.bias is not None, dtype=dtype)
    for new, old in ((thin1, conv1), (thin_bn, bn)):
        new.load_state_dict({k: v[keep] if v.ndim else v for k, v in old.state_dict().items()})
    thin2.load_state_dict({k: v[:, keep] if v.ndim > 1 else v for k, v in conv2.state_dict().items()})
    return thin1.train(conv1.training), thin_bn.train(bn.training), thin2.train(conv2.training)


# %% wrong="New modules start in training mode: batch norm then uses the batch's statistics, not its own."
def shrink_pair(conv1, bn, conv2, keep):
    n, dtype = int(keep.sum()), conv1.weight.dtype

    def like(conv, ci, co):
        more = {"stride": conv.stride, "padding": conv.padding, "dilation": conv.dilation, "dtype": dtype}
        return nn.Conv2d(ci, co, conv.kernel_size, bias=conv.bias is not None, **more)

    thin1, thin2 = like(conv1, conv1.in_channels, n), like(conv2, n, conv2.out_channels)
    thin_bn = nn.BatchNorm2d(n, eps=bn.eps, momentum=bn.momentum, dtype=dtype)
    for new, old in ((thin1, conv1), (thin_bn, bn)):
        new.load_state_dict({k: v[keep] if v.ndim else v for k, v in old.state_dict().items()})
    thin2.load_state_dict({k: v[:, keep] if v.ndim > 1 else v for k, v in conv2.state_dict().items()})
    return thin1, thin_bn, thin2


# %% wrong="The originals themselves are cut down: work on copies."
def shrink_pair(conv1, bn, conv2, keep):
    for tensor in (conv1.weight, conv1.bias, bn.weight, bn.bias, bn.running_mean, bn.running_var):
        if tensor is not None:
            tensor.data = tensor.data[keep]
    conv2.weight.data = conv2.weight.data[:, keep]
    conv1.out_channels = bn.num_features = conv2.in_channels = int(keep.sum())
    return conv1, bn, conv2


# %% wrong="The mask is read upside down: the kept channels are removed."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    keep = ~keep
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for tensor in (thin1.weight, thin1.bias, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var):
        if tensor is not None:
            tensor.data = tensor.data[keep]
    thin2.weight.data = thin2.weight.data[:, keep]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = int(keep.sum())
    return thin1, thin_bn, thin2


# %% wrong="The kept channels are sorted by their norm; they keep their order."
import copy


def shrink_pair(conv1, bn, conv2, keep):
    norms = conv1.weight.detach().abs().sum((1, 2, 3)).masked_fill(~keep, -1.0)
    order = norms.argsort(descending=True)[: int(keep.sum())]
    thin1, thin_bn, thin2 = copy.deepcopy((conv1, bn, conv2))
    for tensor in (thin1.weight, thin1.bias, thin_bn.weight, thin_bn.bias, thin_bn.running_mean, thin_bn.running_var):
        if tensor is not None:
            tensor.data = tensor.data[order]
    thin2.weight.data = thin2.weight.data[:, order]
    thin1.out_channels = thin_bn.num_features = thin2.in_channels = len(order)
    return thin1, thin_bn, thin2


# %% right="new modules made from the old ones' options, filled by load_state_dict"
def shrink_pair(conv1, bn, conv2, keep):
    n, dtype = int(keep.sum()), conv1.weight.dtype

    def like(conv, ci, co):
        more = {"stride": conv.stride, "padding": conv.padding, "dilation": conv.dilation, "dtype": dtype}
        return nn.Conv2d(ci, co, conv.kernel_size, bias=conv.bias is not None, padding_mode=conv.padding_mode, **more)

    thin1, thin2 = like(conv1, conv1.in_channels, n), like(conv2, n, conv2.out_channels)
    thin_bn = nn.BatchNorm2d(n, eps=bn.eps, momentum=bn.momentum, dtype=dtype)
    for new, old in ((thin1, conv1), (thin_bn, bn)):
        new.load_state_dict({k: v[keep] if v.ndim else v for k, v in old.state_dict().items()})
    thin2.load_state_dict({k: v[:, keep] if v.ndim > 1 else v for k, v in conv2.state_dict().items()})
    return thin1.train(conv1.training), thin_bn.train(bn.training), thin2.train(conv2.training)


# %% right="index_select with the indices of the kept channels, fresh parameters and buffers"
import copy


def shrink_pair(conv1, bn, conv2, keep):
    kept = keep.nonzero().flatten()
    trio = [copy.deepcopy(module) for module in (conv1, bn, conv2)]
    for module in trio[:2]:
        for name in ("weight", "bias"):
            old = getattr(module, name)
            if old is not None:
                setattr(module, name, nn.Parameter(old.detach().index_select(0, kept)))
    trio[1].running_mean = bn.running_mean.index_select(0, kept)
    trio[1].running_var = bn.running_var.index_select(0, kept)
    trio[2].weight = nn.Parameter(conv2.weight.detach().index_select(1, kept))
    trio[0].out_channels = trio[1].num_features = trio[2].in_channels = kept.numel()
    return tuple(trio)

# %% wrong="The range goes on moving in eval mode: what the network was trained for must stand."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if True:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The momentum is on the new value: it is the share of the OLD one that stays."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else 1 - self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The range is the smallest and largest value ever seen; asked for is a moving average."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(torch.fmin(self.low, low))
            self.high.copy_(torch.fmax(self.high, high))
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The average starts at 0: the first batch counts only (1 - momentum), it should set the range."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="Each batch sets the range anew: nothing of the earlier ones stays."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The range is of the batch alone in training mode: x is to be quantized by the moving average, in both modes."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        low, high = x.detach().aminmax() if self.training else (self.low, self.high)
        scale, zero_point = quant.affine_qparams(low, high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The batch is quantized before the range takes it in: what comes first is one batch late."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        old = self.low.clone(), self.high.clone()
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        low, high = (self.low, self.high) if old[0].isnan() else old
        scale, zero_point = quant.affine_qparams(low, high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="One scale for the whole weight; each output channel has its own."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits)
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="One scale for each input channel, along axis 1; asked for is one for each output channel, axis 0."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(d for d in range(w.ndim) if d != 1))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The bits are mixed up: the first number is for weights, the second for inputs."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.weight_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.weight_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.input_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.input_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="Only the weights are quantized; the inputs are to be rounded too."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="Only the inputs are quantized; the weights are to be rounded too."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, w)

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The rounded weights are written into the layer: the master weight is lost, and small steps with it."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        w.data.copy_(self.fake_quantize(w.detach(), scale, 0, *quant.qrange(self.weight_bits)))
        return self.run(x, w)

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The weight is detached: no gradient reaches it."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight.detach()
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The inputs are quantized symmetrically with signed integers; asked for is affine and unsigned, by low and high."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        zero_point, scale = 0, torch.maximum(-self.low, self.high) / quant.qrange(self.input_bits)[1]
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=True))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        return self.run(x, self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits)))

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% wrong="The bias is left out."
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            low, high = x.detach().aminmax()
            keep = 0.0 if self.low.isnan() else self.momentum
            self.low.copy_(keep * self.low.nan_to_num() + (1 - keep) * low)
            self.high.copy_(keep * self.high.nan_to_num() + (1 - keep) * high)
        scale, zero_point = quant.affine_qparams(self.low, self.high, self.input_bits)
        x = self.fake_quantize(x, scale, zero_point, *quant.qrange(self.input_bits, signed=False))
        w = self.layer.weight
        scale = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(1, w.ndim)))
        w = self.fake_quantize(w, scale, 0, *quant.qrange(self.weight_bits))
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w)
        return F.conv2d(x, w, None, self.layer.stride, self.layer.padding)

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% right="lerp for the average, functional calls at the end"
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                if torch.isnan(self.low):
                    self.low.fill_(x.min())
                    self.high.fill_(x.max())
                else:
                    self.low.lerp_(x.min(), 1 - self.momentum)
                    self.high.lerp_(x.max(), 1 - self.momentum)
        step, zero = quant.affine_qparams(self.low, self.high, self.input_bits)
        x_hat = self.fake_quantize(x, step, zero, 0, 2**self.input_bits - 1)
        largest = 2 ** (self.weight_bits - 1) - 1
        with torch.no_grad():
            sizes = self.layer.weight.abs().flatten(1).amax(1) / largest
            sizes = torch.where(sizes > 0, sizes, 1.0).reshape(-1, *[1] * (self.layer.weight.ndim - 1))
        w_hat = self.fake_quantize(self.layer.weight, sizes, 0, -largest, largest)
        return self.run(x_hat, w_hat)

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)


# %% right="new tensors in the place of the buffers, scales and zero point by hand"
class QATLayer(nn.Module):
    def __init__(self, layer, bits, fake_quantize, momentum=0.9):
        super().__init__()
        self.layer, self.fake_quantize, self.momentum = layer, fake_quantize, momentum
        self.weight_bits, self.input_bits = bits
        self.register_buffer("low", torch.tensor(float("nan")))
        self.register_buffer("high", torch.tensor(float("nan")))

    def forward(self, x):
        if self.training:
            now = torch.stack([x.detach().min(), x.detach().max()])
            old = torch.stack([self.low, self.high])
            moved = now if bool(old[0].isnan()) else self.momentum * old + (1 - self.momentum) * now
            self.low, self.high = moved[0].clone(), moved[1].clone()
        levels = 2**self.input_bits - 1
        low, high = min(self.low.item(), 0.0), max(self.high.item(), 0.0)
        scale = torch.tensor((high - low) / levels if high > low else 1.0)
        zero_point = min(max(round(-low / scale.item()), 0), levels)
        w = self.layer.weight
        scales = quant.symmetric_scale(w.detach(), self.weight_bits, dim=tuple(range(w.ndim))[1:])
        rounded = (
            self.fake_quantize(x, scale, zero_point, 0, levels),
            self.fake_quantize(w, scales, 0, *quant.qrange(self.weight_bits)),
        )
        return self.run(*rounded)

    def run(self, x, w):
        if isinstance(self.layer, nn.Linear):
            return F.linear(x, w, self.layer.bias)
        return self.layer._conv_forward(x, w, self.layer.bias)

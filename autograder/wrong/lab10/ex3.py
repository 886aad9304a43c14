# %% wrong="eps is left out: batch norm divides by the root of variance plus eps."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / bn.running_var.sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The root is missing: batch norm divides by the standard deviation, not by the variance."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps)
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The mean is left out of the bias: it is beta - mu * gamma / sigma."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach()) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The mean is added; batch norm subtracts it."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() + bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The mean is not multiplied by gamma / sigma before it is subtracted."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="b is in real units, not in steps of m: it has to be divided by m before it is rounded."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = (bn.bias.detach() - bn.running_mean * gain).round().to(torch.int32)
    return q, b, m


# %% wrong="gamma is not in the steps: b is divided by the scales alone, as if it were added before batch norm."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / (input_scale * scale.flatten())).round().to(torch.int32)
    return q, b, m


# %% wrong="m lacks the input's scale."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="m lacks batch norm's factor gamma / sigma."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten()
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="b is cut off by the conversion to int32; it is to be rounded."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).to(torch.int32)
    return q, b, m


# %% wrong="One scale for the whole weight; each output channel has its own."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(0, 1, 2, 3)).expand(len(w), 1, 1, 1)
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The batch norm is folded into the weights and the weights are rounded anew: these are not the integers that were trained."
def export_int(w, bits, input_scale, bn):
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    folded = w.detach() * gain.reshape(-1, 1, 1, 1)
    scale = quant.symmetric_scale(folded, bits, dim=(1, 2, 3))
    q = quant.quantize(folded, scale, 0, *quant.qrange(bits)).to(torch.int8)
    m = input_scale * scale.flatten()
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="The range is not restricted: 2^(bits - 1) is taken as the largest integer, one more than there is."
def export_int(w, bits, input_scale, bn):
    scale = w.detach().abs().amax((1, 2, 3), keepdim=True) / 2 ** (bits - 1)
    scale = torch.where(scale > 0, scale, 1.0)
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits, restricted=False)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% wrong="Kinds are not as asked for: q is int8 and b int32, these are floats."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(w.dtype)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round()
    return q, b, m


# %% wrong="b and m are in each other's place: the order is q, b, m."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, m, b


# %% wrong="The running mean is folded into bn itself: the caller's batch norm changes."
def export_int(w, bits, input_scale, bn):
    scale = quant.symmetric_scale(w.detach(), bits, dim=(1, 2, 3))
    q = quant.quantize(w.detach(), scale, 0, *quant.qrange(bits)).to(torch.int8)
    gain = bn.weight.detach() / (bn.running_var + bn.eps).sqrt()
    bn.bias.data.sub_(bn.running_mean * gain)
    bn.running_mean.zero_()
    m = input_scale * scale.flatten() * gain
    b = ((bn.bias.detach() - bn.running_mean * gain) / m).round().to(torch.int32)
    return q, b, m


# %% right="a loop over output channels in Python"
def export_int(w, bits, input_scale, bn):
    largest = 2 ** (bits - 1) - 1
    rows, biases, multipliers = [], [], []
    for c in range(len(w)):
        filt = w[c].detach()
        scale = filt.abs().max() / largest
        if scale == 0:
            scale = torch.ones_like(scale)
        sigma = torch.sqrt(bn.running_var[c] + bn.eps)
        m = scale * input_scale * bn.weight[c].detach() / sigma
        biases.append(torch.round((bn.bias[c].detach() - bn.weight[c].detach() * bn.running_mean[c] / sigma) / m))
        rows.append(torch.clamp(torch.round(filt / scale), -largest, largest))
        multipliers.append(m)
    return torch.stack(rows).to(torch.int8), torch.stack(biases).int(), torch.stack(multipliers)


# %% right="batch norm is asked what it does to 0 and to 1"
def export_int(w, bits, input_scale, bn):
    with torch.no_grad():
        probe = torch.zeros(2, len(w), 1, 1, dtype=w.dtype)
        probe[1] = 1
        out = F.batch_norm(probe, bn.running_mean, bn.running_var, bn.weight, bn.bias, False, 0.0, bn.eps)
        shift = out[0].flatten()
        gain = bn.weight / torch.sqrt(bn.running_var + bn.eps)
        scale = quant.symmetric_scale(w, bits, dim=(1, 2, 3))
        m = scale.reshape(-1) * gain * input_scale
        q = quant.quantize(w, scale, 0, *quant.qrange(bits))
        return [q.char(), (shift / m).round().int(), m]

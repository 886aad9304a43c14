# %% wrong="torch.sign leaves zeros as 0; they count as +1."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = x.sign()
    sign_w = w.sign()
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding).nan_to_num()
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="K is left out: the size of the inputs is lost."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * alpha.reshape(-1, 1, 1)


# %% wrong="alpha is left out: the size of the weights is lost."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k


# %% wrong="alpha is the largest |w|; the best one by least squares is the mean."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().amax((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="alpha is the mean of w, signs and all; it is the mean of |w|."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="One alpha for the whole layer; each filter has its own."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean().repeat(len(w))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="alpha is the sum of |w|, the mean is asked for."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().sum((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="K is summed over the patch; it is a mean."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding, divisor_override=1)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="K is summed over the input channels; it is a mean over them too."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().sum(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="K averages x, signs and all; it averages |x|."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="K is one number for each image; it has one for each place."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = x.abs().mean((1, 2, 3), keepdim=True)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="The zeros of the padding are left out of the mean; they count."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding, count_include_pad=False)
    return signs * k * alpha.reshape(-1, 1, 1)


# %% wrong="x is padded before its sign is taken: the padding becomes +1 instead of 0."
def xnor_conv2d(x, w, stride=1, padding=0):
    x = F.pad(x, (padding,) * 4)
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride)
    return F.conv2d(sign_x, sign_w, None, stride) * k * w.abs().mean((1, 2, 3)).reshape(-1, 1, 1)


# %% wrong="The inputs keep their values, only the weights become signs: that is a binary-weight network."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * alpha.reshape(-1, 1, 1)


# %% wrong="alpha goes along the width of the picture; it belongs to the output channels, (co, 1, 1)."
def xnor_conv2d(x, w, stride=1, padding=0):
    sign_x = torch.where(x >= 0, 1.0, -1.0).to(x.dtype)
    sign_w = torch.where(w >= 0, 1.0, -1.0).to(w.dtype)
    signs = F.conv2d(sign_x, sign_w, None, stride, padding)
    alpha = w.abs().mean((1, 2, 3))
    k = F.avg_pool2d(x.abs().mean(1, keepdim=True), tuple(w.shape[2:]), stride, padding)
    return signs * k * alpha.reshape(-1)[:1]


# %% right="unfolded patches and einsum"
def xnor_conv2d(x, w, stride=1, padding=0):
    n, ci, height, width = x.shape
    co, _, kh, kw = w.shape
    one = torch.ones((), dtype=x.dtype)
    patches = F.unfold(torch.where(x < 0, -one, one), (kh, kw), padding=padding, stride=stride)
    sizes = F.unfold(x.abs(), (kh, kw), padding=padding, stride=stride).mean(1, keepdim=True)
    flat = w.reshape(co, -1)
    signs = torch.einsum("ok,nkp->nop", torch.where(flat < 0, -one, one), patches)
    out = signs * sizes * flat.abs().mean(1).reshape(1, -1, 1)
    ho, wo = (height + 2 * padding - kh) // stride + 1, (width + 2 * padding - kw) // stride + 1
    return out.reshape(n, co, ho, wo)


# %% right="K by a convolution with a box, as in the paper"
def xnor_conv2d(x, w, stride=1, padding=0):
    kh, kw = w.shape[-2:]
    a = x.abs().sum(dim=1, keepdim=True) / x.shape[1]
    box = torch.full((1, 1, kh, kw), 1 / (kh * kw), dtype=x.dtype)
    k = F.conv2d(a, box, stride=stride, padding=padding)
    alpha = w.flatten(1).norm(p=1, dim=1) / w[0].numel()
    b, i = (w >= 0).to(w.dtype) * 2 - 1, (x >= 0).to(x.dtype) * 2 - 1
    return F.conv2d(i, b * alpha[:, None, None, None], stride=stride, padding=padding) * k

# %% [markdown]
# Hidden tests of lab 10. Each case can be deduced from the statement in the stub's docstring. A slip is meant to fail
# several cases, so each case shows more than one result, and often the inputs after the call. Integers that come from
# rounding are made in float64, where no order of operations moves them.

# %% role="setup" memory_mib=2048
class Rounding(torch.autograd.Function):
    """A rounding of the grader's own, with a gradient that tells it from others: 2 in range, 0.25 outside."""

    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return torch.where(inside, 2 * grad, 0.25 * grad), None, None, None, None


def leaky(x, scale, zero_point, qmin, qmax):
    """A rounding that hands a gradient to its scale, too."""
    q = ((x / scale).round() + zero_point).clamp(qmin, qmax).detach()
    return (q - zero_point) * scale + x - x.detach()


def through(x, scale, zero_point, qmin, qmax, *, upstream):
    """The student's values, the gradient of x for a gradient of what came out, and x after that."""
    given = x.detach().requires_grad_()
    y = FakeQuantize.apply(given, scale, zero_point, qmin, qmax)
    (grad,) = torch.autograd.grad(y, given, upstream)
    return y, grad, x


def filled(layer, *, seed):
    """A layer with random weights of the dtype that it has."""
    for i, value in enumerate(layer.state_dict().values()):
        value.copy_(randn(*value.shape, seed=seed + i, dtype=value.dtype))
    return layer


def norm(channels, *, seed, eps=1e-5):
    """A batch norm in eval mode, float64, far from a new one; gamma is not near zero."""
    bn = nn.BatchNorm2d(channels, eps=eps).double().eval()
    for i, value in enumerate((bn.weight.data, bn.bias.data, bn.running_mean, bn.running_var)):
        value.copy_(randn(channels, seed=seed + i, dtype=torch.float64))
    bn.weight.data.copy_(bn.weight.data.sign() * (bn.weight.data.abs() + 0.2))
    bn.running_var.abs_().add_(0.3)
    return bn


def bits_of(rows, n, *, seed):
    """Packed random signs, (rows, ceil(n / 8)), the unused bits 0."""
    signs = randn(rows, n, seed=seed).numpy() > 0
    return torch.from_numpy(np.packbits(signs, axis=-1, bitorder="little"))


# %% role="judge"
def fair_lots(got, ref):
    """got and ref: drawn signs (draws, n) and their weights (n,), then the same draw again, in turn."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 3):
        drawn, weights, again = got[i], ref[i + 1], got[i + 2]
        for array in (drawn, again):
            if not isinstance(array, np.ndarray) or array.shape != ref[i].shape or array.dtype != ref[i].dtype:
                return 0.0
        if (
            not (np.abs(drawn) == 1).all()
            or not np.array_equal(drawn, again)
            or not np.array_equal(got[i + 1], weights)
        ):
            return 0.0
        means, wanted = drawn.mean(0), np.clip(weights, -1, 1)
        near = 5.5 * np.sqrt((1 - wanted**2) / len(drawn)) + 1e-6
        if (np.abs(means - wanted) > near).any() or not _apart(drawn, wanted):
            return 0.0
    return 1.0


def _apart(drawn, wanted):
    """Weights that are open are drawn one by one: rows and columns differ from their neighbors."""
    open_ones = drawn[:, np.abs(wanted) < 0.8]
    if open_ones.shape[1] < 2:
        return True
    return (open_ones[1:] != open_ones[:-1]).any() and (open_ones[:, 1:] != open_ones[:, :-1]).mean() > 0.1


# %% exercise="10.1" case="signed integers" points=3 hint="values and gradients inside and outside of -qmax..qmax; the input stays as it is"
x = randn(6, 20) * 2
show(*through(x, 0.25, 0, -7, 7, upstream=randn(6, 20, seed=seed + 1)))

# %% exercise="10.1" case="a zero point" points=3 hint="unsigned integers with a zero point: it shifts the range, in both directions"
x = randn(120) * 3
show(*through(x, tensor(0.5), tensor(3, dtype=torch.int32), 0, 15, upstream=randn(120, seed=seed + 1)))
show(*through(x, 0.5, -100, -128, 127, upstream=randn(120, seed=seed + 2)))

# %% exercise="10.1" case="a scale for each channel" points=3 hint="scales and zero points that broadcast over a weight"
w = randn(5, 3, 2, 2) * tensor([0.1, 1.0, 3.0, 10.0, 0.5]).reshape(5, 1, 1, 1)
scale = (rand(5, seed=seed + 1) + 0.3).reshape(5, 1, 1, 1)
zero_point = tensor([0, 1, -1, 2, 0], dtype=torch.int32).reshape(5, 1, 1, 1)
show(*through(w, scale, zero_point, -4, 3, upstream=randn(5, 3, 2, 2, seed=seed + 2)), scale, zero_point)

# %% exercise="10.1" case="at the edges" points=3 hint="a value beyond the largest level that rounds to an integer in range passes its gradient; one step further none does"
steps = tensor([-3.51, -3.49, -3.0, -2.6, 0.0, 2.6, 3.0, 3.49, 3.51, 100.0, -100.0]) + 0.004 * rand(11)
show(
    *through(steps, 1.0, 0, -3, 3, upstream=randn(11, seed=seed)),
    *through(steps, 1.0, 2, 0, 5, upstream=randn(11, seed=seed)),
)

# %% exercise="10.1" case="halves go to the even integer" points=2 hint="round is torch's: a half goes to the even integer"
halves = torch.arange(-12, 13) + 0.5
show(
    *through(halves, 1.0, 0, -8, 8, upstream=randn(25, seed=seed)),
    *through(halves / 4, 0.25, 1, -8, 7, upstream=randn(25, seed=seed + 1)),
)

# %% exercise="10.1" case="nothing or everything clipped" points=2 hint="all gradients pass if nothing is clipped, none if everything is"
x = rand(40) + 0.1
show(*through(x, 0.05, 0, -127, 127, upstream=randn(40)), *through(x + 60, 0.05, 0, -127, 127, upstream=randn(40)))

# %% exercise="10.1" case="in a chain, by backward()" points=2 hint="two roundings after each other, with other operations around; no gradient for scale and zero point"
x, scale = (randn(60) * 2).requires_grad_(), tensor(0.25, requires_grad=True)
y = FakeQuantize.apply(x, scale, 0, -7, 7)
(FakeQuantize.apply(y.square() + 0.1, 0.5, 1, 0, 7) * randn(60, seed=seed + 1)).sum().backward()
show(x.grad, y, scale.grad)

# %% exercise="10.1" case="double precision, not contiguous" points=2 hint="float64 stays float64; a transposed input"
x = randn(7, 9, dtype=torch.float64).t()[::2]
show(*through(x, tensor(0.1, dtype=torch.float64), 2, -4, 11, upstream=randn(5, 7, dtype=torch.float64, seed=seed + 1)))

# %% exercise="10.2" case="the range follows the batches" points=2 hint="the first batch sets low and high, later ones move them: momentum * old + (1 - momentum) * new"
wrapped = QATLayer(filled(nn.Linear(6, 4), seed=seed), (8, 8), Rounding.apply, momentum=0.8)
shown = []
for i, size in enumerate((1.0, 4.0, 0.5, 9.0)):
    wrapped(size * randn(5, 6, seed=seed + 10 + i) + i)
    shown += [wrapped.low.clone(), wrapped.high.clone()]
show(torch.stack(shown))

# %% exercise="10.2" case="eval mode" points=3 hint="in eval mode the range stands still, however large the input; values beyond it are clipped"
wrapped = QATLayer(filled(nn.Linear(6, 4), seed=seed), (8, 6), Rounding.apply)
wrapped(randn(8, 6, seed=seed + 10))
wrapped.eval()
x = 5 * randn(7, 6, seed=seed + 11)
show(wrapped(x), x, torch.stack([wrapped.low, wrapped.high]), wrapped(x / 10))

# %% exercise="10.2" case="a linear layer while training" points=2 hint="the output in training mode: the range takes the batch in first, inputs and weights are rounded by their bits, the bias is added"
wrapped = QATLayer(filled(nn.Linear(9, 5), seed=seed), (4, 5), Rounding.apply, momentum=0.6)
show(*[wrapped(randn(6, 9, seed=seed + 10 + i) * (i + 1)) for i in range(3)])

# %% exercise="10.2" case="a convolution" points=2 hint="stride, padding and no bias; one weight scale for each output channel, over all other axes"
conv = filled(nn.Conv2d(3, 5, (3, 2), stride=2, padding=1, bias=False), seed=seed)
conv.weight.data *= tensor([0.01, 1.0, 100.0, 3.0, 0.2]).reshape(5, 1, 1, 1)
wrapped = QATLayer(conv, (3, 8), Rounding.apply)
show(
    *[wrapped(randn(2, 3, 8, 7, seed=seed + 10 + i)) for i in range(2)],
    wrapped.eval()(randn(2, 3, 8, 7, seed=seed + 12)),
    conv.weight.clone(),
)

# %% exercise="10.2" case="gradients through the rounding it was given" points=3 hint="the master weight and the input get the gradient of self.fake_quantize; ranges and scales none"
layer = filled(nn.Linear(8, 4), seed=seed)
wrapped = QATLayer(layer, (3, 4), Rounding.apply)
wrapped(randn(6, 8, seed=seed + 9))
x = (2 * randn(6, 8, seed=seed + 10)).requires_grad_()
(wrapped(x) * randn(6, 4, seed=seed + 11)).sum().backward()
show(x.grad, layer.weight.grad, layer.bias.grad, layer.weight.clone())
wrapped.fake_quantize = leaky
show(*torch.autograd.grad((wrapped(x) * randn(6, 4, seed=seed + 12)).sum(), (x, layer.weight)))
show(torch.stack([wrapped.low, wrapped.high]).requires_grad)  # a verdict on what the docstring says outright

# %% exercise="10.2" case="ranges on one side of zero" points=1 hint="inputs that are all positive, or all negative: zero is in the range; a constant input"
shown = []
for shift in (5.0, -5.0):
    wrapped = QATLayer(filled(nn.Linear(4, 3), seed=seed), (8, 3), Rounding.apply)
    shown += [wrapped(rand(6, 4, seed=seed + 10) + shift), wrapped.low.clone(), wrapped.high.clone()]
same = QATLayer(filled(nn.Linear(4, 3), seed=seed), (8, 3), Rounding.apply)
show(*shown, same(torch.zeros(2, 4)), same(torch.full((2, 4), 2.0)))

# %% exercise="10.2" case="a few steps of training" points=2 hint="five steps of gradient descent on fixed batches: the weights, the range, the loss"
layer = filled(nn.Linear(5, 3), seed=seed)
wrapped, losses = QATLayer(layer, (2, 8), Rounding.apply, momentum=0.7), []
optimizer = torch.optim.SGD(wrapped.parameters(), lr=0.02)
for i in range(5):
    loss = (wrapped(randn(12, 5, seed=seed + 10 + i)) - randn(12, 3, seed=seed + 20 + i)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.detach())
show(layer.weight, layer.bias, torch.stack(losses), torch.stack([wrapped.low, wrapped.high]))

# %% exercise="10.3" case="eight bits" points=3 hint="the integers, the bias and the multiplier of each output channel; w and bn stay as they are"
w, bn = randn(6, 4, 3, 3, dtype=torch.float64), norm(6, seed=seed + 1)
show(*export_int(w, 8, tensor(0.03, dtype=torch.float64), bn), w, *bn.state_dict().values())

# %% exercise="10.3" case="few bits, channels of different sizes" points=3 hint="one scale for each output channel at 2, 3 and 4 bits"
w = randn(5, 3, 2, 3, dtype=torch.float64) * tensor([0.01, 1.0, 100.0, 3.0, 0.2]).reshape(5, 1, 1, 1)
show(
    *[
        part
        for bits in (2, 3, 4)
        for part in export_int(w, bits, tensor(0.07, dtype=torch.float64), norm(5, seed=seed + bits))
    ]
)

# %% exercise="10.3" case="it gives what the layer gives" points=3 hint="m * (integer sum + b) is bn(conv) of the rounded weights, up to half a step of m; eps counts"
w, bn = randn(4, 3, 3, 3, dtype=torch.float64), norm(4, seed=seed + 1, eps=0.5)
scale, x = (
    tensor(0.05, dtype=torch.float64),
    torch.randint(0, 256, (2, 3, 6, 6), generator=torch.Generator().manual_seed(seed)),
)
q, b, m = export_int(w, 4, scale, bn)
total = F.conv2d((x - 100).double(), q.double()) + b.double().reshape(4, 1, 1)
show(total * m.reshape(4, 1, 1), b, q, *bn.state_dict().values())

# %% exercise="10.3" case="a channel of zeros, one weight, negative gamma" points=2 hint="a filter of zeros has scale 1; a layer of one weight; gamma below zero turns m, not q"
w, bn = randn(3, 2, 2, 2, dtype=torch.float64), norm(3, seed=seed + 1)
w[1] = 0
bn.weight.data.copy_(-bn.weight.data.abs())
one = randn(1, 1, 1, 1, dtype=torch.float64)
show(
    *export_int(w, 8, tensor(0.1, dtype=torch.float64), bn),
    *export_int(one, 8, tensor(0.1, dtype=torch.float64), norm(1, seed=seed + 2)),
)

# %% exercise="10.3" case="a bias that is large in steps" points=2 hint="a small input scale makes b large: it is int32 and rounded, not cut off"
w, bn = randn(8, 2, 1, 1, dtype=torch.float64) / 10, norm(8, seed=seed + 1)
show(
    *export_int(w, 8, tensor(1e-4, dtype=torch.float64), bn)[1:],
    *export_int(w, 8, tensor(2.0, dtype=torch.float64), bn)[1:],
    *bn.state_dict().values(),
)

# %% exercise="10.3" case="single precision, weights that need gradients" points=2 hint="float32 modules as they come out of training: q and m, without a gradient"
conv, bn = filled(nn.Conv2d(3, 4, 3, bias=False), seed=seed), norm(4, seed=seed + 5).float()
q, b, m = export_int(conv.weight, 5, tensor(0.04), bn)
show(q, m, b.shape, b.dtype, conv.weight.clone())
show(m.requires_grad)  # a verdict: detached, as integers are

# %% exercise="10.4" case="signs" points=2 hint="deterministic: -1 and +1 by sign; the input stays as it is"
w = randn(7, 3, 3)
show(binarize(w), binarize(w, "deterministic"), w)

# %% exercise="10.4" case="zeros count as +1" points=3 hint="0, also -0.0, becomes +1, in tensors where it is frequent; tiny values keep their sign"
w = (randn(6, 10) * 1.2).round() * 1e-20
show(binarize(w), binarize(torch.zeros(3, 2)), binarize(-torch.zeros(4).double()), w)

# %% exercise="10.4" case="lots" points=3 judge="fair_lots" hint="stochastic: +1 with probability clip((w + 1) / 2, 0, 1), each weight on its own, the same from the same generator"
shown = []
for i in range(2):
    w = randn(8, seed=seed + i) * 0.6
    draws = [binarize(w.repeat(5000, 1), "stochastic", torch.Generator().manual_seed(seed + i)) for _ in range(2)]
    shown += [draws[0], w, draws[1]]
show(*shown)

# %% exercise="10.4" case="certain lots, double precision, another mode" points=2 hint="weights beyond 1 are certain; float64 stays; ValueError for another mode"
w = randn(40, dtype=torch.float64)
w = w.sign() * (w.abs() + 1)
lots = binarize(w, "stochastic", torch.Generator().manual_seed(seed))
show(lots, binarize(w.reshape(5, 8).t()), raises(binarize, w, "sign"), raises(binarize, w, ""))

# %% exercise="10.5" case="kernels of 3 x 3" points=3 hint="signs of both, alpha of each filter, K of each place over all input channels; the inputs stay as they are"
x, w = randn(3, 4, 8, 7), randn(5, 4, 3, 3, seed=seed + 1)
show(xnor_conv2d(x, w), x, w)

# %% exercise="10.5" case="padding" points=3 hint="padding puts zeros around the signs, and around |x|, where they count in the mean"
x, w = randn(2, 3, 6, 6) + 0.5, randn(4, 3, 3, 3, seed=seed + 1)
show(xnor_conv2d(x, w, 1, 1), xnor_conv2d(x, randn(2, 3, 5, 5, seed=seed + 2), 1, 2))

# %% exercise="10.5" case="stride" points=3 hint="stride 2 and 3, kernels that are not square, inputs behind a ReLU"
x = randn(2, 2, 9, 10).relu()
show(xnor_conv2d(x, randn(3, 2, 2, 3, seed=seed + 1), 2), xnor_conv2d(x, randn(3, 2, 3, 3, seed=seed + 2), 3, 1))

# %% exercise="10.5" case="zeros among inputs and weights" points=3 hint="sign(0) is +1, in x and in w: inputs behind a ReLU, weights that were pruned"
x, w = randn(2, 4, 6, 6).relu(), randn(3, 4, 2, 2, seed=seed + 1) * (randn(3, 4, 2, 2, seed=seed + 2) > 0)
show(xnor_conv2d(x, w), xnor_conv2d(-x, w, 1, 1))

# %% exercise="10.5" case="one place, one channel" points=1 hint="kernels of 1 x 1, one input channel, one filter"
show(
    xnor_conv2d(randn(2, 5, 3, 3), randn(4, 5, 1, 1, seed=seed + 1)),
    xnor_conv2d(randn(1, 1, 4, 4), randn(1, 1, 3, 3, seed=seed + 2)),
)

# %% exercise="10.5" case="filters of different sizes" points=1 hint="each filter has an alpha of its own; images of different sizes each their K"
x = randn(3, 2, 5, 5) * tensor([0.01, 1.0, 30.0]).reshape(3, 1, 1, 1)
show(
    *[
        xnor_conv2d(x[i : i + 1], randn(4, 2, 3, 3, seed=seed + 1) * tensor([0.1, 1.0, 5.0, 20.0]).reshape(4, 1, 1, 1))
        for i in range(3)
    ]
)

# %% exercise="10.5" case="double precision, not contiguous" points=1 hint="float64 stays float64; transposed inputs"
x, w = (
    randn(4, 2, 6, 5, dtype=torch.float64).transpose(0, 1),
    randn(4, 3, 2, 2, dtype=torch.float64, seed=seed + 1).transpose(0, 1),
)
show(xnor_conv2d(x, w), xnor_conv2d(x, w, 2, 1))

# %% exercise="10.6" case="whole bytes" points=3 hint="n a multiple of 8: twice the equal signs, less n; the inputs stay as they are"
x, w = bits_of(7, 64, seed=seed), bits_of(9, 64, seed=seed + 1)
show(xnor_matmul(x, w, 64), x, w, xnor_matmul(x[:, :1], w[:, :1], 8))

# %% exercise="10.6" case="unused bits" points=3 hint="n that leaves bits of the last byte unused: they must not count"
show(*[xnor_matmul(bits_of(5, n, seed=seed + n), bits_of(6, n, seed=seed + 100 + n), n) for n in (9, 15, 63, 65, 777)])

# %% exercise="10.6" case="few signs" points=2 hint="n below 8"
show(*[xnor_matmul(bits_of(6, n, seed=seed + n), bits_of(8, n, seed=seed + 50 + n), n) for n in range(1, 8)])

# %% exercise="10.6" case="many signs, one row" points=2 hint="thousands of signs: more than a byte can count; one row of x or of w"
x, w = bits_of(1, 5003, seed=seed), bits_of(4, 5003, seed=seed + 1)
show(xnor_matmul(x, w, 5003), xnor_matmul(w, x, 5003), xnor_matmul(w, w, 5003))

# %% exercise="10.7" case="a layer" points=2 hint="threshold, three values and scale over the whole layer; w stays as it is"
w = randn(6, 4, 3, 3)
show(*ternarize(w), w)

# %% exercise="10.7" case="layers of other shapes" points=2 hint="uneven and one-sided weights: mean and threshold are of |w|"
shown = [*ternarize(randn(50) ** 3), *ternarize(-rand(7, 9) - 0.1), *ternarize(randn(4, 5) + 2)]
show(*shown)

# %% exercise="10.7" case="equal weights, zeros, one weight" points=2 hint="equal weights all stay, one that equals delta goes; for zeros t and scale are 0"
size = rand(1) + 0.5
sign = torch.where(randn(12) > 0, size, -size)
at_delta = tensor([7.0, -13.0, -7.0, 13.0]) * 2.0 ** (seed % 5)
show(
    *ternarize(at_delta),
    *ternarize(sign),
    *ternarize(torch.zeros(5)),
    *ternarize(size),
    *ternarize(torch.cat([sign, torch.zeros(6)])),
)

# %% exercise="10.7" case="double precision, not contiguous" points=1 hint="float64 stays float64, but t is int8; a transposed input"
w = randn(8, 6, dtype=torch.float64).t()[::2]
show(*ternarize(w), ternarize(w * 1e-12)[2])

# %% exercise="10.7" case="gradients of the scales" points=3 hint="ttq_gradients: the sum over t = 1 for w_p, minus that over t = -1 for w_n; the inputs stay as they are"
t = (randn(5, 8) * 0.9).round().clamp(-1, 1).to(torch.int8)
for i in range(2):
    g, w_p, w_n = randn(5, 8, seed=seed + i + 1), rand(1, seed=seed + 5)[0] + 0.3, rand(1, seed=seed + 6)[0] + 1
    g_p, g_n, latent = ttq_gradients(g, t, w_p, w_n)
    show(torch.stack([torch.as_tensor(g_p), torch.as_tensor(g_n)]), latent, g, t)

# %% exercise="10.7" case="gradients of the latent weight" points=3 hint="times w_p where t = 1, times w_n where t = -1, unchanged where t = 0; convolution weights"
t, g = (randn(4, 3, 3, 3)).round().clamp(-1, 1).to(torch.int8), randn(4, 3, 3, 3, seed=seed + 1, dtype=torch.float64)
w_p, w_n = tensor(0.2, dtype=torch.float64), tensor(7.0, dtype=torch.float64)
show(*ttq_gradients(g, t, w_p, w_n)[2:], *ttq_gradients(g, -t, w_n, w_p), w_p, w_n)

# %% exercise="10.7" case="no weight of a kind" points=2 hint="where no t is 1, or none is -1, or all are 0, the scale's gradient is 0"
t, g, w_p, w_n = (rand(9) > 0.4).to(torch.int8), randn(9, seed=seed + 1), tensor(0.5), tensor(3.0)
show(*[part for kind in (t, -t, 0 * t) for part in ttq_gradients(g, kind, w_p, w_n)])

# %% wrong="The gradient is that of plain rounding, 0: nothing is ever learned through it."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        return torch.zeros_like(grad), None, None, None, None


# %% wrong="The gradient passes everywhere, also where the integer is clipped."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        return grad, None, None, None, None


# %% wrong="Forward returns the integers; asked for are the numbers that they stand for."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return q.clamp(qmin, qmax)

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The zero point is not subtracted again: everything is shifted by scale * zero_point."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return q.clamp(qmin, qmax) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The values are not clamped: integers beyond qmin and qmax come out."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The clamp comes before the zero point is added, so that the range is shifted by it."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round()
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return q.clamp(qmin, qmax) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The gradient passes only strictly between qmin and qmax: the outermost integers are in range too."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q > qmin) & (q < qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The gradient asks for x between the outermost levels; a value beyond them that rounds to one of them is in range."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        low, high = (qmin - zero_point) * scale, (qmax - zero_point) * scale
        ctx.save_for_backward((x >= low) & (x <= high))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The gradient is 1 or 0; what comes from above has to be multiplied in."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return inside.to(grad.dtype), None, None, None, None


# %% wrong="The gradient is divided by the scale, as if rounding alone had been made."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax), torch.as_tensor(scale))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        inside, scale = ctx.saved_tensors
        return grad * inside / scale, None, None, None, None


# %% wrong="floor rounds down; round goes to the nearest integer."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).floor() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The mask is upside down: gradients pass where it clips."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x / scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * ~inside, None, None, None, None


# %% wrong="x is multiplied by the scale and divided by it again: a step is `scale` wide, so it is the other way around."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = (x * scale).round() + zero_point
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) / scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% wrong="The values are clamped and rounded in place: the caller's x changes."
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        q = x.div_(scale).round_().add_(zero_point)
        ctx.save_for_backward((q >= qmin) & (q <= qmax))
        return (q.clamp(qmin, qmax) - zero_point) * scale

    @staticmethod
    def backward(ctx, grad):
        (inside,) = ctx.saved_tensors
        return grad * inside, None, None, None, None


# %% right="the mask from comparing before and after the clamp"
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        integers = torch.round(x / scale) + zero_point
        clipped = torch.clamp(integers, qmin, qmax)
        ctx.save_for_backward(integers == clipped)
        return scale * (clipped - zero_point)

    @staticmethod
    def backward(ctx, grad):
        mask = ctx.saved_tensors[0]
        return torch.where(mask, grad, torch.zeros_like(grad)), None, None, None, None


# %% right="the integers are found again in backward"
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        ctx.save_for_backward(x, torch.as_tensor(scale), torch.as_tensor(zero_point))
        ctx.limits = qmin, qmax
        q = (torch.round(x / scale) + zero_point).clamp(min=qmin).clamp(max=qmax)
        return q.sub(zero_point).mul(scale)

    @staticmethod
    def backward(ctx, grad):
        x, scale, zero_point = ctx.saved_tensors
        qmin, qmax = ctx.limits
        q = torch.round(x / scale) + zero_point
        outside = (q < qmin) | (q > qmax)
        return grad.masked_fill(outside, 0), None, None, None, None


# %% right="a float mask, and limits less the zero point"
class FakeQuantize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, scale, zero_point, qmin, qmax):
        low, high = qmin - zero_point, qmax - zero_point
        q = (x / scale).round()
        ctx.mask = ((q >= low) * (q <= high)).to(x.dtype)
        return (
            torch.minimum(torch.maximum(q, torch.as_tensor(low, dtype=q.dtype)), torch.as_tensor(high, dtype=q.dtype))
            * scale
        )

    @staticmethod
    def backward(ctx, grad):
        return grad * ctx.mask, None, None, None, None

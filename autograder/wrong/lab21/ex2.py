# %% wrong="Each input channel has a scale of its own: it stands inside the sum and cannot be taken out of an integer product."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=0)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(-1, 1)
    q_x, q_w = quant.quantize(x, sx, 0, -127, 127), quant.quantize(w, sw, 0, -127, 127)
    return (q_x * sx) @ (q_w * sw).T


# %% wrong="One scale for x whatever is asked for: 'token' gives each row its own."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(1, -1)
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw.T, 0, -127, 127).T) * sx * sw


# %% wrong="One scale for w whatever is asked for: 'channel' gives each row its own."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None)
    sw = quant.symmetric_scale(w, 8)
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw, 0, -127, 127).T) * sx * sw


# %% wrong="A scale a token is used by default: one scale for x is asked for."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(1, -1)
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw.T, 0, -127, 127).T) * sx * sw


# %% wrong="The largest signed value counts, not the largest size: negative peaks are cut off."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)

    def scale(v, rows):
        top = v.amax(1, keepdim=True) if rows else v.amax().reshape(1, 1)
        return torch.where(top > 0, top / 127, 1.0)

    sx, sw = scale(x, activations == "token"), scale(w, weights == "channel")
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw, 0, -127, 127).T) * sx * sw.T


# %% wrong="The scale divides by 128: the range is restricted to -127..127."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)

    def scale(v, rows):
        top = v.abs().amax(1, keepdim=True) if rows else v.abs().amax().reshape(1, 1)
        return torch.where(top > 0, top / 128, 1.0)

    sx, sw = scale(x, activations == "token"), scale(w, weights == "channel")
    return (quant.quantize(x, sx, 0, -128, 127) @ quant.quantize(w, sw, 0, -128, 127).T) * sx * sw.T


# %% wrong="Integers are cut off, not rounded to the nearest."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None).reshape(-1, 1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(-1, 1)
    return ((x / sx).to(torch.int32) @ (w / sw).to(torch.int32).T) * sx * sw.T


# %% wrong="The integers are multiplied and never scaled back."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None).reshape(-1, 1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(-1, 1)
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw, 0, -127, 127).T).to(x.dtype)


# %% wrong="Only x's scale is taken back at the end, w's is forgotten."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None).reshape(-1, 1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(-1, 1)
    return (quant.quantize(x, sx, 0, -127, 127) @ quant.quantize(w, sw, 0, -127, 127).T) * sx


# %% wrong="Weights stay in floats: both factors have to be 8-bit integers."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None)
    return (quant.quantize(x, sx, 0, -127, 127) * sx) @ w.T


# %% wrong="Nothing is quantized: this is the exact product."
def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    return x @ w.T


# %% wrong="The products are summed in 8 bits, where they overflow: int32 is asked for."
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError(activations, weights)
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None).reshape(-1, 1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).reshape(-1, 1)
    q_x, q_w = (quant.quantize(v, s, 0, -127, 127).to(torch.int8) for v, s in ((x, sx), (w, sw)))
    return (q_x @ q_w.T) * sx * sw.T


# %% right="scales by hand, the product as an integer einsum"
def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token"):
        raise ValueError(f"activations {activations!r}")
    if weights not in ("tensor", "channel"):
        raise ValueError(f"weights {weights!r}")

    def integers(v, rows):
        largest = v.abs().max(dim=1, keepdim=True).values if rows else v.abs().max().reshape(1, 1)
        scale = torch.where(largest == 0, torch.ones_like(largest), largest / 127)
        return torch.clamp(torch.round(v / scale), -127, 127).to(torch.int64), scale

    q_x, x_scale = integers(x, activations == "token")
    q_w, w_scale = integers(w, weights == "channel")
    return torch.einsum("ti,oi->to", q_x, q_w) * (x_scale * w_scale.reshape(1, -1))


# %% right="integers held in float64, where every sum of them is exact"
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    dims = {"tensor": None, "token": 1}, {"tensor": None, "channel": 1}
    if activations not in dims[0] or weights not in dims[1]:
        raise ValueError("unknown granularity")
    sx = quant.symmetric_scale(x, 8, dim=dims[0][activations])
    sw = quant.symmetric_scale(w, 8, dim=dims[1][weights])
    product = quant.quantize(x, sx, 0, -127, 127).double() @ quant.quantize(w, sw, 0, -127, 127).double().T
    return (product * sx * sw.reshape(1, -1)).to(x.dtype)


# %% right="row by row, each pair of a token and an output by itself"
from effdl import quant


def w8a8_linear(x, w, activations="tensor", weights="channel"):
    if activations not in ("tensor", "token") or weights not in ("tensor", "channel"):
        raise ValueError("unknown word")
    sx = quant.symmetric_scale(x, 8, dim=1 if activations == "token" else None).expand(len(x), 1)
    sw = quant.symmetric_scale(w, 8, dim=1 if weights == "channel" else None).expand(len(w), 1)
    rows = []
    for token, scale in zip(quant.quantize(x, sx, 0, -127, 127), sx, strict=True):
        rows.append((quant.quantize(w, sw, 0, -127, 127) * token).sum(1) * scale * sw[:, 0])
    return torch.stack(rows)

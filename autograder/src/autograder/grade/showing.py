"""The half of the harness that turns values into JSON; it is sent as text before `harness.py`, as one with it."""

import math

import numpy as np
import torch

MAX_VALUES = 200_000
MAX_TEXT = 10_000
MAX_DEPTH = 8
PLAIN = (torch.dtype, torch.device, np.dtype)


class CaseTimeout(BaseException):
    """A case ran longer than it may."""


class Forbidden(Exception):
    """The answer called what its exercise forbids."""


class Raised:
    """What `raises` saw: the class of an exception and of its bases, none if nothing was raised."""

    def __init__(self, names):
        self.names = names


def raises(function, *args, **kwargs):
    """Call `function`; the result, when shown, is the class of the exception that it raised."""
    try:
        function(*args, **kwargs)
    except CaseTimeout:
        raise
    except Exception as problem:
        return Raised([base.__name__ for base in type(problem).__mro__])
    return Raised([])


class Shown:
    """The values that one case has shown, as JSON; bounded in number, length and depth."""

    def __init__(self):
        self.items, self.left = [], MAX_VALUES

    def show(self, *values):
        for value in values:
            self.items.append(self.encode(value, MAX_DEPTH))

    def spend(self, count):
        self.left -= count
        if self.left < 0:
            raise ValueError(f"more than {MAX_VALUES} values shown")

    def encode(self, value, depth):
        self.spend(1)
        if depth == 0:
            raise ValueError(f"values nested deeper than {MAX_DEPTH}")
        if value is None or type(value) in (bool, int, float, str):
            return self.scalar(value)
        if isinstance(value, (torch.Tensor, np.ndarray, np.generic)):
            return self.array(value)
        if isinstance(value, Raised):
            return {"kind": "raised", "names": value.names}
        if isinstance(value, (list, tuple)):
            return {"kind": "list", "items": [self.encode(item, depth - 1) for item in value]}
        if isinstance(value, dict):
            pairs = [[self.encode(key, 1), self.encode(item, depth - 1)] for key, item in value.items()]
            return {"kind": "dict", "pairs": pairs}
        if isinstance(value, PLAIN):
            return self.scalar(str(value))
        return {"kind": "object", "type": type(value).__name__}

    def scalar(self, value):
        if isinstance(value, float) and not math.isfinite(value):
            return {"kind": "scalar", "type": "float", "value": repr(value)}
        if isinstance(value, (str, int)) and not isinstance(value, bool) and len(str(value)) > MAX_TEXT:
            raise ValueError("a text or number too long to be shown")
        return {"kind": "scalar", "type": type(value).__name__, "value": value}

    def array(self, value):
        if isinstance(value, torch.Tensor):
            if value.layout is not torch.strided or value.is_quantized or value.is_meta:
                return {"kind": "object", "type": f"{value.layout} tensor"}
            self.spend(value.numel())
            name, value = str(value.dtype).removeprefix("torch."), value.detach().cpu().resolve_conj()
            if value.is_floating_point() and value.dtype is not torch.float64:
                value = value.float()
            value = value.numpy()
        else:
            value = np.asarray(value)
            self.spend(value.size)
            name = value.dtype.name
        if value.dtype.kind not in "biufc":
            return {"kind": "object", "type": f"array of {name}"}
        shape, value = list(value.shape), value.reshape(-1)
        if value.dtype.kind == "c":
            value = np.stack([value.real, value.imag], -1).reshape(-1)
        values = value.tolist()
        if value.dtype.kind in "fc" and not np.isfinite(value).all():
            values = [item if math.isfinite(item) else repr(item) for item in values]
        return {"kind": "array", "dtype": name, "shape": shape, "values": values}


class Silence:
    """A file that swallows what is written to it: what an answer prints is nobody's result."""

    encoding = "utf-8"

    def write(self, text):
        return len(text)

    def flush(self):
        pass

    def isatty(self):
        return False

# %% wrong="w is not turned: neuron o has row o of w, so x (n, ci) meets w transposed, (ci, co)."
def linear_forward(x, w, b=None):
    y = x @ w
    return y if b is None else y + b


# %% wrong="b is added along the batch: it has one entry for each neuron, not for each example."
def linear_forward(x, w, b=None):
    y = x @ w.T
    return y if b is None else y + b[:, None]


# %% wrong="The bias is forgotten."
def linear_forward(x, w, b=None):
    return x @ w.T


# %% wrong="b may be None: then nothing is added."
def linear_forward(x, w, b=None):
    return x @ w.T + b


# %% wrong="reshape does not turn a matrix: it reads the same numbers in another grid."
def linear_forward(x, w, b=None):
    y = x @ w.reshape(w.shape[1], w.shape[0])
    return y if b is None else y + b


# %% wrong="The result lies on its side, (co, n): examples come first."
def linear_forward(x, w, b=None):
    y = w @ x.T
    return y if b is None else y + b[:, None]


# %% wrong="The bias is subtracted; a cell body adds it."
def linear_forward(x, w, b=None):
    y = x @ w.T
    return y if b is None else y - b


# %% wrong="ReLU is applied already: asked for are the sums of the cell bodies."
def linear_forward(x, w, b=None):
    y = x @ w.T
    return (y if b is None else y + b).relu()


# %% wrong="t_ works in place: the weight of the caller is turned."
def linear_forward(x, w, b=None):
    y = x @ w.t_()
    return y if b is None else y + b


# %% wrong="The result is always single precision; it has the dtype of x."
def linear_forward(x, w, b=None):
    y = torch.zeros(len(x), len(w))
    y[:] = x @ w.T
    return y if b is None else y + b.float()


# %% wrong="This is the mean over the inputs; a cell body sums."
def linear_forward(x, w, b=None):
    y = x @ w.T / x.shape[1]
    return y if b is None else y + b


# %% right="two loops, neuron by neuron"
import torch


def linear_forward(x, w, b=None):
    y = torch.zeros(x.shape[0], w.shape[0], dtype=x.dtype)
    for i in range(x.shape[0]):
        for o in range(w.shape[0]):
            y[i, o] = (x[i] * w[o]).sum()
            if b is not None:
                y[i, o] += b[o]
    return y


# %% right="einsum"
import torch


def linear_forward(x, w, b=None):
    bias = 0 if b is None else b
    return torch.einsum("nc,oc->no", x, w) + bias


# %% right="NumPy"
import torch


def linear_forward(x, w, b=None):
    y = x.numpy().dot(w.numpy().transpose())
    if b is not None:
        y = y + b.numpy()
    return torch.from_numpy(y)

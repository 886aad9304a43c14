# %% wrong="The dropped channels are set to zero, but the kept ones are not fitted anew."
def refit(x, y, w, keep):
    return w * keep[:, None]


# %% wrong="All channels are fitted and some dropped afterwards; the fit must know the kept inputs alone."
def refit(x, y, w, keep):
    solution = torch.linalg.pinv(x.flatten(1)) @ y
    return solution.T.reshape(w.shape) * keep[:, None]


# %% wrong="Channels and outputs are mixed up: the solution (kept * k, co) must be transposed before it is reshaped."
def refit(x, y, w, keep):
    solution = torch.linalg.pinv(x[:, keep].flatten(1)) @ y
    refitted = torch.zeros_like(w)
    refitted[:, keep] = solution.reshape(w.shape[0], -1, w.shape[2])
    return refitted


# %% wrong="The dropped channels keep their old weights; they must be zero."
def refit(x, y, w, keep):
    solution = torch.linalg.pinv(x[:, keep].flatten(1)) @ y
    refitted = w.clone()
    refitted[:, keep] = solution.T.reshape(w.shape[0], -1, w.shape[2])
    return refitted


# %% wrong="Each kept channel gets one factor; every weight of it is free."
def refit(x, y, w, keep):
    parts = torch.einsum("nck,ock->noc", x, w)[:, :, keep].flatten(0, 1)
    factors = torch.zeros(len(keep), dtype=w.dtype)
    factors[keep] = (torch.linalg.pinv(parts) @ y.flatten()[:, None]).flatten()
    return w * factors[:, None]


# %% wrong="The means are taken off before the fit, as for a layer with a bias; there is none here."
def refit(x, y, w, keep):
    inputs = x[:, keep].flatten(1)
    solution = torch.linalg.pinv(inputs - inputs.mean(0)) @ (y - y.mean(0))
    refitted = torch.zeros_like(w)
    refitted[:, keep] = solution.T.reshape(w.shape[0], -1, w.shape[2])
    return refitted


# %% wrong="A penalty is added to the diagonal: this is ridge regression and shrinks the weights."
def refit(x, y, w, keep):
    inputs = x[:, keep].flatten(1)
    gram = inputs.T @ inputs + torch.eye(inputs.shape[1], dtype=w.dtype)
    refitted = torch.zeros_like(w)
    refitted[:, keep] = torch.linalg.solve(gram, inputs.T @ y).T.reshape(w.shape[0], -1, w.shape[2])
    return refitted


# %% wrong="X^T X has no inverse for few samples or a channel of zeros: the smallest solution is asked for."
def refit(x, y, w, keep):
    inputs = x[:, keep].flatten(1)
    refitted = torch.zeros_like(w)
    solution = torch.linalg.inv(inputs.T @ inputs) @ inputs.T @ y
    refitted[:, keep] = solution.T.reshape(w.shape[0], -1, w.shape[2])
    return refitted


# %% wrong="The old weights are corrected by the fit of what is missing: among many best ones this is not the smallest."
def refit(x, y, w, keep):
    old = w * keep[:, None]
    missing = y - torch.einsum("nck,ock->no", x, old)
    refitted = torch.zeros_like(w)
    solution = torch.linalg.pinv(x[:, keep].flatten(1)) @ missing
    refitted[:, keep] = solution.T.reshape(w.shape[0], -1, w.shape[2])
    return old + refitted


# %% wrong="The dropped channels are missing from the result; they stay, with zeros."
def refit(x, y, w, keep):
    solution = torch.linalg.pinv(x[:, keep].flatten(1)) @ y
    return solution.T.reshape(w.shape[0], -1, w.shape[2])


# %% wrong="The new weights are written into w itself."
def refit(x, y, w, keep):
    solution = torch.linalg.pinv(x[:, keep].flatten(1)) @ y
    w[:, keep] = solution.T.reshape(w.shape[0], -1, w.shape[2])
    w[:, ~keep] = 0
    return w


# %% right="LAPACK's gelsd on inputs whose dropped channels are zero: the smallest solution leaves them zero"
def refit(x, y, w, keep):
    inputs = (x * keep[:, None]).flatten(1)
    solution = torch.linalg.lstsq(inputs, y, driver="gelsd").solution
    return solution.T.reshape(w.shape) * keep[:, None]


# %% right="NumPy's lstsq"
import numpy as np
import torch


def refit(x, y, w, keep):
    n, ci, k = x.shape
    kept = keep.numpy()
    solution, *_ = np.linalg.lstsq(x.numpy()[:, kept].reshape(n, -1), y.numpy(), rcond=None)
    refitted = np.zeros((y.shape[1], ci, k), dtype=w.numpy().dtype)
    refitted[:, kept] = solution.T.reshape(y.shape[1], -1, k)
    return torch.from_numpy(refitted)


# %% right="a singular value decomposition, one output channel at a time"
def refit(x, y, w, keep):
    inputs = x[:, keep].flatten(1)
    u, s, vh = torch.linalg.svd(inputs, full_matrices=False)
    large = s > s.max() * max(inputs.shape) * torch.finfo(s.dtype).eps
    refitted = torch.zeros_like(w)
    for channel in range(w.shape[0]):
        coefficients = torch.where(large, (u.T @ y[:, channel]) / torch.where(large, s, 1.0), 0.0)
        refitted[channel, keep] = (vh.T @ coefficients).reshape(-1, w.shape[2])
    return refitted

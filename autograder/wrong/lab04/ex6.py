# %% wrong="The projection is that of W; it is that of W + U."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = w * pruning.mask_from_scores(w.abs(), sparsity)
    return z, target - z


# %% wrong="The places are chosen by |W|; they are those where |W + U| is largest."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(w.abs(), sparsity)
    return z, target - z


# %% wrong="Z holds W at the chosen places; it holds W + U."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = w * pruning.mask_from_scores(target.abs(), sparsity)
    return z, target - z


# %% wrong="U is replaced by W - Z; the difference is added to the old U."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, w - z


# %% wrong="The sign is wrong: the new U is U + W - Z."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, u + z - w


# %% wrong="U stays as it was."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, u


# %% wrong="The signed entries are ranked: large negative ones have to stay too."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target, sparsity)
    return z, target - z


# %% wrong="The sparsity is read as the share that stays."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), 1 - sparsity)
    return z, target - z


# %% wrong="The smallest entries stay."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(-target.abs(), sparsity)
    return z, target - z


# %% wrong="W - U is projected; it is W + U."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w - u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, target - z


# %% wrong="Everything is shrunk by the threshold (soft thresholding); the projection keeps large entries whole."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    z = z.sign() * (z.abs() - z.abs()[z != 0].min() if z.any() else z)
    return z, target - z


# %% wrong="The mask is by a threshold that equal entries share: too many stay."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    n_keep = int(target.numel() * (1 - sparsity))
    sizes = target.abs().flatten().sort(descending=True).values
    z = target * (target.abs() >= sizes[max(n_keep - 1, 0)])
    return z, u + w - z


# %% wrong="u is added to w in place: the caller's weights change."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w.add_(u)
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return z, target - z


# %% wrong="The two results are in the other order: first Z, then U."
from effdl import pruning


def admm_step(w, u, sparsity):
    target = w + u
    z = target * pruning.mask_from_scores(target.abs(), sparsity)
    return target - z, z


# %% right="topk and scatter"
from effdl import pruning


def admm_step(w, u, sparsity):
    v = (w + u).flatten()
    kept = v.abs().topk(round(v.numel() * (1 - sparsity))).indices
    z = torch.zeros_like(v).scatter(0, kept, v[kept]).reshape(w.shape)
    return z, u + (w - z)


# %% right="sorting, a list as result"
from effdl import pruning


def admm_step(w, u, sparsity):
    z = u + w
    n_zero = z.numel() - round(z.numel() * (1 - sparsity))
    flat = z.reshape(-1).clone()
    flat[flat.abs().argsort()[:n_zero]] = 0
    z = flat.view_as(w)
    return [z, u + w - z]

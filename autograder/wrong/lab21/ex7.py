# %% wrong="x is not divided by s: the product is then another one."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The error of the weights is searched: what counts is the error of the output."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, best = x.abs().mean(0).clamp(min=1e-4), (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (pseudo_quantize(w * s) / s - w).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The scales follow the largest |x|: the mean over tokens is asked for."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().amax(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The scales follow the weights' size: activations say what is salient."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = w.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="s is not divided by sqrt(max(s) min(s))."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="s is divided by its largest value: by sqrt(max(s) min(s)) is asked for."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / s.max()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The worst alpha comes back: the loss has to be least."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (-1.0, None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = max(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The last s comes back, not that of the best alpha."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid), key=lambda row: row[0])
    return best[1], s


# %% wrong="The grid has n_grid - 1 steps: alpha = k / n_grid."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 2):
        s = size ** (k / (n_grid + 1))
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / (n_grid + 1), s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="x is multiplied and w divided: the salient weights become smaller, not larger."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.abs().mean(0).clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = ((x * s) @ pseudo_quantize(w / s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="The signed mean of x: signs cancel, its size is asked for."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    size, y, best = x.mean(0).abs().clamp(min=1e-4), x @ w.T, (float("inf"), None, None)
    for k in range(n_grid + 1):
        s = size ** (k / n_grid)
        s = s / (s.max() * s.min()).sqrt()
        loss = (x / s @ pseudo_quantize(w * s).T - y).square().mean().item()
        best = min(best, (loss, k / n_grid, s), key=lambda row: row[0])
    return best[1], best[2]


# %% wrong="Nothing is searched: alpha is fixed at 1/2."
def awq_search(x, w, pseudo_quantize, n_grid=20):
    s = x.abs().mean(0).clamp(min=1e-4) ** 0.5
    return 0.5, s / (s.max() * s.min()).sqrt()


# %% right="all candidates first, then the least loss"
def awq_search(x, w, pseudo_quantize, n_grid=20):
    mean = torch.clamp(x.abs().sum(0) / len(x), min=1e-4)
    alphas = [k / n_grid for k in range(n_grid + 1)]
    scales = [mean**alpha / torch.sqrt((mean**alpha).max() * (mean**alpha).min()) for alpha in alphas]
    losses = [((x / s) @ pseudo_quantize(w * s).T - x @ w.T).pow(2).mean().item() for s in scales]
    best = losses.index(min(losses))
    return alphas[best], scales[best]


# %% right="the division moved to the rounded weights, losses as sums"
def awq_search(x, w, pseudo_quantize, n_grid=20):
    mean = x.abs().mean(dim=0)
    mean = torch.where(mean < 1e-4, torch.full_like(mean, 1e-4), mean)
    best = None
    for k in range(n_grid + 1):
        s = mean ** (k / n_grid)
        s = s / s.max().sqrt() / s.min().sqrt()
        change = pseudo_quantize(w * s) / s - w
        loss = ((x @ change.T) ** 2).sum().item()
        if best is None or loss < best[0]:
            best = (loss, k / n_grid, s)
    return best[1:]

# %% wrong="The rows of lowest value are the elite; asked for are the highest."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite, largest=False).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The mean is that of all rows, not of the elite."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = rows.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The spread stays as it was: the next round draws with the elite's standard deviation."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean = elite.mean(0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The standard deviation divides by n_elite - 1; asked for is n_elite."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0).nan_to_num()
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="This is the variance; its root is the standard deviation."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.var(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="One mean for all entries: each entry has its own."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean().expand(len(mean)), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="Every round draws around the first mean."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    first = mean
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(first, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            first = mean
    best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The best row is that of the last round; a better one may have come before."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if True:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The last mean is returned as the best; the best is a row that was drawn."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, mean


# %% wrong="The best row is the first of the elite of round one."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if highest == -math.inf:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The search ends a round too early."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds - 1):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The mean moves only half of the way to the elite's."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = (mean + elite.mean(0)) / 2, elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The elite is half of the rows, whatever n_elite is."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk((len(rows) + 1) // 2).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The mean of the elite is weighted by the values; each row of the elite counts alike."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = (
            (values.topk(n_elite).values.softmax(0)[:, None] * elite).sum(0).to(rows.dtype),
            elite.std(0, correction=0),
        )
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% wrong="The two results are in the other order: first the mean, then the best row."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return best, mean


# %% wrong="The rows are drawn with the variance as spread: pass std as it is."
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best, highest = mean, -math.inf
    for _ in range(rounds):
        rows = draw(mean, std**2)
        values = torch.tensor([value(row) for row in rows], dtype=torch.float64)
        elite = rows[values.topk(n_elite).indices]
        mean, std = elite.mean(0), elite.std(0, correction=0)
        if values.max() > highest:
            best, highest = rows[values.argmax()], values.max()
    return mean, best


# %% right="sorted pairs, a plain loop for mean and spread"
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    best = None
    for _ in range(rounds):
        pairs = [(value(row), -i, row) for i, row in enumerate(draw(mean, std))]
        top = max(pairs, key=lambda pair: pair[:2])
        if best is None or top[0] > best[0]:
            best = top
        elite = [pair[2] for pair in sorted(pairs, key=lambda pair: -pair[0])[:n_elite]]
        mean = sum(elite) / n_elite
        std = (sum((row - mean) ** 2 for row in elite) / n_elite).sqrt()
    return mean, best[2]


# %% right="all rows remembered, the best one found at the end"
def cross_entropy_search(value, draw, mean, std, *, rounds, n_elite):
    seen, worth = [], []
    for _ in range(rounds):
        rows = draw(mean, std)
        now = [float(value(row)) for row in rows]
        seen += list(rows)
        worth += now
        order = sorted(range(len(now)), key=now.__getitem__, reverse=True)[:n_elite]
        mean, std = rows[order].mean(dim=0), rows[order].var(dim=0, unbiased=False).sqrt()
    return mean, seen[worth.index(max(worth))]

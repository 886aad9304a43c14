# %% wrong="The mean is returned for the median: one slow sample moves it."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(kept.mean()), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Warm-up is cut off after sorting: the fastest samples go, not the first."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float))[n_warmup:]
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Warm-up is not left out."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float))
    n = len(kept) if n_warmup < len(kept) - 5 else 0
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="The interval is that of the quartiles: half of the samples lie there, which says little about the median."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(q1), float(q3), int(outside.sum()))


# %% wrong="The interval is mean plus or minus 1.96 standard errors: that is for the mean of a bell curve."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(
        float(median), *(float(kept.mean() + z * kept.std(ddof=1) / n**0.5) for z in (-1.96, 1.96)), int(outside.sum())
    )


# %% wrong="The interval holds 95 % of the samples; asked for is where the median lies."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), *map(float, np.quantile(kept, [0.025, 0.975])), int(outside.sum()))


# %% wrong="5 % on each side make 90 % together; it is 2.5 % on each side."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.05).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="The r-th smallest has the index r - 1, the r-th largest n - r."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r]), float(kept[n - r - 1]), int(outside.sum()))


# %% wrong="r is one too small: the chance of fewer than r heads is that of r - 1 or fewer."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = max(1, int((heads <= 0.025).sum()) - 1)
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Outliers below are not counted."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = kept > q3 + reach
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Outliers are counted from the median; the distance starts at the quartiles."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = abs(kept - median) > reach
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Outliers are samples beyond three standard deviations; asked for is 1.5 times the quartiles' distance."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = abs(kept - kept.mean()) > 3 * kept.std()
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="Outliers are removed from the samples; they are counted, and stay."
def summarize(samples, n_warmup=0):
    kept = np.sort(np.asarray(samples, dtype=float)[n_warmup:])
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    kept = kept[~outside]
    median, n = np.median(kept), len(kept)
    r = int((np.cumsum([math.comb(n, k) / 2**n for k in range(n)]) <= 0.025).sum())
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% wrong="The samples are sorted in place: the input is no longer in the order of time."
def summarize(samples, n_warmup=0):
    samples[n_warmup:] = sorted(samples[n_warmup:])
    kept = np.array(samples[n_warmup:], dtype=float)
    n = len(kept)
    if n < 6:
        raise ValueError(n)
    heads = np.cumsum([math.comb(n, k) / 2**n for k in range(n)])
    r = int((heads <= 0.025).sum())
    q1, median, q3 = np.quantile(kept, [0.25, 0.5, 0.75])
    reach = 1.5 * (q3 - q1)
    outside = (kept < q1 - reach) | (kept > q3 + reach)
    return Summary(float(median), float(kept[r - 1]), float(kept[n - r]), int(outside.sum()))


# %% right="SciPy's binomial distribution, Python's sorted list"
def summarize(samples, n_warmup=0):
    from scipy import stats

    kept = sorted(float(sample) for sample in list(samples)[n_warmup:])
    n = len(kept)
    r = int(stats.binom.ppf(0.025, n, 0.5)) if n else 0
    if stats.binom.cdf(r, n, 0.5) <= 0.025:
        r += 1
    if r < 1 or n < 6:
        raise ValueError("too few samples")
    q1, q3 = np.percentile(kept, 25), np.percentile(kept, 75)
    n_outliers = sum(x < q1 - 1.5 * (q3 - q1) or x > q3 + 1.5 * (q3 - q1) for x in kept)
    return Summary(np.median(kept), kept[r - 1], kept[-r], n_outliers)


# %% right="a loop that adds up chances, a plain tuple"
def summarize(samples, n_warmup=0):
    kept = torch.as_tensor(np.array(samples, dtype=float)[n_warmup:]).sort().values
    n, r, chance = len(kept), 0, 0
    while 40 * (chance + math.comb(n, r)) <= 2**n:
        chance += math.comb(n, r)
        r += 1
    if r == 0:
        raise ValueError("no interval")
    q1, median, q3 = (torch.quantile(kept, share).item() for share in (0.25, 0.5, 0.75))
    far = 1.5 * (q3 - q1)
    n_outliers = int(((kept < q1 - far) | (kept > q3 + far)).sum())
    return median, kept[r - 1].item(), kept[n - r].item(), n_outliers

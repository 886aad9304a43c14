# %% role="setup" memory_mib=2048 cpu_s=20
zero_row = torch.zeros(1, 6)


# %% role="judge"
def keeps_the_highest(got, ref):
    (scores, mask), (_, want) = got, ref
    mask = np.asarray(mask)
    if mask.dtype != bool or mask.shape != np.asarray(scores).shape or mask.sum() != np.asarray(want).sum():
        return 0.0
    return float(np.asarray(scores)[mask].min() >= np.asarray(scores)[~mask].max())


# %% exercise="99.1" case="random rows" points=20 hint="divide the largest magnitude by the largest integer"
show(row_scales(randn(7, 6), bits=4), row_scales(randn(5, 9, seed=seed + 1), bits=8))

# %% exercise="99.1" case="a row of zeros" points=8 hint="a row of zeros gets scale 1"
show(row_scales(torch.cat([randn(3, 6), zero_row]), bits=5))

# %% exercise="99.1" case="one bit" points=4 hint="fewer than 2 bits raise ValueError"
show(raises(row_scales, randn(2, 3), bits=1), row_scales(randn(2, 3), bits=2))

# %% exercise="99.1" case="double precision" points=8 hint="precision and input stay"
w = randn(4, 5, dtype=torch.float64)
show(row_scales(w, bits=6), w)

# %% exercise="99.2" case="random scores" points=15 hint="the highest scores are kept"
show(top_mask(randn(40), 13))

# %% exercise="99.2" case="ties" points=15 hint="exactly n_keep are kept" judge="keeps_the_highest"
scores = (rand(60) * 5).floor()
show(scores, top_mask(scores, 31))

# %% exercise="99.3" case="a few values" points=15 hint="the mean of all values added"
running, seen = RunningMean(), []
for value in randn(9).tolist():
    running.add(value)
    seen.append(running.mean())
show(seen)

# %% exercise="99.3" case="nothing added" points=15 hint="the mean of nothing raises ValueError"
running = RunningMean()
before = raises(running.mean)
running.add(float(rand(1)))
show(before, [running.mean(), running.count])

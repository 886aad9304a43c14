# %% wrong="Filters are stored from the one with the fewest kernels on; the longest come first."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Filters stay in their order; they are sorted by their number of kernels."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = torch.arange(len(w))
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="reorder says where each filter goes; asked for is which filter stands at each place."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder.argsort(), torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="offset counts the kernels of the filters as trained; it follows the order of storage."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths.cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="offset counts weights; it counts kernels."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad((lengths[reorder] * int(patterns[0].sum())).cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="offset lacks its last entry, the number of all kernels."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset[:-1], reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Kernels of a filter stay in the order of their channels; they are grouped by pattern."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        channels = pattern_of[filter].nonzero().flatten()
        index.append(channels)
        for c in channels.tolist():
            weight.append(w[filter, c][patterns[pattern_of[filter, c] - 1]][None])
        stride.append(
            [int(((pattern_of[filter] > 0) & (pattern_of[filter] <= p)).sum()) for p in range(len(patterns) + 1)]
        )
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    none = w.new_zeros(0, int(patterns[0].sum()))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat([none, *weight])


# %% wrong="stride holds the number of kernels of each pattern; it must be their running sum, from 0."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="stride runs on through all filters; it begins with 0 in each."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    last = 0
    for filter in reorder.tolist():
        starts = [last]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
        last = starts[-1]
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="stride lacks its first entry, 0."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts[1:])
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Patterns are counted from 0: pattern_of = p means patterns[p - 1]."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[(p + 1) % len(patterns)]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Weights are stored in the order of the filters as trained, not in that of storage."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[len(stride), channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Flipping an ascending order turns filters of equal length around; they keep their order."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(stable=True).flip(0)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Whole kernels are stored; only the kept weights are."
def fkw_encode(w, pattern_of, patterns):
    lengths = (pattern_of > 0).sum(1)
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        starts = [0]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels].flatten(1))
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% wrong="Dropped kernels are stored as pattern 0, in front of the others."
def fkw_encode(w, pattern_of, patterns):
    lengths = torch.full((len(w),), w.shape[1])
    reorder = lengths.argsort(descending=True, stable=True)
    index, stride, weight = [], [], []
    for filter in reorder.tolist():
        gone = (pattern_of[filter] == 0).nonzero().flatten()
        index.append(gone)
        weight.append(w.new_zeros(len(gone), int(patterns[0].sum())))
        starts = [len(gone)]
        for p in range(len(patterns)):
            channels = (pattern_of[filter] == p + 1).nonzero().flatten()
            index.append(channels)
            weight.append(w[filter, channels][:, patterns[p]])
            starts.append(starts[-1] + len(channels))
        stride.append(starts)
    offset = F.pad(lengths[reorder].cumsum(0), (1, 0))
    return offset, reorder, torch.cat(index), torch.tensor(stride), torch.cat(weight)


# %% right="sorted lists of (pattern, channel)"
def fkw_encode(w, pattern_of, patterns):
    co, ci = pattern_of.shape
    kernels = [sorted((int(p), c) for c, p in enumerate(row) if p) for row in pattern_of.tolist()]
    order = sorted(range(co), key=lambda f: -len(kernels[f]))
    offset = [0]
    stride, index, weight = [], [], [w.new_zeros(0, int(patterns[0].sum()))]
    for f in order:
        offset.append(offset[-1] + len(kernels[f]))
        stride.append([sum(p <= last for p, _ in kernels[f]) for last in range(len(patterns) + 1)])
        index += [c for _, c in kernels[f]]
        weight += [w[f, c][patterns[p - 1]][None] for p, c in kernels[f]]
    as_long = lambda numbers: torch.tensor(numbers, dtype=torch.int64)
    return as_long(offset), as_long(order), as_long(index), as_long(stride), torch.cat(weight)


# %% right="one sort of all kernels at once"
def fkw_encode(w, pattern_of, patterns):
    co, ci = pattern_of.shape
    counts = (pattern_of != 0).sum(1)
    order = torch.sort(-counts, stable=True).indices
    sorted_patterns = pattern_of[order]
    place, channel = sorted_patterns.nonzero(as_tuple=True)
    number = sorted_patterns[place, channel]
    by = (place * (len(patterns) + 1) + number).argsort(stable=True)
    place, channel, number = place[by], channel[by], number[by]
    per = torch.zeros(co, len(patterns) + 1, dtype=torch.int64)
    per.index_put_((place, number), torch.ones_like(place), accumulate=True)
    offset = torch.cat([torch.zeros(1, dtype=torch.int64), counts[order].cumsum(0)])
    kept = w[order[place], channel][patterns[number - 1]].reshape(len(place), int(patterns[0].sum()))
    return offset, order, channel, per.cumsum(1), kept

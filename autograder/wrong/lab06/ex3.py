# %% wrong="Rows are sorted from the shortest to the longest: the heavy ones come last and end late."
def row_swizzle(lengths):
    return lengths.argsort(stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Bundles are dealt to the workers in turn; the next one goes to whoever is free first."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = len(runs) % workers
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="A bundle takes as long as its rows together; they run in lock-step, so that the longest decides."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].sum())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="A bundle takes as long as its rows on average; it has to wait for the longest."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].float().mean())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="The order is not used: bundles are cut from the rows as they stand."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in torch.arange(len(order)).split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows.sort().values].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="The schedule sorts the rows itself; it has to take them in the order that it is given."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in lengths.argsort(descending=True, stable=True).split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Rows that fill no bundle are left out; the last bundle may hold fewer."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order[: len(order) // bundle * bundle].split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Of several free workers the one with the highest number is taken; it is the lowest."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = workers - 1 - free[::-1].index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Start and duration are returned; asked for are start and end."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker] - start])
    return torch.tensor(runs)


# %% wrong="Only the end of all is returned; asked for is one row for each bundle."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)[:, 2].max()


# %% wrong="The lengths come back sorted; asked for are row numbers."
def row_swizzle(lengths):
    return lengths.sort(descending=True, stable=True).values


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="The permutation is inverted: it says where each row goes; asked for is which row comes next."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True).argsort()


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Bundles take every second or third row of the order; they are neighbors in it."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in [order[i :: -(-len(order) // bundle)] for i in range(-(-len(order) // bundle))]:
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Each worker takes a block of consecutive bundles; the next bundle goes to whoever is free first."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = len(runs) * workers // -(-len(order) // bundle)
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Flipping an ascending order turns equal rows around; they keep their order."
def row_swizzle(lengths):
    return lengths.argsort(stable=True).flip(0)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in order.split(bundle):
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% wrong="Bundles are cut from the end of the order, so that the first one is the short one; the last one is."
def row_swizzle(lengths):
    return lengths.argsort(descending=True, stable=True)


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle, workers")
    free, runs = [0] * workers, []
    for rows in [part.flip(0) for part in order.flip(0).split(bundle)][::-1]:
        worker = free.index(min(free))
        start = free[worker]
        free[worker] = start + int(lengths[rows].max())
        runs.append([worker, start, free[worker]])
    return torch.tensor(runs)


# %% right="Python's sorted and a heap"
import heapq


def row_swizzle(lengths):
    return torch.tensor(sorted(range(len(lengths)), key=lambda row: -lengths[row].item()))


def schedule(lengths, order, bundle, workers):
    if min(bundle, workers) < 1:
        raise ValueError("at least one of each")
    queue, runs = [(0, worker) for worker in range(workers)], []
    for at in range(0, len(order), bundle):
        start, worker = heapq.heappop(queue)
        end = start + max(lengths[row].item() for row in order[at : at + bundle])
        runs.append((worker, start, end))
        heapq.heappush(queue, (end, worker))
    return torch.tensor(runs)


# %% right="NumPy's stable sort, tensors for the clocks"
import numpy as np


def row_swizzle(lengths):
    return torch.from_numpy(np.argsort(-lengths.numpy(), kind="stable"))


def schedule(lengths, order, bundle, workers):
    if bundle < 1 or workers < 1:
        raise ValueError("bundle and workers count from 1")
    clocks = torch.zeros(workers, dtype=torch.int64)
    n_bundle = (len(order) + bundle - 1) // bundle
    result = torch.zeros(n_bundle, 3, dtype=torch.int64)
    for i in range(n_bundle):
        free = (clocks == clocks.min()).nonzero()[0, 0]
        result[i, 0], result[i, 1] = free, clocks[free]
        clocks[free] += lengths[order[i * bundle : (i + 1) * bundle]].max()
        result[i, 2] = clocks[free]
    return result

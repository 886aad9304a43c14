# %% wrong="The queue never fills: a broadcast needs a free place in every queue."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="Everybody waits for the slowest each time; that is a queue of one place."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - 1].max()) if j else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="The activation at work takes no place here; it keeps its place until its last entry is done."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth - 1].max()) if j > fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="One place of the queue stays empty: it is full when it holds fifo_depth activations."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - max(fifo_depth - 1, 1)].max()) if j >= max(fifo_depth - 1, 1) else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="Several activations are broadcast in one cycle; at most one is."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast, place, 0)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, int(free.max())


# %% wrong="A broadcast waits for the first free queue; it needs a place in every queue."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].min()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="Only the queue of element 0 is looked at; all queues must have a place."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth, 0]) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="An activation without entries takes a cycle here; it takes none."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries.clamp(min=1)
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="An element begins when the activation is broadcast, also while it is busy."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = broadcast
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="An element begins before the activation is broadcast."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="All elements begin together; each begins when it is free."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = max(broadcast, int(free.max()))
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="The place is free one cycle too late: it is from the cycle after the last entry on."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) + 1 if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="The place is free in the cycle of the last entry; it is from the next cycle on."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) - 1 if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="Cycles are numbered from 0."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = 0, torch.ones(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, max(broadcast + 1, int(free.max()))


# %% wrong="The cycle in which everything is done is one too few or too many: count the cycles."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, int(free.max()) - 1


# %% wrong="done is given back instead of start."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return done, max(broadcast + 1, int(free.max()))


# %% wrong="The cycles are those of the fullest element; it also waits."
def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    start, done = torch.zeros_like(work), torch.zeros_like(work)
    broadcast, free = -1, torch.zeros(work.shape[1], dtype=work.dtype)
    for j, entries in enumerate(work):
        place = int(done[j - fifo_depth].max()) if j >= fifo_depth else 0
        broadcast = max(broadcast + 1, place)
        start[j] = free.clamp(min=broadcast)
        done[j] = free = start[j] + entries
    return start, int(work.sum(0).max())


# %% right="every cycle, with queues"
from collections import deque


def pe_schedule(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    n, n_pe = work.shape
    rows, start = work.tolist(), [[0] * n_pe for _ in range(n)]
    queues = [deque() for _ in range(n_pe)]  # [activation, entries left, begun]
    sent, cycle = 0, 0

    def settle(k, now):
        while queues[k] and queues[k][0][1] == 0 and not queues[k][0][2]:
            start[queues[k].popleft()[0]][k] = now

    while sent < n or any(queues):
        if sent < n and all(len(queue) < fifo_depth for queue in queues):
            for k in range(n_pe):
                queues[k].append([sent, rows[sent][k], False])
            sent += 1
        for k in range(n_pe):
            settle(k, cycle)
            if queues[k]:
                head = queues[k][0]
                if not head[2]:
                    start[head[0]][k], head[2] = cycle, True
                head[1] -= 1
                if head[1] == 0:
                    queues[k].popleft()
                    settle(k, cycle + 1)
        cycle += 1
    return torch.tensor(start, dtype=work.dtype), cycle


# %% right="plain lists"
def pe_schedule(work, fifo_depth):
    if fifo_depth <= 0:
        raise ValueError("a queue needs places")
    rows, ends, start, sent = work.tolist(), [], [], []
    for j, row in enumerate(rows):
        when = sent[-1] + 1 if sent else 0
        if j >= fifo_depth:
            when = max([when, *ends[j - fifo_depth]])
        before = ends[-1] if ends else [0] * len(row)
        start.append([max(when, end) for end in before])
        ends.append([begin + n for begin, n in zip(start[-1], row)])
        sent.append(when)
    return torch.tensor(start), max([*ends[-1], sent[-1] + 1])

# %% wrong="The oldest line goes (FIFO); a hit has to count as a use."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.setdefault(line, True)
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="The most recently used line goes; it is the least recently used one."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[list(held)[-2]]
    return hits


# %% wrong="The set is that of the address; it is that of the line, address // line_bytes."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, address in enumerate(addresses.tolist()):
        line = address // line_bytes
        held = sets[address % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="Addresses are taken for lines: values beside each other share a line of line_bytes bytes."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="All lines share one set: a line may stand in set (line number % number of sets) alone."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets, ways = [{}], n_lines  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="Each line is its own set (direct mapped): a set holds `ways` lines."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > 1:
            del held[next(iter(held))]
    return hits


# %% wrong="There are `ways` sets of n_lines / ways lines; it is the other way round."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > n_lines // ways:
            del held[next(iter(held))]
    return hits


# %% wrong="Every set holds n_lines lines; n_lines is the size of the whole cache."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > n_lines:
            del held[next(iter(held))]
    return hits


# %% wrong="A set holds one line too few."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) >= ways:
            del held[next(iter(held))]
    return hits


# %% wrong="A set holds one line too many."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways + 1:
            del held[next(iter(held))]
    return hits


# %% wrong="Misses are marked True; True is a hit."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line not in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="A full set is emptied; only the least recently used line goes."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            held.clear()
            held[line] = True
    return hits


# %% wrong="Sets are runs of neighboring lines (line // ways); neighbors belong to different sets."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line // ways % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits


# %% wrong="The result is a count of hits; asked for is True or False for each access."
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways:
        raise ValueError(f"cache_hits: {n_lines} lines cannot be divided into sets of {ways} ways")
    sets = [{} for _ in range(n_lines // ways)]  # of each set the lines, the least recently used one first
    hits = np.zeros(len(addresses), dtype=bool)
    for step, line in enumerate((addresses // line_bytes).tolist()):
        held = sets[line % len(sets)]
        hits[step] = line in held
        held.pop(line, None)
        held[line] = True
        if len(held) > ways:
            del held[next(iter(held))]
    return hits.sum()


# %% right="a list in the order of use"
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines % ways != 0:
        raise ValueError("ways")
    n_sets = n_lines // ways
    kept = {number: [] for number in range(n_sets)}
    result = []
    for address in addresses:
        line = int(address) // line_bytes
        here = kept[line % n_sets]
        result.append(line in here)
        if line in here:
            here.remove(line)
        here.append(line)
        kept[line % n_sets] = here[-ways:]
    return np.array(result, dtype=bool)


# %% right="a clock and an array of tags"
def cache_hits(addresses, line_bytes, n_lines, ways):
    if n_lines != n_lines // ways * ways:
        raise ValueError("sets")
    tags = np.full((n_lines // ways, ways), -1, dtype=np.int64)
    used = np.full((n_lines // ways, ways), -1, dtype=np.int64)
    hits = np.empty(len(addresses), dtype=bool)
    for now, line in enumerate(np.asarray(addresses, dtype=np.int64) // line_bytes):
        row = line % len(tags)
        found = np.flatnonzero(tags[row] == line)
        hits[now] = len(found) > 0
        way = found[0] if len(found) else used[row].argmin()
        tags[row, way], used[row, way] = line, now
    return hits


# %% right="how many other lines of the set since the last use"
def cache_hits(addresses, line_bytes, n_lines, ways):
    sets, rest = divmod(n_lines, ways)
    if rest:
        raise ValueError("rest")
    lines = [int(a) // line_bytes for a in addresses]
    last, out = {}, np.zeros(len(lines), dtype=bool)
    for now, line in enumerate(lines):
        if line in last:
            between = {other for other in lines[last[line] + 1 : now] if other % sets == line % sets}
            out[now] = len(between) < ways
        last[line] = now
    return out

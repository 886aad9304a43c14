# %% wrong="The operators in the order of the list: it need not be one in which they can run."
def best_order(graph):
    for name in graph:
        for source in graph[name].inputs:
            if source not in graph or name in graph[source].inputs:
                raise ValueError("no order")
    return list(graph)


# %% wrong="Any order that works, with no look at memory."
def best_order(graph):
    order, done = [], set()
    while len(order) < len(graph):
        ready = [name for name in graph if name not in done and set(graph[name].inputs) <= done]
        if not ready:
            raise ValueError("no order")
        chosen = ready[0]
        order.append(chosen)
        done.add(chosen)
    return order


# %% wrong="Greedy: always what writes least; a larger one may free more later."
def best_order(graph):
    order, done = [], set()
    while len(order) < len(graph):
        ready = [name for name in graph if name not in done and set(graph[name].inputs) <= done]
        if not ready:
            raise ValueError("no order")
        chosen = min(ready, key=lambda name: graph[name].out_bytes)
        order.append(chosen)
        done.add(chosen)
    return order


# %% wrong="Greedy: always what writes most."
def best_order(graph):
    order, done = [], set()
    while len(order) < len(graph):
        ready = [name for name in graph if name not in done and set(graph[name].inputs) <= done]
        if not ready:
            raise ValueError("no order")
        chosen = max(ready, key=lambda name: graph[name].out_bytes)
        order.append(chosen)
        done.add(chosen)
    return order


# %% wrong="Greedy: what leaves fewest bytes alive at the next step; a choice may cost more later."
def best_order(graph):
    order, done = [], set()
    while len(order) < len(graph):
        ready = [name for name in graph if name not in done and set(graph[name].inputs) <= done]
        if not ready:
            raise ValueError("no order")
        chosen = min(ready, key=lambda name: _after(graph, done | {name}))
        order.append(chosen)
        done.add(chosen)
    return order


def _after(graph, done):
    return sum(graph[d].out_bytes for d in done if any(d in graph[x].inputs for x in graph if x not in done))


# %% wrong="The sum over all steps is made small; it is the largest step that has to fit."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(held + graph[name].out_bytes + peak, (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="The largest peak of all orders: the maximum is to be made small."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return max(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="The inputs of the running operator are forgotten: they are in memory while it runs."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [
            (
                max(held - sum(graph[s].out_bytes for s in graph[name].inputs) + graph[name].out_bytes, peak),
                (name, *rest),
            )
            for name, peak, rest in ways
        ]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="The output of the running operator is forgotten: it is in memory while it runs."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="Nothing is ever freed: every order seems to have the same peak."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if True)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="An output is freed after its first reader; the last one counts."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or not (readers[name] & done))
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="Results that nobody reads are freed; they stay to the end."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)


# %% wrong="Nothing can run, and what was found so far is returned: asked for is a ValueError."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(0, ()))

    peak, order = finish(frozenset())
    return list(order)


# %% wrong="The order is given backwards."
def best_order(graph):

    @functools.cache
    def finish(done):
        if len(done) == len(graph):
            return 0, ()
        readers = {name: {each for each in graph if name in graph[each].inputs} for name in done}
        held = sum(graph[name].out_bytes for name in done if not readers[name] or readers[name] - done)
        ready = [name for name in graph if name not in done and done.issuperset(graph[name].inputs)]
        ways = [(name, *finish(done | {name})) for name in ready]
        plans = [(max(held + graph[name].out_bytes, peak), (name, *rest)) for name, peak, rest in ways]
        return min(plans, default=(float("inf"), ()))

    peak, order = finish(frozenset())
    if peak == float("inf"):
        raise ValueError("best_order: some operators wait for each other, or for one that is not there")
    return list(order)[::-1]


# %% right="all orders, cut off where they cannot win"
def best_order(graph):
    best = [float("inf"), None]
    readers = {name: [x for x in graph if name in graph[x].inputs] for name in graph}
    seen = {}

    def held(done):
        return sum(graph[n].out_bytes for n in done if not readers[n] or any(r not in done for r in readers[n]))

    def go(order, peak):
        done = frozenset(order)
        if peak >= min(best[0], seen.get(done, float("inf"))):
            return
        seen[done] = peak
        if len(order) == len(graph):
            best[:] = [peak, list(order)]
            return
        now = held(done)
        for name in graph:
            if name not in done and all(source in done for source in graph[name].inputs):
                go([*order, name], max(peak, now + graph[name].out_bytes))

    go([], -1)
    if best[1] is None:
        raise ValueError("it has no order")
    return best[1]


# %% right="Dijkstra over sets of done operators"
def best_order(graph):
    import heapq

    heap, settled = [(0, 0, (), frozenset())], set()
    while heap:
        peak, _, order, done = heapq.heappop(heap)
        if len(order) == len(graph):
            return list(order)
        if done in settled:
            continue
        settled.add(done)
        kept = 0
        for name in done:
            readers = [x for x in graph if name in graph[x].inputs]
            if not readers or not done.issuperset(readers):
                kept += graph[name].out_bytes
        for name, op in graph.items():
            if name not in done and done.issuperset(op.inputs):
                heapq.heappush(heap, (max(peak, kept + op.out_bytes), -len(order), (*order, name), done | {name}))
    raise ValueError("no order of these operators")


# %% right="layer by layer over subsets"
def best_order(graph):
    names = list(graph)
    if any(source not in graph for name in names for source in graph[name].inputs):
        raise ValueError("an input is not there")
    layer = {frozenset(): (0, [])}
    for _ in names:
        following = {}
        for done, (peak, order) in layer.items():
            left = [x for x in names if x not in done]
            alive = sum(
                graph[d].out_bytes
                for d in done
                if any(d in graph[x].inputs for x in left) or not any(d in graph[x].inputs for x in names)
            )
            for name in left:
                if set(graph[name].inputs) <= done:
                    key, value = done | {name}, (max(peak, alive + graph[name].out_bytes), [*order, name])
                    if key not in following or value[0] < following[key][0]:
                        following[key] = value
        layer = following
    if not layer:
        raise ValueError("a circle")
    return layer[frozenset(names)][1]

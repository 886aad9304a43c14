# %% wrong="Only what the step itself reads and writes is counted: a tensor that a later step reads is alive too."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = step.count + sum(count[name] for name in step.inputs)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="A tensor is freed after its first reader: a skip connection reads it again later."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in reversed(list(enumerate(steps))) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="A tensor is freed before its last reader has run; while a step runs, what it reads is there."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] > i or each is step)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="A tensor stays one step too long after its last reader."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i - 1)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="Nothing is ever freed: this is the total of all activations so far."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1])
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="The largest single tensor, or the step's own one, is not what is in memory: inputs and outputs are there together."
def live_activations(steps):
    return [step.count for step in steps]


# %% wrong="What no step reads is freed at once; it is a result of the network and stays to the end."
def live_activations(steps):
    last = {step.name: i for i, step in enumerate(steps)}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="In place is ignored: such a step needs no memory beside its first input."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
        live.append(values)
    return live


# %% wrong="A step in place still holds its first input; its own output is what takes no memory beside it, once, not twice."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]] + step.count
        live.append(values)
    return live


# %% wrong="The step's own output is missing: it is written while the inputs are still there."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[:i] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= count[step.inputs[0]]
        live.append(values)
    return live


# %% wrong="An addition in place writes over its first input; here all of its inputs are taken away."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        if step.in_place:
            if last[step.inputs[0]] > i:
                raise ValueError(step.name)
            values -= sum(count[name] for name in step.inputs)
        live.append(values)
    return live


# %% wrong="Steps that will come are counted: a tensor is there from the step that writes it."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    over = [sum(each.count for each in steps if last[each.name] >= i) for i, _ in enumerate(steps)]
    for i, step in enumerate(steps):
        if step.in_place and last[step.inputs[0]] > i:
            raise ValueError(step.name)
    return over


# %% wrong="The peak alone is returned; asked for are the values alive at each step."
def live_activations(steps):
    last = {step.name: len(steps) for step in steps}
    last |= {name: i for i, step in enumerate(steps) for name in step.inputs}
    count = {step.name: step.count for step in steps}
    live = []
    for i, step in enumerate(steps):
        values = sum(each.count for each in steps[: i + 1] if last[each.name] >= i)
        live.append(values - (count[step.inputs[0]] if step.in_place else 0))
    return max(live)


# %% right="an interpreter that counts the readers that are still to come, and frees at zero"
def live_activations(steps):
    waiting = {step.name: sum(step.name in each.inputs for each in steps) for step in steps}
    kept = {name for name, readers in waiting.items() if readers == 0}
    memory, live = {}, []
    for step in steps:
        if step.in_place:
            first = step.inputs[0]
            if waiting[first] > 1:
                raise ValueError(f"{step.name} writes over {first}")
            del memory[first]
        memory[step.name] = step.count
        live.append(sum(memory.values()))
        for name in step.inputs:
            waiting[name] -= 1
            if waiting[name] == 0 and name not in kept:
                memory.pop(name, None)
    return live


# %% right="a table of tensors against steps, summed down its columns"
def live_activations(steps):
    n = len(steps)
    place = {step.name: i for i, step in enumerate(steps)}
    table = np.zeros((n, n), dtype=np.int64)
    for name, start in place.items():
        readers = [i for i, step in enumerate(steps) if name in step.inputs]
        table[start, start : (max(readers) + 1 if readers else n)] = steps[start].count
    for i, step in enumerate(steps):
        if step.in_place:
            if table[place[step.inputs[0]], i + 1 :].any():
                raise ValueError("it is read later")
            table[place[step.inputs[0]], i] = 0
    return table.sum(0).tolist()

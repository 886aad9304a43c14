# %% wrong="The cheapest candidate is taken; asked for is the most accurate one."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return min(candidates, key=cost)


# %% wrong="The least accurate candidate is taken."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return min(candidates, key=accuracy)


# %% wrong="All layers are shrunk: a step changes one."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return {layer: min(each[layer] for each in candidates) for layer in widths}


# %% wrong="Every layer loses one channel at most: a candidate goes on until enough is saved."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, max(width - 2, 0), -1):
            candidate = widths | {layer: narrower}
            if True:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="The candidate is the narrowest of its layer; asked for is the widest that saves enough."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(1, width):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="A width of 0 is no network: 1 is the smallest."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, -1, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="Exactly the reduction is enough."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) < target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="The target is the reduction itself: the cost has to fall BY it."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="A layer that cannot save enough is shrunk to 1 all the same; it gives no candidate."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
        else:
            candidates.append(widths | {layer: 1})
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="The first layer that saves enough is taken, without comparing accuracies."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return candidates[0]


# %% wrong="Of equally good candidates the last one is taken."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) < target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    accuracies = [accuracy(each) for each in candidates]
    return candidates[max(range(len(candidates)), key=lambda i: (accuracies[i], i))]


# %% wrong="The candidates add up: each layer is shrunk on top of the one before."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = (candidates[-1] if candidates else widths) | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=accuracy)


# %% wrong="The widths of the caller are changed: make a new dict."
def netadapt_step(widths, cost, accuracy, reduction):
    target, found = cost(widths) - reduction, []
    for layer, width in list(widths.items()):
        for narrower in range(width - 1, 0, -1):
            widths[layer] = narrower
            if cost(widths) <= target:
                found.append((layer, narrower, accuracy(dict(widths))))
                break
        widths[layer] = width
    if not found:
        raise ValueError("no layer alone can save so much")
    layer, narrower, _ = max(found, key=lambda each: each[2])
    widths[layer] = narrower
    return widths


# %% wrong="The candidate of best accuracy for each saved unit is taken; asked for is the best accuracy."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 0, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        raise ValueError("no layer alone can save so much")
    return max(candidates, key=lambda each: accuracy(each) / (1 + cost(widths) - cost(each)))


# %% wrong="If no layer can save enough, this is a ValueError; here the widths come back."
def netadapt_step(widths, cost, accuracy, reduction):
    target, candidates = cost(widths) - reduction, []
    for layer, width in widths.items():
        for narrower in range(width - 1, 1, -1):
            candidate = widths | {layer: narrower}
            if cost(candidate) <= target:
                candidates.append(candidate)
                break
    if not candidates:
        return dict(widths)
    return max(candidates, key=accuracy)


# %% right="candidates by a generator, accuracies in a list"
def netadapt_step(widths, cost, accuracy, reduction):
    limit = cost(widths) - reduction

    def widest(layer):
        tries = ({**widths, layer: width} for width in reversed(range(1, widths[layer])))
        return next((each for each in tries if cost(each) <= limit), None)

    candidates = [each for each in map(widest, widths) if each is not None]
    if len(candidates) == 0:
        raise ValueError(f"cannot save {reduction}")
    accuracies = [accuracy(each) for each in candidates]
    return candidates[accuracies.index(max(accuracies))]


# %% right="all widths tried, the largest that saves enough kept"
def netadapt_step(widths, cost, accuracy, reduction):
    best, before = None, cost(widths)
    for layer in widths:
        fit = [w for w in range(1, widths[layer]) if cost({**widths, layer: w}) <= before - reduction]
        if not fit:
            continue
        candidate = dict(widths)
        candidate[layer] = max(fit)
        score = accuracy(dict(candidate))
        if best is None or score > best[0]:
            best = score, candidate
    if best is None:
        raise ValueError("nothing fits")
    return best[1]

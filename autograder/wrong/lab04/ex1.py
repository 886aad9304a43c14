# %% wrong="The layers are not restored: each is scanned on top of those that were pruned before."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="A layer is pruned on top of its earlier ratios: start each ratio from the original weights."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(weight * pruning.mask_from_scores(weight.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The original is a view of the weight, not a copy: it is pruned together with it."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The ratio is read as the share that stays; it is the share that goes."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), 1 - ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The largest weights are pruned: mask_from_scores keeps the highest scores."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(-original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The scores are the signed weights: negative ones go first, whatever their size."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original, ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The mask drops whole filters; asked for are single weights."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs().sum((1, 2, 3)), ratio)[:, None, None, None])
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="All layers are pruned at once, and each reads the same curve."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    weights = masking.prunable(net)
    originals = {name: weight.clone() for name, weight in weights.items()}
    values = []
    for ratio in ratios:
        for name, weight in weights.items():
            weight.copy_(originals[name] * pruning.mask_from_scores(originals[name].abs(), ratio))
        values.append(evaluate(net))
    for name, weight in weights.items():
        weight.copy_(originals[name])
    return {name: list(values) for name in weights}


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The network is evaluated after it was restored."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            weight.copy_(original)
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The curve holds the losses against the whole network; asked for are the values themselves."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found, base = {}, evaluate(net)
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net) - base)
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="The last layer is left out."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        if name == list(masking.prunable(net))[-1]:
            break
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="This is the largest ratio at which the value is high enough; the curve may have fallen below the floor before."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                continue
            found[name] = ratio
    return found


# %% wrong="A value that equals the floor is enough."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value <= floor:
                break
            found[name] = ratio
    return found


# %% wrong="This is the first ratio that is too much; asked for is the last one that is not."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            found[name] = ratio
            if value < floor:
                break
    return found


# %% wrong="A layer whose first value is too low gets 0, not the first ratio."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = ratios[0]
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="A layer whose first value is too low is missing: it gets 0."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="This is the place in the list of ratios, not the ratio."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in enumerate(values, 1):
            if value < floor:
                break
            found[name] = ratio
    return found


# %% wrong="One ratio for all layers: the smallest. Each layer has its own."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < floor:
                break
            found[name] = ratio
    return dict.fromkeys(found, min(found.values()))


# %% wrong="The floor is taken as a loss that is allowed from the first value on."
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name, weight in masking.prunable(net).items():
        original = weight.clone()
        found[name] = []
        for ratio in ratios:
            weight.copy_(original * pruning.mask_from_scores(original.abs(), ratio))
            found[name].append(evaluate(net))
        weight.copy_(original)
    return found


def ratios_within(scan, ratios, floor):
    found = {}
    for name, values in scan.items():
        found[name] = 0.0
        for ratio, value in zip(ratios, values):
            if value < values[0] - (100 - floor):
                break
            found[name] = ratio
    return found


# %% right="the pruned weight is made by sorting, the layer restored in a finally"
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    def one(weight, ratio):
        original = weight.clone()
        n_drop = original.numel() - round(original.numel() * (1 - ratio))
        order = original.abs().flatten().argsort()
        try:
            weight.view(-1)[order[:n_drop]] = 0.0
            return evaluate(net)
        finally:
            weight.copy_(original)

    return {name: [one(weight, ratio) for ratio in ratios] for name, weight in masking.prunable(net).items()}


def ratios_within(scan, ratios, floor):
    fine = {name: [value >= floor for value in values] + [False] for name, values in scan.items()}
    return {name: ([0.0] + list(ratios))[good.index(False)] for name, good in fine.items()}


# %% right="copies of the network, one for each ratio"
from effdl import masking, pruning


def sensitivity_scan(net, evaluate, ratios):
    found = {}
    for name in masking.prunable(net):
        found[name] = []
        for ratio in ratios:
            probe = copy.deepcopy(net)
            weight = masking.prunable(probe)[name]
            masking.apply_(probe, {name: pruning.mask_from_scores(weight.abs(), ratio)})
            found[name].append(evaluate(probe))
    return found


from itertools import takewhile


def ratios_within(scan, ratios, floor):
    kept = {name: list(takewhile(lambda pair: pair[1] >= floor, zip(ratios, values))) for name, values in scan.items()}
    return {name: pairs[-1][0] if pairs else 0.0 for name, pairs in kept.items()}

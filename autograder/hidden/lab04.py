# %% [markdown]
# Hidden tests of lab 04. Each case can be deduced from the statement in the stub's docstring. A slip is meant to fail
# several cases, so each case shows more than one result, and often the inputs after the call.

# %% role="setup" memory_mib=2048
import itertools
from functools import partial


def generator(seed):
    return torch.Generator().manual_seed(seed)


def network(*channels, seed, kernel=(3, 3)):
    """A stem that is not pruned, convolutions that are, a 1 x 1 convolution and a classifier that are not."""
    layers = [nn.Conv2d(1, channels[0], 3)]
    layers += [nn.Conv2d(ci, co, kernel) for ci, co in itertools.pairwise(channels)]
    layers += [nn.Conv2d(channels[-1], 4, 1), nn.Flatten(), nn.LazyLinear(3)]
    net = nn.Sequential(*layers).eval()
    net(torch.zeros(1, 1, 16, 16))
    for i, value in enumerate(net.state_dict().values()):
        value.copy_(randn(*value.shape, seed=seed + i) / 2)
    return net


def weighed(net):
    """A number that tells which weights of which layer are zero: a weighted sum of all magnitudes."""
    parts = [(w.detach().abs().flatten() * torch.linspace(1, 2, w.numel())).sum() for w in net.parameters()]
    return float(sum((i + 1) * part for i, part in enumerate(parts)))


def answers(x):
    """The mean size of what the network says about some pictures."""

    def evaluate(net):
        with torch.no_grad():
            return float(net(x).abs().mean())

    return evaluate


def curves(seed, ratios):
    """Curves of whole numbers: that fall, that fall and come back, that meet the floor of 80, that start below it."""
    draw = torch.randint(0, 8, (9, len(ratios)), generator=generator(seed)).tolist()
    found = {f"down {i}": [92.0 - 3 * j - step for j, step in enumerate(draw[i])] for i in range(3)}
    found |= {
        f"back {i}": [84.0 + draw[3 + i][0], 79.0 - draw[3 + i][1]] + [85.0] * (len(ratios) - 2) for i in range(2)
    }
    found["met"] = [80.0] * (len(ratios) - 1) + [79.0]
    found["all"] = [81.0 + step for step in draw[6]]
    found["none"] = [79.0 - step for step in draw[7]]
    found["late"] = [70.0] + [90.0] * (len(ratios) - 1)
    return found


def shares(n, low, high, *, seed):
    return (low + (high - low) * torch.rand(n, generator=generator(seed), dtype=torch.float64)).tolist()


def drawing(n, *, seed, log=None):
    """A function that draws n rows around a mean, the same ones in every run."""
    own = generator(seed)

    def draw(mean, std):
        if log is not None:
            log.append((mean.clone(), std.clone()))
        return mean + std * torch.randn(n, len(mean), generator=own, dtype=mean.dtype)

    return draw


def hill(top, log=None):
    def value(row):
        if log is not None:
            log.append(row.clone())
        return -float((row - top).abs().sum())

    return value


def worn(top, good_calls, rows):
    """A value that is much worse after so many calls."""

    def value(row):
        rows.append(row)
        return -float((row - top).square().sum()) - 50 * (len(rows) > good_calls)

    return value


def weighing(weights, *, power=1.0):
    """So much for each channel of each layer, in the order of the layers' names."""
    return lambda widths: sum(weights[j] * widths[name] ** power for j, name in enumerate(sorted(widths)))


def looked_up(table):
    return lambda widths: sum(table[j][width - 1] for j, width in enumerate(widths.values()))


def layers(seed, *shapes, density=1.0):
    """Trained weights, weights at the start and masks of some layers; what is masked has the largest weights."""
    trained = {f"layer{i}": randn(*shape, seed=seed + 3 * i) * 10**-i for i, shape in enumerate(shapes)}
    start = {f"layer{i}": randn(*shape, seed=seed + 3 * i + 1) for i, shape in enumerate(shapes)}
    masks = {f"layer{i}": rand(*shape, seed=seed + 3 * i + 2) < density for i, shape in enumerate(shapes)}
    trained = {name: torch.where(masks[name], w, w.sign() * (w.abs() + 5)) for name, w in trained.items()}
    return trained, start, masks


def in_order(result):
    """Two dicts as lists, by the layers' names."""
    return [[each[name] for name in sorted(each)] for each in result]


def perceptron(x, y):
    def loss(w):
        hidden = (x @ w["first"].T).tanh() @ w["second"].T
        return ((hidden @ w["third"].T).sigmoid() - y).square().mean()

    return loss


# %% role="judge"
def nearest(got, ref):
    """got and ref: Z, the new U and the target W + U, in turn; the number of entries that stay is the reference's."""
    if len(got) != len(ref):
        return 0.0
    for i in range(0, len(ref), 3):
        z, u, target = got[i], got[i + 1], ref[i + 2]
        if not all(isinstance(a, np.ndarray) and a.shape == target.shape for a in (z, u)):
            return 0.0
        kept, size = z != 0, np.abs(target)
        if kept.sum() != (ref[i] != 0).sum() or not np.allclose(z[kept], target[kept], atol=1e-5):
            return 0.0
        if not np.allclose(u, target - z, atol=1e-5):
            return 0.0
        if kept.any() and not kept.all() and size[kept].min() < size[~kept].max():
            return 0.0
    return 1.0


# %% exercise="4.1" case="one layer at a time" points=3 hint="sensitivity_scan: the smallest weights of one layer are zero while it is evaluated, all other layers are whole"
net, ratios = network(2, 3, 4, seed=seed), shares(3, 0.1, 0.9, seed=seed)
show(sensitivity_scan(net, weighed, ratios), sensitivity_scan(net, answers(randn(2, 1, 16, 16)), ratios))

# %% exercise="4.1" case="the network comes back" points=3 hint="sensitivity_scan: after the scan every weight is what it was, and a second scan finds the same"
net = network(3, 2, 3, seed=seed, kernel=(2, 3))
before = [w.detach().clone() for w in net.parameters()]
ratios = [0.9, 0.5, 0.7, 0.2]
first, second = (sensitivity_scan(net, weighed, ratios) for _ in range(2))
show(
    first,
    second,
    [bool(torch.equal(w, old)) for w, old in zip(net.parameters(), before, strict=True)],
    *net.parameters(),
)

# %% exercise="4.1" case="nothing and everything" points=3 hint="sensitivity_scan: ratio 0 changes nothing, ratio 1 empties a layer; the layers are those of masking.prunable"
net = network(2, 3, 2, 4, seed=seed)
show(sensitivity_scan(net, weighed, (0, 1.0)), sensitivity_scan(net, answers(randn(2, 1, 16, 16)), (0.5, 0.0, 0.95)))

# %% exercise="4.1" case="curves of all kinds" points=2 hint="ratios_within: the largest ratio up to which every value is at least the floor"
ratios = (0.2, 0.4, 0.6, 0.8)
show(ratios_within(curves(seed, ratios), ratios, 80.0), ratios_within(curves(seed + 1, ratios), ratios, 80))

# %% exercise="4.1" case="other ratios" points=2 hint="ratios_within: the ratios are the given ones; a value equal to the floor is enough"
ratios = tuple(sorted(shares(6, 0.1, 0.95, seed=seed)))
show(*[ratios_within(curves(seed + i, ratios), ratios, 80.0) for i in range(3)])

# %% exercise="4.1" case="other floors" points=2 hint="ratios_within: 0 if the first value is too low already; a curve that comes back is cut at its first fall"
ratios = (0.3, 0.5, 0.9)
found = curves(seed, ratios)
show(*[ratios_within(found, ratios, floor) for floor in (70, 80, 85.0, 100.0)], found)

# %% exercise="4.2" case="layers to come" points=2 hint="bounded_action: the layers after this one save a_max of their MACs at most"
shown = []
for i in range(8):
    macs = [round(1000 * share) for share in shares(4, 0.1, 1, seed=seed + i)]
    shown.append(bounded_action(0.02 * i, macs, sum(macs) * (0.6 + 0.03 * i), 0.85))
    shown.append(bounded_action(0.3, macs[:2], sum(macs[:2]) * 0.7, 0.8))
    shown.append(bounded_action(-0.1 * i, macs, 0.04 * i * sum(macs), 0.85))
show(shown)

# %% exercise="4.2" case="actions that are too low, too high, right" points=2 hint="bounded_action: the share nearest to the action in the range that is allowed; never below 0 or above a_max"
macs, shown = [round(1000 * share) for share in shares(3, 0.5, 1, seed=seed)], []
for action in (-0.3, 0.0, 0.2, 0.45, 0.6, 0.9, 1.3):
    shown += [bounded_action(action, macs, must * sum(macs), 0.75) for must in (-0.1, 0.3, 0.62, 0.7)]
show(shown)

# %% exercise="4.2" case="the last layer, a budget out of reach" points=2 hint="bounded_action: with no layer to come this one loses all that must go; a_max if that is not enough"
macs, shown = [round(1000 * share) for share in shares(3, 0.5, 1, seed=seed)], []
for must in (0.2, 0.55, 0.95, 1.4):
    shown += [bounded_action(0.1, macs[:1], must * macs[0], 0.6), bounded_action(0.1, macs, must * sum(macs), 0.6)]
show(shown)

# %% exercise="4.2" case="within and beyond" points=2 hint="reward: -error up to and at the budget, minus infinity beyond it; without a budget -error * log(cost)"
error, cost = shares(2, 5, 50, seed=seed)
show([reward(error, cost, cost + 1), reward(error, cost, cost), reward(error, cost, cost - 0.5), reward(error, cost)])

# %% exercise="4.2" case="large and small costs" points=2 hint="reward: the natural logarithm; a cost below 1 turns the sign; a perfect network is worth 0; budget=0 is a budget"
errors = shares(4, 1, 30, seed=seed)
shown = [reward(each, 10.0 ** (3 * i)) for i, each in enumerate(errors)] + [reward(errors[0], 0.5), reward(0, 7.0)]
show(shown, [reward(e, 10**i, budget) for i, e in enumerate(errors) for budget in (0, 100, 1e9)])

# %% exercise="4.3" case="one round" points=3 hint="the mean of the elite, entry by entry, and the best of all rows"
top = rand(5, seed=seed)
show(
    *[
        list(
            cross_entropy_search(
                hill(top), drawing(9, seed=seed + n), torch.zeros(5), torch.ones(5), rounds=1, n_elite=n
            )
        )
        for n in (1, 2, 4, 9)
    ]
)

# %% exercise="4.3" case="several rounds" points=3 hint="the next round draws around the elite's mean with the elite's standard deviation, dividing by n_elite"
top, shown = rand(4, seed=seed), []
for n_elite in (2, 3, 5):
    log = []
    found = cross_entropy_search(
        hill(top),
        drawing(12, seed=seed, log=log),
        rand(4, seed=seed + 1),
        torch.full((4,), 0.5),
        rounds=4,
        n_elite=n_elite,
    )
    shown += [list(found), [list(pair) for pair in log]]
show(*shown)

# %% exercise="4.3" case="what is called, and how often" points=2 hint="draw once a round, value once for each row, in order; mean and std stay as they are"
log, rows, mean, std = [], [], randn(3), rand(3, seed=seed + 1) + 0.5
found = cross_entropy_search(hill(torch.zeros(3), rows), drawing(7, seed=seed, log=log), mean, std, rounds=3, n_elite=2)
show(list(found), torch.stack(rows), [list(pair) for pair in log], mean, std)

# %% exercise="4.3" case="the best comes early" points=3 hint="the best row is that of all rounds, not that of the last one, nor the mean"
shown = []
for i in range(3):
    value = worn(1.0, 6, [])
    found = cross_entropy_search(value, drawing(6, seed=seed + i), torch.zeros(3), torch.ones(3), rounds=3, n_elite=3)
    shown.append(list(found))
show(*shown)


# %% exercise="4.3" case="rows beyond the budget" points=2 hint="rows of value minus infinity are never among the elite while there are others"
def fenced(row):
    return -float("inf") if float(row.sum()) > 0 else float(row[0] - row[1])


found = [
    cross_entropy_search(fenced, drawing(40, seed=seed + i), torch.zeros(3), torch.ones(3), rounds=2, n_elite=3)
    for i in range(2)
]
show(*map(list, found))

# %% exercise="4.3" case="equal values, double precision" points=2 hint="of rows of equal value the first one is the best; float64 stays float64"
mean, std = randn(4, dtype=torch.float64), rand(4, dtype=torch.float64, seed=seed + 1) + 0.1
plain = cross_entropy_search(lambda row: 1.0, drawing(5, seed=seed), mean, std, rounds=3, n_elite=5)
steps = cross_entropy_search(lambda row: float(row[0] > mean[0]), drawing(6, seed=seed), mean, std, rounds=2, n_elite=6)
close = cross_entropy_search(
    lambda row: 1 + 1e-10 * float(row[0]), drawing(9, seed=seed), mean, std, rounds=2, n_elite=2
)
show(list(plain), list(steps), list(close))

# %% exercise="4.4" case="what is dear, what hurts" points=3 hint="the candidate of highest accuracy, though another one saves more; only one layer changes"
shown = []
for i in range(6):
    now = {name: 12 - j for j, name in enumerate("dbca")}
    cost, accuracy = weighing(shares(4, 1, 3, seed=seed + i)), weighing(shares(4, 1, 9, seed=seed + 50 + i))
    shown.append(netadapt_step(now, cost, accuracy, 4.0))
show(*shown)


# %% exercise="4.4" case="layers that depend on each other" points=3 hint="the cost is that of the whole candidate: a layer's inputs are the outputs of the one before; the widths stay as they are"
def chain(widths):
    sizes = [3, *widths.values(), 10]
    return sum(a * b for a, b in itertools.pairwise(sizes))


shown = []
for i in range(5):
    now = {name: 6 + int(8 * share) for name, share in zip("abc", shares(3, 0, 1, seed=seed + i), strict=True)}
    shown += [netadapt_step(now, chain, weighing(shares(3, 1, 9, seed=seed + i), power=0.5), 30.0), now]
show(*shown)

# %% exercise="4.4" case="a table of measured times" points=3 hint="times that rise in steps, or even fall: the largest width that saves enough; exactly enough counts"
steps = (torch.randint(1, 4, (3, 12), generator=generator(seed)).cumsum(1) * 2).tolist()
bumps = [[*row[:5], row[5] + 9, *row[6:]] for row in steps]
now, worth = {"x": 12, "y": 11, "z": 12}, weighing([2.0, 3.0, 4.0])
show(*[netadapt_step(now, looked_up(table), worth, less) for table in (steps, bumps) for less in (2, 5, 6, 8)])

# %% exercise="4.4" case="narrow layers, none left" points=3 hint="no width below 1; a layer that cannot save enough gives no candidate; ValueError if none can"
total = lambda widths: float(sum(widths.values()))
last = lambda widths: float(widths["z"] - widths["y"])
wide = {"x": 2, "y": 7, "z": 6}
shown = [netadapt_step(wide, total, last, reduction) for reduction in (1, 2, 4, 5, 6)]
bad = [raises(netadapt_step, wide, total, last, 7), raises(netadapt_step, {"x": 1}, total, total, 0.5)]
show(*shown, *bad, raises(netadapt_step, {"x": 3, "y": 1}, total, total, 2.5))


# %% exercise="4.4" case="candidates that are equally good, and what is called" points=3 hint="accuracy is called once for each candidate, in the order of the widths; of equal ones the first is taken"
def counted(good):
    log = []

    def accuracy(widths):
        log.append(dict(widths))
        return good(widths)

    return accuracy, log


accuracy, log = counted(lambda widths: 50.0)
other, other_log = counted(lambda widths: -abs(widths["m"] - 5))
now = {name: 7 + int(5 * share) for name, share in zip("kmb", shares(3, 0, 1, seed=seed), strict=True)}
total_of = lambda widths: sum(widths.values())
found = [netadapt_step(now, total_of, each, 3) for each in (accuracy, other)]
few = netadapt_step({"x": 2, "y": 9, "z": 1}, total_of, lambda widths: 50.0, 2)
none = netadapt_step(now, total_of, total_of, 0)
show(found, log, other_log, few, none, raises(netadapt_step, {"x": 2, "z": 3}, total_of, total_of, 3))

# %% exercise="4.5" case="a chain of convolutions" points=3 hint="the leading output channels of each layer, and as many leading inputs as the layer before puts out"
shapes = [(8, 3, 3, 3), (6, 8, 3, 3), (10, 6, 1, 3), (4, 10, 2, 2)]
heads = [nn.Linear(4, math.prod(shape)) for shape in shapes]
for i, head in enumerate(heads):
    head.weight.data, head.bias.data = (
        randn(*head.weight.shape, seed=seed + i),
        randn(*head.bias.shape, seed=seed + i + 9),
    )
show(*generate_weights(heads, shapes, [5, 3, 7, 2]), *generate_weights(heads, shapes, [1, 6, 10, 4]))

# %% exercise="4.5" case="the code of the widths" points=3 hint="each head reads the widths of all layers, each as a share of its own full width"
seen, shapes = [], [(7, 2, 1, 1), (5, 7, 1, 1), (3, 5, 1, 1)]


def noting(code, count):
    seen.append(code.clone())
    return torch.arange(1.0, count + 1) * (code * tensor([1.0, 10.0, 100.0])).sum()


heads = [partial(noting, count=math.prod(shape)) for shape in shapes]
show(generate_weights(heads, shapes, [3, 5, 1]), generate_weights(heads, shapes, (7, 2, 3)), torch.stack(seen))

# %% exercise="4.5" case="gradients" points=2 hint="gradients reach the heads, and only by what is cropped out"
shapes = [(4, 2, 2, 2), (6, 4, 3, 1)]
heads = [nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, math.prod(shape))) for shape in shapes]
for i, value in enumerate(value for head in heads for value in head.parameters()):
    value.data = randn(*value.shape, seed=seed + i)
weights = generate_weights(heads, shapes, [2, 5])
(weights[0].square().sum() + weights[1].sin().sum()).backward()
show(*weights, *[value.grad for head in heads for value in head.parameters()])

# %% exercise="4.5" case="one layer, one channel, full width" points=2 hint="a chain of one layer keeps all its inputs; widths of 1; full widths"
single = [lambda code: randn(60, seed=seed) * code[0]]
pair = [lambda code: randn(36, seed=seed + 1) + code[1], lambda code: randn(12, seed=seed + 2) - code[0]]
shapes = [(4, 3, 1, 3), (3, 4, 1, 1)]
shown = [generate_weights(single, [shape], [n]) for shape in ((5, 4, 1, 3), (3, 10, 2, 1)) for n in (1, 2, 3)]
show(*shown, *[generate_weights(pair, shapes, widths) for widths in ([1, 1], [4, 3], [2, 3], [3, 1])])

# %% exercise="4.6" case="the projection" points=3 hint="Z is W + U where that is largest, 0 elsewhere, exactly so many; the inputs stay as they are"
w, u = randn(5, 4, 3, 3), randn(5, 4, 3, 3, seed=seed + 1)
shown = [each for sparsity in (0.5, 0.9, 0.31) for each in admm_step(w, u, sparsity)]
show(*shown, w, u)

# %% exercise="4.6" case="where U decides" points=2 hint="the largest of W + U stay, not those of W"
w, u = randn(40), 10 * randn(40, seed=seed + 1)
show(*admm_step(w, u, 0.6), *admm_step(w, -u, 0.6), *admm_step(w, torch.zeros(40), 0.75))

# %% exercise="4.6" case="steps after each other" points=2 hint="the new U is U + W - Z: it adds up over steps"
u, shown = torch.zeros(6, 5), []
for i in range(4):
    z, u = admm_step(randn(6, 5, seed=seed + i), u, 0.7)
    shown += [z, u]
show(*shown)

# %% exercise="4.6" case="counts, nothing, everything" points=2 hint="round(n * (1 - sparsity)) stay, Python's round; sparsity 0 and 1"
shown = []
for n, sparsity in ((5, 0.5), (7, 0.5), (9, 0.5), (10, 0.25), (6, 1.0)):
    shown += admm_step(randn(n, seed=seed + n), randn(n, seed=seed + n + 20), sparsity)
whole = (4 * randn(6)).round()
show(*shown, *admm_step(whole, whole + 1, 0.0))

# %% exercise="4.6" case="equal entries, double precision" points=1 judge="nearest" hint="exactly so many stay when entries of W + U are equal in size; float64 stays so"
signs, more = randn(30).sign(), randn(24, dtype=torch.float64, seed=seed + 1).sign()
show(*admm_step(signs, 0 * signs, 0.6), signs, *admm_step(2 * more, more, 0.5), 3 * more)

# %% exercise="4.7" case="the first round" points=3 hint="the smallest of each layer after training go; the others start from their weights at the start"
trained, start, masks = layers(seed, (5, 4, 3, 3), (7, 9), (11,))
show(*[in_order(imp_round(trained, start, masks, rate)) for rate in (0.2, 0.5)])

# %% exercise="4.7" case="later rounds" points=3 hint="the share is of the weights that are left; what was dropped stays dropped, though it is large"
trained, start, masks = layers(seed, (6, 5, 3, 3), (8, 9), density=0.4)
trained = {
    name: torch.where(masks[name] & (rand(*w.shape, seed=seed + 7) < 0.1), 0.0, w) for name, w in trained.items()
}
show(*[in_order(imp_round(trained, start, masks, rate)) for rate in (0.3, 0.6)])

# %% exercise="4.7" case="round after round" points=3 hint="the density is that of the rounds together; each round rewinds to the same start; the inputs stay as they are"
trained, start, masks = layers(seed, (10, 10), (4, 3, 3, 3))
first, shown = [t.clone() for each in (trained, start, masks) for t in each.values()], []
for i in range(4):
    now = {name: randn(*mask.shape, seed=seed + 40 + i) for name, mask in masks.items()}
    masks, weights = imp_round(now, start, masks, 0.4)
    shown.append(in_order((masks, weights)))
show(*shown, *first)

# %% exercise="4.7" case="survivors that are zero" points=2 hint="a surviving weight that training has brought to zero is the first to go; one that starts at zero stays kept; the inputs stay as they are"
trained, start, masks = layers(seed, (9, 8), (60,), density=0.5)
for name, mask in masks.items():
    trained[name] = torch.where(mask, trained[name] * (rand(*mask.shape, seed=seed + 9) < 0.85), trained[name])
    start[name] = start[name] * (rand(*mask.shape, seed=seed + 10) < 0.5)
result = in_order(imp_round(trained, start, masks, 0.6))
show(result, *[each[name] for each in (trained, start, masks) for name in sorted(each)])

# %% exercise="4.7" case="how many go" points=2 hint="round(rate * survivors), Python's round, in each layer; rates 0 and 1"
shown = []
for n, rate in ((5, 0.5), (7, 0.5), (9, 0.5), (10, 0.25), (6, 0.1), (8, 0.0), (8, 1.0)):
    trained, start, masks = layers(seed + n, (n,), (2, n))
    shown.append(in_order(imp_round(trained, start, masks, rate)))
show(*shown)

# %% exercise="4.7" case="layers of unlike size, double precision" points=2 hint="each layer has its own threshold; float64 stays so"
trained, start, masks = layers(seed, (40,), (40,), (6, 6), density=0.8)
trained, start = ({name: w.double() for name, w in each.items()} for each in (trained, start))
show(in_order(imp_round(trained, start, masks, 0.5)), in_order(imp_round(start, trained, masks, 0.25)))

# %% exercise="4.8" case="a bowl" points=2 rtol=1e-4 hint="a quadratic loss: S = -w * (H (H w)), with its sign"
root = randn(6, 6, seed=seed)
bowl = root @ root.T / 6
w = randn(6, seed=seed + 1)
show(grasp_scores(lambda each: each["w"] @ bowl @ each["w"] / 2, {"w": w}), w)

# %% exercise="4.8" case="layers that act together" points=3 rtol=1e-3 hint="the Hessian is that of all layers together; the weights stay as they are"
x, y = randn(20, 5), rand(20, 2, seed=seed + 1)
weights = {
    "first": randn(7, 5, seed=seed + 2),
    "second": randn(4, 7, seed=seed + 3),
    "third": randn(2, 4, seed=seed + 4),
}
found = grasp_scores(perceptron(x, y), weights)
show([found[name] for name in weights], *weights.values(), [w.requires_grad for w in weights.values()])

# %% exercise="4.8" case="convolutions, double precision" points=2 rtol=1e-6 hint="weights of any shape; float64 stays so"
x = randn(3, 2, 7, 7, dtype=torch.float64)
weights = {
    "b": randn(4, 2, 3, 3, seed=seed + 1, dtype=torch.float64),
    "a": randn(1, 4, 2, 2, seed=seed + 2, dtype=torch.float64),
}
found = grasp_scores(lambda w: torch.conv2d(torch.conv2d(x, w["b"]).sigmoid(), w["a"]).square().mean(), weights)
show(found["a"], found["b"])

# %% exercise="4.8" case="weights that are parameters" points=2 rtol=1e-3 hint="the scores are detached, and no gradient is left in the weights"
weights = {
    "first": nn.Parameter(randn(3, 4)),
    "second": nn.Parameter(randn(3, 3, seed=seed + 1)),
    "third": nn.Parameter(randn(1, 3, seed=seed + 2)),
}
found = grasp_scores(perceptron(randn(9, 4, seed=seed + 3), rand(9, 1, seed=seed + 4)), weights)
show(
    [found[name] for name in weights],
    [found[name].requires_grad for name in weights],
    [w.grad is None for w in weights.values()],
)

# %% exercise="4.8" case="where the gradient points the other way" points=1 rtol=1e-4 hint="losses with negative curvature, weights of both signs"
w = {"w": randn(12)}
show(grasp_scores(lambda each: each["w"].cos().sum(), w), grasp_scores(lambda each: each["w"].pow(3).sum(), w))

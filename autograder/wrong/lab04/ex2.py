# %% wrong="This layer is to save all that must go: the layers to come save some of it."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The layers to come are counted at 100 %: they lose a_max of their MACs at most."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="This layer is counted among the layers to come."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs)) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The share is taken of all MACs, not of this layer's."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / sum(macs)
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The action is lowered to what is needed: it may be larger than that."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(min(action, least), 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The result may be larger than a_max."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return max(action, least, 0.0)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The result may be negative: a layer cannot grow."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The budget is checked for this layer alone: must_go over all layers' MACs is its share."
def bounded_action(action, macs, must_go, a_max):
    least = must_go / sum(macs)
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="Only the next layer is counted; all layers to come can save."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:2])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The action is not corrected, only kept between 0 and a_max."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="must_go is read as the MACs that may stay."
def bounded_action(action, macs, must_go, a_max):
    least = (sum(macs) - must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The sign is missing: a larger error must give a smaller reward."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return error * math.log(cost)
    return error if cost <= budget else -math.inf


# %% wrong="Beyond the budget the reward is minus infinity, not 0."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log10(cost)
    return -error if cost <= budget else 0.0


# %% wrong="A cost that equals the budget is within it, and without a budget the logarithm is the natural one."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log2(cost)
    return -error if cost < budget else -math.inf


# %% wrong="The logarithm is missing: without a budget the reward is -error * log(cost)."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * cost
    return -error if cost <= budget else -math.inf


# %% wrong="The logarithm is subtracted; it multiplies the error."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error - math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The error is divided by the logarithm, so that a larger network is worth more."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error / math.log(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="The logarithm is that of base 10; asked for is the natural one."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log10(cost)
    return -error if cost <= budget else -math.inf


# %% wrong="A budget of 0 is a budget too: compare with None."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if not budget:
        return -error * math.log(cost)
    return -error if cost < budget else -math.inf


# %% wrong="Inside the budget the reward is the error alone, without the logarithm."
def bounded_action(action, macs, must_go, a_max):
    least = (must_go - a_max * sum(macs[1:])) / macs[0]
    return min(max(action, least, 0.0), a_max)


def reward(error, cost, budget=None):
    if budget is None:
        return -error * math.log(cost)
    return -error * math.log(cost) if cost <= budget else -math.inf


# %% right="the range first, then the nearest share in it"
def bounded_action(action, macs, must_go, a_max):
    this, *later = macs
    still = must_go - sum(a_max * each for each in later)
    low = min(max(still / this, 0.0), a_max)
    if action < low:
        return low
    return a_max if action > a_max else action


def reward(error, cost, budget=None):
    if budget is not None and cost > budget:
        return float("-inf")
    return -error * (1.0 if budget is not None else float(torch.log(torch.tensor(float(cost), dtype=torch.float64))))


# %% right="numpy"
import numpy as np


def bounded_action(action, macs, must_go, a_max):
    macs = np.asarray(macs, dtype=float)
    return float(np.clip(max(action, (must_go - a_max * macs[1:].sum()) / macs[0]), 0.0, a_max))


def reward(error, cost, budget=None):
    return -error * math.log(cost) if budget is None else (-error, -math.inf)[cost > budget]

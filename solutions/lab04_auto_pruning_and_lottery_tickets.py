# %% [markdown]
# # Lab 04 - Let the machine choose: automatic pruning and lottery tickets
#
# [Open in Colab][colab]
#
# **How much should each layer lose, and could the pruned network have been trained from the start?**
#
# [colab]: https://colab.research.google.com/github/effdl/labs/blob/main/labs/lab04_auto_pruning_and_lottery_tickets.ipynb

# %% [markdown]
# **Time** 110 minutes. **Points** 100. **Prerequisites** lab 03. **Needs** 2 CPU minutes and 3 MB of data.
#
# You will be able to
# - read a ratio for each layer off its sensitivity
# - search widths at a budget by AMC's reward, by NetAdapt and with weights that a network writes
# - train towards sparsity by ADMM and by slimming
# - find a winning ticket, and say what its control shows
# - prune before training and check a score by finite differences
#
# Run the cells from the top. *Run All* stops at the first exercise that is not written yet: write it and go on from
# there. A prediction left at `None` never stops the lab.

# %% role="setup"
# For Colab; where the course is installed this does nothing.
import importlib.util

if importlib.util.find_spec("effdl") is None:
    import importlib.metadata as found, os, subprocess, sys

    clone = "git clone -q --depth 1 --filter=blob:none --sparse -b lab04 https://github.com/effdl/labs course && "
    fetch = ("" if os.path.isdir("course") else clone) + "git -C course sparse-checkout set shared data && "
    keep = [f"{name}=={found.version(name)}" for name in ("torch", "numpy") if importlib.util.find_spec(name)]
    install = f'"{sys.executable}" -m pip install -q -e course/shared {" ".join(keep)}'
    done = subprocess.run(fetch + install, shell=True, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit("The course cannot be fetched. Is the internet on (Kaggle: Settings)?\n" + done.stderr[-500:])
    sys.path.append(os.path.abspath("course/shared/src"))

# %% role="setup"
import copy, math
from collections.abc import Callable, Mapping, Sequence
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from effdl import admm, amc, cost, data, experiments, grasp, inner, lottery, masking, metapruning, netadapt, plots
from effdl import pruning, races, sensitivity, sparse_training as sparse, tickets, train, zoo
from effdl.check import check

torch.set_num_threads(1)
plots.use_style()

# %% [markdown]
# ## Baseline: one ratio for all
# Lab 03 took the same share of every layer. That is the rule to beat: the ResNet8 of lab 03, 80 % of the weights of
# each of its six convolutions set to zero, nothing trained. Choices are made on validation images.

# %%
net = zoo.load("resnet8")
seen, validation = data.fashion_mnist("train"), data.fashion_mnist("validation")
dense_accuracy, dense_macs = train.accuracy(net, validation), cost.macs(net, (1, 28, 28))
everywhere = dict.fromkeys(masking.prunable(net), 0.8)
same = masking.apply_(copy.deepcopy(net), sensitivity.layer_masks(net, everywhere))
print(f"dense: {dense_accuracy:.1f} % right, {dense_macs / 1e6:.2f} million MACs an image")
print(f"80 % of each layer gone: {train.accuracy(same, validation):.1f} % right")

# %% [markdown]
# ## 1 - Sensitivity: what does each layer bear?
# Prune one layer alone at rising ratios and watch the accuracy; then give each layer the ratio at which it crosses a
# common floor. The six layers have 2,304 to 36,864 weights. Which one bears most, the first
# ("blocks.0.conv1") or the last ("blocks.2.conv2")?

# %% predict="4.1"
guess_bears = "blocks.2.conv2"

# %% [markdown]
# ### Exercise 4.1 - Scan, then read off    15 min - 15 points - difficulty 3/5
# Write `sensitivity_scan`: for each layer of `masking.prunable(net)` (names and weights that share the network's
# memory) and each ratio, `evaluate(net)` with that share of this layer's smallest weights at zero. Afterwards the
# network is as before. And `ratios_within`: each layer's largest ratio up to which every value is at least `floor`, 0
# if the first is not. About 12 lines.
#
# By hand first: values 90, 80, 89 at ratios 0.3, 0.6, 0.9 and a floor of 85 give 0.3.
#
# <details><summary>Hint 1</summary>A view is no copy: what do you restore from?</details>
# <details><summary>Hint 2</summary><code>pruning.mask_from_scores</code>, <code>copy_</code>.</details>

# %% exercise="4.1" source="effdl.sensitivity:sensitivity_scan,ratios_within" points=15 minutes=15 difficulty=3
# the build puts the reference here

# %% check="4.1"
check("4.1", sensitivity_scan, ratios_within)

# %%
ratios, floor = (0.2, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.96), 90
scan = sensitivity.sensitivity_scan(net, lambda pruned: train.accuracy(pruned, validation.first(1000)), ratios)
chosen = sensitivity.ratios_within(scan, ratios, floor)
plots.reveal(guess_bears, max(chosen, key=chosen.get))
plots.search.sensitivity(scan, ratios, chosen, floor, guess={"bears most": guess_bears})

# %% [markdown]
# Six ratios, one floor. Do they pay, all together?

# %%
own = masking.apply_(copy.deepcopy(net), sensitivity.layer_masks(net, chosen))
total = sensitivity.total_sparsity(net, chosen)
flat = masking.apply_(copy.deepcopy(net), sensitivity.layer_masks(net, dict.fromkeys(chosen, total)))
print(f"{total:.1%} of the weights gone: {train.accuracy(own, validation):.1f} % right by sensitivity, ", end="")
print(f"{train.accuracy(flat, validation):.1f} % with the same ratio everywhere")

# %% [markdown]
# Each layer alone stayed above the floor; together they fall far below it. The scan does not see how layers act
# together. A search can.
#
# ## 2 - Search under a budget
# From here on *channels* go, the inner ones of each block: a smaller network, three numbers to choose. *AMC* walks
# through the layers; an agent names the share of each that goes. Its reward is $-\text{error}$ within the budget, or
# $-\text{error} \cdot \log(\text{cost})$.
#
# By hand: two layers have 100 and 300 MACs, 240 must go, at most 70 % of a layer. The agent says 10 % for the first.
# What must it be at least? Without a budget, which has the better reward, 10 % error at 1,000 MACs or 12 % at 100?

# %% predict="4.2"
guess_amc = {"first layer (%)": 30, "better MACs": 100}

# %%
rewards = {macs: amc.reward(error, macs) for error, macs in ((10, 1000), (12, 100))}
told = ", ".join(f"reward at {macs:,} MACs {value:.1f}" for macs, value in rewards.items())
answer = {"first layer (%)": round(100 * amc.bounded_action(0.1, [100, 300], 240, 0.7))}
plots.reveal(guess_amc, answer | {"better MACs": max(rewards, key=rewards.get)}, details=told)

# %% [markdown]
# ### Exercise 4.2 - AMC's action and reward    10 min - 10 points - difficulty 2/5
# Write `bounded_action`: `macs` are this layer's and those of the layers to come, `must_go` of them have still to go,
# at most `a_max` of each layer. Return the share nearest to `action` in [0, a_max] that keeps this reachable; a_max
# if nothing does. And `reward`: with a budget -error if cost <= budget, else -inf; without one -error times the
# natural log of cost. About 5 lines.
#
# By hand first: the later layer saves 0.7 * 300 = 210 at most, so 30 of 100 go here.
#
# <details><summary>Hint 1</summary>What can the layers to come save at most?</details>
# <details><summary>Hint 2</summary><code>min</code>, <code>max</code>, <code>math.inf</code>.</details>

# %% exercise="4.2" source="effdl.amc:bounded_action,reward" points=10 minutes=10 difficulty=2
# the build puts the reference here

# %% check="4.2"
check("4.2", bounded_action, reward)

# %% [markdown]
# Be the agent: your two functions correct and judge your shares at half of the MACs. Before you touch it: ask
# for 0 % everywhere. Which block pays? Then find a reward better than that of equal shares.

# %% role="widget"
space = inner.Space(net, seen, validation)
plots.search_widgets.allocate(bounded_action, reward, space, budget=0.5 * dense_macs)

# %% [markdown]
# The walk corrects from front to back, so the last block pays. AMC's agent learns by DDPG; where judging is
# fast, less does. The *cross-entropy method* draws vectors, keeps the best, and draws around those.
#
# ### Exercise 4.3 - Cross-entropy search    12 min - 15 points - difficulty 3/5
# Write `cross_entropy_search`. Each round: `rows = draw(mean, std)`, one `value(row)` for each row in order; mean and
# standard deviation (dividing by `n_elite`) of the `n_elite` best rows are the next round's. Return the last mean,
# and the best row of all rounds, the first of equals. About 8 lines.
#
# By hand first: rows 1, 2, 3, 6 with value = row and two elite give mean 4.5, spread 1.5, best 6.
#
# <details><summary>Hint 1</summary><code>topk</code> gives the elite's places.</details>
# <details><summary>Hint 2</summary><code>std(0, correction=0)</code> divides by n.</details>

# %% exercise="4.3" source="effdl.amc:cross_entropy_search" points=15 minutes=12 difficulty=3
# the build puts the reference here

# %% check="4.3"
check("4.3", cross_entropy_search)

# %% [markdown]
# The widget walks *your* search over the real accuracies of 100 networks (block 1 loses 40 %; measured once and
# cached). Before you touch it: what becomes of the cloud when the elite is one network, what when it is all twelve?

# %% role="widget"
found = races.load()
plots.search_widgets.search_walk(cross_entropy_search, found.landscape, space)

# %% [markdown]
# One network as elite leaves no spread: the search stops at once. With all as elite nothing is selected.
# Now live, over all three blocks, 60 networks. Does it beat equal shares? By how many points, before any training?

# %% predict="4.3"
guess_gain = 5

# %%
budget = 0.5 * dense_macs
equal = inner.uniform(space, budget)
searched = space.widths(inner.search(space, budget, space.quick, seed=0)[1])
for name, widths in (("equal shares", equal), ("searched", searched)):
    print(f"{name}: widths {widths}, {space.macs(widths) / 1e6:.2f} million MACs")
right = [space.quick(widths) for widths in (equal, searched)]
told = "equal shares {:.1f} %, searched {:.1f} % right".format(*right)
plots.reveal(guess_gain, round(right[1] - right[0], 1), "points", details=told)

# %% [markdown]
# *NetAdapt* needs no agent: a rule. Each step must save a fixed amount. Every layer offers the candidate in which it
# alone saves that much; each is trained a little, the most accurate one stays.
#
# By hand: a and b have 4 channels each of 1 ms; 2 ms must go; accuracy is b's width. Which candidate stays?
#
# ### Exercise 4.4 - One NetAdapt step    12 min - 15 points - difficulty 3/5
# Write `netadapt_step`. For each layer: the largest width from 1 to its own less 1 with cost(candidate) <=
# cost(widths) - reduction; no such width, no candidate. Call `accuracy` once for each candidate, in order; return the
# best one, the first of equals, as a new dict. ValueError if there is none. About 10 lines.
#
# By hand first: above, {"a": 2, "b": 4} stays.
#
# <details><summary>Hint 1</summary><code>widths | {layer: narrower}</code> is a new dict.</details>
# <details><summary>Hint 2</summary>Costs need not be sums: ask <code>cost</code> for the whole candidate.</details>

# %% exercise="4.4" source="effdl.netadapt:netadapt_step" points=15 minutes=12 difficulty=3
# the build puts the reference here

# %% check="4.4"
check("4.4", netadapt_step)

# %% [markdown]
# Here the cost is MACs, and the little training is a re-estimation of batch normalization.


# %%
full = dict(zip(inner.BLOCKS, space.full, strict=True))
macs_of, quick_of = (lambda w: space.macs(tuple(w.values()))), (lambda w: space.quick(tuple(w.values())))
path = netadapt.adapt(full, macs_of, quick_of, budget=budget, reduction=inner.REDUCTION * dense_macs)
for widths in path[:: max(1, len(path) // 4)] + path[-1:]:
    print(f"{macs_of(widths) / 1e6:.2f} million MACs, {quick_of(widths):.0f} % right: {widths}")

# %% [markdown]
# *MetaPruning* asks whether narrow networks need judging by pruned weights at all. A *PruningNet* reads the
# widths of all layers and writes their weights; the leading channels are used. Trained with random widths, it gives
# any of them an accuracy.
#
# ### Exercise 4.5 - Weights for a vector of widths    10 min - 10 points - difficulty 3/5
# Write `generate_weights` for a chain of convolutions. One code for all heads: each width over its layer's full
# number of outputs, float32. `heads[i](code)` is flat, in the order of `shapes[i]` = (co, ci, kh, kw); keep the first
# `widths[i]` outputs, and as many leading inputs as the layer before puts out (the first layer: all). Gradients reach
# the heads. About 6 lines.
#
# By hand first: two layers of 8 and 4 outputs, the first with 3 inputs, get widths 2 and 3. The code is [0.25, 0.75],
# the second layer's weights have 3 outputs and 2 inputs.
#
# <details><summary>Hint 1</summary>Shape first, then crop.</details>
# <details><summary>Hint 2</summary>(co * ci * kh * kw), then (co, ci, kh, kw), then (widths[i], widths[i - 1], kh, kw).</details>

# %% exercise="4.5" source="effdl.metapruning:generate_weights" points=10 minutes=10 difficulty=3
# the build puts the reference here

# %% check="4.5"
check("4.5", generate_weights)

# %% [markdown]
# A ResNet8 whose six convolutions are written by heads, after one epoch; the cached one had fifteen.

# %% role="experiment"
generator = torch.Generator().manual_seed(0)
writer = metapruning.PruningNet(generator=generator)
metapruning.train_pruning_net(writer, seen, epochs=1, lr=3e-3, generator=generator)
batch = validation.first(500)
for widths in ((16, 32, 64), (7, 15, 30), (2, 4, 8)):
    with torch.no_grad():
        right = (writer(batch.images, widths).argmax(1) == batch.labels).double().mean()
    print(f"widths {widths}: {100 * right:.0f} % right with written weights")

# %% [markdown]
# Four ways to choose at two budgets, the winners trained on alike for an epoch (three orders of the
# images; cached, `python -m effdl.make.lab04` measures anew). Which choice is best after training?

# %% role="figure"
shares = {"50 %": found.allocations(0.5), "35 %": found.allocations(0.35)}
plots.search.allocations(shares, found.budgets["dense"])

# %% [markdown]
# A judge without training misleads where training repairs much.
#
# ## 3 - Let training do it
# *Regularization* pushes weights to zero while the network learns: $L + \lambda\|W\|_1$, or $\lambda\|W\|^2$. ADMM
# splits the aim in two: $W$ fits the data, $Z$ is sparse, and $U$ sums up their differences. Train $W$ on
# $L + \frac{\rho}{2}\|W - Z + U\|^2$; set $Z$ to the sparse tensor nearest to $W + U$; add $W - Z$ to $U$.
#
# ### Exercise 4.6 - Project and add up    8 min - 10 points - difficulty 2/5
# Write `admm_step`. Z: the round(n * (1 - sparsity)) entries of w + u that are largest in size, 0 elsewhere. The new
# u: u + w - Z. Return both. About 3 lines.
#
# By hand first: W = [3, -1], U = [0, -4] and one weight that stays give Z = [0, -5] and U = [3, 0].
#
# <details><summary>Hint 1</summary>Which tensor is ranked, which one is copied?</details>
# <details><summary>Hint 2</summary><code>pruning.mask_from_scores</code> counts.</details>

# %% exercise="4.6" source="effdl.admm:admm_step" points=10 minutes=8 difficulty=2
# the build puts the reference here

# %% check="4.6"
check("4.6", admm_step)

# %% role="figure"
plots.tickets.admm((0.9, 0.95, 0.97), found.admm)

# %% [markdown]
# Three epochs with the pull of ADMM against three of plain training with the mask of lab 03; then both are pruned and
# trained one more. Did the pull make pruning cheap? Did it win? With this pull $W$ and $U$ swing with a period of some
# 230 steps, and the three epochs have 234: ADMM wants patience.
#
# *Slimming* puts L1 on the BN scales $\gamma$: a channel with small $\gamma$ says little. One threshold over all
# layers then gives each its own width.

# %% role="figure"
slim = found.slimming
for name, row in slim.items():
    stages = ", ".join(
        f"{stage} {percent:.0f} %" for stage, percent in zip(experiments.STAGES, row["stages"], strict=True)
    )
    print(f"{name}: half of the channels gone, {row['kept']} kept, {row['macs'] / 1e6:.2f} million MACs; {stages}")
plots.tickets.gammas({name: row["gammas"] for name, row in slim.items()}, 0.5)

# %% [markdown]
# ## 4 - The lottery ticket hypothesis
# A pruned network is small. Could we have trained it small from the start? Frankle and Carbin: a dense network holds
# a sparse one that, trained alone *from its original initialization*, is as good: a *winning ticket*. *Iterative
# magnitude pruning* (IMP) finds it: train, drop a share of the survivors, rewind the others to $W_0$, repeat.
#
# ### Exercise 4.7 - One round with rewinding    12 min - 15 points - difficulty 3/5
# Write `imp_round` on dicts of layers. In each layer round(rate * survivors) of the kept weights go, the smallest
# |trained|; what was dropped stays dropped, whatever its value. Return the new masks, and the weights to train next:
# `start` where kept, 0 elsewhere. About 8 lines.
#
# By hand first: [5, 1, -4, 2] began as [0.1, 0.2, 0.3, 0.4]; half goes, and [0.1, 0, 0.3, 0] is trained next.
#
# <details><summary>Hint 1</summary>Give dropped weights a size that is never among the smallest.</details>
# <details><summary>Hint 2</summary><code>masked_fill</code>, <code>topk(..., largest=False)</code>.</details>

# %% exercise="4.7" source="effdl.tickets:imp_round" points=15 minutes=12 difficulty=3
# the build puts the reference here

# %% check="4.7"
check("4.7", imp_round)

# %% [markdown]
# The control decides what the hypothesis is worth: the *same mask*, other random weights. A ResNet8 of width 8,
# 5,000 images; three rounds live (seed 0), then all rounds, cached. How many points do the original
# weights win at 8 % density?

# %% predict="4.4"
guess_ticket = 4

# %% role="experiment"
chain = lottery.ticket_chain(0, seen, validation, rounds=3)
control = lottery.random_again(0, chain[-1].masks, seen, validation)
for name, now, key in (("ticket", chain[-1].accuracy, "step 0"), ("weights drawn again", control, "drawn again")):
    print(f"{name}, {chain[-1].density:.0%} left: {now:.1f} % now, {found.ticket(key, 3, seed=0):.1f} % cached")

# %%
plots.reveal(guess_ticket, round(found.ticket("step 0", 5) - found.ticket("drawn again", 5), 1), "points")
plots.tickets.tickets(found.densities, found.tickets, guess={8: guess_ticket})

# %% [markdown]
# *Scaling limitation*: on large networks rewinding to $W_0$ fails, and one rewinds to $W_k$, a few hundred steps in.
# Here $k$ is 40 of 195 steps. Is the line of step k above that of step 0 by more than the seeds spread? Every
# ticket has paid for all trainings before it: what did we save?

# %% [markdown]
# ## 5 - Prune before training
# Can we skip the training? *SNIP* (lab 03) keeps the weights of a fresh network with large *connection sensitivity*
# $|wg|$. *GraSP* protects the *gradient flow*: without $w$, $\|g\|^2$ falls by $2w(Hg)$ to first order. The score is
# $S = -w \odot (Hg)$ and the *largest* $S$ are pruned.
#
# ### Exercise 4.8 - GraSP scores    12 min - 10 points - difficulty 4/5
# Write `grasp_scores`. `loss(weights)` is a scalar function of a dict of weights. Return S = -w * (H g) for each
# layer, detached; H is the Hessian of all layers together. The weights stay as they are, without gradients. About 5
# lines.
#
# By hand first: for w1^2 / 2 + 2 w2^2 at (1, 1), g = (1, 4), H = diag(1, 4) and S = (-1, -16): w1 goes first.
#
# <details><summary>Hint 1</summary>H g is the gradient of g . g' where g' is held fixed.</details>
# <details><summary>Hint 2</summary><code>torch.autograd.grad(..., create_graph=True)</code>, <code>detach</code>.</details>

# %% exercise="4.8" source="effdl.grasp:grasp_scores" points=10 minutes=12 difficulty=4
# the build puts the reference here

# %% check="4.8"
check("4.8", grasp_scores)

# %% [markdown]
# A sign error would prune the wrong end. Finite differences decide: shrink one weight by a small share $\epsilon$,
# and $\|g\|^2$ must change by $2\epsilon S$.

# %%
fresh = lottery.fresh(0).double()
few = data.Split(seen.images[:32].double(), seen.labels[:32])
loss, weights = grasp.loss_of_weights(fresh, few.images, few.labels), masking.prunable(fresh)
scored = grasp.grasp_scores(loss, weights)["blocks.0.conv1"].flatten()
for place in (int(scored.argmax()), int(scored.argmin())):
    slope = grasp.measured_change(loss, weights, "blocks.0.conv1", place, epsilon=1e-4)
    print(f"weight {place}: S {scored[place]:+.5f}, from finite differences {slope:+.5f}")

# %% [markdown]
# Now train what each method leaves, all layers ranked together. At 98 % of the weights gone, live with
# one seed: which is better, "SNIP" or "GraSP"?

# %% predict="4.5"
guess_start = "GraSP"

# %% role="experiment"
live = {method: lottery.pruned_at_start(0, method, 0.98, seen, validation) for method in ("SNIP", "GraSP")}
for method, (_, masks) in live.items():
    print(f"{method} leaves {[int(mask.sum()) for mask in masks.values()]} weights in the six layers")

# %%
now = {method: accuracy for method, (accuracy, _) in live.items()}
cached = {method: found.at_start(method, 0.98, seed=0) for method in live}
told = "; ".join(f"{method} {now[method]:.1f} % now, {cached[method]:.1f} % cached" for method in live)
plots.reveal(guess_start, max(now, key=now.get), details=told)
plots.tickets.at_start(found.sparsities, found.start, guess={0.98: guess_start})

# %% [markdown]
# SNIP ranks all layers together and nearly empties the largest. A shortcut carries the signal past an empty layer
# here; in a plain chain it would be the end.
#
# ## 6 - Put together
# Sensitivity, rounds and rewinding's cheaper cousin, fine-tuning: ratios from section 1, magnitude pruning in
# five rounds with training between them. The result ships with the course; labs 05 and 06 encode it. It is the last
# time that choices are made here, so the test images are used, once.

# %% role="experiment"
pruned, test = zoo.load("resnet8_pruned"), data.fashion_mnist("test")
layers = masking.prunable(pruned)
kept = {name: weight != 0 for name, weight in layers.items()}
for name, mask in kept.items():
    print(f"{name}: {1 - mask.double().mean():.0%} zeros")
for name, network, masks in (("dense", net, None), ("pruned", pruned, kept)):
    kib = cost.network_bytes(network, masks, format="bitmask" if masks else "dense") / 1024
    print(f"{name}: {train.accuracy(network, test):.1f} % of the test images right, {kib:.0f} KiB")

# %% role="figure"
plots.search.layers_left({name: (int(mask.sum()), mask.numel()) for name, mask in kept.items()})

# %% [markdown]
# ## Honest limits
# One small network, one easy data set, few seeds, one for ADMM and slimming. Three widths are a small space:
# one could try them all. MACs stand for time; NetAdapt's point is *measured* latency. AMC's agent, its state and what
# it carries over are left out, as are MetaPruning's evolution and its long training from scratch. A rewound run trains
# by the whole schedule again. In our residual network the dense stem and shortcuts alone classify most images, which
# flatters every method at 99 %. No penalty was tuned.

# %% [markdown]
# ## Wrap-up
# Layers bear different shares, and a scan, a search or training itself finds them. Where the original weights matter
# the control shows it, and rewinding a little later is safer. Scores of a fresh network are judged by their sign and by
# what they leave in each layer.
#
# | | network, data | result |
# |---|---|---|
# | He et al. 2018 (AMC) | MobileNet, ImageNet | 569 to 285 million MACs, 70.6 to 70.5 % |
# | Frankle and Carbin 2019 | small networks, MNIST and CIFAR-10 | tickets of 10 to 20 % of the weights, as good as dense |
# | Wang et al. 2020 (GraSP) | VGG-19, Tiny-ImageNet, 98 % gone | 57.3 % against 49.0 % by SNIP |
# | ours | ResNet8, Fashion-MNIST | the figures above |
#
# Open: what in a ticket matters, its mask or the signs of its weights? Would you pay for a search if equal shares come
# within a point after training?

# %% [markdown]
# ## Sources
# He et al. 2018 (AMC), arXiv:1802.03494. Yang et al. 2018 (NetAdapt), arXiv:1804.03230. Liu et al. 2019
# (MetaPruning), arXiv:1903.10258. Liu et al. 2017 (slimming), arXiv:1708.06519. Zhang et al. 2018 (ADMM),
# arXiv:1804.03294. Frankle and Carbin 2019 (lottery ticket), arXiv:1803.03635. Frankle et al. 2019 (rewinding),
# arXiv:1903.01611. Lee et al. 2019 (SNIP), arXiv:1810.02340. Wang et al. 2020 (GraSP), arXiv:2002.07376. Rubinstein
# 1999 (cross-entropy).
#
# **Next**, lab 05: hardware that skips the zeros.

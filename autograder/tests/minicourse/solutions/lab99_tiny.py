# %% [markdown]
# # Lab 99 - Scale, keep, average
# How few numbers describe a row?

# %% [markdown]
# **Time** 15 minutes. **Points** 100. **Prerequisites** none. **Needs** 1 CPU minute.
#
# You will be able to
# - scale the rows of a matrix
# - keep the largest scores
# - average without keeping the values

# %% role="setup"
import torch
from torch import Tensor

from effdl import tiny
from effdl.check import check

# %% [markdown]
# What is the scale of the row [3, -6] in 3 bits?

# %% predict="99.1"
guess_scale = {"first": 2.0, "of zeros": 1.0}  # real value per integer step

# %%
tiny.row_scales(torch.tensor([[3.0, -6.0], [0.0, 0.0]]), bits=3)

# %% [markdown]
# ### Exercise 99.1 - One scale per row    5 min - 40 points - difficulty 1/5
# Write `row_scales`. Given w (rows, cols) and bits, return the scale of each row, max|w| / (2^(bits-1) - 1).
# A row of zeros gets scale 1. Fewer than 2 bits raise ValueError.
#
# By hand first: for w = [[7, -14]], bits = 4 the scale is [2].
#
# <details><summary>Hint 1</summary>The largest magnitude of each row comes first.</details>
# <details><summary>Hint 2</summary>`torch.where` chooses between two tensors.</details>

# %% exercise="99.1" source="effdl.tiny:row_scales" points=40 minutes=5 difficulty=1
# the reference goes here

# %% check="99.1"
check("99.1", row_scales)

# %% [markdown]
# ### Exercise 99.2 - Keep the highest    5 min - 30 points - difficulty 1/5
# Write `top_mask`. Given scores (n,), return a bool mask with True for the n_keep highest. Any of equals may stay.
#
# By hand first: of [1, 3, 2] the two highest are [False, True, True].
#
# <details><summary>Hint 1</summary>Sort positions, not values.</details>
# <details><summary>Hint 2</summary>`argsort(descending=True)`</details>

# %% exercise="99.2" source="effdl.tiny:top_mask" points=30 minutes=5 difficulty=1
# the reference goes here

# %% check="99.2"
check("99.2", top_mask)

# %% [markdown]
# ### Exercise 99.3 - A running mean    5 min - 30 points - difficulty 2/5
# Write `add` and `mean` of `RunningMean`. The mean of nothing raises ValueError.
#
# By hand first: after 2 and 4 the mean is 3.
#
# <details><summary>Hint 1</summary>Two numbers are enough.</details>
# <details><summary>Hint 2</summary>Total divided by count.</details>

# %% exercise="99.3" source="effdl.tiny:RunningMean.add+mean" points=30 minutes=5 difficulty=2
# the reference goes here

# %% check="99.3"
check("99.3", RunningMean)

# %% role="experiment"
rows = torch.arange(12.0).reshape(3, 4)
print("experiment:", tiny.row_scales(rows, bits=8).shape)

# %% [markdown] manual="99.Q1" points=5
# Why does a row of zeros get scale 1?
#
# ### BEGIN SOLUTION
# Any scale represents zeros exactly, and 1 does not divide by zero.
# ### END SOLUTION

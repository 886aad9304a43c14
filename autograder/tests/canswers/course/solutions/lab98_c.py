# %% [markdown]
# # Lab 98 - Add a multiple
# What does one exercise in C and one in Python look like?

# %% [markdown]
# **Time** 10 minutes. **Points** 100. **Prerequisites** none. **Needs** 1 CPU minute.
#
# You will be able to
# - write a loop in C
# - run it on a microcontroller
# - count its instructions

# %% role="setup"
import numpy as np

from effdl import mcu, small
from effdl.check import check

# %% [markdown]
# ### Exercise 98.1 - Add a multiple    5 min - 60 points - difficulty 1/5
# Write `axpy` in C: add `factor` times x to y, both of n values; n may be 0.
#
# By hand first: x = [1, 2], y = [10, 10], factor 3 give y = [13, 16].
#
# <details><summary>Hint 1</summary>One loop.</details>
# <details><summary>Hint 2</summary>`y[i] += ...`</details>

# %% exercise="98.1" source="effdl/c/small.c:axpy" points=60 minutes=5 difficulty=1
# the reference goes here

# %% check="98.1"
check("98.1", axpy_c)

# %% [markdown]
# ### Exercise 98.2 - Count    5 min - 40 points - difficulty 1/5
# Write `axpy_macs`: how many multiply-accumulates n values take, in `times` calls.
#
# By hand first: 2 values, 3 times, are 6.
#
# <details><summary>Hint 1</summary>One a value.</details>
# <details><summary>Hint 2</summary>A product.</details>

# %% exercise="98.2" source="effdl.small:axpy_macs" points=40 minutes=5 difficulty=1
# the reference goes here

# %% check="98.2"
check("98.2", axpy_macs)

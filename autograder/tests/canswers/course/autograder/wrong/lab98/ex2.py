# %% wrong="the calls are not counted"
def axpy_macs(n, times):
    return n


# %% right="a sum"
def axpy_macs(n, times):
    return sum(n for _ in range(times))

# %% role="setup" memory_mib=2048 cpu_s=60
def vectors(n, seed):
    rng = np.random.default_rng(seed)
    return rng.integers(-128, 128, n, dtype=np.int8), rng.integers(-(10**6), 10**6, n, dtype=np.int32)


def call(text, x, y, factor, **how):
    return mcu.run(mcu.compile(text), "axpy", x, y, len(x), factor, **{"max_instructions": 200_000, **how})


# %% role="judge"
def few_instructions(got, ref):
    (values, count), (wanted, reference) = got, ref
    right = np.array_equal(np.asarray(values), np.asarray(wanted))
    return float(right and count <= 3 * reference)


# %% exercise="98.1" case="a few values" points=20 hint="y[i] grows by factor * x[i]"
x, y = vectors(17, seed)
show(call(axpy_c, x, y, 5).arrays, call(axpy_c, x, y, -70_000).arrays[1])

# %% exercise="98.1" case="no values" points=20 hint="n may be 0"
x, y = vectors(9, seed)
runs = [mcu.run(mcu.compile(axpy_c), "axpy", x, y, n, 3, max_instructions=1000) for n in (0, 1)]
show([run.arrays for run in runs])

# %% exercise="98.1" case="effort" points=20 hint="one turn of the loop a value" judge="few_instructions"
x, y = vectors(400, seed)
run = call(axpy_c, x, y, 2)
show(run.arrays[1], run.instructions)

# %% exercise="98.2" case="sizes" points=40 hint="values times calls"
show([axpy_macs(n, times) for n in (1, 7, seed % 97 + 2) for times in (1, 4, 11)])

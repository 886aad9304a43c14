# %% wrong="The faster side is taken; the slower one decides."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = min(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="MACs are taken for FLOPs: a MAC is a multiplication and an addition."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The batch multiplies the weights too; they are moved once for all inputs."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = batch * (work.weights + work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The batch does not multiply the activations; each input has its own."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The batch does not multiply the MACs; each input takes its own."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="Values count as bytes: a value has bits / 8 of them."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = work.weights + batch * work.activations
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="bits is ignored: 4 bytes for each value."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * 4
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="Bits are moved where bytes are meant: the bandwidth is in bytes a second."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="Only the weights are moved; inputs and outputs are too."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The result is in seconds; asked for are milliseconds."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 2 * batch * work.macs / machine.peak_flops
    memory_ms = moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The sides are swapped: compute binds where arithmetic takes longer."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms < memory_ms else "memory")


# %% wrong="Times are added; where they overlap the slower one decides."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = compute_ms + memory_ms
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="overlap=False changes nothing; then the two times are added."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms)
    return Bound(ms, "compute" if compute_ms >= memory_ms else "memory")


# %% wrong="The time is that of one input; asked for is that of the batch."
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    moved_bytes = (work.weights + batch * work.activations) * bits / 8
    compute_ms = 1000 * 2 * batch * work.macs / machine.peak_flops
    memory_ms = 1000 * moved_bytes / machine.bandwidth
    ms = max(compute_ms, memory_ms) if overlap else compute_ms + memory_ms
    return Bound(ms / batch, "compute" if compute_ms >= memory_ms else "memory")


# %% right="by intensity, ridge and the roof"
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    flops = 2 * batch * work.macs
    moved = (work.weights + batch * work.activations) * (bits / 8)
    bound = flops / moved >= machine.peak_flops / machine.bandwidth
    reached = min(machine.peak_flops, flops / moved * machine.bandwidth)
    if overlap:
        return Bound(1e3 * flops / reached, "compute" if bound else "memory")
    return Bound(1e3 * (flops / machine.peak_flops + moved / machine.bandwidth), "compute" if bound else "memory")


# %% right="a plain tuple of the larger of two pairs"
def roofline_ms(work, machine, batch=1, bits=32, overlap=True):
    sides = {
        "compute": 2 * batch * work.macs / machine.peak_flops * 1000,
        "memory": (bits * work.weights + bits * batch * work.activations) / 8 / machine.bandwidth * 1000,
    }
    slower = max(sides, key=sides.get)
    return (sides[slower] if overlap else sum(sides.values()), slower)

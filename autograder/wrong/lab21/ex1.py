# %% wrong="A MAC is counted as one operation: it is two FLOPs, a multiplication and an addition."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return batch * (n_weights + sharing * cached) / ((n_weights * w_bits + batch * cached * kv_bits) / 8)


# %% wrong="Bits are taken for bytes: the result is an eighth of what it should be."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * batch * (n_weights + sharing * cached) / (n_weights * w_bits + batch * cached * kv_bits)


# %% wrong="Each text reads the weights again: they are read once for the whole batch."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    flops = 2 * batch * (n_weights + sharing * cached)
    return flops / (batch * (n_weights * w_bits + cached * kv_bits) / 8)


# %% wrong="The cache is read once for the whole batch: each text has its own."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * batch * (n_weights + sharing * cached) / ((n_weights * w_bits + cached * kv_bits) / 8)


# %% wrong="Only one text is computed: FLOPs grow with the batch."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * (n_weights + sharing * cached) / ((n_weights * w_bits + batch * cached * kv_bits) / 8)


# %% wrong="The arithmetic on the cache is left out: each cached number is used in a MAC too."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * batch * n_weights / ((n_weights * w_bits + batch * cached * kv_bits) / 8)


# %% wrong="The cache is computed with, and not read: its bytes are left out."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * batch * (n_weights + sharing * cached) / (n_weights * w_bits / 8)


# %% wrong="The cache is read in the weights' bits: it has its own, kv_bits."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return 2 * batch * (n_weights + sharing * cached) / ((n_weights + batch * cached) * w_bits / 8)


# %% wrong="Sharing divides the bytes instead of multiplying the FLOPs."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    read_bits = n_weights * w_bits + batch * cached * kv_bits / sharing
    return 2 * batch * (n_weights + cached) / (read_bits / 8)


# %% wrong="The fraction is upside down: bytes for each FLOP."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    return ((n_weights * w_bits + batch * cached * kv_bits) / 8) / (2 * batch * (n_weights + sharing * cached))


# %% wrong="The bytes are cut to whole ones of each weight: 4 bits are half a byte, not none."
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError("no")
    read = n_weights * max(1, w_bits // 8) + batch * cached * max(1, kv_bits // 8)
    return 2 * batch * (n_weights + sharing * cached) / read


# %% right="text by text, in a loop"
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    for value in (n_weights, batch, w_bits, kv_bits):
        if value <= 0:
            raise ValueError(f"must be positive, got {value}")
    if cached < 0:
        raise ValueError(f"cached must not be negative, got {cached}")
    flops, read_bytes = 0, n_weights * w_bits / 8
    for _ in range(batch):
        flops += 2 * n_weights + 2 * sharing * cached
        read_bytes += cached * kv_bits / 8
    return flops / read_bytes


# %% right="16 FLOPs for each bit, by the weighted mean of both kinds"
def decode_intensity(n_weights, batch, w_bits=16, cached=0, kv_bits=16, sharing=1):
    if n_weights <= 0 or batch <= 0 or w_bits <= 0 or kv_bits <= 0 or cached < 0:
        raise ValueError("arguments must be positive")
    macs_a_text = n_weights + cached * sharing
    bits_a_text = n_weights * w_bits / batch + cached * kv_bits
    return 16 * macs_a_text / bits_a_text

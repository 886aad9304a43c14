"""Count what generating a token costs: arithmetic for each byte that is read, and the speed that a machine allows.

One decoding step adds one token to each of `batch` texts. Every weight is read once and used in one MAC (2 FLOPs) for
each text; the keys and values cached for a text are read for that text alone. Intensity = FLOPs / bytes read. At batch
1 and 16 bits it is 2 FLOPs / 2 bytes = 1 FLOP/byte; 4-bit weights make it 4. A machine of `peak` FLOP/s and `bandwidth`
bytes/s reaches min(peak, intensity * bandwidth): below the ridge peak / bandwidth it waits for memory.

What this leaves out: activations (some kB a token, beside GB of weights), the softmax, writing to the cache, kernels
that reach less than the roof, and several machines.

Sources: Williams et al. 2009, the roofline model, doi:10.1145/1498765.1498785; Lin et al. 2024, AWQ, section 4.1,
arXiv:2306.00978.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["LLAMA2_7B", "RTX4090", "Machine", "Model", "decode_intensity", "roofline", "step_bytes", "tokens_per_s"]


class Machine(NamedTuple):
    """FLOP/s in 16 bits (8-bit integers run at twice that) and bytes/s from memory."""

    peak: float
    bandwidth: float

    @property
    def ridge(self) -> float:
        """The intensity, in FLOPs for each byte, from which arithmetic is the limit."""
        return self.peak / self.bandwidth


class Model(NamedTuple):
    """Counts for one token: weights that it meets, keys and values that it caches, activations of linear layers."""

    n_weights: int
    kv_per_token: int
    activations: int
    sharing: int = 1  # query heads that read one key-value head


# 32 layers of width 4096 and hidden width 11008; of the embedding, which is left out, only one row is read
LLAMA2_7B = Model(
    n_weights=6_607_343_616,
    kv_per_token=2 * 32 * 4096,
    activations=32 * (8 * 4096 + 3 * (4096 + 11008)) + 4096 + 32000,
)
RTX4090 = Machine(peak=165e12, bandwidth=1e12)  # as rounded in the AWQ paper


def decode_intensity(
    n_weights: int, batch: int, w_bits: float = 16, cached: int = 0, kv_bits: float = 16, sharing: int = 1
) -> float:
    """FLOPs for each byte read in one decoding step.

    `cached` counts the numbers, keys and values, that ONE text has in the cache; each is used in a MAC by `sharing`
    query heads. Weights are read once for the whole batch, caches once for each text.

    Units:  FLOPs per byte; a MAC is 2 FLOPs
    Raises: ValueError if n_weights, batch or a number of bits is not positive, or cached is negative
    Source: Williams et al. 2009; Lin et al. 2024, section 4.1, arXiv:2306.00978

    >>> decode_intensity(10**6, 1), decode_intensity(10**6, 1, w_bits=4), decode_intensity(10**6, 8)
    (1.0, 4.0, 8.0)
    """
    if min(n_weights, batch, w_bits, kv_bits) <= 0 or cached < 0:
        raise ValueError(
            "decode_intensity: n_weights, batch and bits must be positive, cached not negative; "
            f"got {(n_weights, batch, w_bits, cached, kv_bits)}"
        )
    flops = 2 * batch * (n_weights + sharing * cached)
    read_bits = n_weights * w_bits + batch * cached * kv_bits
    return flops / (read_bits / 8)


def step_bytes(model: Model, *, context: int, bits: int = 16) -> dict[str, float]:
    """What one decoding step of one text moves, by what it is: weights, cached keys and values, activations.

    Units:  bytes
    Source: Lin et al. 2024, figure 3, arXiv:2306.00978

    >>> {name: round(size / 2**20) for name, size in step_bytes(LLAMA2_7B, context=1000).items()}
    {'weights': 12603, 'keys and values': 500, 'activations': 5}
    """
    counts = {
        "weights": model.n_weights,
        "keys and values": context * model.kv_per_token,
        "activations": model.activations,
    }
    return {name: count * bits / 8 for name, count in counts.items()}


def roofline(intensity: float, machine: Machine, *, speedup: float = 1) -> float:
    """The FLOP/s that a machine can reach at an intensity; `speedup` raises the flat part (2 for 8-bit integers).

    Units:  FLOP/s
    Source: Williams et al. 2009

    >>> roofline(1.0, Machine(100.0, 2.0)), roofline(99.0, Machine(100.0, 2.0))
    (2.0, 100.0)
    """
    return min(machine.peak * speedup, intensity * machine.bandwidth)


def tokens_per_s(
    model: Model, machine: Machine, batch: int, *, w_bits: float = 16, a_bits: int = 16, context: int = 0
) -> float:
    """Tokens a second that all texts of a batch get together, at most; keys and values have 16 bits.

    Arithmetic runs on integers, at twice the speed, only where weights and activations both have 8 bits: 4-bit weights
    beside 16-bit activations are turned back into 16 bits first.

    Units:  tokens per second
    Source: Lin et al. 2024, section 4.1, arXiv:2306.00978; ours

    >>> round(tokens_per_s(LLAMA2_7B, RTX4090, 1)), round(tokens_per_s(LLAMA2_7B, RTX4090, 1, w_bits=4))
    (76, 303)
    """
    cached = context * model.kv_per_token
    intensity = decode_intensity(model.n_weights, batch, w_bits, cached, 16, model.sharing)
    speedup = 2 if a_bits <= 8 and w_bits <= 8 else 1
    return roofline(intensity, machine, speedup=speedup) / (2 * (model.n_weights + model.sharing * cached))

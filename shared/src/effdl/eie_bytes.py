"""What EIE's format takes beside others, for a matrix and for the course's network, and its bytes as they are.

The codes of a layer of 64 x 576 weights, 7 % of them kept, take 4.01 bits a weight dense, 1.29 with a bitmask, and 1.57
in EIE's format on 4 processing elements.

What this leaves out: headers, and entropy coding.

Sources: Han et al. 2016, EIE, section 3, arXiv:1602.01528.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from torch import Tensor

from effdl import storage
from effdl.eie import Slice
from effdl.eie_net import VALUE_BITS, Layer

__all__ = ["bits_a_weight", "format_bits", "network_kib", "pack"]

POINTER_BITS = 16


def format_bits(codes: Tensor, *, index_bits: int = 4, n_pe: int = 4) -> dict[str, int]:
    """Bits of one matrix in each format; where it says no other, values are codes of 4 bits with their codebook.

    Shapes: codes (rows, cols), 0 = pruned
    Source: effdl.storage
    """
    mask, codebook_bits = codes != 0, 16 * 2**VALUE_BITS
    csr = partial(storage.csr_bits, mask, index_bits=16, pointer_bits=POINTER_BITS)
    return {
        "dense, 32 bits": storage.dense_bits(mask, 32),
        "CSR, 32 bits": csr(32),
        "dense": storage.dense_bits(mask, VALUE_BITS) + codebook_bits,
        "CSR": csr(VALUE_BITS) + codebook_bits,
        "bitmask": storage.bitmask_bits(mask, VALUE_BITS) + codebook_bits,
        f"EIE, {n_pe} PEs": storage.relative_bits(mask, VALUE_BITS, index_bits=index_bits, n_pe=n_pe),
    }


def bits_a_weight(codes: Tensor, *, n_pe: int = 4) -> dict[str, float]:
    """The formats of 4-bit codes, in bits for each weight of the dense matrix.

    Shapes: codes (rows, cols), 0 = pruned
    Source: effdl.storage
    """
    return {name: bits / codes.numel() for name, bits in format_bits(codes, n_pe=n_pe).items() if "32" not in name}


def network_kib(layers: Mapping[str, Layer], *, n_pe: int = 4) -> dict[str, float]:
    """KiB of all layers together in each format.

    Shapes: {name: Layer}
    Source: effdl.storage
    """
    each = [format_bits(layer.codes, n_pe=n_pe) for layer in layers.values()]
    return {name: sum(bits[name] for bits in each) / 8 / 1024 for name in each[0]}


def pack(slices: Sequence[Slice], codebook: Tensor, index_bits: int = 4) -> bytes:
    """The bytes of an interleaved matrix: the codebook in 16-bit floats, then for each PE its p, v and z, bit by bit.

    Shapes: slices for each PE (v, z, p), codebook (16,)
    Raises: ValueError if a pointer needs more than 16 bits
    Source: Han et al. 2016, section 3, arXiv:1602.01528
    """
    if max(p[-1] for _, _, p in slices) >= 2**POINTER_BITS:
        raise ValueError(f"pack: pointers have {POINTER_BITS} bits, an element has {max(p[-1] for _, _, p in slices)}")
    bits = [np.unpackbits(np.frombuffer(codebook.half().numpy().tobytes(), np.uint8))]
    for v, z, p in slices:
        bits += [_bits(p, POINTER_BITS), _bits(v, VALUE_BITS), _bits(z, index_bits)]
    return np.packbits(np.concatenate(bits)).tobytes()


def _bits(values: Sequence[int], width: int) -> np.ndarray:
    """Each value in `width` bits, the highest first."""
    return (np.array(values, dtype=np.int64)[:, None] >> np.arange(width)[::-1] & 1).astype(np.uint8).reshape(-1)

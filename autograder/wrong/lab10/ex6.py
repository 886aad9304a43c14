# %% wrong="The unused bits of the last byte are equal in both and were counted: only n bits are signs."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    equal = ~(x_bits[:, None] ^ w_bits[None])
    return (2 * popcount[equal.long()].sum(-1) - n).to(torch.int32)


# %% wrong="The n is not subtracted: each unequal pair counts -1, not 0."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    equal = ~(x_bits[:, None] ^ w_bits[None])
    return (2 * (popcount[equal.long()].sum(-1) - (8 * x_bits.shape[1] - n))).to(torch.int32)


# %% wrong="The 2 is missing: equal pairs less all pairs is not the sum."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    equal = ~(x_bits[:, None] ^ w_bits[None])
    return (popcount[equal.long()].sum(-1) - (8 * x_bits.shape[1] - n) - n).to(torch.int32)


# %% wrong="Bits that differ are counted as products of +1: the sign is turned around."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    differ = x_bits[:, None] ^ w_bits[None]
    return (2 * popcount[differ.long()].sum(-1) - n).to(torch.int32)


# %% wrong="and counts pairs that are both +1; two -1 multiply to +1 as well."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    equal = x_bits[:, None] & w_bits[None]
    return (2 * popcount[equal.long()].sum(-1) - n).to(torch.int32)


# %% wrong="or counts pairs where one is +1; xnor asks whether they are equal."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    equal = x_bits[:, None] | w_bits[None]
    return (2 * popcount[equal.long()].sum(-1) - n).to(torch.int32)


# %% wrong="Bytes are compared as wholes: what counts is each of their bits."
def xnor_matmul(x_bits, w_bits, n):
    equal = x_bits[:, None] == w_bits[None]
    return (2 * 8 * equal.sum(-1) - n).to(torch.int32)


# %% wrong="The sum is kept in a byte: beyond 255 it wraps around."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.uint8)
    differ = x_bits[:, None] ^ w_bits[None]
    return n - 2 * popcount[differ.long()].sum(-1, dtype=torch.uint8).to(torch.int32)


# %% wrong="n is taken as the number of bits in the bytes, padding included."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    differ = x_bits[:, None] ^ w_bits[None]
    return (8 * x_bits.shape[1] - 2 * popcount[differ.long()].sum(-1)).to(torch.int32)


# %% wrong="The result is transposed: rows of x come first."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    differ = w_bits[:, None] ^ x_bits[None]
    return (n - 2 * popcount[differ.long()].sum(-1)).to(torch.int32)


# %% wrong="Rows are paired one to one; asked for are all pairs of rows."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.int32)
    rows = min(len(x_bits), len(w_bits))
    differ = (x_bits[:rows] ^ w_bits[:rows])[:, None]
    return (n - 2 * popcount[differ.long()].sum(-1)).to(torch.int32)


# %% wrong="The dot product of the bytes' values is taken; a byte is eight signs, not a number."
def xnor_matmul(x_bits, w_bits, n):
    return (x_bits.int() @ w_bits.int().T).to(torch.int32) % (2 * n + 1) - n


# %% wrong="The bits are counted in float32; asked for is int32."
def xnor_matmul(x_bits, w_bits, n):
    popcount = torch.tensor([bin(byte).count("1") for byte in range(256)], dtype=torch.float32)
    differ = x_bits[:, None] ^ w_bits[None]
    return (n - 2 * popcount[differ.long()].sum(-1)).float()


# %% right="NumPy's popcount"
import numpy as np


def xnor_matmul(x_bits, w_bits, n):
    differ = np.bitwise_xor(x_bits.numpy()[:, None, :], w_bits.numpy()[None, :, :])
    ones = np.unpackbits(differ, axis=-1).sum(-1, dtype=np.int64)
    return torch.from_numpy((n - 2 * ones).astype(np.int32))


# %% right="xnor, bit by bit, stopping at n"
def xnor_matmul(x_bits, w_bits, n):
    equal = torch.zeros(len(x_bits), len(w_bits), dtype=torch.int32)
    for k in range(n):
        a = (x_bits[:, k // 8].int() >> (k % 8)) & 1
        b = (w_bits[:, k // 8].int() >> (k % 8)) & 1
        equal += (a[:, None] == b[None]).int()
    return 2 * equal - n


# %% right="the popcount of a byte by shifting pairs and nibbles, the padding taken off"
def xnor_matmul(x_bits, w_bits, n):
    v = (255 - (x_bits[:, None] ^ w_bits[None])).int()
    v = v - ((v >> 1) & 0x55)
    v = (v & 0x33) + ((v >> 2) & 0x33)
    v = (v + (v >> 4)) & 0x0F
    padding = 8 * x_bits.shape[-1] - n
    return (2 * (v.sum(-1) - padding) - n).to(torch.int32)

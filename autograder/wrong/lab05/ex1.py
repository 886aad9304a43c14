# %% wrong="Padding begins one zero too early: 2^index_bits - 1 zeros still fit into z."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped >= largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="Padding begins one zero too late: z must not be larger than 2^index_bits - 1."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest + 1:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="A padding entry has a place of its own: it stands for one zero more than it skips."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="The largest z is 2^index_bits - 1, not 2^index_bits."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="Only one padding entry is written; longer gaps need several."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        if skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="No padding is written: z does not fit into index_bits bits."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="The width of the index is always 4; it is index_bits."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 15
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="The count of skipped zeros is not set back to 0 after a code."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
    return v, z


# %% wrong="z counts the steps from the code before, the code itself among them; it counts zeros only."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped + 1)
        skipped = 0
    return v, z


# %% wrong="Zeros after the last code get entries; nothing needs them."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    while skipped > 0:
        v.append(0)
        z.append(min(skipped, largest + 1) - 1)
        skipped -= largest + 1
    return v, z


# %% wrong="Padding is written as soon as z is full, also where no code follows."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            if skipped > largest:
                v.append(0)
                z.append(largest)
                skipped = 0
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="z holds rows counted from the top; it counts from the entry before."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for row, code in enumerate(codes.tolist()):
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(largest)
            skipped -= largest + 1
        v.append(code)
        z.append(row)
        skipped = 0
    return v, z


# %% wrong="The padding entry comes after the code; its zeros lie before it."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            skipped -= largest + 1
            v, z = [*v, code], [*z, skipped]
            code, skipped = 0, largest
            break
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% wrong="A padding entry skips as many zeros as fit into z, not none."
def encode_column(codes, index_bits=4):
    v, z, skipped = [], [], 0
    largest = 2**index_bits - 1
    for code in codes.tolist():
        if code == 0:
            skipped += 1
            continue
        while skipped > largest:
            v.append(0)
            z.append(0)
            skipped -= largest + 1
        v.append(code)
        z.append(skipped)
        skipped = 0
    return v, z


# %% right="differences of places"
def encode_column(codes, index_bits=4):
    v, z, step = [], [], 2**index_bits
    before = -1
    for row in torch.nonzero(codes).flatten().tolist():
        gap = row - before - 1
        v += [0] * (gap // step) + [int(codes[row])]
        z += [step - 1] * (gap // step) + [gap % step]
        before = row
    return v, z


# %% right="padding taken back at the end"
def encode_column(codes, index_bits=4):
    values, zeros, run = [], [], 0
    for i in range(len(codes)):
        code = codes[i].item()
        if code or run == (1 << index_bits) - 1:
            values.append(code)
            zeros.append(run)
            run = 0
        else:
            run += 1
    while values and values[-1] == 0:
        values.pop()
        zeros.pop()
    return values, zeros


# %% right="NumPy"
import numpy as np


def encode_column(codes, index_bits=4):
    codes = np.asarray(codes)
    rows = np.flatnonzero(codes)
    gaps = np.diff(rows, prepend=-1) - 1
    full, rest = np.divmod(gaps, 2**index_bits)
    last = np.cumsum(full + 1) - 1
    v, z = np.zeros(last[-1] + 1 if len(last) else 0, int), np.full(last[-1] + 1 if len(last) else 0, 2**index_bits - 1)
    v[last], z[last] = codes[rows], rest
    return v.tolist(), z.tolist()

# %% wrong="Padding is forgotten: g zeros before a code take 1 + g // 2^width entries."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap)
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="A padding entry stands for 2^width zeros, its own place among them."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // (2**width - 1)).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="A gap that just fits needs no padding: g // 2^width, not rounded up."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((-(-gap // 2**width)).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="The pointers are forgotten."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="There is one pointer more than columns."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * codes.shape[1] * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="Every element has pointers of its own; here one has."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="The pointers are those of rows; the format stores columns."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[0] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="The codebook is forgotten."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="The codebook is stored once, not once for each element."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + n_pe * 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="An entry holds its value too: value_bits + width bits."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * width + fixed)
    return torch.tensor(bits)


# %% wrong="Gaps run on from one column to the next; they begin anew at the top of each."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in (codes[pe::n_pe].T.flatten(),):
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="Gaps count the rows of all elements; they count the element's own."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in (codes * (torch.arange(len(codes)) % n_pe == pe)[:, None]).T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="The zeros before the first code are forgotten."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places[:1] - 1) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="Zeros after the last code count here; they have no entries."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps, trailing = [], []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            after = len(column) - 1 - int(places[-1]) if len(places) else len(column)
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
            trailing.append(after)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum()) + sum(rest // 2**width for rest in trailing)
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="Each element gets a block of neighboring rows; rows are dealt out in turn."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps, size = [], -(-len(codes) // n_pe)
    for pe in range(n_pe):
        for column in codes[pe * size : (pe + 1) * size].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits)


# %% wrong="This is in bytes; asked for are bits."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries * (value_bits + width) + fixed)
    return torch.tensor(bits) // 8


# %% wrong="Only the number of entries comes back; asked for are the bits of everything."
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    gaps = []
    for pe in range(n_pe):
        for column in codes[pe::n_pe].T:
            places = torch.nonzero(column).flatten()
            gaps.append(places.diff(prepend=places.new_tensor([-1])) - 1)
    gap = torch.cat(gaps)
    fixed = n_pe * (codes.shape[1] + 1) * pointer_bits + 2**value_bits * 16
    bits = []
    for width in widths:
        entries = len(gap) + int((gap // 2**width).sum())
        bits.append(entries)
    return torch.tensor(bits)


# %% right="entries written one by one"
def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    result = []
    for width in widths:
        total = 16 * 2**value_bits
        for k in range(n_pe):
            total += pointer_bits * (1 + codes.shape[1])
            for column in codes[k::n_pe].t().tolist():
                skipped = 0
                for code in column:
                    skipped += 1
                    if code:
                        total += (value_bits + width) * (1 + (skipped - 1) // 2**width)
                        skipped = 0
        result.append(total)
    return torch.tensor(result)


# %% right="NumPy, a range of widths"
import numpy as np


def bits_by_width(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    codes, widths = np.asarray(codes), np.asarray(list(widths))
    entries = np.zeros(len(widths), dtype=np.int64)
    for row, col in zip(*np.nonzero(codes)):
        above = np.flatnonzero(codes[row % n_pe : row : n_pe, col])
        zeros = row // n_pe - (above[-1] + 1 if len(above) else 0)
        entries += 1 + (zeros >> widths)
    return entries * (value_bits + widths) + n_pe * (codes.shape[1] + 1) * pointer_bits + (16 << value_bits)

# %% wrong="Activations of 0 are broadcast too; they are to be skipped."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in range(len(a)):
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="Negative activations are skipped; only those that are 0 are."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a > 0).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="Padding is multiplied by codebook[0]; code 0 is not a shared weight."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                b[local * n_pe + pe] += codebook[v[at]] * a[j]
                counts["macs"] += v[at] != 0
    return b, counts


# %% wrong="Padding is counted among the multiplications."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                counts["macs"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
    return b, counts


# %% wrong="Padding is not counted among the entries; it is read like all others."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
                    counts["entries"] += 1
    return b, counts


# %% wrong="Padding does not move the row: its zeros, and its own place, are rows too."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                counts["entries"] += 1
                if v[at] != 0:
                    local += z[at] + 1
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="The row is not set back at the next column."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        rows = [-1] * n_pe if counts["broadcasts"] == 1 else rows
        for pe, (v, z, p) in enumerate(slices):
            local = rows[pe]
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
            rows[pe] = local % (n_rows // n_pe)
    return b, counts


# %% wrong="An entry's own place is not counted: the next row is z + 1 further."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = 0
            for at in range(p[j], p[j + 1]):
                local += z[at]
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="z is taken as the row; it counts zeros since the entry before."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local = z[at]
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="Rows are taken as blocks: row n of element k is row k + n * n_pe."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[pe * (n_rows // n_pe) + local] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="The row within the element is used as the row of b."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="The row of b is overwritten; products are added."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] = codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="Broadcasts are counted once for every element; one reaches all of them."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            counts["broadcasts"] += 1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="The column's entries end at p[j + 1] - 1; one is missed."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1] - 1):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="a is read by the number of the broadcast, not by the number of the column."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for i, j in enumerate(torch.nonzero(a).flatten().tolist()):
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[i]
                    counts["macs"] += 1
    return b, counts


# %% wrong="The codes themselves are multiplied; they name places of the codebook."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += v[at] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% wrong="Small activations are skipped; only those that are exactly 0 are."
def sparse_matvec(slices, a, codebook, n_rows):
    b, n_pe = torch.zeros(n_rows, dtype=codebook.dtype), len(slices)
    counts = {"broadcasts": 0, "entries": 0, "macs": 0}
    for j in torch.nonzero(a.abs() > 0.5).flatten().tolist():
        counts["broadcasts"] += 1
        for pe, (v, z, p) in enumerate(slices):
            local = -1
            for at in range(p[j], p[j + 1]):
                local += z[at] + 1
                counts["entries"] += 1
                if v[at] != 0:
                    b[local * n_pe + pe] += codebook[v[at]] * a[j]
                    counts["macs"] += 1
    return b, counts


# %% right="one column of one element at a time"
def sparse_matvec(slices, a, codebook, n_rows):
    b, entries, macs = torch.zeros(n_rows, dtype=codebook.dtype), 0, 0
    columns = [j for j in range(len(a)) if a[j] != 0]
    for j in columns:
        for k, (v, z, p) in enumerate(slices):
            code = torch.tensor(v[p[j] : p[j + 1]], dtype=torch.long)
            place = torch.cumsum(torch.tensor(z[p[j] : p[j + 1]], dtype=torch.long) + 1, 0) - 1
            real = code != 0
            b[k + place[real] * len(slices)] += codebook[code[real]] * a[j]
            entries, macs = entries + len(code), macs + int(real.sum())
    return b, {"broadcasts": len(columns), "entries": entries, "macs": macs}


# %% right="a dense matrix first"
def sparse_matvec(slices, a, codebook, n_rows):
    w = torch.zeros(n_rows, len(a), dtype=codebook.dtype)
    awake = [bool(value != 0) for value in a]
    counts = dict.fromkeys(("macs", "entries", "broadcasts"), 0)
    counts["broadcasts"] = sum(awake)
    for k, (v, z, p) in enumerate(slices):
        for j in range(len(a)):
            row = k - len(slices)
            for code, zeros in zip(v[p[j] : p[j + 1]], z[p[j] : p[j + 1]]):
                row += (zeros + 1) * len(slices)
                if code:
                    w[row, j] = codebook[code]
                counts["entries"] += awake[j]
                counts["macs"] += awake[j] and code != 0
    return w @ a, counts

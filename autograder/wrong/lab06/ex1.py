# %% wrong="row_ptr has one entry more than there are rows: the last one is where the last row ends."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr[:-1], col_idx, a[rows, col_idx]


# %% wrong="row_ptr begins with 0, the first row's beginning; this one holds the ends alone."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr[1:], col_idx, a[rows, col_idx]


# %% wrong="row_ptr holds the number of entries of each row; it must be their running sum."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a))
    return row_ptr, col_idx, a[rows, col_idx]


# %% wrong="These are compressed columns (CSC): CSR goes row by row."
def dense_to_csr(a):
    columns, rows = a.T.nonzero(as_tuple=True)
    col_ptr = torch.zeros(a.shape[1] + 1, dtype=torch.int64)
    col_ptr[1:] = columns.bincount(minlength=a.shape[1]).cumsum(0)
    return col_ptr, rows, a[rows, columns]


# %% wrong="Empty rows are left out of row_ptr; each row has its entry there, whether it holds anything or not."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    _, counts = rows.unique(return_counts=True)
    return F.pad(counts.cumsum(0), (1, 0)), col_idx, a[rows, col_idx]


# %% wrong="Every row has to be counted, also empty ones at the end."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    return F.pad(rows.bincount().cumsum(0), (1, 0)), col_idx, a[rows, col_idx]


# %% wrong="Only positive values are stored; negative ones are not zero either."
def dense_to_csr(a):
    rows, col_idx = (a > 0).nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr, col_idx, a[rows, col_idx]


# %% wrong="The sizes of the values are stored; their signs are lost."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr, col_idx, a[rows, col_idx].abs()


# %% wrong="col_idx holds places in the flattened matrix; asked for is the column."
def dense_to_csr(a):
    places = a.flatten().nonzero().flatten()
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = (a != 0).sum(1).cumsum(0)
    return row_ptr, places, a.flatten()[places]


# %% wrong="The rows of the entries are returned where their columns belong."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return row_ptr, rows, a[rows, col_idx]


# %% wrong="row_ptr holds the row of each entry: that is the coordinate format. CSR keeps where each row begins."
def dense_to_csr(a):
    rows, col_idx = a.nonzero(as_tuple=True)
    row_ptr = torch.zeros(len(a) + 1, dtype=torch.int64)
    row_ptr[1:] = rows.bincount(minlength=len(a)).cumsum(0)
    return rows, col_idx, a[rows, col_idx]


# %% wrong="The entries of a row are sorted by value; they come from left to right."
def dense_to_csr(a):
    row_ptr, columns, values = [0], [], []
    for row in a:
        places = [c for c in row.argsort().tolist() if row[c] != 0]
        columns += places
        values += [row[c] for c in places]
        row_ptr.append(len(columns))
    return torch.tensor(row_ptr), torch.tensor(columns, dtype=torch.int64), torch.stack(values) if values else a[0, :0]


# %% wrong="Zeros are stored, too: nothing is compressed."
def dense_to_csr(a):
    m, k = a.shape
    return torch.arange(m + 1) * k, torch.arange(k).repeat(m), a.flatten()


# %% right="loops in plain Python"
def dense_to_csr(a):
    row_ptr, col_idx, places = [0], [], []
    for r, row in enumerate(a.tolist()):
        for c, value in enumerate(row):
            if value != 0:
                col_idx.append(c)
                places.append((r, c))
        row_ptr.append(len(col_idx))
    values = torch.zeros(len(places), dtype=a.dtype)
    for i, (r, c) in enumerate(places):
        values[i] = a[r, c]
    return torch.tensor(row_ptr), torch.tensor(col_idx, dtype=torch.int64), values


# %% right="a mask for everything"
def dense_to_csr(a):
    mask = a != 0
    counts = mask.sum(1)
    row_ptr = torch.cat([torch.zeros(1, dtype=torch.int64), counts.cumsum(0)])
    columns = torch.arange(a.shape[1]).expand(a.shape)
    return row_ptr, columns[mask], a[mask]


# %% right="SciPy's csr_matrix"
import scipy.sparse


def dense_to_csr(a):
    found = scipy.sparse.csr_matrix(a.contiguous().numpy())
    row_ptr, col_idx = (torch.from_numpy(part.astype("int64")) for part in (found.indptr, found.indices))
    return row_ptr, col_idx, torch.from_numpy(found.data)

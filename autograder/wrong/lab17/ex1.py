# %% wrong="Rows and columns are swapped: the fastest of the two is w, the column."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout.replace("HW", "WH"):
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="The layout is walked from its last letter: the first letter is the slowest axis, the last the fastest."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in reversed(layout):
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="NHWC lets the channel be the slowest of the three; it is the fastest."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    n, c, h, w = index
    _, channels, height, width = shape
    if layout == "CHWN":
        return ((c * height + h) * width + w) * shape[0] + n
    return ((n * channels + c) * height + h) * width + w


# %% wrong="CHWN is taken for CHW with the images outside; the image is the fastest axis."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    n, c, h, w = index
    _, channels, height, width = shape
    if layout == "NHWC":
        return ((n * height + h) * width + w) * channels + c
    return ((n * channels + c) * height + h) * width + w


# %% wrong="The letters are right, the sizes are not: index and shape come in the order n, c, h, w whatever the layout is."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for place, axis in enumerate(layout):
        position = position * shape[place] + index["NCHW".index(axis)]
    return position


# %% wrong="The index is taken in the order of the layout; it comes in the order n, c, h, w."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for place, axis in enumerate(layout):
        position = position * shape["NCHW".index(axis)] + index[place]
    return position


# %% wrong="Each index is multiplied with the size of its own axis; a step skips the sizes of the faster axes."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = (position + index[at]) * shape[at]
    return position // shape["NCHW".index(layout[-1])]


# %% wrong="An index outside the shape gives the place of another value; it is a ValueError."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="A negative index counts from the end, as in a list; here it is a ValueError."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(at >= size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="An index equal to the size is let through: the last one is size - 1."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at <= size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="An unknown layout is taken letter by letter; only the three named ones are right, others a ValueError."
def offset(index, shape, layout):
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position


# %% wrong="Places are counted from 1; the first value is at 0."
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError(f"offset: layout must be NCHW, NHWC or CHWN, not {layout!r}")
    if any(not 0 <= at < size for at, size in zip(index, shape, strict=True)):
        raise ValueError(f"offset: index {tuple(index)} lies outside the shape {tuple(shape)}")
    position = 0
    for axis in layout:
        at = "NCHW".index(axis)
        position = position * shape[at] + index[at]
    return position + 1


# %% right="strides by a running product"
def offset(index, shape, layout):
    if layout not in {"NCHW", "NHWC", "CHWN"}:
        raise ValueError(layout)
    sizes, at = dict(zip("NCHW", shape)), dict(zip("NCHW", index))
    if any(at[axis] < 0 or at[axis] >= sizes[axis] for axis in layout):
        raise ValueError("outside")
    place, stride = 0, 1
    for axis in layout[::-1]:
        place += at[axis] * stride
        stride *= sizes[axis]
    return place


# %% right="NumPy numbers a transposed array"
def offset(index, shape, layout):
    if layout not in ("NCHW", "NHWC", "CHWN"):
        raise ValueError("layout")
    if min(index) < 0 or any(i >= s for i, s in zip(index, shape)):
        raise ValueError("index")
    axes = ["NCHW".index(letter) for letter in layout]
    return int(np.ravel_multi_index([index[a] for a in axes], [shape[a] for a in axes]))


# %% right="three formulas"
def offset(index, shape, layout):
    n, c, h, w = index
    images, channels, rows, columns = shape
    for at, size in zip(index, shape):
        if at not in range(size):
            raise ValueError(f"{at} of {size}")
    if layout == "NCHW":
        return w + columns * (h + rows * (c + channels * n))
    if layout == "NHWC":
        return c + channels * (w + columns * (h + rows * n))
    if layout == "CHWN":
        return n + images * (w + columns * (h + rows * c))
    raise ValueError(layout)

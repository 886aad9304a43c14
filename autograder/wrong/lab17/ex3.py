# %% wrong="Three times the bytes of A: B and C have elements of their own size."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * 3 * element_bytes[0] <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="Only A and B are counted; the tile of C has to fit too."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * sum(element_bytes[:2]) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="Three lines of length T are counted; a tile has T * T elements."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) * sum(element_bytes) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="Only one tile, the largest, is counted; three have to fit together."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * max(element_bytes) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="The bytes are not counted: 3 T T elements, as if each took one byte."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * len(element_bytes) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="A tile that fills the cache to the last byte is refused; it fits."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * sum(element_bytes) < cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="The result is one step too large: the last T that was tried did not fit."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * sum(element_bytes) <= cache_bytes:
        tile += multiple
    if tile == 0:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile + multiple


# %% wrong="The side is rounded up to the multiple; the larger tile does not fit."
def best_tile(cache_bytes, element_bytes, multiple=1):
    side = int((cache_bytes / sum(element_bytes)) ** 0.5)
    if side < multiple:
        raise ValueError("too small")
    return -(-side // multiple) * multiple


# %% wrong="`multiple` is not looked at."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + 1) ** 2 * sum(element_bytes) <= cache_bytes:
        tile += 1
    if tile < multiple:
        raise ValueError(f"best_tile: three tiles of side {multiple} do not fit into {cache_bytes} bytes")
    return tile


# %% wrong="The largest power of two is returned; any multiple is allowed."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = multiple
    if tile * tile * sum(element_bytes) > cache_bytes:
        raise ValueError("too small")
    while (2 * tile) ** 2 * sum(element_bytes) <= cache_bytes:
        tile *= 2
    return tile


# %% wrong="Nothing fits, and 0 is returned; asked for is a ValueError."
def best_tile(cache_bytes, element_bytes, multiple=1):
    tile = 0
    while (tile + multiple) ** 2 * sum(element_bytes) <= cache_bytes:
        tile += multiple
    return tile


# %% right="a square root"
def best_tile(cache_bytes, element_bytes, multiple=1):
    a, b, c = element_bytes
    side = int(np.sqrt(cache_bytes / (a + b + c)) + 1e-9)
    side -= side % multiple
    if side < 1:
        raise ValueError("no tile fits")
    return side


# %% right="all candidates, from the largest"
def best_tile(cache_bytes, element_bytes, multiple=1):
    for side in range(cache_bytes // multiple * multiple, 0, -multiple):
        if sum(side * side * size for size in element_bytes) <= cache_bytes:
            return side
    raise ValueError(f"{cache_bytes} bytes are too few")

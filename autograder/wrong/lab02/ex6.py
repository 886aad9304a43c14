# %% wrong="Each value takes a word of its own; several small ones share a word."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = count
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="Bytes are counted as words: a word has four bytes."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = count * bits // 8
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="Bits are counted where 32-bit words are meant."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = count * bits
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="The addition is forgotten: a MAC is a multiplication and an addition."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * multiply_pj}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="A MAC is counted as two multiplications."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * 2 * multiply_pj}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="Words are rounded down; one that is not full costs a whole one."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = count // (32 // bits)
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="A part of a word is charged; a word is read whole."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = count / (32 // bits)
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="The type is ignored: everything is counted as float32."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = HOROWITZ_45NM.arithmetic["float32"]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * table.word_pj[memory]
    return found


# %% wrong="The figures are written down, not read from the table."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = HOROWITZ_45NM.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * {"SRAM": 5.0, "DRAM": 640.0}[memory]
    return found


# %% wrong="SRAM and DRAM are charged alike."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * max(table.word_pj.values())
    return found


# %% wrong="Memories are charged for every MAC; words are counted by themselves."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = macs * words * table.word_pj[memory]
    return found


# %% wrong="The result is one sum; asked for is what each part takes."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * table.word_pj[memory]
    return sum(found.values())


# %% wrong="Values are split between words: only whole ones share a word, 32 // bits of them."
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(dtype)
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count * bits / 32)
        found[memory] = words * table.word_pj[memory]
    return found


# %% right="a dict comprehension with integer division that rounds up"
def energy_pj(macs, values, dtype, table):
    if dtype not in table.arithmetic:
        raise ValueError(f"no {dtype}")
    unit = table.arithmetic[dtype]
    try:
        memories = {name: -(-count // (32 // unit.bits)) * table.word_pj[name] for name, count in values.items()}
    except KeyError as problem:
        raise ValueError("no such memory") from problem
    return {"MACs": macs * unit.multiply_pj + macs * unit.add_pj} | memories


# %% right="NumPy numbers, errors looked for one by one"
def energy_pj(macs, values, dtype, table):
    for memory in values:
        if memory not in table.word_pj:
            raise ValueError(memory)
    if table.arithmetic.get(dtype) is None:
        raise ValueError(dtype)
    arithmetic = table.arithmetic[dtype]
    found = {
        memory: np.ceil(count / (32 // arithmetic.bits)) * table.word_pj[memory] for memory, count in values.items()
    }
    found["MACs"] = np.float64(macs) * sum(arithmetic[:2])
    return found

"""Estimate energy by counting: what each multiply-accumulate and each word that is read costs, in picojoules.

The figures are those of a 45 nm process at 0.9 V: a float32 multiplication 3.7 pJ, an addition 0.9 pJ, a 32-bit word
from a small SRAM 5 pJ, from DRAM 640 pJ, 128 times as much. A thousand float32 MACs are 4.6 nJ; reading a thousand
weights for them from DRAM is 640 nJ. Numbers of fewer bits share a word: four int8 values are one.

What this leaves out: control, instructions and wires of a real processor, which take most of its energy; larger SRAMs,
which cost more a word; leakage. Newer processes shrink arithmetic more than memory. No joule is measured here.

Sources: Horowitz 2014, Computing's energy problem, ISSCC, doi:10.1109/ISSCC.2014.6757323 (figures); Han et al. 2016,
EIE, table 1, arXiv:1602.01528 (32-bit words of SRAM and DRAM).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["HOROWITZ_45NM", "Arithmetic", "Table", "energy_pj"]


class Arithmetic(NamedTuple):
    """Picojoules of one multiplication, of one addition to the running sum, and the bits of one value."""

    multiply_pj: float
    add_pj: float
    bits: int


class Table(NamedTuple):
    """Picojoules: arithmetic by data type, reading or writing a 32-bit word by memory."""

    arithmetic: Mapping[str, Arithmetic]
    word_pj: Mapping[str, float]

    def __repr__(self) -> str:
        types = ", ".join(f"{name} {a.multiply_pj:g} + {a.add_pj:g} pJ, {a.bits} bits" for name, a in self[0].items())
        return f"Table({types}; " + ", ".join(f"{name} {pj:g} pJ" for name, pj in self.word_pj.items()) + ")"


# products of int8 are added up in int32; the other sums have the type of their products
HOROWITZ_45NM = Table(
    {
        "int8": Arithmetic(0.2, 0.1, 8),
        "int32": Arithmetic(3.1, 0.1, 32),
        "float16": Arithmetic(1.1, 0.4, 16),
        "float32": Arithmetic(3.7, 0.9, 32),
    },
    {"SRAM": 5.0, "DRAM": 640.0},
)


def energy_pj(macs: int, values: Mapping[str, int], dtype: str, table: Table) -> dict[str, float]:
    """Picojoules of a layer, by what takes them: "MACs", and each memory that `values` names.

    A MAC is a multiplication and an addition, table.arithmetic[dtype]. values[memory] numbers of that type are moved to
    or from each memory; 32 // bits of them share a 32-bit word (no value is split), which costs table.word_pj[memory],
    also if it is not full.

    Shapes: values {memory: numbers moved} -> {"MACs": pJ, memory: pJ, ...}
    Raises: ValueError if the table lacks the type or a memory
    Source: Horowitz 2014, doi:10.1109/ISSCC.2014.6757323; Han et al. 2016, table 1, arXiv:1602.01528

    >>> energy_pj(10, {"SRAM": 10, "DRAM": 4}, "int8", HOROWITZ_45NM)
    {'MACs': 3.0000000000000004, 'SRAM': 15.0, 'DRAM': 640.0}
    """
    if dtype not in table.arithmetic or not set(values) <= set(table.word_pj):
        raise ValueError(f"energy_pj: the table has no {dtype!r}, or not all of the memories {sorted(values)}")
    multiply_pj, add_pj, bits = table.arithmetic[dtype]
    found = {"MACs": macs * (multiply_pj + add_pj)}
    for memory, count in values.items():
        words = math.ceil(count / (32 // bits))
        found[memory] = words * table.word_pj[memory]
    return found

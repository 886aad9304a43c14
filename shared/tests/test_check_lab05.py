"""The visible checks of lab 05: the references pass, and each check fails where its rule is broken."""

import pytest
import torch
from effdl import eie, pe, pruning, storage
from effdl.check import CheckFailed, check

ANSWERS = {
    "5.1": eie.encode_column,
    "5.2": eie.interleave,
    "5.3": eie.sparse_matvec,
    "5.4": pe.pe_schedule,
    "5.5": pe.balanced_mask,
    "5.6": storage.bits_by_width,
}


def padded_at_16(codes, index_bits):
    v, z = eie.encode_column(codes, index_bits)
    return v, [min(each, 2**index_bits - 2) for each in z]


def blocks_of_rows(codes, n_pe, encode):
    if n_pe < 1:
        raise ValueError(n_pe)
    order = torch.arange(len(codes)).reshape(-1, n_pe).T.flatten() if len(codes) % n_pe == 0 else slice(None)
    return eie.interleave(codes[order], n_pe, encode)


def counts_padding(slices, a, codebook, n_rows):
    b, counts = eie.sparse_matvec(slices, a, codebook, n_rows)
    return b, counts | {"macs": counts["entries"]}


def never_full(work, fifo_depth):
    if fifo_depth < 1:
        raise ValueError(fifo_depth)
    return pe.pe_schedule(work, len(work))


def over_all_rows(w, sparsity, n_pe):
    return pruning.mask_from_scores(w.abs(), sparsity)


def without_pointers(codes, n_pe, widths, value_bits=4, pointer_bits=16):
    return storage.bits_by_width(codes, n_pe, widths, value_bits, 0)


@pytest.mark.parametrize("exercise", ANSWERS)
def test_the_reference_passes(exercise, capsys):
    check(exercise, ANSWERS[exercise])
    assert capsys.readouterr().out.startswith(f"{exercise}: ")


@pytest.mark.parametrize(
    ("exercise", "answer", "said"),
    [
        ("5.1", padded_at_16, "values differ"),
        ("5.1", lambda codes, index_bits: None, "`return` missing"),
        ("5.1", lambda codes, index_bits: (codes, codes / 2), "a list of ints"),
        ("5.2", blocks_of_rows, "PE 0"),
        ("5.2", lambda codes, n_pe, encode: [([], [])] * n_pe, "three lists"),
        ("5.3", counts_padding, r'counts\["macs"\]'),
        ("5.3", lambda slices, a, codebook, n_rows: a, "b and the counts"),
        ("5.4", never_full, "differ"),
        ("5.4", lambda work, fifo_depth: (work / 1, 3), "integers"),
        ("5.5", over_all_rows, "keeps 2 weights of element 0"),
        ("5.5", lambda w, sparsity, n_pe: w, "bool"),
        ("5.6", without_pointers, "differ"),
        ("5.6", lambda codes, n_pe, widths, *bits: torch.ones(len(widths)), "integers"),
    ],
)
def test_a_broken_rule_is_named(exercise, answer, said):
    with pytest.raises(CheckFailed, match=said):
        check(exercise, answer)

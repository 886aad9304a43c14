"""The visible checks of lab 06: the references pass, and each check fails where its rule is broken."""

import pytest
import torch
from effdl import fkw, sparse, spmm
from effdl.check import CheckFailed, check

ANSWERS = {
    "6.1": (sparse.dense_to_csr,),
    "6.2": (spmm.csr_spmm,),
    "6.3": (spmm.row_swizzle, spmm.schedule),
    "6.4": (sparse.compress_24,),
    "6.5": (spmm.matmul_24,),
    "6.6": (sparse.to_blocked_ell, spmm.blocked_ell_spmm),
    "6.7": (fkw.fkw_encode,),
}


def changed(function, change):
    """The same function, its result changed."""

    def answer(*given):
        return change(*function(*given))

    return answer


BROKEN = {
    "6.1": [changed(sparse.dense_to_csr, lambda p, c, v: (p[:-1], c, v)), lambda a: sparse.dense_to_csr(a)[:2], None],
    "6.2": [changed(spmm.csr_spmm, lambda c, t: (c, t + 1)), lambda p, c, v, b, tile: spmm.csr_spmm(p, c, v, b, 1)],
    "6.4": [changed(sparse.compress_24, lambda v, p: (v, p.long().flip(1))), lambda w: w],
    "6.5": [lambda v, p, x: spmm.matmul_24(v, p, x) * 2, lambda v, p, x: spmm.matmul_24(v, p * 0, x)],
    "6.7": [changed(fkw.fkw_encode, lambda o, r, i, s, w: (o, r.flip(0), i, s, w)), lambda *given: 3],
}


@pytest.mark.parametrize("exercise", ANSWERS)
def test_the_reference_passes(exercise, capsys):
    check(exercise, *ANSWERS[exercise])
    assert f"{exercise}: " in capsys.readouterr().out


@pytest.mark.parametrize("exercise", BROKEN)
def test_a_broken_answer_fails(exercise):
    for answer in BROKEN[exercise]:
        with pytest.raises(CheckFailed, match=exercise):
            check(exercise, answer or (lambda *given: None))


@pytest.mark.parametrize(
    ("swizzle", "plan"),
    [
        (lambda lengths: lengths.argsort(), spmm.schedule),
        (lambda lengths: lengths.argsort(stable=True).flip(0), spmm.schedule),
        (spmm.row_swizzle, lambda *given: spmm.schedule(*given)[:, :2]),
        (spmm.row_swizzle, lambda lengths, order, bundle, workers: spmm.schedule(lengths, order, 1, workers)),
    ],
)
def test_a_wrong_order_or_schedule_fails(swizzle, plan):
    with pytest.raises(CheckFailed, match=r"6\.3"):
        check("6.3", swizzle, plan)


@pytest.mark.parametrize(
    ("encode", "multiply"),
    [
        (lambda a, block: sparse.to_blocked_ell(a.T, block), spmm.blocked_ell_spmm),
        (sparse.to_blocked_ell, lambda columns, values, b: spmm.blocked_ell_spmm(columns.clamp(min=0), values, b)),
        (sparse.to_blocked_ell, lambda columns, values, b: torch.zeros(1)),
    ],
)
def test_wrong_blocks_or_products_fail(encode, multiply):
    with pytest.raises(CheckFailed, match=r"6\.6"):
        check("6.6", encode, multiply)

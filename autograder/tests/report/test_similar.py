"""Copies are found whatever was renamed; what everybody writes is no evidence."""

from __future__ import annotations

import random
import tracemalloc
from collections import Counter

import numpy as np
import pytest
from autograder.report.answers import HELPERS, find_answers, stubs
from autograder.report.fingerprint import Print, fingerprint, shingles, tokens
from autograder.report.similar import _shared, compare_class

EXERCISES = {"9.1": ("scale",), "9.2": ("Mean",), "9.3": ("kernel_c",)}
STUB = 'def scale(w, bits):\n    """Scale w."""\n    # YOUR CODE HERE\n    raise NotImplementedError'
ONE = '''def scale(w, bits):
    """Scale w."""
    # the largest magnitude of a row
    largest = w.abs().amax(dim=1)
    steps = 2 ** (bits - 1) - 1
    return torch.where(largest == 0, torch.ones_like(largest), largest / steps)
'''
RENAMED = """def scale(matrix, b) -> Tensor:
    m: Tensor = matrix.abs().amax(dim = 1)  # my own idea


    n = (2 ** (b - 1) - 1)
    return torch.where(m == 0, torch.ones_like(m),
                       m / n)
"""
OTHER = """def scale(w, bits):
    rows = []
    for row in w:
        top = max(abs(float(x)) for x in row)
        rows.append(top / (2 ** (bits - 1) - 1) if top else 1.0)
    return torch.tensor(rows, dtype=w.dtype)
"""


def book(*cells, role="exercise"):
    made = [{"cell_type": "code", "source": text, "metadata": {"effdl": {"role": role}}} for text in cells]
    return {"cells": made}


def answers(*cells):
    return find_answers(book(*cells), EXERCISES, stubs(book(STUB)))


def alike(classroom, template=()):
    given = fingerprint(find_answers(book(*template), EXERCISES, {}))
    return compare_class(((who, fingerprint(answers(*cells))) for who, cells in classroom.items()), given)


def noise(seed):
    """A function that nobody else writes."""
    pick = random.Random(seed)
    lines = [f"    x = x.{pick.choice('abcdefgh')}{pick.randrange(99)}({pick.randrange(999)})" for _ in range(8)]
    return "def helper(x):\n" + "\n".join(lines) + "\n    return x\n"


def test_names_comments_annotations_docstrings_and_layout_do_not_count():
    assert tokens(answers(ONE)["9.1"]) == tokens(answers(RENAMED)["9.1"])
    assert set(shingles(answers(ONE)["9.1"])) != set(shingles(answers(OTHER)["9.1"]))


def test_attributes_and_helpers_are_renamed_too():
    one = "class Mean:\n    def add(self, x):\n        self.total = self.total + x\n"
    two = "class Mean:\n    def add(me, value):\n        me.s = me.s + value\n"
    assert tokens(answers(one)["9.2"]) == tokens(answers(two)["9.2"])


def test_a_renamed_copy_is_found_among_others():
    classroom = {f"s{i}": (OTHER, noise(i)) for i in range(12)}
    classroom |= {"ana": (ONE, noise("a")), "bob": (RENAMED, noise("b"))}
    found = alike(classroom)
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ana", "bob")]
    assert found.pairs[0].alike == {"9.1": 1.0}
    assert found.pairs[0].verbatim == frozenset()


def test_what_everybody_writes_is_no_evidence():
    assert alike({f"s{i}": (ONE, noise(i)) for i in range(12)}).pairs == []


def test_equal_submissions_are_one_set_and_text_that_is_equal_is_said():
    found = alike({"ana": (ONE,), "bob": (RENAMED,), "cy": (OTHER,), "dan": (OTHER, noise(1)), "eve": ()})
    assert found.equal == [("ana", "bob")]
    assert [(pair.one, pair.other, pair.verbatim) for pair in found.pairs] == [("cy", "dan", frozenset({"9.1"}))]


def test_many_copies_of_one_source_are_found_though_nothing_in_them_is_rare():
    long = [OTHER.replace("rows", "r"), *(noise(f"shared {i}").replace("helper", f"h{i}") for i in range(3))]
    found = alike({f"s{i}": (*long, f"def own{i}(x):\n    return x.t{i} + {i}") for i in range(8)})
    assert len(found.pairs) == 28
    assert all(pair.whole > 0.85 and pair.evidence == 0 for pair in found.pairs)


def test_a_copy_that_hides_in_functions_of_other_names_is_found():
    code = [ONE, noise(1), noise(2).replace("helper", "second")]
    hidden = [text.replace("def scale", "def my_scale").replace("(w, bits)", "(a, b)") for text in code]
    classroom = {f"s{i}": (OTHER, noise(f"s{i}")) for i in range(9)}
    found = alike(classroom | {"ana": code, "bob": [part.replace("w.abs", "a.abs") for part in hidden]})
    assert [(pair.one, pair.other) for pair in found.pairs] == [("ana", "bob")]
    assert found.pairs[0].whole > 0.8


def test_shared_shingles_are_counted_as_sets_intersect():
    pick = np.random.default_rng(0)
    wholes = [np.flatnonzero(pick.random(5000) < share) for share in np.linspace(0.001, 0.6, 30)]
    common, rare = _shared(wholes)
    holders = Counter(each for whole in wholes for each in whole)
    for i, one in enumerate(wholes):
        for j, other in enumerate(wholes):
            both = set(one) & set(other)
            assert rare[i, j] == sum(1 < holders[each] <= 3 for each in both)
            assert common[i, j] == sum(holders[each] > 1 for each in both)


def test_the_text_of_the_lab_counts_for_nobody():
    classroom = {who: (ONE, noise(who)) for who in ("ana", "bob")}
    assert [pair.alike for pair in alike(classroom).pairs] == [{"9.1": 1.0}]
    assert alike(classroom, template=(ONE,)).pairs == []


def test_a_copied_helper_is_found():
    found = alike({"ana": (ONE, noise(1)), "bob": (OTHER, noise(1).replace("x", "value"))})
    assert found.pairs[0].alike == {HELPERS: 1.0}


def test_answers_in_another_language_are_compared():
    code = "kernel_c = '''\nfor (int i = 0; i < n; ++i) {\n  total += a[i] * b[i];\n}\n'''"
    assert len(shingles(answers(code)["9.3"])) > 10


def test_the_last_definition_counts_and_a_stub_is_no_answer():
    assert answers(ONE, OTHER, STUB)["9.1"].text == OTHER.rstrip()
    assert answers(STUB) == {}


@pytest.mark.parametrize("text", ["def scale(:", "x = " + "(" * 500 + ")" * 500, "\0", "%%bash\nrm x"])
def test_what_cannot_be_read_is_passed_over(text):
    assert set(answers(text, ONE)) == {"9.1"}


def test_deep_nesting_and_long_answers_end():
    deep = "def scale(w, bits):\n    return " + "+".join(["w"] * 900)
    long = "def scale(w, bits):\n" + "\n".join(f"    w = w + {i}" for i in range(12_000))
    assert len(shingles(answers(deep)["9.1"])) > 0
    assert len(shingles(answers(long)["9.1"])) < 30_000


def test_a_large_class_is_compared_in_little_time():
    classroom = {f"s{i:03d}": (ONE if i % 2 else OTHER, noise(i // 2)) for i in range(300)}
    found = alike(classroom)
    assert len(found.pairs) == 150
    assert {pair.alike[HELPERS] for pair in found.pairs} == {1.0}


def test_a_large_class_takes_a_few_bytes_for_each_shingle():
    pick = np.random.default_rng(0)
    students, size = 400, 1000

    def prints():
        for i in range(students):
            mine = pick.integers(0, 2**40, size)
            mine[: size // 2] = pick.choice(5000, size // 2)
            yield f"s{i}", {"9.1": Print(np.unique(mine), i)}

    tracemalloc.start()
    try:
        compare_class(prints(), {})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Python's own sets of integers take 100 bytes and more for each; the counts of pairs take the rest
    assert peak < students * size * 70

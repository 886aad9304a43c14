"""Mutants of C differ from the reference in one slip, compile, and compile to something else."""

from __future__ import annotations

import numpy as np
import pytest
from autograder.prove.in_c import cell_of, lazy, texts_of, with_body
from autograder.prove.mutate_c import mutants
from effdl import mcu


def mutated(body, head="int f(int a, int b)"):
    """What each mutant changes, and its text; all of `body` is the student's."""
    found = mutants(cell_of({"f_c": f"{head} {{\n{body}\n}}\n"}))
    return {mutant.change.partition(": ")[2]: texts_of(mutant.source)["f_c"] for mutant in found}


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("return a + b;", {"+ -> -"}),
        ("return a * b;", {"* -> +"}),
        ("return -a;", set()),
        ("return a < b;", {"< -> <=", "b -> (b - 1)"}),  # b + 1 is <= again
        ("return a & b;", {"& -> |"}),
        ("return a << b;", {"<< -> >>"}),
        ("return a && b;", {"&& -> ||"}),
        ("return a + 10;", {"+ -> -", "10 -> 11", "10 -> 9"}),
        ("if (a) return 1;\nreturn 7;", {"a -> !(a)", "1 -> 2", "1 -> 0", "7 -> 8", "7 -> 6", "if (a) return 1; -> ;"}),
        ("a += b;\nreturn a;", {"+= -> =", "a += b; -> ;"}),
    ],
)
def test_each_operator_is_changed_once(body, changes):
    assert set(mutated(body)) == changes


def test_pointers_are_no_products_and_addresses_no_conjunctions():
    assert set(mutated("int *p = &a;\nreturn *p;")) == set()


def test_two_names_within_an_index_are_exchanged():
    found = mutated("x[i * n + j] = 1;", "void f(int *x, int i, int j, int n)")
    assert {"i * n + j -> n * i + j"} & set(found) == set()  # the same product
    assert {"i * n + j -> j * n + i", "i * n + j -> i * j + n"} <= set(found)


def test_a_loop_is_left_out_as_a_whole():
    body = "int s = 0;\nfor (int i = 0; i < a; i++) {\n    s += i * b;\n    s ^= i;\n}\nreturn s;"
    found = mutated(body)
    assert any(change.startswith("for (int i = 0; i < a; i++) {") and change.endswith("-> ;") for change in found)
    assert {"s += i * b; -> ;", "a -> (a - 1)", "++ -> --"} <= set(found)


def test_what_the_compiler_sees_no_difference_in_is_no_mutant():
    assert mutants(cell_of({"f_c": "int f(int a) { int unused = 3; return a; }"})) == []


def test_every_mutant_compiles_and_no_two_are_the_same_program():
    texts = mutated("int s = 0;\nfor (int i = 0; i < a; i++) s += i * b + 3;\nreturn s;").values()
    programs = [mcu.compile(text).segments for text in texts]
    assert len(set(programs)) == len(programs) > 5


def test_only_the_marked_part_is_mutated_and_signatures_never():
    marked = (
        "int f(int a) {\n  int b = a + 1;\n  /* ### BEGIN SOLUTION */\n  return b * a;\n  /* ### END SOLUTION */\n}"
    )
    found = [mutant.change for mutant in mutants(cell_of({"f_c": marked}))]
    assert found == ["line 4, column 12: * -> +"]


def test_of_an_answer_with_two_texts_each_is_mutated_alone():
    texts = {"f_c": "int f(int a) { return a + 2; }", "g_c": "int g(int a) { return a - 2; }"}
    for mutant in mutants(cell_of(texts)):
        changed = texts_of(mutant.source)
        assert sum(changed[name] != texts[name] for name in texts) == 1


def test_lazy_answers_compile_and_write_what_they_say():
    text = "/* c = a b */\nvoid f(const int8_t *a, int32_t *c, int m, int n) {\n    c[0] = a[0];\n}\n"
    a, c = np.ones(6, np.int8), np.full((2, 3), 9, np.int32)
    results = {}
    for says, cell in lazy(cell_of({"f_c": text})):
        results[says] = mcu.run(mcu.compile(texts_of(cell)["f_c"]), "f", a, c, 2, 3).arrays[1].ravel().tolist()
    assert results == {
        "does nothing": [9] * 6,
        "writes zeros, as many as the first number": [0, 0, 9, 9, 9, 9],
        "writes zeros, a matrix of them": [0] * 6,
        "writes ones, as many as the first number": [1, 1, 9, 9, 9, 9],
        "writes ones, a matrix of them": [1] * 6,
    }


def test_a_body_is_replaced_and_the_rest_kept():
    text = "static int g(void) { return 1; }\nint f(void) {\n    return g();\n}\nint h(void) { return 2; }\n"
    changed = with_body("f_c", text, "    return 5;")
    assert changed == text.replace("return g();", "return 5;")

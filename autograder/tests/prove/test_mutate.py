"""The mutation engine: what it changes, and that it leaves the rest alone."""

import ast

from autograder.prove.mutate import mutants

SOURCE = '''def top(scores, k=2):
    """Keep the k largest."""
    if k < 0:
        raise ValueError(f"top: k is {k - 1}")
    order = abs(scores).argsort(descending=True)
    return order[:k + 1]
'''


def changes(source: str = SOURCE) -> list[str]:
    return [mutant.change for mutant in mutants(source)]


def test_every_mutant_parses_and_differs_from_the_original_and_from_the_others():
    texts = [mutant.source for mutant in mutants(SOURCE)]
    assert len(set(texts)) == len(texts)
    assert ast.unparse(ast.parse(SOURCE)) not in texts
    assert all(ast.parse(text) for text in texts)


def test_the_usual_slips_are_among_the_mutants():
    expected = {
        "line 3: k < 0 -> k <= 0",
        "line 5: abs(scores) -> scores",
        "line 5: True -> False",
        "line 6: k + 1 -> k - 1",
        "line 6: 1 -> 2",
        "line 6: 1 -> 0",
    }
    assert expected <= set(changes())


def test_docstrings_signatures_and_messages_are_not_mutated():
    for mutant in mutants(SOURCE):
        assert "Keep the k largest." in mutant.source
        assert "def top(scores, k=2):" in mutant.source
        assert "ValueError" not in mutant.source or "{k - 1}" in mutant.source


def test_what_is_given_is_not_mutated():
    marked = "def f(x):\n    y = x + 1\n    ### BEGIN SOLUTION\n    return y + 2\n    ### END SOLUTION\n"
    assert changes(marked) == ["line 4: y + 2 -> y - 2", "line 4: 2 -> 3", "line 4: 2 -> 1"]


def test_a_function_without_operators_has_only_the_mutants_of_its_statements():
    assert changes("def f(x):\n    y = x\n    return y\n") == ["line 2: y = x -> (left out)"]

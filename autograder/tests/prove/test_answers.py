"""Reading the folder of known answers."""

import pytest
from autograder.prove.answers import read_answers


def test_wrong_and_right_answers_are_told_apart(tmp_path):
    path = tmp_path / "ex1.py"
    path.write_text(
        '# %% wrong="forgets abs"\ndef f(x):\n    return x\n\n# %% right="a loop"\ndef f(x):\n    return abs(x)\n'
    )
    wrong, right = read_answers(path, "99.1")
    assert (wrong.right, wrong.says, right.right, right.says) == (False, "forgets abs", True, "a loop")
    assert wrong.source.startswith("def f(x)")


@pytest.mark.parametrize("marks", ["", 'wrong="a" right="b"'])
def test_a_cell_that_is_marked_as_neither_or_both_is_an_error_naming_the_file(tmp_path, marks):
    path = tmp_path / "ex1.py"
    path.write_text(f"# %% {marks}\ndef f(x):\n    return x\n")
    with pytest.raises(ValueError, match=r"ex1\.py: mark the cell"):
        read_answers(path, "99.1")


def test_a_missing_file_is_an_error_naming_it(tmp_path):
    with pytest.raises(ValueError, match=r"ex2\.py"):
        read_answers(tmp_path / "ex2.py", "99.2")

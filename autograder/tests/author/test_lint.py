"""Each rule is kept by the course in small, and broken by one edit of it."""

import nbformat
import pytest
from autograder.author import lint as linting
from autograder.author.build import build
from autograder.author.colab import FIRST_LINE
from autograder.author.lint import ADVICE, CONTENT, RULES, lint
from autograder.author.rules import exercises, hidden, layout, names
from autograder.author.rules.lines import code_lines
from nbformat.v4 import new_output

SOURCE, HIDDEN = "solutions/lab99_tiny.py", "autograder/hidden/lab99.py"
TINY, WRONG = "shared/src/effdl/tiny.py", "autograder/wrong/lab99/ex1.py"
SETUP = "from effdl import tiny\n"

BROKEN = [
    (names.code_parses, SOURCE, "tiny.row_scales(torch", "tiny.row_scales((torch", "is not Python"),
    (names.instructor_binds_no_answer, SOURCE, SETUP, SETUP + "from effdl.tiny import top_mask\n", "binds top_mask"),
    (
        names.instructor_binds_no_answer,
        SOURCE,
        SETUP,
        SETUP + "from effdl.tiny import *\n",
        r"imports \* from effdl.tiny",
    ),
    (
        names.instructor_binds_no_answer,
        SOURCE,
        "rows = torch",
        "for top_mask in (): pass\nrows = torch",
        "binds top_mask",
    ),
    (names.instructor_binds_no_answer, SOURCE, "rows = torch", "(row_scales := 3)\nrows = torch", "binds row_scales"),
    (names.instructor_binds_no_answer, SOURCE, "guess_scale =", "top_mask =", "binds top_mask"),
    (names.instructor_reads_no_answer, SOURCE, "\ntiny.row_scales", "\nrow_scales", r"write tiny\.row_scales"),
    (names.instructor_reads_no_answer, SOURCE, "rows = torch", "f = lambda: top_mask\nrows = torch", "uses top_mask"),
    (names.shipped_output_holds_no_guess, SOURCE, '"experiment:"', "guess_scale", "reads guess_scale"),
    (names.reference_stands_alone, TINY, "mask = torch.zeros", "mask = np.zeros", "needs np"),
    (
        names.reference_stands_alone,
        TINY,
        "mask = torch.zeros",
        "mask = row_scales",
        "calls row_scales, another exercise",
    ),
    (names.no_path_of_a_machine, SOURCE, "rows = torch", "open('/home/me/x')\nrows = torch", "path of one machine"),
    (names.no_path_of_a_machine, SOURCE, "How few", "See /opt/data. How few", "path of one machine"),
    (names.nothing_is_downloaded, SOURCE, "rows = torch", "!pip install x\nrows = torch", "reaches for the network"),
    (names.nothing_is_downloaded, SOURCE, "rows = torch", "MNIST(download=True)\nrows = torch", "the network"),
    (exercises.heading_agrees, SOURCE, "### Exercise 99.2", "### Ex. 99.2", "no heading of the agreed form"),
    (exercises.heading_agrees, SOURCE, "5 min - 40 points", "5 min - 45 points", "contradicts the marks"),
    (exercises.heading_agrees, SOURCE, "difficulty 2/5", "difficulty 3/5", "contradicts the marks"),
    (exercises.heading_agrees, SOURCE, "99.1 - One scale", "99.1: One scale", "no heading of the agreed form"),
    (exercises.worked_by_hand, SOURCE, "By hand first: after", "After", "no example to do by hand"),
    (
        exercises.hints_are_folded,
        SOURCE,
        "<details><summary>Hint 2</summary>Total divided by count.</details>",
        "",
        "1 folded",
    ),
    (exercises.hints_are_folded, SOURCE, "<summary>Hint 2</summary>Total", "Total", "no <summary>"),
    (exercises.hints_are_folded, SOURCE, "Total divided by", "\n# return total /\n# ", "gives the code"),
    (exercises.forbidden_is_said, SOURCE, "points=40", 'forbid="torch.amax" points=40', "forbids torch.amax"),
    (exercises.every_exercise_is_checked, SOURCE, '# %% check="99.3"', "# %%", "has no check"),
    (exercises.every_exercise_is_checked, SOURCE, '("99.3", RunningMean)', '("99.3", top_mask)', "not the agreed call"),
    (exercises.points_sum_to_100, SOURCE, "points=40", "points=41", "sum to 101 points"),
    (exercises.card_agrees, SOURCE, "**Points** 100", "**Points** 90", "says 90 points"),
    (exercises.card_agrees, SOURCE, "**Time** 15 minutes", "**Time** 10 minutes", "take 15"),
    (exercises.card_agrees, SOURCE, "# - keep the largest scores\n", "", "lists 2 objectives"),
    (hidden.hidden_points_add_up, HIDDEN, "points=20", "points=19", "sum to 39 points; make them 40"),
    (hidden.hidden_points_add_up, HIDDEN, 'exercise="99.3"', 'exercise="98.3"', "no exercise of this lab"),
    (hidden.cases_show_something, HIDDEN, "show(top_mask(randn(40), 13))", "top_mask(randn(40), 13)", "shows nothing"),
    (hidden.cases_show_something, HIDDEN, "show(top_mask(randn(40), 13))", "show(top_mask(", "is not Python"),
    (hidden.cases_have_own_names, HIDDEN, 'case="one bit"', 'case="a row of zeros"', "name of two cases"),
    (hidden.judges_exist, HIDDEN, 'judge="keeps_the_highest"', 'judge="keeps"', "names the judge keeps"),
    (hidden.every_exercise_has_wrong_answers, WRONG, "def row_scales", "def scales", "does not define row_scales"),
    (
        hidden.every_exercise_has_wrong_answers,
        WRONG,
        '# %% right="a loop',
        '# %% wrong="a loop',
        "holds no right answer",
    ),
    (layout.title_names_the_lab, SOURCE, "# # Lab 99 -", "# # Lab 98 -", "is no title"),
    (layout.pictures_have_alt_text, SOURCE, "How few", "![](a.png) How few", "without alt text"),
    (layout.pictures_have_alt_text, SOURCE, "How few", "<img src='a.png'> How few", "without alt text"),
    (layout.code_cells_are_short, SOURCE, "rows = torch", "x = 1\n" * 30 + "rows = torch", "has 32 lines of code"),
    (layout.cells_meet_their_aim, SOURCE, "\ntiny.row", "\n" + "x = 1\n" * 8 + "tiny.row", "has 9 lines"),
    (layout.cells_meet_their_aim, SOURCE, "rows = torch", "1\n\n# %%\nrows = torch", "third code cell in a row"),
    (layout.texts_are_short, SOURCE, "How few", "word " * 120 + "How few", "has 131 words"),
]


@pytest.mark.parametrize(("rule", "file", "old", "new", "says"), BROKEN)
def test_a_broken_rule_is_named(course, spoil, rule, file, old, new, says):
    before = {str(problem) for problem in lint(course, "lab99", [rule])}
    spoil(file, old, new)
    found = [str(problem) for problem in lint(course, "lab99", [rule]) if str(problem) not in before]
    assert found
    with pytest.raises(AssertionError, match=says):
        raise AssertionError("\n".join(found))


def test_the_course_in_small_keeps_every_rule_but_those_on_size(course):
    assert lint(course, "lab99", CONTENT) == []


def test_every_rule_has_a_failing_example():
    shown_elsewhere = {layout.lab_has_its_size, layout.figures_show_a_picture, hidden.hidden_tests_exist}
    shown_elsewhere |= {layout.nothing_stands_on_stderr, layout.colab_cell_comes_first}
    shown_elsewhere |= {hidden.cases_show_raw_results, exercises.ids_belong_to_the_lab, exercises.statement_comes_first}
    assert {rule for rule, *_ in BROKEN} | shown_elsewhere == {*RULES, *ADVICE}


def test_an_id_out_of_sequence_is_named(course):
    path = course.source("lab99")
    path.write_text(path.read_text(encoding="utf-8").replace("99.3", "99.4"), encoding="utf-8")
    found = lint(course, "lab99", [exercises.ids_belong_to_the_lab])
    assert [str(problem) for problem in found] == ["lab99_tiny.py: exercise 99.4: is out of sequence; call it 99.3"]


def test_a_check_before_its_answer_is_named(course, spoil):
    answer, check = '# %% exercise="99.2"', '# %% check="99.2"\ncheck("99.2", top_mask)\n'
    spoil(SOURCE, check, "")
    spoil(SOURCE, answer, f"{check}\n{answer}")
    assert [problem.where for problem in lint(course, "lab99", [exercises.statement_comes_first])] == ["exercise 99.2"]


def test_a_short_lab_and_a_missing_badge_are_named(course):
    found = [problem.wrong for problem in lint(course, "lab99", linting.SIZE)]
    colab = ["has no Colab badge of this lab", "is not the cell that prepares Colab"]
    assert found == ["has 16 cells", "has 3 exercises", *colab]


def test_a_lab_without_hidden_tests_is_named(course):
    course.hidden("lab99").unlink()
    assert [str(problem) for problem in lint(course, "lab99", CONTENT)] == [
        "hidden/lab99.py: is missing; write the cases of each exercise"
    ]


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ("torch.equal(top_mask(x, 2), x > 0)", "a verdict"),
        ("(top_mask(x, 2) == y).all()", "a verdict"),
        ("top_mask(x, 2).dtype == torch.bool", "a verdict"),
        ("top_mask(x, 2), x.sum() > 3", "a verdict"),
        ("not top_mask(x, 2).any()", "a verdict"),
        ("True", "a verdict"),
        ("int(top_mask(x, 2).sum())", "a lone number"),
        ("top_mask(x, 2).sum()", "a lone number"),
        ("len(top_mask(x, 2)), 3", "a lone number"),
        ("row_scales(x, bits=2)[0].item()", "a lone number"),
    ],
)
def test_a_case_that_could_be_guessed_is_named_unless_it_says_why(course, spoil, shown, says):
    raw = "show(top_mask(randn(40), 13))"
    spoil(HIDDEN, raw, f"show({shown})")
    found = lint(course, "lab99", [hidden.cases_show_raw_results])
    assert [problem.wrong for problem in found] == [f"shows {says}"]
    spoil(HIDDEN, f"show({shown})", f"show({shown})  # one of 2^40")
    assert lint(course, "lab99", [hidden.cases_show_raw_results]) == []


@pytest.mark.parametrize(
    "shown", ["top_mask(x, 2).sum(0)", "raises(f, 1)", "x.mean(dim=1)", "mask", "top_mask(x, 2), 3"]
)
def test_raw_results_may_be_shown(course, spoil, shown):
    spoil(HIDDEN, "show(top_mask(randn(40), 13))", f"show({shown})")
    assert lint(course, "lab99", [hidden.cases_show_raw_results]) == []


PICTURE = {"image/png": "iVBORw0KGgo="}


@pytest.mark.parametrize(
    ("output", "alt"),
    [
        (new_output("display_data", PICTURE), False),
        (new_output("display_data", PICTURE, metadata={"image/png": {"alt": " "}}), False),
        (new_output("display_data", {"text/html": "<img src='x'>"}), False),
        (new_output("display_data", {"text/html": "<img alt='' src='x'>"}), False),
        (new_output("display_data", PICTURE, metadata={"image/png": {"alt": "two bars"}}), True),
        (new_output("display_data", {"text/html": "<img alt='two bars' src='x'>"}), True),
        (new_output("display_data", {**PICTURE, "text/html": '<img src="x" alt="two bars">'}), True),
    ],
)
def test_an_executed_figure_shows_a_picture_with_alt_text(course, spoil, output, alt):
    spoil(SOURCE, 'role="experiment"', 'role="figure"')
    build(course, "lab99", execute=False)
    solution = nbformat.read(course.solution("lab99"), as_version=4)
    found = []
    for outputs in ([], [output]):
        solution.cells[-2].update(outputs=outputs, execution_count=9)
        nbformat.write(solution, course.solution("lab99"))
        found.append([problem.wrong for problem in lint(course, "lab99", [layout.figures_show_a_picture])])
    assert found == [["is a figure and shows no picture"], []]
    assert (lint(course, "lab99", [layout.pictures_have_alt_text]) == []) is alt


@pytest.mark.parametrize(
    ("output", "says"),
    [
        (
            new_output("stream", name="stderr", text="UserWarning: slow"),
            "writes to standard error ('UserWarning: slow')",
        ),
        (new_output("stream", name="stdout", text="loaded /home/me/x"), "shows a path of one machine (/home/m...)"),
        (new_output("display_data", {"text/html": "<b>/opt/x</b>"}), "shows a path of one machine (/opt/x...)"),
    ],
)
def test_what_a_solution_should_not_show_is_named(course, output, says):
    solution = nbformat.read(course.solution("lab99"), as_version=4)
    solution.cells[-2].outputs.append(output)
    nbformat.write(solution, course.solution("lab99"))
    assert [problem.wrong for problem in lint(course, "lab99", CONTENT)] == [says]


def test_names_inside_functions_are_their_own(course, spoil):
    spoil(SOURCE, "rows = torch", "def f(row_scales):\n    top_mask = 3\n\n\nrows = torch")
    assert lint(course, "lab99", [names.instructor_binds_no_answer]) == []


def test_the_cell_for_colab_may_install(course, spoil):
    spoil(SOURCE, "import torch\n", f"{FIRST_LINE}\n!pip install x\nimport torch\n")
    assert lint(course, "lab99", [names.nothing_is_downloaded]) == []


def test_addresses_in_text_are_no_paths(course, spoil):
    spoil(SOURCE, "How few", "[here](https://example.org/home/x) and a/tmp/b: How few")
    assert lint(course, "lab99", [names.no_path_of_a_machine]) == []


def test_lines_are_counted_without_blanks_and_docstrings():
    assert code_lines('def f():\n    """Say.\n\n    More.\n    """\n\n    x = """a\n\n    b"""\n    return x\n') == 4


def test_the_command_fails_on_problems_and_passes_without(course, spoil, monkeypatch, capsys):
    monkeypatch.setattr(linting, "find_course", lambda: course)
    monkeypatch.setattr(linting, "RULES", CONTENT)
    monkeypatch.setattr(linting.lint, "__defaults__", (CONTENT,))
    assert linting.main() == 0
    assert "lab99: 0 problems" in capsys.readouterr().out
    spoil(SOURCE, "How few", "How many")
    assert linting.main() == 1
    assert "is not what the source says" in capsys.readouterr().out

"""Hold a lab against the rules; `python -m autograder.author.lint` does it for all labs, drift included."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator

from autograder.author.execute import keep_outputs, show_pictures
from autograder.author.marks import read_lab
from autograder.author.notebooks import assemble
from autograder.author.rules import exercises, hidden, layout, names
from autograder.author.rules.draft import Draft, Problem
from autograder.course import Course, find_course
from autograder.lab import read_hidden

Rule = Callable[[Draft], Iterator[Problem]]

# without these a lab would not work, or would grade something else than it says
STOPS_A_BUILD: tuple[Rule, ...] = (
    names.code_parses,
    names.instructor_binds_no_answer,
    names.instructor_reads_no_answer,
    names.shipped_output_holds_no_guess,
    names.reference_stands_alone,
    hidden.hidden_points_add_up,
    hidden.cases_show_something,
    exercises.every_exercise_is_checked,
    exercises.ids_belong_to_the_lab,
)
CONTENT: tuple[Rule, ...] = (
    *STOPS_A_BUILD,
    names.no_path_of_a_machine,
    names.nothing_is_downloaded,
    exercises.heading_agrees,
    exercises.statement_comes_first,
    exercises.hints_are_folded,
    exercises.forbidden_is_said,
    exercises.points_sum_to_100,
    exercises.card_agrees,
    hidden.hidden_tests_exist,
    hidden.cases_have_own_names,
    hidden.cases_show_raw_results,
    hidden.judges_exist,
    hidden.every_exercise_has_wrong_answers,
    layout.code_cells_are_short,
    layout.pictures_have_alt_text,
    layout.figures_show_a_picture,
    layout.nothing_stands_on_stderr,
)
# a course in small, such as the one in the tests, need not keep these
SIZE: tuple[Rule, ...] = (
    layout.lab_has_its_size,
    layout.title_names_the_lab,
    layout.colab_cell_comes_first,
)
RULES: tuple[Rule, ...] = (*CONTENT, *SIZE)
# aims, not limits: said, and never a failure
ADVICE: tuple[Rule, ...] = (layout.texts_are_short, layout.cells_meet_their_aim, exercises.worked_by_hand)


def lint(course: Course, lab: str, rules: Iterable[Rule] = RULES) -> list[Problem]:
    """The problems of a lab, rule by rule.

    Raises: UnknownLab; SourceError if the source cannot be read at all
    """
    draft = read_draft(course, lab)
    return [problem for rule in rules for problem in rule(draft)]


def read_draft(course: Course, lab: str) -> Draft:
    """A lab with what rules look at; its pictures are those of the last build."""
    from autograder.author.build import read_notebook

    source = read_lab(course, lab)
    solution, release = assemble(course, source)
    keep_outputs(read_notebook(course.solution(lab)), solution)
    show_pictures(solution, release)
    path = course.hidden(lab)
    return Draft(course, source, solution, release, read_hidden(path) if path.exists() else None)


def main() -> int:
    """Print problems, drift and advice of all labs of the course; 1 if there are problems or drift."""
    from autograder.author.build import drift, shared_drift

    course, failed = find_course(), False
    for lab in course.lab_names():
        problems = [str(problem) for problem in lint(course, lab)] + drift(course, lab)
        advice = [f"advice: {problem}" for problem in lint(course, lab, ADVICE)]
        print("\n".join([*problems, *advice, f"{lab}: {len(problems)} problems"]))
        failed = failed or bool(problems)
    stale = shared_drift(course)
    print("\n".join(stale), end="\n" if stale else "")
    return 1 if failed or stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""The copy of the helper package that answers are graded against."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import effdl
import pytest
from autograder.course import Course
from autograder.grade.calls import callers, read_package
from autograder.grade.opening import DATA, PACKAGE, imports, lab_policy
from autograder.grade.withhold import TEST_LABELS, withheld_names, write_data, write_package

FILES = {
    "__init__.py": "from effdl.prune import score as exported\n",
    "prune.py": """
        import math

        def score(w):
            '''Score. Kept.'''
            return w * 2

        def keep(w, f=None):
            return (f or score)(w)

        def twice(w):
            return keep(keep(w))

        def apart(score):
            return score + math.pi

        class Pruner:
            def scores(self, w):
                return w + 1

            def run(self, w):
                return self.scores(w)

            def name(self):
                return "pruner"
    """,
    "other.py": """
        from . import prune
        from .prune import score as s
        import effdl.prune as p
        import effdl

        def by_module(w): return prune.score(w)
        def by_alias(w): return s(w)
        def by_dotted(w): return effdl.prune.score(w)
        def by_import_as(w): return p.twice(w)
        def by_export(w): return effdl.exported(w)
        def inside(w):
            from effdl.prune import score
            return score(w)
        def nested(w):
            def inner(): return prune.keep(w)
            return inner()
        def free(w): return prune.apart(w)
    """,
    "check/__init__.py": "def check(*a): raise SystemExit\n",
    "check/answers.py": "def oracle(w): return w * 2\n",
}


@pytest.fixture
def little(tmp_path):
    """A course of which only the package and the data matter."""
    course = Course(tmp_path)
    for name, text in FILES.items():
        path = course.package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    return course


def little_lab(lab, *sources, withhold=()):
    exercises = tuple(replace(lab.exercises[0], source=source) for source in sources)
    return replace(lab, exercises=exercises, hidden=replace(lab.hidden, withhold=withhold))


def run(folder, code):
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_all_that_use_a_function_are_found_however_they_name_it(little):
    found = callers(read_package(little.package), {"effdl.prune.score"})
    users = ["by_module", "by_alias", "by_dotted", "by_import_as", "by_export", "inside", "nested"]
    assert found == {"effdl.prune.score", "effdl.prune.keep", "effdl.prune.twice"} | {f"effdl.other.{u}" for u in users}


def test_of_a_class_only_the_named_methods_and_their_users_are_withheld(little, lab):
    modules = read_package(little.package)
    found = withheld_names(little_lab(lab, "effdl.prune:Pruner.scores"), modules)
    assert found == {"effdl.prune.Pruner.scores", "effdl.prune.Pruner.run"}
    whole = withheld_names(little_lab(lab, "effdl.prune:Pruner"), modules)
    assert whole == {f"effdl.prune.Pruner.{name}" for name in ("scores", "run", "name")}


def test_withheld_bodies_raise_and_say_so_and_the_rest_works(little, lab, tmp_path):
    write_package(little, little_lab(lab, "effdl.prune:score"), tmp_path / "copy")
    copy = tmp_path / "copy"
    assert "Withheld: effdl.prune.score is withheld" in run(copy, "from effdl.prune import score; score(1)")
    assert "Withheld" in run(copy, "from effdl import other; other.by_module(1)")
    assert run(copy, "from effdl import other; print(other.free(1) > 4)") == "True"
    assert run(copy, "from effdl import prune; print(prune.score.__doc__)") == "Score. Kept."
    assert "w * 2" not in (copy / "effdl" / "prune.py").read_text(encoding="utf-8")


def test_the_visible_checks_are_left_out_and_do_nothing(little, lab, tmp_path):
    write_package(little, little_lab(lab, "effdl.prune:score"), tmp_path / "copy")
    assert run(tmp_path / "copy", "from effdl.check import check, CheckFailed; print(check('1.1', len))") == "None"
    assert "ModuleNotFoundError" in run(tmp_path / "copy", "import effdl.check.answers")


def test_a_lab_may_withhold_more(little, lab):
    modules = read_package(little.package)
    more = little_lab(lab, "effdl.prune:Pruner.name", withhold=("effdl.prune:apart", "effdl.check"))
    assert withheld_names(more, modules) == {
        "effdl.prune.Pruner.name",
        "effdl.prune.apart",
        "effdl.other.free",
        "effdl.check.check",
        "effdl.check.answers.oracle",
    }


@pytest.mark.parametrize("mark", ["effdl.prune:missing", "effdl.nowhere", "effdl.prune:Pruner.missing"])
def test_withholding_what_is_not_there_is_an_error(little, lab, mark):
    with pytest.raises(ValueError, match="can be withheld"):
        withheld_names(little_lab(lab, "effdl.prune:score", withhold=(mark,)), read_package(little.package))


def test_the_copy_of_the_tests_course_holds_no_reference(course, lab, tmp_path):
    names = write_package(course, lab, tmp_path)
    assert names == {
        "effdl.tiny.row_scales",
        "effdl.tiny.top_mask",
        "effdl.tiny.RunningMean.add",
        "effdl.tiny.RunningMean.mean",
    }
    assert "argsort" not in ast.unparse(ast.parse((tmp_path / "effdl" / "tiny.py").read_text(encoding="utf-8")))


def test_data_comes_without_the_labels_of_the_test_split(little, tmp_path):
    folder = little.data / "set"
    folder.mkdir(parents=True)
    for name in ("train_labels.xz", f"{TEST_LABELS}.xz", "test_images.xz"):
        (folder / name).write_bytes(b"x")
    (folder / "train_labels.xz").chmod(0o600)
    write_data(little, tmp_path / "shown")
    shown = sorted((tmp_path / "shown" / "set").iterdir())
    assert [path.name for path in shown] == ["test_images.xz", "train_labels.xz"]
    assert all(path.stat().st_mode & 0o004 for path in shown)


def test_a_course_without_data_has_an_empty_folder(little, tmp_path):
    write_data(little, tmp_path / "shown")
    assert not list((tmp_path / "shown").iterdir())


def test_the_policy_shows_the_copy_and_takes_the_labs_limits(course, lab, tmp_path):
    policy = lab_policy(course, lab, tmp_path)
    assert [mount.inside for mount in policy.mounts] == [PACKAGE, DATA]
    assert (policy.cpu_s, policy.memory_mib) == (20, 2048)
    assert policy.python_path == (PACKAGE,)
    assert course.root in policy.mask
    assert Path(effdl.__file__).parent in policy.mask


def test_modules_to_load_beforehand_are_read_from_a_cell():
    assert imports("import a.b as c\nfrom d import e\nfrom . import f\nx = 1") == ["a.b", "d", "d.e"]

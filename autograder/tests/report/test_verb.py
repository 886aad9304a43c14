"""`autograder report DIR`, and the report at the end of every grading run."""

from __future__ import annotations

from autograder.cli import main
from autograder.verbs import common


def test_the_verb_writes_the_report_and_says_where(out, capsys):
    (out / "report.html").unlink()
    assert main(["report", str(out)]) == 0
    assert capsys.readouterr().out.strip() == str(out / "report.html")
    assert (out / "report.html").is_file()


def test_a_folder_without_grades_is_one_clear_line(tmp_path, capsys):
    assert main(["report", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"autograder report: {tmp_path}: holds no results")
    assert said.count("\n") == 1


def test_grading_ends_well_even_if_its_report_cannot_be_written(out, capsys, monkeypatch):
    def broken(root):
        raise OSError("no space left on device")

    monkeypatch.setattr("autograder.report.report", broken)
    common.write_class_report(out)
    assert "the grades are recorded, but not the report: OSError: no space left" in capsys.readouterr().err

"""The environment in which code of a course runs while it is built."""

from __future__ import annotations

import os

from autograder.course import Course

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def kernel_environment(course: Course, folder: str) -> dict[str, str]:
    """The environment in which a lab runs: this course's package and data, one thread, nobody's IPython profile."""
    paths = [str(course.package.parent.resolve()), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "IPYTHONDIR": folder, "PYTHONHASHSEED": "0"}
    # ipykernel chooses the backend that shows figures in the notebook, unless one is set
    environment.pop("MPLBACKEND", None)
    if course.data.is_dir():
        environment["EFFDL_DATA"] = str(course.data.resolve())
    return environment | dict.fromkeys(THREADS, "1")

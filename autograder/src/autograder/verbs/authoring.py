"""From sources to notebooks, web pages and what students get."""

from __future__ import annotations

from argparse import Namespace

from autograder.course import Course
from autograder.verbs.common import labs_named


def build(course: Course, arguments: Namespace) -> int:
    from autograder.author.build import build as build_lab
    from autograder.author.build import build_indexes

    if arguments.indexes:
        written = build_indexes(course)
    else:
        written = [path for name in labs_named(course, arguments.lab) for path in build_lab(course, name)]
    for path in written:
        print(path.relative_to(course.root))
    return 0


def site(course: Course, arguments: Namespace) -> int:
    from autograder.site.write import write_site

    files = write_site(course, arguments.dir)
    print(f"{len(files)} files in {arguments.dir}; open {arguments.dir / 'index.html'}")
    return 0


def release(course: Course, arguments: Namespace) -> int:
    from autograder.author.release import release as write_release

    write_release(course, arguments.dir)
    print(f"what students get stands in {arguments.dir}")
    return 0

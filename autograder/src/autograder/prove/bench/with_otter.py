"""Run by the Python of otter's environment: grade a folder of notebooks with an autograder archive, write the scores.

with_otter.py ARCHIVE FOLDER SCORES.json PROCESSES
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path


def score(archive, path):
    """The points of one submission, None if otter could not grade it."""
    from otter.api import grade_submission

    try:
        return grade_submission(str(path), archive, quiet=True).total
    except Exception as problem:
        print(f"{path.name}: {type(problem).__name__}: {problem}"[:500], file=sys.stderr)
        return None


def main(archive, folder, scores, processes):
    paths = sorted(Path(folder).glob("*.ipynb"))
    with ProcessPoolExecutor(int(processes)) as pool:
        found = dict(zip((path.stem for path in paths), pool.map(partial(score, archive), paths), strict=True))
    Path(scores).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

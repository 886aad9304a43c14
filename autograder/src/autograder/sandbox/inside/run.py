"""Lock in, then become a command: `python run.py CONFIG COMMAND...`, for kernels that Jupyter itself starts."""

from __future__ import annotations

import json
import os
import sys

import jail

if __name__ == "__main__":
    jail.enter(json.loads(sys.argv[1]))
    os.chdir(os.environ["HOME"])
    os.execvp(sys.argv[2], sys.argv[2:])

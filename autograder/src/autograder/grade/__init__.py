"""From a folder of submissions to recorded grades, one module a stage."""

import autograder.run  # noqa: F401 (before nbformat is imported: it makes that import light)

"""Stands where a hidden package was."""

raise ModuleNotFoundError(f"No module named {__name__!r}", name=__name__)

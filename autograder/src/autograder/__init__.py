"""Builds the labs from their sources, proves their tests, and grades what students hand in."""

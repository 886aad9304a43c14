"""The course as static pages: what `autograder site DIR` writes."""

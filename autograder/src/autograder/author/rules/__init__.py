"""The rules of a lab, by what they look at; each is one small function from a `Draft` to the problems that it finds."""

"""The helper package of the tests' course: it stands where the real `effdl` stands, with one module."""

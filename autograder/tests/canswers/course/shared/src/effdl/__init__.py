"""The helper package of a course with answers in C; the tests put the real `effdl.mcu` beside it."""

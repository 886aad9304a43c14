# %% wrong="the last value is left out"
axpy_c = """
void axpy(const int8_t *x, int32_t *y, int n, int factor) {
    for (int i = 0; i < n - 1; i++)
        y[i] += factor * x[i];
}
"""

# %% wrong="y is replaced, not added to"
axpy_c = """
void axpy(const int8_t *x, int32_t *y, int n, int factor) {
    for (int i = 0; i < n; i++)
        y[i] = factor * x[i];
}
"""

# %% wrong="a loop that is tested at its end runs once for no values, here for ever"
axpy_c = """
void axpy(const int8_t *x, int32_t *y, int n, int factor) {
    do {
        *y++ += factor * *x++;
    } while (--n);
}
"""

# %% right="pointers that walk"
axpy_c = """
void axpy(const int8_t *x, int32_t *y, int n, int factor) {
    for (const int8_t *end = x + n; x < end; x++, y++)
        *y += factor * *x;
}
"""

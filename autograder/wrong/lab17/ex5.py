# %% wrong="What remains of k after the turns of four is left out."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The turns of four run to the end of k and past it: the last one reads outside the row."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p < k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The last full turn is missing where 4 divides k: p + 4 <= k, not p + 4 < k."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 < k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (int left = k % 4; left > 0; left--, p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="It is not unrolled: one step in each turn."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            int32_t sum = 0;
            for (int p = 0; p < k; p++) {
                sum += a[i * k + p] * b[p * n + j];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="Two steps in each turn; four are asked for."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 2 <= k; p += 2) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="Four steps are done, but p moves by one: each product is added up to four times."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p++) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="All four steps read the same place of the row."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p] * column[(p + 1) * n];
                sum += row[p] * column[(p + 2) * n];
                sum += row[p] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The column of b is walked by one; its elements lie n apart."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p];
                sum += row[p + 1] * column[p + 1];
                sum += row[p + 2] * column[p + 2];
                sum += row[p + 3] * column[p + 3];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="(p + 1) * n lacks its parentheses: p + 1 * n is another place."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[p + 1 * n];
                sum += row[p + 2] * column[p + 2 * n];
                sum += row[p + 3] * column[p + 3 * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The single steps begin at 0 again and add products twice."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (p = 0; p < k % 4; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The sum is added to c, which holds rubbish; it is written."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int32_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] += sum;
        }
    }
}
"""


# %% wrong="The sum is set to zero once, not for each element of c."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    int32_t sum = 0;
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% wrong="The sum is an int8_t and overflows."
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            const int8_t *row = a + i * k, *column = b + j;
            int8_t sum = 0;
            int p = 0;
            for (; p + 4 <= k; p += 4) {
                sum += row[p] * column[p * n];
                sum += row[p + 1] * column[(p + 1) * n];
                sum += row[p + 2] * column[(p + 2) * n];
                sum += row[p + 3] * column[(p + 3) * n];
            }
            for (; p < k; p++) {
                sum += row[p] * column[p * n];
            }
            c[i * n + j] = sum;
        }
    }
}
"""


# %% right="four sums"
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
            const int8_t *x = a + i * k, *y = b + j;
            int turns = k / 4, rest = k % 4;
            while (turns-- > 0) {
                s0 += x[0] * y[0];
                s1 += x[1] * y[n];
                s2 += x[2] * y[2 * n];
                s3 += x[3] * y[3 * n];
                x += 4;
                y += 4 * n;
            }
            while (rest-- > 0) {
                s0 += *x++ * *y;
                y += n;
            }
            c[i * n + j] = s0 + s1 + s2 + s3;
        }
    }
}
"""


# %% right="indices written out"
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    int whole = k - k % 4;
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            int32_t sum = 0;
            for (int p = 0; p < whole; p += 4)
                sum += a[i * k + p] * b[p * n + j] + a[i * k + p + 1] * b[(p + 1) * n + j]
                     + a[i * k + p + 2] * b[(p + 2) * n + j] + a[i * k + p + 3] * b[(p + 3) * n + j];
            for (int p = whole; p < k; p++)
                sum += a[i * k + p] * b[p * n + j];
            c[i * n + j] = sum;
        }
    }
}
"""


# %% right="what remains comes from a switch"
matmul_unrolled_c = """
void matmul_unrolled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++, a += k) {
        for (int j = 0; j < n; j++) {
            const int8_t *x = a, *y = b + j;
            int32_t sum = 0;
            for (int p = k / 4; p > 0; p--, x += 4, y += 4 * n)
                sum += x[0] * y[0] + x[1] * y[n] + x[2] * y[2 * n] + x[3] * y[3 * n];
            switch (k & 3) {
            case 3: sum += x[2] * y[2 * n]; /* fall through */
            case 2: sum += x[1] * y[n];     /* fall through */
            case 1: sum += x[0] * y[0];
            }
            *c++ = sum;
        }
    }
}
"""

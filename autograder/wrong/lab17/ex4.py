# %% wrong="The order is still i, j, p: B is read down its columns."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
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


# %% wrong="The order is j, p, i: A and C are read down their columns."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
            for (int i = 0; i < m; i++) {
                c[i * n + j] += a[i * k + p] * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="p is the outermost loop: each row of C is fetched anew for every p."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int p = 0; p < k; p++) {
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                c[i * n + j] += a[i * k + p] * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="c is not cleared: it holds rubbish when the function is called."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="c is cleared for each p: only the last step of every sum is left."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int p = 0; p < k; p++) {
            for (int j = 0; j < n; j++) {
                c[i * n + j] = 0;
            }
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="= instead of +=: every step replaces the sum."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] = factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="c is indexed with rows of k elements; its rows have n."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * k + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="a is indexed with rows of n elements; its rows have k."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * n + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="b is read as if it were transposed."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[j * k + p];
            }
        }
    }
}
"""


# %% wrong="m and k are swapped in the loops."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < k; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < m; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="The sum is kept in int8: it overflows."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] = (int8_t)(c[i * n + j] + factor * b[p * n + j]);
            }
        }
    }
}
"""


# %% wrong="The last step of each sum is left out."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k - 1; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="The loop over j runs one too far, into the next row."
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j <= n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% right="pointers to the rows"
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++, c += n) {
        for (int j = 0; j < n; j++)
            c[j] = 0;
        const int8_t *row = b;
        for (int p = 0; p < k; p++, row += n) {
            int factor = *a++;
            for (int j = 0; j < n; j++)
                c[j] += factor * row[j];
        }
    }
}
"""


# %% right="the first step writes, the others add"
matmul_reordered_c = """
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; ++i) {
        int32_t first = a[i * k];
        for (int j = 0; j < n; ++j)
            c[i * n + j] = first * b[j];
        for (int p = 1; p < k; ++p) {
            const int32_t factor = a[i * k + p];
            const int8_t *line = &b[p * n];
            int32_t *sums = &c[i * n];
            for (int j = 0; j < n; ++j)
                sums[j] += factor * line[j];
        }
    }
}
"""


# %% right="a helper function for one row"
matmul_reordered_c = """
static void add_row(int32_t *sums, const int8_t *line, int32_t factor, int n) {
    while (n--) {
        *sums++ += factor * *line++;
    }
}

void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i = 0; i < m; i++) {
        for (int p = 0; p < k; p++) {
            add_row(c + i * n, b + p * n, a[i * k + p], n);
        }
    }
}
"""

# %% wrong="It is not tiled: the whole matrices are one block."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p = 0; p < k; p++) {
            int32_t factor = a[i * k + p];
            for (int j = 0; j < n; j++) {
                c[i * n + j] += factor * b[p * n + j];
            }
        }
    }
}
"""


# %% wrong="c is cleared for each block of p: only the last block's part of the sums is left."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int j = j0; j < j_end; j++) {
                        c[i * n + j] = 0;
                    }
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="Sums of a block replace those of the block before; they are added."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int j = j0; j < j_end; j++) {
                        int32_t sum = 0;
                        for (int p = p0; p < p_end; p++) {
                            sum += a[i * k + p] * b[p * n + j];
                        }
                        c[i * n + j] = sum;
                    }
                }
            }
        }
    }
}
"""


# %% wrong="c is not cleared: it holds rubbish when the function is called."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The last block of rows is as long as the others and goes past the edge of a and c."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The last block of columns is as long as the others and goes into the next row."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The last block of the sums is as long as the others and goes past the edge."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="Only whole blocks are done; what is left at the edges is dropped."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 + tile <= m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 + tile <= k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 + tile <= n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="Columns are not tiled: each block is as wide as the matrix."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < 1; j0++) {
                int j_end = n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="Sums are not tiled: each block runs along all of k."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < 1; p0++) {
            int p_end = k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The loops over blocks move by one: blocks overlap and products are added again and again."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0++) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0++) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0++) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The loops inside a block begin at 0 instead of at the block."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < m ? i0 + tile : m;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = 0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The bounds of m and k are swapped."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++) {
        c[at] = 0;
    }
    for (int i0 = 0; i0 < m; i0 += tile) {
        int i_end = i0 + tile < k ? i0 + tile : k;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int p_end = p0 + tile < k ? p0 + tile : k;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j_end = j0 + tile < n ? j0 + tile : n;
                for (int i = i0; i < i_end; i++) {
                    for (int p = p0; p < p_end; p++) {
                        int32_t factor = a[i * k + p];
                        for (int j = j0; j < j_end; j++) {
                            c[i * n + j] += factor * b[p * n + j];
                        }
                    }
                }
            }
        }
    }
}
"""


# %% wrong="The loops over blocks stand inside the loops over elements: a block is left and entered again for every row."
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int p0 = 0; p0 < k; p0 += tile) {
            for (int j0 = 0; j0 < n; j0 += tile) {
                for (int p = p0; p < p0 + tile && p < k; p++) {
                    for (int j = j0; j < j0 + tile && j < n; j++) {
                        c[i * n + j] += a[i * k + p] * b[p * n + j];
                    }
                }
            }
        }
    }
}
"""


# %% right="blocks in another order, sums in a variable"
matmul_tiled_c = """
static int smaller(int x, int y) {
    return x < y ? x : y;
}

void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int at = 0; at < m * n; at++)
        c[at] = 0;
    for (int j0 = 0; j0 < n; j0 += tile) {
        const int j_end = smaller(j0 + tile, n);
        for (int i0 = 0; i0 < m; i0 += tile) {
            const int i_end = smaller(i0 + tile, m);
            for (int p0 = 0; p0 < k; p0 += tile) {
                const int p_end = smaller(p0 + tile, k);
                for (int i = i0; i < i_end; i++)
                    for (int j = j0; j < j_end; j++) {
                        int32_t sum = c[i * n + j];
                        for (int p = p0; p < p_end; p++)
                            sum += a[i * k + p] * b[p * n + j];
                        c[i * n + j] = sum;
                    }
            }
        }
    }
}
"""


# %% right="sizes of the block and pointers to its corners"
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int32_t *at = c; at < c + m * n; at++)
        *at = 0;
    for (int i0 = 0; i0 < m; i0 += tile) {
        int height = m - i0 < tile ? m - i0 : tile;
        for (int p0 = 0; p0 < k; p0 += tile) {
            int depth = k - p0 < tile ? k - p0 : tile;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int width = n - j0 < tile ? n - j0 : tile;
                for (int i = 0; i < height; i++) {
                    const int8_t *left = a + (i0 + i) * k + p0;
                    int32_t *sums = c + (i0 + i) * n + j0;
                    for (int p = 0; p < depth; p++) {
                        const int8_t *line = b + (p0 + p) * n + j0;
                        int32_t factor = left[p];
                        for (int j = 0; j < width; j++)
                            sums[j] += factor * line[j];
                    }
                }
            }
        }
    }
}
"""


# %% right="p outside, the first block of p writes"
matmul_tiled_c = """
void matmul_tiled(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k, int tile) {
    for (int p0 = 0; p0 < k; p0 += tile) {
        int p1 = p0 + tile > k ? k : p0 + tile;
        for (int i0 = 0; i0 < m; i0 += tile) {
            int i1 = i0 + tile > m ? m : i0 + tile;
            for (int j0 = 0; j0 < n; j0 += tile) {
                int j1 = j0 + tile > n ? n : j0 + tile;
                for (int i = i0; i < i1; i++)
                    for (int j = j0; j < j1; j++) {
                        int32_t sum = p0 ? c[i * n + j] : 0;
                        for (int p = p0; p < p1; p++)
                            sum += a[i * k + p] * b[p * n + j];
                        c[i * n + j] = sum;
                    }
            }
        }
    }
}
"""

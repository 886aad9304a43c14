/* Products of int8 matrices with 32-bit sums: c (m, n) = a (m, k) b (k, n), all row by row.

   One product in several orders of the same multiply-accumulates. Nothing here is tied to a processor; the same text is
   compiled for a microcontroller and for the host.

   Left out: requantizing the sums to int8, saturation (k would have to exceed 131,000), transposed operands.
   Sources: Lam, Rothberg and Wolf 1991; Lai et al. 2018, CMSIS-NN, arXiv:1801.06601. */

#include <stdint.h>

/* Every step of a sum is read from memory and written back. */
void matmul_naive(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
            for (int p = 0; p < k; p++) {
                c[i * n + j] += a[i * k + p] * b[p * n + j];
            }
        }
    }
}

/* The sum stays in a register until it is complete. */
void matmul_register(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
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

/* Compute c = a b by walking rows: loops in the order i, p, j, where p runs along the sums.

   a is (m, k), b is (k, n), c is (m, n), all row by row; sizes are at least 1. c holds anything when the function is
   called. The innermost loop runs over j: it reads neighbors of b and changes neighbors of c, while one element of a
   stays where it is. */
void matmul_reordered(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
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

/* Compute c = a b with four steps of the sum in each turn of the innermost loop.

   a is (m, k), b is (k, n), c is (m, n), all row by row; sizes are at least 1, and k need not be a multiple of 4. c
   holds anything when the function is called. Loops in the order i, j, p; the sum stays in a variable, is written once,
   and nothing outside the arrays is read. */
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
            c[i * n + j] = sum;
        }
    }
}

/* Compute c = a b block by block, each block at most `tile` long in all three directions.

   a is (m, k), b is (k, n), c is (m, n), all row by row; sizes and tile are at least 1, and tile need not divide any of
   them. c holds anything when the function is called. What one block reads and writes, three parts of at most
   tile x tile elements, is all that is touched until the block is done. */
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

/* Tile for the registers: 2 x 2 sums at once, so that each element read is used twice. m and n are even. */
void matmul_register_tile(const int8_t *a, const int8_t *b, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i += 2) {
        for (int j = 0; j < n; j += 2) {
            const int8_t *upper = a + i * k, *lower = upper + k, *pair = b + j;
            int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0;
            for (int p = 0; p < k; p++, pair += n) {
                int32_t left = pair[0], right = pair[1];
                s00 += upper[p] * left;
                s01 += upper[p] * right;
                s10 += lower[p] * left;
                s11 += lower[p] * right;
            }
            c[i * n + j] = s00;
            c[i * n + j + 1] = s01;
            c[(i + 1) * n + j] = s10;
            c[(i + 1) * n + j + 1] = s11;
        }
    }
}

/* y (m) = a (m, k) x (k): each element of a is used once. */
void matvec(const int8_t *a, const int8_t *x, int32_t *y, int m, int k) {
    for (int i = 0; i < m; i++) {
        int32_t sum = 0;
        for (int p = 0; p < k; p++) {
            sum += a[i * k + p] * x[p];
        }
        y[i] = sum;
    }
}

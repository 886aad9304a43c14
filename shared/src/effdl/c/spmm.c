// Sparse matrix times dense matrix, C = A B, in three formats, float32, one thread. Host C11, called by
// effdl.sparse_speed. A has `rows` rows; B has n columns and C too, rows of both lie one after the other.
#include <stdint.h>
#include <string.h>

#define STRIP 64  // columns of C that one inner loop keeps in registers: the 1-D tile

// Compressed sparse rows: entries row_ptr[r] .. row_ptr[r + 1] - 1 belong to row r.
void csr_spmm(const int32_t *row_ptr, const int32_t *col_idx, const float *values, const float *b, float *c, int rows,
              int n) {
    for (int r = 0; r < rows; r++) {
        int left = 0;
        for (; left + STRIP <= n; left += STRIP) {
            float sum[STRIP] = {0};
            for (int e = row_ptr[r]; e < row_ptr[r + 1]; e++) {
                const float value = values[e], *from = b + (int64_t)col_idx[e] * n + left;
                for (int j = 0; j < STRIP; j++) sum[j] += value * from[j];
            }
            memcpy(c + (int64_t)r * n + left, sum, sizeof sum);
        }
        for (; left < n; left++) {
            float sum = 0;
            for (int e = row_ptr[r]; e < row_ptr[r + 1]; e++) sum += values[e] * b[(int64_t)col_idx[e] * n + left];
            c[(int64_t)r * n + left] = sum;
        }
    }
}

// 2:4: in each run of four columns two values are stored; their places, 2 bits each, stand four to a byte.
void nm24_spmm(const float *values, const uint8_t *packed, const float *b, float *c, int rows, int cols, int n) {
    for (int r = 0; r < rows; r++) {
        const float *value = values + (int64_t)r * (cols / 2);
        const uint8_t *bits = packed + (int64_t)r * (cols / 8);
        int left = 0;
        for (; left + STRIP <= n; left += STRIP) {
            float sum[STRIP] = {0};
            for (int byte = 0; byte < cols / 8; byte++) {
                for (int i = 0; i < 4; i++) {
                    const int column = 8 * byte + 4 * (i / 2) + (bits[byte] >> 2 * i & 3);
                    const float factor = value[4 * byte + i], *from = b + (int64_t)column * n + left;
                    for (int j = 0; j < STRIP; j++) sum[j] += factor * from[j];
                }
            }
            memcpy(c + (int64_t)r * n + left, sum, sizeof sum);
        }
        for (; left < n; left++) {
            float sum = 0;
            for (int e = 0; e < cols / 2; e++) {
                const int column = 4 * (e / 2) + (bits[e / 4] >> 2 * (e % 4) & 3);
                sum += value[e] * b[(int64_t)column * n + left];
            }
            c[(int64_t)r * n + left] = sum;
        }
    }
}

#define BLOCK 8
#define NARROW 32  // columns of C at a time: 8 rows of 32 sums stay in registers, as 1 row of 64 does above
#define UNROLL _Pragma("clang loop unroll(full)")

// Blocked-ELL with blocks of 8 x 8: row of blocks i stores `width` blocks, at block column ell[i][slot], -1 = padding;
// values (rows, width * 8). What is loaded of B serves all eight rows of the block.
void blocked_ell_spmm(const int32_t *ell, const float *values, const float *b, float *c, int rows, int width, int n) {
    const int64_t wide = (int64_t)width * BLOCK;
    for (int top = 0; top < rows; top += BLOCK) {
        const int32_t *blocks = ell + (int64_t)(top / BLOCK) * width;
        int left = 0;
        for (; left + NARROW <= n; left += NARROW) {
            float sum[BLOCK][NARROW] = {{0}};
            for (int slot = 0; slot < width; slot++) {
                if (blocks[slot] < 0) continue;
                const float *value = values + top * wide + slot * BLOCK;
                const float *from = b + (int64_t)blocks[slot] * BLOCK * n + left;
                for (int k = 0; k < BLOCK; k++, value++, from += n) {
                    UNROLL for (int i = 0; i < BLOCK; i++)
                        for (int j = 0; j < NARROW; j++) sum[i][j] += value[i * wide] * from[j];
                }
            }
            for (int i = 0; i < BLOCK; i++) memcpy(c + (int64_t)(top + i) * n + left, sum[i], sizeof sum[i]);
        }
        for (; left < n; left++) {
            for (int i = top; i < top + BLOCK; i++) {
                float sum = 0;
                for (int64_t e = 0; e < wide; e++) {
                    const int column = blocks[e / BLOCK];
                    if (column >= 0) sum += values[i * wide + e] * b[(column * BLOCK + e % BLOCK) * (int64_t)n + left];
                }
                c[(int64_t)i * n + left] = sum;
            }
        }
    }
}

// Products of rows of signs, one bit a sign, beside the same product in floats. Host C11, called by effdl.lowbit.
#include <stdint.h>
#include <string.h>

// y[r] = sum over i of w[r][i] x[i], for w and x of -1 and +1 packed to bits: 1 for +1. A row takes `words` 64-bit
// words; the bits beyond n are 0 in both, so that xnor makes them 1, and the count is corrected for them.
void xnor_matvec(const uint8_t *w, const uint8_t *x, int32_t *y, int rows, int words, int n) {
    const int padding = 64 * words - n;
    for (int r = 0; r < rows; r++) {
        const uint8_t *row = w + (int64_t)r * words * 8;
        int64_t equal = 0;
        for (int i = 0; i < words; i++) {
            uint64_t a, b;
            memcpy(&a, row + 8 * i, 8);
            memcpy(&b, x + 8 * i, 8);
            equal += __builtin_popcountll(~(a ^ b));
        }
        y[r] = (int32_t)(2 * (equal - padding) - n);
    }
}

// The same product in floats; -ffast-math lets the compiler add in any order, and so use vector instructions.
void float_matvec(const float *w, const float *x, float *y, int rows, int n) {
    for (int r = 0; r < rows; r++) {
        const float *row = w + (int64_t)r * n;
        float sum = 0;
        for (int i = 0; i < n; i++) sum += row[i] * x[i];
        y[r] = sum;
    }
}

// Signs to bits: bit i % 8 of byte i / 8 is 1 where x[i] >= 0. Bits beyond n stay as they are.
void pack(const float *x, uint8_t *bits, int n) {
    for (int i = 0; i < n; i += 8) {
        uint8_t byte = 0;
        for (int k = 0; k < 8 && i + k < n; k++) byte |= (uint8_t)((x[i + k] >= 0) << k);
        bits[i / 8] = byte;
    }
}

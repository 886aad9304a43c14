/* A product of int8 matrices with the DSP instructions of a Cortex-M4 or M7. To be read here; lab 18 takes it apart.

   SXTB16 spreads bytes 0 and 2 of a word over two 16-bit halves (bytes 1 and 3 after a rotation by 8), SMLAD multiplies
   both halves of two words and adds both products: four MACs in two multiplications. bt is b transposed, (n, k), so
   that four neighbors of a sum are one word. m and n are even, k is a multiple of 4, a and bt begin at words.

   Source: Lai et al. 2018, CMSIS-NN, section 3, arXiv:1801.06601. */

#include <stdint.h>
#if defined(__ARM_FEATURE_SIMD32)
#include <arm_acle.h>

static inline int32_t four_macs(uint32_t x, uint32_t y, int32_t sum) {
    sum = __smlad(__sxtb16(x), __sxtb16(y), sum);
    return __smlad(__sxtb16(__ror(x, 8)), __sxtb16(__ror(y, 8)), sum);
}

void matmul_simd(const int8_t *a, const int8_t *bt, int32_t *c, int m, int n, int k) {
    for (int i = 0; i < m; i += 2) {
        for (int j = 0; j < n; j += 2) {
            const uint32_t *upper = (const uint32_t *)(a + i * k), *lower = (const uint32_t *)(a + (i + 1) * k);
            const uint32_t *left = (const uint32_t *)(bt + j * k), *right = (const uint32_t *)(bt + (j + 1) * k);
            int32_t s00 = 0, s01 = 0, s10 = 0, s11 = 0;
            for (int p = 0; p < k / 4; p++) {
                s00 = four_macs(upper[p], left[p], s00);
                s01 = four_macs(upper[p], right[p], s01);
                s10 = four_macs(lower[p], left[p], s10);
                s11 = four_macs(lower[p], right[p], s11);
            }
            c[i * n + j] = s00;
            c[i * n + j + 1] = s01;
            c[(i + 1) * n + j] = s10;
            c[(i + 1) * n + j + 1] = s11;
        }
    }
}
#endif

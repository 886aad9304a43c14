/* What a processor can do at most, in two loops: multiply-adds without memory, and reading without arithmetic.

   Left out: other number types and instructions made for products, which can be faster still.
   Source: Williams, Waterman and Patterson 2009, Roofline. */

#include <stdint.h>

#define LANES 192 /* independent sums, enough to keep every multiplier busy */

float multiply_adds(int64_t turns, float factor, float term) {
    float sums[LANES], total = 0;
    for (int lane = 0; lane < LANES; lane++) {
        sums[lane] = (float)lane;
    }
    for (int64_t turn = 0; turn < turns; turn++) {
        for (int lane = 0; lane < LANES; lane++) {
            sums[lane] = sums[lane] * factor + term;
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        total += sums[lane];
    }
    return total;
}

int64_t read_all(const int64_t *values, int64_t count) {
    int64_t total = 0;
    for (int64_t at = 0; at < count; at++) {
        total += values[at];
    }
    return total;
}

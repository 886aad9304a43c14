/* One function, for a course in small. */

#include <stdint.h>

/* Add `factor` times x to y, both of n values. */
void axpy(const int8_t *x, int32_t *y, int n, int factor) {
    for (int i = 0; i < n; i++) {
        y[i] += factor * x[i];
    }
}

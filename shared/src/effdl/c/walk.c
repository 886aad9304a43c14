/* Walk the three matrices of a product for valgrind's cachegrind, which counts what `walk` misses.

   Built with -DORDER=ikj -DM=... -DN=... -DK=... -DTILE=... Each step reads one element of a, one of b, one of c, and
   writes that of c; volatile keeps the compiler from leaving any out. The arrays lie as in effdl.loops: one behind the
   other, each from a multiple of 64 bytes on.

   Left out: the value of the product, which nobody looks at.
   Source: Lam, Rothberg and Wolf 1991. */

#include <stdint.h>

#define PAD(bytes) (((bytes) + 63) / 64 * 64)
#define BLOCKS(x, size) for (long x##0 = 0; x##0 < (size); x##0 += TILE)
#define INSIDE(x, size) for (long x = x##0; x < x##0 + TILE && x < (size); x++)
#define STEP { float left = a[i * K + k], right = b[k * N + j]; c[i * N + j] += left * right; }

#define WALK_ijk BLOCKS(i, M) BLOCKS(j, N) BLOCKS(k, K) INSIDE(i, M) INSIDE(j, N) INSIDE(k, K)
#define WALK_ikj BLOCKS(i, M) BLOCKS(k, K) BLOCKS(j, N) INSIDE(i, M) INSIDE(k, K) INSIDE(j, N)
#define WALK_jki BLOCKS(j, N) BLOCKS(k, K) BLOCKS(i, M) INSIDE(j, N) INSIDE(k, K) INSIDE(i, M)
#define PASTE(x, y) x##y
#define WALK_OF(order) PASTE(WALK_, order)

static _Alignas(4096) char memory[PAD(4 * M * K) + PAD(4 * K * N) + PAD(4 * M * N)];

__attribute__((noinline)) void walk(volatile float *a, volatile float *b, volatile float *c) {
    WALK_OF(ORDER) STEP
}

int main(void) {
    walk((float *)memory, (float *)(memory + PAD(4 * M * K)), (float *)(memory + PAD(4 * M * K) + PAD(4 * K * N)));
    return 0;
}

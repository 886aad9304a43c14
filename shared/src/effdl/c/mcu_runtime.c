/* What a compiler may call without being asked to, where there is no C library: it copies structures with memcpy. */

void *memcpy(void *to, const void *from, size_t n) {
  char *d = to;
  const char *s = from;
  while (n--) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t n) {
  char *d = to;
  const char *s = from;
  if (d <= s) return memcpy(to, from, n);
  while (n--) d[n] = s[n];
  return to;
}

void *memset(void *to, int value, size_t n) {
  char *d = to;
  while (n--) *d++ = value;
  return to;
}

/* Arm's own names for them; __aeabi_memset has its last two arguments the other way round. */
void __aeabi_memcpy(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy4(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memcpy8(void *to, const void *from, size_t n) { memcpy(to, from, n); }
void __aeabi_memmove(void *to, const void *from, size_t n) { memmove(to, from, n); }
void __aeabi_memmove4(void *to, const void *from, size_t n) { memmove(to, from, n); }
void __aeabi_memmove8(void *to, const void *from, size_t n) { memmove(to, from, n); }
void __aeabi_memset(void *to, size_t n, int value) { memset(to, value, n); }
void __aeabi_memset4(void *to, size_t n, int value) { memset(to, value, n); }
void __aeabi_memset8(void *to, size_t n, int value) { memset(to, value, n); }
void __aeabi_memclr(void *to, size_t n) { memset(to, 0, n); }
void __aeabi_memclr4(void *to, size_t n) { memset(to, 0, n); }
void __aeabi_memclr8(void *to, size_t n) { memset(to, 0, n); }

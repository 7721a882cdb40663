#include <emscripten.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

EMSCRIPTEN_KEEPALIVE
int is_prime(uint32_t n) {
  if (n < 2) return 0;
  for (uint32_t d = 2; (uint64_t)d * d <= n; d++)
    if (n % d == 0) return 0;
  return 1;
}

// How many primes there are up to n, by the sieve of Eratosthenes; -1 when there is no memory for it.
EMSCRIPTEN_KEEPALIVE
int primes(uint32_t n) {
  if (n < 2) return 0;
  char *composite = calloc((size_t)n + 1, 1);
  if (composite == NULL) return -1;
  int count = 0;
  for (uint32_t i = 2; i <= n; i++) {
    if (composite[i]) continue;
    count++;
    for (uint64_t j = (uint64_t)i * i; j <= n; j += i) composite[j] = 1;
  }
  free(composite);
  return count;
}

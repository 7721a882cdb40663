// Bubble sort of n pseudo-random numbers.
#include "run.h"

#define MOST 50000

static int32_t values[MOST];

int32_t run(int64_t n) {
  if (n > MOST) return -1;
  uint32_t random = 1;
  for (int64_t i = 0; i < n; i++) {
    random = random * 1664525u + 1013904223u;
    values[i] = (int32_t)(random >> 1);
  }
  for (int64_t last = n - 1; last > 0; last--) {
    for (int64_t i = 0; i < last; i++) {
      if (values[i] > values[i + 1]) {
        int32_t greater = values[i];
        values[i] = values[i + 1];
        values[i + 1] = greater;
      }
    }
  }
  uint32_t checksum = 0;
  for (int64_t i = 0; i < n; i++) checksum = checksum * 31 + (uint32_t)values[i];
  return (int32_t)checksum;
}

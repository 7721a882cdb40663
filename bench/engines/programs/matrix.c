// The product of two matrices of n by n doubles, row by column. All values are small whole numbers, so that every sum is exact.
#include "run.h"

#define MOST 800

static double a[MOST][MOST], b[MOST][MOST], product[MOST][MOST];

int32_t run(int64_t n) {
  if (n > MOST) return -1;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) {
      a[i][j] = (double)((i * 3 + j) % 17);
      b[i][j] = (double)((i + j * 5) % 13);
    }
  }
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) {
      double sum = 0;
      for (int64_t k = 0; k < n; k++) sum += a[i][k] * b[k][j];
      product[i][j] = sum;
    }
  }
  uint32_t checksum = 0;
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) checksum = checksum * 31 + (uint32_t)(int32_t)product[i][j];
  }
  return (int32_t)checksum;
}

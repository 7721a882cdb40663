// Is n prime? The naive way, by dividing: by 2, 3 and 5, and then by every odd number up to a seventh of n, since nothing greater can be its least divisor.
#include "run.h"

int32_t run(int64_t n) {
  uint64_t number = (uint64_t)n;
  if (number < 2) return 0;
  if (number % 2 == 0 || number % 3 == 0 || number % 5 == 0) return number == 2 || number == 3 || number == 5;
  for (uint64_t divisor = 7; divisor <= number / 7; divisor += 2) {
    if (number % divisor == 0) return 0;
  }
  return 1;
}

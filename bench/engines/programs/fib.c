// The n-th Fibonacci number, by two calls for each one.
#include "run.h"

static int32_t fib(int32_t n) {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int32_t run(int64_t n) {
  return fib((int32_t)n);
}

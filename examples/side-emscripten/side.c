// A side module lives in the memory and table of whoever loads it: its data and its function pointers are relocated at load.
#include <emscripten.h>

static int add(int a, int b) { return a + b; }
static int subtract(int a, int b) { return a - b; }
static int multiply(int a, int b) { return a * b; }

static int (*const operations[])(int, int) = {add, subtract, multiply};
static int calls;

EMSCRIPTEN_KEEPALIVE
int calculate(int operation, int a, int b) {
  calls++;
  return operations[(unsigned)operation % 3](a, b);
}

// 1 in a fresh instance, and after every call of `calculate` one more.
EMSCRIPTEN_KEEPALIVE
int count(void) { return ++calls; }

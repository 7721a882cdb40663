/* One call in a process of its own; linked with examples/fib-c/fib.c. Argument: n. Prints fib(n). */
#include <stdio.h>
#include <stdlib.h>

int fib(int n);

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  printf("%d\n", fib(atoi(argv[1])));
  return 0;
}

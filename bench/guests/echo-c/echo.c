// Copies standard input to standard output.
#include <stdio.h>

static char buffer[65536];

int main(void) {
  size_t length;
  while ((length = fread(buffer, 1, sizeof buffer, stdin)) > 0) fwrite(buffer, 1, length, stdout);
  return fflush(stdout);
}

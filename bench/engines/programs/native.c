// A program as a native process: calls it `calls` times, and prints for each call its checksum and how many microseconds it took, elapsed and of the processor.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "run.h"

static double nowUs(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  int64_t n = strtoll(arguments[1], NULL, 10);
  for (long calls = strtol(arguments[2], NULL, 10); calls > 0; calls--) {
    double beganUs = nowUs(CLOCK_MONOTONIC), processorUs = nowUs(CLOCK_PROCESS_CPUTIME_ID);
    int32_t checksum = run(n);
    processorUs = nowUs(CLOCK_PROCESS_CPUTIME_ID) - processorUs;
    printf("%d %.0f %.0f\n", checksum, nowUs(CLOCK_MONOTONIC) - beganUs, processorUs);
  }
  return 0;
}

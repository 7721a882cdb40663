// Walks through n MiB (a power of two) of 4-byte words in steps of 16 KiB and one word, until it has been at every one: no step stays in a cache line or
// in a page, so that memory decides how long it takes.
#include "run.h"

#define MOST 64
#define WORDS_PER_MIB 262144
#define STEP 4097

static uint32_t words[MOST * WORDS_PER_MIB];

int32_t run(int64_t n) {
  if (n > MOST) return -1;
  uint32_t count = (uint32_t)n * WORDS_PER_MIB;
  for (uint32_t i = 0; i < count; i++) words[i] = i * 2654435761u;
  uint32_t checksum = 0;
  uint32_t at = 0;
  for (uint32_t i = 0; i < count; i++) {
    checksum = checksum * 31 + words[at];
    at = (at + STEP) & (count - 1);
  }
  return (int32_t)checksum;
}

// Compresses n KiB of text 8 times with an LZ77 of its own (greedy, one candidate per hash), takes it apart again, and compares.
// The form: a token of two half bytes (how many literals, how long the match), lengths of 15 and more go on in further bytes of up to 255, the literals,
// and two bytes that say how far back the match begins. The last token has literals only.
#include "run.h"

#define MOST 4096
#define HASH_BITS 14
#define SHORTEST 4
#define FARTHEST 65535
#define NIBBLE 15
#define ROUNDS 8

static uint8_t text[MOST * 1024], packed[MOST * 1024 + MOST * 8 + 64], unpacked[MOST * 1024];
static uint32_t lastSeen[1 << HASH_BITS];

static const char words[] = "function worker queue module instance memory table export import value error answer request body header token time signal ";

// Words of skewed frequency, and now and then a number: compresses about as logs do.
static void write(uint32_t length) {
  uint32_t random = 1;
  uint32_t at = 0;
  while (at < length) {
    random = random * 1664525u + 1013904223u;
    uint32_t pick = random >> 24;
    if (pick < 48) {
      for (uint32_t digits = random >> 8 & 0xffff; digits > 0 && at < length; digits /= 10) text[at++] = (uint8_t)('0' + digits % 10);
      if (at < length) text[at++] = ' ';
      continue;
    }
    // From some letter on to the end of its word.
    uint32_t from = pick * pick / 600 % (sizeof words - 1);
    do {
      text[at++] = (uint8_t)words[from];
    } while (words[from++] != ' ' && at < length);
  }
}

static uint32_t read4(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint8_t *writeLength(uint8_t *out, uint32_t length) {
  for (; length >= 255; length -= 255) *out++ = 255;
  *out++ = (uint8_t)length;
  return out;
}

static uint8_t *writeLiterals(uint8_t *out, const uint8_t *from, uint32_t length, uint32_t match) {
  *out++ = (uint8_t)((length < NIBBLE ? length : NIBBLE) << 4 | (match < NIBBLE ? match : NIBBLE));
  if (length >= NIBBLE) out = writeLength(out, length - NIBBLE);
  for (uint32_t i = 0; i < length; i++) *out++ = from[i];
  return out;
}

static uint32_t compress(uint32_t length) {
  for (uint32_t i = 0; i < 1 << HASH_BITS; i++) lastSeen[i] = 0;
  uint8_t *out = packed;
  uint32_t written = 0;
  uint32_t at = 1;
  while (at + SHORTEST <= length) {
    uint32_t next = read4(text + at);
    uint32_t hash = next * 2654435761u >> (32 - HASH_BITS);
    uint32_t candidate = lastSeen[hash];
    lastSeen[hash] = at;
    if (at - candidate > FARTHEST || read4(text + candidate) != next) {
      at++;
      continue;
    }
    uint32_t match = SHORTEST;
    while (at + match < length && text[candidate + match] == text[at + match]) match++;
    out = writeLiterals(out, text + written, at - written, match - SHORTEST);
    *out++ = (uint8_t)(at - candidate);
    *out++ = (uint8_t)((at - candidate) >> 8);
    if (match - SHORTEST >= NIBBLE) out = writeLength(out, match - SHORTEST - NIBBLE);
    at += match;
    written = at;
  }
  out = writeLiterals(out, text + written, length - written, 0);
  return (uint32_t)(out - packed);
}

static uint32_t readLength(const uint8_t **in, uint32_t length) {
  if (length < NIBBLE) return length;
  uint32_t more;
  do {
    more = *(*in)++;
    length += more;
  } while (more == 255);
  return length;
}

static uint32_t decompress(uint32_t length) {
  const uint8_t *in = packed;
  const uint8_t *end = packed + length;
  uint8_t *out = unpacked;
  for (;;) {
    uint32_t token = *in++;
    uint32_t literals = readLength(&in, token >> 4);
    for (uint32_t i = 0; i < literals; i++) *out++ = *in++;
    if (in == end) return (uint32_t)(out - unpacked);
    uint32_t distance = (uint32_t)in[0] | (uint32_t)in[1] << 8;
    in += 2;
    uint32_t match = readLength(&in, token & NIBBLE) + SHORTEST;
    // Byte by byte: a match may reach into what it writes.
    for (uint32_t i = 0; i < match; i++, out++) *out = *(out - distance);
  }
}

int32_t run(int64_t n) {
  if (n > MOST) return -1;
  uint32_t length = (uint32_t)n * 1024;
  uint32_t checksum = 0;
  write(length);
  for (int round = 0; round < ROUNDS; round++) {
    // Each round's text differs from the last one's.
    text[round] ^= 1;
    uint32_t size = compress(length);
    if (decompress(size) != length) return -2;
    for (uint32_t i = 0; i < length; i++) {
      if (unpacked[i] != text[i]) return -3;
    }
    for (uint32_t i = 0; i < size; i++) checksum = checksum * 31 + packed[i];
  }
  return (int32_t)checksum;
}

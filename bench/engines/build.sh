#!/bin/sh
# Builds wasm/*.wasm from programs/*.c. Needs clang and wasm-ld (apt-get install clang lld); measuring needs neither.
set -eu
cd "$(dirname "$0")"
mkdir -p wasm
for source in programs/*.c; do
  name=$(basename "$source" .c)
  [ "$name" = native ] && continue
  # Linked by itself: clang that links with -O runs whatever wasm-opt it finds.
  clang --target=wasm32 -O3 -ffp-contract=off -mbulk-memory -Wall -Wextra -c -o "$name.o" "$source"
  wasm-ld --no-entry --strip-all -o "wasm/$name.wasm" "$name.o"
  chmod 644 "wasm/$name.wasm"
  rm "$name.o"
done
# From what they were built: a test compares.
sha256sum programs/*.c programs/run.h wasm/*.wasm | grep -v programs/native.c > wasm/SHA256SUMS

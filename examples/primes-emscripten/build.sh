#!/bin/sh
# Builds primes.wasm. Needs Emscripten (apt-get install emscripten).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need emcc
emcc -O2 -sSTANDALONE_WASM -sALLOW_MEMORY_GROWTH --no-entry -o primes.wasm primes.c
record primes.wasm

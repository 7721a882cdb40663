#!/bin/sh
# Builds side.wasm. Needs Emscripten (apt-get install emscripten).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need emcc
emcc -O2 -sSIDE_MODULE=1 -o side.wasm side.c
record side.wasm

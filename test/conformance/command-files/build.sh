#!/bin/sh
# Builds module.wasm. Needs clang, wasm-ld and wasi-libc (apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32).
set -eu
cd "$(dirname "$0")"
clang --target=wasm32-wasi -Os -Wall -Wextra -s -o module.wasm files.c
chmod 644 module.wasm

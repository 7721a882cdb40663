#!/bin/sh
# Builds echo.wasm. Needs clang, wasm-ld and wasi-libc (apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32).
set -eu
cd "$(dirname "$0")"
clang --target=wasm32-wasi -O2 -Wall -Wextra -s -o echo.wasm echo.c

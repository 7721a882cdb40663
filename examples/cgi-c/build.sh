#!/bin/sh
# Builds cgi.wasm. Needs clang, wasm-ld and wasi-libc (apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need clang wasm-ld
clang --target=wasm32-wasi -O2 -Wall -Wextra -s -o cgi.wasm cgi.c
record cgi.wasm

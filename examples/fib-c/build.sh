#!/bin/sh
# Builds fib.wasm. Needs clang and wasm-ld (apt-get install clang lld) and wabt (comes with npm install).
set -eu
cd "$(dirname "$0")"
PATH="$PWD/../../node_modules/.bin:$PATH"
clang --target=wasm32 -nostdlib -O2 -Wl,--no-entry -o fib.wasm fib.c

# clang keeps the names of functions but not those of parameters. This gives the one parameter its name back:
# to text, name it, to binary with a name section.
wasm2wat fib.wasm -o fib.wat
sed -i.bak 's/(param i32) (result i32)$/(param $n i32) (result i32)/' fib.wat
wat2wasm --debug-names fib.wat -o fib.wasm
rm fib.wat fib.wat.bak

#!/bin/sh
# Builds fib.wasm. Needs clang and wasm-ld (apt-get install clang lld) and wabt (comes with npm install).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need clang wasm-ld wat2wasm
# Linked by itself: clang that links with -O runs whatever wasm-opt it finds, which drops the names.
clang --target=wasm32 -O2 -c -o fib.o fib.c
clang --target=wasm32 -nostdlib -Wl,--no-entry -o fib.wasm fib.o

# clang keeps the names of functions but not those of parameters. This gives the one parameter its name back:
# to text, name it, to binary with a name section.
wasm2wat fib.wasm -o fib.wat
sed -i.bak 's/(param i32) (result i32)$/(param $n i32) (result i32)/' fib.wat
wat2wasm --debug-names fib.wat -o fib.wasm
rm fib.o fib.wat fib.wat.bak
record fib.wasm

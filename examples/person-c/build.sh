#!/bin/sh
# Builds person.wasm. Needs clang, wasm-ld and wasi-libc (apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32)
# and wit-bindgen (cargo install wit-bindgen-cli@0.63.0); npx fetches jco.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need clang wasm-ld wit-bindgen npx
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

wit-bindgen c --out-dir "$out" wit
clang --target=wasm32-wasi -mexec-model=reactor -O2 -Wall -Wextra -s -I"$out" -o "$out/core.wasm" person.c "$out/people.c" "$out/people_component_type.o"
from_npm @bytecodealliance/jco@1.35.0 jco new "$out/core.wasm" --wasi-reactor -o person.wasm
record person.wasm

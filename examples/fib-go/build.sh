#!/bin/sh
# Builds fib.wasm. Needs Go 1.24 or later.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need go
GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -trimpath -buildvcs=false -ldflags='-s -w' -o fib.wasm fib.go
record fib.wasm

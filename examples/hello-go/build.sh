#!/bin/sh
# Builds hello.wasm. Needs Go 1.21 or later.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need go
GOOS=wasip1 GOARCH=wasm go build -trimpath -buildvcs=false -ldflags='-s -w' -o hello.wasm hello.go
record hello.wasm

#!/bin/sh
# Builds math.wasm with a name section. Needs wabt (comes with npm install).
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need wat2wasm
wat2wasm --debug-names math.wat -o math.wasm
record math.wasm

#!/bin/sh
# Builds math.wasm with a name section. Needs wabt (comes with npm install).
set -eu
cd "$(dirname "$0")"
PATH="$PWD/../../node_modules/.bin:$PATH"
wat2wasm --debug-names math.wat -o math.wasm

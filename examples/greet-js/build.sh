#!/bin/sh
# Builds greet.wasm: the script with QuickJS, a small engine. npx fetches jco.
set -eu
cd "$(dirname "$0")"
. ../tools.sh
need npx
from_npm @bytecodealliance/jco@1.35.0 jco componentize --backend qjs --wit "$PWD/wit" --world-name greeter -o greet.wasm greet.js
record greet.wasm

#!/usr/bin/env bash
# The README's main job. The same bits with one thread and with two: only times may differ.
set -euo pipefail
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cargo run --locked --release -- check
bits() { target/release/theoremcheck check hastie2022.i --json --threads "$1" | sed -E 's/"seconds":[^,}]*//g'; }
bits 1 >"$out/one"
bits 2 >"$out/two"
cmp "$out/one" "$out/two"

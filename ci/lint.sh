#!/usr/bin/env bash
# No warning, neither the compiler's nor clippy's.
set -euo pipefail
rustup component list --installed 2>/dev/null | grep -q clippy || rustup component add clippy
cargo clippy --locked --workspace --all-targets -- -D warnings

#!/usr/bin/env bash
# One process for each test gives the same verdicts: a theorem once more under cargo-nextest.
set -euo pipefail
if ! cargo nextest --version >/dev/null 2>&1; then
    echo "cargo-nextest is not installed: skipped (cargo install cargo-nextest)"
    exit 0
fi
cargo nextest run --locked --test catalogue -E 'test(hastie2022.isotropic)'

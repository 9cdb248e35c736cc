#!/usr/bin/env bash
# The documentation builds without a warning: rustdoc, and the book where mdBook is there or can be
# had. `tests/docs.rs` checks what the book says, with mdBook or without.
set -euo pipefail
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
# Debian 12 has no mdBook; without its server and search, unoptimised, it compiles in a minute.
if ! command -v mdbook >/dev/null && [ "${CI:-}" = true ]; then
    cargo install --locked --debug --no-default-features --quiet mdbook@0.5.4 || true
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
if command -v mdbook >/dev/null; then
    mdbook build docs
else
    echo "skipped: the book is not built (cargo install mdbook)"
fi

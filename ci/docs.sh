#!/usr/bin/env bash
# The documentation builds without a warning, formulas typeset: rustdoc, and the book where mdBook is
# there or can be had. `tests/docs.rs` checks what the book says, with mdBook or without.
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
typeset() { cargo run --locked --quiet --example typeset -- "$@"; }
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
typeset "$target/doc" src theorems
# Debian 12 has no mdBook; unoptimised, and without its server and its search, it compiles in a minute.
if ! command -v mdbook >/dev/null && [ "${CI:-}" = true ]; then
    cargo install --locked --debug --no-default-features --quiet mdbook@0.5.4 || true
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
if command -v mdbook >/dev/null; then
    mdbook build docs --dest-dir "$(realpath -m "$target/book")"
    typeset "$target/book" docs
else
    echo "skipped: the book is not built (cargo install mdbook)"
fi

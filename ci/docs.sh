#!/usr/bin/env bash
# The documentation builds without a warning, formulas typeset: rustdoc, and the book where mdBook is
# there or can be had. `tests/docs.rs` checks what the book says, with mdBook or without.
set -euo pipefail
target=${CARGO_TARGET_DIR:-target}
typeset() { cargo run --locked --quiet --example typeset -- "$@"; }
RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps
typeset "$target/doc" src theorems
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if command -v mdbook >/dev/null; then
    mdbook build docs --dest-dir "$(realpath -m "$target/book")"
    typeset "$target/book" docs
else
    echo "skipped: the book is not built (bash ci/tools.sh, or cargo install mdbook)"
fi

#!/usr/bin/env bash
# The benches compile; they are run by hand, on an idle machine.
set -euo pipefail
cargo bench --locked --no-run

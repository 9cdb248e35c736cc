#!/usr/bin/env bash
# The benches compile; they are run by hand, on an idle machine.
set -euo pipefail
# In the profile of the tests, whose dependencies are there.
cargo bench --locked --no-run --profile dev

#!/usr/bin/env bash
# How often a suite of true claims is judged wrong, over three hundred suites. By hand, over more:
# bash ci/calibration.sh 2000
set -euo pipefail
# The profile of the tests, which have built it: released it would be a third build of everything.
cargo run --locked --example calibration -- --suites "${1:-300}"

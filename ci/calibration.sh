#!/usr/bin/env bash
# How often a suite of true claims is judged wrong, over a thousand suites.
set -euo pipefail
cargo run --locked --release --example calibration -- --suites 1000

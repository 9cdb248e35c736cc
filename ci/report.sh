#!/usr/bin/env bash
# The report in a real browser: pages load without errors, formulas have sizes, filters work.
# SCREENSHOTS=DIR keeps pictures of every page, light, dark and on a phone. The catalogue was checked
# whole by the main job: here a part of it is enough. By hand, all of it: bash ci/report.sh ""
set -euo pipefail
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if ! command -v python3 >/dev/null; then
    echo "python3 is not installed: skipped"
    exit 0
fi
if ! command -v chromium >/dev/null; then
    echo "chromium is not installed: skipped (bash ci/tools.sh, or apt-get install chromium)"
    exit 0
fi
cargo run --locked --release -- report "$out/good" --pattern "${1-2018}"
# Everything that can go wrong does in this catalogue, and its report says so.
# The tests have built it, with the features of the whole workspace.
cargo build --locked --examples
code=0
"${CARGO_TARGET_DIR:-target}/debug/examples/broken" report "$out/bad" || code=$?
[ "$code" = 1 ]
python3 ci/report.py "$out/good" ${SCREENSHOTS:+"$SCREENSHOTS/looks-good"}
python3 ci/report.py "$out/bad" ${SCREENSHOTS:+"$SCREENSHOTS/looks-bad"}

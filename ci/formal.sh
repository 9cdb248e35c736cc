#!/usr/bin/env bash
# The steps that must be formal are accepted by Rocq in this very run, and false twins are not.
set -euo pipefail
if ! command -v coqc >/dev/null; then
    echo "skipped: no coq (bash ci/tools.sh, or apt-get install coq libcoq-interval libcoq-coquelicot)"
    exit 0
fi
prove() { cargo run --locked --release --quiet -- prove "$@"; }
prove --replay --demand ci/formal-steps.txt | grep -E "axioms:|NOT FORMAL|not emitted|^formal|steps of"
# Of one theorem: Rocq begins again after each twin that it refuses.
refused=$(prove marchenko1967.density --replay --twins | grep -c "refused by Rocq")
echo "$refused false twins refused by Rocq"
[ "$refused" -ge 6 ]

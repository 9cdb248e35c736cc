#!/usr/bin/env bash
# A crate of one's own, made by `new`: a file of every kind compiles without a warning, its tests
# fail with the list of what to fill in, and one that is filled in passes.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
cd "$root"
# Released, for speed alone: the main job has built the dependencies so, with the same features.
cargo build --locked --release -p theorems
export CARGO_TARGET_DIR="$root/target"
program=$CARGO_TARGET_DIR/release/theoremcheck
"$program" new --crate mytheorems "$out/mine" --harness "$root"
cd "$out/mine"
for kind in equality limit equivalent rate bound path-bound law identity property; do
    "$program" new belkin2020 "a_${kind//-/_}" --kind "$kind"
done
cargo fmt --check

says() { # words that the last command printed
    for words in "$@"; do
        grep -qF -- "$words" "$out/said" || { cat "$out/said"; echo "not said: $words"; exit 1; }
    done
}
fails() { # an exit code, and a command that ends with it
    local code=0
    "${@:2}" >"$out/said" 2>&1 || code=$?
    [ "$code" = "$1" ] || { cat "$out/said"; echo "exit code $code of ${*:2}, not $1"; exit 1; }
    if grep -q panicked "$out/said"; then
        cat "$out/said"
        exit 1
    fi
}
fails 0 cargo test --release --no-run
if grep -q "^warning" "$out/said"; then
    cat "$out/said"
    exit 1
fi
common="title, source.paper, source.result, source.link, statement, the claim's name, tie, domain"
fails 101 cargo test --release
says "9 failed" "0 passed" "$common, sizes, correction, resolution, known, curve" "observable" \
    "mutant fill-in-3: name, mutant fill-in-3: why" "mutant fill-in-3: says" ", margin" ", cdf" \
    ", shape" ", bound" ", left" ", right"
fails 1 cargo run --release -- check
says "not filled in: $common" "9 broken"

# The mean of the square of a uniform number, and again from the crate itself.
fails 0 cargo run --release -- new nobody2000 square --kind equality --topic "random numbers"
fails 2 cargo run --release -- new nobody2000 square --kind equality
says "exists already"
rm -r src/belkin2020
sed -i '/belkin2020/d' src/lib.rs
python3 "$root/ci/new.py" src/nobody2000/square.rs
fails 0 cargo test --release
says "6 passed" "0 failed"
fails 0 cargo run --release -- check
says "nobody2000.square::mean" "PASSED"

# One placeholder that is left is enough.
cp src/nobody2000/square.rs "$out/filled"
for left in 's/"twice as much"/"FILL IN"/' 's/|m| 2.0 \* theory(m)/|m| unfilled("says", m.scale)/' \
    's/Sampler::new(move .*$/unfilled("observable", m.scale),/' 's/Relative(0.01)/Relative(UNFILLED)/'; do
    sed "$left" "$out/filled" >src/nobody2000/square.rs
    if cmp -s "$out/filled" src/nobody2000/square.rs; then
        echo "nothing was taken out by $left"
        exit 1
    fi
    fails 101 cargo test --release
    says "not filled in: "
    fails 1 cargo run --release -- check
    says "not filled in: "
done
cat "$out/said"

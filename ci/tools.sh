#!/usr/bin/env bash
# Installs what steps use where it is there: Rocq, Chromium, mdBook. A step without its tool says so.
# Without a network, or without the right to install, there is none.
set -uo pipefail
missing() { ! command -v "$1" >/dev/null; }
if [ "$(id -u)" = 0 ] && ! missing apt-get && { missing coqc || missing chromium; }; then
    { apt-get update -q && apt-get install -y -q --no-install-recommends \
        coq libcoq-interval libcoq-coquelicot chromium; } >/dev/null 2>&1 ||
        echo "tools: apt-get failed"
fi
# Debian 12 has no mdBook; unoptimised, and without its server and its search, it compiles in a minute.
if missing mdbook; then
    cargo install --locked --debug --no-default-features --quiet mdbook@0.5.4 ||
        echo "tools: mdbook did not install"
fi

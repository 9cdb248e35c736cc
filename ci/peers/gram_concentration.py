#!/usr/bin/env python3
"""How the kernel of a wide network concentrates, in numpy, for `cargo run --example gram_concentration`.

50 unit inputs X in dimension 20, ten networks of widths m = 2^6 .. 2^14 with normal weights W:

    H = (X X') * (S S') / m,  S = 1[X W' >= 0],   error ||H - H_inf||_F^2.

Prints three numbers: the milliseconds with a network for each width, those with the narrower networks
as the first neurons of the widest, and m times the error averaged over networks and widths.
"""

import os
import sys
import time

# Before numpy is loaded: one thread, as replicates are what runs in parallel.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

try:
    import numpy as np
except ImportError:
    print("skipped: numpy is not installed")
    sys.exit(0)

POINTS, DIMENSION, NETWORKS = 50, 20, 10
WIDTHS = [2**k for k in range(6, 15)]


def setting(x):
    products = x @ x.T
    return products, products * (np.pi - np.arccos(np.clip(products, -1.0, 1.0))) / (2.0 * np.pi)


def activated(rng, x, width):
    # Counts below 2^24 are exact in single precision, which is the faster one.
    return (x @ rng.standard_normal((width, DIMENSION)).T >= 0.0).astype(np.float32)


def usual(rng, x):
    products, limit = setting(x)
    total = 0.0
    for width in WIDTHS:
        for _ in range(NETWORKS):
            s = activated(rng, x, width)
            total += width * np.sum((products * (s @ s.T) / width - limit) ** 2)
    return total


def nested(rng, x):
    products, limit = setting(x)
    total = 0.0
    for _ in range(NETWORKS):
        s = activated(rng, x, WIDTHS[-1])
        counts, before = np.zeros((POINTS, POINTS)), 0
        for width in WIDTHS:
            block = s[:, before:width]
            counts, before = counts + block @ block.T, width
            total += width * np.sum((products * counts / width - limit) ** 2)
    return total


def main():
    rng = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    x = rng.standard_normal((POINTS, DIMENSION))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    times, total = [], 0.0
    for way in (usual, nested):
        start = time.perf_counter()
        total += way(rng, x)
        times.append(1e3 * (time.perf_counter() - start))
    print(*times, total / (2 * NETWORKS * len(WIDTHS)))


if __name__ == "__main__":
    main()

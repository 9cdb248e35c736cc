#!/usr/bin/env python3
"""The dense ridgeless replicate in numpy, for comparison with `cargo run --example dense_ridgeless`.

One draw of an n x p Gaussian design X with covariance diag(lambda), K = X X', P = X' K^-1 X:

    V = sum_j lambda_j ||(K^-1 X)_j||^2,
    B = sum_j b_j (lambda_j - 2 lambda_j P_jj + sum_k P_jk^2 lambda_k),

the bias averaged over the signs of the coefficients. With K = L L', S = L^-1 X and A_w = S diag(w) S'

    V = <A_lambda, L^-1 L^-T>,   B = sum_j lambda_j b_j (1 - 2 ||S_j||^2) + <A_b, A_lambda>,

as `models::sign_average` computes it: 4 n^2 p + n^3 flops. Every size is measured in the ways that numpy
and scipy have for this, and the fastest counts. Each is compared with the formula above once.

A line for each size: `n p total linear`, the least milliseconds with and without drawing X.
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
try:
    import scipy
    from scipy.linalg import blas, lapack
except ImportError:
    scipy = None

SECONDS = 0.3


def plain(x, lam, b):
    """numpy alone; X X' of one matrix is a symmetric product there."""
    half = np.linalg.inv(np.linalg.cholesky(x @ x.T))
    s = half @ x
    left, right = s * np.sqrt(lam), s * np.sqrt(b)
    first, second = left @ left.T, right @ right.T
    squares = np.einsum("ij,ij->j", s, s)
    return (lam * b) @ (1.0 - 2.0 * squares) + np.vdot(first, second), np.vdot(first, half @ half.T)


def triangular(x, lam, b):
    """BLAS and LAPACK by name: every product symmetric or triangular. `x` is in Fortran's order."""
    factor, _ = lapack.dpotrf(blas.dsyrk(1.0, x, lower=1), lower=1, overwrite_a=1)
    s = blas.dtrsm(1.0, factor, x, lower=1)
    half, _ = lapack.dtrtri(factor, lower=1)
    left, right = s * np.sqrt(lam), s * np.sqrt(b)
    first, second = (blas.dsyrk(1.0, y, lower=1) for y in (left, right))
    third = blas.dsyrk(1.0, half, lower=1)
    # Zeros above the diagonal: entries below it count twice.
    twice = lambda a, c: 2.0 * np.vdot(a, c) - np.diag(a) @ np.diag(c)
    squares = np.einsum("ij,ij->j", s, s)
    bias = (lam * b) @ (1.0 - 2.0 * squares) + twice(first, second)
    return bias, twice(first, third)


def check(x, lam, b, found):
    """The same from all entries of P."""
    s = np.linalg.solve(x @ x.T, x)
    p = x.T @ s
    each = lam - 2.0 * lam * np.diag(p) + (p * p) @ lam
    assert abs(found[0] / (b @ each) - 1.0) < 1e-8
    assert abs(found[1] / (np.sum(s * s, axis=0) @ lam) - 1.0) < 1e-8


def measure(n, p):
    lam, b = np.linspace(0.25, 2.0, p), np.full(p, 1.0 / p)
    deviations = np.sqrt(lam)
    rng = np.random.default_rng(0)
    ways = [(plain, "C")] + ([(triangular, "F")] if scipy else [])
    best = [np.inf, np.inf]
    for way, order in ways:
        # The entries are independent: either order of the same draws is as good.
        shape = (n, p) if order == "C" else (p, n)

        def draw():
            x = rng.standard_normal(shape)
            return x * deviations if order == "C" else (x * deviations[:, None]).T

        x = draw()
        check(x, lam, b, way(x, lam, b))
        end = time.perf_counter() + SECONDS / len(ways)
        least = [np.inf, np.inf]
        while time.perf_counter() < end:
            start = time.perf_counter()
            x = draw()
            drawn = time.perf_counter()
            way(x, lam, b)
            done = time.perf_counter()
            least = [min(least[0], done - start), min(least[1], done - drawn)]
        best = [min(a, c) for a, c in zip(best, least)]
    return best


def main():
    version = f"numpy {np.__version__}" + (f", scipy {scipy.__version__}" if scipy else "")
    print(version, file=sys.stderr)
    for size in sys.argv[1:] or ["200,400"]:
        n, p = map(int, size.split(","))
        total, linear = measure(n, p)
        print(f"{n} {p} {1e3 * total:.5f} {1e3 * linear:.5f}", flush=True)


if __name__ == "__main__":
    main()

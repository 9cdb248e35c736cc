#!/usr/bin/env python3
"""The dense ridgeless replicate in numpy, for comparison with `cargo run --example dense_ridgeless`.

One draw of an n x p Gaussian design X with covariance diag(lambda), K = X X', S = K^-1 X:

    V = sum_j lambda_j ||S_j||^2,
    B = sum_j b_j (lambda_j - 2 lambda_j P_jj + sum_k P_jk^2 lambda_k),   P = X' S,

the bias averaged over the signs of the coefficients, by one n x n Cholesky factor. The replicate uses
traces of n x n matrices, 2 n^2 p + O(n^3) flops, as `models::sign_average` does, and is compared with
the formula above once.
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

ROWS, COLUMNS, REPLICATES = 200, 400, 20


def replicate(rng, n, eigenvalues, squares):
    """Averaged bias and variance of one design, and the design."""
    x = rng.standard_normal((n, len(eigenvalues))) * np.sqrt(eigenvalues)
    factor = np.linalg.cholesky(x @ x.T)
    half = np.linalg.inv(factor)
    inverse = half.T @ half
    both, lam, square = ((x * w) @ x.T for w in (eigenvalues * squares, eigenvalues, squares))
    right = inverse @ lam
    bias = np.dot(eigenvalues, squares) - 2.0 * np.sum(inverse * both)
    bias += np.sum((inverse @ square) * right.T)
    return bias, np.sum(right * inverse), x


def check(x, eigenvalues, squares, bias, variance):
    """The same from all entries of P."""
    s = np.linalg.solve(x @ x.T, x)
    p = x.T @ s
    each = eigenvalues - 2.0 * eigenvalues * np.diag(p) + (p * p) @ eigenvalues
    assert abs(np.dot(squares, each) / bias - 1.0) < 1e-8
    assert abs(np.sum(s * s, axis=0) @ eigenvalues / variance - 1.0) < 1e-8


def main():
    eigenvalues = np.where(np.arange(COLUMNS) < COLUMNS // 2, 1.0, 0.25)
    squares = np.full(COLUMNS, 1.0 / COLUMNS)
    rng = np.random.default_rng(0)
    bias, variance, x = replicate(rng, ROWS, eigenvalues, squares)
    check(x, eigenvalues, squares, bias, variance)
    times = []
    for _ in range(REPLICATES):
        start = time.perf_counter()
        replicate(rng, ROWS, eigenvalues, squares)
        times.append(time.perf_counter() - start)
    times.sort()
    print(f"numpy {np.__version__}, n = {ROWS}, p = {COLUMNS}: "
          f"median {1e3 * times[len(times) // 2]:.2f} ms, least {1e3 * times[0]:.2f} ms")


if __name__ == "__main__":
    main()

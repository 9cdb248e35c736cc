//! Two routes to the eigenvalues of $H^\infty$ on the regular $n$-gon, where it is circulant: a
//! cosine sum over the matrix, and a closed form from Fourier series.

use super::polygon;
use std::f64::consts::PI;
use theoremcheck::models::dual_kernel::dual_kernel;
use theoremcheck::prelude::*;

/// Frequency $k$ on the regular $n$-gon.
#[derive(Clone, Copy, Debug)]
pub(super) struct Polygon {
    pub(super) n: usize,
    pub(super) k: usize,
}

/// $\sum_j H^\infty_{0j} \cos(2\pi jk/n)$, with its rounding.
pub(super) fn cosine_sum(p: &Polygon) -> Approx {
    let kernel = dual_kernel(&polygon(p.n), 2);
    let wave = |j: usize| (2.0 * PI * ((j * p.k) % p.n) as f64 / p.n as f64).cos();
    let value = (0..p.n).map(|j| kernel[(0, j)] * wave(j)).sum();
    Approx { value, error: p.n as f64 * f64::EPSILON }
}

/// The eigenvalue at frequency $k$ is the mean of the angular kernel's at $k \pm 1$, because the
/// inner product is a cosine.
pub(super) fn shifted(p: &Polygon, spectrum: impl Fn(usize, usize) -> f64) -> f64 {
    0.5 * (spectrum(p.n, (p.k + 1) % p.n) + spectrum(p.n, (p.k + p.n - 1) % p.n))
}

/// Eigenvalue at frequency $k$ of $(\pi - \theta_{ij}) / (2\pi)$ on the $n$-gon.
///
/// $(\pi - |t|) / (2\pi) = \frac14 + \sum_{l \text{ odd}} e^{ilt} / (\pi l)^2$ over all odd $l$,
/// both signs. On the $n$-gon those with $l \equiv k \pmod n$ add up, by
/// $\sum_j (l + Nj)^{-2} = (\pi / N)^2 \csc^2(\pi l / N)$: if $n$ is even, all or none of them are
/// odd ($N = n$), and none of them for $k$ even; if $n$ is odd, every other one ($N = 2n$).
pub(super) fn triangle(n: usize, k: usize) -> f64 {
    if n % 2 == 1 {
        return odd_triangle(n, k);
    }
    let constant = if k == 0 { mean(n) } else { 0.0 };
    let wave = if k % 2 == 1 { cosecant_squared(k, n) / n as f64 } else { 0.0 };
    constant + wave
}

pub(super) fn odd_triangle(n: usize, k: usize) -> f64 {
    let constant = if k == 0 { mean(n) } else { 0.0 };
    let odd = if k % 2 == 1 { k } else { k + n };
    constant + cosecant_squared(odd, 2 * n) / (4.0 * n as f64)
}

/// What the constant $\frac14$ gives at frequency 0.
pub(super) fn mean(n: usize) -> f64 {
    0.25 * n as f64
}

/// $\csc^2(\pi k / n)$; 0 at multiples of $n$, where nothing is odd.
fn cosecant_squared(k: usize, n: usize) -> f64 {
    if k.is_multiple_of(n) { 0.0 } else { (PI * k as f64 / n as f64).sin().powi(-2) }
}

/// $n$ times the Fourier coefficient of $\cos t \, (\pi - |t|) / (2\pi)$ at the lowest frequency
/// that looks like $k$.
pub(super) fn one_frequency(p: &Polygon) -> f64 {
    let k = p.k.min(p.n - p.k) as f64;
    let n = p.n as f64;
    match p.k.min(p.n - p.k) {
        0 => n / (PI * PI),
        1 => n / 8.0,
        l if l % 2 == 0 => n / (2.0 * PI * PI) * ((k - 1.0).powi(-2) + (k + 1.0).powi(-2)),
        _ => 0.0,
    }
}

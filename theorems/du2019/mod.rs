//! Du, Zhai, Poczos and Singh (2019), Gradient descent provably optimizes over-parameterized
//! neural networks, ICLR; arXiv:1810.02054.
//!
//! A two-layer network $f(W, a, x) = m^{-1/2} \sum_{r \le m} a_r \max(w_r^\top x, 0)$ of width $m$
//! starts at $w_r \sim N(0, I_d)$ with fixed fair signs $a_r$. Gradient descent on $W$ fits $n$
//! unit inputs, however they are labelled, because the matrix that drives it,
//!
//! $$ H_{ij}(0) = x_i^\top x_j \frac1m \sum_{r \le m}
//!    1[w_r^\top x_i \ge 0] \, 1[w_r^\top x_j \ge 0], $$
//!
//! is close to its mean $H^\infty$ ([`gram`]), whose least eigenvalue $\lambda_0$ is positive
//! unless two inputs are parallel ([`kernel_positivity`]), and hardly changes while the loss falls
//! ([`convergence`]).
//!
//! Inputs are rows of one slice, $n \times d$. They are quantified over ("any data set"), so they
//! belong to the point; the network is random and belongs to the sampler.

pub(crate) mod convergence;
pub(crate) mod gram;
pub(crate) mod kernel_positivity;
mod polygon_spectrum;

use std::f64::consts::PI;
use theoremcheck::linalg::symmetric_eigenvalues;
use theoremcheck::models::dual_kernel::dual_kernel;
use theoremcheck::prelude::*;

/// The paper.
const PAPER: &str = "Du, Zhai, Poczos, Singh (2019), Gradient descent provably optimizes \
                     over-parameterized neural networks, ICLR";

/// Where to find it.
const LINK: &str = "arXiv:1810.02054";

/// $n$ directions in $R^d$.
pub(crate) fn unit_inputs(rng: &mut Rng, n: usize, d: usize) -> Vec<f64> {
    let mut inputs = vec![0.0; n * d];
    inputs.chunks_exact_mut(d).for_each(|x| rng.unit_vector(x));
    inputs
}

/// $n$ equally spaced points on the circle.
pub(crate) fn polygon(n: usize) -> Vec<f64> {
    let turn = |i: usize| 2.0 * PI * i as f64 / n as f64;
    (0..n).flat_map(|i| [turn(i).cos(), turn(i).sin()]).collect()
}

/// $(e_i + e_{n+1}) / \sqrt 2$, $i \le n$, in $R^{n+1}$: each two are 60 degrees apart, so that
/// $H^\infty = \frac13 I + \frac16 1 1^\top$.
fn sixty_degrees(n: usize) -> Vec<f64> {
    let mut inputs = vec![0.0; n * (n + 1)];
    for (i, x) in inputs.chunks_exact_mut(n + 1).enumerate() {
        x[i] = 0.5_f64.sqrt();
        x[n] = 0.5_f64.sqrt();
    }
    inputs
}

/// $x^\top y$.
fn inner(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b).sum()
}

/// A vector made a unit vector.
fn normalised(x: &[f64]) -> Vec<f64> {
    let norm = inner(x, x).sqrt();
    x.iter().map(|value| value / norm).collect()
}

/// A unit vector at angle `theta` to the unit vector `x`, in the plane of `x` and `direction`.
fn turned(x: &[f64], direction: &[f64], theta: f64) -> Vec<f64> {
    let along = inner(x, direction);
    let across: Vec<f64> = direction.iter().zip(x).map(|(v, x)| v - along * x).collect();
    let across = normalised(&across);
    x.iter().zip(&across).map(|(x, v)| theta.cos() * x + theta.sin() * v).collect()
}

/// The least and the largest eigenvalue of $H^\infty$.
fn extreme_eigenvalues(inputs: &[f64], d: usize) -> (f64, f64) {
    match symmetric_eigenvalues(&dual_kernel(inputs, d)) {
        Ok(values) => (values.min(), values.max()),
        Err(_) => (f64::NAN, f64::NAN), // not finite or no convergence: reported by the harness
    }
}

//! A. Ali, J. Z. Kolter, R. J. Tibshirani (2019), *A continuous-time view of early stopping for
//! least squares regression*, AISTATS, PMLR 89, 1370-1378; arXiv:1810.10082.
//!
//! Notation: $y = X \beta_0 + \epsilon$ with a fixed $n \times p$ matrix $X$ and
//! $\operatorname{Var} \epsilon = \sigma^2 I$, $S = X^\top X / n$ with eigenvalues $s_i$. Both
//! estimators are $\hat\beta = M \frac{X^\top y}{n}$ with a function $M$ of $S$: gradient flow from
//! 0 for a time $t$ has $M = \int_0^t e^{-uS} du$, ridge has $M = (S + \lambda I)^{-1}$. They are
//! compared at $\lambda = 1/t$.

pub(crate) mod gradient_flow;
pub(crate) mod optimal_ratio;
pub(crate) mod ridge_ratio;

use theoremcheck::linalg::small::{
    cholesky_in_place, gram_lower, solve_lower, solve_lower_transposed,
};

/// The paper, as `source` cites it.
const PAPER: &str = "Ali, Kolter, Tibshirani (2019), A continuous-time view of early stopping for \
                     least squares regression";

/// The paper's number.
const LINK: &str = "arXiv:1810.10082";

/// Doublings of the time at most.
const DOUBLINGS_MAX: u32 = 64;

/// $A B$ for $p \times p$ matrices, row-major.
fn product(a: &[f64], b: &[f64], p: usize) -> Vec<f64> {
    let entry = |k: usize| (0..p).map(|l| a[k / p * p + l] * b[l * p + k % p]).sum();
    (0..p * p).map(entry).collect()
}

/// $M = \int_0^t e^{-uS} du$, without a spectral decomposition: the series for a short time,
/// then $M(2u) = M(u) (2 I - S M(u))$.
fn flow(s: &[f64], p: usize, t: f64) -> Vec<f64> {
    // What the series leaves out begins with (1/8)^12 / 13! of its first term.
    let size = t * (0..p).map(|i| s[i * p + i]).sum::<f64>();
    let doublings = (0..DOUBLINGS_MAX).find(|k| size * 0.5_f64.powi(*k as i32) <= 0.125);
    let doublings = doublings.unwrap_or(DOUBLINGS_MAX);
    let short = t * 0.5_f64.powi(doublings as i32);
    let mut term: Vec<f64> =
        (0..p * p).map(|k| if k % (p + 1) == 0 { short } else { 0.0 }).collect();
    let mut sum = term.clone();
    for j in 2..=12 {
        term = product(&term, s, p).iter().map(|x| -short / f64::from(j) * x).collect();
        sum.iter_mut().zip(&term).for_each(|(sum, x)| *sum += x);
    }
    for _ in 0..doublings {
        let left = product(&sum, &product(s, &sum, p), p);
        sum.iter_mut().zip(&left).for_each(|(sum, x)| *sum = 2.0 * *sum - x);
    }
    sum
}

/// $M = (S + \lambda I)^{-1}$ by a Cholesky factor; NaN where there is none.
fn ridge(s: &[f64], p: usize, lambda: f64) -> Vec<f64> {
    let mut factor = s.to_vec();
    (0..p).for_each(|i| factor[i * p + i] += lambda);
    if cholesky_in_place(&mut factor, p).is_err() {
        return vec![f64::NAN; p * p];
    }
    let mut inverse = vec![0.0; p * p];
    for (j, column) in inverse.chunks_exact_mut(p).enumerate() {
        column[j] = 1.0;
        solve_lower(&factor, p, column);
        solve_lower_transposed(&factor, p, column);
    }
    inverse
}

/// $S = X^\top X / n$.
fn second_moments(design: &[f64], n: usize, p: usize) -> Vec<f64> {
    let columns: Vec<f64> = (0..n * p).map(|k| design[k % n * p + k / n]).collect();
    let mut s = vec![0.0; p * p];
    gram_lower(&columns, p, n, &mut s);
    let entry = |k: usize| s[(k / p).max(k % p) * p + (k / p).min(k % p)] / n as f64;
    (0..p * p).map(entry).collect()
}

/// The columns of $I - M S$, which is symmetric, and of $M S M$.
fn bias_and_noise(map: &[f64], s: &[f64], p: usize) -> (Vec<f64>, Vec<f64>) {
    let seen = product(map, s, p);
    let left = (0..p * p).map(|k| f64::from(u8::from(k % (p + 1) == 0)) - seen[k]).collect();
    (left, product(&seen, map, p))
}

//! P. L. Bartlett, P. M. Long, G. Lugosi, A. Tsigler (2020), *Benign overfitting in linear
//! regression*, PNAS 117(48), 30063-30070; arXiv:1906.11300.
//!
//! Notation: $\lambda_1 \ge \lambda_2 \ge \dots > 0$ are the eigenvalues of the covariance $\Sigma$
//! of the features, and for $k \ge 0$
//!
//! $$ r_k(\Sigma) = \frac{\sum_{i>k} \lambda_i}{\lambda_{k+1}}, \qquad
//!    R_k(\Sigma) = \frac{(\sum_{i>k} \lambda_i)^2}{\sum_{i>k} \lambda_i^2}. $$
//!
//! $V_X = \sigma^2 \operatorname{tr} (\Sigma (X^\top X)^+)$ is the variance of the minimum-norm
//! least-squares estimator on $n$ observations. Its deterministic equivalent is
//! $\sigma^2 \frac{d_2}{n - d_2}$, $d_2 = \sum_i \lambda_i^2 / (\lambda_i + \kappa)^2$, with the
//! root $\kappa$ of $\sum_i \lambda_i / (\lambda_i + \kappa) = n$.

pub(crate) mod benign_spectra;
pub(crate) mod bias;
pub(crate) mod effective_ranks;
pub(crate) mod leave_one_out;
pub(crate) mod variance;

use theoremcheck::linalg::small::gram_lower;
use theoremcheck::linalg::vectorised;
use theoremcheck::models::sandwich::Sandwich;
use theoremcheck::random::Rng;

/// The paper, as `source` cites it.
const PAPER: &str =
    "Bartlett, Long, Lugosi, Tsigler (2020), Benign overfitting in linear regression";

/// The paper's number.
const LINK: &str = "arXiv:1906.11300";

/// $\sum_{i>k} \lambda_i$ and $\sum_{i>k} \lambda_i^2$, the least first.
pub(crate) fn tail_sums(eigenvalues: &[f64], k: usize) -> [f64; 2] {
    let add = |[s, q]: [f64; 2], x: &f64| [s + x, q + x * x];
    eigenvalues[k..].iter().rev().fold([0.0; 2], add)
}

/// $\lambda_j = j^{-\text{exponent}}$, $j = 1, \dots, p$.
pub(crate) fn powers(p: usize, exponent: f64) -> Vec<f64> {
    (1..=p).map(|j| (j as f64).powf(-exponent)).collect()
}

/// $\sum_i \lambda_i$ and $\sum_i \lambda_i^2$ of features that are not drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beyond {
    pub(crate) sum: f64,
    pub(crate) squares: f64,
}

/// Draws $V_X = \operatorname{tr} K^{-1} M K^{-1}$ for noise of variance 1, with the Gram matrix
/// $K$ of an $n \times p$ Gaussian design, drawn entry by entry in the eigenbasis of $\Sigma$, and
/// $M$ that of its columns times $\sqrt{\lambda_j}$. Features beyond enter both by their means,
/// $\sum_i \lambda_i I$ and $\sum_i \lambda_i^2 I$. The trace is read as `estimator` says, for what
/// is drawn. $2 n^2 p + 6 n^3$ flops.
pub(crate) fn dense_variance(
    n: usize,
    eigenvalues: &[f64],
    beyond: Beyond,
    estimator: fn(&Sandwich) -> f64,
) -> impl FnMut(&mut Rng) -> f64 + Send + 'static {
    let p = eigenvalues.len();
    let deviations: Vec<f64> = eigenvalues.iter().map(|x| x.sqrt()).collect();
    let mut rows = vec![0.0; n * p];
    let (mut gram, mut weighted) = (vec![0.0; n * n], vec![0.0; n * n]);
    let mut sandwich = Sandwich::new(n);
    move |rng| {
        rng.fill_normal(&mut rows);
        vectorised(
            #[inline(always)]
            || {
                for gram in [&mut gram, &mut weighted] {
                    for row in rows.chunks_exact_mut(p) {
                        row.iter_mut().zip(&deviations).for_each(|(x, scale)| *x *= scale);
                    }
                    gram_lower(&rows, n, p, gram);
                }
            },
        );
        (0..n).for_each(|i| gram[i * n + i] += beyond.sum);
        match sandwich.set(&gram, &weighted) {
            Ok(()) => estimator(&sandwich) + beyond.squares * sandwich.inverse_squares(),
            Err(_) => f64::NAN, // of probability 0; the harness reports what is not a number
        }
    }
}

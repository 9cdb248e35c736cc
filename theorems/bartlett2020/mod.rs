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
pub(crate) mod effective_ranks;
pub(crate) mod leave_one_out;
pub(crate) mod variance;

/// The paper, as `source` cites it.
const PAPER: &str =
    "Bartlett, Long, Lugosi, Tsigler (2020), Benign overfitting in linear regression";

/// The paper's number.
const LINK: &str = "arXiv:1906.11300";

/// $\sum_{i>k} \lambda_i$ and $\sum_{i>k} \lambda_i^2$, the least first.
fn tail_sums(eigenvalues: &[f64], k: usize) -> [f64; 2] {
    let add = |[s, q]: [f64; 2], x: &f64| [s + x, q + x * x];
    eigenvalues[k..].iter().rev().fold([0.0; 2], add)
}

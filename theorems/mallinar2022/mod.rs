//! N. Mallinar, J. B. Simon, A. Abedsoltan, P. Pandit, M. Belkin, P. Nakkiran (2022), *Benign,
//! tempered, or catastrophic: a taxonomy of overfitting*, NeurIPS 2022; arXiv:2207.06569.
//!
//! Notation: $\lambda_i$ are the eigenvalues of the covariance of infinitely many features, and
//! $V_X$ is what noise of variance 1 adds to the excess risk of the minimum-norm least-squares
//! estimator on $n$ observations. As $n \to \infty$ overfitting is benign if $V_X \to 0$, tempered
//! if $V_X$ tends to a positive number, catastrophic if $V_X \to \infty$.

pub(crate) mod power_law;

/// The paper, as `source` cites it.
const PAPER: &str = "Mallinar, Simon, Abedsoltan, Pandit, Belkin, Nakkiran (2022), Benign, \
                     tempered, or catastrophic: a taxonomy of overfitting";

/// The paper's number.
const LINK: &str = "arXiv:2207.06569";

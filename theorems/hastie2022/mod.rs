//! T. Hastie, A. Montanari, S. Rosset, R. J. Tibshirani (2022), *Surprises in high-dimensional
//! ridgeless least squares interpolation*, Annals of Statistics 50(2), 949-986; arXiv:1903.08560.
//!
//! Notation: $X \in R^{n \times p}$ has rows $x_i = \Sigma^{1/2} z_i$ and $y = X \beta + \epsilon$
//! with $\operatorname{Var} \epsilon = \sigma^2 I$; $\gamma = p/n$, $r^2 = \|\beta\|^2$. The
//! minimum-norm estimator is $\hat\beta = X^+ y$. Given $X$, averaged over the noise, its excess
//! risk is $R_X = B_X + V_X$,
//!
//! $$ B_X = \beta^\top \Pi \Sigma \Pi \beta, \quad \Pi = I - X^+ X, \qquad
//!    V_X = \sigma^2 \operatorname{tr} \bigl(\Sigma (X^\top X)^+\bigr). $$
//!
//! So neither noise nor a test set is ever simulated: their averages are exact, and what is left
//! has a hundredth of the spread.

pub(crate) mod bias;
pub(crate) mod correlated;
pub(crate) mod covariance;
pub(crate) mod cross_validation;
pub(crate) mod gaussian_variance;
pub(crate) mod general_ridge;
pub(crate) mod isotropic;
pub(crate) mod isotropic_ridge;
pub(crate) mod latent;
pub(crate) mod misspecification;
pub(crate) mod nonlinear_features;
pub(crate) mod optimal_ridge;
pub(crate) mod threshold;
pub(crate) mod universality;
pub(crate) mod variance_tail;

/// The paper, as `source` cites it.
const PAPER: &str = "Hastie, Montanari, Rosset, Tibshirani (2022), Surprises in high-dimensional \
                     ridgeless least squares interpolation";

/// The paper's number.
const LINK: &str = "arXiv:1903.08560";

/// The tail index of $\operatorname{tr} (X X^\top)^{-1}$ for a Gaussian $n \times p$ matrix (of
/// $(X^\top X)^{-1}$ if $p < n$): $\frac{|n-p|+1}{2}$.
///
/// The density of the least eigenvalue vanishes like its power $\frac{|n-p|-1}{2}$. So the mean
/// is infinite for $|n-p| \le 1$ and the variance for $|n-p| \le 3$; the third moment, which
/// intervals for a mean rest on, exists from $|n-p| = 6$.
pub(crate) fn tail_index(n: usize, p: usize) -> f64 {
    (n.abs_diff(p) as f64 + 1.0) / 2.0
}

/// $\lambda^* = \frac{\sigma^2 p}{n r^2}$, the best ridge for coefficients of mean square
/// $r^2 / p$.
fn best_ridge(n: usize, p: usize, r2: f64, sigma2: f64) -> f64 {
    sigma2 * p as f64 / (n as f64 * r2)
}

/// $p = \gamma n$, where it is whole.
fn columns(gamma: f64, n: usize) -> usize {
    (gamma * n as f64).round() as usize
}

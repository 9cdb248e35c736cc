//! V. A. Marchenko, L. A. Pastur (1967), *Distribution of eigenvalues for some sets of random
//! matrices*, Mathematics of the USSR-Sbornik 1(4), 457-483. For the equation of a general
//! covariance: J. W. Silverstein, S.-I. Choi (1995), *Analysis of the limiting spectral
//! distribution of large dimensional random matrices*, Journal of Multivariate Analysis 54,
//! 295-309.
//!
//! Notation: $X$ is $n \times p$ with independent rows of covariance $\Sigma$,
//! $\hat\Sigma = X^\top X / n$, $\gamma = p/n$. The law $F_\gamma$ of the eigenvalues of
//! $\hat\Sigma$ at $\Sigma = I$ has the density
//! $\frac{\sqrt{(b-s)(s-a)}}{2\pi\gamma s}$ on $[a, b] = [(1-\sqrt\gamma)^2, (1+\sqrt\gamma)^2]$
//! and, for $\gamma > 1$, an atom $1 - \frac1\gamma$ at 0. Its Stieltjes transform is
//! $m(z) = \int \frac{dF_\gamma(s)}{s - z}$; that of $X X^\top / n$ is the companion $v$.

pub(crate) mod density;
pub(crate) mod edges;
pub(crate) mod fluctuations;
pub(crate) mod rigidity;
pub(crate) mod stieltjes;

/// The papers, as `source` cites them.
const PAPER: &str = "Marchenko, Pastur (1967), Distribution of eigenvalues for some sets of random \
                     matrices";

/// The paper's number.
const LINK: &str = "doi:10.1070/SM1967v001n04ABEH001994";

/// $\gamma n$, where it is whole.
fn columns(gamma: f64, n: usize) -> usize {
    (gamma * n as f64).round() as usize
}

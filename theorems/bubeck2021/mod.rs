//! Bubeck and Sellke (2021), "A universal law of robustness via isoperimetry", NeurIPS 34,
//! arXiv:2105.12806 (Journal of the ACM 70, 2023).
//!
//! Fitting $n$ noisy labels below the noise level with $p$ smooth parameters in $R^d$ costs a
//! Lipschitz constant of order $\sqrt{n d / p}$: smooth interpolation ($L = O(1)$) needs
//! $p \ge n d$, that is $d$ times more parameters than interpolation alone. The inequality as
//! printed is a thousand times below what any known interpolant does ([`universal_law`]). Checked
//! beside it are the isoperimetry that drives it, its sharp form for pure noise, and classes whose
//! least Lipschitz constant is known exactly.
//!
//! Notation: $n$ points $x_i \in R^d$, $N(0, I_d / d)$ or uniform on the unit sphere; labels
//! $y_i = \pm 1$, independent of the points; $p$ parameters; $L$ the Lipschitz constant
//! (`lipschitz`); $P_q$ the first $q$ coordinates.

pub(crate) mod clusters;
pub(crate) mod d_fold;
pub(crate) mod finite_class;
pub(crate) mod gated_collapse;
pub(crate) mod isoperimetry;
pub(crate) mod linear_class;
mod probes;
mod samplers;
pub(crate) mod selection;
pub(crate) mod universal_law;

use theoremcheck::models::interpolation::Covariates;

/// The paper, for `Source`.
const PAPER: &str = "Bubeck, Sellke (2021), A universal law of robustness via isoperimetry";

/// Its number.
const LINK: &str = "arXiv:2105.12806";

/// Both laws of the covariates, for `choice`.
const LAWS: [(&str, Covariates); 2] =
    [("gaussian", Covariates::Gaussian), ("sphere", Covariates::Sphere)];

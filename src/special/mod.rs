//! Special functions, quantiles, quadrature and roots: what `libm` and `statrs` lack, or lack in
//! the tails where error probabilities of $10^{-7}$ live.
//!
//! Rules kept throughout: an upper tail is never computed as one minus the lower one where it is
//! small; every loop has a limit; no valid input gives NaN; probabilities outside $[0, 1]$ and
//! parameters outside their range are panics that name argument and value.
//! Reference values in the tests come from mpmath at 40 digits.

pub mod airy;
pub mod beta;
pub mod gamma;
pub mod incomplete_beta;
pub mod minimum;
pub mod normal;
pub mod quadrature;
pub mod roots;
mod solve;
pub mod tracy_widom;

pub use airy::airy_ai;
pub use beta::{
    beta_cdf, beta_isf, beta_quantile, beta_sf, log_beta_cdf, log_beta_sf, student_t_isf,
    student_t_sf,
};
pub use gamma::{
    chi_squared_cdf, chi_squared_isf, chi_squared_quantile, chi_squared_sf, ln_choose, log_gamma,
    log_gamma_cdf, log_gamma_one_plus, log_gamma_sf,
};
pub use minimum::least_value;
pub use normal::{
    log_normal_cdf, normal_cdf, normal_density, normal_isf, normal_quantile, normal_sf,
};
pub use quadrature::{
    Estimate, GaussHermite, GaussLegendre, integrate, integrate_edges, integrate_to_infinity,
};
pub use roots::{RootError, root};
pub use tracy_widom::{tracy_widom_complex_cdf, tracy_widom_moment, tracy_widom_real_cdf};

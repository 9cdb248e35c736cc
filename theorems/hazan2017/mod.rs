//! E. Hazan, K. Singh, C. Zhang (2017), *Learning linear dynamical systems via spectral filtering*,
//! NIPS 30; arXiv:1711.00946.
//!
//! The impulse responses of all stable systems with real poles lie close to one space of few
//! dimensions, spanned by eigenvectors of a Hankel matrix: learning a system becomes a convex
//! problem with a few filters too many.
//!
//! Notation: $\mu(\alpha)_i = (\alpha - 1) \alpha^{i-1}$, $i = 1, \dots, T$, is what a pole
//! $\alpha$ responds to an impulse, differences taken; $Z_T = \int_0^1 \mu(\alpha)
//! \mu(\alpha)^\top d\alpha$ with eigenvalues $\sigma_1 > \sigma_2 > \dots$; $\log$ is natural.

pub(crate) mod hankel;

/// The paper, as `source` cites it.
const PAPER: &str = "Hazan, Singh, Zhang (2017), Learning linear dynamical systems via spectral \
                     filtering";

/// The paper's number.
const LINK: &str = "arXiv:1711.00946";

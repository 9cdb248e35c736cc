//! P. L. Bartlett, A. Montanari, A. Rakhlin (2021), *Deep learning: a statistical viewpoint*, Acta
//! Numerica 30, 87-201; arXiv:2103.09177.
//!
//! Notation: the $n$ rows of $X$ are observations, $\lambda_i$ the variances of their independent
//! coordinates, $X_{\le k}$ and $X_{>k}$ the first $k$ columns and the others.

pub(crate) mod kernel_linearisation;
pub(crate) mod operator_norm;
pub(crate) mod spectral_tail;

/// The paper, as `source` cites it.
const PAPER: &str = "Bartlett, Montanari, Rakhlin (2021), Deep learning: a statistical viewpoint";

/// The paper's number.
const LINK: &str = "arXiv:2103.09177";

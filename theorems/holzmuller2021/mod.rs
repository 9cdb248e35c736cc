//! D. Holzmüller (2021), *On the universality of the double descent peak in ridgeless regression*,
//! ICLR 2021; arXiv:2010.01851.
//!
//! Notation: the $n$ rows of $X$ are independent with the law of a feature vector $x \in R^p$,
//! $\Sigma = E x x^\top$ is invertible, and $V_X = \operatorname{tr} (\Sigma (X^\top X)^+)$ is what
//! noise of variance 1 adds to the excess risk of the minimum-norm least squares fit.

pub(crate) mod peak;

/// The paper, as `source` cites it.
const PAPER: &str =
    "Holzmüller (2021), On the universality of the double descent peak in ridgeless regression";

/// The paper's number.
const LINK: &str = "arXiv:2010.01851";

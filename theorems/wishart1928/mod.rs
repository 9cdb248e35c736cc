//! J. Wishart (1928), *The generalised product moment distribution in samples from a normal
//! multivariate population*, Biometrika 20A(1/2), 32-52. The pairings that give all moments:
//! L. Isserlis (1918), *On a formula for the product-moment coefficient of any order of a normal
//! frequency distribution in any number of variables*, Biometrika 12(1/2), 134-139.
//!
//! Notation: the $n$ rows of $X$ are independent $N(0, \Sigma)$ in $R^p$, $S = X^\top X / n$,
//! $s_k = \operatorname{tr} \Sigma^k$.

pub(crate) mod moments;

/// The paper, as `source` cites it.
const PAPER: &str = "Wishart (1928), The generalised product moment distribution in samples from \
                     a normal multivariate population";

/// The paper's number.
const LINK: &str = "doi:10.1093/biomet/20A.1-2.32";

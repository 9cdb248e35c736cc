//! Allen-Zhu, Li and Song (2019), A convergence theory for deep learning via over-parameterization,
//! ICML; arXiv:1811.03962.
//!
//! The network is $h_0 = \max(A x, 0)$, $h_l = \max(W_l h_{l-1}, 0)$ for $l \le L$ and
//! $f(x) = B h_L$ with $m$ neurons a layer, independent entries $N(0, 2/m)$ of $A$ and of all
//! $W_l$, $N(0, 1/k)$ of $B$ with its $k$ rows, and inputs of norm 1; $W_1, \dots, W_L$ are trained
//! on $F = \frac12 \sum_i \|f(x_i) - y_i\|^2$, $A$ and $B$ are not. Gradient descent finds a global
//! minimum because the gradient is large wherever the loss is ([`gradient`]) and the loss is nearly
//! smooth although its slope jumps ([`semi_smoothness`]). The width that the theorem asks for is a
//! polynomial in $n$, $L$ and $1/\delta$ that no computer holds. What is checked are the rates and,
//! where they can be derived, the constants, at widths that one does.

pub(crate) mod gradient;
pub(crate) mod semi_smoothness;

use theoremcheck::prelude::*;

/// The paper.
const PAPER: &str = "Z. Allen-Zhu, Y. Li, Z. Song, 2019, A convergence theory for deep learning \
                     via over-parameterization, ICML";

/// Where to find it.
const LINK: &str = "arXiv:1811.03962";

/// Moments of the binomial, the chi-square and the normal law.
const TEXTBOOK: Source = Source {
    paper: "N. L. Johnson, S. Kotz, N. Balakrishnan, 1994, Continuous Univariate Distributions, \
            and N. L. Johnson, A. W. Kemp, S. Kotz, 2005, Univariate Discrete Distributions",
    result: "the normal, the chi-square and the binomial law",
    link: "https://doi.org/10.1002/0471715816",
};

/// Where Gaussian means over a plane are from.
const CHO_AND_SAUL: Source = Source {
    paper: "Y. Cho and L. K. Saul, 2009, Kernel methods for deep learning",
    result: "Section 2.1 and appendix",
    link: "https://papers.nips.cc/paper/3628",
};

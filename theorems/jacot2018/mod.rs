//! Jacot, Gabriel and Hongler (2018), Neural tangent kernel: convergence and generalization in
//! neural networks, NeurIPS; arXiv:1806.07572.
//!
//! The network is $h_0 = x$, $h_l = \sqrt{2/m_l} \max(W_l h_{l-1}, 0)$ for $l \le L$ and
//! $f(x) = a^\top h_L$, all weights standard normal at the start and all of them trained. In the
//! limit of wide layers inner products $h_l^\top h'_l$ and the tangent kernel
//! $\Theta(x, x') = \nabla f(x)^\top \nabla f(x')$ tend to functions of the angle of the inputs
//! ([`kernels`]); at finite width $\Theta$ is random, with a variance that is known exactly for one
//! and two hidden layers ([`init_fluctuation`]).
//!
//! Means over a plane: with $w = r (\cos\phi, \sin\phi)$ a Gaussian mean is a radial one,
//! $E r^2 = 2$ and $E r^4 = 8$, times $\frac{1}{2\pi}$ an integral over the angles
//! $\theta - \frac\pi2 < \phi < \frac\pi2$ at which two inputs at angle $\theta$ are both active.

pub(crate) mod init_fluctuation;
pub(crate) mod kernels;

use theoremcheck::prelude::*;

/// The paper.
const PAPER: &str = "Jacot, Gabriel, Hongler (2018), Neural tangent kernel: convergence and \
                     generalization in neural networks, NeurIPS";

/// Where to find it.
const LINK: &str = "arXiv:1806.07572";

/// Where the kernels of a layer are from.
const CHO_AND_SAUL: Source = Source {
    paper: "Y. Cho and L. K. Saul, 2009, Kernel methods for deep learning",
    result: "Section 2.1 and appendix",
    link: "https://papers.nips.cc/paper/3628",
};

/// An antiderivative in $\phi$, and what is between the angles at which both inputs are active.
fn between(antiderivative: &Expr) -> Expr {
    let (phi, theta) = vars!("phi", "theta");
    antiderivative.at(&phi, pi() / 2) - antiderivative.at(&phi, &theta - pi() / 2)
}

/// An antiderivative of $\cos\phi \cos(\phi - \theta)$.
fn product_of_cosines() -> Expr {
    let (phi, theta) = vars!("phi", "theta");
    let (c, s) = (phi.cos(), phi.sin());
    theta.cos() * (&phi / 2 + &s * &c / 2) + theta.sin() * s.pow(2) / 2
}

/// $\cos(\phi - \theta)$ by the addition theorem.
fn turned_cosine() -> Expr {
    let (phi, theta) = vars!("phi", "theta");
    phi.cos() * theta.cos() + phi.sin() * theta.sin()
}

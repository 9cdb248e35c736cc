//! C. Zhang, S. Bengio, M. Hardt, B. Recht, O. Vinyals (2017), *Understanding deep learning
//! requires rethinking generalization*, ICLR; arXiv:1611.03530.
//!
//! Notation: $X \in R^{n \times p}$ of rank $r$ with singular values
//! $\sigma_1 \ge \dots \ge \sigma_r > 0$, $y \in R^n$, $X^+$ the pseudo-inverse.

pub(crate) mod gradient_descent;

/// The paper, as `source` cites it.
const PAPER: &str = "Zhang, Bengio, Hardt, Recht, Vinyals (2017), Understanding deep learning \
                     requires rethinking generalization";

/// The paper's number.
const LINK: &str = "arXiv:1611.03530";

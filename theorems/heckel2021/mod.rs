//! R. Heckel, F. F. Yilmaz (2021), *Early stopping in deep networks: double descent and how to
//! eliminate it*, ICLR; arXiv:2007.10099.
//!
//! Notation: rows of $X \in R^{n \times d}$ are $N(0, \operatorname{diag}(s_i^2))$,
//! $y = X\theta + z$ with $\operatorname{Var} z = \sigma^2 I$; gradient descent from 0 with step
//! size $\eta$ on $\frac{1}{2n} \|y - X\theta\|^2$.

pub(crate) mod epoch_descent;

/// The paper, as `source` cites it.
const PAPER: &str = "Heckel, Yilmaz (2021), Early stopping in deep networks: double descent and \
                     how to eliminate it";

/// The paper's number.
const LINK: &str = "arXiv:2007.10099";

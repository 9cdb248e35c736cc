//! P. Nakkiran, P. Venkat, S. Kakade, T. Ma (2021), *Optimal regularization can mitigate double
//! descent*, ICLR 2021; arXiv:2003.01897.
//!
//! Notation: $y = X \beta + \epsilon$, the $n$ rows of $X$ independent $N(0, I_p)$,
//! $\|\beta\|^2 = r^2$, $\operatorname{Var} \epsilon = \sigma^2 I$, and
//! $\hat\beta_\mu = (X^\top X + \mu I)^{-1} X^\top y$ with $\mu$ tuned for each size.

pub(crate) mod optimal_ridge;

/// The paper, as `source` cites it.
const PAPER: &str = "Nakkiran, Venkat, Kakade, Ma (2021), Optimal regularization can mitigate \
                     double descent";

/// The paper's number.
const LINK: &str = "arXiv:2003.01897";

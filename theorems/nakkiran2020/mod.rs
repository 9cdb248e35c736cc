//! P. Nakkiran, G. Kaplun, Y. Bansal, T. Yang, B. Barak, I. Sutskever (2020), *Deep double descent:
//! where bigger models and more data hurt*, ICLR 2020; arXiv:1912.02292.
//!
//! The paper observes deep networks; what is claimed here are theorems about the linear model in
//! which the same is seen: $y = X \beta + \epsilon$ with an $n \times p$ matrix $X$,
//! $\|\beta\|^2 = r^2$, $\operatorname{Var} \epsilon = \sigma^2 I$, and the minimum-norm
//! least-squares estimator $\hat\beta = X^+ y$.

pub(crate) mod effective_complexity;
pub(crate) mod label_noise;

/// The paper, as `source` cites it.
const PAPER: &str = "Nakkiran, Kaplun, Bansal, Yang, Barak, Sutskever (2020), Deep double descent: \
                     where bigger models and more data hurt";

/// The paper's number.
const LINK: &str = "arXiv:1912.02292";

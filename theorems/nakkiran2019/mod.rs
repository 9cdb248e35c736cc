//! P. Nakkiran (2019), *More data can hurt for linear regression: sample-wise double descent*;
//! arXiv:1912.07242.
//!
//! Notation: $y = X \beta + \epsilon$, $X$ an $n \times p$ matrix of independent standard normal
//! entries, $\|\beta\|^2 = r^2$, $\operatorname{Var} \epsilon = \sigma^2 I$, $p$ fixed and $n$
//! growing. $R(n)$ is the mean excess risk of the minimum-norm estimator $X^+ y$.

pub(crate) mod more_data;

/// The paper, as `source` cites it.
const PAPER: &str =
    "Nakkiran (2019), More data can hurt for linear regression: sample-wise double descent";

/// The paper's number.
const LINK: &str = "arXiv:1912.07242";

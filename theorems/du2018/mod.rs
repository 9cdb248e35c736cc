//! S. S. Du, W. Hu, J. D. Lee (2018), *Algorithmic regularization in learning deep homogeneous
//! models: layers are automatically balanced*, NeurIPS 31; arXiv:1806.00900.
//!
//! Gradient flow on a network whose layers can exchange factors conserves what the exchange would
//! change: Noether's theorem for training. Layers that start small stay balanced.
//!
//! Notation: $W_1, \dots, W_N$ the layers of a linear network, $G_j$ the gradient of the loss by
//! $W_j$, $Q_j = W_{j+1}^\top W_{j+1} - W_j W_j^\top$ the imbalance, $\eta$ the step.

pub(crate) mod balancedness;
pub(crate) mod homogeneous;
mod training;

/// The paper, as `source` cites it.
const PAPER: &str = "Du, Hu, Lee (2018), Algorithmic regularization in learning deep homogeneous \
                     models: layers are automatically balanced";

/// The paper's number.
const LINK: &str = "arXiv:1806.00900";

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

use theoremcheck::prelude::*;

/// The paper, as `source` cites it.
const PAPER: &str = "Du, Hu, Lee (2018), Algorithmic regularization in learning deep homogeneous \
                     models: layers are automatically balanced";

/// The paper's number.
const LINK: &str = "arXiv:1806.00900";

/// What is said of steps of gradient descent over a fixed time instead of an error of the order of
/// the step; why the error would be of the square of the step, and why of order one.
pub(crate) fn other_orders<P>(
    square: &'static str,
    constant: &'static str,
) -> [Mutant<fn(&P, usize) -> f64>; 4] {
    [
        Mutant { name: "square", why: square, says: |_, steps| power(steps, -2.0) },
        Mutant { name: "no-decay", why: constant, says: |_, _| 1.0 },
        Mutant {
            name: "random-walk",
            why: "lets the errors of the steps cancel like those of a random walk",
            says: |_, steps| power(steps, -1.5),
        },
        Mutant {
            name: "logarithm",
            why: "lets the error grow with the logarithm of the number of steps",
            says: |_, steps| power(steps, -1.0) * (steps as f64).ln(),
        },
    ]
}

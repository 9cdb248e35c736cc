//! S. Arora, N. Cohen, E. Hazan (2018), *On the optimization of deep networks: implicit
//! acceleration by overparameterization*, ICML; arXiv:1802.06509.
//!
//! A deep linear network can express no more than one matrix, yet it is trained differently: depth
//! is a preconditioner that remembers where training has been.
//!
//! Notation: $W_1, \dots, W_N$ the layers, $W_e = W_N \cdots W_1$ the end-to-end matrix (`k`
//! outputs, `d` inputs), $\nabla L$ the gradient of the loss by $W_e$; balanced means
//! $W_{j+1}^\top W_{j+1} = W_j W_j^\top$ for all $j$.

pub(crate) mod end_to_end;
pub(crate) mod lp_acceleration;
pub(crate) mod no_regulariser;

/// The paper, as `source` cites it.
const PAPER: &str = "Arora, Cohen, Hazan (2018), On the optimization of deep networks: implicit \
                     acceleration by overparameterization";

/// The paper's number.
const LINK: &str = "arXiv:1802.06509";

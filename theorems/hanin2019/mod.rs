//! Hanin and Nica (2020), Products of many large random matrices and gradients in deep neural
//! networks, Communications in Mathematical Physics 376; arXiv:1812.05994 (2018, revised 2019).
//!
//! The output of a deep ReLU network with random weights is Gaussian only if it is infinitely wide.
//! At finite width its norm is a product of independent factors, one for each layer, and how far it
//! is from Gaussian depends on the sum of inverse widths, so on depth over width ([`kurtosis`]).

pub(crate) mod kurtosis;

/// The paper.
const PAPER: &str = "Hanin, Nica (2020), Products of many large random matrices and gradients in \
                     deep neural networks, Communications in Mathematical Physics 376";

/// Where to find it.
const LINK: &str = "arXiv:1812.05994";

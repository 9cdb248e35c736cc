//! Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington (2019), Wide neural networks of
//! any depth evolve as linear models under gradient descent, NeurIPS; arXiv:1902.06720.
//!
//! A wide network in the parametrisation of the tangent kernel moves so little while it is trained
//! that it stays close to its linearisation ([`lazy_training`]); with outputs scaled by $1/m$
//! instead of $1/\sqrt m$ it moves by the order of its size however wide it is.

pub(crate) mod lazy_training;

/// The paper.
const PAPER: &str = "Lee, Xiao, Schoenholz, Bahri, Novak, Sohl-Dickstein, Pennington (2019), Wide \
                     neural networks of any depth evolve as linear models under gradient descent, \
                     NeurIPS";

/// Where to find it.
const LINK: &str = "arXiv:1902.06720";

//! How a step is decided.

use std::fmt;

/// How an identity or a sign is decided, the plainest first within each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// An identity: the normal form of the difference is 0.
    NormalForm,
    /// An identity of rational functions: the difference is 0 at random points.
    SchwartzZippel,
    /// A sign: no coefficient of the other sign after substitution.
    Coefficients,
    /// A sign: one square root eliminated by squaring.
    SquareRoot,
    /// A sign in one variable: a Sturm chain has no root.
    Sturm,
    /// A sign: that of sums, products and powers from those of their parts.
    Factors,
    /// A sign: intervals cover the closed domain.
    Boxes,
}

impl Method {
    /// Whether it decides identities; the others decide signs.
    pub fn is_for_identities(self) -> bool {
        matches!(self, Self::NormalForm | Self::SchwartzZippel)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NormalForm => "the difference has normal form 0",
            Self::SchwartzZippel => "0 at random points",
            Self::Coefficients => "no negative coefficient after substitution",
            Self::SquareRoot => "the square root eliminated",
            Self::Sturm => "no root, by a Sturm chain",
            Self::Factors => "products, squares and sums taken apart",
            Self::Boxes => "boxes",
        })
    }
}

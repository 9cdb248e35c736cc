//! Everything that a theorem file needs: `use theoremcheck::prelude::*;`.

pub use crate::blank::{UNFILLED, unfilled};
pub use crate::claim::{Catalogue, Claim, Source, Theorem};
pub use crate::evidence::Relation::{self, AtLeast, AtMost, Equal};
pub use crate::evidence::Resolution::{self, Absolute, Relative};
pub use crate::exact::{Expr, SquareMatrix, decimal, pi, ratio, var};
pub use crate::given::Given;
pub use crate::kind::Holds::{self, Always, OnAverage, WithProbability};
pub use crate::kind::Ladder::{self, Each, Nested};
pub use crate::kind::{
    Bound, Correction, Curve, Equality, Equivalent, Grid, Identity, Law, Limit, Mutant, PathBound,
    Property, Rate,
};
pub use crate::panel::{Line, Panel};
pub use crate::proof::{Derivation, Domain, Draft, INF, Method, Rule, SqrtLe, Tail, Toward};
pub use crate::random::Rng;
pub use crate::sampler::{Approx, Sampler};
pub use crate::tie::{Formula, Tie};
pub use crate::vars;

/// $n^e$ for a size $n$: the shape of an ordinary rate.
pub fn power(n: usize, exponent: f64) -> f64 {
    libm::pow(n as f64, exponent)
}

//! The kinds of assertion, one struct for each: an author fills one in, the compiler lists what is
//! missing.
//!
//! | kind | assertion |
//! | --- | --- |
//! | [`Equality`] | the mean of the observable equals the theory |
//! | [`Limit`] | the observable tends to the theory |
//! | [`Equivalent`] | the observable minus a theory that sees the size tends to 0 |
//! | [`Rate`] | the observable over a shape tends to a constant |
//! | [`Bound`] | the observable is at most (or at least) a bound |
//! | [`PathBound`] | the same at every step of a trajectory at once |
//! | [`Law`] | the observable has a distribution function, exactly |
//! | [`Identity`] | two computed sides are equal at every point |
//! | [`Property`] | a computed margin is never negative |

mod bound;
mod equality;
mod equivalent;
mod identity;
mod law;
mod limit;
mod path_bound;
mod property;
mod rate;
mod shared;
mod typed;

pub use bound::Bound;
pub use equality::Equality;
pub use equivalent::Equivalent;
pub use identity::Identity;
pub use law::Law;
pub use limit::Limit;
pub use path_bound::PathBound;
pub use property::Property;
pub use rate::Rate;
pub use typed::Typed;

use crate::evidence::{Evidence, Relation, Resolution};
use crate::given::{Address, OutsideHypotheses, Symbol};
use crate::sampler::{Approx, Draw, Outcome, Sampler, Value};
use crate::samples::{Design, Samples};
use crate::stats::ladder::LadderError;
use std::fmt;

/// A wrong version of a claim, which the claim's own check has to refute.
#[derive(Clone, Copy, Debug)]
pub struct Mutant<F> {
    /// Kebab-case.
    pub name: &'static str,
    /// The mistake that somebody could make.
    pub why: &'static str,
    /// Of the same type as the assertion that it replaces.
    pub says: F,
}

/// The positions of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grid {
    /// Evenly spaced, both ends included.
    Linear {
        /// First position.
        from: f64,
        /// Last position.
        to: f64,
        /// How many.
        points: usize,
    },
    /// Evenly spaced in the logarithm, both ends included.
    Log {
        /// First position, positive.
        from: f64,
        /// Last position.
        to: f64,
        /// How many.
        points: usize,
    },
    /// As listed.
    At(&'static [f64]),
}

impl Grid {
    /// The positions, in order.
    pub fn positions(&self) -> Vec<f64> {
        let spaced = |points: usize, at: &dyn Fn(f64) -> f64| {
            (0..points).map(|i| at(i as f64 / (points.max(2) - 1) as f64)).collect()
        };
        match *self {
            Self::Linear { from, to, points } => spaced(points, &|t| from + t * (to - from)),
            Self::Log { from, to, points } => spaced(points, &|t| {
                // Both ends as typed, not as a rounded power.
                if t == 1.0 { to } else { from * (to / from).powf(t) }
            }),
            Self::At(positions) => positions.to_vec(),
        }
    }

    /// Whether the positions are spaced by ratios.
    pub fn is_log(&self) -> bool {
        matches!(self, Self::Log { .. })
    }
}

/// A one-parameter slice of the domain, for snapshot and plot.
pub struct Curve<P> {
    /// The symbol on the horizontal axis.
    pub x: &'static str,
    /// Its positions.
    pub grid: Grid,
    /// The point at a position.
    pub at: fn(f64) -> P,
}

/// How the sizes of a limit are drawn. The point comes by value: the sampler keeps it.
pub enum Ladder<P, T: Outcome = f64>
where
    Vec<T>: Outcome,
{
    /// One size a draw.
    Each(fn(P, usize) -> Sampler<T>),
    /// One draw gives every size, in the order of the sizes: prefixes of one array.
    Nested(fn(P, &'static [usize]) -> Sampler<Vec<T>>),
}

/// Finite-size terms $n^{-\omega}$ that the weights of a ladder remove, and the guard: what is
/// left falls by $s^{-\text{guard}}$ at least from sizes $n$ to sizes $s n$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correction {
    /// The exponents that are removed.
    pub exponents: &'static [f64],
    /// The exponent assumed of the rest.
    pub guard: f64,
}

impl Correction {
    /// Nothing removed.
    pub const GUARD: Self = Self { exponents: &[], guard: 0.5 };
    /// A term in $1/n$ removed.
    pub const INVERSE_N: Self = Self { exponents: &[1.0], guard: 0.5 };
    /// A term in $n^{-1/2}$ removed.
    pub const INVERSE_SQRT_N: Self = Self { exponents: &[0.5], guard: 0.5 };
    /// Terms in $1/n$ and $1/n^2$ removed.
    pub const INVERSE_N_AND_SQUARE: Self = Self { exponents: &[1.0, 2.0], guard: 0.5 };
    /// Terms in $n^{-1/2}$ and $1/n$ removed.
    pub const INVERSE_SQRT_N_AND_N: Self = Self { exponents: &[0.5, 1.0], guard: 0.5 };

    /// Terms with these exponents removed, ascending.
    pub const fn removing(exponents: &'static [f64]) -> Self {
        Self { exponents, guard: 0.5 }
    }

    /// What is left begins with $n^{-\omega}$, a fact known by analysis that is argued for beside it
    /// in the file.
    ///
    /// The guard is three quarters of the way from the last exponent removed to this one, not this
    /// one: $c n^{-2} + d n^{-3}$ with opposite signs falls by less than $s^{-2}$ from $n$ to $s n$,
    /// and the limit would lie outside of the interval.
    ///
    /// ```
    /// use theoremcheck::kind::Correction;
    /// assert_eq!(Correction::INVERSE_N.then(2.0).guard, 1.75);
    /// assert_eq!(Correction::GUARD.then(1.0).guard, 0.75);
    /// ```
    pub const fn then(self, exponent: f64) -> Self {
        let last = match self.exponents {
            [.., last] => *last,
            [] => 0.0,
        };
        Self { guard: 0.25 * last + 0.75 * exponent, ..self }
    }
}

/// How often a bound holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Holds {
    /// In every draw. One violation refutes; support means that violations were shown to be rarer
    /// than 1 in 1000.
    Always,
    /// For the mean of the observable.
    OnAverage(Resolution),
    /// With at least this probability.
    WithProbability(f64),
}

/// What violations of an "always" bound are shown to be rarer than.
pub const ALWAYS: f64 = 1e-3;

/// The kind of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// See [`Equality`].
    Equality,
    /// See [`Limit`].
    Limit,
    /// See [`Equivalent`].
    Equivalent,
    /// See [`Rate`].
    Rate,
    /// See [`Bound`].
    Bound,
    /// See [`PathBound`].
    PathBound,
    /// See [`Law`].
    Law,
    /// See [`Identity`].
    Identity,
    /// See [`Property`].
    Property,
}

impl Kind {
    /// Looks from one doubling of the rounds to the next.
    ///
    /// The sequences of means and frequencies hold at every round, so that a look costs no more
    /// than its arithmetic, and with four a check ends a tenth beyond what it needs on average
    /// (44 % with one). Each look at the bands of a law spends a share of the level.
    pub fn looks_per_doubling(self) -> u64 {
        match self {
            Self::Law => 1,
            _ => 4,
        }
    }

    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Equality,
        Self::Limit,
        Self::Equivalent,
        Self::Rate,
        Self::Bound,
        Self::PathBound,
        Self::Law,
        Self::Identity,
        Self::Property,
    ];

    /// The name, in kebab-case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Equality => "equality",
            Self::Limit => "limit",
            Self::Equivalent => "equivalent",
            Self::Rate => "rate",
            Self::Bound => "bound",
            Self::PathBound => "path-bound",
            Self::Law => "law",
            Self::Identity => "identity",
            Self::Property => "property",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.pad(self.name())
    }
}

/// Which version of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// As the theorem states it.
    Stated,
    /// One of its mutants, by position.
    Mutant(usize),
}

/// Name and reason of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Kebab-case.
    pub name: &'static str,
    /// The mistake that somebody could make.
    pub why: &'static str,
}

/// A point as it is: its symbols, and the hash that addresses its random streams.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The symbols with their values and ranges.
    pub symbols: Vec<Symbol>,
    /// Hash of names and values.
    pub hash: u64,
}

/// What a promise asks of the plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Need {
    /// The means of the design's combinations, each component within its tolerance; the level is
    /// split among `parts` sequences.
    Means {
        /// One for each component, in the units of the theory.
        tolerances: Vec<f64>,
        /// Sequences that share the level.
        parts: usize,
    },
    /// A slope with these weights on the logarithms of the means at each size.
    Slope {
        /// Weights of the two ends.
        ends: [Vec<f64>; 2],
        /// Of the exponent.
        tolerance: f64,
    },
    /// A probability of violation below this, at the level shared by `versions`.
    Violations {
        /// The probability.
        threshold: f64,
        /// Versions that are counted one by one.
        versions: usize,
    },
    /// A Kolmogorov distance.
    Distance {
        /// The distance.
        tolerance: f64,
    },
    /// Nothing random.
    Computed,
}

/// A known value against the theory's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// The point, with the size, step or argument where there is one, as a user reads it.
    pub at: String,
    /// What the code computes.
    pub computed: Approx,
    /// What was obtained without it.
    pub expected: f64,
}

impl Known {
    /// How closely known values are compared: they are given to at least ten digits.
    pub const TOLERANCE: f64 = 1e-9;

    /// Whether the two agree to [`Known::TOLERANCE`], relative, and the stated numerical error.
    pub fn agrees(&self) -> bool {
        let (computed, expected) = (self.computed.value, self.expected);
        let unit = expected.abs().max(computed.abs());
        let tolerance = Self::TOLERANCE * unit + self.computed.error;
        // An infinite tolerance, of an infinite value or of a useless error bound, allows nothing.
        computed == expected || (computed - expected).abs() <= tolerance && tolerance.is_finite()
    }
}

/// A curve as data.
#[derive(Clone, Debug, PartialEq)]
pub struct CurveData {
    /// The symbol on the horizontal axis.
    pub x: &'static str,
    /// Whether the positions are spaced by ratios.
    pub log: bool,
    /// The positions.
    pub positions: Vec<f64>,
}

/// What a kind needs to know beside the samples: the level of a point, and which look this is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The error probability of everything judged at this point.
    pub alpha: f64,
    /// Looks so far, this one included.
    pub look: u32,
    /// Whether e-values are wanted, for print: no verdict needs them.
    pub e_values: bool,
}

/// What every kind can do: the only interface that later stages see.
pub trait Declaration: Send + Sync + 'static {
    /// The kind.
    fn kind(&self) -> Kind;
    /// The mutants.
    fn mutants(&self) -> Vec<Label>;
    /// The promise.
    fn resolution(&self) -> Resolution;
    /// The sizes of the ladder; empty where there is none.
    fn sizes(&self) -> &'static [usize] {
        &[]
    }
    /// The finite-size terms that the ladder removes.
    fn correction(&self) -> Option<Correction> {
        None
    }
    /// The relation asserted and how often it holds, in words.
    fn assertion(&self) -> String;
    /// The symbols and the hash of a point.
    ///
    /// # Errors
    /// A point outside the hypotheses.
    fn locate(&self, at: &Address) -> Result<Setting, OutsideHypotheses>;
    /// How the draws of a point are made and what is kept of them; `None` where nothing is random.
    ///
    /// # Errors
    /// Sizes that do not make a ladder.
    fn design(&self, at: &Address) -> Result<Option<Design>, LadderError>;
    /// What the promise asks of the plan.
    fn need(&self, at: &Address) -> Need;
    /// The sampler at a point and size; it knows no theory.
    fn draw(&self, at: &Address, size: usize) -> Draw;
    /// The theory side of a version at a point and size.
    fn theory(&self, version: Version, at: &Address, size: usize) -> Vec<Approx>;
    /// What the samples say about a version, one piece for each component.
    fn weigh(
        &self,
        version: Version,
        at: &Address,
        samples: &Samples,
        level: Level,
    ) -> Vec<Evidence>;
    /// Known values of the theory.
    fn known(&self) -> Vec<Known>;
    /// What the known values are expected to be, the theory not being asked.
    fn expected(&self) -> Vec<f64> {
        Vec::new()
    }
    /// The curve.
    fn curve(&self) -> CurveData;
    /// How the observable is drawn along the curve; `None` where nothing is random.
    ///
    /// # Errors
    /// Sizes that do not make a ladder.
    fn curve_design(&self, position: f64) -> Result<Option<Design>, LadderError> {
        self.design(&Address::Curve(position))
    }
}

/// A number of mutants, as a type.
pub struct Count<const M: usize>;

/// At least three.
#[diagnostic::on_unimplemented(
    message = "a claim needs at least three mutants, and at most sixteen",
    note = "a check that cannot fail is a defect: write down the mistakes that somebody could make"
)]
pub trait Enough {}

impl Enough for Count<3> {}
impl Enough for Count<4> {}
impl Enough for Count<5> {}
impl Enough for Count<6> {}
impl Enough for Count<7> {}
impl Enough for Count<8> {}
impl Enough for Count<9> {}
impl Enough for Count<10> {}
impl Enough for Count<11> {}
impl Enough for Count<12> {}
impl Enough for Count<13> {}
impl Enough for Count<14> {}
impl Enough for Count<15> {}
impl Enough for Count<16> {}

/// The verb of a relation.
fn verb(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "equals",
        Relation::AtMost => "is at most",
        Relation::AtLeast => "is at least",
    }
}

/// The components of a typed value.
fn components<T: Value>(value: T) -> Vec<Approx> {
    value.components()
}

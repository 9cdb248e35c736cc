//! Interval arithmetic: an enclosure of all values of an expression over a box, and whether the
//! expression is defined on all of it.
//!
//! A result is sound, never merely likely: bounds are rounded outward from operations that round
//! to nearest (`directed`), and transcendental functions are summed from their series with
//! bounds on every coefficient and remainder (`elementary`, `circular`), without trust in a
//! mathematical library. Tight where that is cheap; sound always.
//!
//! The flag [`Interval::defined`] follows the decorations of IEEE 1788 (2015): it is set if every
//! operation so far was defined and continuous on the whole of its arguments. A root whose
//! radicand may be negative, a quotient whose denominator may vanish and a logarithm that may
//! reach zero clear it, and no operation sets it again. The bounds then hold where the
//! expression is defined, which proves nothing about the rest: a proof asks for the flag.
//!
//! An end may be infinite, standing for "as far as you like"; infinity is no member of any
//! interval. NaN is never a bound: whatever would give one gives the whole line, undefined.

mod arithmetic;
mod circular;
#[cfg(test)]
mod constants;
mod directed;
mod elementary;
mod functions;

use std::fmt;

/// A closed interval of real numbers with ends in `f64`, and whether what it encloses is defined
/// on the whole box that it was computed from.
///
/// ```
/// use theoremcheck::interval::Interval;
///
/// let x = Interval::new(1.0, 2.0).expect("ordered ends");
/// let y = (x - Interval::point(1.0)).sqrt();
/// assert!(y.defined() && y.contains(0.0) && y.contains(1.0));
/// // At x = 1.5 the root of x - 2 does not exist: no claim about it can be proved on [1, 2].
/// assert!(!(x - Interval::point(2.0)).sqrt().certainly_nonneg());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    lo: f64,
    hi: f64,
    defined: bool,
}

impl Interval {
    /// Two neighbouring doubles around $\pi$.
    pub const PI: Self = Self { lo: elementary::PI.lo, hi: elementary::PI.hi, defined: true };

    /// Two neighbouring doubles around $\log 2$.
    pub const LN_2: Self = Self { lo: elementary::LN_2.lo, hi: elementary::LN_2.hi, defined: true };

    /// Exactly this number; a NaN or an infinity, which is no number, gives
    /// [`Interval::undefined`].
    #[inline]
    pub const fn point(value: f64) -> Self {
        if value.is_finite() {
            Self { lo: value, hi: value, defined: true }
        } else {
            Self::undefined()
        }
    }

    /// All numbers from `lo` to `hi`, of which `lo` may be $-\infty$ and `hi` may be $\infty$.
    ///
    /// None if an end is NaN, if `lo > hi`, or if no real number lies between them.
    pub fn new(lo: f64, hi: f64) -> Option<Self> {
        let valid = lo <= hi && lo < f64::INFINITY && hi > f64::NEG_INFINITY;
        valid.then_some(Self { lo, hi, defined: true })
    }

    /// Every real number, for a quantity that is defined but of which nothing is known.
    #[inline]
    pub const fn whole() -> Self {
        Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY, defined: true }
    }

    /// The whole line for an expression that may be undefined: proves nothing at all.
    #[inline]
    pub const fn undefined() -> Self {
        Self { lo: f64::NEG_INFINITY, hi: f64::INFINITY, defined: false }
    }

    /// Bounds that an operation computed; the whole line, undefined, if they are none.
    #[inline]
    const fn checked(lo: f64, hi: f64, defined: bool) -> Self {
        if lo <= hi && lo < f64::INFINITY && hi > f64::NEG_INFINITY {
            Self { lo, hi, defined }
        } else {
            Self::undefined()
        }
    }

    /// The lower end.
    #[inline]
    pub const fn lo(self) -> f64 {
        self.lo
    }

    /// The upper end.
    #[inline]
    pub const fn hi(self) -> f64 {
        self.hi
    }

    /// Whether the expression is defined, with every operation in it, on the whole box.
    #[inline]
    pub const fn defined(self) -> bool {
        self.defined
    }

    /// The same bounds without the claim that the expression is defined: for an expression with
    /// a side condition that intervals do not see.
    #[inline]
    pub const fn with_gaps(self) -> Self {
        Self { defined: false, ..self }
    }

    /// Whether `value` is a number in this interval.
    #[inline]
    pub const fn contains(self, value: f64) -> bool {
        value.is_finite() && self.lo <= value && value <= self.hi
    }

    /// Whether the two have a number in common.
    #[inline]
    pub const fn intersects(self, other: Self) -> bool {
        self.lo <= other.hi && other.lo <= self.hi
    }

    /// Whether every number in this interval is in `other`; the flags are not compared.
    #[inline]
    pub const fn is_subset(self, other: Self) -> bool {
        other.lo <= self.lo && self.hi <= other.hi
    }

    /// The smallest interval around both; defined if both are.
    #[inline]
    pub const fn hull(self, other: Self) -> Self {
        let lo = if self.lo < other.lo { self.lo } else { other.lo };
        let hi = if self.hi > other.hi { self.hi } else { other.hi };
        Self { lo, hi, defined: self.defined && other.defined }
    }

    /// The numbers in both, for two enclosures of one expression; defined if both are. None if
    /// they have no number in common.
    #[inline]
    pub fn intersection(self, other: Self) -> Option<Self> {
        let (lo, hi) = (self.lo.max(other.lo), self.hi.min(other.hi));
        let defined = self.defined && other.defined;
        (lo <= hi).then_some(Self { lo, hi, defined })
    }

    /// An upper bound of the length, possibly infinite.
    #[inline]
    pub const fn width(self) -> f64 {
        directed::add_up(self.hi, -self.lo)
    }

    /// A double in the interval, near the middle: zero for the whole line, and an end of the
    /// range of `f64` for a half-line.
    pub const fn mid(self) -> f64 {
        let (lo, hi) = (self.lo.max(-f64::MAX), self.hi.min(f64::MAX));
        // Halves first, since the sum of the ends may overflow; but halving a subnormal rounds.
        let mid = if hi - lo < f64::INFINITY { lo + 0.5 * (hi - lo) } else { 0.5 * lo + 0.5 * hi };
        mid.clamp(lo, hi)
    }

    /// The interval cut at its middle; None if no double lies strictly inside, so that a search
    /// by halving has to stop.
    pub fn bisect(self) -> Option<(Self, Self)> {
        let mid = self.mid();
        let inside = self.lo < mid && mid < self.hi;
        inside.then_some((Self { hi: mid, ..self }, Self { lo: mid, ..self }))
    }

    /// The largest absolute value in the interval, possibly infinite.
    #[inline]
    pub const fn mag(self) -> f64 {
        self.lo.abs().max(self.hi.abs())
    }

    /// The smallest absolute value in the interval.
    #[inline]
    pub const fn mig(self) -> f64 {
        if self.lo <= 0.0 && self.hi >= 0.0 { 0.0 } else { self.lo.abs().min(self.hi.abs()) }
    }

    /// Whether the expression is defined and $\ge 0$ on the whole box.
    #[inline]
    pub const fn certainly_nonneg(self) -> bool {
        self.defined && self.lo >= 0.0
    }

    /// Whether the expression is defined and $> 0$ on the whole box.
    #[inline]
    pub const fn certainly_positive(self) -> bool {
        self.defined && self.lo > 0.0
    }

    /// Whether the expression is defined and $\le 0$ on the whole box.
    #[inline]
    pub const fn certainly_nonpos(self) -> bool {
        self.defined && self.hi <= 0.0
    }

    /// Whether the expression is defined and $< 0$ on the whole box.
    #[inline]
    pub const fn certainly_negative(self) -> bool {
        self.defined && self.hi < 0.0
    }
}

impl fmt::Display for Interval {
    /// `[lo, hi]`, each end with the digits that tell it from its neighbours.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Adding zero turns -0 into 0.
        let gaps = if self.defined { "" } else { ", undefined in places" };
        write!(f, "[{:?}, {:?}]{gaps}", self.lo + 0.0, self.hi + 0.0)
    }
}

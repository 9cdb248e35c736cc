//! Exact arithmetic on doubles: every finite double is $m 2^e$ with integers.
//!
//! No reduction to lowest terms, so that a comparison costs a shift: a million of them take a
//! second even where exponents differ by two thousand.

use dashu_int::IBig;
use std::cmp::Ordering;

/// $m 2^e$.
#[derive(Clone, Debug)]
pub struct Dyadic {
    m: IBig,
    e: isize,
}

impl Dyadic {
    pub fn new(m: IBig, e: isize) -> Self {
        Self { m, e }
    }

    /// Exactly this double, which is finite.
    pub fn of(value: f64) -> Self {
        assert!(value.is_finite(), "{value}: not a number");
        let bits = value.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as isize;
        let fraction = (bits & ((1 << 52) - 1)) as i64;
        let size = if exponent == 0 { fraction } else { fraction | 1 << 52 };
        let m = IBig::from(if value < 0.0 { -size } else { size });
        Self { m, e: exponent.max(1) - 1075 }
    }

    pub fn plus(&self, other: &Self) -> Self {
        let e = self.e.min(other.e);
        Self { m: self.at(e) + other.at(e), e }
    }

    pub fn times(&self, other: &Self) -> Self {
        Self { m: &self.m * &other.m, e: self.e + other.e }
    }

    pub fn power(&self, n: usize) -> Self {
        Self { m: self.m.pow(n), e: self.e * n as isize }
    }

    pub fn compare(&self, other: &Self) -> Ordering {
        let e = self.e.min(other.e);
        self.at(e).cmp(&other.at(e))
    }

    /// The integer that stands before $2^e$, for an exponent not above ours.
    fn at(&self, e: isize) -> IBig {
        &self.m << (self.e - e) as usize
    }
}

/// Whether `bound`, possibly infinite, is at most `value`.
pub fn at_most(bound: f64, value: &Dyadic) -> bool {
    bound == f64::NEG_INFINITY
        || bound < f64::INFINITY && Dyadic::of(bound).compare(value) != Ordering::Greater
}

/// Whether `bound`, possibly infinite, is at least `value`.
pub fn at_least(bound: f64, value: &Dyadic) -> bool {
    bound == f64::INFINITY
        || bound > f64::NEG_INFINITY && Dyadic::of(bound).compare(value) != Ordering::Less
}

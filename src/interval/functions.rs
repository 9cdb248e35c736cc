//! Roots, exponentials, logarithms, circular functions, absolute values, the smaller and larger.
//!
//! Outside the natural domain a function has no value: the interval is cut to the domain and the
//! flag cleared, or, with nothing left, becomes [`Interval::undefined`].

use super::directed::{Bounds, sqrt_both};
use super::elementary::{exp_at, ln_at};
use super::{Interval, circular};

impl Interval {
    /// The bounds without the flag.
    #[inline]
    fn bounds(self) -> Bounds {
        Bounds { lo: self.lo, hi: self.hi }
    }

    /// $\sqrt x$. Where $x$ may be negative the flag is cleared, and where it certainly is the
    /// result is [`Interval::undefined`].
    #[inline]
    pub fn sqrt(self) -> Self {
        if self.hi < 0.0 {
            return Self::undefined();
        }
        let (lo, hi) = (sqrt_both(self.lo.max(0.0)).lo, sqrt_both(self.hi).hi);
        Self::checked(lo, hi, self.defined && self.lo >= 0.0)
    }

    /// $e^x$.
    pub fn exp(self) -> Self {
        let low = exp_at(self.lo);
        let high = if self.lo == self.hi { low } else { exp_at(self.hi) };
        Self::checked(low.lo, high.hi, self.defined)
    }

    /// $\log x$, natural. Where $x$ may be zero or negative the flag is cleared, and where it
    /// certainly is the result is [`Interval::undefined`].
    pub fn ln(self) -> Self {
        if self.hi <= 0.0 {
            return Self::undefined();
        }
        if self.lo <= 0.0 {
            return Self::checked(f64::NEG_INFINITY, ln_at(self.hi).hi, false);
        }
        let low = ln_at(self.lo);
        let high = if self.lo == self.hi { low } else { ln_at(self.hi) };
        Self::checked(low.lo, high.hi, self.defined)
    }

    /// $\sin x$; $[-1, 1]$ if an end is beyond $2^{20}$ in absolute value.
    pub fn sin(self) -> Self {
        let range = circular::sine_range(self.bounds(), 0);
        Self::checked(range.lo, range.hi, self.defined)
    }

    /// $\cos x$; $[-1, 1]$ if an end is beyond $2^{20}$ in absolute value.
    pub fn cos(self) -> Self {
        let range = circular::sine_range(self.bounds(), 1);
        Self::checked(range.lo, range.hi, self.defined)
    }

    /// $\arccos x$ in $[0, \pi]$. Where $x$ may be outside $[-1, 1]$ the flag is cleared, and
    /// where it certainly is the result is [`Interval::undefined`].
    pub fn acos(self) -> Self {
        if self.hi < -1.0 || self.lo > 1.0 {
            return Self::undefined();
        }
        let (a, b) = (self.lo.max(-1.0), self.hi.min(1.0));
        let low = circular::acos_at(b);
        let high = if a == b { low } else { circular::acos_at(a) };
        Self::checked(low.lo, high.hi, self.defined && self.lo >= -1.0 && self.hi <= 1.0)
    }

    /// $|x|$.
    #[inline]
    pub fn abs(self) -> Self {
        Self::checked(self.mig(), self.mag(), self.defined)
    }

    /// The smaller of two numbers.
    #[inline]
    pub fn min(self, other: Self) -> Self {
        let defined = self.defined && other.defined;
        Self::checked(self.lo.min(other.lo), self.hi.min(other.hi), defined)
    }

    /// The larger of two numbers.
    #[inline]
    pub fn max(self, other: Self) -> Self {
        let defined = self.defined && other.defined;
        Self::checked(self.lo.max(other.lo), self.hi.max(other.hi), defined)
    }
}

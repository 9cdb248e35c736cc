//! $+, -, \times, /$ and integer powers.
//!
//! Where an operation is monotone in each argument, the ends at which its bounds are taken follow
//! from signs alone, and only those are rounded.

use super::Interval;
use super::directed::{add_down, add_up, div_down, div_up, mul_down, mul_up};
use std::ops::{Add, Div, Mul, Neg, Sub};

impl Neg for Interval {
    type Output = Self;

    #[inline]
    fn neg(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo, defined: self.defined }
    }
}

impl Add for Interval {
    type Output = Self;

    #[inline]
    fn add(self, other: Self) -> Self {
        let (lo, hi) = (add_down(self.lo, other.lo), add_up(self.hi, other.hi));
        Self::checked(lo, hi, self.defined && other.defined)
    }
}

impl Sub for Interval {
    type Output = Self;

    #[inline]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Interval {
    type Output = Self;

    #[inline]
    fn mul(self, other: Self) -> Self {
        let (a, b, c, d) = (self.lo, self.hi, other.lo, other.hi);
        let (lo, hi) = if a >= 0.0 {
            let (low, high) = (if c >= 0.0 { a } else { b }, if d >= 0.0 { b } else { a });
            (mul_down(low, c), mul_up(high, d))
        } else if b <= 0.0 {
            let (low, high) = (if d >= 0.0 { a } else { b }, if c >= 0.0 { b } else { a });
            (mul_down(low, d), mul_up(high, c))
        } else if c >= 0.0 {
            (mul_down(a, d), mul_up(b, d))
        } else if d <= 0.0 {
            (mul_down(b, c), mul_up(a, c))
        } else {
            (mul_down(a, d).min(mul_down(b, c)), mul_up(a, c).max(mul_up(b, d)))
        };
        Self::checked(lo, hi, self.defined && other.defined)
    }
}

impl Div for Interval {
    type Output = Self;

    /// The quotient. If the denominator may be zero it is undefined, and the bounds, for the
    /// other denominators, are a half-line at best.
    #[inline]
    fn div(self, other: Self) -> Self {
        let (a, b, c, d) = (self.lo, self.hi, other.lo, other.hi);
        let defined = self.defined && other.defined;
        if c > 0.0 {
            let lo = div_down(a, if a >= 0.0 { d } else { c });
            let hi = div_up(b, if b >= 0.0 { c } else { d });
            Self::checked(lo, hi, defined)
        } else if d < 0.0 {
            let lo = div_down(b, if b >= 0.0 { d } else { c });
            let hi = div_up(a, if a >= 0.0 { c } else { d });
            Self::checked(lo, hi, defined)
        } else {
            self.over_zero(other)
        }
    }
}

impl Interval {
    /// The quotient by an interval that contains zero, never defined.
    fn over_zero(self, other: Self) -> Self {
        let (a, b, c, d) = (self.lo, self.hi, other.lo, other.hi);
        let (above, below) = if c == 0.0 && d > 0.0 {
            (a >= 0.0, b <= 0.0)
        } else if d == 0.0 && c < 0.0 {
            (b <= 0.0, a >= 0.0)
        } else {
            (false, false)
        };
        // The denominator that is largest in absolute value gives the end next to zero.
        let farthest = if c == 0.0 { d } else { c };
        if above {
            let near = if farthest > 0.0 { a } else { b };
            Self::checked(div_down(near, farthest), f64::INFINITY, false)
        } else if below {
            let near = if farthest > 0.0 { b } else { a };
            Self::checked(f64::NEG_INFINITY, div_up(near, farthest), false)
        } else {
            Self::undefined()
        }
    }

    /// $1/x$, undefined if $x$ may be zero.
    #[inline]
    pub fn recip(self) -> Self {
        Self::point(1.0) / self
    }

    /// $x^2$, tighter than the product with itself.
    #[inline]
    pub fn sqr(self) -> Self {
        let (small, large) = (self.mig(), self.mag());
        Self::checked(mul_down(small, small), mul_up(large, large), self.defined)
    }

    /// $x^n$ for any integer $n$; $x^0 = 1$, also at zero. A negative power is undefined if $x$
    /// may be zero.
    pub fn powi(self, n: i32) -> Self {
        if n >= 0 {
            return self.power(n.unsigned_abs());
        }
        let positive = self.power(n.unsigned_abs());
        let underflow = positive.mig() == 0.0 && self.mig() > 0.0;
        if underflow { self.recip().power(n.unsigned_abs()) } else { positive.recip() }
    }

    /// $x^n$ for a natural number $n$.
    fn power(self, n: u32) -> Self {
        match n {
            0 => return Self { lo: 1.0, hi: 1.0, defined: self.defined },
            1 => return self,
            _ => {}
        }
        let (lo, hi) = if n.is_multiple_of(2) {
            (power_down(self.mig(), n), power_up(self.mag(), n))
        } else {
            // Odd powers grow: each end of the power belongs to the same end of x.
            let down = |x: f64| if x >= 0.0 { power_down(x, n) } else { -power_up(-x, n) };
            (down(self.lo), -down(-self.hi))
        };
        Self::checked(lo, hi, self.defined)
    }
}

/// A lower bound of $x^n$, $x \ge 0$, $n \ge 1$, by repeated squaring.
fn power_down(x: f64, n: u32) -> f64 {
    repeated(x, n, mul_down)
}

/// An upper bound of $x^n$, $x \ge 0$, $n \ge 1$, by repeated squaring.
fn power_up(x: f64, n: u32) -> f64 {
    repeated(x, n, mul_up)
}

/// $x^n$ from the top bit of $n$ down: products of bounds of one kind of nonnegative numbers.
#[inline]
fn repeated(x: f64, n: u32, product: fn(f64, f64) -> f64) -> f64 {
    let top = u32::BITS - 1 - n.leading_zeros();
    (0..top).rev().fold(x, |power, bit| {
        let square = product(power, power);
        if n >> bit & 1 == 1 { product(square, x) } else { square }
    })
}

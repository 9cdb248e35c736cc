//! Directed rounding on a machine that rounds to nearest.
//!
//! A result $r$ of $+, -, \times, /, \sqrt{\ }$ is the double nearest to the exact value $v$, hence
//! `r.next_down()` $\le v \le$ `r.next_up()`, also where results are subnormal. On overflow
//! $r = \infty$, whose lower neighbour `f64::MAX` lies below $v$. The functions here take that one
//! step only where $r$ is not known to be exact, so that exact arithmetic stays exact:
//!
//! * a sum has the error that Knuth's two-sum gives (*The Art of Computer Programming* 2, 4.2.2);
//! * a product is exact if the significant bits of its factors add up to 53 at most;
//! * a quotient or a root is exact if multiplying it back is exact and gives the operand.
//!
//! No fused multiply-add: without a compiler flag it is a routine fifteen times slower than a
//! product.
//!
//! A lower bound is never $+\infty$ and an upper one never $-\infty$, neither here nor among the
//! arguments. An infinite argument stands for "as large as you like": zero times it is zero.

/// Below this size ($2^{1021}$) no intermediate result of a two-sum overflows.
const LARGE: f64 = f64::from_bits((1021 + 1023) << 52);

/// A lower and an upper bound of one real number, or of a function's values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub lo: f64,
    pub hi: f64,
}

/// The double below `result`, which is what was rounded to nearest.
///
/// A result that underflowed to $+0$ was not negative: zero is its lower bound.
#[inline]
const fn step_down(result: f64) -> f64 {
    if result.to_bits() == 0 { 0.0 } else { result.next_down() }
}

/// The double above `result`, which is what was rounded to nearest; see [`step_down`].
#[inline]
const fn step_up(result: f64) -> f64 {
    -step_down(-result)
}

/// What `sum`, that is `a + b` rounded, lacks: exactly, or NaN where that is not known.
#[inline]
const fn sum_error(a: f64, b: f64, sum: f64) -> f64 {
    if a.abs() < LARGE && sum.abs() < LARGE {
        let b_part = sum - a;
        (a - (sum - b_part)) + (b - b_part)
    } else {
        f64::NAN
    }
}

/// $a + b$ as a rounded sum and its error, both exact, for terms below $2^{1021}$.
#[inline]
pub(super) const fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, sum_error(a, b, sum))
}

/// A lower bound of $a + b$: the sum itself if that is exact or too small.
#[inline]
pub(super) const fn add_down(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum_error(a, b, sum) >= 0.0 { sum } else { sum.next_down() }
}

/// An upper bound of $a + b$: the sum itself if that is exact or too large.
#[inline]
pub(super) const fn add_up(a: f64, b: f64) -> f64 {
    let sum = a + b;
    if sum_error(a, b, sum) <= 0.0 { sum } else { sum.next_up() }
}

/// Whether `product` is $a b$ exactly, by counting bits; false where that is not known.
#[inline]
const fn is_exact(a: f64, b: f64, product: f64) -> bool {
    const FRACTION: u64 = (1 << 52) - 1;
    // A significand with t zeros at its end has 53 - t bits, so the product has 106 - t - t'.
    let zeros = (a.to_bits() & FRACTION | 1 << 52).trailing_zeros()
        + (b.to_bits() & FRACTION | 1 << 52).trailing_zeros();
    let size = product.abs();
    if size >= f64::MIN_POSITIVE {
        zeros >= 53 && size < f64::INFINITY
    } else {
        a.abs() == 1.0 || b.abs() == 1.0
    }
}

/// A lower bound of $a b$.
#[inline]
pub(super) const fn mul_down(a: f64, b: f64) -> f64 {
    if a == 0.0 || b == 0.0 {
        return 0.0;
    }
    let product = a * b;
    if is_exact(a, b, product) { product } else { step_down(product) }
}

/// An upper bound of $a b$.
#[inline]
pub(super) const fn mul_up(a: f64, b: f64) -> f64 {
    -mul_down(-a, b)
}

/// A lower bound of $a / b$, $b \ne 0$.
#[inline]
pub(super) const fn div_down(a: f64, b: f64) -> f64 {
    // A finite number over one as large as you like: zero is the limit, and a bound.
    if a == 0.0 || b.abs() == f64::INFINITY {
        return 0.0;
    }
    let quotient = a / b;
    if quotient * b == a && is_exact(quotient, b, a) { quotient } else { step_down(quotient) }
}

/// An upper bound of $a / b$, $b \ne 0$.
#[inline]
pub(super) const fn div_up(a: f64, b: f64) -> f64 {
    -div_down(-a, b)
}

/// Bounds of $\sqrt a$, $a \ge 0$.
#[inline]
pub(super) fn sqrt_both(a: f64) -> Bounds {
    let root = a.sqrt();
    if a == 0.0 || (root * root == a && is_exact(root, root, a)) {
        return Bounds { lo: root, hi: root };
    }
    Bounds { lo: root.next_down(), hi: root.next_up() }
}

impl Bounds {
    /// Both bounds are `value`.
    pub const fn point(value: f64) -> Self {
        Self { lo: value, hi: value }
    }

    /// The sum, each bound rounded at most once.
    #[inline]
    pub const fn plus(self, other: Self) -> Self {
        Self { lo: add_down(self.lo, other.lo), hi: add_up(self.hi, other.hi) }
    }

    /// The negated number.
    #[inline]
    pub const fn negated(self) -> Self {
        Self { lo: -self.hi, hi: -self.lo }
    }

    /// The product with a number that is not negative.
    #[inline]
    pub const fn times_nonneg(self, other: Self) -> Self {
        let low = if self.lo >= 0.0 { other.lo } else { other.hi };
        let high = if self.hi >= 0.0 { other.hi } else { other.lo };
        Self { lo: mul_down(self.lo, low), hi: mul_up(self.hi, high) }
    }

    /// The square.
    #[inline]
    pub const fn squared(self) -> Self {
        let (a, b) = (self.lo.abs(), self.hi.abs());
        let (small, large) = if a < b { (a, b) } else { (b, a) };
        let lo = if self.lo < 0.0 && self.hi > 0.0 { 0.0 } else { mul_down(small, small) };
        Self { lo, hi: mul_up(large, large) }
    }

    /// The number times a power of two, for results known to be normal or infinite: they are exact.
    #[inline]
    pub const fn scaled(self, power_of_two: f64) -> Self {
        Self { lo: self.lo * power_of_two, hi: self.hi * power_of_two }
    }

    /// $c_0 + x (c_1 + x (c_2 + \dots + x\, t))$ for $x$ between these bounds, where the tail $t$,
    /// the $c_j$ and all partial results are positive.
    ///
    /// Positivity leaves two products a step in place of four; the caller vouches for it.
    #[inline]
    pub fn horner(self, coefficients: &[Self], tail: Self) -> Self {
        let (low_first, high_last) = (self.lo >= 0.0, self.hi >= 0.0);
        let mut sum = tail;
        for c in coefficients.iter().rev() {
            let low = if low_first { sum.lo } else { sum.hi };
            let high = if high_last { sum.hi } else { sum.lo };
            sum = Self {
                lo: (c.lo + step_down(self.lo * low)).next_down(),
                hi: (c.hi + step_up(self.hi * high)).next_up(),
            };
        }
        debug_assert!(sum.lo > 0.0, "{sum:?}: a partial result is not positive");
        sum
    }
}

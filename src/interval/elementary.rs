//! Enclosures of $\exp$ and $\log$ at one double, and the constants $\pi$ and $\log 2$.
//!
//! Nothing here trusts a mathematical library: every digit comes from a power series with bounds
//! on its coefficients and on its remainder, summed with directed rounding. The arguments are
//! first brought near zero,
//!
//! $$e^x = 2^k e^r,\quad r = x - k \log 2, \qquad
//!   \log(2^k (1 + f)) = k \log 2 + f - \tfrac12 f^2 + s (\tfrac12 f^2 + R(s^2)),\quad
//!   s = \tfrac{f}{2 + f},$$
//!
//! with $\log 2$ split in two: $k$ times the first part is exact. The second identity, with
//! $R(z) = \sum_{j \ge 1} \frac{2}{2j + 1} z^j$, is that of fdlibm (Sun Microsystems, `e_log.c`):
//! it keeps the relative accuracy near 1, since $f$ is exact and the rest is of second order.

use super::directed::{Bounds, add_down, add_up, div_down, div_up, mul_down, mul_up, two_sum};

/// The two doubles next to $\pi$; the nearest one lies below it, as a test shows.
pub(super) const PI: Bounds =
    Bounds { lo: std::f64::consts::PI, hi: std::f64::consts::PI.next_up() };

/// The two doubles next to $\log 2$; the nearest one lies below it, as a test shows.
pub(super) const LN_2: Bounds =
    Bounds { lo: std::f64::consts::LN_2, hi: std::f64::consts::LN_2.next_up() };

/// The first 42 bits of $\log 2$: its product with an integer of 11 bits is exact.
pub(super) const LN_2_FIRST: f64 = 0.6931471805598903;

/// $\log 2$ less its first 42 bits.
pub(super) const LN_2_REST: Bounds =
    Bounds { lo: 5.497923018708371e-14, hi: 5.497923018708372e-14 };

/// Above this, $e^x$ is larger than any double.
const EXP_OVERFLOW: f64 = 709.79;

/// Below this, $e^x$ is smaller than any positive double.
const EXP_UNDERFLOW: f64 = -746.0;

/// Terms of the series of $(e^r - 1 - r)/r^2$: for $|r| \le 0.35$ the next is below $2^{-60}$.
const EXP_TERMS: usize = 12;

/// Terms of the series of $R(z)/z$: for $z \le 0.0295$ the next is below $2^{-60}$.
const LOG_TERMS: usize = 11;

/// $1/2!, 1/3!, \dots$; the factorials up to $22!$ are doubles.
const INVERSE_FACTORIALS: [Bounds; EXP_TERMS + 1] = {
    let mut table = [Bounds::point(0.0); EXP_TERMS + 1];
    let (mut j, mut factorial) = (0, 2.0);
    while j <= EXP_TERMS {
        table[j] = Bounds { lo: div_down(1.0, factorial), hi: div_up(1.0, factorial) };
        j += 1;
        factorial *= (j + 2) as f64;
    }
    table
};

/// $2/3, 2/5, \dots$
const ODD_RECIPROCALS: [Bounds; LOG_TERMS + 1] = {
    let mut table = [Bounds::point(0.0); LOG_TERMS + 1];
    let mut j = 0;
    while j <= LOG_TERMS {
        let odd = (2 * j + 3) as f64;
        table[j] = Bounds { lo: div_down(2.0, odd), hi: div_up(2.0, odd) };
        j += 1;
    }
    table
};

/// The integer nearest to a value below $2^{51}$, or one next to it.
#[inline]
pub(super) fn nearest_integer(value: f64) -> f64 {
    // From 2^52 on doubles are the integers; half of it more makes room for both signs.
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    (value + SHIFT) - SHIFT
}

/// $2^k$ for $-1022 \le k \le 1023$.
#[inline]
fn power_of_two(k: i64) -> f64 {
    f64::from_bits(((k + 1023) as u64) << 52)
}

/// $2^k v$ for $v$ in $[1/2, 2]$ and $|k| \le 1100$, with one rounding where it is subnormal.
#[inline]
fn scale(v: Bounds, k: i64) -> Bounds {
    if (-1021..=1023).contains(&k) {
        return v.scaled(power_of_two(k));
    }
    if k > 1023 {
        let (half, rest) = (v.scaled(power_of_two(1023)), power_of_two(k - 1023));
        return Bounds { lo: (half.lo * rest).min(f64::MAX), hi: half.hi * rest };
    }
    let (most, rest) = (v.scaled(power_of_two(-1000)), power_of_two(k + 1000));
    Bounds { lo: mul_down(most.lo, rest), hi: mul_up(most.hi, rest) }
}

/// Bounds of $e^x$; both ends of the extended line are allowed.
pub(super) fn exp_at(x: f64) -> Bounds {
    if x > EXP_OVERFLOW {
        return Bounds { lo: f64::MAX, hi: f64::INFINITY };
    }
    if x < EXP_UNDERFLOW {
        return Bounds { lo: 0.0, hi: f64::from_bits(1) };
    }
    // Whichever integer k is, the identity holds; it only has to make r small.
    let k = nearest_integer(x * std::f64::consts::LOG2_E);
    let (near, error) = two_sum(x, -(k * LN_2_FIRST));
    let product = Bounds::point(k).times_nonneg(LN_2_REST);
    let rest = Bounds::point(error).plus(product.negated());
    let r = Bounds::point(near).plus(rest);
    // |r| / 15 < 1/32 is the ratio of the terms that follow.
    let next = INVERSE_FACTORIALS[EXP_TERMS];
    let tail = Bounds { lo: next.lo * (1.0 - 1.0 / 16.0), hi: next.hi * (1.0 + 1.0 / 16.0) };
    let series = r.horner(&INVERSE_FACTORIALS[..EXP_TERMS], tail);
    let curved = r.squared().times_nonneg(series);
    scale(Bounds::point(1.0).plus(r.plus(curved)), k as i64)
}

/// $x = 2^k m$ with $m$ in $[0.70, 1.42]$, for a positive finite $x$.
#[inline]
fn split(x: f64) -> (f64, f64) {
    // 2^54 makes a subnormal number normal.
    let (x, shift) =
        if x < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, -54) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = (bits >> 52) as i32 - 1023 + shift;
    let m = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if m > 1.414 { (f64::from(exponent + 1), 0.5 * m) } else { (f64::from(exponent), m) }
}

/// Bounds of $\log x$ for $x > 0$, possibly infinite.
pub(super) fn ln_at(x: f64) -> Bounds {
    if x == f64::INFINITY {
        return Bounds { lo: 709.0, hi: f64::INFINITY };
    }
    let (k, m) = split(x);
    let f = m - 1.0; // exact: m lies between 1/2 and 2
    let (low, high) = (add_down(2.0, f), add_up(2.0, f));
    let s = if f >= 0.0 {
        Bounds { lo: div_down(f, high), hi: div_up(f, low) }
    } else {
        Bounds { lo: div_down(f, low), hi: div_up(f, high) }
    };
    let z = s.squared();
    // The terms that follow fall at least by the ratio 1/32.
    let next = ODD_RECIPROCALS[LOG_TERMS];
    let tail = Bounds { lo: next.lo, hi: next.hi * (1.0 + 1.0 / 16.0) };
    let series = z.times_nonneg(z.horner(&ODD_RECIPROCALS[..LOG_TERMS], tail));
    let half_square = Bounds::point(f).squared().scaled(0.5);
    let curved = s.times_nonneg(half_square.plus(series)).plus(half_square.negated());
    if k == 0.0 {
        return Bounds::point(f).plus(curved);
    }
    let rest = Bounds::point(k).times_nonneg(LN_2_REST);
    let (most, error) = two_sum(k * LN_2_FIRST, f);
    Bounds::point(most).plus(Bounds::point(error).plus(curved.plus(rest)))
}

//! Enclosures of $\sin$, $\cos$ and $\arccos$.
//!
//! An argument $x$ of a sine is written $x = n \frac\pi2 + r$ with an integer $n$, exactly: $n$ is
//! a guess, and $r$, within 0.79 of zero, is whatever remains. $\pi/2$ is split into three pieces
//! of 33 bits, whose products with $n$ are exact, and an enclosure of the rest, so that $r$ keeps
//! its relative accuracy next to a multiple of $\pi/2$. Then the power series at $r$.
//!
//! For arccosines the series of $\arcsin$ at $|x| \le 1/2$, and beyond it
//! $\arccos x = 2 \arcsin\sqrt{(1 - x)/2}$, where $1 - x$ is exact: no digits are lost next to
//! $\pm 1$.

use super::directed::{Bounds, div_down, div_up, sqrt_both, two_sum};
use super::elementary::{PI, nearest_integer};

/// Beyond this size ($2^{20}$) a sine or cosine is only known to lie in $[-1, 1]$.
const ARGUMENT_MAX: f64 = 1_048_576.0;

/// The first 99 bits of $\pi/2$, 33 in each: products with integers of 20 bits are exact.
pub(super) const HALF_PI_FIRST: [f64; 3] =
    [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21];

/// $\pi/2$ less its first 99 bits.
pub(super) const HALF_PI_REST: Bounds =
    Bounds { lo: 8.4784276603689e-32, hi: 8.478427660368901e-32 };

/// Terms of the series of sine and cosine: for $|r| \le 0.79$ the next is below $2^{-60}$.
const WAVE_TERMS: usize = 9;

/// Terms of the series of the arcsine: for $z \le 1/4$ the next is below $2^{-60}$.
const ARC_TERMS: usize = 27;

/// $1/m!, 1/(m+2)!, \dots$ from an odd or even $m$ on; the factorials up to $22!$ are doubles.
const fn inverse_factorials(first: usize) -> [Bounds; WAVE_TERMS + 1] {
    let mut table = [Bounds::point(0.0); WAVE_TERMS + 1];
    let (mut m, mut factorial) = (1, 1.0);
    while m < first + 2 * WAVE_TERMS + 1 {
        if m >= first && (m - first).is_multiple_of(2) {
            table[(m - first) / 2] =
                Bounds { lo: div_down(1.0, factorial), hi: div_up(1.0, factorial) };
        }
        m += 1;
        factorial *= m as f64;
    }
    table
}

/// $1/3!, 1/5!, \dots, 1/21!$.
const SINE: [Bounds; WAVE_TERMS + 1] = inverse_factorials(3);

/// $1/4!, 1/6!, \dots, 1/22!$.
const COSINE: [Bounds; WAVE_TERMS + 1] = inverse_factorials(4);

/// $a_1, a_2, \dots$ in $\arcsin x = x \sum_k a_k x^{2k}$, $a_k = \binom{2k}{k} 4^{-k}/(2k+1)$.
const ARC_SINE: [Bounds; ARC_TERMS + 1] = {
    let mut table = [Bounds::point(0.0); ARC_TERMS + 1];
    // The binomials up to k = 28 are below 2^53; the intermediate product is below 2^64.
    let (mut k, mut binomial, mut power) = (0_u64, 1_u64, 1.0);
    while k <= ARC_TERMS as u64 {
        k += 1;
        binomial = binomial * 2 * (2 * k - 1) / k;
        power *= 4.0;
        let (top, bottom) = (binomial as f64, power * (2 * k + 1) as f64);
        table[k as usize - 1] = Bounds { lo: div_down(top, bottom), hi: div_up(top, bottom) };
    }
    table
};

/// An argument as $n \frac\pi2 + r$.
#[derive(Clone, Copy)]
struct Reduced {
    /// $n$.
    quarters: i64,
    /// Bounds of $r$.
    rest: Bounds,
}

/// $x = n \frac\pi2 + r$ for $|x| \le 2^{20}$.
fn reduce(x: f64) -> Reduced {
    let n = nearest_integer(x * std::f64::consts::FRAC_2_PI);
    let (a, a_error) = two_sum(x, -(n * HALF_PI_FIRST[0]));
    let (b, b_error) = two_sum(a, -(n * HALF_PI_FIRST[1]));
    let (c, c_error) = two_sum(b, -(n * HALF_PI_FIRST[2]));
    let unsplit = Bounds::point(n).times_nonneg(HALF_PI_REST);
    let errors = Bounds::point(a_error).plus(Bounds::point(b_error));
    let rest = errors.plus(Bounds::point(c_error).plus(unsplit.negated()));
    Reduced { quarters: n as i64, rest: Bounds::point(c).plus(rest) }
}

/// The last partial sum of an alternating series with falling terms: between none and all of the
/// first term left out.
fn alternating_tail(next: Bounds) -> Bounds {
    Bounds { lo: 0.0, hi: next.hi }
}

/// $\sin r$ for $|r| \le 0.79$.
fn sine(r: Bounds) -> Bounds {
    let z = r.squared();
    let series = z.negated().horner(&SINE[..WAVE_TERMS], alternating_tail(SINE[WAVE_TERMS]));
    r.plus(r.times_nonneg(z.times_nonneg(series)).negated())
}

/// $\cos r$ for $|r| \le 0.79$.
fn cosine(r: Bounds) -> Bounds {
    let z = r.squared();
    let series = z.negated().horner(&COSINE[..WAVE_TERMS], alternating_tail(COSINE[WAVE_TERMS]));
    let fourth = z.times_nonneg(z).times_nonneg(series);
    // Not `scaled`: where r^2 underflows, half of its upper bound would round to zero.
    let half = z.times_nonneg(Bounds::point(0.5));
    Bounds::point(1.0).plus(half.negated().plus(fourth))
}

/// The sine at a reduced argument, moved on by some quarters of the circle.
fn sine_at(argument: Reduced, shift: i64) -> Bounds {
    match (argument.quarters + shift).rem_euclid(4) {
        0 => sine(argument.rest),
        1 => cosine(argument.rest),
        2 => sine(argument.rest).negated(),
        _ => cosine(argument.rest).negated(),
    }
}

/// The range of $\sin(x + \text{shift} \cdot \frac\pi2)$ over $x$ in $[a, b]$.
///
/// A sine has its extrema where $x + \text{shift} \cdot \frac\pi2$ is an odd multiple of
/// $\frac\pi2$. Every multiple that is not certainly outside the interval counts as inside.
pub(super) fn sine_range(x: Bounds, shift: i64) -> Bounds {
    let everything = Bounds { lo: -1.0, hi: 1.0 };
    if !(x.lo >= -ARGUMENT_MAX && x.hi <= ARGUMENT_MAX) {
        return everything;
    }
    let a = reduce(x.lo);
    let at_a = sine_at(a, shift);
    let (b, at_b) = if x.lo == x.hi {
        (a, at_a)
    } else {
        let b = reduce(x.hi);
        (b, sine_at(b, shift))
    };
    let first = a.quarters + i64::from(a.rest.lo > 0.0);
    let last = b.quarters - i64::from(b.rest.hi < 0.0);
    if last - first >= 3 {
        return everything;
    }
    let (mut lo, mut hi) = (at_a.lo.min(at_b.lo), at_a.hi.max(at_b.hi));
    for quarter in first..=last {
        match (quarter + shift).rem_euclid(4) {
            1 => hi = 1.0,
            3 => lo = -1.0,
            _ => {}
        }
    }
    Bounds { lo: lo.max(-1.0), hi: hi.min(1.0) }
}

/// The last partial sum of the arcsine's series: its coefficients fall, so that the terms do at
/// least by the ratio $z \le 0.26$, and add up to less than 1.5 times the first left out.
fn falling_tail(next: Bounds) -> Bounds {
    Bounds { lo: next.lo, hi: next.hi * 1.5 }
}

/// $\arcsin x$ for $|x| \le 1/2$, a little more included.
fn arc_sine(x: Bounds) -> Bounds {
    let z = x.squared();
    let series = z.horner(&ARC_SINE[..ARC_TERMS], falling_tail(ARC_SINE[ARC_TERMS]));
    x.plus(x.times_nonneg(z.times_nonneg(series)))
}

/// $\arccos x$ for $-1 \le x \le 1$.
pub(super) fn acos_at(x: f64) -> Bounds {
    if x.abs() <= 0.5 {
        return PI.scaled(0.5).plus(arc_sine(Bounds::point(x)).negated());
    }
    // Exact: the two terms of the difference are within a factor of two of each other.
    let half_chord = sqrt_both(0.5 * (1.0 - x.abs()));
    let angle = arc_sine(half_chord).scaled(2.0);
    if x > 0.0 { angle } else { PI.plus(angle.negated()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    // mpmath at 40 digits: (r - sin r) / r^3 at r^2 = 1/2, and (arcsin x - x) / x^3 at x = 1/2.
    const SINE_AT_HALF: f64 = 0.16254926026886312443;
    const ARC_SINE_AT_HALF: f64 = 0.18879020478639098462;

    #[test]
    fn series_cut_anywhere_enclose_the_sum() {
        let z = Bounds::point(-0.5);
        for terms in 1..WAVE_TERMS {
            let cut = z.horner(&SINE[..terms], alternating_tail(SINE[terms]));
            assert!(cut.lo < SINE_AT_HALF && SINE_AT_HALF < cut.hi, "{terms} terms: {cut:?}");
        }
        let z = Bounds::point(0.25);
        for terms in 1..ARC_TERMS {
            let tail = falling_tail(ARC_SINE[terms]);
            let cut = z.horner(&ARC_SINE[..terms], tail);
            let inside = cut.lo < ARC_SINE_AT_HALF && ARC_SINE_AT_HALF < cut.hi;
            assert!(inside, "{terms} terms: {cut:?}");
        }
    }
}

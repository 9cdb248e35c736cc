//! The incomplete beta integrals, in log space.
//!
//! $$\log\int_0^x q^{a-1}(1-q)^{b-1}\,dq \quad\text{and}\quad
//! \log\int_x^1 q^{a-1}(1-q)^{b-1}\,dq,$$
//!
//! not divided by $B(a,b)$, each accurate to 12 digits also where it is as small as $e^{-10^5}$.
//! They are the numerators of the one-sided tests of a frequency, whose counts make them
//! that small.
//!
//! Method: below the mean of the beta law, the continued fraction of Lentz as modified by Thompson
//! and Barnett (Press et al., *Numerical Recipes*, 6.4); above it, the other integral subtracted
//! from the whole by `log1p`, where it is at most about half.
//!
//! Errors: none. Arguments outside $a, b > 0$, $0 \le x \le 1$ give NaN, and so does a fraction
//! that has not converged after [`STEPS_MAX`] steps (it takes about $\sqrt{\max(a,b)}$): a NaN
//! compares as false, so that no test ever rejects on it.

use libm::{exp, lgamma, log, log1p};

/// The limit on the continued fraction's length.
pub const STEPS_MAX: u32 = 100_000;

/// $\tfrac12\log 2\pi$.
const HALF_LOG_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// Above this argument Stirling's series is good to the last digit.
const STIRLING_MIN: f64 = 10.0;

/// $\log B(a,b) = \log\Gamma(a) + \log\Gamma(b) - \log\Gamma(a+b)$, for $a, b > 0$.
///
/// For large arguments the three terms are far larger than their sum ($10^7$ against $10$ at a
/// million rounds), so that their leading parts are cancelled by hand.
pub fn log_beta(a: f64, b: f64) -> f64 {
    if !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    let sum = small + large;
    if large < STIRLING_MIN {
        return lgamma(small) + lgamma(large) - lgamma(sum);
    }
    let remainders = stirling_remainder(large) - stirling_remainder(sum);
    if small < STIRLING_MIN {
        let difference = small - (large - 0.5) * log1p(small / large) - small * log(sum);
        return lgamma(small) + difference + remainders;
    }
    (small - 0.5) * log(small / sum) + large * log1p(-small / sum) - 0.5 * log(large)
        + HALF_LOG_TWO_PI
        + stirling_remainder(small)
        + remainders
}

/// $\log\int_0^x q^{a-1}(1-q)^{b-1}\,dq$, for $a, b > 0$ and $0 \le x \le 1$.
///
/// ```text
/// log_incomplete_beta_lower(0.5, 1523.5, 0.01) = -3.0919358399
/// ```
pub fn log_incomplete_beta_lower(a: f64, b: f64, x: f64) -> f64 {
    log_integral(a, b, Split::at(x))
}

/// $\log\int_x^1 q^{a-1}(1-q)^{b-1}\,dq$, for $a, b > 0$ and $0 \le x \le 1$.
///
/// ```text
/// log_incomplete_beta_upper(0.5, 1523.5, 0.01) = -20.3680484895
/// ```
pub fn log_incomplete_beta_upper(a: f64, b: f64, x: f64) -> f64 {
    log_integral(b, a, Split::at(x).swapped())
}

/// A point of the unit interval with its complement, each with its own logarithm: $1 - x$ alone
/// would lose the digits of a small $x$.
#[derive(Clone, Copy)]
struct Split {
    x: f64,
    log_x: f64,
    log_complement: f64,
}

impl Split {
    fn at(x: f64) -> Self {
        Self { x, log_x: log(x), log_complement: log1p(-x) }
    }

    fn swapped(self) -> Self {
        Self { x: 1.0 - self.x, log_x: self.log_complement, log_complement: self.log_x }
    }
}

/// The lower integral at a split point, from whichever side converges.
fn log_integral(a: f64, b: f64, split: Split) -> f64 {
    if !(a > 0.0 && b > 0.0 && (0.0..=1.0).contains(&split.x)) {
        return f64::NAN;
    }
    if split.x == 0.0 {
        return f64::NEG_INFINITY;
    }
    if split.x == 1.0 && split.log_complement == f64::NEG_INFINITY {
        return log_beta(a, b);
    }
    if split.x < (a + 1.0) / (a + b + 2.0) {
        return log_by_fraction(a, b, split);
    }
    let whole = log_beta(a, b);
    whole + log1p(-exp(log_by_fraction(b, a, split.swapped()) - whole))
}

/// $a \log x + b \log(1-x) - \log a + \log\mathrm{CF}$.
fn log_by_fraction(a: f64, b: f64, split: Split) -> f64 {
    a * split.log_x + b * split.log_complement - log(a) + log(continued_fraction(a, b, split.x))
}

/// The continued fraction of the incomplete beta integral, NaN where it has not converged.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    // A zero denominator is replaced by this: the next step divides it out again.
    const TINY: f64 = 1e-300;
    let guarded = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / guarded(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..=STEPS_MAX {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guarded(1.0 + even * d);
        c = guarded(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guarded(1.0 + odd * d);
        c = guarded(1.0 + odd / c);
        let factor = d * c;
        fraction *= factor;
        if (factor - 1.0).abs() <= 2.0 * f64::EPSILON {
            return fraction;
        }
    }
    f64::NAN
}

/// $\log\Gamma(x) - (x-\tfrac12)\log x + x - \tfrac12\log 2\pi$ for $x \ge 10$, by Stirling's series.
fn stirling_remainder(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let inverse_square = 1.0 / (x * x);
    COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| sum * inverse_square + coefficient) / x
}

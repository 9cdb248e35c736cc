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

/// $\log\Gamma(x) - (x-\tfrac12)\log x + x - \tfrac12\log 2\pi$ for $x \ge 10$, by Stirling's
/// series.
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

#[cfg(test)]
#[allow(clippy::excessive_precision)] // known values keep the digits they were computed to
mod tests {
    use super::*;

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() <= 1e-12 * known.abs(), "{found} instead of {known}");
    }

    /// Known values from mpmath's loggamma at 40 digits.
    #[test]
    fn log_beta_matches_known_values() {
        close(log_beta(0.5, 0.5), 1.144_729_885_849_400_17);
        close(log_beta(3.0, 4.0), -4.094_344_562_222_100_68);
        close(log_beta(4.0, 3.0), -4.094_344_562_222_100_68);
        close(log_beta(0.5, 1523.5), -3.091_935_808_373_671_74);
        close(log_beta(40.5, 960.5), -170.480_255_205_261_677);
        close(log_beta(1_000_000.5, 0.5), -6.335_390_461_057_436_96);
        close(log_beta(500_000.5, 1_500_000.25), -1_124_676.552_707_519_71);
        close(log_beta(10.0, 10.0), -13.736_229_227_036_554_8);
        close(log_beta(9.5, 11.0), -14.037_754_980_658_014_3);
        close(log_beta(2.5, 1e9), -51.523_481_723_768_108_7);
    }

    /// The values of the specification, and others of the power series at 40 digits (mpmath).
    #[test]
    fn the_integrals_match_known_values() {
        close(log_incomplete_beta_lower(0.5, 1523.5, 0.01), -3.091_935_839_784_515_36);
        close(log_incomplete_beta_upper(0.5, 1523.5, 0.01), -20.368_048_489_546_575_5);
        close(log_incomplete_beta_upper(40.5, 960.5, 0.01), -170.480_255_205_261_905);
        close(log_incomplete_beta_lower(40.5, 960.5, 0.01), -199.590_224_003_714_199);
        close(log_incomplete_beta_lower(0.5, 0.5, 0.3), 0.147_798_674_828_622_089);
        close(log_incomplete_beta_upper(0.5, 0.5, 1e-9), 1.144_709_753_961_909_94);
        close(log_incomplete_beta_lower(3.5, 100_000.5, 1e-7), -57.673_873_913_908_349_5);
        close(log_incomplete_beta_upper(3.5, 100_000.5, 1e-3), -128.807_817_550_208_431);
        close(log_incomplete_beta_lower(2000.5, 2000.5, 0.5), -2_776.510_018_207_186_87);
        close(log_incomplete_beta_lower(2000.5, 2000.5, 0.55), -2_775.816_871_026_741_18);
        close(log_incomplete_beta_upper(30_000.5, 20_000.5, 0.7), -34_789.002_381_246_729_3);
        close(log_incomplete_beta_lower(0.5, 15_295.5, 0.001), -4.245_283_889_587_862_13);
        close(log_incomplete_beta_upper(1.5, 9.5, 0.9999), -89.749_570_572_532_491_9);
    }

    #[test]
    fn the_two_parts_add_up_to_the_whole() {
        for (a, b) in [(0.5, 0.5), (0.5, 80.5), (17.5, 3.0), (400.5, 1e6)] {
            for step in 1..20 {
                let x = f64::from(step) / 20.0;
                let whole = log_beta(a, b);
                let lower = exp(log_incomplete_beta_lower(a, b, x) - whole);
                let upper = exp(log_incomplete_beta_upper(a, b, x) - whole);
                assert!((lower + upper - 1.0).abs() < 1e-12, "{a} {b} {x}");
            }
        }
    }

    /// $\int_0^x q^{-1/2}(1-q)^{-1/2}dq = 2\arcsin\sqrt x$.
    #[test]
    fn the_arcsine_law_is_reproduced() {
        for x in [1e-12, 1e-3, 0.2, 0.5, 0.9] {
            close(log_incomplete_beta_lower(0.5, 0.5, x), (2.0 * x.sqrt().asin()).ln());
        }
    }

    #[test]
    fn ends_and_wrong_arguments_are_told_apart() {
        assert_eq!(log_incomplete_beta_lower(2.0, 3.0, 0.0), f64::NEG_INFINITY);
        assert_eq!(log_incomplete_beta_upper(2.0, 3.0, 1.0), f64::NEG_INFINITY);
        close(log_incomplete_beta_lower(2.0, 3.0, 1.0), log_beta(2.0, 3.0));
        close(log_incomplete_beta_upper(2.0, 3.0, 0.0), log_beta(2.0, 3.0));
        for x in [-0.1, 1.1, f64::NAN] {
            assert!(log_incomplete_beta_lower(2.0, 3.0, x).is_nan());
            assert!(log_incomplete_beta_upper(2.0, 3.0, x).is_nan());
        }
        assert!(log_beta(0.0, 1.0).is_nan());
        assert!(log_incomplete_beta_lower(1.0, f64::NAN, 0.5).is_nan());
    }

    /// A count of $10^{12}$ takes some $10^4$ steps at the mean, within the limit.
    #[test]
    fn large_counts_converge() {
        let (a, b) = (5e9_f64, 5e9_f64);
        let half = log_incomplete_beta_lower(a, b, 0.5) - log_beta(a, b);
        assert!((half - 0.5_f64.ln()).abs() < 1e-4, "{half}");
        assert!(log_incomplete_beta_lower(0.5, 1.5e13, 1e-12).is_finite());
    }
}

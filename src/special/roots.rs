//! Roots of a continuous function of one variable.

use thiserror::Error;

/// Why there is no root.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum RootError {
    /// The two ends have the same sign.
    #[error("no sign change: f({low}) = {at_low} and f({high}) = {at_high}")]
    NotBracketed {
        /// Lower end.
        low: f64,
        /// Value there.
        at_low: f64,
        /// Upper end.
        high: f64,
        /// Value there.
        at_high: f64,
    },
    /// The function was NaN inside the bracket.
    #[error("the function is not a number at {at}")]
    NotANumber {
        /// Where.
        at: f64,
    },
    /// The bracket did not shrink to the last bits within the limit.
    #[error("no convergence after {steps} steps: the root is within {width} of {at}")]
    Limit {
        /// Best point so far.
        at: f64,
        /// Width of the bracket.
        width: f64,
        /// Steps taken.
        steps: usize,
    },
}

/// Most evaluations between the two at the ends. Brent's method needs about 10, and a pure
/// bisection of the whole range of doubles about 1100 in the worst case, 64 from a bracket whose
/// ends are within a factor of two of each other.
const STEPS_MAX: usize = 2200;

/// The root of a continuous `f` on [low, high] to the last bits, by Brent's method (Brent 1973,
/// "Algorithms for minimization without derivatives", chapter 4).
///
/// Infinite values are accepted (only their sign is used). Where `f` jumps, the place of the jump
/// is returned.
///
/// # Errors
/// The same sign at both ends, or NaN anywhere.
pub fn root(f: impl Fn(f64) -> f64, low: f64, high: f64) -> Result<f64, RootError> {
    let at = |x: f64| {
        let value = f(x);
        if value.is_nan() { Err(RootError::NotANumber { at: x }) } else { Ok(value) }
    };
    let (at_low, at_high) = (at(low)?, at(high)?);
    if at_low == 0.0 {
        return Ok(low);
    }
    if at_high == 0.0 {
        return Ok(high);
    }
    if (at_low > 0.0) == (at_high > 0.0) {
        return Err(RootError::NotBracketed { low, at_low, high, at_high });
    }
    // `best` has the smaller value, `other` is across the root, `previous` is the last best.
    let (mut best, mut at_best) = (high, at_high);
    let (mut other, mut at_other) = (low, at_low);
    let (mut previous, mut at_previous) = (low, at_low);
    let mut step = best - previous;
    let mut step_before = step;
    for _ in 0..STEPS_MAX {
        if (at_best > 0.0) == (at_other > 0.0) {
            (other, at_other) = (previous, at_previous);
            step = best - previous;
            step_before = step;
        }
        if at_other.abs() < at_best.abs() {
            (previous, best, other) = (best, other, best);
            (at_previous, at_best, at_other) = (at_best, at_other, at_best);
        }
        let tolerance = f64::EPSILON * best.abs() + f64::MIN_POSITIVE;
        let half = 0.5 * (other - best);
        if half.abs() <= tolerance || at_best == 0.0 {
            return Ok(best);
        }
        let values = [at_previous, at_best, at_other];
        let guess = interpolate([previous, best, other], values);
        if step_before.abs() >= tolerance
            && at_previous.abs() > at_best.abs()
            && guess.is_finite()
            && guess * half > 0.0
            && guess.abs() < (1.5 * half.abs() - 0.5 * tolerance).min(0.5 * step_before.abs())
        {
            step_before = step;
            step = guess;
        } else {
            step = half;
            step_before = half;
        }
        (previous, at_previous) = (best, at_best);
        best += if step.abs() > tolerance { step } else { tolerance.copysign(half) };
        at_best = at(best)?;
    }
    Err(RootError::Limit { at: best, width: (other - best).abs(), steps: STEPS_MAX })
}

/// Step from the best point by the secant or by inverse quadratic interpolation.
fn interpolate([previous, best, other]: [f64; 3], values: [f64; 3]) -> f64 {
    let [at_previous, at_best, at_other] = values;
    let s = at_best / at_previous;
    if previous == other {
        return -(other - best) * s / (1.0 - s);
    }
    let (q, r) = (at_previous / at_other, at_best / at_other);
    let numerator = s * ((other - best) * q * (q - r) - (best - previous) * (r - 1.0));
    -numerator / ((q - 1.0) * (r - 1.0) * (s - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Function = fn(f64) -> f64;

    #[test]
    fn finds_roots_to_the_last_bits() {
        let cases: [(Function, f64, f64, f64); 5] = [
            (|x| x * x - 2.0, 0.0, 2.0, std::f64::consts::SQRT_2),
            (|x| x.exp() - 1e-200, -1000.0, 0.0, -200.0 * std::f64::consts::LN_10),
            (|x| (x - 1.0).powi(3), 0.0, 3.0, 1.0),
            (|x| x - 1e-300, -1.0, 1.0, 1e-300),
            (|x| 1.0 / x - 3.0, 0.0, 10.0, 1.0 / 3.0),
        ];
        for (f, low, high, want) in cases {
            let got = root(f, low, high).unwrap();
            assert!((got - want).abs() <= 1e-5 * want.abs(), "{got} instead of {want}");
            // To the last bits: the function changes sign nearby, or vanishes.
            let width = 4.0 * f64::EPSILON * got.abs() + 1e-307;
            assert!(f(got) == 0.0 || f(got - width) * f(got + width) <= 0.0, "{got}");
            let other_way = root(|x| -f(x), low, high).unwrap();
            assert!((got - other_way).abs() <= 1e-5 * want.abs());
        }
    }

    #[test]
    fn counts_its_steps() {
        let calls = std::cell::Cell::new(0);
        let f = |x: f64| {
            calls.set(calls.get() + 1);
            x.cos() - x
        };
        root(f, 0.0, 1.0).unwrap();
        assert!(calls.get() < 15, "{}", calls.get());
    }

    #[test]
    fn says_why_there_is_no_root() {
        let same = root(|x| x * x + 1.0, -1.0, 1.0);
        assert!(matches!(same, Err(RootError::NotBracketed { .. })));
        assert!(matches!(root(|_| f64::NAN, 0.0, 1.0), Err(RootError::NotANumber { .. })));
        assert_eq!(same.unwrap_err().to_string(), "no sign change: f(-1) = 2 and f(1) = 2");
    }
}

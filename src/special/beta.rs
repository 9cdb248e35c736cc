//! The beta law and the laws that are a beta law in disguise (Student's t).
//!
//! Both tails as logarithms, by a continued fraction on the side where it converges fast
//! ($O(\sqrt{a + b})$ steps near the mean, a few elsewhere), with the factor
//! $x^a (1-x)^b / B(a, b)$ written in deviances (see [`super::gamma`]).
//! Relative errors are about $10^{-14}$ where both parameters are at least 0.1.

use super::gamma::{LogTails, check_probability, deviance, log_gamma_one_plus, stirling_error};
use super::normal::normal_isf;
use super::solve::{Newton, log_one_minus_exp, solve_log_tail};
use std::f64::consts::{LN_2, PI};

/// Steps after which the continued fraction stops: enough for $a + b$ up to $10^{10}$.
const STEPS_MAX: usize = 1_000_000;

/// Smallest $\ln x$ for which $x$ is not zero.
const LOG_SMALLEST: f64 = -745.0;

/// Tails at $x = 1 - y$; both are given, so that neither is known only through the other.
fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> LogTails {
    if x <= 0.0 {
        return LogTails { lower: f64::NEG_INFINITY, upper: 0.0, density: f64::NEG_INFINITY };
    }
    if y <= 0.0 {
        return LogTails { lower: 0.0, upper: f64::NEG_INFINITY, density: f64::NEG_INFINITY };
    }
    // ln of x^a y^b / B(a, b).
    let power = log_power(a, b, x, y);
    let density = power - y.ln();
    if x * (a + b + 2.0) < a + 1.0 {
        let lower = (power + beta_fraction(a, b, x, y).ln()).min(0.0);
        LogTails { lower, upper: log_one_minus_exp(lower), density }
    } else {
        let upper = (power + beta_fraction(b, a, y, x).ln()).min(0.0);
        LogTails { lower: log_one_minus_exp(upper), upper, density }
    }
}

/// $\ln (x^a y^b / B(a, b))$.
fn log_power(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let total = a + b;
    if a.min(b) < 1.0 {
        // B(a, b) = Gamma(1+a) Gamma(1+b) / Gamma(1+a+b) (a+b) / (a b); when one is small and the
        // other large, the ratio of two large gammas is taken by Stirling's formula.
        let (small, large) = (a.min(b), a.max(b));
        let ratio = if large < 16.0 {
            log_gamma_one_plus(total) - log_gamma_one_plus(large)
        } else {
            small * large.ln() + (total + 0.5) * (small / large).ln_1p() - small
                + stirling_error(total)
                - stirling_error(large)
        };
        let beta = log_gamma_one_plus(small) - ratio + (total / (a * b)).ln();
        // ln of a number near one is best taken from its complement.
        let (log_x, log_y) = (log_of(x, y), log_of(y, x));
        return a * log_x + b * log_y - beta;
    }
    stirling_error(total)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, total * x)
        - deviance(b, total * y)
        + 0.5 * (a * b / (2.0 * PI * total)).ln()
}

/// $\ln x$ where $x = 1 - y$.
fn log_of(x: f64, y: f64) -> f64 {
    if y < 0.5 { (-y).ln_1p() } else { x.ln() }
}

/// $I_x(a, b) B(a, b) / (x^a y^b)$, $x = 1 - y$ not above the mean by much, by Lentz's method.
///
/// The fraction is that of Didonato and Morris (1992, "Significant digit computation of the
/// incomplete beta function ratios", formula 9): the even part of DLMF 8.17.22, with
/// $a y - b x$ in place of $a - (a + b) x$. Where $a = 10^6$ and $y$ is small, the classical form
/// loses six digits to that difference.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    // Any tiny number: it stands for a zero denominator, and cancels one step later.
    let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let lead = a * y - b * x + 1.0;
    let mut value = a * lead / (a + 1.0);
    let mut c = value;
    let mut d = 0.0;
    for m in 1..STEPS_MAX {
        let m = m as f64;
        let shape = a + 2.0 * m;
        let ratio = m * (b - m) * x / (shape - 1.0);
        let numerator = ratio * (a + m - 1.0) * (a + b + m - 1.0) * x / (shape - 1.0);
        let term = m + ratio + (a + m) * (lead + m * (1.0 + y)) / (shape + 1.0);
        d = 1.0 / guard(term + numerator * d);
        c = guard(term + numerator / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() < 3e-16 {
            break;
        }
    }
    1.0 / value
}

/// $\ln \Pr(B \le x)$ for the beta law with positive parameters `a`, `b`.
pub fn log_beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    check_parameters(a, b);
    beta_tails(a, b, x, 1.0 - x).lower
}

/// $\ln \Pr(B > x)$ for the beta law with positive parameters `a`, `b`.
pub fn log_beta_sf(a: f64, b: f64, x: f64) -> f64 {
    check_parameters(a, b);
    beta_tails(a, b, x, 1.0 - x).upper
}

/// $\Pr(B \le x) = I_x(a, b)$ for the beta law with positive parameters `a`, `b`; 0 for $x \le 0$
/// and 1 for $x \ge 1$.
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    log_beta_cdf(a, b, x).exp()
}

/// $\Pr(B > x) = I_{1-x}(b, a)$, small with a small relative error.
pub fn beta_sf(a: f64, b: f64, x: f64) -> f64 {
    log_beta_sf(a, b, x).exp()
}

/// The $x$ with $\Pr(B \le x) = p$, to a relative $10^{-13}$ (and $1 - x$ to $10^{-16}$).
///
/// # Panics
/// If a parameter is not positive and finite, or `p` not in $[0, 1]$.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    check_parameters(a, b);
    check_probability(p);
    quantile(a, b, p, 1.0 - p)
}

/// The $x$ with $\Pr(B > x) = q$.
///
/// # Panics
/// If a parameter is not positive and finite, or `q` not in $[0, 1]$.
pub fn beta_isf(a: f64, b: f64, q: f64) -> f64 {
    check_parameters(a, b);
    check_probability(q);
    quantile(a, b, 1.0 - q, q)
}

/// Quantile from both tails' probabilities, of which the smaller is exact.
fn quantile(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    if lower == 0.0 {
        return 0.0;
    }
    if upper == 0.0 {
        return 1.0;
    }
    let half = beta_tails(a, b, 0.5, 0.5);
    let below = if lower <= 0.5 { lower.ln() <= half.lower } else { upper.ln() >= half.upper };
    if below {
        quantile_below_half(a, b, lower, upper)
    } else {
        1.0 - quantile_below_half(b, a, upper, lower)
    }
}

/// Quantile that is known to be at most 1/2, as a root in $\ln x$.
fn quantile_below_half(a: f64, b: f64, lower: f64, upper: f64) -> f64 {
    let tails = |z: f64| {
        let x = z.exp();
        beta_tails(a, b, x, 1.0 - x)
    };
    let by_lower = lower <= 0.5;
    let target = if by_lower { lower.ln() } else { upper.ln() };
    let value = |z: f64| {
        let t = tails(z);
        let (tail, sign) = if by_lower { (t.lower, 1.0) } else { (t.upper, -1.0) };
        Newton { value: sign * (tail - target), slope: (t.density - tail).exp() }
    };
    if value(LOG_SMALLEST).value >= 0.0 {
        return 0.0;
    }
    // Near zero the law is a power; elsewhere a normal law is start enough.
    let power = (lower.ln() - beta_tails(a, b, 1e-300, 1.0).lower) / a - 300.0 * 10_f64.ln();
    let mean = a / (a + b);
    let spread = (mean * (1.0 - mean) / (a + b + 1.0)).sqrt();
    let z = if by_lower { -normal_isf(lower) } else { normal_isf(upper) };
    let normal = mean + z * spread;
    let start = if normal > 0.3 * mean { normal.min(0.49).ln() } else { power.min(-LN_2) };
    solve_log_tail(value, LOG_SMALLEST, -LN_2, start).min(0.5)
}

fn check_parameters(a: f64, b: f64) {
    assert!(
        a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite(),
        "the beta law needs positive parameters, not a = {a}, b = {b}"
    );
}

/// Upper tail $\Pr(T_{df} > x)$ of Student's law, $\tfrac12 I_{df/(df + x^2)}(df/2, 1/2)$ for
/// $x \ge 0$; df > 0, relative error about $10^{-14}$.
pub fn student_t_sf(df: f64, x: f64) -> f64 {
    check_parameters(df, 1.0);
    if x < 0.0 {
        return 1.0 - student_t_sf(df, -x);
    }
    0.5 * student_tails(df, x).lower.exp()
}

/// Tails of $df / (df + x^2)$ at its own value: `lower` is $\ln \Pr(|T| > x)$.
fn student_tails(df: f64, x: f64) -> LogTails {
    // Written with x / sqrt(df), whose square overflows later than x^2 does.
    let ratio = x / df.sqrt();
    let square = ratio * ratio;
    if square == f64::INFINITY {
        // Pure power tail: x^{-df} with the constant of the beta law at zero.
        let lower = log_power(0.5 * df, 0.5, 1e-200, 1.0) - (0.5 * df).ln()
            + 0.5 * df * (200.0 * 10_f64.ln())
            - df * ratio.ln();
        return LogTails { lower, upper: 0.0, density: lower + (0.5 * df).ln() };
    }
    beta_tails(0.5 * df, 0.5, 1.0 / (1.0 + square), square / (1.0 + square))
}

/// Upper quantile of Student's law: the $x$ with $\Pr(T_{df} > x) = q$, df > 0, q in $[0, 1]$.
///
/// Relative error about $10^{-13}$ for df at least 1, however small q is: `statrs` returns
/// $6.67 \cdot 10^7$ at df = 1, q = $10^{-9}$, where the answer is $3.18 \cdot 10^8$.
///
/// # Panics
/// If `df` is not positive and finite or `q` not in $[0, 1]$.
pub fn student_t_isf(df: f64, q: f64) -> f64 {
    check_parameters(df, 1.0);
    check_probability(q);
    if q > 0.5 {
        return -student_t_isf(df, 1.0 - q);
    }
    if q == 0.5 {
        return 0.0;
    }
    if q == 0.0 {
        return f64::INFINITY;
    }
    // d ln x^2/(df + x^2) = 2 (df/(df + x^2)) d ln x, hence the factors below. Near the middle
    // the tail is flat: solve for the mass between 0 and x instead.
    let central = q > 0.25;
    let target = if central { (1.0 - 2.0 * q).ln() } else { (2.0 * q).ln() };
    let value = |z: f64| {
        let x = z.exp();
        let t = student_tails(df, x);
        // `density` is per unit of ln(u), u = df/(df + x^2), and |du/u| = 2 x^2/(df + x^2) dz.
        let ratio = x / df.sqrt();
        let density = t.density + (2.0 / (1.0 + 1.0 / (ratio * ratio))).ln();
        let (tail, sign) = if central { (t.upper, 1.0) } else { (t.lower, -1.0) };
        Newton { value: sign * (tail - target), slope: (density - tail).exp() }
    };
    let start = student_start(df, q).ln();
    solve_log_tail(value, LOG_SMALLEST, 709.0, start)
}

/// A start at or beyond the quantile: the normal one with its first correction, or the power law.
fn student_start(df: f64, q: f64) -> f64 {
    let z = normal_isf(q);
    let expansion = z + z * (z * z + 1.0) / (4.0 * df);
    if z * z < df {
        return expansion;
    }
    // Pr(T > x) is close to C x^{-df} far out.
    let a = 0.5 * df;
    let log_constant = log_power(a, 0.5, 1e-100, 1.0) + a * 100.0 * 10_f64.ln() - df.ln();
    ((log_constant - q.ln()) / df).exp() * df.sqrt()
}

#[cfg(test)]
// Known values are written as their source gives them.
#[expect(clippy::excessive_precision)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got / want - 1.0).abs() <= tolerance, "{got} instead of {want}");
    }

    /// mpmath, 40 digits.
    #[test]
    fn beta_tails_match_known_values() {
        for (a, b, x, lower, upper) in [
            (0.5, 0.5, 1e-20, 6.36619772367581326e-11, 0.999999999936338023),
            (10.0, 20.0, 0.3, 0.364004081071944228, 0.635995918928055772),
            (10.0, 20.0, 0.9, 0.999999999999959275, 4.07250568109483277e-14),
            (500.0, 700.0, 0.45, 0.990094777521568375, 0.00990522247843162461),
            (1e5, 1e5, 0.49, 1.85713472904041958e-19, 1.0),
            (0.5, 1000.0, 0.001, 0.842752725733275992, 0.157247274266724008),
            (20.0, 0.5, 0.999, 0.842416186016361437, 0.157583813983638563),
        ] {
            close(beta_cdf(a, b, x), lower, 1e-13);
            close(beta_sf(a, b, x), upper, 1e-13);
        }
        assert_eq!(beta_cdf(2.0, 3.0, 0.0), 0.0);
        assert_eq!(beta_cdf(2.0, 3.0, 1.0), 1.0);
    }

    /// mpmath, 40 digits. The first row is 68 times too big in `statrs`.
    #[test]
    fn beta_quantiles_match_known_values() {
        for (a, b, p, want) in [
            (0.5, 0.5, 1e-9, 2.46740110027233996e-18),
            (1.0, 1.0, 0.3, 0.3),
            (10.0, 20.0, 1e-7, 0.0398264697301665683),
            (10.0, 20.0, 0.999, 0.611272289639212106),
            (500.0, 700.0, 1e-14, 0.311688538542364738),
            (10.0, 190.0, 0.5, 0.0485049585599856525),
            (0.5, 30.0, 1e-12, 2.63990063109952096e-26),
            (30.0, 0.5, 1e-12, 0.42571471045599284),
            (1.0, 1000.0, 1e-7, 1.00000004995000328e-10),
        ] {
            close(beta_quantile(a, b, p), want, 3e-14);
        }
        assert_eq!(beta_quantile(2.0, 3.0, 0.0), 0.0);
        assert_eq!(beta_isf(2.0, 3.0, 0.0), 1.0);
    }

    #[test]
    fn beta_quantile_inverts_the_tails() {
        for a in [0.1, 0.5, 1.0, 3.0, 40.0, 1e3, 1e5] {
            for b in [0.1, 0.5, 1.0, 7.0, 90.0, 1e4, 1e6] {
                for p in [1e-300_f64, 1e-12, 1e-3, 0.2, 0.5] {
                    let x = beta_quantile(a, b, p);
                    assert!((0.0..=1.0).contains(&x));
                    // An ulp of x near one is many of 1 - x.
                    if x > 0.0 && x < 0.99 {
                        let slope = (a + b).sqrt() * (1.0 - p.ln()).sqrt();
                        close(beta_cdf(a, b, x), p, 1e-12 + 1e-14 * slope / (1.0 - x));
                    }
                    let x = beta_isf(a, b, p);
                    if x > 0.0 && x < 0.99 {
                        let slope = (a + b).sqrt() * (1.0 - p.ln()).sqrt();
                        close(beta_sf(a, b, x), p, 1e-12 + 1e-14 * slope / (1.0 - x));
                    }
                }
            }
        }
    }

    /// mpmath, 40 digits. The first two rows are where `statrs` fails.
    #[test]
    fn student_matches_known_values() {
        for (df, q, want) in [
            (1.0, 1e-9, 318309886.183790651),
            (1.0, 1e-14, 31830988618379.0672),
            (2.0, 1e-14, 7071067.81186536918),
            (3.0, 1e-9, 1033.10967450380771),
            (3.0, 0.4, 0.276670662332689847),
            (3.0, 0.4999, 0.000272069909110473382),
            (30.0, 1e-14, 13.6733526798193873),
            (300.0, 1e-7, 5.32329718600704491),
            (12345.0, 1e-7, 5.20229070897192667),
            (1.5, 0.26, 0.824683687305019188),
        ] {
            close(student_t_isf(df, q), want, 1e-13);
            if q > 1e-9 {
                close(student_t_isf(df, 1.0 - q), -want, 1e-13 + 1e-16 / q.min(0.5 - q));
            }
        }
        for (df, x, want) in [
            (1.0, 1e9, 3.18309886183790671e-10),
            (3.0, 0.1, 0.463326174400402912),
            (3.0, 20.0, 0.00013660162512365586),
            (30.0, 5.0, 0.0000116483427335038976),
            (300.0, 8.0, 1.36750769507692108e-14),
            (2.5, 1e50, 7.19339719083172104e-126),
            (1e6, 6.0, 9.86924906177217335e-10),
            (1.0, 1e200, 3.18309886183790671e-201),
        ] {
            close(student_t_sf(df, x), want, 1e-13);
        }
        assert_eq!(student_t_isf(4.0, 0.5), 0.0);
        assert_eq!(student_t_sf(4.0, 0.0), 0.5);
        // A normal law in the limit.
        close(student_t_isf(1e9, 1e-7), normal_isf(1e-7), 1e-7);
    }
}

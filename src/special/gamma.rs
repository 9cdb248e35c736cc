//! Gamma function, regularised incomplete gamma functions and the chi-square law.
//!
//! Both tails are computed as logarithms, each from its own positive series or continued
//! fraction, so that neither is ever "one minus the other" where it is small:
//! the power series of $P(a, x)$ for $x < a + 1$ and the continued fraction of $Q(a, x)$ beyond
//! (DLMF 8.7.1 and 8.9.2). Both cost $O(\sqrt a)$ near $x = a$, $O(1)$ elsewhere. The prefactor
//! $x^a e^{-x} / \Gamma(a + 1)$ is written as a deviance (Loader 2000, "Fast and accurate
//! computation of binomial probabilities"), which loses nothing at $a = 5 \cdot 10^5$.

use super::solve::{Newton, log_one_minus_exp, solve_log_tail};
use std::f64::consts::{LN_2, PI};

/// Terms after which series and continued fractions stop: enough for shapes up to $10^9$.
const TERMS_MAX: usize = 1_000_000;

/// Smallest $\ln x$ for which $x$ is not zero.
const LOG_SMALLEST: f64 = -745.0;

/// $\ln |\Gamma(x)|$, relative error about $3 \cdot 10^{-16}$ away from its zeros 1 and 2.
pub fn log_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// $\ln \Gamma(1 + x)$ for $x > -1$, with a small relative error near $x = 0$ too.
pub fn log_gamma_one_plus(x: f64) -> f64 {
    /// $\zeta(k) / k$ for $k = 2, 3, \dots$ (mpmath, 30 digits).
    const ZETA_OVER_K: [f64; 16] = [
        0.822_467_033_424_113_2,
        0.400_685_634_386_531_4,
        0.270_580_808_427_784_53,
        0.207_385_551_028_673_97,
        0.169_557_176_997_408_17,
        0.144_049_896_768_846_1,
        0.125_509_669_524_743_03,
        0.111_334_265_869_564_68,
        0.100_099_457_512_781_8,
        0.090_954_017_145_829_04,
        0.083_353_840_546_109_0,
        0.076_932_516_411_352_2,
        0.071_432_946_295_361_33,
        0.066_668_705_882_420_46,
        0.062_500_955_141_213_04,
        0.058_823_978_658_684_58,
    ];
    if x.abs() > 0.08 {
        return libm::lgamma(1.0 + x);
    }
    let sum = ZETA_OVER_K.iter().rev().fold(0.0, |sum, c| c - x * sum);
    x * (x * sum - 0.577_215_664_901_532_9)
}

/// Stirling's error $\ln \Gamma(a + 1) - (a + \tfrac12) \ln a + a - \tfrac12 \ln 2 \pi$, $a > 0$.
pub(super) fn stirling_error(a: f64) -> f64 {
    if a < 16.0 {
        return log_gamma_one_plus(a) - (a + 0.5) * a.ln() + a - 0.5 * (2.0 * PI).ln();
    }
    // Bernoulli series; the first term left out is below 2e-19 at a = 16.
    let s = 1.0 / (a * a);
    let series = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    series.iter().rev().fold(0.0, |sum, c| c + s * sum) / a
}

/// Deviance $a \ln(a / m) + m - a \ge 0$ without cancellation near $m = a$; $a > 0$, $m \ge 0$.
pub(super) fn deviance(a: f64, m: f64) -> f64 {
    let u = (m - a) / a;
    if u.abs() > 0.5 {
        return if m == 0.0 { f64::INFINITY } else { (m - a) - a * (m / a).ln() };
    }
    // With s = u/(2+u), ln(1+u) = 2(s + s^3/3 + ...) and u - 2s = u s. s^2 <= 1/9.
    let s = u / (2.0 + u);
    let s2 = s * s;
    let series = (0..17).rev().fold(0.0, |sum, k| 1.0 / f64::from(2 * k + 3) + s2 * sum);
    a * (u * s - 2.0 * s * s2 * series)
}

/// $\ln \binom nk$ without the cancellation of three log-gammas: $n = 10^9, k = 1$ is exact to
/// the last digits.
///
/// # Panics
/// If `k > n`.
pub fn ln_choose(n: u64, k: u64) -> f64 {
    assert!(k <= n, "ln_choose needs k <= n, not k = {k}, n = {n}");
    let k = k.min(n - k);
    if k == 0 {
        return 0.0;
    }
    if k <= 30 {
        // Few terms, all of one sign.
        return (0..k).map(|i| ((n - i) as f64 / (i + 1) as f64).ln()).sum();
    }
    let (total, few, many) = (n as f64, k as f64, (n - k) as f64);
    let entropy = few * (total / few).ln() - many * (-few / total).ln_1p();
    let scale = 0.5 * (total / (2.0 * PI * few * many)).ln();
    entropy + scale + stirling_error(total) - stirling_error(few) - stirling_error(many)
}

/// Logarithms of both tails and of the density per unit of $\ln x$.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogTails {
    /// $\ln \Pr(X \le x)$.
    pub lower: f64,
    /// $\ln \Pr(X > x)$.
    pub upper: f64,
    /// $\ln (x f(x))$.
    pub density: f64,
}

/// Tails of the gamma law with shape $a > 0$ at $x \ge 0$.
fn gamma_tails(a: f64, x: f64) -> LogTails {
    if x == 0.0 {
        return LogTails { lower: f64::NEG_INFINITY, upper: 0.0, density: f64::NEG_INFINITY };
    }
    if x == f64::INFINITY {
        return LogTails { lower: 0.0, upper: f64::NEG_INFINITY, density: f64::NEG_INFINITY };
    }
    // ln of x^a e^{-x} / Gamma(a + 1).
    let prefactor = if a < 16.0 {
        a * x.ln() - x - log_gamma_one_plus(a)
    } else {
        -deviance(a, x) - 0.5 * (2.0 * PI * a).ln() - stirling_error(a)
    };
    let density = prefactor + a.ln();
    if x >= a + 1.0 {
        let upper = density + gamma_fraction(a, x).ln();
        return LogTails { lower: log_one_minus_exp(upper), upper, density };
    }
    let lower = prefactor + gamma_series(a, x).ln();
    let upper = if a < 1.0 { small_shape_upper(a, x) } else { log_one_minus_exp(lower) };
    // Rounding may carry a probability an ulp above one.
    LogTails { lower: lower.min(0.0), upper, density }
}

/// $\sum_{k \ge 0} x^k / ((a+1) \cdots (a+k))$.
fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut sum, mut term, mut shape) = (1.0, 1.0, a);
    for _ in 0..TERMS_MAX {
        shape += 1.0;
        term *= x / shape;
        sum += term;
        if term < 1e-17 * sum {
            break;
        }
    }
    sum
}

/// $Q(a, x) \Gamma(a) / (x^a e^{-x})$ by Lentz's method; $x \ge a + 1$.
fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let mut c = f64::INFINITY;
    let mut d = 1.0 / b;
    let mut value = d;
    for k in 1..TERMS_MAX {
        let k = k as f64;
        let numerator = -k * (k - a);
        b += 2.0;
        // For x >= a + 1 neither denominator vanishes.
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        let factor = d * c;
        value *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
    }
    value
}

/// $\ln Q(a, x)$ for $a < 1$, $x < a + 1$, where $Q$ is small although $x$ is: with
/// $g = x^a / \Gamma(a + 1)$, $Q = (1 - g) - g \sum_{k \ge 1} \frac{a (-x)^k}{(a + k) k!}$.
fn small_shape_upper(a: f64, x: f64) -> f64 {
    let log_g = a * x.ln() - log_gamma_one_plus(a);
    let (mut sum, mut power) = (0.0, 1.0);
    for k in 1..200 {
        let k = f64::from(k);
        power *= -x / k;
        let term = a * power / (a + k);
        sum += term;
        if term.abs() <= 1e-17 * sum.abs() {
            break;
        }
    }
    let upper = -log_g.exp_m1() - log_g.exp() * sum;
    if upper > 0.0 { upper.ln().min(0.0) } else { f64::NEG_INFINITY }
}

/// $\ln P(a, x)$, the logarithm of the gamma law's distribution function with shape `a` > 0.
pub fn log_gamma_cdf(a: f64, x: f64) -> f64 {
    check_shape(a);
    gamma_tails(a, x.max(0.0)).lower
}

/// $\ln Q(a, x)$, the logarithm of the gamma law's upper tail with shape `a` > 0.
pub fn log_gamma_sf(a: f64, x: f64) -> f64 {
    check_shape(a);
    gamma_tails(a, x.max(0.0)).upper
}

/// $\Pr(\chi^2_{df} \le x)$, df > 0 and not necessarily whole; 0 for $x \le 0$.
///
/// Relative error about $10^{-14}$, growing to $|\ln p| \cdot 10^{-16}$ in the far tail.
pub fn chi_squared_cdf(df: f64, x: f64) -> f64 {
    log_gamma_cdf(0.5 * df, 0.5 * x).exp()
}

/// $\Pr(\chi^2_{df} > x)$, df > 0; 1 for $x \le 0$. Relative error as for [`chi_squared_cdf`].
pub fn chi_squared_sf(df: f64, x: f64) -> f64 {
    log_gamma_sf(0.5 * df, 0.5 * x).exp()
}

/// The $x$ with $\Pr(\chi^2_{df} \le x) = p$; df in $(0, 10^6]$ and beyond, p in $[0, 1]$.
///
/// Newton's method for $\ln P$ as a function of $\ln x$, inside a bracket, from the
/// Wilson-Hilferty approximation; relative error of a few $10^{-15}$ (times $|\ln p| /$ slope).
/// Where the answer is below the smallest double it is 0. `statrs` returns $9.3 \cdot 10^{-10}$
/// for the gamma quantile at $a = 1/2$, $p = 10^{-9}$, which is $7.9 \cdot 10^{-19}$.
///
/// # Panics
/// If `df` is not positive and finite or `p` not in $[0, 1]$.
pub fn chi_squared_quantile(df: f64, p: f64) -> f64 {
    check_probability(p);
    if p <= 0.5 {
        2.0 * gamma_lower_quantile(0.5 * df, p)
    } else {
        2.0 * gamma_upper_quantile(0.5 * df, 1.0 - p)
    }
}

/// The $x$ with $\Pr(\chi^2_{df} > x) = q$, without the loss of writing $1 - q$.
///
/// # Panics
/// If `df` is not positive and finite or `q` not in $[0, 1]$.
pub fn chi_squared_isf(df: f64, q: f64) -> f64 {
    check_probability(q);
    if q <= 0.5 {
        2.0 * gamma_upper_quantile(0.5 * df, q)
    } else {
        2.0 * gamma_lower_quantile(0.5 * df, 1.0 - q)
    }
}

fn check_shape(a: f64) {
    assert!(a > 0.0 && a.is_finite(), "a shape or half degrees of freedom must be > 0, not {a}");
}

pub(super) fn check_probability(p: f64) {
    assert!((0.0..=1.0).contains(&p), "a probability must be in [0, 1], not {p}");
}

/// Wilson and Hilferty's start for $\ln x$: $(X/a)^{1/3}$ is nearly normal. Useful for a > 0.2.
fn wilson_hilferty(a: f64, normal: f64) -> f64 {
    let v = 1.0 / (9.0 * a);
    let root = 1.0 - v + normal * v.sqrt();
    a.ln() + 3.0 * root.max(1e-3).ln()
}

fn gamma_lower_quantile(a: f64, p: f64) -> f64 {
    check_shape(a);
    if p == 0.0 {
        return 0.0;
    }
    // P(a, x) <= x^a / Gamma(a + 1), so this is below the root.
    let low = (p.ln() + log_gamma_one_plus(a)) / a;
    if low < LOG_SMALLEST {
        // Down there the bound is the root itself.
        return 0.0;
    }
    let high = a.ln().max(0.0) + LN_2;
    let start = wilson_hilferty(a, super::normal::normal_quantile(p)).max(low);
    // A median is below its mean a, so [low, ln a] holds the root for p <= 1/2.
    let log_p = p.ln();
    let value = |z: f64| {
        let t = gamma_tails(a, z.exp());
        Newton { value: t.lower - log_p, slope: (t.density - t.lower).exp() }
    };
    solve_log_tail(value, low, high, start)
}

fn gamma_upper_quantile(a: f64, q: f64) -> f64 {
    check_shape(a);
    if q == 0.0 {
        return f64::INFINITY;
    }
    let log_q = q.ln();
    let low = ((-q).ln_1p() + log_gamma_one_plus(a)) / a;
    if low < LOG_SMALLEST {
        return 0.0;
    }
    // Q(a, x) <= e^{-x/2} 2^a, the Chernoff bound at 1/2.
    let high = (2.0 * (a * LN_2 - log_q)).ln() + 0.1;
    let start = wilson_hilferty(a, super::normal::normal_isf(q));
    let value = |z: f64| {
        let t = gamma_tails(a, z.exp());
        Newton { value: log_q - t.upper, slope: (t.density - t.upper).exp() }
    };
    solve_log_tail(value, low, high, start)
}

#[cfg(test)]
// Known values are written as their source gives them.
#[expect(clippy::excessive_precision)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got / want - 1.0).abs() <= tolerance, "{got} instead of {want}");
    }

    /// mpmath, 40 digits. The first, third and fourth rows are where `statrs` fails.
    #[test]
    fn chi_squared_quantiles_match_known_values() {
        for (df, p, want) in [
            (1.0, 1e-9, 1.57079632679489682e-18),
            (0.2, 1e-12, 1.2146096724815949e-120),
            (3.0, 1e-14, 1.12233057829739863e-9),
            (5.0, 0.3, 2.99990813275990621),
            (60.0, 1e-7, 19.128805074250324),
            (60.0, 0.5, 59.3346662764424627),
            (1000.0, 1e-20, 640.374297734500723),
            (32.0, 0.002703873, 14.1710308624718767),
        ] {
            close(chi_squared_quantile(df, p), want, 3e-14);
        }
        for (df, q, want) in [
            (1.0, 1e-9, 37.324893051362329),
            (1.0, 1e-300, 1373.87263122239414),
            (0.2, 1e-12, 45.074052946487228),
            (0.01, 1e-3, 2.11774972308231923),
            (3.0, 1e-14, 68.2729902495402032),
            (5.0, 0.3, 6.06442998415490496),
            (60.0, 1e-7, 135.19400106002055),
            (60.0, 1e-16, 198.516521787157611),
            (1000.0, 1e-20, 1472.45690210755731),
            (10000.0, 1e-7, 10752.7334566029836),
        ] {
            close(chi_squared_isf(df, q), want, 3e-14);
        }
        // 1.57e-600 is no double.
        assert_eq!(chi_squared_quantile(1.0, 1e-300), 0.0);
        assert_eq!(chi_squared_quantile(7.0, 0.0), 0.0);
        assert_eq!(chi_squared_quantile(7.0, 1.0), f64::INFINITY);
    }

    /// mpmath, 30 digits: logarithms of both tails.
    #[test]
    fn chi_squared_tails_match_known_values() {
        for (df, x, lower, upper) in [
            (1e4, 9500.0, -8.71329223728503417, -0.000164399677245246859),
            (1e4, 10500.0, -0.000247978112020046623, -8.30229406017173561),
            (1000.0, 1200.0, -0.0000122560174352977629, -11.3094996503766763),
        ] {
            close(log_gamma_cdf(0.5 * df, 0.5 * x), lower, 1e-13);
            close(log_gamma_sf(0.5 * df, 0.5 * x), upper, 1e-13);
        }
        close(log_gamma_cdf(500.0, 1.0), -2612.32846046546141, 1e-14);
        close(log_gamma_sf(1.5, 400.0), -396.882237824145053, 1e-14);
        // One and two degrees of freedom are elementary.
        for x in [1e-30_f64, 1e-5, 0.3, 1.4, 1.6, 2.9, 3.1, 40.0, 700.0] {
            close(chi_squared_cdf(2.0, x), -(-0.5 * x).exp_m1(), 1e-14);
            close(chi_squared_sf(2.0, x), (-0.5 * x).exp(), 2e-13);
            close(chi_squared_sf(1.0, x), libm::erfc((0.5 * x).sqrt()), 1e-12);
        }
    }

    /// Quantile and distribution function undo each other from the smallest to the largest shapes.
    #[test]
    fn chi_squared_quantile_inverts_the_tails() {
        for exponent in -12..=24 {
            let df = 10_f64.powf(0.25 * f64::from(exponent));
            for p in [1e-300_f64, 1e-100, 1e-14, 1e-5, 0.1, 0.5] {
                // The slope in ln x bounds what a relative rounding of x does to the tail.
                let tolerance = 2e-13 * (1.0 + df.sqrt()) * (1.0 - p.ln()).sqrt();
                let low = chi_squared_quantile(df, p);
                // The numbers below 1e-300 have fewer digits.
                if low > 1e-300 {
                    close(chi_squared_cdf(df, low), p, tolerance);
                }
                let high = chi_squared_isf(df, p);
                if high > 1e-300 {
                    close(chi_squared_sf(df, high), p, tolerance);
                }
                assert!(low <= high * (1.0 + 1e-12));
            }
        }
    }

    /// mpmath, 40 digits.
    #[test]
    fn logarithms_match_known_values() {
        for (n, k, want) in [
            (1_000_000_000, 1, 20.7232658369464112),
            (50, 25, 32.4705565058119922),
            (1000, 500, 689.46726156785118),
            (1_000_000, 100, 1017.80673007668075),
            (1_000_000_000_000, 1_000_000, 14815502.2312707119),
            (5, 2, std::f64::consts::LN_10),
        ] {
            close(ln_choose(n, k), want, 2e-15);
            close(ln_choose(n, n - k), want, 2e-15);
        }
        assert_eq!(ln_choose(7, 7), 0.0);
        for (x, want) in [
            (1e-10, -5.77215664819286178e-11),
            (-0.05, 0.0309687952379728989),
            (0.07, -0.0365062763295625735),
            (0.3, -0.108174809507860469),
        ] {
            close(log_gamma_one_plus(x), want, 1e-15);
        }
    }
}

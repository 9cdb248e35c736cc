//! The standard normal law: distribution function, both tails, logarithm of the tail, quantiles.
//!
//! Built on `libm::erfc` (relative error $2 \cdot 10^{-16}$); `statrs`' own `erfc` is good to
//! $5 \cdot 10^{-11}$ only and is not used. Its inverse is, which is good to $2 \cdot 10^{-16}$.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// $1/\sqrt 2$ minus its double-precision value.
const FRAC_1_SQRT_2_LOW: f64 = -4.833_646_656_726_457e-17;

/// Density $\varphi(x) = e^{-x^2/2} / \sqrt{2 \pi}$.
pub fn normal_density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Upper tail $\Pr(Z > x) = \tfrac12 \operatorname{erfc}(x / \sqrt 2)$, relative error about
/// $10^{-15}$ until it underflows at $x = 38.5$.
///
/// ```text
/// normal_sf(3.0) = 0.0013498980316300945
/// ```
pub fn normal_sf(x: f64) -> f64 {
    let z = x * FRAC_1_SQRT_2;
    let plain = 0.5 * libm::erfc(z);
    if !(1.0..40.0).contains(&x) {
        return plain;
    }
    // Rounding z alone would cost a relative x^2 1e-16 in the tail: 1.5e-13 at x = 37.
    let rest = x.mul_add(FRAC_1_SQRT_2, -z) + x * FRAC_1_SQRT_2_LOW;
    plain - rest * (-z * z).exp() / PI.sqrt()
}

/// Distribution function $\Phi(x) = \Pr(Z \le x)$, relative error about $10^{-15}$ in both tails.
pub fn normal_cdf(x: f64) -> f64 {
    normal_sf(-x)
}

/// $\ln \Phi(x)$, good to a relative $10^{-15}$ however far in the tail: $x = -10^{150}$ is fine.
pub fn log_normal_cdf(x: f64) -> f64 {
    if x > 0.0 {
        return (-normal_sf(x)).ln_1p();
    }
    if x > -10.0 {
        return normal_sf(-x).ln();
    }
    // Mills' ratio as a continued fraction, 1/(t + 1/(t + 2/(t + ...))): 60 terms are more than
    // enough from t = 10 on.
    let t = -x;
    let mut tail = t;
    for k in (1..=60).rev() {
        tail = t + f64::from(k) / tail;
    }
    -0.5 * t * t - tail.ln() - 0.5 * (2.0 * PI).ln()
}

/// Quantile $\Phi^{-1}(p)$, $0 \le p \le 1$; $\mp\infty$ at the ends.
///
/// # Panics
/// If `p` is not in $[0, 1]$.
pub fn normal_quantile(p: f64) -> f64 {
    -normal_isf(p)
}

/// Upper quantile: the $x$ with $\Pr(Z > x) = q$, without the loss of writing $1 - q$.
///
/// # Panics
/// If `q` is not in $[0, 1]$.
pub fn normal_isf(q: f64) -> f64 {
    assert!((0.0..=1.0).contains(&q), "a probability q must be in [0, 1], not {q}");
    if q == 0.0 {
        return f64::INFINITY;
    }
    if q == 1.0 {
        return f64::NEG_INFINITY;
    }
    SQRT_2 * statrs::function::erf::erfc_inv(2.0 * q)
}

#[cfg(test)]
// Known values are written as their source gives them.
#[expect(clippy::excessive_precision)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got / want - 1.0).abs() <= tolerance, "{got} instead of {want}");
    }

    /// mpmath, 50 digits.
    #[test]
    fn tails_match_known_values() {
        for (x, want) in [
            (0.5, 0.308537538725986896),
            (1.0, 0.158655253931457051),
            (3.0, 0.00134989803163009453),
            (8.0, 6.22096057427178412e-16),
            (20.0, 2.7536241186062337e-89),
            (37.0, 5.72557122252457682e-300),
        ] {
            close(normal_sf(x), want, 2e-15);
            close(normal_cdf(-x), want, 2e-15);
            close(normal_cdf(x), 1.0 - want, 4e-16);
        }
        for (x, want) in [
            (0.5, -0.368946415288656393),
            (-3.0, -6.60772622151034954),
            (-9.5, -48.3060192989652303),
            (-10.5, -58.4041870610732434),
            (-40.0, -804.608442013753788),
            (-1e4, -50000010.1292789152),
            (8.0, -6.22096057427178606e-16),
        ] {
            close(log_normal_cdf(x), want, 2e-15);
        }
        assert_eq!(normal_sf(f64::INFINITY), 0.0);
        assert_eq!(normal_sf(f64::NEG_INFINITY), 1.0);
        assert!(log_normal_cdf(-1e150).is_finite());
    }

    /// mpmath, 50 digits.
    #[test]
    fn quantiles_match_known_values() {
        for (q, want) in [
            (0.3, 0.524400512708040816),
            (1e-3, 3.09023230616781354),
            (1e-9, 5.99780701500768686),
            (1e-14, 7.65062809293526882),
            (1e-100, 21.2734535609653243),
            (1e-300, 37.0470962993611992),
        ] {
            close(normal_isf(q), want, 1e-15);
            close(normal_quantile(q), -want, 1e-15);
        }
        assert_eq!(normal_isf(0.5), 0.0);
        assert_eq!(normal_isf(0.0), f64::INFINITY);
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
    }
}

//! The Airy function, $\operatorname{Ai}'' = x \operatorname{Ai}$, bounded at $+\infty$.
//!
//! Beyond $|x| = 9$ the asymptotic series (DLMF 9.7.5 and 9.7.9), whose least term is of the order
//! of $e^{-2 \zeta} = 2 \cdot 10^{-16}$ there, $\zeta = \frac23 |x|^{3/2}$. Between, Taylor series
//! around multiples of 1/2, each from the one above: carried downwards from 9 the decaying solution
//! dominates the other, and below 0 neither grows, so that no step loses anything.

use std::f64::consts::{FRAC_PI_4, PI};
use std::sync::LazyLock;

/// Where the asymptotic series begin.
const REACH: f64 = 9.0;

/// Distance of two centres.
const STEP: f64 = 0.5;

/// Centres from 9 down to -9.
const CENTRES: usize = 37;

/// Terms of a Taylor series: at $k = 24$ one is $(3/2)^k / k! = 3 \cdot 10^{-20}$ of the first.
const TERMS: usize = 24;

/// Most terms of an asymptotic series: at $\zeta = 18$ they fall up to the 36th.
const TERMS_MAX: usize = 36;

/// Taylor coefficients around $9 - k/2$.
static SERIES: LazyLock<Vec<[f64; TERMS]>> = LazyLock::new(|| {
    let mut here = decaying(REACH);
    let centre = |k: usize| {
        let series = taylor(REACH - STEP * k as f64, here);
        here = value_and_slope(&series, -STEP);
        series
    };
    (0..CENTRES).map(centre).collect()
});

/// $\operatorname{Ai}(x)$: relative error $10^{-15} (1 + \zeta)$ for $x \ge 0$, absolute error
/// $10^{-15} (1 + \zeta)$ below, $\zeta = \frac23 |x|^{3/2}$; 0 at both infinities. About 20 ns for
/// $|x| \le 9$.
///
/// ```text
/// airy_ai(0.0) = 0.355028053887817
/// ```
pub fn airy_ai(x: f64) -> f64 {
    if x.is_infinite() {
        return 0.0;
    }
    if x > REACH {
        return decaying(x)[0];
    }
    if x < -REACH {
        return oscillating(-x);
    }
    let nearest = ((REACH - x) / STEP).round();
    let step = x - (REACH - STEP * nearest);
    // NaN becomes 0 as an index, and stays NaN as a step.
    SERIES[nearest as usize].iter().rev().fold(0.0, |sum, c| c + step * sum)
}

/// The Taylor coefficients around `centre` of the solution with this value and slope.
fn taylor(centre: f64, [value, slope]: [f64; 2]) -> [f64; TERMS] {
    let mut series = [0.0; TERMS];
    (series[0], series[1]) = (value, slope);
    for k in 2..TERMS {
        let before = if k == 2 { 0.0 } else { series[k - 3] };
        series[k] = (centre * series[k - 2] + before) / (k * (k - 1)) as f64;
    }
    series
}

/// The value of a series, and its slope.
fn value_and_slope(series: &[f64; TERMS], step: f64) -> [f64; 2] {
    series
        .iter()
        .rev()
        .fold([0.0, 0.0], |[value, slope], c| [c + step * value, value + step * slope])
}

/// $u_k / \zeta^k$ of DLMF 9.7.2, up to the least or the last that matters.
fn terms(zeta: f64) -> impl Iterator<Item = (usize, f64)> {
    let next = move |(k, term): &(usize, f64)| {
        let k6 = 6.0 * (k + 1) as f64;
        let ratio = (k6 - 5.0) * (k6 - 1.0) / (12.0 * k6 * zeta);
        Some((k + 1, term * ratio)).filter(|(_, next)| *next > 1e-18 && next < term)
    };
    std::iter::successors(Some((0, 1.0)), next).take(TERMS_MAX)
}

/// $\operatorname{Ai}(x)$ and its slope for large $x > 0$.
fn decaying(x: f64) -> [f64; 2] {
    let zeta = 2.0 / 3.0 * x * x.sqrt();
    let (mut value, mut slope, mut sign) = (0.0, 0.0, 1.0);
    for (k, term) in terms(zeta) {
        let k6 = 6.0 * k as f64;
        value += sign * term;
        slope += sign * term * (k6 + 1.0) / (k6 - 1.0);
        sign = -sign;
    }
    let size = (-zeta).exp() / (2.0 * PI.sqrt());
    let quarter = x.sqrt().sqrt();
    [size / quarter * value, size * quarter * slope]
}

/// $\operatorname{Ai}(-x)$ for large $x > 0$.
fn oscillating(x: f64) -> f64 {
    let zeta = 2.0 / 3.0 * x * x.sqrt();
    let (mut even, mut odd) = (0.0, 0.0);
    for (k, term) in terms(zeta) {
        let sign = if k / 2 % 2 == 0 { 1.0 } else { -1.0 };
        if k % 2 == 0 {
            even += sign * term;
        } else {
            odd += sign * term;
        }
    }
    let (sin, cos) = (zeta - FRAC_PI_4).sin_cos();
    (cos * even + sin * odd) / (PI.sqrt() * x.sqrt().sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// mpmath, 40 digits.
    const KNOWN: [(f64, f64); 18] = [
        (-40.0, -0.0459339234379572496),
        (-12.5, -0.276274561381160248),
        (-9.25, 0.205239808760355423),
        (-9.0, -0.0221337215473414037),
        (-7.3, 0.335770370515147277),
        (-4.6, 0.337495975489462728),
        (-2.338107410459767, 2.743319340666283e-17),
        (-1.0, 0.535560883292352119),
        (-0.25, 0.418724614275452924),
        (0.0, 0.355028053887817239),
        (0.6, 0.209800061666379473),
        (2.25, 0.0236546585577474462),
        (5.0, 0.000108344428136074417),
        (8.75, 5.24011423189175242e-9),
        (9.0, 2.47116843087248984e-9),
        (10.0, 1.10475325528986859e-10),
        (25.0, 8.11602682469138668e-38),
        (60.0, 2.78314870949693554e-136),
    ];

    #[test]
    fn it_has_known_values() {
        for (x, want) in KNOWN {
            let unit = if x >= 0.0 { want } else { 1.0 };
            let zeta = 2.0 / 3.0 * x.abs().powf(1.5);
            let error = (airy_ai(x) - want).abs() / unit;
            assert!(error <= 1e-15 * (1.0 + zeta), "{x}: {} instead of {want}", airy_ai(x));
        }
        assert_eq!([f64::INFINITY, f64::NEG_INFINITY].map(airy_ai), [0.0, 0.0]);
        assert!(airy_ai(f64::NAN).is_nan());
        assert_eq!(airy_ai(1e4), 0.0);
    }

    /// Series of neighbours, and the asymptotic ones, meet.
    #[test]
    fn there_is_no_seam() {
        for k in 0..=74 {
            let x = REACH + 0.25 - 0.25 * f64::from(k);
            let (below, above) = (airy_ai(x.next_down()), airy_ai(x.next_up()));
            let unit = if x >= 0.0 { above } else { 1.0 };
            assert!((below - above).abs() <= 2e-14 * unit, "{x}: {below} and {above}");
        }
    }

    /// The slope at 0, $-3^{-1/3} / \Gamma(1/3)$, after 18 steps from 9.
    #[test]
    fn the_slope_is_carried_too() {
        let slope = SERIES[18][1];
        assert!((slope + 0.258_819_403_792_806_8).abs() < 1e-15, "{slope}");
    }
}

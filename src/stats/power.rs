//! How many rounds a promise needs, and how a total is shared among claims. Planning only: nothing
//! here enters a verdict.
//!
//! An interval has half-width $k(n)s/\sqrt n$, and its centre errs by $z$ standard errors or less
//! with the wanted probability. So a mean is supported at tolerance $\varepsilon$ once
//! $(k+z)s/\sqrt n \le \varepsilon$, that is about
//!
//! $$n \approx \Bigl(\frac{(k+z)\,\mathrm{cv}}{r}\Bigr)^2$$
//!
//! for the relative tolerance $r$; refuting a mutant at relative gap $g$ takes the same with $g$
//! for $r$. At $\alpha = 10^{-6}$, 90 % and $\mathrm{cv} = 1$ that is $48/r^2$. Looks, of
//! which there are four from one doubling to the next, add up to a quarter.

use crate::stats::law::band_radius;
use crate::stats::mean::{RHO, radius_factor};
use libm::ceil;

/// The normal quantile of 75 %.
pub const Z_75: f64 = 0.674_489_750_196_081_7;

/// The normal quantile of 90 %: what plans use unless said otherwise.
pub const Z_90: f64 = 1.281_551_565_544_600_5;

/// The normal quantile of 99.9 %: what a mutant has to be refuted with.
pub const Z_999: f64 = 3.090_232_306_167_813_5;

/// By how much to multiply a squared cv from a pilot of 64 rounds, whose relative standard
/// deviation is $\sqrt{(\kappa-1)/64}$.
pub const PILOT_MARGIN: f64 = 1.5;

/// The 90 % quantile of $\sqrt n \sup|\hat F - F|$ (Kolmogorov's law).
const KOLMOGOROV_90: f64 = 1.223_847_870_217_082_5;

/// The first look of a law claim, in rounds.
const FIRST_LOOK: u64 = 256;

/// Plans beyond this are out of reach: [`u64::MAX`] is returned.
const ROUNDS_MAX: u64 = 1 << 60;

/// $\lceil((k+z)\,\mathrm{cv}/r)^2\rceil$ rounds: the half-width `k` of the interval and the
/// margin `z` in standard errors, the coefficient of variation, and the relative tolerance or gap
/// `r`. At least 1; [`u64::MAX`] where the tolerance is out of reach.
pub fn rounds_needed(cv: f64, r: f64, k: f64, z: f64) -> u64 {
    let root = (k + z) * cv / r;
    whole(root * root)
}

/// The least $n \ge 2$ with $(k(n) + z)\,\mathrm{sd}/\sqrt n \le$ `tolerance` at 90 %, $k(n)$ being
/// the half-width of the mean's interval at level `alpha` after $n$ rounds.
///
/// `sd` and `tolerance` in the same unit. [`u64::MAX`] where the tolerance is not positive, or
/// either is not a number.
pub fn rounds_for_support(sd: f64, tolerance: f64, alpha: f64) -> u64 {
    let reached = |n: u64| {
        let factor = radius_factor(n, alpha, RHO) + Z_90;
        factor.is_finite() && factor * sd <= tolerance * (n as f64).sqrt()
    };
    if !(tolerance > 0.0 && sd >= 0.0) {
        return u64::MAX;
    }
    least(2, reached)
}

/// The rounds after which a law that holds exactly is supported within Kolmogorov distance
/// `tolerance`, at 90 %: the distance of the sample and the half-width of its band at that look
/// fit in together. Looks are at 256, 512, ...
///
/// [`u64::MAX`] where the tolerance is not positive or out of reach.
pub fn law_rounds(tolerance: f64, alpha: f64) -> u64 {
    if tolerance <= 0.0 || tolerance.is_nan() {
        return u64::MAX;
    }
    for look in 1..=48 {
        let root = (KOLMOGOROV_90 + band_radius(1, look, alpha)) / tolerance;
        let needed = whole(root * root);
        if needed <= FIRST_LOOK << (look - 1) {
            return needed;
        }
    }
    u64::MAX
}

/// What a claim asks of a shared total, in one unit of cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Need {
    /// The cost at which it reaches its promise.
    pub cost: f64,
    /// The cost below which some mutant would not be refuted.
    pub floor: f64,
}

/// How a total is shared: each claim its need where all fit; else in proportion to the needs,
/// which makes the largest ratio of resolution to promise as small as possible (all become
/// $\sqrt{\sum\text{need}/T}$), but no claim below its floor.
///
/// Where not even the floors fit, the total is shared in proportion to them, and a claim that has
/// less than its floor has to say that it is underpowered. All numbers are finite and not negative.
pub fn share_budget(needs: &[Need], total: f64) -> Vec<f64> {
    for need in needs {
        let fine = |cost: f64| cost >= 0.0 && cost.is_finite();
        assert!(fine(need.cost) && fine(need.floor), "{need:?} is not a need");
    }
    assert!(total >= 0.0, "total = {total} is negative");
    let wanted: Vec<f64> = needs.iter().map(|need| need.cost.max(need.floor)).collect();
    if wanted.iter().sum::<f64>() <= total {
        return wanted;
    }
    let floors: f64 = needs.iter().map(|need| need.floor).sum();
    if floors > total {
        return needs.iter().map(|need| total * need.floor / floors).collect();
    }
    let mut at_floor = vec![false; needs.len()];
    // Each turn puts at least one more claim at its floor, so that there are at most as many.
    for _ in 0..=needs.len() {
        let (mut left, mut asked) = (total, 0.0);
        for (need, fixed) in needs.iter().zip(&at_floor) {
            if *fixed { left -= need.floor } else { asked += need.cost }
        }
        let ratio = if asked > 0.0 { left / asked } else { 0.0 };
        let below: Vec<usize> = (0..needs.len())
            .filter(|i| !at_floor[*i] && needs[*i].cost * ratio < needs[*i].floor)
            .collect();
        if below.is_empty() {
            let given = |(need, fixed): (&Need, &bool)| {
                if *fixed { need.floor } else { need.cost * ratio }
            };
            return needs.iter().zip(&at_floor).map(given).collect();
        }
        below.iter().for_each(|i| at_floor[*i] = true);
    }
    needs.iter().map(|need| need.floor).collect()
}

/// The least whole number from `start` on that has a property which, once had, is kept.
fn least(start: u64, has: impl Fn(u64) -> bool) -> u64 {
    if has(start) {
        return start;
    }
    let (mut few, mut many) = (start, 2 * start);
    while !has(many) {
        if many >= ROUNDS_MAX {
            return u64::MAX;
        }
        (few, many) = (many, 2 * many);
    }
    // At most 60 halvings.
    while many - few > 1 {
        let middle = few + (many - few) / 2;
        if has(middle) { many = middle } else { few = middle }
    }
    many
}

/// Rounded up; at least 1, and [`u64::MAX`] beyond [`ROUNDS_MAX`] or for NaN.
fn whole(rounds: f64) -> u64 {
    if rounds <= ROUNDS_MAX as f64 { (ceil(rounds) as u64).max(1) } else { u64::MAX }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 8 of the specification: cv .2, α = 1e-6.
    #[test]
    fn rounds_match_known_values() {
        for (r, z, known) in
            [(0.01, Z_75, 16.1e3), (0.01, Z_90, 19.3e3), (0.003, Z_75, 179e3), (0.003, Z_90, 215e3)]
        {
            let found = rounds_needed(0.2, r, 5.666, z) as f64;
            assert!((found / known - 1.0).abs() < 5e-3, "{found} instead of {known}");
        }
        let found = rounds_needed(1.0, 0.01, 5.666, Z_90) as f64;
        assert!((found / 483e3 - 1.0).abs() < 2e-3, "{found}");
        assert_eq!(rounds_needed(0.0, 0.01, 5.0, Z_90), 1);
        assert_eq!(rounds_needed(1.0, 0.0, 5.0, Z_90), u64::MAX);
        assert_eq!(rounds_needed(f64::NAN, 0.1, 5.0, Z_90), u64::MAX);
        assert_eq!(rounds_needed(1.0, 0.1, f64::INFINITY, Z_90), u64::MAX);
    }

    #[test]
    fn support_needs_the_least_count_that_reaches_the_tolerance() {
        for (sd, tolerance, alpha) in [(1.0, 0.1, 1e-6), (0.2, 0.01, 1e-6), (3.0, 1.0, 0.05)] {
            let n = rounds_for_support(sd, tolerance, alpha);
            let width = |n: u64| (radius_factor(n, alpha, RHO) + Z_90) * sd / (n as f64).sqrt();
            assert!(width(n) <= tolerance && width(n - 1) > tolerance, "{n}");
        }
        // No spread: as soon as the interval is finite.
        let n = rounds_for_support(0.0, 0.1, 1e-6);
        assert!(radius_factor(n, 1e-6, RHO).is_finite());
        assert!(radius_factor(n - 1, 1e-6, RHO).is_infinite());
        for (sd, tolerance) in [(1.0, 0.0), (1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::NAN)] {
            assert_eq!(rounds_for_support(sd, tolerance, 1e-6), u64::MAX);
        }
        assert_eq!(rounds_for_support(f64::INFINITY, 1.0, 1e-6), u64::MAX);
    }

    #[test]
    fn a_law_needs_its_band_and_its_own_distance() {
        for (tolerance, alpha) in [(0.3, 0.05), (0.05, 1e-6), (0.01, 1e-9)] {
            let n = law_rounds(tolerance, alpha);
            let look = (1..40).find(|look| FIRST_LOOK << (look - 1) >= n).unwrap();
            let fits = |n: u64| {
                let distance = KOLMOGOROV_90 / (n as f64).sqrt();
                distance + band_radius(n, look, alpha) <= tolerance * (1.0 + 1e-12)
            };
            assert!(fits(n) && !fits(n - 1), "{n}");
        }
        assert_eq!(law_rounds(0.0, 1e-6), u64::MAX);
        assert_eq!(law_rounds(f64::NAN, 1e-6), u64::MAX);
        assert_eq!(law_rounds(1e-12, 1e-6), u64::MAX);
    }

    /// $1 - K(x) = 2\sum(-1)^{k-1}e^{-2k^2x^2}$.
    #[test]
    fn quantiles_are_those_of_their_laws() {
        let x = KOLMOGOROV_90;
        let tail: f64 = (1..6)
            .map(|k| 2.0 * (-1_f64).powi(k - 1) * (-2.0 * f64::from(k * k) * x * x).exp())
            .sum();
        assert!((tail - 0.1).abs() < 1e-12, "{tail}");
        for (z, tail) in [(Z_75, 0.25), (Z_90, 0.1), (Z_999, 1e-3)] {
            let found = 0.5 * libm::erfc(z / std::f64::consts::SQRT_2);
            assert!((found / tail - 1.0).abs() < 1e-12, "{found}");
        }
    }

    fn needs(pairs: &[(f64, f64)]) -> Vec<Need> {
        pairs.iter().map(|(cost, floor)| Need { cost: *cost, floor: *floor }).collect()
    }

    #[track_caller]
    fn shared(pairs: &[(f64, f64)], total: f64, known: &[f64]) {
        let found = share_budget(&needs(pairs), total);
        assert_eq!(found.len(), known.len());
        for (x, y) in found.iter().zip(known) {
            assert!((x - y).abs() < 1e-12 * (1.0 + y), "{found:?} instead of {known:?}");
        }
    }

    #[test]
    fn a_total_is_shared() {
        shared(&[(3.0, 1.0), (1.0, 2.0)], 6.0, &[3.0, 2.0]);
        shared(&[(3.0, 0.0), (1.0, 0.0)], 2.0, &[1.5, 0.5]);
        shared(&[(30.0, 0.0), (10.0, 5.0), (10.0, 0.0)], 9.0, &[3.0, 5.0, 1.0]);
        // Putting one at its floor pushes the next below its own.
        shared(&[(10.0, 9.0), (10.0, 4.0), (10.0, 0.0)], 15.0, &[9.0, 4.0, 2.0]);
        shared(&[(10.0, 6.0), (10.0, 2.0)], 4.0, &[3.0, 1.0]);
        shared(&[(0.0, 0.0), (5.0, 0.0)], 1.0, &[0.0, 1.0]);
        shared(&[], 1.0, &[]);
        shared(&[(5.0, 0.0)], 0.0, &[0.0]);
    }
}

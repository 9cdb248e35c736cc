//! Whether a simulated curve has changed: stored moments against fresh ones, point by point.
//!
//! With the same streams and the same code, moments agree to rounding ([`agree`]). Otherwise each
//! point $j$ gives a normal score $z_j$, and three tests at $\alpha/3$ each look for three kinds
//! of change:
//!
//! * $\max|z_j|$, at $\alpha/(3J)$ a point: one point that moved;
//! * $|\sum z_j|/\sqrt J$: all points moved a little, the same way;
//! * $\sum z_j^2$ against $\chi^2_J$: many points moved, either way.
//!
//! None of them covers for another (a shift of all points by half a standard error is seen by the
//! second alone), and the naive rule, whether the two intervals overlap, sees almost nothing.
//! The last two need points that share no random numbers.
//!
//! The score starts as Welch's statistic
//! $t = (\bar x_{new} - \bar x_{old})/\sqrt V$, $V = s_o^2/n_o + s_n^2/n_n$. It is corrected for
//! skewness by Hall's transformation with
//! $g = (\hat\gamma_n s_n^3/n_n^2 - \hat\gamma_o s_o^3/n_o^2)/V^{3/2}$, the skewness of the
//! difference (the same law on both sides at the same size cancels), and then taken from Student's
//! law to the normal one by Wallace's formula
//! $z = \frac{8\nu+1}{8\nu+3}\sqrt{\nu\log(1+t^2/\nu)}$, whose tail is right to 1 % up to
//! $|t| = 8$ from $\nu = 62$ on, and too large rather than too small.
//!
//! Sources: B. L. Welch, *The generalization of Student's problem*, Biometrika 34 (1947); P. Hall,
//! *On the removal of skewness by transformation*, J. R. Stat. Soc. B 54 (1992); D. L. Wallace,
//! *Bounds on normal approximations to Student's and the chi-square distributions*, Ann. Math.
//! Stat. 30 (1959).

use crate::special::{chi_squared_sf, normal_sf};
use crate::stats::mean::hall;
use crate::stats::moments::Moments;
use libm::log1p;

/// The relative difference of moments that are taken for the same: machines without fused
/// multiply-add differ in the last bits.
pub const SAME: f64 = 1e-9;

/// One of the three tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The point that moved most.
    Max,
    /// The common shift.
    Sum,
    /// The sum of squares.
    Square,
}

/// A statistic and the probability of one at least as large when nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// The statistic, in standard errors, or for [`Which::Square`] in squares of these.
    pub statistic: f64,
    /// The p-value; 0 where the statistic is infinite or not a number.
    pub p_value: f64,
}

/// What the comparison of two curves found.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The normal score of each point, positive where the new mean is larger.
    pub scores: Vec<f64>,
    /// $\max|z_j|$, its p-value multiplied by the number of points.
    pub max: Test,
    /// $\sum z_j/\sqrt J$, with its sign; the p-value is two-sided.
    pub sum: Test,
    /// $\sum z_j^2$.
    pub chi2: Test,
    /// The probability that any of the three fails when nothing has changed.
    pub alpha: f64,
}

impl Comparison {
    /// Whether any of the three tests fails.
    pub fn fails(&self) -> bool {
        !self.failed().is_empty()
    }

    /// The tests that fail: those with a p-value of at most a third of `alpha`.
    pub fn failed(&self) -> Vec<Which> {
        let tests = [(Which::Max, self.max), (Which::Sum, self.sum), (Which::Square, self.chi2)];
        let failed = tests.iter().filter(|(_, test)| test.p_value <= self.alpha / 3.0);
        failed.map(|(which, _)| *which).collect()
    }

    /// The position of the point that moved most; `None` without points.
    pub fn worst(&self) -> Option<usize> {
        let size = |j: &usize| self.scores[*j].abs();
        (0..self.scores.len()).max_by(|i, j| size(i).total_cmp(&size(j)))
    }
}

/// Compares two curves, given by the moments at the same points, at false alarm `alpha` in all.
///
/// Panics where the numbers of points differ. A mean or a spread that is not finite fails.
pub fn compare(old: &[Moments], new: &[Moments], alpha: f64) -> Comparison {
    assert!(alpha > 0.0 && alpha < 1.0, "alpha = {alpha} is not between 0 and 1");
    assert_eq!(old.len(), new.len(), "the curves have different numbers of points");
    let scores: Vec<f64> = old.iter().zip(new).map(|(old, new)| score(old, new)).collect();
    let count = scores.len() as f64;
    let largest = scores.iter().map(|z| z.abs()).fold(0.0, f64::max);
    let sum = if scores.is_empty() { 0.0 } else { scores.iter().sum::<f64>() / count.sqrt() };
    let square: f64 = scores.iter().map(|z| z * z).sum();
    let chi_squared = |x: f64| if scores.is_empty() { 1.0 } else { chi_squared_sf(count, x) };
    Comparison {
        max: test(largest, |z| (count.max(1.0) * two_sided(z)).min(1.0)),
        sum: test(sum, two_sided),
        chi2: test(square, chi_squared),
        scores,
        alpha,
    }
}

/// The normal score of a difference of means: standard normal, nearly, when both samples have one
/// law; infinite where it cannot be computed.
pub fn score(old: &Moments, new: &Moments) -> f64 {
    let difference = new.mean - old.mean;
    let squares = [old, new].map(|m| m.variance() / m.count as f64);
    let variance = squares[0] + squares[1];
    if !difference.is_finite() || !variance.is_finite() {
        return f64::INFINITY;
    }
    if variance == 0.0 {
        // Two constants: the same, or as different as can be.
        let same = difference.abs() <= SAME * old.mean.abs().max(new.mean.abs());
        return if same { 0.0 } else { f64::INFINITY.copysign(difference) };
    }
    let shares = squares.map(|square| square / variance);
    let freedom = |share: f64, m: &Moments| share * share / (m.count - 1).max(1) as f64;
    let degrees = 1.0 / (freedom(shares[0], old) + freedom(shares[1], new));
    let third = |share: f64, m: &Moments| {
        if share == 0.0 { 0.0 } else { m.skewness() * share * (share / m.count as f64).sqrt() }
    };
    let skewness = third(shares[1], new) - third(shares[0], old);
    let welch = difference / variance.sqrt();
    // A skewness that does not fit in a number cannot correct anything.
    let t = if skewness.is_finite() { hall(welch, skewness, 1.0) } else { welch };
    let wallace = (8.0 * degrees + 1.0) / (8.0 * degrees + 3.0);
    (wallace * (degrees * log1p(t * t / degrees)).sqrt()).copysign(t)
}

/// Whether moments of the same streams under the same code are the same, to a relative [`SAME`].
///
/// Each in the unit that its rounding has: the mean against itself and the spread, the sum of
/// cubes against the spread's, because it may cancel. A spread below [`SAME`] times the mean is
/// rounding itself.
pub fn agree(old: &Moments, new: &Moments) -> bool {
    let count = old.count as f64;
    let rounding = SAME * old.mean.abs();
    let spread = (old.m2.max(new.m2) / count.max(1.0)).sqrt() + rounding;
    let close = |a: f64, b: f64, unit: f64| (a - b).abs() <= SAME * (a.abs().max(b.abs()) + unit);
    old.count == new.count
        && close(old.mean, new.mean, spread)
        && close(old.m2, new.m2, count * rounding * rounding)
        && close(old.m3, new.m3, count * spread * spread * spread)
}

fn two_sided(z: f64) -> f64 {
    2.0 * normal_sf(z.abs())
}

fn test(statistic: f64, p_value: impl Fn(f64) -> f64) -> Test {
    let p_value = if statistic.is_finite() { p_value(statistic) } else { 0.0 };
    Test { statistic, p_value }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::special::student_t_sf;
    use crate::stats::bernoulli::Bernoulli;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    fn golden(count: usize, by: f64) -> Vec<f64> {
        (1..=count).map(|i| (i as f64 * by).fract()).collect()
    }

    fn moments(count: u64, mean: f64, deviation: f64, skewness: f64) -> Moments {
        let n = count as f64;
        let m2 = deviation * deviation * (n - 1.0);
        Moments { count, mean, m2, m3: skewness * n * (m2 / n).powf(1.5) }
    }

    #[track_caller]
    fn close(found: f64, known: f64, relative: f64) {
        assert!((found - known).abs() <= relative * known.abs(), "{found} instead of {known}");
    }

    /// Symmetric samples: Welch's test, by the beta integral.
    #[test]
    fn scores_have_the_tail_of_welch_s_test() {
        for (n, m, s, r) in [(300, 300, 1.0, 1.0), (64, 1000, 2.0, 0.3), (100, 5000, 1.0, 1.0)] {
            for t in [0.1, 1.0, 3.0, 6.0] {
                let squares = [s * s / n as f64, r * r / m as f64];
                let variance: f64 = squares.iter().sum();
                let (old, new) =
                    (moments(n, 5.0, s, 0.0), moments(m, 5.0 + t * variance.sqrt(), r, 0.0));
                let degrees = variance * variance
                    / (squares[0].powi(2) / (n - 1) as f64 + squares[1].powi(2) / (m - 1) as f64);
                close(normal_sf(score(&old, &new)), student_t_sf(degrees, t), 5e-3);
                close(score(&new, &old), -score(&old, &new), 1e-9);
            }
        }
    }

    /// Known values by scipy: norm.sf, chi2.sf.
    #[test]
    fn p_values_match_known_values() {
        let n = 1 << 40;
        let unit = (2.0 / n as f64).sqrt();
        let old = vec![moments(n, 0.0, 1.0, 0.0); 4];
        let at = |scores: [f64; 4]| -> Comparison {
            let new: Vec<Moments> = scores.iter().map(|z| moments(n, z * unit, 1.0, 0.0)).collect();
            compare(&old, &new, 1e-3)
        };
        let found = at([1.0, -2.0, 6.0, 0.5]);
        close(found.max.statistic, 6.0, 1e-9);
        close(found.max.p_value, 4.0 * 1.973_175_290_075_389e-9, 1e-7);
        close(found.sum.statistic, 2.75, 1e-9);
        close(found.sum.p_value, 0.005_959_526_470_109_11, 1e-8);
        close(found.chi2.statistic, 41.25, 1e-9);
        close(found.chi2.p_value, 2.385_791_169_942_937e-8, 1e-7);
        assert_eq!((found.worst(), found.fails()), (Some(2), true));
        assert_eq!(found.failed(), [Which::Max, Which::Square]);
        // A common shift, and a scatter: each is seen by its own test.
        assert_eq!(at([2.0; 4]).failed(), [Which::Sum]);
        assert_eq!(at([2.6, -2.6, 2.6, -2.6]).failed(), [Which::Square]);
        assert!(!at([0.0, 1.0, -1.0, 2.0]).fails());
        assert_eq!(at([30.0, 0.0, 0.0, 0.0]).failed().len(), 3);
    }

    /// Hall's correction: the skewness of the difference, which cancels between equals.
    #[test]
    fn skewness_is_corrected_on_both_sides() {
        let (old, new) = (moments(256, 1.0, 1.0, 2.0), moments(256, 1.4, 1.0, 2.0));
        let (plain_old, plain_new) = (moments(256, 1.0, 1.0, 0.0), moments(256, 1.4, 1.0, 0.0));
        close(score(&old, &new), score(&plain_old, &plain_new), 1e-12);
        // Against a sample that is nearly exact it is the correction of one mean.
        let exact = moments(1 << 50, 1.4, 1.0, 0.0);
        let t = hall((1.0 - 1.4) * 16.0, 2.0, 256.0);
        let wallace = (8.0 * 255.0 + 1.0) / (8.0 * 255.0 + 3.0);
        let known = -wallace * (255.0 * (t * t / 255.0).ln_1p()).sqrt();
        close(score(&exact, &old), known, 1e-6);
    }

    #[test]
    fn a_change_is_seen_and_no_change_is_not() {
        let curve = |by: f64, shift: f64| -> Vec<Moments> {
            (1..20)
                .map(|j| {
                    let values: Vec<f64> = golden(2000, by * f64::from(j))
                        .iter()
                        .map(|u| (1.0 + shift) * (0.7 + 0.6 * u))
                        .collect();
                    Moments::of(&values)
                })
                .collect()
        };
        let old = curve(5_f64.sqrt(), 0.0);
        assert!(!compare(&old, &curve(2_f64.sqrt(), 0.0), 1e-3).fails());
        assert!(compare(&old, &curve(2_f64.sqrt(), 0.01), 1e-3).fails());
        assert!(compare(&old, &old, 0.5).failed().is_empty());
    }

    /// The share of false alarms at .05 is compatible with .05, on a symmetric and on two skewed
    /// laws, with samples of different sizes.
    #[test]
    fn false_alarms_are_no_more_than_said() {
        let alpha = 0.05;
        let laws: [fn(f64) -> f64; 3] = [|u| u, |u| -u.ln(), |u| u.powf(-0.2)];
        for (seed, law) in laws.into_iter().enumerate() {
            let mut generator = ChaCha8Rng::seed_from_u64(seed as u64);
            let mut alarms = Bernoulli::default();
            for _ in 0..400 {
                let mut curve = |count: usize| -> Vec<Moments> {
                    let mut point = || -> Vec<f64> {
                        (0..count).map(|_| law(1.0 - generator.random::<f64>())).collect()
                    };
                    (0..8).map(|_| Moments::of(&point())).collect()
                };
                alarms.push(compare(&curve(400), &curve(100), alpha).fails());
            }
            assert!(alarms.lower_limit(1e-6) <= alpha, "{alarms:?} of law {seed}");
        }
    }

    #[test]
    fn constants_and_what_is_no_number_are_handled() {
        let constant = |mean: f64| Moments { count: 1, mean, m2: 0.0, m3: 0.0 };
        assert_eq!(score(&constant(2.0), &constant(2.0 + 1e-10)), 0.0);
        assert_eq!(score(&constant(2.0), &constant(2.1)), f64::INFINITY);
        assert_eq!(score(&constant(2.0), &constant(1.9)), f64::NEG_INFINITY);
        assert_eq!(score(&constant(0.0), &constant(0.0)), 0.0);
        assert!(score(&constant(2.0), &moments(100, 2.1, 1.0, 0.5)).is_finite());
        for broken in [constant(f64::NAN), moments(50, 1.0, f64::NAN, 0.0), Moments::default()] {
            let found = compare(&[moments(50, 1.0, 1.0, 0.0); 2], &[broken; 2], 1e-6);
            assert_eq!(found.failed().len(), 3, "{broken:?}");
        }
        let both = compare(&[constant(1.0); 2], &[constant(2.0), constant(0.0)], 1e-6);
        assert_eq!(both.failed().len(), 3);
        let none = compare(&[], &[], 0.05);
        assert!(!none.fails());
        assert_eq!((none.worst(), none.max.p_value, none.chi2.p_value), (None, 1.0, 1.0));
    }

    #[test]
    fn the_same_moments_agree_to_rounding() {
        let values: Vec<f64> = golden(500, 5_f64.sqrt()).iter().map(|u| u * u).collect();
        let whole = Moments::of(&values);
        let mut pushed = Moments::default();
        values.iter().for_each(|x| pushed.push(*x));
        assert!(agree(&whole, &pushed) && agree(&whole, &whole));
        assert!(!agree(&whole, &Moments { count: 501, ..whole }));
        assert!(!agree(&whole, &Moments { mean: whole.mean * (1.0 + 1e-8), ..whole }));
        assert!(!agree(&whole, &Moments { m2: whole.m2 * (1.0 + 1e-8), ..whole }));
        assert!(!agree(&whole, &Moments { m3: whole.m3 + 1e-6 * whole.m2, ..whole }));
        assert!(!agree(&whole, &Moments { mean: f64::NAN, ..whole }));
    }
}

//! The mean of a bounded quantity: a confidence sequence without any approximation.
//!
//! For values $x_1, x_2, \dots \in [0, 1]$ with conditional mean $\mu$, in the order in which they
//! were drawn, a gambler who bets the fraction $\lambda_i$ on "the mean exceeds $m$" has the
//! log-wealth
//!
//! $$K^+(m) = \sum_i \log\bigl(1 + \min(\lambda_i, \tfrac{c}{m})(x_i - m)\bigr), \qquad
//!   K^-(m) = \sum_i \log\bigl(1 - \min(\lambda_i, \tfrac{c}{1-m})(x_i - m)\bigr),$$
//!
//! with $c = \tfrac12$ and the bets $\lambda_i = \sqrt{2\log(2/\alpha) /
//! (\hat\sigma^2_{i-1}\, i \log(i+1))}$, where
//! $\hat\mu_i = (\tfrac12 + \sum_{j\le i} x_j)/(i+1)$ and
//! $\hat\sigma^2_i = (\tfrac14 + \sum_{j\le i}(x_j - \hat\mu_j)^2)/(i+1)$ know only the past. At
//! $m = \mu$ both wealths are martingales, so that
//! $\{m : \max(K^+, K^-) < \log(2/\alpha)\}$ contains $\mu$ at all times together with probability
//! at least $1-\alpha$. $K^+$ decreases in $m$ and $K^-$ increases: the set is an interval, and
//! each end is one root.
//!
//! It is about a third wider than the interval of `mean` and needs no gate: no assumption about
//! spread, skewness or sample size enters. Cost: one pass over the values for each of about
//! 2 times 10 steps.
//!
//! Source: I. Waudby-Smith and A. Ramdas, *Estimating means of bounded random variables by
//! betting*, J. R. Stat. Soc. B 86 (2024), arXiv 2010.09686.

use crate::stats::interval::Interval;
use libm::log;

/// The largest share of the wealth that a bet can lose.
const SHARE_MAX: f64 = 0.5;

/// The limit on the steps of each root search; about 10 are taken.
const STEPS_MAX: u32 = 100;

/// An end of the interval is found to this absolute accuracy, and rounded outwards.
const ACCURACY: f64 = 1e-13;

/// The number of independent products, so that the compiler can use vector instructions.
const LANES: usize = 8;

/// How many factors are multiplied before a logarithm is taken. A factor lies between
/// $1-c = 2^{-1}$ and $1+\lambda_i < 2^7$ (at $\alpha = 10^{-300}$), so that a product of this
/// many stays between $2^{-64}$ and $2^{448}$.
const FACTORS: usize = 64;

/// The confidence sequence for the mean of values in $[0, 1]$, in the order drawn.
///
/// `alpha` is in $(0,1)$; without values it is $[0, 1]$. Panics on a value outside $[0, 1]$ (NaN
/// included): look for one with [`first_outside`] before.
///
/// Where the values contradict a constant mean, no $m$ may be left; then the points between the
/// two ends, which both gamblers exclude, are returned.
pub fn interval(values: &[f64], alpha: f64) -> Interval {
    let bets = Bets::new(values, alpha);
    let threshold = log_threshold(alpha);
    let low = boundary(|m| bets.log_wealth_greater(m) - threshold, 0.0, 1.0);
    let high = boundary(|m| bets.log_wealth_less(m) - threshold, 1.0, 0.0);
    Interval::new(low.min(high), low.max(high))
}

/// [`interval`] for values in the range `(low, high)`, in the units of the values.
///
/// Panics on a value outside, and unless `low < high` are finite.
pub fn interval_in(values: &[f64], range: (f64, f64), alpha: f64) -> Interval {
    let (low, high) = range;
    let width = high - low;
    assert!(width > 0.0 && width.is_finite(), "range = ({low}, {high}) is not an interval");
    assert_inside(values, range);
    let mapped: Vec<f64> = values.iter().map(|value| (value - low) / width).collect();
    let unit = interval(&mapped, alpha);
    // The far end from the high side, so that a full interval ends exactly at the range.
    Interval::new(low + width * unit.low, high - width * (1.0 - unit.high))
}

/// The position of the first value outside a range, NaN included: a draw that refutes the range.
pub fn first_outside(values: &[f64], range: (f64, f64)) -> Option<usize> {
    values.iter().position(|value| !(range.0..=range.1).contains(value))
}

/// $K^+(m)$: the log evidence for a mean greater than `m`, of values in $[0, 1]$.
///
/// At least $\log(2/\alpha)$ exactly below [`interval`] at the same `alpha`, to which the bets
/// are tuned. As evidence it is valid whatever `alpha` was chosen beforehand.
pub fn log_e_greater(values: &[f64], m: f64, alpha: f64) -> f64 {
    assert!((0.0..=1.0).contains(&m), "m = {m} is not in [0,1]");
    Bets::new(values, alpha).log_wealth_greater(m)
}

/// $K^-(m)$: the log evidence for a mean less than `m`. As [`log_e_greater`], on the other side.
pub fn log_e_less(values: &[f64], m: f64, alpha: f64) -> f64 {
    assert!((0.0..=1.0).contains(&m), "m = {m} is not in [0,1]");
    Bets::new(values, alpha).log_wealth_less(m)
}

/// Values with the unclipped bet on each.
struct Bets<'a> {
    values: &'a [f64],
    fractions: Vec<f64>,
}

impl<'a> Bets<'a> {
    fn new(values: &'a [f64], alpha: f64) -> Self {
        assert!(alpha > 0.0 && alpha < 1.0, "alpha = {alpha} is not between 0 and 1");
        assert_inside(values, (0.0, 1.0));
        let scale = 2.0 * log_threshold(alpha);
        let (mut sum, mut squares) = (0.5, 0.25);
        let mut fractions = Vec::with_capacity(values.len());
        for (index, value) in values.iter().enumerate() {
            let i = (index + 1) as f64;
            // The variance after i-1 values is squares/i.
            fractions.push((scale / (squares * log(i + 1.0))).sqrt());
            sum += value;
            let deviation = value - sum / (i + 1.0);
            squares += deviation * deviation;
        }
        Self { values, fractions }
    }

    fn log_wealth_greater(&self, m: f64) -> f64 {
        self.log_wealth(m, 1.0, SHARE_MAX / m)
    }

    fn log_wealth_less(&self, m: f64) -> f64 {
        self.log_wealth(m, -1.0, SHARE_MAX / (1.0 - m))
    }

    /// $\sum_i\log(1 \pm \min(\lambda_i, \mathrm{cap})(x_i - m))$.
    ///
    /// Products instead of a sum of logarithms: 64 times fewer of those, and the rest is left to
    /// vector instructions. The error of about $n 2^{-53}$ is nothing against a threshold of 15.
    fn log_wealth(&self, m: f64, sign: f64, cap: f64) -> f64 {
        const BLOCK: usize = LANES * FACTORS;
        let factor = |value: f64, fraction: f64| {
            let clipped = if fraction < cap { fraction } else { cap };
            1.0 + sign * clipped * (value - m)
        };
        let mut total = 0.0;
        for (values, fractions) in self.values.chunks(BLOCK).zip(self.fractions.chunks(BLOCK)) {
            let mut products = [1.0; LANES];
            let (value_rows, value_rest) = values.as_chunks::<LANES>();
            let (fraction_rows, fraction_rest) = fractions.as_chunks::<LANES>();
            for (value_row, fraction_row) in value_rows.iter().zip(fraction_rows) {
                for lane in 0..LANES {
                    products[lane] *= factor(value_row[lane], fraction_row[lane]);
                }
            }
            for (lane, value) in value_rest.iter().enumerate() {
                products[lane] *= factor(*value, fraction_rest[lane]);
            }
            total += products.iter().map(|product| log(*product)).sum::<f64>();
        }
        total
    }
}

/// The last point from `outer` towards `inner` at which a decreasing excess is not negative,
/// within [`ACCURACY`] on the outer side; `outer` where it is negative already.
///
/// False position with the Illinois rule (the value at an end that stays is halved), and a
/// bisection at every third step, which bounds the steps where the excess is far from straight.
fn boundary(excess: impl Fn(f64) -> f64, outer: f64, inner: f64) -> f64 {
    let (mut outside, mut inside) = (outer, inner);
    let mut outside_excess = excess(outside);
    if outside_excess < 0.0 {
        return outside;
    }
    let mut inside_excess = excess(inside);
    if inside_excess >= 0.0 {
        return inside;
    }
    let mut moved = 0;
    for step in 1..=STEPS_MAX {
        if (outside - inside).abs() <= ACCURACY {
            break;
        }
        let share = outside_excess / (outside_excess - inside_excess);
        // Within the bracket by a margin, so that both ends close in on the root.
        let margin = 0.4 * ACCURACY / (outside - inside).abs();
        let share = if step % 3 == 0 { 0.5 } else { share.clamp(margin, 1.0 - margin) };
        let middle = outside + share * (inside - outside);
        let middle_excess = excess(middle);
        if middle_excess >= 0.0 {
            (outside, outside_excess) = (middle, middle_excess);
            inside_excess *= if moved == 1 { 0.5 } else { 1.0 };
            moved = 1;
        } else {
            (inside, inside_excess) = (middle, middle_excess);
            outside_excess *= if moved == -1 { 0.5 } else { 1.0 };
            moved = -1;
        }
    }
    outside
}

/// $\log(2/\alpha)$: each of the two gamblers has half of the level.
fn log_threshold(alpha: f64) -> f64 {
    std::f64::consts::LN_2 - log(alpha)
}

fn assert_inside(values: &[f64], range: (f64, f64)) {
    if let Some(index) = first_outside(values, range) {
        let (low, high) = range;
        let value = values[index];
        panic!("values[{index}] = {value} is outside [{low}, {high}]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bernoulli::Bernoulli;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    /// The fractional parts of multiples of the golden ratio's conjugate.
    fn golden(count: usize) -> Vec<f64> {
        (1..=count).map(|i| (i as f64 * (5_f64.sqrt() - 1.0) / 2.0).fract()).collect()
    }

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 6e-9, "{found} instead of {known}");
    }

    #[test]
    fn the_interval_matches_known_values() {
        let values = golden(400);
        let found = interval(&values, 0.05);
        close(found.low, 0.454_216_42);
        close(found.high, 0.546_771_33);
        let squares: Vec<f64> = values.iter().map(|u| u * u).collect();
        let found = interval(&squares, 1e-3);
        close(found.low, 0.267_156_31);
        close(found.high, 0.400_245_47);
        let rare: Vec<f64> = values.iter().map(|u| f64::from(u8::from(*u < 0.1))).collect();
        let found = interval(&rare, 1e-6);
        close(found.low, 0.022_985_51);
        close(found.high, 0.200_930_41);
    }

    /// A second route: the definition term by term, and plain bisection.
    #[test]
    fn the_interval_agrees_with_the_definition() {
        for (count, alpha) in [(1, 0.5), (7, 0.05), (511, 1e-6), (513, 1e-9), (3000, 1e-100)] {
            let values: Vec<f64> = golden(count).iter().map(|u| u * u * u).collect();
            let bets = Bets::new(&values, alpha);
            let plus = |m: f64| -> f64 {
                let terms = values.iter().zip(&bets.fractions);
                terms.map(|(x, l)| (l.min(0.5 / m) * (x - m)).ln_1p()).sum()
            };
            let minus = |m: f64| -> f64 {
                let terms = values.iter().zip(&bets.fractions);
                terms.map(|(x, l)| (-l.min(0.5 / (1.0 - m)) * (x - m)).ln_1p()).sum()
            };
            for m in [0.0, 1e-9, 0.2, 0.5, 1.0 - 1e-9, 1.0] {
                let scale = 1.0 + plus(m).abs() + minus(m).abs();
                assert!((log_e_greater(&values, m, alpha) - plus(m)).abs() < 1e-12 * scale);
                assert!((log_e_less(&values, m, alpha) - minus(m)).abs() < 1e-12 * scale);
            }
            let threshold = (2.0 / alpha).ln();
            let bisect = |inside: &dyn Fn(f64) -> bool, mut a: f64, mut b: f64| {
                for _ in 0..60 {
                    let middle = 0.5 * (a + b);
                    if inside(middle) { b = middle } else { a = middle }
                }
                a
            };
            let found = interval(&values, alpha);
            close(found.low, bisect(&|m| plus(m) < threshold, 0.0, 1.0));
            close(found.high, bisect(&|m| minus(m) < threshold, 1.0, 0.0));
        }
    }

    #[test]
    fn interval_and_evidence_agree() {
        let (values, alpha) = (golden(300), 1e-3);
        let found = interval(&values, alpha);
        let threshold = (2.0 / alpha).ln();
        for step in 0..=100 {
            let m = f64::from(step) / 100.0;
            let greater = log_e_greater(&values, m, alpha);
            let less = log_e_less(&values, m, alpha);
            assert_eq!(found.contains(m), greater.max(less) < threshold, "{m}");
            assert_eq!(m < found.low, greater >= threshold, "{m}");
        }
    }

    #[test]
    fn ranges_and_reflections_are_equivariant() {
        let values: Vec<f64> = golden(500).iter().map(|u| u * u).collect();
        let found = interval(&values, 1e-6);
        let scaled: Vec<f64> = values.iter().map(|u| 3.0 * u - 2.0).collect();
        let mapped = interval_in(&scaled, (-2.0, 1.0), 1e-6);
        close(mapped.low, 3.0 * found.low - 2.0);
        close(mapped.high, 3.0 * found.high - 2.0);
        let reflected: Vec<f64> = values.iter().map(|u| 1.0 - u).collect();
        let mirrored = interval(&reflected, 1e-6);
        close(mirrored.low, 1.0 - found.high);
        close(mirrored.high, 1.0 - found.low);
    }

    #[test]
    fn a_smaller_level_gives_a_wider_interval() {
        let values = golden(2000);
        let mut last = interval(&values, 0.5);
        for alpha in [0.1, 1e-3, 1e-6, 1e-12] {
            let next = interval(&values, alpha);
            assert!(next.low < last.low && next.high > last.high);
            last = next;
        }
    }

    /// The share of sequences that ever miss at level .05 is compatible with .05.
    #[test]
    fn no_more_sequences_miss_than_said() {
        let alpha = 0.05;
        type Law = fn(f64) -> f64;
        let laws: [(Law, f64); 5] = [
            (|u| u, 0.5),
            (|u| u * u * u, 0.25),
            (|u| 1.0 - u.powi(9), 0.9),
            (|u| f64::from(u8::from(u < 0.05)), 0.05),
            (|u| 0.5 + 0.01 * u, 0.505),
        ];
        for (seed, (law, mean)) in laws.into_iter().enumerate() {
            let mut generator = ChaCha8Rng::seed_from_u64(seed as u64);
            let mut missed = Bernoulli::default();
            for _ in 0..400 {
                let values: Vec<f64> = (0..512).map(|_| law(generator.random())).collect();
                let mut looks = (2..=9).map(|k| interval(&values[..1 << k], alpha));
                missed.push(looks.any(|found| !found.contains(mean)));
            }
            assert!(missed.lower_limit(1e-6) <= alpha, "{missed:?} at mean {mean}");
        }
    }

    #[test]
    fn extremes_are_handled() {
        assert_eq!(interval(&[], 0.05), Interval::new(0.0, 1.0));
        assert_eq!(interval(&[1.0], 0.05), Interval::new(0.0, 1.0));
        for constant in [0.0, 0.25, 1.0] {
            let found = interval(&vec![constant; 100_000], 1e-6);
            assert!(found.contains(constant) && found.width() < 0.02, "{found:?}");
        }
        let full = interval_in(&[0.1], (0.1, 0.7), 1e-6);
        assert_eq!((full.low, full.high), (0.1, 0.7));
        assert_eq!(first_outside(&[0.0, 1.0, -1e-9], (0.0, 1.0)), Some(2));
        assert_eq!(first_outside(&[0.0, f64::NAN], (0.0, 1.0)), Some(1));
        assert_eq!(first_outside(&[0.0, 1.0], (0.0, 1.0)), None);
    }

    /// A mean that drifts from 0 to 1 leaves no constant: still an interval, low below high.
    #[test]
    fn a_contradiction_gives_an_interval() {
        let values: Vec<f64> = (0..20_000).map(|i| f64::from(u8::from(i >= 10_000))).collect();
        let found = interval(&values, 0.5);
        assert!(found.low <= found.high, "{found:?}");
    }
}

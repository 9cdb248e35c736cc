//! How often an event happens: intervals, limits and evidence from a count, all exact and valid at
//! every look at once.
//!
//! $s$ successes in $n$ independent trials of unknown probability $p$. Averaging the likelihood
//! over a Beta$(a,b)$ law gives the e-process against "the probability is $p$",
//!
//! $$\log E(p) = \log B(a+s,\,b+n-s) - \log B(a,b) - s\log p - (n-s)\log(1-p),$$
//!
//! and the confidence sequence $\{p : E(p) < 1/\alpha\}$, an interval around $s/n$ which contains
//! the true $p$ at all times together with probability at least $1-\alpha$. Bounds have the same
//! law cut off at the bound $\delta$: $E_R$ averages over $q > \delta$ and is evidence against
//! $p \le \delta$; $E_S$ averages over $q < \delta$ and is evidence against $p \ge \delta$. The
//! likelihood ratio is monotone in $p$, so that each is valid for the whole of its null.
//!
//! No approximation enters, unlike Wilson's or any other normal limit, which at $10^{-9}$ may err
//! thousands of times more often than it says.
//!
//! Source: H. Robbins, *Statistical methods related to the law of the iterated logarithm*, Ann.
//! Math. Stat. 41 (1970); S. R. Howard et al., *Time-uniform, nonparametric, nonasymptotic
//! confidence sequences*, Ann. Stat. 49 (2021).

use crate::special::incomplete_beta::{
    log_beta, log_incomplete_beta_lower, log_incomplete_beta_upper,
};
use crate::stats::interval::Interval;
use libm::{ceil, log, log1p};
use serde::{Deserialize, Serialize};

/// The limit on every bisection: a root below $2^{-200}$ is taken for zero.
const BISECTIONS_MAX: u32 = 200;

/// The number of trials beyond which a bound counts as out of reach.
const TRIALS_MAX: u64 = 1 << 50;

/// A count of successes among independent trials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bernoulli {
    /// How often the event happened; at most `trials`.
    pub successes: u64,
    /// How often it was looked for.
    pub trials: u64,
}

/// The Beta law over which the likelihood is averaged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// The exponent of $q$, plus one; positive.
    pub a: f64,
    /// The exponent of $1-q$, plus one; positive.
    pub b: f64,
}

impl Prior {
    /// Jeffreys' law, Beta$(\tfrac12,\tfrac12)$: good at all probabilities, also near 0 and 1.
    pub const JEFFREYS: Self = Self { a: 0.5, b: 0.5 };
}

impl Bernoulli {
    /// Adds one trial.
    pub fn push(&mut self, success: bool) {
        self.successes += u64::from(success);
        self.trials += 1;
    }

    /// The counts of two disjoint sets of trials together.
    pub fn merge(self, other: Self) -> Self {
        Self { successes: self.successes + other.successes, trials: self.trials + other.trials }
    }

    /// The observed frequency $s/n$; NaN without trials.
    pub fn frequency(self) -> f64 {
        self.successes as f64 / self.trials as f64
    }

    /// $\log E(p)$ with Jeffreys' law: evidence against "the probability is `p`".
    ///
    /// Infinite where the count is impossible under `p`, as it is for `p` outside $[0, 1]$.
    pub fn log_e(self, p: f64) -> f64 {
        self.log_e_with(Prior::JEFFREYS, p)
    }

    /// [`Bernoulli::log_e`] with another law.
    pub fn log_e_with(self, prior: Prior, p: f64) -> f64 {
        if !(0.0..=1.0).contains(&p) {
            return outside(p);
        }
        let (successes, failures) = self.counts();
        log_beta(prior.a + successes, prior.b + failures)
            - log_beta(prior.a, prior.b)
            - self.log_likelihood(p)
    }

    /// The confidence sequence at level `alpha` with Jeffreys' law, $\{p : E(p) < 1/\alpha\}$.
    ///
    /// The ends are rounded outwards. `alpha` is in $(0,1)$; without trials it is $[0, 1]$.
    pub fn interval(self, alpha: f64) -> Interval {
        self.interval_with(Prior::JEFFREYS, alpha)
    }

    /// [`Bernoulli::interval`] with another law.
    pub fn interval_with(self, prior: Prior, alpha: f64) -> Interval {
        assert_level(alpha);
        if self.trials == 0 {
            return Interval::new(0.0, 1.0);
        }
        let excluded = |p: f64| self.log_e_with(prior, p) >= -log(alpha);
        let (successes, failures) = self.counts();
        let centre = self.frequency();
        let low = if successes == 0.0 { 0.0 } else { boundary(0.0, centre, excluded) };
        let high = if failures == 0.0 { 1.0 } else { boundary(1.0, centre, excluded) };
        Interval::new(low, high)
    }

    /// $\log E_R$: evidence against "the probability is at most `delta`".
    ///
    /// $$E_R = \frac{\int_\delta^1 q^{a+s-1}(1-q)^{b+n-s-1}dq}
    /// {\int_\delta^1 q^{a-1}(1-q)^{b-1}dq\;\delta^s(1-\delta)^{n-s}}, \qquad a = b = \tfrac12.$$
    ///
    /// The claim that violations have probability at most $\delta$ is refuted when
    /// $E_R \ge 1/\alpha$. Zero from $\delta = 1$ on, where the null is everything, and infinite
    /// below 0, where it is empty.
    pub fn log_e_above(self, delta: f64) -> f64 {
        if delta >= 1.0 {
            return 0.0;
        }
        if delta < 0.0 || delta.is_nan() {
            return outside(delta);
        }
        self.log_e_truncated(delta, log_incomplete_beta_upper)
    }

    /// $\log E_S$: evidence against "the probability is at least `delta`".
    ///
    /// As [`Bernoulli::log_e_above`], with $\int_0^\delta$. The claim that violations have
    /// probability at most $\delta$ is supported when $E_S \ge 1/\alpha$. Zero up to $\delta = 0$,
    /// where the null is everything, and infinite above 1, where it is empty.
    pub fn log_e_below(self, delta: f64) -> f64 {
        if delta <= 0.0 {
            return 0.0;
        }
        if delta > 1.0 || delta.is_nan() {
            return outside(delta);
        }
        self.log_e_truncated(delta, log_incomplete_beta_lower)
    }

    /// The one-sided upper limit $\sup\{p : E_S(p) < 1/\alpha\}$: "at most this, at $1-\alpha$".
    ///
    /// It depends on the lower half of the evidence only, so that it lies a little below the end
    /// of the two-sided interval. Rounded upwards; 1 without failures.
    pub fn upper_limit(self, alpha: f64) -> f64 {
        assert_level(alpha);
        if self.successes == self.trials {
            return 1.0;
        }
        let excluded = |p: f64| self.log_e_below(p) >= -log(alpha);
        boundary(1.0, self.frequency(), excluded)
    }

    /// The one-sided lower limit $\inf\{p : E_R(p) < 1/\alpha\}$: "at least this, at $1-\alpha$".
    ///
    /// Rounded downwards; 0 without successes.
    pub fn lower_limit(self, alpha: f64) -> f64 {
        assert_level(alpha);
        if self.successes == 0 {
            return 0.0;
        }
        let excluded = |p: f64| self.log_e_above(p) >= -log(alpha);
        boundary(0.0, self.frequency(), excluded)
    }

    fn counts(self) -> (f64, f64) {
        assert!(
            self.successes <= self.trials,
            "successes ({}) exceed trials ({})",
            self.successes,
            self.trials
        );
        (self.successes as f64, (self.trials - self.successes) as f64)
    }

    /// $s\log p + (n-s)\log(1-p)$, with $0\log 0 = 0$.
    fn log_likelihood(self, p: f64) -> f64 {
        let (successes, failures) = self.counts();
        let part = |count: f64, log_chance: f64| match count {
            0.0 => 0.0,
            _ => count * log_chance,
        };
        part(successes, log(p)) + part(failures, log1p(-p))
    }

    fn log_e_truncated(self, delta: f64, log_integral: fn(f64, f64, f64) -> f64) -> f64 {
        let Prior { a, b } = Prior::JEFFREYS;
        let (successes, failures) = self.counts();
        log_integral(a + successes, b + failures, delta)
            - log_integral(a, b, delta)
            - self.log_likelihood(delta)
    }
}

/// How many trials without one success it takes to support "the probability is at most `delta`"
/// at level `alpha`, when the count is looked at after each.
///
/// About $1.1\log(1/\alpha)/\delta$, the price of not knowing the alternative being 11 % over
/// $\log(1/\alpha)/(-\log(1-\delta))$. [`u64::MAX`] where more than $2^{50}$ would be needed, as
/// for $\delta = 0$.
pub fn trials_needed(delta: f64, alpha: f64) -> u64 {
    assert_level(alpha);
    assert!(delta >= 0.0, "delta = {delta} is negative");
    let delta = delta.min(1.0);
    let enough = |trials: u64| Bernoulli { successes: 0, trials }.log_e_below(delta) >= -log(alpha);
    // Not fewer than a known alternative, p = 0, would need.
    let least = ceil(log(alpha) / log1p(-delta));
    if least >= TRIALS_MAX as f64 {
        return u64::MAX;
    }
    let (mut few, mut many) = (0, (least as u64).max(1));
    while !enough(many) {
        if many >= TRIALS_MAX {
            return u64::MAX;
        }
        (few, many) = (many, 2 * many);
    }
    for _ in 0..BISECTIONS_MAX {
        if many - few <= 1 {
            break;
        }
        let middle = few + (many - few) / 2;
        if enough(middle) {
            many = middle;
        } else {
            few = middle;
        }
    }
    many
}

/// The boundary of the excluded points between an outer end and an inner point that is not
/// excluded: the excluded point nearest to it that bisection finds, or the end if it is not one.
fn boundary(outer: f64, inner: f64, excluded: impl Fn(f64) -> bool) -> f64 {
    let (mut outside, mut inside) = (outer, inner);
    for _ in 0..BISECTIONS_MAX {
        let middle = 0.5 * (outside + inside);
        if middle == outside || middle == inside {
            break;
        }
        if excluded(middle) {
            outside = middle;
        } else {
            inside = middle;
        }
    }
    outside
}

/// The evidence against a probability that is none: NaN only where it is not a number either.
fn outside(p: f64) -> f64 {
    if p.is_nan() { p } else { f64::INFINITY }
}

fn assert_level(alpha: f64) {
    assert!(alpha > 0.0 && alpha < 1.0, "alpha = {alpha} is not between 0 and 1");
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    fn count(successes: u64, trials: u64) -> Bernoulli {
        Bernoulli { successes, trials }
    }

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 6e-11, "{found} instead of {known}");
    }

    #[test]
    fn the_interval_matches_known_values() {
        let found = count(3, 100).interval(0.05);
        close(found.low, 0.001_879_060_632_4);
        close(found.high, 0.122_948_885_608_9);
        let found = count(37, 100).interval(1e-6);
        close(found.low, 0.140_031_109_5);
        close(found.high, 0.651_330_713_9);
        let found = count(0, 100).interval_with(Prior { a: 1.0, b: 1.0 }, 0.05);
        assert_eq!(found.low, 0.0);
        close(found.high, 0.073_284_373_4);
    }

    #[test]
    fn the_one_sided_evidence_matches_known_values() {
        close(count(0, 1523).log_e_above(0.01), -6.140_224_301_5);
        close(count(0, 1523).log_e_below(0.01), 13.822_490_765_8);
        close(count(40, 1000).log_e_above(0.01), 22.296_037_336_8);
        close(count(40, 1000).log_e_below(0.01), -4.127_329_044_1);
    }

    #[test]
    fn the_upper_limit_matches_known_values() {
        close(count(0, 1523).upper_limit(1e-6), 0.009_995_309_6);
        close(count(5, 2000).upper_limit(0.001), 0.010_044_131_6);
        // Three digits each, from the paragraph on "always" bounds.
        for (trials, known) in [(1_000, 1.52e-2), (10_000, 1.53e-3), (100_000, 1.53e-4)] {
            let found = count(0, trials).upper_limit(1e-6);
            assert!((found / known - 1.0).abs() < 5e-3, "{found} instead of {known}");
        }
    }

    /// Known values by quadrature at 30 digits (mpmath), one trial fewer being too few.
    #[test]
    fn the_trials_needed_match_known_values() {
        for (delta, known) in [(0.1, 146), (0.05, 299), (0.01, 1523), (0.001, 15_293)] {
            assert_eq!(trials_needed(delta, 1e-6), known);
        }
        assert_eq!(trials_needed(0.0, 1e-6), u64::MAX);
        assert_eq!(trials_needed(1e-300, 1e-6), u64::MAX);
        assert_eq!(trials_needed(1.0, 1e-6), 1);
    }

    /// A point is inside exactly if its evidence is below $1/\alpha$.
    #[test]
    fn interval_and_evidence_agree() {
        for (successes, trials) in [(0, 1), (1, 1), (1, 7), (30, 100), (999, 1000), (0, 65_536)] {
            let data = count(successes, trials);
            let found = data.interval(1e-3);
            for step in 1..200 {
                let p = f64::from(step) / 200.0;
                assert_eq!(found.contains(p), data.log_e(p) < 1e3_f64.ln(), "{data:?} {p}");
                assert_eq!(p > data.upper_limit(1e-3), data.log_e_below(p) > 1e3_f64.ln());
                assert_eq!(p < data.lower_limit(1e-3), data.log_e_above(p) > 1e3_f64.ln());
            }
        }
    }

    /// The expectation of a test martingale is one: summed over all outcomes of $n$ trials.
    #[test]
    fn evidence_has_expectation_one_under_its_null() {
        let (trials, p) = (40_u64, 0.3);
        let mut sums = [0.0; 3];
        let mut log_ways = 0.0;
        for successes in 0..=trials {
            let data = count(successes, trials);
            let chance = (log_ways + data.log_likelihood(p)).exp();
            for (sum, log_e) in
                sums.iter_mut().zip([data.log_e(p), data.log_e_above(p), data.log_e_below(p)])
            {
                *sum += chance * log_e.exp();
            }
            log_ways += ((trials - successes) as f64 / (successes + 1) as f64).ln();
        }
        for sum in sums {
            assert!((sum - 1.0).abs() < 1e-10, "{sum}");
        }
    }

    /// The two truncated mixtures make up the whole one, each with its share of the prior.
    #[test]
    fn the_parts_make_up_the_two_sided_evidence() {
        let (data, p) = (count(12, 90), 0.2_f64);
        let below = 2.0 * p.sqrt().asin() / std::f64::consts::PI;
        let parts = below * data.log_e_below(p).exp() + (1.0 - below) * data.log_e_above(p).exp();
        assert!((parts / data.log_e(p).exp() - 1.0).abs() < 1e-11);
    }

    #[test]
    fn a_smaller_level_gives_a_wider_interval() {
        let data = count(17, 400);
        let mut last = data.interval(0.5);
        for alpha in [0.1, 1e-3, 1e-6, 1e-12, 1e-100] {
            let next = data.interval(alpha);
            assert!(next.low < last.low && next.high > last.high);
            assert!(data.upper_limit(alpha) < next.high && data.lower_limit(alpha) > next.low);
            last = next;
        }
    }

    #[test]
    fn successes_and_failures_are_symmetric() {
        let (found, mirrored) = (count(7, 60).interval(1e-6), count(53, 60).interval(1e-6));
        close(found.low, 1.0 - mirrored.high);
        close(found.high, 1.0 - mirrored.low);
        close(count(7, 60).upper_limit(0.01), 1.0 - count(53, 60).lower_limit(0.01));
        close(count(7, 60).log_e_above(0.05), count(53, 60).log_e_below(0.95));
    }

    /// At level .05 with all looks from 1 trial on, the share of sequences that ever miss is
    /// compatible with .05: its lower limit at 1e-6 is not above.
    #[test]
    fn no_more_sequences_miss_than_said() {
        let alpha = 0.05_f64;
        for (seed, p) in [(0, 0.5), (1, 0.1), (2, 0.01), (3, 0.97), (4, 0.3)] {
            let mut generator = ChaCha8Rng::seed_from_u64(seed);
            let mut missed = Bernoulli::default();
            let mut refuted = Bernoulli::default();
            for _ in 0..250 {
                let (mut data, mut misses, mut refutes) = (Bernoulli::default(), false, false);
                for _ in 0..1000 {
                    data.push(generator.random::<f64>() < p);
                    misses |= data.log_e(p) >= -alpha.ln();
                    refutes |= data.trials % 16 == 0 && data.log_e_above(p) >= -alpha.ln();
                }
                missed.push(misses);
                refuted.push(refutes);
            }
            assert!(missed.lower_limit(1e-6) <= alpha, "{missed:?} at {p}");
            assert!(refuted.lower_limit(1e-6) <= alpha, "{refuted:?} at {p}");
        }
    }

    #[test]
    fn extremes_are_handled() {
        assert_eq!(count(0, 0).interval(0.05), Interval::new(0.0, 1.0));
        assert_eq!((count(0, 0).upper_limit(0.05), count(0, 0).lower_limit(0.05)), (1.0, 0.0));
        assert_eq!(count(5, 5).interval(0.05).high, 1.0);
        assert_eq!(count(1, 9).log_e(0.0), f64::INFINITY);
        assert_eq!(count(1, 9).log_e_above(0.0), f64::INFINITY);
        assert_eq!(count(1, 9).log_e_below(1.0), f64::INFINITY);
        assert_eq!((count(1, 9).log_e_below(0.0), count(1, 9).log_e_above(1.0)), (0.0, 0.0));
        for impossible in [
            count(1, 9).log_e(1.5),
            count(1, 9).log_e(-0.5),
            count(1, 9).log_e_above(-0.5),
            count(1, 9).log_e_below(1.5),
        ] {
            assert_eq!(impossible, f64::INFINITY);
        }
        assert_eq!((count(1, 9).log_e_above(1.5), count(1, 9).log_e_below(-0.5)), (0.0, 0.0));
        assert!(count(1, 9).log_e(f64::NAN).is_nan());
        assert!(count(1, 9).log_e_above(f64::NAN).is_nan());
        assert!(count(1, 9).log_e_below(f64::NAN).is_nan());
        let mut data = count(0, 3).merge(count(2, 4));
        data.push(true);
        data.push(false);
        assert_eq!(data, count(3, 9));
    }
}

//! Whole distributions: bands around an empirical distribution function, distances, and evidence
//! from a histogram. All of it is exact at every sample size.
//!
//! With $\hat F$ the empirical distribution function of $n$ independent values of law $F$,
//! Massart's inequality $P(\sup|\hat F - F| > \varepsilon) \le 2e^{-2n\varepsilon^2}$ gives a band
//! around $\hat F$, hence around every candidate law at once. At look $k = 1, 2, \dots$ it is used
//! at level $\alpha_k = \alpha/(k(k+1))$; these add up to $\alpha$, so that all looks hold
//! together.
//!
//! The histogram is an e-process against "the law is $F$". With $u = F(x)$ and counts $c_j$ in $J$
//! equal bins of $[0, 1]$,
//!
//! $$\log E_J = \log\Gamma(\tfrac J2) - J\log\Gamma(\tfrac12) + \sum_j\log\Gamma(c_j+\tfrac12)
//!   - \log\Gamma(n+\tfrac J2) + n\log J,$$
//!
//! averaged over $J = 2, 4, 8, 16, 32$. It is stronger against smooth departures, and the bands
//! against a shift; a law claim runs both, at half its level each.
//!
//! Sources: P. Massart, *The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality*, Ann.
//! Prob. 18 (1990); F. Wei and R. M. Dudley, *Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities*,
//! Stat. Prob. Lett. 82 (2012); R. E. Krichevsky and V. K. Trofimov, *The performance of universal
//! encoding*, IEEE Trans. Inf. Theory 27 (1981).

use libm::{exp, lgamma, log};
use serde::{Deserialize, Serialize};

/// The finest histogram has this many bins; the coarser ones merge neighbours.
const BINS: usize = 32;

/// The bin counts that the mixture averages over.
const BIN_COUNTS: [usize; 5] = [2, 4, 8, 16, 32];

/// By how much a value of a distribution function may lie outside $[0, 1]$.
const ROUNDING: f64 = 1e-9;

/// From this equal size on, the two-sample constant of Wei and Dudley is 2.
const EQUAL_SIZE_MIN: u64 = 458;

/// The half-width of a band for one look at `n` values: $\sqrt{\log(2/\alpha)/(2n)}$.
///
/// A distance between distribution functions, without unit; infinite for `n` = 0.
pub fn dkw_radius(n: u64, alpha: f64) -> f64 {
    assert_level(alpha);
    ((log(2.0) - log(alpha)) / (2.0 * n as f64)).sqrt()
}

/// The half-width at look number `look` (from 1), $\sqrt{\log(2k(k+1)/\alpha)/(2n)}$.
///
/// The bands of all looks hold together with probability at least $1-\alpha$.
pub fn band_radius(n: u64, look: u32, alpha: f64) -> f64 {
    dkw_radius(n, level_at_look(look, alpha))
}

/// The share of `alpha` for look number `look` (from 1): $\alpha/(k(k+1))$.
pub fn level_at_look(look: u32, alpha: f64) -> f64 {
    assert!(look >= 1, "look = {look}: looks are counted from 1");
    alpha / (f64::from(look) * (f64::from(look) + 1.0))
}

/// The half-width of a band around the distance between two empirical distribution functions of
/// `n` and `m` independent values, for one look at level `alpha`.
///
/// Equal sizes: $\sqrt{\log(C/\alpha)/n}$ with $C = 2$ from 458 on, and $C = e$ below. Unequal
/// sizes: the sum of two one-sample bands at $\alpha/2$ each, as no sharp constant is proved.
pub fn two_sample_radius(n: u64, m: u64, alpha: f64) -> f64 {
    assert_level(alpha);
    if n != m {
        return dkw_radius(n, 0.5 * alpha) + dkw_radius(m, 0.5 * alpha);
    }
    let constant = if n >= EQUAL_SIZE_MIN { 2.0 } else { std::f64::consts::E };
    two_sample_formula(n, m, constant, alpha)
}

/// $\sqrt{\tfrac{n+m}{2nm}\log(C/\alpha)}$.
fn two_sample_formula(n: u64, m: u64, constant: f64, alpha: f64) -> f64 {
    let (n, m) = (n as f64, m as f64);
    ((n + m) / (2.0 * n * m) * (log(constant) - log(alpha))).sqrt()
}

/// $\sup_x|\hat F(x) - F(x)|$ for values in ascending order.
///
/// `cdf` is $F(x) = P(X \le x)$ and `cdf_left` its left limit $P(X < x)$, which differs where $F$
/// has an atom. Both sides of each jump of $\hat F$ are looked at. 0 without values; NaN if a
/// value of $F$ is.
pub fn kolmogorov_distance(
    sorted: &[f64],
    cdf: impl Fn(f64) -> f64,
    cdf_left: impl Fn(f64) -> f64,
) -> f64 {
    assert_sorted(sorted);
    farthest(sorted.len(), sorted.iter().map(|value| (cdf(*value), cdf_left(*value))))
}

/// [`kolmogorov_distance`] to a law without atoms.
pub fn kolmogorov_distance_continuous(sorted: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
    kolmogorov_distance(sorted, &cdf, &cdf)
}

/// [`kolmogorov_distance_continuous`] from the values of $F$ at the sample in ascending order, where
/// they are needed for more than this.
///
/// In the order of the sample, never sorted themselves: through $1 - F$, or through any other
/// function that is not increasing, a sample of law $F$ may look uniform as well.
pub fn kolmogorov_distance_of(levels: &[f64]) -> f64 {
    farthest(levels.len(), levels.iter().map(|level| (*level, *level)))
}

/// The distance from the values of $F$ and its left limit at each of so many jumps of $\hat F$.
fn farthest(count: usize, levels: impl Iterator<Item = (f64, f64)>) -> f64 {
    let n = count as f64;
    let mut distance = 0.0;
    for (index, (level, left)) in levels.enumerate() {
        let above = (index + 1) as f64 / n - level;
        let below = left - index as f64 / n;
        if above.is_nan() || below.is_nan() {
            return f64::NAN;
        }
        distance = f64::max(distance, above.max(below));
    }
    distance
}

/// $\sup_x|\hat F(x) - \hat G(x)|$ of two samples, each in ascending order and not empty.
pub fn two_sample_distance(first: &[f64], second: &[f64]) -> f64 {
    assert_sorted(first);
    assert_sorted(second);
    assert!(!first.is_empty() && !second.is_empty(), "a sample is empty");
    let (n, m) = (first.len() as f64, second.len() as f64);
    let (mut i, mut j) = (0, 0);
    let mut distance = 0.0;
    // Each turn takes at least one value; after either sample's end the distance only shrinks.
    while i < first.len() && j < second.len() {
        let value = first[i].min(second[j]);
        while i < first.len() && first[i] <= value {
            i += 1;
        }
        while j < second.len() && second[j] <= value {
            j += 1;
        }
        distance = f64::max(distance, (i as f64 / n - j as f64 / m).abs());
    }
    distance
}

/// Counts of values $u = F(x)$ in 32 equal bins of $[0, 1]$.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Histogram {
    counts: [u64; BINS],
}

impl Histogram {
    /// The histogram of some values.
    pub fn of(values: &[f64]) -> Self {
        let mut histogram = Self::default();
        for value in values {
            histogram.add(*value);
        }
        histogram
    }

    /// Counts one value in $[0, 1]$; panics on any other, NaN included. A distribution function
    /// that is off by its rounding, up to $10^{-9}$, is counted in the first or last bin.
    ///
    /// An atom of $F$ must be spread by a uniform draw of its own over $[F(x^-), F(x)]$, else the
    /// values are not uniform under the null.
    pub fn add(&mut self, u: f64) {
        assert!((-ROUNDING..=1.0 + ROUNDING).contains(&u), "u = {u} is not in [0,1]");
        // The conversion takes what is negative to bin 0.
        self.counts[((u * BINS as f64) as usize).min(BINS - 1)] += 1;
    }

    /// The counts of two disjoint sets of values together.
    pub fn merge(self, other: Self) -> Self {
        let mut counts = self.counts;
        for (count, added) in counts.iter_mut().zip(other.counts) {
            *count += added;
        }
        Self { counts }
    }

    /// The number of values.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// $\log E_J$, the evidence against uniformity from `bins` = 2, 4, 8, 16 or 32 bins.
    pub fn log_e(&self, bins: usize) -> f64 {
        assert!(BIN_COUNTS.contains(&bins), "bins = {bins} is not 2, 4, 8, 16 or 32");
        let half = 0.5 * bins as f64;
        let n = self.count() as f64;
        let terms = self.counts.chunks(BINS / bins).map(|merged| {
            let count = merged.iter().sum::<u64>() as f64;
            lgamma(count + 0.5) - lgamma(0.5)
        });
        terms.sum::<f64>() + lgamma(half) - lgamma(n + half) + n * log(bins as f64)
    }

    /// The log of the average of $E_J$ over $J = 2, 4, 8, 16, 32$.
    ///
    /// $P(\exists\text{ look}: E \ge 1/\alpha) \le \alpha$ if the law is $F$.
    pub fn log_e_mixture(&self) -> f64 {
        let logs = BIN_COUNTS.map(|bins| self.log_e(bins));
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = logs.iter().map(|value| exp(value - largest)).sum();
        largest + log(sum / BIN_COUNTS.len() as f64)
    }
}

fn assert_sorted(values: &[f64]) {
    let place = values
        .windows(2)
        .position(|pair| pair[0] > pair[1] || pair[0].is_nan() || pair[1].is_nan());
    assert!(place.is_none(), "the values are not ascending at position {place:?}");
}

fn assert_level(alpha: f64) {
    assert!(alpha > 0.0 && alpha < 1.0, "alpha = {alpha} is not between 0 and 1");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::bernoulli::Bernoulli;
    use rand::rngs::ChaCha8Rng;
    use rand::{RngExt as _, SeedableRng as _};

    fn golden(count: usize) -> Vec<f64> {
        (1..=count).map(|i| (i as f64 * (5_f64.sqrt() - 1.0) / 2.0).fract()).collect()
    }

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 6e-11, "{found} instead of {known}");
    }

    #[test]
    fn radii_match_known_values() {
        close(dkw_radius(1000, 1e-6), 0.085_172_348_0);
        let formula = two_sample_formula(1000, 2000, std::f64::consts::E, 1e-6);
        close(formula, 0.105_411_730_5);
        // Radius times sqrt n at looks 8 and 12, and for one look.
        assert!((band_radius(10_000, 8, 1e-6) * 100.0 - 3.0648).abs() < 1e-4);
        assert!((band_radius(10_000, 12, 1e-6) * 100.0 - 3.13).abs() < 5e-3);
        assert!((dkw_radius(10_000, 1e-6) * 100.0 - 2.69).abs() < 5e-3);
    }

    #[test]
    fn the_levels_of_the_looks_add_up() {
        let sum: f64 = (1..=1000).map(|look| level_at_look(look, 0.05)).sum();
        assert!(sum < 0.05 && sum > 0.0499);
        assert!(band_radius(50, 1, 0.05) > dkw_radius(50, 0.05));
        assert_eq!(dkw_radius(0, 0.05), f64::INFINITY);
    }

    #[test]
    fn two_samples_use_the_proved_constants() {
        close(two_sample_radius(458, 458, 1e-6), two_sample_formula(458, 458, 2.0, 1e-6));
        let below = two_sample_formula(457, 457, std::f64::consts::E, 1e-6);
        close(two_sample_radius(457, 457, 1e-6), below);
        let sum = dkw_radius(1000, 5e-7) + dkw_radius(2000, 5e-7);
        close(two_sample_radius(1000, 2000, 1e-6), sum);
        assert!(sum > two_sample_formula(1000, 2000, std::f64::consts::E, 1e-6));
    }

    #[test]
    fn the_histogram_matches_known_values() {
        let uniform = golden(1000);
        let histogram = Histogram::of(&uniform);
        close(histogram.log_e(8), -20.516_476_692_2);
        close(histogram.log_e_mixture(), -5.287_353_856_0);
        let powers: Vec<f64> = uniform.iter().map(|u| u.powf(1.2)).collect();
        let histogram = Histogram::of(&powers);
        close(histogram.log_e(8), -6.369_729_916_4);
        close(histogram.log_e_mixture(), 2.290_326_488_8);
    }

    /// One more value multiplies $E_J$ by $J(c_j+\frac12)/(n+\frac J2)$, the gambler's step.
    #[test]
    fn the_histogram_is_a_product_of_steps() {
        for bins in BIN_COUNTS {
            let (mut histogram, mut product) = (Histogram::default(), 0.0);
            let mut counts = vec![0.0; bins];
            for (n, u) in golden(200).iter().map(|u| u * u).enumerate() {
                let bin = (u * bins as f64) as usize;
                let total = n as f64 + 0.5 * bins as f64;
                product += (bins as f64 * (counts[bin] + 0.5) / total).ln();
                counts[bin] += 1.0;
                histogram.add(u);
                assert!((histogram.log_e(bins) - product).abs() < 1e-10);
            }
        }
        assert!(Histogram::default().log_e_mixture().abs() < 1e-13);
    }

    #[test]
    fn merged_counts_are_counts_of_both() {
        let values = golden(300);
        let (left, right) = values.split_at(120);
        assert_eq!(Histogram::of(left).merge(Histogram::of(right)), Histogram::of(&values));
        assert_eq!(Histogram::of(&[-1e-16, 0.0, 1.0, 1.0 + 1e-15]).count(), 4);
    }

    #[test]
    fn the_distance_looks_at_both_sides_of_each_jump() {
        let uniform = |x: f64| x.clamp(0.0, 1.0);
        close(kolmogorov_distance_continuous(&[0.5], uniform), 0.5);
        close(kolmogorov_distance_continuous(&[0.9], uniform), 0.9);
        close(kolmogorov_distance_continuous(&[0.1], uniform), 0.9);
        close(kolmogorov_distance_continuous(&[0.25, 0.75], uniform), 0.25);
        close(kolmogorov_distance_continuous(&[0.6, 0.6], uniform), 0.6);
        assert_eq!(kolmogorov_distance_continuous(&[], uniform), 0.0);
        assert!(kolmogorov_distance_continuous(&[0.5], |_| f64::NAN).is_nan());
    }

    /// A fair coin against itself: without the left limit the distance would be one half.
    #[test]
    fn atoms_need_the_left_limit() {
        let cdf = |x: f64| {
            if x < 0.0 {
                0.0
            } else if x < 1.0 {
                0.5
            } else {
                1.0
            }
        };
        let left = |x: f64| {
            if x <= 0.0 {
                0.0
            } else if x <= 1.0 {
                0.5
            } else {
                1.0
            }
        };
        let sample = [0.0, 0.0, 1.0, 1.0];
        assert_eq!(kolmogorov_distance(&sample, cdf, left), 0.0);
        assert_eq!(kolmogorov_distance_continuous(&sample, cdf), 0.5);
        assert_eq!(kolmogorov_distance(&[0.0, 0.0, 0.0, 1.0], cdf, left), 0.25);
    }

    /// The share of sequences that ever miss at level .05 is compatible with .05, for the bands at
    /// looks 64, 128, ... and for the histogram.
    #[test]
    fn no_more_sequences_miss_than_said() {
        let alpha = 0.05_f64;
        let mut generator = ChaCha8Rng::seed_from_u64(0);
        let (mut bands, mut histograms) = (Bernoulli::default(), Bernoulli::default());
        for _ in 0..400 {
            let values: Vec<f64> = (0..1024).map(|_| generator.random()).collect();
            let (mut missed, mut refuted) = (false, false);
            for look in 1..=5 {
                let mut seen = values[..32 << look].to_vec();
                seen.sort_by(f64::total_cmp);
                let distance = kolmogorov_distance_continuous(&seen, |x| x);
                missed |= distance > band_radius(seen.len() as u64, look, alpha);
                refuted |= Histogram::of(&seen).log_e_mixture() >= -alpha.ln();
            }
            bands.push(missed);
            histograms.push(refuted);
        }
        assert!(bands.lower_limit(1e-6) <= alpha, "{bands:?}");
        assert!(histograms.lower_limit(1e-6) <= alpha, "{histograms:?}");
    }

    #[test]
    fn two_sample_distances_handle_ties() {
        assert_eq!(two_sample_distance(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
        assert_eq!(two_sample_distance(&[1.0], &[2.0, 3.0]), 1.0);
        assert_eq!(two_sample_distance(&[1.0, 1.0, 2.0], &[1.0, 2.0, 2.0]), 1.0 / 3.0);
        assert_eq!(two_sample_distance(&[1.0, 3.0], &[2.0]), 0.5);
    }

    /// Against a fine second sample the distance tends to the one from the law itself.
    #[test]
    fn two_sample_distance_tends_to_the_distance_from_the_law() {
        let mut values: Vec<f64> = golden(97).iter().map(|u| u * u).collect();
        values.sort_by(f64::total_cmp);
        let grid: Vec<f64> = (0..10_000).map(|i| (f64::from(i) + 0.5) / 10_000.0).collect();
        let distance = kolmogorov_distance_continuous(&values, |x| x);
        assert!((two_sample_distance(&values, &grid) - distance).abs() < 2e-4);
    }
}

//! Rates: the exponent of decay of a positive quantity, with an interval, from rounds at several
//! sizes.
//!
//! The exponent is $\sum_k a_k \log\bar x_k$ with the weights of a slope ladder. It becomes the
//! mean of one scalar for each round by the delta method,
//!
//! $$Z_r = \sum_k a_k \frac{x_{k,r}}{\bar x_k} + \text{shift},$$
//!
//! with $\bar x_k$ the means of *all* rounds so far, and the shift such that the mean of the $Z_r$
//! is $\sum_k a_k\log\bar x_k$ itself. So rounds may share random numbers between sizes, and the
//! interval of section "mean" applies unchanged, at $\alpha/2$ for each end of the hull.
//!
//! A logarithm of a mean is biased by $-\mathrm{cv}^2/(2R)$ after $R$ rounds: nothing against
//! the width of the interval, as long as [`bias_of_log`] is below a twentieth of its half.
//!
//! Sign: $\beta$ is the exponent of *decay*, positive where the quantity decreases with size.

use crate::stats::interval::Interval;
use crate::stats::ladder::{Ladder, combine};
use crate::stats::mean;
use crate::stats::moments::Moments;
use crate::stats::stream::Stream;
use libm::log;

/// One weighted sum of logarithms: the rounds' scalars, and the interval for its mean.
#[derive(Clone, Debug)]
pub struct End {
    /// The scalars; empty where some mean has no logarithm.
    pub stream: Stream,
    /// The estimate $\sum_k a_k\log\bar x_k$; NaN where some mean has no logarithm.
    pub centre: f64,
    /// Its interval; the whole line where some mean has no logarithm, or there are too few rounds.
    pub interval: Interval,
}

/// The end with these weights, from rounds as rows of `width` numbers, with an interval at `alpha`.
pub fn end(rows: &[f64], width: usize, weights: &[f64], alpha: f64) -> End {
    let scalars = scalars(rows, width, weights);
    let mut stream = Stream::new();
    if scalars.iter().any(|scalar| !scalar.is_finite()) {
        return End { stream, centre: f64::NAN, interval: Interval::ALL };
    }
    stream.extend(&scalars);
    let interval = mean::interval(stream.moments(), alpha);
    End { centre: stream.moments().mean, interval, stream }
}

/// Both ends of the hull for an exponent of decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateIntervals {
    /// The interval of $A_+$, at half the level.
    pub plus: Interval,
    /// The interval of $A_-$, at half the level.
    pub minus: Interval,
    /// The estimate $\sum a^+_k\log\bar x_k$.
    pub plus_centre: f64,
    /// The estimate $\sum a^-_k\log\bar x_k$.
    pub minus_centre: f64,
    /// The largest $\mathrm{cv}_k^2/R$, see [`bias_of_log`].
    pub bias_of_log: f64,
}

impl RateIntervals {
    /// The interval of the exponent: the hull of both.
    pub fn hull(&self) -> Interval {
        self.plus.hull(self.minus)
    }

    /// Whether the bias of the logarithm is below a share of the hull's half-width (0.05).
    pub fn is_unbiased(&self, share: f64) -> bool {
        self.bias_of_log < share * 0.5 * self.hull().width()
    }
}

/// The intervals of $A_\pm$ at `alpha`/2 each, from rounds as rows of one number for each size, in
/// the order of the ladder's sizes.
///
/// The whole line where a mean is not positive, or where there are too few rounds.
pub fn intervals(rows: &[f64], ladder: &Ladder, alpha: f64) -> RateIntervals {
    let width = ladder.plus.len();
    let [plus, minus] =
        [&ladder.plus, &ladder.minus].map(|weights| end(rows, width, weights, 0.5 * alpha));
    RateIntervals {
        plus: plus.interval,
        minus: minus.interval,
        plus_centre: plus.centre,
        minus_centre: minus.centre,
        bias_of_log: bias_of_log(rows, width),
    }
}

/// The scalars $Z_r$ of rounds given as rows of `width` numbers: their mean is
/// $\sum a_k\log\bar x_k$, their spread that of the delta method.
///
/// All NaN where the mean of a column with a weight is not positive and finite: there is no
/// logarithm, and the interval of such scalars is the whole line.
pub fn scalars(rows: &[f64], width: usize, weights: &[f64]) -> Vec<f64> {
    let means = column_means(rows, width);
    let mut relative = Vec::with_capacity(width);
    let mut shift = 0.0;
    for (weight, mean) in weights.iter().zip(&means) {
        if *weight == 0.0 {
            relative.push(0.0);
            continue;
        }
        if !(*mean > 0.0 && mean.is_finite()) {
            return vec![f64::NAN; rows.len() / width];
        }
        relative.push(weight / mean);
        shift += weight * (log(*mean) - 1.0);
    }
    let mut scalars = combine(rows, width, &relative);
    scalars.iter_mut().for_each(|scalar| *scalar += shift);
    scalars
}

/// $\max_k \mathrm{cv}_k^2/R$: twice the bias of the logarithm of a mean over $R$ rounds, at the
/// worst column.
///
/// Infinite where a mean is not positive or fewer than two rounds are there.
pub fn bias_of_log(rows: &[f64], width: usize) -> f64 {
    let count = rows.len() / width;
    let columns = (0..width).map(|k| rows.iter().skip(k).step_by(width).copied().collect());
    let bias = |column: Vec<f64>| {
        let moments = Moments::of(&column);
        let cv = moments.deviation() / moments.mean;
        let bias = cv * cv / count as f64;
        if moments.mean > 0.0 && bias.is_finite() { bias } else { f64::INFINITY }
    };
    if count < 2 { f64::INFINITY } else { columns.map(bias).fold(0.0, f64::max) }
}

/// The mean of each column; a second pass takes off what the first one lost to rounding.
fn column_means(rows: &[f64], width: usize) -> Vec<f64> {
    let count = (rows.len() / width) as f64;
    let sums = |offsets: &[f64]| {
        let mut sums = vec![0.0; width];
        for row in rows.chunks_exact(width) {
            for k in 0..width {
                sums[k] += row[k] - offsets[k];
            }
        }
        sums
    };
    let rough: Vec<f64> = sums(&vec![0.0; width]).iter().map(|sum| sum / count).collect();
    sums(&rough).iter().zip(&rough).map(|(sum, mean)| mean + sum / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [usize; 4] = [32, 256, 128, 1024];

    fn golden(count: usize) -> Vec<f64> {
        (1..=count).map(|i| (i as f64 * (5_f64.sqrt() - 1.0) / 2.0).fract()).collect()
    }

    /// Rounds with mean $f(n)$.
    fn rounds(count: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let size = |i: usize| SIZES[i % 4] as f64;
        golden(4 * count).iter().enumerate().map(|(i, v)| f(size(i)) * (0.5 + v)).collect()
    }

    fn ladder() -> Ladder {
        Ladder::slope(&SIZES, &[], 0.5).unwrap()
    }

    fn close(found: f64, known: f64) {
        assert!((found - known).abs() < 6e-11, "{found} instead of {known}");
    }

    #[test]
    fn the_hull_of_a_rate_matches_known_values() {
        let found = intervals(&rounds(1000, |n| (1.0 + 3.0 / n) / n), &ladder(), 1e-6);
        close(found.plus_centre, 0.980_518_014_6);
        close(found.plus.low, 0.882_086_238_4);
        close(found.plus.high, 1.075_302_678_3);
        close(found.minus_centre, 1.037_956_380_4);
        close(found.minus.low, 0.993_293_269_2);
        close(found.minus.high, 1.079_957_160_8);
        assert_eq!(found.hull(), Interval::new(found.plus.low, found.minus.high));
        assert!(found.is_unbiased(0.05) && !found.is_unbiased(1e-9));
    }

    #[test]
    fn the_mean_of_the_scalars_is_the_slope_of_the_means() {
        let (rows, ladder) = (rounds(300, |n| 7.0 * n.powf(-0.3)), ladder());
        for weights in [&ladder.plus, &ladder.minus] {
            let scalars = scalars(&rows, 4, weights);
            let mut slope = 0.0;
            for (k, weight) in weights.iter().enumerate() {
                let column: Vec<f64> = rows.iter().skip(k).step_by(4).copied().collect();
                slope += weight * Moments::of(&column).mean.ln();
            }
            close(Moments::of(&scalars).mean, slope);
            assert_eq!(scalars.len(), 300);
        }
    }

    /// Units of the quantity, and of the size, drop out.
    #[test]
    fn a_rate_has_no_units() {
        let rows = rounds(200, |n| n.powf(-2.0));
        let scaled: Vec<f64> = rows.iter().map(|x| 1e30 * x).collect();
        let (found, same) =
            (intervals(&rows, &ladder(), 1e-6), intervals(&scaled, &ladder(), 1e-6));
        close(found.plus.low, same.plus.low);
        close(found.minus.high, same.minus.high);
        let sizes = SIZES.map(|n| 10 * n);
        let wider = Ladder::slope(&sizes, &[], 0.5).unwrap();
        close(intervals(&rows, &wider, 1e-6).plus.low, found.plus.low);
    }

    /// Without noise the interval is the exponent itself.
    #[test]
    fn an_exact_power_gives_its_exponent() {
        let rows: Vec<f64> = (0..4 * 64).map(|i| 3.0 * (SIZES[i % 4] as f64).powf(-1.25)).collect();
        let found = intervals(&rows, &ladder(), 1e-3);
        assert!((found.plus_centre - 1.25).abs() < 1e-12);
        assert!((found.minus_centre - 1.25).abs() < 1e-12);
        assert!(found.bias_of_log < 1e-25);
    }

    #[test]
    fn what_is_not_positive_has_no_rate() {
        let mut rows = rounds(100, |n| 1.0 / n);
        rows.iter_mut().skip(1).step_by(4).for_each(|x| *x = -*x);
        let found = intervals(&rows, &ladder(), 1e-3);
        assert_eq!((found.plus, found.minus), (Interval::ALL, Interval::ALL));
        assert_eq!(found.bias_of_log, f64::INFINITY);
        assert_eq!(bias_of_log(&rows[..4], 4), f64::INFINITY);
        // A column without a weight does not matter.
        assert!(scalars(&rows, 4, &[1.0, 0.0, -1.0, 0.0]).iter().all(|z| z.is_finite()));
    }

    #[test]
    fn the_bias_of_a_logarithm_is_that_of_the_worst_column() {
        let rows = [1.0, 10.0, 3.0, 10.0, 2.0, 13.0];
        // Columns (1, 3, 2) and (10, 10, 13): cv² = 1/4 and 3/121.
        close(bias_of_log(&rows, 2), 1.0 / 12.0);
    }
}

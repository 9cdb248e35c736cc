//! What is kept of the rounds of one judged scalar: enough for its interval and for all gates.
//!
//! Never all values: a claim may draw $10^8$ of them. Kept are the moments, the products of
//! neighbours, the extremes, the first few thousand values, and whether more than two distinct
//! values occurred. Values enter in the order of the rounds.
//!
//! The result depends on the values and their order alone, to the last bit, however they were cut
//! into calls of [`Stream::extend`]: all sums run over blocks of 64 values, and a last,
//! incomplete block is kept aside until it fills.

use super::moments::Moments;
use std::sync::OnceLock;

/// Values are folded in blocks of this many.
const BLOCK: usize = 64;

/// At most this many exceedances enter the fit of the tail; the first as many values give the
/// median. A multiple of the block length.
pub const TAIL_MAX: usize = 4096;

/// Values kept at either end: the exceedances, and the one value that they exceed.
const EXTREMES: usize = TAIL_MAX + 1;

/// Fewer exceedances than this say nothing about a tail (Vehtari et al., Pareto smoothed
/// importance sampling, JMLR 25 (2024)).
const TAIL_MIN: usize = 5;

/// A sample that took two distinct values: a frequency in disguise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoValues {
    /// The lesser value.
    pub low: f64,
    /// The greater value.
    pub high: f64,
    /// How often the greater one occurred.
    pub high_count: u64,
}

/// The rounds of one judged scalar, folded in the order in which they were drawn.
///
/// Values must be finite: a sampler that returns anything else is an error before it comes here.
#[derive(Clone, Debug)]
pub struct Stream {
    /// Of the complete blocks.
    blocks: Moments,
    /// Of everything.
    total: Moments,
    /// The incomplete block.
    pending: Vec<f64>,
    products: Products,
    distinct: Distinct,
    low: f64,
    high: f64,
    /// The complete blocks among the first [`TAIL_MAX`] values.
    first: Vec<f64>,
    /// Used once `first` is full; it holds everything until then.
    largest: Extremes<1>,
    smallest: Extremes<-1>,
    /// The fit of the tail, once it was asked for: every mutant asks again.
    shape: OnceLock<Option<f64>>,
}

impl Default for Stream {
    fn default() -> Self {
        Self::new()
    }
}

impl Stream {
    /// No rounds yet.
    pub fn new() -> Self {
        Self {
            blocks: Moments::default(),
            total: Moments::default(),
            pending: Vec::with_capacity(BLOCK),
            products: Products::default(),
            distinct: Distinct::default(),
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            first: Vec::new(),
            largest: Extremes::default(),
            smallest: Extremes::default(),
            shape: OnceLock::new(),
        }
    }

    /// Folds in the next rounds.
    pub fn extend(&mut self, values: &[f64]) {
        self.shape = OnceLock::new();
        let mut rest = values;
        if !self.pending.is_empty() {
            let (head, tail) = rest.split_at(rest.len().min(BLOCK - self.pending.len()));
            self.pending.extend_from_slice(head);
            rest = tail;
            if self.pending.len() == BLOCK {
                let block = std::mem::take(&mut self.pending);
                self.fold(&block);
                self.pending = block;
                self.pending.clear();
            }
        }
        let blocks = rest.chunks_exact(BLOCK);
        self.pending.extend_from_slice(blocks.remainder());
        for block in blocks {
            self.fold(block);
        }
        self.total = self.blocks;
        self.total.merge(&Moments::of(&self.pending));
    }

    /// Folds in one complete block.
    fn fold(&mut self, block: &[f64]) {
        debug_assert!(block.len() == BLOCK && block.iter().all(|x| x.is_finite()));
        self.blocks.merge(&Moments::of(block));
        self.products.add(block);
        self.distinct.add(block);
        let (low, high) = range(block);
        self.low = self.low.min(low);
        self.high = self.high.max(high);
        if self.first.len() < TAIL_MAX {
            self.first.extend_from_slice(block);
            if self.first.len() == TAIL_MAX {
                self.largest.start(&self.first);
                self.smallest.start(&self.first);
            }
        } else {
            self.largest.add(block, high);
            self.smallest.add(block, low);
        }
    }

    /// Count, mean and central sums of all rounds so far.
    pub fn moments(&self) -> &Moments {
        &self.total
    }

    /// The number of rounds so far.
    pub fn count(&self) -> u64 {
        self.total.count
    }

    /// The least value; $+\infty$ before the first round.
    pub fn min(&self) -> f64 {
        self.pending.iter().fold(self.low, |low, x| low.min(*x))
    }

    /// The greatest value; $-\infty$ before the first round.
    pub fn max(&self) -> f64 {
        self.pending.iter().fold(self.high, |high, x| high.max(*x))
    }

    /// The greatest `|x|`; 0 before the first round.
    pub fn max_abs(&self) -> f64 {
        if self.count() == 0 { 0.0 } else { self.max().max(-self.min()) }
    }

    /// The autocorrelation of neighbours in the order of drawing,
    /// $r_1 = \sum_{i<n} (x_i - \bar x)(x_{i+1} - \bar x) / M_2$; 0 where there is no spread.
    pub fn autocorrelation(&self) -> f64 {
        if self.total.m2 == 0.0 {
            return 0.0;
        }
        let mut products = self.products;
        products.add(&self.pending);
        products.about(&self.total) / self.total.m2
    }

    /// The two values and how often, if exactly two distinct ones occurred.
    pub fn two_values(&self) -> Option<TwoValues> {
        let mut distinct = self.distinct;
        distinct.add(&self.pending);
        distinct.two_values()
    }

    /// The share of the largest squared deviation,
    /// $\max_i (x_i - \bar x)^2 / M_2$; 0 where there is no spread.
    pub fn largest_share(&self) -> f64 {
        if self.total.m2 == 0.0 {
            return 0.0;
        }
        let farthest = (self.max() - self.total.mean).max(self.total.mean - self.min());
        farthest * farthest / self.total.m2
    }

    /// The shape $\hat k$ of the generalised Pareto law fitted to the largest
    /// $N = \lfloor\min(n/5, 3\sqrt n, 4096)\rfloor$ of the $|x_i - \text{median}|$: the variance
    /// is infinite when the true one is at least ½.
    ///
    /// The median is that of the first 4096 rounds. `None` where ties leave no tail to
    /// fit, or where $N < 5$.
    ///
    /// Source: Zhang and Stephens, *Technometrics* 51(3) (2009), with the weak prior of Vehtari
    /// et al., JMLR 25 (2024).
    pub fn tail_shape(&self) -> Option<f64> {
        *self.shape.get_or_init(|| self.fit_tail())
    }

    fn fit_tail(&self) -> Option<f64> {
        let count = self.count() as f64;
        let tail = (0.2 * count).min(3.0 * count.sqrt()).min(TAIL_MAX as f64) as usize;
        if tail < TAIL_MIN {
            return None;
        }
        let median = self.median();
        let mut distances = self.candidates(median);
        for x in &mut distances {
            *x = (*x - median).abs();
        }
        let cut = distances.len() - (tail + 1);
        distances.select_nth_unstable_by(cut, f64::total_cmp);
        let mut excesses = distances.split_off(cut);
        excesses.sort_unstable_by(f64::total_cmp);
        let threshold = excesses.remove(0);
        for x in &mut excesses {
            *x -= threshold;
        }
        shape(&excesses)
    }

    /// The median of the first [`TAIL_MAX`] values.
    fn median(&self) -> f64 {
        let mut values = self.first.clone();
        if values.len() < TAIL_MAX {
            values.extend_from_slice(&self.pending);
        }
        values.sort_unstable_by(f64::total_cmp);
        let half = values.len() / 2;
        if values.len() % 2 == 1 {
            values[half]
        } else {
            0.5 * values[half - 1] + 0.5 * values[half]
        }
    }

    /// Values among which are the [`EXTREMES`] farthest from `centre`, each draw at most once.
    fn candidates(&self, centre: f64) -> Vec<f64> {
        let mut values = if self.first.len() < TAIL_MAX {
            self.first.clone()
        } else {
            // A draw may be kept at both ends; its side of the centre decides which one counts.
            let above = self.largest.kept.iter().filter(|x| **x > centre);
            let below = self.smallest.kept.iter().filter(|x| **x <= centre);
            above.chain(below).copied().collect()
        };
        values.extend_from_slice(&self.pending);
        values
    }
}

/// The least and the greatest of some values.
fn range(values: &[f64]) -> (f64, f64) {
    let (mut low, mut high) = ([f64::INFINITY; 8], [f64::NEG_INFINITY; 8]);
    for chunk in values.chunks(8) {
        for (lane, x) in chunk.iter().enumerate() {
            // `f64::min` handles NaN, which takes three instructions instead of one
            low[lane] = if *x < low[lane] { *x } else { low[lane] };
            high[lane] = if *x > high[lane] { *x } else { high[lane] };
        }
    }
    (
        low.into_iter().fold(f64::INFINITY, f64::min),
        high.into_iter().fold(f64::NEG_INFINITY, f64::max),
    )
}

/// The sum of products of neighbours, about the first value.
///
/// About a fixed value near the mean, because the mean itself moves with every block; about zero,
/// all digits would be lost as soon as the mean is a few orders above the spread.
#[derive(Clone, Copy, Debug, Default)]
struct Products {
    ends: Option<Ends>,
    sum: f64,
}

#[derive(Clone, Copy, Debug)]
struct Ends {
    first: f64,
    last: f64,
}

impl Products {
    fn add(&mut self, values: &[f64]) {
        let [head, .., last] = *values else {
            // one value or none
            if let [only] = *values {
                let ends = self.ends.unwrap_or(Ends { first: only, last: only });
                self.sum += (ends.last - ends.first) * (only - ends.first);
                self.ends = Some(Ends { last: only, ..ends });
            }
            return;
        };
        let ends = self.ends.unwrap_or(Ends { first: head, last: head });
        let mut sums = [0.0; 8];
        let product = |a: f64, b: f64| (a - ends.first) * (b - ends.first);
        for (left, right) in values[..values.len() - 1].chunks(8).zip(values[1..].chunks(8)) {
            for (lane, (a, b)) in left.iter().zip(right).enumerate() {
                sums[lane] += product(*a, *b);
            }
        }
        self.sum += product(ends.last, head) + sums.iter().sum::<f64>();
        self.ends = Some(Ends { last, ..ends });
    }

    /// The same sum about the mean instead.
    ///
    /// With $y_i = x_i - x_1$ and $d = \bar x - x_1$, so that $y_1 = 0$ and $\sum y_i = n d$:
    /// $\sum_{i<n} (y_i - d)(y_{i+1} - d) = \sum_{i<n} y_i y_{i+1} + d\,y_n - (n+1) d^2$.
    fn about(&self, moments: &Moments) -> f64 {
        let Some(ends) = self.ends else { return 0.0 };
        let d = moments.mean - ends.first;
        self.sum + d * (ends.last - ends.first) - (moments.count as f64 + 1.0) * d * d
    }
}

/// The distinct values that occurred and how often, until there are three.
#[derive(Clone, Copy, Debug, Default)]
enum Distinct {
    #[default]
    None,
    One {
        value: f64,
        count: u64,
    },
    Two {
        values: [f64; 2],
        counts: [u64; 2],
    },
    Many,
}

impl Distinct {
    fn add(&mut self, values: &[f64]) {
        for x in values {
            *self = match *self {
                Self::Many => return,
                Self::None => Self::One { value: *x, count: 1 },
                Self::One { value, count } if value == *x => Self::One { value, count: count + 1 },
                Self::One { value, count } => Self::Two { values: [value, *x], counts: [count, 1] },
                Self::Two { values, mut counts } => {
                    match values.iter().position(|value| value == x) {
                        Some(which) => counts[which] += 1,
                        None => {
                            *self = Self::Many;
                            return;
                        }
                    }
                    Self::Two { values, counts }
                }
            };
        }
    }

    fn two_values(&self) -> Option<TwoValues> {
        let Self::Two { values: [a, b], counts: [of_a, of_b] } = *self else { return None };
        Some(if a < b {
            TwoValues { low: a, high: b, high_count: of_b }
        } else {
            TwoValues { low: b, high: a, high_count: of_a }
        })
    }
}

/// The [`EXTREMES`] largest values (`SIGN = 1`) or smallest (`SIGN = -1`), and some others.
///
/// Most values cost one comparison for a whole block. Those beyond the threshold are collected and
/// thinned out once there are twice as many as needed, so that a value costs a constant time.
#[derive(Clone, Debug)]
struct Extremes<const SIGN: i8> {
    kept: Vec<f64>,
    /// The least extreme of the last thinning: as many as needed are at least as extreme.
    threshold: f64,
}

impl<const SIGN: i8> Default for Extremes<SIGN> {
    fn default() -> Self {
        Self { kept: Vec::new(), threshold: -f64::from(SIGN) * f64::INFINITY }
    }
}

impl<const SIGN: i8> Extremes<SIGN> {
    fn beyond(&self, x: f64) -> bool {
        if SIGN > 0 { x > self.threshold } else { x < self.threshold }
    }

    fn start(&mut self, values: &[f64]) {
        self.kept.reserve_exact(2 * EXTREMES + BLOCK);
        self.kept.extend_from_slice(values);
    }

    /// Adds a block whose most extreme value is `extreme`.
    fn add(&mut self, block: &[f64], extreme: f64) {
        if !self.beyond(extreme) {
            return;
        }
        for x in block {
            if self.beyond(*x) {
                self.kept.push(*x);
            }
        }
        if self.kept.len() >= 2 * EXTREMES {
            let order = |a: &f64, b: &f64| {
                if SIGN > 0 { b.total_cmp(a) } else { a.total_cmp(b) }
            };
            let (_, least, _) = self.kept.select_nth_unstable_by(EXTREMES - 1, order);
            self.threshold = *least;
            self.kept.truncate(EXTREMES);
        }
    }
}

/// The shape of the generalised Pareto law from sorted excesses $z_1 \le \dots \le z_N$.
///
/// With $m = 30 + \lfloor\sqrt N\rfloor$ and the quartile $z^*$, a grid
/// $\theta_j = 1/z_N + (1 - \sqrt{m/(j - ½)})/(3 z^*)$ is weighed by the profile likelihood
/// $\ell_j = N(\log(-\theta_j/k_j) - k_j - 1)$, $k_j = \text{mean}\log(1 - \theta_j z)$, and
/// $\hat k$ is $k$ at the mean of $\theta$, drawn towards ½ as if by ten more values.
fn shape(excesses: &[f64]) -> Option<f64> {
    let count = excesses.len() as f64;
    let quartile = excesses[(count / 4.0 + 0.5) as usize - 1];
    let largest = excesses[excesses.len() - 1];
    if quartile <= 0.0 || !largest.is_finite() {
        return None;
    }
    // Where the largest is 1e16 times the quartile, theta times it rounds to 1: the floor keeps
    // the logarithm finite.
    let mean_log = |theta: f64| {
        let sum: f64 = excesses.iter().map(|z| libm::log1p((-theta * z).max(-1.0 + 1e-16))).sum();
        sum / count
    };
    let steps = 30 + count.sqrt() as usize;
    let thetas: Vec<f64> = (1..=steps)
        .map(|j| {
            let root = (steps as f64 / (j as f64 - 0.5)).sqrt();
            1.0 / largest + (1.0 - root) / (3.0 * quartile)
        })
        .collect();
    let likelihoods: Vec<f64> = thetas
        .iter()
        .map(|theta| {
            let k = mean_log(*theta);
            let ratio = -theta / k;
            // theta = 0 is the exponential law, of rate 1 / mean
            let rate = if ratio > 0.0 { ratio } else { count / excesses.iter().sum::<f64>() };
            count * (libm::log(rate) - k - 1.0)
        })
        .collect();
    let best = likelihoods.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut weight, mut weighted) = (0.0, 0.0);
    for (theta, likelihood) in thetas.iter().zip(&likelihoods) {
        let w = libm::exp(likelihood - best);
        weight += w;
        weighted += w * theta;
    }
    Some((count * mean_log(weighted / weight) + 5.0) / (count + 10.0))
}

#[cfg(test)]
mod tests {
    use super::{EXTREMES, Stream, TAIL_MAX, TwoValues};
    use crate::stats::moments::Moments;
    use proptest::prelude::{Just, Strategy, proptest};
    use proptest::{collection, prop_assert_eq, prop_oneof};

    /// `u_i = frac(i (sqrt 5 - 1) / 2)`: the sample of the reference values.
    fn uniforms(count: usize) -> Vec<f64> {
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        (1..=count).map(|i| (i as f64 * golden).fract()).collect()
    }

    fn image(count: usize, f: impl Fn(f64) -> f64) -> Vec<f64> {
        uniforms(count).into_iter().map(f).collect()
    }

    fn folded(values: &[f64]) -> Stream {
        let mut stream = Stream::new();
        stream.extend(values);
        stream
    }

    fn bits(stream: &Stream) -> Vec<u64> {
        let m = stream.moments();
        [
            m.mean,
            m.m2,
            m.m3,
            stream.min(),
            stream.max(),
            stream.autocorrelation(),
            stream.largest_share(),
            stream.tail_shape().unwrap_or(-1.0),
        ]
        .iter()
        .map(|x| x.to_bits())
        .chain([m.count, stream.two_values().map_or(u64::MAX, |two| two.high_count)])
        .collect()
    }

    #[test]
    fn reference_values() {
        // specification, section 10
        let stream = folded(&image(1000, |u| -libm::log(u)));
        assert!((stream.autocorrelation() + 0.266_885_391_6).abs() < 1e-10);
        let shape = |f: fn(f64) -> f64| folded(&image(1000, f)).tail_shape().expect("no ties");
        assert!((shape(|u| -libm::log(u)) - 0.045_564_553_6).abs() < 1e-10);
        assert!((shape(|u| 1.0 / u.sqrt()) - 0.469_325_203_1).abs() < 1e-10);
        assert!((shape(|u| 1.0 / u) - 0.895_006_882_3).abs() < 1e-10);
    }

    #[test]
    fn tail_shape_has_no_unit_no_offset_and_no_side() {
        let shape = |f: fn(f64) -> f64| folded(&image(20_000, f)).tail_shape().expect("no ties");
        let expected = shape(|u| u.powf(-0.3));
        assert!((expected - 0.3).abs() < 0.1, "{expected}");
        assert!((shape(|u| 1e6 * u.powf(-0.3)) - expected).abs() < 1e-9);
        assert!((shape(|u| 7.0 - u.powf(-0.3)) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_tail_that_is_not_there() {
        assert_eq!(folded(&[]).tail_shape(), None);
        assert_eq!(folded(&image(24, libm::log)).tail_shape(), None);
        assert!(folded(&image(25, libm::log)).tail_shape().is_some());
        // integers about their median: the quartile of the excesses is a tie
        assert_eq!(folded(&image(1000, |u| (10.0 * u).floor())).tail_shape(), None);
        assert_eq!(folded(&vec![3.0; 5000]).tail_shape(), None);
    }

    #[test]
    fn one_enormous_value_leaves_a_finite_shape() {
        let mut values = uniforms(1000);
        values[500] = 1e30;
        let shape = folded(&values).tail_shape().expect("no ties");
        assert!(shape.is_finite());
        values[500] = 1e308;
        assert!(folded(&values).tail_shape().expect("no ties").is_finite());
    }

    #[test]
    fn extremes_are_those_of_a_sort() {
        for (count, f) in [
            (9_000, (|u| u) as fn(f64) -> f64),
            (50_000, |u| (u - 0.5) / u),
            (50_000, |u| (1000.0 * u).floor()),
            (4_097, |u| u),
            (8_300, |u| -u),
        ] {
            for sorted in [false, true] {
                let mut values = image(count, f);
                if sorted {
                    values.sort_by(f64::total_cmp);
                }
                let stream = folded(&values);
                values.sort_by(f64::total_cmp);
                let pending = stream.pending.clone();
                let mut low = [stream.smallest.kept.clone(), pending.clone()].concat();
                low.sort_by(f64::total_cmp);
                assert_eq!(low[..TAIL_MAX], values[..TAIL_MAX]);
                let mut high = [stream.largest.kept.clone(), pending].concat();
                high.sort_by(|a, b| b.total_cmp(a));
                values.reverse();
                assert_eq!(high[..TAIL_MAX], values[..TAIL_MAX]);
                assert!(stream.largest.kept.len() < 2 * EXTREMES);
            }
        }
    }

    #[test]
    fn tail_shape_from_extremes_is_that_from_all_values() {
        for count in [4095, 4096, 4097, 8192, 8256, 30_000] {
            let values = image(count, |u| (1.0 - u) / u.sqrt() - 0.3 / (1.0 - u));
            let stream = folded(&values);
            let median = stream.median();
            let tail = (0.2 * count as f64).min(3.0 * (count as f64).sqrt()) as usize;
            let mut distances: Vec<f64> = values.iter().map(|x| (x - median).abs()).collect();
            distances.sort_by(|a, b| b.total_cmp(a));
            let mut excesses: Vec<f64> =
                distances[..tail].iter().map(|x| x - distances[tail]).collect();
            excesses.reverse();
            assert_eq!(stream.tail_shape(), super::shape(&excesses), "{count}");
        }
    }

    #[test]
    fn autocorrelation_is_that_of_the_definition() {
        for count in [3, 63, 64, 65, 1000] {
            for offset in [0.0, 1e6] {
                let values = image(count, |u| offset + u * u);
                let moments = Moments::of(&values);
                let sum: f64 = values
                    .windows(2)
                    .map(|pair| (pair[0] - moments.mean) * (pair[1] - moments.mean))
                    .sum();
                let r = folded(&values).autocorrelation();
                assert!((r - sum / moments.m2).abs() < 1e-8, "{count} {offset}");
            }
        }
        assert_eq!(folded(&[1.0; 100]).autocorrelation(), 0.0);
        assert_eq!(folded(&[]).autocorrelation(), 0.0);
    }

    #[test]
    fn two_values_are_noticed_and_counted() {
        let mut values = image(1000, |u| if u < 0.3 { 2.0 } else { -1.0 });
        let high_count = values.iter().filter(|x| **x == 2.0).count() as u64;
        let expected = TwoValues { low: -1.0, high: 2.0, high_count };
        assert_eq!(folded(&values).two_values(), Some(expected));
        values.reverse();
        assert_eq!(folded(&values).two_values(), Some(expected));
        values[999] = 0.0;
        assert_eq!(folded(&values).two_values(), None);
        assert_eq!(folded(&[5.0; 100]).two_values(), None);
        assert_eq!(folded(&[0.0, -0.0]).two_values(), None);
        assert_eq!(folded(&[]).two_values(), None);
    }

    #[test]
    fn extremes_and_share() {
        let stream = folded(&[3.0, -5.0, 1.0]);
        assert_eq!([stream.min(), stream.max(), stream.max_abs()], [-5.0, 3.0, 5.0]);
        let m2 = stream.moments().m2;
        assert!((stream.largest_share() * m2 - (5.0 - 1.0 / 3.0_f64).powi(2)).abs() < 1e-12);
        assert_eq!(folded(&[2.0; 70]).largest_share(), 0.0);
        assert_eq!(Stream::new().max_abs(), 0.0);
    }

    proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        /// The cuts between calls of `extend` leave no trace in any bit.
        #[test]
        fn results_do_not_depend_on_the_cuts(
            count in prop_oneof![0..300_usize, 4000..4200_usize, 8000..20_000_usize],
            few in prop_oneof![Just(2.0), Just(3.0), Just(1e9)],
            cuts in collection::vec(0..700_usize, 1..20)
                .prop_filter("must move on", |cuts| cuts.iter().any(|cut| *cut > 0)),
        ) {
            let values = image(count, |u| (few * u).floor() / few - 0.3);
            let mut stream = Stream::new();
            let mut rest = &values[..];
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (head, tail) = rest.split_at(rest.len().min(*cut));
                stream.extend(head);
                rest = tail;
            }
            prop_assert_eq!(bits(&stream), bits(&folded(&values)));
        }
    }
}

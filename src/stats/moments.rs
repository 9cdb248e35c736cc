//! Count, mean and central sums of a sample, and how two of them become one.
//!
//! Enough for the interval of a mean with its correction for skewness (`mean.rs`), and small
//! enough to store for ever. Sums are kept about the mean, never about zero: raw sums lose all
//! digits as soon as the mean is a few orders above the spread.

use serde::{Deserialize, Serialize};

/// The count, the mean, and the central sums $M_k = \sum_i (x_i - \bar x)^k$ for $k = 2, 3$.
///
/// Sums over values whose spread lies outside $[10^{-100}, 10^{100}]$ leave the range of `f64`;
/// [`Moments::skewness`] is then infinite, so that the skewness gate refuses to judge.
///
/// Source of the updates: P. Pébay, *Formulas for robust, one-pass parallel computation of
/// covariances and arbitrary-order statistical moments*, Sandia report SAND2008-6212 (2008).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// How many values.
    pub count: u64,
    /// Their mean; 0 where there are none.
    pub mean: f64,
    /// The sum of squares about the mean.
    pub m2: f64,
    /// The sum of cubes about the mean.
    pub m3: f64,
}

/// Sums run in this many independent lanes, which is what lets the compiler use vectors.
const LANES: usize = 8;

/// Spreads below this, or above its inverse, have cubes that `f64` cannot hold well.
const SPREAD_MIN: f64 = 1e-100;

impl Moments {
    /// Adds one value.
    pub fn push(&mut self, x: f64) {
        let before = self.count as f64;
        self.count += 1;
        let count = self.count as f64;
        let delta = x - self.mean;
        let step = delta / count;
        let square = delta * step * before;
        self.mean += step;
        self.m3 += square * step * (count - 2.0) - 3.0 * step * self.m2;
        self.m2 += square;
    }

    /// Adds all values of another sample, as if they had been pushed after those of this one.
    ///
    /// The result is the same to rounding, not to the bit: merge in a fixed order where bits count.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        if self.count == 0 {
            *self = *other;
            return;
        }
        let (here, there) = (self.count as f64, other.count as f64);
        let count = here + there;
        let delta = other.mean - self.mean;
        let step = delta / count;
        self.m3 += other.m3
            + delta * step * step * here * there * (here - there)
            + 3.0 * step * (here * other.m2 - there * self.m2);
        self.m2 += other.m2 + delta * step * here * there;
        self.mean += step * there;
        self.count += other.count;
    }

    /// The moments of these values, in two passes.
    #[inline]
    pub fn of(values: &[f64]) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        let count = values.len() as f64;
        let rough = lane_sums(values, |x| [x])[0] / count;
        let [first, second, third] = lane_sums(values, |x| {
            let delta = x - rough;
            let square = delta * delta;
            [delta, square, square * delta]
        });
        // `rough` carries the rounding of a long sum; what it is off by is `first / count`.
        let off = first / count;
        let m2 = second - off * first;
        Self {
            count: values.len() as u64,
            mean: rough + off,
            m2: if m2 < 0.0 { 0.0 } else { m2 }, // equal values; `max` would hide a NaN
            m3: third - 3.0 * off * second + 2.0 * off * off * first,
        }
    }

    /// The variance, with divisor $n - 1$; 0 for fewer than two values.
    pub fn variance(&self) -> f64 {
        if self.count < 2 { 0.0 } else { self.m2 / (self.count - 1) as f64 }
    }

    /// The standard deviation $s$: the square root of [`Moments::variance`].
    pub fn deviation(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The skewness $\hat\gamma = (M_3/n) / (M_2/n)^{3/2}$, without unit.
    ///
    /// 0 where there is no spread, and $+\infty$ where the cubes cannot be held in an `f64`.
    pub fn skewness(&self) -> f64 {
        if self.m2 == 0.0 {
            return 0.0;
        }
        let count = self.count as f64;
        let spread = (self.m2 / count).sqrt();
        if !(SPREAD_MIN..=1.0 / SPREAD_MIN).contains(&spread) || !self.m3.is_finite() {
            return f64::INFINITY;
        }
        self.m3 / count / spread / spread / spread
    }

    /// The coefficient of variation $s / |\bar x|$, without unit; 0 where there is no spread.
    pub fn cv(&self) -> f64 {
        let deviation = self.deviation();
        if deviation == 0.0 { 0.0 } else { deviation / self.mean.abs() }
    }
}

/// The sums over `values` of each of the terms.
#[inline]
fn lane_sums<const K: usize>(values: &[f64], terms: impl Fn(f64) -> [f64; K]) -> [f64; K] {
    let mut lanes = [[0.0; LANES]; K];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, x) in chunk.iter().enumerate() {
            let term = terms(*x);
            for k in 0..K {
                lanes[k][lane] += term[k];
            }
        }
    }
    let mut sums = [0.0; K];
    for (sum, lane) in sums.iter_mut().zip(&lanes) {
        *sum = lane.iter().sum();
    }
    for x in rest {
        let term = terms(*x);
        for k in 0..K {
            sums[k] += term[k];
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::Moments;

    /// `-log u_i` with `u_i = frac(i (sqrt 5 - 1) / 2)`: the sample of the reference values.
    fn sample(count: usize) -> Vec<f64> {
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        (1..=count).map(|i| -libm::log((i as f64 * golden).fract())).collect()
    }

    fn pushed(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|x| moments.push(*x));
        moments
    }

    #[track_caller]
    fn assert_close(a: &Moments, b: &Moments, relative: f64) {
        assert_eq!(a.count, b.count);
        let spread = a.deviation();
        let n = a.count as f64;
        assert!((a.mean - b.mean).abs() <= relative * (a.mean.abs() + spread), "{a:?} {b:?}");
        assert!((a.m2 - b.m2).abs() <= relative * a.m2, "{a:?} {b:?}");
        assert!((a.m3 - b.m3).abs() <= relative * (a.m3.abs() + n * spread.powi(3)), "{a:?} {b:?}");
    }

    #[test]
    fn reference_values() {
        // specification, section 10
        for moments in [Moments::of(&sample(1000)), pushed(&sample(1000))] {
            assert!((moments.mean - 0.997_946_655_8).abs() < 1e-10);
            assert!((moments.deviation() - 0.989_993_958_0).abs() < 1e-10);
            assert!((moments.skewness() - 1.884_472_715_7).abs() < 1e-10);
            assert!((moments.cv() - 0.989_993_958_0 / 0.997_946_655_8).abs() < 2e-10);
        }
    }

    #[test]
    fn small_samples_by_hand() {
        let moments = Moments::of(&[1.0, 2.0, 6.0]);
        assert_close(&moments, &Moments { count: 3, mean: 3.0, m2: 14.0, m3: 18.0 }, 1e-15);
        assert_eq!(moments.variance(), 7.0);
        let one = Moments::of(&[4.0]);
        assert_eq!(one, Moments { count: 1, mean: 4.0, m2: 0.0, m3: 0.0 });
        assert_eq!([one.variance(), one.skewness(), one.cv()], [0.0; 3]);
        assert_eq!(Moments::of(&[]), Moments::default());
    }

    #[test]
    fn merge_is_concatenation() {
        let values = sample(1000);
        let whole = Moments::of(&values);
        for cut in [0, 1, 2, 7, 64, 500, 999, 1000] {
            let mut merged = Moments::of(&values[..cut]);
            merged.merge(&Moments::of(&values[cut..]));
            assert_close(&whole, &merged, 1e-13);
        }
        assert_close(&whole, &pushed(&values), 1e-12);
    }

    #[test]
    fn a_large_offset_costs_no_digits_of_the_sums() {
        // eighths about 2^30 are exact, so that shifting changes nothing but the mean
        let values: Vec<f64> = (0..999).map(|i| f64::from(i * i % 97) / 8.0).collect();
        let offset = 1_073_741_824.0;
        let shifted: Vec<f64> = values.iter().map(|x| x + offset).collect();
        let (plain, mut far) = (Moments::of(&values), Moments::of(&shifted));
        far.mean -= offset;
        assert!((far.mean - plain.mean).abs() < 1e-6);
        assert!((far.m2 / plain.m2 - 1.0).abs() < 1e-12);
        assert!((far.m3 - plain.m3).abs() < 1e-6 * plain.m2);
    }

    #[test]
    fn skewness_has_no_unit_and_no_offset() {
        let values = sample(300);
        let moments = Moments::of(&values);
        let image: Vec<f64> = values.iter().map(|x| 5.0 - 2e-30 * x).collect();
        let tiny: Vec<f64> = values.iter().map(|x| -2e-30 * x).collect();
        assert!((Moments::of(&tiny).skewness() + moments.skewness()).abs() < 1e-12);
        assert_eq!(Moments::of(&image).skewness(), 0.0); // lost in the rounding of 5
    }

    #[test]
    fn what_cannot_be_held_is_infinite_and_never_a_number_that_passes() {
        for unit in [1e-170, 1e-110, 1e110, 1e170, 1e300] {
            let values: Vec<f64> = sample(100).iter().map(|x| unit * x).collect();
            let moments = Moments::of(&values);
            assert!(moments.skewness() == f64::INFINITY || moments.m2 == 0.0, "{unit}");
        }
    }
}

//! What the results of this paper draw and measure. Nothing here knows a formula of the paper.

use theoremcheck::models::interpolation::{Covariates, NearestOpposite};
use theoremcheck::prelude::*;

/// Data for the class of McShane interpolants, and how smooth they are to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fold {
    pub(super) covariates: Covariates,
    /// Data, half of each label.
    pub(super) n: usize,
    pub(super) d: usize,
    pub(super) lipschitz: f64,
}

/// $q^*$: the least number of coordinates with which an interpolant is $L$-Lipschitz. Not a number
/// if all $d$ are not enough: then the point is outside what the theorem speaks of.
fn coordinates(f: Fold, rng: &mut Rng, scan: &mut NearestOpposite) -> f64 {
    let mut found = [None];
    scan.least_coordinates(rng, (f.covariates, f.d), &[f.lipschitz], &mut found);
    found[0].map_or(f64::NAN, |q| q as f64)
}

/// $p^* = n (q^* + 1)$: $n$ centres with $q^*$ coordinates, and $n$ labels.
pub(super) fn parameters(f: Fold) -> Sampler {
    let mut scan = NearestOpposite::new(f.n);
    Sampler::new(move |rng| f.n as f64 * (coordinates(f, rng, &mut scan) + 1.0))
}

/// $p^* / (n d)$.
pub(super) fn parameters_by_datum_and_dimension(f: Fold) -> Sampler {
    let mut scan = NearestOpposite::new(f.n);
    Sampler::new(move |rng| (coordinates(f, rng, &mut scan) + 1.0) / f.d as f64)
}

/// $p^*$ at $L / k$ for every $k$, from one draw of the data.
pub(super) fn parameters_by_smoothness(f: Fold, k: &'static [usize]) -> Sampler<Vec<f64>> {
    let lipschitz: Vec<f64> = k.iter().map(|k| f.lipschitz / *k as f64).collect();
    let mut scan = NearestOpposite::new(f.n);
    let mut found = vec![None; k.len()];
    Sampler::new(move |rng| {
        scan.least_coordinates(rng, (f.covariates, f.d), &lipschitz, &mut found);
        let parameters = |q: &Option<usize>| q.map_or(f64::NAN, |q| (f.n * (q + 1)) as f64);
        found.iter().map(parameters).collect()
    })
}

/// The class $x \mapsto \operatorname{clip}(L \, w \cdot P_p x)$ with $w$ the unit vector along one
/// of the $2^{p b}$ vectors of $p$ odd whole numbers of $b$ bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Codebook {
    pub(super) n: usize,
    pub(super) d: usize,
    pub(super) p: usize,
    pub(super) b: usize,
    pub(super) lipschitz: f64,
}

/// Every unit vector of a codebook, one after the other.
fn words(c: Codebook) -> Vec<f64> {
    let levels = 1_usize << c.b;
    let mut words = Vec::new();
    for code in 0..1_usize << (c.p * c.b) {
        let digit = |k: usize| (code >> (k * c.b)) % levels;
        let word: Vec<f64> =
            (0..c.p).map(|k| (2 * digit(k)) as f64 + 1.0 - levels as f64).collect();
        let norm = word.iter().map(|w| w * w).sum::<f64>().sqrt();
        words.extend(word.iter().map(|w| w / norm));
    }
    words
}

/// Whether some function of the class interpolates $n$ fair labels at Gaussian points: whether
/// $y_i L \, w \cdot P_p x_i \ge 1$ for all $i$.
pub(super) fn interpolation_event(c: Codebook) -> Sampler {
    let words = words(c);
    let mut points = vec![0.0; c.n * c.p];
    let root = (c.d as f64).sqrt();
    Sampler::event(move |rng| {
        for point in points.chunks_exact_mut(c.p) {
            let scale = rng.sign() * c.lipschitz / root;
            rng.fill_normal(point);
            point.iter_mut().for_each(|x| *x *= scale);
        }
        let fits = |word: &[f64]| {
            let value = |x: &[f64]| x.iter().zip(word).map(|(x, w)| x * w).sum::<f64>();
            points.chunks_exact(c.p).all(|x| value(x) >= 1.0)
        };
        words.chunks_exact(c.p).any(fits)
    })
}

/// A data set: the first half of the points has label 1, the second -1.
#[derive(Clone, Debug)]
pub(super) struct Cloud {
    pub(super) n: usize,
    pub(super) d: usize,
    pub(super) q: usize,
    points: Vec<f64>,
}

/// $n$ points from $N(0, I_d / d)$.
pub(super) fn cloud(n: usize, d: usize, q: usize, mut rng: Rng) -> Cloud {
    let mut points = vec![0.0; n * d];
    rng.fill_normal(&mut points);
    points.iter_mut().for_each(|x| *x /= (d as f64).sqrt());
    Cloud { n, d, q, points }
}

impl Cloud {
    /// $y_i$.
    pub(super) fn label(&self, i: usize) -> f64 {
        if 2 * i < self.n { 1.0 } else { -1.0 }
    }

    fn point(&self, i: usize) -> &[f64] {
        &self.points[i * self.d..(i + 1) * self.d]
    }

    /// $\|P_q (x_i - x_j)\|$.
    pub(super) fn distance(&self, i: usize, j: usize, q: usize) -> f64 {
        distance(&self.point(i)[..q], &self.point(j)[..q])
    }

    /// $f(x) = \min_i (y_i + L \|P_q (x - x_i)\|)$, clipped to $[-1, 1]$.
    fn interpolant(&self, lipschitz: f64, x: &[f64]) -> f64 {
        let cone = |i| self.label(i) + lipschitz * distance(x, &self.point(i)[..self.q]);
        (0..self.n).map(cone).fold(f64::INFINITY, f64::min).clamp(-1.0, 1.0)
    }
}

fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

/// The least $L$ for which $f$ goes through all the data, by bisection.
pub(super) fn least_interpolating_constant(c: &Cloud) -> f64 {
    let fits = |lipschitz: f64| {
        let fits = |i| c.interpolant(lipschitz, &c.point(i)[..c.q]) == c.label(i);
        (0..c.n).all(fits)
    };
    let (mut low, mut high) = (0.0, 1.0);
    while !fits(high) && high < 1e12 {
        (low, high) = (high, 2.0 * high);
    }
    // The bits of a double are used up after 60 halvings.
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if fits(middle) { high = middle } else { low = middle }
    }
    high
}

/// The steepest slope of that interpolant on the segments between the data, each in eight parts.
pub(super) fn steepest_slope(c: &Cloud) -> f64 {
    const PARTS: usize = 8;
    let lipschitz = least_interpolating_constant(c);
    let mut steepest = 0.0_f64;
    for i in 0..c.n {
        for j in 0..i {
            let (from, to) = (&c.point(i)[..c.q], &c.point(j)[..c.q]);
            let at = |k: usize| -> Vec<f64> {
                let t = k as f64 / PARTS as f64;
                from.iter().zip(to).map(|(a, b)| a + t * (b - a)).collect()
            };
            let values: Vec<f64> = (0..=PARTS).map(|k| c.interpolant(lipschitz, &at(k))).collect();
            let rise = values.windows(2).map(|v| (v[1] - v[0]).abs()).fold(0.0, f64::max);
            steepest = steepest.max(rise * PARTS as f64 / distance(from, to));
        }
    }
    steepest
}

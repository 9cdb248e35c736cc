//! What the results of this paper draw and measure. Nothing here knows a formula of the paper.

use theoremcheck::models::interpolation::{Covariates, LinearClass, LinearShape, NearestOpposite};
use theoremcheck::models::wishart::trace_inverse;
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
    pub(super) points: Vec<f64>,
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

/// Data for linear functions of the first $p$ coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Design {
    pub(super) covariates: Covariates,
    pub(super) n: usize,
    pub(super) p: usize,
    pub(super) d: usize,
}

/// $L^2 = y^\top (X X^\top)^{-1} y$ for fair labels, on data drawn in $R^d$. Not a number if
/// $X X^\top$ is singular to working precision, which has probability 0.
pub(super) fn squared_lipschitz(s: Design) -> Sampler {
    let mut class = LinearClass::new(LinearShape { points: s.n, parameters: s.p, dimension: s.d });
    let mut labels = vec![0.0; s.n];
    Sampler::new(move |rng| {
        labels.iter_mut().for_each(|y| *y = rng.sign());
        class.squared_lipschitz(rng, s.covariates, &labels).unwrap_or(f64::NAN)
    })
    // 1 / chi2 with p - n + 1 degrees of freedom, or lighter.
    .tail_index(0.5 * (s.p - s.n + 1) as f64)
}

/// $n d / L^2$.
pub(super) fn scaled_inverse(s: Design) -> Sampler {
    let mut square = squared_lipschitz(s);
    Sampler::new(move |rng| (s.n * s.d) as f64 / square.draw(rng))
}

/// $\frac1k \sum_l L_l^2$ over $k$ clusters with such data about their centres, one by one.
pub(super) fn clusters_mean(s: Design, k: usize) -> Sampler {
    let mut one = squared_lipschitz(s);
    Sampler::new(move |rng| (0..k).map(|_| one.draw(rng)).sum::<f64>() / k as f64)
        .tail_index(0.5 * (s.p - s.n + 1) as f64)
}

/// $s d / \max_l L_l^2$.
pub(super) fn clusters_scaled_inverse(s: Design, k: usize) -> Sampler {
    let mut one = scaled_inverse(s);
    Sampler::new(move |rng| (0..k).map(|_| one.draw(rng)).fold(f64::INFINITY, f64::min))
}

/// $L^2$ averaged over the $2^n$ label vectors given Gaussian data,
/// $\operatorname{tr} (X X^\top)^{-1}$, in $O(n)$.
pub(super) fn inverse_trace(s: Design) -> Sampler {
    let index = 0.5 * (s.p - s.n + 1) as f64;
    Sampler::new(move |rng| s.d as f64 * trace_inverse(rng, s.n, s.p)).tail_index(index)
}

/// $\sup_{\|w\| \le 1} \frac1n \sum_i y_i \, w \cdot P_p x_i$ for fair signs $y_i$, attained at
/// $w$ along $\sum_i y_i P_p x_i$.
pub(super) fn complexity(s: Design) -> Sampler {
    let mut data = Correlation::new(s);
    Sampler::new(move |rng| data.draw(rng).iter().map(|x| x * x).sum::<f64>().sqrt())
}

/// $\frac1n \sum_i y_i P_p x_i$ for points drawn one by one.
struct Correlation {
    design: Design,
    point: Vec<f64>,
    sum: Vec<f64>,
}

impl Correlation {
    fn new(design: Design) -> Self {
        // On the sphere all coordinates matter, else those that are not looked at are not drawn.
        let drawn = if design.covariates == Covariates::Sphere { design.d } else { design.p };
        Self { design, point: vec![0.0; drawn], sum: vec![0.0; design.p] }
    }

    fn draw(&mut self, rng: &mut Rng) -> &[f64] {
        self.sum.fill(0.0);
        let root = (self.design.d as f64).sqrt();
        for _ in 0..self.design.n {
            let label = rng.sign() / self.design.n as f64;
            let scale = match self.design.covariates {
                Covariates::Gaussian => {
                    rng.fill_normal(&mut self.point);
                    label / root
                }
                Covariates::Sphere => {
                    rng.unit_vector(&mut self.point);
                    label
                }
                Covariates::Cube => {
                    self.point.iter_mut().for_each(|x| *x = rng.open_uniform() - 0.5);
                    label * 12.0_f64.sqrt() / root
                }
                Covariates::Signs => {
                    self.point.iter_mut().for_each(|x| *x = rng.sign());
                    label / root
                }
            };
            self.sum.iter_mut().zip(&self.point).for_each(|(s, x)| *s += scale * x);
        }
        &self.sum
    }
}

/// A finite set of linear functions of the first $p$ coordinates.
#[derive(Clone, Copy, Debug)]
pub(super) enum Functions {
    /// $\pm 1$ on $k$ coordinates, 0 elsewhere.
    Sparse(usize),
    /// $\pm 1$ on all coordinates.
    OneBit,
    /// $\pm 1$ or $\pm 3$ on all coordinates.
    TwoBit,
    /// $p$ random directions.
    Directions,
    /// Half as many.
    DirectionsHalf,
}

/// Such a set, scaled to a Lipschitz constant, and data.
#[derive(Clone, Copy, Debug)]
pub(super) struct Class {
    pub(super) functions: Functions,
    pub(super) n: usize,
    pub(super) p: usize,
    pub(super) d: usize,
    pub(super) lipschitz: f64,
}

/// $\max_F T = \max_w L \, w \cdot s / \|w\|$ with $s = \frac1n \sum_i y_i P_p x_i$, on Gaussian
/// data.
pub(super) fn best_correlation(c: Class) -> Sampler {
    let design = Design { covariates: Covariates::Gaussian, n: c.n, p: c.p, d: c.d };
    let mut data = Correlation::new(design);
    let mut sizes = vec![0.0; c.p];
    let mut direction = vec![0.0; c.p];
    Sampler::new(move |rng| {
        let sum = data.draw(rng);
        let best = match c.functions {
            Functions::Directions => best_direction(rng, c.p, sum, &mut direction),
            Functions::DirectionsHalf => best_direction(rng, c.p / 2, sum, &mut direction),
            Functions::Sparse(k) => {
                sort_sizes(sum, &mut sizes);
                sizes[..k].iter().sum::<f64>() / (k as f64).sqrt()
            }
            Functions::OneBit => absolute_sum(sum) / (c.p as f64).sqrt(),
            Functions::TwoBit => {
                sort_sizes(sum, &mut sizes);
                best_two_bits(&sizes)
            }
        };
        c.lipschitz * best
    })
}

/// $\max_j w_j \cdot s$ over fresh random unit vectors, which are independent of the data.
fn best_direction(rng: &mut Rng, count: usize, sum: &[f64], direction: &mut [f64]) -> f64 {
    let mut best = f64::NEG_INFINITY;
    for _ in 0..count {
        rng.unit_vector(direction);
        best = best.max(sum.iter().zip(&*direction).map(|(s, w)| s * w).sum());
    }
    best
}

fn sort_sizes(sum: &[f64], sizes: &mut [f64]) {
    sizes.iter_mut().zip(sum).for_each(|(a, s)| *a = s.abs());
    sizes.sort_unstable_by(|a, b| b.total_cmp(a));
}

fn absolute_sum(sum: &[f64]) -> f64 {
    sum.iter().map(|s| s.abs()).sum()
}

/// The best weights of size 1 and 3: 3 on the $m$ largest coordinates for some $m$.
fn best_two_bits(sizes: &[f64]) -> f64 {
    let (mut value, mut square) = (sizes.iter().sum::<f64>(), sizes.len() as f64);
    let mut best = value / square.sqrt();
    for size in sizes {
        (value, square) = (value + 2.0 * size, square + 8.0);
        best = best.max(value / square.sqrt());
    }
    best
}

/// $n$ points in $R^d$, and how many coordinates may be chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selection {
    pub(super) n: usize,
    pub(super) d: usize,
    pub(super) chosen: usize,
}

/// $\frac{n d}{p} \max T^2$ over linear functions of norm 1 of any $p$ coordinates: that of the
/// $p$ largest correlations.
pub(super) fn best_selected(s: Selection) -> Sampler {
    let design = Design { covariates: Covariates::Gaussian, n: s.n, p: s.d, d: s.d };
    let mut data = Correlation::new(design);
    let mut squares = vec![0.0; s.d];
    Sampler::new(move |rng| {
        squares.iter_mut().zip(data.draw(rng)).for_each(|(a, x)| *a = x * x);
        squares.select_nth_unstable_by(s.chosen - 1, |a, b| b.total_cmp(a));
        let best: f64 = squares[..s.chosen].iter().sum();
        (s.n * s.d) as f64 / s.chosen as f64 * best
    })
}

/// $\max_F T = \|s\|_1 / \sqrt p$ for weights $\pm 1$ and $L = 1$.
pub(super) fn one_bit_maximum(s: Design) -> Sampler {
    let mut data = Correlation::new(s);
    Sampler::new(move |rng| absolute_sum(data.draw(rng)) / (s.p as f64).sqrt())
}

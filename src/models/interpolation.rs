//! How smooth an interpolant can be: least Lipschitz constants of two classes, without fitting.
//!
//! Data: $n$ points in $R^d$, of norm about one, with labels $\pm 1$.
//!
//! * [`NearestOpposite`]: functions of the first $q$ coordinates. By McShane's extension the least
//!   Lipschitz constant of an interpolant is exactly
//!   $2 / \min_{y_i \ne y_j} \|P_q (x_i - x_j)\|$: only a running minimum is needed.
//! * [`LinearClass`]: linear functions of the first $p$ coordinates. The least constant is that of
//!   the minimum-norm solution, $L^2 = y^\top (X X^\top)^{-1} y$.
//!
//! Data are drawn in $R^d$ at their true scale; coordinates that are not looked at are not drawn.
//! Where they matter (the norm of a point on the sphere), the sum of their squares is drawn as the
//! chi-square that it is, which is exact. Where coordinates are Gaussian, those among which nothing
//! can happen are not drawn one by one either: only the distances between the points change, and
//! these have the law of distances between the rows of a triangular factor of a Wishart matrix
//! (Bartlett 1933).

use crate::linalg::small::{dot, gram_lower, inverse_quadratic};
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;

/// The law of a point of $R^d$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covariates {
    /// $N(0, I_d / d)$.
    Gaussian,
    /// Uniform on the unit sphere.
    Sphere,
    /// Independent coordinates, uniform on $\pm \sqrt{3 / d}$.
    Cube,
    /// Independent fair signs over $\sqrt d$.
    Signs,
}

impl Covariates {
    /// Whether coordinates are Gaussian, but for the norms of the points.
    fn leaps(self) -> bool {
        matches!(self, Self::Gaussian | Self::Sphere)
    }
}

/// Coordinates read together.
const BLOCK: usize = 16;

/// Points in a vector register.
const LANES: usize = 8;

/// Minus the logarithm of the probability that a leap goes too far, at most: 1e-18.
const LEAP_RISK: f64 = 41.5;

/// A leap costs as much as this many coordinates, and one for each point.
const LEAP_PRICE: usize = 32;

/// Where a scan stops: at the first number of coordinates, at most `limit`, at which the least
/// squared distance is at least `threshold`.
#[derive(Clone, Copy)]
struct Target {
    threshold: f64,
    limit: usize,
}

/// The least distance between points of opposite labels, as coordinates are added one by one.
#[derive(Clone, Debug)]
pub struct NearestOpposite {
    half: usize,
    /// Coordinates of a block, one coordinate after the other: positive points, and negative
    /// points padded to whole registers.
    positive: Vec<f64>,
    negative: Vec<f64>,
    /// Squared distances, one row for each positive point; infinite in the padding.
    distances: Vec<f64>,
    before: Vec<f64>,
    /// On the sphere: squared norm left for the coordinates not yet read, and of the block.
    left: Vec<f64>,
    point: Vec<f64>,
    /// A triangular factor, one row for each point.
    factor: Vec<f64>,
    /// Whether to leap where it can be done; without, for tests.
    leaping: bool,
}

impl NearestOpposite {
    /// Buffers for $n$ points, half of each label.
    ///
    /// # Panics
    /// If `n` is not even and positive.
    pub fn new(n: usize) -> Self {
        assert!(n >= 2 && n.is_multiple_of(2), "n must be even and positive, not {n}");
        let half = n / 2;
        let stride = half.next_multiple_of(LANES);
        Self {
            half,
            positive: vec![0.0; BLOCK * half],
            negative: vec![0.0; BLOCK * stride],
            distances: vec![0.0; half * stride],
            before: vec![0.0; half * stride],
            left: vec![0.0; n],
            point: vec![0.0; BLOCK * n],
            factor: vec![0.0; n * n],
            leaping: true,
        }
    }

    /// $q^*(d, L)$ for several $L$ from one draw of the data: the least number of coordinates with
    /// which an interpolant is $L$-Lipschitz; `None` if all $d$ are not enough.
    ///
    /// For each coordinate read $n$ numbers (6 ns each if normal) and $3 n^2 / 4$ flops: 0.3 us
    /// at n = 32. Of about $2 d / L^2$ coordinates the last hundred or two are read if they are
    /// Gaussian, or on the sphere, and all others. On the sphere also $n$ chi-squares for every 16
    /// coordinates. `None` too if a leap went too far, which has a probability below 1e-18.
    ///
    /// # Panics
    /// If `lipschitz` is not decreasing and positive, or `out` has another length.
    pub fn least_coordinates(
        &mut self,
        rng: &mut Rng,
        (covariates, dimension): (Covariates, usize),
        lipschitz: &[f64],
        out: &mut [Option<usize>],
    ) {
        assert!(
            lipschitz.windows(2).all(|pair| pair[0] > pair[1])
                && lipschitz.iter().all(|l| *l > 0.0),
            "Lipschitz constants must be decreasing and positive, not {lipschitz:?}"
        );
        let target =
            |l: usize| Target { threshold: 4.0 / (lipschitz[l] * lipschitz[l]), limit: dimension };
        assert!(out.len() == lipschitz.len(), "{} results, {}", out.len(), lipschitz.len());
        self.scan(rng, covariates, dimension, target, out);
    }

    /// $q^*(d, L)$ for several $d$ from one pass over Gaussian coordinates: the data of dimension
    /// $d$ are the first $d$ coordinates over $\sqrt d$. Each is exact; together they are
    /// correlated.
    ///
    /// # Panics
    /// If `dimensions` is not increasing, or `out` has another length.
    pub fn least_coordinates_nested(
        &mut self,
        rng: &mut Rng,
        dimensions: &[usize],
        lipschitz: f64,
        out: &mut [Option<usize>],
    ) {
        assert!(
            dimensions.windows(2).all(|pair| pair[0] < pair[1]),
            "dimensions must be increasing, not {dimensions:?}"
        );
        assert!(out.len() == dimensions.len(), "{} results, {}", out.len(), dimensions.len());
        let target = |l: usize| Target {
            threshold: 4.0 * dimensions[l] as f64 / (lipschitz * lipschitz),
            limit: dimensions[l],
        };
        // Dimension one means that coordinates are standard normal.
        self.scan(rng, Covariates::Gaussian, 1, target, out);
    }

    /// The least Lipschitz constants $2 / \min \|P_q (x_i - x_j)\|$ at several numbers of
    /// coordinates $q$, from one draw of the data.
    ///
    /// # Panics
    /// If `coordinates` is not increasing, positive and at most `dimension`, or `out` has another
    /// length.
    pub fn least_lipschitz(
        &mut self,
        rng: &mut Rng,
        (covariates, dimension): (Covariates, usize),
        coordinates: &[usize],
        out: &mut [f64],
    ) {
        assert!(
            coordinates.windows(2).all(|pair| pair[0] < pair[1])
                && coordinates.iter().all(|q| (1..=dimension).contains(q)),
            "numbers of coordinates must increase within 1..={dimension}, not {coordinates:?}"
        );
        assert!(out.len() == coordinates.len(), "{} results", out.len());
        self.clear();
        let mut reached = 0;
        for (q, value) in coordinates.iter().zip(out) {
            if self.leaping && *q - reached >= self.least_leap() && covariates.leaps() {
                self.leap(rng, covariates, dimension, (reached, *q - reached));
                reached = *q;
            }
            while reached < *q {
                let block = BLOCK.min(q - reached);
                self.read(rng, covariates, dimension, (reached, block));
                self.add(0..block);
                reached += block;
            }
            *value = 2.0 / self.least_distance().sqrt();
        }
    }

    /// Runs through the coordinates until every target is reached or out of reach. Thresholds and
    /// limits must not decrease.
    fn scan(
        &mut self,
        rng: &mut Rng,
        covariates: Covariates,
        dimension: usize,
        target: impl Fn(usize) -> Target,
        out: &mut [Option<usize>],
    ) {
        out.fill(None);
        self.clear();
        let Some(last) = out.len().checked_sub(1) else { return };
        let end = target(last).limit;
        let (mut reached, mut current, mut least) = (0, 0, 0.0);
        while reached < end && current < out.len() {
            if self.leaping && covariates.leaps() {
                let safe = self.safe_leap(covariates, dimension, (reached, least), target(current));
                if safe >= self.least_leap() {
                    self.leap(rng, covariates, dimension, (reached, safe));
                    reached += safe;
                    least = self.least_distance();
                    if least >= target(current).threshold {
                        return out.fill(None);
                    }
                    continue;
                }
            }
            let block = BLOCK.min(end - reached);
            self.read(rng, covariates, dimension, (reached, block));
            self.before.copy_from_slice(&self.distances);
            self.add(0..block);
            least = self.least_distance();
            let Target { threshold, limit } = target(current);
            if least >= threshold || reached + block > limit {
                // Something happens in this block: go through it again, one by one.
                self.distances.copy_from_slice(&self.before);
                for k in 0..block {
                    let coordinates = reached + k + 1;
                    self.add(k..k + 1);
                    let distance = self.least_distance();
                    while current < out.len() && target(current).limit < coordinates {
                        current += 1;
                    }
                    while current < out.len() && distance >= target(current).threshold {
                        out[current] = Some(coordinates);
                        current += 1;
                    }
                }
            }
            reached += block;
        }
    }

    fn stride(&self) -> usize {
        self.half.next_multiple_of(LANES)
    }

    fn clear(&mut self) {
        let stride = self.stride();
        for row in self.distances.chunks_exact_mut(stride) {
            row[..self.half].fill(0.0);
            row[self.half..].fill(f64::INFINITY);
        }
        self.left.fill(1.0);
    }

    /// Fewer coordinates than this are read one by one.
    fn least_leap(&self) -> usize {
        LEAP_PRICE + 2 * self.half
    }

    /// How many coordinates the nearest pair, at the squared distance `least`, cannot do without, but
    /// for [`LEAP_RISK`].
    ///
    /// What $k$ Gaussian coordinates of variance $s$ add to its squared distance is $s \chi^2_k$,
    /// and $P(\chi^2_k \ge k + 2 \sqrt{k x} + 2 x) \le e^{-x}$ (Laurent and Massart 2000, Lemma 1),
    /// by its moment generating function. On a sphere that of $m$ coordinates left is no larger
    /// than with $s$ greater by $m / (E \chi_m)^2 \le 1 + 1/m$: by Jensen's inequality, over norms;
    /// both points are taken for the one of which most is left.
    fn safe_leap(
        &self,
        covariates: Covariates,
        dimension: usize,
        (reached, least): (usize, f64),
        target: Target,
    ) -> usize {
        let variance = if covariates == Covariates::Sphere {
            let unread = (dimension - reached) as f64;
            let most = self.left.iter().copied().fold(0.0, f64::max);
            2.0 * most / unread * (1.0 + 1.0 / unread)
        } else {
            2.0 / dimension as f64
        };
        let gap = (target.threshold - least) / variance - LEAP_RISK;
        let root = gap.max(0.0).sqrt() - LEAP_RISK.sqrt();
        (root.max(0.0).powi(2) as usize).min(target.limit.saturating_sub(reached))
    }

    /// Adds what the next `count` coordinates, no fewer than points, add to all distances: the rows
    /// of a triangular $T$ such that $T T^\top$ is a Wishart matrix with `count` degrees of freedom.
    fn leap(
        &mut self,
        rng: &mut Rng,
        covariates: Covariates,
        dimension: usize,
        (reached, count): (usize, usize),
    ) {
        let n = 2 * self.half;
        for (i, row) in self.factor.chunks_exact_mut(n).enumerate() {
            rng.fill_normal(&mut row[..i]);
            row[i] = rng.chi_squared((count - i) as f64).sqrt();
            let scale = if covariates == Covariates::Sphere {
                let square = dot(&row[..=i], &row[..=i]);
                let unread = dimension - reached - count;
                let rest = if unread == 0 { 0.0 } else { rng.chi_squared(unread as f64) };
                let scale = (self.left[i] / (square + rest)).sqrt();
                self.left[i] *= rest / (square + rest);
                scale
            } else {
                (dimension as f64).sqrt().recip()
            };
            row[..=i].iter_mut().for_each(|x| *x *= scale);
        }
        for start in (0..n).step_by(BLOCK) {
            let block = BLOCK.min(n - start);
            for k in 0..block {
                for i in 0..n {
                    self.point[k * n + i] =
                        if i < start + k { 0.0 } else { self.factor[i * n + start + k] };
                }
            }
            self.spread(block);
            self.add(0..block);
        }
    }

    /// Draws the next coordinates of all points, `block` after the first `reached`.
    fn read(
        &mut self,
        rng: &mut Rng,
        covariates: Covariates,
        dimension: usize,
        (reached, block): (usize, usize),
    ) {
        let half = self.half;
        let n = 2 * half;
        let root = (dimension as f64).sqrt();
        let point = &mut self.point[..block * n];
        match covariates {
            Covariates::Gaussian => {
                rng.fill_normal(point);
                point.iter_mut().for_each(|x| *x /= root);
            }
            Covariates::Cube => {
                let width = 12.0_f64.sqrt() / root;
                point.iter_mut().for_each(|x| *x = width * (rng.open_uniform() - 0.5));
            }
            Covariates::Signs => point.iter_mut().for_each(|x| *x = rng.sign() / root),
            Covariates::Sphere => {
                rng.fill_normal(point);
                for i in 0..n {
                    let square: f64 = point.iter().skip(i).step_by(n).map(|x| x * x).sum();
                    let unread = dimension - reached - block;
                    let rest = if unread == 0 { 0.0 } else { rng.chi_squared(unread as f64) };
                    let scale = (self.left[i] / (square + rest)).sqrt();
                    point.iter_mut().skip(i).step_by(n).for_each(|x| *x *= scale);
                    self.left[i] *= rest / (square + rest);
                }
            }
        }
        self.spread(block);
    }

    /// Hands the coordinates of a block to the positive points and the negative.
    fn spread(&mut self, block: usize) {
        let (half, stride) = (self.half, self.stride());
        let point = &self.point[..2 * half * block];
        for (k, coordinates) in point.chunks_exact(2 * half).enumerate() {
            self.positive[k * half..(k + 1) * half].copy_from_slice(&coordinates[..half]);
            self.negative[k * stride..k * stride + half].copy_from_slice(&coordinates[half..]);
        }
    }

    /// Adds some coordinates of the block to the squared distances.
    fn add(&mut self, range: std::ops::Range<usize>) {
        let (half, stride) = (self.half, self.stride());
        let (positive, negative) = (&self.positive, &self.negative);
        let distances = &mut self.distances;
        vectorised(
            #[inline(always)]
            || {
                for (i, row) in distances.chunks_exact_mut(stride).enumerate() {
                    let (registers, _) = row.as_chunks_mut::<LANES>();
                    for (j, register) in registers.iter_mut().enumerate() {
                        for k in range.clone() {
                            let x = positive[k * half + i];
                            let first = k * stride + j * LANES;
                            let others = &negative[first..first + LANES];
                            for lane in 0..LANES {
                                let difference = x - others[lane];
                                register[lane] += difference * difference;
                            }
                        }
                    }
                }
            },
        );
    }

    fn least_distance(&self) -> f64 {
        let distances = &self.distances;
        vectorised(
            #[inline(always)]
            || {
                let mut least = [f64::INFINITY; LANES];
                let (registers, _) = distances.as_chunks::<LANES>();
                for register in registers {
                    for lane in 0..LANES {
                        let value = register[lane];
                        least[lane] = if value < least[lane] { value } else { least[lane] };
                    }
                }
                least.into_iter().fold(f64::INFINITY, f64::min)
            },
        )
    }
}

/// Numbers of points, of coordinates used, and of coordinates there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinearShape {
    /// $n$.
    pub points: usize,
    /// $p$, between $n$ and $d$.
    pub parameters: usize,
    /// $d$.
    pub dimension: usize,
}

/// The minimum-norm linear interpolant on the first $p$ coordinates.
#[derive(Clone, Debug)]
pub struct LinearClass {
    shape: LinearShape,
    rows: Vec<f64>,
    factor: Vec<f64>,
    right: Vec<f64>,
}

impl LinearClass {
    /// Buffers for these sizes.
    ///
    /// # Panics
    /// Unless $1 \le n \le p \le d$.
    pub fn new(shape: LinearShape) -> Self {
        let LinearShape { points: n, parameters: p, dimension: d } = shape;
        assert!(1 <= n && n <= p && p <= d, "1 <= n <= p <= d must hold, not {n}, {p}, {d}");
        Self { shape, rows: vec![0.0; n * p], factor: vec![0.0; n * n], right: vec![0.0; n] }
    }

    /// Draws the data and returns $L^2 = y^\top (X X^\top)^{-1} y$, the square of the least
    /// Lipschitz constant.
    ///
    /// Gaussian: $\|y\|^2 d / L^2 \sim \chi^2_{p - n + 1}$. $n p$ numbers, $n^2 p + n^3 / 3$ flops:
    /// 9 us at n = 20, p = 60.
    ///
    /// # Errors
    /// The Gram matrix is singular to working precision (probability 0 except for
    /// [`Covariates::Signs`]).
    ///
    /// # Panics
    /// If there are not $n$ labels.
    pub fn squared_lipschitz(
        &mut self,
        rng: &mut Rng,
        covariates: Covariates,
        labels: &[f64],
    ) -> Result<f64, LinalgError> {
        let LinearShape { points: n, parameters: p, dimension: d } = self.shape;
        assert!(labels.len() == n, "{} labels for n = {n}", labels.len());
        let root = (d as f64).sqrt();
        // Scales are kept out of the matrix: K = D G D with D diagonal.
        let mut scale = 1.0 / root;
        for (row, (right, label)) in
            self.rows.chunks_exact_mut(p).zip(self.right.iter_mut().zip(labels))
        {
            match covariates {
                Covariates::Gaussian => rng.fill_normal(row),
                Covariates::Cube => {
                    let width = 12.0_f64.sqrt();
                    row.iter_mut().for_each(|x| *x = width * (rng.open_uniform() - 0.5));
                }
                Covariates::Signs => row.iter_mut().for_each(|x| *x = rng.sign()),
                Covariates::Sphere => {
                    rng.fill_normal(row);
                    let rest = if d == p { 0.0 } else { rng.chi_squared((d - p) as f64) };
                    scale = 1.0 / (dot(row, row) + rest).sqrt();
                }
            }
            *right = label / scale;
        }
        let (rows, factor, right) = (&self.rows, &mut self.factor, &mut self.right);
        vectorised(
            #[inline(always)]
            || {
                gram_lower(rows, n, p, factor);
                inverse_quadratic(factor, n, right)
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Covariates; 4] =
        [Covariates::Gaussian, Covariates::Sphere, Covariates::Cube, Covariates::Signs];

    /// Two points: the squared distance over q coordinates has mean 2 q / d under each law, and
    /// points of the sphere have norm one.
    #[test]
    fn coordinates_have_their_scale() {
        let mut rng = Rng::seeded(51);
        const DRAWS: usize = 4000;
        let d = 50;
        for covariates in LAWS {
            for q in [5, 40, 50] {
                let mut scan = NearestOpposite::new(2);
                let (mut sum, mut squares, mut out) = (0.0, 0.0, [0.0]);
                for _ in 0..DRAWS {
                    scan.least_lipschitz(&mut rng, (covariates, d), &[q], &mut out);
                    let distance = 4.0 / (out[0] * out[0]);
                    sum += distance;
                    squares += distance * distance;
                }
                let mean = sum / DRAWS as f64;
                let error = ((squares / DRAWS as f64 - mean * mean) / DRAWS as f64).sqrt();
                let want = 2.0 * q as f64 / d as f64;
                assert!((mean - want).abs() < 5.0 * error, "{covariates:?} {q}: {mean}");
            }
        }
        // Read in blocks of 16, 16, 8 and the last ones, the norm is still one.
        let mut scan = NearestOpposite::new(6);
        scan.clear();
        let mut squares = [0.0; 3];
        for (reached, block) in [(0, 16), (16, 16), (32, 8), (40, 10)] {
            scan.read(&mut rng, Covariates::Sphere, d, (reached, block));
            for (k, x) in scan.positive[..block * 3].iter().enumerate() {
                squares[k % 3] += x * x;
            }
        }
        assert!(squares.iter().all(|s| (s - 1.0_f64).abs() < 1e-13), "{squares:?}");
    }

    /// The blocked scan against distances computed point by point on the same coordinates.
    #[test]
    fn scan_matches_the_definition() {
        for (n, d) in [(2, 300), (6, 500), (18, 400), (32, 333)] {
            let lipschitz = [4.0, 3.0, 2.0];
            for covariates in LAWS {
                let mut scan = NearestOpposite { leaping: false, ..NearestOpposite::new(n) };
                let mut got = [None; 3];
                let seed = 52 + n as u64;
                let law = (covariates, d);
                scan.least_coordinates(&mut Rng::seeded(seed), law, &lipschitz, &mut got);
                // The same stream, read in the same blocks.
                let mut rng = Rng::seeded(seed);
                scan.clear();
                let mut distances = vec![0.0; n * n / 4];
                let mut want = [None; 3];
                for reached in (0..d).step_by(BLOCK) {
                    let block = BLOCK.min(d - reached);
                    scan.read(&mut rng, covariates, d, (reached, block));
                    for k in 0..block {
                        let (half, stride) = (n / 2, scan.stride());
                        for (pair, distance) in distances.iter_mut().enumerate() {
                            let x = scan.positive[k * half + pair / half];
                            *distance += (x - scan.negative[k * stride + pair % half]).powi(2);
                        }
                        let least = distances.iter().copied().fold(f64::INFINITY, f64::min);
                        for (want, l) in want.iter_mut().zip(lipschitz) {
                            if want.is_none() && least >= 4.0 / (l * l) {
                                *want = Some(reached + k + 1);
                            }
                        }
                    }
                }
                assert_eq!(got, want, "n = {n}, {covariates:?}");
            }
        }
    }

    /// Leaps leave the law: means and mean squares of $q^*$ for two thresholds, and the norms of
    /// the points, which are all of the left; 5 sigma.
    #[test]
    fn leaps_change_nothing_but_the_cost() {
        const DRAWS: usize = 3000;
        let (n, d) = (8, 900);
        for covariates in [Covariates::Gaussian, Covariates::Sphere] {
            let found = [true, false].map(|leaping| {
                let mut scan = NearestOpposite { leaping, ..NearestOpposite::new(n) };
                let mut rng = Rng::seeded(56);
                let mut draw = || {
                    let mut out = [None; 2];
                    scan.least_coordinates(&mut rng, (covariates, d), &[2.6, 1.9], &mut out);
                    out.map(|q| q.expect("reached") as f64)
                };
                let draws: Vec<[f64; 2]> = (0..DRAWS).map(|_| draw()).collect();
                [0, 1].map(|k| {
                    let of =
                        |power| -> Vec<f64> { draws.iter().map(|q| q[k].powi(power)).collect() };
                    [1, 2].map(|power| crate::stats::moments::Moments::of(&of(power)))
                })
            });
            let [with, without] = found;
            for (one, two) in with.iter().flatten().zip(without.iter().flatten()) {
                let error = 5.0 * one.deviation().hypot(two.deviation());
                let gap = (one.mean - two.mean).abs() * (DRAWS as f64).sqrt();
                assert!(gap < error, "{covariates:?}: {} {}", one.mean, two.mean);
            }
        }
        let mut scan = NearestOpposite::new(n);
        scan.clear();
        scan.leap(&mut Rng::seeded(57), Covariates::Sphere, d, (0, 500));
        let norms: Vec<f64> = (0..n)
            .map(|i| dot(&scan.factor[i * n..=i * n + i], &scan.factor[i * n..=i * n + i]))
            .collect();
        for (norm, left) in norms.iter().zip(&scan.left) {
            assert!((norm + left - 1.0).abs() < 1e-13, "{norm} {left}");
        }
        // The distances are those between the rows of the factor.
        let row = |i: usize| &scan.factor[i * n..=i * n + i];
        let far = |i: usize, j: usize| norms[i] + norms[j] - 2.0 * dot(row(i), &row(j)[..=i]);
        let stride = scan.stride();
        for i in 0..n / 2 {
            for j in 0..n / 2 {
                let error = scan.distances[i * stride + j] - far(i, n / 2 + j);
                assert!(error.abs() < 1e-13, "{i} {j}: {error}");
            }
        }
    }

    #[test]
    fn nested_dimensions_match_one_alone() {
        let mut scan = NearestOpposite { leaping: false, ..NearestOpposite::new(16) };
        let dimensions = [4, 100, 200, 900];
        let mut nested = [None; 4];
        scan.least_coordinates_nested(&mut Rng::seeded(5), &dimensions, 3.0, &mut nested);
        for (d, nested) in dimensions.into_iter().zip(nested).skip(1) {
            let mut alone = [None];
            let law = (Covariates::Gaussian, d);
            scan.least_coordinates(&mut Rng::seeded(5), law, &[3.0], &mut alone);
            assert_eq!(alone[0], nested, "d = {d}");
        }
        // 4 coordinates are not enough here, and the scan goes on beyond them.
        assert!(nested[0].is_none() && nested[3].is_some(), "{nested:?}");
    }

    /// The predicted median $q^*$ at n = 32, L = 4 is 175.67 for d = 1024; measured mean
    /// 173.5 to 175.6 with a standard deviation of about 8.
    #[test]
    fn least_coordinates_match_the_prediction() {
        let mut rng = Rng::seeded(53);
        let mut scan = NearestOpposite::new(32);
        const DRAWS: usize = 400;
        let predicted = |n: f64, d: f64, l: f64| {
            let pairs = n * n / 4.0;
            let u = -(0.5_f64.ln() / pairs).exp_m1();
            let f = |q: f64| crate::special::chi_squared_quantile(q, u) - 2.0 * d / (l * l);
            crate::special::root(f, 1.0, d).unwrap()
        };
        let want = predicted(32.0, 1024.0, 4.0);
        assert!((want - 175.6662222).abs() < 1e-6, "{want}");
        for covariates in [Covariates::Gaussian, Covariates::Sphere] {
            let mut below = 0;
            for _ in 0..DRAWS {
                let mut out = [None];
                scan.least_coordinates(&mut rng, (covariates, 1024), &[4.0], &mut out);
                below += usize::from((out[0].unwrap() as f64) <= want);
            }
            // A median: binomial, up to the approximation that pairs are independent.
            let share = below as f64 / DRAWS as f64;
            assert!((share - 0.5).abs() < 5.0 * 0.025 + 0.05, "{covariates:?}: {share}");
        }
    }

    /// Card A4: the chi-square law (Gaussian), and exact means of both laws.
    #[test]
    fn linear_class_has_its_law() {
        let mut rng = Rng::seeded(54);
        const DRAWS: usize = 10_000;
        let shape = |(points, parameters, dimension)| LinearShape { points, parameters, dimension };
        let labels: Vec<f64> = (0..20).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect();
        let mut class = LinearClass::new(shape((20, 60, 200)));
        let mut scaled: Vec<f64> = (0..DRAWS)
            .map(|_| class.squared_lipschitz(&mut rng, Covariates::Gaussian, &labels).unwrap())
            .map(|square| 4000.0 / square)
            .collect();
        scaled.sort_by(f64::total_cmp);
        let distance = scaled
            .iter()
            .enumerate()
            .map(|(rank, x)| {
                let below = crate::special::chi_squared_cdf(41.0, *x) * DRAWS as f64;
                (below - rank as f64).abs().max((below - rank as f64 - 1.0).abs())
            })
            .fold(0.0, f64::max)
            / (DRAWS as f64).sqrt();
        assert!(distance < 2.6, "{distance}");
        // Card A4: sphere; the last one has p = d.
        for (sizes, want) in [((20, 60, 200), 101.53846154), ((5, 20, 20), 6.4285714286)] {
            let mut class = LinearClass::new(shape(sizes));
            let labels = &labels[..sizes.0];
            let draws: Vec<f64> = (0..DRAWS)
                .map(|_| class.squared_lipschitz(&mut rng, Covariates::Sphere, labels).unwrap())
                .collect();
            let mean = draws.iter().sum::<f64>() / DRAWS as f64;
            let square = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
            let error = square.sqrt() / DRAWS as f64;
            assert!((mean - want).abs() < 5.0 * error, "{mean} +- {error} instead of {want}");
        }
    }
}

//! Regression on random features of points on a sphere, with targets, noise and test points
//! averaged out.
//!
//! Features $\sigma(\langle \theta_j, x \rangle / \sqrt d)$, $j \le N$, of $n$ points $x_i$, all
//! $\theta_j$ and $x_i$ uniform on the sphere of radius $\sqrt d$ in $R^d$. The activation is
//! $\sigma(t) = \max(t, 0) + s \min(t, 0)$: a rectifier for $s = 0$, the absolute value for
//! $s = -1$. It is homogeneous, so that its means over a sphere are those over Gaussian points, and
//! the arc-cosine kernel (Cho and Saul 2009) is exact in every dimension:
//!
//! $$ U_{jk} = E_x[\sigma \sigma] = \frac{(1+s)^2}{4} c + \frac{(1-s)^2}{2 \pi}
//! \bigl(\sqrt{1 - c^2} + c \arcsin c\bigr), \quad
//! c = \frac{\langle \theta_j, \theta_k \rangle}{d}, \qquad
//! E_x[x\, \sigma(\langle\theta, x\rangle / \sqrt d)] = \frac{1+s}{2} \frac{\theta}{\sqrt d}. $$
//!
//! Ridge regression on $\Phi_{ij} = \sigma(\langle x_i, \theta_j \rangle / \sqrt d)$ with
//! $K = \Phi \Phi^\top + \rho I$ predicts with the coefficients $\Phi^\top K^{-1} y$. With
//! $P = K^{-1} \Phi U \Phi^\top K^{-1}$ the parts of the risk at a new point, given $\Theta$ and
//! $X$, are inner products of $n \times n$ matrices:
//!
//! $$ B = 1 - \frac{1+s}{d} \langle K^{-1} \Phi, Z \rangle + \frac1d \langle P, X X^\top \rangle,
//! \quad V = \operatorname{tr} P, \quad
//! Q = 1 - 2 c_2 \langle K^{-1} \Phi, h(Z) \rangle + \langle P, h(X X^\top / \sqrt d) \rangle $$
//!
//! for the target $\langle \beta, x \rangle$ averaged over the directions of $\beta$,
//! $\|\beta\| = 1$, for noise of variance one, and for a target that is a Gaussian process of
//! spherical harmonics of degree two with variance one. Here $Z_{ij} = \langle x_i, \theta_j
//! \rangle / \sqrt d$, $h(z) = \frac{z^2 - 1}{d - 1}$ entry by entry is the harmonic, and
//! $c_2 = E_x[\sigma(z)\, h(z)]$ by the formula of Funk and Hecke.

use crate::linalg::small::{
    cholesky_in_place, dot, dot_four, gram_lower, solve_lower, solve_lower_transposed,
};
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;
use crate::special::log_gamma;
use std::f64::consts::PI;

/// $\sigma(t) = \max(t, 0) + s \min(t, 0)$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LeakyRectifier {
    /// $s$, the slope for negative arguments.
    pub slope: f64,
}

impl LeakyRectifier {
    /// $\sigma(t)$.
    #[inline(always)]
    pub fn at(self, t: f64) -> f64 {
        0.5 * (1.0 + self.slope) * t + 0.5 * (1.0 - self.slope) * t.abs()
    }

    /// $E[\sigma(G) \sigma(G')]$ for standard normals of correlation $c \in [-1, 1]$.
    #[inline(always)]
    pub fn kernel(self, c: f64) -> f64 {
        let (odd, even) = (1.0 + self.slope, 1.0 - self.slope);
        // Rounding may leave a correlation of one a little above.
        let c = c.clamp(-1.0, 1.0);
        let arc = (1.0 - c * c).sqrt() + c * c.asin();
        0.25 * odd * odd * c + even * even / (2.0 * PI) * arc
    }

    /// $E[t\, \sigma(t)] = \frac{1+s}{2}$ for a standard normal $t$.
    pub fn linear(self) -> f64 {
        0.5 * (1.0 + self.slope)
    }

    /// $E[\sigma(z)\, h(z)]$ for the first coordinate $z$ of a point of the sphere of radius
    /// $\sqrt d$ and $h(z) = \frac{z^2 - 1}{d - 1}$: $\frac{1-s}{2} \frac{E|z|}{d + 1}$.
    fn quadratic(self, d: f64) -> f64 {
        let ratio = (log_gamma(0.5 * d) - log_gamma(0.5 * (d + 1.0))).exp();
        0.5 * (1.0 - self.slope) * (d / PI).sqrt() * ratio / (d + 1.0)
    }
}

/// Parts of the risk at a new point, given features and points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FeatureRisk {
    /// $B$, for a linear target.
    pub bias: f64,
    /// $V$, for noise of variance one.
    pub variance: f64,
    /// $Q$, for a random quadratic target of variance one.
    pub quadratic: f64,
}

/// Sizes, activation, and the buffers to draw from them.
#[derive(Clone, Debug)]
pub struct RandomFeatures {
    dimension: usize,
    features: usize,
    points: usize,
    activation: LeakyRectifier,
    /// $\theta_j / \sqrt d$ and $x_i$, one a row.
    directions: Vec<f64>,
    inputs: Vec<f64>,
    /// $Z$ and, transposed, $\Phi$ and $K^{-1} \Phi$.
    arguments: Vec<f64>,
    activations: Vec<f64>,
    transposed: Vec<f64>,
    solved: Vec<f64>,
    /// $U$, $K$, and a product.
    kernel: Vec<f64>,
    factor: Vec<f64>,
    product: Vec<f64>,
}

impl RandomFeatures {
    /// $N$ features of $n$ points in $R^d$.
    ///
    /// # Panics
    /// If there is no feature, no point, or $d < 2$: there is no harmonic of degree two.
    pub fn new(d: usize, features: usize, points: usize, activation: LeakyRectifier) -> Self {
        assert!(d >= 2, "d = {d} is no sphere");
        assert!(features >= 1 && points >= 1, "{features} features of {points} points");
        let both = features * points;
        Self {
            dimension: d,
            features,
            points,
            activation,
            directions: vec![0.0; features * d],
            inputs: vec![0.0; points * d],
            arguments: vec![0.0; both],
            activations: vec![0.0; both],
            transposed: vec![0.0; both],
            solved: vec![0.0; both],
            kernel: vec![0.0; features * features],
            factor: vec![0.0; points * points],
            product: vec![0.0; both],
        }
    }

    /// Draws features and points; the risk of ridge regression with $\rho$ added to the diagonal
    /// of $\Phi \Phi^\top$.
    ///
    /// # Errors
    /// $K$ is singular to working precision, as it is without ridge if $n > N$.
    pub fn draw(&mut self, rng: &mut Rng, rho: f64) -> Result<FeatureRisk, LinalgError> {
        let d = self.dimension;
        self.directions.chunks_exact_mut(d).for_each(|row| rng.unit_vector(row));
        for row in self.inputs.chunks_exact_mut(d) {
            rng.unit_vector(row);
            row.iter_mut().for_each(|x| *x *= (d as f64).sqrt());
        }
        self.risk(rho)
    }

    /// The same for the directions and points in the buffers.
    fn risk(&mut self, rho: f64) -> Result<FeatureRisk, LinalgError> {
        vectorised(
            #[inline(always)]
            || {
                self.prepare();
                self.solve(rho)?;
                Ok(self.parts())
            },
        )
    }

    /// $Z$, $\Phi$ and $U$.
    #[inline(always)]
    fn prepare(&mut self) {
        let (n, big, d) = (self.points, self.features, self.dimension);
        times_transposed(&self.inputs, &self.directions, d, &mut self.arguments);
        gram_lower(&self.directions, big, d, &mut self.kernel);
        for i in 0..n {
            for j in 0..big {
                let value = self.activation.at(self.arguments[i * big + j]);
                self.activations[i * big + j] = value;
                self.transposed[j * n + i] = value;
            }
        }
        for j in 0..big {
            for k in 0..=j {
                let value = self.activation.kernel(self.kernel[j * big + k]);
                self.kernel[j * big + k] = value;
                self.kernel[k * big + j] = value;
            }
        }
    }

    /// $(K^{-1} \Phi)^\top$ from a Cholesky factor.
    #[inline(always)]
    fn solve(&mut self, rho: f64) -> Result<(), LinalgError> {
        let n = self.points;
        gram_lower(&self.activations, n, self.features, &mut self.factor);
        self.factor.iter_mut().step_by(n + 1).for_each(|diagonal| *diagonal += rho);
        cholesky_in_place(&mut self.factor, n)?;
        self.solved.copy_from_slice(&self.transposed);
        for column in self.solved.chunks_exact_mut(n) {
            solve_lower(&self.factor, n, column);
            solve_lower_transposed(&self.factor, n, column);
        }
        Ok(())
    }

    /// $B$, $V$ and $Q$ from $K^{-1} \Phi$.
    #[inline(always)]
    fn parts(&mut self) -> FeatureRisk {
        let (n, big, d) = (self.points, self.features, self.dimension as f64);
        // The activations are not needed any more.
        let solution = &mut self.activations;
        for i in 0..n {
            for j in 0..big {
                solution[i * big + j] = self.solved[j * n + i];
            }
        }
        times_transposed(solution, &self.kernel, big, &mut self.product);
        let mut risk = FeatureRisk { bias: 1.0, variance: 0.0, quadratic: 1.0 };
        let degree_two = |z: f64| (z * z - 1.0) / (d - 1.0);
        let (mut first, mut second) = (0.0, 0.0);
        for (h, z) in solution.iter().zip(&self.arguments) {
            first += h * z;
            second += h * degree_two(*z);
        }
        risk.bias -= 2.0 * self.activation.linear() / d * first;
        risk.quadratic -= 2.0 * self.activation.quadratic(d) * second;
        // P and X X' share a buffer: below the diagonal and on it X X', P entry by entry.
        gram_lower(&self.inputs, n, self.dimension, &mut self.factor);
        for (i, row) in solution.chunks_exact(big).enumerate() {
            let mut add = |j: usize, p: f64| {
                let products = self.factor[i * n + j];
                let weight = if i == j { p } else { 2.0 * p };
                risk.bias += weight * products / d;
                risk.quadratic += weight * degree_two(products / d.sqrt());
            };
            let other = |j: usize| &self.product[j * big..(j + 1) * big];
            let fours = (i + 1) / 4 * 4;
            for j in (0..fours).step_by(4) {
                let p = dot_four(row, [other(j), other(j + 1), other(j + 2), other(j + 3)]);
                p.into_iter().enumerate().for_each(|(k, p)| add(j + k, p));
            }
            (fours..=i).for_each(|j| add(j, dot(row, other(j))));
            risk.variance += dot(row, other(i));
        }
        risk
    }
}

/// $A B^\top$ for row-major matrices whose rows have this length.
#[inline(always)]
pub(super) fn times_transposed(a: &[f64], b: &[f64], length: usize, out: &mut [f64]) {
    let count = b.len() / length;
    for (row, out) in a.chunks_exact(length).zip(out.chunks_exact_mut(count)) {
        let other = |j: usize| &b[j * length..(j + 1) * length];
        let fours = count / 4 * 4;
        for j in (0..fours).step_by(4) {
            let products = dot_four(row, [other(j), other(j + 1), other(j + 2), other(j + 3)]);
            out[j..j + 4].copy_from_slice(&products);
        }
        (fours..count).for_each(|j| out[j] = dot(row, other(j)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    const ACTIVATIONS: [LeakyRectifier; 3] = [
        LeakyRectifier { slope: 0.0 },
        LeakyRectifier { slope: -1.0 },
        LeakyRectifier { slope: 0.3 },
    ];

    fn rows(values: &[f64], length: usize) -> DMatrix<f64> {
        DMatrix::from_row_slice(values.len() / length, length, values)
    }

    /// By the formula as a textbook writes it: coefficients, then means over the test point.
    fn textbook(f: &RandomFeatures, rho: f64) -> FeatureRisk {
        let d = f.dimension as f64;
        let (u, x) = (rows(&f.directions, f.dimension), rows(&f.inputs, f.dimension));
        let z = &x * u.transpose();
        let phi = z.map(|t| if t > 0.0 { t } else { f.activation.slope * t });
        let kernel = (&u * u.transpose()).map(|c| f.activation.kernel(c));
        let regularised = phi.tr_mul(&phi) + DMatrix::identity(f.features, f.features) * rho;
        let m = regularised.try_inverse().expect("a ridge") * phi.transpose();
        let w = &m * &x;
        let v = &u * f.activation.linear();
        let bias = 1.0 - 2.0 / d * w.dot(&v) + w.dot(&(&kernel * &w)) / d;
        let harmonic = |z: f64| (z * z - 1.0) / (d - 1.0);
        let process = (&x * x.transpose() / d.sqrt()).map(harmonic);
        let cross = (z.map(harmonic) * f.activation.quadratic(d)).transpose();
        let quadratic = 1.0 - 2.0 * m.dot(&cross) + (&m * process * m.transpose()).dot(&kernel);
        FeatureRisk { bias, variance: m.dot(&(kernel * &m)), quadratic }
    }

    #[test]
    fn it_is_the_textbook_formula() {
        let mut rng = Rng::seeded(1);
        for (d, features, points) in [(2, 1, 1), (3, 4, 6), (5, 9, 4), (8, 13, 13), (6, 20, 7)] {
            for activation in ACTIVATIONS {
                let mut f = RandomFeatures::new(d, features, points, activation);
                let found = f.draw(&mut rng, 0.3).expect("a ridge");
                let want = textbook(&f, 0.3);
                assert!((found.bias / want.bias - 1.0).abs() < 1e-10, "{found:?} {want:?}");
                assert!((found.variance / want.variance - 1.0).abs() < 1e-10);
                assert!((found.quadratic / want.quadratic - 1.0).abs() < 1e-10);
            }
        }
    }

    /// Mean squared errors at test points, of targets that are drawn: nothing is averaged by hand.
    #[test]
    fn it_is_the_mean_over_targets_noise_and_test_points() {
        const D: usize = 4;
        let mut rng = Rng::seeded(2);
        let mut f = RandomFeatures::new(D, 6, 9, LeakyRectifier { slope: -0.2 });
        let rho = 0.7;
        let want = f.draw(&mut rng, rho).expect("a ridge");
        let (u, x) = (rows(&f.directions, D), rows(&f.inputs, D));
        let phi = (&x * u.transpose()).map(|t| f.activation.at(t));
        let inverse = (phi.tr_mul(&phi) + DMatrix::identity(6, 6) * rho).try_inverse().unwrap();
        let m = inverse * phi.transpose();
        let (mut sums, mut squares) = ([0.0; 3], [0.0; 3]);
        const DRAWS: usize = 100_000;
        let mut point = vec![0.0; D];
        for _ in 0..DRAWS {
            rng.unit_vector(&mut point);
            let test = DMatrix::from_column_slice(D, 1, &point) * (D as f64).sqrt();
            let predicts = (&u * &test).map(|t| f.activation.at(t));
            let error =
                |targets: DMatrix<f64>, at: f64| (at - predicts.dot(&(&m * targets))).powi(2);
            let mut beta = vec![0.0; D];
            rng.unit_vector(&mut beta);
            let beta = DMatrix::from_column_slice(D, 1, &beta);
            let noise = DMatrix::from_fn(9, 1, |_, _| rng.normal());
            // A traceless symmetric Gaussian form: E f(x) f(x') = 2 (<x,x'>^2 - d), before scale.
            let g = DMatrix::from_fn(D, D, |_, _| rng.normal());
            let g = &g + g.transpose();
            let scale = (2.0 * 2.0 * (D * D - D) as f64).sqrt().recip();
            let form = |x: DMatrix<f64>| scale * ((x.transpose() * &g * &x)[0] - g.trace());
            let forms =
                DMatrix::from_fn(9, 1, |i, _| form(DMatrix::from_fn(D, 1, |k, _| x[(i, k)])));
            let found = [
                error(&x * &beta, test.dot(&beta)),
                error(noise, 0.0),
                error(forms, form(test.clone())),
            ];
            for k in 0..3 {
                sums[k] += found[k];
                squares[k] += found[k] * found[k];
            }
        }
        for (k, want) in [want.bias, want.variance, want.quadratic].into_iter().enumerate() {
            let mean = sums[k] / DRAWS as f64;
            let error = ((squares[k] / DRAWS as f64 - mean * mean) / DRAWS as f64).sqrt();
            assert!((mean - want).abs() < 5.0 * error, "{k}: {mean} +- {error}, not {want}");
        }
    }

    /// Moments over Gaussian pairs.
    #[test]
    fn kernel_is_the_mean_over_gaussian_pairs() {
        let mut rng = Rng::seeded(3);
        const DRAWS: usize = 200_000;
        for activation in ACTIVATIONS {
            for c in [-1.0, -0.6, 0.0, 0.3, 1.0_f64] {
                let (mut sum, mut square) = (0.0, 0.0);
                for _ in 0..DRAWS {
                    let first = rng.normal();
                    let second = c * first + (1.0 - c * c).sqrt() * rng.normal();
                    let product = activation.at(first) * activation.at(second);
                    sum += product;
                    square += product * product;
                }
                let mean = sum / DRAWS as f64;
                let error = ((square / DRAWS as f64 - mean * mean) / DRAWS as f64).sqrt();
                let want = activation.kernel(c);
                let allowed = 5.0 * error + 1e-14;
                assert!((mean - want).abs() < allowed, "{activation:?}, {c}: {mean} {want}");
            }
        }
    }

    #[test]
    fn without_ridge_fewer_features_than_points_are_singular() {
        let mut f = RandomFeatures::new(4, 5, 9, ACTIVATIONS[2]);
        assert!(f.draw(&mut Rng::seeded(4), -1.0).is_err());
    }
}

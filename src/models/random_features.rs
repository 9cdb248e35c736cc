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

use crate::linalg::panels::{
    Panels, factor, gram, invert_lower, mirror_lower, multiply_lower, multiply_upper,
    sum_over_pairs, times_transposed, transpose_lower,
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
    /// The same in panels.
    theta: Panels,
    x: Panels,
    /// $Z$.
    arguments: Panels,
    /// $\Phi$, then $K^{-1} \Phi$.
    solution: Panels,
    /// $U$, and the product of both.
    kernel: Panels,
    product: Panels,
    /// $L$ and its inverse.
    factor: Panels,
    inverse: Panels,
}

impl RandomFeatures {
    /// $N$ features of $n$ points in $R^d$.
    ///
    /// # Panics
    /// If there is no feature, no point, or $d < 2$: there is no harmonic of degree two.
    pub fn new(d: usize, features: usize, points: usize, activation: LeakyRectifier) -> Self {
        assert!(d >= 2, "d = {d} is no sphere");
        assert!(features >= 1 && points >= 1, "{features} features of {points} points");
        Self {
            dimension: d,
            features,
            points,
            activation,
            directions: vec![0.0; features * d],
            inputs: vec![0.0; points * d],
            theta: Panels::default(),
            x: Panels::default(),
            arguments: Panels::default(),
            solution: Panels::default(),
            kernel: Panels::default(),
            product: Panels::default(),
            factor: Panels::default(),
            inverse: Panels::default(),
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
        self.prepare();
        self.solve(rho)?;
        Ok(self.parts())
    }

    /// $Z$, $\Phi$ and $U$.
    fn prepare(&mut self) {
        let (d, activation) = (self.dimension, self.activation);
        let Self { theta, x, arguments, solution, kernel, .. } = self;
        theta.pack(&self.directions, self.features, d);
        x.pack(&self.inputs, self.points, d);
        times_transposed(x, theta, arguments);
        vectorised(
            #[inline(always)]
            || solution.map_from(arguments, |z| activation.at(z)),
        );
        gram(theta, kernel);
        mirror_lower(kernel, |c| activation.kernel(c));
    }

    /// $K^{-1} \Phi$ from a Cholesky factor.
    fn solve(&mut self, rho: f64) -> Result<(), LinalgError> {
        let Self { solution, factor: l, inverse, .. } = self;
        gram(solution, l);
        l.add_to_diagonal(rho);
        factor(l)?;
        invert_lower(l, inverse);
        multiply_lower(inverse, solution);
        // The factor is not needed any more.
        transpose_lower(inverse, l);
        multiply_upper(l, solution);
        Ok(())
    }

    /// $B$, $V$ and $Q$ from $K^{-1} \Phi$.
    fn parts(&mut self) -> FeatureRisk {
        let d = self.dimension as f64;
        let Self { x, arguments, solution, kernel, product, activation, .. } = self;
        let degree_two = |z: f64| (z * z - 1.0) / (d - 1.0);
        let first = solution.sum_with(arguments, |h, z| h * z);
        let second = solution.sum_with(arguments, |h, z| h * degree_two(z));
        // U is symmetric.
        times_transposed(solution, kernel, product);
        let (variance, [linear, quadratic]) = sum_over_pairs([solution, product], x, |p, inner| {
            [p * inner / d, p * degree_two(inner / d.sqrt())]
        });
        FeatureRisk {
            bias: 1.0 - 2.0 * activation.linear() / d * first + linear,
            variance,
            quadratic: 1.0 - 2.0 * activation.quadratic(d) * second + quadratic,
        }
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

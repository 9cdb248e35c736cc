//! Ridgeless regression of a latent signal on noisy views of the factors behind it.
//!
//! Features $x = W z + u \in R^p$ and targets $y = \theta^\top z + \xi$ with independent standard
//! normal $z \in R^d$ and $u$, $W^\top W = \tau I_d$, and $\hat\beta = X^+ y$ on $n < p$
//! observations. On average over the direction of $\theta$, $\|\theta\| = 1$, the mean squared error
//! against $\theta^\top z$ at a new point, given the design, is $E + \operatorname{Var}(\xi) N$.
//!
//! Rotations of $R^p$ change nothing, and turn $W$ to $\sqrt\tau\, (I_d, 0)^\top$. Then $X = (A, U)$
//! with $A = \sqrt\tau Z + U_1$, and with $K = X X^\top = A A^\top + U U^\top$, $M = A A^\top$
//!
//! $$ E = 1 - \frac{2 \sqrt\tau}{d} \langle K^{-1}, A Z^\top \rangle +
//! \frac1d \langle K^{-1} + \tau K^{-1} M K^{-1}, Z Z^\top \rangle, \qquad
//! N = \operatorname{tr} K^{-1} + \tau \operatorname{tr} K^{-1} M K^{-1} : $$
//!
//! the error in the coefficients that reach $z$ and the size of those that reach $u$. $U U^\top$ is
//! a Wishart matrix, which is drawn from its triangular factor (Bartlett 1933), so that the cost
//! does not depend on $p$.

use super::sandwich::Sandwich;
use crate::linalg::small::{dot, gram_lower};
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;

/// Sizes, $\tau$, and the buffers to draw from them.
#[derive(Clone, Debug)]
pub struct LatentFactors {
    rows: usize,
    columns: usize,
    factors: usize,
    /// $\sqrt\tau$.
    scale: f64,
    /// $Z$, $A$ and the factor of $U U^\top$, one row for each observation.
    latent: Vec<f64>,
    views: Vec<f64>,
    noise: Vec<f64>,
    /// Lower halves of $K$, $A A^\top$, $Z Z^\top$, and of the symmetric part of $A Z^\top$.
    gram: Vec<f64>,
    moment: Vec<f64>,
    signal: Vec<f64>,
    cross: Vec<f64>,
    sandwich: Sandwich,
}

/// Parts of the mean squared error against the part of the target that is no noise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LatentRisk {
    /// $E$, without noise of the targets.
    pub error: f64,
    /// $N$, what noise of variance one adds.
    pub noise: f64,
}

impl LatentFactors {
    /// $n$ observations of $p$ features of $d$ factors, with $W^\top W = \tau I_d$.
    ///
    /// # Panics
    /// Unless $0 < n < p$, $0 < d < p$ and $\tau > 0$.
    pub fn new(n: usize, p: usize, d: usize, tau: f64) -> Self {
        assert!(0 < n && n < p, "{n} rows and {p} columns are not overparameterised");
        assert!(0 < d && d < p, "{d} factors and {p} columns: d must be in 1..p");
        assert!(tau > 0.0 && tau.is_finite(), "tau must be positive, not {tau}");
        let square = || vec![0.0; n * n];
        Self {
            rows: n,
            columns: p,
            factors: d,
            scale: tau.sqrt(),
            latent: vec![0.0; n * d],
            views: vec![0.0; n * d],
            noise: square(),
            gram: square(),
            moment: square(),
            signal: square(),
            cross: square(),
            sandwich: Sandwich::new(n),
        }
    }

    /// One design. $4 n^2 d + 7 n^3$ flops and $2 n d + n^2 / 2$ normals.
    ///
    /// # Errors
    /// $K$ is singular to working precision.
    pub fn draw(&mut self, rng: &mut Rng) -> Result<LatentRisk, LinalgError> {
        rng.fill_normal(&mut self.latent);
        rng.fill_normal(&mut self.views);
        for (view, z) in self.views.iter_mut().zip(&self.latent) {
            *view += self.scale * z;
        }
        self.draw_noise(rng);
        self.risk()
    }

    /// A lower trapezoidal $T$ with the law of $T T^\top$ that of $U U^\top$.
    fn draw_noise(&mut self, rng: &mut Rng) {
        let (n, degrees) = (self.rows, self.columns - self.factors);
        self.noise.fill(0.0);
        for (i, row) in self.noise.chunks_exact_mut(n).enumerate() {
            rng.fill_normal(&mut row[..i.min(degrees)]);
            if i < degrees {
                row[i] = rng.chi_squared((degrees - i) as f64).sqrt();
            }
        }
    }

    /// The errors for what is in the buffers.
    fn risk(&mut self) -> Result<LatentRisk, LinalgError> {
        let (n, d) = (self.rows, self.factors);
        let Self { latent, views, noise, gram, moment, signal, cross, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                gram_lower(noise, n, n, gram);
                gram_lower(views, n, d, moment);
                gram_lower(latent, n, d, signal);
                for (i, (a, z)) in views.chunks_exact(d).zip(latent.chunks_exact(d)).enumerate() {
                    let others = views.chunks_exact(d).zip(latent.chunks_exact(d));
                    for (j, (b, w)) in others.take(i + 1).enumerate() {
                        cross[i * n + j] = 0.5 * (dot(a, w) + dot(b, z));
                    }
                }
            },
        );
        gram.iter_mut().zip(&*moment).for_each(|(sum, x)| *sum += x);
        self.sandwich.set(gram, moment)?;
        let (tau, count) = (self.scale * self.scale, d as f64);
        let reached = self.sandwich.inverse_times(cross);
        let size = self.sandwich.inverse_times(signal) + tau * self.sandwich.outer_times(signal);
        Ok(LatentRisk {
            error: 1.0 - 2.0 * self.scale / count * reached + size / count,
            noise: self.sandwich.inverse_trace() + tau * self.sandwich.outer_trace(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    /// A design with an explicit $W$, whose columns are orthogonal but not along the axes: errors
    /// at the definition, for each $\theta$ along an axis of $R^d$.
    #[test]
    fn it_is_the_error_of_the_model_itself() {
        let mut rng = Rng::seeded(1);
        for (n, p, d) in [(1, 3, 1), (3, 5, 4), (4, 9, 2), (6, 12, 3), (5, 6, 5)] {
            let tau = 2.5;
            let mut model = LatentFactors::new(n, p, d, tau);
            model.draw(&mut rng).expect("a regular design");
            let z = DMatrix::from_row_slice(n, d, &model.latent);
            let views = DMatrix::from_row_slice(n, d, &model.views);
            let rest = DMatrix::from_fn(n, p - d, |_, _| rng.normal());
            // The rest of the noise is that of an explicit design now.
            let wishart = &rest * rest.transpose();
            let square = wishart.clone().symmetric_eigen();
            let root = &square.eigenvectors
                * DMatrix::from_diagonal(&square.eigenvalues.map(|x| x.max(0.0).sqrt()));
            for i in 0..n {
                for j in 0..n {
                    model.noise[i * n + j] = root[(i, j)];
                }
            }
            let found = model.risk().expect("a regular design");
            let rotation = DMatrix::from_fn(p, p, |_, _| rng.normal()).qr().q();
            let axes = DMatrix::from_fn(p, d, |i, j| if i == j { tau.sqrt() } else { 0.0 });
            let w = &rotation * axes;
            let mut x = DMatrix::zeros(n, p);
            x.columns_mut(0, d).copy_from(&views);
            x.columns_mut(d, p - d).copy_from(&rest);
            let x = x * rotation.transpose();
            let gram = (&x * x.transpose()).try_inverse().expect("a regular design");
            let fit = x.transpose() * gram;
            // E (theta' z - x' b)^2 = |theta - W' b|^2 + |b|^2.
            let error = |b: DVector<f64>, theta: DVector<f64>| {
                (theta - w.transpose() * &b).norm_squared() + b.norm_squared()
            };
            let axis = |k: usize| DVector::from_fn(d, |i, _| if i == k { 1.0 } else { 0.0 });
            let mean: f64 =
                (0..d).map(|k| error(&fit * &z * axis(k), axis(k))).sum::<f64>() / d as f64;
            let noise: f64 = (0..n).map(|i| error(fit.column(i).into(), DVector::zeros(d))).sum();
            assert!((found.error / mean - 1.0).abs() < 1e-8, "{found:?} {mean}");
            assert!((found.noise / noise - 1.0).abs() < 1e-8, "{found:?} {noise}");
        }
    }

    /// The mean of a Wishart matrix is its degrees of freedom, and the mean of the square of an
    /// entry off the diagonal too; 5 sigma. Also with fewer degrees of freedom than rows.
    #[test]
    fn the_noise_is_a_wishart_matrix() {
        const DRAWS: usize = 20_000;
        for (p, d) in [(9, 2), (5, 3)] {
            let degrees = (p - d) as f64;
            let mut model = LatentFactors::new(4, p, d, 1.0);
            let mut rng = Rng::seeded(2);
            let (mut diagonal, mut square) = (0.0, 0.0);
            for _ in 0..DRAWS {
                model.draw_noise(&mut rng);
                let row = |i: usize| &model.noise[4 * i..4 * i + 4];
                diagonal += dot(row(3), row(3)) / DRAWS as f64;
                square += dot(row(3), row(2)).powi(2) / DRAWS as f64;
            }
            let sigma = (DRAWS as f64).sqrt().recip();
            assert!((diagonal - degrees).abs() < 5.0 * (2.0 * degrees).sqrt() * sigma);
            // E s^4 = 3 k^2 + 6 k for an inner product of vectors of k normals.
            let spread = (2.0 * degrees * degrees + 6.0 * degrees).sqrt();
            assert!((square - degrees).abs() < 5.0 * spread * sigma, "{square} {degrees}");
        }
    }

    #[test]
    #[should_panic(expected = "5 factors and 5 columns: d must be in 1..p")]
    fn as_many_factors_as_columns_are_refused() {
        LatentFactors::new(3, 5, 5, 1.0);
    }
}

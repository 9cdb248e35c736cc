//! The variance of ridgeless regression on centred random features of Gaussian points.
//!
//! Features $x = \varphi(W z) \in R^p$ of $z \sim N(0, I_d)$, entry by entry, where the rows of $W$
//! are independent and uniform on the unit sphere and $\varphi$ has mean 0 and variance 1 under the
//! standard normal law. The arguments are standard normal with correlations $C = W W^\top$, so that
//! the covariance of the features given $W$ is known: $\Sigma_{jk} = \kappa(C_{jk})$ with the dual
//! kernel of $\varphi$. For $n < p$ points and noise of variance one the variance given $W$ and the
//! points is $\operatorname{tr} K^{-1} X \Sigma X^\top K^{-1}$, $K = X X^\top$. Given $W$ the rows of
//! $X$ are independent with the covariance $\Sigma$, so that the variance with the smaller spread of
//! [`super::sandwich`] has the same mean.

use super::random_features::LeakyRectifier;
use super::sandwich::Sandwich;
use crate::linalg::panels::{Panels, gram, mirror_lower, times_transposed};
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;
use std::f64::consts::PI;

/// $\varphi$.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// $\max(t, 0) + s \min(t, 0)$, less its mean and over its deviation.
    Rectifier(LeakyRectifier),
    /// $\frac{t^2 - 1}{\sqrt 2}$, with the kernel $c^2$.
    Square,
}

/// $\varphi$ and $\kappa$ with their constants worked out.
#[derive(Clone, Copy, Debug)]
struct Centred {
    activation: Activation,
    mean: f64,
    deviation: f64,
}

impl Centred {
    fn new(activation: Activation) -> Self {
        match activation {
            Activation::Rectifier(rectifier) => {
                // E|t| = sqrt(2 / pi).
                let mean = 0.5 * (1.0 - rectifier.slope) * (2.0 / PI).sqrt();
                let variance = rectifier.kernel(1.0) - mean * mean;
                Self { activation, mean, deviation: variance.sqrt() }
            }
            Activation::Square => Self { activation, mean: 1.0, deviation: 2_f64.sqrt() },
        }
    }

    #[inline(always)]
    fn at(&self, t: f64) -> f64 {
        let value = match self.activation {
            Activation::Rectifier(rectifier) => rectifier.at(t),
            Activation::Square => t * t,
        };
        (value - self.mean) / self.deviation
    }

    #[inline(always)]
    fn kernel(&self, c: f64) -> f64 {
        match self.activation {
            Activation::Rectifier(rectifier) => {
                (rectifier.kernel(c) - self.mean * self.mean) / (self.deviation * self.deviation)
            }
            Activation::Square => c * c,
        }
    }
}

/// Sizes, activation, and the buffers to draw from them.
#[derive(Clone, Debug)]
pub struct CentredFeatures {
    dimension: usize,
    features: usize,
    points: usize,
    centred: Centred,
    /// $W$ and the points, one a row.
    directions: Vec<f64>,
    inputs: Vec<f64>,
    /// The same in panels.
    rows: Panels,
    points_in: Panels,
    /// $W z$, then $X \Sigma$.
    product: Panels,
    /// $X$.
    design: Panels,
    /// $\Sigma$.
    covariance: Panels,
    /// A buffer for one of the following: $X X^\top$, $X \Sigma X^\top$ and $X \Sigma^2 X^\top$.
    square: Panels,
    moments: [Vec<f64>; 3],
    sandwich: Sandwich,
}

impl CentredFeatures {
    /// $p$ features of $n$ points in $R^d$.
    ///
    /// # Panics
    /// Unless $0 < n < p$ and $d > 0$.
    pub fn new(d: usize, features: usize, points: usize, activation: Activation) -> Self {
        assert!(d > 0, "d must be positive");
        assert!(
            0 < points && points < features,
            "{points} rows and {features} columns are not overparameterised"
        );
        Self {
            dimension: d,
            features,
            points,
            centred: Centred::new(activation),
            directions: vec![0.0; features * d],
            inputs: vec![0.0; points * d],
            rows: Panels::default(),
            points_in: Panels::default(),
            product: Panels::default(),
            design: Panels::default(),
            covariance: Panels::default(),
            square: Panels::default(),
            moments: [0; 3].map(|_| vec![0.0; points * points]),
            sandwich: Sandwich::new(points),
        }
    }

    /// Draws directions and points; the variance with the smaller spread. $p^2 d + 2 n p (d + p + 2n)
    /// + 8 n^3$ flops.
    ///
    /// # Errors
    /// $K$ is singular to working precision.
    pub fn draw(&mut self, rng: &mut Rng) -> Result<f64, LinalgError> {
        self.directions.chunks_exact_mut(self.dimension).for_each(|row| rng.unit_vector(row));
        rng.fill_normal(&mut self.inputs);
        self.prepare();
        let [kernel, first, second] = &self.moments;
        self.sandwich.set(kernel, first)?;
        // Sigma_jj = 1.
        let traces = [self.features as f64, self.covariance.squares(&[])];
        Ok(self.sandwich.controlled_trace(second, traces))
    }

    /// $\Sigma$ and the moments for what is in the buffers.
    fn prepare(&mut self) {
        let Self { dimension, centred, rows, points_in, product, design, covariance, .. } = self;
        rows.pack(&self.directions, self.features, *dimension);
        points_in.pack(&self.inputs, self.points, *dimension);
        times_transposed(points_in, rows, product);
        vectorised(
            #[inline(always)]
            || design.map_entries_from(product, |t| centred.at(t)),
        );
        gram(rows, covariance);
        mirror_lower(covariance, |c| centred.kernel(c));
        times_transposed(design, covariance, product);
        let Self { square, moments: [kernel, first, second], .. } = self;
        gram(design, square);
        square.unpack_lower(kernel);
        times_transposed(product, design, square);
        square.unpack_lower(first);
        gram(product, square);
        square.unpack_lower(second);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    const ACTIVATIONS: [Activation; 4] = [
        Activation::Rectifier(LeakyRectifier { slope: -1.0 }),
        Activation::Rectifier(LeakyRectifier { slope: 0.0 }),
        Activation::Rectifier(LeakyRectifier { slope: 0.3 }),
        Activation::Square,
    ];

    /// Mean 0 and variance 1, and the kernel as a mean over pairs of correlated normals; 5 sigma.
    #[test]
    fn kernels_are_means_over_correlated_normals() {
        const DRAWS: usize = 200_000;
        for activation in ACTIVATIONS {
            let centred = Centred::new(activation);
            for c in [-0.9, -0.3, 0.0, 0.5, 1.0_f64] {
                let mut rng = Rng::seeded(1);
                let (mut mean, mut products, mut squares) = (0.0, 0.0, 0.0);
                for _ in 0..DRAWS {
                    let (x, y) = (rng.normal(), rng.normal());
                    let (x, y) = (centred.at(x), centred.at(c * x + (1.0 - c * c).sqrt() * y));
                    mean += x / DRAWS as f64;
                    products += x * y / DRAWS as f64;
                    squares += (x * y).powi(2) / DRAWS as f64;
                }
                let error = 5.0 / (DRAWS as f64).sqrt();
                assert!(mean.abs() < error, "{activation:?}: {mean}");
                let found = centred.kernel(c);
                let spread = (squares - products * products).max(0.0).sqrt();
                assert!((found - products).abs() < error * spread, "{activation:?} {c}: {found}");
            }
            assert!((centred.kernel(1.0) - 1.0).abs() < 1e-14, "{activation:?}");
        }
    }

    #[test]
    fn it_is_the_textbook_formula() {
        let mut rng = Rng::seeded(2);
        for activation in ACTIVATIONS {
            for (d, p, n) in [(3, 5, 2), (6, 9, 7), (12, 20, 9)] {
                let mut model = CentredFeatures::new(d, p, n, activation);
                model.draw(&mut rng).expect("a regular design");
                let found = model.sandwich.outer_trace();
                let w = DMatrix::from_row_slice(p, d, &model.directions);
                let z = DMatrix::from_row_slice(n, d, &model.inputs);
                let x = (&z * w.transpose()).map(|t| model.centred.at(t));
                let covariance = (&w * w.transpose()).map(|c| model.centred.kernel(c));
                let fit = x.transpose() * (&x * x.transpose()).try_inverse().expect("regular");
                let want = fit.dot(&(covariance * &fit));
                assert!((found / want - 1.0).abs() < 1e-7, "{activation:?} {found} {want}");
            }
        }
    }
}

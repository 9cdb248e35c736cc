//! Ridgeless least squares on equicorrelated Gaussian features, exactly, in $O(n)$.
//!
//! Rows with covariance $\Sigma = (1 - \rho) I + \rho 1 1^\top$. Rotations of $R^p$ that turn the
//! ones to an axis make them $(\sqrt\ell\, g, \sqrt{1-\rho}\, G)$ with
//! $\ell = 1 + (p - 1) \rho$ and a Gaussian vector $g$ and $n \times (p - 1)$ matrix $G$; rotations
//! of $R^n$ turn $g$ to $\|g\| e_1$ and $G$ to a lower bidiagonal $B$ ([`super::wishart`]), whose
//! first row they keep. With $T = B B^\top$, $y = T^{-1} e_1$, $s = \|g\|^2 \sim \chi^2_n$ and
//! $a = \frac{\ell s}{1 - \rho}$, bias (for coefficients with mean 0 and covariance
//! $\frac1p I$, averaged out) and variance given the design are by the formula of Sherman and
//! Morrison
//!
//! $$ B = (1 - \rho) \Bigl(1 - \frac np\Bigr) + \frac{\rho}{1 + a y_1}, \qquad
//!    V = \operatorname{tr} T^{-1} - \frac{a \|y\|^2}{1 + a y_1} +
//!        \frac{p \rho}{1 - \rho} \frac{a \|y\|^2}{(1 + a y_1)^2} . $$

use super::gaussian::ConditionalRisk;
use super::wishart::Bidiagonal;
use crate::random::Rng;

/// Sizes, the correlation, and the buffers to draw from them.
#[derive(Clone, Debug)]
pub struct Equicorrelated {
    rows: usize,
    columns: usize,
    rho: f64,
    spectrum: Bidiagonal,
    /// $B^{-1} e_1$.
    solved: Vec<f64>,
}

impl Equicorrelated {
    /// $n$ rows of $p$ features.
    ///
    /// # Panics
    /// Unless $0 < n < p$ and $0 \le \rho < 1$.
    pub fn new(n: usize, p: usize, rho: f64) -> Self {
        assert!(0 < n && n < p, "{n} rows and {p} columns are not overparameterised");
        assert!((0.0..1.0).contains(&rho), "rho must be in [0, 1), not {rho}");
        let spectrum = Bidiagonal::default();
        Self { rows: n, columns: p, rho, spectrum, solved: vec![0.0; n] }
    }

    /// One design; about 35 ns a row.
    pub fn draw(&mut self, rng: &mut Rng) -> ConditionalRisk {
        self.spectrum.draw(rng, self.rows, self.columns - 1);
        let square = rng.chi_squared(self.rows as f64);
        self.risk(square)
    }

    /// The risk for the spectrum at hand and an $s$. What is subtracted from the trace is at most
    /// the largest eigenvalue of $T^{-1}$.
    fn risk(&mut self, square: f64) -> ConditionalRisk {
        let (n, p, rho) = (self.rows as f64, self.columns as f64, self.rho);
        let Bidiagonal { diagonal, below } = &self.spectrum;
        let (mut trace, mut carry) = (0.0, 1.0);
        let mut value = 1.0;
        for (i, a2) in diagonal.iter().enumerate() {
            let row = carry / a2;
            trace += row;
            self.solved[i] = value / a2.sqrt();
            if let Some(b2) = below.get(i) {
                carry = 1.0 + b2 * row;
                value = -b2.sqrt() * self.solved[i];
            }
        }
        // Back from the last row: all terms of a sum have one sign.
        let (mut last, mut norm) = (0.0, 0.0);
        for (i, a2) in diagonal.iter().enumerate().rev() {
            let b = below.get(i).map_or(0.0, |b2| b2.sqrt());
            last = (self.solved[i] - b * last) / a2.sqrt();
            norm += last * last;
        }
        let large = 1.0 + (p - 1.0) * rho;
        let a = large * square / (1.0 - rho);
        let rest = 1.0 + a * last;
        let bias = (1.0 - rho) * (1.0 - n / p) + rho / rest;
        let spike = p * rho / (1.0 - rho) * a * norm / (rest * rest);
        ConditionalRisk { bias, variance: trace - a * norm / rest + spike }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DMatrix;

    /// $\frac1p \operatorname{tr} \Sigma (I - X^+ X)$ and $\operatorname{tr} \Sigma (X^\top X)^+$.
    fn dense(x: &DMatrix<f64>, covariance: &DMatrix<f64>) -> ConditionalRisk {
        let p = x.ncols() as f64;
        let inverse = (x * x.transpose()).try_inverse().expect("a regular design");
        let fit = x.transpose() * inverse;
        let bias = (covariance.trace() - (covariance * &fit * x).trace()) / p;
        ConditionalRisk { bias, variance: fit.dot(&(covariance * &fit)) }
    }

    #[test]
    fn it_is_the_dense_computation() {
        let mut rng = Rng::seeded(1);
        for (n, p) in [(1, 3), (2, 3), (4, 9), (7, 12)] {
            for rho in [0.0, 0.3, 0.9] {
                let mut model = Equicorrelated::new(n, p, rho);
                model.draw(&mut rng);
                let found = model.risk(2.5);
                let large = 1.0 + (p as f64 - 1.0) * rho;
                let x = DMatrix::from_fn(n, n + 1, |i, j| {
                    let Bidiagonal { diagonal, below } = &model.spectrum;
                    let scale = (1.0 - rho).sqrt();
                    match j {
                        0 if i == 0 => (large * 2.5).sqrt(),
                        0 => 0.0,
                        _ if j - 1 == i => scale * diagonal[i].sqrt(),
                        _ if j == i => scale * below[j - 1].sqrt(),
                        _ => 0.0,
                    }
                });
                // The other columns are zero.
                let x = x.resize_horizontally(p.max(n + 1), 0.0);
                let covariance = DMatrix::from_fn(p, p, |i, j| match (i, j) {
                    (0, 0) => large,
                    _ if i == j => 1.0 - rho,
                    _ => 0.0,
                });
                let want = dense(&x, &covariance);
                assert!((found.bias / want.bias - 1.0).abs() < 1e-9, "{found:?} {want:?}");
                assert!((found.variance / want.variance - 1.0).abs() < 1e-9, "{found:?} {want:?}");
            }
        }
    }

    /// Means against those of rows with equal correlations; 5 sigma.
    #[test]
    fn it_has_the_law_of_equicorrelated_rows() {
        const DRAWS: usize = 4000;
        let (n, p, rho) = (5, 17, 0.4_f64);
        let mut rng = Rng::seeded(2);
        let mut model = Equicorrelated::new(n, p, rho);
        let covariance = DMatrix::from_fn(p, p, |i, j| if i == j { 1.0 } else { rho });
        let (mut sums, mut squares) = ([0.0; 4], [0.0; 4]);
        for _ in 0..DRAWS {
            let shared: Vec<f64> = (0..n).map(|_| rng.normal()).collect();
            let x = DMatrix::from_fn(n, p, |i, _| {
                rho.sqrt() * shared[i] + (1.0 - rho).sqrt() * rng.normal()
            });
            let (one, other) = (model.draw(&mut rng), dense(&x, &covariance));
            let values = [one.bias, other.bias, one.variance, other.variance];
            for (k, value) in values.into_iter().enumerate() {
                sums[k] += value / DRAWS as f64;
                squares[k] += value * value / DRAWS as f64;
            }
        }
        for k in [0, 2] {
            let spread: f64 = (k..k + 2).map(|i| squares[i] - sums[i] * sums[i]).sum();
            let error = (spread / DRAWS as f64).sqrt();
            assert!((sums[k] - sums[k + 1]).abs() < 5.0 * error, "{sums:?} {error}");
        }
    }
}

//! The deterministic equivalent of least squares with or without a ridge: what bias and variance
//! given a design are close to, from the spectrum of the covariance alone.
//!
//! For $n$ rows with covariance eigenvalues $s_1, \dots, s_p$, squared coefficients $b_i$ and
//! $\hat\beta = (X^\top X + n \lambda I)^{-1} X^\top y$ let $\kappa$ be the level at which
//! eigenvalues begin to count, the root of
//!
//! $$ \sum_i \frac{s_i}{s_i + \kappa} + \frac{n \lambda}{\kappa} = n , \qquad
//!    d_2 = \frac1n \sum_i \frac{s_i^2}{(s_i + \kappa)^2} . $$
//!
//! Then bias and variance, for noise of variance one, are close to
//!
//! $$ B = \frac{\kappa^2}{1 - d_2} \sum_i \frac{b_i s_i}{(s_i + \kappa)^2} , \qquad
//!    V = \frac{d_2}{1 - d_2} . $$
//!
//! Source: Hastie, Montanari, Rosset and Tibshirani (2022), Annals of Statistics 50(2), Definition
//! 1, where $\kappa = 1/(c_0 \gamma)$. No draw is made here: it is what draws are compared with.

use super::gaussian::ConditionalRisk;
use crate::special::root;

/// Why there is no level.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum LevelError {
    /// An eigenvalue that is not positive and finite.
    #[error("eigenvalue {index} must be positive and finite, not {value}")]
    Eigenvalue {
        /// Which, from 0.
        index: usize,
        /// What it is.
        value: f64,
    },
    /// No eigenvalues, or as many squared coefficients as there are not.
    #[error(
        "{squares} squared coefficients for p = {p} eigenvalues: p must be positive, and as many are needed"
    )]
    Length {
        /// How many eigenvalues.
        p: usize,
        /// How many squared coefficients.
        squares: usize,
    },
    /// Not a positive number of observations.
    #[error("n must be positive and finite, not {0}")]
    Observations(f64),
    /// A ridge that is negative or no number.
    #[error("lambda must not be negative, and finite, not {0}")]
    Ridge(f64),
    /// No ridge, and no more features than observations: $\kappa = 0$.
    #[error("without a ridge p must be above n, not p = {p} at n = {n}")]
    NoRidge {
        /// Observations.
        n: f64,
        /// Features.
        p: usize,
    },
}

/// A spectrum at its level.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// $\kappa$.
    pub kappa: f64,
    /// $d_2$, below 1.
    pub second: f64,
}

impl Level {
    /// The level for $n$ observations, of which there may be a fraction, and a ridge $\lambda$.
    /// About 20 passes over the spectrum.
    ///
    /// # Errors
    /// Eigenvalues that are not positive, $n \le 0$, $\lambda < 0$, or $\lambda = 0$ and
    /// $p \le n$.
    pub fn of(eigenvalues: &[f64], n: f64, lambda: f64) -> Result<Self, LevelError> {
        let p = eigenvalues.len();
        let bad = |s: &f64| !(*s > 0.0 && s.is_finite());
        if let Some(index) = eigenvalues.iter().position(bad) {
            return Err(LevelError::Eigenvalue { index, value: eigenvalues[index] });
        }
        if p == 0 {
            return Err(LevelError::Length { p, squares: 0 });
        }
        if !(n > 0.0 && n.is_finite()) {
            return Err(LevelError::Observations(n));
        }
        if !(lambda >= 0.0 && lambda.is_finite()) {
            return Err(LevelError::Ridge(lambda));
        }
        if lambda == 0.0 && p as f64 <= n {
            return Err(LevelError::NoRidge { n, p });
        }
        let left = |kappa: f64| {
            let shares = eigenvalues.iter().map(|s| s / (s + kappa)).sum::<f64>();
            shares / n + lambda / kappa - 1.0
        };
        // At lambda, and where all eigenvalues are the least, the left side is not negative; where
        // s / kappa stands for s / (s + kappa), not positive. Twice as far both are strict.
        let least = eigenvalues.iter().copied().fold(f64::INFINITY, f64::min);
        let low = lambda.max(least * (p as f64 - n) / n);
        let high = lambda + eigenvalues.iter().sum::<f64>() / n;
        let kappa = root(left, 0.5 * low, 2.0 * high).unwrap_or(f64::NAN);
        let second = eigenvalues.iter().map(|s| (s / (s + kappa)).powi(2)).sum::<f64>() / n;
        Ok(Self { kappa, second })
    }

    /// $V$.
    pub fn variance(&self) -> f64 {
        self.second / (1.0 - self.second)
    }

    /// $\kappa^2 \sum_i \frac{b_i s_i}{(s_i + \kappa)^2}$: $B$ without what the features that are
    /// not fitted add as noise.
    pub fn unfitted(&self, eigenvalues: &[f64], squares: &[f64]) -> f64 {
        let term = |(s, b): (&f64, &f64)| b * s * (self.kappa / (s + self.kappa)).powi(2);
        eigenvalues.iter().zip(squares).map(term).sum()
    }
}

/// $B$ and $V$.
///
/// # Errors
/// As [`Level::of`], or other numbers of eigenvalues and squared coefficients.
pub fn equivalent(
    eigenvalues: &[f64],
    squares: &[f64],
    n: f64,
    lambda: f64,
) -> Result<ConditionalRisk, LevelError> {
    let (p, found) = (eigenvalues.len(), squares.len());
    if p != found {
        return Err(LevelError::Length { p, squares: found });
    }
    let level = Level::of(eigenvalues, n, lambda)?;
    let bias = level.unfitted(eigenvalues, squares) / (1.0 - level.second);
    Ok(ConditionalRisk { bias, variance: level.variance() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reference values by mpmath, for eigenvalues one half 1 and one half 1/4.
    #[test]
    fn two_eigenvalues_have_the_known_risk() {
        for (gamma, want) in
            [(2, [0.25, 1.25]), (5, [0.651_089_779_492_416, 0.337_438_675_918_052])]
        {
            let p = 6 * gamma;
            let s: Vec<f64> = (0..p).map(|i| if 2 * i < p { 1.0 } else { 0.25 }).collect();
            let b: Vec<f64> =
                (0..p).map(|i| if 2 * i < p { 2.0 / p as f64 } else { 0.0 }).collect();
            let found = equivalent(&s, &b, 6.0, 0.0).expect("a level");
            assert!((found.bias / want[0] - 1.0).abs() < 1e-12, "{found:?}");
            assert!((found.variance / want[1] - 1.0).abs() < 1e-12, "{found:?}");
        }
    }

    /// White features: Marchenko-Pastur, $\gamma = 2$, $\lambda = \frac12$, and no ridge.
    #[test]
    fn white_features_have_the_closed_forms() {
        let (s, b) = ([1.0; 20], [0.05; 20]);
        let ridge = equivalent(&s, &b, 10.0, 0.5).expect("a level");
        assert!((ridge.bias - 0.553_169_531_295_416).abs() < 1e-13, "{ridge:?}");
        assert!((ridge.variance - 0.348_874_687_627_165).abs() < 1e-13, "{ridge:?}");
        let none = equivalent(&s, &b, 10.0, 0.0).expect("a level");
        assert!((none.bias - 0.5).abs() < 1e-13 && (none.variance - 1.0).abs() < 1e-13);
        // Classical: fewer features than observations, and a ridge that is almost none.
        let few = equivalent(&s, &b, 40.0, 1e-12).expect("a level");
        assert!(few.bias < 1e-20 && (few.variance - 1.0).abs() < 1e-9, "{few:?}");
    }

    #[test]
    fn the_equation_holds_for_any_spectrum() {
        let mut rng = crate::random::Rng::seeded(4);
        for _ in 0..200 {
            let p = 1 + rng.index(12);
            let s: Vec<f64> = (0..p).map(|_| (6.0 * rng.normal()).exp()).collect();
            let n = 0.5 + 20.0 * rng.uniform();
            let lambda = (8.0 * rng.normal()).exp();
            let found = Level::of(&s, n, lambda).expect("a level");
            let left = s.iter().map(|s| s / (s + found.kappa)).sum::<f64>() / n;
            assert!((left + lambda / found.kappa - 1.0).abs() < 1e-12, "{found:?}");
            assert!((0.0..1.0).contains(&found.second));
        }
    }

    #[test]
    fn bad_input_is_named() {
        let said = |s: &[f64], n: f64, lambda: f64| {
            Level::of(s, n, lambda).expect_err("bad input").to_string()
        };
        assert_eq!(said(&[1.0, 0.0], 1.0, 1.0), "eigenvalue 1 must be positive and finite, not 0");
        assert!(said(&[f64::NAN], 1.0, 1.0).starts_with("eigenvalue 0"));
        assert!(said(&[], 1.0, 1.0).contains("p = 0"));
        assert!(said(&[1.0], 0.0, 1.0).starts_with("n must be"));
        assert!(said(&[1.0], 1.0, -1.0).starts_with("lambda must not"));
        assert!(said(&[1.0], 1.0, f64::NAN).starts_with("lambda must not"));
        let threshold = "without a ridge p must be above n, not p = 1 at n = 1";
        assert_eq!(said(&[1.0], 1.0, 0.0), threshold);
        let fewer = said(&[1.0; 3], 5.0, 0.0);
        assert_eq!(fewer, "without a ridge p must be above n, not p = 3 at n = 5");
        assert!(said(&[1.0, -2.0], 1.0, 1.0).starts_with("eigenvalue 1 must be"));
        assert!(said(&[1.0, f64::INFINITY], 1.0, 1.0).starts_with("eigenvalue 1 must be"));
        assert!(said(&[1.0], f64::NAN, 1.0).starts_with("n must be"));
        assert!(equivalent(&[1.0], &[], 1.0, 1.0).is_err());
    }

    /// A spectrum is a set of pairs, and squared coefficients need not sum to one.
    #[test]
    fn order_and_scale_are_free() {
        let (s, b) = ([3.0, 0.5, 1.0], [0.1, 2.0, 0.4]);
        let sorted = equivalent(&[0.5, 1.0, 3.0], &[2.0, 0.4, 0.1], 2.0, 0.1).expect("a level");
        let other = equivalent(&s, &b, 2.0, 0.1).expect("a level");
        let twice = equivalent(&s, &b.map(|b| 2.0 * b), 2.0, 0.1).expect("a level");
        assert!((other.bias / sorted.bias - 1.0).abs() < 1e-14);
        assert!((other.variance / sorted.variance - 1.0).abs() < 1e-14);
        assert!((twice.bias / sorted.bias - 2.0).abs() < 1e-14);
    }
}

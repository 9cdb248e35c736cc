//! Laws of rows with uncorrelated coordinates of variance one, Gaussian and others.

use crate::random::Rng;
use std::f64::consts::{SQRT_2, TAU};

/// The law of a row $x \in R^p$ with $E x = 0$ and $E x x^\top = I$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IsotropicRow {
    /// Independent standard normal coordinates.
    Gaussian,
    /// Independent fair signs; a matrix of them may be singular.
    Signs,
    /// Independent, uniform on $\pm \sqrt 3$.
    Uniform,
    /// Independent standard exponential coordinates less 1: skew.
    Exponential,
    /// Independent Laplace coordinates, symmetric: a sign times an exponential over $\sqrt 2$.
    Laplace,
    /// Uniform on the sphere of radius $\sqrt p$: dependent coordinates, constant norm.
    Sphere,
    /// $\sqrt 2 \cos \theta_j$ and $\sqrt 2 \sin \theta_j$ in turn for independent uniform angles,
    /// a last coordinate without a partner a sign: dependent coordinates, constant norm.
    Circles,
}

impl IsotropicRow {
    /// Fills a row. 6 to 15 ns a coordinate.
    pub fn fill(self, rng: &mut Rng, row: &mut [f64]) {
        match self {
            Self::Gaussian => rng.fill_normal(row),
            Self::Signs => signs(rng, row),
            Self::Uniform => {
                let width = 2.0 * 3_f64.sqrt();
                row.iter_mut().for_each(|x| *x = width * (rng.open_uniform() - 0.5));
            }
            Self::Exponential => row.iter_mut().for_each(|x| *x = rng.exponential() - 1.0),
            Self::Laplace => {
                row.iter_mut().for_each(|x| *x = rng.sign() * rng.exponential() / SQRT_2);
            }
            Self::Sphere => {
                rng.unit_vector(row);
                let radius = (row.len() as f64).sqrt();
                row.iter_mut().for_each(|x| *x *= radius);
            }
            Self::Circles => {
                let mut pairs = row.chunks_exact_mut(2);
                for pair in &mut pairs {
                    let (sin, cos) = (TAU * rng.uniform()).sin_cos();
                    (pair[0], pair[1]) = (SQRT_2 * cos, SQRT_2 * sin);
                }
                pairs.into_remainder().iter_mut().for_each(|x| *x = rng.sign());
            }
        }
    }

    /// Fills a matrix of independent rows, row-major.
    ///
    /// # Panics
    /// If there are no columns.
    pub fn fill_rows(self, rng: &mut Rng, matrix: &mut [f64], columns: usize) {
        assert!(columns > 0, "a row needs columns");
        matrix.chunks_mut(columns).for_each(|row| self.fill(rng, row));
    }
}

/// 64 signs from one word.
fn signs(rng: &mut Rng, row: &mut [f64]) {
    for chunk in row.chunks_mut(64) {
        let mut word = rng.bits();
        for x in chunk {
            *x = if word & 1 == 0 { 1.0 } else { -1.0 };
            word >>= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [IsotropicRow; 7] = [
        IsotropicRow::Gaussian,
        IsotropicRow::Signs,
        IsotropicRow::Uniform,
        IsotropicRow::Exponential,
        IsotropicRow::Laplace,
        IsotropicRow::Sphere,
        IsotropicRow::Circles,
    ];

    /// Mean 0, second moments of the identity; 5 sigma of 40 000 rows, with fourth moments of at
    /// most 9.
    #[test]
    fn rows_are_isotropic() {
        const DRAWS: usize = 40_000;
        for (law, p) in LAWS.into_iter().flat_map(|law| [(law, 4), (law, 5), (law, 1)]) {
            let mut rng = Rng::seeded(3);
            let mut row = vec![0.0; p];
            let (mut mean, mut second) = (vec![0.0; p], vec![0.0; p * p]);
            for _ in 0..DRAWS {
                law.fill(&mut rng, &mut row);
                for i in 0..p {
                    mean[i] += row[i] / DRAWS as f64;
                    for j in 0..p {
                        second[i * p + j] += row[i] * row[j] / DRAWS as f64;
                    }
                }
            }
            for i in 0..p {
                assert!(mean[i].abs() < 5.0 / (DRAWS as f64).sqrt(), "{law:?}: {mean:?}");
                for j in 0..p {
                    let want = f64::from(u8::from(i == j));
                    let got = second[i * p + j];
                    assert!((got - want).abs() < 15.0 / (DRAWS as f64).sqrt(), "{law:?}: {got}");
                }
            }
        }
    }

    /// $E x_1^4 - 3$: the excess kurtosis of the independent laws.
    #[test]
    fn coordinates_have_their_kurtosis() {
        const DRAWS: usize = 400_000;
        for (law, kurtosis, slack) in [
            (IsotropicRow::Gaussian, 0.0, 0.1),
            (IsotropicRow::Signs, -2.0, 1e-12),
            (IsotropicRow::Uniform, -1.2, 0.02),
            (IsotropicRow::Exponential, 6.0, 1.0),
            (IsotropicRow::Laplace, 3.0, 0.5),
            (IsotropicRow::Circles, -1.5, 0.02),
        ] {
            let mut rng = Rng::seeded(4);
            let mut row = vec![0.0; 8];
            let mut fourth = 0.0;
            for _ in 0..DRAWS / 8 {
                law.fill(&mut rng, &mut row);
                fourth += row.iter().map(|x| x.powi(4)).sum::<f64>() / DRAWS as f64;
            }
            assert!((fourth - 3.0 - kurtosis).abs() < slack, "{law:?}: {}", fourth - 3.0);
        }
    }

    #[test]
    fn spheres_and_circles_have_a_constant_norm() {
        let mut rng = Rng::seeded(5);
        for law in [IsotropicRow::Sphere, IsotropicRow::Circles, IsotropicRow::Signs] {
            for p in [1, 2, 7, 100] {
                let mut rows = vec![0.0; 3 * p];
                law.fill_rows(&mut rng, &mut rows, p);
                for row in rows.chunks(p) {
                    let norm: f64 = row.iter().map(|x| x * x).sum();
                    assert!((norm / p as f64 - 1.0).abs() < 1e-13, "{law:?}: {norm}");
                }
            }
        }
    }
}

//! $K^{-1}$ and $K^{-1} M K^{-1}$: bias and variance of ridgeless least squares are inner products
//! with these two, for $K = X X^\top$ and $M = X \Sigma X^\top$.

use crate::linalg::small::{cholesky_in_place, dot, dot_four, solve_lower, solve_lower_transposed};
use crate::linalg::{LinalgError, vectorised};

/// A pivot below this share of the square of its row: but for rounding the rows depend on each
/// other. Rows of a law with a density come as close with a probability of $10^{-5 (p - n + 1)}$.
const DEPENDENT: f64 = 1e-10;

/// The two matrices, with the buffers to find them.
#[derive(Clone, Debug)]
pub struct Sandwich {
    size: usize,
    factor: Vec<f64>,
    inverse: Vec<f64>,
    /// $M$, both halves, and $K^{-1} M$.
    moment: Vec<f64>,
    product: Vec<f64>,
    outer: Vec<f64>,
}

impl Sandwich {
    /// Buffers for matrices of this size.
    pub fn new(size: usize) -> Self {
        let buffer = || vec![0.0; size * size];
        Self {
            size,
            factor: buffer(),
            inverse: buffer(),
            moment: buffer(),
            product: buffer(),
            outer: buffer(),
        }
    }

    /// Takes $K$, positive definite, and $M$, of both of which the lower halves are read; about
    /// $6 n^3$ flops.
    ///
    /// # Errors
    /// $K$ is singular, to working precision.
    ///
    /// # Panics
    /// If a matrix has another size.
    pub fn set(&mut self, gram: &[f64], moment: &[f64]) -> Result<(), LinalgError> {
        let n = self.size;
        assert!(gram.len() == n * n, "{} entries are not {n} x {n}", gram.len());
        assert!(moment.len() == n * n, "{} entries are not {n} x {n}", moment.len());
        self.factor.copy_from_slice(gram);
        for i in 0..n {
            for j in 0..=i {
                self.moment[i * n + j] = moment[i * n + j];
                self.moment[j * n + i] = moment[i * n + j];
            }
        }
        let Self { factor, inverse, moment, product, outer, .. } = self;
        vectorised(
            #[inline(always)]
            || {
                cholesky_in_place(factor, n)?;
                for (pivot, row) in factor.chunks_exact(n).enumerate() {
                    let square = dot(&row[..=pivot], &row[..=pivot]);
                    if row[pivot] * row[pivot] < DEPENDENT * square {
                        return Err(LinalgError::NotPositiveDefinite { pivot, size: n });
                    }
                }
                for (j, column) in inverse.chunks_exact_mut(n).enumerate() {
                    column.fill(0.0);
                    column[j] = 1.0;
                    solve_lower(factor, n, column);
                    solve_lower_transposed(factor, n, column);
                }
                // M and K^{-1} are symmetric.
                times_transposed(inverse, moment, n, product);
                times_transposed(product, inverse, n, outer);
                Ok(())
            },
        )
    }

    /// $\langle K^{-1}, A \rangle$ for a symmetric $A$ of which the lower half is read.
    ///
    /// # Panics
    /// If it has another size.
    pub fn inverse_times(&self, lower: &[f64]) -> f64 {
        self.inner(&self.inverse, lower)
    }

    /// $\langle K^{-1} M K^{-1}, A \rangle$, in the same way.
    ///
    /// # Panics
    /// If it has another size.
    pub fn outer_times(&self, lower: &[f64]) -> f64 {
        self.inner(&self.outer, lower)
    }

    /// $\operatorname{tr} K^{-1}$.
    pub fn inverse_trace(&self) -> f64 {
        self.inverse.iter().step_by(self.size + 1).sum()
    }

    /// $\operatorname{tr} K^{-1} M K^{-1}$.
    pub fn outer_trace(&self) -> f64 {
        self.outer.iter().step_by(self.size + 1).sum()
    }

    fn inner(&self, one: &[f64], other: &[f64]) -> f64 {
        let n = self.size;
        assert!(other.len() == n * n, "{} entries are not {n} x {n}", other.len());
        let below = |i: usize| 2.0 * dot(&one[i * n..i * n + i], &other[i * n..i * n + i]);
        (0..n).map(|i| below(i) + one[i * n + i] * other[i * n + i]).sum()
    }
}

/// $A B^\top$ for row-major matrices whose rows have this length.
#[inline(always)]
fn times_transposed(a: &[f64], b: &[f64], length: usize, out: &mut [f64]) {
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
    use crate::random::Rng;
    use nalgebra::DMatrix;

    fn symmetric(rng: &mut Rng, n: usize, columns: usize) -> DMatrix<f64> {
        let x = DMatrix::from_fn(n, columns, |_, _| rng.normal());
        &x * x.transpose()
    }

    #[test]
    fn it_is_the_dense_computation() {
        let mut rng = Rng::seeded(1);
        for n in 1..=13 {
            let [k, m, a] = [n + 6, n + 2, n].map(|columns| symmetric(&mut rng, n, columns));
            let mut sandwich = Sandwich::new(n);
            sandwich.set(k.as_slice(), m.as_slice()).expect("a positive matrix");
            // Column-major: what is lower here is upper there, of symmetric matrices.
            let inverse = k.try_inverse().expect("a positive matrix");
            let outer = &inverse * &m * &inverse;
            let near = |found: f64, want: f64| {
                assert!((found / want - 1.0).abs() < 1e-8, "{n}: {found} {want}");
            };
            near(sandwich.inverse_times(a.as_slice()), inverse.dot(&a));
            near(sandwich.outer_times(a.as_slice()), outer.dot(&a));
            near(sandwich.inverse_trace(), inverse.trace());
            near(sandwich.outer_trace(), outer.trace());
        }
    }

    /// Two rows that are equal but for their sign, and a third that is the sum of two others.
    #[test]
    fn dependent_rows_are_an_error() {
        let rows: [[f64; 7]; 3] = [
            [1.0, -1.0, 1.0, 1.0, -1.0, 1.0, 1.0],
            [0.1, 0.7, -0.3, 0.9, 1.3, -0.2, 0.4],
            [1.1, -0.3, 0.7, 1.9, 0.3, 0.8, 1.4],
        ];
        let gram = |rows: &[[f64; 7]]| -> Vec<f64> {
            rows.iter().flat_map(|x| rows.iter().map(|y| dot(x, y))).collect()
        };
        let three = gram(&rows);
        assert!(Sandwich::new(3).set(&three, &three).is_err());
        let opposite = gram(&[rows[1], rows[1].map(|x| -x)]);
        assert!(Sandwich::new(2).set(&opposite, &opposite).is_err());
    }
}

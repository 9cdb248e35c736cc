//! How far each row of a matrix is from the others.

use crate::linalg::LinalgError;
use crate::linalg::panels::{Panels, factor_gram, gram, invert_lower};

/// Squared distances of rows, with the buffers to find them.
#[derive(Clone, Debug, Default)]
pub struct RowDistances {
    matrix: Panels,
    factor: Panels,
    squares: Vec<f64>,
}

impl RowDistances {
    /// $q_i = \operatorname{dist}(x_i, \operatorname{span}_{j \ne i} x_j)^2
    /// = 1 / (K^{-1})_{ii}$, $K = X X^\top$, for the rows $x_i$ of a row-major matrix, by one
    /// Cholesky factor; $r^2 c + \frac23 r^3$ flops for $r$ rows and $c$ columns.
    ///
    /// For independent rows with $E x x^\top = I$ the mean of $q_i$, given the other rows, is the
    /// dimension of what is orthogonal to them, $c - r + 1$, whatever the law:
    /// $q_i = x_i^\top P_i x_i$ for a projection $P_i$ that does not depend on $x_i$. And
    /// $\sum_i \frac1{q_i} = \operatorname{tr} K^{-1}$.
    ///
    /// # Errors
    /// The rows are dependent, to working precision.
    ///
    /// # Panics
    /// If there are not `rows * columns` entries.
    pub fn of(&mut self, x: &[f64], rows: usize, columns: usize) -> Result<&[f64], LinalgError> {
        assert!(x.len() == rows * columns, "{} entries are not {rows} x {columns}", x.len());
        let Self { matrix, factor: l, squares } = self;
        matrix.pack(x, rows, columns);
        gram(matrix, l);
        factor_gram(l)?;
        // The matrix is not needed any more.
        let inverse = matrix;
        invert_lower(l, inverse);
        squares.resize(rows, 0.0);
        inverse.lower_column_squares(squares);
        squares.iter_mut().for_each(|square| *square = 1.0 / *square);
        Ok(&self.squares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::small::{cholesky_in_place, dot, gram_lower, solve_lower};
    use crate::random::Rng;

    /// By projection onto the span of the others, one row at a time.
    #[test]
    fn they_are_distances_to_the_span_of_the_others() {
        let mut rng = Rng::seeded(6);
        for (rows, columns) in [(1, 1), (1, 4), (3, 3), (7, 12), (20, 21)] {
            let mut x = vec![0.0; rows * columns];
            rng.fill_normal(&mut x);
            let mut distances = RowDistances::default();
            let squares = distances.of(&x, rows, columns).unwrap().to_vec();
            for (i, got) in squares.into_iter().enumerate() {
                let row = &x[i * columns..(i + 1) * columns];
                let others: Vec<f64> = (0..rows)
                    .filter(|j| *j != i)
                    .flat_map(|j| x[j * columns..(j + 1) * columns].to_vec())
                    .collect();
                let m = rows - 1;
                let mut gram = vec![0.0; m * m];
                gram_lower(&others, m, columns, &mut gram);
                cholesky_in_place(&mut gram, m).unwrap();
                let mut along: Vec<f64> =
                    (0..m).map(|j| dot(row, &others[j * columns..(j + 1) * columns])).collect();
                solve_lower(&gram, m, &mut along);
                let want = dot(row, row) - dot(&along, &along);
                assert!((got / want - 1.0).abs() < 1e-8, "{rows} x {columns}: {got} for {want}");
            }
        }
    }

    #[test]
    fn dependent_rows_are_an_error() {
        let mut distances = RowDistances::default();
        let x = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
        assert!(distances.of(&x, 2, 3).is_err());
        // Rows that depend on each other by rounding alone: the third is the sum of the others.
        let (one, two) = ([0.1, 0.7, -0.3, 0.9, 1.3], [1.1, 0.2, 0.3, -0.8, 0.6]);
        let sum: Vec<f64> = one.iter().zip(&two).map(|(x, y)| x + y).collect();
        let x = [one.as_slice(), &two, &sum].concat();
        assert!(distances.of(&x, 3, 5).is_err());
    }

    #[test]
    #[should_panic(expected = "5 entries are not 2 x 3")]
    fn a_matrix_has_its_entries() {
        let _ = RowDistances::default().of(&[1.0; 5], 2, 3);
    }
}

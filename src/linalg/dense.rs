//! Factorizations and solutions of whole matrices: nalgebra when small, faer when large.

use super::{LinalgError, SMALL, same};
use faer::diag::{DiagMut, DiagRef};
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::linalg::{cholesky, evd, svd, triangular_solve};
use faer::{Accum, MatMut, MatRef, Par};
use nalgebra::{DMatrix, DVector};

/// Sweeps after which nalgebra's iterations give up, for each row of the matrix.
const SWEEPS_MAX: usize = 100;

/// View of a nalgebra matrix for faer, without a copy.
fn view(x: &DMatrix<f64>) -> MatRef<'_, f64> {
    MatRef::from_column_major_slice(x.as_slice(), x.nrows(), x.ncols())
}

/// Mutable view of a nalgebra matrix for faer, without a copy.
fn view_mut(x: &mut DMatrix<f64>) -> MatMut<'_, f64> {
    let (rows, columns) = x.shape();
    MatMut::from_column_major_slice_mut(x.as_mut_slice(), rows, columns)
}

fn check_finite(what: &'static str, entries: &[f64]) -> Result<(), LinalgError> {
    if entries.iter().all(|x| x.is_finite()) {
        Ok(())
    } else {
        Err(LinalgError::NotFinite { what })
    }
}

fn check_square(x: &DMatrix<f64>) -> Result<(), LinalgError> {
    same("the number of columns of a symmetric matrix", x.nrows(), x.ncols())?;
    check_finite("the matrix", x.as_slice())
}

/// $X X^\top$, both halves; $n^2 p$ flops.
pub fn gram(x: &DMatrix<f64>) -> DMatrix<f64> {
    let n = x.nrows();
    if n < SMALL {
        return x * x.transpose();
    }
    let mut out = DMatrix::zeros(n, n);
    matmul(
        view_mut(&mut out),
        BlockStructure::TriangularLower,
        Accum::Replace,
        view(x),
        BlockStructure::Rectangular,
        view(x).transpose(),
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
    out.fill_upper_triangle_with_lower_triangle();
    out
}

/// Factor $L$ of a symmetric positive definite $A = L L^\top$.
#[derive(Clone, Debug)]
pub struct Cholesky {
    /// $L$ in the lower half; what is above means nothing.
    lower: DMatrix<f64>,
}

impl Cholesky {
    /// Factors a matrix of which only the lower half is read; $n^3 / 3$ flops.
    ///
    /// # Errors
    /// Not square, or not positive definite (NaN included).
    pub fn new(mut matrix: DMatrix<f64>) -> Result<Self, LinalgError> {
        let n = matrix.nrows();
        same("the number of columns of a symmetric matrix", n, matrix.ncols())?;
        if n < SMALL {
            factor_small(&mut matrix)?;
            return Ok(Self { lower: matrix });
        }
        let scratch = cholesky::llt::factor::cholesky_in_place_scratch::<f64>(
            n,
            Par::Seq,
            Default::default(),
        );
        let factored = cholesky::llt::factor::cholesky_in_place(
            view_mut(&mut matrix),
            Default::default(),
            Par::Seq,
            MemStack::new(&mut MemBuffer::new(scratch)),
            Default::default(),
        );
        match factored {
            Ok(_) => Ok(Self { lower: matrix }),
            Err(cholesky::llt::factor::LltError::NonPositivePivot { index }) => {
                Err(LinalgError::NotPositiveDefinite { pivot: index, size: n })
            }
        }
    }

    /// Rows of the matrix.
    pub fn size(&self) -> usize {
        self.lower.nrows()
    }

    /// The factor $L$, zero above the diagonal.
    pub fn lower(&self) -> DMatrix<f64> {
        self.lower.lower_triangle()
    }

    /// $\ln \det A = 2 \sum_i \ln L_{ii}$.
    pub fn log_determinant(&self) -> f64 {
        2.0 * self.lower.diagonal().iter().map(|x| x.ln()).sum::<f64>()
    }

    /// $A^{-1} B$ for all columns of $B$; $2 n^2$ flops a column.
    ///
    /// # Errors
    /// $B$ has not $n$ rows.
    pub fn solve(&self, right: &DMatrix<f64>) -> Result<DMatrix<f64>, LinalgError> {
        let mut solution = self.solve_lower(right)?;
        if self.size() < SMALL {
            self.lower.tr_solve_lower_triangular_mut(&mut solution);
        } else {
            triangular_solve::solve_upper_triangular_in_place(
                view(&self.lower).transpose(),
                view_mut(&mut solution),
                Par::Seq,
            );
        }
        Ok(solution)
    }

    /// $A^{-1} b$.
    ///
    /// # Errors
    /// $b$ has not $n$ entries.
    pub fn solve_vector(&self, right: &DVector<f64>) -> Result<DVector<f64>, LinalgError> {
        let column = DMatrix::from_column_slice(right.len(), 1, right.as_slice());
        Ok(self.solve(&column)?.column(0).into_owned())
    }

    /// $L^{-1} B$, whose squared column norms are $b^\top A^{-1} b$; $n^2$ flops a column.
    ///
    /// # Errors
    /// $B$ has not $n$ rows.
    pub fn solve_lower(&self, right: &DMatrix<f64>) -> Result<DMatrix<f64>, LinalgError> {
        same("the number of rows of a right-hand side", self.size(), right.nrows())?;
        let mut solution = right.clone();
        if self.size() < SMALL {
            self.lower.solve_lower_triangular_mut(&mut solution);
        } else {
            triangular_solve::solve_lower_triangular_in_place(
                view(&self.lower),
                view_mut(&mut solution),
                Par::Seq,
            );
        }
        Ok(solution)
    }

    /// $\operatorname{tr} A^{-1} = \|L^{-1}\|_F^2$; $n^3 / 3$ flops.
    pub fn inverse_trace(&self) -> f64 {
        let identity = DMatrix::identity(self.size(), self.size());
        // The shapes agree by construction, so the empty case cannot arise.
        self.solve_lower(&identity).map_or(f64::NAN, |inverse| inverse.norm_squared())
    }
}

/// Cholesky by columns, as nalgebra's, but it says which pivot failed.
fn factor_small(a: &mut DMatrix<f64>) -> Result<(), LinalgError> {
    let n = a.nrows();
    for j in 0..n {
        for k in 0..j {
            let factor = a[(j, k)];
            for i in j..n {
                a[(i, j)] -= a[(i, k)] * factor;
            }
        }
        let pivot = a[(j, j)];
        // NaN fails here too.
        if !(pivot > 0.0 && pivot < f64::INFINITY) {
            return Err(LinalgError::NotPositiveDefinite { pivot: j, size: n });
        }
        let root = pivot.sqrt();
        for i in j..n {
            a[(i, j)] /= root;
        }
    }
    Ok(())
}

/// Spectral decomposition $A = V \operatorname{diag}(\lambda) V^\top$.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// Eigenvalues, increasing.
    pub values: DVector<f64>,
    /// Orthonormal eigenvectors, one a column, in the same order.
    pub vectors: DMatrix<f64>,
}

/// Eigenvalues of a symmetric matrix, increasing; the lower half is read. About $4 n^3 / 3$ flops.
///
/// # Errors
/// Not square, not finite, or no convergence.
pub fn symmetric_eigenvalues(a: &DMatrix<f64>) -> Result<DVector<f64>, LinalgError> {
    check_square(a)?;
    let n = a.nrows();
    if n < SMALL {
        // With vectors, because only this form of nalgebra's has a limit on its sweeps.
        return Ok(symmetric_eigen(a)?.values);
    }
    let mut values = DVector::zeros(n);
    large_eigen(a, &mut values, None)?;
    Ok(values)
}

/// Eigenvalues and eigenvectors of a symmetric matrix, eigenvalues increasing.
///
/// # Errors
/// Not square, not finite, or no convergence.
pub fn symmetric_eigen(a: &DMatrix<f64>) -> Result<Eigen, LinalgError> {
    check_square(a)?;
    let n = a.nrows();
    if n >= SMALL {
        let mut values = DVector::zeros(n);
        let mut vectors = DMatrix::zeros(n, n);
        large_eigen(a, &mut values, Some(&mut vectors))?;
        return Ok(Eigen { values, vectors });
    }
    if n == 0 {
        return Ok(Eigen { values: DVector::zeros(0), vectors: DMatrix::zeros(0, 0) });
    }
    let decomposition = a
        .clone()
        .try_symmetric_eigen(f64::EPSILON, SWEEPS_MAX * n)
        .ok_or(LinalgError::NoConvergence { what: "eigenvalues", size: n })?;
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| decomposition.eigenvalues[*i].total_cmp(&decomposition.eigenvalues[*j]));
    let values = DVector::from_fn(n, |i, _| decomposition.eigenvalues[order[i]]);
    let vectors = DMatrix::from_fn(n, n, |i, j| decomposition.eigenvectors[(i, order[j])]);
    Ok(Eigen { values, vectors })
}

fn large_eigen(
    a: &DMatrix<f64>,
    values: &mut DVector<f64>,
    vectors: Option<&mut DMatrix<f64>>,
) -> Result<(), LinalgError> {
    let n = a.nrows();
    let wanted = match vectors {
        Some(_) => evd::ComputeEigenvectors::Yes,
        None => evd::ComputeEigenvectors::No,
    };
    let scratch = evd::self_adjoint_evd_scratch::<f64>(n, wanted, Par::Seq, Default::default());
    evd::self_adjoint_evd(
        view(a),
        DiagMut::from_slice_mut(values.as_mut_slice()),
        vectors.map(view_mut),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| LinalgError::NoConvergence { what: "eigenvalues", size: n })
}

/// Singular values, decreasing; there are $\min(n, p)$.
///
/// # Errors
/// Not finite, or no convergence.
pub fn singular_values(x: &DMatrix<f64>) -> Result<DVector<f64>, LinalgError> {
    check_finite("the matrix", x.as_slice())?;
    let (n, p) = x.shape();
    let count = n.min(p);
    let mut values = DVector::zeros(count);
    if count == 0 {
        return Ok(values);
    }
    let no = svd::ComputeSvdVectors::No;
    let scratch = svd::svd_scratch::<f64>(n, p, no, no, Par::Seq, Default::default());
    svd::svd(
        view(x),
        DiagMut::from_slice_mut(values.as_mut_slice()),
        None,
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| LinalgError::NoConvergence { what: "singular values", size: n })?;
    Ok(values)
}

/// The least-squares solution of least norm, $X^+ y$, for $X$ ($n \times p$) of full rank.
///
/// By the Cholesky factor of the smaller Gram matrix: four times faster than a QR, at the price
/// of squaring the condition number (relative error about $10^{-16} \kappa(X)^2$).
///
/// # Errors
/// $y$ has not $n$ entries, or $X$ has not full rank (to working precision).
pub fn min_norm(x: &DMatrix<f64>, y: &DVector<f64>) -> Result<DVector<f64>, LinalgError> {
    same("the number of entries of y", x.nrows(), y.len())?;
    if x.nrows() <= x.ncols() {
        let dual = Cholesky::new(gram(x))?.solve_vector(y)?;
        Ok(x.tr_mul(&dual))
    } else {
        Cholesky::new(gram(&x.transpose()))?.solve_vector(&x.tr_mul(y))
    }
}

/// Eigenvalues, increasing, of the symmetric tridiagonal matrix with this diagonal ($n$ entries)
/// and off-diagonal ($n - 1$ entries); $O(n^2)$.
///
/// # Errors
/// Sizes that do not agree, an entry that is not finite, or no convergence.
pub fn tridiagonal_eigenvalues(
    diagonal: &[f64],
    off_diagonal: &[f64],
) -> Result<Vec<f64>, LinalgError> {
    let n = diagonal.len();
    same("the number of off-diagonal entries", n.saturating_sub(1), off_diagonal.len())?;
    check_finite("the diagonal", diagonal)?;
    check_finite("the off-diagonal", off_diagonal)?;
    if n < 2 {
        return Ok(diagonal.to_vec());
    }
    // faer wants n entries and ignores the last.
    let mut off = off_diagonal.to_vec();
    off.push(0.0);
    let mut values = vec![0.0; n];
    let scratch = evd::self_adjoint_evd_scratch::<f64>(
        n,
        evd::ComputeEigenvectors::No,
        Par::Seq,
        Default::default(),
    );
    evd::tridiagonal_self_adjoint_evd(
        DiagRef::from_slice(diagonal),
        DiagRef::from_slice(&off),
        DiagMut::from_slice_mut(&mut values),
        None,
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Default::default(),
    )
    .map_err(|_| LinalgError::NoConvergence { what: "eigenvalues", size: n })?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;

    fn normal(n: usize, p: usize, seed: u64) -> DMatrix<f64> {
        let mut rng = Rng::seeded(seed);
        DMatrix::from_fn(n, p, |_, _| rng.normal())
    }

    const SIZES: [usize; 6] = [1, 2, 7, 31, 32, 80];

    #[test]
    fn gram_and_cholesky_reconstruct() {
        for n in SIZES {
            let x = normal(n, n + 5, 1);
            let k = gram(&x);
            assert!((&k - &x * x.transpose()).norm() < 1e-12 * k.norm());
            let factor = Cholesky::new(k.clone()).unwrap();
            let lower = factor.lower();
            assert!((&lower * lower.transpose() - &k).norm() < 1e-13 * k.norm());
            let right = normal(n, 3, 2);
            let solution = factor.solve(&right).unwrap();
            assert!((&k * &solution - &right).norm() < 1e-9 * right.norm());
            let inverse = k.clone().try_inverse().unwrap();
            assert!((factor.inverse_trace() / inverse.trace() - 1.0).abs() < 1e-8);
            let eigenvalues = symmetric_eigenvalues(&k).unwrap();
            let log_determinant: f64 = eigenvalues.iter().map(|v| v.ln()).sum();
            assert!((factor.log_determinant() - log_determinant).abs() < 1e-8);
        }
    }

    #[test]
    fn spectra_agree_with_each_other() {
        for n in SIZES {
            let x = normal(n, n + 3, 3);
            let k = gram(&x);
            let eigen = symmetric_eigen(&k).unwrap();
            let back =
                &eigen.vectors * DMatrix::from_diagonal(&eigen.values) * eigen.vectors.transpose();
            assert!((back - &k).norm() < 1e-12 * k.norm());
            let singular = singular_values(&x).unwrap();
            for i in 0..n {
                let square = singular[n - 1 - i].powi(2);
                assert!((square - eigen.values[i]).abs() < 1e-12 * k.norm());
            }
        }
    }

    /// The second difference matrix: eigenvalues $2 - 2 \cos(\pi k / (n + 1))$.
    #[test]
    fn tridiagonal_matches_closed_form() {
        for n in [1, 2, 3, 50] {
            let values = tridiagonal_eigenvalues(&vec![2.0; n], &vec![-1.0; n - 1]).unwrap();
            for (k, value) in values.iter().enumerate() {
                let angle = std::f64::consts::PI * (k + 1) as f64 / (n + 1) as f64;
                assert!((value - (2.0 - 2.0 * angle.cos())).abs() < 1e-13);
            }
        }
    }

    #[test]
    fn min_norm_matches_the_pseudo_inverse() {
        for (n, p) in [(5, 9), (9, 5), (40, 70), (70, 40), (6, 6)] {
            let x = normal(n, p, 4);
            let y = DVector::from_fn(n, |i, _| (i as f64).sin());
            let want = x.clone().pseudo_inverse(1e-12).unwrap() * &y;
            let got = min_norm(&x, &y).unwrap();
            assert!((got - &want).norm() < 1e-9 * want.norm());
        }
    }

    #[test]
    fn errors_say_what_is_wrong() {
        for n in [3, 40] {
            let mut a = DMatrix::identity(n, n);
            a[(2, 2)] = -1.0;
            let error = Cholesky::new(a).unwrap_err();
            assert_eq!(error, LinalgError::NotPositiveDefinite { pivot: 2, size: n });
            let nan = DMatrix::from_element(n, n, f64::NAN);
            assert!(Cholesky::new(nan.clone()).is_err());
            assert!(symmetric_eigenvalues(&nan).is_err());
        }
        assert!(Cholesky::new(DMatrix::zeros(2, 3)).is_err());
        let error = tridiagonal_eigenvalues(&[1.0, 2.0], &[]).unwrap_err();
        assert_eq!(error.to_string(), "the number of off-diagonal entries must be 1, not 0");
        // Rank one: no min-norm solution by a Gram matrix.
        assert!(min_norm(&DMatrix::from_element(2, 3, 1.0), &DVector::zeros(2)).is_err());
    }
}

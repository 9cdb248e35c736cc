//! Ridgeless least squares given the design: excess risk with noise and test points averaged out.
//!
//! $y = X \beta + \epsilon$, rows of $X$ ($n \times p$) with covariance
//! $\Sigma = \operatorname{diag}(\lambda)$, $\hat\beta = X^+ y$. Given $X$, the excess risk is
//! $B_X + \sigma^2 V_X$ with
//!
//! $$ B_X = \beta^\top \Pi \Sigma \Pi \beta, \quad \Pi = I - X^+ X, \qquad
//!    V_X = \operatorname{tr} \Sigma (X^\top X)^+ . $$
//!
//! One Cholesky factor of the smaller Gram matrix gives both (Hastie, Montanari, Rosset and
//! Tibshirani 2022, Lemma 1). Matrices are row-major slices; after the first call with given
//! sizes nothing is allocated.

use crate::linalg::panels::{
    Panels, invert_lower, multiply_lower, multiply_upper, transpose_lower,
};
use crate::linalg::small::{
    add_scaled, cholesky_in_place, dot, gram_lower, inverse_trace, solve_lower,
    solve_lower_transposed,
};
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;

/// Bias and variance of the excess risk given the design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditionalRisk {
    /// $B_X$.
    pub bias: f64,
    /// $V_X$, for noise of variance one.
    pub variance: f64,
}

/// A design and the buffers to work on it.
#[derive(Clone, Debug, Default)]
pub struct Design {
    rows: usize,
    columns: usize,
    /// $X$, row-major.
    entries: Vec<f64>,
    factor: Vec<f64>,
    vector: Vec<f64>,
    other: Vec<f64>,
    block: Vec<f64>,
    panels: [Panels; 3],
}

impl Design {
    /// Draws an $n \times p$ matrix with independent $N(0, \lambda_j)$ entries in column $j$;
    /// `eigenvalues` empty means $\Sigma = I$. 6 ns an entry.
    ///
    /// # Panics
    /// If there are eigenvalues, but not $p$, or no row or no column.
    pub fn draw(&mut self, rng: &mut Rng, n: usize, p: usize, eigenvalues: &[f64]) {
        check_sizes(n, p);
        check_length("eigenvalues", eigenvalues, p);
        (self.rows, self.columns) = (n, p);
        self.entries.resize(n * p, 0.0);
        rng.fill_normal(&mut self.entries);
        if !eigenvalues.is_empty() {
            for row in self.entries.chunks_exact_mut(p) {
                row.iter_mut().zip(eigenvalues).for_each(|(x, value)| *x *= value.sqrt());
            }
        }
    }

    /// Takes a given matrix, row-major.
    ///
    /// # Panics
    /// If there are not $n p$ entries, or none.
    pub fn set(&mut self, n: usize, p: usize, entries: &[f64]) {
        check_sizes(n, p);
        assert!(entries.len() == n * p, "{} entries are not {n} x {p}", entries.len());
        (self.rows, self.columns) = (n, p);
        self.entries.clear();
        self.entries.extend_from_slice(entries);
    }

    /// The matrix, row-major.
    pub fn entries(&self) -> &[f64] {
        &self.entries
    }

    /// Bias and variance for this design, $\Sigma = \operatorname{diag}(\lambda)$ (empty: $I$).
    ///
    /// $m^2 M + m^3 / 3$ flops and, for $\Sigma \ne I$ and $p > n$, $2 n^2 p$ more, where
    /// $m = \min(n, p)$, $M = \max(n, p)$. The bias is exactly 0 for $p \le n$.
    ///
    /// # Errors
    /// The smaller Gram matrix is singular to working precision.
    ///
    /// # Panics
    /// If `coefficients` has not $p$ entries, or there are eigenvalues, but not $p$.
    pub fn risk(
        &mut self,
        coefficients: &[f64],
        eigenvalues: &[f64],
    ) -> Result<ConditionalRisk, LinalgError> {
        let (n, p) = (self.rows, self.columns);
        assert!(coefficients.len() == p, "{} coefficients for p = {p}", coefficients.len());
        check_length("eigenvalues", eigenvalues, p);
        if p > n {
            self.factor_rows()?;
            let variance = self.wide_variance(eigenvalues);
            let bias = self.wide_bias(coefficients, eigenvalues);
            return Ok(ConditionalRisk { bias, variance });
        }
        // X = Z Sigma^{1/2}, and tr Sigma (X'X)^{-1} = tr (Z'Z)^{-1}.
        self.block.resize(n * p, 0.0);
        for (i, row) in self.entries.chunks_exact(p).enumerate() {
            for (j, x) in row.iter().enumerate() {
                let scale = eigenvalues.get(j).copied().unwrap_or(1.0).sqrt();
                self.block[j * n + i] = x / scale;
            }
        }
        self.factor.resize(p * p, 0.0);
        self.vector.resize(p, 0.0);
        let (block, factor) = (&self.block, &mut self.factor);
        vectorised(
            #[inline(always)]
            || {
                gram_lower(block, p, n, factor);
                cholesky_in_place(factor, p)
            },
        )?;
        let variance = inverse_trace(&self.factor, p, &mut self.vector);
        Ok(ConditionalRisk { bias: 0.0, variance })
    }

    /// The bias of the minimum-norm solution for $\Sigma = I$, $p > n$:
    /// $\|\beta\|^2 - y^\top K^{-1} y$ with $y = X \beta$, $K = X X^\top$.
    ///
    /// For a Gaussian design its law is $\|\beta\|^2$ times
    /// $\mathrm{Beta}(\tfrac{p-n}{2}, \tfrac n2)$. $n^2 p + n^3 / 3$ flops. Computed as
    /// $\|\beta - X^\top K^{-1} y\|^2$, which does not cancel where the bias is small.
    ///
    /// # Errors
    /// $K$ is singular to working precision.
    pub fn isotropic_bias(&mut self, coefficients: &[f64]) -> Result<f64, LinalgError> {
        let (n, p) = (self.rows, self.columns);
        assert!(coefficients.len() == p, "{} coefficients for p = {p}", coefficients.len());
        if p <= n {
            return Ok(0.0);
        }
        self.factor_rows()?;
        Ok(self.wide_bias(coefficients, &[]))
    }

    /// Factor of $K = X X^\top$.
    fn factor_rows(&mut self) -> Result<(), LinalgError> {
        let (n, p) = (self.rows, self.columns);
        self.factor.resize(n * n, 0.0);
        let (entries, factor) = (&self.entries, &mut self.factor);
        vectorised(
            #[inline(always)]
            || {
                gram_lower(entries, n, p, factor);
                cholesky_in_place(factor, n)
            },
        )
    }

    /// $\|K^{-1} X \Sigma^{1/2}\|_F^2$ from the factor of $K$.
    fn wide_variance(&mut self, eigenvalues: &[f64]) -> f64 {
        let (n, p) = (self.rows, self.columns);
        self.vector.resize(n, 0.0);
        if eigenvalues.is_empty() {
            return inverse_trace(&self.factor, n, &mut self.vector);
        }
        let [factor, inverse, design] = &mut self.panels;
        factor.pack_lower(&self.factor, n);
        invert_lower(factor, inverse);
        design.pack(&self.entries, n, p);
        multiply_lower(inverse, design);
        transpose_lower(inverse, factor);
        multiply_upper(factor, design);
        design.squares(eigenvalues)
    }

    /// $r^\top \Sigma r$ with $r = \beta - X^\top K^{-1} X \beta$, from the factor of $K$.
    fn wide_bias(&mut self, coefficients: &[f64], eigenvalues: &[f64]) -> f64 {
        let n = self.rows;
        self.vector.clear();
        self.vector
            .extend(self.entries.chunks_exact(self.columns).map(|row| dot(row, coefficients)));
        solve_lower(&self.factor, n, &mut self.vector);
        solve_lower_transposed(&self.factor, n, &mut self.vector);
        self.other.clear();
        self.other.extend_from_slice(coefficients);
        for (row, dual) in self.entries.chunks_exact(self.columns).zip(&self.vector) {
            add_scaled(&mut self.other, -dual, row);
        }
        let weight = |j: usize| eigenvalues.get(j).copied().unwrap_or(1.0);
        self.other.iter().enumerate().map(|(j, r)| weight(j) * r * r).sum()
    }
}

fn check_sizes(n: usize, p: usize) {
    assert!(n >= 1 && p >= 1, "a design needs n >= 1 rows and p >= 1 columns, not {n} x {p}");
}

fn check_length(what: &str, values: &[f64], p: usize) {
    assert!(
        values.is_empty() || values.len() == p,
        "there must be none or p = {p} {what}, not {}",
        values.len()
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::{DMatrix, DVector};

    /// Against the pseudo-inverse, wide and tall, with and without covariance.
    #[test]
    fn risk_matches_the_pseudo_inverse() {
        let mut rng = Rng::seeded(21);
        let mut design = Design::default();
        for (n, p) in [(4, 9), (9, 4), (1, 1), (12, 13), (20, 31)] {
            let coefficients: Vec<f64> = (0..p).map(|_| rng.normal()).collect();
            let spectrum: Vec<f64> = (0..p).map(|j| 1.0 / (1 + j) as f64).collect();
            for eigenvalues in [&[][..], &spectrum] {
                design.draw(&mut rng, n, p, eigenvalues);
                let got = design.risk(&coefficients, eigenvalues).unwrap();
                let x = DMatrix::from_row_slice(n, p, design.entries());
                let sigma = DMatrix::from_fn(p, p, |i, j| {
                    if i == j { eigenvalues.get(i).copied().unwrap_or(1.0) } else { 0.0 }
                });
                let inverse = x.clone().pseudo_inverse(1e-13).unwrap();
                let variance = (&inverse * inverse.transpose() * &sigma).trace();
                let beta = DVector::from_vec(coefficients.clone());
                let residual = &beta - &inverse * &x * &beta;
                let bias = (residual.transpose() * &sigma * &residual)[0];
                assert!((got.variance / variance - 1.0).abs() < 1e-8, "({n}, {p})");
                assert!((got.bias - bias).abs() < 1e-10 * beta.norm_squared(), "({n}, {p})");
                if eigenvalues.is_empty() {
                    let alone = design.isotropic_bias(&coefficients).unwrap();
                    assert!((alone - bias).abs() < 1e-10 * beta.norm_squared());
                }
            }
        }
    }

    /// The bias is Beta distributed (card hmrt.bias-beta-law), the variance that of
    /// [`crate::models::wishart`].
    #[test]
    fn gaussian_designs_have_the_known_laws() {
        let mut rng = Rng::seeded(22);
        let mut design = Design::default();
        const DRAWS: usize = 4000;
        let (n, p) = (10, 16);
        let coefficients: Vec<f64> = (0..p).map(|j| (j as f64).cos()).collect();
        let size = dot(&coefficients, &coefficients);
        let (mut variance, mut biases) = (0.0, Vec::new());
        for _ in 0..DRAWS {
            design.draw(&mut rng, n, p, &[]);
            let risk = design.risk(&coefficients, &[]).unwrap();
            biases.push(risk.bias / size);
            variance += risk.variance / DRAWS as f64;
        }
        biases.sort_by(f64::total_cmp);
        let distance = biases
            .iter()
            .enumerate()
            .map(|(rank, x)| {
                let below = crate::special::beta_cdf(3.0, 5.0, *x) * DRAWS as f64;
                (below - rank as f64).abs().max((below - rank as f64 - 1.0).abs())
            })
            .fold(0.0, f64::max)
            / (DRAWS as f64).sqrt();
        assert!(distance < 2.6, "{distance}");
        // Mean n / (p - n - 1) = 2; second moment c1 m^2 + 2 c2 m with c2 = 1/90, c1 = 4/90.
        let sd: f64 = (400.0 / 90.0 + 20.0 / 90.0 - 4.0_f64).sqrt();
        assert!((variance - 2.0).abs() < 5.0 * sd / (DRAWS as f64).sqrt(), "{variance}");
    }

    #[test]
    fn singular_designs_are_errors() {
        let mut design = Design::default();
        design.set(2, 3, &[1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
        assert!(design.risk(&[1.0; 3], &[]).is_err());
        assert!(design.isotropic_bias(&[1.0; 3]).is_err());
    }

    #[test]
    #[should_panic(expected = "p >= 1 columns, not 3 x 0")]
    fn a_design_has_columns() {
        Design::default().draw(&mut Rng::seeded(1), 3, 0, &[]);
    }

    #[test]
    #[should_panic(expected = "none or p = 2 eigenvalues, not 1")]
    fn a_spectrum_is_whole() {
        Design::default().draw(&mut Rng::seeded(1), 3, 2, &[1.0]);
    }

    /// $\|X\|^{-2}$, wide and tall.
    #[test]
    fn one_row_or_one_column_is_a_vector() {
        let mut design = Design::default();
        for (n, p) in [(1, 1), (1, 2), (2, 1)] {
            design.set(n, p, &[3.0, 4.0][..n * p]);
            let square = if n * p == 2 { 25.0 } else { 9.0 };
            let risk = design.risk(&[1.0, 0.0][..p], &[]).expect("a vector");
            assert!((risk.variance * square - 1.0).abs() < 1e-15, "{n} x {p}: {risk:?}");
        }
    }
}

//! Least squares given the design, with the signs of the coefficients averaged out.
//!
//! If the columns of a design $X$ ($n \times p$, $p > n$, $\Sigma = \operatorname{diag}(\lambda)$)
//! are independent and symmetric, then the signs of the coefficients do not matter for the law of
//! the bias, and its mean over independent signs has a much smaller spread. With $K = X X^\top$,
//! $b_j = \beta_j^2$ and $M_w = X \operatorname{diag}(w) X^\top$ that mean and the variance are
//!
//! $$ \bar B_X = \sum_j \lambda_j b_j - 2 \operatorname{tr} K^{-1} M_{\lambda b} +
//! \operatorname{tr} K^{-1} M_b K^{-1} M_\lambda, \qquad
//! V_X = \operatorname{tr} K^{-1} M_\lambda K^{-1} . $$
//!
//! With $K = L L^\top$, $S = L^{-1} X$ and $A_w = S \operatorname{diag}(w) S^\top$ these traces are
//! $\operatorname{tr} K^{-1} M_w = \sum_j w_j \|S_j\|^2$,
//! $\operatorname{tr} K^{-1} M_b K^{-1} M_\lambda = \langle A_b, A_\lambda \rangle$ and
//! $V_X = \langle A_\lambda, L^{-1} L^{-\top} \rangle$: three symmetric products and a triangular one,
//! $4 n^2 p + n^3$ flops instead of $n p^2$. With a ridge,
//! $\hat\beta = X^\top (X X^\top + \mu I)^{-1} y$, the same holds for $K = X X^\top + \mu I$, and
//! $p$ may be anything.

use crate::linalg::LinalgError;
use crate::linalg::panels::{Panels, factor, gram, inner_products, invert_lower, multiply_lower};
use crate::models::gaussian::ConditionalRisk;
use crate::random::Rng;

/// A model, and the buffers to draw from it.
#[derive(Clone, Debug)]
pub struct SignAverage {
    rows: usize,
    /// $\mu$.
    ridge: f64,
    /// $\sqrt{\lambda_j}$.
    deviations: Vec<f64>,
    /// $\lambda$, $b$ and $\lambda b$.
    weights: [Vec<f64>; 3],
    /// $X$, row-major, and in panels: then $S$.
    entries: Vec<f64>,
    design: Panels,
    /// $K$, then $L$.
    factor: Panels,
    inverse: Panels,
    scaled: [Panels; 2],
}

impl SignAverage {
    /// A model with $n$ rows, these eigenvalues $\lambda$ and squared coefficients $b$.
    ///
    /// # Panics
    /// If there are not as many squared coefficients as eigenvalues, or no more than $n$, or one
    /// is negative or not finite.
    pub fn new(n: usize, eigenvalues: &[f64], squares: &[f64]) -> Self {
        let p = eigenvalues.len();
        assert!(p > n, "{n} rows and {p} columns are not overparameterised");
        Self::with(n, eigenvalues, squares, 0.0)
    }

    /// The same with a ridge $\mu > 0$ added to $X X^\top$, and any number of columns.
    ///
    /// # Panics
    /// If there are not as many squared coefficients as eigenvalues, or none, or one is negative or
    /// not finite, or $\mu$ is not positive.
    pub fn ridge(n: usize, eigenvalues: &[f64], squares: &[f64], mu: f64) -> Self {
        assert!(mu > 0.0 && mu.is_finite(), "a ridge mu must be positive, not {mu}");
        Self::with(n, eigenvalues, squares, mu)
    }

    fn with(n: usize, eigenvalues: &[f64], squares: &[f64], ridge: f64) -> Self {
        let p = eigenvalues.len();
        assert!(squares.len() == p, "{} squared coefficients for p = {p}", squares.len());
        assert!(p > 0, "p must be positive: there are no eigenvalues");
        for (what, values) in [("eigenvalue", eigenvalues), ("squared coefficient", squares)] {
            for (index, value) in values.iter().enumerate() {
                let good = *value >= 0.0 && value.is_finite();
                assert!(good, "{what} {index} must be finite and not negative, not {value}");
            }
        }
        let both = eigenvalues.iter().zip(squares).map(|(x, b)| x * b).collect();
        Self {
            rows: n,
            ridge,
            deviations: eigenvalues.iter().map(|x| x.sqrt()).collect(),
            weights: [eigenvalues.to_vec(), squares.to_vec(), both],
            entries: vec![0.0; n * p],
            design: Panels::default(),
            factor: Panels::default(),
            inverse: Panels::default(),
            scaled: [Panels::default(), Panels::default()],
        }
    }

    /// The averaged bias and the variance of one Gaussian design; 0.05 ms at n = 48, p = 96.
    ///
    /// # Errors
    /// $K$ is singular to working precision.
    pub fn draw(&mut self, rng: &mut Rng) -> Result<ConditionalRisk, LinalgError> {
        self.draw_design(rng);
        self.risk()
    }

    /// The design alone.
    pub fn draw_design(&mut self, rng: &mut Rng) {
        rng.fill_normal(&mut self.entries);
        for row in self.entries.chunks_exact_mut(self.deviations.len()) {
            row.iter_mut().zip(&self.deviations).for_each(|(x, scale)| *x *= scale);
        }
    }

    /// The averaged bias and the variance of the design drawn last (before any: a zero matrix).
    ///
    /// # Errors
    /// $K$ is singular to working precision.
    pub fn risk(&mut self) -> Result<ConditionalRisk, LinalgError> {
        let Self { design, factor: l, inverse, scaled, weights: [lambda, square, both], .. } = self;
        design.pack(&self.entries, self.rows, lambda.len());
        gram(design, l);
        l.add_to_diagonal(self.ridge);
        factor(l)?;
        invert_lower(l, inverse);
        multiply_lower(inverse, design);
        let once = design.squares(both);
        let [twice, variance] = inner_products(design, [lambda, square], inverse, scaled);
        let bias = both.iter().sum::<f64>() - 2.0 * once + twice;
        Ok(ConditionalRisk { bias, variance })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::gaussian::Design;

    #[test]
    fn it_is_the_mean_over_all_signs_of_the_coefficients() {
        let eigenvalues = [4.0, 2.0, 1.0, 0.5, 0.25, 0.1];
        let squares = [0.3, 0.0, 1.0, 0.2, 0.0, 0.7];
        for n in 1..6 {
            let mut rng = Rng::seeded(n as u64);
            let mut average = SignAverage::new(n, &eigenvalues, &squares);
            let mut design = Design::default();
            for _ in 0..5 {
                let found = average.draw(&mut rng).expect("a regular design");
                design.set(n, 6, &average.entries);
                let (mut bias, mut variance) = (0.0, 0.0);
                for signs in 0..64_u32 {
                    let sign = |j: usize| if signs >> j & 1 == 1 { 1.0 } else { -1.0 };
                    let beta: Vec<f64> = (0..6).map(|j| sign(j) * squares[j].sqrt()).collect();
                    let risk = design.risk(&beta, &eigenvalues).expect("a regular design");
                    bias += risk.bias / 64.0;
                    variance += risk.variance / 64.0;
                }
                assert!((found.bias - bias).abs() < 1e-9 * bias, "{n}: {} {bias}", found.bias);
                let error = (found.variance - variance).abs();
                assert!(error < 1e-9 * variance, "{n}: {} {variance}", found.variance);
            }
        }
    }
    /// Against the definition, $\|\Sigma^{1/2} (I - X^\top K^{-1} X) \beta\|^2$ and
    /// $\|\Sigma^{1/2} X^\top K^{-1}\|_F^2$, tall and wide.
    #[test]
    fn a_ridge_is_added_for_any_number_of_columns() {
        use nalgebra::{DMatrix, DVector};
        let eigenvalues = [4.0, 2.0, 1.0, 0.5];
        let squares = [0.3_f64, 0.0, 1.0, 0.7];
        for n in [1, 3, 4, 9] {
            let mut average = SignAverage::ridge(n, &eigenvalues, &squares, 0.7);
            let found = average.draw(&mut Rng::seeded(n as u64)).expect("a positive ridge");
            let x = DMatrix::from_row_slice(n, 4, &average.entries);
            let gram = &x * x.transpose() + DMatrix::identity(n, n) * 0.7;
            let weights = x.transpose() * gram.try_inverse().expect("a positive ridge");
            let root =
                DMatrix::from_diagonal(&DVector::from_row_slice(&eigenvalues.map(f64::sqrt)));
            let variance = (&root * &weights).norm_squared();
            let mut bias = 0.0;
            for signs in 0..16_u32 {
                let sign = |j: usize| if signs >> j & 1 == 1 { 1.0 } else { -1.0 };
                let beta = DVector::from_fn(4, |j, _| sign(j) * squares[j].sqrt());
                bias += (&root * (&beta - &weights * (&x * &beta))).norm_squared() / 16.0;
            }
            assert!((found.bias / bias - 1.0).abs() < 1e-9, "{n}: {} {bias}", found.bias);
            assert!((found.variance / variance - 1.0).abs() < 1e-9, "{n}");
        }
    }

    #[test]
    #[should_panic(expected = "a ridge mu must be positive, not 0")]
    fn no_ridge_is_no_ridge() {
        SignAverage::ridge(2, &[1.0], &[1.0], 0.0);
    }

    #[test]
    fn bad_input_is_named() {
        let said = |f: &dyn Fn() -> SignAverage| {
            let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
            let cause = caught.expect_err("bad input");
            let text = cause.downcast_ref::<&str>().map(|text| (*text).to_owned());
            text.or_else(|| cause.downcast_ref::<String>().cloned()).expect("a message")
        };
        let new = |n: usize, s: &[f64], b: &[f64]| said(&|| SignAverage::new(n, s, b));
        assert_eq!(new(2, &[1.0; 2], &[1.0; 2]), "2 rows and 2 columns are not overparameterised");
        assert_eq!(new(1, &[1.0; 3], &[1.0; 2]), "2 squared coefficients for p = 3");
        let negative = "eigenvalue 1 must be finite and not negative, not -1";
        assert_eq!(new(1, &[1.0, -1.0], &[1.0; 2]), negative);
        assert!(new(1, &[1.0, f64::NAN], &[1.0; 2]).starts_with("eigenvalue 1 must be"));
        assert!(new(1, &[1.0; 2], &[-0.5, 1.0]).starts_with("squared coefficient 0 must be"));
        assert!(said(&|| SignAverage::ridge(2, &[], &[], 1.0)).starts_with("p must be positive"));
    }

    #[test]
    fn no_rows_and_one_row_are_what_they_are_by_hand() {
        let mut none = SignAverage::new(0, &[1.0, 3.0], &[2.0, 0.5]);
        let risk = none.draw(&mut Rng::seeded(1)).expect("nothing to invert");
        assert_eq!(risk, ConditionalRisk { bias: 3.5, variance: 0.0 });
        // K = |x|^2, P = x x' / |x|^2.
        let (eigenvalues, squares) = ([1.0, 3.0, 0.0], [2.0, 0.5, 1.0]);
        let mut one = SignAverage::new(1, &eigenvalues, &squares);
        let risk = one.draw(&mut Rng::seeded(2)).expect("a row");
        let (x, k) = (one.entries.clone(), one.entries.iter().map(|x| x * x).sum::<f64>());
        let (mut bias, mut variance) = (0.0, 0.0);
        for i in 0..3 {
            for j in 0..3 {
                let p = f64::from(u8::from(i == j)) - x[i] * x[j] / k;
                bias += squares[i] * p * p * eigenvalues[j];
            }
            variance += eigenvalues[i] * x[i] * x[i] / (k * k);
        }
        assert!((risk.bias / bias - 1.0).abs() < 1e-12, "{risk:?} {bias}");
        assert!((risk.variance / variance - 1.0).abs() < 1e-12, "{risk:?} {variance}");
    }
    /// Against the formula with all entries of $P = X^\top K^{-1} X$, at sizes that fill panels
    /// and sizes that do not.
    #[test]
    fn tiles_give_the_formula() {
        use nalgebra::{DMatrix, DVector};
        for (n, p) in [(1, 2), (2, 3), (3, 7), (5, 6), (7, 20), (8, 16), (20, 41), (48, 144)] {
            let eigenvalues: Vec<f64> = (0..p).map(|j| 1.0 + (j % 5) as f64).collect();
            let squares: Vec<f64> = (0..p).map(|j| (j % 3) as f64 / p as f64).collect();
            // A ridge keeps the condition of K from costing digits.
            let mut average = SignAverage::ridge(n, &eigenvalues, &squares, p as f64);
            let found = average.draw(&mut Rng::seeded(p as u64)).expect("a positive ridge");
            let x = DMatrix::from_row_slice(n, p, &average.entries);
            let k = &x * x.transpose() + DMatrix::identity(n, n) * p as f64;
            let s = k.cholesky().expect("a positive ridge").solve(&x);
            let hat = x.transpose() * &s;
            let lambda = DVector::from_row_slice(&eigenvalues);
            let each = hat.map(|x| x * x) * &lambda;
            let bias: f64 = (0..p)
                .map(|i| squares[i] * (lambda[i] - 2.0 * lambda[i] * hat[(i, i)] + each[i]))
                .sum();
            let variance = s.map(|x| x * x).row_sum().transpose().dot(&lambda);
            assert!((found.bias / bias - 1.0).abs() < 1e-12, "{n} {p}: {} {bias}", found.bias);
            assert!((found.variance / variance - 1.0).abs() < 1e-12, "{n} {p}");
        }
    }
}

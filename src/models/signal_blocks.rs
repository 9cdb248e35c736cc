//! Ridgeless least squares given the design, for several directions of the signal at once, and
//! entries of any law.
//!
//! $X = Z \operatorname{diag}(\lambda)^{1/2}$ ($n \times p$, $p > n$). The columns are cut into
//! blocks; signal $k$ has coefficients $\pm p_k^{-1/2}$ in the $p_k$ columns of block $k$ and 0
//! elsewhere, with independent signs. With $K = X X^\top = \sum_k G_k$, $G_k = X_k X_k^\top$,
//! $M = \sum_k M_k$, $M_k = X_k \operatorname{diag}(\lambda_k) X_k^\top$, the bias of signal $k$ on
//! average over its signs, and the variance for noise of variance one, are
//!
//! $$ B_k = \frac{1}{p_k} \Bigl(\sum_{j \in k} \lambda_j - 2 \langle K^{-1}, M_k \rangle +
//! \langle K^{-1} M K^{-1}, G_k \rangle\Bigr), \qquad V = \operatorname{tr} K^{-1} M K^{-1}. $$
//!
//! Both are exact given the design. The variance that is returned is the one with a smaller spread of
//! [`super::sandwich`], which has the mean of $V$ for independent rows with the covariance
//! $\operatorname{diag}(\lambda)$.
//!
//! The signs are those of a random signal, not of the entries: nothing is asked of the law of $Z$.
//! By linearity the bias of a signal that is spread over several blocks, with the same share in
//! each column of a block, is the mean of theirs with its shares as weights.

use super::isotropic_rows::IsotropicRow;
use super::sandwich::Sandwich;
use crate::linalg::small::gram_lower;
use crate::linalg::{LinalgError, vectorised};
use crate::random::Rng;
use std::ops::Range;

/// A model, and the buffers to draw from it.
#[derive(Clone, Debug)]
pub struct SignalBlocks {
    rows: usize,
    law: IsotropicRow,
    /// $\sqrt{\lambda_j}$.
    deviations: Vec<f64>,
    blocks: Vec<Block>,
    entries: Vec<f64>,
    scaled: Vec<f64>,
    gram: Vec<f64>,
    moment: Vec<f64>,
    /// $X \operatorname{diag}(\lambda^2) X^\top$, and a block of it.
    second: Vec<f64>,
    partial: Vec<f64>,
    /// $\operatorname{tr} \Sigma$ and $\operatorname{tr} \Sigma^2$.
    traces: [f64; 2],
    sandwich: Sandwich,
}

#[derive(Clone, Debug)]
struct Block {
    columns: Range<usize>,
    /// $\sum_{j \in k} \lambda_j$.
    signal: f64,
    /// The lower halves of $G_k$ and $M_k$.
    gram: Vec<f64>,
    moment: Vec<f64>,
}

impl SignalBlocks {
    /// A model with $n$ rows, these eigenvalues $\lambda$, a law of the rows of $Z$, and blocks
    /// that end before these columns.
    ///
    /// # Panics
    /// Unless $p > n > 0$ and the ends increase from above 0 to $p$.
    pub fn new(n: usize, eigenvalues: &[f64], law: IsotropicRow, ends: &[usize]) -> Self {
        let p = eigenvalues.len();
        assert!(p > n && n > 0, "{n} rows and {p} columns are not overparameterised");
        let starts = std::iter::once(0).chain(ends.iter().copied());
        let columns: Vec<_> = starts.zip(ends).map(|(start, end)| start..*end).collect();
        let cut = columns.iter().all(|range| !range.is_empty()) && ends.last() == Some(&p);
        assert!(cut, "the ends {ends:?} of blocks must increase up to p = {p}");
        let widest = columns.iter().map(Range::len).max().unwrap_or(0);
        let square = || vec![0.0; n * n];
        let block = |columns: Range<usize>| Block {
            signal: eigenvalues[columns.clone()].iter().sum(),
            columns,
            gram: square(),
            moment: square(),
        };
        Self {
            rows: n,
            law,
            deviations: eigenvalues.iter().map(|x| x.sqrt()).collect(),
            blocks: columns.into_iter().map(block).collect(),
            entries: vec![0.0; n * p],
            scaled: vec![0.0; n * widest],
            gram: square(),
            moment: square(),
            second: square(),
            partial: square(),
            traces: [1, 2].map(|power| eigenvalues.iter().map(|x| x.powi(power)).sum()),
            sandwich: Sandwich::new(n),
        }
    }

    /// Draws a design; $B_k$ goes to `biases`, $V$ with the smaller spread is returned. $3 n^2 p +
    /// 8 n^3$ flops.
    ///
    /// # Errors
    /// $K$ is singular, to working precision: with positive probability for laws without a
    /// density.
    ///
    /// # Panics
    /// If there are not as many biases as blocks.
    pub fn draw(&mut self, rng: &mut Rng, biases: &mut [f64]) -> Result<f64, LinalgError> {
        assert!(biases.len() == self.blocks.len(), "{} biases", biases.len());
        self.law.fill_rows(rng, &mut self.entries, self.deviations.len());
        self.products();
        self.sandwich.set(&self.gram, &self.moment)?;
        for (bias, block) in biases.iter_mut().zip(&self.blocks) {
            let fitted = self.sandwich.inverse_times(&block.moment);
            let spread = self.sandwich.outer_times(&block.gram);
            *bias = (block.signal - 2.0 * fitted + spread) / block.columns.len() as f64;
        }
        Ok(self.sandwich.controlled_trace(&self.second, self.traces))
    }

    /// $G_k$, $M_k$ and their sums, and the sum alone of what has $\lambda^2$.
    fn products(&mut self) {
        let (n, p) = (self.rows, self.deviations.len());
        self.gram.fill(0.0);
        self.second.fill(0.0);
        self.moment.fill(0.0);
        for block in &mut self.blocks {
            let (range, width) = (block.columns.clone(), block.columns.len());
            let deviations = &self.deviations[range.clone()];
            let scaled = &mut self.scaled[..n * width];
            for (row, out) in self.entries.chunks_exact(p).zip(scaled.chunks_exact_mut(width)) {
                let products = row[range.clone()].iter().zip(deviations).map(|(z, s)| z * s);
                out.iter_mut().zip(products).for_each(|(out, x)| *out = x);
            }
            vectorised(
                #[inline(always)]
                || gram_lower(scaled, n, width, &mut block.gram),
            );
            for out in [&mut block.moment, &mut self.partial] {
                for row in scaled.chunks_exact_mut(width) {
                    row.iter_mut().zip(deviations).for_each(|(x, s)| *x *= s);
                }
                vectorised(
                    #[inline(always)]
                    || gram_lower(scaled, n, width, out),
                );
            }
            self.second.iter_mut().zip(&self.partial).for_each(|(sum, x)| *sum += x);
            self.gram.iter_mut().zip(&block.gram).for_each(|(sum, x)| *sum += x);
            self.moment.iter_mut().zip(&block.moment).for_each(|(sum, x)| *sum += x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::gaussian::Design;

    const EIGENVALUES: [f64; 6] = [4.0, 2.0, 1.0, 0.5, 0.25, 0.1];

    #[test]
    fn it_is_the_mean_over_all_signs_of_the_coefficients() {
        for law in [IsotropicRow::Gaussian, IsotropicRow::Exponential, IsotropicRow::Sphere] {
            for n in 1..6 {
                let mut rng = Rng::seeded(n as u64);
                let mut blocks = SignalBlocks::new(n, &EIGENVALUES, law, &[1, 3, 6]);
                let mut biases = [0.0; 3];
                blocks.draw(&mut rng, &mut biases).expect("a regular design");
                let variance = blocks.sandwich.outer_trace();
                let mut design = Design::default();
                let root = |(i, x): (usize, &f64)| x * blocks.deviations[i % 6];
                let x: Vec<f64> = blocks.entries.iter().enumerate().map(root).collect();
                design.set(n, 6, &x);
                for (bias, block) in biases.iter().zip(&blocks.blocks) {
                    let mut want = 0.0;
                    for signs in 0..64_u32 {
                        let share = (block.columns.len() as f64).sqrt().recip();
                        let sign = |j: usize| if signs >> j & 1 == 1 { share } else { -share };
                        let inside = |j: usize| block.columns.contains(&j);
                        let beta: Vec<f64> =
                            (0..6).map(|j| if inside(j) { sign(j) } else { 0.0 }).collect();
                        let risk = design.risk(&beta, &EIGENVALUES).expect("a regular design");
                        want += risk.bias / 64.0;
                        assert!((risk.variance / variance - 1.0).abs() < 1e-8);
                    }
                    assert!((bias - want).abs() < 1e-8 * want.max(1e-3), "{n}: {bias} {want}");
                }
            }
        }
    }

    #[test]
    fn a_singular_design_of_signs_is_an_error() {
        let mut rng = Rng::seeded(1);
        let mut blocks = SignalBlocks::new(2, &[1.0, 0.3, 2.0], IsotropicRow::Signs, &[3]);
        let draws = 4000;
        let singular = (0..draws).filter(|_| blocks.draw(&mut rng, &mut [0.0]).is_err()).count();
        // Two rows of three signs are equal or opposite with probability 1/4; 5 sigma.
        assert!((singular as f64 / f64::from(draws) - 0.25).abs() < 0.035, "{singular}");
    }

    #[test]
    #[should_panic(expected = "the ends [2, 2, 3] of blocks must increase up to p = 3")]
    fn an_empty_block_is_refused() {
        SignalBlocks::new(2, &[1.0; 3], IsotropicRow::Gaussian, &[2, 2, 3]);
    }
}

//! Kernels on slices, in the caller's buffers: the same bits on every machine. Matrices are
//! row-major.
//!
//! From [`TILED`] rows on, Gram matrices, factors and inverses are computed in [`super::panels`],
//! which a thread keeps for its next call; below, nothing is copied and nothing dispatched.

use super::LinalgError;
use super::panels::{self, Panels};
use std::cell::RefCell;

/// Rows from which tiles pay for the copies.
pub const TILED: usize = 16;

thread_local! {
    static BUFFERS: RefCell<[Panels; 2]> = RefCell::default();
}

/// Inner product, in eight partial sums so that additions do not wait for each other.
#[inline(always)]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let (y_blocks, y_rest) = y.as_chunks::<LANES>();
    for (a, b) in x_blocks.iter().zip(y_blocks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = x_rest.iter().zip(y_rest).map(|(a, b)| a * b).sum();
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest
}

/// Inner products of one vector with four: four times fewer waits and half the loads.
#[inline(always)]
pub fn dot_four(x: &[f64], y: [&[f64]; 4]) -> [f64; 4] {
    const LANES: usize = 8;
    let mut sums = [[0.0; LANES]; 4];
    let (x_blocks, x_rest) = x.as_chunks::<LANES>();
    let whole = x_blocks.len() * LANES;
    let y_blocks = y.map(|y| &y.as_chunks::<LANES>().0[..x_blocks.len()]);
    for (k, a) in x_blocks.iter().enumerate() {
        for row in 0..4 {
            for lane in 0..LANES {
                sums[row][lane] += a[lane] * y_blocks[row][k][lane];
            }
        }
    }
    let mut out = [0.0; 4];
    for row in 0..4 {
        // The same order of additions as in `dot`: the same bits.
        let rest: f64 = x_rest.iter().zip(&y[row][whole..]).map(|(a, b)| a * b).sum();
        let [a, b, c, d, e, f, g, h] = sums[row];
        out[row] = ((a + e) + (b + f)) + ((c + g) + (d + h)) + rest;
    }
    out
}

/// $y \leftarrow y + \alpha x$.
#[inline(always)]
pub fn add_scaled(y: &mut [f64], alpha: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += alpha * x;
    }
}

/// Lower half of $X X^\top$ for $X$ ($n \times p$), into `out` ($n \times n$); $n^2 p$ flops.
#[inline(always)]
pub fn gram_lower(x: &[f64], n: usize, p: usize, out: &mut [f64]) {
    if n >= TILED {
        return gram_tiled(x, n, p, out);
    }
    let row = |i: usize| &x[i * p..(i + 1) * p];
    for j in 0..n {
        let mut i = j;
        while i + 4 <= n {
            let products = dot_four(row(j), [row(i), row(i + 1), row(i + 2), row(i + 3)]);
            for (k, product) in products.into_iter().enumerate() {
                out[(i + k) * n + j] = product;
            }
            i += 4;
        }
        for i in i..n {
            out[i * n + j] = dot(row(j), row(i));
        }
    }
}

fn gram_tiled(x: &[f64], n: usize, p: usize, out: &mut [f64]) {
    BUFFERS.with_borrow_mut(|[first, second]| {
        first.pack(x, n, p);
        panels::gram(first, second);
        second.unpack_lower(out);
    });
}

/// Cholesky factor of a symmetric positive definite matrix ($n \times n$), in place.
///
/// Only the lower half is read and written. $n^3 / 3$ flops; 0.1 us at n = 8.
///
/// # Errors
/// A pivot that is not positive (NaN included).
#[inline(always)]
pub fn cholesky_in_place(a: &mut [f64], n: usize) -> Result<(), LinalgError> {
    if n >= TILED {
        return cholesky_tiled(a, n);
    }
    for j in 0..n {
        let (above, below) = a[..n * n].split_at_mut((j + 1) * n);
        let row = &mut above[j * n..j * n + j + 1];
        let pivot = row[j] - dot(&row[..j], &row[..j]);
        // NaN and infinity fail here too.
        if !(pivot > 0.0 && pivot < f64::INFINITY) {
            return Err(LinalgError::NotPositiveDefinite { pivot: j, size: n });
        }
        row[j] = pivot.sqrt();
        let (root, row) = (row[j], &row[..j]);
        let mut fours = below.chunks_exact_mut(4 * n);
        for rows in &mut fours {
            let at = |k: usize| &rows[k * n..k * n + j];
            let products = dot_four(row, [at(0), at(1), at(2), at(3)]);
            for (k, product) in products.into_iter().enumerate() {
                rows[k * n + j] = (rows[k * n + j] - product) / root;
            }
        }
        for other in fours.into_remainder().chunks_exact_mut(n) {
            other[j] = (other[j] - dot(row, &other[..j])) / root;
        }
    }
    Ok(())
}

fn cholesky_tiled(a: &mut [f64], n: usize) -> Result<(), LinalgError> {
    BUFFERS.with_borrow_mut(|[factor, _]| {
        factor.pack_lower(a, n);
        panels::factor(factor)?;
        factor.unpack_lower(a);
        Ok(())
    })
}

/// $b \leftarrow L^{-1} b$; $n^2$ flops.
#[inline(always)]
pub fn solve_lower(l: &[f64], n: usize, b: &mut [f64]) {
    for i in 0..n {
        let row = &l[i * n..i * n + i + 1];
        b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
    }
}

/// $b \leftarrow L^{-\top} b$; $n^2$ flops.
#[inline(always)]
pub fn solve_lower_transposed(l: &[f64], n: usize, b: &mut [f64]) {
    for i in (0..n).rev() {
        let row = &l[i * n..i * n + i + 1];
        b[i] /= row[i];
        let value = b[i];
        add_scaled(&mut b[..i], -value, &row[..i]);
    }
}

/// $y^\top A^{-1} y$ for a symmetric positive definite $A$ ($n \times n$) whose lower half is
/// given; `a` becomes its factor and `y` becomes $L^{-1} y$.
///
/// # Errors
/// A pivot that is not positive.
#[inline(always)]
pub fn inverse_quadratic(a: &mut [f64], n: usize, y: &mut [f64]) -> Result<f64, LinalgError> {
    cholesky_in_place(a, n)?;
    solve_lower(a, n, y);
    Ok(dot(&y[..n], &y[..n]))
}

/// $\operatorname{tr} A^{-1} = \|L^{-1}\|_F^2$ from the factor; `column` is a buffer of $n$.
#[inline(always)]
pub fn inverse_trace(l: &[f64], n: usize, column: &mut [f64]) -> f64 {
    if n >= TILED {
        return BUFFERS.with_borrow_mut(|[factor, inverse]| {
            factor.pack_lower(l, n);
            panels::invert_lower(factor, inverse);
            inverse.lower_squares()
        });
    }
    let mut trace = 0.0;
    for j in 0..n {
        // Column j of the inverse of L starts at row j.
        column[j] = 1.0 / l[j * n + j];
        trace += column[j] * column[j];
        for i in j + 1..n {
            let row = &l[i * n..i * n + i + 1];
            let value = -dot(&row[j..i], &column[j..i]) / row[i];
            column[i] = value;
            trace += value * value;
        }
    }
    trace
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Rng;
    use nalgebra::{DMatrix, DVector};

    #[test]
    fn kernels_agree_with_nalgebra() {
        let mut rng = Rng::seeded(5);
        for n in [1, 2, 3, 8, 13, 16, 21, 40] {
            let p = n + 4;
            let x = DMatrix::from_fn(n, p, |_, _| rng.normal());
            let y = DVector::from_fn(n, |_, _| rng.normal());
            // Row-major of X is column-major of its transpose.
            let rows = x.transpose();
            let mut a = vec![f64::NAN; n * n];
            gram_lower(rows.as_slice(), n, p, &mut a);
            let k = &x * x.transpose();
            let inverse = k.clone().try_inverse().unwrap();
            let mut b = y.as_slice().to_vec();
            let quadratic = inverse_quadratic(&mut a, n, &mut b).unwrap();
            let want = (y.transpose() * &inverse * &y)[0];
            assert!((quadratic / want - 1.0).abs() < 1e-9);
            solve_lower_transposed(&a, n, &mut b);
            let solution = &inverse * &y;
            assert!((DVector::from_vec(b) - &solution).norm() < 1e-9 * solution.norm());
            let trace = inverse_trace(&a, n, &mut vec![0.0; n]);
            assert!((trace / inverse.trace() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn not_positive_definite_is_an_error() {
        let mut a = [1.0, 0.0, 2.0, 1.0];
        let error = cholesky_in_place(&mut a, 2).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the matrix is not positive definite: pivot 1 of 2 is not positive"
        );
        assert!(cholesky_in_place(&mut [f64::NAN], 1).is_err());
    }
}

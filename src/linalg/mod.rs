//! Dense linear algebra behind one door, so that theorem modules never name a library for it.
//!
//! * [`gram`], [`Cholesky`], [`symmetric_eigenvalues`], [`symmetric_eigen`],
//!   [`singular_values`], [`min_norm`], [`tridiagonal_eigenvalues`]: matrices are nalgebra's;
//!   below [`SMALL`] rows nalgebra computes too, above it faer, which is 2 to 12 times faster from
//!   n = 200 up. One thread always: replicates are what runs in parallel.
//! * [`panels`]: the same where a sampler draws systems of the middle sizes, in register tiles.
//! * [`small`]: kernels on slices with the caller's buffers, for samplers that draw millions of
//!   small systems; [`vectorised`], which lets such loops use wide registers where there are any.
//!
//! Reproducibility: the library kernels may differ in the last bits between machines with and
//! without fused multiply-add; the slice kernels give the same bits everywhere.

mod dense;
pub mod panels;
pub mod small;

pub use dense::{
    Cholesky, Eigen, gram, min_norm, singular_values, symmetric_eigen, symmetric_eigenvalues,
    tridiagonal_eigenvalues,
};

use thiserror::Error;

/// Sizes from which faer is faster than nalgebra.
pub const SMALL: usize = 32;

/// Why a factorization or a solution does not exist.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum LinalgError {
    /// A pivot of a Cholesky factorization was not positive.
    #[error("the matrix is not positive definite: pivot {pivot} of {size} is not positive")]
    NotPositiveDefinite {
        /// Index of the pivot, from 0.
        pivot: usize,
        /// Rows of the matrix.
        size: usize,
    },
    /// Two sizes that must agree do not.
    #[error("{what} must be {expected}, not {found}")]
    Shape {
        /// What was measured.
        what: &'static str,
        /// What it must be.
        expected: usize,
        /// What it is.
        found: usize,
    },
    /// An iteration did not converge within its limit.
    #[error("the {what} of a matrix with {size} rows did not converge")]
    NoConvergence {
        /// What was computed.
        what: &'static str,
        /// Rows of the matrix.
        size: usize,
    },
    /// An entry is NaN or infinite.
    #[error("{what} has an entry that is not finite")]
    NotFinite {
        /// Which argument.
        what: &'static str,
    },
}

/// Runs a kernel compiled for 256-bit registers on a machine that has them (x86 with AVX2), and
/// for the baseline (128 bits) on any other.
///
/// Pass a closure marked `#[inline(always)]` that calls only `#[inline(always)]` functions:
/// what is not inlined is compiled for the baseline. Multiplications and additions are fused where
/// the source says `mul_add` and nowhere else, and sums are never reordered, so the bits are those
/// of the plain build. Costs a few ns.
#[inline(always)]
pub fn vectorised<R>(kernel: impl FnOnce() -> R) -> R {
    faer::traits::pulp::Arch::new().dispatch(kernel)
}

/// Fails unless two sizes agree.
fn same(what: &'static str, expected: usize, found: usize) -> Result<(), LinalgError> {
    if expected == found { Ok(()) } else { Err(LinalgError::Shape { what, expected, found }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wider registers change no bit.
    #[test]
    fn vectorised_kernels_have_the_bits_of_plain_ones() {
        let mut rng = crate::random::Rng::seeded(8);
        let (n, p) = (11, 37);
        let mut x = vec![0.0; n * p];
        rng.fill_normal(&mut x);
        let (mut plain, mut wide) = (vec![0.0; n * n], vec![0.0; n * n]);
        let run = |out: &mut [f64]| {
            small::gram_lower(&x, n, p, out);
            small::cholesky_in_place(out, n)
        };
        run(&mut plain).unwrap();
        vectorised(
            #[inline(always)]
            || {
                small::gram_lower(&x, n, p, &mut wide);
                small::cholesky_in_place(&mut wide, n)
            },
        )
        .unwrap();
        assert_eq!(plain, wide);
    }
}

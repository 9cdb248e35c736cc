//! Dense linear algebra behind one door, so that theorem modules never name a library for it.
//!
//! * [`gram`], [`Cholesky`], [`symmetric_eigenvalues`], [`symmetric_eigen`],
//!   [`singular_values`], [`min_norm`], [`tridiagonal_eigenvalues`]: matrices are nalgebra's;
//!   below [`SMALL`] rows nalgebra computes too, above it faer, which is 2 to 12 times faster from
//!   n = 200 up. One thread always: replicates are what runs in parallel.
//! * [`small`]: kernels on slices with the caller's buffers, for samplers that draw millions of
//!   small systems; [`vectorised`], which lets such loops use the machine's widest registers.
//!
//! Reproducibility: the library kernels may differ in the last bits between machines with and
//! without fused multiply-add; the slice kernels give the same bits everywhere.

mod dense;
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

/// Runs a kernel compiled for the widest vector registers of this machine.
///
/// Pass a closure marked `#[inline(always)]` that calls only `#[inline(always)]` functions:
/// what is not inlined is compiled for the baseline. Multiplications and additions are never fused
/// and sums never reordered, so the bits are those of the plain build. Costs a few ns.
#[inline(always)]
pub fn vectorised<R>(kernel: impl FnOnce() -> R) -> R {
    faer::traits::pulp::Arch::new().dispatch(kernel)
}

/// Fails unless two sizes agree.
fn same(what: &'static str, expected: usize, found: usize) -> Result<(), LinalgError> {
    if expected == found { Ok(()) } else { Err(LinalgError::Shape { what, expected, found }) }
}

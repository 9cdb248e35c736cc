//! Exact samplers of structured random quantities. They know nothing of claims, and each is usable
//! alone: its doc states the law, the source and the cost, its tests compare it with the dense
//! computation of the same quantity.
//!
//! | module | draws | instead of |
//! |---|---|---|
//! | [`wishart`] | spectrum functionals of $X X^\top$, $X$ Gaussian, in $O(m)$ | $O(n^2 p)$ |
//! | [`resolvent`] | the trace of its resolvent off the real axis, in $O(m)$ | eigenvalues |
//! | [`counting`] | eigenvalues below a level, in $O(m)$ | eigenvalues |
//! | [`spectral_edges`] | the extreme eigenvalues, in $O(n^{1/3})$ | eigenvalues |
//! | [`isotropic_rows`] | uncorrelated coordinates of other laws | |
//! | [`row_distances`] | distances of rows from the span of the others | projections |
//! | [`gaussian`] | bias and variance of least squares given $X$ | noise and test sets |
//! | [`sign_average`] | the same, with the signs of the coefficients averaged out | signs |
//! | [`signal_blocks`] | the same for several signals at once, and entries of any law | signs |
//! | [`equicorrelated`] | the same for equicorrelated features, in $O(n)$ | $O(n^2 p)$ |
//! | [`latent_factors`] | the error of regression on noisy views of latent factors | features, targets |
//! | [`sandwich`] | nothing: the two matrices that these are inner products with | |
//! | [`deterministic_equivalent`] | nothing: what the two before are close to, from the spectrum | draws |
//! | [`two_layer`] | gradient descent of a wide ReLU layer through its pre-activations | weights |
//! | [`dual_kernel`] | its kernel at the start from packed signs, and the limit | activations |
//! | [`relu_norms`] | norms along the layers of a deep ReLU network, and of its gradients | matrices |
//! | [`tangent_pair`] | its gradients and tangent kernel at two inputs, in $O(m)$ a layer | $O(m^2)$ |
//! | [`interpolation`] | the least Lipschitz constants of two classes of interpolants | fitting |
//! | [`linear_network`] | deep linear networks, balanced or not, and their gradient descent | |
//! | [`linear_system`] | nothing: linear dynamical systems, their responses and slopes | |
//! | [`shallow_network`] | nothing: two-layer networks trained in both layers | |
//! | [`mirrored_network`] | wide two-layer networks from outputs of 0, beside their linear models | |
//! | [`gated_features`] | the slope of interpolation with random gates, given the data | |
//! | [`random_features`] | the risk of regression on random features, given these | targets, tests |
//! | [`centred_features`] | the variance of the same without ridge, for centred features | |
//! | [`power_traces`] | traces of powers of Gram matrices, and the pairings of their means | |
//! | [`chi_square`] | blocks of chi-squares with falling degrees of freedom | one at a time |
//!
//! All draws come from the caller's [`crate::random::Rng`]. Samplers keep buffers between calls,
//! never random numbers: a draw depends on its stream alone.

pub mod centred_features;
pub mod chi_square;
pub mod counting;
pub mod deterministic_equivalent;
pub mod dual_kernel;
pub mod equicorrelated;
pub mod gated_features;
pub mod gaussian;
pub mod interpolation;
pub mod isotropic_rows;
pub mod latent_factors;
pub mod linear_network;
pub mod linear_system;
pub mod mirrored_network;
pub mod power_traces;
pub mod random_features;
pub mod relu_norms;
pub mod resolvent;
pub mod row_distances;
pub mod sandwich;
pub mod shallow_network;
pub mod sign_average;
pub mod signal_blocks;
pub mod spectral_edges;
pub mod tangent_pair;
pub mod two_layer;
pub mod wishart;

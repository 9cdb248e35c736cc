//! Arora, Du, Hu, Li and Wang (2019), Fine-grained analysis of optimization and generalization for
//! overparameterized two-layer neural networks, ICML; arXiv:1901.08584.
//!
//! The network and the kernel are those of Du, Zhai, Poczos and Singh (2019):
//! $f(W, a, x) = m^{-1/2} \sum_{r \le m} a_r \max(w_r^\top x, 0)$ on unit inputs
//! $x_1, \dots, x_n$, with fair signs $a_r$ held fixed, and
//! $H^\infty_{ij} = x_i^\top x_j (\pi - \theta_{ij}) / (2\pi)$ with $\theta_{ij}$ the angle of
//! $x_i$ and $x_j$. What gradient descent learns first are the labels along the eigenvectors of
//! $H^\infty$ with large eigenvalues ([`eigenmodes`]), and how much of the labels is along the
//! small ones says how they generalise ([`complexity`]).

pub(crate) mod complexity;
pub(crate) mod eigenmodes;

/// The paper.
const PAPER: &str = "Arora, Du, Hu, Li, Wang (2019), Fine-grained analysis of optimization and \
                     generalization for overparameterized two-layer neural networks, ICML";

/// Where to find it.
const LINK: &str = "arXiv:1901.08584";

//! S. Mei, A. Montanari (2022), *The generalization error of random features regression: precise
//! asymptotics and the double descent curve*, Communications on Pure and Applied Mathematics 75(4),
//! 667-766; arXiv:1908.05355.
//!
//! Notation: $n$ points $x_i$ and $N$ directions $\theta_j$ uniform on the sphere of radius
//! $\sqrt d$ in $R^d$, features $\sigma(\langle \theta_j, x \rangle / \sqrt d)$, $\psi_1 = N/d$,
//! $\psi_2 = n/d$. For a standard normal $G$: $\mu_0 = E \sigma(G)$, $\mu_1 = E[G \sigma(G)]$,
//! $\mu_*^2 = E \sigma(G)^2 - \mu_0^2 - \mu_1^2$, $\zeta = \mu_1 / \mu_*$.

pub(crate) mod random_features;

/// The paper, as `source` cites it.
const PAPER: &str = "Mei, Montanari (2022), The generalization error of random features \
                     regression: precise asymptotics and the double descent curve";

/// The paper's number.
const LINK: &str = "arXiv:1908.05355";

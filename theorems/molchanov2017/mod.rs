//! D. Molchanov, A. Ashukha, D. Vetrov (2017), *Variational dropout sparsifies deep neural
//! networks*, ICML; arXiv:1701.05369.
//!
//! Dropout with Gaussian noise of variance $\alpha$ is variational inference under a log-uniform
//! prior of each weight. The price of a weight, its divergence from the prior, falls to 0 as
//! $\alpha \to \infty$: noise that grows without bound switches the weight off, and most weights
//! of a trained network are.
//!
//! Notation: $\epsilon \sim N(1, \alpha)$ multiplies a weight; $K(\alpha) = E \ln |\epsilon| -
//! \frac12 \ln \alpha + \frac12 (\gamma + \ln 2)$ is the divergence up to the constant that makes
//! it vanish at $\alpha = \infty$ (the prior is improper: only differences have a meaning);
//! $\gamma$ is Euler's constant, $u = \frac{1}{2 \alpha}$.

pub(crate) mod kl_approximation;
pub(crate) mod kl_divergence;

/// The paper, as `source` cites it.
const PAPER: &str =
    "Molchanov, Ashukha, Vetrov (2017), Variational dropout sparsifies deep neural networks";

/// The paper's number.
const LINK: &str = "arXiv:1701.05369";

/// Euler's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// $\frac12 (\gamma + \ln 2)$.
const OFFSET: f64 = 0.5 * (EULER + std::f64::consts::LN_2);

/// Terms of the series: for $u \le 500$ what is left out is below the rounding.
const TERMS: u32 = 1200;

/// $K(\alpha) = \sum_k e^{-u} \frac{u^k}{k!} \sum_{i<k} \frac{1}{2i+1}$.
///
/// $\epsilon^2 / \alpha$ is a noncentral $\chi^2_1$ variable: a $\chi^2_{1+2k}$ with a Poisson
/// number $k$ of mean $u$, and $E \ln \chi^2_{1+2k} = \psi(\frac12 + k) + \ln 2$.
fn divergence(alpha: f64) -> f64 {
    let u = 0.5 / alpha;
    let (mut weight, mut harmonic, mut sum) = ((-u).exp(), 0.0, 0.0);
    for k in 1..TERMS {
        weight *= u / f64::from(k);
        harmonic += 1.0 / f64::from(2 * k - 1);
        sum += weight * harmonic;
        if f64::from(k) > u && weight < 1e-18 * sum {
            break;
        }
    }
    sum
}

/// $k_1$, $k_2$, $k_3$ of the paper.
const FIT: [f64; 3] = [0.635_76, 1.873_20, 1.486_95];

/// $k_1 - k_1 \sigma(k_2 + k_3 \ln \alpha) + \frac12 \ln(1 + \alpha^{-1})$, $\sigma$ the logistic
/// function.
fn approximation(alpha: f64, [k1, k2, k3]: [f64; 3]) -> f64 {
    k1 / (1.0 + (k2 + k3 * alpha.ln()).exp()) + 0.5 * (1.0 / alpha).ln_1p()
}

//! A. Maurer (2004), *A note on the PAC Bayesian theorem*, arXiv:cs/0411099.
//!
//! With probability at least $1 - \delta$ over $m$ examples, for all posteriors $Q$ at once,
//! $\mathrm{kl}(\hat R_Q \| R_Q) \le (\mathrm{KL}(Q \| P) + \ln(2 \sqrt m / \delta)) / m$, where
//! $\hat R_Q$ is the observed and $R_Q$ the true risk of the randomized classifier and $P$ a prior.
//!
//! Notation: $\mathrm{kl}(q \| p) = q \ln \frac qp + (1-q) \ln \frac{1-q}{1-p}$ for two coins,
//! $0 \ln 0 = 0$, natural logarithms; $\mathrm{kl}^{-1}(q, c)$ is the largest $p$ with
//! $\mathrm{kl}(q \| p) \le c$.

pub(crate) mod kl_inversion;

/// The paper, as `source` cites it.
const PAPER: &str = "Maurer (2004), A note on the PAC Bayesian theorem";

/// The paper's number.
const LINK: &str = "arXiv:cs/0411099";

/// $\mathrm{kl}(q \| p) / (p - q)^2$, which is $\frac{1}{2 q (1-q)}$ at $p = q$.
///
/// With $d = p - q$ it is $a \phi(d/a) + b \phi(-d/b)$ over $d^2$, $a = q$, $b = 1 - q$ and
/// $\phi(x) = x - \ln(1+x) \ge 0$: no cancellation, however close $p$ and $q$ are.
fn curvature(q: f64, p: f64) -> f64 {
    let d = p - q;
    part(q, p, d) + part(1.0 - q, 1.0 - p, -d)
}

/// $a \phi(d/a) / d^2$ for $d = b - a$.
fn part(a: f64, b: f64, d: f64) -> f64 {
    if a == 0.0 {
        return 1.0 / d; // a ln a tends to 0
    }
    if d.abs() < 0.5 * a {
        return log_defect(d / a) / a;
    }
    (d - a * (b.ln() - a.ln())) / (d * d)
}

/// $(x - \ln(1+x)) / x^2$ for $|x| \le \frac12$: with $r = x/(2+x)$, so that
/// $\ln(1+x) = 2 \operatorname{artanh} r$, it is
/// $\frac{1}{2+x} - \frac{2r}{(2+x)^2} \bigl(\frac13 + \frac{r^2}{5} + \dots\bigr)$.
fn log_defect(x: f64) -> f64 {
    let r = x / (2.0 + x);
    // |r| is at most 1/3: the 24th term is below 1e-22.
    let series = (0..24).rev().fold(0.0, |sum, k| sum * r * r + 1.0 / (2 * k + 3) as f64);
    (1.0 - 2.0 * r * series / (2.0 + x)) / (2.0 + x)
}

/// $\mathrm{kl}^{-1}(q, c)$ by at most `steps` steps of Newton's method.
///
/// In $t = -\ln(1-p)$ the divergence is convex with slope $1 - q/p$, and at most $h(q)$ below
/// $(1-q) t$, $h$ the entropy. So Newton's method from $t = (c + h(q)) / (1-q)$ falls to the root
/// and never passes it: whatever is returned errs on the safe side.
fn inverse(q: f64, c: f64, steps: usize) -> f64 {
    let rest = 1.0 - q;
    if rest <= 0.0 {
        return 1.0;
    }
    let surprise = |x: f64| if x > 0.0 { -x * x.ln() } else { 0.0 };
    let entropy = surprise(q) + surprise(rest);
    let mut t = (c + entropy) / rest;
    for _ in 0..steps {
        let p = -(-t).exp_m1();
        let d = p - q;
        if d <= 0.0 {
            break;
        }
        let near = d < 0.5 * q.min(rest);
        let divergence = if near {
            d * d * curvature(q, p)
        } else {
            rest * t - entropy - if q > 0.0 { q * p.ln() } else { 0.0 }
        };
        let step = (divergence - c) * p / d;
        if step <= f64::EPSILON * t {
            break;
        }
        t -= step;
    }
    -(-t).exp_m1()
}

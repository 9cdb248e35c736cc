//! The risk of gradient flow for isotropic features, at every time.
//!
//! In high dimension the whole path of early stopping has a deterministic risk: training towards
//! the interpolator lowers the bias to what the data never show and raises the variance.

use super::{LINK, PAPER};
use crate::marchenko1967::density::{atom, bulk_integral};
use theoremcheck::models::wishart::Bidiagonal;
use theoremcheck::prelude::*;

/// $p = \gamma n$ isotropic features and a time.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    t: f64,
    r2: f64,
    sigma2: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "ali2019.gradient-flow",
        alias: "akt.gf-asymptotic-risk",
        title: "Limiting risk of gradient flow for isotropic features",
        source: Source {
            paper: PAPER,
            result: "the theorem on the limiting risk (number unverified)",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with $\|\beta\|^2 = r^2$, the $n \times p$ entries
            of $X$ independent standard normal and $\epsilon$ independent of $X$ with mean 0 and
            covariance $\sigma^2 I$. Let $\hat\beta(t)$ be gradient flow from 0 on
            $\frac{1}{2n} \|y - X\beta\|^2$ at time $t > 0$. As $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$, the bias and the variance of the risk
            $E[\|\hat\beta(t) - \beta\|^2 \mid X]$ tend almost surely to
            $B(t) = r^2 \int e^{-2ts} dF_\gamma(s)$ and
            $V(t) = \sigma^2 \gamma \int \frac{(1 - e^{-ts})^2}{s} dF_\gamma(s)$, where $F_\gamma$
            is the Marchenko-Pastur law with its atom $1 - \frac1\gamma$ at 0 for $\gamma > 1$: its
            part of the bias is never unlearned, and it has no variance. At no time is $B + V$ below
            the limiting risk of ridge at its best penalty $\lambda^* = \sigma^2 \gamma / r^2$,
            $\sigma^2 \gamma \int \frac{1}{s + \lambda^*} dF_\gamma(s)$. Checked on average over $X$
            and the direction of $\beta$.",
        claims: vec![risk(), ridge_wins()],
        derivation: one_eigenvalue,
    }
}

/// What a single eigenvalue contributes: limits, slope, and the excess over the best ridge.
fn one_eigenvalue() -> Derivation {
    let (s, t, a, c) = vars!("s", "t", "a", "c");
    let decay = (-&t * &s).exp();
    let (bias, variance) = (decay.pow(2), (1 - &decay).pow(2) / &s);
    let part = &a * &bias + &c * &variance;
    let eigenvalue = Domain::new().open(&s, 0, INF);
    let any = eigenvalue.clone().open(&t, 0, INF).open(&a, 0, INF).open(&c, 0, INF);
    let slope = 2 * &decay * (&c * (1 - &decay) - &a * &s * &decay);
    let best = &a * &c / (&a * &s + &c);
    let square = (&a * &s + &c) / &s * (&decay - &c / (&a * &s + &c)).pow(2);
    Derivation::of("Gradient flow along one eigenvector")
        .cited(
            "limit",
            "means over the spectrum tend to integrals over the Marchenko-Pastur law",
            Source { paper: PAPER, result: "the theorem on the limiting risk", link: LINK },
        )
        .limit("unlearned", bias.clone(), &t, INF, 0, &eigenvalue)
        .twin("half", |s| s.value(ratio(1, 2)))
        .limit("least-squares", variance.clone(), &t, INF, 1 / &s, &eigenvalue)
        .twin("squared", |st| st.value(1 / s.pow(2)))
        .identity("slope", part.d(&t), slope.clone(), &any)
        .twin("no-signal", |st| st.right(2 * &decay * &c * (1 - &decay)))
        .identity("ridge", part, &best + &square, &any)
        .twin("half", |st| st.right(&best + &square / 2))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            domain: any_time,
            theory: |m| [bias(m, 2.0), variance(m)],
            observable: Each(bias_and_variance),
            sizes: &[12, 24, 48, 96],
            // Means of smooth functions of the eigenvalues of Gaussian matrices have an expansion
            // in whole powers of 1/n: the term after 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.015),
            known: vec![
                // By mpmath, as integrals over the Marchenko-Pastur law.
                (model(0.5, 2.0), [0.130_313_366_159_827_11, 0.321_788_685_273_656_36]),
                (model(2.0, 2.0), [0.524_430_932_970_876_8, 0.533_198_657_838_340_42]),
                (model(2.0, 10.0), [0.500_257_013_291_306_59, 0.951_975_071_786_266_66]),
                (model(1.0, 1.0), [0.385_752_760_726_422_02, 0.257_106_766_246_424_39]),
            ]
            .into_iter()
            .map(|(m, parts)| (m, parts.map(Approx::from)))
            .collect(),
            mutants: [
                Mutant {
                    name: "unsquared",
                    why: "takes the mean of what is not learned for its mean square",
                    says: |m| [bias(m, 1.0), variance(m)],
                },
                Mutant {
                    name: "no-atom",
                    why: "forgets the directions that no observation shows",
                    says: |m| {
                        let all = bias(m, 2.0);
                        let value = all.value - m.r2 * atom(m.gamma);
                        [Approx { value, ..all }, variance(m)]
                    },
                },
                Mutant {
                    name: "no-gamma",
                    why: "forgets that there are gamma n coefficients",
                    says: |m| [bias(m, 2.0), variance(&Model { sigma2: m.sigma2 / m.gamma, ..*m })],
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides the noise by n - 1 at n = 40",
                    says: |m| {
                        let sigma2 = m.sigma2 * 40.0 / 39.0;
                        [bias(m, 2.0), variance(&Model { sigma2, ..*m })]
                    },
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.25, to: 2.5, points: 33 },
                at: |t| model(2.0, t),
            },
        },
        Tie::none("a quadrature over the Marchenko-Pastur density"),
    )
    .components(&["bias", "variance"])
    .price(2.0)
    .dear()
}

fn ridge_wins() -> Claim {
    Claim::new(
        "ridge-wins",
        Property {
            domain: |given| Model {
                gamma: given.scale("gamma", 0.1..=10.0),
                t: given.scale("t", 0.02..=50.0),
                r2: given.scale("r2", 0.1..=10.0),
                sigma2: given.scale("sigma2", 0.1..=10.0),
            },
            margin: |m| total(m) / best_ridge(m, 1.0) - 1.0,
            known: vec![
                // By mpmath.
                (model(0.5, 2.0), 0.091_470_904_147_414_364),
                (model(2.0, 10.0), 0.859_984_591_145_090_81),
            ],
            mutants: [
                Mutant {
                    name: "tenth",
                    why: "promises a tenth less of ridge",
                    says: |m| total(m) / best_ridge(m, 1.0) - 1.1,
                },
                Mutant {
                    name: "no-gamma",
                    why: "gives the noise of one coefficient to ridge's penalty",
                    says: |m| total(m) / best_ridge(m, m.gamma) - 1.0,
                },
                Mutant {
                    name: "no-atom",
                    why: "forgets the directions that no observation shows",
                    says: |m| (total(m) - m.r2 * atom(m.gamma)) / best_ridge(m, 1.0) - 1.0,
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.02, to: 50.0, points: 61 },
                at: |t| model(2.0, t),
            },
        },
        Tie::none("a quadrature over the Marchenko-Pastur density"),
    )
}

/// Sizes are multiples of 4, so that $p = \gamma n$ is whole at each.
fn any_time(given: &mut Given) -> Model {
    Model {
        gamma: given.ratio("gamma", 1..=16, 4),
        t: given.scale("t", 0.25..=2.5),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
    }
}

fn model(gamma: f64, t: f64) -> Model {
    Model { gamma, t, r2: 1.0, sigma2: 1.0 }
}

/// $r^2 \int e^{-cts} dF_\gamma$, with $c = 2$.
fn bias(m: &Model, c: f64) -> Approx {
    let bulk = bulk_integral(m.gamma, 1.0, |s| (-c * m.t * s).exp() / s);
    Approx { value: m.r2 * (bulk.value + atom(m.gamma)), error: m.r2 * bulk.error }
}

/// $\sigma^2 \gamma \int \frac{(1 - e^{-ts})^2}{s} dF_\gamma$.
fn variance(m: &Model) -> Approx {
    let bulk = bulk_integral(m.gamma, 1.0, |s| ((-m.t * s).exp_m1() / s).powi(2));
    let scale = m.sigma2 * m.gamma;
    Approx { value: scale * bulk.value, error: scale * bulk.error }
}

fn total(m: &Model) -> f64 {
    bias(m, 2.0).value + variance(m).value
}

/// $\sigma^2 \gamma \int \frac{1}{s + \lambda^*} dF_\gamma$, with $\lambda^*$ the best penalty
/// for a signal so many times as strong.
fn best_ridge(m: &Model, times: f64) -> f64 {
    let scale = m.sigma2 * m.gamma;
    let lambda = scale / (m.r2 * times);
    let bulk = bulk_integral(m.gamma, 1.0, |s| 1.0 / (s * (s + lambda)));
    scale * (bulk.value + atom(m.gamma) / lambda)
}

/// $\frac{r^2}{p} \operatorname{tr} e^{-2tS}$ and $\frac{\sigma^2}{n} \operatorname{tr}
/// (I - e^{-tS})^2 S^+$ from the eigenvalues of $S = X^\top X / n$.
fn bias_and_variance(m: Model, n: usize) -> Sampler<[f64; 2]> {
    let p = (m.gamma * n as f64).round() as usize;
    let zeros = (p - p.min(n)) as f64;
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        spectrum.draw(rng, n, p);
        // No convergence is an event that has not been seen; the harness reports what is no number.
        let Ok(values) = spectrum.eigenvalues() else { return [f64::NAN; 2] };
        let (mut kept, mut noise) = (zeros, 0.0);
        for value in values {
            let x = m.t * value / n as f64;
            kept += (-2.0 * x).exp();
            noise += m.t * (-x).exp_m1().powi(2) / x;
        }
        [m.r2 / p as f64 * kept, m.sigma2 / n as f64 * noise]
    })
}

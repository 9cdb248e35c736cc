//! Ridgeless risk for isotropic features.
//!
//! The risk of the minimum-norm least-squares fit blows up where the parameters are as many as the
//! observations, and descends again beyond: double descent, in closed form. With a strong signal
//! the second descent ends in a minimum of its own, below the risk of predicting nothing.

use super::{LINK, PAPER, tail_index};
use std::sync::LazyLock;
use theoremcheck::models::wishart::trace_inverse;
use theoremcheck::prelude::*;
use theoremcheck::special::least_value;

/// Linear model $y = x^\top \beta + \epsilon$ with $x \sim N(0, I_p)$, $\|\beta\|^2 = r^2$ and
/// $\operatorname{Var} \epsilon = \sigma^2$, seen through $\gamma = \lim p/n$.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    r2: f64,
    sigma2: f64,
}

/// With the exact $E V_X = \sigma^2 \frac{\min(n,p)}{|n-p| - 1}$ the relative error at size $n$ is
/// $\frac{1}{n|1-\gamma| - 1}$, a series in $1/n$; the bias has none. So the term after $1/n$ is
/// its square.
const CORRECTION: Correction = Correction::INVERSE_N.then(2.0);

const SIZES: &[usize] = &[100, 200, 400, 800];

/// Directions of $\beta$ over which the bias of one spectrum is averaged.
const DIRECTIONS: usize = 32;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.isotropic",
        alias: "hmrt.isotropic-risk",
        title: "Ridgeless risk for isotropic features",
        source: Source { paper: PAPER, result: "Theorem 1 and Section 3", link: LINK },
        statement: r"Let $y = X\beta + \epsilon$ with $\|\beta\|^2 = r^2$, the $n \times p$ entries
            of $X$ independent with mean 0, variance 1 and a finite moment of order above 4, and
            $\epsilon$ independent of $X$ with covariance $\sigma^2 I$. As $n, p \to \infty$ with
            $p/n \to \gamma \in (0,1) \cup (1,\infty)$, the excess risk
            $R_X = E[\|\hat\beta - \beta\|^2 \mid X]$ of the minimum-norm least-squares estimator
            $\hat\beta = X^+ y$ tends almost surely to $\sigma^2 \frac{\gamma}{1-\gamma}$ if
            $\gamma < 1$, and to
            $R(\gamma) = r^2 \bigl(1 - \frac{1}{\gamma}\bigr) + \frac{\sigma^2}{\gamma-1}$ if
            $\gamma > 1$. If the signal-to-noise ratio $s^2 = r^2/\sigma^2$ is above 1, then $R$
            has one minimum beyond 1, at $\gamma = \frac{s}{s-1}$, and it is $\sigma^2 (2s - 1)$.
            Checked for Gaussian entries, on average over $X$.",
        claims: vec![under(), over(), parts(), least_risk()],
        derivation: minimum,
    }
}

/// The symbols of [`Model`].
fn symbols() -> (Expr, Expr, Expr) {
    vars!("gamma", "r2", "sigma2")
}

/// $r^2 \bigl(1 - \frac{1}{\gamma}\bigr) + \frac{\sigma^2}{\gamma-1}$: what [`risk`] evaluates.
static RISK: LazyLock<Expr> = LazyLock::new(|| {
    let (gamma, r2, sigma2) = symbols();
    r2 * (1 - 1 / &gamma) + sigma2 / (gamma - 1)
});

/// $\sigma^2 \frac{\gamma}{1-\gamma}$: what [`classical`] evaluates.
static CLASSICAL: LazyLock<Expr> = LazyLock::new(|| {
    let (gamma, _, sigma2) = symbols();
    sigma2 * &gamma / (1 - gamma)
});

/// The risk at its minimum $\gamma = \frac{s}{s-1}$, with $s = \sqrt{r^2 / \sigma^2}$, and that
/// minimum, $\sigma^2 (2s - 1)$: what the claim `least-risk` evaluates.
static LEAST: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (gamma, r2, sigma2) = symbols();
    let s = (r2 / &sigma2).sqrt();
    [sigma2 * (2 * &s - 1), RISK.at(&gamma, &s / (&s - 1))]
});

/// Beyond the threshold the risk has one minimum if the signal is stronger than the noise, and
/// falls throughout if it is not. With $t = r / \sigma$ and $\sigma = 1$, which scaling allows.
fn minimum() -> Derivation {
    let (g, r2, sigma2) = symbols();
    let (t, a) = vars!("t", "a");
    let scaled = RISK.at(&r2, &a * &r2).at(&sigma2, &a * &sigma2);
    let positive = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF).open(&a, 0, INF);
    let noisy = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF);
    let risk = RISK.at(&r2, t.pow(2)).at(&sigma2, 1);
    let star = &t / (&t - 1);
    let strong = Domain::new().open(&t, 1, INF).open(&g, 1, INF);
    let weak = Domain::new().closed(&t, 0, 1).open(&g, 1, INF);
    let loud = Domain::new().open(&sigma2, 0, INF).open(&r2, &sigma2, INF);
    let below = Domain::new().open(&g, 0, 1).open(&sigma2, 0, INF);
    let slope = (&t * (&g - 1) - &g) * (&t * (&g - 1) + &g) / (&g * (&g - 1)).pow(2);
    Derivation::of("Minimum of the overparameterized risk")
        .cited(
            "limit",
            "the excess risk tends to this expression, almost surely",
            Source { paper: PAPER, result: "Theorem 1", link: LINK },
        )
        .identity("scaling", scaled, &a * &*RISK, &positive.open(&g, 1, INF))
        .twin("no-factor", |s| s.right(RISK.clone()))
        .identity("slope", risk.d(&g), slope, &strong)
        .twin("one-factor", |s| s.right((&t * (&g - 1) - &g) / (&g * (&g - 1)).pow(2)))
        .nonneg("falls", -risk.d(&g), &strong.below(&g, &star))
        .twin("too-far", |s| s.on(&strong.below(&g, &(&star + 1))))
        .nonneg("rises", risk.d(&g), &strong.above(&g, &star))
        .twin("everywhere", |s| s.on(&strong))
        .identity("least", risk.at(&g, &star), 2 * &t - 1, &Domain::new().open(&t, 1, INF))
        .twin("sign", |s| s.right(2 * &t + 1))
        .conclude(
            "minimum",
            Rule::MinimumBySlope {
                of: risk.clone(),
                in_: g.clone(),
                at: star,
                from: ["falls", "rises"],
            },
        )
        .twin("elsewhere", |s| s.put((&t + 1) / &t))
        .nonneg("weak-signal", -risk.d(&g), &weak)
        .twin("strong-signal", |s| s.on(&strong))
        .identity("least-risk", LEAST[1].clone(), LEAST[0].clone(), &loud)
        .twin("sign", |s| s.right(&sigma2 * (2 * (&r2 / &sigma2).sqrt() + 1)))
        .identity("classical", CLASSICAL.clone(), &sigma2 * (1 / (1 - &g) - 1), &below)
        .twin("no-one", |s| s.right(&sigma2 / (1 - &g)))
        .limit("null-risk", RISK.clone(), &g, INF, &r2, &noisy)
        .twin("no-bias", |s| s.value(0))
        .limit("threshold", RISK.clone(), &g, Toward::Above(1.into()), INF, &noisy)
        .twin("other-side", |s| s.toward(Toward::Below(1.into())))
        .limit("threshold-below", CLASSICAL.clone(), &g, Toward::Below(1.into()), INF, &noisy)
        .twin("other-side", |s| s.toward(Toward::Above(1.into())))
}

fn under() -> Claim {
    Claim::new(
        "under",
        Limit {
            domain: underparameterized,
            theory: |m| classical(m.gamma, m.sigma2),
            observable: Each(variance_alone),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                (Model { gamma: 0.5, r2: 5.0, sigma2: 1.0 }, 1.0),
                (Model { gamma: 0.75, r2: 1.0, sigma2: 0.5 }, 1.5),
            ],
            mutants: [
                Mutant {
                    name: "fixed-design",
                    why: "takes the risk on the training inputs, as if X were not random",
                    says: |m| m.sigma2 * m.gamma,
                },
                Mutant {
                    name: "bias-below",
                    why: "keeps a bias of r^2 (1 - gamma), although nothing is left to interpolate",
                    says: |m| classical(m.gamma, m.sigma2) + m.r2 * (1.0 - m.gamma),
                },
                Mutant {
                    name: "other-side",
                    why: "uses the variance of the overparameterized side, sign dropped",
                    says: |m| m.sigma2 / (1.0 - m.gamma),
                },
                Mutant {
                    name: "three-hundred",
                    why: "takes the mean at n = 300 for the limit",
                    says: |m| m.sigma2 * m.gamma / (1.0 - m.gamma - 1.0 / 300.0),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.05, to: 0.8, points: 16 },
                at: |gamma| Model { gamma, r2: 5.0, sigma2: 1.0 },
            },
        },
        Tie::formula(|m| {
            Formula::of("classical", &CLASSICAL, [("gamma", m.gamma), ("sigma2", m.sigma2)])
        }),
    )
}

fn over() -> Claim {
    Claim::new(
        "over",
        Limit {
            domain: overparameterized,
            theory: risk,
            observable: Each(excess_risk),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                (Model { gamma: 2.0, r2: 5.0, sigma2: 1.0 }, 3.5),
                (Model { gamma: 4.0, r2: 1.0, sigma2: 3.0 }, 1.75),
            ],
            mutants: [
                Mutant {
                    name: "no-bias",
                    why: "forgets that interpolation shrinks the signal",
                    says: |m| interpolating(m.gamma, m.sigma2),
                },
                Mutant {
                    name: "other-side",
                    why: "uses the variance of the underparameterized side, sign dropped",
                    says: |m| bias(m) - classical(m.gamma, m.sigma2),
                },
                Mutant {
                    name: "bias-squared",
                    why: "squares the fraction of the signal that is lost",
                    says: |m| m.r2 * (1.0 - 1.0 / m.gamma).powi(2) + m.sigma2 / (m.gamma - 1.0),
                },
                Mutant {
                    name: "intercept",
                    why: "adds the variance of a fitted intercept at n = 50",
                    says: |m| risk(m) + m.sigma2 / 50.0,
                },
                Mutant {
                    name: "forty-observations",
                    why: "takes the mean at n = 40, with an observation spent on an intercept, \
                          for the limit",
                    says: |m| {
                        let gamma = m.gamma * 40.0 / 39.0;
                        bias(&Model { gamma, ..*m }) + m.sigma2 / (gamma - 1.0 - 1.0 / 39.0)
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 1.25, to: 8.0, points: 28 },
                at: |gamma| Model { gamma, r2: 5.0, sigma2: 1.0 },
            },
        },
        Tie::formula(|m| {
            let values = [("gamma", m.gamma), ("r2", m.r2), ("sigma2", m.sigma2)];
            Formula::of("scaling", &RISK, values).instance("a", 1)
        }),
    )
}

/// $\bigl(r^2 (1 - \frac{1}{\gamma}), \frac{\sigma^2}{\gamma-1}\bigr)$ of the same design.
fn parts() -> Claim {
    Claim::new(
        "parts",
        Limit {
            domain: overparameterized,
            theory: |m| [bias(m), interpolating(m.gamma, m.sigma2)],
            observable: Each(bias_and_variance),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.003),
            known: vec![
                (Model { gamma: 2.0, r2: 5.0, sigma2: 1.0 }, [2.5, 1.0]),
                (Model { gamma: 4.0, r2: 1.0, sigma2: 3.0 }, [0.75, 1.0]),
            ],
            mutants: [
                Mutant {
                    name: "swapped",
                    why: "gives the signal the share that the noise has",
                    says: |m| [m.r2 / m.gamma, interpolating(m.gamma, m.sigma2)],
                },
                Mutant {
                    name: "bias-squared",
                    why: "squares the fraction of the signal that is lost",
                    says: |m| {
                        let lost = 1.0 - 1.0 / m.gamma;
                        [m.r2 * lost * lost, interpolating(m.gamma, m.sigma2)]
                    },
                },
                Mutant {
                    name: "all-features",
                    why: "counts the noise once for each feature, not for each observation",
                    says: |m| [bias(m), m.gamma * interpolating(m.gamma, m.sigma2)],
                },
                Mutant {
                    name: "forty-observations",
                    why: "takes the means at n = 40, with an observation spent on an intercept, \
                          for the limits",
                    says: |m| {
                        let gamma = m.gamma * 40.0 / 39.0;
                        [bias(&Model { gamma, ..*m }), m.sigma2 / (gamma - 1.0 - 1.0 / 39.0)]
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 1.25, to: 8.0, points: 28 },
                at: |gamma| Model { gamma, r2: 5.0, sigma2: 1.0 },
            },
        },
        Tie::none("the two terms of the risk, which the claim over ties"),
    )
    .components(&["bias", "variance"])
}

fn least_risk() -> Claim {
    Claim::new(
        "least-risk",
        Identity {
            domain: strong_signal,
            left: |m| [least_by_search(m); 2],
            right: |m| least(m).map(|formula| formula.value()),
            known: vec![
                (Model { gamma: 1.0, r2: 5.0, sigma2: 1.0 }, [3.472135954999579; 2]),
                (Model { gamma: 1.0, r2: 2.0, sigma2: 1.0 }, [1.82842712474619; 2]),
            ],
            mutants: [
                Mutant {
                    name: "no-root",
                    why: "writes the signal-to-noise ratio for its square root",
                    says: |m| {
                        let s = m.r2 / m.sigma2;
                        [m.sigma2 * (2.0 * s - 1.0), risk(&Model { gamma: s / (s - 1.0), ..*m })]
                    },
                },
                Mutant {
                    name: "null-risk",
                    why: "believes that no interpolator beats predicting 0",
                    says: |m| [m.r2; 2],
                },
                Mutant {
                    name: "equal-shares",
                    why: "puts the minimum where bias and variance are equal",
                    says: |m| {
                        let s = (m.r2 / m.sigma2).sqrt();
                        let gamma = 1.0 + (0.5 + (0.25 + s * s).sqrt()) / (s * s);
                        [risk(&Model { gamma, ..*m }); 2]
                    },
                },
            ],
            curve: Curve {
                x: "r2",
                grid: Grid::Log { from: 1.25, to: 20.0, points: 41 },
                at: |r2| Model { gamma: 1.0, r2, sigma2: 1.0 },
            },
        },
        Tie::formula(least),
    )
    .components(&["least risk by its formula", "risk at the minimiser"])
}

/// Sizes are multiples of 20, so that $p = \gamma n$ is whole at each.
fn underparameterized(given: &mut Given) -> Model {
    Model {
        gamma: given.ratio("gamma", 1..=16, 20),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
    }
}

fn overparameterized(given: &mut Given) -> Model {
    Model {
        gamma: given.ratio("gamma", 25..=160, 20),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
    }
}

/// $s^2 > 1$; $\gamma$ is what the risk is minimised over.
fn strong_signal(given: &mut Given) -> Model {
    let sigma2 = given.scale("sigma2", 0.25..=4.0);
    let snr = given.scale("snr", 1.25..=20.0);
    Model { gamma: 1.0, r2: snr * sigma2, sigma2 }
}

/// $\sigma^2 \frac{\gamma}{1-\gamma}$.
fn classical(gamma: f64, sigma2: f64) -> f64 {
    CLASSICAL.eval(&[("gamma", gamma), ("sigma2", sigma2)])
}

/// The minimum of the risk beyond the threshold, and the risk at its place.
fn least(m: &Model) -> [Formula; 2] {
    [0, 1].map(|i| Formula::of("least-risk", &LEAST[i], [("r2", m.r2), ("sigma2", m.sigma2)]))
}

/// $\frac{\sigma^2}{\gamma - 1}$.
fn interpolating(gamma: f64, sigma2: f64) -> f64 {
    sigma2 / (gamma - 1.0)
}

/// $r^2 \bigl(1 - \frac{1}{\gamma}\bigr)$.
fn bias(m: &Model) -> f64 {
    m.r2 * (1.0 - 1.0 / m.gamma)
}

/// $R(\gamma) = r^2 \bigl(1 - \frac{1}{\gamma}\bigr) + \frac{\sigma^2}{\gamma-1}$, $\gamma > 1$.
fn risk(m: &Model) -> f64 {
    RISK.eval(&[("gamma", m.gamma), ("r2", m.r2), ("sigma2", m.sigma2)])
}

/// $\sigma^2 \operatorname{tr} (X^\top X)^{-1}$; there is no bias, because $X^\top X$ is
/// invertible almost surely and so $\Pi = 0$. $O(p)$ instead of $O(n p^2)$.
fn variance_alone(m: Model, n: usize) -> Sampler {
    let p = columns(&m, n);
    Sampler::new(move |rng| m.sigma2 * trace_inverse(rng, n, p)).tail_index(tail_index(n, p))
}

/// $B_X + \sigma^2 \operatorname{tr} (X X^\top)^{-1}$.
fn excess_risk(m: Model, n: usize) -> Sampler {
    let p = columns(&m, n);
    Sampler::new(move |rng| design(rng, &m, (n, p)).iter().sum()).tail_index(tail_index(n, p))
}

/// Both terms.
fn bias_and_variance(m: Model, n: usize) -> Sampler<[f64; 2]> {
    let p = columns(&m, n);
    Sampler::new(move |rng| design(rng, &m, (n, p))).tail_index(tail_index(n, p))
}

/// $B_X$ and $\sigma^2 \operatorname{tr} (X X^\top)^{-1}$ at $p > n$, $O(n)$ instead of
/// $O(n^2 p)$.
///
/// The row space of a Gaussian $X$ is uniform and independent of the singular values, and $B_X$ is
/// the squared length of what it leaves of $\beta$: $r^2 \chi^2_{p-n} / (\chi^2_{p-n} + \chi^2_n)$
/// (drawn densely in `bias.rs`). Its spread is of order $n^{-1/2}$, that of the trace $n^{-1}$.
/// So it is drawn, and never replaced by its mean, but for several row spaces to one spectrum.
fn design(rng: &mut Rng, m: &Model, (n, p): (usize, usize)) -> [f64; 2] {
    let (left, taken) = (0.5 * (p - n) as f64, 0.5 * n as f64);
    let signal: f64 = (0..DIRECTIONS).map(|_| rng.beta(left, taken)).sum();
    [m.r2 / DIRECTIONS as f64 * signal, m.sigma2 * trace_inverse(rng, n, p)]
}

/// $p = \gamma n$.
fn columns(m: &Model, n: usize) -> usize {
    (m.gamma * n as f64).round() as usize
}

/// $\min_{\gamma > 1} R(\gamma)$ by a search in $1/\gamma \in (0, 1)$, where $R$ has one
/// minimum.
fn least_by_search(m: &Model) -> f64 {
    least_value(|t| risk(&Model { gamma: 1.0 / t, ..*m }), 0.0, 1.0)
}

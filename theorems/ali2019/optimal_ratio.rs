//! At its best time gradient flow is at most 1.2147 times as risky as the best ridge.
//!
//! Early stopping costs little against the best there is: ridge with the right penalty is the Bayes
//! rule for coefficients of equal variance, and the time that matches its penalty loses at most a
//! fifth, whatever the features.

use super::{LINK, PAPER, bias_and_noise, flow, ridge, second_moments};
use std::sync::LazyLock;
use theoremcheck::linalg::small::dot;
use theoremcheck::linalg::symmetric_eigen;
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::prelude::*;
use theoremcheck::special::{least_value, root};

/// The constant of the paper.
const CONSTANT: f64 = 1.2147;

/// A regression, seen through the eigenvalues of $S$, zeros included; gradient flow stops at
/// $t = c \alpha$.
#[derive(Clone, Debug)]
struct Spectrum {
    alpha: f64,
    c: f64,
    eigenvalues: Vec<f64>,
    /// How much an error along each eigenvector counts.
    weights: Vec<f64>,
}

/// A design, and the risk at new inputs with a diagonal covariance.
#[derive(Clone, Debug)]
struct Prediction {
    n: usize,
    p: usize,
    alpha: f64,
    t: f64,
    design: Vec<f64>,
    covariance: Vec<f64>,
}

/// A Gaussian design with isotropic rows.
#[derive(Clone, Copy, Debug)]
struct Gaussian {
    n: usize,
    p: usize,
    alpha: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "ali2019.optimal-ratio",
        alias: "akt.optimal-ratio",
        title: "The best gradient flow is at most 1.22 times as risky as the best ridge",
        source: Source {
            paper: PAPER,
            result: "Theorem 3 (number from memory); the identity and the sharp constant are \
                     derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta_0 + \epsilon$ with any fixed $n \times p$ matrix $X$,
            independent $\beta_0$ and $\epsilon$ with mean 0 and covariances $\frac{r^2}{p} I$ and
            $\sigma^2 I$, and $S = X^\top X / n$ with eigenvalues $s_i$. For any covariance $\Sigma$
            of new inputs let $R^{gf}(t)$ and $R^{ridge}(\lambda)$ be
            $E \|\Sigma^{1/2} (\hat\beta - \beta_0)\|^2$, on average over $\beta_0$ and
            $\epsilon$, of gradient flow from 0 stopped at time $t$ and of ridge,
            $(X^\top X + n \lambda I)^{-1} X^\top y$. Then
            $1 \le \inf_t R^{gf}(t) / \inf_\lambda R^{ridge}(\lambda) \le 1.2147$. The best ridge is
            $\lambda = 1/\alpha$ with $\alpha = \frac{r^2 n}{\sigma^2 p}$, and for an eigenvector
            of $S$ with eigenvalue $s$ the risks differ by $\frac{\sigma^2}{n}
            \frac{(1 - (1 + \alpha s) e^{-ts})^2}{s (1 + \alpha s)} \ge 0$. At $t = \alpha$ their
            ratio is at most $1 + \frac{4x^3}{(1 + x + 2x^2)^2} = 1.21466\ldots$, $x > 0$ the
            root of $e^x = 1 + x + 2x^2$, which is reached if all $s_i$ are $x / \alpha$. If
            gradient flow stops later, at $t = c\alpha$ with $c \ge 1$, the sharp constant is
            $1 + 4x \bigl(\frac{c (1+x) - 1}{1 + (2c-1) x + 2c x^2}\bigr)^2$ with $x > 0$ the root
            of $e^{cx} = 1 + (2c-1) x + 2c x^2$.",
        claims: vec![matched(), excess(), sharp(), gaussian_designs()],
        derivation: certified_constant,
    }
}

/// $\alpha e^{-2ts} + \frac{(1 - e^{-ts})^2}{s}$ as the risk of the best ridge and a square.
static RISK: LazyLock<Expr> = LazyLock::new(|| {
    let (alpha, s, t) = vars!("alpha", "s", "t");
    let seen = 1 + &alpha * &s;
    &alpha / &seen + (1 - &seen * (-t * &s).exp()).pow(2) / (s * seen)
});

/// $1 + \frac{(1 - (1+x) e^{-x})^2}{x}$, the ratio at $t = \alpha$, and an equation for where it is
/// largest.
fn matched_and_critical(x: &Expr) -> (Expr, Expr) {
    let missing = 1 - (1 + x) * (-x).exp();
    (1 + missing.pow(2) / x, (1 + x + 2 * x.pow(2)) * (-x).exp() - 1)
}

/// The largest ratio, at the critical point.
fn sharp_at_one(s: &Spectrum) -> Formula {
    let x = var("x");
    let (ratio, critical) = matched_and_critical(&x);
    Formula::of("largest", &ratio, [("x", sharp_place(s.c))]).root(&x, &critical, "critical-point")
}

/// The excess over ridge is a square; its part of the risk is at most 0.2147 at $t = \alpha$: by
/// its slope near 0, by intervals in the middle, and because $(1 + x) e^{-x} \le 1$ far out.
fn certified_constant() -> Derivation {
    let (alpha, s, t, x, kept) = vars!("alpha", "s", "t", "x", "w");
    let decay = (-&t * &s).exp();
    let flow = &alpha * decay.pow(2) + (1 - &decay).pow(2) / &s;
    let any = Domain::new().open(&alpha, 0, INF).open(&s, 0, INF).open(&t, 0, INF);
    let square = (1 - (1 + &alpha * &s) * &decay).pow(2) / (&s * (1 + &alpha * &s));
    let (ratio, critical) = matched_and_critical(&x);
    let missing = 1 - (1 + &x) * (-&x).exp();
    let positive = Domain::new().open(&x, 0, INF);
    let from_zero = Domain::new().half_open(&x, 0, INF);
    let (low, high) = (decimal("0.25"), Expr::from(8));
    let near = Domain::new().closed(&x, 0, &low);
    let room = |c: &str| decimal(c) * &x - missing.pow(2);
    let far = |c: &str| decimal(c) * &x - (1 - &kept).pow(2);
    let tail = Domain::new().half_open(&x, &high, INF).closed(&kept, 0, 1);
    let middle = Domain::new().closed(&x, &low, &high);
    let at = |place: &str| ratio.at(&x, decimal(place));
    Derivation::of("Stopped at alpha, gradient flow is at most 1.2147 times as risky as ridge")
        .identity("excess", flow.clone(), RISK.clone(), &any)
        .twin("unstopped", |s| s.right(RISK.at(&t, &alpha)))
        .nonneg("ridge-wins", square.clone(), &any)
        .twin("hundredth", |st| st.of(&square - decimal("0.01")))
        .identity(
            "matched",
            (flow * (1 + &alpha * &s) / &alpha).at(&t, &alpha).at(&alpha, &x / &s),
            ratio.clone(),
            &Domain::new().open(&x, 0, INF).open(&s, 0, INF),
        )
        .twin("unsquared", |s| s.right(1 + &missing / &x))
        .identity("at-zero", missing.at(&x, 0), 0, &Domain::new())
        .twin("at-one", |s| s.right(1))
        .nonneg("decreases", missing.d(&x), &from_zero)
        .twin("unweighted", |s| s.of(missing.d(&x) - &x))
        .conclude(
            "kept-at-most-one",
            Rule::GrowsFrom {
                of: missing.clone(),
                in_: x.clone(),
                at: 0.into(),
                on: from_zero.clone(),
                from: ["at-zero", "decreases"],
            },
        )
        .twin("elsewhere", |s| s.put(1))
        .identity("nothing-at-zero", room("0.2147").at(&x, 0), 0, &Domain::new())
        .twin("at-one", |s| s.right(1))
        .nonneg("rises", room("0.2147").d(&x), &near)
        .twin("no-constant", |s| s.of(room("0").d(&x)))
        .conclude(
            "near",
            Rule::GrowsFrom {
                of: room("0.2147"),
                in_: x.clone(),
                at: 0.into(),
                on: near,
                from: ["nothing-at-zero", "rises"],
            },
        )
        .twin("elsewhere", |s| s.put(low.clone()))
        .supremum("largest", ratio.clone(), decimal("1.2147"), &middle)
        .twin("rounded-down", |s| s.claimed(decimal("1.2146")))
        .nonneg("tail", far("0.2147"), &tail)
        .twin("hundredth", |s| s.of(far("0.01")))
        .identity("slope", ratio.d(&x), &missing * &critical / x.pow(2), &positive)
        .twin("first-power", |s| s.right(&missing * &critical / &x))
        .unique_root("critical-point", critical.clone(), &x, &Domain::new().open(&x, 3, INF))
        .within(decimal("3.213563520216"), decimal("3.213563520218"))
        .twin("rounded", |s| s.within(decimal("3.2135635"), decimal("3.21356352")))
        .twin("other-equation", |s| s.of((-&x).exp() * (1 + &x) - 1))
        .positive(
            "best-constant",
            at("3.21356352021697") - decimal("1.2146618408349"),
            &Domain::new(),
        )
        .twin("beside", |s| s.of(at("3.21") - decimal("1.2146618408349")))
}

fn matched() -> Claim {
    Claim::new(
        "matched",
        Property {
            domain: spectrum,
            margin: |m| CONSTANT - ratio(m),
            known: vec![
                // 1.2147 - (e^-2 + (1 - 1/e)^2) 2 and the like at 5, by mpmath.
                (one_eigenvalue(1.0), 0.144_876_631_739_318_52),
                (one_eigenvalue(5.0), 0.030_544_193_303_515_23),
            ],
            mutants: [
                Mutant {
                    name: "rounded-down",
                    why: "rounds the constant down",
                    says: |m| 1.21 - ratio(m),
                },
                Mutant {
                    name: "late",
                    why: "stops at twice the time",
                    says: |m| CONSTANT - ratio(&Spectrum { c: 2.0 * m.c, ..m.clone() }),
                },
                Mutant {
                    name: "root",
                    why: "takes the ratio of the norms for the ratio of their squares",
                    says: |m| CONSTANT.sqrt() - ratio(m),
                },
                Mutant {
                    name: "flow-wins",
                    why: "believes that gradient flow is at least as good as ridge",
                    says: |m| 1.0 - ratio(m),
                },
            ],
            curve: Curve {
                x: "alpha",
                grid: Grid::Linear { from: 0.25, to: 20.0, points: 80 },
                at: one_eigenvalue,
            },
        },
        Tie::none("a ratio of two sums with as many terms as eigenvalues"),
    )
}

fn excess() -> Claim {
    Claim::new(
        "excess",
        Identity {
            domain: any_design,
            left: flow_risk,
            right: |m| best_risk(m) + excess_over(m, 1.0),
            // e^-2 + (1 - 1/e)^2, by mpmath.
            known: vec![(orthogonal(1.0), 0.534_911_684_130_340_74)],
            mutants: [
                Mutant { name: "ridge", why: "takes gradient flow for ridge", says: best_risk },
                Mutant {
                    name: "half",
                    why: "counts the square half, as if ridge were between",
                    says: |m| best_risk(m) + 0.5 * excess_over(m, 1.0),
                },
                Mutant {
                    name: "penalty-halved",
                    why: "puts the best penalty at 1 / (2 alpha)",
                    says: |m| best_risk(m) + excess_over(m, 2.0),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.05, to: 50.0, points: 61 },
                at: orthogonal,
            },
        },
        Tie::instances(vec![orthogonal(1.0)], |m| {
            Formula::of("excess", &RISK, [("alpha", m.alpha), ("s", 1.0), ("t", m.t)])
        }),
    )
}

fn sharp() -> Claim {
    Claim::new(
        "sharp",
        Identity {
            domain: |given| late(given.real("c", 1.0..=3.0)),
            left: |m| {
                let at = |log: f64| Spectrum { alpha: log.exp(), ..m.clone() };
                -least_value(|log| -ratio(&at(log)), -6.0, 5.0)
            },
            right: |m| sharp_constant(m.c),
            known: vec![
                // By mpmath.
                (late(1.0), 1.214_661_840_834_949_1),
                (late(2.0), 1.535_316_228_096_303_5),
            ],
            mutants: [
                Mutant {
                    name: "paper",
                    why: "takes the constant that the paper rounds up, scaled with c",
                    says: |m| sharp_constant(m.c) / sharp_constant(1.0) * CONSTANT,
                },
                Mutant {
                    name: "root",
                    why: "gives the ratio of the standard deviations",
                    says: |m| sharp_constant(m.c).sqrt(),
                },
                Mutant {
                    name: "whatever-the-time",
                    why: "forgets that the time matters",
                    says: |_| sharp_constant(1.0),
                },
                Mutant { name: "limit", why: "takes the limit of a strong signal", says: |_| 1.0 },
            ],
            curve: Curve {
                x: "c",
                grid: Grid::Linear { from: 1.0, to: 3.0, points: 41 },
                at: late,
            },
        },
        Tie::instances(vec![late(1.0)], sharp_at_one),
    )
}

fn gaussian_designs() -> Claim {
    Claim::new(
        "gaussian-designs",
        Bound {
            domain: |given| Gaussian {
                n: given.count("n", 20..=60),
                p: given.count("p", 1..=3),
                alpha: given.scale("alpha", 2.0..=5.0),
            },
            observable: ratio_of_risks,
            relation: AtMost,
            holds: Always,
            bound: |_| CONSTANT,
            known: vec![(white(3.0), 1.2147)],
            mutants: [
                Mutant { name: "rounded-down", why: "rounds the constant down", says: |_| 1.21 },
                Mutant {
                    name: "root",
                    why: "takes the ratio of the norms for the ratio of their squares",
                    says: |_| CONSTANT.sqrt(),
                },
                Mutant {
                    name: "white-design",
                    why: "puts all eigenvalues at their mean 1",
                    says: |g| ratio(&one_eigenvalue(g.alpha)),
                },
            ],
            curve: Curve {
                x: "alpha",
                grid: Grid::Log { from: 0.05, to: 50.0, points: 41 },
                at: white,
            },
        },
        Tie::formula(|_| Formula::of("largest", &decimal("1.2147"), [])),
    )
}

/// Eigenvalues of any size and spread against $1/\alpha$, and any weights.
fn spectrum(given: &mut Given) -> Spectrum {
    let alpha = given.scale("alpha", 0.1..=10.0);
    let rank = given.count("rank", 1..=8);
    let largest = given.scale("alpha_s", 1e-2..=1e2) / alpha;
    let spread = given.scale("spread", 1.0..=1e4);
    let mut eigenvalues = given.spectrum("spectrum", rank, largest / spread..=largest);
    eigenvalues.resize(rank + given.count("zeros", 0..=3), 0.0);
    let weights = given.spectrum("weights", eigenvalues.len(), 1e-3..=1e3);
    Spectrum { alpha, c: 1.0, eigenvalues, weights }
}

fn any_design(given: &mut Given) -> Prediction {
    let n = given.count("n", 1..=6);
    let p = given.count("p", 1..=n);
    let mut design = vec![0.0; n * p];
    given.data("design").fill_normal(&mut design);
    Prediction {
        n,
        p,
        alpha: given.scale("alpha", 0.1..=10.0),
        t: given.scale("t", 0.1..=10.0),
        design,
        covariance: given.spectrum("covariance", p, 1e-1..=1e1),
    }
}

/// One eigenvalue, 1, and $t = \alpha$.
fn one_eigenvalue(alpha: f64) -> Spectrum {
    Spectrum { alpha, ..late(1.0) }
}

/// One eigenvalue, 1, and $\alpha = 1$.
fn late(c: f64) -> Spectrum {
    Spectrum { alpha: 1.0, c, eigenvalues: vec![1.0], weights: vec![1.0] }
}

/// $S = I$, weights that sum to 1.
fn orthogonal(t: f64) -> Prediction {
    let design = vec![1.0, 1.0, 1.0, -1.0];
    Prediction { n: 2, p: 2, alpha: 1.0, t, design, covariance: vec![0.75, 0.25] }
}

fn white(alpha: f64) -> Gaussian {
    Gaussian { n: 40, p: 2, alpha }
}

/// The weighted risk of gradient flow at $c \alpha$ over that of the best ridge.
fn ratio(m: &Spectrum) -> f64 {
    let (t, lambda) = (m.c * m.alpha, 1.0 / m.alpha);
    let (mut flow, mut ridge) = (0.0, 0.0);
    for (s, weight) in m.eigenvalues.iter().zip(&m.weights) {
        let learned = -(-t * s).exp_m1();
        let variance = if *s > 0.0 { learned * learned / s } else { 0.0 };
        flow += weight * (m.alpha * (-2.0 * t * s).exp() + variance);
        ridge += weight * (m.alpha * lambda * lambda + s) / (s + lambda).powi(2);
    }
    flow / ridge
}

/// The sharp constant as stated.
fn sharp_constant(c: f64) -> f64 {
    let x = sharp_place(c);
    let quadratic = 1.0 + (2.0 * c - 1.0) * x + 2.0 * c * x * x;
    1.0 + 4.0 * x * ((c * (1.0 + x) - 1.0) / quadratic).powi(2)
}

/// The positive root of $e^{cx} = 1 + (2c-1) x + 2c x^2$, $1 \le c \le 3$.
///
/// The difference of the sides has the slope $1 - c \le 0$ at 0 and a second derivative that
/// changes its sign once: it falls, then rises for ever. At $x = ½$ it is negative and at 4
/// positive.
fn sharp_place(c: f64) -> f64 {
    let equation = |x: f64| (c * x).exp_m1() - (2.0 * c - 1.0) * x - 2.0 * c * x * x;
    root(equation, 0.5, 4.0).unwrap_or(f64::NAN)
}

/// $\operatorname{tr} \Sigma \bigl(\alpha (I - MS)^2 + M S M\bigr)$: the risk in units of
/// $\sigma^2 / n$.
fn averaged(covariance: &[f64], alpha: f64, s: &[f64], map: &[f64]) -> f64 {
    let p = covariance.len();
    let (left, noise) = bias_and_noise(map, s, p);
    let term = |(j, weight): (usize, &f64)| {
        let row = &left[j * p..(j + 1) * p];
        weight * (alpha * dot(row, row) + noise[j * p + j])
    };
    covariance.iter().enumerate().map(term).sum()
}

/// The risk of gradient flow.
fn flow_risk(m: &Prediction) -> f64 {
    let s = second_moments(&m.design, m.n, m.p);
    averaged(&m.covariance, m.alpha, &s, &flow(&s, m.p, m.t))
}

/// $\operatorname{tr} \Sigma f(S)$ by a spectral decomposition.
fn spectral(m: &Prediction, f: impl Fn(f64) -> f64) -> f64 {
    let s = second_moments(&m.design, m.n, m.p);
    symmetric_eigen(&Matrix::from_vec(m.p, m.p, s)).map_or(f64::NAN, |eigen| {
        let part = |k: usize| {
            let at = |(j, weight): (usize, &f64)| weight * eigen.vectors[(j, k)].powi(2);
            f(eigen.values[k]) * m.covariance.iter().enumerate().map(at).sum::<f64>()
        };
        (0..m.p).map(part).sum()
    })
}

/// The risk of the best ridge.
fn best_risk(m: &Prediction) -> f64 {
    spectral(m, |s| m.alpha / (1.0 + m.alpha * s))
}

/// The square that gradient flow adds, for a penalty of $1 / (\text{times}\, \alpha)$.
fn excess_over(m: &Prediction, times: f64) -> f64 {
    spectral(m, |s| {
        let seen = 1.0 + times * m.alpha * s;
        (1.0 - seen * (-m.t * s).exp()).powi(2) / (s * seen)
    })
}

/// The risk of gradient flow at $t = \alpha$ over that of ridge at $1 / \alpha$ for one Gaussian
/// design, averaged over the coefficients and the noise; no eigenvalue is computed.
fn ratio_of_risks(g: Gaussian) -> Sampler {
    let Gaussian { n, p, alpha } = g;
    let (mut design, covariance) = (vec![0.0; n * p], vec![1.0; p]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut design);
        let s = second_moments(&design, n, p);
        let risk = |map: &[f64]| averaged(&covariance, alpha, &s, map);
        risk(&flow(&s, p, alpha)) / risk(&ridge(&s, p, 1.0 / alpha))
    })
}

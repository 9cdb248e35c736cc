//! Gradient flow is at most 1.69 times as risky as ridge.
//!
//! Early stopping is a regulariser: whatever the data, gradient flow stopped at time $t$ is nearly
//! as good as ridge with $\lambda = 1/t$. No tuning and no assumption on the features is needed.

use super::{LINK, PAPER, bias_and_noise, flow, ridge, second_moments};
use std::sync::LazyLock;
use theoremcheck::linalg::small::dot;
use theoremcheck::prelude::*;
use theoremcheck::special::{least_value, root};

/// The constant of the paper.
const CONSTANT: f64 = 1.6862;

/// A regression, seen through the eigenvalues of $S$ (zeros included) and the coefficients in
/// its eigenbasis.
#[derive(Clone, Debug)]
struct Spectrum {
    n: usize,
    t: f64,
    sigma2: f64,
    eigenvalues: Vec<f64>,
    coefficients: Vec<f64>,
    /// Whether errors are weighted with the eigenvalues: in-sample risk.
    in_sample: bool,
}

/// One eigenvalue, in units of $1/t$, and the calibration $\lambda = c / t$.
#[derive(Clone, Copy, Debug)]
struct Single {
    x: f64,
    c: f64,
}

/// Any design, and new inputs with any covariance.
#[derive(Clone, Debug)]
struct Prediction {
    n: usize,
    p: usize,
    t: f64,
    r2: f64,
    sigma2: f64,
    design: Vec<f64>,
    covariance: Vec<f64>,
    /// $\beta_0 / r$ for who does not average over it.
    direction: Vec<f64>,
}

/// A Gaussian design with isotropic rows and any coefficients.
#[derive(Clone, Debug)]
struct Gaussian {
    n: usize,
    p: usize,
    t: f64,
    sigma2: f64,
    coefficients: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "ali2019.ridge-ratio",
        alias: "akt.gf-ridge-ratio",
        title: "Gradient flow is at most 1.69 times as risky as ridge",
        source: Source {
            paper: PAPER,
            result: "Theorems 1 and 2 (numbers from memory); the sharp constant is derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta_0 + \epsilon$ with any fixed $n \times p$ matrix $X$, any
            $\beta_0$ and $\epsilon$ with mean 0 and covariance $\sigma^2 I$. For $t > 0$ let
            $\hat\beta^{gf}(t) = (X^\top X)^+ (I - e^{-t X^\top X / n}) X^\top y$ be gradient flow
            from 0 and
            $\hat\beta^{ridge}(\lambda) = (X^\top X + n \lambda I)^{-1} X^\top y$. On average over
            $\epsilon$, for all $X, \beta_0, \sigma, t$:
            $E \|\hat\beta^{gf}(t) - \beta_0\|^2 \le
            1.6862\, E \|\hat\beta^{ridge}(1/t) - \beta_0\|^2$, and the same for the in-sample risk
            $\frac1n E \|X (\hat\beta - \beta_0)\|^2$; for the risk at new inputs with any
            covariance $\Sigma$, $E \|\Sigma^{1/2} (\hat\beta - \beta_0)\|^2$, if it is also
            averaged over $\beta_0$ with mean 0 and covariance $\frac{r^2}{p} I$. The sharp constant
            at the calibration $\lambda = c/t$, $0 < c < 2$, for a signal of 0 is
            $\bigl(\frac{(x+c)^2}{x^2 + cx + c}\bigr)^2$ with $x > 0$ the root of
            $e^x = 1 + x + x^2/c$: for $c = 1$ it is $1.68590\ldots$",
        claims: vec![any_spectrum(), sharp(), shrinkage(), new_inputs(), gaussian_designs()],
        derivation: certified_constant,
    }
}

/// $1 - \bigl(e^{-x} (1 + x)\bigr)^2$.
static BIAS: LazyLock<Expr> = LazyLock::new(|| {
    let x = var("x");
    1 - ((-&x).exp() * (1 + x)).pow(2)
});

/// The ratio of shrinkages, $(1 - e^{-x})(1 + x) / x$, is at most 1.2985: by its slope near 0, by
/// intervals in the middle, by coefficients far out. Its square bounds the ratio of risks.
fn certified_constant() -> Derivation {
    let x = var("x");
    let room = |c: &str| decimal(c) * &x - (1 - (-&x).exp()) * (1 + &x);
    let (near, far) = (decimal("0.3"), Expr::from(50));
    let above = room("1.2985");
    let origin = Domain::new().closed(&x, 0, &near);
    let tail = Domain::new().half_open(&x, &far, INF);
    let kept = (-&x).exp() * (1 + &x);
    let at = |c: &str, place: &str| room(c).at(&x, decimal(place));
    let bound = Derivation::of("Gradient flow shrinks at most 1.2985 times as much as ridge")
        .identity("at-zero", above.at(&x, 0), 0, &Domain::new())
        .twin("at-one", |s| s.right(1))
        .nonneg("rises", above.d(&x), &origin)
        .twin("smaller-constant", |s| s.of(room("1.2").d(&x)))
        .conclude(
            "near",
            Rule::GrowsFrom {
                of: above.clone(),
                in_: x.clone(),
                at: 0.into(),
                on: origin.clone(),
                from: ["at-zero", "rises"],
            },
        )
        .twin("elsewhere", |s| s.put(near.clone()))
        .nonneg("middle", above.clone(), &Domain::new().closed(&x, &near, &far))
        .twin("smaller-constant", |s| s.of(room("1.298")))
        .nonneg("tail", above.clone(), &tail)
        .twin("one", |s| s.of(room("1")))
        .conclude(
            "everywhere",
            Rule::Cases { of: above, in_: x.clone(), from: vec!["near", "middle", "tail"] },
        )
        .twin("smaller-constant", |s| s.put(room("1.298")))
        .nonneg("square", decimal("1.6862") - decimal("1.2985").pow(2), &Domain::new())
        .twin("below", |s| s.of(decimal("1.6861") - decimal("1.2985").pow(2)))
        .identity("bias", BIAS.clone(), (1 - &kept) * (1 + &kept), &Domain::new().open(&x, 0, INF))
        .twin("unsquared", |s| s.right(1 - &kept))
        .positive("best-constant", -at("1.298425", "1.79328213290076"), &Domain::new())
        .twin("larger", |s| s.of(-at("1.29843", "1.79328213290076")));
    best_constants(bound, &x, &Domain::new().closed(&x, &near, &far))
}

/// The ratio of shrinkages, and an equation for where it is largest: $e^x = 1 + x + x^2$.
fn shrinkage_and_critical(x: &Expr) -> (Expr, Expr) {
    let shrinkage = (1 - (-x).exp()) * (1 + x) / x;
    (shrinkage, (-x).exp() * (1 + x + x.pow(2)) - 1)
}

/// The largest ratio at $c = 1$, at the critical point.
fn sharp_at_one(s: &Single) -> Formula {
    let x = var("x");
    let (shrinkage, critical) = shrinkage_and_critical(&x);
    Formula::of("largest-square", &shrinkage.pow(2), [("x", sharp_place(s.c))]).root(
        &x,
        &critical,
        "critical-point",
    )
}

/// Beyond 1 the ratio has one critical point, the root of $e^x = 1 + x + x^2$.
fn best_constants(bound: Derivation, x: &Expr, bounded: &Domain) -> Derivation {
    let (shrinkage, critical) = shrinkage_and_critical(x);
    let positive = Domain::new().open(x, 0, INF);
    let square_at = |place: &str| shrinkage.at(x, decimal(place)).pow(2);
    bound
        .identity("slope", shrinkage.d(x), &critical / x.pow(2), &positive)
        .twin("first-power", |s| s.right(&critical / x))
        .unique_root("critical-point", critical.clone(), x, &Domain::new().open(x, 1, INF))
        .within(decimal("1.79328213290075"), decimal("1.79328213290077"))
        .twin("rounded", |s| s.within(decimal("1.7932821"), decimal("1.7932821329")))
        .twin("other-equation", |s| s.of((-x).exp() * (1 + x) - 1))
        .twin("from-zero", |s| s.on(&Domain::new().half_open(x, 0, INF)))
        .supremum("largest", shrinkage.clone(), decimal("1.2985"), bounded)
        .twin("rounded-down", |s| s.claimed(decimal("1.2984")))
        .supremum("largest-square", shrinkage.pow(2), decimal("1.6862"), bounded)
        .twin("rounded-down", |s| s.claimed(decimal("1.6859")))
        .positive(
            "best-square",
            square_at("1.79328213290076") - decimal("1.6859090582478"),
            &Domain::new(),
        )
        .twin("beside", |s| s.of(square_at("1.79") - decimal("1.6859090582478")))
        .limit("no-shrinkage", shrinkage.clone(), x, INF, 1, &Domain::new())
        .twin("twice", |s| s.value(2))
}

fn any_spectrum() -> Claim {
    Claim::new(
        "any-spectrum",
        Property {
            domain: spectrum,
            margin: |m| CONSTANT - ratio(m, 1.0 / m.t),
            known: vec![
                // 4 (1 - 1/e)^2 at t s = 1 without signal, by mpmath.
                (one_eigenvalue(1.0, 0.0), 0.087_894_396_425_087_8),
                (one_eigenvalue(5.0, 0.0), 0.265_539_911_458_508_2),
            ],
            mutants: [
                Mutant {
                    name: "rounded-down",
                    why: "rounds the constant down",
                    says: |m| 1.685 - ratio(m, 1.0 / m.t),
                },
                Mutant {
                    name: "calibration-doubled",
                    why: "compares with lambda = 2 / t",
                    says: |m| CONSTANT - ratio(m, 2.0 / m.t),
                },
                Mutant {
                    name: "root",
                    why: "takes the ratio of the norms for the ratio of their squares",
                    says: |m| CONSTANT.sqrt() - ratio(m, 1.0 / m.t),
                },
                Mutant {
                    name: "reversed",
                    why: "bounds the risk of ridge by that of gradient flow",
                    says: |m| CONSTANT - 1.0 / ratio(m, 1.0 / m.t),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.05, to: 50.0, points: 61 },
                at: |t| one_eigenvalue(t, 0.1),
            },
        },
        Tie::none("a ratio of two sums with as many terms as eigenvalues"),
    )
}

fn sharp() -> Claim {
    Claim::new(
        "sharp",
        Identity {
            domain: |given| Single { x: 0.0, c: given.real("c", 0.1..=1.8) },
            left: largest_by_search,
            right: |s| sharp_constant(s.c),
            known: vec![
                // By mpmath.
                (Single { x: 0.0, c: 1.0 }, 1.685_909_058_327_835),
                (Single { x: 0.0, c: 0.5 }, 1.230_148_696_413_67),
            ],
            mutants: [
                Mutant {
                    name: "paper",
                    why: "takes the constant that the paper rounds up, scaled with c",
                    says: |s| sharp_constant(s.c) / sharp_constant(1.0) * CONSTANT,
                },
                Mutant {
                    name: "no-square",
                    why: "gives the ratio of the standard deviations",
                    says: |s| sharp_constant(s.c).sqrt(),
                },
                Mutant { name: "late", why: "takes the limit of a long time", says: |_| 1.0 },
                Mutant {
                    name: "early",
                    why: "takes the limit of a short time",
                    says: |s| s.c * s.c,
                },
            ],
            curve: Curve {
                x: "c",
                grid: Grid::Linear { from: 0.2, to: 1.8, points: 41 },
                at: |c| Single { x: 0.0, c },
            },
        },
        Tie::instances(vec![Single { x: 0.0, c: 1.0 }], sharp_at_one),
    )
}

fn shrinkage() -> Claim {
    Claim::new(
        "bias",
        Property {
            domain: |given| Single { x: given.scale("x", 1e-4..=1e2), c: 1.0 },
            margin: |s| bias_margin(s).value(),
            known: vec![
                // 1 - 4 / e^2, by mpmath.
                (Single { x: 1.0, c: 1.0 }, 0.458_658_867_053_549_2),
            ],
            mutants: [
                Mutant {
                    name: "calibration-halved",
                    why: "compares with lambda = 1 / (2t)",
                    says: |s| 1.0 - bias_ratio(&Single { c: 0.5, ..*s }),
                },
                Mutant {
                    name: "calibration-decimal",
                    why: "compares with lambda = 0.99 / t",
                    says: |s| 1.0 - bias_ratio(&Single { c: 0.99, ..*s }),
                },
                Mutant {
                    name: "variance",
                    why: "expects the same of the variance",
                    says: |s| 1.0 - variance_ratio(s),
                },
            ],
            curve: Curve {
                x: "x",
                grid: Grid::Linear { from: 0.25, to: 20.0, points: 80 },
                at: |x| Single { x, c: 1.0 },
            },
        },
        Tie::formula(bias_margin),
    )
}

fn new_inputs() -> Claim {
    Claim::new(
        "new-inputs",
        Property {
            domain: any_design,
            margin: |m| CONSTANT - averaged_ratio(m, 1.0 / m.t),
            // 1.6862 - 2 (e^-2 + (1 - 1/e)^2), by mpmath.
            known: vec![(orthogonal(1.0), 0.616_376_631_739_318_5)],
            mutants: [
                Mutant {
                    name: "every-signal",
                    why: "does not average over the coefficients",
                    says: |m| CONSTANT - fixed_ratio(m),
                },
                Mutant {
                    name: "calibration-doubled",
                    why: "compares with lambda = 2 / t",
                    says: |m| CONSTANT - averaged_ratio(m, 2.0 / m.t),
                },
                Mutant {
                    name: "three-halves",
                    why: "rounds the constant to 1.5",
                    says: |m| 1.5 - averaged_ratio(m, 1.0 / m.t),
                },
                Mutant {
                    name: "flow-wins",
                    why: "believes that gradient flow is at least as good as ridge",
                    says: |m| 1.0 - averaged_ratio(m, 1.0 / m.t),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.05, to: 50.0, points: 61 },
                at: orthogonal,
            },
        },
        Tie::none("a ratio of traces of matrices of any size: no expression here"),
    )
}

fn gaussian_designs() -> Claim {
    Claim::new(
        "gaussian-designs",
        Bound {
            domain: gaussian,
            observable: ratio_of_risks,
            relation: AtMost,
            holds: Always,
            bound: |_| CONSTANT,
            known: vec![(white(1.8), 1.6862)],
            mutants: [
                Mutant { name: "rounded-down", why: "rounds the constant down", says: |_| 1.685 },
                Mutant {
                    name: "root",
                    why: "takes the ratio of the norms for the ratio of their squares",
                    says: |_| CONSTANT.sqrt(),
                },
                Mutant {
                    name: "white-design",
                    why: "puts all eigenvalues at their mean 1",
                    says: |g| variance_ratio(&Single { x: g.t, c: 1.0 }),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.05, to: 50.0, points: 41 },
                at: white,
            },
        },
        Tie::formula(|_| Formula::of("largest-square", &decimal("1.6862"), [])),
    )
}

/// Eigenvalues of any size and spread against $1/t$, and a signal from none to overwhelming.
fn spectrum(given: &mut Given) -> Spectrum {
    let t = given.scale("t", 0.1..=10.0);
    let n = given.count("n", 1..=8);
    let p = given.count("p", 1..=8);
    let rank = given.count("rank", 1..=n.min(p));
    let largest = given.scale("ts", 1e-2..=1e2) / t;
    let spread = given.scale("spread", 1.0..=1e4);
    let mut eigenvalues = given.spectrum("spectrum", rank, largest / spread..=largest);
    eigenvalues.resize(p, 0.0);
    let r2 = given.scale("r2", 1e-9..=1e3);
    let direction = given.unit_vector("direction", p);
    let coefficients = direction.iter().map(|x| r2.sqrt() * x).collect();
    let in_sample = given.choice("risk", &[("estimation", false), ("in-sample", true)]);
    Spectrum { n, t, sigma2: 1.0, eigenvalues, coefficients, in_sample }
}

fn any_design(given: &mut Given) -> Prediction {
    let t = given.scale("t", 1e-2..=1e2);
    let n = given.count("n", 1..=6);
    let p = given.count("p", 1..=4);
    let mut design = vec![0.0; n * p];
    given.data("design").fill_normal(&mut design);
    let covariance = given.spectrum("covariance", p, 1e-3..=1e3);
    let r2 = given.scale("r2", 1e-9..=1e3);
    let direction = given.unit_vector("direction", p);
    Prediction { n, p, t, r2, sigma2: 1.0, design, covariance, direction }
}

/// Times around that at which the ratio is largest for an eigenvalue 1, 1.79.
fn gaussian(given: &mut Given) -> Gaussian {
    let t = given.scale("t", 0.6..=5.4);
    let p = given.count("p", 1..=3);
    let n = given.count("n", 20..=60);
    let r2 = given.scale("r2", 1e-9..=1.0);
    let direction = given.unit_vector("direction", p);
    let coefficients = direction.iter().map(|x| r2.sqrt() * x).collect();
    Gaussian { n, p, t, sigma2: 1.0, coefficients }
}

/// $n = p = 1$, $s = 1$, $\sigma^2 = 1$.
fn one_eigenvalue(t: f64, signal: f64) -> Spectrum {
    let coefficients = vec![signal];
    Spectrum { n: 1, t, sigma2: 1.0, eigenvalues: vec![1.0], coefficients, in_sample: false }
}

/// $X^\top X = n I$, $r^2 / p = \sigma^2 / n$.
fn orthogonal(t: f64) -> Prediction {
    let design = vec![1.0, 1.0, 1.0, -1.0];
    let (covariance, direction) = (vec![4.0, 1.0], vec![0.6, 0.8]);
    Prediction { n: 2, p: 2, t, r2: 1.0, sigma2: 1.0, design, covariance, direction }
}

fn white(t: f64) -> Gaussian {
    Gaussian { n: 40, p: 2, t, sigma2: 1.0, coefficients: vec![0.01, 0.01] }
}

/// $\frac{\sum_i b_i^2 e^{-2 t s_i} + \frac{\sigma^2}{n} (1 - e^{-t s_i})^2 / s_i}
/// {\sum_i (b_i^2 \lambda^2 + \frac{\sigma^2}{n} s_i) / (s_i + \lambda)^2}$, the terms weighted
/// with $s_i$ for the in-sample risk.
fn ratio(m: &Spectrum, lambda: f64) -> f64 {
    let noise = m.sigma2 / m.n as f64;
    let (mut flow, mut ridge) = (0.0, 0.0);
    for (s, b) in m.eigenvalues.iter().zip(&m.coefficients) {
        let weight = if m.in_sample { *s } else { 1.0 };
        let learned = -(-m.t * s).exp_m1();
        let variance = if *s > 0.0 { noise * learned * learned / s } else { 0.0 };
        flow += weight * (b * b * (-2.0 * m.t * s).exp() + variance);
        ridge += weight * (b * b * lambda * lambda + noise * s) / (s + lambda).powi(2);
    }
    flow / ridge
}

/// $\bigl(\frac{(1 - e^{-x}) (x + c)}{x}\bigr)^2$: the variances at $x = t s$, $\lambda = c / t$.
fn variance_ratio(s: &Single) -> f64 {
    (-(-s.x).exp_m1() * (s.x + s.c) / s.x).powi(2)
}

/// [`BIAS`] at an eigenvalue.
fn bias_margin(s: &Single) -> Formula {
    Formula::of("bias", &BIAS, [("x", s.x)])
}

/// $\bigl(e^{-x} \frac{x + c}{c}\bigr)^2$: the biases.
fn bias_ratio(s: &Single) -> f64 {
    ((-s.x).exp() * (s.x + s.c) / s.c).powi(2)
}

/// $\bigl(\frac{(x+c)^2}{x^2 + cx + c}\bigr)^2$ at the [place](sharp_place) where the ratio is
/// largest.
fn sharp_constant(c: f64) -> f64 {
    let x = sharp_place(c);
    ((x + c).powi(2) / (x * x + c * x + c)).powi(2)
}

/// The positive root of $e^x = 1 + x + x^2/c$.
///
/// The logarithm of the ratio has the slope $\frac{1}{e^x - 1} - \frac{c}{x (x + c)}$. The equation
/// is written as $\frac{e^x - 1 - x}{x^2} = \frac1c$, whose left side grows from ½; at
/// $x = 10 + 4/c$ it is above $1/c$.
fn sharp_place(c: f64) -> f64 {
    let equation = |x: f64| (x.exp_m1() - x) / (x * x) - 1.0 / c;
    root(equation, 1e-2, 10.0 + 4.0 / c).unwrap_or(f64::NAN)
}

/// The largest variance ratio by a search in $\ln x$, where it has one maximum.
fn largest_by_search(s: &Single) -> f64 {
    -least_value(|log| -variance_ratio(&Single { x: log.exp(), ..*s }), -6.0, 5.0)
}

/// $\operatorname{tr} \Sigma \bigl(\frac{r^2}{p} (I - MS)^2 + \frac{\sigma^2}{n} M S M\bigr)$.
fn averaged_risk(m: &Prediction, s: &[f64], map: &[f64]) -> f64 {
    let (left, noise) = bias_and_noise(map, s, m.p);
    let (signal, scale) = (m.r2 / m.p as f64, m.sigma2 / m.n as f64);
    let term = |(j, weight): (usize, &f64)| {
        let row = &left[j * m.p..(j + 1) * m.p];
        weight * (signal * dot(row, row) + scale * noise[j * m.p + j])
    };
    m.covariance.iter().enumerate().map(term).sum()
}

/// The averaged risk of gradient flow over that of ridge.
fn averaged_ratio(m: &Prediction, lambda: f64) -> f64 {
    let s = second_moments(&m.design, m.n, m.p);
    averaged_risk(m, &s, &flow(&s, m.p, m.t)) / averaged_risk(m, &s, &ridge(&s, m.p, lambda))
}

/// The same ratio at one $\beta_0$.
fn fixed_ratio(m: &Prediction) -> f64 {
    let s = second_moments(&m.design, m.n, m.p);
    let risk = |map: &[f64]| -> f64 {
        let (left, noise) = bias_and_noise(map, &s, m.p);
        let term = |(j, weight): (usize, &f64)| {
            let bias = dot(&left[j * m.p..(j + 1) * m.p], &m.direction);
            weight * (m.r2 * bias * bias + m.sigma2 / m.n as f64 * noise[j * m.p + j])
        };
        m.covariance.iter().enumerate().map(term).sum()
    };
    risk(&flow(&s, m.p, m.t)) / risk(&ridge(&s, m.p, 1.0 / m.t))
}

/// $\|(I - MS) \beta_0\|^2 + \frac{\sigma^2}{n} \operatorname{tr} M S M$ of gradient flow over that
/// of ridge for one Gaussian design, averaged over the noise; no eigenvalue is computed.
fn ratio_of_risks(g: Gaussian) -> Sampler {
    let Gaussian { n, p, t, sigma2, coefficients } = g;
    let mut design = vec![0.0; n * p];
    Sampler::new(move |rng| {
        rng.fill_normal(&mut design);
        let s = second_moments(&design, n, p);
        let risk = |map: &[f64]| -> f64 {
            let (left, noise) = bias_and_noise(map, &s, p);
            let bias: f64 = left.chunks_exact(p).map(|row| dot(row, &coefficients).powi(2)).sum();
            let trace: f64 = (0..p).map(|j| noise[j * p + j]).sum();
            bias + sigma2 / n as f64 * trace
        };
        risk(&flow(&s, p, t)) / risk(&ridge(&s, p, 1.0 / t))
    })
}

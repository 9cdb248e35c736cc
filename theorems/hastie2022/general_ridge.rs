//! Ridge risk for any covariance and any direction of the signal.
//!
//! A ridge raises the level at which eigenvalues of the covariance begin to count, and the same two
//! formulas hold with it as without. Where the signal lies at the top of the spectrum, every ridge
//! adds bias: without noise the best ridge is none, or less than none.

use super::covariance::{Model, Shape, Signal, any_shape, eigenvalues, squares};
use super::{LINK, PAPER, columns};
use std::sync::LazyLock;
use theoremcheck::models::deterministic_equivalent::{Level, equivalent};
use theoremcheck::models::sign_average::SignAverage;
use theoremcheck::prelude::*;

/// Features with a covariance of some shape, a signal in a part of it, and a ridge.
#[derive(Clone, Copy, Debug)]
struct Ridge {
    model: Model,
    signal: Signal,
    lambda: f64,
}

/// Any eigenvalues, decreasing, and two ridges $\lambda \le t \lambda$.
#[derive(Clone, Debug)]
struct Spectrum {
    n: usize,
    eigenvalues: Vec<f64>,
    lambda: f64,
    t: f64,
}

/// Even, so that $p = \gamma n$ is whole at each: $\gamma$ is a multiple of a half.
const SIZES: &[usize] = &[6, 12, 24, 48];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.general-ridge",
        alias: "hmrt.ridge-general",
        title: "Ridge risk for any covariance",
        source: Source {
            paper: PAPER,
            result: "Theorem 5 (number unverified); that a ridge cannot help a signal at the top \
                     without noise is derived here (compare Kobak et al. 2020, Wu and Xu 2020)",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$, $X = Z \Sigma^{1/2}$ with an $n \times p$ matrix
            $Z$ of independent entries with mean 0, variance 1 and bounded moments, and $\epsilon$
            with covariance $\sigma^2 I$. Let $s_1, \dots, s_p \in [1/M, M]$ be the eigenvalues of
            $\Sigma$, $b_i$ the squared coefficients of $\beta$ in its eigenbasis, $\lambda > 0$,
            $\hat\beta = (X^\top X + n \lambda I)^{-1} X^\top y$, and $\kappa > 0$ the one root of
            $\frac1n \sum_i \frac{s_i}{s_i + \kappa} + \frac\lambda\kappa = 1$,
            $d_2 = \frac1n \sum_i \frac{s_i^2}{(s_i + \kappa)^2}$. As $n, p \to \infty$ in
            proportion, with high probability bias and variance, the parts of
            $E[\|\Sigma^{1/2} (\hat\beta - \beta)\|^2 \mid X]$, differ by little from
            $B_n = \frac{\kappa^2}{1 - d_2} \sum_i \frac{b_i s_i}{(s_i + \kappa)^2}$ and
            $V_n = \sigma^2 \frac{d_2}{1 - d_2}$. If the signal lies in the largest eigenvalue
            alone, then $B_n$ does not decrease as $\lambda$ grows from 0. Checked for Gaussian
            entries, on average over $X$ and the signs of the coefficients.",
        claims: vec![risk(), top_signal()],
        derivation: two_eigenvalues,
    }
}

/// $\gamma \bigl(\frac w{1 + \kappa/a} + \frac{1-w}{1 + \kappa/b}\bigr) + \frac\lambda\kappa - 1$
/// for eigenvalues $a$ and $b$ in proportions $w$ and $1-w$.
static LEVEL: LazyLock<Expr> = LazyLock::new(|| {
    let (g, l, k) = vars!("gamma", "lambda", "kappa");
    g * mean(&|s| s / (s + &k)) + l / k - 1
});

/// $d_2$ for these.
fn second() -> Expr {
    let (g, k) = vars!("gamma", "kappa");
    g * mean(&|s| (s / (s + &k)).pow(2))
}

/// $w f(a) + (1-w) f(b)$.
fn mean(f: &dyn Fn(&Expr) -> Expr) -> Expr {
    let (w, a, b) = vars!("w", "a", "b");
    &w * f(&a) + (1 - &w) * f(&b)
}

/// Two eigenvalues: one level for all parameters, a change of units, white features, no ridge, and
/// the bias of a signal at the top.
fn two_eigenvalues() -> Derivation {
    let (g, l, k) = vars!("gamma", "lambda", "kappa");
    let (w, a, b, u) = vars!("w", "a", "b", "u");
    let v = var("v");
    let spectrum = Domain::new().open(&w, 0, 1).open(&a, 0, INF).open(&b, 0, INF);
    let all = spectrum.clone().open(&g, 0, INF).open(&l, 0, INF).open(&k, 0, INF);
    let with_unit = all.clone().open(&u, 0, INF);
    let scaled = |e: &Expr| {
        let scaled = e.at(&a, &u * &a).at(&b, &u * &b);
        scaled.at(&l, &u * &l).at(&k, &u * &k)
    };
    let white = |e: &Expr| e.at(&a, 1).at(&b, 1);
    let companion = (&l * v.pow(2) + (&l + &g - 1) * &v - 1) / (1 + &v);
    let whites = Domain::new().open(&w, 0, 1).open(&g, 0, INF).open(&l, 0, INF).open(&v, 0, INF);
    let shrunk = Domain::new().open(&w, 0, 1).open(&v, 0, INF).open(&g, 0, INF);
    // 1 - d_2 by the equation of the level, which gives lambda.
    let lambda = &k * (1 - &g * mean(&|s| s / (s + &k)));
    let left = &lambda / &k + &g * &k * mean(&|s| s / (s + &k).pow(2));
    let levels = spectrum.clone().open(&g, 0, INF).open(&k, 0, INF);
    let third = mean(&|s| s.pow(2) / (s + &k).pow(3));
    let least = &a / (&a + &k) * mean(&|s| s / (s + &k).pow(2));
    let top = Domain::new().open(&w, 0, 1).open(&b, 0, INF).open(&a, &b, INF).open(&k, 0, INF);
    let bias = &a * (&k / (&a + &k)).pow(2);
    let part = 2 * &a / (&k * (&a + &k));
    Derivation::of("The level of a ridge, and the bias of a signal at the top")
        .cited(
            "limit",
            "bias and variance differ from these expressions by little, with high probability",
            Source { paper: PAPER, result: "Theorem 5 (number unverified)", link: LINK },
        )
        .unique_root("level", LEVEL.clone(), &k, &all)
        .twin("other-sign", |s| s.of(&*LEVEL + 2))
        .identity("units-level", scaled(&LEVEL), LEVEL.clone(), &with_unit)
        .twin("ridge-alone", |s| s.right(LEVEL.at(&l, &u * &l)))
        .identity("units-second", scaled(&second()), second(), &with_unit)
        .twin("scales", |s| s.right(&u * second()))
        .identity("white-level", white(&LEVEL).at(&k, 1 / &v), companion.clone(), &whites)
        .twin("no-gamma", |s| s.right(companion.at(&g, 1)))
        .identity(
            "white-second",
            white(&second()).at(&k, 1 / &v),
            &g * (&v / (1 + &v)).pow(2),
            &shrunk,
        )
        .twin("unsquared", |s| s.right(&g * &v / (1 + &v)))
        .identity("rest", 1 - second(), left, &levels)
        .twin("first", |s| s.right(&lambda / &k))
        .identity("bias-slope", bias.d(&k) / &bias, part.clone(), &top)
        .twin("half", |s| s.right(part / 2))
        .nonneg("top-signal", least.clone() - &third, &top)
        .twin("bottom-signal", |s| s.of(least.at(&a, &b).at(&b, &a) - &third))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Equivalent {
            domain: any_ridge,
            theory: |m, n| at(m, n, m.model.gamma, m.lambda),
            observable: Each(bias_and_variance),
            sizes: SIZES,
            // For Gaussian entries the means have an expansion in whole powers of 1/n: the term
            // after 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                // By mpmath.
                (
                    (example(2.0, 4.0, Shape::TwoAtoms, 0.5), 6),
                    [0.401_503_647_860_315_72, 0.284_611_764_203_241_22],
                ),
                (
                    (example(0.5, 4.0, Shape::TwoAtoms, 0.1), 12),
                    [0.025_977_991_350_325_714, 0.388_804_928_638_318_86],
                ),
                (
                    (example(2.0, 9.0, Shape::Autoregressive, 0.5), 6),
                    [0.524_970_815_162_851_5, 0.395_366_070_141_725_2],
                ),
            ],
            mutants: mistakes(),
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.02, to: 10.0, points: 28 },
                at: |lambda| (example(2.0, 9.0, Shape::Autoregressive, lambda), 24),
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
    .components(&["bias", "variance"])
    // Measured at these sizes: a draw has a term in the cube, and the entries in the square.
    .price(2.0)
    .dear()
}

fn mistakes() -> [Mutant<fn(&Ridge, usize) -> [f64; 2]>; 5] {
    [
        Mutant {
            name: "isotropic",
            why: "takes white features of the same mean variance",
            says: |m, n| {
                let s = spectrum(m, n);
                let mean = s.iter().sum::<f64>() / s.len() as f64;
                risk_of(&vec![mean; s.len()], &coefficients(m, n), n as f64, m.lambda)
            },
        },
        Mutant {
            name: "first-moment",
            why: "puts d_1 for d_2 in the factor",
            says: |m, n| {
                let [bias, variance] = at(m, n, m.model.gamma, m.lambda);
                let level = level(m, n);
                let left = m.lambda / level.kappa;
                [bias * (1.0 - level.second) / left, variance * (1.0 - level.second) / left]
            },
        },
        Mutant {
            name: "ridge-for-level",
            why: "puts lambda kappa for kappa^2 in the bias",
            says: |m, n| {
                let [bias, variance] = at(m, n, m.model.gamma, m.lambda);
                [bias * m.lambda / level(m, n).kappa, variance]
            },
        },
        Mutant {
            name: "per-feature",
            why: "scales the ridge by p instead of n",
            says: |m, n| at(m, n, m.model.gamma, m.lambda * m.model.gamma),
        },
        Mutant {
            name: "intercept",
            why: "spends one of 20 observations on an intercept, at every size",
            says: |m, n| at(m, n, m.model.gamma * 20.0 / 19.0, m.lambda * 20.0 / 19.0),
        },
    ]
}

fn top_signal() -> Claim {
    Claim::new(
        "top-signal",
        Property {
            domain: any_spectrum,
            margin: |s| growth(s, 0),
            known: vec![(tenth(1.0), 0.230_416_847_517_575_08)],
            mutants: [
                Mutant {
                    name: "bottom",
                    why: "expects the same of a signal in the least eigenvalue",
                    says: |s| growth(s, s.eigenvalues.len() - 1),
                },
                Mutant {
                    name: "with-noise",
                    why: "expects the same of the risk with noise as strong as the signal",
                    says: |s| {
                        let total = |lambda: f64| {
                            let [bias, variance] = single(s, 0, lambda);
                            bias + s.eigenvalues[0] * variance
                        };
                        total(s.t * s.lambda) / total(s.lambda) - 1.0
                    },
                },
                Mutant {
                    name: "in-proportion",
                    why: "lets the bias grow like the ridge",
                    says: |s| growth(s, 0) + 1.0 - s.t,
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.1, to: 10.0, points: 41 },
                at: tenth,
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
}

/// A ridge is finite at every aspect ratio; the threshold is no exception.
fn any_ridge(given: &mut Given) -> Ridge {
    let gamma = given.ratio("gamma", 2..=8, 2);
    let model = any_shape(given, gamma);
    let signals = [
        ("bottom", Signal::BottomThird),
        ("everywhere", Signal::Everywhere),
        ("top", Signal::TopThird),
    ];
    let signal = given.choice("signal", &signals);
    Ridge { model, signal, lambda: given.scale("lambda", 0.1..=2.0) }
}

fn any_spectrum(given: &mut Given) -> Spectrum {
    let n = given.count("n", 1..=10);
    let p = given.count("p", 2..=20);
    let spread = given.scale("spread", 1.0..=1e4);
    Spectrum {
        n,
        eigenvalues: given.spectrum("spectrum", p, 1.0 / spread..=1.0),
        lambda: given.scale("lambda", 1e-4..=10.0),
        t: given.scale("t", 1.0..=100.0),
    }
}

fn example(gamma: f64, condition: f64, shape: Shape, lambda: f64) -> Ridge {
    Ridge { model: Model { gamma, condition, shape }, signal: Signal::TopThird, lambda }
}

/// A tenth of the eigenvalues 20, the others 1, $\gamma = 5$; a tenth of a ridge against all.
fn tenth(lambda: f64) -> Spectrum {
    let mut eigenvalues = vec![1.0; 10];
    eigenvalues[0] = 20.0;
    Spectrum { n: 2, eigenvalues, lambda: 0.1 * lambda, t: 10.0 }
}

fn spectrum(m: &Ridge, n: usize) -> Vec<f64> {
    eigenvalues(&m.model, columns(m.model.gamma, n))
}

fn coefficients(m: &Ridge, n: usize) -> Vec<f64> {
    squares(m.signal, columns(m.model.gamma, n))
}

/// The level, at the size.
fn level(m: &Ridge, n: usize) -> Level {
    let nowhere = Level { kappa: f64::NAN, second: f64::NAN };
    Level::of(&spectrum(m, n), n as f64, m.lambda).unwrap_or(nowhere)
}

/// $B_n$ and $V_n$ at an aspect ratio and a ridge.
fn at(m: &Ridge, n: usize, gamma: f64, lambda: f64) -> [f64; 2] {
    let s = spectrum(m, n);
    risk_of(&s, &coefficients(m, n), s.len() as f64 / gamma, lambda)
}

fn risk_of(s: &[f64], b: &[f64], n: f64, lambda: f64) -> [f64; 2] {
    equivalent(s, b, n, lambda).map_or([f64::NAN; 2], |risk| [risk.bias, risk.variance])
}

/// $B_n$ and $V_n$ for a signal in one eigenvalue.
fn single(s: &Spectrum, index: usize, lambda: f64) -> [f64; 2] {
    let signal: Vec<f64> =
        (0..s.eigenvalues.len()).map(|i| f64::from(u8::from(i == index))).collect();
    risk_of(&s.eigenvalues, &signal, s.n as f64, lambda)
}

/// The bias at $t \lambda$ over that at $\lambda$, less one.
fn growth(s: &Spectrum, index: usize) -> f64 {
    single(s, index, s.t * s.lambda)[0] / single(s, index, s.lambda)[0] - 1.0
}

/// Bias, averaged over the signs of the coefficients (which a Gaussian $X$ does not change in law),
/// and variance given a dense $X$, from Gram matrices and a Cholesky factor. With a ridge every
/// moment is finite.
fn bias_and_variance(m: Ridge, n: usize) -> Sampler<[f64; 2]> {
    let (s, b) = (spectrum(&m, n), coefficients(&m, n));
    let mut design = SignAverage::ridge(n, &s, &b, n as f64 * m.lambda);
    Sampler::new(move |rng| match design.draw(rng) {
        Ok(risk) => [risk.bias, risk.variance],
        Err(_) => [f64::NAN; 2], // K is at least n lambda: never
    })
}

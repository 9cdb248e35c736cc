//! Tuned ridge is at least as good as no ridge, for every design.
//!
//! The best ridge is the same whatever the design: noise over signal, per observation and feature.
//! At it the risk is below that of least squares without ridge, strictly, always. So double
//! descent is the price of not regularising, not of having many parameters.

use super::{LINK, PAPER, best_ridge};
use theoremcheck::linalg::small::{
    cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::models::wishart::Bidiagonal;
use theoremcheck::prelude::*;

/// A design, seen through the $p$ eigenvalues $s_i$ of $\hat\Sigma = X^\top X / n$, zeros included,
/// with coefficients of mean square $r^2 / p$ and noise of variance $\sigma^2$.
#[derive(Clone, Debug)]
struct Fit {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
    eigenvalues: Vec<f64>,
    /// $\lambda / \lambda^*$.
    t: f64,
}

/// Two multiples of $\lambda^*$ on the same side of it: $t$, and $t^u$, which is nearer.
#[derive(Clone, Debug)]
struct Pair {
    fit: Fit,
    u: f64,
}

/// A fit to a design with these singular values and any singular vectors.
#[derive(Clone, Debug)]
struct Experiment {
    fit: Fit,
    /// The left singular vectors are those of the reflection of this unit vector.
    left: Vec<f64>,
    right: Vec<f64>,
}

/// Any design, and features with any covariance (diagonal without loss of generality).
#[derive(Clone, Debug)]
struct Prediction {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
    design: Vec<f64>,
    covariance: Vec<f64>,
    t: f64,
}

/// A Gaussian design with isotropic rows.
#[derive(Clone, Copy, Debug)]
struct Gaussian {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.optimal-ridge",
        alias: "hmrt.optimal-ridge-every-x",
        title: "Tuned ridge is at least as good as no ridge",
        source: Source {
            paper: PAPER,
            result: "Section 6, ridge regularization (Bayes optimality: Dicker 2016); the \
                     interval of improvement is derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with any fixed $n \times p$ matrix $X \ne 0$, and
            $\beta$, $\epsilon$ independent with mean 0 and covariances $\frac{r^2}{p} I$ and
            $\sigma^2 I$. For $\lambda > 0$ let
            $\hat\beta_\lambda = (X^\top X + n \lambda I)^{-1} X^\top y$, and let $s_i \ge 0$ be
            the $p$ eigenvalues of $\hat\Sigma = X^\top X / n$. On average over $\beta$ and
            $\epsilon$ the squared error $\|\hat\beta_\lambda - \beta\|^2$ is
            $f(\lambda) = \sum_i
            \frac{\lambda^2 r^2 / p + s_i \sigma^2 / n}{(s_i + \lambda)^2}$.
            For every $X$ it decreases up to $\lambda^* = \frac{\sigma^2 p}{n r^2}$ and increases
            beyond; there it is
            $\frac{\sigma^2}{n} \operatorname{tr} (\hat\Sigma + \lambda^* I)^{-1}$. For every
            $\lambda \in (0, 2 \lambda^*]$ it is below $f(0^+)$, the risk of the
            minimum-norm least-squares estimator. The same $\lambda^*$ is best for the prediction
            error $\|\Sigma^{1/2} (\hat\beta_\lambda - \beta)\|^2$, whatever $\Sigma$.",
        claims: vec![
            risk(),
            optimum(),
            one_minimum(),
            ridgeless(),
            prediction_error(),
            gaussian_designs(),
        ],
        derivation: every_eigenvalue,
    }
}

/// One eigenvalue, two observations.
fn one_eigenvalue(s: f64, t: f64) -> Experiment {
    let fit = Fit { n: 2, p: 1, r2: 3.0, sigma2: 1.0, eigenvalues: vec![s], t };
    Experiment { fit, left: vec![1.0, 0.0], right: vec![1.0] }
}

/// The best error and the one at $t \lambda^*$, for one eigenvalue.
fn one_term(e: &Experiment) -> [Formula; 2] {
    let (a, b, s, l) = vars!("a", "b", "s", "lambda");
    let f = &e.fit;
    let signal = [("a", f.r2 / f.p as f64), ("b", f.sigma2 / f.n as f64), ("s", f.eigenvalues[0])];
    let [a_, b_, s_] = signal;
    let error = (l.pow(2) * &a + &s * &b) / (&s + &l).pow(2);
    [
        Formula::of("value", &(&b / (s + &b / a)), signal),
        Formula::of("least", &error, [a_, b_, s_, ("lambda", f.t * best(f))]),
    ]
}

/// One eigenvalue $s$ at a time, with signal $a = r^2/p$ and noise $b = \sigma^2/n$: each term has
/// its minimum at the same $\lambda = b/a$, so the sum has, and in every metric.
fn every_eigenvalue() -> Derivation {
    let (a, b, s, l) = vars!("a", "b", "s", "lambda");
    let risk = (l.pow(2) * &a + &s * &b) / (&s + &l).pow(2);
    let star = &b / &a;
    let eigenvalue = Domain::new().open(&a, 0, INF).open(&b, 0, INF).half_open(&s, 0, INF);
    let domain = eigenvalue.clone().open(&l, 0, INF);
    let unregularised = Domain::new().open(&a, 0, INF).open(&b, 0, INF).open(&s, 0, INF);
    let below = |most: Expr| unregularised.clone().open(&l, 0, most);
    let slope = 2 * &s * (&a * &l - &b) / (&s + &l).pow(3);
    let ridgeless = &b / &s - &risk;
    Derivation::of("Tuned ridge is best for every design")
        .identity("slope", risk.d(&l), slope, &domain)
        .twin("no-two", |d| d.right(&s * (&a * &l - &b) / (&s + &l).pow(3)))
        .nonneg("falls", -risk.d(&l), &domain.below(&l, &star))
        .twin("too-far", |d| d.on(&domain.below(&l, &(2 * &star))))
        .nonneg("rises", risk.d(&l), &domain.above(&l, &star))
        .twin("everywhere", |d| d.on(&domain))
        .conclude(
            "least",
            Rule::MinimumBySlope {
                of: risk.clone(),
                in_: l.clone(),
                at: star.clone(),
                from: ["falls", "rises"],
            },
        )
        .twin("root", |d| d.put(star.sqrt()))
        .identity("value", risk.at(&l, &star), &b / (&s + &star), &eigenvalue)
        .twin("noise-alone", |d| d.right(&b / &s))
        .limit("ridgeless", risk.clone(), &l, Toward::Above(0.into()), &b / &s, &unregularised)
        .twin("bias-alone", |d| d.value(&a))
        .limit("null", risk.clone(), &l, INF, &a, &unregularised)
        .twin("noise-alone", |d| d.value(&b / &s))
        .positive("below-ridgeless", ridgeless.clone(), &below(2 * &star))
        .twin("ten-times", |d| d.on(&below(10 * &star)))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Equality {
            domain: experiment,
            theory: |e| [bayes_risk(&e.fit), mean_error(&e.fit, e.fit.t * best(&e.fit))],
            observable: squared_errors,
            resolution: Relative(0.005),
            known: vec![
                // By mpmath.
                (known_experiment(2.0), [1.654_761_904_761_904_8, 1.730_902_777_777_777_8]),
                (known_experiment(0.25), [1.654_761_904_761_904_8, 1.825_007_407_407_407_4]),
            ],
            mutants: [
                Mutant {
                    name: "degree-lost",
                    why: "divides the noise by n - 1, as for a sample covariance",
                    says: |e| {
                        let scale = e.fit.n as f64 / (e.fit.n as f64 - 1.0);
                        let lambda = e.fit.t * best(&e.fit);
                        [scale * bayes_risk(&e.fit), mean_error(&e.fit, lambda)]
                    },
                },
                Mutant {
                    name: "noise-rounded",
                    why: "scales the Bayes risk with a noise that is a fiftieth too large",
                    says: |e| {
                        let lambda = e.fit.t * best(&e.fit);
                        [1.02 * bayes_risk(&e.fit), mean_error(&e.fit, lambda)]
                    },
                },
                Mutant {
                    name: "no-shrinkage",
                    why: "forgets the bias: the signal that the ridge takes away",
                    says: |e| {
                        let quiet = Fit { r2: 0.0, ..e.fit.clone() };
                        [bayes_risk(&e.fit), mean_error(&quiet, e.fit.t * best(&e.fit))]
                    },
                },
                Mutant {
                    name: "squared-trace",
                    why: "squares the resolvent in the Bayes risk, as in its derivative",
                    says: |e| {
                        let lambda = best(&e.fit);
                        let trace: f64 =
                            e.fit.eigenvalues.iter().map(|s| (s + lambda).powi(-2)).sum();
                        let squared = e.fit.sigma2 / e.fit.n as f64 * trace;
                        [squared, mean_error(&e.fit, e.fit.t * lambda)]
                    },
                },
                Mutant {
                    name: "ridge-without-n",
                    why: "takes the ridge added to X'X for the one added to X'X / n",
                    says: |e| {
                        let lambda = e.fit.t * best(&e.fit) / e.fit.n as f64;
                        [bayes_risk(&e.fit), mean_error(&e.fit, lambda)]
                    },
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.01, to: 100.0, points: 41 },
                at: known_experiment,
            },
        },
        Tie::instances(vec![one_eigenvalue(1.0, 2.0), one_eigenvalue(0.3, 0.25)], one_term),
    )
    .components(&["risk of optimal ridge", "risk of this ridge"])
}

fn optimum() -> Claim {
    Claim::new(
        "optimum",
        Property {
            domain: any_fit,
            margin: |f| above(f, best(f)),
            known: vec![
                (known_fit(4.0), 0.178_417_266_187_050_36),
                (known_fit(1.0), 0.0), // the optimum itself
            ],
            mutants: [
                Mutant {
                    name: "per-coefficient",
                    why: "takes r^2 for the variance of one coefficient",
                    says: |f| above(f, f.sigma2 / (f.n as f64 * f.r2)),
                },
                Mutant {
                    name: "ridge-without-n",
                    why: "takes the ridge added to X'X for the one added to X'X / n",
                    says: |f| above(f, f.sigma2 * f.p as f64 / f.r2),
                },
                Mutant {
                    name: "aspect-ratio-inverted",
                    why: "writes n/p for p/n",
                    says: |f| above(f, f.sigma2 * f.n as f64 / (f.p as f64 * f.r2)),
                },
                Mutant {
                    name: "degree-lost",
                    why: "estimates the noise with n - 1 for n",
                    says: |f| above(f, best(f) * f.n as f64 / (f.n as f64 - 1.0)),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.01, to: 100.0, points: 41 },
                at: known_fit,
            },
        },
        Tie::none("a ratio of two sums, the terms of which the claim risk ties"),
    )
}

fn one_minimum() -> Claim {
    Claim::new(
        "one-minimum",
        Property {
            domain: |given| {
                let fit = any_fit(given);
                Pair { fit, u: given.real("u", 0.0..=1.0) }
            },
            margin: |pair| rise(pair, best(&pair.fit)),
            known: vec![(Pair { fit: known_fit(4.0), u: 0.5 }, 0.126_579_739_217_652_96)],
            mutants: [
                Mutant {
                    name: "signal-over-noise",
                    why: "inverts the signal-to-noise ratio",
                    says: |pair| {
                        let f = &pair.fit;
                        rise(pair, f.r2 * f.p as f64 / (f.n as f64 * f.sigma2))
                    },
                },
                Mutant {
                    name: "degree-lost",
                    why: "estimates the noise with n - 1 for n",
                    says: |pair| {
                        let n = pair.fit.n as f64;
                        rise(pair, best(&pair.fit) * n / (n - 1.0))
                    },
                },
                Mutant {
                    name: "convex",
                    why: "believes that one minimum makes a convex function",
                    says: |pair| {
                        let (f, lambda) = (&pair.fit, best(&pair.fit));
                        let (near, far) = (lambda * f.t.powf(pair.u), lambda * f.t);
                        let chord = 0.5 * (mean_error(f, near) + mean_error(f, far));
                        chord / mean_error(f, 0.5 * (near + far)) - 1.0
                    },
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.01, to: 100.0, points: 41 },
                at: |t| Pair { fit: known_fit(t), u: 0.5 },
            },
        },
        Tie::none("a ratio of two sums, the terms of which the claim risk ties"),
    )
}

fn ridgeless() -> Claim {
    Claim::new(
        "ridgeless",
        Property {
            domain: |given| {
                let t = given.real("t", 0.01..=2.0);
                Fit { t, ..spectrum(given) }
            },
            margin: |f| 1.0 - mean_error(f, f.t * best(f)) / limit_without_ridge(f),
            known: vec![(known_fit(2.0), 0.169_166_666_666_666_67)],
            mutants: [
                Mutant {
                    name: "no-null-space",
                    why: "forgets the signal that least squares cannot see",
                    says: |f| {
                        let seen = Fit { r2: 0.0, ..f.clone() };
                        1.0 - mean_error(f, f.t * best(f)) / limit_without_ridge(&seen)
                    },
                },
                Mutant {
                    name: "signal-over-noise",
                    why: "inverts the signal-to-noise ratio",
                    says: |f| {
                        let lambda = f.t * f.r2 * f.p as f64 / (f.n as f64 * f.sigma2);
                        1.0 - mean_error(f, lambda) / limit_without_ridge(f)
                    },
                },
                Mutant {
                    name: "interval-too-long",
                    why: "lets the improvement end a twentieth beyond 2 lambda*",
                    says: |f| 1.0 - mean_error(f, 1.05 * f.t * best(f)) / limit_without_ridge(f),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Linear { from: 0.05, to: 2.0, points: 40 },
                at: known_fit,
            },
        },
        Tie::none("a ratio of two sums, the terms of which the claim risk ties"),
    )
}

fn prediction_error() -> Claim {
    Claim::new(
        "prediction",
        Property {
            domain: any_prediction,
            margin: |m| excess(m, best_ridge(m.n, m.p, m.r2, m.sigma2)),
            // By mpmath.
            known: vec![(known_prediction(4.0), 0.532_710_861_841_986_6)],
            mutants: [
                Mutant {
                    name: "weighted-signal",
                    why: "takes the variance of the signal, not of its coefficients, for r^2",
                    says: |m| {
                        let trace: f64 = m.covariance.iter().sum();
                        let r2 = m.r2 * trace / m.p as f64;
                        excess(m, best_ridge(m.n, m.p, r2, m.sigma2))
                    },
                },
                Mutant {
                    name: "effective-dimension",
                    why: "counts features by the participation ratio of the covariance",
                    says: |m| {
                        let trace: f64 = m.covariance.iter().sum();
                        let squares: f64 = m.covariance.iter().map(|x| x * x).sum();
                        let dimension = trace * trace / squares;
                        excess(m, m.sigma2 * dimension / (m.n as f64 * m.r2))
                    },
                },
                Mutant {
                    name: "degree-lost",
                    why: "estimates the noise with n - 1 for n",
                    says: |m| excess(m, best_ridge(m.n - 1, m.p, m.r2, m.sigma2)),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.01, to: 100.0, points: 41 },
                at: known_prediction,
            },
        },
        Tie::none("a trace of matrices of any size: no expression here"),
    )
}

fn gaussian_designs() -> Claim {
    Claim::new(
        "gaussian-designs",
        Bound {
            domain: gaussian,
            observable: improvement,
            relation: AtMost,
            holds: Always,
            bound: |_| 1.0,
            known: vec![(Gaussian { n: 10, p: 5, r2: 1.0, sigma2: 1.0 }, 1.0)],
            mutants: [
                Mutant {
                    name: "always-half",
                    why: "takes one plot's gain for a rule",
                    says: |_| 0.5,
                },
                Mutant {
                    name: "white-design",
                    why: "puts all eigenvalues at their mean 1",
                    says: |g| 1.0 / (1.0 + best_ridge(g.n, g.p, g.r2, g.sigma2)),
                },
                Mutant {
                    name: "five-percent",
                    why: "promises a gain of five percent, however strong the signal",
                    says: |_| 0.95,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 2.0, to: 41.0, points: 40 },
                at: |p| Gaussian { n: 20, p: p as usize, r2: 4.0, sigma2: 1.0 },
            },
        },
        Tie::none("the constant 1: a ratio of risks that the other claims bound"),
    )
}

/// Eigenvalues of any size and spread, from all equal to six decades; zeros where $p > $ rank.
fn spectrum(given: &mut Given) -> Fit {
    let n = given.count("n", 2..=12);
    let p = given.count("p", 1..=12);
    let rank = given.count("rank", 1..=n.min(p));
    let largest = given.scale("largest", 1e-3..=1e3);
    let spread = given.scale("spread", 1.0..=1e6);
    let mut eigenvalues = given.spectrum("spectrum", rank, largest / spread..=largest);
    eigenvalues.resize(p, 0.0);
    let (r2, sigma2) = (given.scale("r2", 0.1..=10.0), given.scale("sigma2", 0.1..=10.0));
    Fit { n, p, r2, sigma2, eigenvalues, t: 1.0 }
}

fn any_fit(given: &mut Given) -> Fit {
    let t = given.scale("t", 1e-3..=1e3);
    Fit { t, ..spectrum(given) }
}

/// Large enough that the squared error does not vary much, small enough that a draw costs 2 us.
fn experiment(given: &mut Given) -> Experiment {
    let t = given.scale("t", 0.1..=2.5);
    let n = given.count("n", 16..=32);
    let p = given.count("p", 12..=40);
    let rank = given.count("rank", n.min(p) / 2..=n.min(p));
    let mut eigenvalues = given.spectrum("spectrum", rank, 0.1..=10.0);
    eigenvalues.resize(p, 0.0);
    let (r2, sigma2) = (given.scale("r2", 0.5..=2.0), given.scale("sigma2", 0.5..=2.0));
    let (left, right) = (given.unit_vector("left", n), given.unit_vector("right", p));
    Experiment { fit: Fit { n, p, r2, sigma2, eigenvalues, t }, left, right }
}

fn any_prediction(given: &mut Given) -> Prediction {
    let t = given.scale("t", 1e-3..=1e3);
    let n = given.count("n", 2..=8);
    let p = given.count("p", 2..=6);
    let mut design = vec![0.0; n * p];
    given.data("design").fill_normal(&mut design);
    let covariance = given.spectrum("covariance", p, 1e-2..=1e2);
    let (r2, sigma2) = (given.scale("r2", 0.1..=10.0), given.scale("sigma2", 0.1..=10.0));
    Prediction { n, p, r2, sigma2, design, covariance, t }
}

fn gaussian(given: &mut Given) -> Gaussian {
    Gaussian {
        n: given.count("n", 8..=24),
        p: given.count("p", 2..=48),
        r2: given.scale("r2", 0.5..=50.0),
        sigma2: given.scale("sigma2", 0.2..=5.0),
    }
}

/// $n = 4$, $p = 6$, $s = (3, 1, 1, \frac12, 0, 0)$, $r^2 = 3$, $\sigma^2 = 1$.
fn known_fit(t: f64) -> Fit {
    Fit { n: 4, p: 6, r2: 3.0, sigma2: 1.0, eigenvalues: vec![3.0, 1.0, 1.0, 0.5, 0.0, 0.0], t }
}

fn known_experiment(t: f64) -> Experiment {
    let right = vec![1.0 / 6.0_f64.sqrt(); 6];
    Experiment { fit: known_fit(t), left: vec![0.5; 4], right }
}

/// Three observations of two features, $\Sigma = \operatorname{diag}(4, 1)$.
fn known_prediction(t: f64) -> Prediction {
    let design = vec![1.0, 2.0, 0.0, 1.0, 1.0, -1.0];
    Prediction { n: 3, p: 2, r2: 3.0, sigma2: 1.0, design, covariance: vec![4.0, 1.0], t }
}

/// $\lambda^*$.
fn best(f: &Fit) -> f64 {
    best_ridge(f.n, f.p, f.r2, f.sigma2)
}

/// $f(\lambda) = \sum_i \frac{\lambda^2 r^2 / p + s_i \sigma^2 / n}{(s_i + \lambda)^2}$.
fn mean_error(f: &Fit, lambda: f64) -> f64 {
    let (signal, noise) = (f.r2 / f.p as f64, f.sigma2 / f.n as f64);
    let term = |s: &f64| (lambda * lambda * signal + noise * s) / (s + lambda).powi(2);
    f.eigenvalues.iter().map(term).sum()
}

/// $\frac{\sigma^2}{n} \sum_i \frac{1}{s_i + \lambda^*}$.
fn bayes_risk(f: &Fit) -> f64 {
    let lambda = best(f);
    f.sigma2 / f.n as f64 * f.eigenvalues.iter().map(|s| 1.0 / (s + lambda)).sum::<f64>()
}

/// $f(0^+) = \frac{r^2}{p} \#\{s_i = 0\} + \frac{\sigma^2}{n} \sum_{s_i > 0} \frac{1}{s_i}$.
fn limit_without_ridge(f: &Fit) -> f64 {
    let (signal, noise) = (f.r2 / f.p as f64, f.sigma2 / f.n as f64);
    f.eigenvalues.iter().map(|s| if *s > 0.0 { noise / s } else { signal }).sum()
}

/// $f(t \lambda^*) / f(\lambda^*) - 1$ for an alleged $\lambda^*$.
fn above(f: &Fit, best: f64) -> f64 {
    mean_error(f, f.t * best) / mean_error(f, best) - 1.0
}

/// $f(t \lambda^*) / f(t^u \lambda^*) - 1$ for an alleged $\lambda^*$.
fn rise(pair: &Pair, best: f64) -> f64 {
    let f = &pair.fit;
    mean_error(f, f.t * best) / mean_error(f, f.t.powf(pair.u) * best) - 1.0
}

/// The prediction error at $t \lambda^*$ over that at $\lambda^*$, less 1.
fn excess(m: &Prediction, best: f64) -> f64 {
    weighted_error(m, m.t * best) / weighted_error(m, best) - 1.0
}

/// $\operatorname{tr} \Sigma G M G$ with $G = (\hat\Sigma + \lambda I)^{-1}$ and
/// $M = \lambda^2 \frac{r^2}{p} I + \frac{\sigma^2}{n} \hat\Sigma$, column by column of $G$.
fn weighted_error(m: &Prediction, lambda: f64) -> f64 {
    let (n, p) = (m.n, m.p);
    let (signal, noise) = (lambda * lambda * m.r2 / p as f64, m.sigma2 / n as f64);
    let factor = ridge_factor(&m.design, n, p, lambda);
    let column = |(j, weight): (usize, &f64)| {
        let mut g = vec![0.0; p];
        g[j] = 1.0;
        solve_lower(&factor, p, &mut g);
        solve_lower_transposed(&factor, p, &mut g);
        let fitted: f64 = m.design.chunks_exact(p).map(|x| dot(x, &g).powi(2)).sum();
        weight * (signal * dot(&g, &g) + noise * fitted / n as f64)
    };
    m.covariance.iter().enumerate().map(column).sum()
}

/// The Cholesky factor of $\frac1n X^\top X + \lambda I$; NaN where it cannot be factored.
fn ridge_factor(design: &[f64], n: usize, p: usize, lambda: f64) -> Vec<f64> {
    let transposed: Vec<f64> = (0..n * p).map(|k| design[k % n * p + k / n]).collect();
    let mut factor = vec![0.0; p * p];
    gram_lower(&transposed, p, n, &mut factor);
    factor.iter_mut().for_each(|x| *x /= n as f64);
    (0..p).for_each(|j| factor[j * p + j] += lambda);
    match cholesky_in_place(&mut factor, p) {
        Ok(()) => factor,
        Err(_) => vec![f64::NAN; p * p],
    }
}

/// $\|\hat\beta_\lambda - \beta\|^2$ at $\lambda^*$ and at $t \lambda^*$ for a $\beta$ and an
/// $\epsilon$ that are drawn, by the normal equations of a dense $X$: $\hat\beta_\lambda - \beta =
/// (A X - I) \beta + A \epsilon$, $A = (X^\top X + n \lambda I)^{-1} X^\top$.
fn squared_errors(e: Experiment) -> Sampler<[f64; 2]> {
    let Experiment { fit: Fit { n, p, r2, sigma2, t, .. }, .. } = e;
    let design = dense(&e);
    let best = best_ridge(n, p, r2, sigma2);
    let maps = [best, t * best].map(|lambda| error_map(&design, n, p, lambda));
    // Root mean squared lengths.
    let (signal, noise) = (r2.sqrt(), (n as f64 * sigma2).sqrt());
    let mut truth = vec![0.0; p + n];
    Sampler::new(move |rng| {
        let (beta, epsilon) = truth.split_at_mut(p);
        for (vector, length) in [(beta, signal), (epsilon, noise)] {
            rng.unit_vector(vector);
            vector.iter_mut().for_each(|x| *x *= length);
        }
        let (beta, epsilon) = truth.split_at(p);
        let one = |row: &[f64]| dot(&row[..p], beta).powi(2) + dot(&row[p..], epsilon).powi(2);
        maps.each_ref().map(|map| map.chunks_exact(p + n).map(one).sum())
    })
}

/// The matrix that takes $(\beta, \epsilon)$ to $\hat\beta_\lambda - \beta$, row by row.
fn error_map(design: &[f64], n: usize, p: usize, lambda: f64) -> Vec<f64> {
    let factor = ridge_factor(design, n, p, lambda);
    let mut map = vec![0.0; p * (p + n)];
    for k in 0..p + n {
        // Column k: the estimate for y = X e_k, or for y = e_{k - p}.
        let y = |i: usize| if k < p { design[i * p + k] } else { f64::from(u8::from(i == k - p)) };
        let mut estimate: Vec<f64> = (0..p)
            .map(|j| (0..n).map(|i| design[i * p + j] * y(i)).sum::<f64>() / n as f64)
            .collect();
        solve_lower(&factor, p, &mut estimate);
        solve_lower_transposed(&factor, p, &mut estimate);
        if k < p {
            estimate[k] -= 1.0;
        }
        (0..p).for_each(|j| map[j * (p + n) + k] = estimate[j]);
    }
    map
}

/// $X = \sqrt n\, (I - 2 u u^\top) \operatorname{diag}(\sqrt{s_i}) (I - 2 v v^\top)$.
fn dense(e: &Experiment) -> Vec<f64> {
    let Experiment { fit: Fit { n, p, ref eigenvalues, .. }, ref left, ref right } = *e;
    let mirror = |v: &[f64], i: usize, j: usize| f64::from(u8::from(i == j)) - 2.0 * v[i] * v[j];
    let entry = |i: usize, j: usize| -> f64 {
        let along = |k: usize| mirror(left, i, k) * eigenvalues[k].sqrt() * mirror(right, k, j);
        (n as f64).sqrt() * (0..n.min(p)).map(along).sum::<f64>()
    };
    (0..n * p).map(|k| entry(k / p, k % p)).collect()
}

/// The error of tuned ridge over that of the minimum-norm estimator for one Gaussian design,
/// averaged over $\beta$ and $\epsilon$: both from the same spectrum. $O(n)$ instead of $O(n^2 p)$.
fn improvement(g: Gaussian) -> Sampler {
    let Gaussian { n, p, r2, sigma2 } = g;
    let (signal, noise) = (r2 / p as f64, sigma2 / n as f64);
    let lambda = best_ridge(n, p, r2, sigma2);
    let scale = n as f64;
    let unseen = (p - n.min(p)) as f64;
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        spectrum.draw(rng, n, p);
        let (first, second) = spectrum.trace_resolvent(scale * lambda);
        let (first, second) = (scale * first, scale * scale * second);
        let bias = signal * (lambda * lambda * second + unseen);
        let tuned = bias + noise * (first - lambda * second);
        let (inverse, _) = spectrum.trace_resolvent(0.0);
        tuned / (signal * unseen + noise * scale * inverse)
    })
}

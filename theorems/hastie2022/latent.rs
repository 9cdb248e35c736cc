//! Ridgeless regression on noisy views of latent factors gets better with every feature.
//!
//! If few factors are behind many features, a new feature brings more of the signal than of the
//! noise: beyond the threshold the risk only falls, and the best model is the largest, without any
//! regularisation. What the noise of so many features does is what a ridge on the factors would do,
//! and so the risk does not fall to 0, but to the bias of that ridge.

use super::{LINK, PAPER, columns, tail_index};
use std::sync::LazyLock;
use theoremcheck::exact::SquareMatrix;
use theoremcheck::models::deterministic_equivalent::equivalent;
use theoremcheck::models::latent_factors::LatentFactors;
use theoremcheck::prelude::*;

/// $p = \gamma n$ features of $d = \delta n$ factors; $\|\theta\| = 1$ without loss of generality.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    delta: f64,
}

/// The same at $\gamma$ and $t \gamma$.
#[derive(Clone, Copy, Debug)]
struct Growth {
    model: Model,
    t: f64,
}

/// Multiples of four, so that $p$ and $d$ are whole at each.
const SIZES: &[usize] = &[8, 16, 32, 64];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.latent",
        alias: "hmrt.latent-space",
        title: "Latent factors: the risk falls with the number of features",
        source: Source {
            paper: PAPER,
            result: "Latent space model (Section 5.4 and its corollary, numbers unverified); the \
                     limit for many features is derived here",
            link: LINK,
        },
        statement: r"Let $y = \theta^\top z + \xi$ and $x = W z + u$ with independent standard
            normal $z \in R^d$ and $u \in R^p$, noise $\xi$ of variance $\sigma_\xi^2$, and any
            $W \in R^{p \times d}$ with $W^\top W = \frac pd I_d$; $\|\theta\| = 1$. Given $x$, this
            is a linear model with $\Sigma = I + W W^\top$,
            $\beta = W (I + W^\top W)^{-1} \theta$ and noise of variance
            $\sigma^2 = \sigma_\xi^2 + \frac{\psi}{1 + \psi}$, $\psi = d/p < 1$. Let
            $\hat\beta = X^+ y$ on $n < p$ observations and let $n, p, d \to \infty$ with
            $p/n \to \gamma > 1$ and $d/n \to \delta < \gamma$, $\psi = \delta/\gamma$. Let
            $c > 0$ be the one root of
            $\psi + c = \bigl(1 - \frac1\gamma\bigr) (1 + c) (\psi + c + c \psi)$,
            $E_1 = \frac{1-\psi}{(1+c)^2} + \frac{\psi (1+\psi)^2}{(\psi + c + c \psi)^2}$,
            $E_2 = \frac{1-\psi}{(1+c)^2} + \frac{\psi^2 (1+\psi)}{(\psi + c + c \psi)^2}$ and
            $N = c \frac{E_1}{E_2}$. On average over the direction of $\theta$ and the design, and
            almost surely, the error $E (\theta^\top z - x^\top \hat\beta)^2$ at a new point tends
            to $R + \sigma_\xi^2 N$ with $R = \frac{\psi}{1+\psi} (1 + N)
            \bigl(1 + \frac{\psi}{(\psi + c + c \psi)^2}\bigr)$. At fixed $\delta$ both $R$ and $N$
            decrease in $\gamma$, and for $\gamma \to \infty$ the first tends to
            $R_\infty = \frac{1 - \delta + 2 \delta^2}{2 \delta \sqrt{1 + 4 \delta^2}} -
            \frac{1 - \delta}{2 \delta} > 0$, the bias of ridge regression on $z$ itself with
            $\lambda = \delta$.",
        claims: vec![risk(), descent(), floor()],
        derivation: reduction,
    }
}

/// $\psi + c - (1 - \frac1\gamma) (1 + c) (\psi + c + c \psi)$.
static EQUATION: LazyLock<Expr> = LazyLock::new(|| {
    let (g, psi, c) = vars!("gamma", "psi", "c");
    &psi + &c - (1 - 1 / g) * (1 + &c) * (&psi + &c + &c * &psi)
});

/// $\frac1p \sum_i f(s_i)$ for $\Sigma = I + W W^\top$.
fn mean(f: &dyn Fn(&Expr) -> Expr) -> Expr {
    let psi = var("psi");
    (1 - &psi) * f(&1.into()) + &psi * f(&(1 + 1 / &psi))
}

/// $N$.
static NOISE: LazyLock<Expr> = LazyLock::new(|| {
    let (psi, c) = vars!("psi", "c");
    let rest = (1 - &psi) / (1 + &c).pow(2);
    let spike = (&psi + &c + &c * &psi).pow(2);
    let first = &rest + &psi * (1 + &psi).pow(2) / &spike;
    let second = rest + psi.pow(2) * (1 + psi) / spike;
    c * first / second
});

/// $R$.
static ERROR: LazyLock<Expr> = LazyLock::new(|| {
    let (psi, c) = vars!("psi", "c");
    let spike = (&psi + &c + &c * &psi).pow(2);
    &psi / (1 + &psi) * (1 + &*NOISE) * (1 + &psi / spike)
});

/// $R_\infty$.
static FLOOR: LazyLock<Expr> = LazyLock::new(|| {
    let delta = var("delta");
    let root = (1 + 4 * delta.pow(2)).sqrt();
    (1 - &delta + 2 * delta.pow(2)) / (2 * &delta * root) - (1 - &delta) / (2 * &delta)
});

/// The linear model behind the latent one, and its risk.
fn reduction() -> Derivation {
    let (g, psi, c) = vars!("gamma", "psi", "c");
    let tau = var("tau");
    type Square = SquareMatrix<2>;
    let w = Square::symbols("w");
    let one = Square::diagonal([1.into(), 1.into()]);
    let inner = &one + &(&w.transposed() * &w);
    let outer = &one + &(&w * &w.transposed());
    // u' (..) v for all u, v.
    let form = |m: &Square| {
        let (u, v) = ([var("u_1"), var("u_2")], [var("v_1"), var("v_2")]);
        let entry = |i: usize, j: usize| &u[i] * m.at(i, j) * &v[j];
        entry(0, 0) + entry(0, 1) + entry(1, 0) + entry(1, 1)
    };
    let entries = ["u_1", "u_2", "v_1", "v_2", "w_11", "w_12", "w_21", "w_22"];
    let real = entries.iter().fold(Domain::new(), |domain, name| domain.real(&var(name)));
    let scales = Domain::new().open(&tau, 0, INF);
    let shares = Domain::new().open(&psi, 0, 1);
    let levels = shares.clone().open(&c, 0, INF);
    let all = shares.clone().open(&g, 1, INF).open(&c, 0, INF);
    let level = |s: &Expr| 1 / (1 + &c * s);
    let spike = &psi + &c + &c * &psi;
    let (first, second) = (mean(&|s| (s * level(s)).pow(2)), mean(&|s| s * level(s).pow(2)));
    let sigma2 = &psi / (1 + &psi);
    let square = &psi / (1 + &psi).pow(2);
    let bias = (1 + &*NOISE) * &square * (1 + 1 / &psi) * level(&(1 + 1 / &psi)).pow(2);
    let steps = Derivation::of("A linear model, its level, and what is left with many features")
        .cited(
            "limit",
            "bias and variance tend to these functions of the level",
            Source { paper: PAPER, result: "Theorem 3 (number unverified)", link: LINK },
        )
        .identity("push-through", form(&(&outer * &w)), form(&(&w * &inner)), &real)
        .twin("transposed", |s| s.right(form(&(&inner * &w))))
        .identity("left-over", 1 - &tau / (1 + &tau), 1 / (1 + &tau), &scales)
        .twin("none", |s| s.right(0))
        .identity("left-over-share", 1 / (1 + 1 / &psi), sigma2.clone(), &shares)
        .twin("swapped", |s| s.right(1 / (1 + &psi)))
        .identity("signal", (1 / &psi) / (1 + 1 / &psi).pow(2), square.clone(), &shares)
        .twin("same-norm", |s| s.right(1))
        .identity(
            "equation",
            (mean(&level) - (1 - 1 / &g)) * (1 + &c) * &spike,
            EQUATION.clone(),
            &all,
        )
        .twin("unscaled", |s| {
            let unscaled = (1 - &psi) / (1 + &c) + &psi / (1 + 2 * &c);
            s.left((unscaled - (1 - 1 / &g)) * (1 + &c) * &spike)
        })
        .unique_root("level", EQUATION.clone(), &c, &all)
        .twin("other-sign", |s| s.of(&*EQUATION + 2 * (1 - 1 / &g) * (1 + &c) * &spike))
        .identity("noise", &c * &first / &second, NOISE.clone(), &levels)
        .twin("inverted", |s| s.left(&c * &second / &first))
        .identity("error", &bias + &sigma2 * (1 + &*NOISE), ERROR.clone(), &levels)
        .twin("no-latent-noise", |s| s.left(&bias + &sigma2));
    many_features(steps)
}

/// $\psi = \delta / \gamma$ and $c = \delta / (\gamma \mu)$ for $\gamma \to \infty$.
fn many_features(steps: Derivation) -> Derivation {
    let (g, psi, c, delta, mu) = vars!("gamma", "psi", "c", "delta", "mu");
    let far = |e: &Expr| e.at(&psi, &delta / &g).at(&c, &delta / (&g * &mu));
    let quadratic = mu.pow(2) + (1 - 2 * &delta) * &mu - &delta;
    let ridge = &delta / (1 + &mu) + &delta / &mu - 1;
    let sizes = Domain::new().open(&delta, 0, INF).open(&mu, 0, INF);
    let factors = Domain::new().open(&delta, 0, INF);
    let root = (1 + 4 * delta.pow(2)).sqrt();
    let closed = (&root + 2 * &delta - 1) / 2;
    // With d_2 = delta / (1 + mu)^2, as for ridge regression.
    let second = &delta / (1 + &mu).pow(2);
    let bias = (&mu / (1 + &mu)).pow(2) / (1 - &second);
    let at_root = |e: &Expr| e.at(&delta, &mu * (1 + &mu) / (1 + 2 * &mu));
    let free = &mu / (1 + 2 * &mu + 2 * mu.pow(2));
    let positive = mu.pow(2) * (1 + 2 * &mu) / ((1 + &mu) * (1 + 2 * &mu + 2 * mu.pow(2)));
    let levels = Domain::new().open(&mu, 0, INF);
    steps
        .limit(
            "far-equation",
            g.pow(2) * far(&EQUATION),
            &g,
            INF,
            &delta / mu.pow(2) * &quadratic,
            &sizes,
        )
        .twin("no-second-order", |s| s.value(&delta / mu.pow(2) * (mu.pow(2) + &mu - &delta)))
        .identity("ridge-level", &ridge * &mu * (1 + &mu), -&quadratic, &sizes)
        .twin("other-ridge", |s| s.left((&ridge + &delta / &mu) * &mu * (1 + &mu)))
        .unique_root("far-level", quadratic.clone(), &mu, &sizes)
        .twin("other-sign", |s| s.of(&quadratic + 2 * &delta))
        .identity("closed-level", quadratic.at(&mu, &closed), 0, &factors)
        .twin("no-one", |s| s.left(quadratic.at(&mu, (&root + 2 * &delta) / 2)))
        .limit("far-noise", far(&NOISE), &g, INF, free.clone(), &sizes)
        .twin("unsquared", |s| s.value(&mu / (1 + 2 * &mu)))
        .limit("far-error", far(&ERROR), &g, INF, positive.clone(), &sizes)
        .twin("nothing-left", |s| s.value(0))
        .identity("ridge-noise", at_root(&(&second / (1 - &second))), free.clone(), &levels)
        .twin("first-power", |s| s.left(at_root(&second)))
        .identity("ridge-bias", at_root(&bias), positive.clone(), &levels)
        .twin("unsquared", |s| s.right(&positive / &mu))
        .identity("floor", positive.at(&mu, &closed), FLOOR.clone(), &factors)
        .twin("no-ridge", |s| s.right(0))
        .positive("never-nothing", positive.clone(), &levels)
        .twin("nothing", |s| s.of(-positive))
}

/// $R$ and $N$.
fn parts(m: &Model) -> [Formula; 2] {
    let values = [("gamma", m.gamma), ("psi", m.delta / m.gamma), ("c", level(m))];
    let formula = |step, e: &Expr| Formula::of(step, e, values).root(&var("c"), &EQUATION, "level");
    [formula("error", &ERROR), formula("noise", &NOISE)]
}

/// The root $c$, a quotient where the difference would cancel.
fn level(m: &Model) -> f64 {
    let psi = m.delta / m.gamma;
    let free = 1.0 - 1.0 / m.gamma;
    let (square, linear) = (free * (1.0 + psi), free * (1.0 + 2.0 * psi) - 1.0);
    let root = (linear * linear + 4.0 * square * psi / m.gamma).sqrt();
    if linear > 0.0 {
        2.0 * psi / m.gamma / (root + linear)
    } else {
        (root - linear) / (2.0 * square)
    }
}

fn at(m: &Model) -> [f64; 2] {
    parts(m).map(|formula| formula.value())
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            // Away from the threshold, as for dense draws elsewhere.
            domain: |given| Model {
                gamma: given.ratio("gamma", 6..=100, 2),
                delta: given.ratio("delta", 1..=6, 4),
            },
            theory: at,
            observable: Each(error_and_noise),
            sizes: SIZES,
            // For Gaussian entries the means have an expansion in whole powers of 1/n: the term
            // after 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                // By mpmath, from the general formulas for the two eigenvalues.
                (
                    Model { gamma: 2.0, delta: 0.5 },
                    [0.534_846_922_834_953_43, 1.224_744_871_391_589],
                ),
                (
                    Model { gamma: 5.0, delta: 0.5 },
                    [0.288_339_038_551_071_84, 0.463_525_491_562_421_14],
                ),
                (
                    Model { gamma: 50.0, delta: 0.1 },
                    [0.012_637_369_755_689_304, 0.108_788_681_446_485_16],
                ),
                (
                    Model { gamma: 4.0, delta: 1.5 },
                    [0.765_650_020_371_995_96, 0.444_956_308_782_691_24],
                ),
            ],
            mutants: mistakes(),
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[
                    3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 7.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0,
                    32.0, 40.0, 50.0,
                ]),
                at: |gamma| Model { gamma, delta: 0.25 },
            },
        },
        Tie::formula(parts),
    )
    .components(&["error without noise", "what noise adds"])
    // A draw costs n^3.
    .price(3.0)
    .dear()
}

fn mistakes() -> [Mutant<fn(&Model) -> [f64; 2]>; 6] {
    [
        Mutant {
            name: "no-latent-noise",
            why: "forgets that what is left of the factors given the features acts as noise",
            says: |m| {
                let linear = Linear::of(m, 1.0 + m.gamma / m.delta);
                [linear.bias + linear.left, linear.noise]
            },
        },
        Mutant {
            name: "excess",
            why: "takes the excess risk of the linear model for the error",
            says: |m| {
                let linear = Linear::of(m, 1.0 + m.gamma / m.delta);
                [linear.bias + linear.left * linear.noise, linear.noise]
            },
        },
        Mutant {
            name: "same-norm",
            why: "takes coefficients of the linear model as large as those of the factors",
            says: |m| {
                let linear = Linear::of(m, 1.0 + m.gamma / m.delta);
                let norm = m.delta * m.gamma / (m.gamma + m.delta).powi(2);
                [linear.bias / norm + linear.left * (1.0 + linear.noise), linear.noise]
            },
        },
        Mutant {
            name: "unscaled",
            why: "takes orthonormal columns of W: twice the variance along them",
            says: |m| {
                let linear = Linear::of(m, 2.0);
                [linear.bias + linear.left * (1.0 + linear.noise), linear.noise]
            },
        },
        Mutant {
            name: "isotropic",
            why: "takes features of the same mean variance, all alike",
            says: |m| {
                let noise = 1.0 / (m.gamma - 1.0);
                let left = m.delta / (m.gamma + m.delta);
                [(1.0 - left) * (1.0 - 1.0 / m.gamma) + left * (1.0 + noise), noise]
            },
        },
        Mutant {
            name: "intercept",
            why: "spends one of 25 observations on an intercept, at every size",
            says: |m| at(&Model { gamma: m.gamma * 25.0 / 24.0, delta: m.delta * 25.0 / 24.0 }),
        },
    ]
}

fn descent() -> Claim {
    Claim::new(
        "descent",
        Property {
            domain: |given| {
                let delta = given.scale("delta", 0.01..=10.0);
                let gap = given.scale("gap", 0.05..=50.0);
                let gamma = f64::max(1.0, delta) * (1.0 + gap);
                Growth { model: Model { gamma, delta }, t: given.scale("t", 1.001..=100.0) }
            },
            margin: |s| fall(s).into_iter().fold(f64::INFINITY, f64::min),
            known: vec![(doubled(2.0, 0.25), 1.013_123_946_099_390_1)],
            mutants: [
                Mutant {
                    name: "bias-alone",
                    why: "believes that the bias of the linear model falls too",
                    says: |s| {
                        let bias = |m: &Model| {
                            let left = m.delta / (m.gamma + m.delta);
                            let [error, noise] = at(m);
                            error - left * (1.0 + noise)
                        };
                        bias(&s.model) / bias(&s.farther()) - 1.0
                    },
                },
                Mutant {
                    name: "to-nothing",
                    why: "believes that the error falls to 0 like a root of the number of features",
                    says: |s| fall(s)[0] + 1.0 - s.t.sqrt(),
                },
                Mutant {
                    name: "fixed-share",
                    why: "lets the number of factors grow with that of the features",
                    says: |s| {
                        let far = s.farther();
                        let grown = Model { delta: s.t * s.model.delta, ..far };
                        at(&s.model)[0] / at(&grown)[0] - 1.0
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Log { from: 1.05, to: 50.0, points: 41 },
                at: |gamma| doubled(gamma, 0.25),
            },
        },
        Tie::none("a comparison of two values of what the claim risk computes"),
    )
}

fn floor() -> Claim {
    Claim::new(
        "floor",
        Limit {
            domain: |given| given.ratio("delta", 1..=40, 20),
            theory: |delta| least(delta).value(),
            observable: Each(wide),
            sizes: &[100, 200, 400, 800],
            // At fixed delta the error is an analytic function of 1/gamma: after the term in it
            // comes its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                // By mpmath, from the equation for the level of the ridge.
                (0.5, 0.207_106_781_186_547_52),
                (0.1, 0.010_671_108_178_232_734),
            ],
            mutants: [
                Mutant {
                    name: "nothing",
                    why: "lets the error fall to nothing, as in a summary of the result",
                    says: |_| 0.0,
                },
                Mutant {
                    name: "infinite-samples",
                    why: "shrinks the coefficients as for as many observations as one likes",
                    says: |delta| (delta / (1.0 + delta)).powi(2),
                },
                Mutant {
                    name: "one-factor-less",
                    why: "counts one of 100 factors less",
                    says: |delta| least(&(0.99 * delta)).value(),
                },
                Mutant {
                    name: "no-root",
                    why: "drops the root in the denominator",
                    says: |delta| {
                        (1.0 - delta + 2.0 * delta * delta) / (2.0 * delta)
                            - (1.0 - delta) / (2.0 * delta)
                    },
                },
            ],
            curve: Curve {
                x: "delta",
                grid: Grid::Linear { from: 0.05, to: 2.0, points: 40 },
                at: |delta| delta,
            },
        },
        Tie::formula(least),
    )
}

/// $R_\infty$.
fn least(delta: &f64) -> Formula {
    Formula::of("floor", &FLOOR, [("delta", *delta)])
}

impl Growth {
    fn farther(&self) -> Model {
        Model { gamma: self.t * self.model.gamma, ..self.model }
    }
}

fn doubled(gamma: f64, delta: f64) -> Growth {
    Growth { model: Model { gamma, delta }, t: 2.0 }
}

/// $R$ and $N$ at $\gamma$ over those at $t \gamma$, less one.
fn fall(s: &Growth) -> [f64; 2] {
    let (near, far) = (at(&s.model), at(&s.farther()));
    [near[0] / far[0] - 1.0, near[1] / far[1] - 1.0]
}

/// The deterministic equivalent of the linear model with an eigenvalue for the factors.
struct Linear {
    bias: f64,
    noise: f64,
    /// $\frac{\psi}{1 + \psi}$.
    left: f64,
}

/// At this many observations $\gamma n$ and $\delta n$ are whole.
const WHOLE: f64 = 20.0;

impl Linear {
    fn of(m: &Model, eigenvalue: f64) -> Self {
        let [p, d] = [m.gamma, m.delta].map(|ratio| (ratio * WHOLE).round() as usize);
        let psi = d as f64 / p as f64;
        let spectrum: Vec<f64> = (0..p).map(|i| if i < d { eigenvalue } else { 1.0 }).collect();
        let share = psi / (1.0 + psi).powi(2) / d as f64;
        let squares: Vec<f64> = (0..p).map(|i| if i < d { share } else { 0.0 }).collect();
        let risk = equivalent(&spectrum, &squares, WHOLE, 0.0);
        let [bias, noise] = risk.map_or([f64::NAN; 2], |risk| [risk.bias, risk.variance]);
        Self { bias, noise, left: psi / (1.0 + psi) }
    }
}

/// The error without noise and what noise adds, given a design, on average over $\theta$; the size
/// is $n$.
fn error_and_noise(m: Model, n: usize) -> Sampler<[f64; 2]> {
    let (p, d) = (columns(m.gamma, n), columns(m.delta, n));
    let mut model = LatentFactors::new(n, p, d, p as f64 / d as f64);
    Sampler::new(move |rng| match model.draw(rng) {
        Ok(found) => [found.error, found.noise],
        Err(_) => [f64::NAN; 2], // of probability 0; the harness reports it
    })
    .tail_index(tail_index(n, p))
}

/// The error by the deterministic equivalent of the linear model; the size is $\gamma$.
fn wide(delta: f64, gamma: usize) -> Sampler {
    let model = Model { gamma: gamma as f64, delta };
    let linear = Linear::of(&model, 1.0 + model.gamma / delta);
    Sampler::exact(linear.bias + linear.left * (1.0 + linear.noise))
}

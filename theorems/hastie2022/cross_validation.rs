//! Cross-validation of ridge regression: leave-one-out and its generalised form.
//!
//! Leaving out each observation in turn costs one factorisation instead of n, also without a ridge.
//! What it estimates is the risk with one observation fewer, exactly; and generalised
//! cross-validation tends to the risk at every ridge, so that tuning by it is tuning by the risk.

use super::isotropic_ridge::{Ridge, Tuned, any_multiple, any_ridge, best, ridge};
use super::{LINK, PAPER, columns, tail_index};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    add_scaled, cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::models::wishart::trace_resolvent;
use theoremcheck::prelude::*;

/// Any data: $X$ ($n \times p$, row-major) and $y$, and a ridge.
#[derive(Clone, Debug)]
struct Data {
    p: usize,
    lambda: f64,
    x: Vec<f64>,
    y: Vec<f64>,
}

/// A Gaussian design with more features than observations, and no ridge.
#[derive(Clone, Copy, Debug)]
struct Interpolation {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
}

const SIZES: &[usize] = &[100, 200, 400, 800];

/// The paper's theorem on cross-validation.
const RESULT: Source = Source { paper: PAPER, result: "Theorem 7 (number unverified)", link: LINK };

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.cross-validation",
        alias: "hmrt.cross-validation",
        title: "Cross-validation estimates the risk of ridge and of no ridge",
        source: RESULT,
        statement: r"Let $X$ be an $n \times p$ matrix with rows $x_i$, $y \in R^n$,
            $\lambda \ge 0$, $K_\lambda = X X^\top + n \lambda I$ and
            $\hat\beta = X^\top K_\lambda^{-1} y$. If $K_\lambda$ is invertible, the fit without
            observation $i$, at the same $n \lambda$, misses $y_i$ by
            $\frac{(K_\lambda^{-1} y)_i}{(K_\lambda^{-1})_{ii}}$. Let $\mathrm{LOO}_n$ be the mean
            square of these, and
            $\mathrm{GCV}_n = \frac1n \|K_\lambda^{-1} y\|^2 /
            \bigl(\frac1n \operatorname{tr} K_\lambda^{-1}\bigr)^2$. Let
            $y = X\beta + \epsilon$ with independent standard normal entries of $X$,
            $\|\beta\|^2 = r^2$ and noise of variance $\sigma^2$. Without a ridge and for $p > n$,
            on average
            $\mathrm{LOO}_n = \sigma^2 + r^2 \bigl(1 - \frac{n-1}{p}\bigr)
            + \sigma^2 \frac{n-1}{p-n}$, the prediction error from $n - 1$ observations. As
            $p/n \to \gamma$, at every $\lambda > 0$ almost surely $\mathrm{GCV}_n$ tends to the
            prediction error
            $\bigl(\sigma^2 + \frac{r^2}{(1+v)^2}\bigr) /
            \bigl(1 - \frac{\gamma v^2}{(1+v)^2}\bigr)$ of $\hat\beta$, where
            $\lambda v^2 + (\lambda + \gamma - 1) v = 1$, $v > 0$. It is least at
            $\lambda^* = \sigma^2 \gamma / r^2$. Checked on average over $X$, the noise and the
            direction of $\beta$.",
        claims: vec![shortcut(), leave_one_out(), generalised(), tuning()],
        derivation: one_observation_fewer,
    }
}

/// $\lambda v^2 + (\lambda + \gamma - 1) v - 1$.
static COMPANION: LazyLock<Expr> = LazyLock::new(|| {
    let (l, g, v) = vars!("lambda", "gamma", "v");
    &l * v.pow(2) + (&l + g - 1) * v - 1
});

/// $\bigl(\sigma^2 + \frac{r^2}{(1+v)^2}\bigr) / \bigl(1 - \frac{\gamma v^2}{(1+v)^2}\bigr)$.
static ERROR: LazyLock<Expr> = LazyLock::new(|| {
    let (g, v, r2, sigma2) = vars!("gamma", "v", "r2", "sigma2");
    (sigma2 + r2 / (1 + &v).pow(2)) / (1 - g * (&v / (1 + &v)).pow(2))
});

/// $\sigma^2 + r^2 \bigl(1 - \frac{n-1}{p}\bigr) + \sigma^2 \frac{n-1}{p-n}$.
static LEFT_OUT: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p, r2, sigma2) = vars!("n", "p", "r2", "sigma2");
    &sigma2 + r2 * (1 - (&n - 1) / &p) + &sigma2 * (&n - 1) / (p - n)
});

/// The block inverse for three observations; the risk with one fewer; and the limit of generalised
/// cross-validation, which is the prediction error.
fn one_observation_fewer() -> Derivation {
    let (n, p, r2, sigma2) = vars!("n", "p", "r2", "sigma2");
    let risk = &r2 * (1 - &n / &p) + &sigma2 * &n / (&p - &n - 1);
    let noises = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF);
    let wide = noises.clone().open(&n, 1, INF).open(&p, &n, INF);
    let fewer = &sigma2 + risk.at(&n, &n - 1);
    let steps = Derivation::of("One observation fewer, and the limit of GCV").cited(
        "limit",
        "leave-one-out and GCV tend to the prediction error, uniformly in the ridge",
        RESULT,
    );
    let steps = block_inverse(steps)
        .assumed("exchangeable", "observations are independent with one law: none is special")
        .identity("one-fewer", LEFT_OUT.clone(), fewer, &wide)
        .twin("all", |s| s.right(&sigma2 + &risk));
    limit_steps(steps, &noises)
}

/// $(K^{-1} y)_1 / (K^{-1})_{11} = y_1 - c^\top M^{-1} (y_2, y_3)$ for $K$ with first row $(k, c)$
/// and rest $M$. $M$ and $K$ are positive definite: the pivots $a$, $e$ and $s$ are positive.
fn block_inverse(steps: Derivation) -> Derivation {
    let (a, b, e, s) = vars!("a", "b", "e", "s");
    let (c2, c3) = vars!("c_2", "c_3");
    let (y1, y2, y3) = vars!("y_1", "y_2", "y_3");
    let corner = b.pow(2) / &a + &e;
    let minor = &a * &corner - b.pow(2);
    let second = &b * &c3 - &c2 * &corner;
    let third = &b * &c2 - &a * &c3;
    let first_entry = &s - (&c2 * &second + &c3 * &third) / &minor;
    let determinant = &first_entry * &minor + &c2 * &second + &c3 * &third;
    let solved = (&minor * &y1 + &second * &y2 + &third * &y3) / &determinant;
    let diagonal = &minor / &determinant;
    let weights = [(&corner * &y2 - &b * &y3) / &minor, (&a * &y3 - &b * &y2) / &minor];
    let refit = &c2 * &weights[0] + &c3 * &weights[1];
    let pivots = Domain::new().open(&a, 0, INF).open(&e, 0, INF).open(&s, 0, INF);
    let any = [&b, &c2, &c3, &y1, &y2, &y3].into_iter().fold(pivots, |d, x| d.real(x));
    steps
        .identity("left-out", &solved / &diagonal, &y1 - &refit, &any)
        .twin("swapped-weights", |s| s.right(&y1 - (&c2 * &weights[1] + &c3 * &weights[0])))
        .twin("fitted", |s| s.right(&y1 + &refit))
}

/// $v$ is the limit of $\operatorname{tr} K_\lambda^{-1}$, and $w = -\frac{dv}{d\lambda}$ that of
/// $n \operatorname{tr} K_\lambda^{-2}$.
fn limit_steps(steps: Derivation, noises: &Domain) -> Derivation {
    let (l, g, v, r2, sigma2) = vars!("lambda", "gamma", "v", "r2", "sigma2");
    let ridge = Domain::new().open(&l, 0, INF).open(&g, 0, INF).open(&v, 0, INF);
    let at_v = noises.clone().open(&v, 0, INF).open(&g, 0, (1 + &v) / &v);
    let lambda = 1 / &v - &g / (1 + &v);
    let slope = 1 / (1 / v.pow(2) - &g / (1 + &v).pow(2));
    let gcv = (&sigma2 * &slope + &r2 / &g * (&v - &lambda * &slope)) / v.pow(2);
    let first = (&v - (1 - &g) / &lambda) / &g;
    let second = (&slope - (1 - &g) / lambda.pow(2)) / &g;
    let bias = &r2 * lambda.pow(2) * &second;
    let variance = &sigma2 * &g * (first - &lambda * &second);
    let both = Domain::new().open(&v, 0, INF).open(&g, 0, (1 + &v) / &v);
    let implicit = COMPANION.d(&l) - &slope * COMPANION.d(&v);
    steps
        .unique_root("companion", COMPANION.clone(), &v, &ridge)
        .twin("other-sign", |s| s.of(&*COMPANION + 2))
        .identity("level", COMPANION.at(&l, lambda), 0, &both)
        .twin("no-gamma", |s| s.right(COMPANION.at(&l, 1 / &v - 1 / (1 + &v))))
        .identity("slope", implicit.at(&l, 1 / &v - &g / (1 + &v)), 0, &both)
        .twin("fixed-design", |s| s.right(COMPANION.d(&l) - v.pow(2) * COMPANION.d(&v)))
        .identity("gcv", gcv.clone(), ERROR.clone(), &at_v)
        .twin("no-noise", |s| s.right(&*ERROR - &sigma2))
        .identity("risk", &sigma2 + &bias + variance, ERROR.clone(), &at_v)
        .twin("bias-alone", |s| s.right(&sigma2 + bias))
}

fn shortcut() -> Claim {
    Claim::new(
        "shortcut",
        Identity {
            domain: any_data,
            left: refits,
            right: |d| dual(d, |solved, diagonal| solved / diagonal),
            known: vec![
                // By hand: n = 2, X = I, lambda = 1/2, K = 2 I; a third feature is 0.
                (
                    Data {
                        p: 3,
                        lambda: 0.5,
                        x: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0],
                        y: vec![3.0, 4.0],
                    },
                    12.5,
                ),
            ],
            mutants: [
                Mutant {
                    name: "not-divided",
                    why: "takes the dual coefficients themselves",
                    says: |d| dual(d, |solved, _| solved),
                },
                Mutant {
                    name: "training-error",
                    why: "takes the residuals of the fit to all observations",
                    says: |d| {
                        let ridge = d.lambda * d.y.len() as f64;
                        dual(d, |solved, _| ridge * solved)
                    },
                },
                Mutant {
                    name: "ridge-per-observation",
                    why: "keeps lambda where n lambda is kept: n - 1 for n",
                    says: |d| {
                        let n = d.y.len() as f64;
                        let other = Data { lambda: d.lambda * (n - 1.0) / n, ..d.clone() };
                        dual(&other, |solved, diagonal| solved / diagonal)
                    },
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Linear { from: 0.0, to: 2.0, points: 41 },
                at: |lambda| data(&mut Rng::seeded(7), 6, 12, lambda),
            },
        },
        Tie::none("linear algebra of any size; the derivation has three observations"),
    )
}

fn leave_one_out() -> Claim {
    Claim::new(
        "leave-one-out",
        Equality {
            domain: interpolating,
            theory: |m| left_out(m).value(),
            observable: mean_left_out,
            resolution: Relative(0.005),
            known: vec![(interpolation(20, 40, 2.0), 3.0), (interpolation(10, 15, 1.0), 3.2)],
            mutants: [
                Mutant {
                    name: "all-observations",
                    why: "expects the prediction error from n observations",
                    says: |m| {
                        let (n, p) = (m.n as f64, m.p as f64);
                        m.sigma2 + m.r2 * (1.0 - n / p) + m.sigma2 * n / (p - n - 1.0)
                    },
                },
                Mutant {
                    name: "no-noise",
                    why: "expects the excess risk: forgets the noise of the one left out",
                    says: |m| left_out(m).value() - m.sigma2,
                },
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula at finite size",
                    says: |m| {
                        let (n, p) = (m.n as f64, m.p as f64);
                        m.sigma2 + m.r2 * (1.0 - n / p) + m.sigma2 * n / (p - n)
                    },
                },
                Mutant {
                    name: "forty",
                    why: "divides by n - 1 instead of n, at n = 40",
                    says: |m| left_out(m).value() * 40.0 / 39.0,
                },
                Mutant {
                    name: "denominator-kept",
                    why: "keeps the denominator p - n - 1 of n observations",
                    says: |m| {
                        let (n, p) = (m.n as f64, m.p as f64);
                        left_out(m).value() + m.sigma2 * (n - 1.0) / (p - n) / (p - n - 1.0)
                    },
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 18.0, to: 57.0, points: 40 },
                at: |p| interpolation(8, p as usize, 2.0),
            },
        },
        Tie::formula(left_out),
    )
}

fn generalised() -> Claim {
    Claim::new(
        "generalised",
        Limit {
            domain: any_ridge,
            theory: |m| prediction(m).value(),
            observable: Each(mean_gcv),
            sizes: SIZES,
            // A smooth function of two resolvent traces, whose means and variances have expansions
            // in whole powers of 1/n: the term after the first is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                // By mpmath, as integrals over the Marchenko-Pastur law.
                (ridge(2.0, 0.5), 1.902_044_218_922_581_6),
                (ridge(0.5, 0.1), 1.603_567_451_474_546_3),
                (ridge(1.0, 1.0), 1.618_033_988_749_895),
                (Ridge { gamma: 4.0, lambda: 2.0, r2: 2.0, sigma2: 0.5 }, 2.131_504_763_712_036),
            ],
            mutants: [
                Mutant {
                    name: "no-noise",
                    why: "expects the excess risk",
                    says: |m| prediction(m).value() - m.sigma2,
                },
                Mutant {
                    name: "training-error",
                    why: "expects the error on the training data",
                    says: |m| prediction(m).value() * (m.lambda * companion(m)).powi(2),
                },
                Mutant {
                    name: "per-coefficient",
                    why: "scales the ridge by p instead of n",
                    says: |m| prediction(&Ridge { lambda: m.lambda * m.gamma, ..*m }).value(),
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 instead of n at n = 150",
                    says: |m| prediction(m).value() * 150.0 / 149.0,
                },
            ],
            curve: Curve {
                x: "lambda",
                grid: Grid::Log { from: 0.02, to: 5.0, points: 40 },
                at: |lambda| ridge(2.0, lambda),
            },
        },
        Tie::formula(prediction),
    )
}

fn tuning() -> Claim {
    Claim::new(
        "tuning",
        Property {
            domain: any_multiple,
            margin: |m| excess(m, best(m)),
            known: vec![(multiple(1.0), 0.0)],
            mutants: [
                Mutant {
                    name: "per-coefficient",
                    why: "tunes with lambda = sigma^2 / r^2",
                    says: |m| excess(m, m.sigma2 / m.r2),
                },
                Mutant {
                    name: "signal-over-noise",
                    why: "tunes with the inverted signal-to-noise ratio",
                    says: |m| excess(m, m.r2 * m.gamma / m.sigma2),
                },
                Mutant {
                    name: "no-ridge",
                    why: "believes that less ridge is always better",
                    says: |m| excess(m, 0.01 * best(m)),
                },
            ],
            curve: Curve {
                x: "t",
                grid: Grid::Log { from: 0.02, to: 50.0, points: 41 },
                at: multiple,
            },
        },
        Tie::none("a ratio of two values of the tied limit, less one"),
    )
}

/// No ridge only where there are more features than observations, and not quite as many.
fn any_data(given: &mut Given) -> Data {
    let n = given.count("n", 2..=8);
    let (p, lambda) = match given.choice("shape", &[("wide", true), ("any", false)]) {
        true => (given.count("p", n + 3..=n + 12), given.real("lambda", 0.0..=2.0)),
        false => (given.count("p", 1..=12), given.scale("lambda", 0.02..=2.0)),
    };
    data(&mut given.data("data"), n, p, lambda)
}

fn data(rng: &mut Rng, n: usize, p: usize, lambda: f64) -> Data {
    let mut x = vec![0.0; n * p];
    let mut y = vec![0.0; n];
    rng.fill_normal(&mut x);
    rng.fill_normal(&mut y);
    Data { p, lambda, x, y }
}

/// Far enough from the threshold that the third moment exists.
fn interpolating(given: &mut Given) -> Interpolation {
    let n = given.count("n", 4..=8);
    Interpolation {
        n,
        p: given.count("p", n + 10..=n + 24),
        r2: given.scale("r2", 0.5..=4.0),
        sigma2: given.scale("sigma2", 0.5..=2.0),
    }
}

/// $\gamma = 2$, signal and noise of size one.
fn multiple(t: f64) -> Tuned {
    Tuned { gamma: 2.0, r2: 1.0, sigma2: 1.0, t }
}

fn interpolation(n: usize, p: usize, r2: f64) -> Interpolation {
    Interpolation { n, p, r2, sigma2: 1.0 }
}

/// The mean of $\mathrm{LOO}_n$.
fn left_out(m: &Interpolation) -> Formula {
    let values = [("n", m.n as f64), ("p", m.p as f64), ("r2", m.r2), ("sigma2", m.sigma2)];
    Formula::of("one-fewer", &LEFT_OUT, values)
}

/// The positive root of [`COMPANION`], in the form that does not cancel.
fn companion(m: &Ridge) -> f64 {
    let linear = m.lambda + m.gamma - 1.0;
    let root = (linear * linear + 4.0 * m.lambda).sqrt();
    if linear >= 0.0 { 2.0 / (linear + root) } else { (root - linear) / (2.0 * m.lambda) }
}

/// The limit of $\mathrm{GCV}_n$.
fn prediction(m: &Ridge) -> Formula {
    let values = [
        ("gamma", m.gamma),
        ("lambda", m.lambda),
        ("r2", m.r2),
        ("sigma2", m.sigma2),
        ("v", companion(m)),
    ];
    Formula::of("gcv", &ERROR, values).root(&var("v"), &COMPANION, "companion")
}

/// The limit at $t$ times a ridge over that at the best, less one.
fn excess(m: &Tuned, lambda: f64) -> f64 {
    let Tuned { gamma, r2, sigma2, .. } = *m;
    let at = |lambda: f64| prediction(&Ridge { gamma, lambda, r2, sigma2 }).value();
    at(m.t * lambda) / at(lambda) - 1.0
}

/// $K_\lambda^{-1} b$ for the rows of a matrix, by a Cholesky factor; NaN where there is none.
fn solve(rows: &[f64], (n, p): (usize, usize), ridge: f64, right: &[f64]) -> Vec<f64> {
    let mut factor = vec![0.0; n * n];
    gram_lower(rows, n, p, &mut factor);
    (0..n).for_each(|i| factor[i * n + i] += ridge);
    if cholesky_in_place(&mut factor, n).is_err() {
        return vec![f64::NAN; n];
    }
    let mut solved = right.to_vec();
    solve_lower(&factor, n, &mut solved);
    solve_lower_transposed(&factor, n, &mut solved);
    solved
}

/// $\hat\beta$: by the normal equations with a ridge, by the dual ones without.
fn fit(x: &[f64], y: &[f64], p: usize, ridge: f64) -> Vec<f64> {
    let n = y.len();
    let mut coefficients = vec![0.0; p];
    if ridge > 0.0 {
        let columns: Vec<f64> = (0..n * p).map(|k| x[k % n * p + k / n]).collect();
        x.chunks_exact(p).zip(y).for_each(|(row, y)| add_scaled(&mut coefficients, *y, row));
        return solve(&columns, (p, n), ridge, &coefficients);
    }
    let solved = solve(x, (n, p), ridge, y);
    x.chunks_exact(p).zip(&solved).for_each(|(row, a)| add_scaled(&mut coefficients, *a, row));
    coefficients
}

/// The mean square of what the fits without one observation miss.
fn refits(d: &Data) -> f64 {
    let (n, p) = (d.y.len(), d.p);
    let missed = |i: usize| {
        let without = |k: &usize| k / p != i;
        let x: Vec<f64> = (0..n * p).filter(without).map(|k| d.x[k]).collect();
        let y: Vec<f64> = (0..n).filter(|k| *k != i).map(|k| d.y[k]).collect();
        let coefficients = fit(&x, &y, p, d.lambda * n as f64);
        d.y[i] - dot(&d.x[i * p..(i + 1) * p], &coefficients)
    };
    (0..n).map(|i| missed(i).powi(2)).sum::<f64>() / n as f64
}

/// The mean square of some function of $(K_\lambda^{-1} y)_i$ and $(K_\lambda^{-1})_{ii}$.
fn dual(d: &Data, residual: impl Fn(f64, f64) -> f64) -> f64 {
    let (n, p) = (d.y.len(), d.p);
    let ridge = d.lambda * n as f64;
    let solved = solve(&d.x, (n, p), ridge, &d.y);
    let diagonal = |i: usize| {
        let unit: Vec<f64> = (0..n).map(|k| f64::from(u8::from(k == i))).collect();
        solve(&d.x, (n, p), ridge, &unit)[i]
    };
    (0..n).map(|i| residual(solved[i], diagonal(i)).powi(2)).sum::<f64>() / n as f64
}

/// $\mathrm{LOO}_n$ of a Gaussian design drawn entry by entry, given which the noise and the
/// direction of $\beta$ are averaged out:
/// $\frac1n \sum_i \bigl(\sigma^2 \frac{(K^{-2})_{ii}}{(K^{-1})_{ii}^2}
/// + \frac{r^2}{p} \frac{1}{(K^{-1})_{ii}}\bigr)$.
fn mean_left_out(m: Interpolation) -> Sampler {
    let Interpolation { n, p, r2, sigma2 } = m;
    let mut x = vec![0.0; n * p];
    let (mut factor, mut column) = (vec![0.0; n * n], vec![0.0; n]);
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut x);
        gram_lower(&x, n, p, &mut factor);
        if cholesky_in_place(&mut factor, n).is_err() {
            return f64::NAN; // of probability 0; the harness reports what is not a number
        }
        let mut sum = 0.0;
        for i in 0..n {
            column.fill(0.0);
            column[i] = 1.0;
            solve_lower(&factor, n, &mut column);
            solve_lower_transposed(&factor, n, &mut column);
            let diagonal = column[i];
            sum += sigma2 * dot(&column, &column) / (diagonal * diagonal);
            sum += r2 / p as f64 / diagonal;
        }
        sum / n as f64
    };
    Sampler::new(draw).tail_index(tail_index(n - 1, p))
}

/// $\mathrm{GCV}_n$, the noise and the direction of $\beta$ averaged out given the spectrum: with
/// $G = K_\lambda^{-1}$ and $\mu = n \lambda$ it is
/// $n \frac{\sigma^2 \operatorname{tr} G^2 + \frac{r^2}{p} \operatorname{tr} (G - \mu G^2)}
/// {(\operatorname{tr} G)^2}$. $O(n)$.
fn mean_gcv(m: Ridge, n: usize) -> Sampler {
    let p = columns(m.gamma, n);
    let (rows, features) = (n as f64, p as f64);
    let mu = rows * m.lambda;
    let null = rows - rows.min(features);
    Sampler::new(move |rng| {
        let (first, second) = trace_resolvent(rng, n, p, mu);
        let (trace, square) = (first + null / mu, second + null / (mu * mu));
        let signal = m.r2 / features * (first - mu * second);
        rows * (m.sigma2 * square + signal) / (trace * trace)
    })
}

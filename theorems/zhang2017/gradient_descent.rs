//! Gradient descent from zero finds the interpolator of least norm.
//!
//! Nothing but the algorithm chooses among the many solutions that fit any labels perfectly: it
//! never leaves the span of the data, and what it starts with outside that span it keeps.

use super::{LINK, PAPER};
use theoremcheck::models::linear_network::{Matrix, orthogonal};
use theoremcheck::prelude::*;

/// $X = U \operatorname{diag}(\sigma) V^\top$, labels, a start, and $k$ steps of size
/// $\eta = c / \sigma_1^2$.
#[derive(Clone, Debug)]
struct Problem {
    /// $n \times r$.
    u: Matrix<f64>,
    singular: Vec<f64>,
    /// $p \times r$.
    v: Matrix<f64>,
    /// $n \times 1$.
    labels: Matrix<f64>,
    /// $p \times 1$.
    start: Matrix<f64>,
    c: f64,
    steps: i32,
}

/// Steps after which $0.75^k < 10^{-37}$ is nothing.
const MANY: i32 = 300;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "zhang2017.gradient-descent",
        alias: "zhang.gd-min-norm",
        title: "Gradient descent from zero finds the interpolator of least norm",
        source: Source {
            paper: PAPER,
            result: "Section 5, linear models (number unverified); the rate is standard",
            link: LINK,
        },
        statement: r"Let $X$ be an $n \times p$ matrix with nonzero singular values
            $\sigma_1 \ge \dots \ge \sigma_r$ and $X^+$ its pseudo-inverse, $y \in R^n$, and let
            $\beta_{k+1} = \beta_k - \eta X^\top (X \beta_k - y)$ be gradient descent on
            $\frac12 \|y - X\beta\|^2$. With $G = I - \eta X^\top X$, at every step
            $\beta_k = (I - G^k) X^+ y + G^k \beta_0$. If $0 < \eta < 2 / \sigma_1^2$, then
            $\beta_k$ tends to $\beta_\infty = X^+ y + (I - X^+ X) \beta_0$, for $\beta_0 = 0$ the
            solution of least norm of the least squares problem, and with
            $\rho = \max_{i \le r} |1 - \eta \sigma_i^2| < 1$:
            $\|\beta_k - \beta_\infty\| \le \rho^k \|\beta_0 - \beta_\infty\|$. If $r = n$, then
            from $\beta_0 = 0$ the training error goes to 0 whatever the labels are:
            $\|y - X\beta_k\| \le \rho^k \|y\|$.",
        claims: vec![trajectory(), limit(), rate(), any_labels()],
        derivation: one_direction,
    }
}

/// Along a pair of singular vectors: induction over the steps, the rate, and Pythagoras for two
/// features.
fn one_direction() -> Derivation {
    let (eta, s, y, b, q) = vars!("eta", "sigma", "y", "b", "Q");
    let g = 1 - &eta * s.pow(2);
    let at = |q: &Expr| (1 - q) * &y / &s + q * &b;
    let step = |x: &Expr| x - &eta * &s * (&s * x - &y);
    let any = Domain::new().open(&s, 0, INF).open(&eta, 0, INF).real(&y).real(&b).real(&q);
    let u = var("u");
    let (x1, x2, w) = vars!("x1", "x2", "w");
    let square = x1.pow(2) + x2.pow(2);
    let fit = [&x1 * &y / &square, &x2 * &y / &square];
    let moved = [&fit[0] - &w * &x2, &fit[1] + &w * &x1];
    let norm = |v: &[Expr; 2]| v[0].pow(2) + v[1].pow(2);
    let row = Domain::new().open(&x1, 0, INF).real(&x2).real(&y).real(&w);
    Derivation::of("Gradient descent along a pair of singular vectors")
        .identity("start", at(&Expr::from(1)), b.clone(), &any)
        .twin("zero", |st| st.right(0))
        .identity("step", step(&at(&q)), at(&(&g * &q)), &any)
        .twin("unsquared", |st| st.right(at(&((1 - &eta * &s) * &q))))
        .identity("fixed", step(&(&y / &s)), &y / &s, &any)
        .twin("labels", |st| st.left(step(&y)))
        .positive("contracts", 1 - (1 - &u).pow(2), &Domain::new().open(&u, 0, 2))
        .twin("larger-step", |st| st.on(&Domain::new().open(&u, 0, ratio(21, 10))))
        .identity("fits", &x1 * &moved[0] + &x2 * &moved[1], y.clone(), &row)
        .twin("half", |st| st.right(&y / 2))
        .identity("pythagoras", norm(&moved), norm(&fit) + w.pow(2) * &square, &row)
        .twin("unweighted", |st| st.right(norm(&fit) + w.pow(2)))
}

fn trajectory() -> Claim {
    Claim::new(
        "trajectory",
        Identity {
            domain: |given| problem(given, 1, 0.1..=1.9),
            left: |m| coordinates(m, descend(m, m.steps)),
            right: |m| coordinates(m, after(m, m.steps, |rate, k| (1.0 - rate).powi(k))),
            // By hand: from (1, 0) to (1.25, 0.25).
            known: vec![(pair(0.5, 1), by_hand([1.25, 0.25]))],
            mutants: [
                Mutant {
                    name: "flow",
                    why: "takes gradient flow for gradient descent",
                    says: |m| {
                        let flow = |rate: f64, k: i32| (-rate * f64::from(k)).exp();
                        coordinates(m, after(m, m.steps, flow))
                    },
                },
                Mutant {
                    name: "step-late",
                    why: "counts the start as a step",
                    says: |m| coordinates(m, after(m, m.steps - 1, |rate, k| (1.0 - rate).powi(k))),
                },
                Mutant {
                    name: "from-zero",
                    why: "forgets the start",
                    says: |m| {
                        let zero = Problem { start: &m.start * 0.0, ..m.clone() };
                        coordinates(m, after(&zero, m.steps, |rate, k| (1.0 - rate).powi(k)))
                    },
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Linear { from: 1.0, to: 20.0, points: 20 },
                at: |k| pair(0.2, k as i32),
            },
        },
        Tie::none("vectors of any length; the derivation has one direction"),
    )
    .components(&["coordinate"])
}

fn limit() -> Claim {
    Claim::new(
        "limit",
        Identity {
            domain: |given| problem(given, 1, 1.0..=1.5),
            left: |m| coordinates(m, descend(m, MANY)),
            right: |m| coordinates(m, fit(m) + outside(m)),
            // By hand: (1.5, 0.5).
            known: vec![(pair(1.0, 1), by_hand([1.5, 0.5]))],
            mutants: [
                Mutant {
                    name: "least-norm",
                    why: "expects the solution of least norm from any start",
                    says: |m| coordinates(m, fit(m)),
                },
                Mutant {
                    name: "start-kept",
                    why: "adds the whole start",
                    says: |m| coordinates(m, fit(m) + &m.start),
                },
                Mutant {
                    name: "inside-kept",
                    why: "keeps the part of the start in the span of the data",
                    says: |m| coordinates(m, fit(m) + &m.start - outside(m)),
                },
            ],
            curve: Curve {
                x: "start",
                grid: Grid::Linear { from: -2.0, to: 2.0, points: 41 },
                at: |start| Problem { start: column(&[start, 0.0]), ..pair(1.0, 1) },
            },
        },
        Tie::none("vectors of any length; the derivation has one direction"),
    )
    .components(&["coordinate"])
}

fn rate() -> Claim {
    Claim::new(
        "rate",
        Property {
            domain: |given| problem(given, 1, 0.1..=1.95),
            margin: |m| factor(m).powi(m.steps) - distance(m),
            // By hand: (3/4)^2 (1 - 2 / sqrt 5).
            known: vec![(square(2), 0.059_384_705_062_547_32)],
            mutants: [
                Mutant {
                    name: "least-alone",
                    why: "takes the factor of the least singular value",
                    says: |m| slowest(m).abs().powi(m.steps) - distance(m),
                },
                Mutant {
                    name: "loss",
                    why: "takes the rate of the loss for that of the distance",
                    says: |m| factor(m).powi(2 * m.steps) - distance(m),
                },
                Mutant {
                    name: "step-early",
                    why: "counts a step too many",
                    says: |m| factor(m).powi(m.steps + 1) - distance(m),
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Linear { from: 1.0, to: 20.0, points: 20 },
                at: |k| square(k as i32),
            },
        },
        Tie::none("a quotient of norms of vectors of any length"),
    )
}

fn any_labels() -> Claim {
    Claim::new(
        "any-labels",
        Property {
            domain: |given| {
                let m = problem(given, 2, 0.1..=1.95);
                Problem { start: &m.start * 0.0, ..m }
            },
            margin: |m| factor(m).powi(m.steps) - training_error(m),
            // By hand: (3/4)^2 (1 - 1 / sqrt 2).
            known: vec![(square(2), 0.164_752_435_582_567_02)],
            mutants: [
                Mutant {
                    name: "least-alone",
                    why: "takes the factor of the least singular value",
                    says: |m| slowest(m).abs().powi(m.steps) - training_error(m),
                },
                Mutant {
                    name: "loss",
                    why: "takes the rate of the loss for that of the norm",
                    says: |m| factor(m).powi(2 * m.steps) - training_error(m),
                },
                Mutant {
                    name: "rank-lost",
                    why: "expects it with a rank of one less than observations",
                    says: |m| {
                        let rank = m.singular.len() - 1;
                        let fewer = Problem {
                            u: m.u.columns(0, rank).into_owned(),
                            v: m.v.columns(0, rank).into_owned(),
                            singular: m.singular[..rank].to_vec(),
                            ..m.clone()
                        };
                        factor(&fewer).powi(m.steps) - training_error(&fewer)
                    },
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Linear { from: 1.0, to: 20.0, points: 20 },
                at: |k| square(k as i32),
            },
        },
        Tie::none("a quotient of norms of vectors of any length"),
    )
}

/// Any design with $\sigma_1 / \sigma_r \le 2$; of full rank $n$ for a `least` rank of 2.
fn problem(given: &mut Given, least: usize, multiples: std::ops::RangeInclusive<f64>) -> Problem {
    let n = given.count("n", least..=6);
    let p = given.count("p", if least > 1 { n } else { 1 }..=9);
    let rank = if least > 1 { n } else { given.count("rank", 1..=n.min(p)) };
    let size = given.scale("size", 0.1..=10.0);
    let mut singular = given.spectrum("singular", rank, 0.5 * size..=size);
    singular.sort_by(|a, b| b.total_cmp(a));
    let u = orthogonal(&mut given.data("left"), n).columns(0, rank).into_owned();
    let v = orthogonal(&mut given.data("right"), p).columns(0, rank).into_owned();
    let labels = column(&given.unit_vector("labels", n)) * size;
    let start = column(&given.unit_vector("start", p));
    let c = given.real("c", multiples);
    Problem { u, singular, v, labels, start, c, steps: given.count("k", 1..=30) as i32 }
}

fn column(entries: &[f64]) -> Matrix<f64> {
    Matrix::from_column_slice(entries.len(), 1, entries)
}

/// $X = (1, 1)$, $y = 2$, from $(1, 0)$.
fn pair(c: f64, steps: i32) -> Problem {
    let half = std::f64::consts::FRAC_1_SQRT_2;
    Problem {
        u: column(&[1.0]),
        singular: vec![std::f64::consts::SQRT_2],
        v: column(&[half, half]),
        labels: column(&[2.0]),
        start: column(&[1.0, 0.0]),
        c,
        steps,
    }
}

/// $X = \operatorname{diag}(1, ½)$, $y = (1, 1)$, $\eta = 1$, from 0.
fn square(steps: i32) -> Problem {
    Problem {
        u: Matrix::identity(2, 2),
        singular: vec![1.0, 0.5],
        v: Matrix::identity(2, 2),
        labels: column(&[1.0, 1.0]),
        start: column(&[0.0, 0.0]),
        c: 1.0,
        steps,
    }
}

/// $X$.
fn design(m: &Problem) -> Matrix<f64> {
    &m.u * Matrix::from_diagonal(&m.singular.clone().into()) * m.v.transpose()
}

/// $\eta$.
fn step_size(m: &Problem) -> f64 {
    m.c / (m.singular[0] * m.singular[0])
}

/// $\beta_k$ by gradient descent.
fn descend(m: &Problem, steps: i32) -> Matrix<f64> {
    let (x, eta) = (design(m), step_size(m));
    let mut beta = m.start.clone();
    for _ in 0..steps {
        beta -= x.tr_mul(&(&x * &beta - &m.labels)) * eta;
    }
    beta
}

/// Each coordinate from $-2 (1 + \|X^+ y\|)$ up: rounding is relative, and nothing is near 0.
fn coordinates(m: &Problem, beta: Matrix<f64>) -> Vec<f64> {
    let origin = 2.0 * (1.0 + fit(m).norm());
    beta.iter().map(|x| origin + x).collect()
}

/// The same for [`pair`], where $X^+ y = (1, 1)$.
fn by_hand(beta: [f64; 2]) -> Vec<f64> {
    beta.map(|x| 2.0 * (1.0 + std::f64::consts::SQRT_2) + x).to_vec()
}

/// $X^+ y$.
fn fit(m: &Problem) -> Matrix<f64> {
    along(m, |_, label, _| label)
}

/// $(I - X^+ X) \beta_0$.
fn outside(m: &Problem) -> Matrix<f64> {
    &m.start - along(m, |_, _, start| start)
}

/// $\sum_i v_i f(\eta \sigma_i^2, u_i^\top y / \sigma_i, v_i^\top \beta_0)$.
fn along(m: &Problem, f: impl Fn(f64, f64, f64) -> f64) -> Matrix<f64> {
    let (labels, start) = (m.u.transpose() * &m.labels, m.v.transpose() * &m.start);
    let eta = step_size(m);
    let entry = |i: usize, s: &f64| f(eta * s * s, labels[i] / s, start[i]);
    let entries: Vec<f64> = m.singular.iter().enumerate().map(|(i, s)| entry(i, s)).collect();
    &m.v * column(&entries)
}

/// $\beta_k$ as stated, with what `kept` says for $(1 - \eta \sigma_i^2)^k$.
fn after(m: &Problem, steps: i32, kept: impl Fn(f64, i32) -> f64) -> Matrix<f64> {
    let inside = along(m, |rate, label, start| {
        let q = kept(rate, steps);
        (1.0 - q) * label + q * start
    });
    inside + outside(m)
}

/// $1 - \eta \sigma_r^2$.
fn slowest(m: &Problem) -> f64 {
    let least = m.singular[m.singular.len() - 1];
    1.0 - step_size(m) * least * least
}

/// $\rho$.
fn factor(m: &Problem) -> f64 {
    let eta = step_size(m);
    m.singular.iter().map(|s| (1.0 - eta * s * s).abs()).fold(0.0, f64::max)
}

/// $\|\beta_k - \beta_\infty\| / \|\beta_0 - \beta_\infty\|$.
fn distance(m: &Problem) -> f64 {
    let end = fit(m) + outside(m);
    (descend(m, m.steps) - &end).norm() / (&m.start - &end).norm()
}

/// $\|y - X \beta_k\| / \|y\|$.
fn training_error(m: &Problem) -> f64 {
    (&m.labels - design(m) * descend(m, m.steps)).norm() / m.labels.norm()
}

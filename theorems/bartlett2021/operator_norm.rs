//! How far the Gram matrix of the tail is from a multiple of the identity, in every direction.
//!
//! That weak features act as a ridge has to hold for each vector of labels, not for a typical one.
//! Two ranks decide: one against the spread of the tail for fluctuations that go both ways, and one
//! against its largest eigenvalue for a single feature that stands out.

use super::{LINK, PAPER};
use crate::bartlett2020::{powers, tail_sums};
use std::sync::LazyLock;
use theoremcheck::linalg::small::gram_lower;
use theoremcheck::linalg::{symmetric_eigenvalues, vectorised};
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::models::spectral_edges::EdgeBlock;
use theoremcheck::prelude::*;

/// $m = \gamma n$ equal eigenvalues.
#[derive(Clone, Copy, Debug)]
struct Flat {
    gamma: f64,
}

/// $n$ observations, and the eigenvalues beyond $k$, decreasing.
#[derive(Clone, Debug)]
struct Tail {
    n: usize,
    eigenvalues: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// All eigenvalues 1.
    Flat,
    /// The first $n/4$ are larger.
    Steps,
    /// A power of the index.
    Power,
}

/// The sixteenth moment of the semicircle on $[-2, 2]$, the eighth Catalan number.
const SIXTEENTH_MOMENT: f64 = 1430.0;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2021.operator-norm",
        alias: "bmr.self-induced-regularization-norm",
        title: "The tail of the spectrum acts as a ridge in every direction",
        source: Source {
            paper: PAPER,
            result: "self-induced regularization in linear regression (number unverified), which \
                     states the order; the constants 2 and 1 are derived here, for the largest \
                     eigenvalue, from a comparison of Gaussian processes (Vitale 2000)",
            link: LINK,
        },
        statement: r"Let $X_{>k}$ be $n \times m$ with independent entries, $N(0, \lambda_j)$ in
            column $j$, $S = \sum_j \lambda_j$, $R_k = S^2 / \sum_j \lambda_j^2$, $r_k = S / \max_j
            \lambda_j$ and $A = \frac1S X_{>k} X_{>k}^\top - I$. The paper: $\|A\|$ is of the order
            of $\sqrt{n / R_k} + n / r_k$. Derived here, for every $n$ and all $\lambda_j > 0$: on
            average $\lambda_{\max}(A) \le 2 \sqrt{n / R_k} + n / r_k$. Checked: on average $\|A\|
            \le 2 \sqrt{n / R_k} + n / r_k$ as well, the side of $\lambda_{\max}(-A)$ included, for
            $n$ from 16 to 28 and $m = 4n$ to $8n$, with all $\lambda_j$ equal,
            with $n/4$ of them up to ten times as large, or falling like a power of the index of at
            most 1. The constants cannot be less: if all $\lambda_j$ are equal and $n, m \to \infty$
            with $m/n \to \gamma > 1$, then $\|A\| \to 2 \sqrt{n/m} + n/m = 2 / \sqrt\gamma + 1 /
            \gamma$ almost surely; checked on average.",
        claims: vec![flat_tail(), any_tail()],
        derivation: comparison,
    }
}

/// $2 \sqrt{n / R} + n / r$.
static NORM: LazyLock<Expr> = LazyLock::new(|| {
    let (n, spread, largest) = vars!("n", "R", "r");
    2 * (&n / spread).sqrt() + n / largest
});

/// [`NORM`] for equal eigenvalues, $R = r = \gamma n$.
static EDGE: LazyLock<Expr> = LazyLock::new(|| {
    let gamma = var("gamma");
    2 / gamma.sqrt() + 1 / gamma
});

fn edge(f: &Flat) -> Formula {
    Formula::of("flat", &EDGE, [("gamma", f.gamma)])
}

fn norm(t: &Tail) -> Formula {
    let ranks = Ranks::of(t);
    let values = [("n", t.n as f64), ("R", ranks.spread), ("r", ranks.largest)];
    Formula::of("bound", &NORM, values)
}

/// From Gaussian comparison to the two ranks: $\lambda_{\max}(X X^\top)$ is the maximum of
/// $2 \langle w, X^\top u \rangle - |w|^2$ over unit vectors $u$ and all $w$, and $X^\top u$ may be
/// replaced by two independent Gaussian vectors, one for $u$ and one for $w$.
///
/// Shares $a_j = \lambda_j / S$, the largest $b = 1 / r$; $\theta > 0$ is free.
fn comparison() -> Derivation {
    let (s, s1, q, u) = vars!("s", "s1", "q", "u");
    let (a, b, theta, w, h, g) = vars!("a", "b", "theta", "w", "h", "G");
    let (n, spread, largest, t, gamma) = vars!("n", "R", "r", "t", "gamma");
    let lengths = Domain::new().open(&s, 0, INF).open(&s1, 0, INF);
    let angles = lengths.clone().closed(&q, -1, 1).closed(&u, -1, 1);
    let squared = s.pow(2) + s1.pow(2) - 2 * &s * &s1 * &q * &u;
    let replaced =
        s.pow(2) + s1.pow(2) - 2 * &s * &s1 * &u + s.pow(2) + s1.pow(2) - 2 * &s * &s1 * &q;
    let excess = &replaced - &squared;
    let split = (&s - &s1).pow(2) + 2 * &s * &s1 * (1 - &q) * (1 - &u);
    let free = Domain::new().open(&theta, 0, INF).open(&s, 0, INF).open(&g, 0, INF);
    let below = Domain::new().open(&b, 0, INF).open(&theta, 0, 1 / &b);
    let inside = below.open(&a, 0, &b);
    let square = inside.clone().real(&w).real(&h);
    let peak = &h * a.sqrt() / (1 - &theta * &a);
    let ranks = Domain::new().open(&n, 0, INF).open(&spread, 0, INF).open(&largest, 0, INF);
    let chosen = ranks.clone().open(&t, 0, INF);
    let level = &n / (&n / &largest + &t);
    let upper = &n / &level + &level / (&spread * (1 - &level / &largest));
    let root = (&n / &spread).sqrt();
    let linear = &n / &largest + &t + &n / (&spread * &t);
    let ratio = Domain::new().open(&gamma, 1, INF);
    let vitale = Source {
        paper: "R. A. Vitale, 2000, Some comparisons for Gaussian processes",
        result: "the comparison of the means of maxima of Gaussian processes with a function added",
        link: "https://doi.org/10.1090/S0002-9939-00-05367-3",
    };
    let geman = Source {
        paper: "S. Geman, 1980, A limit theorem for the norm of random matrices; Z. D. Bai, Y. Q. \
                Yin, 1993, Limit of the smallest eigenvalue",
        result: "the limit theorems",
        link: "https://doi.org/10.1214/aop/1176994775",
    };
    Derivation::of("The two ranks of the tail from a comparison of Gaussian processes")
        .cited("vitale", "larger increments have the larger mean of the maximum", vitale)
        .identity("increments", excess, split.clone(), &angles)
        .twin("lengths-only", |d| d.right((&s - &s1).pow(2)))
        .nonneg("larger-increments", split, &angles)
        .twin("strictly", Draft::strictly)
        .identity(
            "free-parameter",
            &theta * s.pow(2) + g.pow(2) / &theta - 2 * &g * &s,
            (&theta * &s - &g).pow(2) / &theta,
            &free,
        )
        .twin("not-scaled", |d| d.right((&theta * &s - &g).pow(2)))
        .identity(
            "maximum",
            &theta * &a * w.pow(2) - w.pow(2) + 2 * &h * a.sqrt() * &w,
            &a * h.pow(2) / (1 - &theta * &a) - (1 - &theta * &a) * (&w - &peak).pow(2),
            &square,
        )
        .twin("no-parameter", |d| d.right(&a * h.pow(2) - (&w - &h * a.sqrt()).pow(2)))
        .identity(
            "around-one",
            &a / (1 - &theta * &a),
            &a + &theta * a.pow(2) / (1 - &theta * &a),
            &inside,
        )
        .twin("first-order", |d| d.right(&a + &theta * a.pow(2)))
        .nonneg(
            "worst-share",
            &theta * a.pow(2) / (1 - &theta * &b) - &theta * a.pow(2) / (1 - &theta * &a),
            &inside,
        )
        .twin("none", |d| d.of(&theta * a.pow(2) - &theta * a.pow(2) / (1 - &theta * &a)))
        .identity("in-ranks", upper, linear.clone(), &chosen)
        .twin("other-rank", |d| d.right(&n / &spread + &t + &n / (&spread * &t)))
        .identity("bound", linear.at(&t, &root), NORM.clone(), &ranks)
        .twin("once", |d| d.right(&root + &n / &largest))
        .identity("best", &linear - NORM.clone(), (&t - &root).pow(2) / &t, &chosen)
        .twin("not-scaled", |d| d.right((&t - &root).pow(2)))
        .cited("limit", "the extreme eigenvalues tend to the edges of the limiting law", geman)
        .identity("flat", (1 + 1 / gamma.sqrt()).pow(2) - 1, EDGE.clone(), &ratio)
        .twin("no-square", |d| d.right(2 / gamma.sqrt()))
        .positive("upper-edge", EDGE.clone() - (1 - (1 - 1 / gamma.sqrt()).pow(2)), &ratio)
        .twin("lower-edge", |d| d.of((1 - (1 - 1 / gamma.sqrt()).pow(2)) - EDGE.clone()))
}

fn flat_tail() -> Claim {
    Claim::new(
        "flat",
        Limit {
            // Up to 8, where the lower edge is as far from the upper as 100 spreads of both at the
            // least size; there is no atom at 0, which m < n would bring.
            domain: |given| Flat { gamma: given.ratio("gamma", 5..=32, 4) },
            theory: |f| edge(f).value(),
            observable: Each(deviation),
            sizes: &[400, 1600, 6400, 25_600],
            // Of the two edges the upper is the farther but for a probability that falls
            // exponentially in n. Without the term in n^{-2/3}, the mean of the limiting law of the
            // fluctuations, it differs from its limit by a term in 1/n, from the difference between
            // n and the best centring n - 1/2 (Ma 2012).
            correction: Correction::removing(&[2.0 / 3.0]).then(1.0),
            resolution: Relative(0.005),
            known: vec![(Flat { gamma: 4.0 }, 1.25), (Flat { gamma: 1.5625 }, 2.24)],
            mutants: [
                Mutant {
                    name: "fifty-rows",
                    why: "counts 50 observations for 49",
                    says: |f| edge(&Flat { gamma: f.gamma * 49.0 / 50.0 }).value(),
                },
                Mutant {
                    name: "no-square",
                    why: "takes the edge of the semicircle, as for n much below m",
                    says: |f| 2.0 / f.gamma.sqrt(),
                },
                Mutant {
                    name: "lower-edge",
                    why: "takes the least eigenvalue for the farther one",
                    says: |f| 2.0 / f.gamma.sqrt() - 1.0 / f.gamma,
                },
                Mutant {
                    name: "one-feature",
                    why: "keeps n / r alone, what a single feature contributes",
                    says: |f| 1.0 / f.gamma,
                },
                Mutant {
                    name: "once",
                    why: "takes the order for the value: root(n/m) + n/m",
                    says: |f| 1.0 / f.gamma.sqrt() + 1.0 / f.gamma,
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 1.25, to: 8.0, points: 28 },
                at: |gamma| Flat { gamma },
            },
        },
        Tie::formula(edge),
    )
    .price(1.0 / 3.0)
}

fn any_tail() -> Claim {
    Claim::new(
        "any-tail",
        Bound {
            domain: tail,
            observable: operator_norm,
            relation: AtMost,
            holds: OnAverage(Relative(0.02)),
            bound: |t| norm(t).value(),
            known: vec![
                (Tail { n: 16, eigenvalues: vec![1.0; 64] }, 1.25),
                (Tail { n: 16, eigenvalues: vec![3.0, 1.0, 1.0, 1.0] }, 12.618_802_153_517_006),
            ],
            mutants: [
                Mutant {
                    name: "trace-method",
                    why: "stops the method of moments at the sixteenth: 1.58 for 2",
                    says: |t| {
                        let ranks = Ranks::of(t);
                        let n = t.n as f64;
                        SIXTEENTH_MOMENT.powf(1.0 / 16.0) * (n / ranks.spread).sqrt()
                            + n / ranks.largest
                    },
                },
                Mutant {
                    name: "once",
                    why: "takes the order for the value: root(n/R) + n/r",
                    says: |t| {
                        let ranks = Ranks::of(t);
                        (t.n as f64 / ranks.spread).sqrt() + t.n as f64 / ranks.largest
                    },
                },
                Mutant {
                    name: "one-feature",
                    why: "keeps n / r alone, what a single feature contributes",
                    says: |t| t.n as f64 / Ranks::of(t).largest,
                },
                Mutant {
                    name: "semicircle",
                    why: "forgets that one feature may stand out: 2 root(n/R)",
                    says: |t| 2.0 * (t.n as f64 / Ranks::of(t).spread).sqrt(),
                },
            ],
            curve: Curve {
                x: "exponent",
                grid: Grid::Linear { from: 0.0, to: 1.0, points: 21 },
                at: |exponent| Tail { n: 20, eigenvalues: powers(80, exponent) },
            },
        },
        Tie::formula(norm),
    )
    // Shapes and sizes: two points for each shape on average.
    .points(6)
}

fn tail(given: &mut Given) -> Tail {
    let n = 4 * given.count("n/4", 4..=7);
    let m = n * given.count("ratio", 4..=8);
    let shapes = [("flat", Shape::Flat), ("steps", Shape::Steps), ("power", Shape::Power)];
    let shape = given.choice("shape", &shapes);
    let strength = given.scale("strength", 1.0..=10.0);
    let eigenvalues = match shape {
        Shape::Flat => vec![1.0; m],
        Shape::Steps => (0..m).map(|i| if 4 * i < n { strength } else { 1.0 }).collect(),
        Shape::Power => powers(m, strength.log10()),
    };
    Tail { n, eigenvalues }
}

/// $R_k$ and $r_k$.
struct Ranks {
    spread: f64,
    largest: f64,
}

impl Ranks {
    fn of(t: &Tail) -> Self {
        let [sum, squares] = tail_sums(&t.eigenvalues, 0);
        Self { spread: sum * sum / squares, largest: sum / t.eigenvalues[0] }
    }
}

/// $\|\frac1m X X^\top - I\|$ for an $n \times m$ matrix of standard normals, in $O(n^{1/3})$.
fn deviation(f: Flat, n: usize) -> Sampler {
    let m = (f.gamma * n as f64).round() as usize;
    let mut block = EdgeBlock::default();
    Sampler::new(move |rng| {
        let [least, largest] = block.draw_both(rng, n, m).map(|x| x / m as f64);
        (largest - 1.0).max(1.0 - least)
    })
}

/// $\|A\|$, the matrix drawn entry by entry.
fn operator_norm(t: Tail) -> Sampler {
    let Tail { n, eigenvalues } = t;
    let m = eigenvalues.len();
    let sum: f64 = eigenvalues.iter().sum();
    let deviations: Vec<f64> = eigenvalues.iter().map(|x| (x / sum).sqrt()).collect();
    let (mut rows, mut gram) = (vec![0.0; n * m], vec![0.0; n * n]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut rows);
        vectorised(
            #[inline(always)]
            || {
                for row in rows.chunks_exact_mut(m) {
                    row.iter_mut().zip(&deviations).for_each(|(x, scale)| *x *= scale);
                }
                gram_lower(&rows, n, m, &mut gram);
            },
        );
        // The lower half of rows is the upper half of columns.
        let difference = Matrix::from_fn(n, n, |i, j| {
            gram[i.max(j) * n + i.min(j)] - if i == j { 1.0 } else { 0.0 }
        });
        symmetric_eigenvalues(&difference).map_or(f64::NAN, |values| values.amax())
    })
}

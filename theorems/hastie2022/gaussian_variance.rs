//! The variance of Gaussian least squares at finite size, exactly.
//!
//! No limit is needed to see double descent: for Gaussian features the mean of the variance is a
//! ratio of whole numbers at every size, on both sides of the threshold, and infinite next to it.

use super::{LINK, PAPER, tail_index};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{cholesky_in_place, dot, gram_lower, solve_lower};
use theoremcheck::models::wishart::trace_inverse;
use theoremcheck::prelude::*;

/// An $n \times p$ Gaussian design with isotropic rows.
#[derive(Clone, Copy, Debug)]
struct Shape {
    n: usize,
    p: usize,
}

/// A Gaussian design whose rows have a covariance with these eigenvalues.
#[derive(Clone, Debug)]
struct Correlated {
    n: usize,
    p: usize,
    spectrum: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.gaussian-variance",
        alias: "hmrt.gauss-variance-exact",
        title: "Exact variance of Gaussian least squares",
        source: Source {
            paper: PAPER,
            result: "mean of the inverse Wishart distribution (von Rosen 1988), used in Section 3",
            link: LINK,
        },
        statement: r"Let the $n$ rows of $X$ be independent $N(0, \Sigma)$ in $R^p$, $\Sigma$
            positive definite, and $V = \operatorname{tr} (\Sigma (X^\top X)^+)$ the variance of
            least squares for noise of variance 1. On average over $X$, exactly:
            for $p \le n - 2$ and any $\Sigma$, $E V = \frac{p}{n-p-1}$;
            for $p \ge n + 2$ and $\Sigma = I$, $E V = \frac{n}{p-n-1}$.
            For $\Sigma = I$, $m = \min(n,p)$ and $d = |n-p| > 3$,
            $E V^2 = c_1 m^2 + 2 c_2 m$ with $c_2 = \frac{1}{d(d-1)(d-3)}$, $c_1 = (d-2) c_2$.
            For $|n-p| \le 1$ the mean is infinite, for $|n-p| \le 3$ the second moment. Checked
            where the moments that the statistics rest on exist: $|n-p| \ge 12$.",
        claims: vec![under(), over(), any_covariance(), second_moment()],
        derivation: moments,
    }
}

/// $\frac{p}{n-p-1}$ and $\frac{n}{p-n-1}$.
static MEANS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, p) = vars!("n", "p");
    [&p / (&n - &p - 1), &n / (&p - &n - 1)]
});

/// $\frac{(d-2) m^2 + 2 m}{d (d-1) (d-3)}$ with $m = n$ and $d = p - n$.
static MEAN_SQUARE: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p) = vars!("n", "p");
    let d = p - &n;
    ((&d - 2) * n.pow(2) + 2 * n) / (&d * (&d - 1) * (&d - 3))
});

/// An expression at the sizes.
fn sized(step: &'static str, of: &Expr, n: usize, p: usize) -> Formula {
    Formula::of(step, of, [("n", n as f64), ("p", p as f64)])
}

/// From the moments of an inverse Wishart matrix to the variance of the estimator. $d = |n - p|$,
/// $m = \min(n, p)$.
fn moments() -> Derivation {
    let (n, p, m, d, gamma, t) = vars!("n", "p", "m", "d", "gamma", "t");
    let mean = &m / (&d - 1);
    let second = {
        let c2 = 1 / (&d * (&d - 1) * (&d - 3));
        (&d - 2) * &c2 * m.pow(2) + 2 * c2 * &m
    };
    let spread = 2 * &m * (&m + &d - 1) / (&d * (&d - 1).pow(2) * (&d - 3));
    let sizes = Domain::new().open(&m, 0, INF).open(&d, 3, INF);
    let finite = Domain::new().open(&gamma, 0, 1).open(&t, 0, 1 - &gamma);
    let below = Domain::new().open(&gamma, 0, 1);
    let tall = Domain::new().open(&p, 0, INF).open(&n, &p + 1, INF);
    let wide = Domain::new().open(&n, 0, INF).open(&p, &n + 1, INF);
    let wider = Domain::new().open(&n, 0, INF).open(&p, &n + 3, INF);
    Derivation::of("Mean and spread of the variance")
        .cited(
            "inverse-wishart",
            "the mean and the mean square of the trace of an inverse Wishart matrix",
            Source {
                paper: "D. von Rosen, 1988, Moments for the inverted Wishart distribution",
                result: "moments of the first and second order",
                link: "https://www.jstor.org/stable/4616090",
            },
        )
        .identity("tall", mean.at(&m, &p).at(&d, &n - &p), MEANS[0].clone(), &tall)
        .twin("no-loss", |s| s.right(&p / (&n - &p)))
        .identity("wide", mean.at(&m, &n).at(&d, &p - &n), MEANS[1].clone(), &wide)
        .twin("no-loss", |s| s.right(&n / (&p - &n)))
        .identity("square", second.at(&m, &n).at(&d, &p - &n), MEAN_SQUARE.clone(), &wider)
        .twin("squared-mean", |s| s.right(MEANS[1].pow(2)))
        .identity(
            "proportional",
            (&p / (&n - &p - 1)).at(&p, &gamma / &t).at(&n, 1 / &t),
            &gamma / (1 - &gamma - &t),
            &finite,
        )
        .twin("limit-at-once", |s| s.right(&gamma / (1 - &gamma)))
        .limit(
            "limit",
            &gamma / (1 - &gamma - &t),
            &t,
            Toward::Above(0.into()),
            &gamma / (1 - &gamma),
            &below,
        )
        .twin("other-side", |s| s.value(1 / (1 - &gamma)))
        .limit(
            "threshold",
            &gamma / (1 - &gamma),
            &gamma,
            Toward::Below(1.into()),
            INF,
            &Domain::new(),
        )
        .twin("other-side", |s| s.toward(Toward::Above(1.into())))
        .identity("spread", &second - mean.pow(2), &spread, &sizes)
        .twin("one-more", |s| s.right(2 * &m * (&m + &d) / (&d * (&d - 1).pow(2) * (&d - 3))))
        .positive("spreads", spread.clone(), &sizes)
        .twin("below-three", |s| s.on(&Domain::new().open(&m, 0, INF).open(&d, 1, 3)))
}

fn under() -> Claim {
    Claim::new(
        "under",
        Equality {
            domain: tall,
            theory: |s| sized("tall", &MEANS[0], s.n, s.p).value(),
            observable: variance,
            resolution: Relative(0.003),
            known: vec![
                (Shape { n: 40, p: 30 }, 10.0 / 3.0),
                (Shape { n: 40, p: 10 }, 0.344_827_586_206_896_6),
            ],
            mutants: [
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula gamma / (1 - gamma) at finite size",
                    says: |s| s.p as f64 / (s.n as f64 - s.p as f64),
                },
                Mutant {
                    name: "degree-gained",
                    why: "writes n - p + 1 for n - p - 1",
                    says: |s| s.p as f64 / (s.n as f64 - s.p as f64 + 1.0),
                },
                Mutant {
                    name: "intercept-free",
                    why: "does not count the variance of one coefficient, as for an intercept",
                    says: |s| (s.p as f64 - 1.0) / (s.n as f64 - s.p as f64 - 1.0),
                },
                Mutant {
                    name: "fixed-design",
                    why: "takes the risk on the training inputs",
                    says: |s| s.p as f64 / s.n as f64,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 38.0, points: 38 },
                at: |p| Shape { n: 40, p: p as usize },
            },
        },
        Tie::formula(|s| sized("tall", &MEANS[0], s.n, s.p)),
    )
}

fn over() -> Claim {
    Claim::new(
        "over",
        Equality {
            domain: wide,
            theory: |s| sized("wide", &MEANS[1], s.n, s.p).value(),
            observable: variance,
            resolution: Relative(0.003),
            known: vec![
                (Shape { n: 40, p: 60 }, 2.105_263_157_894_737),
                (Shape { n: 200, p: 220 }, 10.526_315_789_473_685),
            ],
            mutants: [
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula 1 / (gamma - 1) at finite size",
                    says: |s| s.n as f64 / (s.p as f64 - s.n as f64),
                },
                Mutant {
                    name: "degree-gained",
                    why: "writes p - n + 1 for p - n - 1",
                    says: |s| s.n as f64 / (s.p as f64 - s.n as f64 + 1.0),
                },
                Mutant {
                    name: "centred",
                    why: "loses an observation to centring in the numerator only",
                    says: |s| (s.n as f64 - 1.0) / (s.p as f64 - s.n as f64 - 1.0),
                },
                Mutant {
                    name: "roles-kept",
                    why: "swaps n and p in the denominator, but not in the numerator",
                    says: |s| s.p as f64 / (s.p as f64 - s.n as f64 - 1.0),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 42.0, to: 120.0, points: 79 },
                at: |p| Shape { n: 40, p: p as usize },
            },
        },
        Tie::formula(|s| sized("wide", &MEANS[1], s.n, s.p)),
    )
}

fn any_covariance() -> Claim {
    Claim::new(
        "any-covariance",
        Equality {
            domain: correlated,
            theory: |c| sized("tall", &MEANS[0], c.n, c.p).value(),
            observable: correlated_variance,
            resolution: Relative(0.005),
            known: vec![(Correlated { n: 24, p: 3, spectrum: vec![4.0, 1.0, 0.25] }, 0.15)],
            mutants: [
                Mutant {
                    name: "trace-kept",
                    why: "forgets that the covariance of new inputs cancels that of the old",
                    says: |c| c.spectrum.iter().sum::<f64>() / (c.n as f64 - c.p as f64 - 1.0),
                },
                Mutant {
                    name: "effective-dimension",
                    why: "counts directions by tr(Sigma) / |Sigma|, as a ridge would",
                    says: |c| {
                        let rank = c.spectrum.iter().sum::<f64>() / c.spectrum[0];
                        rank / (c.n as f64 - rank - 1.0)
                    },
                },
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula gamma / (1 - gamma) at finite size",
                    says: |c| c.p as f64 / (c.n as f64 - c.p as f64),
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 5.0, to: 44.0, points: 40 },
                at: |n| Correlated { n: n as usize, p: 3, spectrum: vec![4.0, 1.0, 0.25] },
            },
        },
        Tie::formula(|c| sized("tall", &MEANS[0], c.n, c.p)),
    )
}

fn second_moment() -> Claim {
    Claim::new(
        "second-moment",
        Equality {
            domain: small,
            theory: |s| sized("square", &MEAN_SQUARE, s.n, s.p).value(),
            observable: squared_variance,
            resolution: Relative(0.003),
            known: vec![
                (Shape { n: 40, p: 60 }, 4.470_588_235_294_118),
                (Shape { n: 200, p: 220 }, 111.517_027_863_777_09),
            ],
            mutants: [
                Mutant {
                    name: "squared-mean",
                    why: "squares the mean",
                    says: |s| (s.n as f64 / (s.p as f64 - s.n as f64 - 1.0)).powi(2),
                },
                Mutant {
                    name: "trace-squared-only",
                    why: "drops the term of tr K^-2 from the second moment of the trace",
                    says: |s| mean_square(s, 3.0, 0.0),
                },
                Mutant {
                    name: "one-transpose",
                    why: "counts one of the two equal pairings of indices",
                    says: |s| mean_square(s, 3.0, 1.0),
                },
                Mutant {
                    name: "degree-gained",
                    why: "writes d - 2 for d - 3",
                    says: |s| mean_square(s, 2.0, 2.0),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 14.0, to: 60.0, points: 47 },
                at: |p| Shape { n: 10, p: p as usize },
            },
        },
        Tie::formula(|s| sized("square", &MEAN_SQUARE, s.n, s.p)),
    )
}

fn tall(given: &mut Given) -> Shape {
    let p = given.count("p", 1..=200);
    Shape { n: given.count("n", p + 12..=p + 200), p }
}

fn wide(given: &mut Given) -> Shape {
    let n = given.count("n", 1..=200);
    Shape { n, p: given.count("p", n + 12..=n + 200) }
}

fn correlated(given: &mut Given) -> Correlated {
    let p = given.count("p", 2..=8);
    let n = given.count("n", p + 16..=p + 40);
    Correlated { n, p, spectrum: given.spectrum("spectrum", p, 0.01..=10.0) }
}

/// The square has half the tail index, and its own third moment exists from $|n-p| = 12$.
fn small(given: &mut Given) -> Shape {
    let n = given.count("n", 3..=12);
    Shape { n, p: given.count("p", n + 20..=n + 50) }
}

/// $\frac{(d-2) m^2 + q m}{d (d-1) (d-a)}$, $m = n$, $d = p - n$: [`MEAN_SQUARE`] for $a = 3$ and
/// $q = 2$.
fn mean_square(s: &Shape, a: f64, q: f64) -> f64 {
    let (m, d) = (s.n as f64, s.p as f64 - s.n as f64);
    ((d - 2.0) * m * m + q * m) / (d * (d - 1.0) * (d - a))
}

/// $\operatorname{tr} (X X^\top)^{-1}$ or $\operatorname{tr} (X^\top X)^{-1}$, whichever exists,
/// in $O(\min(n, p))$. With $X = Z \Sigma^{1/2}$ it is $V$ for every $\Sigma$ if $p < n$.
fn variance(s: Shape) -> Sampler {
    Sampler::new(move |rng| trace_inverse(rng, s.n, s.p)).tail_index(tail_index(s.n, s.p))
}

/// $V^2$.
fn squared_variance(s: Shape) -> Sampler {
    let draw = move |rng: &mut Rng| trace_inverse(rng, s.n, s.p).powi(2);
    Sampler::new(draw).tail_index(0.5 * tail_index(s.n, s.p))
}

/// $\operatorname{tr} (\Sigma (X^\top X)^{-1}) = \sum_j \lambda_j \|L^{-1} e_j\|^2$ from the
/// Cholesky factor $L$ of $X^\top X$, $X$ drawn entry by entry in the eigenbasis of $\Sigma$ (in
/// which Gaussian rows are independent).
fn correlated_variance(c: Correlated) -> Sampler {
    let Correlated { n, p, spectrum } = c;
    let mut columns = vec![0.0; p * n];
    let mut gram = vec![0.0; p * p];
    let mut solved = vec![0.0; p];
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut columns);
        for (column, lambda) in columns.chunks_exact_mut(n).zip(&spectrum) {
            let scale = lambda.sqrt();
            column.iter_mut().for_each(|x| *x *= scale);
        }
        gram_lower(&columns, p, n, &mut gram);
        if cholesky_in_place(&mut gram, p).is_err() {
            return f64::NAN; // p < n Gaussian columns are independent: the harness reports it
        }
        let mut variance = 0.0;
        for (j, lambda) in spectrum.iter().enumerate() {
            solved.fill(0.0);
            solved[j] = 1.0;
            solve_lower(&gram, p, &mut solved);
            variance += lambda * dot(&solved, &solved);
        }
        variance
    };
    Sampler::new(draw).tail_index(tail_index(n, p))
}

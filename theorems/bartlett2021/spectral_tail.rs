//! The tail of the spectrum acts as a ridge.
//!
//! Nobody added a penalty, and yet interpolation on many weak features behaves like ridge
//! regression on the few strong ones: the Gram matrix of the weak ones is nearly a multiple of the
//! identity, up to one over their effective rank.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::prelude::*;

/// $n$ observations, and the eigenvalues beyond $k$.
#[derive(Clone, Debug)]
struct Tail {
    n: usize,
    eigenvalues: Vec<f64>,
}

/// $n$ observations of $k$ features of variance 1 and of many more of total variance `ridge`.
#[derive(Clone, Copy, Debug)]
struct Fit {
    n: usize,
    k: usize,
    ridge: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2021.spectral-tail",
        alias: "bmr.self-induced-regularization",
        title: "The tail of the spectrum acts as a ridge",
        source: Source {
            paper: PAPER,
            result: "self-induced regularization in linear regression (number unverified); the \
                     exact second moment is elementary",
            link: LINK,
        },
        statement: r"Let $X_{>k}$ be $n \times m$ with independent entries, $N(0, \lambda_j)$ in
            column $j$, $S = \sum_j \lambda_j$ and $R_k = S^2 / \sum_j \lambda_j^2$. Then on average
            $\bigl\| \frac1S X_{>k} X_{>k}^\top - I \bigr\|_F^2 = \frac{n (n+1)}{R_k}$, exactly. So,
            if $R_k$ is large against $n^2$ (for the operator norm $R_k$ and $S / \max_j \lambda_j$
            large against $n$ are enough), $X X^\top \approx X_{\le k} X_{\le k}^\top + S I$: the
            minimum-norm least-squares estimator on all features agrees on the first $k$ with ridge
            regression on these alone, with ridge $S$, and nobody has added it. For $\lambda_j = S /
            m$, standard normal $X_{\le k}$ and independent $y$ with covariance $I$, the mean
            squared distance of the two estimators on the first $k$ coordinates falls like $1 / R_k
            = 1 / m$.",
        claims: vec![frobenius(), distance()],
        derivation: second_moment,
    }
}

/// $\frac{n (n+1)}{R_k}$.
static MEAN: LazyLock<Expr> = LazyLock::new(|| {
    let (n, rank) = vars!("n", "R");
    &n * (&n + 1) / rank
});

/// [`MEAN`] at a tail.
fn mean(t: &Tail) -> Formula {
    Formula::of("second-moment", &MEAN, [("n", t.n as f64), ("R", rank(t))])
        .instance("S", var("R"))
        .instance("Q", var("R"))
}

/// With $Q = \sum_j \lambda_j^2$: an entry off the diagonal has mean square $Q$, one on it
/// $2 Q$ around $S$ (Isserlis); what a matrix near $S I$ does to the inverse, in one eigenvalue.
fn second_moment() -> Derivation {
    let (n, sum, squares, rank) = vars!("n", "S", "Q", "R");
    let (a, e, x) = vars!("a", "e", "x");
    let sizes = Domain::new().open(&n, 0, INF).open(&sum, 0, INF).open(&squares, 0, INF);
    let diagonal = &n * 2 * &squares / sum.pow(2);
    let others = &n * (&n - 1) * &squares / sum.pow(2);
    let with_rank = Domain::new().open(&n, 0, INF).open(&rank, 0, INF);
    let near = Domain::new().half_open(&a, 0, INF).open(&sum, 0, INF);
    let half = near.clone().open(&e, ratio(-1, 2), ratio(1, 2));
    let inverse = |e: &Expr| 1 / (&a + &sum * (1 + e));
    let shift = -&sum * &e * inverse(&0.into()) * inverse(&e);
    let first = inverse(&e) - inverse(&0.into());
    let positive = Domain::new().open(&x, 0, INF);
    Derivation::of("How far the Gram matrix of the tail is from a multiple of the identity")
        .cited(
            "gaussian-moments",
            "independent standard normal variables have mean 0, mean square 1 and mean fourth \
             power 3",
            Source {
                paper: "L. Isserlis, 1918, On a formula for the product-moment coefficient",
                result: "the formula",
                link: "https://doi.org/10.1093/biomet/12.1-2.134",
            },
        )
        .identity("fourth-moment", 3 * &x - 2 * &x + &x, 2 * &x, &positive)
        .twin("one", |s| s.right(x.clone()))
        .identity("sum", &diagonal + &others, &n * (&n + 1) * &squares / sum.pow(2), &sizes)
        .twin("no-fourth-moment", |s| s.right(n.pow(2) * &squares / sum.pow(2)))
        .identity("second-moment", MEAN.clone(), &n * 2 / &rank + &n * (&n - 1) / &rank, &with_rank)
        .twin("no-fourth-moment", |s| s.right(n.pow(2) / &rank))
        .identity("resolvent", first, shift, &half)
        .twin("no-sum", |s| s.right(-&e * inverse(&0.into()) * inverse(&e)))
        .nonneg("twice-at-most", 2 * inverse(&0.into()) - inverse(&e), &half)
        .twin("nine-tenths-more", |s| s.of(ratio(19, 10) * inverse(&0.into()) - inverse(&e)))
}

fn frobenius() -> Claim {
    Claim::new(
        "frobenius",
        Equality {
            domain: any_tail,
            theory: |t| mean(t).value(),
            observable: squared_distance,
            resolution: Relative(0.02),
            known: vec![(flat(10, 60), 1.833_333_333_333_333_3), (flat(4, 40), 0.5)],
            mutants: [
                Mutant {
                    name: "no-fourth-moment",
                    why: "takes entries on the diagonal for no more spread than the others",
                    says: |t| (t.n * t.n) as f64 / rank(t),
                },
                Mutant {
                    name: "operator-norm",
                    why: "takes the order n / R of the squared operator norm",
                    says: |t| t.n as f64 / rank(t),
                },
                Mutant {
                    name: "other-rank",
                    why: "takes the rank against the largest eigenvalue for the one against spread",
                    says: |t| {
                        let sum: f64 = t.eigenvalues.iter().sum();
                        (t.n * (t.n + 1)) as f64 * t.eigenvalues[0] / sum
                    },
                },
                Mutant {
                    name: "all-directions",
                    why: "counts the directions of the tail, not its effective rank",
                    says: |t| (t.n * (t.n + 1)) as f64 / t.eigenvalues.len() as f64,
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::At(&[12.0, 16.0, 20.0, 24.0, 32.0, 40.0, 48.0, 64.0]),
                at: |m| flat(6, m as usize),
            },
        },
        Tie::formula(mean),
    )
}

fn distance() -> Claim {
    Claim::new(
        "distance",
        Rate {
            domain: |given| Fit {
                n: given.count("n", 6..=10),
                k: given.count("k", 1..=3),
                ridge: given.scale("ridge", 1.0..=16.0),
            },
            shape: |_, m| power(m, -1.0),
            observable: Each(estimators_apart),
            relation: Equal,
            sizes: &[512, 2048, 4096, 16384],
            // The distance is a series in powers of the deviation from the identity, whose odd
            // moments are of order 1/m^2: after 1/m comes 1/m^2, 1/m of it.
            correction: Correction::GUARD.then(1.0),
            resolution: 0.06,
            mutants: [
                Mutant {
                    name: "root",
                    why: "takes the rate of the distance for that of its square",
                    says: |_, m| power(m, -0.5),
                },
                Mutant {
                    name: "square",
                    why: "believes that the first order cancels",
                    says: |_, m| power(m, -2.0),
                },
                Mutant {
                    name: "logarithm",
                    why: "keeps the logarithm of a union bound over directions",
                    says: |_, m| power(m, -1.0) * (m as f64).ln(),
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::At(&[64.0, 256.0, 1024.0, 4096.0, 16384.0]),
                at: |m| (Fit { n: 8, k: 2, ridge: 4.0 }, m as usize),
            },
        },
        Tie::none("a rate: the power itself is the shape, up to a constant"),
    )
    // A draw costs the same at each size.
    .price(0.0)
}

fn any_tail(given: &mut Given) -> Tail {
    let n = given.count("n", 5..=9);
    let m = given.count("m", 12..=32);
    let spread = given.scale("spread", 1.0..=10.0);
    Tail { n, eigenvalues: given.spectrum("spectrum", m, 1.0 / spread..=1.0) }
}

fn flat(n: usize, m: usize) -> Tail {
    Tail { n, eigenvalues: vec![1.0; m] }
}

/// $R_k$.
fn rank(t: &Tail) -> f64 {
    let sum: f64 = t.eigenvalues.iter().sum();
    sum * sum / t.eigenvalues.iter().map(|x| x * x).sum::<f64>()
}

/// $\| \frac1S X_{>k} X_{>k}^\top - I \|_F^2$, entry by entry.
fn squared_distance(t: Tail) -> Sampler {
    let Tail { n, eigenvalues } = t;
    let m = eigenvalues.len();
    let sum: f64 = eigenvalues.iter().sum();
    let deviations: Vec<f64> = eigenvalues.iter().map(|x| (x / sum).sqrt()).collect();
    let (mut rows, mut gram) = (vec![0.0; n * m], vec![0.0; n * n]);
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut rows);
        for row in rows.chunks_exact_mut(m) {
            row.iter_mut().zip(&deviations).for_each(|(x, scale)| *x *= scale);
        }
        gram_lower(&rows, n, m, &mut gram);
        let line = |i: usize| {
            let row = &gram[i * n..i * n + i];
            2.0 * dot(row, row) + (gram[i * n + i] - 1.0).powi(2)
        };
        (0..n).map(line).sum()
    };
    Sampler::new(draw)
}

/// The squared distance, on the first $k$ features, of the minimum-norm estimator with $m$ more
/// features and of ridge regression without them, averaged over $y$ with covariance $I$:
/// $\sum_{j \le k} \|(A^{-1} - B^{-1}) x_j\|^2$ for the Gram matrices $A$ and $B$ of both.
///
/// The Gram matrix of the others is drawn by its Cholesky factor: chi variables on the diagonal,
/// standard normal ones below (Bartlett 1933).
fn estimators_apart(f: Fit, m: usize) -> Sampler {
    let Fit { n, k, ridge } = f;
    let unit = ridge / m as f64;
    // k columns of length n, one after the other.
    let mut columns = vec![0.0; k * n];
    let (mut lower, mut tail) = (vec![0.0; n * n], vec![0.0; n * n]);
    let (mut all, mut few) = (vec![0.0; n * n], vec![0.0; n * n]);
    let mut duals = [vec![0.0; n], vec![0.0; n]];
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut columns);
        for i in 0..n {
            rng.fill_normal(&mut lower[i * n..i * n + i]);
            lower[i * n + i] = rng.chi_squared((m - i) as f64).sqrt();
        }
        gram_lower(&lower, n, n, &mut tail);
        for i in 0..n {
            for j in 0..=i {
                let seen: f64 = columns.chunks_exact(n).map(|c| c[i] * c[j]).sum();
                all[i * n + j] = seen + unit * tail[i * n + j];
                few[i * n + j] = seen + if i == j { ridge } else { 0.0 };
            }
        }
        let factors = [&mut all, &mut few].map(|gram| cholesky_in_place(gram, n).is_ok());
        if factors.contains(&false) {
            return f64::NAN; // of probability 0; the harness reports what is not a number
        }
        let mut apart = 0.0;
        for column in columns.chunks_exact(n) {
            for (dual, factor) in duals.iter_mut().zip([&all, &few]) {
                dual.copy_from_slice(column);
                solve_lower(factor, n, dual);
                solve_lower_transposed(factor, n, dual);
            }
            apart += duals[0].iter().zip(&duals[1]).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
        }
        apart
    };
    Sampler::new(draw).tail_index(0.5 * (m - n + 1) as f64)
}

//! No features escape the double descent peak.
//!
//! Interpolating noise costs at least as much as a bound that knows nothing of the features but
//! their number, and that bound has the peak at $p = n$. Features of constant norm come close to
//! it; Gaussian ones are worse.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{cholesky_in_place, gram_lower, inverse_trace};
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::prelude::*;

/// $n$ rows of $p$ features with this law, $\Sigma = I$.
#[derive(Clone, Copy, Debug)]
struct Features {
    law: IsotropicRow,
    n: usize,
    p: usize,
}

const LAWS: &[(&str, IsotropicRow)] = &[
    ("circles", IsotropicRow::Circles),
    ("sphere", IsotropicRow::Sphere),
    ("uniform", IsotropicRow::Uniform),
    ("gaussian", IsotropicRow::Gaussian),
];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "holzmuller2021.peak",
        alias: "holzmuller.universal-peak",
        title: "Double descent peak of any features",
        source: Source {
            paper: PAPER,
            result: "Theorem 3 for p >= n; for p <= n the sharper form due to Mourtada (2019, from \
                     memory); the mean on the sphere is derived here",
            link: LINK,
        },
        statement: r"Let the $n$ rows of $X$ be independent with the law of a feature vector
            $x \in R^p$ whose second moments $\Sigma = E x x^\top$ are invertible, let $X$ have full
            rank almost surely, and let $V_X = \operatorname{tr} (\Sigma (X^\top X)^+)$ be the
            variance of the minimum-norm fit for noise of variance 1. On average over $X$,
            $E V_X \ge \frac{n}{p + 1 - n}$ for $p \ge n$ and
            $E V_X \ge \frac{p}{n + 1 - p}$ for $p \le n$. For $x$ uniform on the sphere of radius
            $\sqrt p$ and $p > n + 1$, $E V_X = \frac{n (p-2)}{p (p-n-1)}$ exactly: at $n = 1$ the
            bound is attained. Checked for $\Sigma = I$, the best case for $p > n$, with
            coordinates that are independent, or dependent on a sphere or on circles.",
        claims: vec![over(), under(), sphere()],
        derivation: leave_one_out,
    }
}

/// $\frac{n}{p+1-n}$, $\frac{p}{n+1-p}$ and $\frac{n(p-2)}{p(p-n-1)}$.
static MEANS: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let (n, p) = vars!("n", "p");
    [&n / (&p + 1 - &n), &p / (&n + 1 - &p), &n * (&p - 2) / (&p * (&p - &n - 1))]
});

/// An expression at the sizes.
fn sized(step: &'static str, of: &Expr, f: &Features) -> Formula {
    Formula::of(step, of, [("n", f.n as f64), ("p", f.p as f64)])
}

fn bound_over(f: &Features) -> Formula {
    sized("over", &MEANS[0], f)
}

fn bound_under(f: &Features) -> Formula {
    sized("under", &MEANS[1], f)
}

fn mean_on_sphere(f: &Features) -> Formula {
    sized("sphere", &MEANS[2], f)
}

/// Above the threshold the squared distance $q$ of a row from the others has the mean
/// $d = p - n + 1$; below it the leverage $h$ of one of $n + 1$ rows has the mean $\frac{p}{n+1}$.
fn leave_one_out() -> Derivation {
    let (q, d, h, mean, u) = vars!("q", "d", "h", "mean", "u");
    let (n, p) = vars!("n", "p");
    let positive = Domain::new().open(&q, 0, INF).open(&d, 0, INF);
    let tangent = 2 / &d - &q / d.pow(2);
    let remainder = (&q - &d).pow(2) / (d.pow(2) * &q);
    let leverages = Domain::new().open(&h, 0, 1).open(&mean, 0, 1);
    let odds = |x: &Expr| x / (1 - x);
    let below = odds(&mean) + (&h - &mean) / (1 - &mean).pow(2);
    let curved = (&h - &mean).pow(2) / ((1 - &h) * (1 - &mean).pow(2));
    let wide = Domain::new().open(&n, 0, INF).open(&p, &n - 1, INF);
    let tall = Domain::new().open(&p, 0, INF).open(&n, &p - 1, INF);
    let rest = Domain::new().half_open(&n, 1, INF).open(&p, &n + 1, INF);
    // 1 / (p B) for B ~ Beta(a, b), whose inverse has the mean (a + b - 1) / (a - 1).
    let (a, b) = ((&p - &n + 1) / 2, (&n - 1) / 2);
    let inverse_beta = (&a + &b - 1) / (&a - 1);
    Derivation::of("A lower bound by leaving one row out")
        .cited(
            "rows",
            "given the other rows, q has mean d; exchangeable rows have leverages with one mean",
            Source { paper: PAPER, result: "Theorem 3 and Appendix F", link: LINK },
        )
        .identity("remainder", 1 / &q - &tangent, remainder.clone(), &positive)
        .twin("third-order", |s| s.right((&q - &d).pow(2) / d.pow(3)))
        .nonneg("jensen", remainder.clone(), &positive)
        .twin("above", |s| s.of(-&remainder))
        .identity("over", &n * tangent.at(&q, &d).at(&d, &p - &n + 1), MEANS[0].clone(), &wide)
        .twin("gaussian", |s| s.right(&n / (&p - &n - 1)))
        .identity("leverage", odds(&(&u / (1 + &u))), &u, &Domain::new().open(&u, 0, INF))
        .twin("of-itself", |s| s.right(&u / (1 + &u)))
        .identity("remainder-leverage", odds(&h) - &below, curved.clone(), &leverages)
        .twin("third-order", |s| s.right((&h - &mean).pow(2) / (1 - &mean).pow(3)))
        .nonneg("jensen-leverage", curved.clone(), &leverages)
        .twin("above", |s| s.of(-&curved))
        .identity("under", odds(&mean).at(&mean, &p / (&n + 1)), MEANS[1].clone(), &tall)
        .twin("one-row-less", |s| s.right(&p / (&n - &p)))
        .identity("sphere", &n / &p * inverse_beta, MEANS[2].clone(), &rest)
        .twin("gaussian", |s| s.right(&n / (&p - &n - 1)))
        .identity(
            "slack",
            &MEANS[2] - &MEANS[0],
            2 * &n * (&n - 1) / (&p * (&p - &n - 1) * (&p + 1 - &n)),
            &rest,
        )
        .twin("never-attained", |s| s.right(2 * n.pow(2) / (&p * (&p - &n - 1) * (&p + 1 - &n))))
        .nonneg("above-bound", &MEANS[2] - &MEANS[0], &rest)
        .twin("strictly", Draft::strictly)
}

fn over() -> Claim {
    Claim::new(
        "over",
        Bound {
            domain: wide,
            observable: wide_variance,
            relation: AtLeast,
            holds: OnAverage(Relative(0.02)),
            bound: |f| bound_over(f).value(),
            known: vec![
                (features(20, 30), 1.818_181_818_181_818_2),
                (features(40, 60), 1.904_761_904_761_904_8),
            ],
            mutants: [
                Mutant {
                    name: "gaussian",
                    why: "takes the mean of Gaussian features for a bound for all",
                    says: |f| f.n as f64 / (f.p as f64 - f.n as f64 - 1.0),
                },
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula 1 / (gamma - 1) for a bound",
                    says: |f| f.n as f64 / (f.p as f64 - f.n as f64),
                },
                Mutant {
                    name: "roles-kept",
                    why: "swaps n and p in the denominator, but not in the numerator",
                    says: |f| f.p as f64 / (f.p as f64 + 1.0 - f.n as f64),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 30.0, to: 70.0, points: 41 },
                at: |p| features(20, p as usize),
            },
        },
        Tie::formula(bound_over),
    )
}

fn under() -> Claim {
    Claim::new(
        "under",
        Bound {
            domain: tall,
            observable: tall_variance,
            relation: AtLeast,
            holds: OnAverage(Relative(0.02)),
            bound: |f| bound_under(f).value(),
            known: vec![(features(30, 20), 1.818_181_818_181_818_2)],
            mutants: [
                Mutant {
                    name: "gaussian",
                    why: "takes the mean of Gaussian features for a bound for all",
                    says: |f| f.p as f64 / (f.n as f64 - f.p as f64 - 1.0),
                },
                Mutant {
                    name: "limit",
                    why: "takes the asymptotic formula gamma / (1 - gamma) for a bound",
                    says: |f| f.p as f64 / (f.n as f64 - f.p as f64),
                },
                Mutant {
                    name: "roles-kept",
                    why: "swaps n and p in the denominator, but not in the numerator",
                    says: |f| f.n as f64 / (f.n as f64 + 1.0 - f.p as f64),
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 20.0, to: 60.0, points: 41 },
                at: |n| features(n as usize, 8),
            },
        },
        Tie::formula(bound_under),
    )
}

fn sphere() -> Claim {
    Claim::new(
        "sphere",
        Equality {
            domain: |given| Features { law: IsotropicRow::Sphere, ..wide_shape(given) },
            theory: |f| mean_on_sphere(f).value(),
            observable: wide_variance,
            resolution: Relative(0.005),
            known: vec![(features(20, 30), 2.074_074_074_074_074)],
            mutants: [
                Mutant {
                    name: "gaussian",
                    why: "takes the mean of Gaussian features",
                    says: |f| f.n as f64 / (f.p as f64 - f.n as f64 - 1.0),
                },
                Mutant {
                    name: "bound-attained",
                    why: "takes the bound for the mean at every n",
                    says: |f| bound_over(f).value(),
                },
                Mutant {
                    name: "one-degree",
                    why: "loses one degree of freedom to the norm instead of two",
                    says: |f| mean_on_sphere(f).value() * (f.p as f64 - 1.0) / (f.p as f64 - 2.0),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 30.0, to: 70.0, points: 41 },
                at: |p| features(20, p as usize),
            },
        },
        Tie::formula(mean_on_sphere),
    )
}

fn wide_shape(given: &mut Given) -> Features {
    let n = given.count("n", 2..=12);
    Features { n, p: given.count("p", n + 10..=n + 40), law: IsotropicRow::Gaussian }
}

fn wide(given: &mut Given) -> Features {
    let shape = wide_shape(given);
    Features { law: given.choice("features", LAWS), ..shape }
}

fn tall(given: &mut Given) -> Features {
    let p = given.count("p", 2..=12);
    let n = given.count("n", p + 10..=p + 40);
    Features { n, p, law: given.choice("features", LAWS) }
}

fn features(n: usize, p: usize) -> Features {
    Features { law: IsotropicRow::Sphere, n, p }
}

/// $V_X = \operatorname{tr} (X X^\top)^{-1}$.
fn wide_variance(f: Features) -> Sampler {
    let Features { law, n, p } = f;
    let mut x = vec![0.0; n * p];
    let mut trace = trace_of_inverse(n, p);
    Sampler::new(move |rng| {
        law.fill_rows(rng, &mut x, p);
        trace(&x)
    })
}

/// $\operatorname{tr} (X^\top X)^{-1}$, from the columns of $X$ as rows.
fn tall_variance(f: Features) -> Sampler {
    let Features { law, n, p } = f;
    let (mut row, mut columns) = (vec![0.0; p], vec![0.0; n * p]);
    let mut trace = trace_of_inverse(p, n);
    Sampler::new(move |rng| {
        for i in 0..n {
            law.fill(rng, &mut row);
            row.iter().enumerate().for_each(|(j, x)| columns[j * n + i] = *x);
        }
        trace(&columns)
    })
}

/// $\operatorname{tr} (A A^\top)^{-1}$ for $A$ with so many rows and columns, row-major; NaN, which
/// the harness reports, where there is none: with probability 0.
fn trace_of_inverse(rows: usize, columns: usize) -> impl FnMut(&[f64]) -> f64 + Send + 'static {
    let (mut gram, mut buffer) = (vec![0.0; rows * rows], vec![0.0; rows]);
    move |a| {
        gram_lower(a, rows, columns, &mut gram);
        match cholesky_in_place(&mut gram, rows) {
            Ok(()) => inverse_trace(&gram, rows, &mut buffer),
            Err(_) => f64::NAN,
        }
    }
}

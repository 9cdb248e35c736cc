//! The variance as a sum over features, each left out of the matrix that it is compared with.
//!
//! The trace that is the variance of an interpolator has every feature in its inverse. Taking
//! one feature out of the inverse makes the two independent: that identity is what every bound on
//! benign overfitting begins with.

use super::{LINK, PAPER};
use theoremcheck::linalg::small::{
    add_scaled, cholesky_in_place, dot, solve_lower, solve_lower_transposed,
};
use theoremcheck::prelude::*;

/// $p$ eigenvalues, and a column $z_i \in R^n$ for each, one after the other.
#[derive(Clone, Debug)]
struct Features {
    n: usize,
    eigenvalues: Vec<f64>,
    columns: Vec<f64>,
}

/// $\lambda_i z_i^\top M^{-1} z_i$ and $\lambda_i^2 z_i^\top M^{-2} z_i$.
#[derive(Clone, Copy, Debug)]
struct Forms {
    first: f64,
    second: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2020.leave-one-out",
        alias: "bllt.leave-one-out-trace",
        title: "Leave-one-out form of the variance of an interpolator",
        source: Source {
            paper: PAPER,
            result: "the lemma on tr(C) in the proof of the main theorem (number unverified)",
            link: LINK,
        },
        statement: r"Let $z_1, \dots, z_p \in R^n$, $\lambda_1, \dots, \lambda_p > 0$,
            $A = \sum_i \lambda_i z_i z_i^\top$ (the Gram matrix $X X^\top$ of the design with
            columns $\sqrt{\lambda_i} z_i$), and let every $A_{-i} = A - \lambda_i z_i z_i^\top$ be
            invertible. Then the variance
            $\operatorname{tr} (\Sigma X^\top A^{-2} X)$, $\Sigma = \operatorname{diag}(\lambda)$,
            of the minimum-norm least-squares estimator for noise of variance 1 is
            $\sum_i \lambda_i^2 z_i^\top A_{-i}^{-2} z_i \big/
            (1 + \lambda_i z_i^\top A_{-i}^{-1} z_i)^2$, and
            $\sum_i \lambda_i z_i^\top A_{-i}^{-1} z_i \big/
            (1 + \lambda_i z_i^\top A_{-i}^{-1} z_i) = n$. For independent $z_i$ the numerators
            are forms in $z_i$ with a matrix that does not depend on it.",
        claims: vec![variance()],
        derivation: rank_one,
    }
}

/// Two observations, $A_{-i} = L L^\top$ with $L = \begin{pmatrix} l & 0 \\ m & k \end{pmatrix}$,
/// $z_i = (x, y)$: what one feature adds to the inverse.
fn rank_one() -> Derivation {
    let (l, m, k) = vars!("l", "m", "k");
    let (x, y, lambda) = vars!("x", "y", "lambda");
    let domain = Domain::new().open(&l, 0, INF).open(&k, 0, INF).open(&lambda, 0, INF);
    let domain = domain.real(&m).real(&x).real(&y);
    // L^{-1} z, and L^{-T} L^{-1} z = A_{-i}^{-1} z.
    let half = [&x / &l, (&y - &m * &x / &l) / &k];
    let solved = [(&half[0] - &m / &k * &half[1]) / &l, &half[1] / &k];
    let square = |v: &[Expr; 2]| v[0].pow(2) + v[1].pow(2);
    let (first, second) = (square(&half), square(&solved));
    // The same for A by Cramer's rule; its determinant is a sum of squares.
    let entries = [
        l.pow(2) + &lambda * x.pow(2),
        &l * &m + &lambda * &x * &y,
        m.pow(2) + k.pow(2) + &lambda * y.pow(2),
    ];
    let determinant = (&l * &k).pow(2) + &lambda * ((&l * &y - &m * &x).pow(2) + (&k * &x).pow(2));
    let adjugate = [&entries[2] * &x - &entries[1] * &y, &entries[0] * &y - &entries[1] * &x];
    let with = (&adjugate[0] * &x + &adjugate[1] * &y) / &determinant;
    let with_square = square(&adjugate) / determinant.pow(2);
    let full = &entries[0] * &entries[2] - entries[1].pow(2);
    let shrinks = 1 + &lambda * &first;
    Derivation::of("What one feature adds, for two observations")
        .identity("determinant", full, determinant, &domain)
        .twin("no-cross-term", |s| s.left(&entries[0] * &entries[2]))
        .positive("invertible", shrinks.clone(), &domain)
        .twin("any-sign", |s| {
            let any = Domain::new().open(&l, 0, INF).open(&k, 0, INF).real(&lambda);
            s.on(&any.real(&m).real(&x).real(&y))
        })
        .identity("first-form", with, &first / &shrinks, &domain)
        .twin("no-denominator", |s| s.right(first.clone()))
        .identity("second-form", with_square, &second / shrinks.pow(2), &domain)
        .twin("no-square", |s| s.right(&second / &shrinks))
        .cited(
            "any-size",
            "the same for any number of observations",
            Source {
                paper: "J. Sherman, W. J. Morrison, 1950, Adjustment of an inverse matrix",
                result: "the formula",
                link: "https://doi.org/10.1214/aoms/1177729893",
            },
        )
}

fn variance() -> Claim {
    Claim::new(
        "variance",
        Identity {
            domain: any_features,
            left: |f| [whole(f), f.n as f64],
            right: |f| {
                let terms = left_out(f);
                let share = |t: &Forms| t.first / (1.0 + t.first);
                [terms.iter().map(term).sum(), terms.iter().map(share).sum()]
            },
            known: vec![(small(0.25), [0.906_25, 2.0])],
            mutants: [
                Mutant {
                    name: "no-square",
                    why: "forgets to square the denominator",
                    says: |f| {
                        let terms = left_out(f);
                        [terms.iter().map(|t| t.second / (1.0 + t.first)).sum(), f.n as f64]
                    },
                },
                Mutant {
                    name: "eigenvalue-once",
                    why: "forgets one of the two eigenvalues: that of new inputs, or that of old",
                    says: |f| {
                        let terms = left_out(f);
                        let each = terms.iter().zip(&f.eigenvalues);
                        [each.map(|(t, lambda)| term(t) / lambda).sum(), f.n as f64]
                    },
                },
                Mutant {
                    name: "kept-in-the-denominator",
                    why: "leaves the feature in the matrix of the denominator",
                    says: |f| {
                        let (out, kept) = (left_out(f), forms(f, None));
                        let each = out.iter().zip(&kept);
                        let sum = each.map(|(o, k)| o.second / (1.0 + k.first).powi(2)).sum();
                        [sum, f.n as f64]
                    },
                },
                Mutant {
                    name: "kept-in-the-share",
                    why: "leaves the feature in the matrix of the leverages",
                    says: |f| {
                        let kept = forms(f, None);
                        let share = |t: &Forms| t.first / (1.0 + t.first);
                        [whole(f), kept.iter().map(share).sum()]
                    },
                },
            ],
            curve: Curve {
                x: "least",
                grid: Grid::Log { from: 0.05, to: 1.0, points: 25 },
                at: small,
            },
        },
        Tie::none("sums over inverses of matrices of any size: the derivation has two rows"),
    )
    .components(&["variance", "number of observations"])
}

/// Enough features that every $A_{-i}$ is far from singular.
fn any_features(given: &mut Given) -> Features {
    let n = given.count("n", 2..=8);
    let p = given.count("p", 2 * n + 2..=3 * n + 6);
    let eigenvalues = given.spectrum("spectrum", p, 0.05..=1.0);
    let mut columns = vec![0.0; n * p];
    given.data("features").fill_normal(&mut columns);
    Features { n, eigenvalues, columns }
}

/// $\lambda = (1, \frac12, \text{least})$ and $z = (1, 0), (1, 1), (0, 2)$.
fn small(least: f64) -> Features {
    Features {
        n: 2,
        eigenvalues: vec![1.0, 0.5, least],
        columns: vec![1.0, 0.0, 1.0, 1.0, 0.0, 2.0],
    }
}

/// A term of the sum.
fn term(t: &Forms) -> f64 {
    t.second / (1.0 + t.first).powi(2)
}

/// $\operatorname{tr} (\Sigma X^\top A^{-2} X)$, nothing left out.
fn whole(f: &Features) -> f64 {
    forms(f, None).iter().map(|t| t.second).sum()
}

/// The forms of each feature in the inverse without it.
fn left_out(f: &Features) -> Vec<Forms> {
    (0..f.eigenvalues.len()).map(|i| forms(f, Some(i))[i]).collect()
}

/// The forms of all features in the inverse without one of them, or without none; NaN where it
/// cannot be factored.
fn forms(f: &Features, without: Option<usize>) -> Vec<Forms> {
    let n = f.n;
    let mut factor = vec![0.0; n * n];
    let features = f.columns.chunks_exact(n).zip(&f.eigenvalues).enumerate();
    for (_, (z, lambda)) in features.clone().filter(|(i, _)| Some(*i) != without) {
        for (row, x) in factor.chunks_exact_mut(n).zip(z) {
            add_scaled(row, lambda * x, z);
        }
    }
    if cholesky_in_place(&mut factor, n).is_err() {
        return vec![Forms { first: f64::NAN, second: f64::NAN }; f.eigenvalues.len()];
    }
    let form = |(_, (z, lambda)): (usize, (&[f64], &f64))| {
        let mut solved = z.to_vec();
        solve_lower(&factor, n, &mut solved);
        let first = lambda * dot(&solved, &solved);
        solve_lower_transposed(&factor, n, &mut solved);
        Forms { first, second: lambda * lambda * dot(&solved, &solved) }
    };
    features.map(form).collect()
}

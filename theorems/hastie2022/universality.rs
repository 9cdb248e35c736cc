//! Ridgeless least squares does not ask for Gaussian features, but for its first correction.
//!
//! The limit of the variance is the same for all independent entries with mean 0 and variance 1.
//! What comes next is not: it depends on the fourth moment, so that an experiment at finite size
//! with signs is closer to the limit, and one with heavier tails farther, than a Gaussian one.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::models::row_distances::RowDistances;
use theoremcheck::prelude::*;

/// A law of the entries with its excess kurtosis, and $\min(n,p) / \max(n,p)$.
#[derive(Clone, Copy, Debug)]
struct Entries {
    share: f64,
    law: IsotropicRow,
    kurtosis: f64,
}

/// Dependent rows are drawn again: signs, with a probability below 1e-5 at the sizes here.
const REDRAWS: usize = 16;

const GAUSSIAN: (IsotropicRow, f64) = (IsotropicRow::Gaussian, 0.0);
const SIGNS: (IsotropicRow, f64) = (IsotropicRow::Signs, -2.0);
const UNIFORM: (IsotropicRow, f64) = (IsotropicRow::Uniform, -1.2);
const LAPLACE: (IsotropicRow, f64) = (IsotropicRow::Laplace, 3.0);
const EXPONENTIAL: (IsotropicRow, f64) = (IsotropicRow::Exponential, 6.0);

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.universality",
        alias: "hmrt.universality",
        title: "Variance of ridgeless regression for entries of any law",
        source: Source {
            paper: PAPER,
            result: "Theorem 1, for entries with more than four moments; the correction of order \
                     1/n is derived here",
            link: LINK,
        },
        statement: r"Let the entries of the $n \times p$ matrix $X$ be independent with mean 0,
            variance 1, excess kurtosis $\kappa$ and a finite moment of order above 4,
            $m = \min(n, p)$, $M = \max(n, p)$, $V = \operatorname{tr} (X^\top X)^+$ the variance of
            least squares for noise of variance 1, and $m, M \to \infty$ with
            $m / M \to \rho \in (0, 1)$. Then almost surely $V \to \frac{\rho}{1 - \rho}$, whatever
            the law of the entries ($\frac{\gamma}{1-\gamma}$ for $\gamma = p/n < 1$,
            $\frac{1}{\gamma - 1}$ for $\gamma > 1$). On average over $X$ of full rank, where the
            mean exists,
            $E V = \frac{m}{M - m} \bigl(1 + \frac{1}{M} \bigl(\frac{1}{1 - \rho} + \kappa\bigr)
            + o(\frac1M)\bigr)$.",
        claims: vec![limit(), correction()],
        derivation: leave_one_out,
    }
}

/// $\frac{\rho}{1 - \rho}$ and $\frac{1}{1 - \rho} + \kappa$.
static VARIANCE: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (rho, kappa) = vars!("share", "kurtosis");
    [&rho / (1 - &rho), 1 / (1 - &rho) + kappa]
});

fn limiting(e: &Entries) -> Formula {
    Formula::of("limit", &VARIANCE[0], [("share", e.share)])
}

fn first_correction(e: &Entries) -> Formula {
    let values = [("share", e.share), ("kurtosis", e.kurtosis)];
    Formula::of("correction", &VARIANCE[1], values)
}

/// From distances of rows to the mean of the variance. $q = x^\top P x$ for a row $x$ and the
/// projection $P$ onto what is orthogonal to the others, of rank $d = M - m + 1$.
fn leave_one_out() -> Derivation {
    let (q, d, m, t) = vars!("q", "d", "m", "t");
    let (rho, kappa) = vars!("share", "kurtosis");
    let positive = Domain::new().open(&q, 0, INF).open(&d, 0, INF);
    let tangent = 2 / &d - &q / d.pow(2);
    let spread = Domain::new().open(&d, 0, INF).half_open(&m, 1, INF).real(&kappa);
    let large = &m + &d - 1;
    let square = 2 * &d + &kappa * d.pow(2) / &large;
    let relative = Domain::new().open(&rho, 0, 1).real(&kappa);
    // M = 1 / t, m = rho / t: d = (1 - rho) / t + 1.
    let rank = (1 - &rho) / &t + 1;
    let to_second = &rho / (&t * &rank) * (1 + 2 / &rank + &kappa * &t);
    let leading = &rho / (1 - &rho);
    let quadratic = Source {
        paper: "Z. D. Bai, J. W. Silverstein, 2010, Spectral Analysis of Large Dimensional Random \
                Matrices",
        result: "moments of quadratic forms, (9.8.6) and Lemma B.26 (numbers from memory)",
        link: "https://doi.org/10.1007/978-1-4419-0661-8",
    };
    Derivation::of("The variance from the distances of rows")
        .cited(
            "quadratic-form",
            "x'Px has mean d and variance 2 d + kappa sum P_jj^2, and P_jj tends to d / M",
            quadratic,
        )
        .identity("expansion", 1 / &q, &tangent + (&q - &d).pow(2) / (d.pow(2) * &q), &positive)
        .twin("third-order", |s| s.right(&tangent + (&q - &d).pow(2) / d.pow(3)))
        .identity("relative-variance", square / d.pow(2), 2 / &d + &kappa / &large, &spread)
        .twin("half", |s| s.right(2 / &d + &kappa / (2 * &large)))
        .limit("limit", to_second.clone(), &t, Toward::Above(0.into()), leading.clone(), &relative)
        .twin("kurtosis", |s| s.value(&leading * (1 + &kappa)))
        .limit(
            "correction",
            (to_second / &leading - 1) / &t,
            &t,
            Toward::Above(0.into()),
            VARIANCE[1].clone(),
            &relative,
        )
        .twin("half-the-kurtosis", |s| s.value((1 + &kappa / 2) / (1 - &rho)))
}

fn limit() -> Claim {
    Claim::new(
        "limit",
        Limit {
            domain: |given| {
                let laws = [
                    ("exponential", EXPONENTIAL),
                    ("signs", SIGNS),
                    ("uniform", UNIFORM),
                    ("laplace", LAPLACE),
                    ("gaussian", GAUSSIAN),
                ];
                entries(given.ratio("share", 1..=5, 8), given.choice("law", &laws))
            },
            theory: |e| limiting(e).value(),
            observable: Each(variance),
            sizes: &[24, 48, 96, 192],
            // Means of smooth functions of the spectrum have an expansion in powers of 1/n.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                (entries(0.5, GAUSSIAN), 1.0),
                (entries(0.25, SIGNS), 0.333_333_333_333_333_3),
            ],
            mutants: [
                Mutant {
                    name: "intercept",
                    why: "spends one of 20 rows on an intercept",
                    says: |e| limiting(&Entries { share: e.share * 20.0 / 19.0, ..*e }).value(),
                },
                Mutant {
                    name: "kurtosis-kept",
                    why: "keeps a correction by the fourth moment in the limit",
                    says: |e| limiting(e).value() * (1.0 + 0.1 * (3.0 + e.kurtosis)),
                },
                Mutant {
                    name: "fixed-design",
                    why: "takes the risk on the training inputs",
                    says: |e| e.share,
                },
                Mutant {
                    name: "roles-swapped",
                    why: "divides the larger size by the difference",
                    says: |e| 1.0 / (1.0 - e.share),
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::At(&[0.125, 0.25, 0.375, 0.5, 0.625]),
                at: |share| entries(share, SIGNS),
            },
        },
        Tie::formula(limiting),
    )
    // Measured: between the entries of a matrix and its factor.
    .price(2.5)
    .dear()
}

fn correction() -> Claim {
    Claim::new(
        "correction",
        Limit {
            domain: |given| {
                let laws = [("signs", SIGNS), ("laplace", LAPLACE), ("uniform", UNIFORM)];
                entries(given.ratio("share", 1..=3, 8), given.choice("law", &laws))
            },
            theory: |e| first_correction(e).value(),
            observable: Each(relative_excess),
            sizes: &[24, 48, 96, 192],
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Absolute(0.5),
            known: vec![
                // Measured at p = 2n: V is off by (1 + kappa/2) / n.
                (entries(0.5, GAUSSIAN), 2.0),
                (entries(0.5, SIGNS), 0.0),
                (entries(0.5, EXPONENTIAL), 8.0),
            ],
            mutants: [
                Mutant {
                    name: "gaussian",
                    why: "takes the correction of Gaussian entries",
                    says: |e| 1.0 / (1.0 - e.share),
                },
                Mutant {
                    name: "factor",
                    why: "puts 1 + kappa/2 as a factor, which is right at a ratio of two alone",
                    says: |e| (1.0 + 0.5 * e.kurtosis) / (1.0 - e.share),
                },
                Mutant {
                    name: "half-the-kurtosis",
                    why: "adds half the excess kurtosis",
                    says: |e| 1.0 / (1.0 - e.share) + 0.5 * e.kurtosis,
                },
                Mutant {
                    name: "kurtosis-not-excess",
                    why: "adds the fourth moment",
                    says: |e| 1.0 / (1.0 - e.share) + e.kurtosis + 3.0,
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::At(&[0.125, 0.25, 0.375, 0.5]),
                at: |share| entries(share, LAPLACE),
            },
        },
        Tie::formula(first_correction),
    )
    .price(2.0)
    .points(2)
}

fn entries(share: f64, (law, kurtosis): (IsotropicRow, f64)) -> Entries {
    Entries { share, law, kurtosis }
}

/// $\sum_i \bigl(\frac1{q_i} + \frac{q_i - d}{d^2}\bigr)$ for an $m \times M$ matrix, $d = M - m +
/// 1$: its mean is that of $V = \sum_i \frac1{q_i}$, because $E q_i = d$ whatever the law, and its
/// spread is of the second order. The transposed matrix has the same $V$.
fn controlled_variance(e: Entries, larger: usize) -> impl FnMut(&mut Rng) -> f64 + Send + 'static {
    let m = (e.share * larger as f64).round() as usize;
    let d = (larger - m + 1) as f64;
    let (mut x, mut distances) = (vec![0.0; m * larger], RowDistances::default());
    move |rng| {
        for _ in 0..REDRAWS {
            e.law.fill_rows(rng, &mut x, larger);
            if let Ok(squares) = distances.of(&x, m, larger) {
                return squares.iter().map(|q| 1.0 / q + (q - d) / (d * d)).sum();
            }
        }
        f64::NAN // never: the harness reports it
    }
}

/// $V$; the size is $M$.
fn variance(e: Entries, larger: usize) -> Sampler {
    Sampler::new(controlled_variance(e, larger))
}

/// $M \bigl(\frac{M - m}{m} V - 1\bigr)$.
fn relative_excess(e: Entries, larger: usize) -> Sampler {
    let m = (e.share * larger as f64).round();
    let large = larger as f64;
    let mut draw = controlled_variance(e, larger);
    Sampler::new(move |rng| large * ((large - m) / m * draw(rng) - 1.0))
}

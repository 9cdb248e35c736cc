//! The spectral moments of a Gaussian sample covariance matrix at finite size, exactly.
//!
//! What a sample adds to the moments of a spectrum is a polynomial in $p/n$ and $1/n$: its part
//! without $1/n$ is the Marchenko-Pastur law, and for real entries the next one is of order $1/n$,
//! not $1/n^2$ as for complex ones. Every finite-size correction of this catalogue begins here.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::power_traces::{PowerTraces, pairings, trace_powers};
use theoremcheck::models::wishart::Bidiagonal;
use theoremcheck::prelude::*;

/// An $n \times p$ Gaussian matrix with isotropic rows.
#[derive(Clone, Copy, Debug)]
struct Shape {
    n: usize,
    p: usize,
}

/// A Gaussian matrix whose rows have a covariance with these eigenvalues.
#[derive(Clone, Debug)]
struct Correlated {
    n: usize,
    spectrum: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "wishart1928.moments",
        alias: "wishart.moments",
        title: "Exact spectral moments of Gaussian sample covariance matrices",
        source: Source {
            paper: PAPER,
            result: "the distribution of sample covariances; its moments by the pairings of \
                     Isserlis (1918)",
            link: LINK,
        },
        statement: r"Let the $n$ rows of $X$ be independent $N(0, \Sigma)$ in $R^p$,
            $S = X^\top X / n$ and $s_k = \operatorname{tr} \Sigma^k$. On average over $X$, exactly,
            for all $n, p \ge 1$: $E \operatorname{tr} S = s_1$,
            $E \operatorname{tr} S^2 = \frac{(n+1) s_2 + s_1^2}{n}$ and
            $E \operatorname{tr} S^3 = \frac{(n^2 + 3n + 4) s_3 + 3 (n+1) s_1 s_2 + s_1^3}{n^2}$.
            For $\Sigma = I$, $s_k = p$:
            $\frac1p E \operatorname{tr} S^2 = \frac{n+p+1}{n}$,
            $\frac1p E \operatorname{tr} S^3 = \frac{n^2 + 3np + p^2 + 3n + 3p + 4}{n^2}$ and
            $\frac1p E \operatorname{tr} S^4 = \frac{n^3 + 6n^2 p + 6np^2 + p^3 + 6n^2 + 17np + 6p^2
            + 21n + 21p + 20}{n^3}$. As $n \to \infty$ with $p = \gamma n$ these tend to the moments
            $1 + \gamma$, $1 + 3\gamma + \gamma^2$, $1 + 6\gamma + 6\gamma^2 + \gamma^3$ of the
            Marchenko-Pastur law, with a first correction of order $1/n$.",
        claims: vec![isotropic(), any_covariance()],
        derivation: from_pairings,
    }
}

/// $\frac1p E \operatorname{tr} S^k$ at $\Sigma = I$, $k = 2, 3, 4$.
static ISOTROPIC: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let (n, p) = vars!("n", "p");
    let (sum, product) = (&n + &p, &n * &p);
    [
        (&sum + 1) / &n,
        (sum.pow(2) + &product + 3 * &sum + 4) / n.pow(2),
        (sum.pow(3) + 3 * &product * &sum + 6 * sum.pow(2) + 5 * &product + 21 * &sum + 20)
            / n.pow(3),
    ]
});

/// $E \operatorname{tr} S^k$ for any $\Sigma$, $k = 2, 3$.
static CORRELATED: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, s1, s2, s3) = vars!("n", "s1", "s2", "s3");
    let third = (n.pow(2) + 3 * &n + 4) * s3 + 3 * (&n + 1) * &s1 * &s2 + s1.pow(3);
    [((&n + 1) * s2 + s1.pow(2)) / &n, third / n.pow(2)]
});

/// The three moments of a shape.
fn moments_of(s: &Shape) -> [Formula; 3] {
    let at = |step, of| Formula::of(step, of, [("n", s.n as f64), ("p", s.p as f64)]);
    let [second, third, fourth] = &*ISOTROPIC;
    [at("second", second), at("third", third), at("fourth", fourth)]
}

/// The two moments of a spectrum.
fn correlated_moments(c: &Correlated) -> [Formula; 2] {
    let [s1, s2, s3] = [1, 2, 3].map(|k| power_sum(c, k));
    let n = c.n as f64;
    [
        Formula::of("second-any", &CORRELATED[0], [("n", n), ("s1", s1), ("s2", s2)]),
        Formula::of("third-any", &CORRELATED[1], [("n", n), ("s1", s1), ("s2", s2), ("s3", s3)]),
    ]
}

/// $E \operatorname{tr} (X^\top X)^k$ as the sum over all pairings, with $s_l$ for a class of $l$
/// columns.
fn by_pairings(k: usize, sums: &[Expr]) -> Expr {
    let n = var("n");
    let term = |((rows, columns), count): (&(usize, Vec<usize>), &u64)| {
        let start = ratio(*count as i64, 1) * n.pow(*rows as i32);
        columns.iter().fold(start, |product, class| product * &sums[class - 1])
    };
    pairings(k).iter().map(term).fold(Expr::from(0), |sum, term| sum + term)
}

/// From the pairings to the moments, one column, and the proportional limit.
fn from_pairings() -> Derivation {
    let (n, p, g, s1, s2, s3) = vars!("n", "p", "gamma", "s1", "s2", "s3");
    let (sums, sizes) = ([&s1, &s2, &s3].map(Expr::clone), Domain::new().open(&n, 0, INF));
    let shapes = sizes.clone().open(&p, 0, INF);
    let spectra = sizes.clone().open(&s1, 0, INF).open(&s2, 0, INF);
    let spectra3 = spectra.clone().open(&s3, 0, INF);
    let white =
        |k: usize| by_pairings(k, &[&p, &p, &p, &p].map(Expr::clone)) / (&p * n.pow(k as i32));
    let any = |k: usize| by_pairings(k, &sums) / n.pow(k as i32);
    let [second, third, fourth] = &*ISOTROPIC;
    let ratio = Domain::new().open(&g, 0, INF);
    let proportional = |e: &Expr| e.at(&p, &g * &n);
    let narayana = [1 + &g, 1 + 3 * &g + g.pow(2), 1 + 6 * &g + 6 * g.pow(2) + g.pow(3)];
    let complex = (n.pow(2) + 3 * &n * &p + p.pow(2) + 1) / n.pow(2);
    let both = sizes.clone().open(&g, 0, INF);
    let isserlis = Source {
        paper: "L. Isserlis, 1918, On a formula for the product-moment coefficient of any order of \
                a normal frequency distribution in any number of variables",
        result: "the sum over pairings",
        link: "https://doi.org/10.1093/biomet/12.1-2.134",
    };
    let mut steps = Derivation::of("Spectral moments from the pairings of normal variables")
        .cited("isserlis", "the mean of a product of normals is the sum over pairings", isserlis)
        .identity("second", white(2), second.clone(), &shapes)
        .twin("complex", |s| s.right((&n + &p) / &n))
        .identity("third", white(3), third.clone(), &shapes)
        .twin("complex", |s| s.right(complex.clone()))
        .identity("fourth", white(4), fourth.clone(), &shapes)
        .twin("one-pairing-less", |s| s.right(fourth - 1 / n.pow(3)))
        .identity("second-any", any(2), CORRELATED[0].clone(), &spectra)
        .twin("transpose-lost", |s| s.right((&n * &s2 + s1.pow(2)) / &n))
        .identity("third-any", any(3), CORRELATED[1].clone(), &spectra3)
        .twin("cross-once", |s| s.right(&CORRELATED[1] - 2 * &s1 * &s2 / &n))
        .identity("one-column", fourth.at(&p, 1), (&n + 2) * (&n + 4) * (&n + 6) / n.pow(3), &sizes)
        .twin("two-degrees-less", |s| s.right(&n * (&n + 2) * (&n + 4) / n.pow(3)))
        .identity(
            "first-correction",
            proportional(third) - &narayana[1],
            3 * (1 + &g) / &n + 4 / n.pow(2),
            &both,
        )
        .twin("second-order", |s| s.right(1 / n.pow(2)));
    let names = ["limit-second", "limit-third", "limit-fourth"];
    for ((name, moment), value) in names.into_iter().zip(&*ISOTROPIC).zip(&narayana) {
        steps = steps
            .limit(name, proportional(moment), &n, INF, value.clone(), &ratio)
            .twin("semicircle", |s| s.value(1 + &g * value));
    }
    steps
}

fn isotropic() -> Claim {
    Claim::new(
        "isotropic",
        Equality {
            domain: shape,
            theory: |s| moments_of(s).map(|formula| formula.value()),
            observable: given_the_direction,
            resolution: Relative(0.005),
            known: vec![
                // By summing over all indices, in rational arithmetic.
                (Shape { n: 3, p: 2 }, [2.0, 50.0 / 9.0, 520.0 / 27.0]),
                (Shape { n: 20, p: 10 }, [1.55, 2.985, 6.506_25]),
            ],
            mutants: [
                Mutant {
                    name: "complex",
                    why: "takes the moments of a complex Gaussian matrix",
                    says: |s| {
                        let (n, p) = (s.n as f64, s.p as f64);
                        let planar = n.powi(3) + 6.0 * n * p * (n + p) + p.powi(3);
                        [
                            (n + p) / n,
                            (n * n + 3.0 * n * p + p * p + 1.0) / (n * n),
                            (planar + 5.0 * (n + p)) / n.powi(3),
                        ]
                    },
                },
                Mutant {
                    name: "limit",
                    why: "takes the moments of the Marchenko-Pastur law at finite size",
                    says: |s| {
                        let g = s.p as f64 / s.n as f64;
                        let cube = 1.0 + 6.0 * g + 6.0 * g * g + g.powi(3);
                        [1.0 + g, 1.0 + 3.0 * g + g * g, cube]
                    },
                },
                Mutant {
                    name: "first-order",
                    why: "stops at the terms of order 1/n",
                    says: |s| {
                        let (n, p) = (s.n as f64, s.p as f64);
                        let [second, third, fourth] = moments_of(s).map(|formula| formula.value());
                        let lower = (21.0 * (n + p) + 20.0) / n.powi(3);
                        [second, third - 4.0 / (n * n), fourth - lower]
                    },
                },
                Mutant {
                    name: "transpose-lost",
                    why: "forgets in the second moment that a pairing may swap both factors",
                    says: |s| {
                        let [second, third, fourth] = moments_of(s).map(|formula| formula.value());
                        [second - 1.0 / s.n as f64, third, fourth]
                    },
                },
                Mutant {
                    name: "roles-swapped",
                    why: "reads n as the number of columns",
                    says: |s| moments_of(&Shape { n: s.p, p: s.n }).map(|formula| formula.value()),
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 2.0, to: 48.0, points: 47 },
                at: |n| Shape { n: n as usize, p: 10 },
            },
        },
        Tie::formula(moments_of),
    )
    .components(&["second moment", "third moment", "fourth moment"])
}

fn any_covariance() -> Claim {
    Claim::new(
        "any-covariance",
        Equality {
            domain: correlated,
            theory: |c| correlated_moments(c).map(|formula| formula.value()),
            observable: correlated_given_the_direction,
            resolution: Relative(0.02),
            known: vec![
                // In the same way.
                (three_eigenvalues(8), [22.640_625, 133.511_718_75]),
                (three_eigenvalues(2), [39.375, 465.281_25]),
            ],
            mutants: [
                Mutant {
                    name: "true-spectrum",
                    why: "takes the moments of the true covariance",
                    says: |c| [power_sum(c, 2), power_sum(c, 3)],
                },
                Mutant {
                    name: "complex",
                    why: "takes the moments of a complex Gaussian matrix",
                    says: |c| {
                        let [s1, s2, s3] = [1, 2, 3].map(|k| power_sum(c, k));
                        let n = c.n as f64;
                        let third = (n * n + 1.0) * s3 + 3.0 * n * s1 * s2 + s1.powi(3);
                        [s2 + s1 * s1 / n, third / (n * n)]
                    },
                },
                Mutant {
                    name: "mean-eigenvalue",
                    why: "puts the mean eigenvalue for each of them",
                    says: |c| {
                        let p = c.spectrum.len();
                        let mean = power_sum(c, 1) / p as f64;
                        let equal = Correlated { n: c.n, spectrum: vec![mean; p] };
                        correlated_moments(&equal).map(|formula| formula.value())
                    },
                },
                Mutant {
                    name: "constant-lost",
                    why: "writes n^2 + 3n for the factor n^2 + 3n + 4 of the third power sum",
                    says: |c| {
                        let [second, third] = correlated_moments(c).map(|formula| formula.value());
                        [second, third - 4.0 * power_sum(c, 3) / (c.n as f64).powi(2)]
                    },
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 2.0, to: 48.0, points: 47 },
                at: |n| three_eigenvalues(n as usize),
            },
        },
        Tie::formula(correlated_moments),
    )
    .components(&["second moment", "third moment"])
}

fn shape(given: &mut Given) -> Shape {
    Shape { n: given.count("n", 2..=50), p: given.count("p", 2..=50) }
}

fn correlated(given: &mut Given) -> Correlated {
    let p = given.count("p", 2..=10);
    let n = given.count("n", 2..=24);
    Correlated { n, spectrum: given.spectrum("spectrum", p, 0.1..=10.0) }
}

fn three_eigenvalues(n: usize) -> Correlated {
    Correlated { n, spectrum: vec![4.0, 1.0, 0.25] }
}

/// $s_k = \sum_j \lambda_j^k$.
fn power_sum(c: &Correlated, k: i32) -> f64 {
    c.spectrum.iter().map(|value| value.powi(k)).sum()
}

/// The moments of a chi-square: $f (f+2) \cdots (f + 2k - 2)$.
fn chi_square_moment(degrees: f64, k: usize) -> f64 {
    (0..k).map(|i| degrees + 2.0 * i as f64).product()
}

/// $\frac1p \operatorname{tr} S^k$, $k = 2, 3, 4$, averaged over the norm of $X$: the direction
/// $X / \|X\|$ is independent of $\|X\|^2 \sim \chi^2_{np}$, so that the mean given the direction
/// is $\operatorname{tr} W^k / (\operatorname{tr} W)^k$, $W = X^\top X$, times a moment of a
/// chi-square. A tenth of the spread, and bounded. $O(\min(n, p))$.
fn given_the_direction(s: Shape) -> Sampler<[f64; 3]> {
    let (n, p) = (s.n as f64, s.p as f64);
    let scale = [2, 3, 4].map(|k| chi_square_moment(n * p, k) / (p * n.powi(k as i32)));
    let mut spectrum = Bidiagonal::default();
    let draw = move |rng: &mut Rng| {
        spectrum.draw(rng, s.n, s.p);
        let [first, second, third, fourth] = trace_powers(&spectrum);
        let square = first * first;
        [
            scale[0] * second / square,
            scale[1] * third / (square * first),
            scale[2] * fourth / (square * square),
        ]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

/// $\operatorname{tr} S^k$, $k = 2, 3$, in the eigenbasis of $\Sigma$ (in which Gaussian rows are
/// independent), averaged over the norm of the white matrix in the same way. The ratio is at most
/// the largest eigenvalue to the power $k$.
fn correlated_given_the_direction(c: Correlated) -> Sampler<[f64; 2]> {
    let (n, p) = (c.n, c.spectrum.len());
    let scale = [2, 3].map(|k| chi_square_moment((n * p) as f64, k) / (n as f64).powi(k as i32));
    let deviations: Vec<f64> = c.spectrum.iter().map(|value| value.sqrt()).collect();
    let (mut columns, mut traces) = (vec![0.0; n * p], PowerTraces::default());
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut columns);
        let norm: f64 = columns.iter().map(|z| z * z).sum();
        for (column, deviation) in columns.chunks_exact_mut(n).zip(&deviations) {
            column.iter_mut().for_each(|x| *x *= deviation);
        }
        let [_, second, third, _] = traces.of(&columns, p, n);
        [scale[0] * second / norm.powi(2), scale[1] * third / norm.powi(3)]
    };
    Sampler::new(draw).tail_index(f64::INFINITY)
}

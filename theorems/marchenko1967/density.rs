//! The law of the eigenvalues of a sample covariance matrix.
//!
//! Even where the true covariance is white, the eigenvalues of the observed one spread over an
//! interval that is wider the fewer the observations; with more parameters than observations a
//! share of them is exactly 0.

use super::{LINK, PAPER, columns};
use std::sync::LazyLock;
use theoremcheck::models::counting::count_below;
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::models::power_traces::PowerTraces;
use theoremcheck::models::wishart::Bidiagonal;
use theoremcheck::prelude::*;
use theoremcheck::special::integrate;

/// $p = \gamma n$, at the level $x = a + (b - a) u$ between the edges.
#[derive(Clone, Copy, Debug)]
struct Level {
    gamma: f64,
    u: f64,
}

/// $p = \gamma n$ and the law of the entries.
#[derive(Clone, Copy, Debug)]
struct Entries {
    gamma: f64,
    law: IsotropicRow,
}

/// Means of the spectrum of a matrix of independent entries have an expansion in whole powers of
/// $1/n$, for counts up to oscillations of a smaller order.
const CORRECTION: Correction = Correction::INVERSE_N.then(2.0);

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "marchenko1967.density",
        alias: "mp.density-law",
        title: "Marchenko-Pastur law",
        source: Source {
            paper: PAPER,
            result: "the limit theorem for a white covariance",
            link: LINK,
        },
        statement: r"Let $X$ be an $n \times p$ matrix of independent entries with mean 0 and
            variance 1, $S = X^\top X / n$ ($p \times p$), and let $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$. Then almost surely the share of the $p$ eigenvalues of
            $S$ that are at most $x$ tends to $F_\gamma(x)$ for every $x \ne 0$, where $F_\gamma$
            has the density $\frac{\sqrt{(b-s)(s-a)}}{2 \pi \gamma s}$ on
            $[a, b] = [(1-\sqrt\gamma)^2, (1+\sqrt\gamma)^2]$ and, for $\gamma > 1$, an atom
            $1 - \frac1\gamma$ at 0. Its moments are $\int s^k dF_\gamma = \sum_{j=0}^{k-1}
            \frac{\gamma^j}{j+1} \binom kj \binom{k-1}j$: those of $S$ tend to them if the entries
            have all moments. Checked on average over $X$: the distribution function for Gaussian
            entries, the moments of order 2 and 3 for entries of other laws.",
        claims: vec![distribution(), integrals(), moments()],
        derivation: narayana,
    }
}

/// The moments of order 2, 3 and 4.
static MOMENTS: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let g = var("gamma");
    [1 + &g, 1 + 3 * &g + g.pow(2), 1 + 6 * &g + 6 * g.pow(2) + g.pow(3)]
});

/// The steps that state them.
const STEPS: [&str; 3] = ["second", "third", "fourth"];

/// A moment, from order 2 on.
fn moment(gamma: f64, k: usize) -> Formula {
    Formula::of(STEPS[k - 2], &MOMENTS[k - 2], [("gamma", gamma)])
}

/// The moments are the coefficients of $M = \sum_k m_k z^k$, the solution of
/// $M = 1 + z M (1 - \gamma + \gamma M)$, which is the quadratic for the transform at
/// $m(s) = -M(1/s)/s$; they are Narayana's polynomials.
fn narayana() -> Derivation {
    let (g, m, s) = vars!("gamma", "m", "s");
    let gammas = Domain::new().open(&g, 0, INF);
    let quadratic = &g * &s * m.pow(2) + (&s - 1 + &g) * &m + 1;
    let series = var("M");
    let z = 1 / &s;
    let fixed = &series - 1 - &z * &series * (1 - &g + &g * &series);
    let any = gammas.clone().open(&s, 0, INF).real(&series);
    // m_{k+1} = (1 - gamma) m_k + gamma sum_i m_i m_{k-i}.
    let known = [Expr::from(1), Expr::from(1), MOMENTS[0].clone(), MOMENTS[1].clone()];
    let next = |k: usize| {
        let convolved = (0..=k).map(|i| &known[i] * &known[k - i]);
        (1 - &g) * &known[k] + &g * convolved.fold(Expr::from(0), |sum, term| sum + term)
    };
    let count = |k: i64| {
        let term = |j: i64| ratio(choose(k, j) * choose(k - 1, j), j + 1) * g.pow(j as i32);
        (0..k).map(term).fold(Expr::from(0), |sum, term| sum + term)
    };
    Derivation::of("The moments of the Marchenko-Pastur law")
        .cited(
            "limit",
            "the spectrum tends to the law whose transform solves the quadratic",
            Source { paper: PAPER, result: "the limit theorem", link: LINK },
        )
        .identity("series", quadratic.at(&m, -&series / &s), -fixed, &any)
        .twin("companion", |s| s.right(&series - 1 - &z * series.pow(2)))
        .identity("second", next(1), MOMENTS[0].clone(), &gammas)
        .twin("variance-lost", |s| s.right(&g))
        .identity("third", next(2), MOMENTS[1].clone(), &gammas)
        .twin("semicircle", |s| s.right(1 + 3 * &g))
        .identity("fourth", next(3), MOMENTS[2].clone(), &gammas)
        .twin("free-of-cross-terms", |s| s.right(1 + 6 * &g + g.pow(3)))
        .identity("narayana-third", count(3), MOMENTS[1].clone(), &gammas)
        .twin("binomial", |s| s.right((1 + &g).pow(2)))
        .identity("narayana-fourth", count(4), MOMENTS[2].clone(), &gammas)
        .twin("binomial", |s| s.right((1 + &g).pow(3)))
}

/// $\binom kj$.
fn choose(k: i64, j: i64) -> i64 {
    (0..j).fold(1, |product, i| product * (k - i) / (i + 1))
}

fn distribution() -> Claim {
    Claim::new(
        "distribution",
        Limit {
            domain: |given| Level {
                gamma: given.ratio("gamma", 5..=80, 20),
                u: given.real("u", 0.05..=0.95),
            },
            theory: |l| share_below(l.gamma, l.u),
            observable: Each(share_of_eigenvalues),
            sizes: &[40, 80, 160, 320],
            correction: CORRECTION,
            resolution: Absolute(0.003),
            known: vec![
                // By mpmath.
                (Level { gamma: 0.5, u: 0.5 }, 0.754_244_882_063_249_4.into()),
                (Level { gamma: 2.0, u: 0.25 }, 0.740_897_879_402_484_9.into()),
                (Level { gamma: 0.25, u: 0.75 }, 0.899_552_139_573_973_8.into()),
                (Level { gamma: 1.0, u: 0.5 }, 0.818_309_886_183_790_7.into()),
            ],
            mutants: [
                Mutant {
                    name: "semicircle",
                    why: "forgets the factor 1/s of the density",
                    says: |l| {
                        let (root, u) = ((l.u * (1.0 - l.u)).sqrt(), 2.0 * l.u - 1.0);
                        let bulk = 0.5 + (2.0 * u * root + u.asin()) / std::f64::consts::PI;
                        (atom(l.gamma) + (1.0 - atom(l.gamma)) * bulk).into()
                    },
                },
                Mutant {
                    name: "other-gram-matrix",
                    why: "counts the n eigenvalues of XX' for the p of X'X",
                    says: |l| {
                        let below = share_below(l.gamma, l.u).value;
                        (1.0 + l.gamma * (below - 1.0)).max(0.0).into()
                    },
                },
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 40 observations on an intercept, at the same level",
                    says: |l| {
                        let gamma = l.gamma * 40.0 / 39.0;
                        let (low, high) = edges(l.gamma);
                        let (from, to) = edges(gamma);
                        let x = low + (high - low) * l.u;
                        share_below(gamma, ((x - from) / (to - from)).clamp(0.0, 1.0))
                    },
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides X'X by n - 1 = 39",
                    says: |l| {
                        let (low, high) = edges(l.gamma);
                        let x = (low + (high - low) * l.u) * 39.0 / 40.0;
                        share_below(l.gamma, ((x - low) / (high - low)).clamp(0.0, 1.0))
                    },
                },
            ],
            curve: Curve {
                x: "u",
                grid: Grid::Linear { from: 0.02, to: 0.98, points: 49 },
                at: |u| Level { gamma: 2.0, u },
            },
        },
        Tie::none("a quadrature over the density, compared with the tied moments in integrals"),
    )
}

fn integrals() -> Claim {
    Claim::new(
        "integrals",
        Identity {
            domain: |given| Level { gamma: given.scale("gamma", 0.05..=20.0), u: 1.0 },
            left: |l| [2, 3, 4].map(|k| bulk_moment(l.gamma, l.u, k)),
            right: |l| [2, 3, 4].map(|k| moment(l.gamma, k).value().into()),
            known: vec![
                (Level { gamma: 0.5, u: 1.0 }, [1.5.into(), 2.75.into(), 5.625.into()]),
                (Level { gamma: 2.0, u: 1.0 }, [3.0.into(), 11.0.into(), 45.0.into()]),
            ],
            mutants: [
                Mutant {
                    name: "aspect-ratio-inverted",
                    why: "reads gamma as n/p",
                    says: |l| [2, 3, 4].map(|k| moment(1.0 / l.gamma, k).value().into()),
                },
                Mutant {
                    name: "of-the-bulk",
                    why: "takes moments of the eigenvalues that are not 0",
                    says: |l| {
                        let bulk = 1.0 - atom(l.gamma);
                        [2, 3, 4].map(|k| (moment(l.gamma, k).value() / bulk).into())
                    },
                },
                Mutant {
                    name: "binomial",
                    why: "takes powers of the second moment",
                    says: |l| [1, 2, 3].map(|k| (1.0 + l.gamma).powi(k).into()),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.1, to: 4.0, points: 40 },
                at: |gamma| Level { gamma, u: 1.0 },
            },
        },
        Tie::formula(|l: &Level| [2, 3, 4].map(|k| moment(l.gamma, k))),
    )
    .components(&["second moment", "third moment", "fourth moment"])
}

fn moments() -> Claim {
    Claim::new(
        "moments",
        Limit {
            domain: |given| Entries {
                gamma: given.ratio("gamma", 1..=8, 4),
                law: given.choice(
                    "law",
                    &[
                        ("signs", IsotropicRow::Signs),
                        ("exponential", IsotropicRow::Exponential),
                        ("uniform", IsotropicRow::Uniform),
                        ("laplace", IsotropicRow::Laplace),
                    ],
                ),
            },
            theory: |e| [2, 3].map(|k| moment(e.gamma, k).value()),
            observable: Each(traces_of_powers),
            sizes: &[4, 8, 16, 32],
            correction: CORRECTION,
            resolution: Relative(0.02),
            known: vec![
                (Entries { gamma: 0.5, law: IsotropicRow::Signs }, [1.5, 2.75]),
                (Entries { gamma: 2.0, law: IsotropicRow::Signs }, [3.0, 11.0]),
            ],
            mutants: [
                Mutant {
                    name: "intercept",
                    why: "spends one of n = 16 observations on an intercept",
                    says: |e| [2, 3].map(|k| moment(e.gamma * 16.0 / 15.0, k).value()),
                },
                Mutant {
                    name: "aspect-ratio-inverted",
                    why: "reads gamma as n/p",
                    says: |e| [2, 3].map(|k| moment(1.0 / e.gamma, k).value()),
                },
                Mutant {
                    name: "binomial",
                    why: "takes powers of the second moment",
                    says: |e| [1, 2].map(|k| (1.0 + e.gamma).powi(k)),
                },
                Mutant {
                    name: "true-covariance",
                    why: "takes the moments of the identity",
                    says: |_| [1.0, 1.0],
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[0.25, 0.5, 0.75, 1.0, 1.5, 2.0]),
                at: |gamma| Entries { gamma, law: IsotropicRow::Signs },
            },
        },
        Tie::formula(|e: &Entries| [2, 3].map(|k| moment(e.gamma, k))),
    )
    .components(&["second moment", "third moment"])
    .price(2.0)
    .dear()
}

/// $a$ and $b$.
fn edges(gamma: f64) -> (f64, f64) {
    ((1.0 - gamma.sqrt()).powi(2), (1.0 + gamma.sqrt()).powi(2))
}

/// The share of eigenvalues that are 0.
pub(crate) fn atom(gamma: f64) -> f64 {
    (1.0 - 1.0 / gamma).max(0.0)
}

/// $\int_a^x s^k dF_\gamma$ at $x = a + (b - a) u$.
fn bulk_moment(gamma: f64, u: f64, k: i32) -> Approx {
    bulk_integral(gamma, u, |s| s.powi(k - 1))
}

/// $\int_a^x s g(s) dF_\gamma$ at $x = a + (b - a) u$, by quadrature over $s = a + 4 \sqrt\gamma
/// \cos^2 \phi$, where the density has no root left; at $\gamma = 1$ nothing cancels.
pub(crate) fn bulk_integral(gamma: f64, u: f64, g: impl Fn(f64) -> f64) -> Approx {
    let density = |phi: f64| {
        let (sin, cos) = phi.sin_cos();
        let s = edges(gamma).0 + 4.0 * gamma.sqrt() * cos * cos;
        16.0 / std::f64::consts::PI * (sin * cos).powi(2) * g(s)
    };
    let bulk = integrate(density, u.sqrt().acos(), std::f64::consts::FRAC_PI_2, 1e-13);
    Approx { value: bulk.value, error: bulk.error }
}

/// $F_\gamma$ at $x = a + (b - a) u$.
fn share_below(gamma: f64, u: f64) -> Approx {
    let bulk = bulk_moment(gamma, u, 0);
    Approx { value: bulk.value + atom(gamma), error: bulk.error }
}

/// The share of the $p$ eigenvalues of $S$ below $x$: those that are 0, and a count in
/// $O(\min(n, p))$.
fn share_of_eigenvalues(l: Level, n: usize) -> Sampler {
    let p = columns(l.gamma, n);
    let root = l.gamma.sqrt();
    let x = n as f64 * ((1.0 - root).powi(2) + 4.0 * root * l.u);
    let zeros = p - p.min(n);
    let mut spectrum = Bidiagonal::default();
    Sampler::new(move |rng| {
        spectrum.draw(rng, n, p);
        (zeros + count_below(&spectrum, x)) as f64 / p as f64
    })
}

/// $\frac1p \operatorname{tr} S^k$, $k = 2, 3$, of a dense matrix.
fn traces_of_powers(e: Entries, n: usize) -> Sampler<[f64; 2]> {
    let p = columns(e.gamma, n);
    let scale = [2, 3].map(|k| 1.0 / (p as f64 * (n as f64).powi(k)));
    let (mut x, mut traces) = (vec![0.0; n * p], PowerTraces::default());
    Sampler::new(move |rng| {
        // Rows of the smaller number: entries are exchangeable.
        let (rows, length) = (n.min(p), n.max(p));
        e.law.fill_rows(rng, &mut x, length);
        let [_, second, third, _] = traces.of(&x, rows, length);
        [scale[0] * second, scale[1] * third]
    })
}

//! Smooth interpolation needs $d$ times more parameters than interpolation.
//!
//! The headline of the law of robustness. The necessary side is a counting bound; the sufficient
//! side is a class (McShane interpolants of the first $q$ coordinates, $p = n (q + 1)$ numbers)
//! whose least Lipschitz constant is a nearest-neighbour distance, so that the number of
//! parameters $p^*(n, d, L)$ at which it becomes $L$-Lipschitz can be found without fitting
//! anything. Both sides are linear in $d$ and in $n$ and go like $L^{-2}$.

use super::samplers::{
    Cloud, Codebook, Fold, cloud, interpolation_event, least_interpolating_constant, steepest_slope,
};
use super::{LAWS, LINK, PAPER, samplers};
use std::sync::LazyLock;
use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::{log_gamma_cdf, root};

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.d-fold",
        alias: "bubeck-sellke.dfold",
        title: "Smooth interpolation needs d times more parameters",
        source: Source {
            paper: PAPER,
            result: "Theorem 1 (informal) and abstract; the class and its constants derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n$ be independent, $N(0, I_d/d)$ or uniform on the unit
            sphere of $R^d$, with $n/2$ labels $y_i$ of each sign. Among all functions of the first
            $q$ coordinates $P_q x$ that interpolate, the least Lipschitz constant is exactly
            $2 / \min_{y_i \ne y_j} \|P_q (x_i - x_j)\|$, attained with $p = n (q + 1)$ numbers by
            $\min_i (y_i + L \|P_q x - P_q x_i\|)$, clipped to $[-1, 1]$. Let $p^*(n, d, L)$ be the
            smallest such $p$ with Lipschitz constant at most $L$. On average over the data,
            $p^* / (n d) \to 2 / L^2$ as $d \to \infty$: $p^*$ is linear in $d$, of order
            $L^{-2}$, and linear in $n$ up to the logarithm that the least of $n^2 / 4$ distances
            brings. Conversely, for any class of $L$-Lipschitz functions described by $p$ numbers
            of $b$ bits, an interpolant exists with probability at most
            $2^{p b} e^{- n d / (2 L^2)}$, so that $p \ge n d / (2 b \ln 2 \, L^2) - O(1)$ is
            necessary, where interpolation alone needs $p$ of order $n$.",
        claims: vec![dimension(), samples(), smoothness(), constant(), necessity(), extension()],
        derivation: counting,
    }
}

/// $\frac{2}{L^2}$.
static CONSTANT: LazyLock<Expr> = LazyLock::new(|| 2 / var("lipschitz").pow(2));

/// $2^{p b} e^{-n d / (2 L^2)}$.
static UNION: LazyLock<Expr> = LazyLock::new(|| {
    let (n, d, p, b, l) = vars!("n", "d", "p", "b", "lipschitz");
    (p * b * Expr::from(2).ln() - n * d / (2 * l.pow(2))).exp()
});

/// Numbers for each datum and dimension.
fn constant_of(f: &Fold) -> Formula {
    Formula::of("per-dimension", &CONSTANT, [("lipschitz", f.lipschitz)])
        .instance("L", var("lipschitz"))
}

/// The bound on the probability that an interpolant exists.
fn union_bound(c: &Codebook) -> Formula {
    let sizes = [c.n, c.d, c.p, c.b].map(|size| size as f64);
    let [n, d, p, b] = [("n", sizes[0]), ("d", sizes[1]), ("p", sizes[2]), ("b", sizes[3])];
    Formula::of("union-bound", &UNION, [n, d, p, b, ("lipschitz", c.lipschitz)])
        .instance("L", var("lipschitz"))
}

/// From distances to numbers: squared distances of the first $q$ coordinates are $2 q / d$ in the
/// limit, and each of $n$ points is stored with its label.
fn counting() -> Derivation {
    let (n, d, l, q, b) = vars!("n", "d", "L", "q", "b");
    let domain = Domain::new().open(&n, 0, INF).open(&d, 0, INF).open(&l, 0, INF);
    let enough = 2 * &d / l.pow(2);
    let constant = 4 / (2 * &q / &d);
    let numbers = &n * (&q + 1);
    let bits = domain.clone().open(&b, 0, INF);
    let ln2 = Expr::from(2).ln();
    let p = var("p");
    let with_numbers = bits.clone().open(&p, 0, INF);
    let (named, exponent) = (var("lipschitz"), &n * &d / (2 * l.pow(2)));
    let (constant_, union) = (CONSTANT.at(&named, &l), UNION.at(&named, &l));
    let least = &n * &d / (2 * &b * &ln2 * l.pow(2));
    Derivation::of("The d-fold requirement, up to the fluctuation of distances")
        .cited(
            "extension",
            "the least Lipschitz constant of an interpolant is that of the labels on the points",
            Source {
                paper: "E. J. McShane, 1934, Extension of range of functions",
                result: "Theorem 1",
                link: "https://doi.org/10.1090/S0002-9904-1934-05978-0",
            },
        )
        .measured("distances", "the least distance between opposite labels", "constant")
        .identity("coordinates", constant.at(&q, &enough), l.pow(2), &domain)
        .twin("half", |s| s.right(l.pow(2) / 2))
        .identity("d-fold", numbers.at(&q, &enough) / (&n * &d), 2 / l.pow(2) + 1 / &d, &domain)
        .twin("first-power", |s| s.right(2 / &l + 1 / &d))
        .cited(
            "isoperimetry",
            "one function interpolates with probability at most exp(-n d / (2 L^2))",
            Source { paper: PAPER, result: "Theorem 2", link: LINK },
        )
        .identity("per-dimension", numbers.at(&q, &enough) / (&n * &d) - 1 / &d, constant_, &domain)
        .twin("first-power", |s| s.right(2 / &l))
        .identity("union-bound", union, ((&p / &least - 1) * exponent).exp(), &with_numbers)
        .twin("no-half", |s| s.right((&p * &b * &ln2 - &n * &d / l.pow(2)).exp()))
        .identity("union", &least * &b * &ln2, &n * &d / (2 * l.pow(2)), &bits)
        .twin("no-half", |s| s.right(&n * &d / l.pow(2)))
}

/// $p^*$ grows with $d$ like its predicted median.
fn dimension() -> Claim {
    Claim::new(
        "dimension",
        Rate {
            domain: |given| Fold {
                covariates: given.choice("covariates", &LAWS),
                n: 2 * given.count("n/2", 8..=16),
                d: 0,
                lipschitz: given.real("lipschitz", 2.5..=4.0),
            },
            shape: |f, d| f.n as f64 * (median_coordinates(&Fold { d, ..*f }) + 1.0),
            observable: Each(|f, d| samplers::parameters(Fold { d, ..f })),
            relation: Equal,
            sizes: &[256, 1024, 2048, 8192],
            // The median is that of independent pairs. Pairs share points, the mean is not the
            // median, and q* is rounded up: the first two move q* by a multiple of its spread,
            // which is of order sqrt(d), the last by 1/2, against q* = 2 d / L^2.
            correction: Correction::GUARD,
            resolution: 0.02,
            mutants: [
                Mutant {
                    name: "no-dimension",
                    why: "counts the parameters of interpolation alone, which are of order n",
                    says: |f, _| f.n as f64,
                },
                Mutant {
                    name: "root-of-dimension",
                    why: "takes the Lipschitz constant's exponent 1/2 for that of p",
                    says: |f, d| f.n as f64 * power(d, 0.5),
                },
                Mutant {
                    name: "logarithm-of-dimension",
                    why: "multiplies by log d, as a covering argument would",
                    says: |f, d| (median_coordinates(&Fold { d, ..*f }) + 1.0) * (d as f64).ln(),
                },
                Mutant {
                    name: "root-logarithm-of-dimension",
                    why: "multiplies by the root of log d, as a chaining argument would",
                    says: |f, d| {
                        (median_coordinates(&Fold { d, ..*f }) + 1.0) * (d as f64).ln().sqrt()
                    },
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Log { from: 128.0, to: 8192.0, points: 43 },
                at: |d| (fold(32, 0, 4.0), d.round() as usize),
            },
        },
        Tie::none("a rate: a median of independent distances, found by search, is the shape"),
    )
    .dear()
}

/// $p^*$ grows with $n$ like its predicted mean.
fn samples() -> Claim {
    Claim::new(
        "samples",
        Rate {
            domain: |given| {
                fold(0, given.count("d", 256..=1024), given.real("lipschitz", 2.5..=5.0))
            },
            shape: |f, n| n as f64 * (mean_coordinates(&Fold { n, ..*f }) + 1.0),
            observable: Each(|f, n| samplers::parameters(Fold { n, ..f })),
            relation: Equal,
            sizes: &[4, 16, 32, 128],
            // The mean is exact for independent pairs, rounding up included, so that all that is
            // left is that pairs share points. At fixed d the chance that two pairs with a common
            // point are both among the nearest decays like 1/n.
            correction: Correction::GUARD,
            resolution: 0.02,
            mutants: [
                Mutant {
                    name: "no-samples",
                    why: "gives each coordinate one parameter instead of one for every datum",
                    says: |f, n| mean_coordinates(&Fold { n, ..*f }) + 1.0,
                },
                Mutant {
                    name: "root-of-samples",
                    why: "lets the samples share parameters, as random features would",
                    says: |f, n| power(n, 0.5) * (mean_coordinates(&Fold { n, ..*f }) + 1.0),
                },
                Mutant {
                    name: "pairs",
                    why: "spends parameters on every pair of opposite labels",
                    says: |f, n| power(n, 2.0) * (mean_coordinates(&Fold { n, ..*f }) + 1.0),
                },
                Mutant {
                    name: "no-logarithm",
                    why: "forgets that the least of more distances is smaller",
                    says: |_, n| n as f64,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::At(&[
                    4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 24.0, 28.0, 32.0, 40.0, 48.0,
                    56.0, 64.0, 80.0, 96.0, 112.0, 128.0,
                ]),
                at: |n| (fold(0, 1024, 4.0), n as usize),
            },
        },
        Tie::none("a rate: a mean over independent distances, summed, is the shape"),
    )
    .dear()
    .price(2.0)
}

/// $p^*$ falls with $L$ like its predicted median: $L = L_0 / k$ for $k = 1, 2, 4, 8$.
fn smoothness() -> Claim {
    Claim::new(
        "smoothness",
        Rate {
            domain: |given| {
                let n = 2 * given.count("n/2", 8..=16);
                fold(n, given.count("d", 4096..=8192), given.real("lipschitz0", 18.0..=24.0))
            },
            shape: |f, k| f.n as f64 * (median_coordinates(&smoother(f, k)) + 1.0),
            observable: Nested(samplers::parameters_by_smoothness),
            relation: Equal,
            sizes: &[1, 2, 4, 8],
            // q* depends on d / L^2 alone, in powers of L / sqrt(d), which is 1/k times a constant;
            // the first one is what the prediction misses (see `dimension`).
            correction: Correction::GUARD.then(1.0),
            resolution: 0.02,
            mutants: [
                Mutant {
                    name: "inverse",
                    why: "forgets to square the Lipschitz constant",
                    says: |_, k| k as f64,
                },
                Mutant {
                    name: "cubed",
                    why: "takes a power of L too many",
                    says: |f, k| k as f64 * (median_coordinates(&smoother(f, k)) + 1.0),
                },
                Mutant {
                    name: "net",
                    why: "keeps the logarithm of a net at scale 1/L, as in Theorem 3",
                    says: |f, k| {
                        let f = smoother(f, k);
                        (median_coordinates(&f) + 1.0) / (60.0 * f.lipschitz).ln()
                    },
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::At(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]),
                at: |k| (fold(32, 8192, 20.0), k as usize),
            },
        },
        Tie::none("a rate: a median of independent distances, found by search, is the shape"),
    )
    .dear()
    .points(2)
}

/// $p^* / (n d) \to 2 / L^2$.
fn constant() -> Claim {
    Claim::new(
        "constant",
        Limit {
            domain: |given| {
                let n = 2 * given.count("n/2", 8..=12);
                fold(n, 0, given.real("lipschitz", 2.5..=4.0))
            },
            theory: |f| constant_of(f).value(),
            observable: Each(|f, d| samplers::parameters_by_datum_and_dimension(Fold { d, ..f })),
            sizes: &[512, 2048, 8192, 32768],
            // The sum of q squares is q + z sqrt(2 q) + 2 (z^2 - 1) / 3 + O(q^-1/2) at each level,
            // so q* = 2 d / L^2 + a sqrt(d) + b + O(d^-1/2); rounding up is part of b.
            correction: Correction::INVERSE_SQRT_N_AND_N.then(1.5),
            resolution: Relative(0.02),
            known: vec![(fold(32, 0, 4.0), 0.125), (fold(16, 0, 2.5), 0.32)],
            mutants: [
                Mutant {
                    name: "one-label-is-free",
                    why: "places a centre at every datum but one",
                    says: |f| 2.0 * (1.0 - 1.0 / f.n as f64) / f.lipschitz.powi(2),
                },
                Mutant {
                    name: "centres-of-one-sign",
                    why: "places a centre at the negative data only, which does not bound f below",
                    says: |f| 1.0 / f.lipschitz.powi(2),
                },
                Mutant {
                    name: "distance-to-the-mean",
                    why: "takes |P(x_i - x_j)|^2 for q/d instead of 2q/d",
                    says: |f| 4.0 / f.lipschitz.powi(2),
                },
                Mutant {
                    name: "inverse",
                    why: "forgets to square the Lipschitz constant",
                    says: |f| 2.0 / f.lipschitz,
                },
            ],
            curve: Curve {
                x: "lipschitz",
                grid: Grid::Log { from: 2.5, to: 8.0, points: 41 },
                at: |lipschitz| fold(16, 0, lipschitz),
            },
        },
        Tie::formula(constant_of),
    )
    .dear()
    .points(2)
}

/// An interpolant exists with probability at most $2^{p b} e^{- n d / (2 L^2)}$.
fn necessity() -> Claim {
    Claim::new(
        "necessity",
        Bound {
            domain: codebook,
            observable: interpolation_event,
            relation: AtMost,
            holds: OnAverage(Absolute(0.005)),
            bound: |c| union_bound(c).value(),
            // 16 exp(-8 / 2); 64 exp(-2 8 / 4)
            known: vec![
                (Codebook { n: 1, d: 32, p: 4, b: 1, lipschitz: 2.0 }, 0.29305022221974686),
                (
                    Codebook { n: 2, d: 8, p: 3, b: 2, lipschitz: 2.0_f64.sqrt() },
                    1.1722008888789874,
                ),
            ],
            mutants: [
                Mutant {
                    name: "no-union",
                    why: "bounds one function instead of all 2^(pb)",
                    says: |c| (-exponent(c)).exp(),
                },
                Mutant {
                    name: "no-half",
                    why: "drops the 2 of the sub-Gaussian exponent",
                    says: |c| (bits(c) * std::f64::consts::LN_2 - 2.0 * exponent(c)).exp(),
                },
                Mutant {
                    name: "gap-of-labels",
                    why: "asks for correlation 2, the distance of the labels, where 1 is enough",
                    says: |c| (bits(c) * std::f64::consts::LN_2 - 4.0 * exponent(c)).exp(),
                },
            ],
            curve: Curve {
                x: "lipschitz",
                grid: Grid::Linear { from: 1.0, to: 3.0, points: 41 },
                at: |lipschitz| Codebook { n: 1, d: 32, p: 4, b: 1, lipschitz },
            },
        },
        Tie::formula(union_bound),
    )
}

/// The least Lipschitz constant is $2 / \min_{y_i \ne y_j} \|P_q (x_i - x_j)\|$, and attained.
fn extension() -> Claim {
    Claim::new(
        "extension",
        Identity {
            domain: |given| {
                let n = 2 * given.count("n/2", 1..=6);
                let d = given.count("d", 2..=24);
                cloud(n, d, given.count("q", 1..=d), given.data("data"))
            },
            left: |c| [least_interpolating_constant(c), steepest_slope(c)],
            right: |c| [2.0 / nearest(c, c.q, true); 2],
            // The origin and (3, 4), by hand.
            known: [(1, 2.0 / 3.0), (2, 0.4)]
                .map(|(q, least)| {
                    (Cloud { n: 2, d: 2, q, points: vec![0.0, 0.0, 3.0, 4.0] }, [least; 2])
                })
                .into(),
            mutants: [
                Mutant {
                    name: "labels-one-apart",
                    why: "labels 0 and 1 instead of -1 and 1",
                    says: |c| [1.0 / nearest(c, c.q, true); 2],
                },
                Mutant {
                    name: "all-pairs",
                    why: "forgets that equal labels may be close",
                    says: |c| [2.0 / nearest(c, c.q, false); 2],
                },
                Mutant {
                    name: "no-projection",
                    why: "measures the distance in all d coordinates",
                    says: |c| [2.0 / nearest(c, c.d, true); 2],
                },
            ],
            curve: Curve {
                x: "q",
                grid: Grid::Linear { from: 1.0, to: 40.0, points: 40 },
                at: |q| cloud(8, 40, q as usize, Rng::seeded(1)),
            },
        },
        Tie::none("a least distance among points: no expression here"),
    )
    .components(&["least Lipschitz constant", "steepest slope"])
}

/// Gaussian covariates.
fn fold(n: usize, d: usize, lipschitz: f64) -> Fold {
    Fold { covariates: Covariates::Gaussian, n, d, lipschitz }
}

/// $L = L_0 / k$.
fn smoother(f: &Fold, k: usize) -> Fold {
    Fold { lipschitz: f.lipschitz / k as f64, ..*f }
}

/// $q$ with $F_q(2 d / L^2) = 1 - 2^{-4 / n^2}$, $F_q$ the distribution function of $\chi^2_q$:
/// the median of $q^*$ if the $n^2/4$ pairs were independent, since
/// $\|P_q (x_i - x_j)\|^2 \sim (2 / d) \chi^2_q$.
fn median_coordinates(f: &Fold) -> f64 {
    let half = f.d as f64 / (f.lipschitz * f.lipschitz);
    let pairs = (f.n as f64 / 2.0).powi(2);
    let level = (-(-std::f64::consts::LN_2 / pairs).exp_m1()).ln();
    // At 0.1 coordinates all distances are nearly 0; at 8 times the mean they are all large.
    root(|q| log_gamma_cdf(0.5 * q, half) - level, 0.1, 16.0 * half + 200.0).unwrap_or(f64::NAN)
}

/// $E q^* = \sum_{q \ge 0} \bigl(1 - (1 - F_q(2 d / L^2))^{n^2/4}\bigr)$ if pairs were independent.
fn mean_coordinates(f: &Fold) -> f64 {
    let half = f.d as f64 / (f.lipschitz * f.lipschitz);
    let pairs = (f.n as f64 / 2.0).powi(2);
    let exceeds = |q: usize| {
        let near = if q == 0 { 1.0 } else { log_gamma_cdf(0.5 * q as f64, half).exp() };
        -(pairs * (-near).ln_1p()).exp_m1()
    };
    // The probability decreases, with a Gaussian tail beyond the mean, twice `half`.
    let terms = (0..16 * half as usize + 200).map(exceeds);
    terms.take_while(|p| *p > 1e-13).sum()
}

/// $p$ weights of $b$ bits, and $L$ so that the bound is between $e^{-1.5}$ and $e^{-0.3}$.
fn codebook(given: &mut Given) -> Codebook {
    let n = given.count("n", 1..=2);
    let b = given.count("b", 1..=2);
    let p = given.count("p", 2..=5 - b);
    let d = given.count("d", p..=40);
    let at = |excess: f64| {
        (0.5 * (n * d) as f64 / ((p * b) as f64 * std::f64::consts::LN_2 + excess)).sqrt()
    };
    Codebook { n, d, p, b, lipschitz: given.real("lipschitz", at(1.5)..=at(0.3)) }
}

/// $p b$.
fn bits(c: &Codebook) -> f64 {
    (c.p * c.b) as f64
}

/// $n d / (2 L^2)$.
fn exponent(c: &Codebook) -> f64 {
    0.5 * (c.n * c.d) as f64 / (c.lipschitz * c.lipschitz)
}

/// The least distance between points, over the first `q` coordinates.
fn nearest(c: &Cloud, q: usize, opposite: bool) -> f64 {
    let mut least = f64::INFINITY;
    for i in 0..c.n {
        for j in 0..i {
            if !opposite || c.label(i) != c.label(j) {
                least = least.min(c.distance(i, j, q));
            }
        }
    }
    least
}

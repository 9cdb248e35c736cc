//! At the interpolation threshold itself.
//!
//! With as many parameters as observations the variance has no mean: averages of simulations
//! there are numbers without a meaning, however smooth they look. What does exist is a law, for
//! the least singular value in the limit and next door exactly, and for the variance itself.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::linalg::small::dot;
use theoremcheck::models::wishart::least_eigenvalue_tails;
use theoremcheck::prelude::*;
use theoremcheck::special::{chi_squared_sf, log_gamma};

/// Where distribution functions are compared.
type Levels = [f64; 5];

const LEVELS: Levels = [0.04, 0.25, 1.0, 2.25, 4.0];

/// An $m \times (m + 1)$ matrix, or $(m + 1) \times m$.
#[derive(Clone, Copy, Debug)]
struct Neighbour {
    m: usize,
}

/// Two observations of $p$ features.
#[derive(Clone, Copy, Debug)]
struct Pair {
    p: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.threshold",
        alias: "hmrt.threshold-law",
        title: "Laws at the interpolation threshold",
        source: Source {
            paper: PAPER,
            result: "the divergence at gamma = 1; laws by Edelman (1988), Eigenvalues and \
                     condition numbers of random matrices",
            link: LINK,
        },
        statement: r"Let $X$ be $n \times p$ with independent $N(0,1)$ entries, $m = \min(n,p)$,
            $\sigma_{\min}$ its least singular value, and $V = \sum_i \sigma_i^{-2}$ the variance
            of least squares for noise of variance 1. If $n = p$, then as $n \to \infty$
            $\Pr(n \sigma_{\min}^2 \le x) \to 1 - e^{-x/2 - \sqrt x}$ for every $x \ge 0$. If
            $|n - p| = 1$, then $\Pr(m \sigma_{\min}^2 \le x) = 1 - e^{-x/2}$ at every size. In
            both cases $E \sigma_{\min}^{-2} = E V = \infty$, so only laws and quantiles can be
            compared. If $n = 2 \le p$, then with $z = 2/v$
            $\Pr(V \le v) = \bigl[\Gamma(p, z)
            - z^{\frac{p-1}{2}} \Gamma\bigl(\tfrac{p+1}{2}, z\bigr)\bigr] / \Gamma(p)$,
            $\Gamma(\cdot,\cdot)$ the upper incomplete gamma function; at $n = p = 2$ the median
            of $V$ is 5.8794.",
        claims: vec![law(), neighbour(), pair()],
        derivation: from_density,
    }
}

/// $1 - e^{-x/2 - \sqrt x}$ and $1 - e^{-x/2}$.
static LAWS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let x = var("x");
    [1 - (-(&x / 2) - x.sqrt()).exp(), 1 - (-(&x / 2)).exp()]
});

/// Edelman's law at each level.
fn square_law(levels: &Levels) -> [Formula; 5] {
    levels.map(|x| Formula::of("law", &LAWS[0], [("x", x)]))
}

/// The law next to the threshold at each level.
fn neighbour_law() -> [Formula; 5] {
    LEVELS.map(|x| Formula::of("neighbour-law", &LAWS[1], [("x", x)]))
}

/// From Edelman's density of the least singular value to the distribution function.
fn from_density() -> Derivation {
    let x = var("x");
    let root = x.sqrt();
    let [law, neighbour] = LAWS.clone();
    let density = (1 + &root) / (2 * &root) * (-(&x / 2) - &root).exp();
    let positive = Domain::new().open(&x, 0, INF);
    Derivation::of("Law of the least singular value at the threshold")
        .cited(
            "density",
            "n times the least eigenvalue of a square Wishart matrix has this density in the limit",
            Source {
                paper: "A. Edelman, 1988, Eigenvalues and condition numbers of random matrices",
                result: "Section 3",
                link: "https://doi.org/10.1137/0609045",
            },
        )
        .identity("slope", law.d(&x), density.clone(), &positive)
        .twin("no-half", |s| s.right((1 + &root) / &root * (-(&x / 2) - &root).exp()))
        .conclude(
            "law",
            Rule::Ftc {
                integrand: density.clone(),
                antiderivative: law,
                in_: x.clone(),
                from: ["slope"],
            },
        )
        .twin("no-root", |s| s.put(1 - (-(&x / 2)).exp()))
        .positive("grows", density, &positive)
        .twin("less", |s| s.of((1 - &root) * (-(&x / 2) - &root).exp()))
        .identity("neighbour", neighbour.d(&x), (-(&x / 2)).exp() / 2, &positive)
        .twin("no-half", |s| s.right((-(&x / 2)).exp()))
        .conclude(
            "neighbour-law",
            Rule::Ftc {
                integrand: (-(&x / 2)).exp() / 2,
                antiderivative: neighbour,
                in_: x.clone(),
                from: ["neighbour"],
            },
        )
        .twin("complex-case", |s| s.put(1 - (-&x).exp()))
}

fn law() -> Claim {
    Claim::new(
        "law",
        Limit {
            domain: |_| LEVELS,
            theory: |levels| square_law(levels).map(|formula| formula.value()),
            observable: Nested(square_matrices),
            sizes: &[2, 8, 32],
            // Edelman's density at size n is a confluent function U(n/2, -1/2, x/2n), a series in
            // 1/n at fixed x. The term in 1/n is 0.11 / n at most: hence the small sizes.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Absolute(0.005),
            known: vec![(
                // By mpmath.
                LEVELS,
                [
                    0.197_481_202_037_522,
                    0.464_738_571_481_010,
                    0.776_869_839_851_570,
                    0.927_560_242_965_749,
                    0.981_684_361_111_266,
                ],
            )],
            mutants: [
                Mutant {
                    name: "complex-case",
                    why: "gives the law for complex entries",
                    says: |levels| levels.map(|x| 1.0 - (-x).exp()),
                },
                Mutant {
                    name: "no-linear-term",
                    why: "drops x/2",
                    says: |levels| levels.map(|x| 1.0 - (-x.sqrt()).exp()),
                },
                Mutant {
                    name: "no-root",
                    why: "drops the root of x, which holds for |n - p| = 1",
                    says: |levels| levels.map(|x| 1.0 - (-0.5 * x).exp()),
                },
                Mutant {
                    name: "ten-rows",
                    why: "scales by n - 1, as for centred features, and takes n = 10 for the limit",
                    says: |levels| levels.map(|x| edelman(x * 10.0 / 9.0)),
                },
            ],
            curve: Curve {
                x: "scale",
                grid: Grid::Log { from: 0.05, to: 4.0, points: 45 },
                at: |scale| LEVELS.map(|x| scale * x),
            },
        },
        Tie::formula(square_law),
    )
    .components(&[
        "probability at level 0.04",
        "probability at level 0.25",
        "probability at level 1",
        "probability at level 2.25",
        "probability at level 4",
    ])
}

fn neighbour() -> Claim {
    Claim::new(
        "neighbour",
        Equality {
            domain: |given| Neighbour { m: given.count("m", 4..=12) },
            theory: |_| neighbour_law().map(|formula| formula.value()),
            observable: nearly_square,
            resolution: Absolute(0.005),
            known: vec![(
                // By mpmath.
                Neighbour { m: 7 },
                [
                    0.019_801_326_693_244_7,
                    0.117_503_097_415_404_54,
                    0.393_469_340_287_366_6,
                    0.675_347_532_641_650_3,
                    0.864_664_716_763_387_3,
                ],
            )],
            mutants: [
                Mutant {
                    name: "square",
                    why: "gives the limit law of square matrices",
                    says: |_| LEVELS.map(edelman),
                },
                Mutant {
                    name: "complex-case",
                    why: "forgets the half, as for complex entries",
                    says: |_| LEVELS.map(|x| 1.0 - (-x).exp()),
                },
                Mutant {
                    name: "mean-side",
                    why: "scales by (n + p)/2 instead of min(n, p)",
                    says: |s| {
                        let m = s.m as f64;
                        LEVELS.map(|x| 1.0 - (-0.5 * x * m / (m + 0.5)).exp())
                    },
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Linear { from: 2.0, to: 41.0, points: 40 },
                at: |m| Neighbour { m: m as usize },
            },
        },
        Tie::formula(|_| neighbour_law()),
    )
    .components(&[
        "probability at level 0.04",
        "probability at level 0.25",
        "probability at level 1",
        "probability at level 2.25",
        "probability at level 4",
    ])
}

/// At two points: the comparison, not the draw, is dear, two incomplete gamma functions a value.
fn pair() -> Claim {
    Claim::new(
        "pair",
        Law {
            domain: |given| Pair { p: given.count("p", 2..=6) },
            observable: variance_of_two,
            cdf: |s, v| variance_cdf(s.p as f64, 0.5 * (s.p as f64 - 1.0), v),
            resolution: 0.01,
            known: vec![
                // By mpmath, from the joint density of the two eigenvalues.
                ((Pair { p: 2 }, 4.0), 0.407_685_787_000_96),
                ((Pair { p: 2 }, 100.0), 0.874_734_722_447_11),
                ((Pair { p: 3 }, 1.0), 0.270_670_566_473_23),
                ((Pair { p: 4 }, 2.0), 0.792_878_044_475_66),
                ((Pair { p: 2 }, 5.879_385_234_654_895), 0.5),
            ],
            mutants: [
                Mutant {
                    name: "row-by-row",
                    why: "takes both rows' distances from the other's span to be one variable",
                    says: |s, v| chi_squared_sf(s.p as f64 - 1.0, 2.0 / v),
                },
                Mutant {
                    name: "trace-degree-lost",
                    why: "gives the trace of the Gram matrix 2p - 1 degrees of freedom",
                    says: |s, v| variance_cdf(s.p as f64 - 0.5, 0.5 * (s.p as f64 - 1.0), v),
                },
                Mutant {
                    name: "angle-degree-gained",
                    why: "lets the second row vary in p + 1 dimensions",
                    says: |s, v| variance_cdf(s.p as f64, 0.5 * s.p as f64, v),
                },
            ],
            curve: Curve {
                x: "v",
                grid: Grid::Log { from: 0.3, to: 300.0, points: 61 },
                at: |v| (Pair { p: 2 }, v),
            },
        },
        Tie::none("incomplete gamma functions, by series: no expression here"),
    )
    .points(2)
}

/// $1 - e^{-x/2 - \sqrt x}$.
fn edelman(x: f64) -> f64 {
    1.0 - (-0.5 * x - x.sqrt()).exp()
}

/// $\Pr(n \sigma_{\min}^2 \le x \mid \cdot)$ at each size for $n = p$, averaged by formula over the
/// last of the chi-squares that the singular values are a function of, and drawn in all others.
/// $O(n)$ instead of $O(n^3)$, and one draw serves all sizes.
fn square_matrices(levels: Levels, sizes: &'static [usize]) -> Sampler<Vec<Levels>> {
    let falling: Vec<usize> = sizes.iter().rev().copied().collect();
    let mut above = vec![0.0; sizes.len() * levels.len()];
    Sampler::new(move |rng| {
        least_eigenvalue_tails(rng, &falling, 0, &levels, &mut above);
        let by_size = above.chunks_exact(levels.len()).rev();
        by_size.map(|tails| std::array::from_fn(|l| 1.0 - tails[l])).collect()
    })
    .tail_index(f64::INFINITY) // probabilities are bounded
}

/// The same for $|n - p| = 1$ at one size.
fn nearly_square(s: Neighbour) -> Sampler<Levels> {
    Sampler::new(move |rng| {
        let mut above = [0.0; 5];
        least_eigenvalue_tails(rng, &[s.m], 1, &LEVELS, &mut above);
        above.map(|tail| 1.0 - tail)
    })
    .tail_index(f64::INFINITY) // probabilities are bounded
}

/// For two rows $V = \frac{4}{T W}$, where $T = \operatorname{tr} K \sim \chi^2_{2p}$ and
/// $W = 4 \det K / T^2$ are independent and $\Pr(W \ge w) = 1 - w^h$, $h = \frac{p-1}{2}$. So
/// $\Pr(V \le v) = \bigl[\Gamma(q, z) - z^h \Gamma(q - h, z)\bigr] / \Gamma(q)$ with $q = p$,
/// $z = 2/v$.
fn variance_cdf(q: f64, h: f64, v: f64) -> f64 {
    if v <= 0.0 {
        return 0.0;
    }
    let z = 2.0 / v;
    let scale = (h * z.ln() + log_gamma(q - h) - log_gamma(q)).exp();
    chi_squared_sf(2.0 * q, 2.0 * z) - scale * chi_squared_sf(2.0 * (q - h), 2.0 * z)
}

/// $V = \operatorname{tr} K / \det K$ for the $2 \times 2$ matrix $K = X X^\top$, entry by entry.
/// The determinant is one squared length times what the other row has beside it: nothing cancels
/// where the rows are nearly parallel.
fn variance_of_two(s: Pair) -> Sampler {
    let (mut first, mut second) = (vec![0.0; s.p], vec![0.0; s.p]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut first);
        rng.fill_normal(&mut second);
        let (x2, y2) = (dot(&first, &first), dot(&second, &second));
        let along = dot(&first, &second) / x2;
        let beside: f64 = first.iter().zip(&second).map(|(x, y)| (y - along * x).powi(2)).sum();
        (x2 + y2) / (x2 * beside)
    })
}

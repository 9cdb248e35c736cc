//! The extreme eigenvalues of a sample covariance matrix.
//!
//! How fast gradient descent may go, how badly a regression is conditioned and which components of
//! data are more than noise is decided at the edges of the spectrum. They are sharp: the largest
//! eigenvalue keeps within $n^{-2/3}$ of where the bulk ends.

use super::columns;
use std::sync::LazyLock;
use theoremcheck::models::spectral_edges::{Edge, EdgeBlock};
use theoremcheck::prelude::*;

/// $p = \gamma n$.
#[derive(Clone, Copy, Debug)]
struct Ratio {
    gamma: f64,
}

/// The smaller of $n$ and $p$ is this share of the larger.
#[derive(Clone, Copy, Debug)]
struct Share {
    share: f64,
    /// $p > n$.
    wide: bool,
}

/// Without the term in $n^{-2/3}$, which is the mean of the limiting law of the fluctuations, an
/// eigenvalue at an edge differs from its limit by a term in $1/n$, from the difference between
/// $n$ and the best centring $n - \frac12$ (Ma 2012), and smaller ones.
const CORRECTION: Correction = Correction::removing(&[2.0 / 3.0]).then(1.0);

const SIZES: &[usize] = &[400, 1600, 6400, 25_600];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "marchenko1967.edges",
        alias: "mp.edges",
        title: "Extreme eigenvalues of sample covariance matrices",
        source: Source {
            paper: "Geman (1980), A limit theorem for the norm of random matrices; Bai, Yin \
                    (1993), Limit of the smallest eigenvalue of a large dimensional sample \
                    covariance matrix",
            result: "the limit theorems; the order of the fluctuations: Johnstone (2001), On the \
                     distribution of the largest eigenvalue in principal components analysis, \
                     Theorem 1.1",
            link: "doi:10.1214/aop/1176994775",
        },
        statement: r"Let $X$ be an $n \times p$ matrix of independent entries with mean 0, variance
            1 and a finite fourth moment, $S = X^\top X / n$, and let $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$. Then almost surely
            $\lambda_{\max}(S) \to (1 + \sqrt\gamma)^2$, and, for $\gamma \ne 1$, the least of the
            $\min(n, p)$ eigenvalues of $S$ that are not 0 tends to $(1 - \sqrt\gamma)^2$: the zeros
            of the discriminant $(s - 1 - \gamma)^2 - 4 \gamma$. For Gaussian entries
            $\lambda_{\max}(S)$ fluctuates by the order of $n^{-2/3}$. Checked for Gaussian entries,
            on average over $X$; the spread is the mean distance of two independent copies of
            $\lambda_{\max}(S)$.",
        claims: vec![largest(), least(), spread()],
        derivation: discriminant,
    }
}

/// $(1 + \sqrt\gamma)^2$ and $(1 - \sqrt\gamma)^2$.
static EDGES: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let root = var("gamma").sqrt();
    [(1 + &root).pow(2), (1 - &root).pow(2)]
});

/// The upper edge.
fn upper(r: &Ratio) -> Formula {
    Formula::of("upper", &EDGES[0], [("gamma", r.gamma)])
}

/// The lower edge, of which nothing is lost near $\gamma = 1$.
fn lower(s: &Share) -> Formula {
    let gamma = if s.wide { 1.0 / s.share } else { s.share };
    Formula::of("lower", &EDGES[1], [("gamma", gamma)])
}

/// The edges are where the discriminant of the quadratic for the transform vanishes.
fn discriminant() -> Derivation {
    let (g, s, c) = vars!("gamma", "s", "c");
    let root = g.sqrt();
    let discriminant = (&s - 1 - &g).pow(2) - 4 * &g;
    let ratio = Domain::new().open(&g, 0, INF);
    let inside = ratio.clone().open(&c, -1, 1);
    let outside = ratio.clone().open(&c, 1, INF);
    let [upper, lower] = &*EDGES;
    let level = 1 + &g + 2 * &root * &c;
    let wide = (1 / root.clone() - 1).pow(2);
    let geman = Source {
        paper: "S. Geman, 1980, A limit theorem for the norm of random matrices; Z. D. Bai, Y. Q. \
                Yin, 1993, Limit of the smallest eigenvalue",
        result: "the limit theorems",
        link: "https://doi.org/10.1214/aop/1176994775",
    };
    Derivation::of("The edges of the Marchenko-Pastur law")
        .cited("limit", "the extreme eigenvalues tend to the edges of the limiting law", geman)
        .identity("upper", 1 + &g + 2 * &root, upper.clone(), &ratio)
        .twin("square-missed", |s| s.right(1 + &root))
        .identity("lower", 1 + &g - 2 * &root, lower.clone(), &ratio)
        .twin("no-root", |s| s.right((1 - &g).pow(2)))
        .identity("upper-is-a-zero", discriminant.at(&s, upper), 0, &ratio)
        .twin("shifted", |s| s.right(&g))
        .identity("lower-is-a-zero", discriminant.at(&s, lower), 0, &ratio)
        .twin("shifted", |s| s.right(&g))
        .identity("between", -discriminant.at(&s, &level), 4 * &g * (1 - c.pow(2)), &inside)
        .twin("no-gamma", |s| s.right(4 * (1 - c.pow(2))))
        .positive("bulk", -discriminant.at(&s, &level), &inside)
        .twin("beyond", |s| s.on(&outside))
        .positive("beyond", discriminant.at(&s, &level), &outside)
        .twin("bulk", |s| s.on(&inside))
        .identity("roles", &g * wide, lower.clone(), &ratio)
        .twin("not-scaled", |s| s.right(lower / &g))
        .positive("gap", upper - lower, &ratio)
        .twin("other-sign", |s| s.of(lower - upper))
}

fn largest() -> Claim {
    Claim::new(
        "largest",
        Limit {
            domain: |given| Ratio { gamma: given.ratio("gamma", 1..=80, 20) },
            theory: |r| upper(r).value(),
            observable: Each(largest_eigenvalue),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.002),
            known: vec![
                (Ratio { gamma: 0.25 }, 2.25),
                (Ratio { gamma: 0.5 }, 2.914_213_562_373_095),
                (Ratio { gamma: 2.0 }, 5.828_427_124_746_19),
            ],
            mutants: [
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 = 99",
                    says: |r| (1.0 + r.gamma.sqrt()).powi(2) * 100.0 / 99.0,
                },
                Mutant {
                    name: "mean-square",
                    why: "adds variances: 1 + gamma",
                    says: |r| 1.0 + r.gamma,
                },
                Mutant {
                    name: "singular-value",
                    why: "takes the largest singular value of X / root(n)",
                    says: |r| 1.0 + r.gamma.sqrt(),
                },
                Mutant {
                    name: "aspect-ratio-inverted",
                    why: "reads gamma as n/p",
                    says: |r| (1.0 + 1.0 / r.gamma.sqrt()).powi(2),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 0.1, to: 4.0, points: 40 },
                at: |gamma| Ratio { gamma },
            },
        },
        Tie::formula(upper),
    )
    .price(1.0 / 3.0)
}

fn least() -> Claim {
    Claim::new(
        "least",
        Limit {
            domain: off_square,
            theory: |s| lower(s).value(),
            observable: Each(least_eigenvalue),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.005),
            known: vec![
                (Share { share: 0.25, wide: false }, 0.25),
                (Share { share: 0.5, wide: false }, 0.085_786_437_626_904_95),
                (Share { share: 0.5, wide: true }, 0.171_572_875_253_809_9),
            ],
            mutants: [
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 = 49",
                    says: |s| lower(s).value() * 50.0 / 49.0,
                },
                Mutant {
                    name: "mean-square",
                    why: "subtracts variances: |1 - gamma|",
                    says: |s| if s.wide { 1.0 / s.share - 1.0 } else { 1.0 - s.share },
                },
                Mutant {
                    name: "singular-value",
                    why: "takes the least singular value of X / root(n)",
                    says: |s| lower(s).value().sqrt(),
                },
                Mutant {
                    name: "other-gram-matrix",
                    why: "divides by p for n",
                    says: |s| lower(&Share { wide: !s.wide, ..*s }).value(),
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::Linear { from: 0.05, to: 0.6, points: 45 },
                at: |share| Share { share, wide: false },
            },
        },
        Tie::formula(lower),
    )
    .price(1.0 / 3.0)
}

fn spread() -> Claim {
    Claim::new(
        "spread",
        Rate {
            domain: |given| Ratio { gamma: given.ratio("gamma", 1..=80, 20) },
            shape: |_, n| power(n, -2.0 / 3.0),
            observable: Each(distance_of_two),
            relation: Equal,
            sizes: &[100, 400, 25_600, 102_400],
            // The scale of the fluctuations is exact up to a factor 1 + O(n^{-2/3}) (Ma 2012).
            correction: Correction::GUARD.then(2.0 / 3.0),
            resolution: 0.03,
            mutants: [
                Mutant {
                    name: "central-limit",
                    why: "expects the fluctuations of a mean over n",
                    says: |_, n| power(n, -0.5),
                },
                Mutant {
                    name: "linear-statistic",
                    why: "expects the fluctuations of a trace over n",
                    says: |_, n| power(n, -1.0),
                },
                Mutant {
                    name: "spacing-of-the-hard-edge",
                    why: "takes the distance of eigenvalues at 0 of a square matrix",
                    says: |_, n| power(n, -2.0),
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Log { from: 100.0, to: 20_000.0, points: 24 },
                at: |n| (Ratio { gamma: 1.0 }, n.round() as usize),
            },
        },
        Tie::none("an exponent, which no expression states"),
    )
    .price(1.0 / 3.0)
    .points(2)
}

fn off_square(given: &mut Given) -> Share {
    let share = given.ratio("share", 1..=12, 20);
    Share { share, wide: given.choice("shape", &[("tall", false), ("wide", true)]) }
}

/// $\lambda_{\max}(X^\top X) / n$ in $O(n^{1/3})$.
fn largest_eigenvalue(r: Ratio, n: usize) -> Sampler {
    let (p, mut block) = (columns(r.gamma, n), EdgeBlock::default());
    Sampler::new(move |rng| block.draw(rng, n, p, Edge::Upper) / n as f64)
}

/// The least eigenvalue of $X^\top X / n$ that is not 0; the larger of $n$ and $p$ is the size.
fn least_eigenvalue(s: Share, size: usize) -> Sampler {
    let smaller = columns(s.share, size);
    let (n, p) = if s.wide { (smaller, size) } else { (size, smaller) };
    let mut block = EdgeBlock::default();
    Sampler::new(move |rng| block.draw(rng, n, p, Edge::Lower) / n as f64)
}

/// $|\lambda_{\max} - \lambda_{\max}'| / n$ for two independent matrices.
fn distance_of_two(r: Ratio, n: usize) -> Sampler {
    let (p, mut block) = (columns(r.gamma, n), EdgeBlock::default());
    Sampler::new(move |rng| {
        let first = block.draw(rng, n, p, Edge::Upper);
        (first - block.draw(rng, n, p, Edge::Upper)).abs() / n as f64
    })
}

//! The tail of the variance at the interpolation threshold and next to it.
//!
//! How bad can one unlucky data set be? With as many parameters as observations the variance
//! exceeds $t$ with a probability of order $t^{-1/2}$: no mean, whatever the number of
//! repetitions. Each further column or row lightens the tail by half a power.

use super::{LINK, PAPER};
use theoremcheck::models::wishart::ConditionalTrace;
use theoremcheck::prelude::*;
use theoremcheck::special::log_gamma;

/// A Gaussian matrix with $m$ rows and $m + k$ columns, or the transpose.
#[derive(Clone, Copy, Debug)]
struct Shape {
    m: usize,
    k: usize,
}

/// $t / m$. A draw costs the same at each.
const FAR: &[usize] = &[10_000_000_000_000_000, 40_000_000_000_000_000];

const FURTHER: &[usize] = &[
    10_000_000_000_000_000,
    40_000_000_000_000_000,
    80_000_000_000_000_000,
    320_000_000_000_000_000,
];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.variance-tail",
        alias: "",
        title: "Tail of the variance around the interpolation threshold",
        source: Source {
            paper: PAPER,
            result: "the divergence at gamma = 1; the constant is derived here from the joint \
                     density of the eigenvalues",
            link: LINK,
        },
        statement: r"Let $X$ be $n \times p$ with independent $N(0,1)$ entries, $m = \min(n,p)$,
            $k = |n-p|$, and $V = \sum_i \sigma_i^{-2}$ the sum over its singular values: the
            variance of least squares for noise of variance 1. As $t \to \infty$ at fixed $n, p$,
            $t^{(k+1)/2} \Pr(V > t) \to \frac{E \chi_m^{k+1}}{(k+1)!} =
            \frac{2^{(k+1)/2} \Gamma((m+k+1)/2)}{(k+1)!\, \Gamma(m/2)}$, where $\chi_m$ is the
            length of a standard normal vector in $R^m$. So the tail exponent is $\frac{k+1}{2}$;
            at $n = p$ the constant is $\sqrt n$ up to a relative error of $\frac{1}{4n}$.
            Checked for $k = 0$ and $k = 2$, the exponent also for $k = 3$.",
        claims: vec![constant(), exponent()],
        derivation: moments_of_chi,
    }
}

/// The constant for $k = 1$ and $k = 3$, where the moment of $\chi_m$ is a polynomial.
fn moments_of_chi() -> Derivation {
    let (m, variance) = vars!("m", "variance");
    let sizes = Domain::new().open(&m, 0, INF);
    let fourth = (m.pow(2) + &variance).at(&variance, 2 * &m);
    Derivation::of("The constant of the tail where it is rational")
        .cited(
            "density-at-zero",
            "the joint density of the singular values, whose least one is near 0 with probability \
             of order x^{(k+1)/2}",
            Source {
                paper: "R. J. Muirhead, 1982, Aspects of Multivariate Statistical Theory",
                result: "Theorem 3.2.18",
                link: "https://doi.org/10.1002/9780470316559",
            },
        )
        .assumed("chi-square", "a chi-square variable has mean m and variance 2m")
        .identity("third", fourth / 24, &m * (&m + 2) / 24, &sizes)
        .twin("next-factor", |s| s.right(&m * (&m + 1) / 24))
}

fn constant() -> Claim {
    Claim::new(
        "constant",
        Limit {
            domain: |given| shape(given, &[("0", 0), ("2", 2)], 15..=50),
            theory: tail_constant,
            observable: Nested(scaled_tails),
            // t / m. The density of the least eigenvalue is a series in the eigenvalue, and the
            // rest of the sum has a mean given that it is small: the first term left is m / t.
            // A draw that does not follow the power at all, because another term of the sum is
            // above t, has a weight without variance; so far out none is to be expected in 1e7.
            sizes: FAR,
            correction: Correction::GUARD.then(1.0),
            resolution: Relative(0.005),
            known: vec![
                // By mpmath.
                (Shape { m: 60, k: 0 }, 7.713_760_464_698_126),
                (Shape { m: 24, k: 2 }, 20.200_949_575_343_93),
                (Shape { m: 40, k: 3 }, 70.0),
            ],
            mutants: [
                Mutant {
                    name: "large-size",
                    why: "takes m^((k+1)/2) for the moment of chi, as at n = p for large n",
                    says: |s| {
                        let h = s.k as f64 + 1.0;
                        (0.5 * h * (s.m as f64).ln() - log_gamma(h + 1.0)).exp()
                    },
                },
                Mutant {
                    name: "larger-side",
                    why: "takes the moment of chi with max(n, p) + 1 degrees of freedom",
                    says: |s| tail_constant(&Shape { m: s.m + s.k + 1, ..*s }),
                },
                Mutant {
                    name: "one-distance",
                    why: "counts one of the m rows that can be close to the span of the others",
                    says: |s| tail_constant(&Shape { m: 1, ..*s }),
                },
                Mutant {
                    name: "density",
                    why: "forgets to integrate the density of the least eigenvalue",
                    says: |s| tail_constant(s) * 0.5 * (s.k as f64 + 1.0),
                },
            ],
            curve: Curve {
                x: "m",
                grid: Grid::Linear { from: 2.0, to: 61.0, points: 60 },
                at: |m| Shape { m: m as usize, k: 0 },
            },
        },
        Tie::instances(vec![Shape { m: 40, k: 3 }, Shape { m: 7, k: 3 }], |s| {
            let m = var("m");
            Formula::of("third", &(&m * (&m + 2) / 24), [("m", s.m as f64)])
        }),
    )
}

fn exponent() -> Claim {
    Claim::new(
        "exponent",
        Rate {
            domain: |given| shape(given, &[("0", 0), ("2", 2), ("3", 3)], 4..=16),
            shape: |s, t_by_m| power(t_by_m, -0.5 * (s.k as f64 + 1.0)),
            observable: Each(tail),
            relation: Equal,
            sizes: FURTHER,
            // The probability over its leading power is a series that begins with m / t.
            correction: Correction::GUARD.then(1.0),
            resolution: 0.02,
            mutants: [
                Mutant {
                    name: "density",
                    why: "gives the exponent of the density, one more",
                    says: |s, t_by_m| power(t_by_m, -0.5 * (s.k as f64 + 3.0)),
                },
                Mutant {
                    name: "no-root",
                    why: "takes the exponent of the singular value for that of its square",
                    says: |s, t_by_m| power(t_by_m, -(s.k as f64 + 1.0)),
                },
                Mutant {
                    name: "threshold-everywhere",
                    why: "uses the exponent at n = p whatever n - p",
                    says: |_, t_by_m| power(t_by_m, -0.5),
                },
                Mutant {
                    name: "logarithm",
                    why: "adds a logarithm, as where two exponents meet",
                    says: |s, t_by_m| {
                        let t = t_by_m as f64 * s.m as f64;
                        power(t_by_m, -0.5 * (s.k as f64 + 1.0)) * t.ln()
                    },
                },
            ],
            curve: Curve {
                x: "t_by_m",
                grid: Grid::Log { from: 1e3, to: 1e9, points: 61 },
                at: |t_by_m| (Shape { m: 8, k: 0 }, t_by_m as usize),
            },
        },
        Tie::none("a rate: the exponent -(k+1)/2 is the whole theory"),
    )
    .price(0.0)
}

/// $k = 1$ is left out: there the weights below cancel the spread altogether, and a variable
/// without spread cannot be judged. Its law is exact: `threshold.rs`.
fn shape(
    given: &mut Given,
    excess: &[(&'static str, usize)],
    sizes: std::ops::RangeInclusive<usize>,
) -> Shape {
    Shape { k: given.choice("k", excess), m: given.count("m", sizes) }
}

/// $\frac{2^{(k+1)/2} \Gamma((m+k+1)/2)}{(k+1)!\, \Gamma(m/2)}$.
///
/// The density of the eigenvalues is proportional to
/// $\prod_i \lambda_i^{(k-1)/2} e^{-\lambda_i/2} \prod_{i<j} |\lambda_i - \lambda_j|$. At
/// $\lambda_1 \to 0$ the others have the same with $m - 1$ and $k + 2$, so that the constant is a
/// ratio of two Selberg integrals.
fn tail_constant(s: &Shape) -> f64 {
    let (m, h) = (s.m as f64, s.k as f64 + 1.0);
    let log = 0.5 * h * std::f64::consts::LN_2 + log_gamma(0.5 * (m + h))
        - log_gamma(0.5 * m)
        - log_gamma(h + 1.0);
    log.exp()
}

/// $t^{(k+1)/2} \Pr(V > t \mid \cdot)$ for $t = m$ times each size, from one draw.
fn scaled_tails(s: Shape, sizes: &'static [usize]) -> Sampler<Vec<f64>> {
    let power = 0.5 * (s.k as f64 + 1.0);
    Sampler::new(move |rng| {
        let (given, weight) = draw(&s, rng);
        let scaled = |t_by_m: &usize| {
            let t = *t_by_m as f64 * s.m as f64;
            t.powf(power) * weight * given.tail(t)
        };
        sizes.iter().map(scaled).collect()
    })
}

/// $\Pr(V > t \mid \cdot)$, $t = m$ times the size.
fn tail(s: Shape, t_by_m: usize) -> Sampler {
    let t = t_by_m as f64 * s.m as f64;
    Sampler::new(move |rng| {
        let (given, weight) = draw(&s, rng);
        weight * given.tail(t)
    })
}

/// A draw of all but the last of the chi-squares $a_j^2 \sim \chi^2_{k+j}$,
/// $b_j^2 \sim \chi^2_{j-1}$, $j = m, \dots, 1$, that the singular values are a function of (see
/// `models::wishart`), by importance sampling, and the weight of the draw.
///
/// Given them $V = S + N / a_1^2$ with
/// $N = \sum_{i=1}^m \beta_i$, $\beta_i = \prod_{j=2}^i b_j^2 / a_j^2$, and
/// $\Pr(V > t \mid \cdot) \approx c\, (N/t)^{(k+1)/2}$, which has no variance. But
/// $E \beta_i^{(k+1)/2} = 1$ for each $i$, and the law weighted by $\beta_i^{(k+1)/2}$ is the same
/// with the degrees of freedom of $a_j^2$ and $b_j^2$ swapped for $j \le i$. So one of these $m$
/// laws is chosen at random, and the weight is $m / \sum_i \beta_i^{(k+1)/2} \le m$.
/// What is averaged is then within a factor $\sqrt m$ of constant for $k = 0$.
fn draw(s: &Shape, rng: &mut Rng) -> (ConditionalTrace, f64) {
    let degrees = s.k as f64 + 1.0;
    let swapped = 1 + rng.index(s.m);
    let (mut sum, mut numerator, mut weights) = (0.0, 1.0, 1.0);
    for j in (2..=s.m).rev() {
        let (tall, low) = ((s.k + j) as f64, (j - 1) as f64);
        let (a, b) = if j <= swapped { (low, tall) } else { (tall, low) };
        let (a2, b2) = (rng.chi_squared(a), rng.chi_squared(b));
        let rho = numerator / a2;
        sum += rho;
        numerator = 1.0 + b2 * rho;
        let ratio = b2 / a2;
        weights = 1.0 + weights * if s.k == 0 { ratio.sqrt() } else { ratio.powf(0.5 * degrees) };
    }
    (ConditionalTrace { sum, numerator, degrees }, s.m as f64 / weights)
}

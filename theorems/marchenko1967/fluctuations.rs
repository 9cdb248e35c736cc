//! The law of the largest eigenvalue of a sample covariance matrix of noise.
//!
//! How far above the edge of the bulk an eigenvalue of pure noise comes decides which components of
//! data are signal. The law is not normal and not that of the largest of independent numbers: it is
//! Tracy and Widom's, with a mean below the edge.

use super::columns;
use std::sync::LazyLock;
use theoremcheck::models::spectral_edges::{Edge, EdgeBlock};
use theoremcheck::prelude::*;
use theoremcheck::special::{
    normal_cdf, tracy_widom_complex_cdf, tracy_widom_moment, tracy_widom_real_cdf,
};

/// $p = \gamma n$, and a level of the normalised eigenvalue.
#[derive(Clone, Copy, Debug)]
struct Level {
    gamma: f64,
    s: f64,
}

/// $p = \gamma n$.
#[derive(Clone, Copy, Debug)]
struct Ratio {
    gamma: f64,
}

/// With $n - \frac12$ and $p - \frac12$ the error of the law is of the order of $n^{-2/3}$ (Ma
/// 2012). It is not removed: at these sizes it is smaller than what is promised.
const CORRECTION: Correction = Correction::GUARD.then(2.0 / 3.0);

const SIZES: &[usize] = &[40, 640];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "marchenko1967.fluctuations",
        alias: "mp.tracy-widom",
        title: "Tracy-Widom law of the largest eigenvalue",
        source: Source {
            paper: "Johnstone (2001), On the distribution of the largest eigenvalue in principal \
                    components analysis; the order of the error: Ma (2012), Accuracy of the \
                    Tracy-Widom limits for the extreme eigenvalues in white Wishart matrices",
            result: "Theorem 1.1; the theorem on the largest eigenvalue",
            link: "doi:10.1214/aos/1009210544",
        },
        statement: r"Let $X$ be an $n \times p$ matrix of independent standard normal entries,
            $\lambda_{\max}$ the largest eigenvalue of $X^\top X$,
            $\mu = (\sqrt{n-1} + \sqrt p)^2$ and $\sigma = (\sqrt{n-1} + \sqrt p)
            (\frac{1}{\sqrt{n-1}} + \frac{1}{\sqrt p})^{1/3}$, and let $n, p \to \infty$ with
            $p/n \to \gamma \in (0, \infty)$. Then $(\lambda_{\max} - \mu) / \sigma$ tends in law to
            the Tracy-Widom law of real symmetric matrices, whose distribution function is the
            Fredholm determinant $F_1(s) = \det(I - A_s)$, $A_s$ the integral operator on
            $(0, \infty)$ with kernel $\operatorname{Ai}(x + y + s)$, $\operatorname{Ai}$ the Airy
            function; its mean is $-1.20653\dots$ and its variance $1.60778\dots$ The same holds
            with $n - \frac12$ and $p - \frac12$ for $n - 1$ and $p$, which moves $\mu$ by a
            bounded amount, and then the distribution function errs by $O(n^{-2/3})$ (Ma 2012).
            Moments tend to those of the law as well (Ledoux and Rider 2010). Checked with
            $n - \frac12$ and $p - \frac12$: the distribution function at single $s$, the mean and
            the mean square.",
        claims: vec![law(), moments()],
        derivation: scales,
    }
}

/// The normalisation: $\sigma$ is that of the density at the edge, and the two centrings differ by
/// less than it.
fn scales() -> Derivation {
    let (n, p, g) = vars!("n", "p", "gamma");
    let sizes = Domain::new().open(&n, 1, INF).open(&p, 1, INF);
    let ratios = Domain::new().open(&g, 0, INF);
    let large = ratios.clone().open(&n, 1, INF);
    let (rows, columns, c) = (n.sqrt(), p.sqrt(), g.sqrt());
    let sum = &rows + &columns;
    let proportional = (&rows + &c * &rows).pow(3) * (1 / &rows + 1 / (&c * &rows)) / &n;
    let cube = sum.pow(3) * (1 / &rows + 1 / &columns);
    let (low, high) = ((1 - &c).pow(2), (1 + &c).pow(2));
    let limit_cube = (1 + &c).pow(4) / &c;
    let one = Expr::from(1);
    let half = ratio(1, 2);
    let means = (&n - &half) * (&p - &half);
    let centres = 2 * means.sqrt() - 2 * ((&n - 1) * &p).sqrt();
    let apart = (&p - &n + &half) / (means.sqrt() + ((&n - 1) * &p).sqrt());
    let inner = (&one - &half / &n) * (&g - &half / &n);
    let scaled = (&g - 1 + &half / &n) / (inner.sqrt() + ((&one - 1 / &n) * &g).sqrt());
    let edge = ((1 - 1 / &n).sqrt() + &c).pow(2);
    let johnstone = Source {
        paper: "I. M. Johnstone, 2001, On the distribution of the largest eigenvalue in principal \
                components analysis",
        result: "Theorem 1.1",
        link: "https://doi.org/10.1214/aos/1009210544",
    };
    let ma = Source {
        paper: "Z. Ma, 2012, Accuracy of the Tracy-Widom limits for the extreme eigenvalues in \
                white Wishart matrices",
        result: "the theorem on the largest eigenvalue",
        link: "https://doi.org/10.3150/10-BEJ334",
    };
    let determinant = Source {
        paper: "P. L. Ferrari, H. Spohn, 2005, A determinantal formula for the GOE Tracy-Widom \
                distribution",
        result: "the formula for F_1",
        link: "https://doi.org/10.1088/0305-4470/38/33/L02",
    };
    Derivation::of("The scale at the edge, and the two centrings")
        .cited("limit", "the normalised largest eigenvalue tends in law to F_1", johnstone)
        .cited("error", "centred by n - 1/2 and p - 1/2 the law errs by O(n^(-2/3))", ma)
        .cited("determinant", "F_1(s) is the determinant of I - A_s", determinant)
        .identity("cube", cube * &rows * &columns, sum.pow(4), &sizes)
        .twin("no-third-power", |s| s.right(sum.pow(2)))
        .identity("density", 4 * high.pow(2) / (&high - &low), limit_cube.clone(), &ratios)
        .twin("lower-edge", |s| s.right((1 - &c).pow(4) / &c))
        .limit("edge", edge, &n, INF, high.clone(), &ratios)
        .twin("mean-square", |s| s.value(1 + &g))
        .identity("centrings", centres, apart, &sizes)
        .twin("same", |s| s.right(0))
        .limit("bounded", scaled, &n, INF, (&g - 1) / (2 * &c), &ratios)
        .twin("nothing", |s| s.value(0))
        .identity("proportional", proportional, limit_cube, &large)
        .twin("no-root", |s| s.right((1 + &c).pow(4)))
}

/// Mean and mean square of the laws for real and for complex matrices.
static MOMENTS: LazyLock<[[f64; 2]; 2]> = LazyLock::new(|| {
    let of = |cdf: fn(f64) -> f64| [1, 2].map(|k| tracy_widom_moment(cdf, k));
    [of(tracy_widom_real_cdf), of(tracy_widom_complex_cdf)]
});

fn law() -> Claim {
    Claim::new(
        "law",
        Limit {
            domain: |given| Level {
                gamma: given.ratio("gamma", 1..=32, 8),
                s: given.real("s", -3.5..=1.0),
            },
            theory: |l| tracy_widom_real_cdf(l.s),
            observable: Each(is_below),
            sizes: SIZES,
            correction: CORRECTION,
            // The normal law of the same mean and variance is 0.0196 away at s = -1.25.
            resolution: Absolute(0.018),
            known: vec![
                // The determinant by mpmath, 34 digits.
                (Level { gamma: 1.0, s: -3.0 }, 0.069_600_118_867_369_89),
                (Level { gamma: 1.0, s: -1.0 }, 0.583_789_895_519_732_3),
                (Level { gamma: 1.0, s: 0.0 }, 0.831_908_066_202_951_9),
            ],
            mutants: [
                Mutant {
                    name: "complex",
                    why: "takes the law for complex entries",
                    says: |l| tracy_widom_complex_cdf(l.s),
                },
                Mutant {
                    name: "normal",
                    why: "takes a normal law of the same mean and variance",
                    says: |l| normal_cdf(standardised(l.s)),
                },
                Mutant {
                    name: "gumbel",
                    why: "takes the largest of independent numbers, at the same mean and variance",
                    says: |l| gumbel_cdf(standardised(l.s)),
                },
                Mutant {
                    name: "centred",
                    why: "takes the edge of the bulk for the mean",
                    says: |l| tracy_widom_real_cdf(l.s + MOMENTS[0][0]),
                },
                Mutant {
                    name: "scale-of-the-rows",
                    why: "leaves 1 / root(p) out of the scale",
                    says: |l| {
                        let factor = (1.0 + 1.0 / l.gamma.sqrt()).cbrt();
                        tracy_widom_real_cdf(l.s * factor)
                    },
                },
            ],
            curve: Curve {
                x: "s",
                grid: Grid::Linear { from: -4.0, to: 2.0, points: 49 },
                at: |s| Level { gamma: 1.0, s },
            },
        },
        Tie::none("a Fredholm determinant, which no expression states"),
    )
    .price(1.0 / 3.0)
}

fn moments() -> Claim {
    Claim::new(
        "moments",
        Limit {
            domain: |given| Ratio { gamma: given.ratio("gamma", 1..=32, 8) },
            theory: |_| MOMENTS[0],
            observable: Each(powers),
            sizes: SIZES,
            correction: CORRECTION,
            resolution: Relative(0.05),
            known: vec![
                // Bornemann (2010), On the numerical evaluation of distributions in random matrix
                // theory: mean -1.2065335745820, variance 1.607781034581.
                (Ratio { gamma: 1.0 }, [-1.206_533_574_582_0, 3.063_504_301_182]),
            ],
            mutants: [
                Mutant {
                    name: "complex",
                    why: "takes the law for complex entries",
                    says: |_| MOMENTS[1],
                },
                Mutant {
                    name: "centred",
                    why: "takes the edge of the bulk for the mean",
                    says: |_| [0.0, MOMENTS[0][1] - MOMENTS[0][0].powi(2)],
                },
                Mutant {
                    name: "no-noise",
                    why: "takes the first zero of the Airy function, the edge without fluctuations",
                    says: |_| [-2.338_107_410_459_767, 2.338_107_410_459_767_f64.powi(2)],
                },
                Mutant {
                    name: "scale-of-the-rows",
                    why: "leaves 1 / root(p) out of the scale",
                    says: |r| {
                        let factor = (1.0 + 1.0 / r.gamma.sqrt()).cbrt();
                        [MOMENTS[0][0] / factor, MOMENTS[0][1] / (factor * factor)]
                    },
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0]),
                at: |gamma| Ratio { gamma },
            },
        },
        Tie::none("moments of a law that is a Fredholm determinant"),
    )
    .components(&["mean", "mean square"])
    .price(1.0 / 3.0)
}

/// $s$ in standard deviations from the mean.
fn standardised(s: f64) -> f64 {
    let [mean, square] = MOMENTS[0];
    (s - mean) / (square - mean * mean).sqrt()
}

/// Gumbel's law of mean 0 and variance 1.
fn gumbel_cdf(z: f64) -> f64 {
    const EULER: f64 = 0.577_215_664_901_532_9;
    (-(-(std::f64::consts::PI / 6_f64.sqrt() * z + EULER)).exp()).exp()
}

/// $\mu$ and $\sigma$ with $n - \frac12$ and $p - \frac12$.
fn centre_and_scale(n: usize, p: usize) -> (f64, f64) {
    let (rows, columns) = ((n as f64 - 0.5).sqrt(), (p as f64 - 0.5).sqrt());
    let sum = rows + columns;
    (sum * sum, sum * (1.0 / rows + 1.0 / columns).cbrt())
}

/// Whether the normalised largest eigenvalue is at most $s$; $O(n^{1/3})$.
fn is_below(l: Level, n: usize) -> Sampler {
    let (p, mut block) = (columns(l.gamma, n), EdgeBlock::default());
    let (centre, scale) = centre_and_scale(n, p);
    let x = centre + scale * l.s;
    Sampler::event(move |rng| block.draw_largest_below(rng, n, p, x))
}

/// The normalised largest eigenvalue and its square.
fn powers(r: Ratio, n: usize) -> Sampler<[f64; 2]> {
    let (p, mut block) = (columns(r.gamma, n), EdgeBlock::default());
    let (centre, scale) = centre_and_scale(n, p);
    Sampler::new(move |rng| {
        let t = (block.draw(rng, n, p, Edge::Upper) - centre) / scale;
        [t, t * t]
    })
}

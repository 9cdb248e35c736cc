//! The least Lipschitz constant of linear interpolants, exactly.
//!
//! A class in which the law of robustness is an equality: linear functions of the first $p$
//! coordinates need $L = \sqrt{n d / (p - n)}$ up to fluctuations, so that the constant of the law
//! is one there. It shows what the printed bound, a thousand times smaller, is worth.

use super::samplers::{Design, complexity, inverse_trace, scaled_inverse, squared_lipschitz};
use super::{LAWS, LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::{chi_squared_cdf, log_gamma};

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.linear-class",
        alias: "bubeck-sellke.linear-exact",
        title: "Least Lipschitz constant of linear interpolants",
        source: Source {
            paper: PAPER,
            result: "tightness of Theorem 3 for linear functions; exact laws derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \in R^d$ be independent, $y_i = \pm 1$, and consider
            $f_w(x) = \sum_{j \le p} w_j x_j$ with $n < p - 1$ and $p \le d$, whose Lipschitz
            constant is $\|w\|$. The least one among interpolants satisfies
            $L^2 = y^\top (X X^\top)^{-1} y$, $X$ the $n \times p$ matrix of the points. If
            $x_i \sim N(0, I_d/d)$, then $n d / L^2 \sim \chi^2_{p-n+1}$ exactly and
            $E L^2 = n d / (p - n - 1)$; if $x_i$ is uniform on the unit sphere and the labels are
            fair, $E L^2 = n (d - 2) / (p - n - 1)$. Hence $L^2 / (n d / p) \to 1$ in mean as
            $p / n \to \infty$. The Rademacher complexity of $\{f_w : \|w\| \le 1\}$ for Gaussian
            points is $\sqrt 2 \, \Gamma((p+1)/2) / (\Gamma(p/2) \sqrt{n d})$.",
        claims: vec![mean(), average(), law(), limit(), rademacher()],
        derivation: from_chi_square,
    }
}

/// $E L^2$ for coordinates of variance $1/d$, $\frac{n d}{p-n-1}$, and on the sphere,
/// $\frac{n (d-2)}{p-n-1}$.
static MEANS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, p, d) = vars!("n", "p", "d");
    [&n * &d / (&p - &n - 1), &n * (d - 2) / (p - &n - 1)]
});

/// $E L^2$.
fn mean_square(s: &Design) -> Formula {
    let values = [("n", s.n as f64), ("p", s.p as f64), ("d", s.d as f64)];
    match s.covariates {
        Covariates::Sphere => Formula::of("sphere", &MEANS[1], values),
        _ => Formula::of("mean", &MEANS[0], values),
    }
}

/// From the mean of an inverse chi-square variable to the law of robustness of the class.
fn from_chi_square() -> Derivation {
    let (n, p, d, k) = vars!("n", "p", "d", "k");
    let domain = Domain::new().open(&n, 0, INF).open(&p, &n + 1, INF).open(&d, 2, INF);
    let sizes = Domain::new().open(&n, 0, INF).open(&d, 2, INF);
    let mean = (&n * &d / (&k - 2)).at(&k, &p - &n + 1);
    let [law, sphere] = MEANS.clone();
    let shorter = (&n * (&d - 2) / (&k - 2)).at(&k, &p - &n + 1);
    Derivation::of("Least Lipschitz constant of a linear interpolant")
        .cited(
            "chi-square",
            "n d / L^2 has the chi-square law with k = p - n + 1 degrees of freedom",
            Source {
                paper: "R. J. Muirhead, 1982, Aspects of Multivariate Statistical Theory",
                result: "Theorem 3.2.12",
                link: "https://doi.org/10.1002/9780470316559",
            },
        )
        .identity("mean", mean, law.clone(), &domain)
        .twin("two-more", |s| s.right(&n * &d / (&p - &n + 1)))
        .positive("law-of-robustness", &law - &n * &d / &p, &domain)
        .twin("less", |s| s.of(&n * &d / &p - &law))
        .identity("limit", &law / (&n * &d / &p), 1 / (1 - (&n + 1) / &p), &domain)
        .twin("no-one", |s| s.right(1 / (1 - &n / &p)))
        .limit("many-parameters", &law / (&n * &d / &p), &p, INF, 1, &sizes)
        .twin("law-itself", |s| s.of(law.clone()))
        .limit("threshold", law.clone(), &p, Toward::Above(&n + 1), INF, &sizes)
        .twin("other-side", |s| s.toward(Toward::Below(&n + 1)))
        .nonneg("sphere-below", &law - &n * (&d - 2) / (&p - &n - 1), &domain)
        .twin("above", |s| s.of(&n * (&d - 2) / (&p - &n - 1) - &law))
        .identity("sphere", shorter, sphere, &domain)
        .twin("as-gaussian", |s| s.right(law.clone()))
}

/// $E L^2$ on data drawn in $R^d$.
fn mean() -> Claim {
    Claim::new(
        "mean",
        Equality {
            domain: |given| {
                let covariates = given.choice("covariates", &LAWS);
                let n = given.count("n", 4..=12);
                let p = given.count("p", n + 20..=n + 60);
                Design { covariates, n, p, d: given.count("d", p..=3 * p) }
            },
            theory: |s| mean_square(s).value(),
            observable: squared_lipschitz,
            resolution: Relative(0.01),
            known: vec![
                (gaussian(20, 60, 200), 102.56410256410257),
                (gaussian(10, 50, 800), 205.12820512820514),
                (Design { covariates: Covariates::Sphere, ..gaussian(20, 60, 200) }, 3960.0 / 39.0),
            ],
            mutants: [
                Mutant {
                    name: "no-dimension",
                    why: "forgets that a point of norm one has coordinates of size 1/sqrt(d)",
                    says: |s| s.n as f64 / (degrees(s) - 2.0),
                },
                Mutant {
                    name: "parameters-over-data",
                    why: "takes n d / p, which is the limit for many parameters",
                    says: |s| s.n as f64 * norm(s) / s.p as f64,
                },
                Mutant {
                    name: "mean-of-the-degrees",
                    why: "takes 1 / E chi2 with p - n degrees for E 1 / chi2",
                    says: |s| s.n as f64 * norm(s) / (degrees(s) - 1.0),
                },
                Mutant {
                    name: "sphere-as-gaussian",
                    why: "treats points of the sphere as Gaussian: d instead of d - 2",
                    says: |s| (s.n * s.d) as f64 / (degrees(s) - 2.0),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 24.0, to: 104.0, points: 41 },
                at: |p| gaussian(10, p as usize, 120),
            },
        },
        Tie::formula(mean_square),
    )
}

/// $E L^2$ to 0.3 %, averaged over the labels.
fn average() -> Claim {
    Claim::new(
        "average",
        Equality {
            domain: |given| {
                let n = given.count("n", 20..=100);
                let p = given.count("p", n + 40..=n + 160);
                gaussian(n, p, given.count("d", p..=4 * p))
            },
            theory: |s| mean_square(s).value(),
            observable: inverse_trace,
            resolution: Relative(0.003),
            known: vec![(gaussian(20, 200, 200), 22.3463687150838)],
            mutants: [
                Mutant {
                    name: "parameters-left",
                    why: "forgets the 1: n d / (p - n)",
                    says: |s| (s.n * s.d) as f64 / (degrees(s) - 1.0),
                },
                Mutant {
                    name: "mean-of-the-degrees",
                    why: "takes 1 / E chi2 for E 1 / chi2",
                    says: |s| (s.n * s.d) as f64 / degrees(s),
                },
                Mutant {
                    name: "parameters-over-data",
                    why: "takes n d / p, which is the limit for many parameters",
                    says: |s| (s.n * s.d) as f64 / s.p as f64,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Log { from: 72.0, to: 640.0, points: 41 },
                at: |p| gaussian(64, p.round() as usize, 640),
            },
        },
        Tie::formula(mean_square),
    )
}

/// $n d / L^2 \sim \chi^2_{p-n+1}$.
fn law() -> Claim {
    Claim::new(
        "law",
        Law {
            domain: |given| {
                let n = given.count("n", 1..=4);
                let p = given.count("p", n + 1..=n + 20);
                gaussian(n, p, given.count("d", p..=2 * p))
            },
            observable: scaled_inverse,
            cdf: |s, x| chi_squared_cdf(degrees(s), x),
            resolution: 0.01,
            // 1 - e^-3 (1 + 3): four degrees of freedom at 6
            known: vec![((gaussian(3, 6, 9), 6.0), 0.8008517265285442)],
            mutants: [
                Mutant {
                    name: "parameters-left",
                    why: "subtracts n instead of the n - 1 other data",
                    says: |s, x| chi_squared_cdf((s.p - s.n) as f64, x),
                },
                Mutant {
                    name: "all-parameters",
                    why: "forgets that the data are not orthogonal",
                    says: |s, x| chi_squared_cdf(s.p as f64, x),
                },
                Mutant {
                    name: "root",
                    why: "takes the law of L for that of its square",
                    says: |s, x| chi_squared_cdf(degrees(s), x * x),
                },
            ],
            curve: Curve {
                x: "scaled",
                grid: Grid::Linear { from: 1.0, to: 48.0, points: 48 },
                at: |x| (gaussian(3, 20, 40), x),
            },
        },
        Tie::none("an incomplete gamma function, by series: no expression here"),
    )
    .points(2)
}

/// $L^2 / (n d / p) \to 1$ as $p / n$ grows.
fn limit() -> Claim {
    Claim::new(
        "limit",
        Limit {
            domain: |given| gaussian(given.count("n", 16..=64), 0, 0),
            theory: |_| 1.0,
            observable: Each(|s, ratio| {
                let p = ratio * s.n;
                let mut trace = inverse_trace(gaussian(s.n, p, p));
                Sampler::new(move |rng| trace.draw(rng) / s.n as f64)
            }),
            sizes: &[8, 16, 32, 64],
            // 1 / (1 - (n + 1) / p): powers of n / p, so the next one is the square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![(gaussian(32, 0, 0), 1.0)],
            mutants: [
                Mutant {
                    name: "norm-of-labels",
                    why: "takes the mean norm of Gaussian labels for the norm of signs",
                    says: |s| 1.0 - 0.25 / s.n as f64,
                },
                Mutant {
                    name: "centred-labels",
                    why: "loses a degree of freedom by centring the labels",
                    says: |s| 1.0 - 1.0 / s.n as f64,
                },
                Mutant {
                    name: "interpolants-of-one-label",
                    why: "counts the data of one label only",
                    says: |_| 0.5,
                },
                Mutant {
                    name: "projected-extension",
                    why: "takes the constant 2 of McShane interpolants on q coordinates",
                    says: |_| 2.0,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Log { from: 16.0, to: 256.0, points: 17 },
                at: |n| gaussian(n.round() as usize, 0, 0),
            },
        },
        Tie::formula(|_| Formula::of("many-parameters", &1.into(), [])),
    )
}

/// The Rademacher complexity of the unit ball.
fn rademacher() -> Claim {
    Claim::new(
        "complexity",
        Equality {
            domain: |given| {
                let n = given.count("n", 2..=6);
                let p = given.count("p", 10..=60);
                gaussian(n, p, given.count("d", p..=4 * p))
            },
            theory: |s| {
                let half = 0.5 * s.p as f64;
                let ratio = (log_gamma(half + 0.5) - log_gamma(half)).exp();
                ratio * (2.0 / (s.n * s.d) as f64).sqrt()
            },
            observable: complexity,
            resolution: Relative(0.003),
            known: vec![
                // sqrt(2) gamma(3/2) / gamma(1) / sqrt(2), and gamma(5/2) / gamma(2) at nd = 2
                (gaussian(1, 2, 2), 0.886226925452758),
                (gaussian(1, 4, 8), 0.6646701940895685),
            ],
            mutants: [
                Mutant {
                    name: "jensen",
                    why: "takes the root mean square for the mean",
                    says: |s| (s.p as f64 / (s.n * s.d) as f64).sqrt(),
                },
                Mutant {
                    name: "finite-class",
                    why: "takes 2^p sign vectors for the ball",
                    says: |s| {
                        (2.0 * s.p as f64 / (std::f64::consts::PI * (s.n * s.d) as f64)).sqrt()
                    },
                },
                Mutant {
                    name: "no-dimension",
                    why: "takes points with coordinates of size one",
                    says: |s| (s.p as f64 / s.n as f64).sqrt(),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 2.0, to: 80.0, points: 40 },
                at: |p| gaussian(4, p as usize, 80),
            },
        },
        Tie::none("a ratio of gamma functions, by series: no expression here"),
    )
}

/// Gaussian points.
fn gaussian(n: usize, p: usize, d: usize) -> Design {
    Design { covariates: Covariates::Gaussian, n, p, d }
}

/// $p - n + 1$.
fn degrees(s: &Design) -> f64 {
    s.p as f64 - s.n as f64 + 1.0
}

/// $1 / E \|x\|^{-2}$ in units in which $E 1 / \chi^2_d$ is $1 / (d - 2)$: $d$ or $d - 2$.
fn norm(s: &Design) -> f64 {
    match s.covariates {
        Covariates::Sphere => s.d as f64 - 2.0,
        _ => s.d as f64,
    }
}

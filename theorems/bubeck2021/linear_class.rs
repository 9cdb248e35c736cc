//! The least Lipschitz constant of a linear interpolant, exactly.
//!
//! A class in which the law of robustness can be solved: with $p$ of $d$ coordinates the smoothest
//! interpolant of $n$ signs has $L^2 = n d / \chi^2_{p-n+1}$, so that the constant of the law
//! $L \ge \sqrt{n d / p}$ is 1 for $p \gg n$.

use super::{LINK, PAPER};
use theoremcheck::models::interpolation::{Covariates, LinearClass, LinearShape};
use theoremcheck::models::wishart::trace_inverse;
use theoremcheck::prelude::*;
use theoremcheck::special::{chi_squared_cdf, log_gamma};

/// $n$ points in $R^d$, of which the class reads $p$ coordinates.
#[derive(Clone, Copy, Debug)]
struct Fit {
    n: usize,
    p: usize,
    d: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.linear-class",
        alias: "bubeck-sellke.linear-exact",
        title: "Least Lipschitz constant of linear interpolants",
        source: Source {
            paper: PAPER,
            result: "the law of robustness for linear functions; exact constants derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \in R^d$ be independent and $y_i = \pm 1$ any labels, and
            let $f_w(x) = \sum_{j \le p} w_j x_j$ with $n \le p \le d$. The least Lipschitz constant
            $L = \|w\|$ of an interpolant satisfies $L^2 = y^\top (X X^\top)^{-1} y$, $X$ the
            $n \times p$ block of the data. For $x_i \sim N(0, I_d / d)$, $n d / L^2$ has the law
            $\chi^2_{p-n+1}$, so that $E L^2 = \frac{n d}{p - n - 1}$; for $x_i$ uniform on the unit
            sphere $E L^2 = \frac{n (d-2)}{p - n - 1}$ on average over fair labels. Hence
            $L / \sqrt{n d / p} \to 1$ in probability as $p / n \to \infty$. The Rademacher
            complexity $E \sup_{\|w\| \le 1} \frac 1n \sum_i y_i f_w(x_i)$ is
            $\frac{\sqrt 2\, \Gamma((p+1)/2)}{\Gamma(p/2) \sqrt{n d}}$.",
        claims: vec![gaussian(), sphere(), trace(), law(), complexity(), many_parameters()],
    }
}

/// $p - n$ keeps the third moment finite with room: the tail index of $L^2$ is $(p - n + 1) / 2$.
fn small(given: &mut Given) -> Fit {
    let n = given.count("n", 2..=5);
    let p = given.count("p", n + 14..=n + 40);
    Fit { n, p, d: given.count("d", p..=2 * p) }
}

fn gaussian() -> Claim {
    Claim::new(
        "gaussian",
        Equality {
            domain: small,
            theory: mean_gaussian,
            observable: |f| squared_constant(f, Covariates::Gaussian),
            resolution: Relative(0.01),
            known: vec![
                (Fit { n: 20, p: 60, d: 200 }, 102.564_102_564_102_56),
                (Fit { n: 10, p: 50, d: 800 }, 205.128_205_128_205_13),
            ],
            mutants: [
                Mutant {
                    name: "one-degree-lost",
                    why: "takes the mean of 1/chi2 for 1/(mean of chi2)",
                    says: |f| f.n as f64 * f.d as f64 / (f.p - f.n) as f64,
                },
                Mutant {
                    name: "plain-law",
                    why: "uses n d / p far from p >> n",
                    says: |f| f.n as f64 * f.d as f64 / f.p as f64,
                },
                Mutant {
                    name: "root-of-dimension",
                    why: "takes sqrt(d) for d",
                    says: |f| f.n as f64 * (f.d as f64).sqrt() / (f.p - f.n - 1) as f64,
                },
                Mutant {
                    name: "no-dimension",
                    why: "forgets that coordinates have variance 1/d",
                    says: |f| f.n as f64 / (f.p - f.n - 1) as f64,
                },
            ],
            curve: curve(),
        },
    )
}

fn sphere() -> Claim {
    Claim::new(
        "sphere",
        Equality {
            domain: small,
            theory: |f| f.n as f64 * (f.d - 2) as f64 / (f.p - f.n - 1) as f64,
            observable: |f| squared_constant(f, Covariates::Sphere),
            resolution: Relative(0.01),
            known: vec![
                (Fit { n: 20, p: 60, d: 200 }, 101.538_461_538_461_54),
                (Fit { n: 5, p: 15, d: 20 }, 10.0),
            ],
            mutants: [
                Mutant {
                    name: "gaussian-covariates",
                    why: "takes the sphere for a Gaussian law",
                    says: mean_gaussian,
                },
                Mutant {
                    name: "one-degree-lost",
                    why: "takes the mean of 1/chi2 for 1/(mean of chi2)",
                    says: |f| f.n as f64 * (f.d - 2) as f64 / (f.p - f.n) as f64,
                },
                Mutant {
                    name: "no-dimension",
                    why: "forgets the dimension",
                    says: |f| f.n as f64 / (f.p - f.n - 1) as f64,
                },
            ],
            curve: curve(),
        },
    )
}

/// Averaged over fair labels $L^2 = \operatorname{tr} (X X^\top)^{-1}$, and one draw costs $O(n)$.
fn trace() -> Claim {
    Claim::new(
        "trace",
        Equality {
            domain: |given| {
                let n = given.count("n", 20..=60);
                let p = given.count("p", n + 40..=n + 200);
                Fit { n, p, d: given.count("d", p..=4 * p) }
            },
            theory: mean_gaussian,
            observable: |f| {
                let d = f.d as f64;
                Sampler::new(move |rng| d * trace_inverse(rng, f.n, f.p))
                    .tail_index(0.5 * (f.p - f.n + 1) as f64)
            },
            resolution: Relative(0.003),
            known: vec![(Fit { n: 20, p: 200, d: 200 }, 22.346_368_715_083_8)],
            mutants: [
                Mutant {
                    name: "one-degree-lost",
                    why: "takes the mean of the inverse for the inverse of the mean",
                    says: |f| f.n as f64 * f.d as f64 / (f.p - f.n) as f64,
                },
                Mutant {
                    name: "plain-law",
                    why: "uses n d / p far from p >> n",
                    says: |f| f.n as f64 * f.d as f64 / f.p as f64,
                },
                Mutant {
                    name: "no-samples",
                    why: "gives the constant for one datum",
                    says: |f| f.d as f64 / (f.p - f.n - 1) as f64,
                },
            ],
            curve: curve(),
        },
    )
}

fn law() -> Claim {
    Claim::new(
        "law",
        Law {
            domain: |given| {
                let n = given.count("n", 2..=4);
                let p = given.count("p", n + 10..=n + 16);
                Fit { n, p, d: given.count("d", p..=2 * p) }
            },
            observable: |f| {
                let mut class = LinearClass::new(shape(f));
                let labels = labels(f.n);
                let nd = (f.n * f.d) as f64;
                Sampler::new(move |rng| {
                    let squared = class.squared_lipschitz(rng, Covariates::Gaussian, &labels);
                    nd / squared.unwrap_or(f64::NAN)
                })
            },
            cdf: |f, x| chi_squared_cdf((f.p - f.n + 1) as f64, x.max(0.0)),
            resolution: 0.01,
            // By mpmath: the chi-square law with 12 degrees of freedom at 10.
            known: vec![((Fit { n: 2, p: 13, d: 20 }, 10.0), 0.384_039_345_166_936_5)],
            mutants: [
                Mutant {
                    name: "one-degree-lost",
                    why: "takes p - n degrees of freedom",
                    says: |f, x| chi_squared_cdf((f.p - f.n) as f64, x.max(0.0)),
                },
                Mutant {
                    name: "one-degree-more",
                    why: "takes p - n + 2 degrees of freedom",
                    says: |f, x| chi_squared_cdf((f.p - f.n + 2) as f64, x.max(0.0)),
                },
                Mutant {
                    name: "all-parameters",
                    why: "takes p degrees of freedom, which is right for n = 1",
                    says: |f, x| chi_squared_cdf(f.p as f64, x.max(0.0)),
                },
            ],
            curve: Curve {
                x: "nd/L^2",
                grid: Grid::Linear { from: 0.0, to: 30.0, points: 61 },
                at: |x| (Fit { n: 2, p: 13, d: 20 }, x),
            },
        },
    )
}

fn complexity() -> Claim {
    Claim::new(
        "complexity",
        Equality {
            domain: |given| {
                let n = given.count("n", 1..=4);
                let p = given.count("p", 10..=40);
                Fit { n, p, d: given.count("d", p..=2 * p) }
            },
            theory: |f| {
                let p = f.p as f64;
                let log = log_gamma(0.5 * (p + 1.0)) - log_gamma(0.5 * p);
                (2.0 / (f.n * f.d) as f64).sqrt() * log.exp()
            },
            observable: correlation,
            resolution: Relative(0.003),
            // By mpmath.
            known: vec![(Fit { n: 1, p: 1, d: 1 }, 0.797_884_560_802_865_4)],
            mutants: [
                Mutant {
                    name: "root-mean-square",
                    why: "takes the root of the mean square for the mean",
                    says: |f| (f.p as f64 / (f.n * f.d) as f64).sqrt(),
                },
                Mutant {
                    name: "no-dimension",
                    why: "forgets that coordinates have variance 1/d",
                    says: |f| (f.p as f64 / f.n as f64).sqrt(),
                },
                Mutant {
                    name: "samples-not-averaged",
                    why: "adds the n terms where it should average them",
                    says: |f| ((f.n * f.p) as f64 / f.d as f64).sqrt(),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 60.0, points: 60 },
                at: |p| Fit { n: 4, p: p as usize, d: 60 },
            },
        },
    )
}

/// The size is $p / n$.
fn many_parameters() -> Claim {
    Claim::new(
        "many-parameters",
        Limit {
            domain: |given| given.count("n", 3..=8),
            theory: |_| 1.0,
            observable: Each(|n, ratio| {
                let p = n * ratio;
                let fit = Fit { n, p, d: p };
                let mut class = LinearClass::new(shape(fit));
                let labels = labels(n);
                let unit = (n as f64).sqrt();
                Sampler::new(move |rng| {
                    let squared = class.squared_lipschitz(rng, Covariates::Gaussian, &labels);
                    squared.unwrap_or(f64::NAN).sqrt() / unit
                })
            }),
            sizes: &[8, 16, 32, 64],
            // E sqrt(p / chi2_{p-n+1}) is a series in 1/p at fixed n.
            correction: Correction::INVERSE_N.guard(2.0),
            resolution: Relative(0.01),
            known: vec![(5, 1.0)],
            mutants: [
                Mutant {
                    name: "complexity-at-n",
                    why: "keeps the factor 1 - 1/(4p) of the Rademacher complexity, at p = n",
                    says: |n| 1.0 - 0.25 / *n as f64,
                },
                Mutant {
                    name: "general-class",
                    why: "takes the constant eps/2 of the general bound",
                    says: |_| 0.5,
                },
                Mutant {
                    name: "interpolation-of-coordinates",
                    why: "takes the constant sqrt(2) of the McShane class",
                    says: |_| std::f64::consts::SQRT_2,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 2.0, to: 12.0, points: 11 },
                at: |n| n as usize,
            },
        },
    )
}

/// $\frac{n d}{p - n - 1}$.
fn mean_gaussian(f: &Fit) -> f64 {
    f.n as f64 * f.d as f64 / (f.p - f.n - 1) as f64
}

/// $E L^2$ against $p$ at $n = 4$, $d = 80$.
fn curve() -> Curve<Fit> {
    Curve {
        x: "p",
        grid: Grid::Linear { from: 20.0, to: 80.0, points: 61 },
        at: |p| Fit { n: 4, p: p as usize, d: 80 },
    }
}

fn shape(f: Fit) -> LinearShape {
    LinearShape { points: f.n, parameters: f.p, dimension: f.d }
}

/// Any labels do: signs that alternate.
fn labels(n: usize) -> Vec<f64> {
    (0..n).map(|i| if i % 2 == 0 { 1.0 } else { -1.0 }).collect()
}

/// $L^2 = y^\top (X X^\top)^{-1} y$ from data in $R^d$, by a Cholesky factor of the Gram matrix,
/// for fair labels.
fn squared_constant(f: Fit, law: Covariates) -> Sampler {
    let mut class = LinearClass::new(shape(f));
    let mut labels = vec![0.0; f.n];
    Sampler::new(move |rng| {
        labels.iter_mut().for_each(|y| *y = rng.sign());
        class.squared_lipschitz(rng, law, &labels).unwrap_or(f64::NAN)
    })
    .tail_index(0.5 * (f.p - f.n + 1) as f64)
}

/// $\sup_{\|w\| \le 1} \frac 1n \sum_i y_i f_w(x_i) = \frac 1n \bigl\|\sum_i y_i P_p x_i\bigr\|$.
fn correlation(f: Fit) -> Sampler {
    let mut sum = vec![0.0; f.p];
    let scale = 1.0 / (f.n as f64 * (f.d as f64).sqrt());
    Sampler::new(move |rng| {
        sum.fill(0.0);
        for _ in 0..f.n {
            let label = rng.sign();
            sum.iter_mut().for_each(|s| *s += label * rng.normal());
        }
        scale * sum.iter().map(|s| s * s).sum::<f64>().sqrt()
    })
}

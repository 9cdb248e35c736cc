//! The law of robustness from $p$ of order $n$ up to $p$ of order $n d$, on a mixture.
//!
//! Linear functions have at most $d$ parameters. One for each cluster of a mixture has $k$ times
//! as many, and its least Lipschitz constant is known exactly as well: a single formula follows
//! $\sqrt{n d / p}$ over two decades of $p$, down to constants of order one at $p$ of order $n d$.

use super::samplers::{Design, clusters_mean, clusters_scaled_inverse};
use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::chi_squared_cdf;

/// $k$ clusters with $s$ points each, $q$ coordinates looked at, of $d$.
#[derive(Clone, Copy, Debug)]
struct Mixture {
    k: usize,
    s: usize,
    q: usize,
    d: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.clusters",
        alias: "bubeck-sellke.cluster-exact",
        title: "Least Lipschitz constant of linear interpolants on a mixture",
        source: Source {
            paper: PAPER,
            result: "tightness of Theorem 3 up to p of order n d; exact laws derived here",
            link: LINK,
        },
        statement: r"Let $k$ clusters have $s$ points each, $n = k s$ in all, independent with law
            $N(c_l, I_d / d)$ in cluster $l$, and labels $y_i = \pm 1$. Let $f$ be linear in the
            first $q \le d$ coordinates of $x - c_l$ in cluster $l$, $q > s + 1$, so that there are
            $p = k q$ parameters, and let $L_l$ be the least Lipschitz constant of such a function
            through the points of cluster $l$. Then $s d / L_l^2 \sim \chi^2_{q-s+1}$ independently
            over $l$. Hence $E \frac1k \sum_l L_l^2 = \frac{n d}{p - n - k}$, and
            $P(s d / \max_l L_l^2 > t) = P(\chi^2_{q-s+1} > t)^k$. Linear functions of Lipschitz
            constant $L$ that vanish at their centres join to an $L$-Lipschitz function on the union
            of balls of radius $R$ round the centres if these are $4 R$ apart.",
        claims: vec![mean_square(), largest()],
        derivation: over_clusters,
    }
}

/// $\frac{n d}{p - n - k}$.
static MEAN: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p, d, k) = vars!("n", "p", "d", "k");
    &n * d / (p - &n - k)
});

fn mean(m: &Mixture) -> Formula {
    let (n, p) = (m.k * m.s, m.k * m.q);
    let values = [("n", n as f64), ("p", p as f64), ("d", m.d as f64), ("k", m.k as f64)];
    Formula::of("mean", &MEAN, values)
}

/// The mean of one cluster, with $n = k s$ and $p = k q$, and what joins clusters.
fn over_clusters() -> Derivation {
    let (n, p, d, k) = vars!("n", "p", "d", "k");
    let (r, l, gap) = vars!("R", "L", "D");
    let domain = Domain::new().open(&k, 0, INF).open(&n, 0, INF);
    let domain = domain.open(&p, &n + &k, INF).open(&d, 0, INF);
    let (s, q) = (&n / &k, &p / &k);
    let one = &s * &d / (&q - &s - 1);
    let apart = Domain::new().open(&r, 0, INF).open(&l, 0, INF).half_open(&gap, 4 * &r, INF);
    let sizes = Domain::new().open(&k, 0, INF).open(&n, 0, INF).open(&d, 0, INF);
    Derivation::of("Least Lipschitz constants of clusters")
        .cited(
            "chi-square",
            "s d / L_l^2 has the chi-square law with q - s + 1 degrees of freedom",
            Source {
                paper: "R. J. Muirhead, 1982, Aspects of Multivariate Statistical Theory",
                result: "Theorem 3.2.12",
                link: "https://doi.org/10.1002/9780470316559",
            },
        )
        .identity("mean", one, MEAN.clone(), &domain)
        .twin("one-cluster", |s| s.right(&n * &d / (&p - &n - 1)))
        .positive("law-of-robustness", &*MEAN - &n * &d / &p, &domain)
        .twin("less", |s| s.of(&n * &d / &p - &*MEAN))
        .limit("many-parameters", &*MEAN / (&n * &d / &p), &p, INF, 1, &sizes)
        .twin("law-itself", |s| s.of(MEAN.clone()))
        .nonneg("join", &l * (&gap - 2 * &r) - 2 * &l * &r, &apart)
        .twin("nearer", |s| {
            s.on(&Domain::new().open(&r, 0, INF).open(&l, 0, INF).half_open(&gap, 3 * &r, INF))
        })
}

fn any_mixture(given: &mut Given) -> Mixture {
    let k = given.count("k", 2..=8);
    let s = given.count("s", 2..=6);
    let q = given.count("q", s + 16..=s + 40);
    Mixture { k, s, q, d: given.count("d", q..=3 * q) }
}

/// The data of one cluster about its centre.
fn cluster(m: Mixture) -> Design {
    Design { covariates: Covariates::Gaussian, n: m.s, p: m.q, d: m.d }
}

/// $q - s + 1$.
fn degrees(m: &Mixture) -> f64 {
    (m.q - m.s + 1) as f64
}

/// $n d$ over something in place of $p - n - k$, by cluster.
fn over(m: &Mixture, per_cluster: f64) -> f64 {
    (m.s * m.d) as f64 / per_cluster
}

fn mean_square() -> Claim {
    Claim::new(
        "mean-square",
        Equality {
            domain: any_mixture,
            theory: |m| mean(m).value(),
            observable: |m| clusters_mean(cluster(m), m.k),
            resolution: Relative(0.01),
            known: vec![
                // The squares of 2.8794961323 and 1.4225735183, by the closed form in Python.
                (Mixture { k: 8, s: 8, q: 256, d: 256 }, 8.291_497_975_708_502),
                (Mixture { k: 32, s: 2, q: 256, d: 256 }, 2.023_715_415_019_763),
            ],
            mutants: [
                Mutant {
                    name: "one-cluster",
                    why: "subtracts 1 for all clusters together",
                    says: |m| {
                        let (n, p) = ((m.k * m.s) as f64, (m.k * m.q) as f64);
                        n * m.d as f64 / (p - n - 1.0)
                    },
                },
                Mutant {
                    name: "no-dimension",
                    why: "forgets that a point of norm one has coordinates of size 1/sqrt(d)",
                    says: |m| m.s as f64 / (degrees(m) - 2.0),
                },
                Mutant {
                    name: "mean-of-the-degrees",
                    why: "takes 1 / E chi2 for E 1 / chi2",
                    says: |m| over(m, degrees(m)),
                },
                Mutant {
                    name: "parameters-over-data",
                    why: "takes n d / p, which is the limit for many parameters",
                    says: |m| over(m, m.q as f64),
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::At(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]),
                at: |k| Mixture { k: k as usize, s: 64 / k as usize, q: 256, d: 256 },
            },
        },
        Tie::formula(mean),
    )
}

/// The Lipschitz constant of the joined interpolant.
fn largest() -> Claim {
    Claim::new(
        "largest",
        Law {
            domain: |given| {
                let m = any_mixture(given);
                Mixture { q: m.s + 2 + m.q % 14, ..m }
            },
            observable: |m| clusters_scaled_inverse(cluster(m), m.k),
            cdf: |m, x| 1.0 - (1.0 - chi_squared_cdf(degrees(m), x)).powi(m.k as i32),
            resolution: 0.01,
            // 1 - (e^-1 (1 + 1))^3: four degrees of freedom at 2
            known: vec![((Mixture { k: 3, s: 2, q: 5, d: 9 }, 2.0), 0.601_703_453_091_408)],
            mutants: [
                Mutant {
                    name: "one-cluster",
                    why: "takes the law of one cluster",
                    says: |m, x| chi_squared_cdf(degrees(m), x),
                },
                Mutant {
                    name: "tenth-more",
                    why: "counts eleven clusters for ten",
                    says: |m, x| {
                        1.0 - (1.0 - chi_squared_cdf(degrees(m), x)).powf(1.1 * m.k as f64)
                    },
                },
                Mutant {
                    name: "smallest",
                    why: "takes the least Lipschitz constant of all clusters",
                    says: |m, x| chi_squared_cdf(degrees(m), x).powi(m.k as i32),
                },
                Mutant {
                    name: "parameters-left",
                    why: "subtracts s instead of the s - 1 other points",
                    says: |m, x| {
                        1.0 - (1.0 - chi_squared_cdf(degrees(m) - 1.0, x)).powi(m.k as i32)
                    },
                },
            ],
            curve: Curve {
                x: "scaled",
                grid: Grid::Linear { from: 1.0, to: 32.0, points: 32 },
                at: |x| (Mixture { k: 4, s: 3, q: 20, d: 40 }, x),
            },
        },
        Tie::none("an incomplete gamma function, by series: no expression here"),
    )
}

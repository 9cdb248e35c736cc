//! The bias of the minimum-norm estimator has a Beta law.
//!
//! An interpolator sees the signal only through the span of its inputs: a random subspace. So the
//! lost fraction of the signal is not only known on average, its whole distribution is, at every
//! size and for every direction of the signal.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::gaussian::Design;
use theoremcheck::prelude::*;
use theoremcheck::special::{beta_cdf, normal_cdf};

/// $n$ Gaussian observations of $p > n$ isotropic features, and any coefficients.
#[derive(Clone, Debug)]
struct Signal {
    n: usize,
    p: usize,
    r2: f64,
    direction: Vec<f64>,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.bias",
        alias: "hmrt.bias-beta-law",
        title: "Beta law of the interpolator's bias",
        source: Source {
            paper: PAPER,
            result: "rotational invariance (folklore); the mean is in Section 3",
            link: LINK,
        },
        statement: r"Let $X$ be $n \times p$, $p > n$, with independent $N(0,1)$ entries,
            $\Pi = I - X^+ X$ the projection on what the observations do not see, and
            $\beta \in R^p$ any vector, $\|\beta\|^2 = r^2$. The bias
            $B_X = \|\Pi \beta\|^2$ of the minimum-norm least-squares estimator has, exactly, the
            law of $r^2$ times a $\mathrm{Beta}\bigl(\frac{p-n}{2}, \frac{n}{2}\bigr)$ variable; on
            average it is $r^2 \bigl(1 - \frac{n}{p}\bigr)$. For $p \le n$ it is 0 almost surely.",
        claims: vec![law(), mean()],
        derivation: from_beta_law,
    }
}

/// $r^2 \bigl(1 - \frac np\bigr)$.
static MEAN: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p, r2) = vars!("n", "p", "r2");
    r2 * (1 - n / p)
});

/// [`MEAN`] at a signal.
fn mean_bias(s: &Signal) -> Formula {
    Formula::of("mean", &MEAN, [("n", s.n as f64), ("p", s.p as f64), ("r2", s.r2)])
}

/// From the Beta law to the mean, and to the spread that vanishes like $1/p$.
fn from_beta_law() -> Derivation {
    let (n, p, r2) = vars!("n", "p", "r2");
    let (a, b) = ((&p - &n) / 2, &n / 2);
    let sum = &a + &b;
    let domain = Domain::new().open(&r2, 0, INF).open(&n, 0, INF).open(&p, &n, INF);
    let spread = &a * &b / (sum.pow(2) * (&sum + 1));
    let room = (&p - 2 * &n).pow(2) / (2 * p.pow(2) * (&p + 2));
    let closed = 2 * &n * (&p - &n) / (p.pow(2) * (&p + 2));
    Derivation::of("Mean and spread of the bias")
        .cited(
            "rotation",
            "the row space of a Gaussian matrix is uniform, so that the share of a vector outside \
             it has a Beta law with parameters (p-n)/2 and n/2",
            Source {
                paper: "R. J. Muirhead, 1982, Aspects of Multivariate Statistical Theory",
                result: "Section 1.5",
                link: "https://doi.org/10.1002/9780470316559",
            },
        )
        .identity("mean", &r2 * &a / &sum, MEAN.clone(), &domain)
        .twin("other-share", |s| s.right(&r2 * &n / &p))
        .identity("spread", spread, closed.clone(), &domain)
        .twin("no-two", |s| s.right(2 * &n * (&p - &n) / p.pow(3)))
        .identity("room", 1 / (2 * (&p + 2)) - closed, room.clone(), &domain)
        .twin("no-square", |s| s.right((&p - 2 * &n) / (2 * &p * (&p + 2))))
        .nonneg("vanishes", room.clone(), &domain)
        .twin("strictly", Draft::strictly)
}

/// At two points: the comparison, not the draw, is dear, an incomplete beta function a value.
fn law() -> Claim {
    Claim::new(
        "law",
        Law {
            domain: few,
            observable: bias,
            cdf: |s, x| beta_cdf(unseen(s), seen(s), x / s.r2),
            resolution: 0.01,
            known: vec![
                // By mpmath.
                ((example(3, 7), 0.3), 0.150_790_073_067_913_3),
                ((example(4, 7), 0.6), 0.743_612_802_471_824),
                ((example(40, 60), 0.3), 0.364_004_081_071_944_26),
            ],
            mutants: [
                Mutant {
                    name: "swapped",
                    why: "gives the law of the part that is seen",
                    says: |s, x| beta_cdf(seen(s), unseen(s), x / s.r2),
                },
                Mutant {
                    name: "complex-case",
                    why: "forgets the halves, as for complex entries: half the variance",
                    says: |s, x| beta_cdf(2.0 * unseen(s), 2.0 * seen(s), x / s.r2),
                },
                Mutant {
                    name: "degree-gained",
                    why: "counts p - n + 1 unseen directions",
                    says: |s, x| beta_cdf(unseen(s) + 0.5, seen(s), x / s.r2),
                },
                Mutant {
                    name: "normal",
                    why: "takes the central limit for the law, with the right mean and variance",
                    says: |s, x| {
                        let (n, p) = (s.n as f64, s.p as f64);
                        let variance = 2.0 * n * (p - n) / (p * p * (p + 2.0));
                        normal_cdf((x / s.r2 - (1.0 - n / p)) / variance.sqrt())
                    },
                },
            ],
            curve: Curve {
                x: "bias",
                grid: Grid::Linear { from: 0.01, to: 0.99, points: 99 },
                at: |x| (example(4, 7), x),
            },
        },
        Tie::none(
            "a regularized incomplete beta function, by a continued fraction: no expression here",
        ),
    )
    .points(2)
}

fn mean() -> Claim {
    Claim::new(
        "mean",
        Equality {
            domain: many,
            theory: |s| mean_bias(s).value(),
            observable: bias,
            resolution: Relative(0.005),
            known: vec![(example(40, 60), 1.0 / 3.0), (example(3, 12), 0.75)],
            mutants: [
                Mutant {
                    name: "seen-part",
                    why: "gives the part of the signal that is seen",
                    says: |s| s.r2 * s.n as f64 / s.p as f64,
                },
                Mutant {
                    name: "squared",
                    why: "squares the fraction that is lost",
                    says: |s| s.r2 * (1.0 - s.n as f64 / s.p as f64).powi(2),
                },
                Mutant {
                    name: "centred",
                    why: "spends an observation on the mean of the features",
                    says: |s| s.r2 * (1.0 - (s.n as f64 - 1.0) / s.p as f64),
                },
                Mutant {
                    name: "degree-lost",
                    why: "counts p - 1 directions",
                    says: |s| s.r2 * (1.0 - s.n as f64 / (s.p as f64 - 1.0)),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 5.0, to: 44.0, points: 40 },
                at: |p| example(4, p as usize),
            },
        },
        Tie::formula(mean_bias),
    )
}

/// Small, so that a draw costs less than a microsecond: the law needs $2^{18}$ of them.
fn few(given: &mut Given) -> Signal {
    let n = given.count("n", 2..=5);
    let p = given.count("p", n + 3..=n + 7);
    signal(given, n, p)
}

fn many(given: &mut Given) -> Signal {
    let n = given.count("n", 3..=8);
    let p = given.count("p", n + 12..=n + 32);
    signal(given, n, p)
}

fn signal(given: &mut Given, n: usize, p: usize) -> Signal {
    let r2 = given.scale("r2", 0.25..=4.0);
    Signal { n, p, r2, direction: given.unit_vector("direction", p) }
}

/// $\beta = e_1$.
fn example(n: usize, p: usize) -> Signal {
    let mut direction = vec![0.0; p];
    direction[0] = 1.0;
    Signal { n, p, r2: 1.0, direction }
}

/// $\frac{p-n}{2}$.
fn unseen(s: &Signal) -> f64 {
    0.5 * (s.p as f64 - s.n as f64)
}

/// $\frac n2$.
fn seen(s: &Signal) -> f64 {
    0.5 * s.n as f64
}

/// $\|\beta - X^\top K^{-1} X \beta\|^2$, $K = X X^\top$, by a Cholesky factor of $K$: a design is
/// drawn entry by entry, and nothing is known of projections.
fn bias(s: Signal) -> Sampler {
    let Signal { n, p, r2, direction } = s;
    let coefficients: Vec<f64> = direction.iter().map(|x| x * r2.sqrt()).collect();
    let mut design = Design::default();
    Sampler::new(move |rng| {
        design.draw(rng, n, p, &[]);
        // A singular design has probability 0; the harness reports what is not a number.
        design.isotropic_bias(&coefficients).unwrap_or(f64::NAN)
    })
}

//! Which decays of the spectrum are benign, and how slowly.
//!
//! Without an end to the features, powers of the index never make interpolation benign. Only the
//! borderline does, $1/i$ with enough logarithms, and then the variance vanishes like $1/\log n$:
//! at a million observations a twelfth of the noise is still there, for two logarithms. A spectrum
//! that falls geometrically needs a floor, neither too low nor too high.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::prelude::*;
use theoremcheck::special::{GaussLegendre, root};

/// $\lambda_i = \frac{1}{i \log^\beta (i+1)}$, $i \ge 1$, and $\log n$.
#[derive(Clone, Copy, Debug)]
struct Borderline {
    beta: f64,
    log_n: f64,
}

/// $\lambda_i = e^{-i/\tau} + \epsilon$, $i \le p = n^2$, with $p \epsilon = n e^{-c n}$; `share`
/// is $c \tau$.
#[derive(Clone, Copy, Debug)]
struct Floor {
    tau: f64,
    share: f64,
}

/// $\sum_i \frac{\lambda_i}{\lambda_i + \kappa}$ and the same with squares, in a common unit.
#[derive(Clone, Copy, Debug)]
struct Shares {
    first: f64,
    second: f64,
}

/// Terms that are summed one by one; beyond, the rule of Euler and Maclaurin is good to $10^{-12}$.
const TERMS: u32 = 256;

/// Beyond $e^{40}$ times the level a share is that of its first order to $10^{-17}$.
const FAR: f64 = 40.0;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2020.benign-spectra",
        alias: "bllt.benign-spectra",
        title: "Benign spectra, and the logarithmic law of the borderline",
        source: Source {
            paper: PAPER,
            result: "Theorem 6 of the third arXiv version (number unverified) on which spectra are \
                     benign; the constants are derived here from the deterministic equivalent",
            link: LINK,
        },
        statement: r"Let $\lambda_1 \ge \lambda_2 \ge \dots > 0$ be the eigenvalues of the
            covariance, with a finite sum, $\kappa_n > 0$ the root of
            $\sum_i \frac{\lambda_i}{\lambda_i + \kappa} = n$,
            $d_2 = \sum_i \frac{\lambda_i^2}{(\lambda_i + \kappa_n)^2}$, and
            $V_n = \frac{d_2}{n - d_2}$ the deterministic equivalent of the variance of the
            minimum-norm least-squares estimator on $n$ observations for noise of variance 1.
            The paper: among $\lambda_i = i^{-\alpha} \log^{-\beta} (i+1)$ exactly those with
            $\alpha = 1$ and $\beta > 1$ are benign (the variance vanishes with high
            probability), and $\lambda_i = e^{-i} + \epsilon_n$, $i \le p_n$, is so if and only if
            $p_n / n \to \infty$, $p_n \epsilon_n / n \to 0$ and
            $\frac1n \log \frac{n}{p_n \epsilon_n} \to 0$. Derived here: for $\alpha = 1$,
            $\beta > 1$, $V_n \log n \to \beta - 1$, at distances of the order of
            $\frac{\log \log n}{\log n}$, and from above as far as was looked. For
            $\lambda_i = e^{-i/\tau} + \epsilon_n$, $i \le n^2$, with
            $n^2 \epsilon_n = n e^{-c n}$ and $0 < c \tau < 1$, $V_n \to \frac{c\tau}{1 - c\tau}$:
            the floor is too low, and the last of the three conditions cannot be spared. These are
            computed sequences; nothing is drawn.",
        claims: vec![logarithm(), from_above(), floor()],
        derivation: borderline,
    }
}

/// $\beta - 1$ and $\frac{c\tau}{1 - c\tau}$.
static LIMITS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (beta, share) = vars!("beta", "share");
    [beta - 1, &share / (1 - &share)]
});

/// $U = \log k$, where $k$ is the index at which $\lambda_k = \kappa$: near it
/// $\frac{\lambda_i}{\lambda_i + \kappa} = \frac{1}{1 + i/k}$, beyond the tail is summed by its
/// integral.
fn borderline() -> Derivation {
    let (beta, share, u, x) = vars!("beta", "share", "U", "x");
    let (w, a, n) = vars!("w", "a", "n");
    let [logarithmic, tempered] = &*LIMITS;
    let power = ((1 - &beta) * u.ln()).exp() / (1 - &beta);
    let density = ((1 - &beta) * u.ln()).exp() / &u;
    let tail = Domain::new().open(&beta, 1, INF).open(&u, 0, INF);
    let line = Domain::new().open(&x, 0, INF);
    let steep = Domain::new().open(&beta, 1, INF);
    let variance = 1 / (&u / (&beta - 1) - 1);
    let shares = Domain::new().open(&share, 0, 1);
    let counts = shares.clone().open(&n, 0, INF);
    Derivation::of("Constants of the borderline and of the floor")
        .measured(
            "sums",
            "with k the index at which the eigenvalue is kappa and U = log k, n / k is about \
             U / (beta - 1) and d_2 / k about 1: what the limit rests on",
            "logarithm",
        )
        .identity("beyond-first-order", &x - &x / (1 + &x), x.pow(2) / (1 + &x), &line)
        .twin("no-share", |s| s.right(x.pow(2)))
        .identity("tail-slope", power.d(&u), density.clone(), &tail)
        .twin("one-more", |s| s.right(density.clone() / &u))
        .conclude(
            "tail",
            Rule::Ftc {
                integrand: density.clone(),
                antiderivative: power.clone(),
                in_: u.clone(),
                from: ["tail-slope"],
            },
        )
        .twin("sign", |s| s.put(-&power))
        .identity("squares-slope", (&x / (1 + &x)).d(&x), 1 / (1 + &x).pow(2), &line)
        .twin("first-power", |s| s.right(1 / (1 + &x)))
        .limit("squares", &x / (1 + &x), &x, INF, 1, &Domain::new())
        .twin("half", |s| s.value(ratio(1, 2)))
        .limit("variance", &u * variance, &u, INF, &beta - 1, &steep)
        .twin("all", |s| s.value(beta.clone()))
        .identity("logarithm", (&beta.pow(2) - 1) / (&beta + 1), logarithmic.clone(), &steep)
        .twin("all", |s| s.right(beta.clone()))
        .limit("log-n", (w.exp() + &w - &a) / w.exp(), &w, INF, 1, &Domain::new().real(&a))
        .twin("twice", |s| s.value(2))
        .identity("floor", &n * &share / (&n - &n * &share), tempered.clone(), &counts)
        .twin("no-feedback", |s| s.right(share.clone()))
        .positive("never-benign", tempered.clone(), &shares)
        .twin("any-floor", |s| s.on(&Domain::new().open(&share, -1, 1)))
}

fn logarithm() -> Claim {
    Claim::new(
        "logarithm",
        Limit {
            domain: |given| Borderline { beta: given.real("beta", 1.25..=4.0), log_n: 0.0 },
            theory: |b| law(b).value(),
            observable: Each(scaled_variance),
            // Sizes are log n.
            sizes: &[4096, 16384],
            // What is left is log log n / log n, which falls by 0.29 from one size to the other:
            // the guard 1/2 allows 0.5.
            correction: Correction::GUARD,
            resolution: Relative(0.005),
            known: vec![(at(1.5), 0.5), (at(2.0), 1.0), (at(3.0), 2.0)],
            mutants: [
                Mutant {
                    name: "all-logarithms",
                    why: "takes the exponent of the logarithm itself",
                    says: |b| b.beta,
                },
                Mutant {
                    name: "inverse",
                    why: "inverts the constant, as in the sum over the tail",
                    says: |b| 1.0 / (b.beta - 1.0),
                },
                Mutant {
                    name: "without-feedback",
                    why: "takes 1 / beta of the observations for the directions that are fitted",
                    says: |b| (b.beta - 1.0) / b.beta,
                },
                Mutant {
                    name: "two-hundred",
                    why: "takes the first correction at log n = 200 into the limit",
                    says: |b| (b.beta - 1.0) * (1.0 + 200_f64.ln() / 200.0),
                },
            ],
            curve: Curve { x: "beta", grid: Grid::Linear { from: 1.25, to: 4.0, points: 23 }, at },
        },
        Tie::formula(law),
    )
}

fn from_above() -> Claim {
    Claim::new(
        "from-above",
        Property {
            domain: |given| Borderline {
                beta: given.real("beta", 1.25..=4.0),
                log_n: given.scale("log-n", 100_f64.ln()..=1e4),
            },
            margin: |b| decay(b) * b.log_n / (b.beta - 1.0) - 1.0,
            known: vec![
                // By mpmath: V = 0.27452287, 0.08356436, 0.04816595, and for beta = 3/2.
                (ten_to(2.0, 2), 0.264_224_535_570_021_3),
                (ten_to(2.0, 6), 0.154_484_270_555_069_8),
                (ten_to(2.0, 10), 0.109_061_883_057_147),
                (ten_to(1.5, 6), 0.211_060_489_365_79),
            ],
            mutants: [
                Mutant {
                    name: "all-logarithms",
                    why: "takes beta for the constant",
                    says: |b| decay(b) * b.log_n / b.beta - 1.0,
                },
                Mutant {
                    name: "from-below",
                    why: "believes that the limit is approached from below",
                    says: |b| 1.0 - decay(b) * b.log_n / (b.beta - 1.0),
                },
                Mutant {
                    name: "two-logarithms",
                    why: "adds twice the first correction, 2 log log n / log n",
                    says: |b| {
                        let least = 1.0 + 2.0 * b.log_n.ln() / b.log_n;
                        decay(b) * b.log_n / (b.beta - 1.0) - least
                    },
                },
            ],
            curve: Curve {
                x: "log-n",
                grid: Grid::Log { from: 4.7, to: 1000.0, points: 30 },
                at: |log_n| Borderline { beta: 2.0, log_n },
            },
        },
        Tie::none("functions of the root of an equation with infinitely many terms"),
    )
}

fn floor() -> Claim {
    Claim::new(
        "floor",
        Limit {
            domain: |given| Floor {
                tau: given.real("tau", 1.0..=8.0),
                share: given.real("share", 0.1..=0.8),
            },
            theory: |f| too_low(f).value(),
            observable: Each(variance_with_floor),
            // Large against the width of the step in the spectrum, tau^2.
            sizes: &[400, 800, 1600, 3200],
            // log (1/kappa) = c n + log (1 - c tau) + O(1/n), and both sums are its multiples by
            // tau up to constants: a series in 1/n, of which the term after the first is the
            // square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                (Floor { tau: 2.0, share: 0.5 }, 1.0),
                (Floor { tau: 4.0, share: 0.2 }, 0.25),
            ],
            mutants: [
                Mutant {
                    name: "benign",
                    why: "believes that every floor is enough if it has n^2 directions",
                    says: |_| 0.0,
                },
                Mutant {
                    name: "no-feedback",
                    why: "takes the directions that are fitted over the observations",
                    says: |f| f.share,
                },
                Mutant {
                    name: "catastrophic",
                    why: "forgets the floor: the variance of a geometric spectrum at n = 100",
                    says: |f| 100.0 / f.tau,
                },
                Mutant {
                    name: "three-hundred",
                    why: "counts 301 directions for 300",
                    says: |f| {
                        let share = f.share * 301.0 / 300.0;
                        share / (1.0 - share)
                    },
                },
            ],
            curve: Curve {
                x: "share",
                grid: Grid::Linear { from: 0.05, to: 0.8, points: 16 },
                at: |share| Floor { tau: 2.0, share },
            },
        },
        Tie::formula(too_low),
    )
}

fn at(beta: f64) -> Borderline {
    Borderline { beta, log_n: 0.0 }
}

fn ten_to(beta: f64, power: i32) -> Borderline {
    Borderline { beta, log_n: f64::from(power) * 10_f64.ln() }
}

/// $\beta - 1$.
fn law(b: &Borderline) -> Formula {
    Formula::of("logarithm", &LIMITS[0], [("beta", b.beta)])
}

/// $\frac{c\tau}{1 - c\tau}$.
fn too_low(f: &Floor) -> Formula {
    Formula::of("floor", &LIMITS[1], [("share", f.share)]).instance("n", 1)
}

/// $V_n \log n$ at $\log n$ = size.
fn scaled_variance(b: Borderline, size: usize) -> Sampler {
    let log_n = size as f64;
    Sampler::exact(log_n * decay(&Borderline { log_n, ..b }))
}

/// $V_n$ of the borderline spectrum.
fn decay(b: &Borderline) -> f64 {
    let inverses: Vec<f64> =
        (1..=TERMS).map(|i| f64::from(i) * f64::from(i + 1).ln().powf(b.beta)).collect();
    let gap = |u: f64| u + share_sum(&inverses, u, b.beta, 1).ln() - b.log_n;
    // n is about k U / (beta - 1); where that is too rough a start, the whole range.
    let near = b.log_n - b.log_n.ln() + (b.beta - 1.0).ln();
    let whole = |_| root(gap, 0.25, b.log_n + 3.0);
    let u = root(gap, (near - 1.0).max(0.25), near + 1.0).or_else(whole).unwrap_or(f64::NAN);
    let [first, second] = [1, 2].map(|power| share_sum(&inverses, u, b.beta, power));
    second / (first - second)
}

/// $\frac1k \sum_i \bigl(\frac{\lambda_i}{\lambda_i + \kappa}\bigr)^{1, 2}$ for $k = e^U$ and
/// $\kappa = \frac{1}{k U^\beta}$, so that nothing overflows; `inverses` are the first
/// $1 / \lambda_i$.
///
/// Terms up to [`TERMS`] are summed; beyond, the integral in $v = \log (i / k)$ with the two
/// corrections of Euler and Maclaurin, and beyond $v$ = [`FAR`] its first order,
/// $\int (U / (U + v))^\beta dv$.
fn share_sum(inverses: &[f64], u: f64, beta: f64, power: i32) -> f64 {
    // log (i + 1)
    let log = |v: f64| u + v + (-(u + v)).exp().ln_1p();
    let share = |v: f64| 1.0 / (1.0 + v.exp() * (log(v) / u).powf(beta));
    let few = f64::from(TERMS);
    let start = few.ln() - u;
    let from = start.max(-FAR);
    let far = FAR.max(from + FAR);
    let integral = panels(|v| v.exp() * share(v).powi(power), from, far);
    let tail = if power == 1 { u * (1.0 + far / u).powf(1.0 - beta) / (beta - 1.0) } else { 0.0 };
    if start < -FAR {
        // All terms that are summed one by one are below 1e-15 of the sum.
        return integral + tail;
    }
    let kappa = (-u).exp() * u.powf(-beta);
    let terms: f64 = inverses.iter().map(|x| (1.0 + kappa * x).powi(-power)).sum();
    // The slope of the last term in i, by its logarithmic derivative.
    let last = share(start);
    let growth = 1.0 + beta * few / ((few + 1.0) * log(start));
    let slope = f64::from(power) * last.powi(power) * (last - 1.0) * growth / few;
    (terms - 0.5 * last.powi(power) - slope / 12.0) * (-u).exp() + integral + tail
}

/// $\int f$ over panels of at most 4: a share has its nearest poles about $\pi$ off the line, so
/// that 16 nodes leave $10^{-16}$ of a panel.
fn panels(f: impl Fn(f64) -> f64, from: f64, to: f64) -> f64 {
    static RULE: LazyLock<GaussLegendre> = LazyLock::new(|| GaussLegendre::new(16));
    let count = (0.25 * (to - from)).ceil();
    let width = (to - from) / count;
    let panel = |k: usize| RULE.integral(|x| f(from + width * (k as f64 + x)));
    width * (0..count as usize).map(panel).sum::<f64>()
}

/// $V_n$ of a geometric spectrum with a floor at $n$ = size.
fn variance_with_floor(f: Floor, n: usize) -> Sampler {
    let n = n as f64;
    let c = f.share / f.tau;
    let gap = |x: f64| floor_shares(&f, n, x).first - n;
    // There is more than one direction above kappa = 1/e, and kappa is at least the floor over n.
    let x = root(gap, 0.0, c * n + 2.0 * n.ln() + 2.0).unwrap_or(f64::NAN);
    let Shares { first, second } = floor_shares(&f, n, x);
    Sampler::exact(second / (first - second))
}

/// Both sums for $\kappa = e^{-x}$.
fn floor_shares(f: &Floor, n: f64, x: f64) -> Shares {
    let floor = (x - f.share / f.tau * n).exp() / n;
    // Beyond this the exponential is below e^-40 of the level.
    let above = (f.tau * (x + FAR)).ceil();
    let share = |i: f64| {
        let over = (x - i / f.tau).exp() + floor;
        1.0 / (1.0 + 1.0 / over)
    };
    let flat = floor / (1.0 + floor);
    let rest = (n * n - above).max(0.0);
    let mut sums = Shares { first: rest * flat, second: rest * flat * flat };
    for i in 1..=above.min(n * n) as usize {
        let share = share(i as f64);
        sums.first += share;
        sums.second += share * share;
    }
    sums
}

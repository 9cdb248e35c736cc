//! The peak is proportional to the noise of the labels.
//!
//! Networks trained on labels of which some are wrong show double descent much more than those
//! trained on clean ones. In the linear model the excess risk is affine in the variance of the
//! noise, exactly: without noise, and with all features of the signal observed, there is no peak at
//! all. A model that misses a part of the signal has noise of its own making.

use super::{LINK, PAPER};
use crate::hastie2022::tail_index;
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    add_scaled, cholesky_in_place, dot, gram_lower, solve_lower, solve_lower_transposed,
};
use theoremcheck::linalg::vectorised;
use theoremcheck::prelude::*;

/// $n$ observations of $p > n$ features, with and without noise, and a signal in a direction.
#[derive(Clone, Debug)]
struct Noisy {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
    direction: Vec<f64>,
}

/// No noise; a share of the signal in features that are not observed.
#[derive(Clone, Copy, Debug)]
struct Clean {
    n: usize,
    p: usize,
    r2: f64,
    hidden: f64,
}

/// Sizes between which the noiseless risk is compared: $n$ and $p$, and more of either.
#[derive(Clone, Copy, Debug)]
struct Pair {
    n: usize,
    p: usize,
    more: usize,
    /// Which of both grows: the observations, or the features.
    observations: bool,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "nakkiran2020.label-noise",
        alias: "nakkiran.label-noise-peak",
        title: "The double descent peak is proportional to the label noise",
        source: Source {
            paper: PAPER,
            result: "the observation that label noise makes the peak (Section 4 and 5, numbers \
                     unverified); the linear form is derived here",
            link: LINK,
        },
        statement: r"The paper observes in deep networks that the peak of the test error grows with
            the share of wrong labels; claimed here is what the linear model proves. Let
            $y = X\beta + \epsilon$ with an $n \times p$ matrix $X$ of independent $N(0,1)$ entries,
            $\|\beta\|^2 = r^2$, and independent noise $\epsilon$ with mean 0 and covariance
            $\sigma^2 I$. On
            average the excess risk $\|X^+ y - \beta\|^2$ is affine in $\sigma^2$: for
            $p \ge n + 2$ it is $r^2 \bigl(1 - \frac np\bigr) + \sigma^2 \frac{n}{p-n-1}$, for
            $p \le n - 2$ it is $\sigma^2 \frac{p}{n-p-1}$. Without noise it has no peak: it falls
            with $n$, is 0 from $n = p$ on, and grows with $p$. If a share $h$ of the signal lies
            in independent standard normal features that are not observed, then the risk without
            noise is, for $p \ge n + 2$,
            $r^2 h + r^2 (1-h) \bigl(1 - \frac np\bigr) + r^2 h \frac{n}{p-n-1}$: a peak of its own
            making, proportional to what is missed.",
        claims: vec![affine(), self_made(), no_peak()],
        derivation: linearity,
    }
}

/// $r^2 (1 - \frac np)$, $\sigma^2 \frac{n}{p-n-1}$ and the risk without noise of a model that
/// misses a share.
static PARTS: LazyLock<[Expr; 3]> = LazyLock::new(|| {
    let (n, p, r2, sigma2, hidden) = vars!("n", "p", "r2", "sigma2", "hidden");
    let slope = &n / (&p - &n - 1);
    let bias = &r2 * (1 - &n / &p);
    let missed = &r2 * &hidden;
    [bias.clone(), sigma2 * &slope, &missed + (1 - hidden) * bias + missed * slope]
});

fn linearity() -> Derivation {
    let (n, p, r2, sigma2, hidden) = vars!("n", "p", "r2", "sigma2", "hidden");
    let [clean, noise, missed] = &*PARTS;
    let wide = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF).open(&n, 0, INF);
    let wide = wide.open(&p, &n + 1, INF);
    let shares = Domain::new().open(&r2, 0, INF).open(&hidden, 0, 1).open(&n, 0, INF);
    let peak = shares.clone();
    let shares = shares.open(&p, &n + 1, INF);
    let risk = clean + noise;
    Derivation::of("The excess risk is affine in the noise")
        .cited(
            "mean",
            "the mean of the trace of an inverse Wishart matrix, and the Beta law of the bias",
            Source {
                paper: "D. von Rosen, 1988, Moments for the inverted Wishart distribution",
                result: "moments of the first order",
                link: "https://www.jstor.org/stable/4616090",
            },
        )
        .identity("curvature", risk.d(&sigma2).d(&sigma2), 0, &wide)
        .twin("in-deviations", |s| s.left(risk.at(&sigma2, sigma2.pow(2)).d(&sigma2).d(&sigma2)))
        .identity("intercept", clean.clone(), risk.at(&sigma2, 0), &wide)
        .twin("with-noise", |s| s.right(risk.clone()))
        .identity("slope", noise.clone(), &sigma2 * risk.d(&sigma2), &wide)
        .twin("limit", |s| s.right(&sigma2 * &n / (&p - &n)))
        .positive("falls-with-n", -clean.d(&n), &wide)
        .twin("with-noise", |s| s.of(-risk.d(&n)))
        .positive("grows-with-p", clean.d(&p), &wide)
        .twin("with-noise", |s| s.of(risk.d(&p)))
        .identity(
            "missed",
            missed.clone(),
            &r2 * &hidden * (&p - 1) / (&p - &n - 1) + (1 - &hidden) * clean,
            &shares,
        )
        .twin("no-floor", |s| s.right(missed - &r2 * &hidden))
        .limit("peak", missed.clone(), &p, Toward::Above(&n + 1), INF, &peak)
        .twin("nothing-missed", |s| s.of(clean.clone()))
        .limit("no-peak", clean.clone(), &p, Toward::Above(&n + 1), &r2 / (&n + 1), &{
            Domain::new().open(&r2, 0, INF).open(&n, 0, INF)
        })
        .twin("all", |s| s.value(r2.clone()))
}

fn affine() -> Claim {
    Claim::new(
        "affine",
        Equality {
            domain: any_noise,
            theory: |m| parts(m).map(|formula| formula.value()),
            observable: with_and_without,
            resolution: Relative(0.02),
            known: vec![(along(40, 60, 1.0), [1.0 / 3.0, 2.105_263_157_894_736_8])],
            mutants: [
                Mutant {
                    name: "limit",
                    why: "forgets the degree of freedom in the slope: n / (p - n)",
                    says: |m| {
                        let [clean, noise] = parts(m).map(|formula| formula.value());
                        let away = (m.p - m.n) as f64;
                        [clean, noise * (away - 1.0) / away]
                    },
                },
                Mutant {
                    name: "peak-without-noise",
                    why: "believes that fewer observations than features make noise by themselves",
                    says: |m| {
                        let [clean, noise] = parts(m).map(|formula| formula.value());
                        [clean + m.r2 * m.n as f64 / (m.p - m.n - 1) as f64, noise]
                    },
                },
                Mutant {
                    name: "in-deviations",
                    why: "takes the risk for affine in the standard deviation of the noise",
                    says: |m| {
                        let [clean, noise] = parts(m).map(|formula| formula.value());
                        [clean, noise / m.sigma2.sqrt()]
                    },
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 18.0, to: 40.0, points: 12 },
                at: |p| along(6, p as usize, 1.0),
            },
        },
        Tie::formula(parts),
    )
    .components(&["risk without noise", "what noise adds"])
}

fn self_made() -> Claim {
    Claim::new(
        "self-made",
        Equality {
            domain: |given| {
                let n = given.count("n", 4..=40);
                Clean {
                    n,
                    p: given.count("p", n + 12..=n + 40),
                    r2: given.scale("r2", 0.25..=4.0),
                    hidden: given.real("hidden", 0.1..=0.9),
                }
            },
            theory: |c| missing(c).value(),
            observable: clean_risk,
            resolution: Relative(0.01),
            known: vec![(
                // 0.4 + 0.6 / 3 + 0.4 40 / 19
                Clean { n: 40, p: 60, r2: 1.0, hidden: 0.4 },
                1.442_105_263_157_894_7,
            )],
            mutants: [
                Mutant {
                    name: "no-peak",
                    why: "believes that without noise there is no peak in any model",
                    says: |c| {
                        let seen = c.r2 * (1.0 - c.hidden) * (1.0 - c.n as f64 / c.p as f64);
                        c.r2 * c.hidden + seen
                    },
                },
                Mutant {
                    name: "no-floor",
                    why: "compares with the best use of the features that are observed",
                    says: |c| missing(c).value() - c.r2 * c.hidden,
                },
                Mutant {
                    name: "swapped",
                    why: "takes the visible share for the hidden one",
                    says: |c| missing(&Clean { hidden: 1.0 - c.hidden, ..*c }).value(),
                },
                Mutant {
                    name: "thirty-inputs",
                    why: "divides the squared error on 30 new inputs by 29",
                    says: |c| missing(c).value() * 30.0 / 29.0,
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 32.0, to: 100.0, points: 18 },
                at: |p| Clean { n: 20, p: p as usize, r2: 1.0, hidden: 0.4 },
            },
        },
        Tie::formula(missing),
    )
}

fn no_peak() -> Claim {
    Claim::new(
        "no-peak",
        Property {
            domain: |given| Pair {
                n: given.count("n", 1..=60),
                p: given.count("p", 1..=60),
                more: given.count("more", 1..=60),
                observations: given.choice("grows", &[("observations", true), ("features", false)]),
            },
            margin: |pair| monotone(pair, 0.0),
            known: vec![
                (Pair { n: 10, p: 20, more: 5, observations: true }, 0.25),
                (Pair { n: 10, p: 20, more: 20, observations: false }, 0.25),
            ],
            mutants: [
                Mutant {
                    name: "with-noise",
                    why: "forgets that the labels must be clean: noise of a hundredth",
                    says: |pair| monotone(pair, 0.01),
                },
                Mutant {
                    name: "larger-models-help",
                    why: "believes that more features reduce the risk without noise",
                    says: |pair| {
                        let sign = if pair.observations { 1.0 } else { -1.0 };
                        sign * monotone(pair, 0.0)
                    },
                },
                Mutant {
                    name: "strictly",
                    why: "believes that each observation helps, beyond interpolation too",
                    says: |pair| monotone(pair, 0.0) - 1e-3,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::Linear { from: 1.0, to: 60.0, points: 60 },
                at: |n| Pair { n: n as usize, p: 30, more: 5, observations: true },
            },
        },
        Tie::none("a difference of two values of the intercept, which the claim affine ties"),
    )
}

fn any_noise(given: &mut Given) -> Noisy {
    let n = given.count("n", 6..=10);
    let p = given.count("p", n + 12..=n + 24);
    let (r2, sigma2) = (given.scale("r2", 0.25..=4.0), given.scale("sigma2", 0.25..=4.0));
    Noisy { n, p, r2, sigma2, direction: given.unit_vector("direction", p) }
}

/// $\beta = e_1$.
fn along(n: usize, p: usize, sigma2: f64) -> Noisy {
    let mut direction = vec![0.0; p];
    direction[0] = 1.0;
    Noisy { n, p, r2: 1.0, sigma2, direction }
}

/// The intercept, and what the noise adds.
fn parts(m: &Noisy) -> [Formula; 2] {
    let (n, p) = (("n", m.n as f64), ("p", m.p as f64));
    [
        Formula::of("intercept", &PARTS[0], [n, p, ("r2", m.r2)]),
        Formula::of("slope", &PARTS[1], [n, p, ("sigma2", m.sigma2)]),
    ]
}

/// The risk without noise where a share is missed.
fn missing(c: &Clean) -> Formula {
    let values = [("n", c.n as f64), ("p", c.p as f64), ("r2", c.r2), ("hidden", c.hidden)];
    Formula::of("missed", &PARTS[2], values)
}

/// How much the risk for $r^2 = 1$ and a noise falls with observations, or grows with features.
fn monotone(pair: &Pair, sigma2: f64) -> f64 {
    let risk = |n: usize, p: usize| {
        let (n, p) = (n as f64, p as f64);
        // The least distance at which the mean exists stands for those nearer.
        let away = (n - p).abs().max(2.0) - 1.0;
        (1.0 - n / p).max(0.0) + sigma2 * n.min(p) / away
    };
    let before = risk(pair.n, pair.p);
    if pair.observations {
        before - risk(pair.n + pair.more, pair.p)
    } else {
        risk(pair.n, pair.p + pair.more) - before
    }
}

/// $\|X^+ X \beta - \beta\|^2$, and what labels with noise add to it on the same design: two fits
/// to labels that are drawn, one with their noise and one without.
fn with_and_without(m: Noisy) -> Sampler<[f64; 2]> {
    let Noisy { n, p, r2, sigma2, direction } = m;
    let coefficients: Vec<f64> = direction.iter().map(|x| x * r2.sqrt()).collect();
    let deviation = sigma2.sqrt();
    let (mut rows, mut gram) = (vec![0.0; n * p], vec![0.0; n * n]);
    let (mut noise, mut dual, mut error) = (vec![0.0; n], vec![0.0; n], vec![0.0; p]);
    Sampler::new(move |rng| {
        rng.fill_normal(&mut rows);
        rng.fill_normal(&mut noise);
        let factored = vectorised(
            #[inline(always)]
            || {
                gram_lower(&rows, n, p, &mut gram);
                cholesky_in_place(&mut gram, n)
            },
        );
        if factored.is_err() {
            return [f64::NAN; 2]; // of probability 0; the harness reports what is not a number
        }
        let [clean, noisy] = [0.0, deviation].map(|scale| {
            for (i, row) in rows.chunks_exact(p).enumerate() {
                dual[i] = dot(row, &coefficients) + scale * noise[i];
            }
            solve_lower(&gram, n, &mut dual);
            solve_lower_transposed(&gram, n, &mut dual);
            error.copy_from_slice(&coefficients);
            for (row, weight) in rows.chunks_exact(p).zip(&dual) {
                add_scaled(&mut error, -weight, row);
            }
            dot(&error, &error)
        });
        [clean, noisy - clean]
    })
    .tail_index(tail_index(n, p))
}

/// The noiseless risk with a hidden feature $g$ that is drawn by its length. What it adds lies in
/// the span of the rows, $\|X^+ g\|^2 = g^\top (X X^\top)^{-1} g$, which for Gaussian $X$ has the
/// law of $\|g\|^2 / \chi^2_{p-n+1}$; the bias is orthogonal to it, a Beta variable and
/// independent of $X X^\top$.
fn clean_risk(c: Clean) -> Sampler {
    let Clean { n, p, r2, hidden } = c;
    let (left, taken) = (0.5 * (p - n) as f64, 0.5 * n as f64);
    let (length, degrees) = (n as f64, (p - n + 1) as f64);
    let missed = r2 * hidden;
    let seen = r2 - missed;
    Sampler::new(move |rng| {
        let image = rng.chi_squared(length) / rng.chi_squared(degrees);
        missed + seen * rng.beta(left, taken) + missed * image
    })
    .tail_index(tail_index(n, p))
}

//! More data can hurt.
//!
//! A fixed linear model is fitted to more and more observations. The error falls, then rises as
//! their number comes near to that of the features, and falls again. For Gaussian features the
//! place where it turns is known exactly, at every size; with more noise than signal every new
//! observation hurts, from the first one on.

use super::{LINK, PAPER};
use crate::hastie2022::tail_index;
use std::sync::LazyLock;
use theoremcheck::models::gaussian::Design;
use theoremcheck::models::wishart::trace_inverse;
use theoremcheck::prelude::*;
use theoremcheck::special::least_value;

/// $n$ observations of $p$ features.
#[derive(Clone, Copy, Debug)]
struct Model {
    n: usize,
    p: usize,
    r2: f64,
    sigma2: f64,
}

/// $n$ observations, and `more` of them, for coefficients in a direction; $\sigma^2 = 1$.
#[derive(Clone, Debug)]
struct Growing {
    n: usize,
    more: usize,
    p: usize,
    r2: f64,
    direction: Vec<f64>,
}

/// $\sigma^2 = 1$; $n$ lies a fraction $s$ of the way from the turning point to $p - 1$, and more
/// data are a fraction $t$ of what is left.
#[derive(Clone, Copy, Debug)]
struct Rising {
    p: usize,
    snr: f64,
    s: f64,
    t: f64,
}

/// Directions of $\beta$ over which the bias of one spectrum is averaged.
const DIRECTIONS: usize = 32;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "nakkiran2019.more-data",
        alias: "nakkiran.more-data-hurts",
        title: "More data can hurt linear regression",
        source: Source {
            paper: PAPER,
            result: "the bias and the variance of the minimum-norm estimator as n grows; the exact \
                     turning points are derived here",
            link: LINK,
        },
        statement: r"Let $y = X\beta + \epsilon$ with an $n \times p$ matrix $X$ of independent
            $N(0,1)$ entries, $\|\beta\|^2 = r^2$, and noise $\epsilon$, independent of $X$, with
            mean 0 and covariance $\sigma^2 I$. On average over $X$ and $\epsilon$, the excess risk
            $\|\hat\beta - \beta\|^2$ of the minimum-norm least-squares estimator
            $\hat\beta = X^+ y$ is
            $R(n) = r^2 \bigl(1 - \frac np\bigr) + \sigma^2 \frac{n}{p-n-1}$ for $n \le p-2$, and
            $R(n) = \sigma^2 \frac{p}{n-p-1}$ for $n \ge p+2$; it is infinite between. Let
            $q = \sqrt{p (p-1) \sigma^2 / r^2}$. Between real arguments $0 < n < p-1$ the risk
            falls up to $n^\dagger = p - 1 - q$, where it is $r^2 \frac{1 + 2q}{p} - \sigma^2$, and
            rises beyond: there more data hurt. From $n$ to $n+1$ it rises exactly if
            $(p-n-1)(p-n-2) < q^2$. If $r^2/\sigma^2 \le \frac{p}{p-1}$, it rises from $n = 0$ on.
            Checked where the moments that the statistics rest on exist: $|n-p| \ge 12$.",
        claims: vec![risk(), added_rows(), turning_point(), hurts()],
        derivation: turning,
    }
}

/// $R$ on both sides of the threshold.
static RISK: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, p, r2, sigma2) = vars!("n", "p", "r2", "sigma2");
    [&r2 * (1 - &n / &p) + &sigma2 * &n / (&p - &n - 1), &sigma2 * &p / (n - &p - 1)]
});

/// $r^2 \frac{1 + 2q}{p} - \sigma^2$.
static LEAST: LazyLock<Expr> = LazyLock::new(|| {
    let (p, r2, sigma2) = vars!("p", "r2", "sigma2");
    let q = (&p * (&p - 1) * &sigma2 / &r2).sqrt();
    r2 * (1 + 2 * q) / p - sigma2
});

/// The slope and its one change of sign, with $\sigma^2 = 1$ and
/// $r^2 = p (p-1) / q^2$, which says what $q$ is; the step by one observation; weak signals; the
/// other side of the threshold.
fn turning() -> Derivation {
    let (n, p, r2, sigma2) = vars!("n", "p", "r2", "sigma2");
    let (q, c) = vars!("q", "c");
    let [wide, tall] = &*RISK;
    let all = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF).open(&p, 1, INF);
    let over = all.clone().open(&n, 0, &p - 1);
    let far = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF).open(&p, 2, INF);
    let far = far.open(&n, 0, &p - 2);
    let under = all.clone().open(&n, &p + 1, INF);
    let inside = Domain::new().open(&p, 1, INF).open(&q, 0, &p - 1).open(&n, 0, &p - 1);
    let unit = wide.at(&sigma2, 1).at(&r2, &p * (&p - 1) / q.pow(2));
    let rest = &p - 1 - &n;
    let star = &p - 1 - &q;
    let product = (&p - 1) * (&q - &rest) * (&q + &rest) / (&q * &rest).pow(2);
    let rise = wide.at(&n, &n + 1) - wide;
    let increment = -(&r2 / &p) + &sigma2 * (&p - 1) / ((&p - &n - 1) * (&p - &n - 2));
    let weak = |most: Expr| {
        let strength = Domain::new().open(&p, 1, INF).open(&sigma2, 0, INF);
        strength.half_open(&r2, 0, &sigma2 * most).open(&n, 0, &p - 1)
    };
    let own = (&p * (&p - 1) * &sigma2 / &r2).sqrt();
    let inner = Domain::new().open(&p, 1, INF).open(&sigma2, 0, INF);
    let inner = inner.open(&r2, &sigma2 * &p / (&p - 1), INF);
    Derivation::of("Where more data begin to hurt")
        .cited(
            "inverse-wishart",
            "the mean of the trace of an inverse Wishart matrix, and the Beta law of the bias",
            Source { paper: PAPER, result: "bias and variance of the estimator", link: LINK },
        )
        .identity(
            "wide",
            wide.clone(),
            &r2 - &r2 * &n / &p + &sigma2 * ((&p - 1) / (&p - &n - 1) - 1),
            &over,
        )
        .twin("no-loss", |s| s.right(&r2 - &r2 * &n / &p + &sigma2 * &n / (&p - &n)))
        .identity("tall", tall.clone(), &sigma2 * ((&n - 1) / (&n - &p - 1) - 1), &under)
        .twin("all-observations", |s| s.right(&sigma2 * (&n / (&n - &p - 1) - 1)))
        .identity("scaling", wide.at(&r2, &c * &r2).at(&sigma2, &c * &sigma2), &c * wide, &{
            over.clone().open(&c, 0, INF)
        })
        .twin("no-factor", |s| s.right(wide.clone()))
        .identity("slope", unit.d(&n), product, &inside)
        .twin("one-factor", |s| s.right((&p - 1) * (&q - &rest) / (&q * &rest).pow(2)))
        .nonneg("falls", -unit.d(&n), &inside.below(&n, &star))
        .twin("too-far", |s| s.on(&inside))
        .nonneg("rises", unit.d(&n), &inside.above(&n, &star))
        .twin("everywhere", |s| s.on(&inside))
        .conclude(
            "turning-point",
            Rule::MinimumBySlope {
                of: unit.clone(),
                in_: n.clone(),
                at: star,
                from: ["falls", "rises"],
            },
        )
        .twin("threshold-at-p", |s| s.put(&p - &q))
        .identity("least", wide.at(&n, &p - 1 - &own), LEAST.clone(), &inner)
        .twin("sign", |s| s.right(&r2 * (1 + 2 * &own) / &p + &sigma2))
        .identity("increment", rise, increment.clone(), &far)
        .twin("slope", |s| s.right(-(&r2 / &p) + &sigma2 * (&p - 1) / (&p - &n - 1).pow(2)))
        .positive("weak-signal", wide.d(&n), &weak(&p / (&p - 1)))
        .twin("strong-signal", |s| s.on(&weak(2 * &p / (&p - 1))))
        .positive("beyond", -tall.d(&n), &under)
        .twin("everywhere", |s| s.on(&all.clone().open(&n, 0, INF)))
        .limit("threshold", wide.clone(), &n, Toward::Below(&p - 1), INF, &all)
        .twin("other-side", |s| s.toward(Toward::Above(&p - 1)))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Equality {
            domain: either_side,
            theory: |m| mean(m).value(),
            observable: excess_risk,
            resolution: Relative(0.005),
            known: vec![
                (fifty(10), 0.810_256_410_256_410_26),
                (fifty(30), 0.463_157_894_736_842_11),
                (fifty(38), 0.378_181_818_181_818_18),
                (fifty(62), 0.181_818_181_818_181_82),
            ],
            mutants: [
                Mutant {
                    name: "all-directions",
                    why: "forgets the degree of freedom in n / (p - n - 1): takes the limit",
                    says: |m| {
                        let (n, p) = (m.n as f64, m.p as f64);
                        let away = (n - p).abs();
                        m.r2 * (1.0 - n / p).max(0.0) + m.sigma2 * n.min(p) / away
                    },
                },
                Mutant {
                    name: "bias-squared",
                    why: "squares the fraction of the signal that is lost, and keeps it beyond p",
                    says: |m| {
                        let lost = 1.0 - m.n as f64 / m.p as f64;
                        m.r2 * lost * lost + m.sigma2 * variance(m)
                    },
                },
                Mutant {
                    name: "more-data-help",
                    why: "takes the classical p / n for the variance on both sides",
                    says: |m| {
                        let gamma = m.p as f64 / m.n as f64;
                        m.r2 * (1.0 - 1.0 / gamma).max(0.0) + m.sigma2 * gamma
                    },
                },
                Mutant {
                    name: "fifty-test-points",
                    why: "divides the squared error on 50 test points by 49",
                    says: |m| mean(m).value() * 50.0 / 49.0,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::At(&[
                    1.0, 4.0, 7.0, 10.0, 13.0, 16.0, 19.0, 22.0, 25.0, 28.0, 31.0, 34.0, 36.0,
                    38.0, 39.0, 40.0, 41.0, 42.0, 58.0, 60.0, 64.0, 70.0, 80.0, 90.0, 100.0, 120.0,
                ]),
                at: |n| fifty(n as usize),
            },
        },
        Tie::formula(mean),
    )
}

fn added_rows() -> Claim {
    Claim::new(
        "added-rows",
        Equality {
            domain: growing,
            theory: |g| growth(g, 1.0),
            observable: rise_by_rows,
            resolution: Relative(0.02),
            known: vec![
                (example(2), 0.109_081_527_347_781_22),
                (example(4), 0.256_140_350_877_192_98),
            ],
            mutants: [
                Mutant {
                    name: "no-signal-gained",
                    why: "forgets that new observations show more of the signal",
                    says: |g| growth(&Growing { r2: 0.0, ..g.clone() }, 1.0),
                },
                Mutant {
                    name: "limit",
                    why: "takes n / (p - n), the limit, for the variance",
                    says: |g| growth(g, 0.0),
                },
                Mutant {
                    name: "helps",
                    why: "believes that more data reduce the risk",
                    says: |g| -growth(g, 1.0),
                },
                Mutant {
                    name: "mean-of-rows",
                    why: "divides by one observation fewer, as if a mean had been taken out",
                    says: |g| growth(g, 1.0) * 20.0 / 19.0,
                },
            ],
            curve: Curve {
                x: "more",
                grid: Grid::Linear { from: 1.0, to: 8.0, points: 8 },
                at: |more| example(more as usize),
            },
        },
        Tie::none("a difference of two values of the mean that the claim risk ties"),
    )
}

fn turning_point() -> Claim {
    Claim::new(
        "turning-point",
        Identity {
            domain: strong_signal,
            left: |m| [best_count(m), least_by_search(m)],
            right: |m| [predicted_count(m, 1.0), least(m).value()],
            known: vec![(fifty(1), [39.0, 0.375_979_797_464_467])],
            mutants: [
                Mutant {
                    name: "no-root",
                    why: "writes p / SNR, without the root, for the distance of the turning point",
                    says: |m| {
                        let snr = m.r2 / m.sigma2;
                        [predicted_count(&Model { r2: snr * snr, sigma2: 1.0, ..*m }, 1.0), {
                            least(m).value()
                        }]
                    },
                },
                Mutant {
                    name: "one-early",
                    why: "counts from the threshold p instead of p - 1",
                    says: |m| [predicted_count(m, 0.0), least(m).value()],
                },
                Mutant {
                    name: "limit",
                    why: "takes the minimum of the proportional limit, at gamma = s / (s - 1)",
                    says: |m| {
                        let s = (m.r2 / m.sigma2).sqrt();
                        [predicted_count(m, 1.0), m.sigma2 * (2.0 * s - 1.0)]
                    },
                },
            ],
            curve: Curve {
                x: "sigma2",
                grid: Grid::Log { from: 0.01, to: 0.8, points: 40 },
                at: |sigma2| Model { sigma2, ..fifty(1) },
            },
        },
        Tie::none("a count of observations by search; the step least states the other component"),
    )
    .components(&["best number of observations", "least risk"])
}

fn hurts() -> Claim {
    Claim::new(
        "hurts",
        Property {
            domain: rising,
            margin: |r| rise_from(r, turning_count(r.p, r.snr)),
            known: vec![(
                Rising { p: 50, snr: 25.0, s: 0.5, t: 0.5 },
                0.729_475_251_249_501_9, // by mpmath
            )],
            mutants: [
                Mutant {
                    name: "everywhere",
                    why: "believes that more data always hurt an interpolator",
                    says: |r| rise_from(r, 0.0),
                },
                Mutant {
                    name: "tenth-early",
                    why: "puts the turning point at nine tenths of what it is",
                    says: |r| rise_from(r, 0.9 * turning_count(r.p, r.snr)),
                },
                Mutant {
                    name: "half-of-the-features",
                    why: "believes that data hurt from half as many observations as features on",
                    says: |r| rise_from(r, 0.5 * r.p as f64),
                },
            ],
            curve: Curve {
                x: "s",
                grid: Grid::Linear { from: 0.0, to: 0.95, points: 20 },
                at: |s| Rising { p: 50, snr: 25.0, s, t: 0.5 },
            },
        },
        Tie::none("one less than a ratio of two values of the mean that the claim risk ties"),
    )
}

fn either_side(given: &mut Given) -> Model {
    let p = given.count("p", 24..=60);
    let n = match given.choice("side", &[("below", true), ("beyond", false)]) {
        true => given.count("n", 1..=p - 12),
        false => given.count("n", p + 12..=p + 60),
    };
    let (r2, sigma2) = (given.scale("r2", 0.25..=4.0), given.scale("sigma2", 0.25..=4.0));
    Model { n, p, r2, sigma2 }
}

/// A signal so weak that every observation hurts, and that the rise is no small difference.
fn growing(given: &mut Given) -> Growing {
    let p = given.count("p", 22..=28);
    let n = given.count("n", 2..=6);
    let more = given.count("more", 2..=4);
    let r2 = given.scale("r2", 0.05..=0.4);
    Growing { n, more, p, r2, direction: given.unit_vector("direction", p) }
}

/// A signal for which the turning point lies beyond the first observation.
fn strong_signal(given: &mut Given) -> Model {
    let p = given.count("p", 10..=200);
    let sigma2 = given.scale("sigma2", 0.25..=4.0);
    let snr = given.scale("snr", 1.5..=100.0);
    Model { n: 1, p, r2: snr * sigma2, sigma2 }
}

fn rising(given: &mut Given) -> Rising {
    Rising {
        p: given.count("p", 5..=200),
        snr: given.scale("snr", 1.5..=100.0),
        s: given.real("s", 0.0..=0.98),
        t: given.real("t", 0.0..=0.98),
    }
}

/// $p = 50$, $r^2 = 1$, $\sigma^2 = 0.04$.
fn fifty(n: usize) -> Model {
    Model { n, p: 50, r2: 1.0, sigma2: 0.04 }
}

/// $n = 4$, $p = 24$, $r^2 = 0.4$, $\beta$ along the first feature.
fn example(more: usize) -> Growing {
    let mut direction = vec![0.0; 24];
    direction[0] = 1.0;
    Growing { n: 4, more, p: 24, r2: 0.4, direction }
}

/// $R(n)$ as stated.
fn mean(m: &Model) -> Formula {
    let values = [("n", m.n as f64), ("p", m.p as f64), ("r2", m.r2), ("sigma2", m.sigma2)];
    if m.n < m.p {
        Formula::of("wide", &RISK[0], values)
    } else {
        let [n, p, _, sigma2] = values;
        Formula::of("tall", &RISK[1], [n, p, sigma2])
    }
}

/// $r^2 \frac{1 + 2q}{p} - \sigma^2$.
fn least(m: &Model) -> Formula {
    Formula::of("least", &LEAST, [("p", m.p as f64), ("r2", m.r2), ("sigma2", m.sigma2)])
}

/// $\frac{\min(n, p)}{|n - p| - 1}$.
fn variance(m: &Model) -> f64 {
    let away = (m.n as f64 - m.p as f64).abs();
    m.n.min(m.p) as f64 / (away - 1.0)
}

/// $R(n + \text{more}) - R(n)$ for $\sigma^2 = 1$; `lost` degrees of freedom.
fn growth(g: &Growing, lost: f64) -> f64 {
    let (n, p, more) = (g.n as f64, g.p as f64, g.more as f64);
    let variance = |n: f64| n / (p - n - lost);
    variance(n + more) - variance(n) - g.r2 * more / p
}

/// $R(n)$ for a real $0 < n < p - 1$ and $\sigma^2 = 1$.
fn between(n: f64, p: usize, snr: f64) -> f64 {
    let p = p as f64;
    snr * (1.0 - n / p) + n / (p - n - 1.0)
}

/// $n^\dagger = p - 1 - \sqrt{p (p-1) / \text{SNR}}$.
fn turning_count(p: usize, snr: f64) -> f64 {
    let p = p as f64;
    p - 1.0 - (p * (p - 1.0) / snr).sqrt()
}

/// How much the risk rises, as a fraction, beyond an alleged turning point.
fn rise_from(r: &Rising, turning: f64) -> f64 {
    let end = r.p as f64 - 1.0;
    let from = turning.max(0.0);
    let n = from + r.s * (end - from);
    between(n + r.t * (end - n), r.p, r.snr) / between(n, r.p, r.snr) - 1.0
}

/// The number of observations from 1 to $p - 2$ with the least mean risk, one by one.
fn best_count(m: &Model) -> f64 {
    let at = |n: usize| between(n as f64, m.p, m.r2 / m.sigma2);
    let best = (1..=m.p - 2).min_by(|a, b| at(*a).total_cmp(&at(*b)));
    best.map_or(f64::NAN, |n| n as f64)
}

/// The least whole $n \ge 1$ with $(p-n-1)(p-n-2) \le q^2$; `lost` degrees of freedom.
fn predicted_count(m: &Model, lost: f64) -> f64 {
    let p = m.p as f64;
    let q2 = p * (p - 1.0) * m.sigma2 / m.r2;
    (p - lost - 0.5 - (0.25 + q2).sqrt()).ceil().max(1.0)
}

/// The least risk between real arguments.
fn least_by_search(m: &Model) -> f64 {
    least_value(|n| m.sigma2 * between(n, m.p, m.r2 / m.sigma2), 0.0, m.p as f64 - 1.0)
}

/// $B_X + \sigma^2 \operatorname{tr} (X X^\top)^{-1}$, or $\sigma^2 \operatorname{tr}
/// (X^\top X)^{-1}$, in $O(\min(n,p))$: the bias is $r^2$ times a Beta variable, independent of the
/// spectrum, several of which are drawn for one spectrum.
fn excess_risk(m: Model) -> Sampler {
    let Model { n, p, r2, sigma2 } = m;
    let (left, taken) = (0.5 * p.saturating_sub(n) as f64, 0.5 * n as f64);
    let directions = if p > n { DIRECTIONS } else { 0 };
    let each = r2 / DIRECTIONS as f64;
    Sampler::new(move |rng| {
        let signal: f64 = (0..directions).map(|_| rng.beta(left, taken)).sum();
        each * signal + sigma2 * trace_inverse(rng, n, p)
    })
    .tail_index(tail_index(n, p))
}

/// The risk given a design less that given its first $n$ rows, both by Cholesky factors.
fn rise_by_rows(g: Growing) -> Sampler {
    let Growing { n, more, p, r2, direction } = g;
    let coefficients: Vec<f64> = direction.iter().map(|x| x * r2.sqrt()).collect();
    let (mut all, mut first) = (Design::default(), Design::default());
    Sampler::new(move |rng| {
        all.draw(rng, n + more, p, &[]);
        first.set(n, p, &all.entries()[..n * p]);
        let risk = |design: &mut Design| {
            // A singular design has probability 0; the harness reports what is not a number.
            design.risk(&coefficients, &[]).map_or(f64::NAN, |risk| risk.bias + risk.variance)
        };
        risk(&mut all) - risk(&mut first)
    })
    .tail_index(tail_index(n + more, p))
}

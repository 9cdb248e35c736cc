//! Epoch-wise double descent is a sum of U-curves at different times.
//!
//! The test error can fall, rise and fall again while one model trains. Here features of two scales
//! are learned at two speeds, each with its own best time to stop; step sizes that align the times
//! leave one descent.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::prelude::*;

/// $d = 2h$ features, $h$ of scale $s_1 = 1$ and $h$ of scale $s_2$, after $k$ steps.
#[derive(Clone, Copy, Debug)]
struct Model {
    k: f64,
    half: usize,
    /// $\eta$, which is $\eta s_1^2$.
    eta: f64,
    /// $s_2^2$.
    scale2: f64,
    /// $A_1$ and $A_2$: the sums of $s_i^2 \theta_i^2$ over the features of a scale.
    signals: [f64; 2],
    /// $\tau = \sigma^2 / n$.
    noise: f64,
}

/// A model at three times, $k_1 < k < k_3$.
#[derive(Clone, Copy, Debug)]
struct Times {
    model: Model,
    before: f64,
    after: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "heckel2021.epoch-descent",
        alias: "heckel.epochwise",
        title: "Features of two scales give two descents in the number of steps",
        source: Source {
            paper: PAPER,
            result: "Theorem 1 (number unverified); the lower bound is derived here",
            link: LINK,
        },
        statement: r"Let $x \sim N(0, \operatorname{diag}(s_1^2, \dots, s_d^2))$, $y = x^\top
            \theta + z$ with independent noise $z$ of mean 0 and variance $\sigma^2$, and let
            $\theta^{(k)}$ be the result of $k$ steps of gradient descent from 0 with step size
            $\eta < 1 / \max_i s_i^2$ on $\frac{1}{2n} \|y - X\theta\|^2$ for $n$ independent
            observations. Let $n \to \infty$ with $\sigma^2 = \tau n$ and $d, s, \theta, \tau, k$
            fixed. The excess risk, averaged over the noise, tends in probability to $R(k) =
            \sum_i A_i q_i^2 + \tau (1 - q_i)^2$ with $A_i = s_i^2 \theta_i^2$ and $q_i = (1 -
            \eta s_i^2)^k$. Each term is least at $q_i = \frac{\tau}{A_i + \tau}$, where it is
            $\frac{A_i \tau}{A_i + \tau}$: so $R(k) \ge \sum_i \frac{A_i \tau}{A_i + \tau}$. Terms
            with different $s_i$ are least at different times. For $h = d/2$ coordinates of scale
            $s_1$ and as many of scale $s_2$, with sums $A_1, A_2$ of $A_i$ between $\frac12
            h\tau$ and $2 h\tau$, $s_2^2 \le s_1^2 / 1000$ and $\eta s_1^2 \le \frac12$, the sum
            falls, rises and falls again: with $k_1$ and $k_2$ the times (real numbers) at which
            the two scales are best, $R$ is larger at $k_1 s_1 / s_2$, between them, than at $k_1$
            and than at $k_2$. With a step size $\eta_i = \eta / s_i^2$ for each coordinate it
            falls and then rises, once. Checked for two scales, on average over $X$.",
        claims: vec![risk(), floor(), double_descent(), aligned()],
        derivation: u_curves,
    }
}

/// $R(k)$ for two scales of $h$ features with signals $A_1, A_2$ in all, and $u_j = \eta s_j^2$.
static RISK: LazyLock<Expr> = LazyLock::new(|| {
    let (first, second) = (term("1", kept("1")), term("2", kept("2")));
    first + second
});

/// $q = (1 - u)^k$.
fn kept(which: &str) -> Expr {
    (var("k") * (1 - var(&format!("u{which}"))).ln()).exp()
}

/// $A q^2 + h \tau (1 - q)^2$.
fn term(which: &str, q: Expr) -> Expr {
    var(&format!("A{which}")) * q.pow(2) + var("h") * var("tau") * (1 - q).pow(2)
}

/// The limit, with the numbers of a model.
fn limit(m: &Model) -> Formula {
    let values = [
        ("k", m.k),
        ("h", m.half as f64),
        ("tau", m.noise),
        ("u1", m.eta),
        ("u2", m.eta * m.scale2),
        ("A1", m.signals[0]),
        ("A2", m.signals[1]),
    ];
    Formula::of("two-curves", &RISK, values)
}

/// The square is completed: each term is least at its own time.
fn u_curves() -> Derivation {
    let (a, c, q) = vars!("A", "C", "q");
    let part = &a * q.pow(2) + &c * (1 - &q).pow(2);
    let (best, least) = (&c / (&a + &c), &a * &c / (&a + &c));
    let positive = Domain::new().open(&a, 0, INF).open(&c, 0, INF);
    let any = positive.clone().real(&q);
    let square = (&a + &c) * (&q - &best).pow(2);
    let pair = ["1", "2"].into_iter().fold(Domain::new(), |domain, which| {
        domain.open(&var(&format!("A{which}")), 0, INF).open(&var(&format!("u{which}")), 0, 1)
    });
    let pair = pair.open(&var("h"), 0, INF).open(&var("tau"), 0, INF).open(&var("k"), 0, INF);
    let completed = |which: &str| {
        let (a, c) = (var(&format!("A{which}")), var("h") * var("tau"));
        let away = kept(which) - &c / (&a + &c);
        &a * &c / (&a + &c) + (&a + &c) * away.pow(2)
    };
    Derivation::of("A sum of U-curves")
        .cited(
            "limit",
            "the excess risk after k steps tends to the sum of the terms",
            Source { paper: PAPER, result: "Theorem 1 (number unverified)", link: LINK },
        )
        .identity("square", part.clone(), &least + &square, &any)
        .twin("half", |s| s.right(&least + &square / 2))
        .identity("at-best", part.at(&q, best.clone()), least.clone(), &positive)
        .twin("no-signal", |s| s.right(&c))
        .nonneg("floor", square.clone(), &any)
        .twin("below", |s| s.of(&square - &least))
        .unique_root("one-time", part.d(&q), &q, &positive.open(&q, 0, 1))
        .twin("to-one-half", |s| {
            let half = Domain::new().open(&a, 0, INF).open(&c, 0, INF).open(&q, 0, ratio(1, 2));
            s.on(&half)
        })
        .identity("two-curves", RISK.clone(), completed("1") + completed("2"), &pair)
        .twin("one-time", |s| s.right(completed("1") + completed("1")))
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            domain: two_scales,
            theory: |m| limit(m).value(),
            observable: Each(excess_risk),
            sizes: &[200, 400, 800, 1600],
            // A polynomial in the entries of a Wishart matrix divided by n, whose moments are
            // polynomials in 1/n: the term after 1/n is its square. The mean counts designs for
            // which gradient descent diverges as well; with eta s_1^2 at most a quarter, k at most
            // 300 and n at least 200 their part of it is below e^{-300}.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.01),
            known: vec![
                // By mpmath.
                (seventy(19.0), 0.678_118_614_164_019_02),
                (seventy(89.0), 0.751_822_587_473_384_98),
                (seventy(2019.0), 0.487_591_435_422_315_75),
                (pair(8.0), 1.269_362_940_811_758_7),
            ],
            mutants: [
                Mutant {
                    name: "unsquared",
                    why: "lets the bias shrink like q instead of its square",
                    says: |m| with_parts(m, |q| q, |q| (1.0 - q) * (1.0 - q)),
                },
                Mutant {
                    name: "variance-unsquared",
                    why: "lets the variance grow like 1 - q instead of its square",
                    says: |m| with_parts(m, |q| q * q, |q| 1.0 - q),
                },
                Mutant {
                    name: "one-scale",
                    why: "gives all features the mean of the variances",
                    says: |m| {
                        let mean = 0.5 * (1.0 + m.scale2);
                        limit(&Model { eta: m.eta * mean, scale2: 1.0, ..*m }).value()
                    },
                },
                Mutant {
                    name: "fifty-test-points",
                    why: "divides the squared error on 50 test points by 49",
                    says: |m| limit(m).value() * 50.0 / 49.0,
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::At(&[
                    1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 18.0, 22.0, 27.0, 33.0,
                    40.0, 50.0, 60.0, 75.0, 90.0, 110.0, 135.0, 165.0, 200.0, 245.0, 300.0,
                ]),
                at: pair,
            },
        },
        Tie::formula(limit),
    )
}

fn floor() -> Claim {
    Claim::new(
        "floor",
        Property {
            domain: any_time,
            margin: |m| limit(m).value() / least(m, |a, c| a * c / (a + c)) - 1.0,
            // By mpmath.
            known: vec![(pair(8.0), 0.904_044_411_217_638_02)],
            mutants: [
                Mutant {
                    name: "tenth",
                    why: "bounds the risk by a tenth more",
                    says: |m| limit(m).value() / least(m, |a, c| a * c / (a + c)) - 1.1,
                },
                Mutant {
                    name: "smaller-part",
                    why: "takes the smaller of the risks of not learning and of learning all",
                    says: |m| limit(m).value() / least(m, f64::min) - 1.0,
                },
                Mutant {
                    name: "geometric",
                    why: "takes half the geometric mean of the two",
                    says: |m| limit(m).value() / least(m, |a, c| 0.5 * (a * c).sqrt()) - 1.0,
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Log { from: 1.0, to: 1000.0, points: 61 },
                at: pair,
            },
        },
        Tie::none("a ratio of the limit, which the claim risk ties, to its floor"),
    )
}

fn double_descent() -> Claim {
    Claim::new(
        "double-descent",
        Property {
            domain: far_apart,
            margin: rise,
            // By mpmath.
            known: vec![(far(1.0), 0.308_647_831_115_814_413)],
            mutants: [
                Mutant {
                    name: "close-scales",
                    why: "expects it of variances of ratio 4",
                    says: |m| rise(&Model { scale2: 0.25, ..*m }),
                },
                Mutant {
                    name: "little-noise",
                    why: "expects it with a tenth of the noise",
                    says: |m| rise(&Model { noise: 0.1 * m.noise, ..*m }),
                },
                Mutant {
                    name: "doubles",
                    why: "lets the risk double between the descents",
                    says: |m| rise(m) - 1.0,
                },
            ],
            curve: Curve {
                x: "signal",
                grid: Grid::Linear { from: 0.5, to: 2.0, points: 31 },
                at: far,
            },
        },
        Tie::none("a ratio of values of the limit, which the claim risk ties"),
    )
}

fn aligned() -> Claim {
    Claim::new(
        "aligned",
        Property {
            domain: |given| {
                let model = any_time(given);
                let before = model.k * given.scale("before", 0.01..=1.0);
                let after = model.k * given.scale("after", 1.0..=100.0);
                Times { model, before, after }
            },
            margin: |t| dip(t, 1.0),
            // By hand: 1 - (1/2) / (5/8) at q = 1/2, before q = 1/4 and after the root of 1/2.
            known: vec![(halves(), 0.2)],
            mutants: [
                Mutant {
                    name: "common-step",
                    why: "expects one descent with the same step for all coordinates",
                    says: |t| dip(t, t.model.scale2),
                },
                Mutant {
                    name: "by-scale",
                    why: "divides the step by s_i, not by its square",
                    says: |t| dip(t, t.model.scale2.sqrt()),
                },
                Mutant {
                    name: "always-falls",
                    why: "believes that longer training is better",
                    says: |t| {
                        let same = Model { scale2: 1.0, ..t.model };
                        let later = Model { k: t.after, ..same };
                        1.0 - limit(&later).value() / limit(&same).value()
                    },
                },
            ],
            curve: Curve {
                x: "k",
                grid: Grid::Log { from: 1.0, to: 1000.0, points: 61 },
                at: |k| Times { model: pair(k), before: 0.5 * k, after: 2.0 * k },
            },
        },
        Tie::none("a ratio of values of the limit, which the claim risk ties"),
    )
}

fn two_scales(given: &mut Given) -> Model {
    let k = given.count("k", 1..=300) as f64;
    let half = given.count("h", 1..=2);
    let eta = given.real("eta", 0.1..=0.25);
    let scale2 = given.scale("scale2", 0.02..=0.1);
    let signals = [given.scale("A1", 0.25..=4.0), given.scale("A2", 0.25..=4.0)];
    Model { k, half, eta, scale2, signals, noise: given.scale("tau", 0.1..=1.0) }
}

/// Scales further apart, and later times.
fn any_time(given: &mut Given) -> Model {
    let k = given.scale("k", 1.0..=1e4);
    let half = given.count("h", 1..=20);
    let eta = given.real("eta", 0.01..=0.5);
    let scale2 = given.scale("scale2", 1e-3..=1.0);
    let signals = [given.scale("A1", 0.1..=10.0), given.scale("A2", 0.1..=10.0)];
    Model { k, half, eta, scale2, signals, noise: given.scale("tau", 1e-3..=1.0) }
}

/// Scales far apart, and signals of the order of the noise.
fn far_apart(given: &mut Given) -> Model {
    let half = given.count("h", 1..=20);
    let noise = given.scale("tau", 1e-3..=1.0);
    let eta = given.real("eta", 0.01..=0.5);
    let scale2 = given.scale("scale2", 1e-6..=1e-3);
    let parts = [given.real("A1", 0.5..=2.0), given.real("A2", 0.5..=2.0)];
    let signals = parts.map(|part| part * half as f64 * noise);
    Model { k: 1.0, half, eta, scale2, signals, noise }
}

fn far(signal: f64) -> Model {
    Model { k: 1.0, half: 1, eta: 0.25, scale2: 1e-3, signals: [signal, signal], noise: 1.0 }
}

/// One feature of each scale.
fn pair(k: f64) -> Model {
    Model { k, half: 1, eta: 0.25, scale2: 0.04, signals: [1.0, 1.0], noise: 0.5 }
}

/// $d = 70$, scales 1 and 0.1, $\eta = 0.05$.
fn seventy(k: f64) -> Model {
    Model { k, half: 35, eta: 0.05, scale2: 0.01, signals: [0.5, 0.5], noise: 3.0 / 350.0 }
}

/// $q = ½^{1/2}$, ½ and ¼ at the three times for both scales, $A = C = 1$.
fn halves() -> Times {
    let signals = [1.0, 1.0];
    let model = Model { k: 1.0, half: 1, eta: 0.5, scale2: 1.0, signals, noise: 1.0 };
    Times { model, before: 0.5, after: 2.0 }
}

/// The limit with other functions of $q$ for its bias and its variance.
fn with_parts(m: &Model, bias: fn(f64) -> f64, variance: fn(f64) -> f64) -> f64 {
    let part = |rate: f64, signal: f64| {
        let q = (m.k * (-rate).ln_1p()).exp();
        signal * bias(q) + m.half as f64 * m.noise * variance(q)
    };
    part(m.eta, m.signals[0]) + part(m.eta * m.scale2, m.signals[1])
}

/// The sum over the scales of a function of signal and noise.
fn least(m: &Model, of: fn(f64, f64) -> f64) -> f64 {
    m.signals.iter().map(|signal| of(*signal, m.half as f64 * m.noise)).sum()
}

/// By how much, as a fraction, the risk between the best times of the two scales exceeds the larger
/// of those at these times.
fn rise(m: &Model) -> f64 {
    let best =
        |signal: f64, rate: f64| (signal / (m.half as f64 * m.noise)).ln_1p() / -(-rate).ln_1p();
    let first = best(m.signals[0], m.eta);
    let second = best(m.signals[1], m.eta * m.scale2);
    let at = |k: f64| limit(&Model { k, ..*m }).value();
    at(first / m.scale2.sqrt()) / at(first).max(at(second)) - 1.0
}

/// How far the risk at $k$ is below the larger of those at the other times, as a fraction, with
/// `speed` the ratio of the rates of the two scales.
fn dip(t: &Times, speed: f64) -> f64 {
    let at = |k: f64| limit(&Model { k, scale2: speed, ..t.model }).value();
    1.0 - at(t.model.k) / at(t.before).max(at(t.after))
}

/// $\sum_i s_i^2 \bigl( ((G^k \theta)_i)^2 + \tau (M S M)_{ii} \bigr)$ with $S = X^\top X / n$
/// drawn by its Cholesky factor, $G = I - \eta S$ and $M = \eta \sum_{j<k} G^j$: what $k$ steps
/// leave of the signal and make of the noise, without a spectral decomposition.
fn excess_risk(m: Model, n: usize) -> Sampler {
    let (d, half) = (2 * m.half, m.half as f64);
    let scale = move |i: usize| if i < m.half { 1.0 } else { m.scale2.sqrt() };
    let theta = Matrix::from_fn(d, 1, |i, _| {
        (m.signals[usize::from(i >= m.half)] / half).sqrt() / scale(i)
    });
    Sampler::new(move |rng| {
        let factor = Matrix::from_fn(d, d, |i, j| {
            let entry = match i.cmp(&j) {
                std::cmp::Ordering::Less => 0.0,
                std::cmp::Ordering::Equal => rng.chi_squared((n - i) as f64).sqrt(),
                std::cmp::Ordering::Greater => rng.normal(),
            };
            scale(i) * entry / (n as f64).sqrt()
        });
        let s = &factor * factor.transpose();
        let (kept, map) = descent(&s, m.eta, m.k as u32);
        let (left, noise) = (&kept * &theta, &map * &s * &map);
        let risk = |i: usize| scale(i).powi(2) * (left[i].powi(2) + m.noise * noise[(i, i)]);
        (0..d).map(risk).sum()
    })
}

/// $G^k$ and $\eta \sum_{j<k} G^j$ for $G = I - \eta S$, by doubling.
fn descent(s: &Matrix<f64>, eta: f64, k: u32) -> (Matrix<f64>, Matrix<f64>) {
    let d = s.nrows();
    let one = Matrix::identity(d, d) - s * eta;
    let (mut power, mut sum) = (Matrix::identity(d, d), Matrix::zeros(d, d));
    for bit in (0..u32::BITS - k.leading_zeros()).rev() {
        sum = &sum + &power * &sum;
        power = &power * &power;
        if k >> bit & 1 == 1 {
            sum += &power * eta;
            power = &power * &one;
        }
    }
    (power, sum)
}

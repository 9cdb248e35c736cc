//! Misspecified models: part of the signal lies in features that nobody observes.
//!
//! More observed features mean a better approximation as well as more variance. If the part that is
//! hidden falls like a power of their number, the best model may lie far beyond the interpolation
//! threshold even without any regularisation, or below it: one exponent decides.

use super::{LINK, PAPER, columns, tail_index};
use std::sync::LazyLock;
use theoremcheck::linalg::small::{
    add_scaled, cholesky_in_place, dot, gram_lower, inverse_trace, solve_lower,
    solve_lower_transposed,
};
use theoremcheck::models::wishart::trace_inverse;
use theoremcheck::prelude::*;
use theoremcheck::special::{least_value, root};

/// $y = x^\top \beta + w^\top \theta + \epsilon$, $x \in R^p$ observed and $w$ not, seen through
/// $\gamma = \lim p/n$; `hidden` is $\|\theta\|^2 / r^2 = 1 - \kappa$.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    hidden: f64,
    r2: f64,
    sigma2: f64,
}

/// The same at finite size, with directions for $\beta \in R^p$ and $\theta \in R^q$.
#[derive(Clone, Debug)]
struct Explicit {
    n: usize,
    p: usize,
    hidden: f64,
    r2: f64,
    sigma2: f64,
    beta: Vec<f64>,
    theta: Vec<f64>,
}

/// A hidden share of $(1+\gamma)^{-a}$, looked at for $\gamma$ and $t \gamma$; $r = 1$.
#[derive(Clone, Copy, Debug)]
struct Polynomial {
    gamma: f64,
    t: f64,
    exponent: f64,
    sigma2: f64,
}

const SIZES: &[usize] = &[100, 200, 400, 800];

/// Directions of $\beta$ over which the bias of one spectrum is averaged.
const DIRECTIONS: usize = 32;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hastie2022.misspecification",
        alias: "hmrt.misspecified",
        title: "Misspecified models have their best size beyond the threshold, or below it",
        source: Source {
            paper: PAPER,
            result: "Misspecified model section (numbers unverified); the critical exponents are \
                     computed here",
            link: LINK,
        },
        statement: r"Let $y = x^\top\beta + w^\top\theta + \epsilon$ with independent standard
            normal entries of $x \in R^p$ and $w \in R^q$ and noise $\epsilon$ of variance
            $\sigma^2$, where $x$ is observed and $w$ is not. Let
            $r^2 = \|\beta\|^2 + \|\theta\|^2$, $h = \|\theta\|^2 / r^2$ the hidden share and
            $s^2 = \sigma^2 + r^2 h$. The minimum-norm least-squares estimator on $n$ observations
            of $(x, y)$ has on average the excess risk
            $r^2 h + s^2 \frac{p}{n-p-1}$ for $p < n-1$, and
            $r^2 h + r^2 (1-h) \bigl(1 - \frac np\bigr) + s^2 \frac{n}{p-n-1}$ for $p > n+1$,
            against $x^\top\beta + w^\top\theta$. As $p/n \to \gamma$ its limits are
            $r^2 h + s^2 \frac{\gamma}{1-\gamma}$ and
            $r^2 h + r^2 (1-h) \bigl(1 - \frac1\gamma\bigr) + \frac{s^2}{\gamma-1}$. Let
            $h = (1+\gamma)^{-a}$. For $\sigma^2 \ge r^2$ the limit decreases on $(1, \infty)$
            to $r^2$. For $\sigma^2 < r^2$ it comes to $r^2$ from below, and there is an exponent
            $a_c(r^2/\sigma^2)$ so that its least value on $(0,1) \cup (1, \infty)$ lies beyond 1
            for $a < a_c$ and below 1 for $a > a_c$.",
        claims: vec![finite(), risk(), weak_signal(), critical_exponent()],
        derivation: shapes,
    }
}

/// $r^2 h + s^2 V$ and $r^2 h + r^2 (1-h) B + s^2 V$ for factors $V$ and $B$.
fn with_factors([below, bias, beyond]: [Expr; 3]) -> [Expr; 2] {
    let (h, r2, sigma2) = vars!("hidden", "r2", "sigma2");
    let noise = sigma2 + &r2 * &h;
    [&r2 * &h + &noise * below, &r2 * &h + &r2 * (1 - h) * bias + noise * beyond]
}

/// The limits on both sides.
static RISK: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let g = var("gamma");
    with_factors([&g / (1 - &g), 1 - 1 / &g, 1 / (&g - 1)])
});

/// The means on both sides.
static MEAN: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (n, p) = vars!("n", "p");
    with_factors([&p / (&n - &p - 1), 1 - &n / &p, &n / (&p - &n - 1)])
});

/// Both forms of the risk, and its shape if the hidden share is $(1+\gamma)^{-a}$, whose slope is
/// $-a h / (1+\gamma)$.
fn shapes() -> Derivation {
    let (g, h, r2, sigma2) = vars!("gamma", "hidden", "r2", "sigma2");
    let (a, n, p) = vars!("a", "n", "p");
    let [below, beyond] = &*RISK;
    let shares = Domain::new().open(&h, 0, 1).open(&r2, 0, INF).open(&sigma2, 0, INF);
    let under = shares.clone().open(&g, 0, 1);
    let over = shares.clone().open(&g, 1, INF);
    let tall = shares.clone().open(&p, 0, INF).open(&n, &p + 1, INF);
    let wide = shares.open(&n, 0, INF).open(&p, &n + 1, INF);
    let slope = |risk: &Expr| risk.d(&g) - &a * &h / (1 + &g) * risk.d(&h);
    let start = |risk: &Expr| slope(risk).at(&g, 0).at(&h, 1);
    let all = Domain::new().open(&a, 0, INF).open(&r2, 0, INF).open(&sigma2, 0, INF);
    let noisy = Domain::new().open(&h, 0, 1).open(&sigma2, 0, INF).open(&r2, 0, &sigma2);
    let noisy = noisy.open(&g, 1, INF);
    let loud = Domain::new().open(&h, 0, 1).open(&sigma2, 0, INF).open(&r2, &sigma2, INF);
    let loud = loud.open(&g, 1, INF);
    let visible = Domain::new().open(&r2, 0, INF).open(&sigma2, 0, INF);
    let gap = &g * (beyond - &r2);
    Derivation::of("Two sides of the threshold, and the shape of the risk")
        .cited(
            "limit",
            "hidden features act as noise, and the risk tends to these expressions",
            Source { paper: PAPER, result: "Misspecified model section", link: LINK },
        )
        .identity("below", below.clone(), (&r2 * &h + &sigma2 * &g) / (1 - &g), &under)
        .twin("visible-noise", |s| s.right(&r2 * &h + &sigma2 * &g / (1 - &g)))
        .identity(
            "beyond",
            beyond.clone(),
            &r2 - &r2 * (1 - &h) / &g + (&sigma2 + &r2 * &h) / (&g - 1),
            &over,
        )
        .twin("no-floor", |s| s.right(beyond - &r2 * &h))
        .identity(
            "mean-below",
            MEAN[0].clone(),
            (&r2 * &h * (&n - 1) + &sigma2 * &p) / (&n - &p - 1),
            &tall,
        )
        .twin("all-observations", |s| s.right((&r2 * &h * &n + &sigma2 * &p) / (&n - &p - 1)))
        .identity(
            "mean-beyond",
            MEAN[1].clone(),
            &r2 - &r2 * (1 - &h) * &n / &p + (&sigma2 + &r2 * &h) * &n / (&p - &n - 1),
            &wide,
        )
        .twin("limit", |s| {
            s.right(&r2 - &r2 * (1 - &h) * &n / &p + (&sigma2 + &r2 * &h) * &n / (&p - &n))
        })
        .identity("start", start(below), &r2 * (1 - &a) + &sigma2, &all)
        .twin("no-hidden-noise", |s| s.right(&sigma2 - &a * &r2))
        .positive("weak-signal-falls", -slope(beyond), &noisy.clone().open(&a, 0, INF))
        .twin("strong-signal", |s| s.on(&loud.open(&a, 0, INF)))
        .positive("weak-signal-above", beyond - &r2, &noisy)
        .twin("a-tenth-more", |s| s.of(beyond - ratio(11, 10) * &r2))
        .limit("null-risk", beyond.at(&h, 0), &g, INF, &r2, &visible)
        .twin("noise", |s| s.value(&sigma2))
        .limit("approach", gap.at(&h, 0), &g, INF, &sigma2 - &r2, &visible)
        .twin("from-above", |s| s.value(&sigma2 + &r2))
}

fn finite() -> Claim {
    Claim::new(
        "finite",
        Equality {
            domain: any_size,
            theory: |m| mean(m).value(),
            observable: drawn,
            resolution: Relative(0.005),
            known: vec![
                (example(20, 30), 2.044_444_444_444_444_4),
                (example(30, 15), 1.096_428_571_428_571_4),
            ],
            mutants: [
                Mutant {
                    name: "visible-noise",
                    why: "forgets that hidden features act as noise",
                    says: |m| mean_risk(m, m.sigma2),
                },
                Mutant {
                    name: "no-floor",
                    why: "compares with the best use of the visible features",
                    says: |m| mean_risk(m, hidden_noise(m)) - m.r2 * m.hidden,
                },
                Mutant {
                    name: "swapped",
                    why: "takes the visible share for the hidden one",
                    says: |m| {
                        let swapped = Explicit { hidden: 1.0 - m.hidden, ..m.clone() };
                        mean_risk(&swapped, hidden_noise(&swapped))
                    },
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 instead of n",
                    says: |m| {
                        let n = m.n as f64;
                        mean_risk(m, hidden_noise(m)) * n / (n - 1.0)
                    },
                },
                Mutant {
                    name: "noise-rounded",
                    why: "takes noise and hidden features together for a fiftieth more",
                    says: |m| mean_risk(m, 1.02 * hidden_noise(m)),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 33.0, to: 72.0, points: 40 },
                at: |p| example(20, p as usize),
            },
        },
        Tie::formula(mean),
    )
}

fn risk() -> Claim {
    Claim::new(
        "risk",
        Limit {
            domain: either_side,
            theory: limit,
            observable: Each(excess_risk),
            sizes: SIZES,
            // The means are rational functions of n with a pole at |n - p| = 1: a series in 1/n,
            // of which the term after the first is the square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.003),
            known: vec![
                (polynomial(0.3, 2.0, 5.0), 4.655_114_116_651_178),
                (polynomial(2.0, 2.0, 5.0), 4.333_333_333_333_333),
                (polynomial(3.0, 2.0, 5.0), 4.093_75),
            ],
            mutants: [
                Mutant {
                    name: "visible-noise",
                    why: "forgets that hidden features act as noise",
                    says: |m| limit(m) - m.r2 * m.hidden * variance(m.gamma),
                },
                Mutant {
                    name: "no-floor",
                    why: "compares with the best use of the visible features",
                    says: |m| limit(m) - m.r2 * m.hidden,
                },
                Mutant {
                    name: "swapped",
                    why: "takes the visible share for the hidden one",
                    says: |m| limit(&Model { hidden: 1.0 - m.hidden, ..*m }),
                },
                Mutant {
                    name: "degree-lost",
                    why: "divides by n - 1 instead of n at n = 150",
                    says: |m| limit(m) * 150.0 / 149.0,
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Linear { from: 1.25, to: 8.0, points: 28 },
                at: |gamma| polynomial(gamma, 2.0, 5.0),
            },
        },
        Tie::formula(formula),
    )
}

fn weak_signal() -> Claim {
    Claim::new(
        "weak-signal",
        Property {
            domain: noisy,
            margin: |m| 1.0 - beyond(m.t * m.gamma, m) / beyond(m.gamma, m),
            known: vec![(weak(2.0), 0.4)],
            mutants: [
                Mutant {
                    name: "any-signal",
                    why: "forgets that the noise must be as strong as the signal: takes a tenth",
                    says: |m| {
                        let loud = Polynomial { sigma2: m.sigma2 / 10.0, ..*m };
                        1.0 - beyond(m.t * m.gamma, &loud) / beyond(m.gamma, &loud)
                    },
                },
                Mutant {
                    name: "rises",
                    why: "believes that the null risk is approached from below",
                    says: |m| beyond(m.t * m.gamma, m) / beyond(m.gamma, m) - 1.0,
                },
                Mutant {
                    name: "to-nothing",
                    why: "lets the risk fall with the share that is hidden",
                    says: |m| 1.0 / m.t - beyond(m.t * m.gamma, m) / beyond(m.gamma, m),
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::Log { from: 1.05, to: 50.0, points: 40 },
                at: weak,
            },
        },
        Tie::none("one less a ratio of two values of the tied limit, at a hidden share of a power"),
    )
}

fn critical_exponent() -> Claim {
    Claim::new(
        "critical-exponent",
        Identity {
            domain: |given| given.scale("snr", 1.25..=20.0),
            left: |snr| balance(*snr, least_by_search),
            right: |snr| balance(*snr, least_by_slope),
            known: vec![
                // By mpmath; no closed form.
                (1.5, 2.246_694_760_782_543),
                (2.0, 2.402_007_414_634_790_3),
                (5.0, 2.863_405_594_231_923_7),
                (10.0, 3.179_728_608_152_620_9),
            ],
            mutants: [
                Mutant {
                    name: "two",
                    why: "takes the limit for equal signal and noise for every signal",
                    says: |_| 2.0,
                },
                Mutant {
                    name: "first-descent",
                    why: "takes the exponent from which more features help at once, 1 + 1/SNR",
                    says: |snr| 1.0 + 1.0 / snr,
                },
                Mutant {
                    name: "root-of-snr",
                    why: "writes r / sigma for the signal-to-noise ratio r^2 / sigma^2",
                    says: |snr| balance(snr.sqrt(), least_by_slope),
                },
            ],
            curve: Curve {
                x: "snr",
                grid: Grid::Log { from: 1.25, to: 20.0, points: 40 },
                at: |snr| snr,
            },
        },
        Tie::none("the root of a difference of two minima, which have no closed form"),
    )
}

/// At least 12 from the threshold, where the draws have three moments and more.
fn any_size(given: &mut Given) -> Explicit {
    let (n, p) = if given.choice("side", &[("beyond", true), ("below", false)]) {
        let n = given.count("n", 6..=12);
        (n, given.count("p", n + 12..=n + 27))
    } else {
        let p = given.count("p", 1..=16);
        (given.count("n", p + 12..=p + 18), p)
    };
    let q = given.count("q", 1..=4);
    Explicit {
        n,
        p,
        hidden: given.real("hidden", 0.1..=0.9),
        r2: given.scale("r2", 0.5..=4.0),
        sigma2: given.scale("sigma2", 0.25..=2.0),
        beta: given.unit_vector("beta", p),
        theta: given.unit_vector("theta", q),
    }
}

/// Sizes are multiples of 20, so that $p = \gamma n$ is whole at each.
fn either_side(given: &mut Given) -> Model {
    let gamma = match given.choice("side", &[("beyond", true), ("below", false)]) {
        true => given.ratio("gamma", 25..=160, 20),
        false => given.ratio("gamma", 1..=16, 20),
    };
    Model {
        gamma,
        hidden: given.real("hidden", 0.05..=0.95),
        r2: given.scale("r2", 0.25..=4.0),
        sigma2: given.scale("sigma2", 0.25..=4.0),
    }
}

fn noisy(given: &mut Given) -> Polynomial {
    Polynomial {
        gamma: 1.0 + given.scale("distance", 0.01..=50.0),
        t: given.scale("t", 1.0..=100.0),
        exponent: given.scale("exponent", 0.05..=20.0),
        sigma2: given.scale("sigma2", 1.0..=10.0),
    }
}

/// $r^2 = 1$, $h = 0.4$, $\sigma^2 = \frac14$.
fn example(n: usize, p: usize) -> Explicit {
    let mut beta = vec![0.0; p];
    beta[0] = 1.0;
    Explicit { n, p, hidden: 0.4, r2: 1.0, sigma2: 0.25, beta, theta: vec![0.6, 0.8] }
}

/// $h = (1+\gamma)^{-a}$, $\sigma^2 = 1$.
fn polynomial(gamma: f64, exponent: f64, snr: f64) -> Model {
    Model { gamma, hidden: (1.0 + gamma).powf(-exponent), r2: snr, sigma2: 1.0 }
}

/// $a = 1$, $\sigma^2 = r^2$, twice as many features.
fn weak(gamma: f64) -> Polynomial {
    Polynomial { gamma, t: 2.0, exponent: 1.0, sigma2: 1.0 }
}

/// The mean at finite size, as stated.
fn mean(m: &Explicit) -> Formula {
    let values = [
        ("n", m.n as f64),
        ("p", m.p as f64),
        ("hidden", m.hidden),
        ("r2", m.r2),
        ("sigma2", m.sigma2),
    ];
    if m.p < m.n {
        Formula::of("mean-below", &MEAN[0], values)
    } else {
        Formula::of("mean-beyond", &MEAN[1], values)
    }
}

/// $s^2 = \sigma^2 + r^2 h$.
fn hidden_noise(m: &Explicit) -> f64 {
    m.sigma2 + m.r2 * m.hidden
}

/// The mean at finite size, with some other noise.
fn mean_risk(m: &Explicit, noise: f64) -> f64 {
    let (n, p) = (m.n as f64, m.p as f64);
    let floor = m.r2 * m.hidden;
    if m.p < m.n {
        floor + noise * p / (n - p - 1.0)
    } else {
        floor + m.r2 * (1.0 - m.hidden) * (1.0 - n / p) + noise * n / (p - n - 1.0)
    }
}

/// The limit, as stated.
fn formula(m: &Model) -> Formula {
    let values = [("gamma", m.gamma), ("hidden", m.hidden), ("r2", m.r2), ("sigma2", m.sigma2)];
    if m.gamma < 1.0 {
        Formula::of("below", &RISK[0], values)
    } else {
        Formula::of("beyond", &RISK[1], values)
    }
}

fn limit(m: &Model) -> f64 {
    formula(m).value()
}

/// $\frac{\gamma}{1-\gamma}$ or $\frac{1}{\gamma-1}$.
fn variance(gamma: f64) -> f64 {
    if gamma < 1.0 { gamma / (1.0 - gamma) } else { 1.0 / (gamma - 1.0) }
}

/// The limit beyond the threshold, $r = 1$.
fn beyond(gamma: f64, m: &Polynomial) -> f64 {
    let hidden = (1.0 + gamma).powf(-m.exponent);
    1.0 - (1.0 - hidden) / gamma + (m.sigma2 + hidden) / (gamma - 1.0)
}

/// The exponent at which the least risks on both sides are equal.
///
/// At $1 + 1/\text{SNR}$ nothing is gained below the threshold; at 8, all is.
fn balance(snr: f64, least: fn(f64, f64) -> [f64; 2]) -> f64 {
    let gap = |exponent: f64| {
        let [below, beyond] = least(exponent, snr);
        below - beyond
    };
    root(gap, 1.001 + 1.0 / snr, 8.0).unwrap_or(f64::NAN)
}

/// A number that stands for $\gamma$ on either side of 1: $\gamma = \frac{1}{1 + e^{-t}}$ and
/// $\gamma = 1 + e^t$.
fn sides(t: f64) -> [f64; 2] {
    [1.0 / (1.0 + (-t).exp()), 1.0 + t.exp()]
}

/// The least risks below and beyond, by a search.
fn least_by_search(exponent: f64, snr: f64) -> [f64; 2] {
    [0, 1].map(|side| {
        let at = |t: f64| {
            let gamma = sides(t)[side];
            let hidden = (1.0 + gamma).powf(-exponent);
            let noise = 1.0 + snr * hidden;
            let bias = if side == 0 { 0.0 } else { snr * (1.0 - hidden) * (1.0 - 1.0 / gamma) };
            snr * hidden + bias + noise * variance(gamma)
        };
        least_value(at, -18.0, 18.0)
    })
}

/// The least risks below and beyond, where the slope vanishes.
fn least_by_slope(exponent: f64, snr: f64) -> [f64; 2] {
    let hidden = |gamma: f64| (1.0 + gamma).powf(-exponent);
    let thins = |gamma: f64| -exponent * hidden(gamma) / (1.0 + gamma);
    let below = |gamma: f64| {
        let numerator = snr * hidden(gamma) + gamma;
        (snr * thins(gamma) + 1.0) / (1.0 - gamma) + numerator / (1.0 - gamma).powi(2)
    };
    let beyond = |gamma: f64| {
        let (left, away) = (1.0 - hidden(gamma), gamma - 1.0);
        let bias = snr * (left / gamma + thins(gamma)) / gamma;
        bias + snr * thins(gamma) / away - (1.0 + snr * hidden(gamma)) / (away * away)
    };
    let places = [root(below, 1e-9, 1.0 - 1e-6), root(beyond, 1.0 + 1e-3, 1e6)];
    places.map(|place| {
        place.map_or(f64::NAN, |gamma| {
            let noise = 1.0 + snr * hidden(gamma);
            let kept = if gamma < 1.0 { 0.0 } else { (1.0 - hidden(gamma)) * (1.0 - 1.0 / gamma) };
            snr * (hidden(gamma) + kept) + noise * variance(gamma)
        })
    })
}

/// $\|\theta\|^2 + \|X^+ (X\beta + W\theta) - \beta\|^2 + \sigma^2 \operatorname{tr} (X^\top X)^+$:
/// visible and hidden features are drawn entry by entry, and only the noise is averaged out.
fn drawn(m: Explicit) -> Sampler {
    let (n, p, q) = (m.n, m.p, m.theta.len());
    let (short, long) = (n.min(p), n.max(p));
    let scaled = |unit: &[f64], size: f64| unit.iter().map(|x| x * size.sqrt()).collect();
    let beta: Vec<f64> = scaled(&m.beta, m.r2 * (1.0 - m.hidden));
    let theta: Vec<f64> = scaled(&m.theta, m.r2 * m.hidden);
    // X if p > n, else its transpose.
    let mut visible = vec![0.0; n * p];
    let mut hidden = vec![0.0; n * q];
    let (mut gram, mut column) = (vec![0.0; short * short], vec![0.0; short]);
    let (mut inner, mut outer) = (vec![0.0; short], vec![0.0; long]);
    let draw = move |rng: &mut Rng| {
        rng.fill_normal(&mut visible);
        rng.fill_normal(&mut hidden);
        let responses = hidden.chunks_exact(q).map(|w| dot(w, &theta));
        // y, then X'y: in the longer and the shorter dimension, or the other way round.
        if p > n {
            inner.iter_mut().zip(responses).for_each(|(y, hidden)| *y = hidden);
            let rows = visible.chunks_exact(p);
            inner.iter_mut().zip(rows).for_each(|(y, row)| *y += dot(row, &beta));
        } else {
            outer.iter_mut().zip(responses).for_each(|(y, hidden)| *y = hidden);
            for (column, beta) in visible.chunks_exact(n).zip(&beta) {
                add_scaled(&mut outer, *beta, column);
            }
            let columns = visible.chunks_exact(n);
            inner.iter_mut().zip(columns).for_each(|(xy, column)| *xy = dot(column, &outer));
        }
        gram_lower(&visible, short, long, &mut gram);
        if cholesky_in_place(&mut gram, short).is_err() {
            return f64::NAN; // of probability 0; the harness reports what is not a number
        }
        solve_lower(&gram, short, &mut inner);
        solve_lower_transposed(&gram, short, &mut inner);
        let distance: f64 = if p > n {
            outer.copy_from_slice(&beta);
            for (row, dual) in visible.chunks_exact(p).zip(&inner) {
                add_scaled(&mut outer, -dual, row);
            }
            dot(&outer, &outer)
        } else {
            inner.iter().zip(&beta).map(|(fit, beta)| (fit - beta).powi(2)).sum()
        };
        let spread = m.sigma2 * inverse_trace(&gram, short, &mut column);
        m.r2 * m.hidden + distance + spread
    };
    Sampler::new(draw).tail_index(tail_index(n, p))
}

/// The same given the visible features alone, $W \theta$ averaged out with the noise (it is
/// independent of $X$, with covariance $r^2 h I$): $O(n)$.
fn excess_risk(m: Model, n: usize) -> Sampler {
    let p = columns(m.gamma, n);
    let (left, taken) = (0.5 * p.saturating_sub(n) as f64, 0.5 * n as f64);
    let (floor, noise) = (m.r2 * m.hidden, m.sigma2 + m.r2 * m.hidden);
    let each = m.r2 * (1.0 - m.hidden) / DIRECTIONS as f64;
    Sampler::new(move |rng| {
        let directions = if p > n { DIRECTIONS } else { 0 };
        let signal: f64 = (0..directions).map(|_| rng.beta(left, taken)).sum();
        floor + each * signal + noise * trace_inverse(rng, n, p)
    })
    .tail_index(tail_index(n, p))
}

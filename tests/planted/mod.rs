//! Planted suites: claims whose truth is known by construction, checked by the real harness.
//!
//! [`claims`] declares one catalogue with all nine kinds, about as many claims as a small paper.
//! With `HALVES = 0` everything stated is true. With other values the claims that have a theory to
//! move are moved by so many halves of their own tolerance, so that what is false is false by a
//! known amount. Each claim with draws has three mutants: one two tolerances off (`near`), one far
//! off, and one that says the truth in other words (`restated`), which must never be refuted and
//! makes every check go on to its last look.
//!
//! Budgets are tight: at the end about a quarter of the points is open, so that many looks are
//! made where nothing is decided yet. That is where a repeated look would do its damage.

#![allow(dead_code, reason = "each program that includes this module uses a part of it")]

use theoremcheck::check::{Checked, Options, check};
use theoremcheck::claim::{Catalogue, Claim, Source, Theorem};
use theoremcheck::kind::Kind;
use theoremcheck::prelude::*;
use theoremcheck::run::Unwatched;
use theoremcheck::special::{beta_isf, beta_quantile, beta_sf};

/// The error probability of a whole suite.
pub const ALPHA: f64 = 0.05;

/// The points of each claim.
pub const POINTS: usize = 3;

/// The name of the mutant that says the truth.
pub const RESTATED: &str = "restated";

/// The name of the mutant that is two tolerances off.
pub const NEAR: &str = "near";

/// A law with a known mean, and how closely a claim about it promises to look.
pub struct Planted {
    /// Kebab-case.
    pub name: &'static str,
    /// One draw at scale 1.
    pub draw: fn(&mut Rng) -> f64,
    /// The mean at scale 1.
    pub mean: f64,
    /// The standard deviation over the mean.
    pub cv: f64,
    /// The budget in units of the suite's: a skewed law is judged late.
    pub patience: u64,
}

impl Planted {
    /// The promise of a claim about the mean, relative: at the suite's budget it is just in reach.
    pub const fn tolerance(&self) -> f64 {
        0.115 * self.cv
    }
}

const SQRT_E: f64 = 1.648_721_270_700_128_2;

/// The laws of the ten claims about means: symmetric, skewed either way, bounded, two-valued,
/// and heavy-tailed.
pub const LAWS: [Planted; 10] = [
    Planted { name: "normal", draw: |r| 1.0 + 0.5 * r.normal(), mean: 1.0, cv: 0.5, patience: 1 },
    // cv = 1/sqrt(3)
    Planted { name: "gamma", draw: |r| r.gamma(3.0), mean: 3.0, cv: 0.577_350_269, patience: 1 },
    Planted { name: "exponential", draw: Rng::exponential, mean: 1.0, cv: 1.0, patience: 1 },
    // cv = sqrt(2)
    Planted {
        name: "chi-square-1",
        draw: |r| r.chi_squared(1.0),
        mean: 1.0,
        cv: std::f64::consts::SQRT_2,
        patience: 2,
    },
    // cv = sqrt(e - 1)
    Planted {
        name: "lognormal",
        draw: |r| r.normal().exp(),
        mean: SQRT_E,
        cv: 1.310_832_494,
        patience: 8,
    },
    // a = 2, b = 5: the variance is a b / ((a + b)^2 (a + b + 1)) = 10/392
    Planted {
        name: "beta",
        draw: |r| r.beta(2.0, 5.0),
        mean: 2.0 / 7.0,
        cv: 0.559_016_994,
        patience: 1,
    },
    // 5 with probability 0.3, else 1: the mean is 2.2, the variance 16 * 0.21
    Planted {
        name: "two-valued",
        draw: |r| if r.uniform() < 0.3 { 5.0 } else { 1.0 },
        mean: 2.2,
        cv: 0.833_195_287,
        patience: 1,
    },
    // variance 5/3
    Planted {
        name: "student-5",
        draw: |r| 2.0 + r.normal() / (r.chi_squared(5.0) / 5.0).sqrt(),
        mean: 2.0,
        cv: 0.645_497_224,
        patience: 1,
    },
    Planted {
        name: "laplace",
        draw: |r| 2.0 + r.sign() * r.exponential(),
        mean: 2.0,
        cv: std::f64::consts::FRAC_1_SQRT_2,
        patience: 1,
    },
    Planted {
        name: "reflected-exponential",
        draw: |r| 3.0 - r.exponential(),
        mean: 2.0,
        cv: 0.5,
        patience: 1,
    },
];

/// A number moved by so many halves of a tolerance.
fn moved(truth: f64, halves: i32, tolerance: f64) -> f64 {
    truth * (1.0 + 0.5 * f64::from(halves) * tolerance)
}

/// The hypotheses of most planted claims: a scale, which no verdict should notice.
fn scale(given: &mut Given) -> f64 {
    given.scale("scale", 0.5..=2.0)
}

fn mutant<F>(name: &'static str, says: F) -> Mutant<F> {
    Mutant { name, why: "planted", says }
}

/// A curve along the scale; a planted claim is never plotted.
fn curve<P>(at: fn(f64) -> P) -> Curve<P> {
    Curve { x: "scale", grid: Grid::At(&[1.0]), at }
}

/// $E X = \mu$ for one of [`LAWS`], by the gated t-mixture.
fn mean<const LAW: usize, const HALVES: i32>(rounds: u64) -> Claim {
    let law = &LAWS[LAW];
    let declaration = Equality {
        domain: scale,
        theory: |s| moved(s * LAWS[LAW].mean, HALVES, LAWS[LAW].tolerance()),
        observable: |s| Sampler::new(move |rng: &mut Rng| s * (LAWS[LAW].draw)(rng)),
        resolution: Relative(law.tolerance()),
        known: vec![],
        mutants: [
            mutant(NEAR, |s| moved(s * LAWS[LAW].mean, 4, LAWS[LAW].tolerance())),
            mutant("far", |s| moved(s * LAWS[LAW].mean, -16, LAWS[LAW].tolerance())),
            mutant(RESTATED, |s| LAWS[LAW].mean * s),
        ],
        curve: curve(|s| s),
    };
    Claim::new(law.name, declaration, Tie::none("nothing is derived")).budget(law.patience * rounds)
}

/// A mean in a declared range, by the betting sequence.
fn bounded<const HALVES: i32>(rounds: u64) -> Claim {
    const TOLERANCE: f64 = 0.13;
    let declaration = Equality {
        domain: scale,
        theory: |s| moved(s * 2.0 / 7.0, HALVES, TOLERANCE),
        observable: |s| Sampler::bounded(0.0..=s, move |rng: &mut Rng| s * rng.beta(2.0, 5.0)),
        resolution: Relative(TOLERANCE),
        known: vec![],
        mutants: [
            mutant(NEAR, |s| moved(s * 2.0 / 7.0, 4, TOLERANCE)),
            mutant("far", |s| moved(s * 2.0 / 7.0, -8, TOLERANCE)),
            mutant(RESTATED, |s| 2.0 * s / 7.0),
        ],
        curve: curve(|s| s),
    };
    // Two bisections a look, each over all draws: dear, so that it gets fewer.
    Claim::new("bounded", declaration, Tie::none("nothing is derived")).budget(rounds / 2)
}

/// The tolerance on the probability of a likely event, absolute.
const LIKELY: f64 = 0.055;

/// The same for a rare one.
const RARE: f64 = 0.022;

fn likely<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Equality {
        domain: |given| given.real("p", 0.2..=0.4),
        theory: |p| p + 0.5 * f64::from(HALVES) * LIKELY,
        observable: |p| Sampler::event(move |rng: &mut Rng| rng.uniform() < p),
        resolution: Absolute(LIKELY),
        known: vec![],
        mutants: [
            mutant(NEAR, |p| p + 2.0 * LIKELY),
            mutant("far", |p| p + 4.0 * LIKELY),
            mutant(RESTATED, |p| 1.0 - (1.0 - p)),
        ],
        curve: curve(|p| p),
    };
    Claim::new("likely-event", declaration, Tie::none("nothing is derived")).budget(rounds)
}

fn rare<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Equality {
        domain: |given| given.real("p", 0.02..=0.04),
        theory: |p| p + 0.5 * f64::from(HALVES) * RARE,
        observable: |p| Sampler::event(move |rng: &mut Rng| rng.uniform() < p),
        resolution: Absolute(RARE),
        known: vec![],
        mutants: [
            mutant(NEAR, |p| p + 2.0 * RARE),
            mutant("far", |p| p + 8.0 * RARE),
            mutant(RESTATED, |p| 1.0 - (1.0 - p)),
        ],
        curve: curve(|p| p),
    };
    Claim::new("rare-event", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// $E X \le \mu$, exactly tight: never refuted, although the mean sits on the bound. A positive
/// `HALVES` states a bound that lies too low.
fn tight_average<const HALVES: i32>(rounds: u64) -> Claim {
    const TOLERANCE: f64 = 0.115;
    let declaration = Bound {
        domain: scale,
        observable: |s| Sampler::new(move |rng: &mut Rng| s * rng.exponential()),
        relation: AtMost,
        holds: OnAverage(Relative(TOLERANCE)),
        bound: |s| moved(*s, -HALVES, TOLERANCE),
        known: vec![],
        mutants: [
            mutant(NEAR, |s| moved(*s, -4, TOLERANCE)),
            mutant("far", |s| 0.4 * s),
            mutant(RESTATED, |s| 1.0 * s),
        ],
        curve: curve(|s| s),
    };
    Claim::new("tight-average", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// $E X \ge \mu/2$, with a margin.
fn wide_average(rounds: u64) -> Claim {
    let declaration = Bound {
        domain: scale,
        observable: |s| Sampler::new(move |rng: &mut Rng| s * rng.gamma(2.0)),
        relation: AtLeast,
        holds: OnAverage(Relative(0.02)),
        bound: |s| 1.0 * s,
        known: vec![],
        mutants: [
            mutant(NEAR, |s| 2.4 * s),
            mutant("far", |s| 4.0 * s),
            mutant(RESTATED, |s| 0.5 * (s + s)),
        ],
        curve: curve(|s| s),
    };
    Claim::new("wide-average", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// $P(X > b) = \frac1{10}$ exactly where at most that is claimed, or $\frac1{50}$.
fn with_probability(name: &'static str, bound: fn(&f64) -> f64, rounds: u64) -> Claim {
    let declaration = Bound {
        domain: scale,
        observable: |s| Sampler::new(move |rng: &mut Rng| s * rng.exponential()),
        relation: AtMost,
        holds: WithProbability(0.9),
        bound,
        known: vec![],
        mutants: [
            mutant(NEAR, |s| s * 5_f64.ln()),
            mutant("far", |s| s * 2_f64.ln()),
            mutant(RESTATED, |s| s * (5_f64.ln() + std::f64::consts::LN_2)),
        ],
        curve: curve(|s| s),
    };
    Claim::new(name, declaration, Tie::none("nothing is derived")).budget(rounds)
}

fn always(rounds: u64) -> Claim {
    let declaration = Bound {
        domain: scale,
        observable: |s| Sampler::new(move |rng: &mut Rng| s * rng.uniform()),
        relation: AtMost,
        holds: Always,
        bound: |s| *s,
        known: vec![],
        mutants: [
            mutant(NEAR, |s| 0.99 * s),
            mutant("far", |s| 0.5 * s),
            mutant(RESTATED, |s| 1.0 * s),
        ],
        curve: curve(|s| s),
    };
    // 8 000 clean draws a point show that violations are rarer than 1 in 1000.
    Claim::new("always", declaration, Tie::none("nothing is derived")).budget(8 * rounds)
}

/// Steps of a planted trajectory.
const STEPS: usize = 4;

/// A path of independent exponentials, each on its bound with the same probability: the chance
/// that none of four passes $b$ is $(1 - e^{-b})^4 = 0.9$.
fn path_with_probability(rounds: u64) -> Claim {
    let declaration = PathBound {
        domain: scale,
        observable: |s| {
            Sampler::new(move |rng: &mut Rng| (0..STEPS).map(|_| s * rng.exponential()).collect())
        },
        relation: AtMost,
        holds: WithProbability(0.9),
        bound: |s, _| -s * (1.0 - 0.9_f64.powf(0.25)).ln(),
        known: vec![],
        mutants: [
            mutant(NEAR, |s, _| -s * (1.0 - 0.8_f64.powf(0.25)).ln()),
            mutant("far", |s, step| s * step as f64),
            mutant(RESTATED, |s, _| s * -(1.0 - 0.9_f64.powf(0.25)).ln()),
        ],
        curve: curve(|s| (s, 0)),
    };
    Claim::new("path-with-probability", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// The square of a random walk is the number of its steps on average: tight at each step.
fn path_on_average(rounds: u64) -> Claim {
    let declaration = PathBound {
        domain: scale,
        observable: |s| {
            Sampler::new(move |rng: &mut Rng| {
                let mut walk = 0.0;
                let mut square = || {
                    walk += rng.normal();
                    s * walk * walk
                };
                (0..STEPS).map(|_| square()).collect()
            })
        },
        relation: AtMost,
        holds: OnAverage(Relative(0.2)),
        bound: |s, step| s * (step + 1) as f64,
        known: vec![],
        mutants: [
            mutant(NEAR, |s, step| s * (0.4 * step as f64 + 1.0)),
            mutant("far", |s, _| *s),
            mutant(RESTATED, |s, step| s + s * step as f64),
        ],
        curve: curve(|s| (s, 0)),
    };
    Claim::new("path-on-average", declaration, Tie::none("nothing is derived")).budget(rounds)
}

fn law(rounds: u64) -> Claim {
    fn exponential(x: f64) -> f64 {
        -(-x.max(0.0)).exp_m1()
    }
    let declaration = Law {
        domain: scale,
        observable: |s| Sampler::new(move |rng: &mut Rng| s * rng.exponential()),
        cdf: |s, x| exponential(x / s),
        resolution: 0.09,
        known: vec![],
        mutants: [
            mutant(NEAR, |s, x| exponential(x / (2.0 * s))),
            mutant("far", |s, x| exponential((x / s).powi(2))),
            mutant(RESTATED, |s, x| 1.0 - (-(x / s).max(0.0)).exp()),
        ],
        curve: curve(|s| (s, 1.0)),
    };
    Claim::new("law", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// The tolerance of the limits, relative.
const LIMIT: f64 = 0.11;

/// $s (1 + 3/n)$ and noise: the declared term, and nothing else.
fn limit<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Limit {
        domain: scale,
        theory: |s| moved(*s, HALVES, LIMIT),
        observable: Each(|s, n| {
            let mean = s * (1.0 + 3.0 / n as f64);
            Sampler::new(move |rng: &mut Rng| mean + 0.3 * s * rng.normal())
        }),
        sizes: &[16, 64, 256],
        correction: Correction::INVERSE_N,
        resolution: Relative(LIMIT),
        known: vec![],
        mutants: [
            mutant(NEAR, |s| moved(*s, 4, LIMIT)),
            mutant("far", |s| moved(*s, -8, LIMIT)),
            mutant(RESTATED, |s| 1.0 * s),
        ],
        curve: curve(|s| s),
    };
    Claim::new("limit", declaration, Tie::none("nothing is derived")).budget(rounds / 2)
}

/// $s (1 + 1/n + \frac12 n^{-1/2})$: what is left decays exactly as the guard says, so that the
/// limit is the mean of one end of the hull. Nested, and skewed.
fn limit_at_guard<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Limit {
        domain: scale,
        theory: |s| moved(*s, HALVES, LIMIT),
        observable: Nested(|s, sizes| {
            Sampler::new(move |rng: &mut Rng| {
                let common = rng.exponential() - 1.0;
                let at = |n: &usize| {
                    let n = *n as f64;
                    s * (1.0 + 1.0 / n + 0.5 / n.sqrt() + 0.5 * common)
                };
                sizes.iter().map(at).collect()
            })
        }),
        sizes: &[16, 64, 256],
        correction: Correction::INVERSE_N,
        resolution: Relative(LIMIT),
        known: vec![],
        mutants: [
            mutant(NEAR, |s| moved(*s, 4, LIMIT)),
            mutant("far", |s| moved(*s, -6, LIMIT)),
            mutant(RESTATED, |s| 1.0 * s),
        ],
        curve: curve(|s| s),
    };
    Claim::new("limit-at-guard", declaration, Tie::none("nothing is derived")).budget(rounds)
}

/// A theory that sees the size: the remainder is $2/n^2$, and the term removed is not there.
fn equivalent<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Equivalent {
        domain: scale,
        theory: |s, n| moved(s * (1.0 + 5.0 / n as f64), HALVES, LIMIT),
        observable: Each(|s, n| {
            let n = n as f64;
            let mean = s * (1.0 + 5.0 / n + 2.0 / (n * n));
            Sampler::new(move |rng: &mut Rng| mean + 0.3 * s * rng.normal())
        }),
        sizes: &[16, 64, 256],
        correction: Correction::INVERSE_N,
        resolution: Relative(LIMIT),
        known: vec![],
        mutants: [
            mutant(NEAR, |s, n| moved(s * (1.0 + 5.0 / n as f64), 4, LIMIT)),
            mutant("far", |s, n| moved(s * (1.0 + 5.0 / n as f64), -8, LIMIT)),
            mutant(RESTATED, |s, n| s + 5.0 * s / n as f64),
        ],
        curve: curve(|s| (s, 16)),
    };
    Claim::new("equivalent", declaration, Tie::none("nothing is derived")).budget(rounds / 2)
}

/// The tolerance of the rate, on the exponent.
const RATE: f64 = 0.09;

/// $s\,n^{-1} (1 + 2/n)$ times noise, independent from size to size though drawn at once.
fn rate<const HALVES: i32>(rounds: u64) -> Claim {
    let declaration = Rate {
        domain: scale,
        shape: |_, n| power(n, -1.0 + 0.5 * f64::from(HALVES) * RATE),
        observable: Nested(|s, sizes| {
            Sampler::new(move |rng: &mut Rng| {
                let at = |n: &usize| {
                    let n = *n as f64;
                    s * (1.0 + 2.0 / n) / n * (1.0 + 0.3 * rng.normal())
                };
                sizes.iter().map(at).collect()
            })
        }),
        relation: Equal,
        sizes: &[16, 64, 128, 512],
        correction: Correction::GUARD,
        resolution: RATE,
        mutants: [
            mutant(NEAR, |_, n| power(n, -1.0 + 2.0 * RATE)),
            mutant("far", |_, n| power(n, -2.0)),
            mutant(RESTATED, |_, n| 1.0 / n as f64),
        ],
        curve: curve(|s| (s, 16)),
    };
    Claim::new("rate", declaration, Tie::none("nothing is derived")).budget(rounds)
}

fn identity() -> Claim {
    let declaration = Identity {
        domain: scale,
        left: |x| x.sin().powi(2) + x.cos().powi(2),
        right: |_| 1.0,
        known: vec![],
        mutants: [
            mutant(NEAR, |_| 1.0 + 1e-9),
            mutant("far", |x| 2.0 * x.sin()),
            mutant(RESTATED, |x| 2.0 * x / (x + x)),
        ],
        curve: curve(|x| x),
    };
    Claim::new("identity", declaration, Tie::none("nothing is derived"))
}

fn property() -> Claim {
    let declaration = Property {
        domain: scale,
        margin: |x| x + 1.0 / x - 2.0,
        known: vec![],
        mutants: [
            mutant(NEAR, |x| x + 1.0 / x - 2.0 - 1e-6),
            mutant("far", |x| x - 1.0),
            mutant(RESTATED, |x| (x - 1.0).powi(2) / x),
        ],
        curve: curve(|x| x),
    };
    Claim::new("property", declaration, Tie::none("nothing is derived"))
}

/// The claims that have a theory to move by `HALVES` halves of a tolerance.
pub fn movable<const HALVES: i32>(rounds: u64) -> Vec<Claim> {
    let claims = vec![
        mean::<0, HALVES>(rounds),
        mean::<1, HALVES>(rounds),
        mean::<2, HALVES>(rounds),
        mean::<3, HALVES>(rounds),
        mean::<4, HALVES>(rounds),
        mean::<5, HALVES>(rounds),
        mean::<6, HALVES>(rounds),
        mean::<7, HALVES>(rounds),
        mean::<8, HALVES>(rounds),
        mean::<9, HALVES>(rounds),
        bounded::<HALVES>(rounds),
        likely::<HALVES>(rounds),
        rare::<HALVES>(rounds),
        tight_average::<HALVES>(rounds),
        limit::<HALVES>(rounds),
        limit_at_guard::<HALVES>(rounds),
        equivalent::<HALVES>(rounds),
        rate::<HALVES>(rounds),
    ];
    claims.into_iter().map(|claim| claim.points(POINTS).dear()).collect()
}

/// True claims of all nine kinds, with about `rounds` rounds to spend at each point.
pub fn truths(rounds: u64) -> Vec<Claim> {
    let fixed = vec![
        wide_average(rounds),
        with_probability("tight-probability", |s| s * 10_f64.ln(), rounds),
        with_probability("wide-probability", |s| s * 50_f64.ln(), rounds),
        always(rounds),
        path_with_probability(rounds),
        path_on_average(rounds),
        law(rounds),
    ];
    let mut claims = movable::<0>(rounds);
    claims.extend(fixed.into_iter().map(|claim| claim.points(POINTS).dear()));
    claims.extend([identity(), property()]);
    claims
}

/// A catalogue with one theorem.
pub fn catalogue(claims: Vec<Claim>) -> Catalogue {
    Catalogue::new(vec![Theorem {
        id: "planted.suite",
        alias: "",
        title: "Planted claims",
        source: Source { paper: "none", result: "derived here", link: "" },
        statement: "",
        claims,
        derivation: Derivation::none,
    }])
}

/// Checks every claim of a planted catalogue at the level of a suite.
///
/// # Panics
/// If a planted claim cannot be checked: that is a mistake of this file.
pub fn run(catalogue: &Catalogue, seed: u64) -> Vec<Checked> {
    let options = Options { alpha: Some(ALPHA), seed, ..Options::default() };
    let one = |entry| match check(entry, catalogue.len(), &options, &Unwatched) {
        Ok(checked) => checked,
        Err(error) => panic!("{}: {error}", entry.path()),
    };
    catalogue.claims().map(one).collect()
}

/// How false the stated claims are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// Exactly true.
    True,
    /// False as equalities, true to the tolerance: supported and refuted are both right.
    Between,
    /// False by one tolerance or more.
    False,
}

impl Truth {
    /// What an offset makes of a claim.
    pub fn of(halves: i32) -> Self {
        match halves.abs() {
            0 => Self::True,
            1 => Self::Between,
            _ => Self::False,
        }
    }

    /// Whether something that was said about a claim, or about its restatement, is wrong.
    pub fn contradicts(self, checked: &Checked) -> bool {
        let stated = match self {
            Self::True => checked.verdict.is_refuted(),
            Self::Between => false,
            Self::False => checked.verdict.is_supported(),
        };
        let restated = |m: &&theoremcheck::check::MutantReport| m.label.name == RESTATED;
        stated || checked.mutants.iter().filter(restated).any(|m| m.verdict.is_refuted())
    }
}

/// Whether a kind is judged by draws.
pub fn is_random(kind: Kind) -> bool {
    !matches!(kind, Kind::Identity | Kind::Property)
}

/// The chance of at least `count` events in `trials`, each of probability `rate`: exact.
pub fn chance_of_at_least(count: u64, trials: u64, rate: f64) -> f64 {
    if count == 0 {
        return 1.0;
    }
    // P(Bin(n, p) >= k) = P(Beta(k, n - k + 1) <= p); written with the upper tail of 1 - p.
    beta_sf((trials - count + 1) as f64, count as f64, 1.0 - rate)
}

/// The most events that are still compatible with a rate of at most `rate`, at error `level`.
pub fn most_compatible(trials: u64, rate: f64, level: f64) -> u64 {
    let beyond = (1..=trials).find(|count| chance_of_at_least(*count, trials, rate) < level);
    beyond.map_or(trials, |count| count - 1)
}

/// The exact interval of Clopper and Pearson for a probability.
pub fn clopper_pearson(count: u64, trials: u64, level: f64) -> (f64, f64) {
    let (k, n) = (count as f64, trials as f64);
    let low = if count == 0 { 0.0 } else { beta_quantile(k, n - k + 1.0, 0.5 * level) };
    let high = if count == trials { 1.0 } else { beta_isf(k + 1.0, n - k, 0.5 * level) };
    (low, high)
}

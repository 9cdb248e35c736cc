//! Inverting the binary relative entropy, and Pinsker's inequality as its relaxation.
//!
//! PAC-Bayes bounds come as $\mathrm{kl}(\text{observed} \| \text{true risk}) \le c$. What a user
//! wants is the largest true risk that this allows. Pinsker's inequality gives a rate of
//! $\sqrt c$; for a small observed risk the exact inverse is of order $c$, and that is what makes
//! certificates of deep networks less than vacuous.

use super::{LINK, PAPER, curvature, inverse};
use theoremcheck::prelude::*;
use theoremcheck::special::least_value;

/// An observed risk $q$ and a budget $c$.
#[derive(Clone, Copy, Debug)]
struct Budget {
    q: f64,
    c: f64,
}

/// Two coins.
#[derive(Clone, Copy, Debug)]
struct Coins {
    q: f64,
    p: f64,
}

/// Two budgets, of which the second allows at least as much.
#[derive(Clone, Copy, Debug)]
struct Growth {
    less: Budget,
    more: Budget,
}

/// Steps of Newton's method: more than it ever takes.
const STEPS: usize = 200;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "maurer2004.kl-inversion",
        alias: "pacbayes.kl-inversion",
        title: "Inverse of the binary relative entropy and its relaxations",
        source: Source {
            paper: PAPER,
            result: "the inverse is Seeger's (2002), its form as a minimum Catoni's (2007), the \
                     relaxations are Pinsker's inequality and one for small risks (folklore)",
            link: LINK,
        },
        statement: r"For $q, p \in [0,1]$ let $\mathrm{kl}(q \| p) = q \ln \frac qp + (1-q) \ln
            \frac{1-q}{1-p}$ with $0 \ln 0 = 0$, and for $c > 0$ let $\mathrm{kl}^{-1}(q, c) =
            \sup \{p : \mathrm{kl}(q \| p) \le c\}$. Then $\mathrm{kl}^{-1}(q, c) =
            \min_{\lambda > 0} \frac{1 - e^{-\lambda q - c}}{1 - e^{-\lambda}}$ (an infimum at
            $q \in \{0, 1\}$), it grows with $q$ and with $c$, and
            $\mathrm{kl}^{-1}(0, c) = 1 - e^{-c}$. For all $q, p$, $2 (p-q)^2 \le
            \mathrm{kl}(q \| p)$ (Pinsker), and for $q \le p$, $\frac{(p-q)^2}{2p} \le
            \mathrm{kl}(q \| p)$. Hence $\mathrm{kl}^{-1}(q, c) \le q + \sqrt{c/2}$ and
            $\mathrm{kl}^{-1}(q, c) \le q + \sqrt{2 q c} + 2 c$.",
        claims: vec![
            Claim::new(
                "duality",
                duality(),
                Tie::instances(
                    vec![
                        Budget { q: 0.028, c: 0.05 },
                        Budget { q: 0.1, c: 0.02 },
                        Budget { q: 0.3, c: 0.3 },
                    ],
                    inverses,
                ),
            )
            .components(&["inverse at q", "inverse at 0"]),
            Claim::new(
                "monotonicity",
                monotonicity(),
                Tie::none("a difference of two inverses, which the claim duality ties"),
            ),
            Claim::new(
                "pinsker",
                pinsker(),
                Tie::instances(known_coins(), |s| {
                    Formula::of("ratio", &ratios()[0], [("q", s.q), ("p", s.p)])
                }),
            ),
            Claim::new(
                "small-risk",
                small_risk(),
                Tie::instances(known_coins(), |s| {
                    Formula::of("small-ratio", &ratios()[1], [("q", s.q), ("p", s.p)])
                }),
            ),
            Claim::new(
                "relaxations",
                relaxations(),
                Tie::none("the lesser of two shares, of an inverse that the claim duality ties"),
            ),
        ],
        derivation: by_slope,
    }
}

/// The root $p$ of $\mathrm{kl}(q \| p) = c$, and for $q = 0$ of $-\ln(1-p) = c$.
fn inverses(b: &Budget) -> [Formula; 2] {
    let (p, c) = vars!("p", "c");
    let at = |q, p| [("q", q), ("c", b.c), ("p", p)];
    let zero = -(1 - &p).ln() - &c;
    [
        Formula::root_of(&p, &(divergence() - c), "inverse", at(b.q, upper(b))),
        Formula::root_of(&p, &zero, "inverse-at-zero", at(0.0, upper(&Budget { q: 0.0, ..*b }))),
    ]
}

/// $\mathrm{kl}(q \| p)$ inside the square.
fn divergence() -> Expr {
    let (q, p) = vars!("q", "p");
    &q * (q.ln() - p.ln()) + (1 - &q) * ((1 - &q).ln() - (1 - p).ln())
}

/// $\mathrm{kl}(q \| p) / (p-q)^2 - 2$ and $2 p\, \mathrm{kl}(q \| p) / (p-q)^2 - 1$.
fn ratios() -> [Expr; 2] {
    let (q, p) = vars!("q", "p");
    let curvature = divergence() / (&p - q).pow(2);
    [&curvature - 2, 2 * p * curvature - 1]
}

/// Pinsker's inequality and the one for small risks, by their slopes in $p$: both sides vanish at
/// $p = q$. Inside the square; the sides follow by continuity.
fn by_slope() -> Derivation {
    let (q, p) = vars!("q", "p");
    let kl = divergence();
    let pinsker = &kl - 2 * (&p - &q).pow(2);
    let small = &kl - (&p - &q).pow(2) / (2 * &p);
    let small_ratio = 2 * &p * &small / (&p - &q).pow(2);
    let pinsker_ = pinsker.clone();
    let square = Domain::new().open(&q, 0, 1).open(&p, 0, 1);
    let coin = Domain::new().open(&q, 0, 1);
    let slope = (&p - &q) * (1 - 2 * &p).pow(2) / (&p * (1 - &p));
    // Beside q = p = 1/2, where the two sides of Pinsker's inequality meet to third order.
    let t = var("t");
    let along = (&kl / (&p - &q).pow(2)).at(&p, ratio(1, 2) + &t).at(&q, ratio(1, 2) - &t);
    let beside = Domain::new().closed(&t, ratio(1, 100), ratio(2, 5));
    let small_slope = (&p - &q) * ((1 - &p) * (&p - &q) + 2 * p.pow(2)) / (2 * p.pow(2) * (1 - &p));
    Derivation::of("Pinsker's inequality")
        .identity("slope", pinsker.d(&p), slope.clone(), &square)
        .twin("no-square", |s| s.right((&p - &q) * (1 - 2 * &p) / (&p * (1 - &p))))
        .identity("touches", pinsker.at(&p, &q), 0, &coin)
        .twin("beside", |s| s.right(pinsker.at(&p, (1 + &q) / 2)))
        .nonneg("falls", -&slope, &square.below(&p, &q))
        .twin("beyond", |s| s.on(&square))
        .nonneg("rises", slope, &square.above(&p, &q))
        .twin("before", |s| s.on(&square))
        .conclude(
            "pinsker",
            Rule::SignFromSlope {
                of: pinsker,
                in_: p.clone(),
                at: q.clone(),
                from: ["touches", "falls", "rises"],
            },
        )
        .twin("elsewhere", |s| s.put(&q / 2))
        .infimum("best-constant", along, 2, &beside)
        .twin("larger", |s| s.claimed(decimal("2.001")))
        .identity("small-slope", small.d(&p), small_slope.clone(), &square)
        .twin("no-two", |s| s.right(2 * &small_slope))
        .nonneg("small-rises", small_slope.clone(), &square.above(&p, &q))
        .twin("before", |s| s.on(&square))
        .identity("ratio", ratios()[0].clone(), pinsker_ / (&p - &q).pow(2), &square.above(&p, &q))
        .twin("no-square", |s| s.right(ratios()[0].clone() * (&p - &q)))
        .identity("small-ratio", ratios()[1].clone(), small_ratio, &square.above(&p, &q))
        .twin("observed", |s| s.right(2 * &q * &kl / (&p - &q).pow(2) - 1))
        .positive("inverse", kl.d(&p), &square.above(&p, &q))
        .twin("before", |s| s.on(&square))
        .positive("inverse-at-zero", 1 / (1 - &p), &Domain::new().open(&p, 0, 1))
        .twin("sign", |s| s.of(-1 / (1 - &p)))
}

/// The minimum over $\lambda$ is the inverse, at $q$ and at 0.
fn duality() -> Identity<Budget, [f64; 2], 5> {
    Identity {
        domain: any_budget,
        left: |b| [least_over_lambda(b), least_over_lambda(&Budget { q: 0.0, ..*b })],
        right: |b| [inverse(b.q, b.c, STEPS), -(-b.c).exp_m1()],
        // By mpmath, bisection.
        known: vec![
            (Budget { q: 0.028, c: 0.05 }, [0.113_137_471_096_951_93, 0.048_770_575_499_285_99]),
            (Budget { q: 0.1, c: 0.02 }, [0.170_383_627_568_828_46, 0.019_801_326_693_244_698]),
            (Budget { q: 0.3, c: 0.3 }, [0.678_599_479_279_465_1, 0.259_181_779_318_282_13]),
            (Budget { q: 0.5, c: 1e-6 }, [0.500_707_106_427_633_3, 9.999_995_000_001_667e-7]),
            (Budget { q: 0.0, c: 0.1 }, [0.095_162_581_964_040_43; 2]),
        ],
        mutants: [
            Mutant {
                name: "five-steps",
                why: "stops Newton's method after five steps, whatever it has reached",
                says: |b| [inverse(b.q, b.c, 5), inverse(0.0, b.c, 5)],
            },
            Mutant {
                name: "third-order",
                why: "solves the expansion of kl around q to third order",
                says: |b| [expansion(b), expansion(&Budget { q: 0.0, ..*b })],
            },
            Mutant {
                name: "pinsker",
                why: "takes the relaxation for the inverse",
                says: |b| [b.q + (0.5 * b.c).sqrt(), (0.5 * b.c).sqrt()],
            },
            Mutant {
                name: "lower-inverse",
                why: "takes the smallest p instead of the largest",
                says: |b| [1.0 - inverse(1.0 - b.q, b.c, STEPS), 0.0],
            },
            Mutant {
                name: "arguments-swapped",
                why: "bounds the divergence of the observed from the true risk, kl(p || q)",
                says: |b| [swapped(b), swapped(&Budget { q: 0.0, ..*b })],
            },
        ],
        curve: Curve {
            x: "c",
            grid: Grid::Log { from: 1e-4, to: 10.0, points: 51 },
            at: |c| Budget { q: 0.1, c },
        },
    }
}

/// $\mathrm{kl}^{-1}(q', c') - \mathrm{kl}^{-1}(q, c) \ge 0$ for $q' \ge q$ and $c' \ge c$.
fn monotonicity() -> Property<Growth, 4> {
    Property {
        domain: growing,
        margin: |g| upper(&g.more) - upper(&g.less),
        // By mpmath.
        known: vec![(
            Growth { less: Budget { q: 0.1, c: 0.02 }, more: Budget { q: 0.2, c: 0.5 } },
            0.514_878_297_448_788_8,
        )],
        mutants: [
            Mutant {
                name: "lower-inverse",
                why: "takes the smallest p: it falls as the budget grows",
                says: |g| lower(&g.more) - lower(&g.less),
            },
            Mutant {
                name: "width",
                why: "lets the distance to the observed risk grow, but p is at most 1",
                says: |g| upper(&g.more) - g.more.q - upper(&g.less) + g.less.q,
            },
            Mutant {
                name: "ratio",
                why: "lets the ratio to the observed risk grow",
                says: |g| upper(&g.more) * g.less.q - upper(&g.less) * g.more.q,
            },
            Mutant {
                name: "confidence",
                why: "takes c for a confidence: the more of it, the smaller the bound",
                says: |g| upper(&Budget { c: g.less.c, ..g.more }) - upper(&g.more),
            },
        ],
        curve: Curve {
            x: "q",
            grid: Grid::Linear { from: 0.0, to: 1.0, points: 41 },
            at: |q| Growth { less: Budget { q: 0.0, c: 0.1 }, more: Budget { q, c: 0.1 } },
        },
    }
}

/// $\mathrm{kl}(q \| p) / (p-q)^2 - 2 \ge 0$: over the square, so that the terms are of order one
/// however close $p$ and $q$ are. At $q = \frac12$ and $p \to q$ it is attained.
fn pinsker() -> Property<Coins, 4> {
    Property {
        domain: any_coins,
        margin: |s| curvature(s.q, s.p) - 2.0,
        // By mpmath.
        known: vec![
            (Coins { q: 0.5, p: 0.75 }, 0.301_456_579_614_247_4),
            (Coins { q: 0.1, p: 0.4 }, 0.514_324_013_170_654_2),
            (Coins { q: 0.7, p: 0.2 }, 0.330_741_208_172_958_9),
        ],
        mutants: [
            Mutant {
                name: "fourth-order",
                why: "adds three times the fourth-order term that holds, V^4/36 for V = 2|p - q|",
                says: |s| curvature(s.q, s.p) - 2.0 - 4.0 / 3.0 * (s.p - s.q).powi(2),
            },
            Mutant {
                name: "bits",
                why: "measures kl in bits and forgets to say so",
                says: |s| curvature(s.q, s.p) - 2.0 / std::f64::consts::LN_2,
            },
            Mutant {
                name: "total-variation",
                why: "takes half the sum of differences for |p - q|, squared twice: 4 for 2",
                says: |s| curvature(s.q, s.p) - 4.0,
            },
            Mutant {
                name: "variance",
                why: "takes the variance of p for its largest value, 1/4",
                says: |s| 2.0 * s.p * (1.0 - s.p) * curvature(s.q, s.p) - 1.0,
            },
        ],
        curve: Curve {
            x: "p",
            grid: Grid::Linear { from: 0.02, to: 0.98, points: 49 },
            at: |p| Coins { q: 0.5, p },
        },
    }
}

/// $2 p\, \mathrm{kl}(q \| p) / (p-q)^2 - 1 \ge 0$ for $q \le p$. Attained at $p \to q \to 0$.
fn small_risk() -> Property<Coins, 4> {
    Property {
        domain: ordered_coins,
        margin: |s| 2.0 * s.p * curvature(s.q, s.p) - 1.0,
        // By mpmath.
        known: vec![
            (Coins { q: 0.5, p: 0.75 }, 2.452_184_869_421_371),
            (Coins { q: 0.01, p: 0.02 }, 0.247_750_377_511_349_6),
        ],
        mutants: [
            Mutant {
                name: "observed-risk",
                why: "divides by the observed risk q instead of the true one",
                says: |s| 2.0 * s.q * curvature(s.q, s.p) - 1.0,
            },
            Mutant {
                name: "either-order",
                why: "lets the observed risk be above the true one",
                // At q = 0 the divergence is infinite and q times it is 0.
                says: |s| 2.0 * s.q * curvature(s.p, s.q).min(f64::MAX) - 1.0,
            },
            Mutant {
                name: "variance",
                why: "takes the variance p (1 - p) for the mean, as in Bernstein's inequality",
                says: |s| 2.0 * s.p * (1.0 - s.p) * curvature(s.q, s.p) - 1.0,
            },
            Mutant {
                name: "mean-of-both",
                why: "divides by the mean of both risks",
                says: |s| (s.p + s.q) * curvature(s.q, s.p) - 1.0,
            },
        ],
        curve: Curve {
            x: "p",
            grid: Grid::Linear { from: 0.02, to: 0.98, points: 49 },
            at: |p| Coins { q: 0.02, p },
        },
    }
}

/// The smaller of $1 - (u - q) / \sqrt{c/2}$ and $1 - (u - q) / (\sqrt{2 q c} + 2 c)$ for
/// $u = \mathrm{kl}^{-1}(q, c)$.
fn relaxations() -> Property<Budget, 4> {
    Property {
        domain: any_budget,
        margin: |b| room(b, (0.5 * b.c).sqrt(), 2.0),
        // By mpmath.
        known: vec![
            (Budget { q: 0.028, c: 0.05 }, 0.443_236_723_029_790_6),
            (Budget { q: 0.1, c: 0.02 }, 0.296_163_724_311_715_4),
            (Budget { q: 0.3, c: 0.3 }, 0.022_460_347_911_887_744),
        ],
        mutants: [
            Mutant {
                name: "pinsker-four",
                why: "takes 4 for Pinsker's 2",
                says: |b| room(b, 0.5 * b.c.sqrt(), 2.0),
            },
            Mutant {
                name: "no-linear-term",
                why: "drops 2 c: no observed error would mean no true error",
                says: |b| room(b, (0.5 * b.c).sqrt(), 0.0),
            },
            Mutant {
                name: "half-linear-term",
                why: "leaves half of c from completing the square, where two thirds are needed",
                says: |b| room(b, (0.5 * b.c).sqrt(), 0.5),
            },
            Mutant {
                name: "variance",
                why: "takes the variance for its largest value in Pinsker's inequality",
                says: |b| room(b, (2.0 * b.q * (1.0 - b.q) * b.c).sqrt(), 2.0),
            },
        ],
        curve: Curve {
            x: "c",
            grid: Grid::Log { from: 1e-4, to: 10.0, points: 51 },
            at: |c| Budget { q: 0.1, c },
        },
    }
}

/// Coins of which the second is likelier to fall.
fn known_coins() -> Vec<Coins> {
    vec![Coins { q: 0.5, p: 0.75 }, Coins { q: 0.1, p: 0.4 }, Coins { q: 0.01, p: 0.02 }]
}

fn any_budget(given: &mut Given) -> Budget {
    Budget { q: given.real("q", 0.0..=1.0), c: given.scale("c", 1e-6..=10.0) }
}

fn growing(given: &mut Given) -> Growth {
    let less = any_budget(given);
    let more = Budget {
        q: given.real("larger_q", less.q..=1.0),
        c: given.scale("larger_c", less.c..=10.0),
    };
    Growth { less, more }
}

/// The true risk stays off 0 and 1, where the divergence is infinite.
fn any_coins(given: &mut Given) -> Coins {
    Coins { q: given.real("q", 0.0..=1.0), p: given.real("p", 1e-6..=1.0 - 1e-6) }
}

fn ordered_coins(given: &mut Given) -> Coins {
    let q = given.real("q", 0.0..=0.99);
    Coins { q, p: given.real("p", q.max(1e-6)..=0.999) }
}

/// $\mathrm{kl}^{-1}(q, c)$.
fn upper(b: &Budget) -> f64 {
    inverse(b.q, b.c, STEPS)
}

/// The smallest $p$ with $\mathrm{kl}(q \| p) \le c$: heads for tails.
fn lower(b: &Budget) -> f64 {
    1.0 - inverse(1.0 - b.q, b.c, STEPS)
}

/// The share of two relaxations, one of which has a linear term, that the inverse leaves.
fn room(b: &Budget, pinsker: f64, linear: f64) -> f64 {
    let width = upper(b) - b.q;
    // A mutant may leave no room at all.
    let small_risk = (2.0 * b.q * b.c).sqrt() + linear * b.c;
    1.0 - width / pinsker.min(small_risk).max(1e-9)
}

/// $\min_\lambda \frac{1 - e^{-\lambda q - c}}{1 - e^{-\lambda}}$ by a search in
/// $\ln \lambda$; it never looks at the divergence.
///
/// The values of $\lambda$ where the ratio is at most $p$ are those where a concave function,
/// $-\lambda q - \ln(1 - p + p e^{-\lambda})$, is at most $c$ from above: an interval. So there is
/// one minimum; at $q \in \{0, 1\}$ it is at infinity, where the ratio does not change any more.
fn least_over_lambda(b: &Budget) -> f64 {
    let ratio = |log_lambda: f64| {
        let lambda = log_lambda.exp();
        (-lambda * b.q - b.c).exp_m1() / (-lambda).exp_m1()
    };
    least_value(ratio, -20.0, 7.0)
}

/// $q + \sqrt{2 v c} + \frac23 (1 - 2q) c$, $v = q (1-q)$: two terms of the inverse in $\sqrt c$.
fn expansion(b: &Budget) -> f64 {
    let variance = b.q * (1.0 - b.q);
    b.q + (2.0 * variance * b.c).sqrt() + 2.0 / 3.0 * (1.0 - 2.0 * b.q) * b.c
}

/// The largest $p$ with $\mathrm{kl}(p \| q) \le c$, by bisection.
fn swapped(b: &Budget) -> f64 {
    let (mut low, mut high) = (b.q, 1.0);
    for _ in 0..60 {
        let p = 0.5 * (low + high);
        let divergence = (p - b.q).powi(2) * curvature(p, b.q);
        // At q = 0 any p above it is infinitely far.
        if divergence <= b.c { low = p } else { high = p }
    }
    low
}

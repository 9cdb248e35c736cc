//! The law of robustness with the constants in which it was published.
//!
//! It holds for every class with Lipschitz parameters, not for one in which least Lipschitz
//! constants are known. What that costs is a factor of more than a thousand below any interpolant
//! that anybody has found: the law says how smoothness scales, and not how smooth one can be.

use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::prelude::*;

/// What the law speaks of: $W$ the diameter of the set of parameters (`diameter`), $J$ how fast
/// functions change with them (`modulus`).
#[derive(Clone, Copy, Debug)]
struct Class {
    n: usize,
    d: usize,
    p: usize,
    diameter: f64,
    modulus: f64,
    epsilon: f64,
}

/// $\delta$.
const DELTA: f64 = 0.05;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.universal-law",
        alias: "bubeck-sellke.universal-law",
        title: "The law of robustness with its published constants",
        source: Source {
            paper: PAPER,
            result: "Theorem 3, for an isoperimetric constant and a number of clusters of 1",
            link: LINK,
        },
        statement: r"Let $f_w$, $w \in \mathcal W \subset R^p$, be functions with
            $|f_w(x) - f_{w'}(x)| \le J \|w - w'\|$, $W$ the diameter of $\mathcal W$, and
            $(x_i, y_i)$, $i \le n$, independent with the same law, $|y_i| \le 1$, where $x_i$ is
            isoperimetric in $R^d$: $P(|f(x_i) - E f| \ge t) \le 2 e^{-d t^2 / (2 L^2)}$ for every
            $L$-Lipschitz $f$. Let $\sigma^2 = E \operatorname{Var}(y \mid x) > 0$,
            $\epsilon, \delta \in (0, 1)$ and $n \epsilon^2 \ge 8^4 \log(8 / \delta)$. Then with
            probability at least $1 - \delta$ every $f_w$ with
            $\frac1n \sum_i (f_w(x_i) - y_i)^2 \le \sigma^2 - \epsilon$ has a Lipschitz constant of
            at least $B = \frac{\epsilon}{2^9} \sqrt{\frac{n d}{p \log(60 W J / \epsilon)
            + \log(4 / \delta)}}$. Checked within these hypotheses ($n$ above 20 000) for
            $\delta = 0.05$, fair signs $y_i$ independent of $x_i \sim N(0, I_d/d)$ given
            $\|x_i\| \le 2$, and linear functions of $p$ coordinates with $W = 8 \sqrt{n d / p}$ and
            $J = 2$ that interpolate. There the bound is never near: if $W J \ge 1$, then
            $B \le \frac{\epsilon}{2^9 \sqrt{\log 60}} \sqrt{n d / p}$, less than a thousandth of
            $\sqrt{n d / p}$, which is less than the least Lipschitz constant of the linear
            functions. Rates, not constants, are what the law is about.",
        claims: vec![
            Claim::new("interpolants", interpolants(), Tie::formula(published)),
            Claim::new(
                "slack",
                slack(),
                Tie::none("the root of the step `slack` in the derivation"),
            ),
        ],
        derivation: constants,
    }
}

/// $B$, with $\ell = \log(60 W J / \epsilon)$ and $t = \log(4 / \delta)$.
static BOUND: LazyLock<Expr> = LazyLock::new(|| {
    let (n, d, p, epsilon) = vars!("n", "d", "p", "epsilon");
    epsilon / 512 * (n * d / (p * var("l") + var("t"))).sqrt()
});

/// [`BOUND`] of a class.
fn published(c: &Class) -> Formula {
    let values = [
        ("n", c.n as f64),
        ("d", c.d as f64),
        ("p", c.p as f64),
        ("epsilon", c.epsilon),
        ("l", (60.0 * c.diameter * c.modulus / c.epsilon).ln()),
        ("t", (4.0 / DELTA).ln()),
    ];
    Formula::of("square", &BOUND, values)
}

/// The square of the bound, and how far it is below $n d / p$.
fn constants() -> Derivation {
    let (n, d, p, epsilon) = vars!("n", "d", "p", "epsilon");
    let (l, t, m, x) = vars!("l", "t", "m", "x");
    let sizes = Domain::new().open(&n, 0, INF).open(&d, 0, INF).open(&p, 0, INF);
    let sizes = sizes.open(&epsilon, 0, 1).half_open(&t, 0, INF);
    let all = sizes.clone().open(&l, 0, INF);
    // l is x above a least value m.
    let above = sizes.open(&m, 0, INF).half_open(&x, 0, INF);
    let square = epsilon.pow(2) * &n * &d / (Expr::from(8_i64.pow(6)) * (&p * &l + &t));
    let room = |factor: Expr| &n * &d / &p - factor * square.at(&l, &m + &x);
    let least = Expr::from(8_i64.pow(6)) * &m / epsilon.pow(2);
    Derivation::of("Constants of the law of robustness")
        .cited(
            "law",
            "the Lipschitz constant of functions that fit below the noise is at least B",
            Source { paper: PAPER, result: "Theorem 3", link: LINK },
        )
        .identity("square", BOUND.clone(), &square / &*BOUND, &all)
        .twin("eight-to-the-fifth", |s| s.right(8 * &square / &*BOUND))
        .nonneg("slack", room(least.clone()), &above)
        .twin("twice", |s| s.of(room(2 * least)))
}

/// With probability 0.95 at least, for the interpolant with the least Lipschitz constant.
fn interpolants() -> Bound<Class, 3> {
    Bound {
        domain: any_class,
        observable: least_lipschitz,
        relation: AtLeast,
        holds: WithProbability(1.0 - DELTA),
        bound: |c| published(c).value(),
        // By mpmath.
        known: vec![(example(), 0.009_029_988_718_559_807)],
        mutants: [
            Mutant {
                name: "inverse-power",
                why: "puts 2^-3 for 2^9 in the denominator",
                says: |c| 4096.0 * published(c).value(),
            },
            Mutant {
                name: "inverted",
                why: "multiplies by 2^9 instead of dividing",
                says: |c| 262_144.0 * published(c).value(),
            },
            Mutant {
                name: "no-root",
                why: "loses the root and the number of parameters with it",
                says: |c| {
                    let bound = published(c).value();
                    512.0 / c.epsilon * bound * bound * c.p as f64
                },
            },
        ],
        curve: Curve {
            x: "p",
            grid: Grid::Log { from: 5e4, to: 1e6, points: 27 },
            at: |p| linear(25_000, p.round() as usize, 1_000_000, 0.99),
        },
    }
}

/// $\frac{\epsilon}{2^9 \sqrt{\log 60}} \sqrt{n d / p}$ over $B$, less 1.
fn slack() -> Property<Class, 3> {
    Property {
        domain: |given| {
            let n = given.scale("n", 1.0..=1e9);
            let p = given.scale("p", 1.0..=1e9);
            Class {
                n: n as usize,
                d: given.scale("d", 1.0..=1e9) as usize,
                p: p as usize,
                diameter: given.scale("diameter", 1.0..=1e9),
                modulus: given.scale("modulus", 1.0..=1e9),
                epsilon: given.real("epsilon", 0.01..=0.99),
            }
        },
        margin: |c| below(c, 60_f64.ln()),
        known: vec![(example(), 0.690_132_066_196_369_6)],
        mutants: [
            Mutant {
                name: "twice",
                why: "claims a bound that is half as large",
                says: |c| below(c, 4.0 * 60_f64.ln()),
            },
            Mutant {
                name: "fixed",
                why: "takes the parameters for a thousand times as fine as they may be",
                says: |c| below(c, 6e4_f64.ln()),
            },
            Mutant {
                name: "quarter-epsilon",
                why: "takes a quarter of epsilon, the radius of a net, in the logarithm",
                says: |c| below(c, 240_f64.ln()),
            },
        ],
        curve: Curve {
            x: "p",
            grid: Grid::Log { from: 10.0, to: 1e6, points: 31 },
            at: |p| Class { p: p.round() as usize, ..example() },
        },
    }
}

/// $\frac{\epsilon}{2^9 \sqrt \ell} \sqrt{n d / p} / B - 1$.
fn below(c: &Class, l: f64) -> f64 {
    let root = ((c.n * c.d) as f64 / c.p as f64).sqrt();
    c.epsilon / 512.0 * root / l.sqrt() / published(c).value() - 1.0
}

fn example() -> Class {
    Class { n: 100_000, d: 100, p: 10_000, diameter: 100.0, modulus: 10.0, epsilon: 0.5 }
}

/// Linear functions of $p$ coordinates, of norm at most $4 \sqrt{n d / p}$, on a ball of radius 2.
fn linear(n: usize, p: usize, d: usize, epsilon: f64) -> Class {
    let diameter = 8.0 * ((n * d) as f64 / p as f64).sqrt();
    Class { n, d, p, diameter, modulus: 2.0, epsilon }
}

fn any_class(given: &mut Given) -> Class {
    let epsilon = given.real("epsilon", 0.5..=0.99);
    let least = 8_f64.powi(4) * (8.0 / DELTA).ln() / (epsilon * epsilon);
    let n = (given.scale("data", 1.0..=4.0) * least).ceil();
    let p = (given.scale("parameters", 1.5..=6.0) * n).ceil();
    let d = (given.scale("dimension", 1.0..=4.0) * p).ceil();
    linear(n as usize, p as usize, d as usize, epsilon)
}

/// The least Lipschitz constant of the functions of the class that interpolate: $L$ with
/// $n d / L^2 \sim \chi^2_{p-n+1}$, one over the squared distance of a row from the span of the
/// others for whatever labels (checked with matrices in `bubeck2021.linear-class`). That a point of
/// norm above 2 is among the data, or $L$ above the norms of the class, has a probability below
/// $10^{-1000}$.
fn least_lipschitz(c: Class) -> Sampler {
    let degrees = (c.p - c.n + 1) as f64;
    Sampler::new(move |rng| ((c.n * c.d) as f64 / rng.chi_squared(degrees)).sqrt())
}

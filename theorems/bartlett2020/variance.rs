//! The variance of an interpolator is of the order of two effective ranks.
//!
//! Directions of large variance are fitted as in the classical theory, at the price of their number
//! over that of the observations; all others together act as one ridge, at the price of the
//! observations over their effective rank. Both prices have to be small for interpolation to be
//! benign, and no spectrum escapes either.

use super::{Beyond, LINK, PAPER, dense_variance, tail_sums};
use crate::hastie2022::tail_index;
use theoremcheck::models::deterministic_equivalent::Level;
use theoremcheck::models::sandwich::Sandwich;
use theoremcheck::prelude::*;

/// A shape of spectrum, and $p = \gamma n$ eigenvalues of it.
#[derive(Clone, Copy, Debug)]
struct Model {
    gamma: f64,
    shape: Shape,
    /// The variance of a spike over that of the rest.
    strength: f64,
}

#[derive(Clone, Copy, Debug)]
enum Shape {
    /// All eigenvalues 1.
    Flat,
    /// The first $n/4$ stand out.
    Spiked,
    /// A power of the index: a sixth of the logarithm of the strength to base ten.
    Power,
}

/// The same with the number of observations.
#[derive(Clone, Copy, Debug)]
struct Sized {
    model: Model,
    n: usize,
}

/// Any spectrum in which the tail beyond a quarter of $n$ has enough directions.
#[derive(Clone, Debug)]
struct Spectrum {
    n: usize,
    b: f64,
    eigenvalues: Vec<f64>,
}

/// Both prices at $k^*$: $\frac{k^*}{n}$ and $\frac{n}{R_{k^*}}$.
#[derive(Clone, Copy, Debug)]
struct Prices {
    k: usize,
    fitted: f64,
    tail: f64,
}

/// The width of our band: no constant of the paper.
const BAND: f64 = 2.0;

const SIZES: &[usize] = &[4, 8, 16, 32];

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bartlett2020.variance",
        alias: "bllt.variance-two-sided",
        title: "Variance of an interpolator by two effective ranks",
        source: Source {
            paper: PAPER,
            result: "the main theorem (Theorem 1; Theorem 4 in the third arXiv version, numbers \
                     unverified), with constants that are not specified; the band is our choice, \
                     the explicit constants are derived here",
            link: LINK,
        },
        statement: r"Let $X$ be $n \times p$ with independent $N(0, \Sigma)$ rows, $p > n$,
            $\lambda_1 \ge \dots \ge \lambda_p > 0$ the eigenvalues of $\Sigma$, and $V_X =
            \operatorname{tr} (\Sigma (X^\top X)^+)$ the variance of the minimum-norm least-squares
            estimator for noise of variance 1. For $b > 0$ let $k^*$ be the least $k \ge 0$ with
            $\sum_{i>k} \lambda_i \ge b n \lambda_{k+1}$, and $R = \frac{(\sum_{i>k^*}
            \lambda_i)^2}{\sum_{i>k^*} \lambda_i^2}$. The paper: for some $b$ and $c$ that depend on
            no spectrum, with high probability $V_X \le c \bigl(\frac{k^*}{n} + \frac nR\bigr)$ if
            $k^* \le n/c$, and on average $V_X \ge \frac1c \min \bigl(\frac{k^*}{n} + \frac nR,
            1\bigr)$. It specifies neither; checked is a band of our own choice: for $b = 1$, $n$
            from 12 to 20 and $p = 3n$ to $8n$, with all eigenvalues equal, with $n/4$ of them
            larger by a factor of 2 to 1000, or falling like a power of the index of at most 1/2,
            $V_X$ is between $\frac12$ and $2$ times $\frac{k^*}{n} + \frac nR$ with probability at
            least 0.9. With the root $\kappa$ of $\sum_i \frac{\lambda_i}{\lambda_i + \kappa} = n$
            and $d_2 = \sum_i \frac{\lambda_i^2}{(\lambda_i + \kappa)^2}$ the mean of $V_X$ differs
            from $V_n = \frac{d_2}{n - d_2}$ by a fraction that vanishes as $n$ grows with $p/n$ and
            the shape. Derived here, for every spectrum with $k = k^* < n$: with $s =
            \frac{n-k}{n-k+bn}$, $V_n \ge s^2 \bigl(\frac kn + b^2 \frac nR\bigr)$, and if $b > 1$
            and $D = \frac kn + \frac{b^2}{(b-1)^2} \frac nR < 1$, then $V_n \le \frac{D}{1-D}$.",
        claims: vec![equivalent(), two_sided(), below(), above()],
        derivation: both_sides,
    }
}

/// Bounds on the level $\kappa$ and on each term of $d_2$, with $S = \sum_{i>k} \lambda_i$:
/// $S (1 - \frac1b) / n \le \kappa \le S / (n - k)$.
fn both_sides() -> Derivation {
    let (x, kappa, most) = vars!("x", "kappa", "m");
    let (sum, n, k, b) = vars!("S", "n", "k", "b");
    let (lambda, d) = vars!("lambda", "D");
    let share = |x: &Expr| x / (x + &kappa);
    let any = Domain::new().open(&x, 0, INF).open(&kappa, 0, INF);
    let largest = Domain::new().open(&kappa, 0, INF).open(&most, 0, INF).open(&x, 0, &most);
    let sizes = Domain::new().open(&sum, 0, INF).open(&n, 0, INF).open(&b, 0, INF);
    let sizes = sizes.half_open(&k, 0, &n);
    let level = &sum / (&n - &k);
    let edge = &sum / (&b * &n);
    let least_share = (&n - &k) / (&n - &k + &b * &n);
    let low = sizes.clone().open(&kappa, 0, level.clone());
    let fitted = low.clone().open(&lambda, edge.clone(), INF);
    let tail = low.clone().open(&lambda, 0, edge.clone());
    let weight = &b * &n * &least_share / &sum;
    let wide = Domain::new().open(&sum, 0, INF).open(&n, 0, INF).open(&b, 1, INF);
    let floor = &sum / &n - &edge;
    let proper = Domain::new().open(&d, 0, 1);
    Derivation::of("Explicit constants for the deterministic equivalent")
        .measured("mean", "the mean of the variance is close to V_n", "equivalent")
        .positive("at-most-one", 1 - share(&x), &any)
        .twin("one-half", |s| s.of(ratio(1, 2) - share(&x)))
        .nonneg("at-most-linear", &x / &kappa - share(&x), &any)
        .twin("half", |s| s.of(&x / (2 * &kappa) - share(&x)))
        .nonneg("at-least-chord", share(&x) - &x / (&most + &kappa), &largest)
        .twin("any-size", |s| {
            let free = Domain::new().open(&kappa, 0, INF).open(&most, 0, INF);
            s.on(&free.open(&x, 0, INF))
        })
        .identity("highest-level", &k + &sum / &level, n.clone(), &sizes)
        .twin("all-observations", |s| s.right(&n + &k))
        .nonneg("fitted", share(&lambda) - &least_share, &fitted)
        .twin("anywhere", |s| s.on(&low.clone().open(&lambda, 0, INF)))
        .nonneg("tail", 1 / (&lambda + &kappa) - &weight, &tail)
        .twin("anywhere", |s| s.on(&low.clone().open(&lambda, 0, INF)))
        .identity("lowest-level", floor, &sum / &n * (1 - 1 / &b), &wide)
        .twin("no-largest", |s| s.right(&sum / &n))
        .positive("rises", (&d / (1 - &d)).d(&d), &proper)
        .twin("other-way", |s| s.of(-(&d / (1 - &d)).d(&d)))
        .nonneg("at-least-its-share", &d / (1 - &d) - &d, &proper)
        .twin("twice", |s| s.of(&d / (1 - &d) - 2 * &d))
}

fn equivalent() -> Claim {
    Claim::new(
        "equivalent",
        Equivalent {
            domain: model,
            theory: |m, n| level(&spectrum(m, n), n as f64).variance(),
            observable: Each(variance),
            sizes: SIZES,
            // For Gaussian entries the mean has an expansion in whole powers of 1/n: the term after
            // 1/n is its square.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.02),
            known: vec![
                ((example(Shape::Flat, 1.0), 16), 1.0 / 3.0),
                ((example(Shape::Spiked, 1000.0), 16), 0.662_270_571_630_405_7),
                ((example(Shape::Power, 4.0), 16), 0.335_491_128_368_778_46),
            ],
            mutants: [
                Mutant {
                    name: "not-fitted",
                    why: "forgets the directions that are fitted: n / R at k = 0",
                    says: |m, n| {
                        let [sum, squares] = tail_sums(&spectrum(m, n), 0);
                        n as f64 * squares / (sum * sum)
                    },
                },
                Mutant {
                    name: "prices",
                    why: "takes the bound, k*/n + n/R, for the variance",
                    says: |m, n| {
                        let prices = prices(&spectrum(m, n), n, 1.0);
                        prices.fitted + prices.tail
                    },
                },
                Mutant {
                    name: "isotropic",
                    why: "takes as many white features",
                    says: |m, _| 1.0 / (m.gamma - 1.0),
                },
                Mutant {
                    name: "no-feedback",
                    why: "leaves out the noise that is fitted as if it were signal: d_2 / n",
                    says: |m, n| level(&spectrum(m, n), n as f64).second,
                },
                Mutant {
                    name: "twenty-inputs",
                    why: "divides the squared error on 20 new inputs by 19",
                    says: |m, n| level(&spectrum(m, n), n as f64).variance() * 20.0 / 19.0,
                },
            ],
            curve: Curve {
                x: "gamma",
                grid: Grid::At(&[3.0, 4.0, 5.0, 6.0, 8.0, 10.0]),
                at: |gamma| (Model { gamma, ..example(Shape::Spiked, 10.0) }, 16),
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
    // Normal variables, n p of them, are most of the cost of a draw at these sizes.
    .price(2.0)
}

fn two_sided() -> Claim {
    Claim::new(
        "two-sided",
        Property {
            domain: any_spectrum,
            margin: |s| room(s, explicit),
            // V = 1/9, above 0.064 and below 8/37.
            known: vec![(flat(20), 0.424)],
            mutants: [
                Mutant {
                    name: "no-fitted-price",
                    why: "forgets the price of the directions that are fitted",
                    says: |s| room(s, |b, n, p| explicit(b, n, &Prices { fitted: 0.0, ..*p })),
                },
                Mutant {
                    name: "no-feedback",
                    why: "leaves out the noise that is fitted as if it were signal: D = V",
                    says: |s| room(s, |b, n, p| [explicit(b, n, p)[0], p.fitted + p.tail]),
                },
                Mutant {
                    name: "fourth-power",
                    why: "takes b^4 for b^2 in the price of the tail from below",
                    says: |s| {
                        room(s, |b, n, p| {
                            let dear = Prices { tail: b * b * p.tail, ..*p };
                            [explicit(b, n, &dear)[0], explicit(b, n, p)[1]]
                        })
                    },
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 9.0, to: 48.0, points: 40 },
                at: |p| flat(p as usize),
            },
        },
        Tie::none("functions of the root of an equation with as many terms as eigenvalues"),
    )
}

fn below() -> Claim {
    Claim::new(
        "below-band",
        Bound {
            domain: sized,
            observable: |s| variance(s.model, s.n),
            relation: AtMost,
            holds: WithProbability(0.9),
            bound: |s| BAND * sum_of_prices(s),
            known: vec![
                (Sized { model: example(Shape::Flat, 1.0), n: 16 }, 0.5),
                (Sized { model: example(Shape::Spiked, 1000.0), n: 16 }, 1.033_333_333_333_333_3),
            ],
            mutants: [
                Mutant {
                    name: "no-fitted-price",
                    why: "forgets the directions that are fitted",
                    says: |s| BAND * at_one(s).tail,
                },
                Mutant {
                    name: "no-tail-price",
                    why: "forgets that the tail is interpolated with few directions",
                    says: |s| BAND * at_one(s).fitted,
                },
                Mutant {
                    name: "one",
                    why: "takes the order for the value: c = 1",
                    says: sum_of_prices,
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::At(&[8.0, 12.0, 16.0, 20.0, 24.0]),
                at: |n| Sized { model: example(Shape::Spiked, 100.0), n: n as usize },
            },
        },
        Tie::none("a band of our choice around sums over a spectrum of any length"),
    )
}

fn above() -> Claim {
    Claim::new(
        "above-band",
        Bound {
            domain: sized,
            observable: |s| variance(s.model, s.n),
            relation: AtLeast,
            holds: WithProbability(0.9),
            bound: |s| sum_of_prices(s) / BAND,
            known: vec![(Sized { model: example(Shape::Flat, 1.0), n: 16 }, 0.125)],
            mutants: [
                Mutant {
                    name: "all-fitted",
                    why: "counts every observation as spent on a direction: k* = n",
                    says: |s| (1.0 + at_one(s).tail) / BAND,
                },
                Mutant {
                    name: "whole-rank",
                    why: "takes the effective rank of the whole spectrum for that of the tail",
                    says: |s| {
                        let eigenvalues = spectrum(&s.model, s.n);
                        s.n as f64 * eigenvalues[0] / tail_sums(&eigenvalues, 0)[0] / BAND
                    },
                },
                Mutant {
                    name: "one-and-a-half",
                    why: "takes the ratio of a flat spectrum with p = 3 n for the least",
                    says: |s| 1.5 * sum_of_prices(s),
                },
            ],
            curve: Curve {
                x: "n",
                grid: Grid::At(&[8.0, 12.0, 16.0, 20.0, 24.0]),
                at: |n| Sized { model: example(Shape::Power, 4.0), n: n as usize },
            },
        },
        Tie::none("a band of our choice around sums over a spectrum of any length"),
    )
}

/// Away from the threshold, near which no constant bounds the variance for $b = 1$.
fn model(given: &mut Given) -> Model {
    Model {
        gamma: given.ratio("gamma", 3..=8, 1),
        shape: given.choice(
            "shape",
            &[("flat", Shape::Flat), ("spiked", Shape::Spiked), ("power", Shape::Power)],
        ),
        strength: given.scale("strength", 2.0..=1000.0),
    }
}

/// The paper asks for $n \ge c \log (1 / \delta)$ at probability $1 - \delta$.
fn sized(given: &mut Given) -> Sized {
    let model = model(given);
    Sized { model, n: 4 * given.count("n/4", 3..=5) }
}

/// Up to $n/4$ spikes, and a tail of condition number $c$ with $2 c b n$ eigenvalues or more: so
/// $k^* \le n/4$ and $D < 1$.
fn any_spectrum(given: &mut Given) -> Spectrum {
    let n = given.count("n", 2..=12);
    let b = given.real("b", 3.5..=8.0);
    let condition = given.scale("condition", 1.0..=3.0);
    let spikes = given.count("spikes", 0..=n / 4);
    let least = (2.0 * condition * b * n as f64).ceil() as usize;
    let tail = given.count("tail", least..=3 * least);
    let height = given.scale("height", 1.0..=1e4);
    let mut eigenvalues = given.spectrum("spiked", spikes, 1.0..=height);
    eigenvalues.extend(given.spectrum("spectrum", tail, 1.0 / condition..=1.0));
    Spectrum { n, b, eigenvalues }
}

fn example(shape: Shape, strength: f64) -> Model {
    Model { gamma: 4.0, shape, strength }
}

/// $p$ equal eigenvalues, $n = 2$, $b = 4$.
fn flat(p: usize) -> Spectrum {
    Spectrum { n: 2, b: 4.0, eigenvalues: vec![1.0; p] }
}

/// The $\gamma n$ eigenvalues, decreasing.
fn spectrum(m: &Model, n: usize) -> Vec<f64> {
    let p = (m.gamma * n as f64).round() as usize;
    let at = |i: usize| match m.shape {
        Shape::Flat => 1.0,
        Shape::Spiked if 4 * i < n => m.strength,
        Shape::Spiked => 1.0,
        Shape::Power => {
            let exponent = m.strength.log10() / 6.0;
            ((i as f64 + 1.0) / p as f64).powf(-exponent)
        }
    };
    (0..p).map(at).collect()
}

/// The level without a ridge; NaN where there is none.
fn level(eigenvalues: &[f64], n: f64) -> Level {
    let none = Level { kappa: f64::NAN, second: f64::NAN };
    Level::of(eigenvalues, n, 0.0).unwrap_or(none)
}

/// Both prices at the least $k$ with $\sum_{i>k} \lambda_i \ge b n \lambda_{k+1}$; NaN where
/// there is none.
fn prices(eigenvalues: &[f64], n: usize, b: f64) -> Prices {
    let found = (0..eigenvalues.len())
        .find(|k| tail_sums(eigenvalues, *k)[0] >= b * n as f64 * eigenvalues[*k]);
    let Some(k) = found else {
        return Prices { k: n, fitted: f64::NAN, tail: f64::NAN };
    };
    let sums = tail_sums(eigenvalues, k);
    let n = n as f64;
    Prices { k, fitted: k as f64 / n, tail: n * sums[1] / (sums[0] * sums[0]) }
}

fn at_one(s: &Sized) -> Prices {
    prices(&spectrum(&s.model, s.n), s.n, 1.0)
}

/// $\frac{k^*}{n} + \frac nR$ for $b = 1$.
fn sum_of_prices(s: &Sized) -> f64 {
    let prices = at_one(s);
    prices.fitted + prices.tail
}

/// The bounds on $V_n$ for $n$ observations.
fn explicit(b: f64, n: f64, prices: &Prices) -> [f64; 2] {
    let k = prices.k as f64;
    let share = (n - k) / (n - k + b * n);
    let most = prices.fitted + (b / (b - 1.0)).powi(2) * prices.tail;
    [share * share * (prices.fitted + b * b * prices.tail), most / (1.0 - most)]
}

/// How far $V_n$ is above its lower and below its upper bound, as a fraction: the less of both.
fn room(s: &Spectrum, bounds: fn(f64, f64, &Prices) -> [f64; 2]) -> f64 {
    let n = s.n as f64;
    let variance = level(&s.eigenvalues, n).variance();
    let [lower, upper] = bounds(s.b, n, &prices(&s.eigenvalues, s.n, s.b));
    (1.0 - lower / variance).min(1.0 - variance / upper)
}

/// $V_X$ of one dense Gaussian design, in the eigenbasis of $\Sigma$.
fn variance(m: Model, n: usize) -> Sampler {
    let eigenvalues = spectrum(&m, n);
    Sampler::new(dense_variance(n, &eigenvalues, Beyond::default(), Sandwich::outer_trace))
        .tail_index(tail_index(n, eigenvalues.len()))
}

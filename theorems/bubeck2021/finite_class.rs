//! What a finite class of Lipschitz functions can fit of pure noise.
//!
//! The heart of the law of robustness: $|F|$ functions with Lipschitz constant $L$ reach a
//! correlation of $L \sqrt{2 \log |F| / (n d)}$ with $n$ random labels and no more. The published
//! lemma has a constant of $8^4$ or more in place of 2; with 2 the bound is attained to 9 %, so
//! that a wrong exponent or constant shows.

use super::samplers::{Class, Design, Functions, one_bit_maximum};
use super::{LINK, PAPER, samplers};
use std::sync::LazyLock;
use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::ln_choose;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.finite-class",
        alias: "bubeck-sellke.finite-class",
        title: "A finite class of Lipschitz functions fits little noise",
        source: Source {
            paper: PAPER,
            result: "Lemma 2.1 and Theorem 2; sharp form for pure noise derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \sim N(0, I_d/d)$ be independent, $y_i = \pm 1$ fair
            signs independent of them, and $F$ a finite set of $L$-Lipschitz functions on $R^d$.
            Put $T(f) = \frac1n \sum_i y_i (f(x_i) - E f)$. Then on average
            $E \max_F T \le L \sqrt{2 \log |F| / (n d)}$, and with probability at least
            $1 - \delta$, $\max_F T \le L \sqrt{2 \log(|F| / \delta) / (n d)}$. For linear
            functions with weights $\pm 1$ on $p \le d$ coordinates, scaled to Lipschitz constant
            $L$, $E \max_F T = L \sqrt{2 p / (\pi n d)}$ exactly; for points with independent
            coordinates of variance $1/d$ or uniform on the unit sphere, it goes like $d^{-1/2}$
            as $d \to \infty$. (Interpolation means $T = 1$, up to the mean of the labels.)",
        claims: vec![expectation(), tail(), one_bit(), dimension()],
        derivation: chernoff,
    }
}

/// The largest of finitely many variables, and the algebra that turns it into a law for functions
/// that fit below the noise.
fn chernoff() -> Derivation {
    let start = Derivation::of("A finite class fits little noise");
    moduli(net(below_the_noise(largest_variable(start))))
}

/// The maximal inequality for sub-Gaussian variables.
const CONCENTRATION: Source = Source {
    paper: "S. Boucheron, G. Lugosi, P. Massart, 2013, Concentration Inequalities",
    result: "Theorem 2.5",
    link: "https://doi.org/10.1093/acprof:oso/9780199535255.001.0001",
};

/// $\sqrt{2 \ell v}$.
static LARGEST: LazyLock<Expr> = LazyLock::new(|| (2 * var("l") * var("v")).sqrt());

/// [`LARGEST`] of a class, $\ell = \log |F|$ and $v = L^2 / (n d)$.
fn largest(c: &Class) -> Formula {
    Formula::of("value", &LARGEST, [("l", log_size(c)), ("v", unit(c).powi(2))])
}

/// [`LARGEST`] at $\ell + c$, $c = \log(1 / \delta)$.
static CONFIDENT: LazyLock<Expr> = LazyLock::new(|| LARGEST.at(&var("l"), &(var("l") + var("c"))));

/// [`CONFIDENT`] of a class.
fn confident(c: &Class) -> Formula {
    let values = [("l", log_size(c)), ("c", -DELTA.ln()), ("v", unit(c).powi(2))];
    Formula::of("value", &CONFIDENT, values).instance("l", var("l") + var("c"))
}

/// $\sqrt{\frac{2 p}{\pi n d}}$.
static ONE_BIT: LazyLock<Expr> = LazyLock::new(|| {
    let (n, p, d) = vars!("n", "p", "d");
    (2 * p / (pi() * n * d)).sqrt()
});

/// [`ONE_BIT`] of a design.
fn one_bit_mean(s: &Design) -> Formula {
    let values = [("n", s.n as f64), ("p", s.p as f64), ("d", s.d as f64)];
    Formula::of("one-bit", &ONE_BIT, values)
}

/// $p$ weights of one bit: the largest $T$ is the sum of $p$ moduli of independent normal variables
/// with variance $\frac{1}{n d}$, over $\sqrt p$. The mean of such a modulus is
/// $\frac{2 s}{\sqrt{2 \pi}} \int_0^\infty x e^{-x^2/2} dx$.
fn moduli(start: Derivation) -> Derivation {
    let (n, p, d, x) = vars!("n", "p", "d", "x");
    let sizes = Domain::new().open(&n, 0, INF).open(&p, 0, INF).open(&d, 0, INF);
    let line = Domain::new().half_open(&x, 0, INF);
    let antiderivative = -(-x.pow(2) / 2).exp();
    let squared = p.pow(2) / (&p * &n * &d) * 4 / (2 * pi());
    start
        .identity("modulus", antiderivative.d(&x), &x * (-x.pow(2) / 2).exp(), &line)
        .twin("no-half", |s| s.right(&x * (-x.pow(2)).exp()))
        .identity("one-bit", ONE_BIT.clone(), &squared / &*ONE_BIT, &sizes)
        .twin("one-sided", |s| s.right(&squared / (4 * &*ONE_BIT)))
}

/// The best parameter of the exponential-moment bound over a finite class, $\ell = \log |F|$ and
/// $v = L^2 / (n d)$: the bound is $\sqrt{2 \ell v}$ there and no less anywhere. With $\ell + c$
/// for $\ell$ it leaves a probability of $e^{-c}$.
fn largest_variable(start: Derivation) -> Derivation {
    let (l, v, x, c, t) = vars!("l", "v", "x", "c", "t");
    let bound = &l / &x + &x * &v / 2;
    let best = &*LARGEST / &v;
    let tail = (&l - t.pow(2) / (2 * &v)).exp();
    let domain = Domain::new().open(&l, 0, INF).open(&v, 0, INF).open(&x, 0, INF);
    let parameters = Domain::new().open(&l, 0, INF).open(&v, 0, INF);
    start
        .cited(
            "moment",
            "E max T is at most (log |F|)/x + x v/2 for every x > 0, by Jensen's inequality",
            CONCENTRATION,
        )
        .nonneg("falls", -bound.d(&x), &domain.below(&x, &best))
        .twin("too-far", |s| s.on(&domain.below(&x, &(2 * &best))))
        .nonneg("rises", bound.d(&x), &domain.above(&x, &best))
        .twin("everywhere", |s| s.on(&domain))
        .conclude(
            "best",
            Rule::MinimumBySlope {
                of: bound.clone(),
                in_: x.clone(),
                at: best.clone(),
                from: ["falls", "rises"],
            },
        )
        .twin("no-two", |s| s.put((&l * &v).sqrt() / &v))
        .identity("value", bound.at(&x, &best), LARGEST.clone(), &parameters)
        .twin("no-two", |s| s.right((&l * &v).sqrt()))
        .nonneg("bound", bound.clone(), &domain)
        .twin("difference", |s| s.of(&l / &x - &x * &v / 2))
        .nonneg("square", (&l / &x - &x * &v / 2).pow(2), &domain)
        .twin("sum", |s| s.of((&l / &x - &x * &v / 2) * (&l / &x + &x * &v / 2)))
        .conclude(
            "no-parameter-is-better",
            Rule::SqrtLe(SqrtLe {
                radicand: 2 * &l * &v,
                bound: bound.clone(),
                on: domain,
                from: ["bound", "square"],
            }),
        )
        .twin("half", |s| s.put(bound / 2))
        .cited(
            "union",
            "the largest is t or more with probability at most |F| exp(-t^2 / (2 v))",
            Source { result: "Section 2.3, and the union bound", ..CONCENTRATION },
        )
        .identity(
            "confidence",
            tail.at(&t, &*CONFIDENT),
            (-&c).exp(),
            &parameters.clone().half_open(&c, 0, INF),
        )
        .twin("one-function", |s| s.right((-&l - &c).exp()))
}

/// Lemma 2.1: with the labels' noise $Z$, their mean $G$ and a function's values $F$ as vectors in
/// $L^2$ of the sample, $\|Z\|^2 \ge \sigma^2 - \epsilon/6$, $\langle Z, G \rangle \ge
/// -\epsilon/6$ and $\|G + Z - F\|^2 \le \sigma^2 - \epsilon$ give $\langle F, Z \rangle \ge
/// \epsilon/4$.
///
/// An early version of the proof said $\epsilon/3$ here. For parallel vectors, $G = a Z$ and
/// $F = b Z$ with $t = 1 + a - b$, the hypotheses hold with some $\sigma$ if $\epsilon + t^2
/// \|Z\|^2 \le \|Z\|^2 + \epsilon/6$: a point of that range at which $\epsilon/3$ fails is a
/// counterexample to that step. All terms scale alike, so that there is one with noise of any
/// size.
fn below_the_noise(start: Derivation) -> Derivation {
    let (e, s, zz, zg, w, zf) = vars!("epsilon", "sigma2", "ZZ", "ZG", "G_F", "ZF");
    let fit = (&zz + 2 * &zg + &w - &s + &e) / 2;
    let vectors = Domain::new()
        .open(&e, 0, INF)
        .open(&s, &e, INF)
        .half_open(&zz, &s - &e / 6, INF)
        .half_open(&zg, -&e / 6, INF)
        .half_open(&w, 0, INF)
        .half_open(&zf, fit, INF);
    let (t, a) = vars!("t", "a");
    let parallel = Domain::new()
        .open(&e, 0, 1)
        .open(&t, -1, 1)
        .half_open(&zz, 5 * &e / (6 * (1 - t.pow(2))), INF)
        .half_open(&a, -&e / (6 * &zz), INF);
    let product = (1 + &a - &t) * &zz;
    let (g, f, z) = vars!("G", "F", "Z");
    let real = Domain::new().real(&g).real(&f).real(&z);
    start
        .identity(
            "expanded",
            (&g + &z - &f).pow(2),
            z.pow(2) + 2 * &z * &g - 2 * &z * &f + (&g - &f).pow(2),
            &real,
        )
        .twin("sign", |x| x.right(z.pow(2) + 2 * &z * (&g + &f) + (&g - &f).pow(2)))
        .nonneg("correlated", &zf - &e / 4, &vectors)
        .twin("a-third", |x| x.of(&zf - &e / 3))
        .nonneg("correlated-parallel", &product - &e / 4, &parallel)
        .twin("early-version", |x| x.of(&product - &e / 3))
}

/// From a finite class to one with parameters: a net of radius $\epsilon/6$ costs $\epsilon/2$ of
/// loss for a function that fits better than noise, whose residual is at most 1.
///
/// An early version of the proof said so of any values in $[-1, 1]$, where residuals are up to 2.
fn net(start: Derivation) -> Derivation {
    let (e, r) = vars!("epsilon", "r");
    let moved = r.pow(2) + &e / 2 - (&r + &e / 6).pow(2);
    let radius = Domain::new().open(&e, 0, 1);
    let fits = radius.clone().closed(&r, 0, 1);
    start
        .nonneg("net", moved, &fits)
        .twin("early-version", |s| s.on(&radius.clone().closed(&r, 0, 2 - &e / 6)))
}

/// The families searched, the sharpest one in the middle.
const FAMILIES: [(&str, Functions); 7] = [
    ("two-bit", Functions::TwoBit),
    ("two-sparse", Functions::Sparse(2)),
    ("random-directions", Functions::Directions),
    ("one-sparse", Functions::Sparse(1)),
    ("random-half", Functions::DirectionsHalf),
    ("five-sparse", Functions::Sparse(5)),
    ("one-bit", Functions::OneBit),
];

fn class(given: &mut Given) -> Class {
    let functions = given.choice("family", &FAMILIES);
    let p = given.count("p", 40..=160);
    Class {
        functions,
        n: given.count("n", 1..=6),
        p,
        d: given.count("d", p..=4 * p),
        lipschitz: given.scale("lipschitz", 0.5..=8.0),
    }
}

/// $E \max_F T \le L \sqrt{2 \log |F| / (n d)}$.
fn expectation() -> Claim {
    Claim::new(
        "expectation",
        Bound {
            domain: class,
            observable: samplers::best_correlation,
            relation: AtMost,
            // Attained to 9 % at best, so that a finer promise would say no more.
            holds: OnAverage(Relative(0.03)),
            bound: |c| largest(c).value(),
            known: vec![
                (some(Functions::Sparse(1)), 0.162762363071873),
                (some(Functions::Sparse(2)), 0.222412198593992),
            ],
            mutants: [
                Mutant {
                    name: "no-two",
                    why: "loses the 2 of the sub-Gaussian exponent",
                    says: |c| unit(c) * log_size(c).sqrt(),
                },
                Mutant {
                    name: "location-of-the-maximum",
                    why: "takes the centring of the Gumbel limit for a bound on the mean",
                    says: |c| unit(c) * gumbel_location(log_size(c)),
                },
                Mutant {
                    name: "no-logarithm",
                    why: "bounds one function instead of all",
                    says: |c| unit(c) * 2.0_f64.sqrt(),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Log { from: 10.0, to: 400.0, points: 41 },
                at: |p| Class { p: p.round() as usize, d: 400, ..some(Functions::Sparse(1)) },
            },
        },
        Tie::formula(largest),
    )
}

/// $\delta$ of the claim below.
const DELTA: f64 = 0.05;

/// With probability 0.95, $\max_F T \le L \sqrt{2 \log(|F| / 0.05) / (n d)}$.
fn tail() -> Claim {
    Claim::new(
        "tail",
        Bound {
            domain: class,
            observable: samplers::best_correlation,
            relation: AtMost,
            holds: WithProbability(1.0 - DELTA),
            bound: |c| confident(c).value(),
            known: vec![(some(Functions::Sparse(1)), 0.203642451862351)],
            mutants: [
                Mutant {
                    name: "no-confidence",
                    why: "takes the bound on the mean for one with probability 1 - delta",
                    says: |c| unit(c) * (2.0 * log_size(c)).sqrt(),
                },
                Mutant {
                    name: "no-union",
                    why: "bounds one function instead of all",
                    says: |c| unit(c) * (-2.0 * DELTA.ln()).sqrt(),
                },
                Mutant {
                    name: "no-two",
                    why: "loses the 2 of the sub-Gaussian exponent",
                    says: |c| unit(c) * (log_size(c) - DELTA.ln()).sqrt(),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Log { from: 10.0, to: 400.0, points: 41 },
                at: |p| Class { p: p.round() as usize, d: 400, ..some(Functions::Sparse(1)) },
            },
        },
        Tie::formula(confident),
    )
}

/// $E \max_F T = L \sqrt{2 p / (\pi n d)}$ for weights of one bit.
fn one_bit() -> Claim {
    Claim::new(
        "one-bit",
        Equality {
            domain: |given| {
                let n = given.count("n", 1..=4);
                let p = given.count("p", 40..=140);
                gaussian(n, p, given.count("d", p..=4 * p))
            },
            theory: |s| one_bit_mean(s).value(),
            observable: one_bit_maximum,
            resolution: Relative(0.003),
            known: vec![
                (gaussian(50, 50, 200), 0.05641895835477563),
                (gaussian(200, 100, 400), 0.028209479177387815),
            ],
            mutants: [
                Mutant {
                    name: "first-sign-fixed",
                    why: "counts f and -f as one function: the first weight is not free",
                    says: |s| {
                        let p = s.p as f64;
                        let root = std::f64::consts::FRAC_2_PI.sqrt();
                        root * (p - 1.0) / (p * (s.n * s.d) as f64).sqrt()
                    },
                },
                Mutant {
                    name: "ball",
                    why: "takes all unit vectors for the vectors of signs",
                    says: |s| (s.p as f64 / (s.n * s.d) as f64).sqrt(),
                },
                Mutant {
                    name: "union-bound",
                    why: "takes the bound for the value",
                    says: |s| {
                        (2.0 * s.p as f64 * std::f64::consts::LN_2 / (s.n * s.d) as f64).sqrt()
                    },
                },
                Mutant {
                    name: "no-dimension",
                    why: "takes points with coordinates of size one",
                    says: |s| (2.0 * s.p as f64 / (std::f64::consts::PI * s.n as f64)).sqrt(),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 2.0, to: 160.0, points: 80 },
                at: |p| gaussian(2, p as usize, 160),
            },
        },
        Tie::formula(one_bit_mean),
    )
}

/// $E \max_F T$ goes like $d^{-1/2}$, the dimension coming from the data alone.
fn dimension() -> Claim {
    Claim::new(
        "dimension",
        Rate {
            domain: |given| {
                let laws = [
                    ("gaussian", Covariates::Gaussian),
                    ("signs", Covariates::Signs),
                    ("sphere", Covariates::Sphere),
                    ("cube", Covariates::Cube),
                ];
                let covariates = given.choice("covariates", &laws);
                let n = given.count("n", 2..=4);
                Design { covariates, n, p: given.count("p", 48..=64), d: 0 }
            },
            shape: |_, d| power(d, -0.5),
            observable: Each(|s, d| one_bit_maximum(Design { d, ..s })),
            relation: Equal,
            sizes: &[64, 256, 512, 2048],
            // Independent coordinates: no correction at all. Sphere: coordinates are normal ones
            // over a norm, whose moments are powers of 1/d.
            correction: Correction::GUARD.then(1.0),
            resolution: 0.02,
            mutants: [
                Mutant {
                    name: "no-dimension",
                    why: "forgets isoperimetry: a bounded function has deviations of order one",
                    says: |_, _| 1.0,
                },
                Mutant {
                    name: "fourth-root",
                    why: "takes sqrt(d) for d in the exponent of the tail",
                    says: |_, d| power(d, -0.25),
                },
                Mutant {
                    name: "inverse",
                    why: "takes d^2 for d in the exponent of the tail",
                    says: |_, d| power(d, -1.0),
                },
                Mutant {
                    name: "root-logarithm",
                    why: "lets the class grow with d: log |F| = log d",
                    says: |_, d| ((d as f64).ln() / d as f64).sqrt(),
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Log { from: 64.0, to: 2048.0, points: 41 },
                at: |d| {
                    let s = Design { covariates: Covariates::Sphere, ..gaussian(2, 64, 0) };
                    (s, d.round() as usize)
                },
            },
        },
        Tie::none("a rate: the exponent -1/2 is the whole theory"),
    )
    .dear()
}

/// A member of a family, for known values and curves.
fn some(functions: Functions) -> Class {
    Class { functions, n: 4, p: 100, d: 100, lipschitz: 1.0 }
}

/// Gaussian points.
fn gaussian(n: usize, p: usize, d: usize) -> Design {
    Design { covariates: Covariates::Gaussian, n, p, d }
}

/// $L / \sqrt{n d}$.
fn unit(c: &Class) -> f64 {
    c.lipschitz / ((c.n * c.d) as f64).sqrt()
}

/// $\log |F|$: $2^k \binom pk$ sparse signs, $2^{b p}$ weights of $b$ bits, or the directions.
fn log_size(c: &Class) -> f64 {
    let bit = std::f64::consts::LN_2;
    match c.functions {
        Functions::Sparse(k) => ln_choose(c.p as u64, k as u64) + k as f64 * bit,
        Functions::OneBit => c.p as f64 * bit,
        Functions::TwoBit => 2.0 * c.p as f64 * bit,
        Functions::Directions => (c.p as f64).ln(),
        Functions::DirectionsHalf => (c.p as f64 / 2.0).floor().ln(),
    }
}

/// $b = a - (\log \log m + \log 4 \pi) / (2 a)$, $a = \sqrt{2 \log m}$: the maximum of $m$ standard
/// normal variables is $b$ plus a Gumbel variable over $a$, and that has mean $0.577$.
fn gumbel_location(log_size: f64) -> f64 {
    let a = (2.0 * log_size).sqrt();
    a - (log_size.ln() + (4.0 * std::f64::consts::PI).ln()) / (2.0 * a)
}

//! How well a finite class of smooth functions can follow random signs.
//!
//! The counting half of the law of robustness, with sharp constants: the best of $|F|$ functions
//! correlates with $n$ independent signs by at most $L \sqrt{2 \log |F| / (n d)}$, and the
//! constant cannot be improved: sparse classes come within a tenth of it.

use super::{LINK, PAPER};
use theoremcheck::prelude::*;

/// A finite class of linear functions $L\, w \cdot x$, $\|w\| = 1$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Signs at every one of $p$ coordinates: $w \in \{\pm 1\}^p / \sqrt p$.
    OneBit,
    /// A quarter of the coordinates, with signs.
    Quarter,
    /// One coordinate, with a sign: $w = \pm e_k$.
    Sparse,
}

const CLASSES: [(&str, Class); 3] =
    [("one-bit", Class::OneBit), ("sparse", Class::Sparse), ("quarter", Class::Quarter)];

/// A class on $p$ of $d$ coordinates, and $n$ data.
#[derive(Clone, Copy, Debug)]
struct Signs {
    class: Class,
    n: usize,
    p: usize,
    d: usize,
    lipschitz: f64,
}

/// The same, with a correlation $t$ so that $|F| e^{- n d t^2 / (2 L^2)} = e^{-\text{excess}}$.
#[derive(Clone, Copy, Debug)]
struct Tail {
    signs: Signs,
    excess: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.finite-class",
        alias: "bubeck-sellke.finite-class",
        title: "Fitting signs with a finite class of Lipschitz functions",
        source: Source {
            paper: PAPER,
            result: "Lemma 2.1 and Theorem 2, in a sharp form for pure noise derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \sim N(0, I_d / d)$ be independent, $y_i$ fair signs
            independent of them, and $F$ a finite set of $L$-Lipschitz functions with mean 0. With
            $T(f) = \frac 1n \sum_i y_i f(x_i)$,
            $E \max_F T \le L \sqrt{2 \log |F| / (n d)}$ and
            $\Pr(\max_F T \ge t) \le |F| e^{- n d t^2 / (2 L^2)}$. For $F$ the functions
            $L\, w \cdot x$ with $w \in \{\pm 1\}^p / \sqrt p$, $p \le d$,
            $E \max_F T = L \sqrt{2 p / (\pi n d)}$ exactly; for $x_i$ uniform on the unit sphere
            it is of order $d^{-1/2}$ as $d \to \infty$ at fixed $n$ and $p$.",
        claims: vec![one_bit(), expectation(), tail(), dimension()],
    }
}

fn one_bit() -> Claim {
    Claim::new(
        "one-bit",
        Equality {
            domain: |given| {
                let p = given.count("p", 20..=60);
                let n = given.count("n", 1..=3);
                let d = given.count("d", p..=3 * p);
                let lipschitz = given.scale("lipschitz", 0.5..=4.0);
                Signs { class: Class::OneBit, n, p, d, lipschitz }
            },
            theory: |s| s.lipschitz * (2.0 * s.p as f64 / (std::f64::consts::PI * nd(s))).sqrt(),
            observable: best_correlation,
            resolution: Relative(0.003),
            known: vec![
                (one_bit_signs(50, 200, 50, 1.0), 0.056_418_958_354_775_63),
                (one_bit_signs(200, 400, 100, 1.0), 0.028_209_479_177_387_815),
            ],
            mutants: [
                Mutant {
                    name: "one-weight-fixed",
                    why: "fixes the sign of the first weight",
                    says: |s| {
                        let p = s.p as f64 - 1.0;
                        s.lipschitz * (2.0 * p / (std::f64::consts::PI * nd(s))).sqrt()
                    },
                },
                Mutant {
                    name: "bound",
                    why: "takes the bound for the value",
                    says: |s| bound(s, 2.0),
                },
                Mutant {
                    name: "root-of-dimension",
                    why: "takes sqrt(d) for d",
                    says: |s| {
                        let nd = s.n as f64 * (s.d as f64).sqrt();
                        s.lipschitz * (2.0 * s.p as f64 / (std::f64::consts::PI * nd)).sqrt()
                    },
                },
                Mutant {
                    name: "no-dimension",
                    why: "forgets that coordinates have variance 1/d",
                    says: |s| {
                        let n = s.n as f64;
                        s.lipschitz * (2.0 * s.p as f64 / (std::f64::consts::PI * n)).sqrt()
                    },
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Linear { from: 1.0, to: 60.0, points: 60 },
                at: |p| one_bit_signs(2, 60, p as usize, 1.0),
            },
        },
    )
}

fn expectation() -> Claim {
    Claim::new(
        "expectation",
        Bound {
            domain: signs,
            observable: best_correlation,
            relation: AtMost,
            holds: OnAverage(Relative(0.03)),
            bound: |s| bound(s, 2.0),
            known: vec![(one_bit_signs(1, 50, 50, 1.0), (2.0 * std::f64::consts::LN_2).sqrt())],
            mutants: [
                Mutant {
                    name: "no-two",
                    why: "drops the 2 under the root",
                    says: |s| bound(s, 1.0),
                },
                Mutant {
                    name: "no-class",
                    why: "bounds one function instead of all",
                    says: |s| s.lipschitz / nd(s).sqrt(),
                },
                Mutant {
                    name: "dimension-squared",
                    why: "takes d^2 for d",
                    says: |s| bound(s, 2.0 / s.d as f64),
                },
            ],
            curve: Curve {
                x: "p",
                grid: Grid::Log { from: 4.0, to: 1024.0, points: 33 },
                at: |p| Signs {
                    class: Class::Sparse,
                    n: 1,
                    p: p as usize,
                    d: 1024,
                    lipschitz: 1.0,
                },
            },
        },
    )
}

fn tail() -> Claim {
    Claim::new(
        "tail",
        Bound {
            domain: |given| {
                let signs = Signs { class: Class::Sparse, ..signs(given) };
                Tail { signs, excess: given.real("excess", 0.25..=1.0) }
            },
            observable: |t| {
                let level = correlation(&t);
                let mut draw = best_correlation(t.signs);
                Sampler::event(move |rng| draw.draw(rng) >= level)
            },
            relation: AtMost,
            holds: OnAverage(Absolute(0.005)),
            bound: |t| (-t.excess).exp(),
            known: vec![(Tail { signs: one_bit_signs(1, 9, 9, 1.0), excess: 0.0 }, 1.0)],
            mutants: [
                Mutant {
                    name: "no-union",
                    why: "bounds one function instead of all",
                    says: |t| (-t.excess - log_size(&t.signs)).exp(),
                },
                Mutant {
                    name: "no-half",
                    why: "drops the 2 of the exponent",
                    says: |t| (-2.0 * t.excess - log_size(&t.signs)).exp(),
                },
                Mutant {
                    name: "dimension-squared",
                    why: "takes d^2 for d",
                    says: |t| {
                        let exponent = t.excess + log_size(&t.signs);
                        (log_size(&t.signs) - t.signs.d as f64 * exponent).exp()
                    },
                },
            ],
            curve: Curve {
                x: "excess",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: |excess| {
                    let signs =
                        Signs { class: Class::Sparse, n: 1, p: 100, d: 200, lipschitz: 1.0 };
                    Tail { signs, excess }
                },
            },
        },
    )
}

/// Data really drawn in $R^d$, on the sphere, so that $d$ is not put in by hand.
fn dimension() -> Claim {
    Claim::new(
        "dimension",
        Rate {
            domain: |given| {
                let (n, p) = (given.count("n", 1..=3), given.count("p", 6..=12));
                one_bit_signs(n, 0, p, 1.0)
            },
            shape: |_, d| power(d, -0.5),
            observable: Each(|s, d| on_the_sphere(Signs { d, ..s })),
            relation: Equal,
            sizes: &[16, 64, 128, 512],
            // E |x_1| on the sphere over its leading power is a series in 1/d.
            correction: Correction::GUARD.guard(1.0),
            resolution: 0.02,
            mutants: [
                Mutant { name: "no-dimension", why: "forgets the dimension", says: |_, _| 1.0 },
                Mutant {
                    name: "root-of-dimension",
                    why: "takes sqrt(d) for d",
                    says: |_, d| power(d, -0.25),
                },
                Mutant {
                    name: "dimension-squared",
                    why: "takes d^2 for d",
                    says: |_, d| power(d, -1.0),
                },
                Mutant {
                    name: "logarithm",
                    why: "keeps a logarithm of the dimension, as for a class on all coordinates",
                    says: |_, d| ((d as f64).ln() / d as f64).sqrt(),
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Log { from: 16.0, to: 1024.0, points: 43 },
                at: |d| (one_bit_signs(2, 0, 8, 1.0), d.round() as usize),
            },
        },
    )
}

/// Classes of any kind and size.
fn signs(given: &mut Given) -> Signs {
    let class = given.choice("class", &CLASSES);
    let p = given.count("p", 64..=400);
    let n = given.count("n", 1..=2);
    let d = given.count("d", p..=2 * p);
    Signs { class, n, p, d, lipschitz: given.scale("lipschitz", 0.5..=4.0) }
}

fn one_bit_signs(n: usize, d: usize, p: usize, lipschitz: f64) -> Signs {
    Signs { class: Class::OneBit, n, p, d, lipschitz }
}

/// $n d$.
fn nd(s: &Signs) -> f64 {
    s.n as f64 * s.d as f64
}

/// Weights that are not 0.
fn support(s: &Signs) -> usize {
    match s.class {
        Class::OneBit => s.p,
        Class::Quarter => (s.p / 4).max(1),
        Class::Sparse => 1,
    }
}

/// $\log |F| = k \log 2 + \log \binom pk$ for $k$ weights that are not 0.
fn log_size(s: &Signs) -> f64 {
    let k = support(s);
    let choices: f64 = (1..=k).map(|i| ((s.p - k + i) as f64 / i as f64).ln()).sum();
    k as f64 * std::f64::consts::LN_2 + choices
}

/// $L \sqrt{c \log |F| / (n d)}$, $c = 2$.
fn bound(s: &Signs, c: f64) -> f64 {
    s.lipschitz * (c * log_size(s) / nd(s)).sqrt()
}

/// $t$ with $n d t^2 / (2 L^2) = \log |F| + \text{excess}$.
fn correlation(t: &Tail) -> f64 {
    t.signs.lipschitz * (2.0 * (log_size(&t.signs) + t.excess) / nd(&t.signs)).sqrt()
}

/// $\max_F T$: with $s = \frac 1n \sum_i y_i P_p x_i$ the best $w$ has the signs of the $k$ largest
/// $|s_j|$, so that it is $L$ times their sum over $\sqrt k$.
fn best(sums: &mut [f64], k: usize, lipschitz: f64) -> f64 {
    sums.iter_mut().for_each(|s| *s = s.abs());
    if k == 1 {
        return lipschitz * sums.iter().copied().fold(0.0, f64::max);
    }
    if k < sums.len() {
        sums.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
    }
    lipschitz * sums[..k].iter().sum::<f64>() / (k as f64).sqrt()
}

/// $\max_F T$ for Gaussian points.
fn best_correlation(s: Signs) -> Sampler {
    let mut sums = vec![0.0; s.p];
    let scale = 1.0 / (s.n as f64 * (s.d as f64).sqrt());
    Sampler::new(move |rng| {
        sums.fill(0.0);
        for _ in 0..s.n {
            let label = rng.sign() * scale;
            sums.iter_mut().for_each(|sum| *sum += label * rng.normal());
        }
        best(&mut sums, support(&s), s.lipschitz)
    })
}

/// $\max_F T$ for points on the unit sphere of $R^d$.
fn on_the_sphere(s: Signs) -> Sampler {
    let mut point = vec![0.0; s.d];
    let mut sums = vec![0.0; s.p];
    Sampler::new(move |rng| {
        sums.fill(0.0);
        for _ in 0..s.n {
            let label = rng.sign() / s.n as f64;
            rng.unit_vector(&mut point);
            sums.iter_mut().zip(&point).for_each(|(sum, x)| *sum += label * x);
        }
        best(&mut sums, support(&s), s.lipschitz)
    })
}

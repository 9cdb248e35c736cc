//! Lipschitz functions of a Gaussian point concentrate like one coordinate does.
//!
//! The engine of the law of robustness: in $R^d$ a function with Lipschitz constant $L$ varies by
//! no more than $L / \sqrt d$, so that it cannot follow $n$ signs unless $L$ is large.

use super::{LINK, PAPER};
use theoremcheck::prelude::*;
use theoremcheck::special::{log_gamma, normal_sf, student_t_sf};

/// A 1-Lipschitz function, with its mean under $N(0, I_d / d)$ known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    /// $\|x\|$.
    Norm,
    /// $\|x\|_1 / \sqrt d$.
    Taxicab,
    /// $x_1$.
    Linear,
    /// $\max(x_1, x_2)$.
    Maximum,
}

const FUNCTIONS: [(&str, Function); 4] = [
    ("norm", Function::Norm),
    ("taxicab", Function::Taxicab),
    ("linear", Function::Linear),
    ("maximum", Function::Maximum),
];

/// A function, the dimension, and a deviation $t = u / \sqrt d$.
#[derive(Clone, Copy, Debug)]
struct Deviation {
    f: Function,
    d: usize,
    u: f64,
}

/// A direction in $R^d$ and a deviation.
#[derive(Clone, Debug)]
struct Projection {
    direction: Vec<f64>,
    u: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.isoperimetry",
        alias: "bubeck-sellke.isoperimetry",
        title: "Concentration of Lipschitz functions",
        source: Source {
            paper: PAPER,
            result: "Definition 1.1; for the Gaussian law Borell (1975), Tsirelson, Ibragimov and \
                     Sudakov (1976), and the Poincare inequality",
            link: LINK,
        },
        statement: r"Let $x \sim N(0, I_d / d)$ and $f : R^d \to R$ be $L$-Lipschitz. For $t \ge 0$,
            $\Pr(|f(x) - E f| \ge t) \le 2 e^{- d t^2 / (2 L^2)}$ (isoperimetry with constant
            $c = 1$), and $d \operatorname{Var} f(x) \le L^2$. For $f$ linear with $L = 1$,
            $\Pr(|f(x) - E f| \ge u / \sqrt d) = 2 (1 - \Phi(u))$ with $\Phi$ the standard normal
            distribution function, and $d \operatorname{Var} f = 1$.",
        claims: vec![linear_tail(), tail(), variance()],
    }
}

fn linear_tail() -> Claim {
    Claim::new(
        "linear-tail",
        Equality {
            domain: |given| {
                let d = given.count("d", 2..=6);
                let direction = given.unit_vector("direction", d);
                Projection { direction, u: given.real("u", 0.5..=1.75) }
            },
            theory: |s| 2.0 * normal_sf(s.u),
            observable: |s| {
                Sampler::event(move |rng| {
                    let value: f64 = s.direction.iter().map(|w| w * rng.normal()).sum();
                    value.abs() >= s.u
                })
            },
            resolution: Absolute(0.005),
            known: vec![
                (projection(1.0), 0.317_310_507_862_914_1),
                (projection(2.0), 0.045_500_263_896_358_42),
                (projection(3.0), 0.002_699_796_063_260_186),
            ],
            mutants: [
                Mutant {
                    name: "student",
                    why: "keeps the law of a deviation whose scale is estimated from 13 draws",
                    says: |s| 2.0 * student_t_sf(12.0, s.u),
                },
                Mutant {
                    name: "logistic",
                    why: "takes the logistic curve with factor 1.702 for the normal one",
                    says: |s| 2.0 / (1.0 + (1.702 * s.u).exp()),
                },
                Mutant {
                    name: "one-sided",
                    why: "counts deviations above only",
                    says: |s| normal_sf(s.u),
                },
                Mutant {
                    name: "exponential-bound",
                    why: "takes the bound for the tail",
                    says: |s| (-0.5 * s.u * s.u).exp(),
                },
            ],
            curve: Curve {
                x: "u",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: projection,
            },
        },
    )
}

fn tail() -> Claim {
    Claim::new(
        "tail",
        Bound {
            domain: |given| Deviation {
                f: given.choice("f", &FUNCTIONS),
                d: given.count("d", 4..=40),
                u: given.real("u", 2.0..=2.6),
            },
            observable: |s| Sampler::event(move |rng| deviation(&s, rng).abs() >= s.u),
            relation: AtMost,
            holds: OnAverage(Absolute(0.005)),
            bound: |s| 2.0 * (-0.5 * s.u * s.u).exp(),
            known: vec![
                (linear(1.0), 1.213_061_319_425_266_8),
                (linear(2.0), 0.270_670_566_473_225_4),
                (linear(3.0), 0.022_217_993_076_484_6),
            ],
            mutants: [
                Mutant {
                    name: "no-half",
                    why: "drops the 2 of the exponent",
                    says: |s| 2.0 * (-s.u * s.u).exp(),
                },
                Mutant {
                    name: "dimension-squared",
                    why: "takes d^2 for d",
                    says: |s| 2.0 * (-0.5 * s.d as f64 * s.u * s.u).exp(),
                },
                Mutant {
                    name: "one-sided-tail",
                    why: "takes the sharp one-sided tail for both sides",
                    says: |s| normal_sf(s.u),
                },
            ],
            curve: Curve {
                x: "u",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: linear,
            },
        },
    )
}

fn variance() -> Claim {
    Claim::new(
        "variance",
        Bound {
            domain: |given| Deviation {
                f: given.choice("f", &FUNCTIONS),
                d: given.count("d", 12..=40),
                u: 0.0,
            },
            observable: |s| Sampler::new(move |rng| deviation(&s, rng).powi(2)),
            relation: AtMost,
            holds: OnAverage(Relative(0.01)),
            bound: |_| 1.0,
            known: vec![(linear(0.0), 1.0)],
            mutants: [
                Mutant {
                    name: "one-degree-lost",
                    why: "multiplies by (d - 1)/d, as for a point on the sphere",
                    says: |s| 1.0 - 1.0 / s.d as f64,
                },
                Mutant {
                    name: "half",
                    why: "takes the variance of the norm for that of every function",
                    says: |_| 0.5,
                },
                Mutant {
                    name: "dimension-squared",
                    why: "takes d^2 for d",
                    says: |s| 1.0 / s.d as f64,
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Linear { from: 2.0, to: 40.0, points: 39 },
                at: |d| Deviation { f: Function::Norm, d: d as usize, u: 0.0 },
            },
        },
    )
}

fn projection(u: f64) -> Projection {
    Projection { direction: vec![0.6, 0.8], u }
}

fn linear(u: f64) -> Deviation {
    Deviation { f: Function::Linear, d: 10, u }
}

/// $\sqrt d\, (f(x) - E f)$. With $z = \sqrt d\, x$ standard normal, $\sqrt d\, f(x)$ is $\|z\|$,
/// $\|z\|_1 / \sqrt d$, $z_1$ or $\max(z_1, z_2)$, and the means are those of chi, of $|z_1|$ and
/// of the larger of two normals.
fn deviation(s: &Deviation, rng: &mut Rng) -> f64 {
    let d = s.d as f64;
    let mut point = [0.0; 40];
    let z = &mut point[..s.d.min(40)];
    rng.fill_normal(z);
    match s.f {
        Function::Norm => {
            let log = log_gamma(0.5 * (d + 1.0)) - log_gamma(0.5 * d);
            let mean = std::f64::consts::SQRT_2 * log.exp();
            z.iter().map(|x| x * x).sum::<f64>().sqrt() - mean
        }
        Function::Taxicab => {
            let mean = (2.0 / std::f64::consts::PI).sqrt();
            z.iter().map(|x| x.abs() - mean).sum::<f64>() / d.sqrt()
        }
        Function::Linear => z[0],
        Function::Maximum => z[0].max(z[1]) - 1.0 / std::f64::consts::PI.sqrt(),
    }
}

//! Lipschitz functions of high-dimensional points are nearly constant.
//!
//! The only property of the data that the law of robustness uses: deviations of a Lipschitz
//! function are of order $1/\sqrt d$, whatever the function. Linear functions are the worst: their
//! tail is known exactly, and their variance attains the Poincaré inequality.

use super::probes::{Probe, Steep, deviation_event, squared_deviation};
use super::{LAWS, LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::models::interpolation::Covariates;
use theoremcheck::prelude::*;
use theoremcheck::special::normal_sf;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.isoperimetry",
        alias: "bubeck-sellke.isoperimetry",
        title: "Concentration of Lipschitz functions",
        source: Source {
            paper: PAPER,
            result: "Definition 1.1; classical: Lévy, Borell, Sudakov and Tsirelson, Poincaré",
            link: LINK,
        },
        statement: r"Let $f$ be a Lipschitz function on $R^d$ with constant $L$ and $t \ge 0$. If
            $x \sim N(0, I_d/d)$ or $x$ is uniform on the unit sphere, then
            $P(|f(x) - E f(x)| \ge t) \le 2 \exp(- d t^2 / (2 c L^2))$ with $c = 1$ for the Gaussian
            law and $c = d / (d - 1)$ for the sphere: both laws are $c$-isoperimetric. For the
            Gaussian law, $\operatorname{Var} f \le L^2 / d$ on average over $x$. Both are sharp for
            linear functions: $P(|f - E f| \ge t) = 2 (1 - \Phi(t \sqrt d / L))$ for $f$ linear and
            $x$ Gaussian, $\Phi$ the standard normal distribution function.",
        claims: vec![linear(), tails(), variance()],
        derivation: sphere,
    }
}

/// $2 e^{-u^2/2}$, and on the sphere $2 e^{-u^2 (1 - 1/d) / 2}$.
static TAILS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (u, d) = vars!("u", "d");
    [2 * (-(u.pow(2) / 2)).exp(), 2 * (-(u.pow(2) * (1 - 1 / d) / 2)).exp()]
});

/// The bound of both tails.
fn tail_bound(s: &Probe) -> Formula {
    match s.covariates {
        Covariates::Sphere => {
            Formula::of("sphere-tail", &TAILS[1], [("u", s.u), ("d", s.d as f64)])
        }
        _ => Formula::of("gaussian-tail", &TAILS[0], [("u", s.u)]),
    }
}

/// What the sphere loses against the Gaussian law, and what is exact for linear functions.
fn sphere() -> Derivation {
    let (d, l, t) = vars!("d", "L", "t");
    let exponent = |c: Expr| &d * t.pow(2) / (2 * c * l.pow(2));
    let domain = Domain::new().open(&d, 1, INF).open(&l, 0, INF).open(&t, 0, INF);
    let factor = &d / (&d - 1);
    let u = var("u");
    let both = |c: Expr| 2 * (-exponent(c).at(&t, &u * &l * d.sqrt() / &d)).exp();
    let scaled = Domain::new().open(&d, 1, INF).open(&l, 0, INF).half_open(&u, 0, INF);
    Derivation::of("Concentration on the sphere against the Gaussian law")
        .cited(
            "gaussian",
            "Lipschitz functions of a Gaussian vector concentrate with c = 1",
            Source {
                paper: "S. Boucheron, G. Lugosi, P. Massart, 2013, Concentration Inequalities",
                result: "Theorem 5.6",
                link: "https://doi.org/10.1093/acprof:oso/9780199535255.001.0001",
            },
        )
        .cited(
            "sphere",
            "Lipschitz functions on the sphere concentrate with c = d/(d-1)",
            Source {
                paper: "M. Ledoux, 2001, The Concentration of Measure Phenomenon",
                result: "Section 2.3",
                link: "https://doi.org/10.1090/surv/089",
            },
        )
        .nonneg("weaker", exponent(1.into()) - exponent(factor.clone()), &domain)
        .twin("stronger", |s| s.of(exponent(factor.clone()) - exponent(1.into())))
        .identity("by", exponent(factor.clone()), exponent(1.into()) * (1 - 1 / &d), &domain)
        .twin("twice", |s| s.right(exponent(1.into()) * (1 - 2 / &d)))
        .identity("gaussian-tail", both(1.into()), TAILS[0].clone(), &scaled)
        .twin("no-half", |s| s.right(2 * (-u.pow(2)).exp()))
        .identity("sphere-tail", both(factor.clone()), TAILS[1].clone(), &scaled)
        .twin("as-gaussian", |s| s.right(TAILS[0].clone()))
}

/// $P(|f - E f| \ge u L / \sqrt d) = 2 (1 - \Phi(u))$ for $f$ linear.
fn linear() -> Claim {
    Claim::new(
        "linear",
        Equality {
            domain: |given| {
                probe(Steep::Linear, given.count("d", 6..=16), given.real("u", 0.5..=2.0))
            },
            theory: |s| 2.0 * normal_sf(s.u),
            observable: deviation_event,
            resolution: Absolute(0.005),
            known: vec![
                (probe(Steep::Linear, 8, 1.0), 0.31731050786291415),
                (probe(Steep::Linear, 8, 2.0), 0.0455002638963584),
            ],
            mutants: [
                Mutant {
                    name: "sphere-exponent",
                    why: "takes the sphere's d - 1 for the Gaussian law's d",
                    says: |s| 2.0 * normal_sf(s.u * (1.0 - 1.0 / s.d as f64).sqrt()),
                },
                Mutant {
                    name: "one-sided",
                    why: "counts deviations upwards only",
                    says: |s| normal_sf(s.u),
                },
                Mutant {
                    name: "bound-as-value",
                    why: "takes the isoperimetric bound for the probability",
                    says: |s| 2.0 * (-0.5 * s.u * s.u).exp(),
                },
                Mutant {
                    name: "no-dimension",
                    why: "takes deviations of order one",
                    says: |s| 2.0 * normal_sf(s.u / (s.d as f64).sqrt()),
                },
            ],
            curve: Curve {
                x: "u",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: |u| probe(Steep::Linear, 8, u),
            },
        },
        Tie::none("twice a normal tail, by its own series: no expression here"),
    )
}

/// The functions searched, the worst one in the middle and at both ends.
const FAMILIES: [(&str, Steep); 7] = [
    ("linear", Steep::Linear),
    ("norm", Steep::Norm),
    ("largest", Steep::Largest),
    ("diagonal", Steep::Diagonal),
    ("absolute-sum", Steep::AbsoluteSum),
    ("orthant-distance", Steep::OrthantDistance),
    ("coordinate", Steep::Coordinate),
];

/// $P(|f - E f| \ge u L / \sqrt d) \le 2 e^{-u^2 / (2 c)}$.
fn tails() -> Claim {
    Claim::new(
        "tails",
        Bound {
            domain: |given| {
                let function = given.choice("function", &FAMILIES);
                let covariates = given.choice("covariates", &LAWS);
                let d = given.count("d", 8..=40);
                Probe { function, covariates, d, u: given.real("u", 1.6..=2.6) }
            },
            observable: deviation_event,
            relation: AtMost,
            holds: OnAverage(Absolute(0.005)),
            bound: |s| tail_bound(s).value(),
            known: vec![
                (probe(Steep::Linear, 8, 1.0), 1.2130613194252668),
                (probe(Steep::Norm, 8, 2.0), 0.2706705664732254),
                (probe(Steep::Largest, 8, 3.0), 0.022217993076484612),
            ],
            mutants: [
                Mutant {
                    name: "no-half",
                    why: "drops the 2 in the exponent",
                    says: |s| 2.0 * (-s.u * s.u / proxy(s)).exp(),
                },
                Mutant {
                    name: "squared-dimension",
                    why: "takes the proxy (L/d)^2 for L^2/d",
                    says: |s| 2.0 * (-0.5 * s.d as f64 * s.u * s.u / proxy(s)).exp(),
                },
                Mutant {
                    name: "bounded-range",
                    why: "takes Hoeffding's proxy for a range of L/sqrt(d) around the mean",
                    says: |s| 2.0 * (-2.0 * s.u * s.u / proxy(s)).exp(),
                },
            ],
            curve: Curve {
                x: "u",
                grid: Grid::Linear { from: 0.0, to: 4.0, points: 41 },
                at: |u| probe(Steep::Norm, 20, u),
            },
        },
        Tie::formula(tail_bound),
    )
}

/// $d \operatorname{Var} f \le L^2$ for Gaussian points, at $L = 1$.
fn variance() -> Claim {
    Claim::new(
        "variance",
        Bound {
            domain: |given| {
                let function = given.choice("function", &FAMILIES);
                probe(function, given.count("d", 10..=40), 0.0)
            },
            observable: squared_deviation,
            relation: AtMost,
            holds: OnAverage(Relative(0.02)),
            bound: |_| 1.0,
            known: vec![(probe(Steep::Linear, 10, 0.0), 1.0)],
            mutants: [
                Mutant {
                    name: "lost-degree",
                    why: "loses a degree of freedom to the mean, as a sample variance does",
                    says: |s| 1.0 - 1.0 / s.d as f64,
                },
                Mutant {
                    name: "norm",
                    why: "takes the variance of the norm, which is half as large",
                    says: |_| 0.5,
                },
                Mutant {
                    name: "squared-dimension",
                    why: "takes the proxy (L/d)^2 for L^2/d",
                    says: |s| 1.0 / s.d as f64,
                },
            ],
            curve: Curve {
                x: "d",
                grid: Grid::Linear { from: 2.0, to: 40.0, points: 39 },
                at: |d| probe(Steep::Norm, d as usize, 0.0),
            },
        },
        Tie::none("the constant 1, of Poincare's inequality"),
    )
}

/// Gaussian points.
fn probe(function: Steep, d: usize, u: f64) -> Probe {
    Probe { function, covariates: Covariates::Gaussian, d, u }
}

/// $c$.
fn proxy(s: &Probe) -> f64 {
    match s.covariates {
        Covariates::Sphere => s.d as f64 / (s.d as f64 - 1.0),
        _ => 1.0,
    }
}

//! Why the law of robustness has a logarithm.
//!
//! A class may have $p$ parameters and yet fit more noise than $p$ smooth ones, if the parameters
//! say which functions to use: choosing $p$ of $d$ coordinates by the data gains a factor of about
//! $\sqrt{2 \log(d / p)}$. So a bound by the noise that a class can fit, as the law of robustness
//! is one, is not of the form $L \ge c \sqrt{n d / p}$ for all classes with $p$ parameters.

use super::samplers::{Selection, best_selected};
use super::{LINK, PAPER};
use std::sync::LazyLock;
use theoremcheck::prelude::*;
use theoremcheck::special::{normal_density, normal_isf};

/// $p = \tau d$ coordinates of $d$, $n$ points.
#[derive(Clone, Copy, Debug)]
struct Share {
    n: usize,
    /// $1 / \tau$.
    inverse: usize,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "bubeck2021.selection",
        alias: "bubeck-sellke.selection",
        title: "Parameters that choose coordinates fit more noise",
        source: Source {
            paper: PAPER,
            result: "the logarithm of Theorem 3; limit derived here",
            link: LINK,
        },
        statement: r"Let $x_1, \dots, x_n \sim N(0, I_d / d)$ be independent, $y_i = \pm 1$ fair
            signs independent of them, and $T(f) = \frac1n \sum_i y_i f(x_i)$. Over linear functions
            of norm 1 of $p$ fixed coordinates, $E \max T^2 = \frac{p}{n d}$. Over those of any $p$
            coordinates, as $d \to \infty$ with $p / d \to \tau \in (0, 1)$,
            $\frac{n d}{p} E \max T^2 \to 1 + \frac{2 t \varphi(t)}{\tau}$, where $\varphi$ is the
            standard normal density and $P(|G| > t) = \tau$ for a standard normal $G$. (This is
            $2 \log(1 / \tau)$ to leading order as $\tau \to 0$.) A function of norm $L$ that
            interpolates all labels has $T = 1$, which is how the law of robustness bounds $L$ from
            below; for this class it gives less than $c \sqrt{n d / p}$ for every $c > 0$ if
            $\tau$ is small enough, as the logarithm in the published law allows for.",
        claims: vec![selected()],
        derivation: conditional_square,
    }
}

/// $1 + \frac{2 t \varphi(t)}{\tau}$.
static GAIN: LazyLock<Expr> = LazyLock::new(|| {
    let (t, tau, phi) = vars!("t", "tau", "phi");
    1 + 2 * t * phi / tau
});

/// $E[G^2 \mid |G| > t]$ from its antiderivative.
fn conditional_square() -> Derivation {
    let (x, t, tau, phi) = vars!("x", "t", "tau", "phi");
    let weight = (-(x.pow(2) / 2)).exp();
    let all = Domain::new().real(&x);
    // x^2 e^{-x^2/2} is e^{-x^2/2} less the derivative of x e^{-x^2/2}.
    let by_parts = &weight - (&x * &weight).d(&x);
    let given = Domain::new().open(&t, 0, INF).open(&tau, 0, INF).open(&phi, 0, INF);
    Derivation::of("Mean square of the coordinates that are chosen")
        .cited(
            "order-statistics",
            "averages over the largest p of d independent variables tend to those beyond the \
             quantile",
            Source {
                paper: "S. M. Stigler, 1974, Linear functions of order statistics with smooth \
                        weight functions",
                result: "Theorem 1",
                link: "https://doi.org/10.1214/aos/1176342756",
            },
        )
        .identity("by-parts", x.pow(2) * &weight, by_parts, &all)
        .twin("sign", |s| s.right(&weight + (&x * &weight).d(&x)))
        .identity("gain", (&tau + 2 * &t * &phi) / &tau, GAIN.clone(), &given)
        .twin("one-sided", |s| s.right(1 + &t * &phi / &tau))
        .positive("more", &*GAIN - 1, &given)
        .twin("less", |s| s.of(1 - &*GAIN))
}

fn gain(s: &Share) -> Formula {
    let t = quantile(s);
    let values = [("t", t), ("tau", 1.0 / s.inverse as f64), ("phi", normal_density(t))];
    Formula::of("gain", &GAIN, values)
}

/// $t$.
fn quantile(s: &Share) -> f64 {
    normal_isf(0.5 / s.inverse as f64)
}

fn selected() -> Claim {
    Claim::new(
        "selected",
        Limit {
            domain: |given| Share {
                n: given.count("n", 1..=3),
                inverse: given.count("inverse", 2..=8),
            },
            theory: |s| gain(s).value(),
            observable: Each(|s, p| {
                best_selected(Selection { n: s.n, d: p * s.inverse, chosen: p })
            }),
            sizes: &[8, 16, 32, 64],
            // Means of order statistics at fixed levels: whole powers of 1/d (David and Nagaraja
            // 2003, Section 4.6).
            correction: Correction::INVERSE_N.then(1.5),
            resolution: Relative(0.01),
            known: vec![
                // By mpmath.
                (Share { n: 1, inverse: 2 }, 1.857_348_164_511_481_2),
                (Share { n: 2, inverse: 8 }, 4.018_755_161_728_515),
            ],
            mutants: [
                Mutant {
                    name: "fixed-coordinates",
                    why: "does not let the data choose: sqrt(n d / p) without a logarithm",
                    says: |_| 1.0,
                },
                Mutant {
                    name: "threshold",
                    why: "takes the square at the threshold for that beyond it",
                    says: |s| quantile(s).powi(2),
                },
                Mutant {
                    name: "leading-order",
                    why: "takes 2 log(1 / tau), which is the order for small tau",
                    says: |s| 2.0 * (s.inverse as f64).ln(),
                },
                Mutant {
                    name: "one-sided",
                    why: "lets only positive correlations be chosen: the quantile of tau",
                    says: |s| {
                        let t = normal_isf(1.0 / s.inverse as f64);
                        1.0 + t * normal_density(t) * s.inverse as f64
                    },
                },
                Mutant {
                    name: "one-more",
                    why: "chooses eleven coordinates for ten",
                    says: |s| {
                        let tau = 1.1 / s.inverse as f64;
                        let t = normal_isf(0.5 * tau);
                        1.0 + 2.0 * t * normal_density(t) / tau
                    },
                },
            ],
            curve: Curve {
                x: "inverse",
                grid: Grid::At(&[2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0]),
                at: |inverse| Share { n: 1, inverse: inverse as usize },
            },
        },
        Tie::formula(gain),
    )
}

//! M. Hardt, T. Ma, B. Recht (2018), *Gradient descent learns linear dynamical systems*, JMLR 19
//! (29), 1-44; arXiv:1609.05191.
//!
//! The population risk of a linear dynamical system is no convex function of its parameters, and
//! gradient descent finds its minimum all the same: seen in the frequency domain, no descent
//! direction points away from the target.
//!
//! Notation: $h_{t+1} = A h_t + B x_t$, $y_t = C h_t + D x_t$ with one input and one output in
//! controllable canonical form, $p(z) = z^n + a_1 z^{n-1} + \dots + a_n$ the characteristic
//! polynomial, $s(z) = c_1 z^{n-1} + \dots + c_n$, $G = s / p$, $r_k = C A^k B$; a hat marks the
//! system that is learned.

pub(crate) mod idealised_risk;
pub(crate) mod quasi_convexity;

use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::linear_system::{Complex, LinearSystem, from_roots};
use theoremcheck::prelude::*;

/// The paper, as `source` cites it.
const PAPER: &str = "Hardt, Ma, Recht (2018), Gradient descent learns linear dynamical systems";

/// The paper's number.
const LINK: &str = "arXiv:1609.05191";

/// Points on the unit circle, and terms of a series: what is left out is below $10^{-20}$ of the
/// whole for roots of modulus up to 0.95.
const TERMS: usize = 1024;

/// What is learned, and the target.
#[derive(Clone, Debug)]
struct Pair {
    learned: LinearSystem,
    target: LinearSystem,
}

/// Two stable systems of one order with roots of modulus up to a radius and $D = 0$.
fn any_pair(given: &mut Given) -> Pair {
    let order = given.count("order", 1..=3);
    let radius = given.real("radius", 0.1..=0.85);
    let mut rng = given.data("systems");
    let learned = draw(&mut rng, order, radius);
    // Another radius: systems of order 1 would be equal by accident.
    let nearer = radius * (0.3 + 0.6 * rng.uniform());
    Pair { learned, target: draw(&mut rng, order, nearer) }
}

/// A stable system with $\|c\| = 1$, $D = 0$, and roots that are real or conjugate pairs.
fn draw(rng: &mut Rng, order: usize, radius: f64) -> LinearSystem {
    let mut output = vec![0.0; order];
    rng.unit_vector(&mut output);
    system(&roots(rng, order, radius), &output)
}

/// The coefficients of a polynomial with random roots, one of which has the modulus `radius`.
fn roots(rng: &mut Rng, order: usize, radius: f64) -> Vec<f64> {
    let (mut real, mut pairs) = (Vec::new(), Vec::new());
    let mut modulus = radius;
    while real.len() + 2 * pairs.len() < order {
        if real.len() + 2 * pairs.len() + 2 <= order && rng.uniform() < 0.5 {
            pairs.push([modulus, PI * rng.uniform()]);
        } else {
            real.push(rng.sign() * modulus);
        }
        modulus = radius * rng.uniform().sqrt();
    }
    from_roots(&real, &pairs)
}

/// The system with these parameters and $D = 0$.
///
/// # Panics
/// If it is not stable, with the hypothesis: the domains hand out none.
fn system(characteristic: &[f64], output: &[f64]) -> LinearSystem {
    LinearSystem::new(characteristic, output, 0.0).unwrap_or_else(|refused| panic!("{refused}"))
}

/// $\frac{c}{z - a}$.
fn first_order(a: f64, c: f64) -> LinearSystem {
    system(&[-a], &[c])
}

/// $\frac{c}{z - a}$ and $\frac{\hat c}{z - \hat a}$.
fn pair(target: [f64; 2], learned: [f64; 2]) -> Pair {
    let [[a, c], [ah, ch]] = [target, learned];
    Pair { target: first_order(a, c), learned: first_order(ah, ch) }
}

/// $a$ and $c$ of a system of order 1.
fn pole_and_weight(of: &LinearSystem) -> [f64; 2] {
    [-of.characteristic()[0], of.output()[0]]
}

/// $r_0, r_1, \dots$
fn response(of: &LinearSystem) -> Vec<f64> {
    let mut markov = vec![0.0; TERMS];
    of.markov(&mut markov);
    markov
}

/// $w = e^{-it}$ for $t$ all around the circle: $z = 1/w$.
static CIRCLE: LazyLock<Vec<Complex<f64>>> = LazyLock::new(|| {
    let at = |k: usize| Complex::from_polar(1.0, -2.0 * PI * k as f64 / TERMS as f64);
    (0..TERMS).map(at).collect()
});

/// $\frac{1}{2\pi} \int f(e^{it}) dt$, by the trapezoidal rule.
fn mean_over_circle(f: impl Fn(Complex<f64>) -> f64) -> f64 {
    CIRCLE.iter().copied().map(f).sum::<f64>() / TERMS as f64
}

/// $\min_t f(e^{it})$ over the points of the circle.
fn least_on_circle(f: impl Fn(Complex<f64>) -> f64) -> f64 {
    CIRCLE.iter().copied().map(f).fold(f64::INFINITY, f64::min)
}

//! Depth speeds up the regression of fourth powers, and squares only sometimes.
//!
//! The paper's illustration of acceleration: two parameters, targets of different size, and
//! gradient descent with its best step size. The counts are deterministic and erratic, since a
//! lucky step may land on the target; what can be said of them is little, and is said here.

use super::{LINK, PAPER};
use theoremcheck::prelude::*;

/// $\frac1p \bigl(|w_1 - y_1|^p + c\, |w_2 - y_2|^p\bigr)$.
#[derive(Clone, Copy, Debug)]
struct Instance {
    fourth_power: bool,
    curvature: f64,
    targets: [f64; 2],
    depth: usize,
    /// Whether depth is expected to help.
    helps: bool,
}

/// The grid of step sizes: quarters of octaves from $2^{-14}$ to $2^4$.
const STEP_SIZES: i32 = 72;

/// Steps for the squares and for the fourth powers, at most, far above the fewest of any depth: a
/// step size may leave a trajectory in a cycle.
const STEPS_MAX: [u32; 2] = [1_000, 10_000];

/// A loss beyond which a trajectory is given up: it started below $10^6$.
const DIVERGED: f64 = 1e9;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "arora2018.lp-acceleration",
        alias: "arora2018.lp-acceleration",
        title: "Steps that depth saves in the regression of fourth powers and squares",
        source: Source {
            paper: PAPER,
            result: "the illustration of Section 5 (number unverified) for the powers 2 and 4; the \
                     instances and counts are measured here",
            link: LINK,
        },
        statement: r"Let $L(w) = \frac1p (|w_1 - y_1|^p + c\, |w_2 - y_2|^p)$, let $w$
            be the product of $N$ balanced layers that starts at $\frac{1}{100 \sqrt2} (1, 1)$, and
            count the steps of gradient descent over the layers until $L < \epsilon$, for the step
            size out of $2^{-14}, 2^{-13.75}, \dots, 2^4$ that needs fewest. Measured, and no
            theorem: for $p = 4$, $c = 1$, $\epsilon = 10^{-4}$, $y_2 = 1$ and all
            $10 \le y_1 \le 20$ that were looked at, two to four layers need fewer steps than one.
            For $p = 2$, $c = \frac1{100}$, $\epsilon = 10^{-6}$ depth costs steps where the target
            lies in the steep direction, $y = (10, 1)$ and $y = (1, 1)$, and saves some where it
            lies in the flat one, $y = (1, 10)$: that there is no acceleration for squares is true
            of some targets alone. Both depend on lucky steps.",
        claims: vec![fourth_powers(), squares()],
        derivation: Derivation::none,
    }
}

fn fourth_powers() -> Claim {
    Claim::new(
        "fourth-powers",
        Property {
            domain: |given| quartic(given.real("y1", 10.0..=20.0), given.count("depth", 2..=4)),
            margin: |i| saved(i, 1) - 1.0,
            // Counts by an implementation in C: 1885, 98, 28 and 59 for one to four layers, and
            // 7552 and 274.
            known: vec![
                (quartic(10.0, 2), 1885.0 / 98.0 - 1.0),
                (quartic(10.0, 3), 1885.0 / 28.0 - 1.0),
                (quartic(10.0, 4), 1885.0 / 59.0 - 1.0),
                (quartic(20.0, 2), 7552.0 / 274.0 - 1.0),
            ],
            mutants: [
                Mutant {
                    name: "deeper-is-faster",
                    why: "expects each layer to save steps",
                    says: |i| saved(i, i.depth - 1) - 1.0,
                },
                Mutant {
                    name: "tenfold",
                    why: "takes a speed-up of the best cases for that of all",
                    says: |i| saved(i, 1) - 10.0,
                },
                Mutant {
                    name: "slower",
                    why: "expects depth to cost steps, as for the square",
                    says: |i| 1.0 - saved(i, 1),
                },
            ],
            curve: Curve {
                x: "y1",
                grid: Grid::Linear { from: 10.0, to: 20.0, points: 21 },
                at: |y1| quartic(y1, 2),
            },
        },
        Tie::none("counts of steps of gradient descent: there is no formula for them"),
    )
}

fn squares() -> Claim {
    Claim::new(
        "squares",
        Property {
            domain: |given| {
                let targets = [("steep", [10.0, 1.0]), ("even", [1.0, 1.0]), ("flat", [1.0, 10.0])];
                square(given.choice("target", &targets), given.count("depth", 2..=4))
            },
            margin: |i| as_expected(i, i.helps),
            // Counts by an implementation in C: 251 and 453, 544, 627; 387 and 214, 181.
            known: vec![
                (square([10.0, 1.0], 2), 1.0 - 251.0 / 453.0),
                (square([10.0, 1.0], 3), 1.0 - 251.0 / 544.0),
                (square([1.0, 10.0], 2), 387.0 / 214.0 - 1.0),
                (square([1.0, 10.0], 3), 387.0 / 181.0 - 1.0),
            ],
            mutants: [
                Mutant {
                    name: "never",
                    why: "expects no acceleration for squares, whatever the target",
                    says: |i| as_expected(i, false),
                },
                Mutant {
                    name: "always",
                    why: "expects depth to help whatever the target",
                    says: |i| as_expected(i, true),
                },
                Mutant {
                    name: "other-targets",
                    why: "expects of (7.46496, 1) and four layers what is true of (10, 1)",
                    says: |_| as_expected(&square([7.46496, 1.0], 4), false),
                },
            ],
            curve: Curve {
                x: "depth",
                grid: Grid::Linear { from: 2.0, to: 5.0, points: 4 },
                at: |depth| square([10.0, 1.0], depth as usize),
            },
        },
        Tie::none("counts of steps of gradient descent: there is no formula for them"),
    )
}

fn quartic(y1: f64, depth: usize) -> Instance {
    Instance { fourth_power: true, curvature: 1.0, targets: [y1, 1.0], depth, helps: true }
}

fn square(targets: [f64; 2], depth: usize) -> Instance {
    let helps = targets[1] > targets[0];
    Instance { fourth_power: false, curvature: 0.01, targets, depth, helps }
}

/// How many times as many steps another depth needs.
fn saved(i: &Instance, depth: usize) -> f64 {
    fewest(&Instance { depth, ..*i }) / fewest(i)
}

/// The part of the steps that depth saves or costs, positive where it does as expected.
fn as_expected(i: &Instance, helps: bool) -> f64 {
    let part = saved(i, 1) - 1.0;
    if helps { part } else { -part }
}

/// The steps with the best step size.
fn fewest(i: &Instance) -> f64 {
    // From the largest: it diverges early or sets the limit for the ones that follow.
    let sizes = (0..=STEP_SIZES).rev().map(|k| (0.25 * f64::from(k) - 14.0).exp2());
    let most = STEPS_MAX[usize::from(i.fourth_power)];
    f64::from(sizes.fold(most, |limit, eta| steps(i, eta, limit).unwrap_or(limit)))
}

/// The steps until the loss is small, if there are fewer than a limit.
fn steps(i: &Instance, eta: f64, limit: u32) -> Option<u32> {
    let accuracy = if i.fourth_power { 1e-4 } else { 1e-6 };
    let factor = 0.01_f64.powf(1.0 / i.depth as f64);
    // The upper layers are numbers, equal at the start and so for ever.
    let (mut first, mut upper) = ([factor * 0.5_f64.sqrt(); 2], factor);
    let above = i.depth as i32 - 1;
    for count in 0..limit {
        let product = upper.powi(above);
        let (mut loss, mut slope) = (0.0, [0.0; 2]);
        for (j, weight) in [1.0, i.curvature].into_iter().enumerate() {
            let r = product * first[j] - i.targets[j];
            let (value, by) =
                if i.fourth_power { (0.25 * r.powi(4), r.powi(3)) } else { (0.5 * r * r, r) };
            loss += weight * value;
            slope[j] = weight * by;
        }
        if loss < accuracy {
            return Some(count);
        }
        if loss.is_nan() || loss >= DIVERGED {
            return None;
        }
        let along = slope[0] * first[0] + slope[1] * first[1];
        first = [0, 1].map(|j| first[j] - eta * product * slope[j]);
        if above > 0 {
            upper -= eta * upper.powi(above - 1) * along;
        }
    }
    None
}

//! The risk of a linear dynamical system, in time and in frequency.
//!
//! White inputs make the risk of a recurrent model a sum of squares, over a finite horizon with
//! weights that end with it. In frequency it is a mean over the circle: the journal prints the
//! integral without the factor $\frac{1}{2\pi}$.

use super::{
    LINK, PAPER, Pair, any_pair, draw, first_order, mean_over_circle, pair, pole_and_weight,
    response,
};
use std::f64::consts::PI;
use std::sync::LazyLock;
use theoremcheck::models::linear_system::LinearSystem;
use theoremcheck::prelude::*;

/// Two systems with feedthroughs $\hat D$ and $D$, run for $T$ steps.
#[derive(Clone, Debug)]
struct Horizon {
    systems: Pair,
    steps: usize,
    inputs: Inputs,
}

/// The law of an input: mean 0 and variance 1.
#[derive(Clone, Copy, Debug)]
enum Inputs {
    Normal,
    Signs,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "hardt2018.idealised-risk",
        alias: "hardt2018.idealised-risk",
        title: "Risk of linear dynamical systems over finite and infinite horizons",
        source: Source {
            paper: PAPER,
            result: "Definition 3.1, Proposition 3.2, which is printed without the factor \
                     1/(2 pi), and Lemma 3.5",
            link: LINK,
        },
        statement: r"Let $y_t$ be the output of $h_{t+1} = A h_t + B x_t$,
            $y_t = C h_t + D x_t$ from $h_1 = 0$, with one input, one output and all roots of
            the characteristic polynomial $p$ inside the unit circle, $r_k = C A^k B$ and $G(z) =
            \sum_{k \ge 0} r_k z^{-k-1}$; hats mark a second such system. For inputs $x_1, \dots,
            x_T$ that are uncorrelated with mean 0 and variance 1, on average
            $\frac1T \sum_{t \le T} (\hat y_t - y_t)^2$ is $(\hat D - D)^2 + \sum_{k=1}^{T-1}
            (1 - \frac kT) (\hat r_{k-1} - r_{k-1})^2$. As $T \to \infty$ that tends to
            $(\hat D - D)^2 + g$, $g = \sum_{k \ge 0} (\hat r_k - r_k)^2
            = \frac{1}{2\pi} \int_0^{2\pi} |\hat G(e^{it}) - G(e^{it})|^2 dt$: the factor
            $\frac{1}{2\pi}$ is missing in the paper. For $\hat G = \frac{\hat c}{z - \hat a}$ and
            $G = \frac{c}{z - a}$, $g = \frac{\hat c^2}{1 - \hat a^2} -
            \frac{2 c \hat c}{1 - a \hat a} + \frac{c^2}{1 - a^2}$. Checked for orders up to 3,
            with independent normal inputs and fair signs.",
        claims: vec![parseval(), finite_horizon(), long_horizon()],
        derivation: first_order_series,
    }
}

/// $g$ for two systems of order 1, and the risk over $T$ steps of one of them against 0.
static RISKS: LazyLock<[Expr; 2]> = LazyLock::new(|| {
    let (a, c, ah, ch) = vars!("a", "c", "ah", "ch");
    let infinite = squares([&a, &c, &ah, &ch]);
    let (q, t, d) = vars!("q", "T", "D");
    let power = ((&t - 1) * q.ln()).exp();
    let sum = (&t - 1) / (1 - &q) - &q * (1 - power) / (1 - &q).pow(2);
    [infinite, d.pow(2) + ch.pow(2) * sum / t]
});

/// $\frac{\hat c^2}{1 - \hat a^2} - \frac{2 c \hat c}{1 - a \hat a} + \frac{c^2}{1 - a^2}$.
fn squares([a, c, ah, ch]: [&Expr; 4]) -> Expr {
    ch.pow(2) / (1 - ah.pow(2)) - 2 * c * ch / (1 - a * ah) + c.pow(2) / (1 - a.pow(2))
}

/// The first term of the series is split off; the rest is the same series with other weights.
fn first_order_series() -> Derivation {
    let (a, c, ah, ch) = vars!("a", "c", "ah", "ch");
    let (q, t, d, k, r) = vars!("q", "T", "D", "k", "r");
    let stable = Domain::new().open(&a, -1, 1).open(&ah, -1, 1).real(&c).real(&ch);
    let [infinite, finite] = &*RISKS;
    let rest = squares([&a, &(&a * &c), &ah, &(&ah * &ch)]);
    let horizon = Domain::new().open(&q, 0, 1).open(&t, 1, INF).real(&d).real(&ch);
    let response = ch.pow(2) * (1 - ((&t - 1) * q.ln()).exp()) / (1 - &q);
    let shorter = (&t - 1) * finite.at(&t, &t - 1);
    // q = e^(-r): what is left of the series, and the weights that the window takes away.
    let decay = Domain::new().open(&r, 0, INF);
    let left = (-&r * &k).exp();
    Derivation::of("Two geometric series")
        .cited(
            "parseval",
            "the sum of the squares of the coefficients is the mean over the circle",
            Source {
                paper: PAPER,
                result: "Proposition 3.2, with the factor 1/(2 pi)",
                link: LINK,
            },
        )
        .identity("first-order", infinite.clone(), (&ch - &c).pow(2) + &rest, &stable)
        .twin("two-pi", |s| s.right(2 * pi() * ((&ch - &c).pow(2) + &rest)))
        .twin("begins-late", |s| s.right(rest.clone()))
        .limit("rest-vanishes", left.clone(), &k, INF, 0, &decay)
        .twin("stays", |s| s.value(1))
        // One step more adds the feedthrough and one term for each past input.
        .identity("horizon", finite.clone(), (&shorter + d.pow(2) + &response) / &t, &horizon)
        .twin("no-feedthrough", |s| s.right((&shorter + &response) / &t))
        .limit("window", (1 - &left) / &k, &k, INF, 0, &decay)
        .twin("stays", |s| s.value(1))
}

fn parseval() -> Claim {
    Claim::new(
        "parseval",
        Identity {
            domain: any_pair,
            left: |s| difference(s).iter().map(|r| r * r).sum(),
            right: |s| {
                mean_over_circle(|w| (s.learned.transfer(w) - s.target.transfer(w)).norm_sqr())
            },
            known: known_pairs().into(),
            mutants: [
                Mutant {
                    name: "two-pi",
                    why: "takes the integral for the mean, as the paper prints it",
                    says: |s| {
                        let mean = |w| (s.learned.transfer(w) - s.target.transfer(w)).norm_sqr();
                        2.0 * PI * mean_over_circle(mean)
                    },
                },
                Mutant {
                    name: "one-late",
                    why: "begins with the response to the input before the last",
                    says: |s| {
                        let all = difference(s);
                        all[1..].iter().map(|r| r * r).sum()
                    },
                },
                Mutant {
                    name: "mean-amplitude",
                    why: "squares the mean amplitude",
                    says: |s| {
                        let amplitude = |w| (s.learned.transfer(w) - s.target.transfer(w)).norm();
                        mean_over_circle(amplitude).powi(2)
                    },
                },
                Mutant {
                    name: "powers",
                    why: "takes the difference of the two powers",
                    says: |s| {
                        let power =
                            |of: &LinearSystem| mean_over_circle(|w| of.transfer(w).norm_sqr());
                        (power(&s.learned) - power(&s.target)).abs()
                    },
                },
            ],
            curve: Curve {
                x: "a",
                grid: Grid::Linear { from: -0.9, to: 0.9, points: 37 },
                at: |a| pair([0.8, 1.0], [a, 0.7]),
            },
        },
        Tie::instances(known_pairs().map(|(pair, _)| pair).into(), |s: &Pair| {
            let [a, c] = pole_and_weight(&s.target);
            let [ah, ch] = pole_and_weight(&s.learned);
            Formula::of("first-order", &RISKS[0], [("a", a), ("c", c), ("ah", ah), ("ch", ch)])
        }),
    )
}

fn finite_horizon() -> Claim {
    Claim::new(
        "finite-horizon",
        Equality {
            domain: any_horizon,
            theory: |h| windowed(h, |k, t| 1.0 - k / t, 1.0),
            observable: risk_by_simulation,
            resolution: Relative(0.005),
            known: vec![
                // By hand: 1/4 + (3/4 + 1/2 * 1/4 + 1/4 * 1/16), and 1/4 + 1/2.
                (against_zero(4), 1.140_625),
                (against_zero(2), 0.75),
            ],
            mutants: [
                Mutant {
                    name: "no-window",
                    why: "gives every response its full weight, as for an infinite horizon",
                    says: |h| windowed(h, |_, _| 1.0, 1.0),
                },
                Mutant {
                    name: "no-feedthrough",
                    why: "forgets the direct path from input to output",
                    says: |h| windowed(h, |k, t| 1.0 - k / t, 0.0),
                },
                Mutant {
                    name: "one-early",
                    why: "lets the state see the input of the same step",
                    says: |h| windowed(h, |k, t| 1.0 - (k - 1.0) / t, 1.0),
                },
                Mutant {
                    name: "fifty-sequences",
                    why: "divides the sum over 50 sequences by 49",
                    says: |h| windowed(h, |k, t| 1.0 - k / t, 1.0) * 50.0 / 49.0,
                },
            ],
            curve: Curve {
                x: "T",
                grid: Grid::Linear { from: 2.0, to: 40.0, points: 39 },
                at: |steps| against_zero(steps as usize),
            },
        },
        Tie::instances(vec![against_zero(4), against_zero(2), against_zero(30)], |h: &Horizon| {
            let [a, c] = pole_and_weight(&h.systems.learned);
            let values = [
                ("q", a * a),
                ("T", h.steps as f64),
                ("D", h.systems.learned.feedthrough()),
                ("ch", c),
            ];
            Formula::of("horizon", &RISKS[1], values)
        }),
    )
}

fn long_horizon() -> Claim {
    Claim::new(
        "long-horizon",
        Limit {
            domain: any_horizon,
            theory: |h| in_frequency(h, 1.0, 1.0),
            observable: Each(risk_by_impulses),
            sizes: &[250, 500, 1000, 2000],
            // The weights 1 - k/T: what is left after 1/T is exponentially small.
            correction: Correction::INVERSE_N.then(2.0),
            resolution: Relative(0.005),
            known: vec![
                // By hand: 1/4 + 1 / (1 - 1/4).
                (against_zero(4), 19.0 / 12.0),
            ],
            mutants: [
                Mutant {
                    name: "two-pi",
                    why: "takes the integral for the mean, as the paper prints it",
                    says: |h| in_frequency(h, 2.0 * PI, 1.0),
                },
                Mutant {
                    name: "no-feedthrough",
                    why: "forgets the direct path from input to output",
                    says: |h| in_frequency(h, 1.0, 0.0),
                },
                Mutant {
                    name: "half-window",
                    why: "takes the mean weight of a window of T steps, one half",
                    says: |h| in_frequency(h, 0.5, 1.0),
                },
                Mutant {
                    name: "fifty-sequences",
                    why: "divides the sum over 50 sequences by 49",
                    says: |h| in_frequency(h, 1.0, 1.0) * 50.0 / 49.0,
                },
            ],
            curve: Curve {
                x: "a",
                grid: Grid::Linear { from: -0.9, to: 0.9, points: 37 },
                at: |a| Horizon { systems: pair([0.8, 1.0], [a, 0.7]), ..against_zero(4) },
            },
        },
        Tie::none("a sum over the points of the circle; the step is about systems of order one"),
    )
}

fn any_horizon(given: &mut Given) -> Horizon {
    let steps = given.count("T", 8..=40);
    let inputs = given.choice("inputs", &[("normal", Inputs::Normal), ("signs", Inputs::Signs)]);
    let feedthroughs = [given.real("D-learned", -1.0..=1.0), given.real("D", -1.0..=1.0)];
    let radius = given.real("radius", 0.1..=0.85);
    let orders = [given.count("order-learned", 1..=3), given.count("order", 1..=3)];
    let mut rng = given.data("systems");
    let [learned, target] =
        [0, 1].map(|i| with_feedthrough(&draw(&mut rng, orders[i], radius), feedthroughs[i]));
    Horizon { systems: Pair { learned, target }, steps, inputs }
}

/// The system with a direct path.
///
/// # Panics
/// If the feedthrough is no finite number: the domains hand out none.
fn with_feedthrough(of: &LinearSystem, feedthrough: f64) -> LinearSystem {
    LinearSystem::new(of.characteristic(), of.output(), feedthrough)
        .unwrap_or_else(|refused| panic!("{refused}"))
}

/// From the closed form, by hand.
fn known_pairs() -> [(Pair, f64); 2] {
    [
        (pair([0.8, 1.0], [0.5, 0.7]), 1.097_777_777_777_777_8),
        (pair([0.95, 1.0], [-0.3, 0.2]), 9.989_082_253_673_7),
    ]
}

/// $\hat y_t = \frac12 x_t + h_t$, $h_{t+1} = \frac12 h_t + x_t$, and $y_t = 0$.
fn against_zero(steps: usize) -> Horizon {
    let learned = with_feedthrough(&first_order(0.5, 1.0), 0.5);
    let systems = Pair { learned, target: first_order(0.5, 0.0) };
    Horizon { systems, steps, inputs: Inputs::Normal }
}

/// $\hat r_k - r_k$.
fn difference(s: &Pair) -> Vec<f64> {
    response(&s.learned).iter().zip(response(&s.target)).map(|(r, rho)| r - rho).collect()
}

/// $f\, (\hat D - D)^2 + \sum_{k=1}^{T-1} w(k, T)\, (\hat r_{k-1} - r_{k-1})^2$.
fn windowed(h: &Horizon, weight: fn(f64, f64) -> f64, feedthrough: f64) -> f64 {
    let t = h.steps as f64;
    let squares = difference(&h.systems).into_iter().map(|r| r * r).enumerate();
    let sum: f64 = squares.take(h.steps - 1).map(|(k, r)| weight(k as f64 + 1.0, t) * r).sum();
    feedthrough * direct(&h.systems) + sum
}

/// $f\, (\hat D - D)^2$ plus a multiple of the mean over the circle.
fn in_frequency(h: &Horizon, factor: f64, feedthrough: f64) -> f64 {
    let Pair { learned, target } = &h.systems;
    let mean = mean_over_circle(|w| (learned.transfer(w) - target.transfer(w)).norm_sqr());
    feedthrough * direct(&h.systems) + factor * mean
}

/// $(\hat D - D)^2$.
fn direct(s: &Pair) -> f64 {
    (s.learned.feedthrough() - s.target.feedthrough()).powi(2)
}

/// $\frac1T \sum_t (\hat y_t - y_t)^2$ for random inputs.
fn risk_by_simulation(h: Horizon) -> Sampler {
    let Pair { learned, target } = h.systems;
    let [mut inputs, mut seen, mut wanted] = [(); 3].map(|()| vec![0.0; h.steps]);
    let mut states = [learned.order(), target.order()].map(|n| vec![0.0; n]);
    Sampler::new(move |rng| {
        match h.inputs {
            Inputs::Normal => rng.fill_normal(&mut inputs),
            Inputs::Signs => inputs.iter_mut().for_each(|x| *x = rng.sign()),
        }
        learned.run(&inputs, &mut seen, &mut states[0]);
        target.run(&inputs, &mut wanted, &mut states[1]);
        let errors = seen.iter().zip(&wanted).map(|(y, z)| (y - z).powi(2));
        errors.sum::<f64>() / inputs.len() as f64
    })
}

/// $\frac1T \operatorname{tr} H^\top H$, $H$ the matrix of the responses at all times to impulses
/// at all times: an impulse at time $s$ is seen for $T - s$ steps.
fn risk_by_impulses(h: Horizon, steps: usize) -> Sampler {
    let mut inputs = vec![0.0; steps];
    inputs[0] = 1.0;
    let output = |of: &LinearSystem| {
        let (mut outputs, mut state) = (vec![0.0; steps], vec![0.0; of.order()]);
        of.run(&inputs, &mut outputs, &mut state);
        outputs
    };
    let pairs = output(&h.systems.learned).into_iter().zip(output(&h.systems.target));
    let (mut energy, mut total) = (0.0, 0.0);
    for (seen, wanted) in pairs {
        energy += (seen - wanted).powi(2);
        total += energy;
    }
    Sampler::exact(total / steps as f64)
}

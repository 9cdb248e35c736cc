//! Gradient descent keeps the layers of a linear network as balanced as they were.
//!
//! Nothing in the loss asks for it: the imbalance of neighbouring layers is a conserved quantity
//! of gradient flow, and gradient descent changes it by the square of the step alone. So small
//! random weights are balanced for ever, which is what theories of deep linear networks start from.

use super::training::{
    FLOW, Training, any_network, any_training, drifts, flowed, largest_ratio, rational, scalar,
    scaled, smooth_descent, stepped,
};
use super::{LINK, PAPER};
use theoremcheck::models::linear_network::Matrix;
use theoremcheck::prelude::*;

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "du2018.balancedness",
        alias: "noether.balancedness",
        title: "Conservation of the imbalance of neighbouring layers",
        source: Source {
            paper: PAPER,
            result: "conservation for linear activations (also Arora, Cohen, Hazan 2018); the \
                     discrete law and the bound on the drift are derived here",
            link: LINK,
        },
        statement: r"Let $L$ be any differentiable loss of the product $W_N \cdots W_1$ of $N$
            matrices, $G_j$ its gradient by $W_j$, and
            $Q_j = W_{j+1}^\top W_{j+1} - W_j W_j^\top$, $j < N$. Under gradient flow
            $\dot W_j = - G_j$ each $Q_j$ is constant, because
            $W_{j+1}^\top G_{j+1} = G_j W_j^\top$. A step of gradient descent,
            $W_j - \eta G_j$, changes it by exactly
            $\eta^2 (G_{j+1}^\top G_{j+1} - G_j G_j^\top)$, so that over a fixed time $K \eta$ the
            change is of order $\eta$. If $L$ is smooth with constant at most $1/\eta$ along the
            way, then after $k$ steps $\|Q_j(k) - Q_j(0)\|_F \le 2 \eta (L_0 - L_k)$, $L_k$ the
            loss after $k$ steps; the constant 2 is best possible.",
        claims: vec![
            Claim::new(
                "flow",
                flow(),
                Tie::none("norms of matrices of any size; the steps are about two generic layers"),
            )
            .components(&["norm of row"]),
            Claim::new(
                "step",
                step(),
                Tie::none("norms of matrices of any size; the steps are about two generic layers"),
            )
            .components(&["norm of row"]),
            Claim::new("drift", drift(), Tie::none("a rate: the exponent -1 is the whole theory"))
                .points(8),
            Claim::new(
                "certificate",
                certificate(),
                Tie::none(
                    "a largest ratio along a trajectory of gradient descent: no expression here",
                ),
            ),
        ],
        derivation: three_layers,
    }
}

/// Three layers of generic $2 \times 2$ matrices and any gradient $D$ by their product, as that of
/// $\operatorname{tr} D^\top W_3 W_2 W_1$ is. $Q_j$ is conserved along the flow, and changed in a
/// step.
fn three_layers() -> Derivation {
    type Square = SquareMatrix<2>;
    let layers = ["a", "b", "c"].map(Square::symbols);
    let (d, eta) = (Square::symbols("d"), var("eta"));
    let all = layers.iter().chain([&d]).flat_map(|w| w.entries());
    let all = all.fold(Domain::new(), |domain, x| domain.real(x));
    let product = &(&layers[2] * &layers[1]) * &layers[0];
    let loss = (&d.transposed() * &product).trace();
    let gradients = layers.each_ref().map(|w| w.gradient(&loss));
    let imbalance = |of: &[Square; 3], j: usize| {
        let (above, below) = (&of[j + 1], &of[j]);
        &(&above.transposed() * above) - &(below * &below.transposed())
    };
    let after: [Square; 3] = [0, 1, 2].map(|j| &layers[j] - &gradients[j].scaled(&eta));
    let with_step = all.clone().open(&eta, 0, INF);
    let conserved = |derivation: Derivation, name, j: usize, [row, column]: [usize; 2]| {
        let squares = imbalance(&gradients, j).at(row, column).clone();
        let velocity = imbalance(&after, j).at(row, column).d(&eta).at(&eta, 0);
        derivation.identity(name, velocity, 0, &all).twin("grows", |s| s.right(squares))
    };
    let stepped = |derivation: Derivation, name, j: usize, [row, column]: [usize; 2]| {
        let entry = |of: &[Square; 3]| imbalance(of, j).at(row, column).clone();
        let change = entry(&after) - entry(&layers);
        derivation
            .identity(name, change, eta.pow(2) * entry(&gradients), &with_step)
            .twin("first-order", |s| s.right(&eta * entry(&gradients)))
    };
    let start = Derivation::of("Imbalance of three layers under gradient flow and descent");
    let lower = conserved(start, "conserved-diagonal", 0, [0, 0]);
    let lower = conserved(lower, "conserved", 0, [0, 1]);
    let upper = conserved(lower, "conserved-above-diagonal", 1, [0, 0]);
    let upper = conserved(upper, "conserved-above", 1, [0, 1]);
    let steps = stepped(upper, "step-diagonal", 0, [0, 0]);
    // Change of one imbalance in a step over eta times the gain: numbers for layers.
    let (u, v) = vars!("g_1", "g_2");
    let per_gain = eta.pow(2) * (v.pow(2) - u.pow(2)) / (eta.pow(2) * (u.pow(2) + v.pow(2)) / 2);
    // A ratio of squares: the larger one is 1 without loss of generality.
    let per_gain = per_gain.at(&eta, 1).at(&v, 1);
    let norms = Domain::new().closed(&u, 0, 1);
    stepped(stepped(steps, "step", 0, [0, 1]), "step-above", 1, [0, 1])
        .cited(
            "descent",
            "a step of 1/M on a loss of smoothness M gains at least half the step times the \
             squared gradient, and exactly that on x^2 M/2",
            Source {
                paper: "Y. Nesterov, 2004, Introductory Lectures on Convex Optimization",
                result: "Section 1.2.3",
                link: "https://doi.org/10.1007/978-1-4419-8853-9",
            },
        )
        .supremum("best-constant", per_gain, 2, &norms)
        .twin("smaller", |s| s.claimed(decimal("1.99")))
}

/// $Q_j$ after steps of the implicit midpoint rule $= Q_j(0)$, as the norms of all rows.
///
/// The rule keeps every quadratic quantity that a flow keeps, at any step (Cooper 1987), and what
/// it keeps at any step the flow keeps: the flow is checked to rounding without being solved.
fn flow() -> Identity<Training, Vec<f64>, 4> {
    Identity {
        domain: any_training,
        left: |t| row_norms(&flowed(t).imbalances()),
        right: |t| row_norms(&t.network.imbalances()),
        // The rows of [[-4, -3], [-3, 0]].
        known: vec![(rational(0.1), vec![5.0, 3.0])],
        mutants: [
            Mutant {
                name: "weight-decay",
                why: "allows for a weight decay of 1 % in unit time: then the imbalance dies out",
                says: |t| {
                    let decay = (-2.0 * 0.01 * t.eta * FLOW as f64).exp();
                    row_norms(&t.network.imbalances()).iter().map(|norm| norm * decay).collect()
                },
            },
            Mutant {
                name: "descent",
                why: "takes one step of gradient descent for the flow",
                says: |t| row_norms(&stepped(t).imbalances()),
            },
            Mutant {
                name: "sum",
                why: "takes the sum of the two Gram matrices for the difference",
                says: |t| {
                    let sum = |p: &[Matrix<f64>]| p[1].tr_mul(&p[1]) + &p[0] * p[0].transpose();
                    row_norms(&t.network.layers.windows(2).map(sum).collect::<Vec<_>>())
                },
            },
            Mutant {
                name: "lower-layer",
                why: "takes each layer to keep its own Gram matrix",
                says: |t| {
                    let own = |p: &[Matrix<f64>]| &p[0] * p[0].transpose();
                    row_norms(&t.network.layers.windows(2).map(own).collect::<Vec<_>>())
                },
            },
        ],
        curve: Curve {
            x: "scale",
            grid: Grid::Linear { from: 0.2, to: 2.0, points: 46 },
            at: |scale| scaled(scale, 0.1),
        },
    }
}

/// $Q_j(1) = Q_j(0) + \eta^2 (G_{j+1}^\top G_{j+1} - G_j G_j^\top)$, as the norms of all rows.
///
/// The left side takes the step by backpropagation, the right side takes the gradients from
/// $G_j = (W_N \cdots W_{j+1})^\top \nabla L\, (W_{j-1} \cdots W_1)^\top$.
fn step() -> Identity<Training, Vec<f64>, 5> {
    Identity {
        domain: any_training,
        left: |t| row_norms(&stepped(t).imbalances()),
        right: |t| {
            after_step(t, |above, below, eta| {
                (above.tr_mul(above) - below * below.transpose()) * (eta * eta)
            })
        },
        // [[-4, -3], [-3, 0]] + [[-12, 15], [15, -9]] / 100.
        known: vec![(rational(0.1), vec![5.009_680_628_543_101, 2.851_420_698_529_068])],
        mutants: [
            Mutant {
                name: "conserved",
                why: "takes gradient descent for gradient flow",
                says: |t| after_step(t, |_, below, _| below * below.transpose() * 0.0),
            },
            Mutant {
                name: "sum",
                why: "adds the two squares",
                says: |t| {
                    after_step(t, |above, below, eta| {
                        (above.tr_mul(above) + below * below.transpose()) * (eta * eta)
                    })
                },
            },
            Mutant {
                name: "first-order",
                why: "writes the step for its square",
                says: |t| {
                    after_step(t, |above, below, eta| {
                        (above.tr_mul(above) - below * below.transpose()) * eta
                    })
                },
            },
            Mutant {
                name: "half",
                why: "halves the second-order term, as in a Taylor series",
                says: |t| {
                    after_step(t, |above, below, eta| {
                        (above.tr_mul(above) - below * below.transpose()) * (0.5 * eta * eta)
                    })
                },
            },
            Mutant {
                name: "lower-only",
                why: "forgets that the upper layer moves too",
                says: |t| after_step(t, |_, below, eta| below * below.transpose() * (-eta * eta)),
            },
        ],
        curve: Curve {
            x: "eta",
            grid: Grid::Linear { from: 0.0, to: 1.0, points: 51 },
            at: rational,
        },
    }
}

/// $\sum_j \|Q_j(K) - Q_j(0)\|_F$ goes like $\eta = 1/K$.
fn drift() -> Rate<Training, 4> {
    Rate {
        domain: any_network,
        shape: |_, steps| power(steps, -1.0),
        observable: Nested(drifts),
        relation: Equal,
        sizes: &[50, 100, 200, 400, 800],
        // eta times an integral along gradient flow; both the sum for the integral and gradient
        // descent for the flow are a series in eta, so that the next power is the square. The
        // guard stays far below it: nothing is random, and the cube would show where it has the
        // other sign and the square is small.
        correction: Correction::INVERSE_N,
        resolution: 0.02,
        mutants: super::other_orders(
            "forgets that a fixed time takes 1/eta steps",
            "takes the first-order terms not to cancel: the change does not vanish",
        ),
        curve: Curve {
            x: "steps",
            grid: Grid::Log { from: 10.0, to: 4000.0, points: 41 },
            at: |steps| (scaled(1.0, 0.1), steps.round() as usize),
        },
    }
}

/// $1 - \max_{j,k} \|Q_j(k) - Q_j(0)\|_F / \bigl(2 \eta (L_0 - L_k)\bigr) \ge 0$.
///
/// Approached by two scalar layers, one at 0 and one much larger than the target: one step of the
/// inverse curvature solves the task, and only one of the layers moves.
fn certificate() -> Property<Training, 4> {
    Property {
        domain: smooth_descent,
        margin: |t| 1.0 - largest_ratio(t, |eta, start, now| 2.0 * eta * (start - now)),
        // The first step, to w = (2 eta, 2), is the worst: 1 - 1 / (2 - 4 eta), by hand.
        known: vec![(scalar(0.2), 1.0 / 6.0), (scalar(0.125), 1.0 / 3.0)],
        mutants: [
            Mutant {
                name: "no-two",
                why: "takes the decrease of the loss by eta |G|^2 for granted, as under the flow",
                says: |t| 1.0 - largest_ratio(t, |eta, start, now| eta * (start - now)),
            },
            Mutant {
                name: "square",
                why: "keeps eta squared after summing over the steps",
                says: |t| 1.0 - largest_ratio(t, |eta, start, now| 2.0 * eta * eta * (start - now)),
            },
            Mutant {
                name: "loss-left",
                why: "takes the loss that is left for the loss that is gone",
                says: |t| 1.0 - largest_ratio(t, |eta, _, now| 2.0 * eta * now),
            },
            Mutant {
                name: "no-step",
                why: "bounds the change by the square of the decrease of the loss",
                says: |t| 1.0 - largest_ratio(t, |_, start, now| 2.0 * (start - now).powi(2)),
            },
        ],
        curve: Curve {
            x: "eta",
            grid: Grid::Linear { from: 0.005, to: 0.2, points: 40 },
            at: scalar,
        },
    }
}

/// The norms of all rows.
fn row_norms(matrices: &[Matrix<f64>]) -> Vec<f64> {
    matrices.iter().flat_map(|m| m.row_iter().map(|row| row.norm()).collect::<Vec<_>>()).collect()
}

/// The row norms of $Q_j(0)$ plus a change that is a function of $G_{j+1}$, $G_j$ and $\eta$.
fn after_step(
    t: &Training,
    change: fn(&Matrix<f64>, &Matrix<f64>, f64) -> Matrix<f64>,
) -> Vec<f64> {
    let layers = &t.network.layers;
    let slope = t.task.gradient(&t.network.product());
    let gradient = |j: usize| {
        let above = layers[j + 1..].iter().rev().fold(slope.clone(), |g, w| w.tr_mul(&g));
        layers[..j].iter().fold(above, |g, w| g * w.transpose())
    };
    let gradients: Vec<_> = (0..layers.len()).map(gradient).collect();
    let changed: Vec<_> = t
        .network
        .imbalances()
        .iter()
        .zip(gradients.windows(2))
        .map(|(q, pair)| q + change(&pair[1], &pair[0], t.eta))
        .collect();
    row_norms(&changed)
}

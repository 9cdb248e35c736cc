//! How the product of the layers of a linear network moves when the layers are trained.
//!
//! Depth adds no expressive power here, but it changes the dynamics: the gradient is multiplied by
//! fractional powers of the matrix reached so far, which speeds up the directions in which
//! training has already gone. The layers themselves drop out of the equation.

use super::{LINK, PAPER};
use theoremcheck::linalg::symmetric_eigen;
use theoremcheck::models::linear_network::{LinearNetwork, Loss, Matrix, Task};
use theoremcheck::prelude::*;

/// Balanced layers, the rank of their product, any task, and a weight decay.
#[derive(Clone, Debug)]
struct Layers {
    network: LinearNetwork,
    rank: usize,
    task: Task,
    decay: f64,
}

pub(crate) fn theorem() -> Theorem {
    Theorem {
        id: "arora2018.end-to-end",
        alias: "arora2018.end-to-end",
        title: "End-to-end dynamics of deep linear networks",
        source: Source {
            paper: PAPER,
            result: "Theorem 1 and Claim 2; weight decay as there, gradient descent from there",
            link: LINK,
        },
        statement: r"Let $W_e = W_N \cdots W_1$, $N \ge 2$, be a $k \times d$ matrix, $L$ any
            differentiable loss of it, and the layers balanced at the start,
            $W_{j+1}^\top W_{j+1} = W_j W_j^\top$. Under gradient flow of $L$ over the layers with
            weight decay $\lambda$, $\dot W_j = -\partial L / \partial W_j - \lambda W_j$,
            $\dot W_e = -\lambda N W_e - \sum_{j=1}^N \bigl[W_e W_e^\top\bigr]^{(N-j)/N}\, \nabla
            L(W_e)\, \bigl[W_e^\top W_e\bigr]^{(j-1)/N}$, where $[\cdot]^a$ is the power of a
            positive semidefinite matrix and $[\cdot]^0$ the identity. For one output, $k = 1$ and
            $\lambda = 0$, that is
            $\dot w = -\|w\|^{2 - 2/N} \bigl(\nabla L(w) + (N-1) \operatorname{Pr}_w \nabla
            L(w)\bigr)$ with $\operatorname{Pr}_w g = \frac{g^\top w}{\|w\|^2} w$. Gradient descent
            over the layers with step $\eta$ and the discrete version of the equation differ by
            $O(\eta)$ after a fixed time.",
        claims: vec![
            Claim::new(
                "flow",
                flow(),
                Tie::none(
                    "powers of matrices of any size; the steps are about two layers and one output",
                ),
            )
            .components(&["norm"]),
            Claim::new(
                "single-output",
                single_output(),
                Tie::none("vectors of any size; the steps are about two layers in the plane"),
            )
            .components(&["speed", "rate of descent"]),
            Claim::new("descent", descent(), Tie::none("a rate: the exponent is the whole theory"))
                .points(8),
        ],
        derivation: balanced_layers,
    }
}

/// Three layers of $2 \times 2$ matrices, and two of one output.
fn balanced_layers() -> Derivation {
    let start = Derivation::of("The end-to-end equation for few layers in the plane")
        .assumed("balanced", "the layers are balanced at the start, and so for ever");
    one_output_two_layers(powers_of_three_layers(flow_of_three_layers(start)))
}

/// Any three layers, balanced or not: $\dot W_e$ with the gradients of a loss whose gradient by
/// the product is $D$, as those of $\operatorname{tr} D^\top W_e$ are.
fn flow_of_three_layers(start: Derivation) -> Derivation {
    type Square = SquareMatrix<2>;
    let [w1, w2, w3, d] = ["a", "b", "c", "d"].map(Square::symbols);
    let product = &(&w3 * &w2) * &w1;
    let loss = (&d.transposed() * &product).trace();
    let all = [&w1, &w2, &w3, &d].into_iter().flat_map(|w| w.entries());
    let all = all.fold(Domain::new(), |domain, x| domain.real(x));
    let moved = |w: &Square| w.gradient(&loss).scaled(&(-1).into());
    let above = &(&moved(&w3) * &w2) * &w1;
    let between = &(&w3 * &moved(&w2)) * &w1;
    let velocity = &(&above + &between) + &(&(&w3 * &w2) * &moved(&w1));
    // W_(3:2) W_(3:2)^T D + W_3 W_3^T D W_1^T W_1 + D W_(2:1)^T W_(2:1).
    let gram = |w: &Square| w * &w.transposed();
    let (top, bottom) = (&w3 * &w2, &w2 * &w1);
    let first = &gram(&top) * &d;
    let second = &(&gram(&w3) * &d) * &gram(&w1.transposed());
    let third = &d * &gram(&bottom.transposed());
    let equation = (&(&first + &second) + &third).scaled(&(-1).into());
    let without = (&first + &third).scaled(&(-1).into());
    let entry = |m: &Square, [i, j]: [usize; 2]| m.at(i, j).clone();
    let flow = |derivation: Derivation, name, at| {
        derivation
            .identity(name, entry(&velocity, at), entry(&equation, at), &all)
            .by(Method::NormalForm)
            .twin("no-middle-layer", |s| s.right(entry(&without, at)))
    };
    flow(flow(start, "flow-diagonal", [0, 0]), "flow", [0, 1])
}

/// Balanced layers $W_j = U_j S U_{j-1}^\top$ with rotations $U_j$ and $S$ diagonal: the Gram
/// matrices are powers of those of the product. A power 2/3 is said by its cube and the square:
/// a positive semidefinite matrix has one positive semidefinite cube root.
fn powers_of_three_layers(start: Derivation) -> Derivation {
    type Square = SquareMatrix<2>;
    let (s, t) = vars!("s", "t");
    let (a, b, c, d) = vars!("alpha", "beta", "gamma", "delta");
    let all = Domain::new().half_open(&s, 0, INF).half_open(&t, 0, INF);
    let all = [&a, &b, &c, &d].into_iter().fold(all, |domain, angle| domain.real(angle));
    let singular = Square::diagonal([s, t]);
    let layer = |up: &Expr, down: &Expr| {
        &(&Square::rotation(up) * &singular) * &Square::rotation(down).transposed()
    };
    let (w1, w2, w3) = (layer(&b, &a), layer(&c, &b), layer(&d, &c));
    let product = &(&w3 * &w2) * &w1;
    let gram = |w: &Square| w * &w.transposed();
    let cube = |w: &Square| &(w * w) * w;
    let one_third = cube(&gram(&w3));
    let two_thirds = cube(&gram(&(&w3 * &w2)));
    let once = gram(&product);
    let squared = &once * &once;
    let from_the_right = gram(&product.transposed());
    let balance = (&w2.transposed() * &w2, gram(&w1));
    let on_the_right = cube(&gram(&w1.transposed()));
    let entry = |m: &Square, j: usize| m.at(0, j).clone();
    start
        .identity("stays-balanced", entry(&balance.0, 1), entry(&balance.1, 1), &all)
        .twin("sum", |x| x.right(-entry(&balance.1, 1)))
        .identity("one-third-diagonal", entry(&one_third, 0), entry(&once, 0), &all)
        .twin("other-side", |x| x.right(entry(&from_the_right, 0)))
        .identity("one-third", entry(&one_third, 1), entry(&once, 1), &all)
        .twin("other-side", |x| x.right(entry(&from_the_right, 1)))
        .identity("two-thirds-diagonal", entry(&two_thirds, 0), entry(&squared, 0), &all)
        .twin("one-third", |x| x.right(entry(&once, 0)))
        .identity("two-thirds", entry(&two_thirds, 1), entry(&squared, 1), &all)
        .twin("one-third", |x| x.right(entry(&once, 1)))
        .identity("on-the-right", entry(&on_the_right, 1), entry(&from_the_right, 1), &all)
        .twin("other-side", |x| x.right(entry(&once, 1)))
}

/// Two layers and one output, $W_2 = c$ and $W_1 = c\,(\cos t, \sin t)$, which is what balance
/// says; $g$ is the gradient by the product $w = c^2 (\cos t, \sin t)$.
fn one_output_two_layers(start: Derivation) -> Derivation {
    let (c, t, g1, g2) = vars!("c", "t", "g_1", "g_2");
    let (x, y) = (&c * t.cos(), &c * t.sin());
    let (w1, w2) = (&c * &x, &c * &y);
    let norm = c.pow(2);
    let along = &g1 * &w1 + &g2 * &w2;
    let domain = Domain::new().open(&c, 0, INF).real(&t).real(&g1).real(&g2);
    // -(dW_2/dt) W_1 - W_2 dW_1/dt, with the gradients g W_1^T and W_2 g of the layers.
    let velocity = |g: &Expr, entry: &Expr| (&g1 * &x + &g2 * &y) * entry + &c * (&c * g);
    let equation = |g: &Expr, w: &Expr| &norm * (g + &along * w / norm.pow(2));
    start
        .identity("balance", x.pow(2) + y.pow(2), c.pow(2), &domain)
        .twin("first-power", |s| s.right(c.clone()))
        .identity("norm", w1.pow(2) + w2.pow(2), norm.pow(2), &domain)
        .twin("no-square", |s| s.right(norm.clone()))
        .identity("first", velocity(&g1, &x), equation(&g1, &w1), &domain)
        .twin("no-projection", |s| s.right(&norm * &g1))
        .identity("second", velocity(&g2, &y), equation(&g2, &w2), &domain)
        .twin("twice", |s| s.right(&norm * (&g2 + 2 * &along * &w2 / norm.pow(2))))
}

/// $\dot W_e$ by the product rule, against the equation: norms of rows and columns and of
/// $\dot W_e + \nabla L$.
fn flow() -> Identity<Layers, Vec<f64>, 6> {
    Identity {
        domain: any_layers,
        left: |s| norms(s, &velocity(s)),
        right: |s| preconditioned(s, |n, j| [n - j, j - 1.0].map(|a| a / n), Zeroth::Identity),
        known: vec![
            // N = 2, w = (3, 4), gradient (1, 0): velocity -(6.8, 2.4), by hand.
            (example(2, 5.0), vec![52.0_f64.sqrt(), 39.4_f64.sqrt()]),
        ],
        mutants: [
            Mutant {
                name: "exponents-shifted",
                why: "puts j for j - 1 in the power on the right",
                says: |s| preconditioned(s, |n, j| [(n - j) / n, j / n], Zeroth::Identity),
            },
            Mutant {
                name: "exponents-halved",
                why: "takes powers of singular values for powers of the Gram matrices",
                says: |s| {
                    preconditioned(
                        s,
                        |n, j| [n - j, j - 1.0].map(|a| 0.5 * a / n),
                        Zeroth::Identity,
                    )
                },
            },
            Mutant {
                name: "geometric-mean",
                why: "gives both sides the same power in all terms",
                says: |s| preconditioned(s, |n, _| [0.5 * (n - 1.0) / n; 2], Zeroth::Identity),
            },
            Mutant {
                name: "projector",
                why: "takes the power 0 for the projector on the range: what is 0 stays 0",
                says: |s| {
                    preconditioned(s, |n, j| [n - j, j - 1.0].map(|a| a / n), Zeroth::Projector)
                },
            },
            Mutant {
                name: "decay-once",
                why: "lets weight decay act on the product instead of on each layer",
                says: |s| {
                    let once =
                        Layers { decay: s.decay / s.network.layers.len() as f64, ..s.clone() };
                    preconditioned(&once, |n, j| [n - j, j - 1.0].map(|a| a / n), Zeroth::Identity)
                },
            },
            Mutant {
                name: "no-depth",
                why: "takes the gradient flow of the product, as for one layer",
                says: |s| norms(s, &-s.task.gradient(&s.network.product())),
            },
        ],
        curve: Curve {
            x: "norm",
            grid: Grid::Linear { from: 0.1, to: 8.0, points: 80 },
            at: |norm| example(3, norm),
        },
    }
}

/// The same for one output without decay: $\|\dot w\|$ and $-\dot w^\top \nabla L$.
fn single_output() -> Identity<Layers, [f64; 2], 5> {
    Identity {
        domain: one_output,
        left: |s| {
            let velocity = velocity(s);
            [velocity.norm(), -velocity.dot(&s.task.gradient(&s.network.product()))]
        },
        right: |s| accelerated(s, |n| [2.0 - 2.0 / n, n - 1.0]),
        // By hand and by mpmath: -(6.8, 2.4) and -5^(4/3) (43, 24) / 25.
        known: vec![
            (example(2, 5.0), [52.0_f64.sqrt(), 6.8]),
            (example(3, 5.0), [16.841_309_943_310_467, 14.705_793_141_419_594]),
        ],
        mutants: [
            Mutant {
                name: "projection-n-times",
                why: "counts the projection N times",
                says: |s| accelerated(s, |n| [2.0 - 2.0 / n, n]),
            },
            Mutant {
                name: "half-exponent",
                why: "takes |w|^(1 - 1/N), the power of the Gram matrix",
                says: |s| accelerated(s, |n| [1.0 - 1.0 / n, n - 1.0]),
            },
            Mutant {
                name: "no-projection",
                why: "keeps the adaptive rate and forgets the momentum along w",
                says: |s| accelerated(s, |n| [2.0 - 2.0 / n, 0.0]),
            },
            Mutant {
                name: "infinite-depth",
                why: "takes the exponent of infinitely many layers",
                says: |s| accelerated(s, |n| [2.0, n - 1.0]),
            },
            Mutant {
                name: "layers-counted",
                why: "counts hidden layers, one less than matrices",
                says: |s| accelerated(s, |n| [2.0 - 2.0 / (n - 1.0), n - 2.0]),
            },
        ],
        curve: Curve {
            x: "norm",
            grid: Grid::Linear { from: 0.1, to: 8.0, points: 80 },
            at: |norm| example(3, norm),
        },
    }
}

/// The distance of the products after time 1/2 goes like the step.
fn descent() -> Rate<Layers, 4> {
    Rate {
        domain: full_rank,
        shape: |_, steps| power(steps, -1.0),
        observable: Nested(distances),
        relation: Equal,
        sizes: &[50, 100, 200, 400, 800],
        // Both are first-order discretisations of one flow, hence series in the step. Nothing is
        // random, so that the guard stays below the next power, the square: further terms would
        // show where they have the other sign.
        correction: Correction::INVERSE_N,
        resolution: 0.02,
        mutants: crate::du2018::other_orders(
            "takes the equation to hold for steps of any size",
            "takes the two flows to differ: the distance does not vanish",
        ),
        curve: Curve {
            x: "steps",
            grid: Grid::Log { from: 50.0, to: 4000.0, points: 41 },
            at: |steps| (gentle(), steps.round() as usize),
        },
    }
}

fn any_layers(given: &mut Given) -> Layers {
    let k = given.count("k", 1..=4);
    let d = given.count("d", 2..=4);
    let rank = given.count("rank", 1..=k.min(d));
    let decay = given.scale("decay", 0.01..=0.5);
    layers(given, [k, d, rank], 2..=5, decay)
}

fn one_output(given: &mut Given) -> Layers {
    let d = given.count("d", 2..=5);
    layers(given, [1, d, 1], 2..=6, 0.0)
}

/// Steps of the discrete equation would leave the matrices of lower rank, near which fractional
/// powers are not smooth.
fn full_rank(given: &mut Given) -> Layers {
    let k = given.count("k", 1..=3);
    let d = given.count("d", 1..=3);
    layers(given, [k, d, k.min(d)], 2..=4, 0.0)
}

/// Hidden layers as wide as the rank or wider, in any rotation; inputs and targets of norm 1.
fn layers(
    given: &mut Given,
    [k, d, rank]: [usize; 3],
    depth: std::ops::RangeInclusive<usize>,
    decay: f64,
) -> Layers {
    let depth = given.count("depth", depth);
    let mut widths = vec![given.count("width", rank..=rank + 2); depth + 1];
    (widths[0], widths[depth]) = (d, k);
    let singular = given.spectrum("singular", rank, 0.5..=2.0);
    let mut rng = given.data("data");
    let network = LinearNetwork::balanced(&mut rng, &widths, &singular);
    let mut unit = |rows: usize| {
        let mut entries = vec![0.0; 4 * rows];
        rng.unit_vector(&mut entries);
        Matrix::from_column_slice(rows, 4, &entries)
    };
    let task = Task { inputs: unit(d), targets: unit(k), loss: Loss::LogCosh };
    Layers { network, rank, task, decay }
}

/// $w$ in the direction of $(3, 4)$ in layers of width 1, and a task whose gradient there is
/// $(1, 0)$.
fn example(depth: usize, norm: f64) -> Layers {
    let factor = norm.powf(1.0 / depth as f64);
    let mut layers = vec![Matrix::from_element(1, 1, factor); depth];
    layers[0] = Matrix::from_row_slice(1, 2, &[0.6 * factor, 0.8 * factor]);
    let targets = Matrix::from_row_slice(1, 2, &[0.6 * norm - 1.0, 0.8 * norm]);
    let task = Task { inputs: Matrix::identity(2, 2), targets, loss: Loss::Square };
    Layers { network: LinearNetwork { layers }, rank: 1, task, decay: 0.0 }
}

/// $w = (3, 4)$ in three layers, with a tenth of the gradient.
fn gentle() -> Layers {
    let mut layers = example(3, 5.0);
    layers.task.targets = Matrix::from_row_slice(1, 2, &[2.9, 4.0]);
    layers
}

/// $\sum_j (W_N \cdots W_{j+1})\, \dot W_j\, (W_{j-1} \cdots W_1)$ with
/// $\dot W_j = -G_j - \lambda W_j$, $G_j$ by backpropagation.
fn velocity(s: &Layers) -> Matrix<f64> {
    let layers = &s.network.layers;
    let gradients = s.network.gradients(&s.task);
    let term = |j: usize| {
        let moved = -&gradients[j] - &layers[j] * s.decay;
        let below = layers[..j].iter().rev().fold(moved, |product, w| product * w);
        layers[j + 1..].iter().fold(below, |product, w| w * product)
    };
    (1..layers.len()).map(term).fold(term(0), |sum, term| sum + term)
}

/// What the power 0 of a singular matrix is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zeroth {
    Identity,
    Projector,
}

/// $-\lambda N W - \sum_j [W W^\top]^a\, \nabla L\, [W^\top W]^b$, $a$ and $b$ functions of $N$ and
/// $j$, as `norms`.
fn preconditioned(s: &Layers, powers: fn(f64, f64) -> [f64; 2], zeroth: Zeroth) -> Vec<f64> {
    norms(s, &equation(s, &s.network.product(), powers, zeroth))
}

fn equation(
    s: &Layers,
    product: &Matrix<f64>,
    powers: fn(f64, f64) -> [f64; 2],
    zeroth: Zeroth,
) -> Matrix<f64> {
    let depth = s.network.layers.len();
    let gradient = s.task.gradient(product);
    let transposed = product.transpose();
    (1..=depth).fold(product * (-s.decay * depth as f64), |sum, j| {
        let [a, b] = powers(depth as f64, j as f64);
        let left = gram_power(product, s.rank, a, zeroth);
        let right = gram_power(&transposed, s.rank, b, zeroth);
        sum - left * &gradient * right
    })
}

/// $[W W^\top]^a$ for $W$ of known rank. Eigenvalues that are 0 are left out: rounded to
/// $10^{-17}$, their fifth root would be $4 \cdot 10^{-4}$.
fn gram_power(matrix: &Matrix<f64>, rank: usize, a: f64, zeroth: Zeroth) -> Matrix<f64> {
    let n = matrix.nrows();
    if a == 0.0 && zeroth == Zeroth::Identity {
        return Matrix::identity(n, n);
    }
    let Ok(eigen) = symmetric_eigen(&(matrix * matrix.transpose())) else {
        return Matrix::from_element(n, n, f64::NAN); // reported by the harness
    };
    (n - rank..n).fold(Matrix::zeros(n, n), |sum, i| {
        let vector = eigen.vectors.column(i);
        sum + vector * vector.transpose() * eigen.values[i].powf(a)
    })
}

/// Norms of the rows, of the columns if they have more than one entry, and of the sum with the
/// gradient: no number that is small by accident.
fn norms(s: &Layers, velocity: &Matrix<f64>) -> Vec<f64> {
    let columns = if velocity.nrows() > 1 { velocity.ncols() } else { 0 };
    let rows = velocity.row_iter().map(|row| row.norm());
    let columns = velocity.column_iter().take(columns).map(|column| column.norm());
    let against = (velocity + s.task.gradient(&s.network.product())).norm();
    rows.chain(columns).chain([against]).collect()
}

/// $\|w\|^a (g + b \operatorname{Pr}_w g)$, $a$ and $b$ functions of $N$: its norm and its product
/// with $g$.
fn accelerated(s: &Layers, exponent_and_weight: fn(f64) -> [f64; 2]) -> [f64; 2] {
    let w = s.network.product();
    let g = s.task.gradient(&w);
    let [a, b] = exponent_and_weight(s.network.layers.len() as f64);
    let projection = &w * (g.dot(&w) / w.norm_squared());
    let velocity = (&g + projection * b) * w.norm().powf(a);
    [velocity.norm(), velocity.dot(&g)]
}

/// The distance, after time 1/2 in a number of steps, of the product of trained layers from the
/// matrix that follows the equation.
fn distances(s: Layers, steps: &'static [usize]) -> Sampler<Vec<f64>> {
    let powers = |n: f64, j: f64| [n - j, j - 1.0].map(|a| a / n);
    let distance = |steps: &usize| {
        let eta = 0.5 / *steps as f64;
        let mut trained = s.network.clone();
        let mut matrix = s.network.product();
        for _ in 0..*steps {
            trained.step(&s.task, eta);
            matrix += equation(&s, &matrix, powers, Zeroth::Identity) * eta;
        }
        (trained.product() - matrix).norm()
    };
    Sampler::exact(steps.iter().map(distance).collect())
}

//! Networks, tasks and descents that the claims share.

use theoremcheck::models::linear_network::{LinearNetwork, Loss, Matrix, Task};
use theoremcheck::prelude::*;

/// Any network, any task, and a step.
#[derive(Clone, Debug)]
pub(super) struct Training {
    pub(super) network: LinearNetwork,
    pub(super) task: Task,
    pub(super) eta: f64,
}

/// The losses of a residual.
const LOSSES: [(&str, Loss); 3] =
    [("square", Loss::Square), ("log-cosh", Loss::LogCosh), ("quartic", Loss::Quartic)];

/// Steps of the implicit midpoint rule.
pub(super) const FLOW: usize = 3;

/// Steps along which the bound on the drift is looked at.
const DESCENT: usize = 20;

pub(super) fn any_training(given: &mut Given) -> Training {
    let eta = given.scale("eta", 0.02..=0.1);
    Training { eta, ..any_network(given) }
}

/// Two layers or more, none narrower than two so that no row is one accidental number; the step is
/// for others to choose.
pub(super) fn any_network(given: &mut Given) -> Training {
    let loss = given.choice("loss", &LOSSES);
    let depth = given.count("depth", 2..=4);
    let width = given.count("width", 2..=4);
    let mut widths = vec![width; depth + 1];
    (widths[0], widths[depth]) = (given.count("inputs", 1..=4), given.count("outputs", 1..=4));
    let (network, task) = draw(&mut given.data("data"), loss, &widths);
    Training { network, task, eta: 0.1 }
}

/// Layers and inputs of norm 1 and targets of norm 2, in random directions. So the curvature of the
/// loss is a few units at most (9 if one quartic residual is as large as all can be), and the
/// gradients are not so small that changes drown in rounding.
fn draw(rng: &mut Rng, loss: Loss, widths: &[usize]) -> (LinearNetwork, Task) {
    let mut unit = |rows: usize, columns: usize| {
        let mut entries = vec![0.0; rows * columns];
        rng.unit_vector(&mut entries);
        Matrix::from_column_slice(rows, columns, &entries)
    };
    let layers = widths.windows(2).map(|pair| unit(pair[1], pair[0])).collect();
    let (inputs, outputs) = (widths[0], widths[widths.len() - 1]);
    let task = Task { inputs: unit(inputs, 4), targets: unit(outputs, 4) * 2.0, loss };
    (LinearNetwork { layers }, task)
}

/// Square loss of the product itself, and a step that its smoothness allows: at `share` 1 the
/// largest where norms do not grow.
pub(super) fn smooth_descent(given: &mut Given) -> Training {
    let depth = given.count("depth", 2..=3);
    let width = given.count("width", 1..=3);
    let first = given.scale("first", 0.01..=1.0);
    let rest = given.scale("rest", 0.5..=2.0);
    let gap = given.scale("gap", 0.01..=2.0);
    let share = given.real("share", 0.1..=1.0);
    let mut rng = given.data("weights");
    let mut network = LinearNetwork::gaussian(&mut rng, &vec![width; depth + 1], rest);
    network.layers[0] *= first / rest;
    // Away from the start by a gap, so that the decrease of the loss is no difference of rounded
    // zeros.
    let mut off = vec![0.0; width * width];
    rng.unit_vector(&mut off);
    let targets = network.product() + Matrix::from_column_slice(width, width, &off) * gap;
    let task = Task { inputs: Matrix::identity(width, width), targets, loss: Loss::Square };
    let mut training = Training { network, task, eta: f64::INFINITY };
    training.eta = share / largest_smoothness(&training, 0.0);
    // Norms may grow on the way, and they grow less with a smaller step.
    for _ in 0..60 {
        let smoothness = largest_smoothness(&training, training.eta);
        if training.eta * smoothness <= 1.0 {
            break;
        }
        training.eta = 0.9 / smoothness;
    }
    training
}

/// $W_1 = \begin{pmatrix} 1 & 2 \\ 0 & 1 \end{pmatrix}$, $W_2 = (1, -1)$, and a task whose gradient
/// at their product is $(3, -2)$.
pub(super) fn rational(eta: f64) -> Training {
    let first = Matrix::from_row_slice(2, 2, &[1.0, 2.0, 0.0, 1.0]);
    let second = Matrix::from_row_slice(1, 2, &[1.0, -1.0]);
    let targets = Matrix::from_row_slice(1, 2, &[-2.0, 3.0]);
    let task = Task { inputs: Matrix::identity(2, 2), targets, loss: Loss::Square };
    Training { network: LinearNetwork { layers: vec![first, second] }, task, eta }
}

/// The same with weights scaled.
pub(super) fn scaled(scale: f64, eta: f64) -> Training {
    let mut training = rational(eta);
    training.network.layers.iter_mut().for_each(|layer| *layer *= scale);
    training
}

/// $w_1 = 0$, $w_2 = 2$, $y = 1$.
pub(super) fn scalar(eta: f64) -> Training {
    let one = |value: f64| Matrix::from_element(1, 1, value);
    let task = Task { inputs: one(1.0), targets: one(1.0), loss: Loss::Square };
    Training { network: LinearNetwork { layers: vec![one(0.0), one(2.0)] }, task, eta }
}

/// The network after a step of gradient descent.
pub(super) fn stepped(t: &Training) -> LinearNetwork {
    let mut network = t.network.clone();
    network.step(&t.task, t.eta);
    network
}

/// The network after steps of the implicit midpoint rule, each by fixed-point iteration: the
/// midpoint is $W - \frac\eta2 G$, $G$ the gradient there.
pub(super) fn flowed(t: &Training) -> LinearNetwork {
    let mut network = t.network.clone();
    for _ in 0..FLOW {
        let mut midpoint = network.clone();
        // A contraction by half the step times the curvature, below 1/2.
        for _ in 0..60 {
            let gradients = midpoint.gradients(&t.task);
            let start = network.layers.iter().zip(&gradients);
            let layers: Vec<_> = start.map(|(w, g)| w - g * (0.5 * t.eta)).collect();
            let settled = layers == midpoint.layers;
            midpoint.layers = layers;
            if settled {
                break;
            }
        }
        let ends = midpoint.layers.iter().zip(&network.layers);
        network.layers = ends.map(|(middle, start)| middle * 2.0 - start).collect();
    }
    network
}

/// $\sum_j \|Q_j(K) - Q_j(0)\|_F$ after unit time in $K$ steps, for each of the given numbers.
pub(super) fn drifts(t: Training, steps: &'static [usize]) -> Sampler<Vec<f64>> {
    let drift = |steps: &usize| -> f64 {
        let mut network = t.network.clone();
        (0..*steps).for_each(|_| network.step(&t.task, 1.0 / *steps as f64));
        distances(&network, &t.network).iter().sum()
    };
    Sampler::exact(steps.iter().map(drift).collect())
}

/// $\|Q_j - Q_j'\|_F$.
fn distances(now: &LinearNetwork, start: &LinearNetwork) -> Vec<f64> {
    let (now, start) = (now.imbalances(), start.imbalances());
    now.iter().zip(&start).map(|(now, start)| (now - start).norm()).collect()
}

/// The largest $\|Q_j(k) - Q_j(0)\|_F$ over a bound, a function of $\eta$, $L_0$ and $L_k$.
pub(super) fn largest_ratio(t: &Training, bound: fn(f64, f64, f64) -> f64) -> f64 {
    let mut network = t.network.clone();
    let start = t.task.loss(&network.product());
    let mut largest = 0.0_f64;
    for _ in 0..DESCENT {
        network.step(&t.task, t.eta);
        let allowed = bound(t.eta, start, t.task.loss(&network.product()));
        let changes = distances(&network, &t.network);
        largest = changes.iter().fold(largest, |most, change| most.max(change / allowed));
    }
    largest
}

/// A smoothness constant of $\frac12 \|W_N \cdots W_1 - Y\|_F^2$ on the way of gradient descent:
/// $\sum_j \prod_{i \ne j} m_i^2 + (N-1) \|R\| \max_{i<j} \prod_{l \ne i,j} m_l$, $R$ the
/// residual and $m_j$ the larger norm of $W_j$ at both ends of a step.
///
/// With it a step of at most its inverse does not increase the loss anywhere on its way, so that
/// $\|R\|$ at the beginning serves for all of it.
fn largest_smoothness(t: &Training, eta: f64) -> f64 {
    let mut network = t.network.clone();
    let mut largest = 0.0_f64;
    for _ in 0..DESCENT {
        let residual = (2.0 * t.task.loss(&network.product())).sqrt();
        let mut norms: Vec<f64> = network.layers.iter().map(|w| w.norm()).collect();
        network.step(&t.task, eta);
        for (norm, layer) in norms.iter_mut().zip(&network.layers) {
            *norm = norm.max(layer.norm());
        }
        let without = |skip: &[usize]| -> f64 {
            let kept = norms.iter().enumerate().filter(|(i, _)| !skip.contains(i));
            kept.map(|(_, norm)| norm).product()
        };
        let depth = norms.len();
        let first: f64 = (0..depth).map(|j| without(&[j]).powi(2)).sum();
        let pairs = (0..depth).flat_map(|i| (0..i).map(move |j| [i, j]));
        let second = pairs.map(|pair| without(&pair)).fold(0.0, f64::max);
        largest = largest.max(first + (depth - 1) as f64 * residual * second);
    }
    largest
}

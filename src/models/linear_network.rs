//! Deep linear networks: gradients by backpropagation, gradient descent, balanced starts.
//!
//! The network $x \mapsto W_N \cdots W_1 x$ is as expressive as one matrix; what depth changes is
//! how it is learnt. Cost: a gradient is $3 N$ products of small matrices.

use crate::random::Rng;

pub use nalgebra::DMatrix as Matrix;

/// A differentiable loss of a residual $r$, summed over outputs and examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// $r^2 / 2$.
    Square,
    /// $r^4 / 12$, with curvature $r^2$.
    Quartic,
    /// $\ln \cosh r$.
    LogCosh,
}

impl Loss {
    /// $\ell(r)$.
    pub fn value(self, r: f64) -> f64 {
        match self {
            Self::Square => 0.5 * r * r,
            Self::Quartic => r.powi(4) / 12.0,
            Self::LogCosh => r.abs() + (-2.0 * r.abs()).exp().ln_1p() - std::f64::consts::LN_2,
        }
    }

    /// $\ell'(r)$.
    pub fn slope(self, r: f64) -> f64 {
        match self {
            Self::Square => r,
            Self::Quartic => r.powi(3) / 3.0,
            Self::LogCosh => r.tanh(),
        }
    }
}

/// What a linear map is trained for: $L(W) = \sum_{ij} \ell\bigl((W X - Y)_{ij}\bigr)$.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// $X$, one example a column.
    pub inputs: Matrix<f64>,
    /// $Y$.
    pub targets: Matrix<f64>,
    /// $\ell$.
    pub loss: Loss,
}

impl Task {
    /// $L(W)$.
    pub fn loss(&self, map: &Matrix<f64>) -> f64 {
        (map * &self.inputs - &self.targets).iter().map(|r| self.loss.value(*r)).sum()
    }

    /// $\nabla L(W)$.
    pub fn gradient(&self, map: &Matrix<f64>) -> Matrix<f64> {
        self.slopes(&(map * &self.inputs)) * self.inputs.transpose()
    }

    /// $\ell'$ at the residuals of the outputs.
    fn slopes(&self, outputs: &Matrix<f64>) -> Matrix<f64> {
        (outputs - &self.targets).map(|r| self.loss.slope(r))
    }
}

/// The layers $W_1, \dots, W_N$, the one next to the input first.
///
/// ```
/// use theoremcheck::models::linear_network::{LinearNetwork, Matrix};
/// let first = Matrix::from_row_slice(2, 2, &[1.0, 2.0, 0.0, 1.0]);
/// let second = Matrix::from_row_slice(1, 2, &[1.0, -1.0]);
/// let network = LinearNetwork { layers: vec![first, second] };
/// assert_eq!(network.product().as_slice(), [1.0, 1.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearNetwork {
    /// $W_j$ has as many columns as $W_{j-1}$ has rows; at least one layer.
    pub layers: Vec<Matrix<f64>>,
}

impl LinearNetwork {
    /// Independent $N(0, \text{scale}^2 / \text{columns})$ weights; `widths` from input to output.
    pub fn gaussian(rng: &mut Rng, widths: &[usize], scale: f64) -> Self {
        let layer = |pair: &[usize]| {
            let deviation = scale / (pair[0] as f64).sqrt();
            Matrix::from_fn(pair[1], pair[0], |_, _| deviation * rng.normal())
        };
        Self { layers: widths.windows(2).map(layer).collect() }
    }

    /// Balanced layers, $W_{j+1}^\top W_{j+1} = W_j W_j^\top$, whose product has the given
    /// singular values and singular vectors in general position:
    /// $W_j = O_j S^{1/N} O_{j-1}^\top$ with random orthogonal $O_j$ of size `widths[j]` and $S$
    /// diagonal, padded by zeros.
    ///
    /// # Panics
    /// If a layer is narrower than there are singular values.
    pub fn balanced(rng: &mut Rng, widths: &[usize], singular: &[f64]) -> Self {
        let depth = widths.len() - 1;
        let narrowest = widths.iter().copied().min().unwrap_or(0);
        let rank = singular.len();
        assert!(rank <= narrowest, "{rank} singular values need layers of width {rank}");
        let turns: Vec<Matrix<f64>> = widths.iter().map(|width| orthogonal(rng, *width)).collect();
        let layer = |j: usize| {
            let mut core = Matrix::zeros(widths[j + 1], widths[j]);
            for (i, value) in singular.iter().enumerate() {
                core[(i, i)] = value.powf(1.0 / depth as f64);
            }
            &turns[j + 1] * core * turns[j].transpose()
        };
        Self { layers: (0..depth).map(layer).collect() }
    }

    /// $W_N \cdots W_1$.
    pub fn product(&self) -> Matrix<f64> {
        let first = self.layers[0].clone();
        self.layers[1..].iter().fold(first, |product, layer| layer * product)
    }

    /// The gradients $G_j$ of the loss by $W_j$, by backpropagation of the examples.
    pub fn gradients(&self, task: &Task) -> Vec<Matrix<f64>> {
        let mut activations = vec![task.inputs.clone()];
        for layer in &self.layers {
            let next = layer * &activations[activations.len() - 1];
            activations.push(next);
        }
        let depth = self.layers.len();
        let mut back = task.slopes(&activations[depth]);
        let mut gradients = Vec::with_capacity(depth);
        for j in (0..depth).rev() {
            gradients.push(&back * activations[j].transpose());
            back = self.layers[j].transpose() * back;
        }
        gradients.reverse();
        gradients
    }

    /// $W_j - \eta G_j$ for all layers.
    pub fn step(&mut self, task: &Task, eta: f64) {
        let gradients = self.gradients(task);
        for (layer, gradient) in self.layers.iter_mut().zip(gradients) {
            *layer -= gradient * eta;
        }
    }

    /// $Q_j = W_{j+1}^\top W_{j+1} - W_j W_j^\top$ for $j = 1, \dots, N - 1$.
    pub fn imbalances(&self) -> Vec<Matrix<f64>> {
        let one =
            |pair: &[Matrix<f64>]| pair[1].transpose() * &pair[1] - &pair[0] * pair[0].transpose();
        self.layers.windows(2).map(one).collect()
    }
}

/// A random orthogonal matrix: the Gram-Schmidt process on normal columns.
pub fn orthogonal(rng: &mut Rng, n: usize) -> Matrix<f64> {
    Matrix::from_fn(n, n, |_, _| rng.normal()).qr().q()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(rng: &mut Rng, loss: Loss) -> Task {
        let inputs = Matrix::from_fn(3, 4, |_, _| rng.normal());
        let targets = Matrix::from_fn(2, 4, |_, _| rng.normal());
        Task { inputs, targets, loss }
    }

    #[test]
    fn gradients_are_differences_of_the_loss() {
        let mut rng = Rng::seeded(1);
        for loss in [Loss::Square, Loss::Quartic, Loss::LogCosh] {
            let task = task(&mut rng, loss);
            let network = LinearNetwork::gaussian(&mut rng, &[3, 4, 2, 2], 1.0);
            let gradients = network.gradients(&task);
            for (j, gradient) in gradients.iter().enumerate() {
                for i in 0..gradient.len() {
                    let at = |shift: f64| {
                        let mut moved = network.clone();
                        moved.layers[j][i] += shift;
                        task.loss(&moved.product())
                    };
                    let slope = (at(1e-5) - at(-1e-5)) / 2e-5;
                    assert!((slope - gradient[i]).abs() < 1e-7 * (1.0 + slope.abs()), "{loss:?}");
                }
            }
        }
    }

    #[test]
    fn one_layer_has_the_gradient_of_its_task() {
        let mut rng = Rng::seeded(2);
        let task = task(&mut rng, Loss::Quartic);
        let network = LinearNetwork::gaussian(&mut rng, &[3, 2], 1.0);
        assert_eq!(network.gradients(&task)[0], task.gradient(&network.product()));
    }

    #[test]
    fn balanced_layers_are_balanced_and_multiply_to_the_singular_values() {
        let mut rng = Rng::seeded(3);
        let network = LinearNetwork::balanced(&mut rng, &[4, 3, 5, 2], &[2.0, 0.5]);
        for imbalance in network.imbalances() {
            assert!(imbalance.norm() < 1e-14, "{imbalance}");
        }
        let values = crate::linalg::singular_values(&network.product()).unwrap();
        let mut values: Vec<f64> = values.iter().copied().collect();
        values.sort_by(f64::total_cmp);
        assert!((values[0] - 0.5).abs() < 1e-14 && (values[1] - 2.0).abs() < 1e-14);
    }

    #[test]
    fn a_step_is_one_of_gradient_descent() {
        let mut rng = Rng::seeded(4);
        let task = task(&mut rng, Loss::Square);
        let mut network = LinearNetwork::gaussian(&mut rng, &[3, 3, 2], 0.5);
        let before = task.loss(&network.product());
        let slope: f64 = network.gradients(&task).iter().map(|g| g.norm_squared()).sum();
        network.step(&task, 1e-7);
        let fall = (before - task.loss(&network.product())) / 1e-7;
        assert!((fall / slope - 1.0).abs() < 1e-5);
    }
}

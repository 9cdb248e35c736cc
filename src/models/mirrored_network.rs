//! Wide two-layer networks with a mirrored start, trained in both layers, beside the model that is
//! linear in their parameters.
//!
//! $f(x) = s \sum_{r \le m} a_r\, \phi(w_r^\top x)$, where neurons come in pairs that start with the
//! same standard normal $w_r$ and opposite standard normal $a_r$, so that $f = 0$ at the start
//! (Chizat, Oyallon and Bach 2019). With
//!
//! $$ \Theta_{ij} = \frac1m \sum_r \bigl(\phi(w_r^\top x_i)\, \phi(w_r^\top x_j)
//!    + a_r^2\, \phi'(w_r^\top x_i)\, \phi'(w_r^\top x_j)\, x_i^\top x_j\bigr) $$
//!
//! the tangent kernel is $m s^2 \Theta$. Gradient descent on $\frac12 \sum_i (f(x_i) - y_i)^2$ has
//! the step $\frac{\eta}{m s^2}$, so that outputs change at a speed that does not depend on $s$: by
//! $-\eta \Theta (f - y)$ for small $\eta$. A step costs $4 n m d$ multiplications.

use super::shallow_network::Activation;
use crate::linalg::small::{add_scaled, dot};
use crate::random::Rng;

/// $s$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// $m^{-1/2}$ (Jacot, Gabriel and Hongler 2018).
    Tangent,
    /// $m^{-1}$.
    MeanField,
}

impl Scale {
    fn output(self, width: f64) -> f64 {
        match self {
            Self::Tangent => 1.0 / width.sqrt(),
            Self::MeanField => 1.0 / width,
        }
    }
}

/// What training changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trained {
    /// $\|\theta - \theta_0\|^2 / \|\theta_0\|^2$ over all parameters.
    pub movement: f64,
    /// $\frac1n \sum_i (f(x_i) - f^{\mathrm{lin}}(x_i))^2$, where $f^{\mathrm{lin}}$ is linear in
    /// the parameters, agrees with $f$ to first order at the start, and was trained alike.
    pub error: f64,
    /// $\|\Theta - \Theta_0\|_F^2 / \|\Theta_0\|_F^2$.
    pub kernel: f64,
}

/// Inputs, and the parameters with what is needed to train them.
///
/// ```
/// use theoremcheck::models::mirrored_network::{MirroredNetwork, Scale};
/// use theoremcheck::models::shallow_network::Activation;
/// use theoremcheck::random::Rng;
/// let mut network = MirroredNetwork::new(Activation::Tanh, 2, vec![1.0, 0.0, 0.6, 0.8]);
/// network.draw(&mut Rng::seeded(1), 1024);
/// let trained = network.train(&[1.0, -1.0], Scale::Tangent, 0.25, 8);
/// assert!(trained.movement < 0.01 && trained.error < 1e-4);
/// ```
#[derive(Clone, Debug)]
pub struct MirroredNetwork {
    activation: Activation,
    dimension: usize,
    inputs: Vec<f64>,
    /// Neuron by neuron: $a_r$, $w_r$; those of a pair are neighbours.
    parameters: Vec<f64>,
    start: Vec<f64>,
    /// $\phi$ and $\phi'$, neuron by neuron.
    values: Vec<f64>,
    slopes: Vec<f64>,
    /// $\sum_r a_r \phi(w_r^\top x_i)$.
    outputs: Vec<f64>,
}

impl MirroredNetwork {
    /// For inputs of a dimension, one a row.
    ///
    /// # Panics
    /// If there is no input, or a part of one.
    pub fn new(activation: Activation, dimension: usize, inputs: Vec<f64>) -> Self {
        assert!(
            dimension > 0 && !inputs.is_empty() && inputs.len().is_multiple_of(dimension),
            "{} numbers are no inputs of dimension {dimension}",
            inputs.len()
        );
        let outputs = vec![0.0; inputs.len() / dimension];
        Self {
            activation,
            dimension,
            inputs,
            parameters: Vec::new(),
            start: Vec::new(),
            values: Vec::new(),
            slopes: Vec::new(),
            outputs,
        }
    }

    /// Draws a start for `width` neurons.
    ///
    /// # Panics
    /// If the width is 0 or odd.
    pub fn draw(&mut self, rng: &mut Rng, width: usize) {
        assert!(
            width > 0 && width.is_multiple_of(2),
            "a width of {width} is no number of pairs: it must be positive and even"
        );
        let each = self.dimension + 1;
        self.parameters.resize(width * each, 0.0);
        for pair in self.parameters.chunks_exact_mut(2 * each) {
            let (first, second) = pair.split_at_mut(each);
            rng.fill_normal(first);
            second.copy_from_slice(first);
            second[0] = -first[0];
        }
    }

    /// Trains from where the parameters are for a number of steps, beside the linear model.
    ///
    /// # Panics
    /// If there is not one label for each input.
    pub fn train(&mut self, labels: &[f64], scale: Scale, eta: f64, steps: usize) -> Trained {
        let n = self.outputs.len();
        assert_eq!(labels.len(), n, "a label for each input");
        let width = (self.parameters.len() / (self.dimension + 1)) as f64;
        let output = scale.output(width);
        self.start.clone_from(&self.parameters);
        self.forward();
        let kernel = self.kernel();
        let mut residuals: Vec<f64> = self.residuals(labels, output);
        let mut linear = residuals.clone();
        for _ in 0..steps {
            let slopes: Vec<f64> = kernel.chunks_exact(n).map(|row| dot(row, &linear)).collect();
            add_scaled(&mut linear, -eta, &slopes);
            self.descend(&residuals, eta / (width * output));
            self.forward();
            residuals = self.residuals(labels, output);
        }
        let distance =
            |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum() };
        Trained {
            movement: distance(&self.parameters, &self.start) / dot(&self.start, &self.start),
            error: distance(&residuals, &linear) / n as f64,
            kernel: distance(&self.kernel(), &kernel) / dot(&kernel, &kernel),
        }
    }

    /// $f(x_i) - y_i$ at the last forward pass.
    fn residuals(&self, labels: &[f64], output: f64) -> Vec<f64> {
        self.outputs.iter().zip(labels).map(|(f, y)| output * f - y).collect()
    }

    /// Values, slopes and outputs for the parameters as they are.
    fn forward(&mut self) {
        let Self { activation, dimension, inputs, parameters, values, slopes, outputs, .. } = self;
        values.clear();
        slopes.clear();
        outputs.fill(0.0);
        for neuron in parameters.chunks_exact(*dimension + 1) {
            for (x, sum) in inputs.chunks_exact(*dimension).zip(outputs.iter_mut()) {
                let z = dot(&neuron[1..], x);
                let [value, slope] = activation.value_and_slope(z);
                *sum += neuron[0] * value;
                values.push(value);
                slopes.push(slope);
            }
        }
    }

    /// A step along the gradient of $\frac12 \sum_i$ of the squared residuals over $s$, at the last
    /// forward pass.
    fn descend(&mut self, residuals: &[f64], step: f64) {
        let n = residuals.len();
        let neurons = self.parameters.chunks_exact_mut(self.dimension + 1);
        let passes = self.values.chunks_exact(n).zip(self.slopes.chunks_exact(n));
        for (neuron, (values, slopes)) in neurons.zip(passes) {
            let (a, w) = neuron.split_at_mut(1);
            let back = step * a[0];
            a[0] -= step * dot(residuals, values);
            for (x, (r, slope)) in
                self.inputs.chunks_exact(self.dimension).zip(residuals.iter().zip(slopes))
            {
                add_scaled(w, -back * r * slope, x);
            }
        }
    }

    /// $\Theta$ at the last forward pass, row-major.
    fn kernel(&self) -> Vec<f64> {
        let (n, d) = (self.outputs.len(), self.dimension);
        let width = (self.parameters.len() / (d + 1)) as f64;
        let mut kernel = vec![0.0; n * n];
        let neurons = self.parameters.chunks_exact(d + 1);
        let passes = self.values.chunks_exact(n).zip(self.slopes.chunks_exact(n));
        let x = |i: usize| &self.inputs[i * d..(i + 1) * d];
        let inner: Vec<f64> = (0..n * n).map(|k| dot(x(k / n), x(k % n))).collect();
        for (neuron, (values, slopes)) in neurons.zip(passes) {
            let square = neuron[0] * neuron[0];
            for (k, entry) in kernel.iter_mut().enumerate() {
                let (i, j) = (k / n, k % n);
                *entry += values[i] * values[j] + square * slopes[i] * slopes[j] * inner[k];
            }
        }
        kernel.iter_mut().for_each(|entry| *entry /= width);
        kernel
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABELS: [f64; 3] = [1.0, -0.5, 0.25];

    fn network(activation: Activation) -> MirroredNetwork {
        let inputs = vec![1.0, 0.0, 0.6, 0.8, -0.8, 0.6];
        let mut network = MirroredNetwork::new(activation, 2, inputs);
        network.draw(&mut Rng::seeded(5), 12);
        network
    }

    /// $\sum_r a_r \phi(w_r^\top x_i)$ for other parameters.
    fn outputs(network: &MirroredNetwork, parameters: &[f64]) -> Vec<f64> {
        let mut other = MirroredNetwork { parameters: parameters.to_vec(), ..network.clone() };
        other.forward();
        other.outputs
    }

    /// Slopes of the outputs in a parameter, by differences.
    fn slopes(network: &MirroredNetwork, k: usize) -> Vec<f64> {
        const H: f64 = 1e-6;
        let ends = [H, -H].map(|h| {
            let mut moved = network.parameters.clone();
            moved[k] += h;
            outputs(network, &moved)
        });
        ends[0].iter().zip(&ends[1]).map(|(a, b)| (a - b) / (2.0 * H)).collect()
    }

    #[test]
    fn a_mirrored_start_says_nothing() {
        for activation in [Activation::Tanh, Activation::Power(1)] {
            let network = network(activation);
            assert_eq!(outputs(&network, &network.parameters), [0.0; 3]);
        }
    }

    #[test]
    fn the_kernel_is_that_of_the_gradients() {
        for activation in [Activation::Tanh, Activation::Power(1)] {
            let mut network = network(activation);
            network.forward();
            let gradients: Vec<Vec<f64>> =
                (0..network.parameters.len()).map(|k| slopes(&network, k)).collect();
            for (k, entry) in network.kernel().iter().enumerate() {
                let (i, j) = (k / 3, k % 3);
                let want: f64 = gradients.iter().map(|g| g[i] * g[j]).sum::<f64>() / 12.0;
                assert!((entry - want).abs() < 1e-8, "{activation:?}: {entry} {want}");
            }
        }
    }

    #[test]
    fn a_step_follows_the_gradient_at_either_scale() {
        for (scale, s) in [(Scale::Tangent, 12_f64.powf(-0.5)), (Scale::MeanField, 1.0 / 12.0)] {
            let mut network = network(Activation::Tanh);
            // Away from the start, where outputs are not 0.
            network.train(&LABELS, scale, 0.3, 3);
            let before = network.clone();
            let found = outputs(&before, &before.parameters);
            let residuals: Vec<f64> = found.iter().zip(&LABELS).map(|(f, y)| s * f - y).collect();
            network.train(&LABELS, scale, 0.3, 1);
            for k in 0..before.parameters.len() {
                let slope = s * dot(&residuals, &slopes(&before, k));
                let want = before.parameters[k] - 0.3 / (12.0 * s * s) * slope;
                let got = network.parameters[k];
                assert!((got - want).abs() < 1e-7, "{scale:?} {k}: {got} {want}");
            }
        }
    }

    #[test]
    fn the_linear_model_is_what_is_left_of_small_steps() {
        // After one step from a mirrored start the two differ by the third order in the step.
        let errors = [1e-2, 1e-3].map(|eta| {
            network(Activation::Tanh).train(&LABELS, Scale::MeanField, eta, 1).error.sqrt()
        });
        let order = (errors[0] / errors[1]).log10();
        assert!((order - 3.0).abs() < 0.05, "{order}");
        let none = network(Activation::Tanh).train(&LABELS, Scale::Tangent, 0.1, 0);
        assert_eq!(none, Trained { movement: 0.0, error: 0.0, kernel: 0.0 });
    }

    #[test]
    #[should_panic(expected = "a width of 3 is no number of pairs")]
    fn a_pair_has_two_neurons() {
        network(Activation::Tanh).draw(&mut Rng::seeded(1), 3);
    }

    #[test]
    #[should_panic(expected = "no inputs of dimension 2")]
    fn an_input_is_whole() {
        MirroredNetwork::new(Activation::Tanh, 2, vec![1.0, 0.0, 0.5]);
    }
}

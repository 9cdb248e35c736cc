//! Two-layer networks with one output and all parameters trained: gradients by backpropagation,
//! gradient descent, gradient flow by a rule that keeps what the flow keeps.
//!
//! $f(x) = \sum_{r \le m} a_r\, \phi(w_r^\top x + b_r)$ and the loss
//! $\sum_i \ell\bigl(f(x_i) - y_i\bigr)$. A gradient costs $4 n m d$ multiplications.

use super::linear_network::Loss;
use crate::linalg::small::{add_scaled, dot};
use crate::random::Rng;

/// Rounds of the fixed-point iteration for a step of the midpoint rule.
const ROUNDS_MAX: usize = 100;

/// $\phi$.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// $\max(z, 0)^\kappa$, $\kappa \ge 1$; the slope at 0 is 0.
    Power(u8),
    /// $\tanh z$.
    Tanh,
    /// $e^z$.
    Exp,
}

impl Activation {
    /// $\phi(z)$.
    pub fn value(self, z: f64) -> f64 {
        match self {
            Self::Power(kappa) => z.max(0.0).powi(i32::from(kappa)),
            Self::Tanh => z.tanh(),
            Self::Exp => z.exp(),
        }
    }

    /// $\phi'(z)$.
    pub fn slope(self, z: f64) -> f64 {
        self.value_and_slope(z)[1]
    }

    /// $\phi(z)$ and $\phi'(z)$, for the price of one where that is a transcendental function.
    #[inline]
    pub fn value_and_slope(self, z: f64) -> [f64; 2] {
        match self {
            Self::Power(_) if z <= 0.0 => [0.0, 0.0],
            Self::Power(kappa) => [self.value(z), f64::from(kappa) * z.powi(i32::from(kappa) - 1)],
            Self::Tanh => {
                let value = z.tanh();
                [value, 1.0 - value * value]
            }
            Self::Exp => [z.exp(); 2],
        }
    }
}

/// What a network is trained for.
#[derive(Clone, Debug, PartialEq)]
pub struct Examples {
    /// $x_1, \dots, x_n$, row-major $n \times d$.
    pub inputs: Vec<f64>,
    /// $y_1, \dots, y_n$.
    pub targets: Vec<f64>,
    /// $\ell$.
    pub loss: Loss,
}

/// One neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron<'a> {
    /// $a_r$.
    pub output: f64,
    /// $b_r$.
    pub bias: f64,
    /// $w_r$.
    pub weights: &'a [f64],
}

/// The neurons of a network.
///
/// ```
/// use theoremcheck::models::shallow_network::{Activation, ShallowNetwork};
/// // 3 max(2 x + 1, 0)^2 at x = 1/2.
/// let network = ShallowNetwork::new(Activation::Power(2), 1, vec![3.0, 1.0, 2.0]);
/// assert_eq!(network.output(&[0.5]), 12.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ShallowNetwork {
    activation: Activation,
    dimension: usize,
    /// Neuron by neuron: $a_r$, $b_r$, $w_r$.
    parameters: Vec<f64>,
}

impl ShallowNetwork {
    /// From the parameters, neuron by neuron: $a_r$, $b_r$ and the `dimension` numbers of $w_r$.
    ///
    /// # Panics
    /// If they are not a whole number of neurons, or there is none.
    pub fn new(activation: Activation, dimension: usize, parameters: Vec<f64>) -> Self {
        let (count, each) = (parameters.len(), dimension + 2);
        assert!(
            count > 0 && count.is_multiple_of(each),
            "{count} parameters are no whole number of neurons with {each} each"
        );
        Self { activation, dimension, parameters }
    }

    /// Independent $N(0, \text{scale}^2)$ parameters of `width` neurons.
    pub fn gaussian(
        rng: &mut Rng,
        activation: Activation,
        dimension: usize,
        width: usize,
        scale: f64,
    ) -> Self {
        let parameters = (0..width * (dimension + 2)).map(|_| scale * rng.normal()).collect();
        Self::new(activation, dimension, parameters)
    }

    /// $\phi$.
    pub fn activation(&self) -> Activation {
        self.activation
    }

    /// $d$.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// All parameters, neuron by neuron.
    pub fn parameters(&self) -> &[f64] {
        &self.parameters
    }

    /// The same neurons with another activation.
    pub fn with_activation(&self, activation: Activation) -> Self {
        Self { activation, ..self.clone() }
    }

    /// The neurons.
    pub fn neurons(&self) -> impl Iterator<Item = Neuron<'_>> {
        self.parameters.chunks_exact(self.dimension + 2).map(neuron)
    }

    /// $f(x)$.
    pub fn output(&self, x: &[f64]) -> f64 {
        let one = |n: Neuron<'_>| n.output * self.activation.value(dot(n.weights, x) + n.bias);
        self.neurons().map(one).sum()
    }

    /// The loss.
    pub fn loss(&self, examples: &Examples) -> f64 {
        let rows = examples.inputs.chunks_exact(self.dimension).zip(&examples.targets);
        rows.map(|(x, y)| examples.loss.value(self.output(x) - y)).sum()
    }

    /// The gradient of the loss, in the order of the parameters.
    ///
    /// # Panics
    /// If there is not one number for each parameter.
    pub fn gradient(&self, examples: &Examples, out: &mut [f64]) {
        assert_eq!(out.len(), self.parameters.len(), "a slope for each parameter");
        out.fill(0.0);
        let each = self.dimension + 2;
        for (x, y) in examples.inputs.chunks_exact(self.dimension).zip(&examples.targets) {
            let slope = examples.loss.slope(self.output(x) - y);
            for (n, g) in self.neurons().zip(out.chunks_exact_mut(each)) {
                let z = dot(n.weights, x) + n.bias;
                let [value, rise] = self.activation.value_and_slope(z);
                let back = slope * n.output * rise;
                g[0] += slope * value;
                g[1] += back;
                add_scaled(&mut g[2..], back, x);
            }
        }
    }

    /// A step of gradient descent; the buffer holds the gradient afterwards.
    ///
    /// # Panics
    /// If the buffer has not one number for each parameter.
    pub fn step(&mut self, examples: &Examples, eta: f64, gradient: &mut [f64]) {
        self.gradient(examples, gradient);
        add_scaled(&mut self.parameters, -eta, gradient);
    }

    /// A step of the implicit midpoint rule for gradient flow: it keeps every polynomial of degree
    /// two in the parameters that the flow keeps, at any step (Cooper 1987).
    ///
    /// By fixed-point iteration, which converges where half the step times the curvature of the
    /// loss is below 1. Whether it settled in 100 rounds; if not, the network is left as it was.
    #[must_use]
    pub fn flow(&mut self, examples: &Examples, eta: f64) -> bool {
        let mut middle = self.clone();
        let mut gradient = vec![0.0; self.parameters.len()];
        for _ in 0..ROUNDS_MAX {
            middle.gradient(examples, &mut gradient);
            let mut change = 0.0_f64;
            let ends = middle.parameters.iter_mut().zip(&self.parameters);
            for ((at, start), g) in ends.zip(&gradient) {
                let next = start - 0.5 * eta * g;
                // An overflow settles nothing.
                change = change.max((next - *at).abs() / next.abs().max(1.0));
                *at = next;
            }
            if change <= 2.0 * f64::EPSILON {
                for (start, at) in self.parameters.iter_mut().zip(&middle.parameters) {
                    *start = 2.0 * at - *start;
                }
                return middle.parameters.iter().all(|x| x.is_finite());
            }
        }
        false
    }
}

fn neuron(part: &[f64]) -> Neuron<'_> {
    Neuron { output: part[0], bias: part[1], weights: &part[2..] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTIVATIONS: [Activation; 5] = [
        Activation::Power(1),
        Activation::Power(2),
        Activation::Power(3),
        Activation::Tanh,
        Activation::Exp,
    ];

    fn example(activation: Activation, loss: Loss) -> (ShallowNetwork, Examples) {
        let mut rng = Rng::seeded(1);
        let network = ShallowNetwork::gaussian(&mut rng, activation, 3, 4, 0.6);
        let mut numbers = |count: usize| (0..count).map(|_| rng.normal()).collect::<Vec<_>>();
        (network, Examples { inputs: numbers(15), targets: numbers(5), loss })
    }

    #[test]
    fn gradients_are_differences_of_the_loss() {
        for activation in ACTIVATIONS {
            for loss in [Loss::Square, Loss::Quartic, Loss::LogCosh] {
                let (network, examples) = example(activation, loss);
                let mut gradient = vec![0.0; 20];
                network.gradient(&examples, &mut gradient);
                for (i, slope) in gradient.iter().enumerate() {
                    let at = |shift: f64| {
                        let mut moved = network.clone();
                        moved.parameters[i] += shift;
                        moved.loss(&examples)
                    };
                    let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
                    let error = (slope - difference).abs();
                    assert!(error < 1e-6 * (1.0 + slope.abs()), "{activation:?}, {loss:?}, {i}");
                }
            }
        }
    }

    #[test]
    fn the_gradient_obeys_the_identity_of_euler_at_every_neuron() {
        for kappa in 1..=3 {
            let (network, examples) = example(Activation::Power(kappa), Loss::Square);
            let mut gradient = vec![0.0; 20];
            network.gradient(&examples, &mut gradient);
            for (n, g) in network.neurons().zip(gradient.chunks_exact(5).map(neuron)) {
                let inside = dot(n.weights, g.weights) + n.bias * g.bias;
                let outside = f64::from(kappa) * n.output * g.output;
                assert!((inside - outside).abs() < 1e-13 * (1.0 + inside.abs()), "{kappa}");
            }
        }
    }

    #[test]
    fn a_step_goes_down_by_the_squared_gradient() {
        let (mut network, examples) = example(Activation::Power(2), Loss::Square);
        let (before, mut gradient) = (network.loss(&examples), vec![0.0; 20]);
        network.step(&examples, 1e-8, &mut gradient);
        let fall = (before - network.loss(&examples)) / 1e-8;
        assert!((fall / dot(&gradient, &gradient) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn the_flow_is_of_second_order_and_keeps_a_quadratic() {
        let (start, examples) = example(Activation::Power(2), Loss::LogCosh);
        let after = |steps: usize| {
            let mut network = start.clone();
            (0..steps).for_each(|_| assert!(network.flow(&examples, 0.1 / steps as f64)));
            network
        };
        let [one, two, four] = [8, 16, 32].map(after);
        let distance = |a: &ShallowNetwork, b: &ShallowNetwork| -> f64 {
            a.parameters.iter().zip(&b.parameters).map(|(x, y)| (x - y).powi(2)).sum()
        };
        let ratio = (distance(&one, &two) / distance(&two, &four)).sqrt();
        assert!((3.0..5.5).contains(&ratio), "{ratio}");
        for (now, before) in one.neurons().zip(start.neurons()) {
            let kept = |n: Neuron<'_>| {
                dot(n.weights, n.weights) + n.bias * n.bias - 2.0 * n.output * n.output
            };
            assert!((kept(now) - kept(before)).abs() < 1e-14);
        }
    }
}

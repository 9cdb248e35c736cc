//! Gradient descent of both layers of a two-layer network beside its linearisation at the start.
//!
//! $f(x) = m^{-1/2} \sum_{r \le m} a_r \phi(w_r^\top x)$ from $w_r \sim N(0, I_d)$ and
//! $a_r \sim N(0, 1)$, loss $\tfrac12 \sum_i (y_i - f(x_i))^2$. The linearised network has the
//! tangent features of the start for ever: its residuals are $s(k+1) = s(k) - \eta \Theta(0) s(k)$,
//!
//! $$ \Theta_{ij} = \frac1m \sum_r \bigl(\phi_{ir} \phi_{jr}
//!    + a_r^2 \phi'_{ir} \phi'_{jr}\, x_i^\top x_j\bigr) , $$
//!
//! $\phi_{ir} = \phi(w_r^\top x_i)$ (Lee, Xiao and others 2019; Chizat, Oyallon and Bach 2019). A
//! step costs $4 n d m$ flops and $n m$ activations, and allocates nothing.

use crate::linalg::small::dot;
use crate::random::Rng;
use crate::special::normal_cdf;
use std::f64::consts::{PI, SQRT_2};

/// An activation of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// $\max(t, 0)$.
    Rectifier,
    /// $\operatorname{erf}(t)$.
    ErrorFunction,
}

impl Activation {
    /// $\phi(t)$ and $\phi'(t)$.
    #[inline]
    pub fn at(self, t: f64) -> [f64; 2] {
        match self {
            Self::Rectifier => [t.max(0.0), if t >= 0.0 { 1.0 } else { 0.0 }],
            Self::ErrorFunction => {
                [2.0 * normal_cdf(SQRT_2 * t) - 1.0, 2.0 / PI.sqrt() * libm::exp(-t * t)]
            }
        }
    }
}

/// What a trajectory did. Where it diverged, numbers are not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LazyRun {
    /// $\|\vartheta(K) - \vartheta(0)\| / \|\vartheta(0)\|$ of all weights together.
    pub movement: f64,
    /// $\|f(K) - f_{lin}(K)\|$ on the inputs.
    pub error: f64,
    /// $\|\Theta(K) - \Theta(0)\|_F / \|\Theta(0)\|_F$.
    pub kernel_change: f64,
}

/// A network with its inputs, and the buffers of its descent.
#[derive(Clone, Debug)]
pub struct LazyNetwork {
    activation: Activation,
    dimension: usize,
    inputs: Vec<f64>,
    /// $x_i^\top x_j$.
    products: Vec<f64>,
    /// $w_r$ and then $a_r$, neuron by neuron; at the start, and now.
    start: Vec<f64>,
    weights: Vec<f64>,
    /// $\phi_{ir}$ and $\phi'_{ir}$, neuron by neuron.
    features: Vec<[f64; 2]>,
    /// $\Theta(0)$ and $\Theta(K)$.
    kernels: [Vec<f64>; 2],
    residuals: Vec<f64>,
    linear: Vec<f64>,
    next: Vec<f64>,
}

impl LazyNetwork {
    /// A network on these inputs, row-major $n \times d$; it has no neurons yet.
    ///
    /// # Panics
    /// If the slice is not a whole number of rows of `dimension`, at least one.
    pub fn new(inputs: &[f64], dimension: usize, activation: Activation) -> Self {
        assert!(
            dimension >= 1 && !inputs.is_empty() && inputs.len().is_multiple_of(dimension),
            "{} numbers are not rows of length {dimension}",
            inputs.len()
        );
        let n = inputs.len() / dimension;
        let row = |i: usize| &inputs[i * dimension..(i + 1) * dimension];
        Self {
            activation,
            dimension,
            inputs: inputs.to_vec(),
            products: (0..n * n).map(|ij| dot(row(ij / n), row(ij % n))).collect(),
            start: Vec::new(),
            weights: Vec::new(),
            features: Vec::new(),
            kernels: [vec![0.0; n * n], vec![0.0; n * n]],
            residuals: vec![0.0; n],
            linear: vec![0.0; n],
            next: vec![0.0; n],
        }
    }

    /// Draws a network of width $m$, even, the second half of which has the weights of the first
    /// and opposite output weights: it starts at $f = 0$.
    ///
    /// # Panics
    /// If the width is 0 or odd.
    pub fn draw_antisymmetric(&mut self, rng: &mut Rng, width: usize) {
        assert!(width >= 2 && width.is_multiple_of(2), "a width of {width} has no two halves");
        let half = width / 2 * (self.dimension + 1);
        self.start.clear();
        self.start.resize(2 * half, 0.0);
        let (first, second) = self.start.split_at_mut(half);
        rng.fill_normal(first);
        second.copy_from_slice(first);
        second.chunks_exact_mut(self.dimension + 1).for_each(|neuron| {
            neuron[self.dimension] = -neuron[self.dimension];
        });
    }

    /// Runs gradient descent from the weights drawn, and the linearised network beside it.
    ///
    /// # Panics
    /// If there is no neuron, or not one label for each input.
    pub fn descend(&mut self, labels: &[f64], step: f64, steps: usize) -> LazyRun {
        let n = self.residuals.len();
        assert!(labels.len() == n, "{} labels, {n} inputs", labels.len());
        assert!(!self.start.is_empty(), "a network of width 0 has no output: draw one first");
        self.weights.clone_from(&self.start);
        self.forward(labels);
        self.kernel(0);
        self.linear.copy_from_slice(&self.residuals);
        for _ in 0..steps {
            self.update(step);
            self.forward(labels);
            self.update_linear(step);
        }
        self.kernel(1);
        let [before, after] = &self.kernels;
        LazyRun {
            movement: distance(&self.weights, &self.start) / dot(&self.start, &self.start).sqrt(),
            error: distance(&self.residuals, &self.linear),
            kernel_change: distance(after, before) / dot(before, before).sqrt(),
        }
    }

    /// $m^{-1/2}$.
    fn scale(&self) -> f64 {
        let width = self.start.len() / (self.dimension + 1);
        1.0 / (width as f64).sqrt()
    }

    /// Features and residuals of the present weights.
    fn forward(&mut self, labels: &[f64]) {
        let scale = self.scale();
        let Self { activation, dimension: d, inputs, weights, features, residuals, .. } = self;
        features.clear();
        residuals.copy_from_slice(labels);
        for neuron in weights.chunks_exact(*d + 1) {
            let (w, a) = (&neuron[..*d], neuron[*d]);
            for (x, residual) in inputs.chunks_exact(*d).zip(residuals.iter_mut()) {
                let z: f64 = x.iter().zip(w).map(|(x, w)| x * w).sum();
                let pair = activation.at(z);
                *residual -= scale * a * pair[0];
                features.push(pair);
            }
        }
    }

    /// One step of gradient descent, from the features and residuals of the present weights.
    fn update(&mut self, step: f64) {
        let rate = step * self.scale();
        let Self { dimension: d, inputs, weights, features, residuals, .. } = self;
        let neurons = weights.chunks_exact_mut(*d + 1).zip(features.chunks_exact(residuals.len()));
        for (neuron, features) in neurons {
            let (w, a) = neuron.split_at_mut(*d);
            let mut slope = 0.0;
            for ((x, residual), [value, derivative]) in
                inputs.chunks_exact(*d).zip(residuals.iter()).zip(features)
            {
                slope += residual * value;
                let along = rate * a[0] * residual * derivative;
                w.iter_mut().zip(x).for_each(|(w, x)| *w += along * x);
            }
            a[0] += rate * slope;
        }
    }

    fn update_linear(&mut self, step: f64) {
        let Self { kernels, linear, next, .. } = self;
        for ((next, row), s) in
            next.iter_mut().zip(kernels[0].chunks_exact(linear.len())).zip(linear.iter())
        {
            *next = s - step * dot(row, linear);
        }
        linear.copy_from_slice(next);
    }

    /// $\Theta$ of the present features, as the kernel with this index.
    fn kernel(&mut self, index: usize) {
        let (n, square) = (self.residuals.len(), self.scale().powi(2));
        let Self { dimension: d, products, weights, features, kernels, .. } = self;
        let kernel = &mut kernels[index];
        kernel.fill(0.0);
        for (neuron, features) in weights.chunks_exact(*d + 1).zip(features.chunks_exact(n)) {
            let a2 = neuron[*d] * neuron[*d];
            for (i, [value, derivative]) in features.iter().enumerate() {
                for (j, [other, other_derivative]) in features.iter().enumerate() {
                    let inner = a2 * derivative * other_derivative * products[i * n + j];
                    kernel[i * n + j] += square * (value * other + inner);
                }
            }
        }
    }
}

/// $\|x - y\|$.
fn distance(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUTS: [f64; 6] = [1.0, 0.0, 0.6, 0.8, -0.28, 0.96];
    const LABELS: [f64; 3] = [1.0, -1.0, 0.5];

    fn network(activation: Activation, width: usize, seed: u64) -> LazyNetwork {
        let mut network = LazyNetwork::new(&INPUTS, 2, activation);
        network.draw_antisymmetric(&mut Rng::seeded(seed), width);
        network
    }

    fn output(activation: Activation, weights: &[f64], x: &[f64]) -> f64 {
        let m = (weights.len() / 3) as f64;
        let neuron = |w: &[f64]| w[2] * activation.at(w[0] * x[0] + w[1] * x[1])[0];
        weights.chunks_exact(3).map(neuron).sum::<f64>() / m.sqrt()
    }

    fn loss(activation: Activation, weights: &[f64]) -> f64 {
        let residuals = INPUTS.chunks_exact(2).zip(LABELS);
        residuals.map(|(x, y)| 0.5 * (y - output(activation, weights, x)).powi(2)).sum()
    }

    /// A step against central differences of the loss, and the kernel against those of outputs.
    #[test]
    fn gradients_match_finite_differences() {
        const STEP: f64 = 1e-5;
        for activation in [Activation::Rectifier, Activation::ErrorFunction] {
            let mut network = network(activation, 4, 3);
            network.descend(&LABELS, 0.3, 1);
            let start = network.start.clone();
            let slope = |of: &dyn Fn(&[f64]) -> f64, k: usize| {
                let at = |by: f64| {
                    let mut moved = start.clone();
                    moved[k] += by;
                    of(&moved)
                };
                (at(STEP) - at(-STEP)) / (2.0 * STEP)
            };
            for k in 0..start.len() {
                let want = start[k] - 0.3 * slope(&|w| loss(activation, w), k);
                assert!((network.weights[k] - want).abs() < 1e-8, "{activation:?}, {k}");
            }
            for (i, x) in INPUTS.chunks_exact(2).enumerate() {
                for (j, y) in INPUTS.chunks_exact(2).enumerate() {
                    let want: f64 = (0..start.len())
                        .map(|k| {
                            slope(&|w| output(activation, w, x), k)
                                * slope(&|w| output(activation, w, y), k)
                        })
                        .sum();
                    let got = network.kernels[0][3 * i + j];
                    assert!((got - want).abs() < 1e-7, "{activation:?}: {got} {want}");
                }
            }
        }
    }

    /// The first order of a small step is the linearisation.
    #[test]
    fn small_steps_are_linear() {
        let mut network = network(Activation::ErrorFunction, 8, 5);
        let one = network.descend(&LABELS, 1e-3, 1).error;
        let tenth = network.descend(&LABELS, 1e-4, 1).error;
        assert!((one / tenth - 100.0).abs() < 1.0, "{one} {tenth}");
        let still = network.descend(&LABELS, 0.0, 4);
        assert_eq!(still, LazyRun { movement: 0.0, error: 0.0, kernel_change: 0.0 });
    }

    #[test]
    fn it_starts_at_zero() {
        let mut network = network(Activation::Rectifier, 10, 6);
        network.descend(&LABELS, 0.1, 0);
        for (residual, label) in network.residuals.iter().zip(LABELS) {
            assert!((residual - label).abs() < 1e-14);
        }
    }
}

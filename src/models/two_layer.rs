//! Gradient descent of the first layer of a two-layer ReLU network, whole trajectories.
//!
//! $f(W, a, x) = m^{-1/2} \sum_{r \le m} a_r \max(w_r^\top x, 0)$, loss
//! $\tfrac12 \sum_i (y_i - f(W, a, x_i))^2$, $W$ trained with step $\eta$, $a$ fixed, at the start
//! $w_r \sim N(0, I_d)$ and $a_r = \pm 1$ fair (Du, Zhai, Poczos and Singh 2019).
//!
//! The gradient of $w_r$ is a combination of the inputs, so the weights are not needed: with
//! $z_{ir} = w_r^\top x_i$ and $G = X X^\top$,
//!
//! $$ \delta_{ir} = \frac{\eta}{\sqrt m} (y_i - u_i) a_r 1[z_{ir} \ge 0], \qquad
//!    z \leftarrow z + G \delta, \qquad w_r \leftarrow w_r + \sum_i \delta_{ir} x_i , $$
//!
//! which costs $n^2 m$ instead of $2 n d m$ multiplications a step. How far a neuron has moved is
//! $\|w_r - w_r(0)\|^2 = \sum_i C_{ir} (z_{ir} - z_{ir}(0))$, $C$ the sum of all $\delta$.
//! Neurons are stored eight to a group, so that every inner loop runs over a vector register.
//! About 1 us a step at n = 8, m = 64 (256-bit registers).

use crate::linalg::small::dot;
use crate::linalg::vectorised;
use crate::random::Rng;

/// Neurons in a group.
const LANES: usize = 8;

/// One number for each neuron of a group.
type Lanes = [f64; LANES];

/// A network with its inputs, and the buffers of its descent.
#[derive(Clone, Debug)]
pub struct TwoLayer {
    dimension: usize,
    count: usize,
    width: usize,
    inputs: Vec<f64>,
    /// $G$, row-major.
    products: Vec<f64>,
    /// $a_r$; 0 in the lanes beyond the width, whose activations stay 0.
    signs: Vec<Lanes>,
    /// Group by group, input by input: $z$, $z(0)$, $C$.
    activations: Vec<Lanes>,
    start: Vec<Lanes>,
    total: Vec<Lanes>,
    /// $\delta$ of one group.
    change: Vec<Lanes>,
    weights: Vec<Lanes>,
    residuals: Vec<f64>,
    sums: Vec<Lanes>,
}

impl TwoLayer {
    /// A network on these inputs, row-major $n \times d$; it has no neurons yet.
    ///
    /// # Panics
    /// If the slice is not a whole number of rows of `dimension`.
    pub fn new(inputs: &[f64], dimension: usize) -> Self {
        assert!(
            dimension >= 1 && inputs.len().is_multiple_of(dimension),
            "{} numbers are not rows of length {dimension}",
            inputs.len()
        );
        let count = inputs.len() / dimension;
        let row = |i: usize| &inputs[i * dimension..(i + 1) * dimension];
        let products = (0..count * count).map(|ij| dot(row(ij / count), row(ij % count))).collect();
        Self {
            dimension,
            count,
            width: 0,
            inputs: inputs.to_vec(),
            products,
            signs: Vec::new(),
            activations: Vec::new(),
            start: Vec::new(),
            total: Vec::new(),
            change: vec![[0.0; LANES]; count],
            weights: vec![[0.0; LANES]; dimension],
            residuals: vec![0.0; count],
            sums: vec![[0.0; LANES]; count],
        }
    }

    /// Draws $m$ neurons: $d$ normals and a sign each.
    pub fn draw(&mut self, rng: &mut Rng, width: usize) {
        self.reset(width);
        for first in (0..width).step_by(LANES) {
            for lane in 0..LANES.min(width - first) {
                self.weights.iter_mut().for_each(|weights| weights[lane] = rng.normal());
                self.signs[first / LANES][lane] = rng.sign();
            }
            self.project(first / LANES, LANES.min(width - first));
        }
        self.start.copy_from_slice(&self.activations);
    }

    /// Takes given neurons: weights row-major $m \times d$, and signs.
    ///
    /// # Panics
    /// If there are not $d$ weights for each sign.
    pub fn set(&mut self, weights: &[f64], signs: &[f64]) {
        let (d, width) = (self.dimension, signs.len());
        assert!(weights.len() == width * d, "{} weights, {width} x {d} needed", weights.len());
        self.reset(width);
        for first in (0..width).step_by(LANES) {
            for lane in 0..LANES.min(width - first) {
                let neuron = first + lane;
                for k in 0..d {
                    self.weights[k][lane] = weights[neuron * d + k];
                }
                self.signs[first / LANES][lane] = signs[neuron];
            }
            self.project(first / LANES, LANES.min(width - first));
        }
        self.start.copy_from_slice(&self.activations);
    }

    /// Takes the weights drawn or set, and the opposite of the signs they have now: a network of
    /// the same law, with the opposite outputs at the start.
    pub fn restart_with_opposite_signs(&mut self) {
        self.activations.copy_from_slice(&self.start);
        self.total.fill([0.0; LANES]);
        self.signs.as_flattened_mut().iter_mut().for_each(|sign| *sign = -*sign);
    }

    fn reset(&mut self, width: usize) {
        self.width = width;
        let groups = width.div_ceil(LANES);
        self.signs.clear();
        self.signs.resize(groups, [0.0; LANES]);
        for buffer in [&mut self.activations, &mut self.start, &mut self.total] {
            buffer.clear();
            buffer.resize(groups * self.count, [0.0; LANES]);
        }
    }

    /// Activations of one group from its weights.
    fn project(&mut self, group: usize, lanes: usize) {
        // What an earlier group left in the unused lanes must not count.
        self.weights.iter_mut().for_each(|weights| weights[lanes..].fill(0.0));
        let (count, dimension) = (self.count, self.dimension);
        let activations = &mut self.activations[group * count..(group + 1) * count];
        let (inputs, weights) = (&self.inputs, &self.weights);
        vectorised(
            #[inline(always)]
            || {
                for (z, input) in activations.iter_mut().zip(inputs.chunks_exact(dimension)) {
                    *z = combine([0.0; LANES], input, weights);
                }
            },
        );
    }

    /// Runs gradient descent from the present weights and calls `visit` with the residuals
    /// $y_i - u_i(k)$ at $k = 0, \dots, \text{steps}$. Returns the largest movement
    /// $\max_{k, r} \|w_r(k) - w_r(0)\|$ from the weights drawn or set.
    ///
    /// Nothing is allocated.
    ///
    /// # Panics
    /// If there is not one label for each input.
    pub fn descend(
        &mut self,
        labels: &[f64],
        step: f64,
        steps: usize,
        mut visit: impl FnMut(usize, &[f64]),
    ) -> f64 {
        assert!(labels.len() == self.count, "{} labels, {} inputs", labels.len(), self.count);
        let scale = 1.0 / (self.width.max(1) as f64).sqrt();
        self.outputs(labels, scale);
        visit(0, &self.residuals);
        let mut movement = 0.0_f64;
        for k in 1..=steps {
            movement = movement.max(self.advance(step * scale));
            self.collect(labels, scale);
            visit(k, &self.residuals);
        }
        movement.max(0.0).sqrt()
    }

    /// As [`Self::descend`], with the squared norms $\|y - u(k)\|^2$ put into a slice, one for
    /// each $k$ from 0.
    pub fn descend_norms(&mut self, labels: &[f64], step: f64, norms: &mut [f64]) -> f64 {
        let Some(steps) = norms.len().checked_sub(1) else { return 0.0 };
        self.descend(labels, step, steps, |k, residuals| norms[k] = dot(residuals, residuals))
    }

    /// Residuals from the activations alone.
    fn outputs(&mut self, labels: &[f64], scale: f64) {
        self.sums.fill([0.0; LANES]);
        for (z, signs) in self.activations.chunks_exact(self.count.max(1)).zip(&self.signs) {
            add_outputs(&mut self.sums, z, signs);
        }
        self.collect(labels, scale);
    }

    fn collect(&mut self, labels: &[f64], scale: f64) {
        for ((residual, sums), label) in self.residuals.iter_mut().zip(&self.sums).zip(labels) {
            *residual = label - scale * sums.iter().sum::<f64>();
        }
    }

    /// One step, and the sums of the outputs after it; returns the largest squared movement.
    fn advance(&mut self, rate: f64) -> f64 {
        let Self { count, signs, products, activations, start, total, change, .. } = self;
        let (residuals, sums) = (&self.residuals, &mut self.sums);
        let count = (*count).max(1);
        vectorised(
            #[inline(always)]
            || {
                sums.fill([0.0; LANES]);
                let mut movement = [0.0_f64; LANES];
                let groups = activations
                    .chunks_exact_mut(count)
                    .zip(start.chunks_exact(count))
                    .zip(total.chunks_exact_mut(count))
                    .zip(signs.iter());
                for (((z, start), total), signs) in groups {
                    step_group(Group { z, total, signs, change }, products, residuals, rate);
                    let moved = squared_movement(z, start, total);
                    for lane in 0..LANES {
                        movement[lane] = movement[lane].max(moved[lane]);
                    }
                    add_outputs(sums, z, signs);
                }
                movement.iter().copied().fold(0.0, f64::max)
            },
        )
    }
}

/// What one step changes in a group, and its signs.
struct Group<'a> {
    z: &'a mut [Lanes],
    total: &'a mut [Lanes],
    signs: &'a Lanes,
    change: &'a mut [Lanes],
}

/// `start` plus the combination of `rows` with these coefficients.
#[inline(always)]
fn combine(start: Lanes, coefficients: &[f64], rows: &[Lanes]) -> Lanes {
    let mut sum = start;
    for (c, row) in coefficients.iter().zip(rows) {
        for lane in 0..LANES {
            sum[lane] += c * row[lane];
        }
    }
    sum
}

#[inline(always)]
fn step_group(group: Group<'_>, products: &[f64], residuals: &[f64], rate: f64) {
    let Group { z, total, signs, change } = group;
    let inputs = z.iter().zip(total.iter_mut()).zip(change.iter_mut()).zip(residuals);
    for (((z, total), change), residual) in inputs {
        let rate = rate * residual;
        let mut delta = [0.0; LANES];
        for lane in 0..LANES {
            let gate = if z[lane] >= 0.0 { 1.0 } else { 0.0 };
            delta[lane] = gate * (rate * signs[lane]);
        }
        for lane in 0..LANES {
            total[lane] += delta[lane];
        }
        *change = delta;
    }
    // Four inputs at a time: their sums do not wait for each other, and share the loads.
    let count = residuals.len();
    let (fours, rest) = z.as_chunks_mut::<4>();
    let whole = 4 * fours.len();
    for (z, rows) in fours.iter_mut().zip(products.chunks_exact(4 * count)) {
        let mut sums = *z;
        for (i, change) in change.iter().enumerate() {
            for (k, sum) in sums.iter_mut().enumerate() {
                let product = rows[k * count + i];
                for lane in 0..LANES {
                    sum[lane] += product * change[lane];
                }
            }
        }
        *z = sums;
    }
    for (z, row) in rest.iter_mut().zip(products[whole * count..].chunks_exact(count)) {
        *z = combine(*z, row, change);
    }
}

#[inline(always)]
fn squared_movement(z: &[Lanes], start: &[Lanes], total: &[Lanes]) -> Lanes {
    let mut moved = [0.0; LANES];
    for ((z, start), total) in z.iter().zip(start).zip(total) {
        for lane in 0..LANES {
            moved[lane] += total[lane] * (z[lane] - start[lane]);
        }
    }
    moved
}

#[inline(always)]
fn add_outputs(sums: &mut [Lanes], z: &[Lanes], signs: &Lanes) {
    for (sums, z) in sums.iter_mut().zip(z) {
        for lane in 0..LANES {
            sums[lane] += signs[lane] * z[lane].max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The network written down naively: weights as rows.
    struct Plain {
        d: usize,
        inputs: Vec<f64>,
        signs: Vec<f64>,
    }

    impl Plain {
        fn output(&self, weights: &[f64], i: usize) -> f64 {
            let x = &self.inputs[i * self.d..(i + 1) * self.d];
            let m = self.signs.len();
            let sum: f64 = (0..m)
                .map(|r| {
                    let z: f64 = (0..self.d).map(|k| weights[r * self.d + k] * x[k]).sum();
                    self.signs[r] * z.max(0.0)
                })
                .sum();
            sum / (m as f64).sqrt()
        }

        fn loss(&self, weights: &[f64], labels: &[f64]) -> f64 {
            (0..labels.len()).map(|i| 0.5 * (labels[i] - self.output(weights, i)).powi(2)).sum()
        }

        /// Central differences: exact up to rounding away from the kinks, the loss being
        /// quadratic between them.
        fn gradient(&self, weights: &[f64], labels: &[f64]) -> Vec<f64> {
            const STEP: f64 = 1e-4;
            let mut moved = weights.to_vec();
            (0..weights.len())
                .map(|k| {
                    moved[k] = weights[k] + STEP;
                    let above = self.loss(&moved, labels);
                    moved[k] = weights[k] - STEP;
                    let below = self.loss(&moved, labels);
                    moved[k] = weights[k];
                    (above - below) / (2.0 * STEP)
                })
                .collect()
        }
    }

    fn example(seed: u64, n: usize, d: usize, m: usize) -> (Plain, Vec<f64>, Vec<f64>) {
        let mut rng = Rng::seeded(seed);
        let mut inputs = vec![0.0; n * d];
        inputs.chunks_exact_mut(d).for_each(|row| rng.unit_vector(row));
        let signs = (0..m).map(|_| rng.sign()).collect();
        let mut weights = vec![0.0; m * d];
        rng.fill_normal(&mut weights);
        let labels = (0..n).map(|_| rng.sign()).collect();
        (Plain { d, inputs, signs }, weights, labels)
    }

    #[test]
    fn trajectory_matches_finite_differences() {
        for (seed, (n, d, m)) in
            [(3, 5, 4), (8, 3, 13), (1, 1, 1), (5, 2, 16)].into_iter().enumerate()
        {
            let (plain, start, labels) = example(seed as u64, n, d, m);
            let step = 0.3;
            let mut network = TwoLayer::new(&plain.inputs, d);
            network.set(&start, &plain.signs);
            let mut got = Vec::new();
            let movement = network.descend(&labels, step, 12, |_, r| got.push(r.to_vec()));
            let (mut weights, mut largest) = (start.clone(), 0.0_f64);
            for (k, got) in got.iter().enumerate() {
                for (i, residual) in got.iter().enumerate() {
                    let want = labels[i] - plain.output(&weights, i);
                    assert!((residual - want).abs() < 1e-7, "step {k}: {residual} {want}");
                }
                for r in 0..m {
                    let square: f64 =
                        (0..d).map(|k| (weights[r * d + k] - start[r * d + k]).powi(2)).sum();
                    largest = largest.max(square.sqrt());
                }
                let gradient = plain.gradient(&weights, &labels);
                weights.iter_mut().zip(gradient).for_each(|(w, g)| *w -= step * g);
            }
            assert!((movement - largest).abs() < 1e-7, "{movement} instead of {largest}");
            let mut norms = vec![0.0; 13];
            network.set(&start, &plain.signs);
            network.descend_norms(&labels, step, &mut norms);
            for (norm, residuals) in norms.iter().zip(&got) {
                assert!((norm - dot(residuals, residuals)).abs() < 1e-14);
            }
        }
    }

    /// A network of 13 neurons after one of 24: nothing is left of the first.
    #[test]
    fn draws_depend_on_their_stream_alone() {
        let (plain, _, labels) = example(1, 6, 4, 1);
        let mut fresh = TwoLayer::new(&plain.inputs, 4);
        let mut used = fresh.clone();
        used.draw(&mut Rng::seeded(5), 24);
        used.descend_norms(&labels, 0.1, &mut [0.0; 9]);
        let (mut a, mut b) = ([0.0; 20], [0.0; 20]);
        for (network, norms) in [(&mut fresh, &mut a), (&mut used, &mut b)] {
            network.draw(&mut Rng::seeded(6), 13);
            network.descend_norms(&labels, 0.1, norms);
        }
        assert_eq!(a, b);
    }

    /// A network with opposite signs is the one that was set with them.
    #[test]
    fn opposite_signs_are_those_of_a_fresh_network() {
        let (plain, start, labels) = example(2, 5, 3, 11);
        let opposite: Vec<f64> = plain.signs.iter().map(|sign| -sign).collect();
        let (mut fresh, mut used) =
            (TwoLayer::new(&plain.inputs, 3), TwoLayer::new(&plain.inputs, 3));
        let (mut a, mut b) = ([0.0; 12], [0.0; 12]);
        fresh.set(&start, &opposite);
        let movement = fresh.descend_norms(&labels, 0.2, &mut a);
        used.set(&start, &plain.signs);
        used.descend_norms(&labels, 0.2, &mut b);
        used.restart_with_opposite_signs();
        assert_eq!(used.descend_norms(&labels, 0.2, &mut b), movement);
        assert_eq!(a, b);
    }

    /// At the start $u_i$ has mean 0 and variance $|x_i|^2 / 2$.
    #[test]
    fn outputs_have_their_variance_at_the_start() {
        let mut rng = Rng::seeded(41);
        let mut network = TwoLayer::new(&[0.6, 0.8, 2.0, 0.0], 2);
        const DRAWS: usize = 20_000;
        let mut squares = [0.0; 2];
        for _ in 0..DRAWS {
            network.draw(&mut rng, 10);
            network.descend(&[0.0, 0.0], 1.0, 0, |_, r| {
                squares.iter_mut().zip(r).for_each(|(s, r)| *s += r * r / DRAWS as f64);
            });
        }
        for (got, want) in squares.into_iter().zip([0.5, 2.0]) {
            // Kurtosis is 3 + 3/m here: the square's standard deviation is 1.52 of its mean.
            assert!((got / want - 1.0).abs() < 5.0 * 1.52 / (DRAWS as f64).sqrt(), "{got}");
        }
    }
}

//! Squared norms along the layers of a deep ReLU network at initialisation, and of its gradients,
//! without its matrices.
//!
//! $h_l = \sqrt{2 / m_l} \max(W_l h_{l-1}, 0)$ with standard normal entries of $W_l$ and no bias:
//! the coordinates of $W_l h_{l-1}$ are independent $N(0, \|h_{l-1}\|^2)$, whatever the direction
//! of $h_{l-1}$. So given the number $B_l$ of active neurons, binomial with $m_l$ fair trials,
//! $\|h_l\|^2 / \|h_{l-1}\|^2$ is $\frac{2}{m_l} \chi^2_{B_l}$, independent of the layers below
//! (He, Zhang, Ren and Sun 2015 for the scale; Hanin and Nica 2019 for the products). A layer costs
//! $m_l / 64$ words instead of $m_l m_{l-1}$ normals.

use crate::random::Rng;

/// Active neurons of a layer: binomial, `width` fair trials.
pub fn active_neurons(rng: &mut Rng, width: usize) -> usize {
    let mut left = width;
    let mut active = 0;
    while left > 0 {
        let bits = left.min(64);
        active += (rng.bits() >> (64 - bits)).count_ones() as usize;
        left -= bits;
    }
    active
}

/// $\|h_l\|^2 / \|h_{l-1}\|^2$ of a layer; 0 if no neuron is active.
///
/// # Panics
/// If the layer has no neuron.
pub fn norm_ratio(rng: &mut Rng, width: usize) -> f64 {
    assert!(width >= 1, "a layer of width 0 has no output: every width must be positive");
    match active_neurons(rng, width) {
        0 => 0.0,
        active => 2.0 / width as f64 * rng.chi_squared(active as f64),
    }
}

/// The mean of [`norm_ratio`] and that of its square, given which neurons are active: means of a
/// chi-square, $\frac{2}{m} B$ and $\frac{4}{m^2} B (B + 2)$.
///
/// # Panics
/// If the layer has no neuron.
pub fn moments_given_active(rng: &mut Rng, width: usize) -> [f64; 2] {
    assert!(width >= 1, "a layer of width 0 has no output: every width must be positive");
    let active = active_neurons(rng, width) as f64;
    let scale = 2.0 / width as f64;
    [scale * active, scale * scale * active * (active + 2.0)]
}

/// Squared norms of the gradients of $F = \frac12 \|B h_L - y\|^2$ at one input of norm 1, by each
/// of the matrices $W_1, \dots, W_L$, without any of them (Allen-Zhu, Li and Song 2019).
///
/// $h_0 = \max(A x, 0)$ and $h_l = \max(W_l h_{l-1}, 0)$ with $m$ neurons each, entries
/// $N(0, 2/m)$ of $A$ and $W_l$ and $N(0, 1/k)$ of $B$, $k$ outputs. With $b_L = D_L B^\top r$,
/// $r = B h_L - y$ and $b_l = D_l W_{l+1}^\top b_{l+1}$ the gradient by $W_l$ is
/// $b_l h_{l-1}^\top$. All $b_l^\top h_l$ are one number $\phi = r^\top B h_L$, and across $h_l$
/// the vector $b_l$ is normal given $b_{l+1}$, in one dimension less than there are active neurons:
/// $\|b_l\|^2 = \phi^2 / \|h_l\|^2 + \frac2m \|b_{l+1}\|^2 \chi^2$. So $2 L + 1$ chi-squares and
/// what $r$ needs have exactly the joint law of all norms.
#[derive(Clone, Debug)]
pub struct GradientNorms {
    width: usize,
    outputs: usize,
    /// $\|y\|^2$.
    label_square: f64,
    /// A layer, or what is known of it given the number of its active neurons.
    layers: Vec<Norms>,
    squares: Vec<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Norms {
    /// $\|h_l\|^2 / \|h_{l-1}\|^2$, or its mean.
    ratio: f64,
    /// The mean of its square.
    ratio_square: f64,
    /// $\frac2m \chi^2$ across $h_l$, or its mean.
    across: f64,
}

impl GradientNorms {
    /// $m$ neurons in each of $L + 1$ layers, $L$ of which are trained, $k$ outputs, $\|y\|^2$.
    ///
    /// # Panics
    /// If there is no neuron, no trained layer or no output.
    pub fn new(width: usize, trained: usize, outputs: usize, label_square: f64) -> Self {
        assert!(
            width >= 1 && trained >= 1 && outputs >= 1,
            "{width} neurons, {trained} trained layers, {outputs} outputs: none of them may be 0"
        );
        Self {
            width,
            outputs,
            label_square,
            layers: vec![Norms::default(); trained + 1],
            squares: vec![0.0; trained],
        }
    }

    /// Draws $\|\nabla_{W_l} F\|^2$ for $l = 1, \dots, L$; all 0 if a layer has no active neuron.
    pub fn draw(&mut self, rng: &mut Rng) -> &[f64] {
        let scale = 2.0 / self.width as f64;
        self.squares.fill(0.0);
        for layer in &mut self.layers {
            let active = active_neurons(rng, self.width);
            if active == 0 {
                return &self.squares;
            }
            layer.ratio = scale * rng.chi_squared(active as f64);
            layer.across =
                if active > 1 { scale * rng.chi_squared(active as f64 - 1.0) } else { 0.0 };
        }
        // B h_L / |h_L| is g / sqrt(k); of g only the part along y and the norm of the rest count.
        let (k, label) = (self.outputs as f64, self.label_square.sqrt());
        let norm = self.layers.iter().map(|layer| layer.ratio).product::<f64>();
        let along = rng.normal();
        let rest = if self.outputs > 1 { rng.chi_squared(k - 1.0) } else { 0.0 };
        let square = along * along + rest;
        let root = (norm / k).sqrt();
        let inner = root * square - label * along;
        let residual = root * root * square - 2.0 * root * along * label + label * label;
        let phi = norm * inner * inner / k;
        let mut above = norm * residual / (scale * k);
        for (layer, square) in self.layers[1..].iter().zip(&mut self.squares).rev() {
            above = (phi + above * layer.across) / layer.ratio;
            *square = above;
        }
        &self.squares
    }

    /// The means of the same numbers given which neurons are active: over chi-squares and $B$.
    pub fn given_active(&mut self, rng: &mut Rng) -> &[f64] {
        let scale = 2.0 / self.width as f64;
        let k = self.outputs as f64;
        for layer in &mut self.layers {
            let active = active_neurons(rng, self.width) as f64;
            *layer = Norms {
                ratio: scale * active,
                ratio_square: scale * scale * active * (active + 2.0),
                across: scale * (active - 1.0).max(0.0),
            };
        }
        // Of degree 1 and 2 in the squared norm of h_L: below a layer, and from it upwards.
        let (mut below, mut above) = ([1.0, 1.0], [1.0, 1.0]);
        for layer in &self.layers {
            if layer.ratio == 0.0 {
                self.squares.fill(0.0);
                return &self.squares;
            }
            below = [below[0] * layer.ratio, below[1] * layer.ratio_square];
        }
        let mut back = [1.0 / (scale * k), 1.0 / (scale * k)];
        for (layer, square) in self.layers[1..].iter().zip(&mut self.squares).rev() {
            below = [below[0] / layer.ratio, below[1] / layer.ratio_square];
            back = [
                above[0] / k + layer.across * back[0],
                layer.ratio * ((k + 2.0) / k * above[1] + layer.across * back[1]),
            ];
            *square = self.label_square * below[0] * back[0] + below[1] * back[1];
            above = [above[0] * layer.ratio, above[1] * layer.ratio_square];
        }
        &self.squares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and mean square of $\|h_L\|^2$ over draws, each with its standard error.
    fn moments(mut draw: impl FnMut() -> [f64; 2], draws: usize) -> [(f64, f64); 2] {
        let (mut sums, mut squares) = ([0.0; 2], [0.0; 2]);
        for _ in 0..draws {
            for (k, value) in draw().into_iter().enumerate() {
                sums[k] += value;
                squares[k] += value * value;
            }
        }
        let n = draws as f64;
        std::array::from_fn(|k| {
            let mean = sums[k] / n;
            (mean, ((squares[k] / n - mean * mean) / n).sqrt())
        })
    }

    /// The network with its matrices.
    fn dense(rng: &mut Rng, widths: &[usize]) -> f64 {
        let mut hidden = vec![0.6, 0.8];
        for width in widths {
            let scale = (2.0 / *width as f64).sqrt();
            let mut neuron = || {
                let z: f64 = hidden.iter().map(|h| h * rng.normal()).sum();
                scale * z.max(0.0)
            };
            hidden = (0..*width).map(|_| neuron()).collect();
        }
        hidden.iter().map(|h| h * h).sum()
    }

    #[test]
    fn norms_have_the_law_of_the_dense_network() {
        let mut rng = Rng::seeded(71);
        let widths = [9, 70];
        const DRAWS: usize = 40_000;
        let with_matrices = moments(
            || {
                let square = dense(&mut rng, &widths);
                [square, square * square]
            },
            DRAWS / 4,
        );
        let mut rng = Rng::seeded(72);
        let products = moments(
            || {
                let square: f64 = widths.iter().map(|m| norm_ratio(&mut rng, *m)).product();
                [square, square * square]
            },
            DRAWS,
        );
        let given = moments(
            || {
                widths.iter().fold([1.0, 1.0], |[a, b], m| {
                    let [mean, square] = moments_given_active(&mut rng, *m);
                    [a * mean, b * square]
                })
            },
            DRAWS,
        );
        let want = [1.0, (1.0 + 5.0 / 9.0) * (1.0 + 5.0 / 70.0)];
        for found in [with_matrices, products, given] {
            for ((mean, error), want) in found.into_iter().zip(want) {
                assert!((mean - want).abs() < 5.0 * error, "{mean} +- {error} instead of {want}");
            }
        }
    }

    #[test]
    fn all_widths_of_a_word_are_fair() {
        let mut rng = Rng::seeded(73);
        for width in [1, 63, 64, 65, 128, 200] {
            const DRAWS: usize = 4000;
            let total: usize = (0..DRAWS).map(|_| active_neurons(&mut rng, width)).sum();
            let (trials, total) = ((DRAWS * width) as f64, total as f64);
            assert!((total - 0.5 * trials).abs() < 5.0 * 0.5 * trials.sqrt(), "{width}: {total}");
        }
    }

    /// Gradients by all trained layers with matrices and backpropagation.
    fn dense_gradients(
        rng: &mut Rng,
        m: usize,
        trained: usize,
        k: usize,
        label: f64,
        squares: &mut [f64],
    ) {
        let matrix = |rng: &mut Rng, rows: usize, columns: usize, variance: f64| {
            let mut w = vec![0.0; rows * columns];
            rng.fill_normal(&mut w);
            w.iter_mut().for_each(|w| *w *= variance.sqrt());
            w
        };
        let square = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>();
        let inner = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(u, v)| u * v).sum::<f64>();
        let mut hidden = vec![vec![0.6, 0.8]];
        let mut matrices = vec![];
        for _ in 0..=trained {
            let below = hidden.last().unwrap().clone();
            let w = matrix(rng, m, below.len(), 2.0 / m as f64);
            hidden.push(w.chunks_exact(below.len()).map(|w| inner(w, &below).max(0.0)).collect());
            matrices.push(w);
        }
        let last = hidden.last().unwrap();
        let output = matrix(rng, k, m, 1.0 / k as f64);
        let mut back = vec![0.0; m];
        for (j, row) in output.chunks_exact(m).enumerate() {
            let residual = inner(row, last) - if j == 0 { label } else { 0.0 };
            back.iter_mut().zip(row).for_each(|(b, w)| *b += residual * w);
        }
        for l in (1..=trained).rev() {
            back.iter_mut().zip(&hidden[l + 1]).for_each(|(b, h)| {
                if *h == 0.0 {
                    *b = 0.0;
                }
            });
            squares[l - 1] = square(&back) * square(&hidden[l]);
            let mut below = vec![0.0; m];
            for (b, row) in back.iter().zip(matrices[l].chunks_exact(m)) {
                below.iter_mut().zip(row).for_each(|(below, w)| *below += b * w);
            }
            back = below;
        }
    }

    /// Means of the numbers and of their products with the first, each with its standard error.
    fn joint(
        count: usize,
        draws: usize,
        mut draw: impl FnMut(&mut [f64]),
    ) -> (Vec<(f64, f64)>, Vec<(f64, f64)>) {
        let (mut sums, mut squares) = (vec![0.0; 2 * count], vec![0.0; 2 * count]);
        let mut one = vec![0.0; count];
        for _ in 0..draws {
            draw(&mut one);
            for k in 0..2 * count {
                // Roots: their products have all the moments that an error needs.
                let value = if k < count { one[k] } else { (one[0] * one[k - count]).sqrt() };
                sums[k] += value;
                squares[k] += value * value;
            }
        }
        let n = draws as f64;
        let estimate = |k: usize| {
            let mean = sums[k] / n;
            (mean, ((squares[k] / n - mean * mean) / n).sqrt())
        };
        let all: Vec<(f64, f64)> = (0..2 * count).map(estimate).collect();
        (all[..count].to_vec(), all[count..].to_vec())
    }

    #[test]
    fn gradients_have_the_law_of_backpropagation() {
        for (seed, (m, trained, k, label)) in
            [(5, 1, 1, 0.7), (6, 3, 2, 1.5), (2, 2, 3, 0.0)].into_iter().enumerate()
        {
            let mut rng = Rng::seeded(700 + seed as u64);
            let (means, roots) = joint(trained, 40_000, |squares| {
                dense_gradients(&mut rng, m, trained, k, label, squares);
            });
            let mut norms = GradientNorms::new(m, trained, k, label * label);
            let mut rng = Rng::seeded(710 + seed as u64);
            let (drawn, drawn_roots) =
                joint(trained, 160_000, |squares| squares.copy_from_slice(norms.draw(&mut rng)));
            let mut rng = Rng::seeded(720 + seed as u64);
            let (given, _) = joint(trained, 40_000, |squares| {
                squares.copy_from_slice(norms.given_active(&mut rng));
            });
            for (found, want) in [(&drawn, &means), (&drawn_roots, &roots), (&given, &means)] {
                for ((a, e), (b, f)) in found.iter().zip(want) {
                    assert!((a - b).abs() < 5.0 * e.hypot(*f), "{m} {trained}: {found:?} {want:?}");
                }
            }
        }
    }
}

//! Squared norms along the layers of a deep ReLU network at initialisation, without its matrices.
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
}

//! The tangent kernel of the first layer of a two-layer ReLU network: its limit, and its value at
//! initialisation.
//!
//! For unit inputs $x_1, \dots, x_n$ and $w_r \sim N(0, I_d)$,
//!
//! $$ H_{ij} = x_i^\top x_j \frac1m \sum_{r \le m}
//!    1[w_r^\top x_i \ge 0] \, 1[w_r^\top x_j \ge 0], \qquad
//!    H^\infty_{ij} = x_i^\top x_j \frac{\pi - \theta_{ij}}{2 \pi}, $$
//!
//! $\theta_{ij}$ the angle between $x_i$ and $x_j$ (Cho and Saul 2009; Du, Zhai, Poczos and Singh
//! 2019). $H$ depends on the signs of $w_r^\top x_i$ alone: they are packed 64 to a word, and an
//! entry is a count of bits.

use crate::linalg::small::{add_scaled, dot};
use crate::linalg::vectorised;
use crate::random::Rng;
use nalgebra::DMatrix;
use std::f64::consts::PI;

/// The angle between two unit vectors.
///
/// $2 \arcsin(\|x - y\| / 2)$ where they are less than 90 degrees apart and
/// $\pi - 2 \arcsin(\|x + y\| / 2)$ otherwise: the arccosine of the inner product would lose half
/// the digits near 0 and $\pi$.
pub fn angle(x: &[f64], y: &[f64]) -> f64 {
    let (mut apart, mut together) = (0.0, 0.0);
    for (a, b) in x.iter().zip(y) {
        apart += (a - b) * (a - b);
        together += (a + b) * (a + b);
    }
    if apart <= together {
        2.0 * (0.5 * apart.sqrt()).min(1.0).asin()
    } else {
        PI - 2.0 * (0.5 * together.sqrt()).min(1.0).asin()
    }
}

/// $H^\infty$ for unit inputs, row-major $n \times d$. $O(n^2 d)$.
///
/// # Panics
/// If the slice is not a whole number of rows of `dimension`.
pub fn dual_kernel(inputs: &[f64], dimension: usize) -> DMatrix<f64> {
    let n = count_rows(inputs, dimension);
    let row = |i: usize| &inputs[i * dimension..(i + 1) * dimension];
    let mut kernel = DMatrix::zeros(n, n);
    for i in 0..n {
        for j in 0..=i {
            let theta = if i == j { 0.0 } else { angle(row(i), row(j)) };
            let value = dot(row(i), row(j)) * (PI - theta) / (2.0 * PI);
            kernel[(i, j)] = value;
            kernel[(j, i)] = value;
        }
    }
    kernel
}

fn count_rows(inputs: &[f64], dimension: usize) -> usize {
    assert!(
        dimension >= 1 && inputs.len().is_multiple_of(dimension),
        "{} numbers are not rows of length {dimension}",
        inputs.len()
    );
    inputs.len() / dimension
}

/// Inputs with what is needed to draw kernels at initialisation.
#[derive(Clone, Debug)]
pub struct InitialKernel {
    dimension: usize,
    count: usize,
    inputs: Vec<f64>,
    /// Lower halves, row by row: $x_i^\top x_j$ and $H^\infty$.
    products: Vec<f64>,
    limit: Vec<f64>,
    weights: Vec<f64>,
    activations: Vec<f64>,
    words: Vec<u64>,
    counts: Vec<u32>,
}

/// Neurons drawn together: the bits of a word.
const WORD: usize = 64;

impl InitialKernel {
    /// Unit inputs, row-major $n \times d$.
    ///
    /// # Panics
    /// If the slice is not a whole number of rows of `dimension`.
    pub fn new(inputs: &[f64], dimension: usize) -> Self {
        let count = count_rows(inputs, dimension);
        let kernel = dual_kernel(inputs, dimension);
        let row = |i: usize| &inputs[i * dimension..(i + 1) * dimension];
        let pairs = || (0..count).flat_map(|i| (0..=i).map(move |j| (i, j)));
        Self {
            dimension,
            count,
            inputs: inputs.to_vec(),
            products: pairs().map(|(i, j)| dot(row(i), row(j))).collect(),
            limit: pairs().map(|(i, j)| kernel[(i, j)]).collect(),
            weights: vec![0.0; dimension * WORD],
            activations: vec![0.0; WORD],
            words: vec![0; count],
            counts: vec![0; count * (count + 1) / 2],
        }
    }

    /// $\|H - H^\infty\|_F^2$ at several widths of one network: the narrower ones are its first
    /// neurons. `widths` must be increasing and positive.
    ///
    /// Its mean at width $m$ is $\frac1m \sum_{ij} (x_i^\top x_j)^2 q_{ij} (1 - q_{ij})$,
    /// $q = (\pi - \theta) / 2 \pi$, exactly. For each neuron $d$ normals, $2 n d$ flops and
    /// $n^2 / 128$ counts of a word: 0.25 us at n = 50, d = 20.
    ///
    /// # Panics
    /// If `widths` is not increasing and positive, or `out` has another length.
    pub fn squared_errors(&mut self, rng: &mut Rng, widths: &[usize], out: &mut [f64]) {
        assert!(out.len() == widths.len(), "{} results, {} widths", out.len(), widths.len());
        let mut next = 0;
        self.draw(rng, widths, |kernel, width| {
            out[next] = kernel.squared_error(width);
            next += 1;
        });
    }

    /// $H$ at one width.
    pub fn kernel(&mut self, rng: &mut Rng, width: usize) -> DMatrix<f64> {
        let n = self.count;
        let mut matrix = DMatrix::zeros(n, n);
        self.draw(rng, &[width], |kernel, width| {
            for i in 0..n {
                for j in 0..=i {
                    let pair = i * (i + 1) / 2 + j;
                    let share = f64::from(kernel.counts[pair]) / width as f64;
                    matrix[(i, j)] = kernel.products[pair] * share;
                    matrix[(j, i)] = matrix[(i, j)];
                }
            }
        });
        matrix
    }

    /// Draws neurons up to the largest width and calls `visit` when each width is reached.
    fn draw(&mut self, rng: &mut Rng, widths: &[usize], mut visit: impl FnMut(&Self, usize)) {
        assert!(
            widths.windows(2).all(|pair| pair[0] < pair[1]) && widths.first() != Some(&0),
            "widths must be increasing and positive, not {widths:?}"
        );
        self.counts.fill(0);
        let mut reached = 0;
        for width in widths {
            while reached < *width {
                let neurons = WORD.min(width - reached);
                rng.fill_normal(&mut self.weights[..self.dimension * neurons]);
                self.count_block(neurons);
                reached += neurons;
            }
            visit(self, *width);
        }
    }

    /// Packs the signs of a block of neurons and adds the counts of its pairs.
    fn count_block(&mut self, neurons: usize) {
        let (dimension, inputs, weights) = (self.dimension, &self.inputs, &self.weights);
        let (activations, words) = (&mut self.activations, &mut self.words);
        let counts = &mut self.counts;
        vectorised(
            #[inline(always)]
            || {
                for (input, word) in inputs.chunks_exact(dimension).zip(words.iter_mut()) {
                    *word = pack_signs(input, weights, &mut activations[..neurons]);
                }
                let mut pair = 0;
                for (i, first) in words.iter().enumerate() {
                    let row = &mut counts[pair..pair + i + 1];
                    for (count, second) in row.iter_mut().zip(words.iter()) {
                        *count += (first & second).count_ones();
                    }
                    pair += i + 1;
                }
            },
        );
    }

    fn squared_error(&self, width: usize) -> f64 {
        let mut error = 0.0;
        let mut pair = 0;
        for i in 0..self.count {
            for j in 0..=i {
                let share = f64::from(self.counts[pair]) / width as f64;
                let difference = self.products[pair] * share - self.limit[pair];
                error += if i == j { 1.0 } else { 2.0 } * difference * difference;
                pair += 1;
            }
        }
        error
    }
}

/// Bit $r$ of the result: $w_r^\top x \ge 0$. Weights are stored coordinate by coordinate.
#[inline(always)]
fn pack_signs(input: &[f64], weights: &[f64], activations: &mut [f64]) -> u64 {
    activations.fill(0.0);
    for (x, row) in input.iter().zip(weights.chunks_exact(activations.len())) {
        add_scaled(activations, *x, row);
    }
    let bit = |(r, z): (usize, &f64)| u64::from(*z >= 0.0) << r;
    activations.iter().enumerate().map(bit).fold(0, |word, bit| word | bit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::symmetric_eigenvalues;

    fn circle(n: usize) -> Vec<f64> {
        (0..n)
            .flat_map(|i| {
                let angle = 2.0 * PI * i as f64 / n as f64;
                [angle.cos(), angle.sin()]
            })
            .collect()
    }

    fn sphere(rng: &mut Rng, n: usize, d: usize) -> Vec<f64> {
        let mut inputs = vec![0.0; n * d];
        inputs.chunks_exact_mut(d).for_each(|row| rng.unit_vector(row));
        inputs
    }

    /// Cards B1 and B2: entries, circulant eigenvalues, two nearby points.
    #[test]
    fn limit_matches_known_values() {
        for (cosine, want) in
            [(-0.5, -0.083333333333), (0.3, 0.089548002603), (0.9, 0.385395168092)]
        {
            let sine = f64::sqrt(1.0 - cosine * cosine);
            let kernel = dual_kernel(&[1.0, 0.0, cosine, sine], 2);
            assert!((kernel[(0, 1)] - want).abs() < 1e-12);
            assert_eq!(kernel[(0, 0)], 0.5);
        }
        for (n, least, second) in
            [(7, 0.0679344757484, 0.406572962259), (9, 0.0393967017017, 0.079223447098)]
        {
            let values = symmetric_eigenvalues(&dual_kernel(&circle(n), 2)).unwrap();
            assert!((values[0] - least).abs() < 1e-12, "{values}");
            assert!((values[2] - second).abs() < 1e-9, "{values}");
        }
        assert!(symmetric_eigenvalues(&dual_kernel(&circle(8), 2)).unwrap()[0].abs() < 1e-15);
        for (delta, want) in [(0.1, 0.018343), (0.01, 0.0016165), (0.001, 0.00015940)] {
            let theta = 2.0 * f64::asin(0.5 * delta);
            let values =
                symmetric_eigenvalues(&dual_kernel(&[1.0, 0.0, theta.cos(), theta.sin()], 2))
                    .unwrap();
            assert!((values[0] / want - 1.0).abs() < 1e-4, "{values}");
        }
    }

    #[test]
    fn angles_are_good_at_both_ends() {
        for theta in [1e-12, 1e-5, 0.3, 1.5, 1.6, 3.0, PI - 1e-5] {
            let got = angle(&[1.0, 0.0], &[theta.cos(), theta.sin()]);
            assert!((got / theta - 1.0).abs() < 1e-14, "{got} instead of {theta}");
        }
    }

    /// Counts of packed bits against weights kept as numbers.
    #[test]
    fn packed_signs_match_activations() {
        let mut rng = Rng::seeded(31);
        let (n, d, m) = (5, 3, 100);
        let inputs = sphere(&mut rng, n, d);
        let mut initial = InitialKernel::new(&inputs, d);
        let kernel = initial.kernel(&mut Rng::seeded(7), m);
        let mut rng = Rng::seeded(7);
        let mut want = DMatrix::<f64>::zeros(n, n);
        for block in [64, 36] {
            let mut weights = vec![0.0; d * block];
            rng.fill_normal(&mut weights);
            for r in 0..block {
                let active: Vec<bool> = (0..n)
                    .map(|i| (0..d).map(|k| inputs[i * d + k] * weights[k * block + r]).sum())
                    .map(|z: f64| z >= 0.0)
                    .collect();
                for i in 0..n {
                    for j in 0..n {
                        let product = dot(&inputs[i * d..][..d], &inputs[j * d..][..d]);
                        let both = f64::from(u8::from(active[i] && active[j]));
                        want[(i, j)] += product * both / m as f64;
                    }
                }
            }
        }
        assert!((&kernel - &want).norm() < 1e-14);
        let mut errors = [0.0; 3];
        initial.squared_errors(&mut Rng::seeded(7), &[64, 80, 100], &mut errors);
        let limit = dual_kernel(&inputs, d);
        // Blocks end at a width, so only the first has the draws of the test above.
        let first = initial.kernel(&mut Rng::seeded(7), 64);
        assert!((errors[0] - (first - &limit).norm_squared()).abs() < 1e-14);
    }

    /// Card B1: the exact second moment, at widths 1 and 40 of one network.
    #[test]
    fn squared_error_has_its_exact_mean() {
        let mut rng = Rng::seeded(32);
        let (n, d) = (6, 4);
        let inputs = sphere(&mut rng, n, d);
        let limit = dual_kernel(&inputs, d);
        let mut want = 0.0;
        for i in 0..n {
            for j in 0..n {
                let product = dot(&inputs[i * d..][..d], &inputs[j * d..][..d]);
                let q = limit[(i, j)] / product;
                want += product * product * q * (1.0 - q);
            }
        }
        let mut initial = InitialKernel::new(&inputs, d);
        const DRAWS: usize = 20_000;
        let widths = [1, 40, 100];
        let (mut sums, mut squares, mut errors) = ([0.0; 3], [0.0; 3], [0.0; 3]);
        for _ in 0..DRAWS {
            initial.squared_errors(&mut rng, &widths, &mut errors);
            for l in 0..3 {
                let scaled = errors[l] * widths[l] as f64;
                sums[l] += scaled;
                squares[l] += scaled * scaled;
            }
        }
        for l in 0..3 {
            let mean = sums[l] / DRAWS as f64;
            let error = ((squares[l] / DRAWS as f64 - mean * mean) / DRAWS as f64).sqrt();
            assert!((mean - want).abs() < 5.0 * error, "{mean} +- {error} instead of {want}");
        }
    }
}

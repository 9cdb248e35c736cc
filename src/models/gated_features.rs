//! Least-norm interpolation with random gates in front of linear functions of few coordinates.
//!
//! $$ f(x) = m^{-1/2} \sum_{j \le m} g_j(x) \sum_{k \in S_j} v_{jk} x_k, \qquad
//!    g_j(x) = \sqrt 2 \cos(a_j^\top x + b_j) $$
//!
//! with independent $a_j \sim N(0, \omega^2 I_d)$, $b_j$ uniform on the circle and $S_j$ uniform
//! among the sets of $q$ coordinates: $p = m q$ parameters $v$, of which the least norm is taken
//! with $f(x_i) = y_i$. The class of Bubeck, Li and Nagaraj (2021), smooth gates for those of the
//! rectifier, which make $f$ jump. A draw costs $O(m n (n q + d))$.

use crate::linalg::LinalgError;
use crate::linalg::small::{
    add_scaled, cholesky_in_place, dot, solve_lower, solve_lower_transposed,
};
use crate::random::Rng;

/// Data, and buffers for the features.
#[derive(Clone, Debug)]
pub struct GatedFeatures {
    dimension: usize,
    active: usize,
    omega: f64,
    /// Row-major $n \times d$.
    inputs: Vec<f64>,
    labels: Vec<f64>,
    /// $a_j$, row-major $m \times d$.
    frequencies: Vec<f64>,
    phases: Vec<f64>,
    /// $S_j$, $q$ numbers each.
    coordinates: Vec<usize>,
    /// $g_j(x_i)$, row-major $m \times n$.
    gates: Vec<f64>,
    gram: Vec<f64>,
    /// $K^{-1} y$.
    dual: Vec<f64>,
    /// $v_j$, zero outside of $S_j$, row-major $m \times d$.
    parameters: Vec<f64>,
}

impl GatedFeatures {
    /// For inputs of a dimension, one a row, their labels, $q$ and $\omega$.
    ///
    /// # Panics
    /// Unless there is one label for each input, and $1 \le q \le d$.
    pub fn new(dimension: usize, inputs: Vec<f64>, labels: Vec<f64>, q: usize, omega: f64) -> Self {
        assert!(
            !labels.is_empty() && inputs.len() == labels.len() * dimension,
            "{} numbers are not {} inputs of dimension {dimension}",
            inputs.len(),
            labels.len()
        );
        assert!((1..=dimension).contains(&q), "{q} of {dimension} coordinates: q must be 1 to d");
        let n = labels.len();
        Self {
            dimension,
            active: q,
            omega,
            inputs,
            labels,
            frequencies: Vec::new(),
            phases: Vec::new(),
            coordinates: Vec::new(),
            gates: Vec::new(),
            gram: vec![0.0; n * n],
            dual: vec![0.0; n],
            parameters: Vec::new(),
        }
    }

    /// Draws $m$ gates: the mean of $\|\nabla f(x)\|^2$ over points $x$, one a row.
    ///
    /// # Errors
    /// The features do not fit the labels: there are too few.
    ///
    /// # Panics
    /// If there is no point, or a part of one.
    pub fn draw_squared_slope(
        &mut self,
        rng: &mut Rng,
        m: usize,
        points: &[f64],
    ) -> Result<f64, LinalgError> {
        let d = self.dimension;
        assert!(
            !points.is_empty() && points.len().is_multiple_of(d),
            "{} numbers are no points of dimension {d}",
            points.len()
        );
        self.draw_gates(rng, m);
        self.fit()?;
        let mut slope = vec![0.0; d];
        let mut sum = 0.0;
        for x in points.chunks_exact(d) {
            self.gradient(x, &mut slope);
            sum += dot(&slope, &slope);
        }
        Ok(sum / (points.len() / d) as f64)
    }

    fn draw_gates(&mut self, rng: &mut Rng, m: usize) {
        let (d, q) = (self.dimension, self.active);
        self.frequencies.resize(m * d, 0.0);
        rng.fill_normal(&mut self.frequencies);
        self.frequencies.iter_mut().for_each(|a| *a *= self.omega);
        self.phases.clear();
        self.phases.extend((0..m).map(|_| std::f64::consts::TAU * rng.uniform()));
        self.coordinates.clear();
        let mut all: Vec<usize> = (0..d).collect();
        for _ in 0..m {
            // The first q places of a shuffle, from whatever order the last one left.
            for k in 0..q {
                all.swap(k, k + rng.index(d - k));
            }
            self.coordinates.extend_from_slice(&all[..q]);
        }
    }

    /// The parameters of least norm.
    fn fit(&mut self) -> Result<(), LinalgError> {
        let (n, d, q) = (self.labels.len(), self.dimension, self.active);
        let m = self.phases.len();
        let Self { inputs, labels, gates, gram, dual, parameters, coordinates, .. } = self;
        gates.clear();
        for (a, b) in self.frequencies.chunks_exact(d).zip(&self.phases) {
            let gate = |x: &[f64]| 2_f64.sqrt() * (dot(a, x) + b).cos();
            gates.extend(inputs.chunks_exact(d).map(gate));
        }
        gram.fill(0.0);
        for (gate, chosen) in gates.chunks_exact(n).zip(coordinates.chunks_exact(q)) {
            for i in 0..n {
                for j in 0..=i {
                    let (x, y) = (&inputs[i * d..(i + 1) * d], &inputs[j * d..(j + 1) * d]);
                    let inner: f64 = chosen.iter().map(|k| x[*k] * y[*k]).sum();
                    gram[i * n + j] += gate[i] * gate[j] * inner / m as f64;
                }
            }
        }
        for i in 0..n {
            (0..i).for_each(|j| gram[j * n + i] = gram[i * n + j]);
        }
        cholesky_in_place(gram, n)?;
        dual.copy_from_slice(labels);
        solve_lower(gram, n, dual);
        solve_lower_transposed(gram, n, dual);
        parameters.clear();
        parameters.resize(m * d, 0.0);
        let scale = 1.0 / (m as f64).sqrt();
        let neurons = gates.chunks_exact(n).zip(coordinates.chunks_exact(q));
        for (v, (gate, chosen)) in parameters.chunks_exact_mut(d).zip(neurons) {
            for (i, x) in inputs.chunks_exact(d).enumerate() {
                chosen.iter().for_each(|k| v[*k] += scale * dual[i] * gate[i] * x[*k]);
            }
        }
        Ok(())
    }

    /// $f(x)$.
    #[cfg(test)]
    fn output(&self, x: &[f64]) -> f64 {
        let d = self.dimension;
        let neurons = self.frequencies.chunks_exact(d).zip(&self.phases);
        let one = |((a, b), v): ((&[f64], &f64), &[f64])| {
            2_f64.sqrt() * (dot(a, x) + b).cos() * dot(v, x)
        };
        let sum: f64 = neurons.zip(self.parameters.chunks_exact(d)).map(one).sum();
        sum / (self.phases.len() as f64).sqrt()
    }

    /// $\nabla f(x)$.
    fn gradient(&self, x: &[f64], out: &mut [f64]) {
        let d = self.dimension;
        out.fill(0.0);
        let neurons = self.frequencies.chunks_exact(d).zip(&self.phases);
        let scale = (2.0 / self.phases.len() as f64).sqrt();
        for ((a, b), v) in neurons.zip(self.parameters.chunks_exact(d)) {
            let (sine, cosine) = (dot(a, x) + b).sin_cos();
            add_scaled(out, -scale * sine * dot(v, x), a);
            add_scaled(out, scale * cosine, v);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(q: usize) -> GatedFeatures {
        let mut rng = Rng::seeded(3);
        let mut inputs = vec![0.0; 12];
        rng.fill_normal(&mut inputs);
        let mut features = GatedFeatures::new(3, inputs, vec![1.0, -1.0, 1.0, 0.5], q, 1.5);
        features.draw_gates(&mut rng, 20);
        features.fit().expect("twenty gates fit four labels");
        features
    }

    #[test]
    fn it_interpolates_with_the_coordinates_of_each_gate_alone() {
        for q in 1..=3 {
            let features = fitted(q);
            for (x, y) in features.inputs.chunks_exact(3).zip(&features.labels) {
                assert!((features.output(x) - y).abs() < 1e-9);
            }
            let used = features.parameters.iter().filter(|v| **v != 0.0).count();
            assert_eq!(used, 20 * q);
        }
    }

    /// No parameters with the same outputs are shorter: they are orthogonal to what changes none.
    #[test]
    fn the_parameters_are_combinations_of_the_features() {
        let features = fitted(2);
        let squared: f64 = features.parameters.iter().map(|v| v * v).sum();
        let dual = dot(&features.labels, &features.dual);
        assert!((squared - dual).abs() < 1e-9 * squared, "{squared} {dual}");
    }

    #[test]
    fn the_gradient_is_a_difference_of_outputs() {
        const H: f64 = 1e-6;
        let features = fitted(2);
        let x = [0.3, -0.2, 0.7];
        let mut slope = [0.0; 3];
        features.gradient(&x, &mut slope);
        for k in 0..3 {
            let moved = |h: f64| {
                let mut at = x;
                at[k] += h;
                features.output(&at)
            };
            let want = (moved(H) - moved(-H)) / (2.0 * H);
            assert!((slope[k] - want).abs() < 1e-7, "{} {want}", slope[k]);
        }
    }

    #[test]
    #[should_panic(expected = "4 of 3 coordinates")]
    fn a_gate_has_no_more_coordinates_than_there_are() {
        GatedFeatures::new(3, vec![0.0; 3], vec![1.0], 4, 1.0);
    }
}

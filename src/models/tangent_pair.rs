//! The gradients of a deep ReLU network at initialisation, at two inputs, and their inner product,
//! the tangent kernel, without its matrices.
//!
//! $h_0 = x$, $z_l = W_l h_{l-1}$, $h_l = \sqrt{2 / m_l} \max(z_l, 0)$ for $l \le L$ and
//! $f(x) = a^\top h_L$ with standard normal $W_l$ and $a$, all of them trained (Jacot, Gabriel and
//! Hongler 2018). With $b_L = D_L a$, $b_l = D_l W_{l+1}^\top b_{l+1}$ and
//! $D_l = \sqrt{2 / m_l} \operatorname{diag} 1_{z_l > 0}$ the gradients by $a$ and by $W_l$ are
//! $h_L$ and $b_l h_{l-1}^\top$, so that
//!
//! $$ \Theta(x, x') = h_L^\top h'_L
//!    + \sum_{l \le L} (h_{l-1}^\top h'_{l-1}) (b_l^\top b'_l) . $$
//!
//! Of $W_l$ the forward pass sees only $W_l e$ for $e$ in the span of $h_{l-1}$ and $h'_{l-1}$, and
//! what is left of it is independent and still normal. So two normals a neuron going up and two
//! going down have exactly the joint law of the forward and backward pass with matrices, in
//! $O(\sum_l m_l)$ instead of $O(\sum_l m_l m_{l-1})$: 0.1 us a neuron.

use crate::linalg::small::{add_scaled, dot};
use crate::random::Rng;

/// Kernels of a network at two inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairKernels {
    /// $h_L^\top h'_L$.
    pub hidden: f64,
    /// $\Theta(x, x')$.
    pub tangent: f64,
}

/// A layer: what is between its input and its output.
#[derive(Clone, Debug, Default)]
struct Layer {
    /// $h_l$ and $h'_l$.
    hidden: [Vec<f64>; 2],
    /// The diagonals of $D_l$ and $D'_l$.
    gates: [Vec<f64>; 2],
    /// An orthonormal basis of the span of $h_l$ and $h'_l$; a vector is 0 where there is no more.
    basis: [Vec<f64>; 2],
    /// $W_l$ times the basis of the layer below.
    along: [Vec<f64>; 2],
}

/// Widths and angle of the inputs, and the buffers of both passes.
#[derive(Clone, Debug)]
pub struct TangentPair {
    inputs: Products,
    layers: Vec<Layer>,
    /// $b_l$ and $b'_l$, in the first $m_l$ places.
    back: [Vec<f64>; 2],
}

/// $\|u\|$, the component of $u'$ along $u$ and the norm of the rest of it, and $u^\top u'$.
#[derive(Clone, Copy, Debug)]
struct Products {
    first: f64,
    along: f64,
    across: f64,
    inner: f64,
}

/// Two vectors closer than this, in the square of their angle, are one: rounding would choose the
/// direction of their difference.
const PARALLEL: f64 = 1e-14;

impl Products {
    fn of(u: &[f64], v: &[f64]) -> Self {
        let (norm, other, inner) = (dot(u, u).sqrt(), dot(v, v), dot(u, v));
        // No neuron is active for the first input: all of the second is the rest.
        let along = if norm > 0.0 { inner / norm } else { 0.0 };
        let rest = other - along * along;
        let across = if rest > PARALLEL * other { rest.sqrt() } else { 0.0 };
        Self { first: norm, along, across, inner }
    }
}

impl TangentPair {
    /// Hidden widths $m_1, \dots, m_L$, and unit inputs at angle `theta`; 0 is one input twice.
    ///
    /// # Panics
    /// If there is no hidden layer, or one of width 0, or the angle is not in $[0, \pi]$.
    pub fn new(widths: &[usize], theta: f64) -> Self {
        assert!(
            !widths.is_empty() && !widths.contains(&0),
            "widths {widths:?}: a hidden layer needs a neuron"
        );
        assert!((0.0..=std::f64::consts::PI).contains(&theta), "{theta} is no angle of two inputs");
        let (sine, cosine) = theta.sin_cos();
        let across = if sine * sine > PARALLEL { sine } else { 0.0 };
        let two = |width: usize| [vec![0.0; width], vec![0.0; width]];
        let layer =
            |m: &usize| Layer { hidden: two(*m), gates: two(*m), basis: two(*m), along: two(*m) };
        Self {
            inputs: Products { first: 1.0, along: cosine, across, inner: cosine },
            layers: widths.iter().map(layer).collect(),
            back: two(widths.iter().copied().max().unwrap_or(0)),
        }
    }

    /// Draws a network. Nothing is allocated.
    pub fn draw(&mut self, rng: &mut Rng) -> PairKernels {
        let hidden = self.forward(rng).inner;
        let inputs = self.inputs.inner;
        let mut tangent = hidden;
        self.backward(rng, 0, |_, below, back| {
            let below = below.map_or(inputs, |[h, other]| dot(h, other));
            tangent += below * dot(back[0], back[1]);
        });
        PairKernels { hidden, tangent }
    }

    /// Draws a network, and the inner products of both gradients by the last `grams.len()` of the
    /// $W_l$: $(h_{l-1}^\top h_{l-1}) (b_l^\top b_l)$, the same with one primed factor in each
    /// inner product, and with both primed.
    ///
    /// # Panics
    /// If there are fewer layers than entries of `grams`.
    pub fn draw_gradients(&mut self, rng: &mut Rng, grams: &mut [[f64; 3]]) {
        assert!(grams.len() <= self.layers.len(), "more gradients than layers");
        self.forward(rng);
        let from = self.layers.len() - grams.len();
        let inputs = [1.0, self.inputs.inner, 1.0];
        let products = |[u, v]: [&[f64]; 2]| [dot(u, u), dot(u, v), dot(v, v)];
        self.backward(rng, from, |l, below, back| {
            let (h, b) = (below.map_or(inputs, products), products(back));
            grams[l - from] = [h[0] * b[0], h[1] * b[1], h[2] * b[2]];
        });
    }

    /// Draws a network and one layer more, $z = W h_L$ with `neurons` neurons, and returns the mean
    /// over these of $\|r 1_{z > 0} h_L + r' 1_{z' > 0} h'_L\|^2$: $k / m$ times the squared norm
    /// of the gradient by $W$ of $r^\top B \max(W h_L, 0) + \dots$, averaged over $B$ with $k$ rows
    /// of variance $1/k$.
    ///
    /// Gates depend on the angle of a neuron in the plane of $h_L$ and $h'_L$ alone. The angles are
    /// equally spaced and turned together by a uniform one, so that each is uniform and an
    /// average over neurons has the mean that it has for independent ones, and less variance.
    pub fn draw_next_gradient(
        &mut self,
        rng: &mut Rng,
        [r, r_other]: [f64; 2],
        neurons: usize,
    ) -> f64 {
        let products = self.forward(rng);
        let square = products.first * products.first;
        let other = products.along * products.along + products.across * products.across;
        let alone = [r * r * square, r_other * r_other * other];
        let both = alone[0] + alone[1] + 2.0 * r * r_other * products.inner;
        let step = 2.0 * std::f64::consts::PI / neurons as f64;
        let ((sine, cosine), (mut y, mut x)) = (step.sin_cos(), (step * rng.uniform()).sin_cos());
        let mut counts = [0_u32; 3];
        for _ in 0..neurons {
            let active = products.first * x > 0.0;
            let active_other = products.along * x + products.across * y > 0.0;
            counts[0] += u32::from(active && !active_other);
            counts[1] += u32::from(active_other && !active);
            counts[2] += u32::from(active && active_other);
            (x, y) = (cosine * x - sine * y, sine * x + cosine * y);
        }
        let sum: f64 =
            counts.iter().zip([alone[0], alone[1], both]).map(|(n, v)| f64::from(*n) * v).sum();
        sum / neurons as f64
    }

    /// The forward pass, and the products of the last hidden layer.
    fn forward(&mut self, rng: &mut Rng) -> Products {
        let mut products = self.inputs;
        for layer in &mut self.layers {
            layer.forward(rng, products);
            products = layer.orthonormalise();
        }
        products
    }

    /// The backward pass down to layer `from`: shows each layer, its inputs $h_{l-1}, h'_{l-1}$
    /// (none below the first) and $b_l, b'_l$.
    fn backward(
        &mut self,
        rng: &mut Rng,
        from: usize,
        mut show: impl FnMut(usize, Option<[&[f64]; 2]>, [&[f64]; 2]),
    ) {
        let Self { layers, back: [b, other], .. } = self;
        for l in (from..layers.len()).rev() {
            let width = layers[l].hidden[0].len();
            if let Some(above) = layers.get(l + 1) {
                above.pull_back(rng, &layers[l].basis, [&mut *b, &mut *other]);
            } else {
                rng.fill_normal(&mut b[..width]);
                other[..width].copy_from_slice(&b[..width]);
            }
            let [gates, others] = &layers[l].gates;
            b.iter_mut().zip(gates).for_each(|(b, gate)| *b *= gate);
            other.iter_mut().zip(others).for_each(|(b, gate)| *b *= gate);
            let below = l.checked_sub(1).map(|l| layers[l].hidden.each_ref().map(Vec::as_slice));
            show(l, below, [&b[..width], &other[..width]]);
        }
    }
}

impl Layer {
    /// $z_l$ from two normals for each neuron, $h_l$ and $D_l$.
    fn forward(&mut self, rng: &mut Rng, below: Products) {
        let Self { hidden: [h, h_other], gates: [d, d_other], along: [first, second], .. } = self;
        let scale = (2.0 / h.len() as f64).sqrt();
        rng.fill_normal(first);
        rng.fill_normal(second);
        for r in 0..h.len() {
            let z = below.first * first[r];
            let z_other = below.along * first[r] + below.across * second[r];
            d[r] = if z > 0.0 { scale } else { 0.0 };
            d_other[r] = if z_other > 0.0 { scale } else { 0.0 };
            h[r] = d[r] * z;
            h_other[r] = d_other[r] * z_other;
        }
    }

    /// The basis of the span of $h_l$ and $h'_l$.
    fn orthonormalise(&mut self) -> Products {
        let Self { hidden: [h, h_other], basis: [e, e_other], .. } = self;
        let products = Products::of(h, h_other);
        let inverse = |norm: f64| if norm > 0.0 { 1.0 / norm } else { 0.0 };
        let (first, across) = (inverse(products.first), inverse(products.across));
        for r in 0..h.len() {
            e[r] = first * h[r];
            e_other[r] = across * (h_other[r] - products.along * e[r]);
        }
        products
    }

    /// $W_l^\top b_l$ for both inputs, in place: along the basis of the layer below what the
    /// forward pass has drawn, across it new normals.
    fn pull_back(&self, rng: &mut Rng, basis: &[Vec<f64>; 2], [b, other]: [&mut Vec<f64>; 2]) {
        let (above, below) = (self.hidden[0].len(), basis[0].len());
        let products = Products::of(&b[..above], &other[..above]);
        let seen = |b: &[f64]| self.along.each_ref().map(|row| dot(row, &b[..above]));
        let (seen, seen_other) = (seen(b), seen(other));
        let (b, other) = (&mut b[..below], &mut other[..below]);
        rng.fill_normal(b);
        rng.fill_normal(other);
        for e in basis {
            for new in [&mut *b, &mut *other] {
                let component = dot(e, new);
                add_scaled(new, -component, e);
            }
        }
        for (b, other) in b.iter_mut().zip(other.iter_mut()) {
            *other = products.along * *b + products.across * *other;
            *b *= products.first;
        }
        for (e, (seen, seen_other)) in basis.iter().zip(seen.into_iter().zip(seen_other)) {
            add_scaled(b, seen, e);
            add_scaled(other, seen_other, e);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A network with its matrices, output weights last, in one slice of parameters.
    struct Dense<'a> {
        widths: &'a [usize],
        inputs: usize,
    }

    impl Dense<'_> {
        fn count(&self) -> usize {
            let mut below = self.inputs;
            let mut count = 0;
            for m in self.widths {
                count += m * below;
                below = *m;
            }
            count + below
        }

        /// Output, gradient by all parameters, last hidden layer.
        fn gradient(&self, weights: &[f64], x: &[f64]) -> (f64, Vec<f64>, Vec<f64>) {
            let mut hidden = vec![x.to_vec()];
            let mut gates: Vec<Vec<f64>> = Vec::new();
            let mut starts = vec![];
            let mut at = 0;
            for m in self.widths {
                let h = hidden.last().unwrap();
                let scale = (2.0 / *m as f64).sqrt();
                let z: Vec<f64> =
                    (0..*m).map(|r| dot(&weights[at + r * h.len()..][..h.len()], h)).collect();
                starts.push(at);
                at += m * h.len();
                gates.push(z.iter().map(|z| if *z > 0.0 { scale } else { 0.0 }).collect());
                hidden.push(z.iter().map(|z| scale * z.max(0.0)).collect());
            }
            let last = hidden.last().unwrap().clone();
            let mut gradient = vec![0.0; weights.len()];
            gradient[at..].copy_from_slice(&last);
            let mut back = weights[at..].to_vec();
            for l in (0..self.widths.len()).rev() {
                back.iter_mut().zip(&gates[l]).for_each(|(b, gate)| *b *= gate);
                let h = &hidden[l];
                let mut below = vec![0.0; h.len()];
                for (r, b) in back.iter().enumerate() {
                    let row = starts[l] + r * h.len();
                    for k in 0..h.len() {
                        gradient[row + k] = b * h[k];
                        below[k] += b * weights[row + k];
                    }
                }
                back = below;
            }
            (dot(&weights[at..], &last), gradient, last)
        }
    }

    /// Backpropagation, which the law is compared with below, against central differences.
    #[test]
    fn gradients_match_finite_differences() {
        let mut rng = Rng::seeded(81);
        let network = Dense { widths: &[5, 4, 3], inputs: 2 };
        let mut weights = vec![0.0; network.count()];
        rng.fill_normal(&mut weights);
        let x = [0.6, 0.8];
        let (_, gradient, _) = network.gradient(&weights, &x);
        const STEP: f64 = 1e-6;
        for k in 0..weights.len() {
            let at = |by: f64| {
                let mut moved = weights.clone();
                moved[k] += by;
                network.gradient(&moved, &x).0
            };
            let slope = (at(STEP) - at(-STEP)) / (2.0 * STEP);
            assert!((slope - gradient[k]).abs() < 1e-7, "{k}: {slope} {}", gradient[k]);
        }
    }

    /// Means of both kernels and of their squares and product, each with its standard error.
    fn moments(draws: usize, mut draw: impl FnMut() -> PairKernels) -> [(f64, f64); 5] {
        let (mut sums, mut squares) = ([0.0; 5], [0.0; 5]);
        for _ in 0..draws {
            let PairKernels { hidden: s, tangent: t } = draw();
            for (k, value) in [s, t, s * s, t * t, s * t].into_iter().enumerate() {
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

    #[test]
    fn kernels_have_the_law_of_the_dense_network() {
        for (seed, (widths, theta)) in
            [(&[7][..], 1.0), (&[6, 9], 0.0), (&[8, 5, 6], 2.0), (&[2, 3], 0.7)]
                .into_iter()
                .enumerate()
        {
            let mut rng = Rng::seeded(90 + seed as u64);
            let network = Dense { widths, inputs: 2 };
            let mut weights = vec![0.0; network.count()];
            let dense = moments(40_000, || {
                rng.fill_normal(&mut weights);
                let (_, gradient, hidden) = network.gradient(&weights, &[1.0, 0.0]);
                let (_, other, hidden_other) =
                    network.gradient(&weights, &[f64::cos(theta), f64::sin(theta)]);
                PairKernels { hidden: dot(&hidden, &hidden_other), tangent: dot(&gradient, &other) }
            });
            let mut rng = Rng::seeded(190 + seed as u64);
            let mut pair = TangentPair::new(widths, theta);
            let structured = moments(160_000, || pair.draw(&mut rng));
            for (k, (a, b)) in dense.into_iter().zip(structured).enumerate() {
                let error = a.1.hypot(b.1);
                assert!((a.0 - b.0).abs() < 5.0 * error, "{widths:?}, {k}: {a:?} {b:?}");
            }
        }
    }

    #[test]
    fn one_input_twice_has_a_kernel_of_depth_plus_one() {
        let mut rng = Rng::seeded(85);
        let mut pair = TangentPair::new(&[40, 30, 20], 0.0);
        let [(hidden, e), (tangent, error), ..] = moments(20_000, || pair.draw(&mut rng));
        assert!((hidden - 1.0).abs() < 5.0 * e, "{hidden}");
        assert!((tangent - 4.0).abs() < 5.0 * error, "{tangent}");
    }

    #[test]
    fn draws_depend_on_their_stream_alone() {
        let mut pair = TangentPair::new(&[5, 7], 1.1);
        let first = pair.draw(&mut Rng::seeded(3));
        pair.draw(&mut Rng::seeded(4));
        assert_eq!(pair.draw(&mut Rng::seeded(3)), first);
    }

    /// The gradients of the dense network by each of its matrices but the output weights.
    #[test]
    fn gradients_have_the_norms_of_the_dense_network() {
        let (widths, theta, residuals) = ([6, 9, 5], 0.8, [1.0, -0.6]);
        let network = Dense { widths: &widths, inputs: 2 };
        let mut weights = vec![0.0; network.count()];
        let mut rng = Rng::seeded(86);
        let estimate = |draws: usize, draw: &mut dyn FnMut() -> [f64; 4]| {
            let (mut sums, mut squares) = ([0.0; 4], [0.0; 4]);
            for _ in 0..draws {
                for (k, value) in draw().into_iter().enumerate() {
                    sums[k] += value;
                    squares[k] += value * value;
                }
            }
            let n = draws as f64;
            let one = |k: usize| {
                let mean = sums[k] / n;
                (mean, ((squares[k] / n - mean * mean) / n).sqrt())
            };
            std::array::from_fn::<(f64, f64), 4, _>(one)
        };
        let dense = estimate(40_000, &mut || {
            rng.fill_normal(&mut weights);
            let (_, gradient, hidden) = network.gradient(&weights, &[1.0, 0.0]);
            let other = [f64::cos(theta), f64::sin(theta)];
            let (_, gradient_other, hidden_other) = network.gradient(&weights, &other);
            let (mut at, mut below) = (0, 2);
            let mut found = [0.0; 4];
            for (l, m) in widths.into_iter().enumerate() {
                let norm = |k: usize| {
                    let sum = residuals[0] * gradient[k] + residuals[1] * gradient_other[k];
                    sum * sum
                };
                found[l] = (at..at + m * below).map(norm).sum();
                at += m * below;
                below = m;
            }
            // One more layer, a single neuron of it.
            let mut neuron = [0.0; 5];
            rng.fill_normal(&mut neuron);
            let gate = |h: &[f64]| f64::from(u8::from(dot(&neuron, h) > 0.0));
            let gates = [residuals[0] * gate(&hidden), residuals[1] * gate(&hidden_other)];
            for (h, other) in hidden.iter().zip(&hidden_other) {
                found[3] += (gates[0] * h + gates[1] * other).powi(2);
            }
            found
        });
        let mut pair = TangentPair::new(&widths, theta);
        let mut rng = Rng::seeded(87);
        let structured = estimate(80_000, &mut || {
            let mut grams = [[0.0; 3]; 3];
            pair.draw_gradients(&mut rng, &mut grams);
            let [a, b] = residuals;
            let [x, y, z] = grams.map(|g| a * a * g[0] + 2.0 * a * b * g[1] + b * b * g[2]);
            [x, y, z, pair.draw_next_gradient(&mut rng, residuals, 16)]
        });
        let mut upper = [[0.0; 3]; 2];
        pair.draw_gradients(&mut Rng::seeded(1), &mut upper);
        let mut all = [[0.0; 3]; 3];
        pair.draw_gradients(&mut Rng::seeded(1), &mut all);
        assert_eq!(upper, all[1..]);
        for (a, b) in dense.into_iter().zip(structured) {
            assert!((a.0 - b.0).abs() < 5.0 * a.1.hypot(b.1), "{a:?} {b:?}");
        }
    }
}

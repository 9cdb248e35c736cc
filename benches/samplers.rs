//! Samplers: what a draw costs, and what it would cost computed the plain way.
//!
//! Every structured sampler stands in one group with a dense computation of the same quantity.
//! Compare the times per element: an element is one replicate (of `isotropic-curve`: one replicate
//! at one point), so that a dense side that makes fewer of them is still comparable.
//!
//! ```text
//! cargo bench --bench samplers
//! ```

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::{DMatrix, DVector};
use std::hint::black_box;
use theoremcheck::kind::Grid;
use theoremcheck::linalg::{Cholesky, gram, symmetric_eigenvalues};
use theoremcheck::models::centred_features::{Activation, CentredFeatures};
use theoremcheck::models::chi_square::{BLOCK, fill_chi_squared_falling};
use theoremcheck::models::deterministic_equivalent::{Level, equivalent};
use theoremcheck::models::dual_kernel::{InitialKernel, dual_kernel};
use theoremcheck::models::gaussian::Design;
use theoremcheck::models::interpolation::{Covariates, LinearClass, LinearShape, NearestOpposite};
use theoremcheck::models::isotropic_rows::IsotropicRow;
use theoremcheck::models::sign_average::SignAverage;
use theoremcheck::models::signal_blocks::SignalBlocks;
use theoremcheck::models::two_layer::TwoLayer;
use theoremcheck::models::wishart::{least_eigenvalue_tails, trace_inverse};
use theoremcheck::random::Rng;

/// $r^2$ and $\sigma^2$ of the curve.
const SIGNAL: f64 = 5.0;
const NOISE: f64 = 1.0;

/// A matrix of independent standard normals.
fn gaussian(rng: &mut Rng, rows: usize, columns: usize) -> DMatrix<f64> {
    let mut matrix = DMatrix::zeros(rows, columns);
    rng.fill_normal(matrix.as_mut_slice());
    matrix
}

/// Inputs on the unit sphere, row-major.
fn unit_inputs(rng: &mut Rng, count: usize, dimension: usize) -> Vec<f64> {
    let mut inputs = vec![0.0; count * dimension];
    inputs.chunks_exact_mut(dimension).for_each(|row| rng.unit_vector(row));
    inputs
}

/// Factor of the smaller Gram matrix: positive definite almost surely.
fn smaller_gram(x: &DMatrix<f64>) -> Cholesky {
    let products = if x.nrows() <= x.ncols() { gram(x) } else { gram(&x.transpose()) };
    Cholesky::new(products).expect("a Gaussian matrix of full rank")
}

fn variates(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("variates");
    group.throughput(Throughput::Elements(BLOCK as u64));
    let mut rng = Rng::seeded(1);
    let mut out = [0.0; BLOCK];
    group.bench_function("normal", |b| {
        b.iter(|| {
            rng.fill_normal(&mut out);
            black_box(out[BLOCK - 1])
        });
    });
    group.bench_function("chi-squared-200", |b| {
        b.iter(|| {
            out.iter_mut().for_each(|x| *x = rng.chi_squared(black_box(200.0)));
            black_box(out[BLOCK - 1])
        });
    });
    group.bench_function("chi-squared-block-200", |b| {
        b.iter(|| {
            fill_chi_squared_falling(&mut rng, black_box(200.0), &mut out);
            black_box(out[BLOCK - 1])
        });
    });
    group.finish();
}

/// $R_X$ of ridgeless least squares on isotropic features, from the bidiagonal model of the
/// spectrum and the Beta law of the bias.
fn structured_risk(rng: &mut Rng, n: usize, p: usize) -> f64 {
    let bias = if p > n {
        let lost = rng.chi_squared((p - n) as f64);
        SIGNAL * lost / (lost + rng.chi_squared(n as f64))
    } else {
        0.0
    };
    bias + NOISE * trace_inverse(rng, n, p)
}

/// The same from the matrix itself: $\|\beta\|^2 - \|L^{-1} X \beta\|^2 + \sigma^2 \|L^{-1}\|_F^2$
/// with $X X^\top = L L^\top$, and no bias where $p \le n$.
fn dense_risk(rng: &mut Rng, n: usize, p: usize) -> f64 {
    let x = gaussian(rng, n, p);
    let factor = smaller_gram(&x);
    let bias = if p > n {
        let coefficients = DMatrix::from_element(p, 1, (SIGNAL / p as f64).sqrt());
        let kept = factor.solve_lower(&(&x * coefficients)).expect("n rows");
        SIGNAL - kept.norm_squared()
    } else {
        0.0
    };
    bias + NOISE * factor.inverse_trace()
}

/// The double-descent curve at n = 200: twenty $\gamma$ from 0.1 to 10. The structured side makes
/// 50 replicates at each, the dense side only one, for time.
fn isotropic_curve(criterion: &mut Criterion) {
    const N: usize = 200;
    const REPLICATES: usize = 50;
    let columns: Vec<usize> = Grid::Log { from: 0.1, to: 10.0, points: 20 }
        .positions()
        .iter()
        .map(|gamma| (gamma * N as f64).round() as usize)
        .collect();
    let points = columns.len() as u64;
    let mut group = criterion.benchmark_group("isotropic-curve");
    let mut rng = Rng::seeded(2);
    group.throughput(Throughput::Elements(points * REPLICATES as u64));
    group.bench_function("structured-50-replicates", |b| {
        b.iter(|| {
            let each = |p: &usize| -> f64 {
                (0..REPLICATES).map(|_| structured_risk(&mut rng, N, *p)).sum()
            };
            columns.iter().map(each).sum::<f64>()
        });
    });
    group.sample_size(10).throughput(Throughput::Elements(points));
    group.bench_function("dense-1-replicate", |b| {
        b.iter(|| columns.iter().map(|p| dense_risk(&mut rng, N, *p)).sum::<f64>());
    });
    group.finish();
}

fn trace(criterion: &mut Criterion) {
    const N: usize = 200;
    const P: usize = 400;
    let mut group = criterion.benchmark_group("trace-inverse");
    group.throughput(Throughput::Elements(1));
    let mut rng = Rng::seeded(3);
    group.bench_function("structured", |b| b.iter(|| trace_inverse(&mut rng, N, P)));
    group.bench_function("dense", |b| {
        b.iter(|| smaller_gram(&gaussian(&mut rng, N, P)).inverse_trace());
    });
    group.finish();
}

/// One replicate at a million observations: the matrix would not fit into any memory.
fn trace_of_a_million(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("trace-inverse-large");
    group.sample_size(10).throughput(Throughput::Elements(1));
    let mut rng = Rng::seeded(4);
    for n in [10_000_usize, 100_000, 1_000_000] {
        group.bench_with_input(BenchmarkId::new("structured", n), &n, |b, n| {
            b.iter(|| trace_inverse(&mut rng, *n, 2 * n));
        });
    }
    group.finish();
}

/// One replicate of ridgeless least squares, $p = 2n$: from the bidiagonal model where the features
/// are white, from the dense matrix with its bias averaged over signs where they are not, from the
/// dense matrix for one vector of signs; and the deterministic equivalent, which draws nothing.
fn ridgeless(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("ridgeless");
    group.throughput(Throughput::Elements(1));
    let mut rng = Rng::seeded(10);
    for n in [10_usize, 48, 200] {
        let p = 2 * n;
        let eigenvalues: Vec<f64> =
            (0..p).map(|j| 0.25 + 1.75 * j as f64 / (p - 1) as f64).collect();
        let (squares, root) = (vec![1.0 / p as f64; p], vec![(p as f64).recip().sqrt(); p]);
        group.bench_with_input(BenchmarkId::new("bidiagonal", n), &n, |b, n| {
            b.iter(|| structured_risk(&mut rng, *n, p));
        });
        let mut average = SignAverage::new(n, &eigenvalues, &squares);
        group.bench_function(BenchmarkId::new("sign-average", n), |b| {
            b.iter(|| average.draw(&mut rng).expect("a regular design"));
        });
        let mut design = Design::default();
        group.bench_function(BenchmarkId::new("one-sign", n), |b| {
            b.iter(|| {
                design.draw(&mut rng, n, p, &eigenvalues);
                design.risk(&root, &eigenvalues).expect("a regular design")
            });
        });
        group.bench_function(BenchmarkId::new("level", n), |b| {
            b.iter(|| Level::of(black_box(&eigenvalues), n as f64, 0.0));
        });
        group.bench_function(BenchmarkId::new("equivalent", n), |b| {
            b.iter(|| equivalent(black_box(&eigenvalues), &squares, n as f64, 0.0));
        });
    }
    group.finish();
}

/// One replicate of a variance with the smaller spread: for a covariance of two eigenvalues and
/// three signals, and for features of a random layer, $p = d = 3n$.
fn smaller_spread(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("smaller-spread");
    group.throughput(Throughput::Elements(1));
    let mut rng = Rng::seeded(12);
    for n in [16_usize, 32, 64] {
        let p = 3 * n;
        let eigenvalues: Vec<f64> = (0..p).map(|j| if j < n { 4.0 } else { 0.5 }).collect();
        let mut blocks = SignalBlocks::new(n, &eigenvalues, IsotropicRow::Gaussian, &[n, 2 * n, p]);
        group.bench_function(BenchmarkId::new("signal-blocks", n), |b| {
            b.iter(|| blocks.draw(&mut rng, &mut [0.0; 3]).expect("a regular design"));
        });
        let mut features = CentredFeatures::new(p, p, n, Activation::Square);
        group.bench_function(BenchmarkId::new("centred-features", n), |b| {
            b.iter(|| features.draw(&mut rng).expect("a regular design"));
        });
    }
    group.finish();
}

/// Tail of the least eigenvalue at m = 240 and sixteen values: probabilities given all entries but
/// one on the structured side, indicators on the dense side.
fn least_eigenvalue(criterion: &mut Criterion) {
    const M: usize = 240;
    const VALUES: usize = 16;
    let x: Vec<f64> = (1..=VALUES).map(|i| i as f64 / 8.0).collect();
    let mut out = [0.0; VALUES];
    let mut group = criterion.benchmark_group("least-eigenvalue-tails");
    group.throughput(Throughput::Elements(1));
    let mut rng = Rng::seeded(5);
    group.bench_function("structured", |b| {
        b.iter(|| {
            least_eigenvalue_tails(&mut rng, &[M], 0, &x, &mut out);
            black_box(out[0])
        });
    });
    group.sample_size(20).bench_function("dense", |b| {
        b.iter(|| {
            let products = gram(&gaussian(&mut rng, M, M));
            let values = symmetric_eigenvalues(&products).expect("a finite matrix");
            let scaled = M as f64 * values[0];
            out.iter_mut().zip(&x).for_each(|(tail, x)| *tail = f64::from(u8::from(scaled > *x)));
            black_box(out[0])
        });
    });
    group.finish();
}

/// Points on the sphere of $R^{200}$, of which the class sees 60 coordinates. The dense side draws
/// all coordinates and solves with nalgebra.
fn linear_class(criterion: &mut Criterion) {
    const SHAPE: LinearShape = LinearShape { points: 20, parameters: 60, dimension: 200 };
    let mut rng = Rng::seeded(6);
    let labels: Vec<f64> = (0..SHAPE.points).map(|_| rng.sign()).collect();
    let right = DVector::from_column_slice(&labels);
    let mut class = LinearClass::new(SHAPE);
    let mut group = criterion.benchmark_group("linear-class");
    group.throughput(Throughput::Elements(1));
    group.bench_function("structured", |b| {
        b.iter(|| class.squared_lipschitz(&mut rng, Covariates::Sphere, &labels));
    });
    group.bench_function("dense", |b| {
        b.iter(|| {
            let mut all = gaussian(&mut rng, SHAPE.points, SHAPE.dimension);
            for mut row in all.row_iter_mut() {
                let norm = row.norm();
                row /= norm;
            }
            let seen = all.columns(0, SHAPE.parameters);
            let factor = (seen * seen.transpose()).cholesky().expect("a matrix of full rank");
            right.dot(&factor.solve(&right))
        });
    });
    group.finish();
}

/// $\|H - H^\infty\|_F^2$ at 50 inputs and 1024 neurons. The dense side keeps the indicators as
/// numbers and multiplies them.
fn initial_kernel(criterion: &mut Criterion) {
    const COUNT: usize = 50;
    const DIMENSION: usize = 20;
    const WIDTH: usize = 1024;
    let mut rng = Rng::seeded(7);
    let inputs = unit_inputs(&mut rng, COUNT, DIMENSION);
    let mut kernel = InitialKernel::new(&inputs, DIMENSION);
    let x = DMatrix::from_row_slice(COUNT, DIMENSION, &inputs);
    let (products, limit) = (gram(&x), dual_kernel(&inputs, DIMENSION));
    let mut group = criterion.benchmark_group("initial-kernel");
    group.throughput(Throughput::Elements(1));
    let mut out = [0.0];
    group.bench_function("structured", |b| {
        b.iter(|| {
            kernel.squared_errors(&mut rng, &[WIDTH], &mut out);
            black_box(out[0])
        });
    });
    group.bench_function("dense", |b| {
        b.iter(|| {
            let activations = &x * gaussian(&mut rng, DIMENSION, WIDTH);
            let active = activations.map(|z| f64::from(u8::from(z >= 0.0)));
            let shares = gram(&active) / WIDTH as f64;
            (shares.component_mul(&products) - &limit).norm_squared()
        });
    });
    group.finish();
}

/// Gradient descent on the weights as a textbook writes it; returns the largest movement.
fn descend_weights(
    (inputs, dimension): (&[f64], usize),
    (weights, signs): (&mut [f64], &[f64]),
    labels: &[f64],
    step: f64,
    norms: &mut [f64],
) -> f64 {
    let start = weights.to_vec();
    let scale = 1.0 / (signs.len() as f64).sqrt();
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
    let mut movement = 0.0_f64;
    let mut gradient = vec![0.0; dimension];
    for k in 0..norms.len() {
        let residual = |(input, label): (&[f64], &f64)| {
            let neurons = weights.chunks_exact(dimension).zip(signs);
            label - scale * neurons.map(|(w, a)| a * dot(w, input).max(0.0)).sum::<f64>()
        };
        let residuals: Vec<f64> =
            inputs.chunks_exact(dimension).zip(labels).map(residual).collect();
        norms[k] = dot(&residuals, &residuals);
        if k + 1 == norms.len() {
            break;
        }
        for (r, w) in weights.chunks_exact_mut(dimension).enumerate() {
            gradient.fill(0.0);
            for (input, residual) in inputs.chunks_exact(dimension).zip(&residuals) {
                if dot(w, input) >= 0.0 {
                    let factor = scale * residual * signs[r];
                    gradient.iter_mut().zip(input).for_each(|(g, x)| *g += factor * x);
                }
            }
            w.iter_mut().zip(&gradient).for_each(|(w, g)| *w += step * g);
            let origin = &start[r * dimension..(r + 1) * dimension];
            let moved: f64 = w.iter().zip(origin).map(|(a, b)| (a - b) * (a - b)).sum();
            movement = movement.max(moved);
        }
    }
    movement.sqrt()
}

/// A hundred steps from a fresh network of 64 neurons on 8 inputs in $R^{16}$.
fn two_layer(criterion: &mut Criterion) {
    const COUNT: usize = 8;
    const DIMENSION: usize = 16;
    const WIDTH: usize = 64;
    const STEPS: usize = 100;
    const STEP: f64 = 0.1;
    let mut rng = Rng::seeded(8);
    let inputs = unit_inputs(&mut rng, COUNT, DIMENSION);
    let labels: Vec<f64> = (0..COUNT).map(|_| rng.sign()).collect();
    let mut network = TwoLayer::new(&inputs, DIMENSION);
    let mut norms = [0.0; STEPS + 1];
    let mut group = criterion.benchmark_group("two-layer-descent");
    group.throughput(Throughput::Elements(1));
    group.bench_function("structured", |b| {
        b.iter(|| {
            network.draw(&mut rng, WIDTH);
            network.descend_norms(&labels, STEP, &mut norms)
        });
    });
    let (mut weights, mut signs) = (vec![0.0; WIDTH * DIMENSION], vec![0.0; WIDTH]);
    group.bench_function("dense", |b| {
        b.iter(|| {
            rng.fill_normal(&mut weights);
            signs.iter_mut().for_each(|a| *a = rng.sign());
            let neurons = (&mut weights[..], &signs[..]);
            descend_weights((&inputs, DIMENSION), neurons, &labels, STEP, &mut norms)
        });
    });
    group.finish();
}

/// The least squared distance between points of opposite labels on the first `q` coordinates, all
/// pairs and all coordinates.
fn least_distance(points: &[f64], dimension: usize, q: usize) -> f64 {
    let half = points.len() / 2;
    let (positive, negative) = points.split_at(half);
    let mut least = f64::INFINITY;
    for x in positive.chunks_exact(dimension) {
        for y in negative.chunks_exact(dimension) {
            let square: f64 = x[..q].iter().zip(&y[..q]).map(|(a, b)| (a - b) * (a - b)).sum();
            least = least.min(square);
        }
    }
    least
}

/// Coordinates that four Lipschitz constants need, for 32 Gaussian points in $R^{512}$. The dense
/// side draws every coordinate and finds each answer by bisection over whole distances.
fn nearest_opposite(criterion: &mut Criterion) {
    const COUNT: usize = 32;
    const DIMENSION: usize = 512;
    const LIPSCHITZ: [f64; 4] = [8.0, 4.0, 3.0, 2.0];
    let mut rng = Rng::seeded(9);
    let mut nearest = NearestOpposite::new(COUNT);
    let mut out = [None; LIPSCHITZ.len()];
    let mut group = criterion.benchmark_group("nearest-opposite");
    group.throughput(Throughput::Elements(1));
    group.bench_function("structured", |b| {
        b.iter(|| {
            let law = (Covariates::Gaussian, DIMENSION);
            nearest.least_coordinates(&mut rng, law, &LIPSCHITZ, &mut out);
            black_box(out[0])
        });
    });
    let mut points = vec![0.0; COUNT * DIMENSION];
    group.bench_function("dense", |b| {
        b.iter(|| {
            rng.fill_normal(&mut points);
            points.iter_mut().for_each(|x| *x /= (DIMENSION as f64).sqrt());
            for (slot, l) in out.iter_mut().zip(LIPSCHITZ) {
                let enough = |q| least_distance(&points, DIMENSION, q) >= 4.0 / (l * l);
                *slot = enough(DIMENSION).then(|| {
                    let (mut below, mut reached) = (0, DIMENSION);
                    while reached - below > 1 {
                        let middle = below.midpoint(reached);
                        if enough(middle) { reached = middle } else { below = middle }
                    }
                    reached
                });
            }
            black_box(out[0])
        });
    });
    group.finish();
}

criterion_group!(
    benches,
    variates,
    isotropic_curve,
    trace,
    trace_of_a_million,
    ridgeless,
    smaller_spread,
    least_eigenvalue,
    linear_class,
    initial_kernel,
    two_layer,
    nearest_opposite
);
criterion_main!(benches);

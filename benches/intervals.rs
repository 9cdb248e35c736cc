//! The interval kernel beside `maryada`, an independent one, on intervals of width 0.01.
//!
//! ```text
//! cargo bench --bench intervals
//! ```

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use maryada::Interval as Theirs;
use std::hint::black_box;
use theoremcheck::interval::Interval as Ours;
use theoremcheck::prelude::Rng;

/// Pairs of intervals for one round.
const PAIRS: usize = 256;

/// Lower ends in $(0.1, 0.9)$: inside the domain of every function here.
fn ends() -> Vec<(f64, f64)> {
    let mut rng = Rng::seeded(1);
    (0..PAIRS).map(|_| (0.1 + 0.8 * rng.uniform(), 0.1 + 0.8 * rng.uniform())).collect()
}

/// One operation of both kernels on all pairs.
fn both(
    c: &mut Criterion,
    name: &str,
    ours: fn(Ours, Ours) -> Ours,
    theirs: fn(Theirs, Theirs) -> Theirs,
) {
    let mut group = c.benchmark_group(format!("intervals/{name}"));
    group.throughput(Throughput::Elements(PAIRS as u64));
    let make = |lo: f64| Ours::new(lo, lo + 0.01).expect("ordered ends");
    let pairs: Vec<_> = ends().into_iter().map(|(a, b)| (make(a), make(b))).collect();
    group.bench_function("ours", |bencher| {
        bencher.iter(|| {
            for &(a, b) in &pairs {
                black_box(ours(black_box(a), black_box(b)));
            }
        });
    });
    let make = |lo: f64| maryada::new::<Theirs>(lo, lo + 0.01);
    let pairs: Vec<_> = ends().into_iter().map(|(a, b)| (make(a), make(b))).collect();
    group.bench_function("maryada", |bencher| {
        bencher.iter(|| {
            for &(a, b) in &pairs {
                black_box(theirs(black_box(a), black_box(b)));
            }
        });
    });
    group.finish();
}

fn intervals(c: &mut Criterion) {
    both(c, "add", |a, b| a + b, maryada::add);
    both(c, "mul", |a, b| a * b, maryada::mul);
    both(c, "div", |a, b| a / b, maryada::div);
    both(c, "sqrt", |a, _| a.sqrt(), |a, _| maryada::sqrt(a));
    both(c, "exp", |a, _| a.exp(), |a, _| maryada::exp(a));
    both(c, "ln", |a, _| a.ln(), |a, _| maryada::log(a));
    both(c, "sin", |a, _| a.sin(), |a, _| maryada::sin(a));
    both(c, "acos", |a, _| a.acos(), |a, _| maryada::acos(a));
}

criterion_group!(benches, intervals);
criterion_main!(benches);

//! Checking steps of proofs: boxes a second, identities, and the derivations of the catalogue.
//!
//! ```text
//! cargo bench --bench proofs
//! ```
//!
//! The ridge inequality, tuned ridge is below no ridge, is exact for all parameters; here boxes
//! decide it where they can, on [1.1, 20] x [0.1, 20]. Their number is in the evidence of the step
//! and is the same on every machine.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use theoremcheck::prelude::*;
use theoremcheck::proof::Outcome;

/// No ridge less tuned ridge, both with $r = 1$ and $\lambda = \sigma^2 \gamma$, above the
/// threshold.
fn gap() -> (Expr, Domain) {
    let (g, sigma2) = vars!("gamma", "sigma2");
    let l = &sigma2 * &g;
    let linear = 1 - &g + &l;
    let root = (linear.pow(2) + 4 * &g * &l).sqrt();
    let best = &l * (root - linear) / (2 * &g * &l);
    let interpolating = 1 - 1 / &g + &sigma2 / (&g - 1);
    let domain = Domain::new().closed(&g, decimal("1.1"), 20).closed(&sigma2, decimal("0.1"), 20);
    (interpolating - best, domain)
}

fn covered() -> Derivation {
    let (gap, domain) = gap();
    Derivation::of("Ridge by boxes").nonneg("ridge", gap, &domain).by(Method::Boxes)
}

/// The number of boxes that the step needs.
fn boxes() -> u64 {
    let proof = covered().check();
    let Outcome::Proved { evidence, .. } = &proof.steps[0].outcome else {
        panic!("the boxes do not cover: {:?}", proof.steps[0].outcome);
    };
    let count = evidence.split(' ').next().and_then(|n| n.parse().ok());
    count.unwrap_or_else(|| panic!("no number of boxes: {evidence}"))
}

fn branch_and_bound(c: &mut Criterion) {
    let mut group = c.benchmark_group("proofs");
    group.sample_size(10).throughput(Throughput::Elements(boxes()));
    let derivation = covered();
    group.bench_function("ridge/boxes", |bencher| {
        bencher.iter(|| black_box(&derivation).check());
    });
    group.finish();
}

fn exact(c: &mut Criterion) {
    let (gap, _) = gap();
    let (g, sigma2) = vars!("gamma", "sigma2");
    let all = Domain::new().open(&g, 1, INF).open(&sigma2, 0, INF);
    let derivation = Derivation::of("Ridge").nonneg("ridge", gap, &all).by(Method::SquareRoot);
    c.bench_function("proofs/ridge/exact", |bencher| {
        bencher.iter(|| black_box(&derivation).check());
    });
}

/// Every derivation of the catalogue, from its steps to the labels.
fn catalogue(c: &mut Criterion) {
    let theorems = theorems::catalogue();
    let mut group = c.benchmark_group("proofs/catalogue");
    group.sample_size(10);
    for theorem in theorems.theorems() {
        if !(theorem.derivation)().is_empty() {
            group.bench_function(theorem.id, |bencher| {
                bencher.iter(|| black_box((theorem.derivation)().check()));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, branch_and_bound, exact, catalogue);
criterion_main!(benches);

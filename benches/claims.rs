//! Claims: what checking costs as a user sees it.
//!
//! One whole claim of each kind, with all its points and mutants; the whole catalogue; and one
//! paper with one thread and with two.
//!
//! ```text
//! cargo bench --bench claims
//! ```

use criterion::{Criterion, criterion_group, criterion_main};
use rayon::ThreadPoolBuilder;
use theoremcheck::check::{Options, check};
use theoremcheck::claim::{Catalogue, Entry};
use theoremcheck::kind::Kind;
use theoremcheck::run::Unwatched;

/// Draws made: work that cannot be optimised away.
fn draws<'a>(catalogue: &Catalogue, entries: impl IntoIterator<Item = Entry<'a>>) -> u64 {
    let options = Options::default();
    let one = |entry| {
        check(entry, catalogue.len(), &options, &Unwatched)
            .expect("a claim of the catalogue can be checked")
            .draws
    };
    entries.into_iter().map(one).sum()
}

/// The first claim of each kind.
fn kinds(criterion: &mut Criterion) {
    let catalogue = theorems::catalogue();
    let mut group = criterion.benchmark_group("kind");
    group.sample_size(10);
    for kind in Kind::ALL {
        let first = catalogue.claims().find(|e| e.claim.declaration().kind() == kind);
        if let Some(entry) = first {
            group.bench_function(format!("{kind}/{}", entry.path()), |b| {
                b.iter(|| draws(&catalogue, [entry]));
            });
        }
    }
    group.finish();
}

/// Everything, with every core.
fn everything(criterion: &mut Criterion) {
    let catalogue = theorems::catalogue();
    let mut group = criterion.benchmark_group("catalogue");
    group.sample_size(10);
    group.bench_function("all", |b| b.iter(|| draws(&catalogue, catalogue.claims())));
    group.finish();
}

/// The same bits with one thread and with two: only the time may differ.
fn threads(criterion: &mut Criterion) {
    let catalogue = theorems::catalogue();
    let entries = catalogue.select("hastie2022").expect("a paper of the catalogue");
    let mut group = criterion.benchmark_group("hastie2022");
    group.sample_size(10);
    for (threads, name) in [(1, "one-thread"), (2, "two-threads")] {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        group.bench_function(name, |b| {
            b.iter(|| pool.install(|| draws(&catalogue, entries.iter().copied())));
        });
    }
    group.finish();
}

criterion_group!(benches, kinds, threads, everything);
criterion_main!(benches);

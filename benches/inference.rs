//! Inference: what the harness adds to a draw, and what a look at the numbers costs.
//!
//! `loop` is the price of checking a claim whose own sampler costs next to nothing; whatever a
//! sampler costs comes on top.
//!
//! ```text
//! cargo bench --bench inference
//! ```

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::hint::black_box;
use theoremcheck::check::{Options, check};
use theoremcheck::claim::Entry;
use theoremcheck::kind::Grid;
use theoremcheck::plan;
use theoremcheck::prelude::*;
use theoremcheck::random::{Purpose, Streams};
use theoremcheck::run::{Job, Unwatched};
use theoremcheck::stats::bernoulli::Bernoulli;
use theoremcheck::stats::moments::Moments;
use theoremcheck::stats::stream::Stream;
use theoremcheck::stats::{betting, mean};

/// Values in one look.
const LOOK: usize = 1 << 14;

/// The level of a look.
const ALPHA: f64 = 1e-6;

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

fn uniforms(count: usize) -> Vec<f64> {
    let mut rng = Rng::seeded(1);
    (0..count).map(|_| rng.uniform()).collect()
}

/// The mean of a uniform variable on $(0, w)$: one word of the generator for each draw.
fn trivial() -> Theorem {
    let half = |w: &f64| 0.5 * w;
    Theorem {
        id: "bench.uniform",
        alias: "",
        title: "The mean of a uniform variable",
        source: Source { paper: "none", result: "none", link: "none" },
        statement: "The mean of a uniform variable on $(0, w)$ is $w / 2$.",
        claims: vec![Claim::new(
            "mean",
            Equality {
                domain: |given| given.real("w", 1.0..=2.0),
                theory: half,
                observable: |w| Sampler::new(move |rng| w * rng.uniform()),
                resolution: Relative(0.005),
                known: vec![(1.0, 0.5)],
                mutants: [
                    Mutant { name: "third", why: "takes the second moment", says: |w| w / 3.0 },
                    Mutant { name: "whole", why: "takes the largest value", says: |w| *w },
                    Mutant { name: "zero", why: "takes the least value", says: |_| 0.0 },
                ],
                curve: Curve {
                    x: "w",
                    grid: Grid::Linear { from: 1.0, to: 2.0, points: 3 },
                    at: |w| w,
                },
            },
            Tie::none("nothing is derived"),
        )],
        derivation: Derivation::none,
    }
}

fn stream(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stream");
    group.throughput(Throughput::Elements(1));
    let streams = Streams::new(1, "bench::stream", 2, 3, Purpose::Judge);
    let mut replicate = 0;
    group.bench_function("open-and-one-bit", |b| {
        b.iter(|| {
            replicate += 1;
            streams.replicate(replicate).sign()
        });
    });
    group.finish();
}

/// Time per draw of a whole claim: streams, sampler, folding and, in `check`, the pilot, the looks
/// and the verdict too.
fn whole_loop(criterion: &mut Criterion) {
    const ROUNDS: u64 = 1 << 18;
    let theorem = trivial();
    let claim = &theorem.claims[0];
    let entry = Entry { theorem: &theorem, claim };
    let path = entry.path();
    let target = plan::targets(claim, None).expect("a claim that can be planned").remove(0);
    let job = Job {
        declaration: claim.declaration(),
        path: &path,
        at: &target.at,
        setting: &target.setting,
        design: target.design.as_ref().expect("a random claim"),
        replicates: &target.replicates,
        seed: 1,
        purpose: Purpose::Judge,
    };
    let options = Options::default();
    let checked = check(entry, 1, &options, &Unwatched).expect("a claim that can be checked");
    assert!(checked.passed(), "the trivial claim must pass, or its price means nothing");
    let mut group = criterion.benchmark_group("loop");
    group.sample_size(20);
    for (threads, name) in [(1, "one-thread"), (2, "two-threads")] {
        let pool = pool(threads);
        group.throughput(Throughput::Elements(ROUNDS));
        group.bench_function(format!("sample/{name}"), |b| {
            b.iter(|| {
                pool.install(|| {
                    let mut samples = job.start().expect("a sampler that works");
                    job.extend(&mut samples, ROUNDS, &Unwatched).expect("a sampler that works");
                    samples.rounds
                })
            });
        });
        group.throughput(Throughput::Elements(checked.draws));
        group.bench_function(format!("check/{name}"), |b| {
            b.iter(|| pool.install(|| check(entry, 1, &options, &Unwatched)));
        });
    }
    group.finish();
}

fn fold(criterion: &mut Criterion) {
    let values = uniforms(LOOK);
    let mut group = criterion.benchmark_group("fold");
    group.throughput(Throughput::Elements(LOOK as u64));
    group.bench_function("stream-extend", |b| {
        b.iter(|| {
            let mut stream = Stream::new();
            stream.extend(black_box(&values));
            stream
        });
    });
    group.bench_function("moments-of", |b| b.iter(|| Moments::of(black_box(&values))));
    group.finish();
}

/// One look at 2^14 values.
fn look(criterion: &mut Criterion) {
    let values = uniforms(LOOK);
    let moments = Moments::of(&values);
    let count = Bernoulli { successes: LOOK as u64 / 3, trials: LOOK as u64 };
    let mut group = criterion.benchmark_group("look");
    group.bench_function("mean-interval", |b| {
        b.iter(|| mean::interval(black_box(&moments), ALPHA));
    });
    group.bench_function("bernoulli-interval", |b| b.iter(|| black_box(count).interval(ALPHA)));
    group.sample_size(20).throughput(Throughput::Elements(LOOK as u64));
    group.bench_function("betting-interval", |b| {
        b.iter(|| betting::interval(black_box(&values), ALPHA));
    });
    group.finish();
}

criterion_group!(benches, stream, whole_loop, fold, look);
criterion_main!(benches);

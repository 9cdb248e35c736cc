//! A catalogue in which everything goes wrong that can: each claim breaks in its own way.
//!
//! The tests of the command line run it to see that each mistake is answered with one clear line.

use theoremcheck::prelude::*;

fn main() -> std::process::ExitCode {
    theoremcheck::cli::main(Catalogue::new(vec![theorem()]))
}

fn theorem() -> Theorem {
    Theorem {
        id: "nobody2000.broken",
        alias: "all.wrong",
        title: "Claims that break",
        source: Source { paper: "Nobody (2000), Nothing", result: "none", link: "none" },
        statement: "Nothing here holds.",
        claims: vec![
            claim("sound", |mu| Sampler::new(move |rng| mu + rng.normal())),
            claim("not-a-number", |mu| {
                Sampler::new(move |rng| if rng.uniform() < 0.01 { f64::NAN } else { mu })
            }),
            claim("infinite", |mu| {
                Sampler::new(move |rng| if rng.uniform() < 0.01 { f64::INFINITY } else { mu })
            }),
            claim("panics", |_| Sampler::new(|_| panic!("an author's mistake"))),
            claim("out-of-range", |mu| {
                Sampler::bounded(0.0..=1.0, move |rng| mu - 1.0 + rng.uniform())
            }),
            // Pareto with tail index 1.5, shifted to mean mu: the variance is infinite.
            claim("heavy-tail", |mu| {
                Sampler::new(move |rng| mu - 3.0 + libm::pow(rng.open_uniform(), -1.0 / 1.5))
            }),
            claim("declared-heavy-tail", |mu| {
                Sampler::new(move |rng| mu - 3.0 + libm::pow(rng.open_uniform(), -1.0 / 1.5))
                    .tail_index(1.5)
            }),
            claim("constant", |mu| Sampler::new(move |_| mu)),
            claim("half", |mu| Sampler::new(move |rng| 0.5 * mu + 0.003 * rng.normal())),
            claim("false", |mu| Sampler::new(move |rng| mu + 0.5 + rng.normal())),
        ],
        derivation: Derivation::none,
    }
}

fn claim(name: &'static str, observable: fn(f64) -> Sampler) -> Claim {
    Claim::new(
        name,
        Equality {
            domain: |given| given.real("mu", 1.0..=2.0),
            theory: |mu| *mu,
            observable,
            resolution: Relative(0.1),
            known: vec![(1.0, 1.0)],
            mutants: [
                Mutant { name: "near", why: "a fifth too much", says: |mu| 1.2 * mu },
                Mutant { name: "double", why: "counted twice", says: |mu| 2.0 * mu },
                Mutant { name: "sign", why: "a lost sign", says: |mu| -mu },
            ],
            curve: Curve {
                x: "mu",
                grid: Grid::Linear { from: 1.0, to: 2.0, points: 11 },
                at: |mu| mu,
            },
        },
        Tie::none("not tied yet"),
    )
    .budget(16_384)
}

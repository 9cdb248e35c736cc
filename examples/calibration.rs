//! How often a suite of true claims is judged wrong.
//!
//! Each suite is the planted catalogue of `tests/planted`: true claims of all nine kinds at three
//! points each, tight budgets, looks from 64 rounds on, and the level 0.05 for the suite as a
//! whole. A suite is wrong if any claim in it is refuted, or any mutant that says the truth in
//! other words. Suite number i has master seed `--first` + i, 0 + i by default: chosen before
//! anything was run, and never to be chosen again.
//!
//! ```text
//! cargo run --release --example calibration -- --suites 2000
//! ```
//!
//! Exit code 0: the share of wrong suites is compatible with 0.05 or less. 1: it is not, at an
//! error of 1e-4. 2: the request is wrong.

#[path = "../tests/planted/mod.rs"]
mod planted;

use clap::Parser;
use planted::{
    ALPHA, Truth, catalogue, chance_of_at_least, clopper_pearson, is_random, run, truths,
};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write as _};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use theoremcheck::check::Checked;
use theoremcheck::kind::Kind;

/// At what error a share of wrong suites counts as incompatible with the level.
const ERROR: f64 = 1e-4;

/// Measures how often a whole suite of true claims is judged wrong.
#[derive(Parser)]
#[command(name = "calibration")]
struct Arguments {
    /// Suites of planted true claims.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    suites: u64,
    /// Rounds at each point: what a claim may spend.
    #[arg(long, default_value_t = 2048, value_parser = clap::value_parser!(u64).range(64..=1_048_576))]
    rounds: u64,
    /// Master seed of the first suite.
    #[arg(long, default_value_t = 0)]
    first: u64,
}

/// Verdicts on the stated claims, point by point.
#[derive(Clone, Copy, Default)]
struct Counts {
    supported: u64,
    refuted: u64,
    inconclusive: u64,
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.supported += other.supported;
        self.refuted += other.refuted;
        self.inconclusive += other.inconclusive;
    }

    fn total(self) -> u64 {
        self.supported + self.refuted + self.inconclusive
    }

    fn share(self, count: u64) -> f64 {
        count as f64 / self.total().max(1) as f64
    }
}

/// What was found in some suites.
#[derive(Default)]
struct Tally {
    /// Seed and claims of each suite with a wrong verdict.
    wrong: Vec<(u64, Vec<String>)>,
    /// By kind and claim, computed kinds last.
    counts: BTreeMap<(Kind, String), Counts>,
    draws: u64,
}

impl Tally {
    fn of(seed: u64, checked: &[Checked]) -> Self {
        let mut tally = Self::default();
        let wrong: Vec<String> =
            checked.iter().filter(|c| Truth::True.contradicts(c)).map(|c| c.path.clone()).collect();
        if !wrong.is_empty() {
            tally.wrong.push((seed, wrong));
        }
        for claim in checked {
            let key = (claim.kind, claim.path.replace("planted.suite::", ""));
            let counts = tally.counts.entry(key).or_default();
            for point in &claim.points {
                match point.verdict.word() {
                    "supported" => counts.supported += 1,
                    "refuted" => counts.refuted += 1,
                    _ => counts.inconclusive += 1,
                }
            }
            tally.draws += claim.draws;
        }
        tally
    }

    fn merge(mut self, other: Self) -> Self {
        self.wrong.extend(other.wrong);
        for (key, counts) in other.counts {
            self.counts.entry(key).or_default().add(counts);
        }
        self.draws += other.draws;
        self
    }
}

fn main() -> ExitCode {
    // Wrong requests end here, with exit code 2.
    let arguments = Arguments::parse();
    let tally = measure(&arguments);
    report(&tally, arguments.suites)
}

fn measure(arguments: &Arguments) -> Tally {
    let Arguments { suites, rounds, first } = *arguments;
    let planted = catalogue(truths(rounds));
    let (done, loud) = (AtomicU64::new(0), std::io::stderr().is_terminal());
    let one = |index: u64| {
        let seed = first.wrapping_add(index);
        let tally = Tally::of(seed, &run(&planted, seed));
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        // On a terminal every suite; in a log every tenth part.
        if loud {
            eprint!("\r{done} of {suites} suites ");
        } else if done.is_multiple_of(suites.div_ceil(10)) {
            eprintln!("{done} of {suites} suites");
        }
        tally
    };
    // Tallies are joined in the order of the seeds, whatever the threads do.
    let tally = (0..suites).into_par_iter().map(one).reduce(Tally::default, Tally::merge);
    if loud {
        eprintln!();
    }
    tally
}

fn report(tally: &Tally, suites: u64) -> ExitCode {
    let mut text = String::new();
    let mut line = |words: String| {
        text.push_str(&words);
        text.push('\n');
    };
    line(format!(
        "{:<12} {:<24} {:>9} {:>9} {:>13}",
        "kind", "claim", "supported", "refuted", "inconclusive"
    ));
    let (mut all, mut kinds) = (Counts::default(), BTreeMap::<_, Counts>::new());
    let row = |kind: &str, claim: &str, counts: Counts| {
        let Counts { supported, refuted, inconclusive } = counts;
        format!(
            "{kind:<12} {claim:<24} {:>9.4} {:>9.1e} {:>13.4}",
            counts.share(supported),
            counts.share(refuted),
            counts.share(inconclusive)
        )
    };
    for ((kind, claim), counts) in &tally.counts {
        line(row(kind.name(), claim, *counts));
        kinds.entry(*kind).or_default().add(*counts);
        if is_random(*kind) {
            all.add(*counts);
        }
    }
    line(String::new());
    line(format!(
        "{:<12} {:>9} {:>9} {:>13}  points",
        "kind", "supported", "refuted", "inconclusive"
    ));
    for (kind, Counts { supported, refuted, inconclusive }) in &kinds {
        let kind = kind.name();
        line(format!("{kind:<12} {supported:>9} {refuted:>9} {inconclusive:>13}"));
    }
    line(row("all", "with draws", all));
    line(String::new());
    for (seed, claims) in &tally.wrong {
        line(format!("wrong with seed {seed}: {}", claims.join(", ")));
    }
    let wrong = tally.wrong.len() as u64;
    let (low, high) = clopper_pearson(wrong, suites, 0.05);
    line(format!(
        "{wrong} of {suites} suites of {} true claims have a wrong verdict: {:.4}, 95 % interval \
         [{low:.4}, {high:.4}], allowed {ALPHA}; {:.2e} draws",
        tally.counts.len(),
        wrong as f64 / suites as f64,
        tally.draws as f64
    ));
    let compatible = chance_of_at_least(wrong, suites, ALPHA) >= ERROR;
    line(if compatible {
        format!("compatible with at most {ALPHA}")
    } else {
        format!("NOT compatible with at most {ALPHA}: so many would have probability below {ERROR}")
    });
    // A closed pipe takes nothing from the exit code.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if compatible { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

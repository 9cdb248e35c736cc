//! Claims, the steps of their proofs and what a reviewer would say, as tests: `cargo test` and
//! nextest, through libtest-mimic.
//!
//! Write `tests/theorems.rs` with `harness = false` in the manifest:
//!
//! ```no_run
//! # mod mine {
//! #     pub fn catalogue() -> theoremcheck::claim::Catalogue {
//! #         theoremcheck::claim::Catalogue::new(vec![])
//! #     }
//! # }
//! fn main() -> std::process::ExitCode {
//!     theoremcheck::testing::main(mine::catalogue())
//! }
//! ```

use crate::check::{CheckError, Checked, Options, check};
use crate::claim::{Catalogue, Entry};
use crate::missing;
use crate::proof::{self, Proof};
use crate::prove;
use crate::report::Outcome;
use crate::report::table::Table;
use crate::report::text::survivor;
use crate::review;
use crate::run::{Unwatched, guarded};
use crate::trace::panel;
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

/// A claim of a catalogue that outlives the tests, by position.
#[derive(Clone, Copy)]
struct Place {
    theorem: usize,
    claim: usize,
}

/// The samples of a claim are drawn once and shared by the trials of its mutants.
type Shared = Arc<OnceLock<Result<Checked, CheckError>>>;

/// The proof of a theorem is checked once and shared by the trials of its steps.
type SharedProof = Arc<OnceLock<Proof>>;

/// Runs one test for each claim, mutant, known value, tie and panel of a catalogue, and for each step
/// of a derivation and its false twins.
pub fn main(catalogue: Catalogue) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // The cores belong to the replicates: one trial at a time, each with every core. Nextest runs
    // a process for each trial, as many as there are cores: there, one thread each.
    arguments.test_threads = Some(1);
    let alone = std::env::var_os("NEXTEST").is_some();
    if alone {
        // An error means that the pool exists already, which is only slower.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(1).build_global();
    }
    libtest_mimic::run(&arguments, trials(Arc::new(catalogue), alone)).exit_code()
}

fn trials(catalogue: Arc<Catalogue>, alone: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (theorem, t) in catalogue.theorems().iter().enumerate() {
        let open = unfilled(&catalogue, theorem);
        if !open.is_empty() {
            trials.extend(open);
            continue;
        }
        let proof: SharedProof = Arc::default();
        for (claim, c) in t.claims.iter().enumerate() {
            let place = Place { theorem, claim };
            let path = Entry { theorem: t, claim: c }.path();
            let shared: Shared = Arc::default();
            let (all, cell) = (Arc::clone(&catalogue), Arc::clone(&shared));
            trials.push(Trial::test(path.clone(), move || stated(&all, place, &cell)));
            for (index, mutant) in c.declaration().mutants().iter().enumerate() {
                let name = format!("{path}::mutant::{}", mutant.name);
                let (all, cell) = (Arc::clone(&catalogue), Arc::clone(&shared));
                trials.push(Trial::test(name, move || {
                    refuted(&all, place, index, (!alone).then_some(&cell))
                }));
            }
            let known = guarded(&path, || Ok(c.declaration().known().len())).unwrap_or(1);
            for index in 0..known {
                let name = format!("{path}::known::{}", index + 1);
                let all = Arc::clone(&catalogue);
                trials.push(Trial::test(name, move || agrees(&all, place, index)));
            }
            if c.untied().is_none() {
                let (all, cell) = (Arc::clone(&catalogue), Arc::clone(&proof));
                trials.push(Trial::test(format!("{path}::tie"), move || tied(&all, place, &cell)));
            }
        }
        trials.extend(steps(&catalogue, theorem, &proof));
        let all = Arc::clone(&catalogue);
        trials.push(Trial::test(format!("{}::review", t.id), move || reviewed(&all, theorem)));
    }
    for index in 0..catalogue.pictures().len() {
        let name = format!("panel::{}", catalogue.pictures()[index].name);
        let all = Arc::clone(&catalogue);
        trials.push(Trial::test(name, move || {
            panel::examine(&all.pictures()[index], &all).map_err(|error| error.to_string().into())
        }));
    }
    trials
}

/// A failing trial for each claim that is not filled in: what else its theorem says is no theorem.
fn unfilled(catalogue: &Catalogue, theorem: usize) -> Vec<Trial> {
    let theorem = &catalogue.theorems()[theorem];
    let entries = theorem.claims.iter().map(|claim| Entry { theorem, claim });
    let open = entries.filter_map(|entry| {
        let missing = missing::at_sight(entry).err()?;
        let failed = move || Err(missing.to_string().into());
        Some(Trial::test(format!("{}::filled-in", entry.path()), failed))
    });
    open.collect()
}

/// One trial for each step of a derivation, and for each of its false twins.
fn steps(catalogue: &Arc<Catalogue>, theorem: usize, shared: &SharedProof) -> Vec<Trial> {
    let id = catalogue.theorems()[theorem].id;
    let mut trials = Vec::new();
    let derivation = match prove::derive(&catalogue.theorems()[theorem]) {
        Ok(derivation) => derivation,
        Err(trouble) => {
            let failed = move || Err(trouble.to_string().into());
            return vec![Trial::test(format!("{id}::derivation"), failed)];
        }
    };
    for (index, step) in derivation.steps().iter().enumerate() {
        let path = format!("{id}::step::{}", step.name);
        let (all, cell) = (Arc::clone(catalogue), Arc::clone(shared));
        trials.push(Trial::test(path.clone(), move || {
            holds(&proof_of(&all, theorem, &cell).steps[index].outcome)
        }));
        for (twin, (name, _)) in step.twins.iter().enumerate() {
            let (all, cell) = (Arc::clone(catalogue), Arc::clone(shared));
            trials.push(Trial::test(format!("{path}::twin::{name}"), move || {
                fails(&proof_of(&all, theorem, &cell).steps[index].twins[twin].1)
            }));
        }
    }
    trials
}

/// A reviewer would have nothing to say.
fn reviewed(catalogue: &Catalogue, theorem: usize) -> Result<(), Failed> {
    let remarks = review::remarks(&catalogue.theorems()[theorem]);
    if remarks.is_empty() { Ok(()) } else { Err(remarks.join("\n").into()) }
}

fn proof_of<'a>(catalogue: &Catalogue, theorem: usize, shared: &'a SharedProof) -> &'a Proof {
    shared.get_or_init(|| (catalogue.theorems()[theorem].derivation)().check())
}

/// The theory of a claim is tied to the derivation as it says.
fn tied(catalogue: &Catalogue, place: Place, shared: &SharedProof) -> Result<(), Failed> {
    let entry = entry(catalogue, place);
    let checked = guarded(&entry.path(), || {
        let proof = proof_of(catalogue, place.theorem, shared);
        Ok(entry.claim.tie(&prove::derive(entry.theorem)?, proof))
    })
    .map_err(|trouble| Failed::from(trouble.to_string()))?;
    holds(&checked.map_err(|outside| Failed::from(outside.to_string()))?.outcome)
}

/// A step or a tie is proved, or says honestly what it is.
fn holds(outcome: &proof::Outcome) -> Result<(), Failed> {
    match outcome {
        proof::Outcome::Proved { .. } => Ok(()),
        proof::Outcome::Refuted { witness } => Err(format!("it is false: {witness}").into()),
        proof::Outcome::Unknown { reason } => Err(format!("not decided: {reason}").into()),
    }
}

/// A false twin is not proved.
fn fails(outcome: &proof::Outcome) -> Result<(), Failed> {
    match outcome {
        proof::Outcome::Proved { label, evidence } => {
            Err(format!("a false twin is called {label}: {evidence}").into())
        }
        _ => Ok(()),
    }
}

fn entry(catalogue: &Catalogue, place: Place) -> Entry<'_> {
    let theorem = &catalogue.theorems()[place.theorem];
    Entry { theorem, claim: &theorem.claims[place.claim] }
}

fn whole<'a>(
    catalogue: &Catalogue,
    place: Place,
    shared: &'a Shared,
) -> &'a Result<Checked, CheckError> {
    shared.get_or_init(|| {
        check(entry(catalogue, place), catalogue.len(), &Options::default(), &Unwatched)
    })
}

/// The claim as stated is supported.
fn stated(catalogue: &Catalogue, place: Place, shared: &Shared) -> Result<(), Failed> {
    match whole(catalogue, place, shared) {
        Ok(checked) if checked.verdict.is_supported() => Ok(()),
        result => {
            let path = entry(catalogue, place).path();
            let outcome = Outcome { path, result: result.clone() };
            Err(Table::new(0, None).line(&outcome).into())
        }
    }
}

/// A mutant is refuted: from the shared samples, or alone, stopping at its own decision.
fn refuted(
    catalogue: &Catalogue,
    place: Place,
    mutant: usize,
    shared: Option<&Shared>,
) -> Result<(), Failed> {
    let own;
    let result = match shared {
        Some(shared) => whole(catalogue, place, shared),
        None => {
            let options = Options { only: Some(mutant), ..Options::default() };
            own = check(entry(catalogue, place), catalogue.len(), &options, &Unwatched);
            &own
        }
    };
    // The trial of the claim says what is wrong with it, once.
    let path = entry(catalogue, place).path();
    let broken = |_: &CheckError| Failed::from(format!("not checked: see {path}, which is broken"));
    let checked = result.as_ref().map_err(broken)?;
    let name = entry(catalogue, place).claim.declaration().mutants()[mutant].name;
    match checked.mutants.iter().find(|m| m.label.name == name) {
        Some(report) if report.verdict.is_refuted() => Ok(()),
        Some(report) => Err(survivor(checked, report).into()),
        None => Err(format!("the check did not look at the mutant {name}").into()),
    }
}

/// A known value agrees with the theory.
fn agrees(catalogue: &Catalogue, place: Place, index: usize) -> Result<(), Failed> {
    let entry = entry(catalogue, place);
    let known = guarded(&entry.path(), || Ok(entry.claim.declaration().known()))
        .map_err(|trouble| Failed::from(trouble.to_string()))?;
    let known = known.get(index).ok_or("the known value is gone")?;
    if known.agrees() {
        return Ok(());
    }
    Err(format!(
        "the theory computes {:e} at {}, the known value is {:e}",
        known.computed.value, known.at, known.expected
    )
    .into())
}

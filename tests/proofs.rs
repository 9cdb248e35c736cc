//! The steps of every proof: their labels are pinned, so that none gets weaker unseen; every
//! checked step has a false twin, and no twin is accepted.

use std::fmt::Write;
use std::sync::LazyLock;
use std::time::Duration;
use theoremcheck::claim::{Catalogue, Theorem};
use theoremcheck::proof::rocq;
use theoremcheck::proof::{Assertion, Derivation, Label, Outcome, Proof, Rule};
use theoremcheck::replay::{Failure, Prover, Workshop};

/// Every theorem with its derivation, checked once.
fn all() -> impl Iterator<Item = (&'static Theorem, &'static Derivation, &'static Proof)> {
    static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(theorems::catalogue);
    static CHECKED: LazyLock<Vec<(Derivation, Proof)>> = LazyLock::new(|| {
        let checked = |theorem: &Theorem| {
            let derivation = (theorem.derivation)();
            let proof = derivation.check();
            (derivation, proof)
        };
        CATALOGUE.theorems().iter().map(checked).collect()
    });
    let theorems = CATALOGUE.theorems().iter().zip(&*CHECKED);
    theorems.map(|(theorem, (derivation, proof))| (theorem, derivation, proof))
}

#[test]
fn no_label_gets_weaker_unseen() {
    let mut text = String::new();
    for (theorem, _, proof) in all() {
        for step in &proof.steps {
            let word = match &step.outcome {
                Outcome::Proved { label, .. } => label.word(),
                Outcome::Refuted { .. } => "refuted",
                Outcome::Unknown { .. } => "unknown",
            };
            writeln!(text, "{}::step::{} -> {word}", theorem.id, step.name).unwrap();
        }
    }
    insta::with_settings!({ snapshot_path => "snapshots/proofs", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("labels", text);
    });
}

#[test]
fn every_tie_holds_and_none_is_lost_unseen() {
    let (mut text, mut broken) = (String::new(), String::new());
    for (theorem, derivation, proof) in all() {
        for claim in &theorem.claims {
            let path = format!("{}::{}", theorem.id, claim.name());
            if let Some(why) = claim.untied() {
                writeln!(text, "{path} -> none: {why}").unwrap();
                continue;
            }
            let checked = claim.tie(derivation, proof).expect("its points are inside");
            let (word, steps) = (checked.word.word(), checked.steps.join(", "));
            match checked.outcome.label() {
                Some(label) => writeln!(text, "{path} -> {label} {word} of {steps}").unwrap(),
                None => writeln!(broken, "{path}: {:?}", checked.outcome).unwrap(),
            }
        }
    }
    assert!(broken.is_empty(), "{broken}");
    insta::with_settings!({ snapshot_path => "snapshots/proofs", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("ties", text);
    });
}

#[test]
fn every_checked_step_has_a_false_twin_and_none_is_accepted() {
    let (mut twins, mut refuted) = (0, 0);
    for (theorem, derivation, proof) in all() {
        for (step, checked) in derivation.steps().iter().zip(&proof.steps) {
            let gathers = matches!(step.assertion, Assertion::Rule(Rule::All { .. }));
            assert!(
                !step.assertion.is_checked() || gathers || !step.twins.is_empty(),
                "{}::step::{} has no false twin",
                theorem.id,
                step.name
            );
            for (name, outcome) in &checked.twins {
                twins += 1;
                refuted += usize::from(matches!(outcome, Outcome::Refuted { .. }));
                assert_eq!(outcome.label(), None, "{}::{}::{name}", theorem.id, step.name);
            }
        }
    }
    assert!(2 * refuted >= twins, "only {refuted} of {twins} twins are refuted with a point");
}

#[test]
fn what_is_said_to_be_measured_is_a_claim_of_the_theorem() {
    for (theorem, derivation, _) in all() {
        for step in derivation.steps() {
            let Assertion::Measured { claim, .. } = step.assertion else { continue };
            let known = theorem.claims.iter().any(|c| c.name() == claim);
            assert!(known, "{}::step::{}: no claim {claim}", theorem.id, step.name);
        }
    }
}

#[test]
fn checking_is_deterministic_and_hypotheses_are_no_weak_link() {
    for (theorem, _, first) in all() {
        let second = (theorem.derivation)().check();
        for (a, b) in first.steps.iter().zip(&second.steps) {
            assert_eq!(a.outcome, b.outcome);
            assert_eq!(a.twins, b.twins);
        }
        assert_ne!(first.weakest().map(|(label, _)| label), Some(Label::Assumed));
    }
}

fn find(id: &str) -> (&'static Theorem, &'static Derivation, &'static Proof) {
    all().find(|(theorem, ..)| theorem.id == id).expect("it is in the catalogue")
}

#[test]
fn an_emitted_file_states_the_conditions_and_asks_for_the_axioms() {
    let (theorem, derivation, proof) = find("bubeck2021.isoperimetry");
    let (text, _) = rocq::emit(derivation, proof).file(theorem.id);
    insta::with_settings!({ snapshot_path => "snapshots/proofs", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("rocq", text);
    });
}

#[test]
fn every_checked_step_is_emitted_or_it_says_why_not_and_what_must_be_formal_is_emitted() {
    let demanded = include_str!("../ci/formal-steps.txt");
    let demanded: Vec<&str> =
        demanded.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    let mut emitted = Vec::new();
    for (theorem, derivation, proof) in all() {
        let sheet = rocq::emit(derivation, proof);
        for step in derivation.steps().iter().filter(|s| s.assertion.is_checked()) {
            let there = sheet.steps.iter().filter(|s| s.step == step.name).count();
            let why = sheet.without.iter().filter(|(name, _)| *name == step.name).count();
            assert_eq!(there + why, 1, "{}::step::{}", theorem.id, step.name);
        }
        let (text, _) = sheet.file(theorem.id);
        for word in ["Admitted", "admit.", "Axiom ", "Parameter ", "Hypothesis "] {
            assert!(!text.contains(word), "{}: {word}", theorem.id);
        }
        emitted.extend(sheet.steps.iter().map(|s| format!("{}::step::{}", theorem.id, s.step)));
    }
    assert!(demanded.len() > 50, "{} steps are demanded", demanded.len());
    for step in demanded {
        assert!(emitted.iter().any(|e| e == step), "{step} is not emitted");
    }
}

/// Of the twins two, since Rocq begins again after each that it refuses; `ci/formal.sh` replays
/// the whole catalogue.
#[test]
fn rocq_accepts_the_steps_of_a_theorem_and_none_of_its_twins_where_it_is_installed() {
    let Some(prover) = Prover::find() else {
        println!("skipped: neither coqc nor rocq is on the path");
        return;
    };
    let workshop = Workshop::open(prover, Duration::from_secs(300)).expect("the libraries");
    let (theorem, derivation, proof) = find("hastie2022.isotropic");
    let steps = rocq::emit(derivation, proof);
    for result in workshop.check(theorem.id, &steps).expect("it runs") {
        assert_eq!(result, Ok(rocq::Answer::Classical));
    }
    let mut twins = rocq::emit_twins(derivation);
    assert!(twins.steps.len() >= 2, "{twins:?}");
    twins.steps.truncate(2);
    for result in workshop.check(theorem.id, &twins).expect("it runs") {
        assert!(matches!(result, Err(Failure::Refused(_))), "{result:?}");
    }
}

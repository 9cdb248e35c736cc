//! The steps of every proof: their labels are pinned, so that none gets weaker unseen; every
//! checked step has a false twin, and no twin is accepted.

use std::fmt::Write;
use theoremcheck::proof::{Assertion, Label, Outcome, Rule};

#[test]
fn no_label_gets_weaker_unseen() {
    let mut text = String::new();
    for theorem in theorems::catalogue().theorems() {
        for step in (theorem.derivation)().check().steps {
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
    for theorem in theorems::catalogue().theorems() {
        let derivation = (theorem.derivation)();
        let proof = derivation.check();
        for claim in &theorem.claims {
            let path = format!("{}::{}", theorem.id, claim.name());
            if let Some(why) = claim.untied() {
                writeln!(text, "{path} -> none: {why}").unwrap();
                continue;
            }
            let checked = claim.tie(&derivation, &proof).expect("its points are inside");
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
    for theorem in theorems::catalogue().theorems() {
        let derivation = (theorem.derivation)();
        let proof = derivation.check();
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
    for theorem in theorems::catalogue().theorems() {
        for step in (theorem.derivation)().steps() {
            let Assertion::Measured { claim, .. } = step.assertion else { continue };
            let known = theorem.claims.iter().any(|c| c.name() == claim);
            assert!(known, "{}::step::{}: no claim {claim}", theorem.id, step.name);
        }
    }
}

#[test]
fn checking_is_deterministic_and_hypotheses_are_no_weak_link() {
    for theorem in theorems::catalogue().theorems() {
        let derivation = (theorem.derivation)();
        let (first, second) = (derivation.check(), derivation.check());
        for (a, b) in first.steps.iter().zip(&second.steps) {
            assert_eq!(a.outcome, b.outcome);
            assert_eq!(a.twins, b.twins);
        }
        assert_ne!(first.weakest().map(|(label, _)| label), Some(Label::Assumed));
    }
}

//! Checked derivations as text and JSON.

use super::json::SCHEMA;
use crate::proof::{Assertion, Checked, Derivation, Label, Outcome, Proof};
use crate::tie;
use serde_json::{Value, json};
use std::fmt::Write;

/// What a proof assistant has to do with a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its kernel accepted the lemma.
    Accepted {
        /// Which, and on what axioms.
        by: String,
    },
    /// It did not.
    Refused {
        /// What it said.
        why: String,
    },
    /// There is a lemma, which was not replayed here.
    Emitted,
    /// There is no lemma.
    NotEmitted {
        /// Why.
        why: String,
    },
    /// The step is cited, assumed, measured or open: there is nothing to emit.
    NotChecked,
}

/// Widest line of a step's assertion.
const WIDTH: usize = 100;

/// The steps of a checked derivation with what they assert and the label that was reached; empty
/// without steps.
pub fn tree(derivation: &Derivation, proof: &Proof) -> String {
    if derivation.is_empty() {
        return String::new();
    }
    let mut text = format!("\nDerivation: {}\n", derivation.title());
    for (step, checked) in derivation.steps().iter().zip(&proof.steps) {
        let _ = writeln!(text, "  {:<11} {}", word(&checked.outcome), step.name);
        let _ = writeln!(text, "              {}", short(&step.assertion.text()));
        if let Assertion::Rule(rule) = &step.assertion {
            let _ = writeln!(text, "              from {}", rule.from().join(", "));
        }
        // What is found out besides: where a root is, and how good a constant is.
        if let (Assertion::Best(_) | Assertion::UniqueRoot(_), Outcome::Proved { evidence, .. }) =
            (&step.assertion, &checked.outcome)
        {
            for part in evidence.split("; ") {
                let _ = writeln!(text, "              {part}");
            }
        }
    }
    let _ = writeln!(text, "  {}", strength(proof));
    text
}

/// The weakest link, and the share of each label.
fn strength(proof: &Proof) -> String {
    let shares: Vec<String> =
        proof.shares().iter().map(|(label, count)| format!("{count} {label}")).collect();
    match proof.weakest() {
        Some((label, step)) => {
            let assumed = proof.shares().contains_key(&Label::Assumed);
            let beside = if assumed { " beside its hypotheses" } else { "" };
            format!("weakest link{beside}: {label} ({step}); {}", shares.join(", "))
        }
        None => shares.join(", "),
    }
}

fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Proved { label, .. } => label.word(),
        Outcome::Refuted { .. } => "REFUTED",
        Outcome::Unknown { .. } => "UNKNOWN",
    }
}

fn short(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    let start: String = text.chars().take(WIDTH - 3).collect();
    format!("{start}...")
}

/// A checked derivation, a line for each step and twin, and what a proof assistant has to do with
/// the steps, if it was asked.
pub fn lines(id: &str, proof: &Proof, standings: &[Standing], seconds: f64) -> String {
    let mut text = String::new();
    for (index, step) in proof.steps.iter().enumerate() {
        let (mark, why) = verdict(&step.outcome);
        let _ = writeln!(text, "{mark} {id}::step::{}", step.name);
        let _ = writeln!(text, "              {why}");
        match standings.get(index) {
            Some(Standing::Refused { why }) => {
                let _ = writeln!(text, "  NOT FORMAL  Rocq does not accept it: {why}");
            }
            Some(Standing::NotEmitted { why }) => {
                let _ = writeln!(text, "  not emitted {why}");
            }
            _ => {}
        }
        for (name, outcome) in &step.twins {
            let _ = match outcome {
                Outcome::Proved { label, .. } => {
                    writeln!(text, "  ACCEPTED    twin {name}: a wrong step is called {label}")
                }
                Outcome::Refuted { witness } => {
                    writeln!(text, "  twin        {name}: refuted, {witness}")
                }
                Outcome::Unknown { .. } => writeln!(text, "  twin        {name}: not proved"),
            };
        }
    }
    let _ = writeln!(text, "  {id}: {} ({:.1} ms)", strength(proof), seconds * 1e3);
    text
}

fn verdict(outcome: &Outcome) -> (String, &str) {
    match outcome {
        Outcome::Proved { label, evidence } => (format!("{label:<11}"), evidence),
        Outcome::Refuted { witness } => ("REFUTED    ".to_owned(), witness),
        Outcome::Unknown { reason } => ("UNKNOWN    ".to_owned(), reason),
    }
}

/// What ties the theory of a claim to the derivation, a line; another one with the reason.
pub fn tie(claim: &str, checked: &tie::Checked) -> String {
    if checked.word == tie::Word::None {
        let why = checked.outcome.why();
        return format!("no tie       {claim}\n              {why}\n");
    }
    let (mark, why) = verdict(&checked.outcome);
    let (word, steps) = (checked.word.word(), checked.steps.join(", "));
    let of = if steps.is_empty() { steps } else { format!(" of {steps}") };
    format!("{mark} {claim}::tie\n              {word}{of}: {why}\n")
}

/// What ties the theory of a claim to the derivation as one JSON object.
pub fn tie_json(claim: &str, checked: &tie::Checked) -> Value {
    json!({
        "schema": SCHEMA,
        "type": "tie",
        "claim": claim,
        "tie": checked.word.word(),
        "steps": checked.steps,
        "places": checked.places,
        "outcome": outcome(&checked.outcome),
    })
}

/// A checked step as one JSON object, with what a proof assistant has to do with it, if it was
/// asked.
pub fn step(
    id: &str,
    assertion: &Assertion,
    checked: &Checked,
    standing: Option<&Standing>,
) -> Value {
    let twins: Vec<Value> = checked
        .twins
        .iter()
        .map(|(name, outcome)| json!({ "name": name, "outcome": self::outcome(outcome) }))
        .collect();
    let mut value = json!({
        "schema": SCHEMA,
        "type": "step",
        "step": format!("{id}::step::{}", checked.name),
        "asserts": assertion.text(),
        "latex": assertion.latex(),
        "outcome": outcome(&checked.outcome),
        "twins": twins,
    });
    if let (Some(standing), Some(fields)) = (standing, value.as_object_mut()) {
        fields.insert("formal".to_owned(), formal(standing));
    }
    value
}

fn formal(standing: &Standing) -> Value {
    match standing {
        Standing::Accepted { by } => json!({ "word": "accepted", "by": by }),
        Standing::Refused { why } => json!({ "word": "refused", "reason": why }),
        Standing::Emitted => json!({ "word": "not replayed" }),
        Standing::NotEmitted { why } => json!({ "word": "not emitted", "reason": why }),
        Standing::NotChecked => json!({ "word": "nothing to emit" }),
    }
}

fn outcome(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::Proved { label, evidence } => {
            json!({ "word": "proved", "label": label.word(), "evidence": evidence })
        }
        Outcome::Refuted { witness } => json!({ "word": "refuted", "witness": witness }),
        Outcome::Unknown { reason } => json!({ "word": "unknown", "reason": reason }),
    }
}

/// How many steps of some derivations have each label, and what became of the twins.
pub fn summary(proofs: &[Proof], seconds: f64) -> String {
    let steps: Vec<&Checked> = proofs.iter().flat_map(|p| &p.steps).collect();
    let count = |label: Label| steps.iter().filter(|s| s.outcome.label() == Some(label)).count();
    let labels: Vec<String> = Label::ALL
        .into_iter()
        .filter(|l| count(*l) > 0)
        .map(|l| format!("{} {l}", count(l)))
        .chain(steps.is_empty().then(|| "none".to_owned()))
        .collect();
    let undecided = steps.iter().filter(|s| s.outcome.label().is_none()).count();
    let twins: Vec<&Outcome> = steps.iter().flat_map(|s| s.twins.iter().map(|(_, o)| o)).collect();
    let refuted = twins.iter().filter(|o| matches!(o, Outcome::Refuted { .. })).count();
    let accepted = twins.iter().filter(|o| o.label().is_some()).count();
    format!(
        "{} steps of {} derivations in {seconds:.2} s: {}, {undecided} not proved\n\
         {} false twins: {refuted} refuted with a point, {} not proved, {accepted} accepted\n",
        steps.len(),
        proofs.len(),
        labels.join(", "),
        twins.len(),
        twins.len() - refuted - accepted,
    )
}

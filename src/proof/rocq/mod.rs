//! Steps in a language that a proof assistant checks: Rocq, with the libraries Coquelicot (for
//! derivatives) and Interval (for boxes).
//!
//! Every emitted lemma says, for all values of the step's domain, that each condition of the
//! step's expressions holds *and* that the claim does: Rocq's division by 0 is 0, so that a claim
//! without them would be weaker than it reads. Only the domain is a hypothesis. The proofs follow
//! what the checkers here found; nothing of that is trusted, since Rocq's kernel checks them.

mod answer;
mod certificate;
mod place;
mod signs;
mod slopes;
mod statement;
mod templates;

pub(crate) use answer::accepted;
pub use answer::{Answer, Refusal, read};

use super::derivation::{Derivation, Proof};
use super::label::Label;
use super::step::{Assertion, Step};
use crate::exact::identifier;
use std::fmt::Write as _;

/// The lemmas that the emitted files share, as the text of a file.
pub const HELPERS: &str = include_str!("helpers.v");

/// A lemma in Rocq.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lemma {
    /// Its name, a Rocq identifier.
    pub name: String,
    /// What it says.
    pub says: String,
    /// Its proof: tactics.
    pub proof: String,
}

/// A step, or a false twin of one, in Rocq.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emitted {
    /// The step.
    pub step: &'static str,
    /// Its false twin, if it is one.
    pub twin: Option<&'static str>,
    /// What it asserts, as the report says it.
    pub asserts: String,
    /// The lemmas, the last of which is the step.
    pub lemmas: Vec<Lemma>,
}

/// A derivation in Rocq.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What there is a template for.
    pub steps: Vec<Emitted>,
    /// Checked steps without a lemma, and why.
    pub without: Vec<(&'static str, String)>,
}

/// The proved steps of a derivation in Rocq.
pub fn emit(derivation: &Derivation, proof: &Proof) -> Sheet {
    let mut sheet = Sheet::default();
    for (step, checked) in derivation.steps().iter().zip(&proof.steps) {
        if !step.assertion.is_checked() {
            continue;
        }
        let decided = checked.outcome.label().is_some_and(|l| l < Label::Statistical);
        let made = if decided {
            lemmas(derivation, &sheet, &step.assertion, &lemma_name(step.name), false)
        } else {
            Err("not proved here".to_owned())
        };
        match made {
            Ok(lemmas) => sheet.steps.push(Emitted {
                step: step.name,
                twin: None,
                asserts: step.assertion.text(),
                lemmas,
            }),
            Err(why) => sheet.without.push((step.name, why)),
        }
    }
    sheet
}

/// The false twins of a derivation for which there is a template: Rocq must refuse each.
pub fn emit_twins(derivation: &Derivation) -> Sheet {
    let mut sheet = Sheet::default();
    for step in derivation.steps() {
        for (twin, assertion) in &step.twins {
            if matches!(assertion, Assertion::Rule(_)) {
                continue;
            }
            let name = format!("{}__{}", lemma_name(step.name), snake(twin));
            if let Ok(lemmas) = lemmas(derivation, &sheet, assertion, &name, true) {
                let asserts = assertion.text();
                sheet.steps.push(Emitted { step: step.name, twin: Some(twin), asserts, lemmas });
            }
        }
    }
    sheet
}

fn snake(name: &str) -> String {
    name.replace('-', "_")
}

/// The name of the file of a theorem, without its ending: a name that Rocq allows for a module.
pub fn file_name(id: &str) -> String {
    identifier(&id.replace('.', "__").replace('-', "_")).replace('\'', "_")
}

/// The lemma of a step.
pub fn lemma_name(step: &str) -> String {
    format!("step_{}", snake(step))
}

fn lemmas(
    derivation: &Derivation,
    sheet: &Sheet,
    assertion: &Assertion,
    name: &str,
    anyway: bool,
) -> Result<Vec<Lemma>, String> {
    let name = name.to_owned();
    let long = match assertion {
        Assertion::Identity { left, right, .. } => !left.is_readable() || !right.is_readable(),
        Assertion::Sign { of, .. } => !of.is_readable(),
        _ => false,
    };
    if long {
        return Err("it is too long to be written out".to_owned());
    }
    match assertion {
        Assertion::Identity { left, right, domain } => {
            Ok(vec![templates::identity(name, (left, right), domain, anyway)?])
        }
        Assertion::Sign { of, strictness, domain } => {
            Ok(vec![templates::sign(name, of, *strictness, domain)?])
        }
        Assertion::Rule(rule) => {
            let premises: Vec<&Step> = rule
                .from()
                .iter()
                .filter_map(|n| derivation.steps().iter().find(|s| s.name == *n))
                .collect();
            slopes::conclude(&name, rule, &premises, sheet)
        }
        _ => Err("there is no template for it".to_owned()),
    }
}

/// Text inside a comment.
fn comment(text: &str) -> String {
    text.replace("(*", "( *").replace("*)", "* )").replace('"', "''")
}

impl Sheet {
    /// The file, which ends with the axioms that its lemmas rest on, and the lines that each proof
    /// takes. The axioms are asked for twice, without and with the lemmas that compute with
    /// intervals: for each lemma alone that takes longer than to check it.
    pub fn file(&self, title: &str) -> (String, Vec<Span>) {
        let lemmas: Vec<&Lemma> = self.steps.iter().flat_map(|s| &s.lemmas).collect();
        let computed = computed(&lemmas);
        let mut text = format!("(* {} *)\n", comment(title));
        text.push_str("From Coq Require Import Reals Lra Psatz.\n");
        text.push_str("From Coquelicot Require Import Coquelicot.\n");
        if !computed.is_empty() {
            text.push_str("From Interval Require Import Tactic.\n");
        }
        text.push_str("From TheoremCheck Require Import Helpers.\nOpen Scope R_scope.\n");
        let mut spans = Vec::new();
        for (index, step) in self.steps.iter().enumerate() {
            let _ = writeln!(text, "\n(* {}: {} *)", step.step, comment(&step.asserts));
            for lemma in &step.lemmas {
                let _ = writeln!(text, "Lemma {} :\n  {}.", lemma.name, lemma.says);
                let from = text.lines().count();
                let _ = writeln!(text, "Proof.\n{}\nQed.", lemma.proof.trim());
                let to = text.lines().count();
                let _ = writeln!(text, "{}", say(answer::DONE, &lemma.name));
                spans.push(Span { step: index, proof: from + 1..=to });
            }
        }
        let is_computed = |l: &&&Lemma| computed.contains(&l.name.as_str());
        let (boxes, rest): (Vec<&&Lemma>, Vec<&&Lemma>) = lemmas.iter().partition(is_computed);
        for (name, group) in [("all'exact", rest), ("all'boxes", boxes)] {
            let names: Vec<&str> = group.iter().map(|l| l.name.as_str()).collect();
            if !names.is_empty() {
                let _ = writeln!(text, "\nDefinition {name} := ({}).", names.join(", "));
                let _ = writeln!(text, "{}", say(answer::AXIOMS, &names.join(" ")));
                let _ = writeln!(text, "Print Assumptions {name}.");
            }
        }
        (text, spans)
    }
}

/// A command that prints a line.
fn say(mark: &str, what: &str) -> String {
    format!("Goal True. idtac \"{mark} {what}\". exact I. Qed.")
}

/// The lemmas that compute with intervals, or use one that does.
fn computed<'a>(lemmas: &[&'a Lemma]) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for lemma in lemmas {
        let uses = found.iter().any(|name| lemma.proof.contains(name));
        if uses || lemma.proof.contains("interval with") {
            found.push(&lemma.name);
        }
    }
    found
}

/// The lines of a file that are the proof of a lemma.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The position of the step in its sheet.
    pub step: usize,
    /// The lines, from 1.
    pub proof: std::ops::RangeInclusive<usize>,
}

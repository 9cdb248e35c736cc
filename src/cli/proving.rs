//! `prove`: the steps of proofs.

use super::output::Output;
use crate::claim::{Catalogue, Theorem};
use crate::proof::Proof;
use crate::report::proofs;
use anyhow::{Result, bail};
use clap::Args;
use std::time::Instant;

/// Check the steps of proofs.
#[derive(Args, Debug)]
pub(super) struct Prove {
    /// An id, an alias, or any part of these; everything if left out
    #[arg(default_value = "")]
    pattern: String,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Prove {
    /// 0 if every step is proved or labelled, no false twin is accepted and every tie holds, else 1.
    pub(super) fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let mut theorems: Vec<&Theorem> = Vec::new();
        for entry in catalogue.select(&self.pattern)? {
            if theorems.iter().all(|t| t.id != entry.theorem.id) {
                theorems.push(entry.theorem);
            }
        }
        let (mut checked, started): (Vec<Proof>, _) = (Vec::new(), Instant::now());
        let (mut without, mut tied) = (Vec::new(), true);
        for theorem in theorems {
            let derivation = (theorem.derivation)();
            if derivation.is_empty() {
                without.push(theorem.id);
                continue;
            }
            let begun = Instant::now();
            let proof = derivation.check();
            let ties = super::ties(theorem, &derivation, &proof)?;
            tied &= ties.iter().all(|(_, checked)| checked.holds());
            if self.json {
                for (step, found) in derivation.steps().iter().zip(&proof.steps) {
                    let value = proofs::step(theorem.id, &step.assertion, found);
                    output.line(&value.to_string())?;
                }
                for (claim, checked) in &ties {
                    output.line(&proofs::tie_json(claim, checked).to_string())?;
                }
            } else {
                let seconds = begun.elapsed().as_secs_f64();
                output.text(&proofs::lines(theorem.id, &proof, seconds))?;
                for (claim, checked) in &ties {
                    output.text(&proofs::tie(claim, checked))?;
                }
            }
            checked.push(proof);
        }
        if checked.is_empty() {
            bail!("no theorem that matches {:?} has a derivation", self.pattern);
        }
        if !self.json {
            output.text(&proofs::summary(&checked, started.elapsed().as_secs_f64()))?;
            if !without.is_empty() {
                output.line(&format!("without a derivation: {}", without.join(", ")))?;
            }
        }
        Ok(u8::from(!(tied && checked.iter().all(Proof::holds))))
    }
}

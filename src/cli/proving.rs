//! `prove`: the steps of proofs.

use super::output::Output;
use super::write;
use crate::claim::{Catalogue, Theorem};
use crate::proof::rocq::{self, Sheet};
use crate::proof::{Derivation, Proof};
use crate::prove;
use crate::replay::{Failure, LIMIT, Prover, Workshop};
use crate::report::proofs::{self, Standing};
use crate::tie;
use anyhow::{Context, Result, bail};
use clap::Args;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
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
    /// Write the steps for a proof assistant, a file for each theorem: --emit rocq DIR
    #[arg(long, num_args = 2, value_names = ["FORMAT", "DIR"])]
    emit: Vec<String>,
    /// Check the steps once more with an installed Rocq: what it accepts is labelled formal
    #[arg(long)]
    replay: bool,
    /// With --replay: the false twins too, none of which Rocq may accept
    #[arg(long, requires = "replay")]
    twins: bool,
    /// With --replay: a file of steps, one id::step::name a line; these alone are replayed, and
    /// those that the pattern selects must be formal
    #[arg(long, value_name = "FILE", requires = "replay")]
    demand: Option<PathBuf>,
}

/// A theorem whose derivation is checked.
struct Case<'a> {
    theorem: &'a Theorem,
    derivation: Derivation,
    proof: Proof,
    sheet: Sheet,
    standings: Vec<Standing>,
    ties: Vec<(String, tie::Checked)>,
    seconds: f64,
}

impl Prove {
    /// 0 if every step is proved or labelled, no false twin is accepted, every tie holds, and what
    /// is demanded is formal; else 1.
    pub(super) fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let mut theorems: Vec<&Theorem> = Vec::new();
        for entry in catalogue.select(&self.pattern)? {
            if theorems.iter().all(|t| t.id != entry.theorem.id) {
                theorems.push(entry.theorem);
            }
        }
        let folder = self.folder()?;
        let demanded = self.demanded(catalogue)?;
        let prover = if self.replay { Prover::find() } else { None };
        let version = prover.as_ref().map(|p| p.version.clone());
        let workshop = prover.map(|p| Workshop::open(p, LIMIT)).transpose()?;
        let started = Instant::now();
        // One that panics does not take the others with it.
        let (mut all, mut broken) = (Vec::new(), None);
        for theorem in theorems {
            match Case::new(theorem) {
                Ok(case) => all.push(case),
                Err(trouble) => broken = broken.or(Some(trouble)),
            }
        }
        let (without, mut cases): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|case| case.derivation.is_empty());
        if cases.is_empty() && broken.is_none() {
            bail!("no theorem that matches {:?} has a derivation", self.pattern);
        }
        if folder.is_some() || self.replay {
            cases.iter_mut().for_each(Case::emit);
        }
        if let Some(folder) = &folder {
            written(folder, &cases)?;
        }
        if self.replay {
            let only = self.demand.is_some().then_some(&demanded);
            let stand = |case: &mut Case<'_>| case.stand(only, workshop.as_ref());
            cases.par_iter_mut().try_for_each(stand)?;
        }
        let mut fooled = false;
        for case in &cases {
            self.print(case, output)?;
            if let (true, Some(workshop)) = (self.twins, &workshop) {
                fooled |= twins(case, workshop, self.json, output)?;
            }
        }
        let formal: BTreeSet<String> = cases.iter().flat_map(Case::formal).collect();
        let chosen =
            |d: &&String| cases.iter().any(|case| d.starts_with(&format!("{}::", case.theorem.id)));
        let missing: Vec<&String> =
            demanded.iter().filter(chosen).filter(|d| !formal.contains(*d)).collect();
        let tied = cases.iter().flat_map(|case| &case.ties).all(|(_, checked)| checked.holds());
        let proofs: Vec<Proof> = cases.into_iter().map(|case| case.proof).collect();
        if !self.json {
            output.folded(&proofs::summary(&proofs, started.elapsed().as_secs_f64()), 2)?;
            output.line(&self.replayed(version.as_deref()))?;
            if !without.is_empty() {
                let ids: Vec<&str> = without.iter().map(|case| case.theorem.id).collect();
                output.folded(&format!("without a derivation: {}\n", ids.join(", ")), 2)?;
            }
            if let Some(folder) = &folder {
                output.line(&format!("the steps for rocq are in {}", folder.display()))?;
            }
        }
        if let Some(trouble) = broken {
            return Err(trouble);
        }
        for step in &missing {
            super::output::complain(&format!("demanded, and not formal: {step}"));
        }
        let holds = proofs.iter().all(Proof::holds) && tied && !fooled && missing.is_empty();
        Ok(u8::from(!holds))
    }

    fn print(&self, case: &Case<'_>, output: &mut Output) -> Result<()> {
        if !self.json {
            let lines = proofs::lines(case.theorem.id, &case.proof, &case.standings, case.seconds);
            output.folded(&lines, 14)?;
            for (claim, checked) in &case.ties {
                output.folded(&proofs::tie(claim, checked), 14)?;
            }
            return Ok(());
        }
        for (index, (step, found)) in
            case.derivation.steps().iter().zip(&case.proof.steps).enumerate()
        {
            let standing = case.standings.get(index);
            let value = proofs::step(case.theorem.id, &step.assertion, found, standing);
            output.line(&value.to_string())?;
        }
        for (claim, checked) in &case.ties {
            output.line(&proofs::tie_json(claim, checked).to_string())?;
        }
        Ok(())
    }

    /// A word on what a proof assistant has to do with this run.
    fn replayed(&self, version: Option<&str>) -> String {
        match (self.replay, version) {
            (false, _) => "formal: not replayed here (prove --replay)".to_owned(),
            (true, None) => {
                "formal: not replayed here: neither coqc nor rocq is on the path".to_owned()
            }
            (true, Some(version)) => format!("formal: replayed by {version}"),
        }
    }

    /// The folder to write to, made before anything is checked.
    fn folder(&self) -> Result<Option<PathBuf>> {
        let [format, folder] = &self.emit[..] else { return Ok(None) };
        if format != "rocq" {
            bail!("{format:?} is not a format of proofs: there is rocq");
        }
        let folder = PathBuf::from(folder);
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Some(folder))
    }

    /// The steps that must be formal, all of which exist.
    fn demanded(&self, catalogue: &Catalogue) -> Result<Vec<String>> {
        let Some(path) = &self.demand else { return Ok(Vec::new()) };
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let lines = text.lines().map(str::trim);
        let wanted: Vec<String> =
            lines.filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect();
        for name in &wanted {
            let known = catalogue.theorems().iter().any(|t| {
                let step = name.strip_prefix(t.id).and_then(|n| n.strip_prefix("::step::"));
                // One that cannot be derived is named when it is checked.
                let has =
                    |s| prove::derive(t).map_or(true, |d| d.steps().iter().any(|k| k.name == s));
                step.is_some_and(has)
            });
            if !known {
                bail!("{} demands {name}, which is no step", path.display());
            }
        }
        Ok(wanted)
    }
}

impl<'a> Case<'a> {
    fn new(theorem: &'a Theorem) -> Result<Self> {
        let begun = Instant::now();
        let (derivation, proof) = prove::prove(theorem)?;
        let seconds = begun.elapsed().as_secs_f64();
        let ties = super::ties(theorem, &derivation, &proof)?;
        let (sheet, standings) = (Sheet::default(), Vec::new());
        Ok(Self { theorem, derivation, proof, sheet, standings, ties, seconds })
    }

    /// Writes the steps for Rocq.
    fn emit(&mut self) {
        self.sheet = rocq::emit(&self.derivation, &self.proof);
        let standing = |step: &str| {
            let emitted = self.sheet.steps.iter().any(|s| s.step == step);
            match self.sheet.without.iter().find(|(name, _)| *name == step) {
                Some((_, why)) => Standing::NotEmitted { why: why.clone() },
                None if emitted => Standing::Emitted,
                None => Standing::NotChecked,
            }
        };
        self.standings = self.proof.steps.iter().map(|s| standing(s.name)).collect();
    }

    /// Replays what was emitted, or of that only some steps, and labels what is accepted.
    fn stand(&mut self, only: Option<&Vec<String>>, workshop: Option<&Workshop>) -> Result<()> {
        let Some(workshop) = workshop else { return Ok(()) };
        let id = self.theorem.id;
        let wanted = |step: &str| only.is_none_or(|o| o.contains(&format!("{id}::step::{step}")));
        let steps = self.sheet.steps.iter().filter(|s| wanted(s.step)).cloned().collect();
        let part = Sheet { steps, without: Vec::new() };
        let replayed = workshop.check(id, &part).context("the replay could not be run")?;
        for (emitted, answer) in part.steps.iter().zip(replayed) {
            let both = self.proof.steps.iter_mut().zip(&mut self.standings);
            for (checked, standing) in both.filter(|(c, _)| c.name == emitted.step) {
                *standing = match &answer {
                    Ok(answer) => {
                        let by = format!("{}, {}", workshop.version(), answer.words());
                        checked.accept(&by);
                        Standing::Accepted { by }
                    }
                    Err(why) => Standing::Refused { why: why.to_string() },
                };
            }
        }
        Ok(())
    }

    /// The steps that are formal.
    fn formal(&self) -> Vec<String> {
        let steps = self.proof.steps.iter().zip(&self.standings);
        let accepted = steps.filter(|(_, s)| matches!(s, Standing::Accepted { .. }));
        accepted.map(|(c, _)| format!("{}::step::{}", self.theorem.id, c.name)).collect()
    }
}

/// Lets Rocq see the false twins; whether it accepted one, or did not come to its proof.
fn twins(case: &Case<'_>, workshop: &Workshop, json: bool, output: &mut Output) -> Result<bool> {
    let sheet = rocq::emit_twins(&case.derivation);
    let replayed =
        workshop.check(case.theorem.id, &sheet).context("the replay could not be run")?;
    let mut fooled = false;
    for (twin, result) in sheet.steps.iter().zip(&replayed) {
        let name =
            format!("{}::step::{}::twin::{}", case.theorem.id, twin.step, twin.twin.unwrap_or(""));
        fooled |= !matches!(result, Err(Failure::Refused(_)));
        match result {
            Ok(_) => super::output::complain(&format!("{name}: a wrong step is called formal")),
            Err(Failure::NotChecked(why)) => {
                super::output::complain(&format!("{name}: Rocq did not come to the proof: {why}"));
            }
            Err(_) if json => {}
            Err(why) => {
                output.folded(&format!("  twin        {name}: refused by Rocq, {why}\n"), 14)?;
            }
        }
    }
    Ok(fooled)
}

/// Writes a file for each theorem, what they share, and the list that `coq_makefile` reads.
fn written(folder: &Path, cases: &[Case<'_>]) -> Result<()> {
    let mut project = "-Q . TheoremCheck\nHelpers.v\n".to_owned();
    for case in cases {
        let name = format!("{}.v", rocq::file_name(case.theorem.id));
        write(&folder.join(&name), case.sheet.file(case.theorem.id).0.as_bytes())?;
        project.push_str(&name);
        project.push('\n');
    }
    write(&folder.join("Helpers.v"), rocq::HELPERS.as_bytes())?;
    write(&folder.join("_CoqProject"), project.as_bytes())
}

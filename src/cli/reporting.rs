//! `report`: the site.

use super::INTERRUPTED;
use super::checking::{Run, share_out};
use super::output::{Output, complain};
use super::progress::Progress;
use crate::check::{CheckError, Checked, Options, check};
use crate::claim::{Catalogue, Entry};
use crate::files::Folder;
use crate::panel::{Line, Panel};
use crate::prove;
use crate::report::site::{ClaimRecord, MARK, Site, TheoremRecord, files};
use crate::report::{Outcome, text};
use crate::run::Trouble;
use crate::sizes::{Rungs, rungs};
use crate::trace::panel::{Drawn, draw, examine};
use crate::trace::{other_side, trace};
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Check claims and write what was found as pages that open from a file.
#[derive(Args, Debug)]
pub(super) struct Report {
    /// The folder to write: a new or empty one, or an earlier report, which is replaced
    #[arg(default_value = "report", value_name = "DIR")]
    folder: PathBuf,
    /// An id, an alias, id::claim, or any part of these; everything if left out
    #[arg(long, default_value = "", hide_default_value = true)]
    pattern: String,
    #[command(flatten)]
    run: Run,
    /// Seconds to spend on checks in all: claims are sharpened beyond their promise until then
    #[arg(long, value_name = "SECONDS", value_parser = super::checking::seconds)]
    #[arg(allow_hyphen_values = true)]
    budget: Option<Duration>,
}

impl Report {
    /// Checks, draws the pictures, writes; the exit code says what it amounts to.
    pub(super) fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let entries = catalogue.select(&self.pattern)?;
        super::sound(&entries)?;
        for panel in shown(catalogue, &entries) {
            examine(panel, catalogue)?; // before what takes long
        }
        let cannot = || format!("cannot write {}", self.folder.display());
        let folder = Folder::replacing(&self.folder, MARK).with_context(cannot)?;
        self.run.prepare()?;
        let Some(site) = self.site(catalogue, &entries)? else {
            complain("stopped: nothing was written");
            return Ok(INTERRUPTED);
        };
        let started = Instant::now();
        let mut bytes = 0;
        for file in files(&site) {
            bytes += file.bytes.len();
            folder.write(&file.path, &file.bytes).with_context(cannot)?;
        }
        folder.finish().with_context(cannot)?;
        let outcomes: Vec<Outcome> = site.outcomes().cloned().collect();
        output.folded(&format!("{}\n", text::summary(&outcomes, catalogue.len())), 2)?;
        output.line(&format!(
            "{}: {:.1} MB, written in {:.1} s",
            self.folder.join("index.html").display(),
            bytes as f64 / 1e6,
            started.elapsed().as_secs_f64()
        ))?;
        Ok(site.status().exit_code())
    }

    /// Everything that the pages show, or nothing if the run was stopped.
    fn site<'a>(
        &self,
        catalogue: &'a Catalogue,
        entries: &[Entry<'a>],
    ) -> Result<Option<Site<'a>>> {
        let progress = Progress::new(entries.len());
        let options: Vec<Options> = entries.iter().map(|_| self.run.options()).collect();
        let shares = share_out(self.budget, entries, catalogue.len(), &options)?;
        let mut theorems: Vec<TheoremRecord<'a>> = Vec::new();
        for (entry, share) in entries.iter().zip(shares) {
            progress.begin(&entry.path());
            let options = Options { budget: share, ..self.run.options() };
            let Some(record) = record(*entry, catalogue.len(), &options, &progress) else {
                progress.finish();
                return Ok(None);
            };
            match theorems.last_mut() {
                Some(last) if last.theorem.id == entry.theorem.id => last.claims.push(record),
                _ => {
                    let (derivation, proof) = prove::prove(entry.theorem)?;
                    let ties = super::ties(entry.theorem, &derivation, &proof)?;
                    theorems.push(TheoremRecord {
                        theorem: entry.theorem,
                        topic: catalogue.topic(entry.theorem.id),
                        claims: vec![record],
                        derivation,
                        proof,
                        ties,
                    });
                }
            }
            progress.done();
        }
        let drawn = panels(catalogue, entries, self.run.seed, &progress);
        progress.finish();
        let Some(panels) = drawn? else { return Ok(None) };
        let budget = self.budget.map(|b| format!(" --budget {}", b.as_secs_f64()));
        Ok(Some(Site {
            theorems,
            panels,
            catalogue: catalogue.len(),
            flags: self.run.flags(),
            budget: budget.unwrap_or_default(),
        }))
    }
}

/// The panels of which every claim is on the pages, or in no catalogue.
fn shown<'a>(catalogue: &'a Catalogue, entries: &[Entry<'_>]) -> impl Iterator<Item = &'a Panel> {
    let left_out = |line: &Line| {
        let is = |entry: Entry<'_>| entry.path() == line.claim;
        catalogue.claims().any(is) && !entries.iter().copied().any(is)
    };
    catalogue.pictures().iter().filter(move |panel| !panel.lines.iter().any(left_out))
}

/// The panels, drawn; `None` if the run was stopped.
fn panels(
    catalogue: &Catalogue,
    entries: &[Entry<'_>],
    seed: u64,
    progress: &Progress,
) -> Result<Option<Vec<Drawn>>> {
    let mut panels = Vec::new();
    for panel in shown(catalogue, entries) {
        match draw(panel, catalogue, seed, progress) {
            Ok(drawn) => panels.push(drawn),
            Err(error) if error.is_stop() => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Some(panels))
}

/// Whether an error is the wish to stop.
fn stopped(error: &CheckError) -> bool {
    matches!(error, CheckError::Trouble(Trouble::Stopped))
}

/// One claim, checked and drawn; `None` if the run was stopped.
fn record<'a>(
    entry: Entry<'a>,
    claims: usize,
    options: &Options,
    progress: &Progress,
) -> Option<ClaimRecord<'a>> {
    let result = check(entry, claims, options, progress);
    let trace = trace(entry, options.seed, progress).and_then(|mut trace| {
        trace.simulated.extend(other_side(entry)?);
        Ok(trace)
    });
    let rungs = match &result {
        Ok(checked) => sizes(entry, checked, progress),
        Err(_) => Ok(None),
    };
    let stop = [result.as_ref().err(), trace.as_ref().err(), rungs.as_ref().err()];
    if progress.stopped() || stop.into_iter().flatten().any(stopped) {
        return None;
    }
    let outcome = Outcome { path: entry.path(), result };
    let trace = trace.map_err(|error| error.to_string());
    let rungs = rungs.map_err(|error| error.to_string()).transpose();
    Some(ClaimRecord { entry, outcome, trace, rungs })
}

/// The rungs at the point that decided.
fn sizes(
    entry: Entry<'_>,
    checked: &Checked,
    progress: &Progress,
) -> Result<Option<Rungs>, CheckError> {
    let Some(point) = checked.decisive() else { return Ok(None) };
    let share = checked.alpha / checked.points.len() as f64;
    rungs(entry, point, share, checked.seed, progress)
}

//! `check` and `search`.

use super::output::{Output, complain};
use super::progress::Progress;
use super::{INTERRUPTED, Point, one, writable, write};
use crate::check::{CheckError, Options, check, estimate};
use crate::claim::{Catalogue, Entry};
use crate::given::Address;
use crate::hunt::hunt;
use crate::report::table::Table;
use crate::report::{Outcome, Status, json, machine, status, text};
use crate::run::{Trouble, guarded};
use crate::stats::power::{Need, share_budget};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Check claims against simulation, and their mutants too.
#[derive(Args, Debug)]
pub struct Check {
    /// An id, an alias, id::claim, or any part of these; everything if left out
    #[arg(default_value = "")]
    pattern: String,
    #[command(flatten)]
    point: Point,
    #[command(flatten)]
    run: Run,
    /// Seconds to spend in all: claims are sharpened beyond their promise until they are spent
    #[arg(long, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    budget: Option<Duration>,
    /// A sharper promise to keep than the declared one, in the same unit: 0.003
    #[arg(long, value_name = "R", value_parser = positive, allow_hyphen_values = true)]
    resolution: Option<f64>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    /// Write JUnit XML
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Write a summary in Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

/// What every simulating command takes.
#[derive(Args, Debug, Clone)]
pub struct Run {
    /// Error probability of the whole catalogue together, instead of 1e-6 for each claim
    #[arg(long, value_parser = probability, allow_hyphen_values = true)]
    alpha: Option<f64>,
    /// Master seed
    #[arg(long, default_value_t = 0, allow_hyphen_values = true)]
    pub seed: u64,
    /// Threads; results do not depend on them
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..), allow_hyphen_values = true)]
    threads: Option<u16>,
}

impl Run {
    /// What a check is asked for.
    pub fn options(&self) -> Options {
        Options { alpha: self.alpha, seed: self.seed, ..Options::default() }
    }

    /// The flags by which somebody else gets the same numbers, each after a space; threads change
    /// none.
    pub fn flags(&self) -> String {
        let alpha = self.alpha.map(|alpha| format!(" --alpha {alpha}")).unwrap_or_default();
        let seed = if self.seed == 0 { String::new() } else { format!(" --seed {}", self.seed) };
        alpha + &seed
    }

    /// Sets up the threads.
    pub fn prepare(&self) -> Result<()> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new()
                .num_threads(usize::from(threads))
                .build_global()
                .context("cannot start the threads")?;
        }
        Ok(())
    }
}

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let value = positive(text)?;
    Duration::try_from_secs_f64(value).map_err(|e| e.to_string())
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value.is_finite() => Ok(value),
        _ => Err("it must be a positive number".to_owned()),
    }
}

fn probability(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if 0.0 < value && value < 1.0 => Ok(value),
        _ => Err("an error probability lies strictly between 0 and 1".to_owned()),
    }
}

impl Check {
    /// Checks, prints, writes; the exit code says what it amounts to.
    pub fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let entries = catalogue.select(&self.pattern)?;
        writable(self.junit.as_ref())?;
        writable(self.markdown.as_ref())?;
        self.run.prepare()?;
        let requests = self.requests(&entries)?;
        let longest = entries.iter().map(|e| e.path().len()).max().unwrap_or(0);
        let table = Table::new(longest, output.width());
        let progress = Progress::new(entries.len());
        if !self.json {
            progress.suspend(|| output.line(&table.header()))?;
        }
        let mut outcomes = Vec::new();
        let shares = share_out(self.budget, &entries, catalogue.len(), &requests)?;
        for ((entry, options), share) in entries.iter().zip(requests).zip(shares) {
            if progress.stopped() {
                break;
            }
            progress.begin(&entry.path());
            let options = Options { budget: share, ..options };
            let result = check(*entry, catalogue.len(), &options, &progress);
            let stopped = matches!(result, Err(CheckError::Trouble(Trouble::Stopped)));
            if !stopped {
                if let Err(CheckError::Plan(error)) = &result
                    && options.at.is_some()
                {
                    progress.finish();
                    bail!("{}: {error}", entry.path());
                }
                let outcome = Outcome { path: entry.path(), result };
                progress.suspend(|| self.print(&outcome, &table, output))?;
                outcomes.push(outcome);
            }
            progress.done();
        }
        progress.finish();
        self.conclude(&outcomes, entries.len(), catalogue.len(), progress.stopped(), output)
    }

    fn requests(&self, entries: &[Entry<'_>]) -> Result<Vec<Options>> {
        entries
            .iter()
            .map(|entry| {
                let at = self.point.address(*entry)?.map(|address| vec![address]);
                if let Some([address]) = at.as_deref() {
                    let locate = || Ok(entry.claim.declaration().locate(address));
                    guarded(&entry.path(), locate)?.with_context(|| entry.path())?;
                }
                Ok(Options {
                    alpha: self.run.alpha,
                    seed: self.run.seed,
                    budget: None,
                    at,
                    resolution: self.resolution,
                    only: None,
                })
            })
            .collect()
    }

    fn print(&self, outcome: &Outcome, table: &Table, output: &mut Output) -> Result<()> {
        if self.json {
            output.line(&json::outcome(outcome).to_string())
        } else {
            output.line(&table.line(outcome))
        }
    }

    fn conclude(
        &self,
        outcomes: &[Outcome],
        asked: usize,
        claims: usize,
        stopped: bool,
        output: &mut Output,
    ) -> Result<u8> {
        if let Some(path) = &self.junit {
            write(path, machine::junit(outcomes).as_bytes())?;
        }
        if let Some(path) = &self.markdown {
            write(path, machine::markdown(outcomes, claims).as_bytes())?;
        }
        if !self.json {
            output.folded(&format!("\n{}\n", text::summary(outcomes, claims)), 2)?;
        }
        if stopped {
            let missing = asked - outcomes.len();
            complain(&format!("stopped: {missing} of {asked} claims were not checked"));
            return Ok(INTERRUPTED);
        }
        Ok(status(outcomes).exit_code())
    }
}

/// Each claim's share of a budget of time, in proportion to what its promise needs.
pub(super) fn share_out(
    budget: Option<Duration>,
    entries: &[Entry<'_>],
    claims: usize,
    requests: &[Options],
) -> Result<Vec<Option<Duration>>> {
    let Some(total) = budget else { return Ok(vec![None; entries.len()]) };
    if entries.len() == 1 {
        return Ok(vec![Some(total)]);
    }
    let started = Instant::now();
    // A claim that cannot be estimated will say why when it is checked.
    let needs: Vec<Need> = entries
        .iter()
        .zip(requests)
        .map(|(entry, options)| estimate(*entry, claims, options).unwrap_or(0.0))
        .map(|cost| Need { cost: cost.min(1e12), floor: 0.0 })
        .collect();
    let left = total.saturating_sub(started.elapsed()).as_secs_f64();
    let shares = share_budget(&needs, left);
    // What is left when every promise can be kept sharpens all of them alike.
    let spare = left / shares.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let share = |s: f64| Duration::try_from_secs_f64(s * spare.max(1.0)).ok();
    Ok(shares.into_iter().map(share).collect())
}

/// Search a claim's hypotheses for a counterexample.
#[derive(Args, Debug)]
pub struct Search {
    /// id::claim, or any part of it
    pattern: String,
    #[command(flatten)]
    run: Run,
    /// Points to propose
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..))]
    cases: u32,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Search {
    /// Searches with draws of its own, and judges what it finds on fresh ones.
    pub fn run(&self, catalogue: &Catalogue, output: &mut Output) -> Result<u8> {
        let entry = one(catalogue, &self.pattern)?;
        self.run.prepare()?;
        let progress = Progress::new(1);
        progress.begin(&format!("searching {}", entry.path()));
        let found = hunt(entry, self.cases as usize, self.run.seed, &progress);
        let found = match found {
            Err(Trouble::Stopped) => {
                progress.finish();
                complain("stopped");
                return Ok(INTERRUPTED);
            }
            other => other?,
        };
        progress.begin(&format!("judging {}", entry.path()));
        let options = Options {
            alpha: self.run.alpha,
            seed: self.run.seed,
            at: Some(vec![Address::Unit(found.coordinates.clone())]),
            ..Options::default()
        };
        let result = check(entry, catalogue.len(), &options, &progress);
        progress.finish();
        let outcome = Outcome { path: entry.path(), result };
        if self.json {
            let value = json::search(&entry.path(), found.tried, found.badness, &outcome);
            output.line(&value.to_string())?;
        } else {
            output.folded(&report(entry, &found, &outcome), 2)?;
        }
        if progress.stopped() {
            return Ok(INTERRUPTED);
        }
        // Mutants are not what is searched: they may well survive at a single point.
        let code = match &outcome.result {
            Ok(checked) if checked.verdict.is_refuted() => Status::Failed,
            Ok(checked) if checked.verdict.is_supported() => Status::Passed,
            Ok(_) => Status::Inconclusive,
            Err(_) => Status::Failed,
        };
        Ok(code.exit_code())
    }
}

fn report(entry: Entry<'_>, found: &crate::search::Found, outcome: &Outcome) -> String {
    let mut report = format!("{} points of {} were looked at\n", found.tried, entry.path());
    match &outcome.result {
        Err(error) => report.push_str(&format!("broken: {error}\n")),
        Ok(checked) => {
            if let Some(point) = checked.decisive() {
                let symbols = text::symbols(&point.symbols);
                let list: Vec<String> = found.coordinates.iter().map(f64::to_string).collect();
                let what = if checked.verdict.is_refuted() {
                    "the smallest counterexample"
                } else {
                    "the worst point"
                };
                report.push_str(&format!("{what}: {symbols} (--at {})\n", list.join(",")));
            }
            report.push_str(&format!("judged on fresh draws: {}", checked.verdict.word()));
            if !checked.verdict.is_supported() {
                report.push_str(&text::explanation(checked));
            }
            report.push('\n');
        }
    }
    report
}

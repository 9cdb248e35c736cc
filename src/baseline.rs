//! Baselines: stored moments of simulated curves, compared statistically.
//!
//! A sampler that was not changed still draws the numbers that it drew when its baseline was
//! stored. That is seen from a few rounds ([`same_draws`]), and then nothing is left to compare. It
//! is no fault if it does not: other machines round otherwise, and a sampler may draw the same law
//! in another way. Then [`verify`] compares new draws with the stored ones, statistically.

use crate::check::CheckError;
use crate::claim::Entry;
use crate::random::{Purpose, fnv1a};
use crate::run::Watch;
use crate::stats::compare::{Comparison, SAME, compare};
use crate::stats::gate::SKEWNESS_MAX;
use crate::stats::mean::{RHO, radius_factor};
use crate::stats::moments::Moments;
use crate::trace::{self, Rounds};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The error probability of one comparison of one claim.
pub const LEVEL: f64 = 1e-6;

/// Positions of a baseline.
const POSITIONS: usize = 12;

/// Stored rounds, in multiples of a new run's: the old error then adds 12 % to the width.
const STORED: u64 = 4;

/// Rounds whose mean is stored besides, to be drawn again. At twelve positions a change is seen for
/// certain if it changes these 192 rounds; one that leaves them is of rounds rarer than one in 40
/// (at 1 %), whose share in a mean [`verify`] would hardly see.
const FIRST: u64 = 16;

/// One row of a baseline file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    x: f64,
    component: usize,
    count: u64,
    mean: f64,
    m2: f64,
    m3: f64,
    /// The mean of the first rounds, drawn by themselves; not in files of earlier versions.
    #[serde(default)]
    first: Option<f64>,
}

impl Row {
    fn moments(&self) -> Moments {
        Moments { count: self.count, mean: self.mean, m2: self.m2, m3: self.m3 }
    }
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file is not there, or cannot be read or written.
    #[error("{path}: {error}; `theoremcheck curve {claim} --baseline DIR` records it anew")]
    File {
        /// The file.
        path: PathBuf,
        /// The claim.
        claim: String,
        /// What the system says.
        error: csv::Error,
    },
    /// The file's rows are not those of the claim's curve.
    #[error(
        "{path} is damaged or belongs to another version of {claim}: {what}; `theoremcheck curve \
         {claim} --baseline DIR` records it anew"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The claim.
        claim: String,
        /// What is wrong with it.
        what: String,
    },
    /// The simulation broke.
    #[error(transparent)]
    Check(#[from] CheckError),
}

/// The file of a claim in a folder of baselines.
pub fn file(folder: &Path, entry: Entry<'_>) -> PathBuf {
    folder.join(format!("{}__{}.csv", entry.theorem.id, entry.claim.name()))
}

/// Baselines have a master seed of their own, so that a judged run is never compared with itself.
fn stored_seed() -> u64 {
    fnv1a(b"baseline")
}

fn positions(entry: Entry<'_>) -> Vec<f64> {
    trace::chosen(&entry.claim.declaration().curve().positions, POSITIONS)
}

/// The means of the first stored rounds, by position and component.
fn first(entry: Entry<'_>, watch: &dyn Watch) -> Result<Vec<f64>, CheckError> {
    let from = (stored_seed(), Purpose::Baseline);
    let rows = trace::moments(entry, &positions(entry), Rounds::Plain(FIRST), from, watch)?;
    Ok(rows.into_iter().map(|(_, _, moments)| moments.mean).collect())
}

fn draw(
    entry: Entry<'_>,
    seed: u64,
    rounds: u64,
    watch: &dyn Watch,
) -> Result<Vec<Row>, CheckError> {
    let from = (seed, Purpose::Baseline);
    let positions = positions(entry);
    let rows = trace::moments(entry, &positions, Rounds::Exactly(rounds), from, watch)?;
    Ok(rows
        .into_iter()
        .map(|(x, component, m)| Row {
            x,
            component,
            count: m.count,
            mean: m.mean,
            m2: m.m2,
            m3: m.m3,
            first: None,
        })
        .collect())
}

fn rounds(entry: Entry<'_>) -> u64 {
    entry.claim.settings().first_look
}

/// Draws a claim's baseline and writes it, whole or not at all. Returns whether there was anything
/// to simulate.
///
/// # Errors
/// A simulation that breaks, or a file that cannot be written.
pub fn record(entry: Entry<'_>, folder: &Path, watch: &dyn Watch) -> Result<bool, BaselineError> {
    let mut rows = draw(entry, stored_seed(), STORED * rounds(entry), watch)?;
    if rows.is_empty() {
        return Ok(false);
    }
    for (row, mean) in rows.iter_mut().zip(first(entry, watch)?) {
        row.first = Some(mean);
    }
    let path = file(folder, entry);
    let claim = entry.path();
    let fault =
        |error: csv::Error| BaselineError::File { path: path.clone(), claim: claim.clone(), error };
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in &rows {
        writer.serialize(row).map_err(fault)?;
    }
    let bytes = writer.into_inner().map_err(|e| fault(csv::Error::from(e.into_error())))?;
    crate::files::replace(&path, &bytes).map_err(|e| fault(csv::Error::from(e)))?;
    Ok(true)
}

/// Draws a claim's curve anew and compares it with its baseline. `None` where nothing is random.
///
/// # Errors
/// A baseline that is missing or damaged, or a simulation that breaks.
pub fn verify(
    entry: Entry<'_>,
    folder: &Path,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Option<Comparison>, BaselineError> {
    let fresh = draw(entry, seed, rounds(entry), watch)?;
    if fresh.is_empty() {
        return Ok(None);
    }
    let path = file(folder, entry);
    let stored = read(&path, &entry.path())?;
    let damaged =
        |what: String| BaselineError::Damaged { path: path.clone(), claim: entry.path(), what };
    if stored.len() != fresh.len() {
        return Err(damaged(format!("{} rows, not {}", stored.len(), fresh.len())));
    }
    for (old, new) in stored.iter().zip(&fresh) {
        let same = (old.x - new.x).abs() <= 1e-9 * new.x.abs() && old.component == new.component;
        if !same {
            return Err(damaged(format!("a row for x = {} where {} belongs", old.x, new.x)));
        }
        let sound = old.count > 0 && old.mean.is_finite() && old.m2 >= 0.0 && old.m3.is_finite();
        if !sound {
            return Err(damaged(format!("the moments at x = {} make no sense", old.x)));
        }
    }
    let pairs: Vec<(Moments, Moments)> =
        stored.iter().zip(&fresh).map(|(old, new)| (old.moments(), new.moments())).collect();
    for ((old, new), row) in pairs.iter().zip(&fresh) {
        // A deterministic position has no spread to compare with: both must agree to rounding.
        let certain = old.m2 == 0.0 && new.m2 == 0.0;
        if certain && (old.mean - new.mean).abs() > 1e-9 * old.mean.abs().max(new.mean.abs()) {
            let what = format!("{} at x = {}, where {} was stored", new.mean, row.x, old.mean);
            return Err(damaged(what));
        }
    }
    // The comparison is of means that are nearly normal: where either is too skewed for that (a
    // rare event, say), it would cry wolf, so such positions are left out.
    let comparable = |m: &Moments| {
        let k = radius_factor(m.count, LEVEL, RHO);
        m.skewness().abs() * k / (m.count as f64).sqrt() <= SKEWNESS_MAX
    };
    let random: Vec<_> = pairs
        .iter()
        .filter(|(old, new)| old.m2 > 0.0 || new.m2 > 0.0)
        .filter(|(old, new)| comparable(old) && comparable(new))
        .collect();
    let old: Vec<Moments> = random.iter().map(|(old, _)| *old).collect();
    let new: Vec<Moments> = random.iter().map(|(_, new)| *new).collect();
    Ok((!old.is_empty()).then(|| compare(&old, &new, LEVEL)))
}

/// Whether the first rounds of a claim's stored baseline are drawn again as they were, to
/// [`SAME`]: then it is the sampler that was stored. False where that cannot be said.
///
/// # Errors
/// A file that cannot be read, or a simulation that breaks.
pub fn same_draws(
    entry: Entry<'_>,
    folder: &Path,
    watch: &dyn Watch,
) -> Result<bool, BaselineError> {
    let fresh = first(entry, watch)?;
    if fresh.is_empty() {
        return Ok(false);
    }
    let stored = read(&file(folder, entry), &entry.path())?;
    let same = |(row, mean): (&Row, &f64)| {
        row.first.is_some_and(|stored| (stored - mean).abs() <= SAME * mean.abs())
    };
    Ok(stored.len() == fresh.len() && stored.iter().zip(&fresh).all(same))
}

fn read(path: &Path, claim: &str) -> Result<Vec<Row>, BaselineError> {
    let fault =
        |error| BaselineError::File { path: path.to_owned(), claim: claim.to_owned(), error };
    let mut reader = csv::Reader::from_path(path).map_err(fault)?;
    reader.deserialize().collect::<Result<Vec<Row>, _>>().map_err(fault)
}

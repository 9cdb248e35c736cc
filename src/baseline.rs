//! Baselines: stored moments of simulated curves, compared statistically and never bit by bit.

use crate::check::CheckError;
use crate::claim::Entry;
use crate::random::{Purpose, fnv1a};
use crate::run::Watch;
use crate::stats::compare::{Comparison, compare};
use crate::stats::gate::SKEWNESS_MAX;
use crate::stats::mean::{RHO, radius_factor};
use crate::stats::moments::Moments;
use crate::trace;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The error probability of one comparison of one claim.
pub const LEVEL: f64 = 1e-6;

/// Positions of a baseline.
const POSITIONS: usize = 12;

/// Stored rounds, in multiples of a new run's: the old error then adds 12 % to the width.
const STORED: u64 = 4;

/// One row of a baseline file.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    x: f64,
    component: usize,
    count: u64,
    mean: f64,
    m2: f64,
    m3: f64,
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

fn draw(
    entry: Entry<'_>,
    seed: u64,
    rounds: u64,
    watch: &dyn Watch,
) -> Result<Vec<Row>, CheckError> {
    let positions = trace::chosen(&entry.claim.declaration().curve().positions, POSITIONS);
    let from = (seed, Purpose::Baseline);
    let rows = trace::moments(entry, &positions, rounds, from, watch)?;
    Ok(rows
        .into_iter()
        .map(|(x, component, m)| Row {
            x,
            component,
            count: m.count,
            mean: m.mean,
            m2: m.m2,
            m3: m.m3,
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
    let rows = draw(entry, stored_seed(), STORED * rounds(entry), watch)?;
    if rows.is_empty() {
        return Ok(false);
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

fn read(path: &Path, claim: &str) -> Result<Vec<Row>, BaselineError> {
    let fault =
        |error| BaselineError::File { path: path.to_owned(), claim: claim.to_owned(), error };
    let mut reader = csv::Reader::from_path(path).map_err(fault)?;
    reader.deserialize().collect::<Result<Vec<Row>, _>>().map_err(fault)
}

//! The counterexample search of one claim: draws of its own propose, fresh draws judge.

use crate::claim::Entry;
use crate::evidence::{Evidence, Finding, Relation};
use crate::given::Address;
use crate::kind::{Level, Version};
use crate::plan;
use crate::random::{Purpose, fnv1a};
use crate::run::{Job, Trouble, Watch, guarded};
use crate::search::{Found, worst};

/// The level at which a proposal looks like a counterexample.
const SUSPICION: f64 = 1e-3;

/// Looks for the point where a claim looks most wrong.
///
/// # Errors
/// A watch that said stop. A point where the claim's code breaks is the worst of all.
pub fn hunt(
    entry: Entry<'_>,
    cases: usize,
    seed: u64,
    watch: &dyn Watch,
) -> Result<Found, Trouble> {
    let path = entry.path();
    let dimension = guarded(&path, || Ok(plan::dimension(entry.claim)))?.unwrap_or_default();
    let mut stopped = false;
    let found = worst(dimension, cases, seed ^ fnv1a(path.as_bytes()), |u| {
        if stopped {
            return f64::NEG_INFINITY;
        }
        match suspicion(entry, u, seed, watch) {
            Ok(badness) => badness,
            Err(Trouble::Stopped) => {
                stopped = true;
                f64::NEG_INFINITY
            }
            Err(_) => f64::INFINITY,
        }
    });
    if stopped { Err(Trouble::Stopped) } else { Ok(found) }
}

/// How wrong a claim looks at a point: positive where its interval at [`SUSPICION`] excludes it.
fn suspicion(
    entry: Entry<'_>,
    coordinates: &[f64],
    seed: u64,
    watch: &dyn Watch,
) -> Result<f64, Trouble> {
    let (claim, path) = (entry.claim, entry.path());
    let at = [Address::Unit(coordinates.to_vec())];
    let targets = guarded(&path, || Ok(plan::targets(claim, Some(&at))))?;
    // A point that cannot be planned is no counterexample: the hypotheses exclude it.
    let Ok(targets) = targets else { return Ok(f64::NEG_INFINITY) };
    let Some(target) = targets.into_iter().next() else { return Ok(f64::NEG_INFINITY) };
    let level = Level { alpha: SUSPICION, look: 1, e_values: false };
    let declaration = claim.declaration();
    let Some(design) = &target.design else {
        let samples = crate::samples::Samples::none();
        let evidence =
            guarded(&path, || Ok(declaration.weigh(Version::Stated, &target.at, &samples, level)))?;
        if !watch.drawn(0) {
            return Err(Trouble::Stopped);
        }
        return Ok(evidence.iter().map(badness).fold(f64::NEG_INFINITY, f64::max));
    };
    let job = Job {
        declaration,
        path: &path,
        at: &target.at,
        setting: &target.setting,
        design,
        replicates: &target.replicates,
        seed,
        purpose: Purpose::Search,
    };
    let mut samples = job.start()?;
    let rounds = if samples.traits.exact { 1 } else { claim.settings().first_look };
    job.extend(&mut samples, rounds, watch)?;
    let evidence =
        guarded(&path, || Ok(declaration.weigh(Version::Stated, &target.at, &samples, level)))?;
    Ok(evidence.iter().map(badness).fold(f64::NEG_INFINITY, f64::max))
}

/// Positive where a piece of evidence excludes the claim; grows with how clearly.
fn badness(evidence: &Evidence) -> f64 {
    match evidence.finding {
        Finding::Difference { interval, relation, .. } => {
            let half = (0.5 * interval.width()).max(f64::MIN_POSITIVE);
            if !half.is_finite() {
                return f64::NEG_INFINITY;
            }
            let centre = interval.centre();
            let off = match relation {
                Relation::Equal => centre.abs(),
                Relation::AtMost => centre,
                Relation::AtLeast => -centre,
            };
            off / half - 1.0
        }
        Finding::Violations { seen, of, allowed, refuted, .. } => {
            let share = seen as f64 / of.max(1) as f64 - allowed;
            if refuted { 1.0 + share } else { share - 1.0 }
        }
        Finding::Distance { distance, radius, .. } => distance / radius - 1.0,
        Finding::Computed { excess, rounding, .. } => excess - rounding,
    }
}

//! Verdicts: what the evidence allows to say, and nothing more.

use crate::evidence::{Evidence, Finding, Relation};
use crate::stats::gate::Alarm;
use std::fmt;

/// Why nothing was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The rounds or the seconds ran out.
    Budget,
    /// A gate forbids a decision.
    Gate(Alarm),
    /// More draws would pass the limit of what is kept.
    Memory,
    /// The run was stopped.
    Stopped,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget => out.write_str("the budget ran out"),
            Self::Gate(alarm) => alarm.fmt(out),
            Self::Memory => {
                write!(out, "more draws would pass the limit of {} kept", crate::plan::KEPT_MAX)
            }
            Self::Stopped => out.write_str("the run was stopped"),
        }
    }
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing larger than the resolution was missed.
    Supported {
        /// The smallest tolerance at which this run supports the claim.
        resolution: f64,
    },
    /// At least this false, in the unit of the resolution.
    Refuted {
        /// How false, at least.
        by: f64,
    },
    /// Neither.
    Inconclusive {
        /// What the interval excludes so far.
        resolution: f64,
        /// What was promised.
        promised: f64,
        /// Why.
        reason: Reason,
    },
}

impl Verdict {
    /// Whether it is `Supported`.
    pub fn is_supported(&self) -> bool {
        matches!(self, Self::Supported { .. })
    }

    /// Whether it is `Refuted`.
    pub fn is_refuted(&self) -> bool {
        matches!(self, Self::Refuted { .. })
    }

    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Supported { .. } => "supported",
            Self::Refuted { .. } => "refuted",
            Self::Inconclusive { .. } => "inconclusive",
        }
    }
}

/// Judges one piece of evidence: an interval that excludes the claim refutes it, however small the
/// difference; else one inside the promise supports it; else nothing is decided.
pub fn judge(evidence: &Evidence) -> Verdict {
    let Evidence { scale, promised, .. } = *evidence;
    let (excess, room) = bounds(evidence);
    // What is not a number excludes nothing: `max` would make it 0, the best resolution there is.
    let room = if room.is_nan() { f64::INFINITY } else { room.max(0.0) };
    let resolution = room / scale;
    let inconclusive = |reason| Verdict::Inconclusive { resolution, promised, reason };
    if let Some(alarm) = &evidence.alarm {
        return inconclusive(Reason::Gate(*alarm));
    }
    match excess {
        Some(excess) => Verdict::Refuted { by: excess / scale },
        None if resolution <= promised => Verdict::Supported { resolution },
        None => inconclusive(Reason::Budget),
    }
}

/// By how much the claim is broken at least, if it is, and by how much at most it could be.
fn bounds(evidence: &Evidence) -> (Option<f64>, f64) {
    match evidence.finding {
        Finding::Difference { interval, relation, .. } => match relation {
            Relation::Equal => {
                let outside = !interval.contains(0.0);
                (outside.then(|| interval.min_abs()), interval.max_abs())
            }
            Relation::AtMost => ((interval.low > 0.0).then_some(interval.low), interval.high),
            Relation::AtLeast => ((interval.high < 0.0).then_some(-interval.high), -interval.low),
        },
        Finding::Violations { seen, of, limit, allowed, refuted } => {
            let by = seen as f64 / of.max(1) as f64 - allowed;
            (refuted.then_some(by), limit)
        }
        Finding::Distance { distance, radius, histogram } => {
            let outside = distance > radius;
            let by = if outside { distance - radius } else { 0.0 };
            ((outside || histogram).then_some(by), distance + radius)
        }
        Finding::Computed { excess, rounding, .. } => {
            let broken = excess > rounding;
            (broken.then_some((excess - rounding) * evidence.scale), excess * evidence.scale)
        }
    }
}

/// The verdict on several components or points: refuted if any is, supported if all are.
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
    let rank = |v: &Verdict| match v {
        Verdict::Refuted { by } => (2, *by),
        Verdict::Inconclusive { resolution, promised, .. } => (1, resolution / promised),
        Verdict::Supported { resolution } => (0, *resolution),
    };
    verdicts.into_iter().max_by(|a, b| {
        let ((a, x), (b, y)) = (rank(a), rank(b));
        a.cmp(&b).then(x.total_cmp(&y))
    })
}

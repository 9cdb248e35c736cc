//! How far a step can be trusted, and what came of checking it.

use serde::Serialize;
use std::fmt;

/// How far a step can be trusted, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// The kernel of a proof assistant accepted the emitted lemma in this very run.
    Formal,
    /// Decided in rational arithmetic for all values of the symbols in the stated domain.
    Exact,
    /// Outward-rounded intervals cover the whole closed box.
    Certified,
    /// Tested at random points in exact arithmetic, with a recorded error of at most $2^{-100}$.
    Randomised,
    /// Measured by a claim of the theorem, with a confidence sequence.
    Statistical,
    /// Taken from a named source, not checked.
    Cited,
    /// A hypothesis of the theorem; not a weakness.
    Assumed,
    /// Nobody has checked it.
    Open,
}

impl Label {
    /// All labels, the strongest first.
    pub const ALL: [Self; 8] = [
        Self::Formal,
        Self::Exact,
        Self::Certified,
        Self::Randomised,
        Self::Statistical,
        Self::Cited,
        Self::Assumed,
        Self::Open,
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Formal => "formal",
            Self::Exact => "exact",
            Self::Certified => "certified",
            Self::Randomised => "randomised",
            Self::Statistical => "statistical",
            Self::Cited => "cited",
            Self::Assumed => "assumed",
            Self::Open => "open",
        }
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What came of checking a step: three outcomes, never two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds, as far as the label says.
    Proved {
        /// How far this can be trusted.
        label: Label,
        /// How it was decided.
        evidence: String,
    },
    /// It is false: a point at which it fails, in exact arithmetic.
    Refuted {
        /// The point, and what is found there.
        witness: String,
    },
    /// It was not decided.
    Unknown {
        /// Why, and what was left.
        reason: String,
    },
}

impl Outcome {
    /// The label, if it was proved.
    pub fn label(&self) -> Option<Label> {
        match self {
            Self::Proved { label, .. } => Some(*label),
            _ => None,
        }
    }

    /// The evidence, the witness or the reason.
    pub fn why(&self) -> &str {
        match self {
            Self::Proved { evidence: why, .. }
            | Self::Refuted { witness: why }
            | Self::Unknown { reason: why } => why,
        }
    }

    pub(crate) fn exact(evidence: impl Into<String>) -> Self {
        Self::Proved { label: Label::Exact, evidence: evidence.into() }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown { reason: reason.into() }
    }
}

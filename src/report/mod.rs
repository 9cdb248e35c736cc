//! Reports: verdicts as text, JSON, JUnit XML, Markdown and a site. Pure: nothing is written here.

pub mod curve;
pub mod hint;
pub mod json;
pub mod machine;
pub mod numbers;
pub mod proofs;
pub mod site;
pub mod table;
pub mod text;
pub mod width;

use crate::check::{CheckError, Checked};
use crate::verdict::{Reason, Verdict};

/// What became of one claim: a check, or the reason why it could not be checked.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// `id::claim`.
    pub path: String,
    /// The check.
    pub result: Result<Checked, CheckError>,
}

/// What a run amounts to, as the exit code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Everything asked for holds.
    Passed,
    /// Nothing refuted, but something is inconclusive.
    Inconclusive,
    /// Something is refuted, or a mutant is not, or a claim's code broke.
    Failed,
}

impl Status {
    /// The exit code: 0, 3 or 1. (2 is a request that is wrong by itself.)
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Inconclusive => 3,
            Self::Failed => 1,
        }
    }
}

impl Outcome {
    /// What this claim amounts to.
    pub fn status(&self) -> Status {
        let Ok(checked) = &self.result else { return Status::Failed };
        match &checked.verdict {
            Verdict::Refuted { .. } => Status::Failed,
            // What a check could not decide of the claim it cannot demand of the mutants.
            Verdict::Inconclusive { .. } => Status::Inconclusive,
            Verdict::Supported { .. } if checked.passed() => Status::Passed,
            Verdict::Supported { .. } if self.stopped() => Status::Inconclusive,
            Verdict::Supported { .. } => Status::Failed,
        }
    }

    /// Whether a mutant is open only because the run was stopped or its time was up.
    fn stopped(&self) -> bool {
        let Ok(checked) = &self.result else { return false };
        checked
            .mutants
            .iter()
            .any(|m| matches!(&m.verdict, Verdict::Inconclusive { reason: Reason::Stopped, .. }))
    }
}

/// What a whole run amounts to: the worst of its claims.
pub fn status(outcomes: &[Outcome]) -> Status {
    outcomes.iter().map(Outcome::status).max().unwrap_or(Status::Passed)
}

//! The report: a static site with a page for each theorem. Pure: pages and data as text, written
//! by the command line.
//!
//! * [`Site`]: what was found, theorem by theorem; [`files`]: every file of the site.
//! * Formulas are typeset by [`mathml`].
//!
//! The pages are HTML that is XML as well up to empty elements; everything that comes from a claim
//! is escaped by the templates. Colours are in the style sheet alone.

mod claims;
mod derivations;
mod figures;
mod layout;
pub mod mathml;
mod overview;
mod panels;
mod theorems;
mod words;

use super::{Outcome, Status, json, status};
use crate::claim::{Entry, Theorem};
use crate::proof::{Derivation, Proof};
use crate::sizes::Rungs;
use crate::tie;
use crate::trace::Trace;
use crate::trace::panel::Drawn;
use serde_json::json;

/// The file by which a folder is known as a report, and may be replaced by another.
pub const MARK: &str = "report.json";

/// One claim: its check, and what its pictures show, or why there is none.
pub struct ClaimRecord<'a> {
    /// The claim.
    pub entry: Entry<'a>,
    /// Its check.
    pub outcome: Outcome,
    /// Theory and simulation along its curve.
    pub trace: Result<Trace, String>,
    /// The sizes of its ladder at the point that decided; `None` where there is no ladder.
    pub rungs: Option<Result<Rungs, String>>,
}

/// One theorem: its claims, and its checked derivation.
pub struct TheoremRecord<'a> {
    /// The theorem.
    pub theorem: &'a Theorem,
    /// What it is about, as the catalogue says.
    pub topic: &'a str,
    /// The claims that were checked.
    pub claims: Vec<ClaimRecord<'a>>,
    /// The steps of its proof.
    pub derivation: Derivation,
    /// What became of them.
    pub proof: Proof,
    /// What ties the theory of each claim to them, by `id::claim`.
    pub ties: Vec<(String, tie::Checked)>,
}

/// Everything that the pages show.
pub struct Site<'a> {
    /// The theorems, by id.
    pub theorems: Vec<TheoremRecord<'a>>,
    /// Pictures of several claims.
    pub panels: Vec<Drawn>,
    /// Claims of the whole catalogue.
    pub catalogue: usize,
    /// What every command was asked for beside the claim, as flags: ` --seed 7`.
    pub flags: String,
    /// What a check was asked for on top: ` --budget 60`.
    pub budget: String,
}

/// One file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where, relative to the folder of the site, with slashes.
    pub path: String,
    /// What.
    pub bytes: Vec<u8>,
}

impl File {
    fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), bytes: text.into().into_bytes() }
    }
}

impl TheoremRecord<'_> {
    /// What the theorem amounts to: the worst of its claims, of its proof and of its ties.
    pub fn status(&self) -> Status {
        let claims = self.claims.iter().map(|c| c.outcome.status()).max();
        let holds = self.proof.holds() && self.ties.iter().all(|(_, tie)| tie.holds());
        let proof = if holds { Status::Passed } else { Status::Failed };
        claims.unwrap_or(Status::Passed).max(proof)
    }

    /// What ties the theory of a claim to the derivation.
    fn tie(&self, claim: &ClaimRecord<'_>) -> Option<&tie::Checked> {
        let path = claim.entry.path();
        self.ties.iter().find(|(of, _)| *of == path).map(|(_, tie)| tie)
    }

    /// Seconds of its checks.
    fn seconds(&self) -> f64 {
        self.claims.iter().filter_map(|c| c.outcome.result.as_ref().ok()).map(|c| c.seconds).sum()
    }

    /// The page, relative to the folder of the site.
    fn page(&self) -> String {
        format!("theorem/{}.html", self.theorem.id)
    }
}

impl Site<'_> {
    /// What everything amounts to.
    pub fn status(&self) -> Status {
        self.theorems.iter().map(TheoremRecord::status).max().unwrap_or(Status::Passed)
    }

    /// The checks, in order.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.theorems.iter().flat_map(|t| &t.claims).map(|c| &c.outcome)
    }
}

/// Every file of the site; the last one is its mark.
pub fn files(site: &Site<'_>) -> Vec<File> {
    let mut files = vec![
        File::text("assets/report.css", include_str!("report.css")),
        File { path: "assets/math.woff2".into(), bytes: include_bytes!("math.woff2").to_vec() },
        File::text("assets/math.txt", include_str!("math.txt")),
        File::text("index.html", overview::page(site)),
    ];
    if !site.panels.is_empty() {
        files.push(File::text(panels::PAGE, panels::page(site)));
        files.extend(panels::data(site));
    }
    for index in 0..site.theorems.len() {
        let record = &site.theorems[index];
        files.push(File::text(record.page(), theorems::page(site, index)));
        files.extend(record.claims.iter().flat_map(data));
    }
    let outcomes: Vec<Outcome> = site.outcomes().cloned().collect();
    let mark = json!({
        "schema": json::SCHEMA,
        "type": "report",
        "program": "theoremcheck",
        "version": env!("CARGO_PKG_VERSION"),
        "claims": outcomes.len(),
        "exit_code": status(&outcomes).max(site.status()).exit_code(),
    });
    files.push(File::text(MARK, format!("{mark}\n")));
    files
}

/// The name of a claim's data, without an ending.
fn data_name(record: &ClaimRecord<'_>) -> String {
    format!("data/{}.{}", record.entry.theorem.id, record.entry.claim.name())
}

fn data(record: &ClaimRecord<'_>) -> Vec<File> {
    let name = data_name(record);
    let checked = record.outcome.result.as_ref().ok();
    let mut files = Vec::new();
    if let Ok(trace) = &record.trace {
        files.push(File::text(format!("{name}.curve.csv"), figures::curve_csv(trace)));
        let value = figures::curve_json(trace, checked);
        files.push(File::text(format!("{name}.curve.json"), format!("{value}\n")));
    }
    if let (Some(Ok(rungs)), Some(checked)) = (&record.rungs, checked)
        && let Some(point) = checked.decisive()
    {
        let table = figures::ladder_csv(&checked.path, rungs);
        files.push(File::text(format!("{name}.sizes.csv"), table));
        let value = figures::ladder_json(checked, point, rungs);
        files.push(File::text(format!("{name}.sizes.json"), format!("{value}\n")));
    }
    let check = json::outcome(&record.outcome);
    files.push(File::text(format!("{name}.check.json"), format!("{check}\n")));
    files
}

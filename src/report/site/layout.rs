//! What all pages have in common.

use super::super::{Outcome, Status};
use crate::proof::{Label, Outcome as Step};
use crate::verdict::Verdict;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// A page: its title, the way from it to the folder of the site (empty, or `../`), its contents.
pub(super) fn page(title: &str, root: &str, main: &Markup) -> String {
    let script = PreEscaped(include_str!("report.js"));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(format!("{root}assets/report.css"));
            }
            body {
                a.skip href="#main" { "Skip to the contents" }
                header.site {
                    nav aria-label="Site" {
                        a.home href=(format!("{root}index.html")) { "theoremcheck" }
                    }
                    button #theme type="button" hidden { "Colours: as the system" }
                }
                main #main tabindex="-1" { (main) }
                footer.site {
                    p {
                        "Written by theoremcheck " (env!("CARGO_PKG_VERSION"))
                        ". Nothing on these pages is loaded from a network. The formulas are set \
                         in a subset of Latin Modern Math ("
                        a href=(format!("{root}assets/math.txt")) { "licence" } ")."
                    }
                }
                script { (script) }
            }
        }
    }
    .into_string()
}

/// The word of a claim's verdict, and "broken" where there is none.
pub(super) fn word(outcome: &Outcome) -> &'static str {
    match &outcome.result {
        Err(_) => "broken",
        Ok(checked) => checked.verdict.word(),
    }
}

/// A word with a colour and a sign, so that the colour is not needed.
pub(super) fn badge(word: &str) -> Markup {
    let (class, sign) = match word {
        "supported" | "passed" | "refuted as required" | "agrees" => ("good", "✓"),
        "refuted" | "failed" | "broken" | "not refuted" | "differs" | "accepted" => ("bad", "✗"),
        "inconclusive" | "not decided" => ("open", "?"),
        "exact" | "certified" | "formal" => ("good", "✓"),
        "not proved" => ("bad", "✗"),
        _ => ("plain", ""),
    };
    html! {
        span class={ "badge " (class) } {
            @if !sign.is_empty() { span.sign aria-hidden="true" { (sign) } " " }
            (word)
        }
    }
}

/// The badge of a claim.
pub(super) fn verdict(outcome: &Outcome) -> Markup {
    badge(word(outcome))
}

/// The badge of a whole.
pub(super) fn status(status: Status) -> Markup {
    badge(match status {
        Status::Passed => "passed",
        Status::Inconclusive => "inconclusive",
        Status::Failed => "failed",
    })
}

/// The badge of a mutant: it has to be refuted.
pub(super) fn mutant(verdict: &Verdict) -> Markup {
    badge(if verdict.is_refuted() { "refuted as required" } else { "not refuted" })
}

/// The badge of a step of a proof.
pub(super) fn step(outcome: &Step) -> Markup {
    match outcome {
        Step::Proved { label, .. } => label_badge(*label),
        Step::Refuted { .. } => badge("refuted"),
        Step::Unknown { .. } => badge("not proved"),
    }
}

/// The badge of a label.
pub(super) fn label_badge(label: Label) -> Markup {
    badge(label.word())
}

/// A table that scrolls by itself on a narrow screen, reachable by keyboard.
pub(super) fn scrolling(name: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(name) tabindex="0" { (table) } }
}

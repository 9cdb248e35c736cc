//! The first page: everything in one table, and what to show of it.

use super::super::numbers::{count, log10, resolution, seconds};
use super::super::text;
use super::layout;
use super::{ClaimRecord, Site, TheoremRecord};
use crate::check::Checked;
use crate::kind::Kind;
use crate::verdict::Verdict;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The page.
pub(super) fn page(site: &Site<'_>) -> String {
    let main = html! {
        h1 { "Theorems against simulation" }
        p.lead {
            "Each claim of a published theorem is computed and simulated, and a verdict says whether \
             the two agree, how sharply, and with which error probability. A check counts only if \
             it also refutes every wrong version of its claim: the mutants."
        }
        (numbers(site))
        @if !site.panels.is_empty() {
            p {
                "Several claims in one picture: "
                @for (index, drawn) in site.panels.iter().enumerate() {
                    @if index > 0 { ", " }
                    a href=(format!("{}#{}", super::panels::PAGE, drawn.panel.name)) {
                        (drawn.panel.title)
                    }
                }
                "."
            }
        }
        (filters(site))
        (table(site))
        (legend())
    };
    layout::page("Theorems against simulation", "", &main)
}

/// What it all amounts to.
fn numbers(site: &Site<'_>) -> Markup {
    let checks: Vec<&Checked> = site.outcomes().filter_map(|o| o.result.as_ref().ok()).collect();
    let claims = site.outcomes().count();
    let word = |word: &str| checks.iter().filter(|c| c.verdict.word() == word).count();
    let mutants: usize = checks.iter().map(|c| c.mutants.len()).sum();
    let fallen = checks.iter().flat_map(|c| &c.mutants).filter(|m| m.verdict.is_refuted()).count();
    let steps = site.theorems.iter().flat_map(|t| &t.proof.steps);
    let proved = steps.clone().filter(|s| s.outcome.label().is_some()).count();
    let draws: u64 = checks.iter().map(|c| c.draws).sum();
    let time: f64 = checks.iter().map(|c| c.seconds).sum();
    let rows = [
        ("theorems", site.theorems.len().to_string()),
        ("claims", claims.to_string()),
        ("supported", word("supported").to_string()),
        ("refuted", word("refuted").to_string()),
        ("inconclusive", word("inconclusive").to_string()),
        ("broken", (claims - checks.len()).to_string()),
        ("mutants refuted", format!("{fallen} of {mutants}")),
        ("proof steps labelled", format!("{proved} of {}", steps.count())),
        ("draws", count(draws)),
        ("time", seconds(time)),
    ];
    let levels = checks.first().map(|c| {
        let all = c.alpha * site.catalogue as f64;
        format!(
            "Everything that is said about a claim and its mutants is wrong with a probability of \
             at most {}; anything about the whole catalogue of {} claims, {}.",
            super::words::level(c.alpha),
            site.catalogue,
            super::words::level(all)
        )
    });
    html! {
        section aria-label="In numbers" {
            p { "Everything together: " (layout::status(site.status())) }
            dl.numbers {
                @for (name, value) in rows {
                    div { dt { (name) } dd { (value) } }
                }
            }
            @if let Some(levels) = levels { p { (levels) } }
        }
    }
}

/// What to show. Hidden until the script runs: without it the table is complete.
fn filters(site: &Site<'_>) -> Markup {
    let topics: BTreeSet<&str> = site.theorems.iter().map(|t| t.topic).collect();
    let kinds: BTreeSet<Kind> = site
        .theorems
        .iter()
        .flat_map(|t| &t.claims)
        .map(|c| c.entry.claim.declaration().kind())
        .collect();
    let verdicts: BTreeSet<&str> = site.outcomes().map(layout::word).collect();
    let kinds: Vec<&str> = kinds.into_iter().map(Kind::name).collect();
    html! {
        form #filters role="search" aria-label="Which claims to show" hidden {
            (choice("topic", "Topic", topics))
            (choice("kind", "Kind", kinds))
            (choice("verdict", "Verdict", verdicts))
            label {
                span { "Words" }
                input type="search" name="q" placeholder="title, paper, claim" autocomplete="off";
            }
            button type="reset" { "Show all" }
        }
        p #shown role="status" aria-live="polite" {}
    }
}

fn choice<'a>(name: &str, title: &str, values: impl IntoIterator<Item = &'a str>) -> Markup {
    html! {
        label {
            span { (title) }
            select name=(name) {
                option value="" { "all" }
                @for value in values { option value=(value) { (value) } }
            }
        }
    }
}

fn table(site: &Site<'_>) -> Markup {
    html! {
        table #claims.claims {
            caption.hidden { "Every theorem, and its claims" }
            thead {
                tr {
                    th scope="col" { "Claim" }
                    th scope="col" { "Kind" }
                    th scope="col" { "Verdict" }
                    th scope="col" { "Resolution" }
                    th scope="col" { "Evidence" }
                    th scope="col" { "Mutants" }
                    th scope="col" { "Weakest link" }
                    th scope="col" { "Time" }
                }
            }
            @for record in &site.theorems {
                tbody data-topic=(record.topic) data-words=(words(record)) {
                    (theorem_row(record))
                    @for claim in &record.claims { (claim_row(record, claim)) }
                }
            }
        }
    }
}

/// What a search for words looks at.
fn words(record: &TheoremRecord<'_>) -> String {
    let theorem = record.theorem;
    let all = [theorem.id, theorem.alias, theorem.title, theorem.source.paper, record.topic];
    all.join(" ").to_lowercase()
}

fn theorem_row(record: &TheoremRecord<'_>) -> Markup {
    let weakest = record.proof.weakest();
    html! {
        tr.theorem {
            th scope="rowgroup" colspan="2" {
                a href=(record.page()) { (record.theorem.title) }
                span.where { (record.theorem.id) " · " (record.topic) }
            }
            td data-label="Together" colspan="4" { (layout::status(record.status())) }
            td data-label="Weakest link" {
                @match weakest {
                    Some((label, step)) => { (layout::label_badge(label)) " " span.where { (step) } },
                    None => { span.where { "no derivation" } },
                }
            }
            td.number data-label="Time" { (seconds(record.seconds())) }
        }
    }
}

fn claim_row(record: &TheoremRecord<'_>, claim: &ClaimRecord<'_>) -> Markup {
    let (name, kind) = (claim.entry.claim.name(), claim.entry.claim.declaration().kind());
    let link = format!("{}#{name}", record.page());
    let word = layout::word(&claim.outcome);
    html! {
        tr.claim data-kind=(kind.name()) data-verdict=(word) data-words=(name) {
            th scope="row" { a href=(link) { (name) } }
            td data-label="Kind" { (kind.name()) }
            td data-label="Verdict" { (layout::verdict(&claim.outcome)) }
            @match &claim.outcome.result {
                Err(error) => { td data-label="Why" colspan="5" { (error) } },
                Ok(checked) => { (measures(checked)) },
            }
        }
    }
}

/// The numbers of a checked claim.
fn measures(checked: &Checked) -> Markup {
    let fallen = checked.mutants.iter().filter(|m| m.verdict.is_refuted()).count();
    let all = checked.mutants.len();
    html! {
        td.number data-label="Resolution" { (reached(checked)) }
        td.number data-label="Evidence" { (evidence(checked)) }
        td.number data-label="Mutants" {
            (format!("{fallen} of {all}"))
            @if fallen < all { " " (layout::badge("not refuted")) }
        }
        td data-label="Weakest link" {}
        td.number data-label="Time" { (seconds(checked.seconds)) }
    }
}

/// What the run excluded, in the unit of the promise.
pub(super) fn reached(checked: &Checked) -> String {
    let relative = text::relative(checked.promise);
    if matches!(checked.kind, Kind::Identity | Kind::Property) && checked.verdict.is_supported() {
        return format!("{} points", checked.points.len());
    }
    match &checked.verdict {
        Verdict::Supported { resolution: r } | Verdict::Inconclusive { resolution: r, .. } => {
            resolution(*r, relative)
        }
        Verdict::Refuted { by } => format!("off by {}", resolution(*by, relative)),
    }
}

/// The e-values for and against, as powers of ten; a word where nothing is random.
pub(super) fn evidence(checked: &Checked) -> String {
    if matches!(checked.kind, Kind::Identity | Kind::Property) {
        return "computed".to_owned();
    }
    let one = |value: f64| log10(value).replace('-', "−").replace("inf", "∞");
    let one = |value: f64| if value.is_nan() { "none".to_owned() } else { one(value) };
    format!("{} / {}", one(checked.log10_support), one(checked.log10_against))
}

/// What the words in the table mean.
fn legend() -> Markup {
    let rows = [
        (
            "Resolution",
            "a difference of this size or more would have been seen; for computed claims, the \
             points that were looked at",
        ),
        (
            "Evidence",
            "the logarithms to base 10 of the e-values for and against the claim: 6 against means \
             that a bet against it, fair if the claim holds, has multiplied its stake by a \
             million; laws have none for",
        ),
        ("Mutants", "wrong versions of the claim that the same check refuted, of all there are"),
        (
            "Weakest link",
            "the least trusted label among the steps of the proof: exact and certified steps were \
             checked by machine, cited ones rest on a paper",
        ),
        ("Time", "of the check, which depends on the machine; everything else on the seed alone"),
    ];
    html! {
        section aria-labelledby="meaning" {
            h2 #meaning { "How to read this" }
            dl.meaning {
                @for (word, meaning) in rows { div { dt { (word) } dd { (meaning) } } }
            }
        }
    }
}

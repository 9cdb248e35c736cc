//! The page of a theorem.

use super::super::numbers::seconds;
use super::{Site, TheoremRecord, claims, derivations, layout, mathml, overview};
use maud::{Markup, html};

/// The page of the theorem at a position.
pub(super) fn page(site: &Site<'_>, index: usize) -> String {
    let record = &site.theorems[index];
    let theorem = record.theorem;
    let main = html! {
        p.where { (theorem.id) @if !theorem.alias.is_empty() && theorem.alias != theorem.id { ", also " (theorem.alias) } }
        h1 { (theorem.title) }
        p.tags { (layout::status(record.status())) " " span.badge.plain { (record.topic) } }
        section aria-labelledby="statement" {
            h2 #statement { "Statement" }
            p.statement { (mathml::text(theorem.statement)) }
            (source(record))
        }
        (glance(record))
        @for claim in &record.claims { (claims::section(site, record, claim)) }
        (derivations::section(record))
        (neighbours(site, index))
    };
    layout::page(&format!("{} ({})", theorem.title, theorem.id), "../", &main)
}

fn source(record: &TheoremRecord<'_>) -> Markup {
    let source = record.theorem.source;
    html! {
        p.source {
            (source.paper) ", " (source.result)
            @if let Some(address) = address(source.link) {
                ", " a href=(address) rel="external noreferrer" { (source.link) }
            } @else if !source.link.is_empty() { ", " (source.link) }
            "."
        }
    }
}

/// The address of a source. Only what a browser opens as a page: a claim's text must not become a
/// script.
fn address(link: &str) -> Option<String> {
    if let Some(number) = link.strip_prefix("arXiv:") {
        return Some(format!("https://arxiv.org/abs/{number}"));
    }
    if let Some(name) = link.strip_prefix("doi:") {
        return Some(format!("https://doi.org/{name}"));
    }
    let page = link.starts_with("https://") || link.starts_with("http://");
    page.then(|| link.to_owned())
}

/// The claims at a glance.
fn glance(record: &TheoremRecord<'_>) -> Markup {
    let rows = html! {
        table {
            caption.hidden { "The claims of this theorem" }
            thead {
                tr {
                    th scope="col" { "Claim" }
                    th scope="col" { "Kind" }
                    th scope="col" { "Verdict" }
                    th scope="col" { "Resolution" }
                    th scope="col" { "Evidence" }
                    th scope="col" { "Mutants" }
                    th scope="col" { "Time" }
                }
            }
            tbody {
                @for claim in &record.claims {
                    @let name = claim.entry.claim.name();
                    tr {
                        th scope="row" { a href=(format!("#{name}")) { (name) } }
                        td { (claim.entry.claim.declaration().kind().name()) }
                        td { (layout::verdict(&claim.outcome)) }
                        @match &claim.outcome.result {
                            Err(_) => { td colspan="4" { "could not be checked" } },
                            Ok(checked) => {
                                td.number { (overview::reached(checked)) }
                                td.number { (overview::evidence(checked)) }
                                td.number { (fallen(checked)) }
                                td.number { (seconds(checked.seconds)) }
                            },
                        }
                    }
                }
            }
        }
    };
    html! {
        section aria-labelledby="glance" {
            h2 #glance { "Claims" }
            (layout::scrolling("The claims of this theorem", &rows))
            p.where { "What the columns mean: " a href="../index.html#meaning" { "how to read this" } "." }
            @if !record.derivation.is_empty() {
                p { "Its proof: " a href="#derivation" { (record.derivation.title()) } "." }
            }
        }
    }
}

fn fallen(checked: &crate::check::Checked) -> String {
    let fallen = checked.mutants.iter().filter(|m| m.verdict.is_refuted()).count();
    format!("{fallen} of {}", checked.mutants.len())
}

/// The theorems before and after.
fn neighbours(site: &Site<'_>, index: usize) -> Markup {
    let link = |record: &TheoremRecord<'_>| format!("{}.html", record.theorem.id);
    let before = index.checked_sub(1).and_then(|i| site.theorems.get(i));
    let after = site.theorems.get(index + 1);
    html! {
        nav.neighbours aria-label="Other theorems" {
            @if let Some(before) = before {
                a rel="prev" href=(link(before)) { "← " (before.theorem.title) }
            } @else { span {} }
            a href="../index.html" { "All theorems" }
            @if let Some(after) = after {
                a rel="next" href=(link(after)) { (after.theorem.title) " →" }
            } @else { span {} }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn only_pages_become_links() {
        assert_eq!(address("arXiv:1903.08560").unwrap(), "https://arxiv.org/abs/1903.08560");
        assert_eq!(address("doi:10.1/x").unwrap(), "https://doi.org/10.1/x");
        assert_eq!(address("https://example.org").unwrap(), "https://example.org");
        assert_eq!(address("javascript:alert(1)"), None);
        assert_eq!(address("none"), None);
    }
}

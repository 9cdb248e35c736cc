//! The page of panels: several claims in one picture.

use super::super::curve;
use super::{File, Site, figures, layout};
use crate::draw::page::svg;
use crate::trace::panel::Drawn;
use maud::{Markup, PreEscaped, html};

/// Where the page is, relative to the folder of the site.
pub(super) const PAGE: &str = "panels.html";

/// The page.
pub(super) fn page(site: &Site<'_>) -> String {
    let main = html! {
        h1 { "Several claims in one picture" }
        p.lead {
            "Theory as lines, simulation as intervals at " (curve::confidence()) " each. Every line \
             is a claim of the catalogue, at the points that are named here; its verdict is on its \
             own page."
        }
        @for drawn in &site.panels { (section(drawn)) }
    };
    layout::page("Several claims in one picture", "", &main)
}

/// The numbers of all panels.
pub(super) fn data(site: &Site<'_>) -> Vec<File> {
    let table = |drawn: &Drawn| {
        let path = format!("data/panel.{}.csv", drawn.panel.name);
        File::text(path, figures::panel_csv(drawn))
    };
    site.panels.iter().map(table).collect()
}

fn section(drawn: &Drawn) -> Markup {
    let panel = &drawn.panel;
    let mut claims: Vec<&str> = panel.lines.iter().map(|line| line.claim).collect();
    claims.dedup();
    let refused = drawn.traces.iter().flat_map(|t| &t.simulated).filter(|s| s.refused.is_some());
    let refused = refused.count();
    html! {
        section aria-labelledby=(panel.name) {
            h2 id=(panel.name) { (panel.title) }
            p { (panel.about) }
            figure {
                (PreEscaped(svg(&curve::panel(drawn), None, panel.name)))
                ul.keys aria-label="What is drawn" {
                    li { span.key.theory aria-hidden="true" {} "theory" }
                    li { span.key.simulation aria-hidden="true" {} "simulation" }
                }
                figcaption {
                    "Claims: "
                    @for (index, claim) in claims.iter().enumerate() {
                        @if index > 0 { ", " }
                        @let (id, name) = claim.split_once("::").unwrap_or((claim, ""));
                        a href=(format!("theorem/{id}.html#{name}")) { (claim) }
                    }
                    ". "
                    @if refused > 0 {
                        (refused) " positions have no interval, because a gate refuses to judge them. "
                    }
                    span.downloads {
                        "The numbers: "
                        a href=(format!("data/panel.{}.csv", panel.name)) download { "CSV" } "."
                    }
                }
            }
            pre.command tabindex="0" {
                code { "cargo run -- plot --panel " (panel.name) " --svg " (panel.name) ".svg" }
            }
        }
    }
}

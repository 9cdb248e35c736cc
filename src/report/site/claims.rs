//! The section of a claim on the page of its theorem.

use super::super::curve;
use super::super::hypotheses;
use super::super::numbers::{count, resolution, seconds, significant};
use super::super::text;
use super::figures::{self, COMPONENTS};
use super::{ClaimRecord, Site, TheoremRecord, data_name, layout, mathml, words};
use crate::check::{Checked, MutantReport, PointReport};
use crate::draw::page::{letter, svg};
use crate::evidence::Finding;
use crate::given::Address;
use crate::kind::{Declaration, Kind};
use crate::tie;
use crate::trace::Trace;
use crate::verdict::Verdict;
use maud::{Markup, PreEscaped, html};

/// Points that are shown; the data have all of them.
const POINTS: usize = 8;

/// Everything about a claim.
pub(super) fn section(
    site: &Site<'_>,
    theorem: &TheoremRecord<'_>,
    record: &ClaimRecord<'_>,
) -> Markup {
    let (name, declaration) = (record.entry.claim.name(), record.entry.claim.declaration());
    html! {
        section.claim aria-labelledby=(name) {
            h2 #(name) { (name) " " (layout::verdict(&record.outcome)) }
            p.assertion {
                span.badge.plain { (declaration.kind().name()) } " "
                "Claimed: " (declaration.assertion()) "."
            }
            @match &record.outcome.result {
                Err(error) => {
                    p.verdict.bad { "This claim could not be checked: " (error) "." }
                },
                Ok(checked) => { (verdict(checked)) },
            }
            (pictures(record))
            (sides(declaration, theorem.tie(record)))
            (hypotheses(declaration))
            @if let Ok(checked) = &record.outcome.result {
                (points(record, checked))
                (mutants(checked))
            }
            (known(declaration))
            @if let Ok(checked) = &record.outcome.result { (cost(checked)) }
            (again(site, record))
        }
    }
}

/// The verdict in words, and each mutant that is still standing.
fn verdict(checked: &Checked) -> Markup {
    let class = match &checked.verdict {
        Verdict::Supported { .. } => "verdict good",
        Verdict::Refuted { .. } => "verdict bad",
        Verdict::Inconclusive { .. } => "verdict open",
    };
    let standing: Vec<&MutantReport> =
        checked.mutants.iter().filter(|m| !m.verdict.is_refuted()).collect();
    html! {
        p class=(class) {
            strong { (capital(checked.verdict.word())) ". " }
            (words::verdict(checked))
        }
        @if checked.verdict.is_refuted() {
            p {
                "An interval that excludes the claim refutes it, however small the difference. \
                 Either the theorem is false as it is stated, or its hypotheses are too wide here, \
                 or the sampler does not draw what the theorem is about."
            }
        }
        @if !standing.is_empty() {
            p.verdict.bad {
                "Not refuted, although wrong: "
                @for (index, mutant) in standing.iter().enumerate() {
                    @if index > 0 { "; " }
                    strong { (mutant.label.name) } " (" (mutant.label.why) ")"
                }
                ". A check that cannot tell the claim from these supports less than it says."
            }
        }
    }
}

pub(super) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}

/// The curve and the ladder, side by side where there is room.
fn pictures(record: &ClaimRecord<'_>) -> Markup {
    let checked = record.outcome.result.as_ref().ok();
    html! {
        div.pictures {
            @match &record.trace {
                Err(why) => p { "No picture of the curve: " (why) "." },
                Ok(trace) => {
                    @let components = trace.theory.first().map_or(0, Vec::len);
                    @for component in 0..components.min(COMPONENTS) {
                        (picture(record, trace, checked, component))
                    }
                },
            }
            @match (&record.rungs, checked) {
                (Some(Err(why)), _) => p { "No picture of the sizes: " (why) "." },
                (Some(Ok(_)), Some(checked)) => (ladder(record, checked)),
                _ => {},
            }
        }
    }
}

fn picture(
    record: &ClaimRecord<'_>,
    trace: &Trace,
    checked: Option<&Checked>,
    component: usize,
) -> Markup {
    let figure = figures::curve(trace, component);
    let id = format!("{}-curve-{component}", record.entry.claim.name());
    let several = trace.theory.first().map_or(0, Vec::len);
    let gaps = figures::gaps(checked);
    let relative = checked.is_some_and(|c| text::relative(c.promise));
    let refused = trace.simulated.iter().filter(|s| s.refused.is_some()).count();
    html! {
        figure {
            (PreEscaped(svg(&figure, None, &id)))
            ul.keys aria-label="What is drawn" {
                li { span.key.theory aria-hidden="true" {} (curve::legend(trace)) }
                @if trace.simulated.len() > refused {
                    li {
                        span.key.simulation aria-hidden="true" {} (curve::against(trace.kind))
                    }
                }
                @if trace.kind == Kind::Property {
                    li { span.key.theory.second aria-hidden="true" {} "0" }
                }
                @for (index, (name, _)) in trace.mutants.iter().enumerate() {
                    li {
                        span.key.mutant aria-hidden="true" { (letter(index)) }
                        (name)
                        @if let Some(Some(by)) = gaps.get(index) {
                            @if distances(trace.kind) {
                                span.where { " off by " (resolution(*by, relative)) }
                            }
                        }
                    }
                }
            }
            figcaption {
                (capital(&curve::quantity(trace.kind, trace.x))) " along " (mathml::symbol(trace.x))
                @if several > 1 { ", " (trace.parts.name(component, several).unwrap_or_default()) }
                ". " (caption(trace)) " "
                @if refused > 0 {
                    (refused) " of " (trace.simulated.len())
                    " positions have no interval, because a gate refuses to judge them. "
                }
                (downloads(record, "curve"))
            }
        }
    }
}

/// Whether the distance of a mutant is one between curves.
fn distances(kind: Kind) -> bool {
    !matches!(kind, Kind::Identity | Kind::Property)
}

fn caption(trace: &Trace) -> String {
    let mut text = String::new();
    if trace.kind == Kind::Identity {
        text.push_str("Dots are the other side, computed by its own route. ");
    } else if !trace.simulated.is_empty() {
        let what = match trace.kind {
            Kind::Law => "the probability",
            Kind::Bound | Kind::PathBound => "the mean of the observable, not for a single draw",
            Kind::Limit | Kind::Equivalent => "the limit, the bound of the bias included",
            _ => "the mean",
        };
        text.push_str(&format!(
            "Bars are {} confidence intervals for {what}, one by one. ",
            curve::confidence()
        ));
    }
    if let Some(factor) = trace.scaled {
        text.push_str(&format!(
            "The shape is multiplied by {}, and each mutant's likewise: no constant is claimed. ",
            significant(factor, 3)
        ));
    }
    text.push_str("Grey: what each mutant says; ");
    text.push_str(match distances(trace.kind) {
        true => "\"off by\" is the distance at which the check refuted it.",
        false => "one without a letter lies outside the frame.",
    });
    text
}

fn ladder(record: &ClaimRecord<'_>, checked: &Checked) -> Markup {
    let (Some(Ok(rungs)), Some(point)) = (&record.rungs, checked.decisive()) else {
        return html! {};
    };
    let components = rungs.rungs.first().map_or(0, |r| r.means.len());
    let name = record.entry.claim.name();
    html! {
        @for component in 0..components.min(COMPONENTS) {
            @let (figure, limit) = figures::ladder(checked, point, rungs, component);
            figure {
                (PreEscaped(svg(&figure, limit, &format!("{name}-sizes-{component}"))))
                ul.keys aria-label="What is drawn" {
                    li { span.key.theory aria-hidden="true" {} (curve::theory(checked.kind)) }
                    li { span.key.simulation aria-hidden="true" {} "simulation" }
                    @if limit.is_some() {
                        li { span.key.bias aria-hidden="true" {} "extrapolation with its bias" }
                    }
                }
                figcaption {
                    "Mean by size, at "
                    (place(point))
                    @if components > 1 {
                        ", " (checked.parts.name(component, components).unwrap_or_default())
                    }
                    ". Bars are " (curve::confidence()) " intervals for the mean at each size. "
                    (extrapolation(checked, point, component)) " "
                    (downloads(record, "sizes"))
                }
            }
        }
    }
}

/// What the ladder is extrapolated to, in words.
fn extrapolation(checked: &Checked, point: &PointReport, component: usize) -> String {
    let Some(evidence) = point.evidence.get(component) else { return String::new() };
    let Finding::Difference { interval, statistical, extrapolation, .. } = evidence.finding else {
        return String::new();
    };
    let level = words::level(checked.alpha);
    if checked.kind == Kind::Rate {
        return format!(
            "The exponent of simulation minus that of the shape lies between {} and {}, at \
             1 − {level}; of that width {} would be reduced by larger sizes only.",
            significant(interval.low, 2),
            significant(interval.high, 2),
            significant(extrapolation, 2)
        );
    }
    format!(
        "At ∞ the limit: the thick part (± {}) is statistical, the rest, {}, bounds the bias of the \
         extrapolation; the whole holds at 1 − {level}.",
        significant(statistical, 2),
        significant(extrapolation, 2)
    )
}

fn downloads(record: &ClaimRecord<'_>, what: &str) -> Markup {
    let name = data_name(record);
    html! {
        span.downloads {
            "The numbers: "
            a href=(format!("../{name}.{what}.csv")) download { "CSV" } ", "
            a href=(format!("../{name}.{what}.json")) download { "JSON" } "."
        }
    }
}

/// A point in symbols.
fn place(point: &PointReport) -> Markup {
    html! {
        @if point.symbols.is_empty() { "the only point" }
        @for (index, symbol) in point.symbols.iter().enumerate() {
            @if index > 0 { ", " }
            span.nobr { (mathml::symbol(symbol.name)) " = " (shown(&symbol.value)) }
        }
    }
}

/// A value, short enough for a table.
fn shown(value: &crate::given::Shown) -> String {
    match value {
        crate::given::Shown::Number(x) if x.fract() == 0.0 && x.abs() < 1e9 => format!("{x}"),
        crate::given::Shown::Number(x) => words::short(&significant(*x, 4)),
        crate::given::Shown::Name(name) => (*name).to_owned(),
    }
}

fn sides(declaration: &dyn Declaration, tie: Option<&tie::Checked>) -> Markup {
    let middle = Address::Unit(Vec::new());
    let traits = crate::run::guarded("the middle", || {
        let size = declaration.sizes().first().copied().unwrap_or(0);
        Ok(declaration.draw(&middle, size).traits())
    });
    let against = if distances(declaration.kind()) { "Simulation" } else { "Against" };
    html! {
        h3 { "Both sides" }
        dl.sides {
            div { dt { "Theory" } dd { (words::theory_side(declaration)) } }
            div { dt { (against) } dd { (words::other_side(declaration, traits.ok())) } }
            @if let Some(tie) = tie { div { dt { "Tie" } dd { (tied(tie)) } } }
        }
    }
}

/// What ties the theory to the derivation, or why nothing does.
fn tied(tie: &tie::Checked) -> Markup {
    if tie.word == tie::Word::None {
        return html! { "The derivation does not state it: " (tie.outcome.why()) "." };
    }
    html! {
        (layout::step(&tie.outcome)) " The theory computes the " (tie.word.word()) " of "
        @for (index, step) in tie.steps.iter().enumerate() {
            @if index > 0 { ", " }
            a href=(format!("#step-{step}")) { (step) }
        }
        ": " (tie.outcome.why().replace("2^-36", "2⁻³⁶")) "."
    }
}

fn hypotheses(declaration: &dyn Declaration) -> Markup {
    let symbols = match hypotheses::hypotheses(declaration) {
        Ok(symbols) => symbols,
        Err(fault) => return html! { h3 { "Hypotheses" } p { (fault) } },
    };
    html! {
        h3 { "Hypotheses" }
        @if symbols.is_empty() { p { "There are no symbols: the claim is about one point." } }
        @else {
            (layout::scrolling("Hypotheses", &html! { table.narrow {
                thead { tr { th scope="col" { "Symbol" } th scope="col" { "Values checked" } } }
                tbody {
                    @for symbol in &symbols {
                        tr {
                            th scope="row" {
                                (mathml::symbol(symbol.name))
                            }
                            td { (symbol.range) }
                        }
                    }
                }
            } }))
        }
    }
}

fn points(record: &ClaimRecord<'_>, checked: &Checked) -> Markup {
    let mut order: Vec<&PointReport> = checked.points.iter().collect();
    // What failed first, then what is closest to failing; where draws decide, the plan's order.
    let excess = |point: &PointReport| match point.evidence.first().map(|e| e.finding) {
        Some(Finding::Computed { excess, .. }) => excess,
        _ => 0.0,
    };
    order.sort_by(|a, b| {
        let failed = a.verdict.is_supported().cmp(&b.verdict.is_supported());
        failed.then(excess(b).total_cmp(&excess(a)))
    });
    let shown = &order[..order.len().min(POINTS)];
    html! {
        h3 { "Points" }
        (layout::scrolling("Points", &point_table(checked, shown)))
        @if order.len() > shown.len() {
            p.where {
                "The " (shown.len()) " of " (order.len()) " points that come closest to breaking \
                 the claim; "
                a href=(format!("../{}.check.json", data_name(record))) download { "all of them" }
                "."
            }
        }
    }
}

fn point_table(checked: &Checked, points: &[&PointReport]) -> Markup {
    let with_sides = points.iter().any(|p| words::sides(p, 0, checked.kind).is_some());
    html! {
        table {
            thead {
                tr {
                    th scope="col" { "Point" }
                    @if with_sides { th scope="col" { "Theory" } th scope="col" { "Found" } }
                    th scope="col" { (capital(words::finding_heading(checked))) }
                    @if checked.draws > 0 { th scope="col" { "Rounds" } }
                    th scope="col" { "Verdict" }
                }
            }
            tbody {
                @for point in points {
                    @for component in 0..point.evidence.len().clamp(1, COMPONENTS) {
                        (point_row(checked, point, component, with_sides))
                    }
                }
            }
        }
    }
}

fn point_row(checked: &Checked, point: &PointReport, component: usize, with_sides: bool) -> Markup {
    let sides = words::sides(point, component, checked.kind);
    html! {
        tr {
            th scope="row" {
                (place(point))
                @if point.evidence.len() > 1 {
                    " (" (checked.parts.name(component, point.evidence.len()).unwrap_or_default()) ")"
                }
            }
            @if with_sides {
                @for side in sides.unwrap_or_default() { td.number { (side) } }
            }
            td.number { (words::finding(checked, point, component)) }
            @if checked.draws > 0 { td.number { (count(point.rounds)) } }
            td { (layout::badge(point.verdict.word())) }
        }
    }
}

fn mutants(checked: &Checked) -> Markup {
    let relative = text::relative(checked.promise);
    let table = html! {
        table {
            thead {
                tr {
                    th scope="col" { "Mutant" }
                    th scope="col" { "What is wrong with it" }
                    th scope="col" { "Off by at least" }
                    @if checked.draws > 0 { th scope="col" { "After rounds" } }
                    th scope="col" { "Outcome" }
                }
            }
            tbody {
                @for (index, mutant) in checked.mutants.iter().enumerate() {
                    tr {
                        th scope="row" {
                            span.nobr {
                                span.key.mutant { (letter(index)) } (mutant.label.name)
                            }
                        }
                        td { (mathml::text(mutant.label.why)) }
                        td.number { (gap(&mutant.verdict, relative)) }
                        @if checked.draws > 0 { td.number { (count(mutant.rounds)) } }
                        td { (layout::mutant(&mutant.verdict)) }
                    }
                }
            }
        }
    };
    html! {
        h3 { "Mutants" }
        p { "Wrong versions of the claim, each of which this check has to refute." }
        (layout::scrolling("Mutants", &table))
    }
}

fn gap(verdict: &Verdict, relative: bool) -> String {
    match verdict {
        Verdict::Refuted { by } => resolution(*by, relative),
        _ => "–".to_owned(),
    }
}

fn known(declaration: &dyn Declaration) -> Markup {
    let known = crate::run::guarded("the known values", || Ok(declaration.known()));
    let known = match known {
        Ok(known) => known,
        Err(trouble) => return html! { h3 { "Known values" } p { (trouble) } },
    };
    html! {
        @if !known.is_empty() {
            h3 { "Known values" }
            p { "Values of the theory that were obtained without this code." }
            (layout::scrolling("Known values", &html! { table.narrow {
                thead {
                    tr {
                        th scope="col" { "At" }
                        th scope="col" { "Known" }
                        th scope="col" { "Computed" }
                        th scope="col" { "Outcome" }
                    }
                }
                tbody {
                    @for value in &known {
                        tr {
                            td { (value.at) }
                            td.number { (value.expected) }
                            td.number { (value.computed.value) }
                            td { (layout::badge(if value.agrees() { "agrees" } else { "differs" })) }
                        }
                    }
                }
            } }))
        }
    }
}

fn cost(checked: &Checked) -> Markup {
    html! {
        h3 { "Level and cost" }
        p {
            (words::guarantee(&checked.guarantee)) " "
            @if checked.draws > 0 { (count(checked.draws)) " draws in " }
            (seconds(checked.seconds)) "."
        }
    }
}

/// The commands that do all this once more.
fn again(site: &Site<'_>, record: &ClaimRecord<'_>) -> Markup {
    let path = record.entry.path();
    let check = format!("cargo run -- check {path}{}{}", site.flags, site.budget);
    let plot = format!("cargo run -- plot {path} --mutants{}", site.flags);
    let mut lines = vec![check.clone(), plot];
    if let Ok(checked) = &record.outcome.result
        && !checked.verdict.is_supported()
        && let Some(point) = checked.decisive()
    {
        let at = text::address(point);
        if !at.is_empty() {
            lines.push(check + &at);
        }
    }
    html! {
        h3 { "Again" }
        pre.command tabindex="0" { code { (lines.join("\n")) } }
        p.where {
            @if site.budget.is_empty() { "Everything but the time comes out the same. " }
            @else { "The clock decides how many looks are made within a budget, and nothing else. " }
            a href=(format!("../{}.check.json", data_name(record))) download {
                "The check as JSON"
            }
        }
    }
}

//! The derivation of a theorem: which step rests on which, and what became of each.

use super::{TheoremRecord, layout, mathml};
use crate::proof::{Assertion, Checked, Domain, End, Label, Outcome, Range, Step};
use maud::{Markup, html};

/// Levels of the tree, at most: a step is drawn once under each that rests on it.
const DEPTH: usize = 12;

/// The section of the derivation, or nothing.
pub(super) fn section(record: &TheoremRecord<'_>) -> Markup {
    let derivation = &record.derivation;
    if derivation.is_empty() {
        return html! {};
    }
    let shares = record.proof.shares();
    html! {
        section aria-labelledby="derivation" {
            h2 #derivation { "Derivation: " (derivation.title()) }
            @if let Some((label, step)) = record.proof.weakest() {
                p {
                    "Its weakest link"
                    @if shares.iter().any(|(label, _)| *label == Label::Assumed) {
                        " beside its hypotheses"
                    }
                    " is " (layout::label_badge(label)) ", the step "
                    a href=(format!("#step-{step}")) { (step) } ". Steps: "
                    @for (index, (label, count)) in shares.iter().enumerate() {
                        @if index > 0 { ", " }
                        (count) " " (label.word())
                    }
                    "."
                }
            }
            h3 { "What rests on what" }
            (tree(record))
            h3 { "Steps" }
            ol.steps {
                @for (step, checked) in derivation.steps().iter().zip(&record.proof.steps) {
                    (entry(record, step, checked))
                }
            }
            h3 { "Again" }
            pre.command tabindex="0" {
                code { "cargo run -- prove " (record.theorem.id) }
            }
        }
    }
}

/// The names of the steps that a step rests on.
fn premises(step: &Step) -> &[&'static str] {
    match &step.assertion {
        Assertion::Rule(rule) => rule.from(),
        _ => &[],
    }
}

/// The steps on which no other rests, each with what it rests on.
fn tree(record: &TheoremRecord<'_>) -> Markup {
    let steps = record.derivation.steps();
    let used = |name: &str| steps.iter().any(|s| premises(s).contains(&name));
    html! {
        ul.tree {
            @for step in steps.iter().rev().filter(|s| !used(s.name)) {
                (branch(record, step, 0))
            }
        }
    }
}

fn branch(record: &TheoremRecord<'_>, step: &Step, depth: usize) -> Markup {
    let steps = record.derivation.steps();
    let found = record.proof.steps.iter().find(|s| s.name == step.name);
    let below: Vec<&Step> =
        premises(step).iter().filter_map(|name| steps.iter().find(|s| s.name == *name)).collect();
    html! {
        li {
            a href=(format!("#step-{}", step.name)) { (step.name) } " "
            @if let Some(found) = found { (layout::step(&found.outcome)) }
            @if !below.is_empty() && depth < DEPTH {
                ul { @for step in below { (branch(record, step, depth + 1)) } }
            }
        }
    }
}

fn entry(record: &TheoremRecord<'_>, step: &Step, checked: &Checked) -> Markup {
    let premises = premises(step);
    html! {
        li #(format!("step-{}", step.name)) {
            h4 { (step.name) " " (layout::step(&checked.outcome)) }
            (assertion(&step.assertion))
            @if let Some(domain) = domain(&step.assertion) {
                p.domain { "for " (ranges(domain)) }
            }
            @if !premises.is_empty() {
                p.where {
                    "from "
                    @for (index, name) in premises.iter().enumerate() {
                        @if index > 0 { ", " }
                        a href=(format!("#step-{name}")) { (name) }
                    }
                }
            }
            (evidence(record, step, &checked.outcome))
            (twins(checked))
        }
    }
}

/// The longest formula that is typeset, in bytes of its source: ten lines of it. Typeset it takes ten
/// times as many, and generic matrices have entries of tens of thousands.
const LONGEST: usize = 4000;

/// A formula where there is one and it can be read, else words.
fn assertion(assertion: &Assertion) -> Markup {
    let latex = assertion.latex();
    if latex.starts_with(r"\text{") {
        html! { p { (assertion.text()) } }
    } else if latex.len() > LONGEST {
        html! {
            details {
                summary { "A formula too long to typeset" }
                p { code { (assertion.text()) } }
            }
        }
    } else {
        mathml::block(&latex)
    }
}

fn domain(assertion: &Assertion) -> Option<&Domain> {
    match assertion {
        Assertion::Identity { domain, .. } | Assertion::Sign { domain, .. } => Some(domain),
        _ => None,
    }
}

fn ranges(domain: &Domain) -> Markup {
    html! {
        @if domain.ranges().is_empty() { "numbers alone" }
        @for (index, range) in domain.ranges().iter().enumerate() {
            @if index > 0 { ", " }
            span.nobr { (mathml::inline(&latex(range))) }
        }
    }
}

/// A range as a chain of inequalities.
fn latex(range: &Range) -> String {
    let symbol = crate::exact::any_symbol(&range.symbol).latex();
    let low = match &range.low {
        End::Infinite => String::new(),
        End::Open(e) => format!("{} < ", e.latex()),
        End::Closed(e) => format!(r"{} \le ", e.latex()),
    };
    let high = match &range.high {
        End::Infinite => String::new(),
        End::Open(e) => format!(" < {}", e.latex()),
        End::Closed(e) => format!(r" \le {}", e.latex()),
    };
    match low.is_empty() && high.is_empty() {
        true => format!(r"{symbol} \in \mathbb{{R}}"),
        false => format!("{low}{symbol}{high}"),
    }
}

fn evidence(record: &TheoremRecord<'_>, step: &Step, outcome: &Outcome) -> Markup {
    match (&step.assertion, outcome) {
        (Assertion::Measured { claim, .. }, _) => {
            let known = record.claims.iter().any(|c| c.entry.claim.name() == *claim);
            html! {
                p.evidence {
                    "Measured by the claim "
                    @if known { a href=(format!("#{claim}")) { (claim) } } @else { (claim) }
                    ", whose verdict is on this page."
                }
            }
        }
        // Its text has the source already.
        (Assertion::Cited { .. }, Outcome::Proved { .. }) => html! {},
        (_, Outcome::Proved { evidence, .. }) => html! { p.evidence { (evidence) } },
        (_, Outcome::Refuted { witness }) => {
            html! { p.verdict.bad { "False: " (witness) "." } }
        }
        (_, Outcome::Unknown { reason }) => {
            html! { p.verdict.open { "Not proved: " (reason) "." } }
        }
    }
}

/// The wrong versions of a step, which nothing may prove.
fn twins(checked: &Checked) -> Markup {
    html! {
        @if !checked.twins.is_empty() {
            details {
                summary {
                    @if checked.twins.len() == 1 { "Its false twin" } @else { "Its false twins" }
                }
                ul {
                    @for (name, outcome) in &checked.twins {
                        li {
                            strong { (name) } ": "
                            @match outcome {
                                Outcome::Proved { label, .. } => {
                                    (layout::badge("accepted"))
                                    " a wrong step is called " (label.word())
                                },
                                Outcome::Refuted { witness } => {
                                    (layout::badge("refuted as required")) " " (witness)
                                },
                                Outcome::Unknown { .. } => "not proved, as it has to be",
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::{Expr, var};
    use crate::proof::Derivation;

    #[test]
    fn what_is_too_long_to_be_read_is_in_words() {
        let x = var("x");
        let shown = |terms: i32| {
            let sum = (1..=terms).fold(Expr::from(0), |sum, k| sum + x.pow(k) / (k + 1));
            let any = Domain::new().real(&x);
            let derivation = Derivation::of("A sum").identity("sum", sum.clone(), sum, &any);
            assertion(&derivation.steps()[0].assertion).into_string()
        };
        let (short, long) = (shown(3), shown(200));
        assert!(short.contains("<math") && !short.contains("too long"), "{short}");
        assert!(!long.contains("<math") && long.contains("too long"), "{long}");
        assert!(long.contains("200"), "all of it is there: {long}");
    }
}

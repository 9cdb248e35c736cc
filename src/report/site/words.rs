//! Sentences: what a verdict says and does not say.

use super::super::hint::{Hint, hints};
use super::super::numbers::{count, resolution, significant};
use super::super::text;
use super::claims::capital;
use crate::check::{Checked, PointReport};
use crate::evidence::{Finding, Guarantee, Relation};
use crate::kind::{Declaration, Kind};
use crate::sampler::Traits;
use crate::verdict::Verdict;

/// An error probability: `10⁻⁶`, `8.3 × 10⁻⁵`, `0.05`.
pub(super) fn level(alpha: f64) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let plain = significant(alpha, 2);
    let Some((mantissa, exponent)) = plain.split_once('e') else { return short(&plain) };
    let raised = exponent.chars().map(|c| c.to_digit(10).map_or('⁻', |d| DIGITS[d as usize]));
    let power: String = "10".chars().chain(raised).collect();
    match short(mantissa).as_str() {
        "1" => power,
        mantissa => format!("{mantissa}\u{a0}×\u{a0}{power}"),
    }
}

/// Without the zeros at the end of a fraction.
pub(super) fn short(number: &str) -> String {
    match number.contains('.') && !number.contains('e') {
        true => number.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => number.to_owned(),
    }
}

/// The verdict in a few sentences.
pub(super) fn verdict(checked: &Checked) -> String {
    let points = match checked.points.len() {
        1 => "At the one point that was looked at".to_owned(),
        n => format!("At each of the {n} points that were looked at"),
    };
    match &checked.verdict {
        Verdict::Supported { resolution } => {
            format!("{points} {}", supported(checked, *resolution))
        }
        _ => {
            let level = level(checked.alpha);
            let Some(point) = checked.decisive() else {
                return "Nothing was looked at.".to_owned();
            };
            let place = match point.symbols.is_empty() {
                true => String::new(),
                false => format!("At {}: ", text::symbols(&point.symbols)),
            };
            let hint = |h: &Hint| format!(" {}.", capital(&h.sentence()));
            let hints: String = hints(checked).iter().map(hint).collect();
            format!("{place}{}.{hints}", text::found(checked, point, &level))
        }
    }
}

fn supported(checked: &Checked, reached: f64) -> String {
    let relative = text::relative(checked.promise);
    let reached = resolution(reached, relative);
    let promised = resolution(checked.promise.number(), relative);
    let of = if relative { " of the theory" } else { "" };
    let level = level(checked.alpha);
    let but = format!(
        "at an error probability of {level} for the claim and all its mutants together; {promised} \
         was promised."
    );
    let unbroken = checked.points.iter().flat_map(|p| &p.evidence).all(|e| match e.finding {
        Finding::Difference { interval, relation: Relation::AtMost, .. } => interval.high <= 0.0,
        Finding::Difference { interval, relation: Relation::AtLeast, .. } => interval.low >= 0.0,
        _ => false,
    });
    let finding = checked.points.first().and_then(|p| p.evidence.first()).map(|e| e.finding);
    match finding {
        Some(Finding::Difference { .. }) if checked.kind == Kind::Rate => {
            format!("an exponent that is wrong by {reached} or more would have been seen, {but}")
        }
        Some(Finding::Difference { relation: Relation::Equal, .. }) => format!(
            "a difference of {reached}{of} or more between theory and simulation would have been \
             seen, {but}"
        ),
        Some(Finding::Difference { .. }) if unbroken => format!(
            "the whole interval for the mean lies on the side of the bound that is claimed, {but}"
        ),
        Some(Finding::Difference { .. }) => format!(
            "a mean that breaks the bound by {reached}{of} or more would have been seen, {but}"
        ),
        Some(Finding::Violations { allowed: 0.0, .. }) => format!(
            "no draw broke the bound: draws that do are shown to be rarer than {reached}, {but} A \
             bound that always holds can be refuted by one draw, and never proved by any number."
        ),
        Some(Finding::Violations { allowed, .. }) => format!(
            "the probability of breaking the bound is at most {reached}, where the theorem allows \
             {}, {but}",
            short(&significant(allowed, 3))
        ),
        Some(Finding::Distance { .. }) => format!(
            "a law at a distance of {reached} or more (Kolmogorov's, the largest difference of the \
             distribution functions) would have been seen, {but}"
        ),
        Some(Finding::Computed { .. }) | None => "both sides were computed and agree to rounding. \
             The points are planned ones, corners, and the worst that a search found: this is \
             support, never a proof."
            .to_owned(),
    }
}

/// On what the error probability rests.
pub(super) fn guarantee(guarantee: &Guarantee) -> String {
    match guarantee {
        Guarantee::Exact => {
            "The error probability is exact: it holds for every law that the draws may have."
                .to_owned()
        }
        Guarantee::Asymptotic { unseen } => format!(
            "The error probability is asymptotic, and gated: skewness, heavy tails and dependence \
             were tested for, and would have forbidden a verdict. Events rarer than 1 in {} rounds \
             could move the mean without having been seen.",
            count((1.0 / unseen.max(1e-15)).round() as u64)
        ),
        Guarantee::Computed => "Nothing is random here: both sides are computed.".to_owned(),
    }
}

/// What the theory side is, in words.
pub(super) fn theory_side(declaration: &dyn Declaration) -> String {
    match declaration.kind() {
        Kind::Limit => "The limit, computed from the symbols alone: it sees no size and no draw.",
        Kind::Equality => "The mean, computed from the symbols alone: it sees no draw.",
        Kind::Equivalent => {
            "A prediction for each size, computed from the symbols and the size: it sees no draw."
        }
        Kind::Rate => {
            "A shape in the size, up to a constant that is not claimed: only its exponent is \
             compared."
        }
        Kind::Bound => "A bound, computed from the symbols alone: it sees no draw.",
        Kind::PathBound => {
            "A bound for each step of the trajectory, computed from the symbols: it sees no draw."
        }
        Kind::Law => "A distribution function, computed from the symbols alone.",
        Kind::Identity => "One side of the equation, computed in one way.",
        Kind::Property => "0: what the margin must not fall below.",
    }
    .to_owned()
}

/// What the other side is, in words.
pub(super) fn other_side(declaration: &dyn Declaration, traits: Option<Traits>) -> String {
    let mut text = match declaration.kind() {
        Kind::Identity => return "The other side, computed by another route.".to_owned(),
        Kind::Property => return "The margin, computed at every point.".to_owned(),
        _ => "Drawn by a sampler that knows no theory".to_owned(),
    };
    let sizes = declaration.sizes();
    if !sizes.is_empty() {
        let list: Vec<String> = sizes.iter().map(usize::to_string).collect();
        text.push_str(&format!(", at the sizes {}", list.join(", ")));
    }
    text.push('.');
    match traits {
        Some(t) if t.exact => {
            text.push_str(" It is computed without noise: what is left is extrapolation.");
        }
        Some(t) if t.event => text.push_str(" A draw is an event: it happens or it does not."),
        Some(Traits { range: Some((low, high)), .. }) => text.push_str(&format!(
            " Every draw lies between {} and {}, as declared and enforced.",
            significant(low, 4),
            significant(high, 4)
        )),
        _ => {}
    }
    if let Some(correction) = declaration.correction() {
        text.push_str(&ladder(correction.exponents, correction.guard));
    }
    text
}

/// How a ladder is extrapolated.
fn ladder(exponents: &[f64], guard: f64) -> String {
    let term = |e: &f64| match *e {
        1.0 => "1/n".to_owned(),
        0.5 => "1/√n".to_owned(),
        2.0 => "1/n²".to_owned(),
        e => format!("1/n^{e}"),
    };
    let list: Vec<String> = exponents.iter().map(term).collect();
    let removed = match list.is_empty() {
        true => " Nothing is removed from the sizes".to_owned(),
        false => format!(" Weights on the sizes remove terms in {}", list.join(" and ")),
    };
    format!("{removed}; what is left is assumed to decay at least like {}.", term(&guard))
}

/// What was found at a point, in a cell of a table.
pub(super) fn finding(checked: &Checked, point: &PointReport, component: usize) -> String {
    let Some(evidence) = point.evidence.get(component) else { return String::new() };
    let scale = evidence.scale;
    let relative = text::relative(checked.promise);
    match evidence.finding {
        Finding::Difference { interval, .. } => {
            let [low, high] = [interval.low / scale, interval.high / scale];
            match relative {
                true => format!("{} % to {} %", signed(100.0 * low), signed(100.0 * high)),
                false => format!("{} to {}", signed(low), signed(high)),
            }
        }
        Finding::Violations { seen, of, limit, .. } => {
            format!("{} of {}, at most {}", count(seen), count(of), significant(limit, 2))
        }
        Finding::Distance { distance, radius, .. } => {
            format!("{} ± {}", significant(distance, 2), significant(radius, 2))
        }
        Finding::Computed { excess, .. } => significant(excess, 2),
    }
}

fn signed(value: f64) -> String {
    let text = significant(value.abs(), 2);
    if value < 0.0 { format!("−{text}") } else { format!("+{text}") }
}

/// The heading of [`finding`].
pub(super) fn finding_heading(checked: &Checked) -> &'static str {
    let evidence = checked.points.iter().find_map(|p| p.evidence.first());
    match evidence.map(|e| e.finding) {
        Some(Finding::Difference { .. }) if checked.kind == Kind::Rate => "error of the exponent",
        Some(Finding::Difference { .. }) => "simulation minus theory",
        Some(Finding::Violations { .. }) => "draws that broke the bound",
        Some(Finding::Distance { .. }) => "distance of the laws",
        Some(Finding::Computed { .. }) => "difference beyond 0, relative",
        None => "found",
    }
}

/// The theory and the observation of a point, where both are numbers.
pub(super) fn sides(point: &PointReport, component: usize, kind: Kind) -> Option<[String; 2]> {
    match point.evidence.get(component)?.finding {
        Finding::Difference { .. } if kind == Kind::Rate => None,
        Finding::Difference { observed, claimed, .. } => {
            Some([significant(claimed, 5), significant(observed, 5)])
        }
        Finding::Computed { left, right, .. } if kind == Kind::Identity => {
            Some([significant(right, 8), significant(left, 8)])
        }
        _ => None,
    }
}

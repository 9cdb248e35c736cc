//! Reports for people.

use super::hint::hints;
use super::hypotheses::hypotheses;
use super::numbers::{count, resolution, seconds, significant, uncertain};
use super::width::{fold, wrap};
use super::{Outcome, Status, status};
use crate::check::{Checked, MutantReport, PointReport};
use crate::claim::{Catalogue, Theorem};
use crate::evidence::{Evidence, Finding, Guarantee, Resolution};
use crate::given::{Address, Symbol};
use crate::kind::{Kind, Setting};
use crate::verdict::Verdict;
use std::fmt::Write as _;

/// The symbols of a point: `gamma = 2, r2 = 5`.
pub fn symbols(symbols: &[Symbol]) -> String {
    crate::plan::describe(&Setting { symbols: symbols.to_vec(), hash: 0 })
}

pub(super) fn relative(promise: Resolution) -> bool {
    matches!(promise, Resolution::Relative(_))
}

/// Why a claim did not pass: what was found, what was claimed, where, and what to do next.
pub fn explanation(checked: &Checked) -> String {
    let mut text = String::new();
    let level = significant(checked.alpha, 2);
    if !checked.verdict.is_supported()
        && let Some(point) = checked.decisive()
    {
        let _ = write!(text, "\n  {}: {}", checked.verdict.word(), found(checked, point, &level));
        if !point.symbols.is_empty() {
            let _ = write!(text, "\n  at {}", symbols(&point.symbols));
        }
        for hint in hints(checked) {
            let _ = write!(text, "\n  {}", hint.sentence());
        }
        let _ = write!(text, "\n  again: cargo run -- check {}{}", checked.path, address(point));
    }
    for mutant in checked.mutants.iter().filter(|m| !m.verdict.is_refuted()) {
        let _ = write!(text, "\n  {}", survivor(checked, mutant));
    }
    text
}

/// Why a mutant survived: how near it is to the theory, or what ended the check.
pub(crate) fn survivor(checked: &Checked, mutant: &MutantReport) -> String {
    let at = checked.points.get(mutant.point).map(|point| symbols(&point.symbols));
    let at = at.map_or_else(String::new, |at| format!(" at {at}"));
    let why = match (mutant.gap, &mutant.verdict) {
        (Some(0.0), _) => "it says what the theorem says at every point".to_owned(),
        (Some(gap), _) if gap < 1.0 => format!(
            "it is at most {} promised resolutions from the theorem,{at}: below 1, the promise \
             cannot tell them apart",
            significant(gap, 2)
        ),
        (Some(gap), Verdict::Inconclusive { reason, .. }) => {
            format!("{reason}; it is {} promised resolutions away{at}", significant(gap, 2))
        }
        (None, Verdict::Inconclusive { reason, .. }) => reason.to_string(),
        _ => String::new(),
    };
    format!(
        "the mutant {}::mutant::{} ({}) was not refuted: {why}",
        checked.path, mutant.label.name, mutant.label.why
    )
}

/// The flag that leads back to a point.
pub(super) fn address(point: &PointReport) -> String {
    match &point.at {
        Address::Unit(coordinates) if !coordinates.is_empty() => {
            let list: Vec<String> = coordinates.iter().map(f64::to_string).collect();
            format!(" --at {}", list.join(","))
        }
        Address::Named(values) => {
            let list: Vec<String> = values.iter().map(|(n, v)| format!("{n}={v}")).collect();
            format!(" --set {}", list.join(","))
        }
        _ => String::new(),
    }
}

pub(super) fn found(checked: &Checked, point: &PointReport, level: &str) -> String {
    let verdicts = point.evidence.iter().map(crate::verdict::judge);
    let component = verdicts
        .enumerate()
        .find(|(_, v)| v.word() == point.verdict.word())
        .map_or(0, |(index, _)| index);
    let Some(evidence) = point.evidence.get(component) else {
        return "nothing was weighed yet".to_owned();
    };
    let what = match checked.parts.name(component, point.evidence.len()) {
        None => "the observable".to_owned(),
        Some(name) if checked.parts.names().len() == point.evidence.len() => format!("the {name}"),
        Some(name) => name,
    };
    let mut text = finding(checked.kind, evidence, &what, level);
    if let Verdict::Inconclusive { reason, resolution: r, promised } = &point.verdict {
        let relative = relative(checked.promise);
        let _ = write!(
            text,
            "; {reason} at a resolution of {}, and {} was promised",
            resolution(*r, relative),
            resolution(*promised, relative)
        );
    }
    text
}

/// One finding in words.
pub(super) fn finding(kind: Kind, evidence: &Evidence, what: &str, level: &str) -> String {
    match evidence.finding {
        Finding::Difference { observed, claimed, interval, .. } if kind == Kind::Rate => {
            let _ = (observed, claimed);
            format!(
                "the exponent of {what} differs from the shape's by {}, at 1 - {level}",
                uncertain(interval.centre(), 0.5 * interval.width())
            )
        }
        Finding::Difference { claimed, interval, extrapolation, .. } => {
            let mut text = format!(
                "{what} is {}, the theorem says {} ({} in units of the promise, at 1 - {level})",
                uncertain(claimed + interval.centre(), 0.5 * interval.width()),
                significant(claimed, 6),
                significant(interval.centre() / evidence.scale / evidence.promised, 2),
            );
            if extrapolation > 0.0 {
                let share = significant(extrapolation / evidence.scale, 2);
                let _ = write!(text, ", of which {share} is extrapolation");
            }
            text
        }
        Finding::Violations { seen, of, limit, allowed, .. } => format!(
            "{what} broke the bound in {} of {} draws; at 1 - {level} the probability is at most \
             {}, and {} is allowed",
            count(seen),
            count(of),
            significant(limit, 3),
            significant(allowed, 3)
        ),
        Finding::Distance { distance, radius, histogram } => {
            let by = if histogram { "; its histogram excludes the law" } else { "" };
            format!(
                "the law of {what} is {} from the claimed one in Kolmogorov distance, at \
                 1 - {level}{by}",
                uncertain(distance, radius)
            )
        }
        Finding::Computed { excess, left, right, .. } => format!(
            "the sides are {} and {}: broken by {} of the larger",
            significant(left, 12),
            significant(right, 12),
            significant(excess, 3)
        ),
    }
}

/// What a run amounts to, in a few lines.
pub fn summary(outcomes: &[Outcome], catalogue: usize) -> String {
    let checks: Vec<&Checked> = outcomes.iter().filter_map(|o| o.result.as_ref().ok()).collect();
    let word = |word: &str| checks.iter().filter(|c| c.verdict.word() == word).count();
    let broken = outcomes.len() - checks.len();
    let mutants: usize = checks.iter().map(|c| c.mutants.len()).sum();
    let refuted: usize =
        checks.iter().flat_map(|c| &c.mutants).filter(|m| m.verdict.is_refuted()).count();
    let mut text = format!(
        "{} claims: {} supported, {} refuted, {} inconclusive, {broken} broken; {refuted} of \
         {mutants} mutants refuted",
        outcomes.len(),
        word("supported"),
        word("refuted"),
        word("inconclusive"),
    );
    if let Some(first) = checks.first() {
        let (alpha, union) = (first.alpha, first.alpha * catalogue as f64);
        let kinds = |f: fn(&Guarantee) -> bool| checks.iter().filter(|c| f(&c.guarantee)).count();
        let _ = write!(
            text,
            "\neach claim and its mutants at 1 - {}, the whole catalogue of {catalogue} at \
             1 - {}; guarantees: {} exact, {} asymptotic (gated), {} computed",
            significant(alpha, 2),
            significant(union, 2),
            kinds(|g| matches!(g, Guarantee::Exact)),
            kinds(|g| matches!(g, Guarantee::Asymptotic { .. })),
            kinds(|g| matches!(g, Guarantee::Computed)),
        );
    }
    let total: u64 = checks.iter().map(|c| c.draws).sum();
    let time: f64 = checks.iter().map(|c| c.seconds).sum();
    let _ = write!(text, "\n{} draws in {}", count(total), seconds(time));
    let _ = write!(
        text,
        "\n{}",
        match status(outcomes) {
            Status::Passed => "PASSED",
            Status::Inconclusive => "INCONCLUSIVE: nothing is refuted, and not everything decided",
            Status::Failed => "FAILED",
        }
    );
    text
}

/// The list of claims, in lines of at most `width` characters if there is a limit.
pub fn list(
    catalogue: &Catalogue,
    width: Option<usize>,
    keep: impl Fn(&str, Kind) -> bool,
) -> String {
    let mut text = String::new();
    for theorem in catalogue.theorems() {
        let rows: Vec<String> = theorem
            .claims
            .iter()
            .filter(|c| keep(&format!("{}::{}", theorem.id, c.name()), c.declaration().kind()))
            .map(|c| {
                let declaration = c.declaration();
                let symbols = hypotheses(declaration).map_or_else(|fault| fault, |s| ranges(&s));
                format!(
                    "  {:22} {:11} {:2} mutants  {symbols}",
                    c.name(),
                    declaration.kind(),
                    declaration.mutants().len()
                )
            })
            .collect();
        if !rows.is_empty() {
            let _ = writeln!(text, "{}  {}", theorem.id, theorem.title);
            text.extend(rows.iter().map(|row| format!("{row}\n")));
        }
    }
    fold(&text, width, 6)
}

fn ranges(symbols: &[Symbol]) -> String {
    if symbols.is_empty() {
        return "no symbols".to_owned();
    }
    let one = |s: &Symbol| format!("{} {}", s.name, s.range);
    symbols.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// Everything that there is to say about a theorem without running it, in lines of at most `width`
/// characters if there is a limit.
pub fn explain(theorem: &Theorem, width: Option<usize>) -> String {
    let mut text = format!("{}: {}\n", theorem.id, theorem.title);
    if !theorem.alias.is_empty() {
        let _ = writeln!(text, "also called {}", theorem.alias);
    }
    let source = theorem.source;
    let _ = writeln!(text, "\n{}\n{}, {}\n", source.paper, source.result, source.link);
    for line in wrap(theorem.statement, width.map_or(96, |w| w.saturating_sub(2).min(96))) {
        let _ = writeln!(text, "  {line}");
    }
    for claim in &theorem.claims {
        let declaration = claim.declaration();
        let _ = writeln!(
            text,
            "\n{}::{} ({}): {}",
            theorem.id,
            claim.name(),
            declaration.kind(),
            declaration.assertion()
        );
        match hypotheses(declaration) {
            Ok(symbols) => {
                for symbol in &symbols {
                    let _ = writeln!(text, "  {:12} {}", symbol.name, symbol.range);
                }
            }
            Err(fault) => {
                let _ = writeln!(text, "  {fault}");
            }
        }
        let promise = declaration.resolution();
        let _ =
            writeln!(text, "  promised     {}", resolution(promise.number(), relative(promise)));
        if let Some(correction) = declaration.correction() {
            let _ = writeln!(
                text,
                "  ladder       sizes {:?}, removing n^-e for e in {:?}, assuming that the rest \
                 decays at least like n^-{}",
                declaration.sizes(),
                correction.exponents,
                correction.guard
            );
        }
        for mutant in declaration.mutants() {
            let _ = writeln!(text, "  mutant {}: {}", mutant.name, mutant.why);
        }
    }
    fold(&text, width, 6)
}

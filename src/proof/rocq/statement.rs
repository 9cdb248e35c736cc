//! What an emitted lemma says: for all values of a domain, every condition of the expressions
//! holds, and so does the claim. Nothing but the domain is a hypothesis.

use super::place::{Place, Unable};
use super::signs::Want;
use crate::exact::{Expr, identifier};
use crate::proof::conditions::{Condition, conditions};
use crate::proof::domain::{Domain, End, Range};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The name of the hypothesis about one end of a range.
fn hypothesis(range: &Range, low: bool) -> String {
    format!("D''{}{}", if low { "l" } else { "h" }, identifier(&range.symbol))
}

/// The hypotheses of a range in Rocq, the lower end first, each with its name.
fn hypotheses(range: &Range) -> Vec<(String, String)> {
    let x = identifier(&range.symbol);
    let mut all = Vec::new();
    let low = match &range.low {
        End::Infinite => None,
        End::Open(a) => Some(format!("{} < {x}", a.rocq())),
        End::Closed(a) => Some(format!("{} <= {x}", a.rocq())),
    };
    let high = match &range.high {
        End::Infinite => None,
        End::Open(b) => Some(format!("{x} < {}", b.rocq())),
        End::Closed(b) => Some(format!("{x} <= {}", b.rocq())),
    };
    all.extend(low.map(|says| (hypothesis(range, true), says)));
    all.extend(high.map(|says| (hypothesis(range, false), says)));
    all
}

/// `forall x : R, 0 < x -> ..`: the symbols in order, then where they are.
pub(super) fn quantified(domain: &Domain, conclusion: &str) -> String {
    let mut text = String::new();
    for range in domain.ranges() {
        let _ = write!(text, "forall {} : R, ", identifier(&range.symbol));
        for (_, says) in hypotheses(range) {
            let _ = write!(text, "{says} -> ");
        }
    }
    text + conclusion
}

/// Introduces the symbols and the hypotheses.
pub(super) fn intros(domain: &Domain) -> String {
    let mut names = Vec::new();
    for range in domain.ranges() {
        names.push(identifier(&range.symbol));
        names.extend(hypotheses(range).into_iter().map(|(name, _)| name));
    }
    if names.is_empty() { String::new() } else { format!("intros {}.", names.join(" ")) }
}

/// A lemma used for a value of one symbol, the other symbols and hypotheses as they are called:
/// `lemma x y _ _`, where what is not known by name is left to `lra`.
pub(super) fn applied(lemma: &str, domain: &Domain, symbol: &str, value: &str) -> String {
    let mut text = lemma.to_owned();
    for range in domain.ranges() {
        let own = range.symbol == symbol;
        let x = if own { value.to_owned() } else { identifier(&range.symbol) };
        let _ = write!(text, " {x}");
        for _ in hypotheses(range) {
            text.push_str(" ltac:(first [assumption | lra])");
        }
    }
    format!("({text})")
}

/// The conditions of some expressions, each once.
pub(super) fn all_conditions(expressions: &[&Expr]) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for condition in expressions.iter().flat_map(|e| conditions(e)) {
        if !all.contains(&condition) {
            all.push(condition);
        }
    }
    all
}

pub(super) fn condition_text(condition: &Condition) -> String {
    match condition {
        Condition::Nonzero(e) => format!("{} <> 0", e.rocq()),
        Condition::Nonneg(e) => Want::Nonneg.goal(e),
        Condition::Positive(e) => Want::Positive.goal(e),
    }
}

fn condition_expr(condition: &Condition) -> &Expr {
    match condition {
        Condition::Nonzero(e) | Condition::Nonneg(e) | Condition::Positive(e) => e,
    }
}

/// `c /\ (d /\ claim)`.
pub(super) fn conjunction(conditions: &[Condition], claim: &str) -> String {
    conditions
        .iter()
        .rev()
        .fold(claim.to_owned(), |text, c| format!("{} /\\ ({text})", condition_text(c)))
}

/// The part of a domain that some symbols need: they, and what the ends of their ranges depend on.
pub(super) fn part(domain: &Domain, symbols: &BTreeSet<String>) -> Domain {
    let mut wanted = symbols.clone();
    for range in domain.ranges().iter().rev().filter(|r| !r.symbol.is_empty()) {
        if wanted.contains(&range.symbol) {
            for end in [range.low.at(), range.high.at()].into_iter().flatten() {
                wanted.extend(end.symbols());
            }
        }
    }
    let mut part = Domain::new();
    for range in domain.ranges().iter().filter(|r| wanted.contains(&r.symbol)) {
        let symbol = crate::exact::any_symbol(&range.symbol);
        part = part.with(&symbol, range.low.clone(), range.high.clone());
    }
    part
}

/// The symbols of some conditions.
pub(super) fn symbols_of(conditions: &[Condition]) -> BTreeSet<String> {
    conditions.iter().flat_map(|c| condition_expr(c).symbols()).collect()
}

/// Replaces every symbol of a domain by a rational function of a new one, the last first, and
/// closes each goal that this leaves by `leaf`, which is given what is known there and how to
/// write an expression in the new symbols.
pub(super) fn swept(
    domain: &Domain,
    used: &[&Expr],
    leaf: &mut dyn FnMut(&mut Place, &dyn Fn(&Expr) -> Expr) -> Result<String, Unable>,
) -> Result<String, Unable> {
    let covers = domain.covers().ok_or("the domain has too many parts")?;
    let mut proofs = Vec::new();
    for cover in &covers {
        let new: Vec<String> = domain.ranges().iter().map(|r| format!("u:{}", r.symbol)).collect();
        let met: Vec<Expr> = used.iter().map(|e| cover.apply(e)).collect();
        let met: Vec<&Expr> = met.iter().collect();
        let mut place = Place::new(&new, &cover.positive, &met);
        let last = leaf(&mut place, &|e| cover.apply(e))?;
        proofs.push(format!("{}\n{last}", place.lines.join("\n")));
    }
    let mut proofs = proofs.into_iter();
    Ok(nested(domain.ranges(), &mut proofs))
}

fn nested(ranges: &[Range], proofs: &mut dyn Iterator<Item = String>) -> String {
    let Some((range, before)) = ranges.split_last() else {
        return proofs.next().unwrap_or_default();
    };
    let (x, u) = (identifier(&range.symbol), identifier(&format!("u:{}", range.symbol)));
    let names: Vec<String> = hypotheses(range).into_iter().map(|(name, _)| name).collect();
    let (lemma, two) = match (&range.low, &range.high) {
        (End::Infinite, End::Infinite) => (format!("whole_line {x}"), true),
        (End::Open(_), End::Infinite) => ("above_open _ _".to_owned(), false),
        (End::Closed(_), End::Infinite) => ("above_closed _ _".to_owned(), false),
        (End::Infinite, End::Open(_)) => ("below_open _ _".to_owned(), false),
        (End::Infinite, End::Closed(_)) => ("below_closed _ _".to_owned(), false),
        (End::Open(_), End::Open(_)) => ("between_open _ _ _".to_owned(), false),
        (End::Closed(_), End::Open(_)) => ("between_low _ _ _".to_owned(), false),
        (End::Open(_), End::Closed(_)) => ("between_high _ _ _".to_owned(), false),
        (End::Closed(_), End::Closed(_)) => ("between_closed _ _ _".to_owned(), true),
    };
    let given = names.join(" ");
    let clear = if names.is_empty() { String::new() } else { format!("; clear {given}") };
    let one = format!("[{u} [U''{u} ->]]");
    let pattern = if two { format!("[{one} | {one}]") } else { one };
    let head = format!("destruct ({lemma} {given}) as {pattern}{clear}.");
    if !two {
        return format!("{head}\n{}", nested(before, proofs));
    }
    let (first, second) = (nested(before, proofs), nested(before, proofs));
    format!("{head}\n{{ {first} }}\n{{ {second} }}")
}

/// Puts the conditions among the hypotheses, in a place.
pub(super) fn discharge(
    conditions: &[Condition],
    place: &mut Place,
    write: &dyn Fn(&Expr) -> Expr,
) -> Result<(), Unable> {
    for condition in conditions {
        let e = place.rational(&write(condition_expr(condition)))?;
        match condition {
            Condition::Nonzero(_) => place.nonzero(&e)?,
            Condition::Nonneg(_) => place.signed(&e, Want::Nonneg)?,
            Condition::Positive(_) => place.signed(&e, Want::Positive)?,
        }
    }
    Ok(())
}

/// Splits a conjunction of conditions that are hypotheses from the claim at its end.
pub(super) fn split(conditions: &[Condition]) -> String {
    "split; [assumption | ]. ".repeat(conditions.len())
}

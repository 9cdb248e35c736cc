//! A statement and its proof for each kind of assertion that stands alone.

use super::Lemma;
use super::certificate::Quotient;
use super::place::Unable;
use super::signs::{Want, prove};
use super::statement::{
    all_conditions, condition_text, conjunction, discharge, intros, part, quantified, split, swept,
    symbols_of,
};
use crate::exact::{Expr, Rational, identifier};
use crate::proof::conditions::Condition;
use crate::proof::domain::{Domain, End};
use crate::proof::step::Strictness;

/// `left` = `right`. With `anyway`, the proof is written although there is no certificate: Rocq
/// must then refuse it.
pub(super) fn identity(
    name: String,
    (left, right): (&Expr, &Expr),
    domain: &Domain,
    anyway: bool,
) -> Result<Lemma, Unable> {
    let conditions = all_conditions(&[left, right]);
    let claim = format!("{} = {}", left.rocq(), right.rocq());
    let proof = equality(left, right, &conditions, domain, anyway)?;
    let says = quantified(domain, &conjunction(&conditions, &claim));
    Ok(Lemma { name, says, proof: format!("{}\n{proof}", intros(domain)) })
}

/// Tactics for conditions and an equality, after the symbols are introduced.
pub(super) fn equality(
    left: &Expr,
    right: &Expr,
    conditions: &[Condition],
    domain: &Domain,
    anyway: bool,
) -> Result<String, Unable> {
    // Only what the conditions speak of needs to be swept: an identity does not ask for ranges.
    let part = part(domain, &symbols_of(conditions));
    swept(&part, &[left, right], &mut |place, write| {
        discharge(conditions, place, write)?;
        let (l, r) = (place.rational(&write(left))?, place.rational(&write(right))?);
        let difference = Quotient::of(&(l - r), place)?;
        if !difference.is_zero() && !anyway {
            return Err("the difference does not vanish by the relations that are emitted".into());
        }
        Ok(format!("{}{}.", split(conditions), difference.equals(place)))
    })
}

/// A sign.
pub(super) fn sign(
    name: String,
    of: &Expr,
    strictness: Strictness,
    domain: &Domain,
) -> Result<Lemma, Unable> {
    let want = if strictness == Strictness::Strict { Want::Positive } else { Want::Nonneg };
    let conditions = all_conditions(&[of]);
    let says = quantified(domain, &conjunction(&conditions, &want.goal(of)));
    let exact = positivity(of, want, &conditions, domain);
    let proof =
        exact.or_else(|why| boxes(&conditions, domain).map_err(|b| format!("{why}; {b}")))?;
    Ok(Lemma { name, says, proof: format!("{}\n{proof}", intros(domain)) })
}

/// Tactics for conditions and a sign, after the symbols are introduced.
pub(super) fn positivity(
    of: &Expr,
    want: Want,
    conditions: &[Condition],
    domain: &Domain,
) -> Result<String, Unable> {
    let mut symbols = symbols_of(conditions);
    symbols.extend(of.symbols());
    swept(&part(domain, &symbols), &[of], &mut |place, write| {
        discharge(conditions, place, write)?;
        let e = place.rational(&write(of))?;
        let proof = prove(&e, want, place).ok_or("no certificate for the sign")?;
        Ok(format!("{}{proof}", split(conditions)))
    })
}

/// The closed box that a domain is.
fn box_of(domain: &Domain) -> Option<Vec<(String, Rational, Rational)>> {
    let end = |end: &End| match end {
        End::Closed(e) => e.exactly(&[]),
        End::Open(_) | End::Infinite => None,
    };
    let ranges = domain.ranges().iter();
    ranges.map(|r| Some((identifier(&r.symbol), end(&r.low)?, end(&r.high)?))).collect()
}

/// How often a box is halved by hand before `interval` is called.
const HALVINGS: u32 = 2;

/// Branch and bound by the Interval library.
fn boxes(conditions: &[Condition], domain: &Domain) -> Result<String, Unable> {
    let all = box_of(domain).ok_or("the domain is no closed box")?;
    let names: Vec<&String> = all.iter().map(|(name, ..)| name).collect();
    let bisected: Vec<String> = names.iter().map(|n| format!("i_bisect {n}")).collect();
    let interval = match names.first() {
        // Not with machine floats, whose axioms are no others.
        None => "interval with (i_prec 60)".to_owned(),
        Some(first) => format!(
            "interval with ({}, i_taylor {first}, i_depth 20, i_prec 60)",
            bisected.join(", ")
        ),
    };
    let mut text = String::new();
    for condition in conditions {
        let name = condition_text(condition);
        let tactic = match condition {
            Condition::Nonzero(_) => {
                format!("first [apply pos_ne; {interval} | apply neg_ne; {interval}]")
            }
            _ => interval.clone(),
        };
        text.push_str(&format!("split; [{tactic} | ]. (* {name} *)\n"));
    }
    Ok(text + &halved(&interval, &all, HALVINGS) + ".")
}

/// `interval` on the pieces of the first range.
fn halved(interval: &str, all: &[(String, Rational, Rational)], depth: u32) -> String {
    let Some((name, low, high)) = all.first().filter(|_| depth > 0) else {
        return interval.to_owned();
    };
    // Near the lower end, where what vanishes at 0 is hardest.
    let cut = low + (high - low) * Rational::from_parts_signed(1.into(), 16.into());
    let piece = |low: &Rational, high: &Rational| {
        let mut part = all.to_vec();
        part[0] = (name.clone(), low.clone(), high.clone());
        halved(interval, &part, depth - 1)
    };
    let (below, above) = (piece(low, &cut), piece(&cut, high));
    let cut = Expr::number(cut).rocq();
    format!("destruct (Rle_or_lt {name} {cut}); [{below} | {above}]")
}

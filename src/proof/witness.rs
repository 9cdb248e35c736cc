//! Points at which a step fails, in exact arithmetic: the only ground for calling it false.

use super::domain::Domain;
use super::step::Strictness;
use crate::exact::{Expr, Rational};

/// Values of each new symbol of a cover that are tried, as numerators over 12.
const TRIED: [i32; 12] = [12, 1, 144, 6, 24, 3, 48, 1200, 120, 36, 15, 0];

/// Points of one domain that are tried at most.
const POINTS_MAX: usize = 4096;

/// A point of the domain, inside by construction, and a value there that is not as wanted.
fn search(e: &Expr, domain: &Domain, wrong: impl Fn(&Rational) -> bool) -> Option<String> {
    for cover in domain.covers() {
        let swept = cover.apply(e);
        let names: Vec<String> = swept.symbols().into_iter().collect();
        let old: Vec<(&str, Expr)> = cover.symbols().collect();
        let count = TRIED.len().checked_pow(names.len() as u32).unwrap_or(POINTS_MAX);
        for index in 0..count.min(POINTS_MAX) {
            // The last digits first, and every symbol another one, so that few points differ much.
            let digit = |k: usize| (index / TRIED.len().pow((k % 3) as u32) + k * (index + 1)) % 12;
            let all: Vec<String> =
                domain.ranges().iter().map(|r| format!("u:{}", r.symbol)).collect();
            let values: Vec<(&str, Rational)> = all
                .iter()
                .enumerate()
                .map(|(k, n)| (n.as_str(), Rational::from(TRIED[digit(k)]) / Rational::from(12)))
                .collect();
            let Some(value) = swept.exactly(&values) else { continue };
            if !wrong(&value) || !inside(&old, domain, &values) {
                continue;
            }
            let place: Vec<String> = old
                .iter()
                .rev()
                .filter_map(|(name, x)| Some(format!("{name} = {}", x.exactly(&values)?)))
                .collect();
            return Some(format!("{value} at {}", place.join(", ")));
        }
    }
    None
}

/// Whether a point lies in the domain: a substitution between ends that cross leaves it.
fn inside(old: &[(&str, Expr)], domain: &Domain, values: &[(&str, Rational)]) -> bool {
    let place: Option<Vec<(&str, Rational)>> =
        old.iter().map(|(name, x)| Some((*name, x.exactly(values)?))).collect();
    let Some(place) = place else { return false };
    domain.ranges().iter().all(|range| {
        let here = place.iter().find(|(name, _)| *name == range.symbol).map(|(_, x)| x);
        let Some(here) = here else { return false };
        let end = |e: &super::domain::End| e.at().map(|e| e.exactly(&place));
        let above = match end(&range.low) {
            None => true,
            Some(low) => low.is_some_and(|low| match range.low {
                super::domain::End::Closed(_) => low <= *here,
                _ => low < *here,
            }),
        };
        let below = match end(&range.high) {
            None => true,
            Some(high) => high.is_some_and(|high| match range.high {
                super::domain::End::Closed(_) => *here <= high,
                _ => *here < high,
            }),
        };
        above && below
    })
}

/// A point at which two expressions differ.
pub(crate) fn unequal(left: &Expr, right: &Expr, domain: &Domain) -> Option<String> {
    let found = search(&(left - right), domain, |x| !x.is_zero())?;
    Some(format!("the sides differ by {found}"))
}

/// A point at which an expression is negative, or 0 where that is excluded.
pub(crate) fn negative(of: &Expr, strictness: Strictness, domain: &Domain) -> Option<String> {
    let strict = strictness == Strictness::Strict;
    let found = search(of, domain, |x| *x < Rational::ZERO || strict && x.is_zero())?;
    Some(format!("the value is {found}"))
}
